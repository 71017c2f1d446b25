"""SciPy on our own network's graph: one-to-all Dijkstra, the engine of the first searches here."""

from __future__ import annotations

import time
from functools import partial
from importlib.metadata import version

from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from benchmarks.job import Job, run_job
from benchmarks.record import repeat
from benchmarks.shared_graph import SharedGraph


def route(job: Job) -> None:
    """
    Build the matrix and find ways; the tree alone, without path, geometry or metrics.

    Parameters
    ----------
    job
        The setting.
    """
    shared = SharedGraph.load(job.folder / "graph.npz")
    began = time.perf_counter()
    shape = (shared.node_count, shared.node_count)
    matrix = csr_matrix((shared.weight.astype(float), (shared.tail, shared.head)), shape=shape)
    job.report("graph", (time.perf_counter() - began,))
    for case, start, end in zip(shared.case, shared.start.tolist(), shared.end.tolist(), strict=True):
        action = partial(dijkstra, matrix, indices=start, return_predecessors=True)
        seconds = repeat(action, at_most=5)
        distance, _before = action()
        job.report("route", seconds, case, answer={"cost": int(distance[end])})


if __name__ == "__main__":
    run_job("SciPy", version("scipy"), {"route": route})
