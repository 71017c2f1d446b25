"""OSRM: extract, partition and customize (contract with --full) by its tools; routes in process by its bindings."""

from __future__ import annotations

import os
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import osrm

from benchmarks.job import Job, over_random, run_job
from benchmarks.process import Finished, run
from benchmarks.record import Pair, repeat

if TYPE_CHECKING:
    from collections.abc import Callable

_PACKAGE = Path(osrm.__file__).parent
_PROFILE = _PACKAGE / "share" / "profiles" / "car.lua"
_RECUSTOMIZED = 3
_ALGORITHMS = {"MLD": "MLD: partition and customize", "CH": "CH: contract"}


def build(job: Job) -> None:
    """
    Prepare the file for multi-level Dijkstra; with --full for contraction hierarchies too.

    Parameters
    ----------
    job
        The setting.
    """
    file = job.folder / "car.osm.pbf"  # OSRM names its files after the input; a link stands for it
    file.unlink(missing_ok=True)
    file.symlink_to(job.osm.resolve())
    extract = _tool(job, "extract", "-p", _PROFILE, file.name)
    partition = _tool(job, "partition", "car.osrm")
    customize = [_tool(job, "customize", "car.osrm") for _ in range(_RECUSTOMIZED if job.share == 1 else 1)]
    steps = (extract, partition, customize[0])
    for name, step in zip(("extract", "partition"), steps, strict=False):
        job.report(name, (step.seconds,), peak_rss_kb=step.peak_rss_kb)
    peak = max(step.peak_rss_kb for step in customize)
    job.report("customize", tuple(step.seconds for step in customize), peak_rss_kb=peak)
    job.report(
        "build",
        (sum(step.seconds for step in steps),),
        peak_rss_kb=max(step.peak_rss_kb for step in steps),
        note="extract, partition and customize together",
    )
    if job.full:
        contract = _tool(job, "contract", "car.osrm")
        job.report("contract", (contract.seconds,), peak_rss_kb=contract.peak_rss_kb)


def _tool(job: Job, name: str, *arguments: str | Path) -> Finished:
    threads = ("-t", str(os.cpu_count() or 1))
    return run([_PACKAGE / "bin" / f"osrm-{name}", *arguments, *threads], folder=job.folder).require(f"osrm-{name}")


def route(job: Job) -> None:
    """
    Find ways with full geometry and annotations.

    Parameters
    ----------
    job
        The setting.
    """
    for algorithm, note in _ALGORITHMS.items():
        if algorithm == "CH" and not (job.full and (job.folder / "car.osrm.hsgr").exists()):
            continue
        began = repeat(partial(_open, job, algorithm), at_most=3)
        name = "route" if algorithm == "MLD" else "route (CH)"
        job.report("open" if algorithm == "MLD" else "open (CH)", began, note=note)
        engine = _open(job, algorithm)
        for pair in job.pairs:
            action = partial(engine.Route, _parameters(pair))
            job.report(name, repeat(action), pair.id, answer=_answer(action()), note=note)
        if algorithm == "MLD":
            over_random(job, partial(_asking, engine))


def _asking(engine: osrm.OSRM, pair: Pair) -> Callable[[], object]:
    return partial(engine.Route, _parameters(pair))


def _open(job: Job, algorithm: str) -> osrm.OSRM:
    return osrm.OSRM(storage_config=str(job.folder / "car.osrm"), algorithm=algorithm, use_shared_memory=False)


def _parameters(pair: Pair) -> osrm.RouteParameters:
    return osrm.RouteParameters(
        coordinates=[pair.origin, pair.destination],
        annotations=["all"],
        overview="full",
        geometries="polyline6",
    )


def _answer(found: osrm.Object) -> dict[str, Any]:
    way = found["routes"][0]
    return {"length_m": way["distance"], "time_s": way["duration"], "shape": way["geometry"]}


if __name__ == "__main__":
    run_job("OSRM", version("osrm-bindings"), {"build": build, "route": route})
