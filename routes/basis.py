"""Where each figure of a route comes from: the formula, and the ids of the sources that went into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.network import LENGTH_BASES
from geo.profile import smoothing_window_m
from routes.lengths import proposed_lines
from routes.provision import sources_of
from routes.travel import travel_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routes.route import Route

_LENGTHS = {
    "length_m": "sum of length_m of the edges: published where there is a published length (shared in proportion to "
    "shape), else the length of the shape, or on a generalised network the estimate from it",
    "length_range_m": "published lengths and detailed shapes as they are; estimated ones between the shape and the "
    "shape times the largest ratio of published length to shape",
    "length_by_status_m": "length_m by status of the edges in the network",
    "length_by_class_m": "length_m by class of the edges",
    "length_by_structure_m": "length_m by structure of the edges",
    "length_by_basis_m": "length_m by what it rests on: published, shape or estimated",
    "to_build_m": "length_m of the edges that are not open, proposed links included",
    "shape_length_m": "length of the geometry on the WGS84 ellipsoid",
    "geodesic_m": "geodesic between the ends on the WGS84 ellipsoid",
    "sinuosity": "shape_length_m / geodesic_m",
}
_SHAPES = ("shape_length_m", "geodesic_m", "sinuosity")  # measured on the geometry alone
_BORDERS = {
    "length_by_territory_m": "length_m by territory of the edges, which are cut at the borders of the boundary set",
    "length_near_border_m": "length_m within the boundary set's tolerance of a border along which the route weaves",
    "length_by_territory_range_m": "length_by_territory_m less its own part of length_near_border_m, and with the "
    "other side's",
}


def edge_sources(route: Route) -> list[str]:
    """
    List the sources of a route's edges.

    Parameters
    ----------
    route
        A route.

    Returns
    -------
    sources
        Ids, sorted; a source that the network itself lists goes by its id there.
    """
    listed = {s.get("title"): s["id"] for s in route.network.meta.get("sources", ()) if s.get("id")}
    words = route.network.text["source"].take(route.edges).words
    links = {source for link in set(route.link) - {""} for source in route.links[link].sources}
    tags = {tag.strip() for word in words for tag in word.split(";")} - {""}
    return sorted({listed.get(tag, tag) for tag in tags} | links)


def basis(route: Route) -> dict[str, dict[str, Any]]:
    """
    Say what each figure of `routes.metrics.properties` rests on.

    Parameters
    ----------
    route
        A route, resolved or broken.

    Returns
    -------
    basis
        By property: `formula` in words, and `sources`, ids of the study's or the network's sources ("assumed" where
        nobody published a figure). Figures that only some inputs decide name those inputs in `notes`.
    """
    ground = edge_sources(route)
    boundaries = route.network.meta.get("boundaries") or {}
    borders = [*ground, *([boundaries["id"]] if boundaries.get("id") else [])]
    records = {
        "standing": (
            "as the works file of the study records it",
            (route.candidate.standing if route.candidate else {}),
        ),
        "crossings": (
            "changes of territory in order of travel; status and dwell as the study declares them",
            {"sources": [tag for crossing in route.crossings for tag in crossing["sources"]]},
        ),
    }
    note = _estimate_note(route)
    found = {name: _entry(formula, ground, *(() if name in _SHAPES else note)) for name, formula in _LENGTHS.items()}
    found |= {name: _entry(formula, borders) for name, formula in _BORDERS.items()}
    lines = proposed_lines(route)
    found["links"] = _entry(
        "length_m of what is only proposed: links that the study declares, straight across the gap between the two "
        "sides of a border or as the network draws them, and other lines that the network shows as proposed",
        [tag for line in lines if line.id for tag in route.links[line.id].sources] + (ground if lines else []),
    )
    found |= {name: _entry(formula, sources_of(row)) for name, (formula, row) in records.items()}
    found["provisions"] = _entry(
        "length_m of the edges that a rule of the provision matches", _provision_sources(route)
    )
    works = route.study.register.works
    openings = [opening for opening in route.study.openings if opening.work in route.study.register.works_of(route)]
    found["whole_year"] = _entry(
        "latest of the earliest stated openings of the parts that are not open; no earlier than the year of the facts",
        [tag for opening in openings for tag in opening.sources],
        *(f"{o.work}, {'announced' if o.announced else 'assumed'}: {o.basis}" for o in openings),
    )
    found["works"] = _entry(
        "works on its stretches, or on its candidate or territories where no alignment is published",
        [tag for work in route.study.register.works_of(route) for tag in sources_of(works[work])],
    )
    return {**found, **_heights(route), **_times(route)}


def _estimate_note(route: Route) -> list[str]:
    """Say how lengths that nobody published were estimated, where the route has any."""
    factors = route.network.meta.get("length_estimates", {}).get(route.mode)
    estimated = LENGTH_BASES.index("estimated")
    if not factors or not (route.network.length_basis[route.edges] == estimated).any():
        return []
    span = f"{factors['low']} to {factors['high']}"
    lines = f"{factors['lines']} lines of this network"
    rule = "the ratios of published length to shape: their median, and from the shape itself to the largest"
    return [f"where no length is published: shape times {factors['central']} ({span}); from {lines}, by {rule}"]


def _provision_sources(route: Route) -> list[str]:
    governing = {id_ for ids in route.provision_ids for id_ in ids}
    governing |= {id_ for crossing in route.crossings for id_ in crossing["provisions"]}
    return [tag for id_, p in route.study.register.provisions.items() if id_ in governing for tag in p["sources"]]


def _heights(route: Route) -> dict[str, dict[str, Any]]:
    relief = route.network.meta.get("relief")
    if not relief or not relief.get("cell_m"):
        return {}
    window_m = smoothing_window_m(float(relief["cell_m"]))
    source = [str(relief.get("source") or relief.get("title"))]
    note = f"cells of {float(relief['cell_m']):.0f} m; bridges and tunnels climb straight between their portals"
    summed = f"of the heights smoothed over {window_m:.0f} m; range: smoothed over half and double that length"
    return {
        "ascent_m": _entry(f"sum of rises {summed}", source, note),
        "descent_m": _entry(f"sum of falls {summed}", source, note),
        "highest_m": _entry(
            f"highest of the heights smoothed over {window_m:.0f} m; range: from the least over half, once and "
            "double that length, to as far above the highest as the lowest within that length around it lies below",
            source,
            note,
        ),
    }


def _times(route: Route) -> dict[str, dict[str, Any]]:
    if route.broken:
        return {}
    times = [travel_time(route, v) for v in route.study.vehicles.values() if v.mode == route.mode]
    sources = [tag for time in times for tag in time.sources]
    notes = [f"{time.vehicle}: {'; '.join(time.notes)}" for time in times]
    moving = "sum over the edges of length_m / speed, low from the high speed"
    return {
        "time_s": _entry("moving_s + dwell_s", sources, *notes),
        "moving_s": _entry(moving, sources, *notes),
        "dwell_s": _entry("sum of the dwell at the crossings", sources),
    }


def _entry(formula: str, sources: Iterable[str], *notes: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"formula": formula, "sources": list(dict.fromkeys(sources))}
    return {**entry, "notes": list(notes)} if notes else entry
