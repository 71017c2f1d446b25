"""NetworkX on our own network's graph: its bidirectional Dijkstra, the quickest that it has."""

from __future__ import annotations

import time
from functools import partial
from importlib.metadata import version

import networkx as nx

from benchmarks.job import Job, run_job
from benchmarks.record import repeat
from benchmarks.shared_graph import SharedGraph


def route(job: Job) -> None:
    """
    Build the graph and find ways; the path alone, without geometry or metrics.

    Parameters
    ----------
    job
        The setting.
    """
    shared = SharedGraph.load(job.folder / "graph.npz")
    began = time.perf_counter()
    graph = to_networkx(shared)
    job.report("graph", (time.perf_counter() - began,))
    for case, start, end in zip(shared.case, shared.start.tolist(), shared.end.tolist(), strict=True):
        action = partial(nx.bidirectional_dijkstra, graph, start, end)
        seconds = repeat(action, at_most=3)
        cost, _path = action()
        job.report("route", seconds, case, answer={"cost": int(cost)})


def to_networkx(shared: SharedGraph) -> nx.DiGraph:
    """
    Convert the graph.

    Parameters
    ----------
    shared
        Arrays.

    Returns
    -------
    graph
        With the attribute `weight`, whole numbers.
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(range(shared.node_count))
    graph.add_weighted_edges_from(zip(shared.tail.tolist(), shared.head.tolist(), shared.weight.tolist(), strict=True))
    return graph


if __name__ == "__main__":
    run_job("networkx", version("networkx"), {"route": route})
