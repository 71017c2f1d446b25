"""pyrosm: roads for cars of the whole file, as a GeoDataFrame."""

from __future__ import annotations

import time
from importlib.metadata import version

import pyrosm

from benchmarks.job import Job, run_job


def read(job: Job) -> None:
    """
    Read the network; neither a graph nor territories, heights or rail are made of it.

    Parameters
    ----------
    job
        The setting.
    """
    began = time.perf_counter()
    edges = pyrosm.OSM(str(job.osm)).get_network(network_type="driving")
    seconds = (time.perf_counter() - began,)
    length_m = float(edges["length"].sum()) if "length" in edges else None
    job.report(
        "build",
        seconds,
        answer={"rows": len(edges), "length_m": length_m},
        note="roads for cars alone, after its imports",
    )


if __name__ == "__main__":
    run_job("pyrosm", version("pyrosm"), {"build": read})
