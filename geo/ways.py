"""Ways collected one by one, and what is put behind a network that exists already."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.junctions import WayTable, cut
from geo.network import EDGE_COLUMNS, MODES, STATUSES, STRUCTURES, TEXT_COLUMNS
from geo.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geo.network import Network
    from geo.tags import WayTags


@dataclass
class Ways:
    """
    Ways as a reader collects them, one entry a way in each list, before they are cut.

    Attributes
    ----------
    way_id, mode, status, structure, oneway, length_m, accuracy_m
        As in `geo.network.Network`; `length_m` is the published length of the whole way, NaN where there is none.
    text
        The text columns.
    node_count
        How many node references each way has.
    node_ref
        The references of all ways, in order; any int64 that names a node.
    node_id, lon_e7, lat_e7
        The nodes: their ids in ascending order, and where they are.
    """

    node_id: NDArray[np.int64]
    lon_e7: NDArray[np.int32]
    lat_e7: NDArray[np.int32]
    way_id: list[int] = field(default_factory=list)
    mode: list[int] = field(default_factory=list)
    status: list[int] = field(default_factory=list)
    structure: list[int] = field(default_factory=list)
    oneway: list[bool] = field(default_factory=list)
    length_m: list[float] = field(default_factory=list)
    accuracy_m: list[float] = field(default_factory=list)
    text: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in TEXT_COLUMNS})
    node_count: list[int] = field(default_factory=list)
    node_ref: array[int] = field(default_factory=lambda: array("q"))

    def add(
        self,
        tags: WayTags,
        refs: Sequence[int],
        *,
        way_id: int = 0,
        length_m: float = np.nan,
        accuracy_m: float = np.nan,
        **text: str,
    ) -> None:
        """
        Add one way.

        Parameters
        ----------
        tags
            What its tags say.
        refs
            Its nodes, in order.
        way_id
            Its OSM id.
        length_m
            A published length of the whole way, metres.
        accuracy_m
            How far its geometry may lie from the truth, metres.
        **text
            Further text columns, such as source or stretch.
        """
        self.way_id.append(way_id)
        self.mode.append(MODES.index(tags.mode))
        self.status.append(STATUSES.index(tags.status))
        self.structure.append(STRUCTURES.index(tags.structure))
        self.oneway.append(tags.direction != 0)
        self.length_m.append(length_m)
        self.accuracy_m.append(accuracy_m)
        known = {**_texts(tags), **text}
        for name, column in self.text.items():
            column.append(known.get(name, ""))
        ordered = refs[::-1] if tags.direction < 0 else refs
        self.node_count.append(len(ordered))
        self.node_ref.extend(ordered)


def _texts(tags: WayTags) -> dict[str, str]:
    return {"class": tags.class_} | {
        name: getattr(tags, name)
        for name in ("structure_kind", "name", "ref", "maxspeed", "surface", "lanes", "gauge", "electrified")
    }


def assemble(ways: Ways, meta: Mapping[str, Any]) -> Network:
    """
    Cut ways at their junctions and put the pieces together as a network.

    Parameters
    ----------
    ways
        What a reader collected.
    meta
        Header of the network.

    Returns
    -------
    network
        See `geo.junctions.cut`.
    """
    table = WayTable(
        node_id=ways.node_id,
        node_lon_e7=ways.lon_e7,
        node_lat_e7=ways.lat_e7,
        way_id=np.asarray(ways.way_id, dtype=np.int64),
        mode=np.asarray(ways.mode, dtype=np.uint8),
        status=np.asarray(ways.status, dtype=np.uint8),
        structure=np.asarray(ways.structure, dtype=np.uint8),
        oneway=np.asarray(ways.oneway, dtype=bool),
        length_m=np.asarray(ways.length_m, dtype=np.float64),
        accuracy_m=np.asarray(ways.accuracy_m, dtype=np.float32),
        text={name: Words.encode(values) for name, values in ways.text.items()},
        node_offset=np.concatenate(([0], np.cumsum(ways.node_count))).astype(np.int64),
        node_row=np.searchsorted(ways.node_id, np.asarray(ways.node_ref, dtype=np.int64)).astype(np.int32),
    )
    return cut(table, meta)


def join(first: Network, second: Network, node_row: NDArray[np.int32]) -> Network:
    """
    Put a second network's edges behind the first's, for example proposed links.

    Parameters
    ----------
    first
        Keeps its rows and its header.
    second
        Edges to add.
    node_row
        For each node of the second, the row of the first's node that it is; -1 where it is a new node.

    Returns
    -------
    network
        Both. An added edge climbs in a straight line between the heights that its ends have in the first; unknown
        (NaN) where they have none.
    """
    fresh = np.flatnonzero(node_row < 0)
    row = node_row.copy()
    row[fresh] = first.node_count + np.arange(len(fresh), dtype=np.int32)
    added = replace(second, u=row[second.u], v=row[second.v])
    columns: dict[str, Any] = {
        name: np.concatenate((getattr(first, name), getattr(added, name)))
        for name in (*EDGE_COLUMNS, "vertex_lon_e7", "vertex_lat_e7")
    }
    columns |= {
        name: np.concatenate((getattr(first, name), getattr(second, name)[fresh]))
        for name in ("node_osm_id", "node_lon_e7", "node_lat_e7")
    }
    offset = np.concatenate((first.vertex_offset, first.vertex_offset[-1] + second.vertex_offset[1:]))
    sample_offset, sample_ele_m = _joined_heights(first, added)
    text = {name: first.text[name].join(second.text[name]) for name in TEXT_COLUMNS}
    return replace(
        first, text=text, vertex_offset=offset, sample_offset=sample_offset, sample_ele_m=sample_ele_m, **columns
    )


def _joined_heights(first: Network, added: Network) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    if not first.has_relief:
        return first.sample_offset, first.sample_ele_m
    at_node = np.full(first.node_count + added.edge_count + 1, np.nan, dtype=np.float32)
    at_node[first.u] = first.sample_ele_m[first.sample_offset[:-1]]
    at_node[first.v] = first.sample_ele_m[first.sample_offset[1:] - 1]
    _between(at_node, added, first.node_count)
    ends = np.column_stack((at_node[added.u], at_node[added.v])).ravel()
    offset = first.sample_offset[-1] + 2 * np.arange(1, added.edge_count + 1)
    return np.concatenate((first.sample_offset, offset)), np.concatenate((first.sample_ele_m, ends))


def _between(at_node: NDArray[np.float32], added: Network, known: int) -> None:
    """Fill heights at the new nodes of chains u - new - ... - v, by length along the chain."""
    start = 0
    while start < added.edge_count:
        stop = start
        while added.v[stop] >= known and stop + 1 < added.edge_count and added.u[stop + 1] == added.v[stop]:
            stop += 1
        along = np.cumsum(added.shape_length_m[start : stop + 1])
        low, high = at_node[added.u[start]], at_node[added.v[stop]]
        at_node[added.v[start:stop]] = low + (high - low) * along[:-1] / along[-1]
        start = stop + 1
