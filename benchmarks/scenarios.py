"""Random scenarios, and what networkx says that ways cost under them: the judge of our own answers."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

from benchmarks.peers.networkx import to_networkx
from benchmarks.shared_graph import SharedGraph, cheapest_arcs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

CLOSED = -1
_NEVER = 2**62
_CHANGED, _SHUT, _LARGEST = 0.2, 0.002, 4


@dataclass(frozen=True)
class Case:
    """
    Ways to be found from some nodes to others.

    Attributes
    ----------
    seed
        Of the scenario; None: the graph as it is.
    source
        Node.
    targets
        Nodes.
    """

    seed: int | None
    source: int
    targets: tuple[int, ...]


def factors(edges: int, seed: int | None) -> NDArray[np.int64]:
    """
    Make a scenario: one edge in five gets up to four times its weight, one in 500 is closed.

    Parameters
    ----------
    edges
        How many there are.
    seed
        Of the scenario; None leaves all as it is.

    Returns
    -------
    factor
        Of each edge; `CLOSED` where it may not be taken.
    """
    if seed is None:
        return np.ones(edges, dtype=np.int64)
    random = np.random.default_rng(seed)
    draw = random.random(edges)
    factor = np.where(draw < _CHANGED, random.integers(2, _LARGEST + 1, edges), 1)
    return np.asarray(np.where(draw > 1 - _SHUT, CLOSED, factor))


def under(shared: SharedGraph, factor: NDArray[np.int64]) -> NDArray[np.int64]:
    """
    Weigh the graph under a scenario.

    Parameters
    ----------
    shared
        The graph.
    factor
        Of each edge of our network; the passing of a border costs what it did.

    Returns
    -------
    weight
        Of each arc of the graph, in its order; `CLOSED` where none of the parallel arcs may be taken.
    """
    edge = shared.every_edge
    times = np.where(edge >= 0, factor[edge], 1)
    weight = np.where(times == CLOSED, _NEVER, shared.every_weight * times)
    cheapest = cheapest_arcs(shared.every_tail, shared.every_head, weight)[2]
    return np.where(cheapest == _NEVER, CLOSED, cheapest)


def judge(path: Path, cases: Sequence[Case], processes: int) -> list[list[int | None]]:
    """
    Ask networkx.

    Parameters
    ----------
    path
        Of a saved `SharedGraph`.
    cases
        What to ask.
    processes
        How many to ask in.

    Returns
    -------
    cost
        For each case, for each target; None where there is no way.
    """
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes) as pool:
        return pool.starmap(_ask, [(path, case) for case in cases], chunksize=1)


def _ask(path: Path, case: Case) -> list[int | None]:
    shared, graph = _graph(path)
    changed = _lay(shared, graph, case.seed)
    cost = nx.single_source_dijkstra_path_length(graph, case.source)
    for tail, head, weight in changed:
        graph[tail][head]["weight"] = weight
    return [cost.get(target) for target in case.targets]


@cache
def _graph(path: Path) -> tuple[SharedGraph, nx.DiGraph]:
    shared = SharedGraph.load(path)
    return shared, to_networkx(shared)


def _lay(shared: SharedGraph, graph: nx.DiGraph, seed: int | None) -> list[tuple[int, int, int]]:
    """Lay a scenario over the graph, and say what was there; networkx does not see an arc whose weight is None."""
    if seed is None:
        return []
    weight = under(shared, factors(int(shared.every_edge.max()) + 1, seed))
    rows = np.flatnonzero(weight != shared.weight)
    before = list(zip(*(column[rows].tolist() for column in (shared.tail, shared.head, shared.weight)), strict=True))
    for (tail, head, _old), new in zip(before, weight[rows].tolist(), strict=True):
        graph[tail][head]["weight"] = None if new == CLOSED else new
    return before
