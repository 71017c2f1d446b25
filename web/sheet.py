"""The data that a page's own scripts read: routes, segments, provisions and names, as plain records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from web import figures, linework
from web.escape import plain
from web.map import crossings
from web.words import BASIS, CROSSING, MODE, STATUS, STRUCTURE, clause, governs, sentence, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from routes.route import Route
    from web.contents import Contents

VARIES = "varies"  # what a segment of several edges says where they differ
_PROFILE_DETAIL = 0.35  # in units of a drawing 1000 wide and 150 high: thinner than its line
_PROFILE_SIZE = (1000.0, 150.0)


def sheet(contents: Contents, chosen: Iterable[str] | None = None) -> dict[str, Any]:
    """
    Gather what the scripts of a page with a map need.

    Parameters
    ----------
    contents
        What the window shows.
    chosen
        Ids of the routes on the page; all when left out.

    Returns
    -------
    data
        JSON-ready; every text in it is for a reader and is set as text, never as HTML.
    """
    names = contents.territories
    return {
        "extent": list(contents.extent),
        "routes": [_route(contents, key) for key in (contents.routes if chosen is None else chosen)],
        "provisions": {key: _provision(contents, key) for key in contents.study.register.provisions},
        "places": {
            place.id: {"name": _place_name(place.names, place.id), "at": [place.lon, place.lat], "size": place.size}
            for place in contents.study.places.values()
            if place.size
        },
        "crossings": [_crossing(crossing) for crossing in crossings(contents)],
        "territories": {
            key: {"name": plain(names.get(key, key)), "rings": rings}
            for key, rings in linework.outlines(contents.boundaries, _wider(contents.extent)).items()
        },
        "rivers": [
            plain(river["properties"].get("name_en") or river["properties"].get("name_local"))
            for river in (contents.rivers or {"features": []})["features"]
        ],
        "outline_detail": linework.OUTLINE_DETAIL,
        "statuses": STATUS,
    }


def _wider(box: tuple[float, float, float, float], by: float = 0.6) -> tuple[float, float, float, float]:
    """Widen a box by a share of its size, which is about what a map fitted to it shows."""
    west, south, east, north = box
    across, up = (east - west) * by / 2, (north - south) * by
    return west - across, south - up, east + across, north + up


def _place_name(names: Mapping[str, str], place_id: str) -> str:
    return plain(names.get("en") or names.get("local") or place_id)


def _crossing(crossing: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": crossing.get("id"),
        "title": plain(crossing["title"]),
        "status": crossing["status"],
        "words": words(crossing["status"], CROSSING),
        "at": [crossing["lon"], crossing["lat"]],
        "routes": crossing["routes"],
    }


def _route(contents: Contents, route_id: str) -> dict[str, Any]:
    route, properties = contents.routes[route_id], contents.properties[route_id]
    row = list(contents.routes).index(route_id)
    bounds = None if route.line is None else [round(value, 5) for value in route.line.bounds]
    return {
        "id": route_id,
        "title": plain(route.title),
        "row": row,
        "mode": route.mode,
        "url": f"/routes/{route_id}",
        "bounds": bounds,
        "length_m": properties.get("length_m"),
        "broken": properties.get("broken"),
        "profile": profile(route, contents.territories),
        "crossings": [
            {"title": plain(c["title"]), "status": c["status"], "at_m": c["at_m"]}
            for c in properties.get("crossings") or []
        ],
        "segments": [
            {**_segment(contents, record), "url": f"/routes/{route_id}#segment-{number}"}
            for number, record in enumerate(contents.segments[route_id], start=1)
        ],
    }


def profile(route: Route, names: Mapping[str, str]) -> dict[str, Any] | None:
    """
    Thin a route's elevation profile to what a drawing can show.

    Parameters
    ----------
    route
        Any route.
    names
        Name of each territory by key.

    Returns
    -------
    profile
        `distance_m` and `ele_m` of the points that matter, `caveat` on what the heights are worth, `tunnels`,
        `territories` as from, to, key and name; None where there is no relief.
    """
    if not route.profile:
        return None
    distance, height = (np.asarray(route.profile[key], dtype=float) for key in ("distance_m", "ele_m"))
    here = ~(np.isnan(distance) | np.isnan(height))
    distance, height = distance[here], height[here]
    if len(distance) < 2:  # noqa: PLR2004 -- a line has two ends
        return None
    across = max(float(np.ptp(distance)), 1.0) / _PROFILE_SIZE[0]
    up = max(float(np.ptp(height)), 1.0) / _PROFILE_SIZE[1]
    thin = shapely.get_coordinates(
        shapely.simplify(shapely.linestrings(np.column_stack((distance / across, height / up))), _PROFILE_DETAIL)
    )
    return {
        "distance_m": np.round(thin[:, 0] * across).tolist(),
        "ele_m": np.round(thin[:, 1] * up).tolist(),
        "source": plain(route.profile.get("source")),
        "cell_m": route.profile.get("cell_m"),
        "caveat": figures.relief_caveat(route.profile.get("cell_m")),
        "tunnels": [list(map(float, pair)) for pair in route.profile.get("tunnels") or []],
        "territories": [
            {"from_m": float(start), "to_m": float(end), "key": key, "name": names.get(key, key)}
            for start, end, key in route.profile.get("territories") or []
        ],
    }


def _segment(contents: Contents, record: Mapping[str, Any]) -> dict[str, Any]:
    works = {work["id"]: work for work in contents.study.works}
    return {
        "id": record["id"],
        "from_m": record["from_m"],
        "to_m": record["to_m"],
        "status": record["status"],
        "structure": record["structure"],
        "title": segment_title(contents, record),
        "facts": [list(fact) for fact in segment_facts(contents, record)],
        "provisions": record.get("provisions") or [],
        "works": [_work(works[key]) for key in record.get("works") or [] if key in works],
    }


def _work(work: Mapping[str, Any]) -> str:
    return f"{plain(work['title'])}: {plain(work['status'])} (last seen {figures.day(work['last_seen'])})"


def segment_title(contents: Contents, record: Mapping[str, Any]) -> str:
    """
    Name a segment: the stretch that it is part of, or else its own name or mode.

    Parameters
    ----------
    contents
        What the window shows.
    record
        The segment.

    Returns
    -------
    title
        Words for a heading.
    """
    stretch = contents.study.stretches.get(record.get("stretch") or "")
    link = contents.study.links.get(record.get("link") or "")
    for known in (link, stretch):
        if known is not None:
            return plain(known.title)
    return plain(record.get("name") or words(record["mode"], MODE).capitalize())


def segment_digits(record: Mapping[str, Any]) -> int:
    """
    Say how many digits the length of a segment bears.

    Parameters
    ----------
    record
        The segment.

    Returns
    -------
    digits
        Fewer where the length is an estimate, or partly one.
    """
    return figures.MEASURED if record["length_basis"] in ("published", "shape") else figures.ESTIMATED


def segment_facts(contents: Contents, record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """
    Say what a segment is.

    Parameters
    ----------
    contents
        What the window shows.
    record
        The segment.

    Returns
    -------
    facts
        Label and text, both plain.
    """
    names = contents.territories
    facts = [
        ("Where", names.get(record["territory"], record["territory"] or "not known")),
        ("Status", f"{words(record['status'], STATUS)} ({figures.as_of(contents.network.data_date)})"),
        (
            "Length",
            f"{figures.length(record['length_m'], segment_digits(record))}, {words(record['length_basis'], BASIS)}",
        ),
        ("Along the way", figures.length_range(record["from_m"], record["to_m"])),
        ("Kind", ", ".join(filter(None, (words(record["mode"], MODE), words(record.get("class"), {}))))),
    ]
    if record["structure"] != "none":
        facts.append(("Structure", words(record["structure"], STRUCTURE)))
    if record.get("name"):
        facts.append(("Name", plain(record["name"])))
    if record.get("near_m"):
        other = record.get("near_territory") or ""
        whose = "several territories" if other == VARIES else names.get(other, other) or "another territory"
        facts.append(("Near the border", f"{figures.length(record['near_m'])} of the line drawn, with {whose}"))
    accuracy = record.get("accuracy_m")
    worth = "not known" if not figures.known(accuracy) else f"within about {figures.about(float(accuracy or 0))}"
    basis = plain(record.get("geometry_basis") or "")
    facts.append(("Position", f"{worth}; drawn from {basis}" if basis else worth))
    if record.get("note"):
        facts.append(("Note", sentence(record["note"])))
    if record.get("source"):
        facts.append(("Source", plain(record["source"])))
    return [(label, plain(text)) for label, text in facts]


def _provision(contents: Contents, provision_id: str) -> dict[str, Any]:
    record = contents.study.register.provisions[provision_id]
    instrument = contents.study.register.instruments.get(record["instrument"], {})
    return {
        "id": provision_id,
        "title": plain(
            f"{instrument.get('short') or instrument.get('title') or record['instrument']}, {clause(record)}"
        ),
        "kind": record["kind"],
        "verb": governs(record["kind"]),
        "status": plain(record["status"]),
        "last_seen": figures.day(record.get("last_seen")),
        "text": plain(record.get("text") or ""),
        "url": f"/provisions/{provision_id}",
        "crossings": sorted({key for entry in contents.governed.get(provision_id, []) for key in entry["crossings"]}),
        "routes": [
            {
                "route": entry["route"],
                "segments": entry["segments"],
                "length": figures.length(entry["length_m"], contents.digits[entry["route"]]),
            }
            for entry in contents.governed.get(provision_id, [])
        ],
    }
