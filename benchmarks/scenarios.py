"""Random scenarios, and what networkx says that ways cost under them: the judge of our own answers."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

from benchmarks.peers.networkx import to_networkx
from benchmarks.shared_graph import SharedGraph

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

CLOSED = -1
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


def factors(shared: SharedGraph, seed: int | None) -> NDArray[np.int64]:
    """
    Make a scenario: one joined pair of nodes in five gets up to four times its weight, one in 500 is closed.

    Parameters
    ----------
    shared
        The graph.
    seed
        Of the scenario; None leaves all as it is.

    Returns
    -------
    factor
        Of each arc, the same in both directions; `CLOSED` where it may not be taken.
    """
    low, high = np.minimum(shared.tail, shared.head), np.maximum(shared.tail, shared.head)
    if seed is None:
        return np.ones(len(low), dtype=np.int64)
    _pairs, which = np.unique((low.astype(np.int64) << 32) + high, return_inverse=True)
    random = np.random.default_rng(seed)
    draw = random.random(which.max() + 1)
    factor = np.where(draw < _CHANGED, random.integers(2, _LARGEST + 1, len(draw)), 1)
    return np.asarray(np.where(draw > 1 - _SHUT, CLOSED, factor)[which])


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
    factor = factors(shared, seed)
    rows = np.flatnonzero(factor != 1)
    before = list(zip(*(column[rows].tolist() for column in (shared.tail, shared.head, shared.weight)), strict=True))
    for (tail, head, weight), times in zip(before, factor[rows].tolist(), strict=True):
        graph[tail][head]["weight"] = None if times == CLOSED else weight * times
    return before
