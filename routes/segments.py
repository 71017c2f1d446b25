"""Segments of a route: what a planner clicks, runs of edges that are the same in all that matters."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.frames import frame
from geo.network import LENGTH_BASES

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    from numpy.typing import NDArray

    from routes.route import Route

LEAST_M = 1.0
"""Shorter runs, which a cut beside a junction leaves, are no segments of their own."""

# What the columns of a segment that spans several edges say.
_VARIES = "varies"
_METRES = ("from_m", "to_m", "length_m", "shape_length_m", "near_m", "accuracy_m")
_COLUMNS = (
    "id",
    "route",
    "mode",
    "territory",
    "status",
    "network_status",
    "structure",
    "stretch",
    "link",
    "class",
    "name",
    "ref",
    "from_m",
    "to_m",
    "length_m",
    "length_basis",
    "shape_length_m",
    "near_m",
    "near_territory",
    "accuracy_m",
    "geometry_basis",
    "source",
    "note",
    "provisions",
    "works",
    "crossings",
)


def segments_of(route: Route) -> gpd.GeoDataFrame:
    """
    Give the segments of a route: maximal runs of one territory, status, structure and set of provisions.

    Stretches, proposed links and crossings begin a new segment too, so that a segment belongs to one of them.

    Parameters
    ----------
    route
        A route; a broken one has no segments.

    Returns
    -------
    segments
        GeoDataFrame (WGS84), one row a segment in order of travel. A segment's length is the sum of its edges. A run
        shorter than `LEAST_M` goes with a neighbour: the one before or after it in the same territory, else the one
        after it; the segment is described by its longest run. So kilometres by territory are exact where they are
        summed over edges, as `routes.lengths` does, and may differ by less than `LEAST_M` for each such run where they
        are summed over segments. What is not known is None in texts and NaN in metres.
    """
    provisions = np.empty(len(route.edges), dtype=object)
    provisions[:] = route.provision_ids
    # The zone changes at crossings alone, so that each crossing lies between two segments.
    places = (route.territory, route.zone, route.stretch, route.link)
    runs = route.runs(*places, route.status, route.network_status, route.structure, provisions)
    groups = _without_specks(route, runs)
    rows = [_segment(route, number, group) for number, group in enumerate(groups, start=1)]
    shapes = [shapely.LineString(route.coordinates(group[0][0], group[-1][1])) for group in groups]
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in _COLUMNS}
    columns |= {name: np.array(columns[name], dtype=np.float64) for name in _METRES}
    return frame(columns, shapes, objects=set(_COLUMNS) - set(_METRES))


def _without_specks(route: Route, runs: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Group runs such that each group but a lone one holds a run that is long enough to be a segment."""
    groups: list[list[tuple[int, int]]] = []
    waiting: list[tuple[int, int]] = []  # specks that go to the run after them
    for place, run in enumerate(runs):
        if fsum(route.length_m[slice(*run)]) >= LEAST_M:
            groups.append([*waiting, run])
            waiting = []
            continue
        here = route.territory[run[0]]
        before = bool(groups) and not waiting and route.territory[groups[-1][-1][0]] == here
        last = place + 1 == len(runs)
        if groups and (before or last):
            groups[-1] += [*waiting, run]
            waiting = []
        else:
            waiting.append(run)
    return [*groups, waiting] if waiting else groups


def _segment(route: Route, number: int, group: list[tuple[int, int]]) -> dict[str, Any]:
    a, b = group[0][0], group[-1][1]
    main = slice(*max(group, key=lambda run: fsum(route.length_m[slice(*run)])))
    like, rows, network = main.start, route.edges[a:b], route.network
    accuracy = network.accuracy_m[rows]
    return {
        "id": f"{route.id}.{number}",
        "route": route.id,
        "mode": route.mode,
        "territory": route.territory[like] or None,
        "status": route.status[like],
        "network_status": route.network_status[like],
        "structure": route.structure[like],
        "stretch": route.stretch[like] or None,
        "link": route.link[like] or None,
        "class": _common(route, "class", rows),
        "name": _common(route, "name", rows),
        "ref": _common(route, "ref", rows),
        "from_m": float(route.at_m[a]),
        "to_m": float(route.at_m[b]),
        "length_m": float(route.length_m[a:b].sum()),
        "length_basis": _one(LENGTH_BASES[code] for code in network.length_basis[rows]),
        "shape_length_m": float(network.shape_length_m[rows].sum()),
        "near_m": float(network.near_m[rows].sum()),
        "near_territory": _common(route, "near_territory", route.edges[main]),
        "accuracy_m": None if np.isnan(accuracy).any() else float(accuracy.max()),
        "geometry_basis": _all(route, "geometry_basis", rows),
        "source": _all(route, "source", rows),
        "note": _in_order(network.text["note"].take(rows).decode()),
        "provisions": list(route.provision_ids[like]),
        "works": sorted({work for edge in route.work_ids[a:b] for work in edge}),
        "crossings": [name for place, name, *_zones in route.passed if a <= place <= b and name],
    }


def _all(route: Route, column: str, rows: NDArray[np.intp]) -> str | None:
    """List every source of a segment, so that none of its figures loses the way back to where it comes from."""
    texts = route.network.text[column].take(rows).words
    return "; ".join(sorted({part for text in texts for part in text.split("; ") if part})) or None


def _in_order(texts: Iterable[str]) -> str | None:
    """Join what the lines of a segment say of themselves, in order of travel, no clause twice."""
    return "; ".join(dict.fromkeys(part for text in texts for part in text.split("; ") if part)) or None


def _common(route: Route, column: str, rows: NDArray[np.intp]) -> str | None:
    return _one(route.network.text[column].take(rows).words) or None


def _one(values: Iterable[str]) -> str:
    """Say the value that all share, ignoring what is not tagged."""
    distinct = {value for value in values if value}
    return distinct.pop() if len(distinct) == 1 else _VARIES if distinct else ""
