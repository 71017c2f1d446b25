"""OSMnx: a graph from a part of the file, as XML, the only format that it reads."""

from __future__ import annotations

import time
from importlib.metadata import version

import osmnx as ox

from benchmarks.job import Job, run_job


def read(job: Job) -> None:
    """
    Read and simplify the graph.

    Parameters
    ----------
    job
        The setting; the part of the file stands beside it as XML.
    """
    began = time.perf_counter()
    graph = ox.graph_from_xml(job.osm.with_name("part.osm"))
    seconds = (time.perf_counter() - began,)
    answer = {"nodes": len(graph.nodes), "arcs": len(graph.edges)}
    job.report("build", seconds, answer=answer, note="from XML, after its imports")


if __name__ == "__main__":
    run_job("OSMnx", version("osmnx"), {"build": read})
