"""pandana on our own network's graph: contraction hierarchies."""

from __future__ import annotations

import time
from functools import partial
from importlib.metadata import version

import pandana
import pandas as pd

from benchmarks.job import Job, run_job
from benchmarks.record import repeat
from benchmarks.shared_graph import SharedGraph

_SCALE = 1000  # pandana keeps whole thousandths of what it is given, in 32 bits


def route(job: Job) -> None:
    """
    Contract the graph and find ways; the path alone, without geometry or metrics.

    Parameters
    ----------
    job
        The setting.
    """
    shared = SharedGraph.load(job.folder / "graph.npz")
    weights = pd.DataFrame({"weight": (shared.weight + 0.5) / _SCALE})  # it cuts the rest off
    began = time.perf_counter()
    network = pandana.Network(
        pd.Series(shared.lon),
        pd.Series(shared.lat),
        pd.Series(shared.tail),
        pd.Series(shared.head),
        weights,
        twoway=False,
    )
    job.report("graph", (time.perf_counter() - began,), note="contraction included")
    for case, start, end in zip(shared.case, shared.start.tolist(), shared.end.tolist(), strict=True):
        seconds = repeat(partial(network.shortest_path, start, end))
        cost = round(network.shortest_path_length(start, end) * _SCALE)
        job.report("route", seconds, case, answer={"cost": cost})


if __name__ == "__main__":
    run_job("pandana", version("pandana"), {"route": route})
