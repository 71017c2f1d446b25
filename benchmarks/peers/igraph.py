"""igraph on our own network's graph: Dijkstra in C."""

from __future__ import annotations

import time
from functools import partial
from importlib.metadata import version

import igraph
import numpy as np

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
    arcs = np.column_stack((shared.tail, shared.head))
    graph = igraph.Graph(n=shared.node_count, edges=arcs, directed=True)
    graph.es["weight"] = shared.weight.tolist()
    job.report("graph", (time.perf_counter() - began,))
    for case, start, end in zip(shared.case, shared.start.tolist(), shared.end.tolist(), strict=True):
        action = partial(graph.get_shortest_path, start, to=end, weights="weight", output="epath")
        seconds = repeat(action, at_most=5)
        job.report("route", seconds, case, answer={"cost": int(shared.weight[action()].sum())})


if __name__ == "__main__":
    run_job("igraph", version("igraph"), {"route": route})
