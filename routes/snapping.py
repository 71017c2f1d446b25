"""From a point to the network: the nearest vertex of the largest component that comes within reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from geo.cutting import cut_at_vertices
from geo.measure import E7, geodesic_m
from geo.network import gather
from routes.permit import permitted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from geo.network import Network
    from routes.model import Place
    from routes.permit import Permit

REACH_M = 5_000.0  # a place stands for a point of the network no further than this
_DEGREE_M = 110_000.0  # no degree of latitude is shorter


def nearest_vertices(
    network: Network,
    usable: NDArray[np.bool_],
    points: Sequence[tuple[float, float]],
    reach_m: float,
    territory: str = "",
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """
    Find the vertex that stands for each of some points.

    Parameters
    ----------
    network
        Any network.
    usable
        Which edges may be used.
    points
        Lon and lat in degrees.
    reach_m
        How far a vertex may be, metres.
    territory
        Only edges in it are looked at; all when empty.

    Returns
    -------
    edges, vertices
        Edge and number of the vertex along it, for the points that have one within reach.
    """
    rows = np.flatnonzero(usable)
    label = component_by_length(network, rows)
    if territory:
        rows = rows[network.text["territory"].take(rows).isin((territory,))]
    edges, vertices = [], []
    for lon, lat in points:
        found = _nearest(network, rows, label, lon, lat, reach_m)
        if found is not None:
            edges.append(found[0])
            vertices.append(found[1])
    return np.asarray(edges, dtype=np.intp), np.asarray(vertices, dtype=np.intp)


def cut_at_places(network: Network, wanted: Collection[tuple[Place, Permit]]) -> Network:
    """
    Cut a network where journeys begin and end: at the vertex of the largest component nearest to each place.

    Parameters
    ----------
    network
        What there is.
    wanted
        Places, each with what a search from there may use.

    Returns
    -------
    network
        The same lines with some more nodes; the very same network where it has nodes there already.
    """
    by_permit: dict[tuple[Permit, str], list[Place]] = {}
    for place, permit in wanted:
        by_permit.setdefault((permit, home(network, place)), []).append(place)
    found = [
        nearest_vertices(network, permitted(network, permit), [(p.lon, p.lat) for p in places], REACH_M, territory)
        for (permit, territory), places in by_permit.items()
    ]
    if not found:
        return network
    edges, vertices = (np.concatenate(column) for column in zip(*found, strict=True))
    return cut_at_vertices(network, edges, vertices)


def home(network: Network, place: Place) -> str:
    """
    Say in which territory a journey from a place begins on a network.

    Parameters
    ----------
    network
        Split by some set of boundaries, or by none.
    place
        Knows its own territory.

    Returns
    -------
    territory
        The place's key; empty (anywhere) where the network was split by boundaries without that key, or not at all.
    """
    boundaries = network.meta.get("boundaries") or {}
    known = {*network.text["territory"].words, *boundaries.get("territories", ())}
    return place.territory if place.territory in known else ""


def within_reach(
    x: NDArray[np.float64], y: NDArray[np.float64], lon: float, lat: float, reach_m: float
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """
    Find the points that lie near another.

    Parameters
    ----------
    x, y
        The points, degrees.
    lon, lat
        The other, degrees.
    reach_m
        How far away they may lie, metres.

    Returns
    -------
    close, away_m
        Positions of those that do, and their distances in metres.
    """
    reach_deg = reach_m / _DEGREE_M  # a box first: geodesics take their time
    close = np.flatnonzero((np.abs(y - lat) <= reach_deg) & (np.abs(x - lon) * np.cos(np.radians(lat)) <= reach_deg))
    away = geodesic_m(np.full(len(close), lon), np.full(len(close), lat), x[close], y[close])
    return close[away <= reach_m], away[away <= reach_m]


def component_by_length(network: Network, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """
    Rank the connected components of some edges, the longest first.

    Parameters
    ----------
    network
        Any network.
    rows
        Rows of the edges.

    Returns
    -------
    component
        One a node; only nodes of the edges mean anything.
    """
    u, v = network.u[rows], network.v[rows]
    graph = csr_matrix((np.ones(len(rows)), (u, v)), shape=(network.node_count, network.node_count))
    _count, label = connected_components(graph, directed=False)
    metres = np.bincount(label[u], weights=network.length_m[rows], minlength=int(label.max(initial=0)) + 1)
    rank = np.empty(len(metres), dtype=np.intp)
    rank[np.argsort(-metres, kind="stable")] = np.arange(len(metres))
    return np.asarray(rank[label], dtype=np.intp)


def _nearest(
    network: Network, rows: NDArray[np.intp], label: NDArray[np.intp], lon: float, lat: float, reach_m: float
) -> tuple[int, int] | None:
    offset, index = gather(network.vertex_offset, rows)
    close, away = within_reach(network.vertex_lon_e7[index] / E7, network.vertex_lat_e7[index] / E7, lon, lat, reach_m)
    if len(close) == 0:
        return None
    edge = np.searchsorted(offset, close, side="right") - 1
    part = label[network.u[rows[edge]]]
    main = np.flatnonzero(part == part.min())
    best = main[np.argmin(away[main])]
    return int(rows[edge[best]]), int(close[best] - offset[edge[best]])
