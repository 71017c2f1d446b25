"""From ways as columns to a network: edges cut at junctions, whole arrays at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.measure import line_lengths_m
from geo.network import LENGTH_BASES, MODES, TEXT_COLUMNS, Network

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geo.words import Words


@dataclass(frozen=True, eq=False, kw_only=True)
class WayTable:
    """
    Ways as columns, before they are cut.

    Attributes
    ----------
    node_id, node_lon_e7, node_lat_e7
        The nodes: their ids in ascending order, and where they are, 1e-7 degree.
    way_id, mode, status, structure, oneway, length_m, accuracy_m
        One value a way, as in `geo.network.Network`; `length_m` is the published length of the whole way, NaN where
        there is none.
    text
        The text columns, one row a way.
    node_offset, node_row
        Way i passes the nodes in rows node_row[node_offset[i] : node_offset[i + 1]], in this order.
    """

    node_id: NDArray[np.int64]
    node_lon_e7: NDArray[np.int32]
    node_lat_e7: NDArray[np.int32]
    way_id: NDArray[np.int64]
    mode: NDArray[np.uint8]
    status: NDArray[np.uint8]
    structure: NDArray[np.uint8]
    oneway: NDArray[np.bool_]
    length_m: NDArray[np.float64]
    accuracy_m: NDArray[np.float32]
    text: Mapping[str, Words]
    node_offset: NDArray[np.int64]
    node_row: NDArray[np.int32]


def cut(ways: WayTable, meta: Mapping[str, Any]) -> Network:
    """
    Cut ways at their junctions and put the pieces together as a network.

    Parameters
    ----------
    ways
        The ways.
    meta
        Header of the network.

    Returns
    -------
    network
        One edge for each piece of a way between two junctions, by way id; unconnected pieces are kept.
    """
    offset, row = _clean(ways)
    first, last, way = _spans(offset, row, ways.mode)
    if np.any(ways.way_id[way[1:]] < ways.way_id[way[:-1]]):
        order = np.argsort(ways.way_id[way], kind="stable")
        first, last, way = first[order], last[order], way[order]
    node_id, node_lon_e7, node_lat_e7, u, v = _ends(ways, row[first], row[last])
    # Spans of `row` from first to last, both ends included, are the vertices of the edges.
    vertex_offset, vertices = _between(first, last)
    vertex_row = row[vertices]
    del vertices
    lon_e7, lat_e7 = ways.node_lon_e7[vertex_row], ways.node_lat_e7[vertex_row]
    del vertex_row
    shape_m = line_lengths_m(vertex_offset, lon_e7, lat_e7)
    length_m, basis = _lengths(ways, way, shape_m)
    return Network(
        node_osm_id=node_id,
        node_lon_e7=node_lon_e7,
        node_lat_e7=node_lat_e7,
        u=u,
        v=v,
        mode=ways.mode[way],
        status=ways.status[way],
        structure=ways.structure[way],
        length_basis=basis,
        oneway=ways.oneway[way],
        length_m=length_m,
        shape_length_m=shape_m,
        near_m=np.zeros(len(way)),
        accuracy_m=ways.accuracy_m[way],
        way_id=ways.way_id[way],
        text={name: ways.text[name].take(way) for name in TEXT_COLUMNS},
        vertex_offset=vertex_offset,
        vertex_lon_e7=lon_e7,
        vertex_lat_e7=lat_e7,
        sample_offset=np.zeros(1, dtype=np.int64),
        sample_ele_m=np.empty(0, dtype=np.float32),
        meta=dict(meta),
    )


def _clean(ways: WayTable) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Drop a node that follows itself: it would make an edge of no length."""
    offset, row = ways.node_offset, ways.node_row
    kept = np.ones(len(row) + 1, dtype=bool)
    kept[1:-1] = row[1:] != row[:-1]
    kept[offset] = True  # the first node of a way may be the last of the one before
    repeats = np.flatnonzero(~kept)
    if len(repeats) == 0:
        return offset, row
    return offset - np.searchsorted(repeats, offset), row[kept[:-1]]


def _spans(
    offset: NDArray[np.int64], row: NDArray[np.int32], mode: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.intp]]:
    """Find each edge's first and last place in `row`, and its way."""
    count = np.diff(offset)
    # A junction is where a mode meets itself: a level crossing is none, nor is each node of a track on an old railway.
    meeting = row.astype(np.int64) * len(MODES)
    meeting += np.repeat(mode, count)
    end = np.bincount(meeting)[meeting] > 1
    del meeting
    some = count > 0
    end[offset[:-1][some]] = True
    end[offset[1:][some] - 1] = True
    places = np.flatnonzero(end)
    way = np.searchsorted(offset, places, side="right") - 1
    same_way = way[1:] == way[:-1]
    return places[:-1][same_way], places[1:][same_way], way[:-1][same_way]


def _between(first: NDArray[np.int64], last: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the places from each first to its last."""
    count = last - first + 1
    offset = np.concatenate(([0], np.cumsum(count)))
    return offset, np.arange(offset[-1]) + np.repeat(first - offset[:-1], count)


def _ends(
    ways: WayTable, first: NDArray[np.int32], last: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Give the nodes that edges end at (id, lon, lat), and which of them each edge starts and ends at."""
    used = np.zeros(len(ways.node_id), dtype=bool)
    used[first] = True
    used[last] = True
    number = np.cumsum(used, dtype=np.int32) - np.int32(1)
    kept = np.flatnonzero(used)
    return ways.node_id[kept], ways.node_lon_e7[kept], ways.node_lat_e7[kept], number[first], number[last]


def _lengths(
    ways: WayTable, way: NDArray[np.intp], shape_m: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Share published lengths over the edges of a way in proportion to shape; else the shape's length counts."""
    published = ways.length_m[way]
    has = ~np.isnan(published)
    basis = np.where(has, LENGTH_BASES.index("published"), LENGTH_BASES.index("shape")).astype(np.uint8)
    if not has.any():
        return shape_m, basis
    whole = np.bincount(way, weights=shape_m, minlength=len(ways.way_id))[way]
    with np.errstate(invalid="ignore"):
        return np.where(has, published * shape_m / whole, shape_m), basis
