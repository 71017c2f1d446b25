"""Araxes itself: from the file to a first answer in a process; ways and questions in process."""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from statistics import median_low
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.door import SAVED, Door
from benchmarks.export import share, write_pairs, write_random_pairs
from benchmarks.job import Job, over_random, run_job
from benchmarks.machine import commit
from benchmarks.process import run
from benchmarks.record import repeat
from benchmarks.results import OWN
from benchmarks.venvs import ROOT

if TYPE_CHECKING:
    from benchmarks.record import Pair

_RANDOM = 40
_OPENED = "the saved network, checked; hierarchy, weights, a first way"
_STUDY_PAIR = "yerevan-meghri"


def build(job: Job) -> None:
    """
    Make the file query-ready; then, unmeasured, write our graph and random pairs for the others.

    Parameters
    ----------
    job
        The setting.
    """
    saved = job.folder / SAVED
    if job.share == 1:
        high = run([sys.executable, "-m", "benchmarks.ready", job.osm, saved, "--heights"], folder=ROOT)
        note = "the same with the study's relief draped over every line, which no peer does"
        job.report(
            "build with heights", (high.require("benchmarks.ready").seconds,), peak_rss_kb=high.peak_rss_kb, note=note
        )
    ready = run([sys.executable, "-m", "benchmarks.ready", job.osm, saved], folder=ROOT).require("benchmarks.ready")
    steps = json.loads(ready.output.splitlines()[-1])
    note = f"{saved.stat().st_size / 2**20:,.0f} MB saved"
    job.report("build", (ready.seconds,), peak_rss_kb=ready.peak_rss_kb, note=note)
    for name, seconds in steps.items():
        job.report(f"build: {name}", (seconds,), peak_rss_kb=ready.peak_rss_kb)
    door = Door.open(job.folder)
    shared = share(door.engine.weights, job.pairs, "mm")
    ends = zip(shared.start.tolist(), shared.end.tolist(), strict=True)
    costs = [door.costs(door.length_mm, start, [end])[0] for start, end in ends]
    shared = shared.with_costs([-1 if cost is None else cost for cost in costs])
    shared.save(job.folder / "graph.npz")
    write_random_pairs(shared, job.folder / "random.csv", _RANDOM)
    everything = share(door.every_class.weights, job.pairs, "mm")
    write_pairs(everything, job.folder / "exact.csv")


def route(job: Job) -> None:
    """
    Find ways with full geometry and all metrics as arrays, and as GeoJSON apart.

    Parameters
    ----------
    job
        The setting.
    """
    began = time.perf_counter()
    door = Door.open(job.folder)
    door.first()
    job.report("open", (time.perf_counter() - began,), note=_OPENED)
    for pair in job.pairs:
        way = door.way(pair)
        answer = {"length_m": way.length_m, "vertices": len(way.lon)}
        job.report("route", repeat(partial(door.way, pair)), pair.id, answer=answer)
        job.report("geojson", repeat(partial(door.geojson, way)), pair.id)
    for pair in job.exact:
        length_m = door.shortest_m(pair)
        job.report("shortest", (), pair.id, answer={"length_m": length_m}, note="every class of road")
    over_random(job, lambda pair: partial(door.way, pair))


def ask(job: Job) -> None:
    """
    Put the larger questions: of Yerevan-Meghri on the whole file, and of a middling random pair on every part.

    Parameters
    ----------
    job
        The setting.
    """
    door = Door.open(job.folder)
    asked = [("", pair) for pair in job.pairs if pair.id == _STUDY_PAIR]
    for case, pair in (*asked, ("random", _middling(door, job.random))):
        _ask(job, door, case, pair)


def _ask(job: Job, door: Door, case: str, pair: Pair) -> None:
    for operation, action, note in door.questions(pair):
        job.report(operation, repeat(action), case, note=note)


def _middling(door: Door, pairs: list[Pair]) -> Pair:
    lengths_m = {pair.id: door.way(pair).length_m for pair in pairs}
    middle = median_low(lengths_m.values())
    return next(pair for pair in pairs if np.isclose(lengths_m[pair.id], middle))


if __name__ == "__main__":
    run_job(OWN, commit(), {"build": build, "route": route, "ask": ask})
