"""Our network's graph for other libraries: its nodes, and an arc for each direction of each edge that a car may use."""

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
    from geo.network import Network

_COLUMNS = ("id", "origin", "destination", "origin_lon", "origin_lat", "destination_lon", "destination_lat")
_SEED = 2026


def share(
    network: Network, usable: NDArray[np.bool_], weight: NDArray[np.int64], pairs: Sequence[Pair], unit: str
) -> SharedGraph:
    """
    Make plain arrays of a network, with the pairs at the nearest nodes that all others can be reached from.

    Parameters
    ----------
    network
        The network; its borders bar nothing, as with the peers.
    usable
        Which edges may be used.
    weight
        Of each edge, the same both ways; a positive integer.
    pairs
        To find ways between.
    unit
        Of a weight.

    Returns
    -------
    graph
        Its costs are not known yet: -1.
    """
    rows = np.flatnonzero(usable)
    back = rows[~network.oneway[rows]]
    tail = np.concatenate((network.u[rows], network.v[back]))
    head = np.concatenate((network.v[rows], network.u[back]))
    tail, head, arc_weight = cheapest_arcs(tail, head, np.concatenate((weight[rows], weight[back])))
    main = main_nodes(network.node_count, tail, head)
    scale = np.cos(np.radians(network.node_lat.mean()))
    tree = KDTree(np.column_stack((network.node_lon[main] * scale, network.node_lat[main])))
    ends = [[(lon * scale, lat) for lon, lat in (pair.origin, pair.destination)] for pair in pairs]
    nearest = main[tree.query(np.array(ends).reshape(-1, 2))[1]].reshape(-1, 2).astype(np.int32)
    return SharedGraph(
        tail=tail,
        head=head,
        weight=arc_weight,
        lon=network.node_lon,
        lat=network.node_lat,
        case=tuple(pair.id for pair in pairs),
        start=nearest[:, 0],
        end=nearest[:, 1],
        cost=np.full(len(pairs), -1, dtype=np.int64),
        unit=unit,
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
