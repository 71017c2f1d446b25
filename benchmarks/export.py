"""The graph that our engine searches, for other libraries."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from benchmarks.shared_graph import SharedGraph, cheapest_arcs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.record import Pair
    from routes.search import Weights

_COLUMNS = ("id", "origin", "destination", "origin_lon", "origin_lat", "destination_lon", "destination_lat")
_SEED = 2026


def share(weights: Weights, pairs: Sequence[Pair], unit: str) -> SharedGraph:
    """
    Make plain arrays of a graph and its weights, with the pairs at the nearest states of its main part.

    Parameters
    ----------
    weights
        A graph, whose states become nodes here, and the whole numbers that its arcs cost; infinite where closed.
    pairs
        To find ways between.
    unit
        Of a weight.

    Returns
    -------
    graph
        Its costs are not known yet: -1.
    """
    graph = weights.graph
    open_ = np.isfinite(weights.weight)
    every = (graph.tail[open_], graph.head[open_], weights.weight[open_].astype(np.int64))
    tail, head, weight = cheapest_arcs(*every)
    network = graph.network
    lon, lat = network.node_lon[graph.node], network.node_lat[graph.node]
    main = main_nodes(graph.state_count, tail, head)
    scale = np.cos(np.radians(lat.mean()))
    tree = KDTree(np.column_stack((lon[main] * scale, lat[main])))
    ends = [[(x * scale, y) for x, y in (pair.origin, pair.destination)] for pair in pairs]
    nearest = main[tree.query(np.array(ends).reshape(-1, 2))[1]].reshape(-1, 2).astype(np.int32)
    return SharedGraph(
        tail=tail,
        head=head,
        weight=weight,
        lon=lon,
        lat=lat,
        case=tuple(pair.id for pair in pairs),
        start=nearest[:, 0],
        end=nearest[:, 1],
        cost=np.full(len(pairs), -1, dtype=np.int64),
        unit=unit,
        every_tail=every[0],
        every_head=every[1],
        every_weight=every[2],
        every_edge=graph.edge[open_],
    )


def main_nodes(count: int, tail: NDArray[np.int32], head: NDArray[np.int32]) -> NDArray[np.intp]:
    """
    Find the largest set of nodes each of which can be reached from each other.

    Parameters
    ----------
    count
        Number of nodes.
    tail, head
        Of each arc.

    Returns
    -------
    nodes
        Ascending.
    """
    matrix = csr_matrix((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(count, count))
    _number, label = connected_components(matrix, directed=True, connection="strong")
    return np.flatnonzero(label == np.argmax(np.bincount(label)))


def write_random_pairs(shared: SharedGraph, path: Path, count: int) -> None:
    """
    Pick random nodes of the main part, in a file like pairs.csv.

    Parameters
    ----------
    shared
        The graph.
    path
        Where to.
    count
        How many pairs.
    """
    nodes = main_nodes(shared.node_count, shared.tail, shared.head)
    picked = np.random.default_rng(_SEED).choice(nodes, (count, 2)).tolist()
    _write(shared, path, [(f"r{number}", *ends) for number, ends in enumerate(picked)])


def write_pairs(shared: SharedGraph, path: Path) -> None:
    """
    Write the pairs at the nodes where they begin and end, in a file like pairs.csv.

    Parameters
    ----------
    shared
        The graph.
    path
        Where to.
    """
    _write(shared, path, list(zip(shared.case, shared.start.tolist(), shared.end.tolist(), strict=True)))


def _write(shared: SharedGraph, path: Path, pairs: list[tuple[str, int, int]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(_COLUMNS)
        for id_, one, other in pairs:
            places = (shared.lon[one], shared.lat[one], shared.lon[other], shared.lat[other])
            out.writerow((id_, f"node {one}", f"node {other}", *(f"{degrees:.7f}" for degrees in places)))
