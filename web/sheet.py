"""The data that a page's own scripts read: routes, segments, provisions and names, as plain records."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from web import figures, linework
from web.escape import plain
from web.language import gettext as _
from web.language import language
from web.map import crossings
from web.names import local_of, name_of, place_name
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
        "crossings": [_crossing(contents, crossing) for crossing in crossings(contents)],
        "provisions": {
            key: {**_provision(contents, key), **_governed(contents, key)} for key in contents.study.register.provisions
        },
        "places": {
            place.id: {
                "name": place_name(place),
                "local": local_of(place.names, place.id),
                "at": [place.lon, place.lat],
                "size": place.size,
            }
            for place in contents.study.places.values()
            if place.size
        },
        "territories": {
            key: {"name": plain(names.get(key, key)), "rings": rings}
            for key, rings in linework.outlines(contents.boundaries, _wider(contents.extent)).items()
        },
        "rivers": [
            name_of({key.removeprefix("name_"): name for key, name in river["properties"].items()})
            for river in (contents.rivers or {"features": []})["features"]
        ],
        "outline_detail": linework.OUTLINE_DETAIL,
        "statuses": {key: words(key, STATUS) for key in STATUS},
    }


def changing(contents: Contents, chosen: Iterable[str] | None = None) -> dict[str, Any]:
    """
    Gather what of a sheet depends on the circumstances and on the question.

    Parameters
    ----------
    contents
        What the window shows.
    chosen
        Ids of the routes on the page; all when left out.

    Returns
    -------
    data
        Routes with their segments, the crossings that any of them passes, and what each provision governs.
    """
    return {
        "routes": [_route(contents, key) for key in (contents.routes if chosen is None else chosen)],
        "crossings": [_crossing(contents, crossing) for crossing in crossings(contents)],
        "governed": {key: _governed(contents, key) for key in contents.study.register.provisions},
    }


def _wider(box: tuple[float, float, float, float], by: float = 0.6) -> tuple[float, float, float, float]:
    """Widen a box by a share of its size, which is about what a map fitted to it shows."""
    west, south, east, north = box
    across, up = (east - west) * by / 2, (north - south) * by
    return west - across, south - up, east + across, north + up


def _crossing(contents: Contents, crossing: Mapping[str, Any]) -> dict[str, Any]:
    names = contents.territories
    between = [plain(names.get(key, key)) for key in (crossing.get("from"), crossing.get("to")) if key]
    facts = [(_("Between"), " / ".join(between)), (_("Status"), words(crossing["status"], CROSSING))]
    declared = contents.study.crossings.get(crossing.get("id") or "")
    if declared and declared.status_date:
        facts.append((_("Stated on"), figures.day(declared.status_date)))
    if declared and declared.last_seen:
        facts.append((_("Last seen"), figures.day(declared.last_seen)))
    for vehicle, estimate in (crossing.get("dwell_s") or {}).items():
        known = contents.study.vehicles.get(vehicle)
        label = _("Stop, %(vehicle)s", vehicle=plain(known.title if known else vehicle))
        facts.append((label, figures.duration(estimate) or _("not known")))
    if crossing.get("note"):
        facts.append((_("Note"), sentence(crossing["note"])))
    if crossing.get("sources"):
        facts.append((_("Sources"), ", ".join(plain(tag) for tag in crossing["sources"])))
    return {
        "id": crossing.get("id") or f"{crossing['lon']:.4f},{crossing['lat']:.4f}",
        "declared": bool(declared),
        "title": plain(crossing["title"]),
        "status": crossing["status"],
        "words": words(crossing["status"], CROSSING),
        "at": [crossing["lon"], crossing["lat"]],
        "routes": crossing["routes"],
        "facts": [[label, plain(text)] for label, text in facts],
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
        "url": None if route.candidate is None else f"/routes/{route_id}",
        "bounds": bounds,
        "length_m": properties.get("length_m"),
        "broken": properties.get("broken"),
        "profile": profile(route, contents.territories),
        "crossings": [
            {
                "title": plain(c["title"]),
                "status": c["status"],
                "words": words(c["status"], CROSSING),
                "at_m": c["at_m"],
            }
            for c in properties.get("crossings") or []
        ],
        "segments": [
            {
                **_segment(contents, record),
                "url": None if route.candidate is None else f"/routes/{route_id}#segment-{number}",
                "closure": _closure(contents, route, record),
            }
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


def _closure(contents: Contents, route: Route, record: Mapping[str, Any]) -> list[str]:
    """Say what a reader who closes this segment closes: the study's stretch or link, or else the line in its middle."""
    study = contents.study
    stretch, link = record.get("stretch") or "", record.get("link") or ""
    if link in study.links:
        return [link, plain(study.links[link].title)]
    if stretch in study.stretches:
        return [f"stretch:{stretch}", plain(study.stretches[stretch].title)]
    place = int(np.searchsorted(route.at_m, (record["from_m"] + record["to_m"]) / 2)) - 1
    way = int(route.network.way_id[route.edges[min(max(place, 0), len(route.edges) - 1)]])
    return [f"way:{way}", plain(record.get("name") or "") or _("the line here (way %(id)s)", id=way)]


def _work(work: Mapping[str, Any]) -> str:
    return _(
        "%(work)s: %(status)s (last seen %(day)s)",
        work=plain(work["title"]),
        status=plain(work["status"]),
        day=figures.day(work["last_seen"]),
    )


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


@lru_cache(maxsize=16)
def _names_in(_language: str, contents: Contents) -> Mapping[str, str]:
    """Name the territories once for all segments."""
    return contents.territories


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
    names = _names_in(language(), contents)
    facts = [
        (_("Where"), names.get(record["territory"], record["territory"] or _("not known"))),
        (_("Status"), f"{words(record['status'], STATUS)} ({figures.as_of(contents.network.data_date)})"),
        (
            _("Length"),
            f"{figures.length(record['length_m'], segment_digits(record))}, {words(record['length_basis'], BASIS)}",
        ),
        (_("Along the way"), figures.length_range(record["from_m"], record["to_m"])),
        (_("Kind"), ", ".join(filter(None, (words(record["mode"], MODE), words(record.get("class"), {}))))),
    ]
    if record["structure"] != "none":
        facts.append((_("Structure"), words(record["structure"], STRUCTURE)))
    if record.get("name"):
        facts.append((_("Name"), plain(record["name"])))
    if record.get("near_m"):
        other = record.get("near_territory") or ""
        whose = _("several territories") if other == VARIES else names.get(other, other) or _("another territory")
        near = _(
            "%(length)s of the line drawn, with %(territory)s", length=figures.length(record["near_m"]), territory=whose
        )
        facts.append((_("Near the border"), near))
    accuracy = record.get("accuracy_m")
    worth = _("not known")
    if figures.known(accuracy):
        worth = _("within about %(distance)s", distance=figures.about(float(accuracy or 0)))
    basis = plain(record.get("geometry_basis") or "")
    drawn = _("%(accuracy)s; drawn from %(basis)s", accuracy=worth, basis=basis) if basis else worth
    facts.append((_("Position"), drawn))
    if record.get("note"):
        facts.append((_("Note"), sentence(record["note"])))
    if record.get("source"):
        facts.append((_("Source"), plain(record["source"])))
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
    }


def _governed(contents: Contents, provision_id: str) -> dict[str, Any]:
    governed = contents.governed.get(provision_id, [])
    return {
        "crossings": sorted({key for entry in governed for key in entry["crossings"]}),
        "routes": [
            {
                "route": entry["route"],
                "segments": entry["segments"],
                "length": figures.length(entry["length_m"], contents.digits[entry["route"]]),
            }
            for entry in governed
        ],
    }
