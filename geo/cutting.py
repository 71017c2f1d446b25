"""Edges cut into pieces: the pieces take the place of the edge and share its lengths and heights."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geo.measure import line_lengths_m
from geo.network import EDGE_COLUMNS, LENGTH_BASES, Network, gather

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_SHAPE = LENGTH_BASES.index("shape")


def cut_at_vertices(network: Network, edges: NDArray[np.intp], vertices: NDArray[np.intp]) -> Network:
    """
    Cut edges at some of their own vertices, so that a journey can begin there.

    Parameters
    ----------
    network
        Any network.
    edges, vertices
        Row of an edge and number of the vertex along it; an end vertex is a node already and cuts nothing.

    Returns
    -------
    network
        The same lines with more nodes.
    """
    count = network.vertex_offset[edges + 1] - network.vertex_offset[edges]
    inner = (vertices > 0) & (vertices < count - 1)
    wanted = np.unique(np.column_stack((edges[inner], vertices[inner])), axis=0)
    if len(wanted) == 0:
        return network
    parent: list[int] = []
    shapes: list[NDArray[np.int32]] = []
    touched = np.unique(wanted[:, 0])
    for row in touched:
        part = slice(network.vertex_offset[row], network.vertex_offset[row + 1])
        points = np.column_stack((network.vertex_lon_e7[part], network.vertex_lat_e7[part]))
        bounds = [0, *wanted[wanted[:, 0] == row, 1], len(points) - 1]
        for first, last in pairwise(bounds):
            parent.append(int(row))
            shapes.append(points[first : last + 1])
    return replace_edges(network, touched, np.asarray(parent, dtype=np.intp), shapes)


def replace_edges(
    network: Network, touched: NDArray[np.intp], parent: NDArray[np.intp], shapes: Sequence[NDArray[np.int32]]
) -> Network:
    """
    Put pieces in the place of the edges that they were cut from, in the same order.

    Parameters
    ----------
    network
        Holds the edges.
    touched
        Rows of the edges that were cut.
    parent
        For each piece, the row of its edge; the pieces of one edge follow each other from u to v.
    shapes
        For each piece, its vertices in 1e-7 degree; shape (vertices, 2).

    Returns
    -------
    network
        Pieces share a published or estimated length_m in proportion to shape, and keep the heights of their part of
        the edge.
    """
    order = np.argsort(parent, kind="stable")
    parent, flat = parent[order], np.vstack([shapes[place] for place in order])
    counts = np.array([len(shapes[place]) for place in order], dtype=np.int64)
    bounds = np.concatenate(([0], np.cumsum(counts)))
    times = np.ones(network.edge_count, dtype=np.int64)
    times[touched] = np.bincount(parent, minlength=network.edge_count)[touched]
    rows = np.repeat(np.arange(network.edge_count), times)
    cut = np.repeat(np.isin(np.arange(network.edge_count), touched), times)
    sizes = np.diff(network.vertex_offset)[rows]
    sizes[cut] = counts
    offset = np.concatenate(([0], np.cumsum(sizes)))
    spans = np.column_stack((network.vertex_offset[touched], network.vertex_offset[touched + 1]))
    fresh = np.split(flat, bounds[np.searchsorted(parent, touched)[1:]])
    lon = _spliced(network.vertex_lon_e7, spans, [points[:, 0] for points in fresh])
    lat = _spliced(network.vertex_lat_e7, spans, [points[:, 1] for points in fresh])
    # Whole edges keep their lengths to the last bit; only pieces are measured.
    shape_m = network.shape_length_m[rows]
    shape_m[cut] = line_lengths_m(bounds, flat[:, 0], flat[:, 1])
    return _replaced(network, rows, cut, shape_m, (offset, lon, lat))


def _spliced(
    values: NDArray[np.int32], spans: NDArray[np.int64], fresh: Sequence[NDArray[np.int32]]
) -> NDArray[np.int32]:
    """Put fresh values in the place of spans; what lies between is copied whole."""
    kept = np.column_stack((np.append(0, spans[:, 1]), np.append(spans[:, 0], len(values))))
    parts = [values[first:last] for first, last in kept.tolist()]
    both = [part for pair in zip(parts, [*fresh, values[:0]], strict=True) for part in pair]
    return np.concatenate(both, dtype=values.dtype)


def _replaced(
    network: Network,
    rows: NDArray[np.intp],
    cut: NDArray[np.bool_],
    shape_m: NDArray[np.float64],
    vertices: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]],
) -> Network:
    """Make the network of the pieces, given the edge that each comes from."""
    offset, lon, lat = vertices
    total_m = np.bincount(rows[cut], weights=shape_m[cut], minlength=network.edge_count)[rows]
    part = np.divide(shape_m, total_m, out=np.ones(len(rows)), where=total_m > 0)  # 0: two nodes share one position
    u, v, fresh = _ends(network, rows, offset, lon, lat)
    columns = {name: getattr(network, name)[rows] for name in EDGE_COLUMNS}
    near = network.near_m[rows]
    columns |= {
        "u": u,
        "v": v,
        "shape_length_m": shape_m,
        # Where the shape is all that is known, the two lengths stay one.
        "length_m": np.where(cut & (network.length_basis[rows] == _SHAPE), shape_m, network.length_m[rows] * part),
        "near_m": np.where(near >= network.shape_length_m[rows], shape_m, near * part),
    }
    sample_offset, sample_ele_m = _heights(network, rows, part)
    return replace(
        network,
        node_osm_id=np.concatenate((network.node_osm_id, np.zeros(len(fresh), dtype=np.int64))),
        node_lon_e7=np.concatenate((network.node_lon_e7, lon[fresh])),
        node_lat_e7=np.concatenate((network.node_lat_e7, lat[fresh])),
        text={name: words.take(rows) for name, words in network.text.items()},
        vertex_offset=offset,
        vertex_lon_e7=lon,
        vertex_lat_e7=lat,
        sample_offset=sample_offset,
        sample_ele_m=sample_ele_m,
        **columns,
    )


def _ends(
    network: Network, rows: NDArray[np.intp], offset: NDArray[np.int64], lon: NDArray[np.int32], lat: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Give each piece its end nodes; a cut makes one new node, shared by all pieces that meet at that point."""
    same = rows[1:] == rows[:-1]
    u, v = network.u[rows].copy(), network.v[rows].copy()
    fresh = offset[1:-1][same] - 1  # the last vertex of each piece that another follows
    places = np.column_stack((lon[fresh], lat[fresh]))
    _points, first, number = np.unique(places, axis=0, return_index=True, return_inverse=True)
    node = (network.node_count + number.ravel()).astype(np.int32)
    v[:-1][same] = node
    u[1:][same] = node
    return u, v, fresh[first]


def _heights(
    network: Network, rows: NDArray[np.intp], part: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Share the samples of cut edges: a whole edge keeps its own, a piece gets its span's, evenly spaced again."""
    if not network.has_relief:
        return network.sample_offset, network.sample_ele_m
    start = np.zeros(len(rows))
    same = rows[1:] == rows[:-1]
    for place in np.flatnonzero(same) + 1:
        start[place] = start[place - 1] + part[place - 1]
    parts: list[NDArray[np.float32]] = []
    count = np.diff(network.sample_offset)[rows]
    cut = part != 1.0
    for place in np.flatnonzero(cut):
        ele = network.heights(int(rows[place]))
        steps = max(1, round(part[place] * (len(ele) - 1)))
        at = np.linspace(start[place], start[place] + part[place], steps + 1) * (len(ele) - 1)
        parts.append(np.interp(at, np.arange(len(ele)), ele).astype(np.float32))
    count[cut] = [len(p) for p in parts]
    offset = np.concatenate(([0], np.cumsum(count))).astype(np.int64)
    values = np.empty(offset[-1], dtype=np.float32)
    _offset, index = gather(network.sample_offset, rows[~cut])
    _offset, place_of = gather(offset, np.flatnonzero(~cut))
    values[place_of] = network.sample_ele_m[index]
    for place, heights in zip(np.flatnonzero(cut), parts, strict=True):
        values[offset[place] : offset[place + 1]] = heights
    return offset, values
