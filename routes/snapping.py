"""From a point to the network: the nearest vertex of the largest component that comes within reach."""

from __future__ import annotations

from math import ceil, cos, floor, radians
from typing import TYPE_CHECKING

import numpy as np
import scipy  # what is used of it loads when it is first used

from geo.cutting import cut_at_vertices
from geo.measure import E7, geodesic_m
from routes.permit import permitted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from geo.network import Network
    from routes.model import Place
    from routes.permit import Permit

REACH_M = 5_000.0  # a place stands for a point of the network no further than this
_DEGREE_M = 110_000.0  # no degree of latitude is shorter
_MANY = 100_000  # edges of a network from which on components are found by compiled code
_CELL_DEG = 0.05  # of the grid in which vertices are looked for
_CELL_E7 = round(_CELL_DEG * E7)
_ROWS, _COLUMNS = round(180 / _CELL_DEG) + 1, round(360 / _CELL_DEG) + 1


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
    edge, vertex = _vertices_about(network, points, reach_m)
    component = component_by_length(network, np.flatnonzero(usable))
    return _stand_ins(network, usable, component, (edge, vertex), points, reach_m, territory)


def _stand_ins(
    network: Network,
    usable: NDArray[np.bool_],
    component: NDArray[np.intp],
    about: tuple[NDArray[np.intp], NDArray[np.intp]],
    points: Sequence[tuple[float, float]],
    reach_m: float,
    territory: str,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pick among the vertices about some points those that stand for these."""
    may = usable if not territory else usable & network.text["territory"].isin((territory,))
    edge, vertex = (column[may[about[0]]] for column in about)
    lon, lat = network.vertex_lon_e7[vertex] / E7, network.vertex_lat_e7[vertex] / E7
    edges, vertices = [], []
    for point in points:
        close, away_m = within_reach(lon, lat, *point, reach_m)
        if len(close) == 0:
            continue
        part = component[network.u[edge[close]]]
        main = np.flatnonzero(part == part.min())
        best = close[main[np.argmin(away_m[main])]]
        edges.append(edge[best])
        vertices.append(vertex[best] - network.vertex_offset[edge[best]])
    return np.asarray(edges, dtype=np.intp), np.asarray(vertices, dtype=np.intp)


def _vertices_about(
    network: Network, points: Sequence[tuple[float, float]], reach_m: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """
    Find the vertices in the grid cells about some points: their edges, and their positions in the network's arrays.

    One pass over a grid's cells serves all points; only what it finds is measured.
    """
    wanted = np.zeros((_ROWS, _COLUMNS), dtype=bool)
    size = ceil(reach_m / _DEGREE_M / _CELL_DEG)
    for lon, lat in points:
        row, column = floor((lat + 90) / _CELL_DEG), floor(lon / _CELL_DEG) + _COLUMNS // 2
        wide = ceil(size / max(cos(radians(lat)), 0.01))
        across = np.arange(column - wide, column + wide + 1) % _COLUMNS
        wanted[max(row - size, 0) : row + size + 1, across] = True
    rows = (network.vertex_lat_e7 + np.int32(90 * E7)) // np.int32(_CELL_E7)
    columns = network.vertex_lon_e7 // np.int32(_CELL_E7) + np.int32(_COLUMNS // 2)
    vertex = np.flatnonzero(wanted[rows, columns])
    edge = np.searchsorted(network.vertex_offset, vertex, side="right") - 1
    return edge.astype(np.intp), vertex.astype(np.intp)


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
    if not by_permit:
        return network
    about = _vertices_about(network, [(place.lon, place.lat) for place, _permit in wanted], REACH_M)
    usable = {permit: permitted(network, permit) for permit, _territory in by_permit}
    component = {permit: component_by_length(network, np.flatnonzero(rows)) for permit, rows in usable.items()}
    found = [
        _stand_ins(
            network, usable[permit], component[permit], about, [(p.lon, p.lat) for p in places], REACH_M, territory
        )
        for (permit, territory), places in by_permit.items()
    ]
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
    if network.edge_count < _MANY:
        graph = scipy.sparse.csr_matrix((np.ones(len(rows)), (u, v)), shape=(network.node_count, network.node_count))
        _count, label = scipy.sparse.csgraph.connected_components(graph, directed=False)
    else:
        from geo.components import components  # noqa: PLC0415  (the compiler is loaded only where it saves time)

        label = components(network.u, network.v, rows, network.node_count)
    metres = np.bincount(label[u], weights=network.length_m[rows], minlength=int(label.max(initial=0)) + 1)
    rank = np.empty(len(metres), dtype=np.intp)
    rank[np.argsort(-metres, kind="stable")] = np.arange(len(metres))
    return np.asarray(rank[label], dtype=np.intp)
