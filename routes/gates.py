"""Where a graph passes a border: which declared crossing that is, and whether a search may take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.measure import geodesic_m
from routes.permit import ANY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from routes.graph import Graph
    from routes.model import Crossing
    from routes.permit import Permit


def declared(graph: Graph, zones: Sequence[str], crossings: Iterable[Crossing]) -> NDArray[np.object_]:
    """
    Name the declared crossing that each transition of a graph is.

    Parameters
    ----------
    graph
        Of one mode.
    zones
        Territory keys by zone code.
    crossings
        Of the graph's mode.

    Returns
    -------
    crossing
        One an arc: the id of the nearest crossing between the same two territories within whose radius it lies; empty
        where there is none, and for arcs that are no transition.
    """
    found = np.full(len(graph.edge), "", dtype=object)
    moved = np.flatnonzero(graph.edge < 0)
    nodes = graph.node[graph.tail[moved]]
    lon, lat = graph.network.node_lon[nodes], graph.network.node_lat[nodes]
    pair = [frozenset((zones[a], zones[b])) for a, b in graph.transition[moved]]
    nearest = np.full(len(moved), np.inf)
    for crossing in crossings:
        sides = frozenset(crossing.territories)
        fits = np.fromiter((p == sides for p in pair), dtype=bool, count=len(pair))
        away = geodesic_m(np.full(len(lon), crossing.lon), np.full(len(lat), crossing.lat), lon, lat)
        hit = fits & (away <= crossing.radius_m) & (away < nearest)
        nearest[hit] = away[hit]
        found[moved[hit]] = crossing.id
    return found


def passable(
    graph: Graph,
    zones: Sequence[str],
    crossing: NDArray[np.object_],
    crossings: Iterable[Crossing],
    permit: Permit,
    barred: Collection[str],
) -> NDArray[np.bool_]:
    """
    Say which transitions a search may take: open crossings, and what its permit names.

    Parameters
    ----------
    graph, zones
        See `declared`.
    crossing
        What `declared` found.
    crossings
        With the statuses that count.
    permit
        What the search may use.
    barred
        Ids of crossings that a scenario closes, whatever the permit names.

    Returns
    -------
    passable
        One an arc; False for arcs that are no transition.
    """
    named = {
        c.id for c in crossings if c.status == "open" or c.id in permit.crossings or _named(permit, *c.territories)
    }
    named -= set(barred)
    moved = np.flatnonzero(graph.edge < 0)  # few of all arcs
    found = np.zeros(len(graph.edge), dtype=bool)
    found[moved] = np.isin(crossing[moved], list(named))
    for arc in moved[crossing[moved] == ""]:
        one, other = graph.transition[arc]
        found[arc] = _named(permit, zones[one], zones[other])
    return found


def _named(permit: Permit, one: str, other: str) -> bool:
    """Say whether a permit names a border, so that any crossing of it may be passed."""
    return ANY in permit.borders or "-".join(sorted((one, other))) in permit.borders
