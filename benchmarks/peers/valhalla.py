"""Valhalla: tiles by its tool, routes in process by its bindings."""

from __future__ import annotations

import json
import os
import shutil
import stat
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import valhalla
from valhalla.config import get_config

from benchmarks.job import Job, over_random, run_job
from benchmarks.process import run
from benchmarks.record import Pair, repeat

_TOOL = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
_KM = 1000.0
_FAR_M = 1e7
# Left to itself it looks for long ways on large roads alone, and what it then finds is not the shortest.
_SHORTEST = {"shortest": True, "disable_hierarchy_pruning": True}


def build(job: Job) -> None:
    """
    Build the tiles.

    Parameters
    ----------
    job
        The setting.
    """
    tiles = job.folder / "tiles"
    shutil.rmtree(tiles, ignore_errors=True)
    tiles.mkdir()
    settings = get_config(tile_extract="", tile_dir=tiles)
    settings["mjolnir"]["tile_extract"] = str(tiles.resolve() / "none.tar")  # else it looks for one elsewhere
    for name in ("admin", "timezone", "landmarks"):  # databases that nothing here provides
        settings["mjolnir"].pop(name, None)
    settings["service_limits"]["auto"]["max_distance"] = _FAR_M
    settings["service_limits"]["max_distance_disable_hierarchy_culling"] = _FAR_M
    (job.folder / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    _TOOL.chmod(_TOOL.stat().st_mode | stat.S_IXUSR)  # some installers drop it
    command = (_TOOL, "-c", job.folder / "config.json", "-j", str(os.cpu_count() or 1), job.osm)
    done = run(command).require("valhalla_build_tiles")
    job.report("build", (done.seconds,), peak_rss_kb=done.peak_rss_kb)


def route(job: Job) -> None:
    """
    Find ways with their shape; without directions in words, which are not asked of the others either.

    Parameters
    ----------
    job
        The setting.
    """
    job.report("open", repeat(partial(_open, job), at_most=3))
    actor = _open(job)
    for pair in job.pairs:
        action = partial(actor.route, _request(pair, {}))
        job.report("route", repeat(action), pair.id, answer=_answer(action()))
    for pair in job.exact:
        found = actor.route(_request(pair, _SHORTEST))
        job.report("shortest", (), pair.id, answer=_answer(found), note="every class of road; for its length alone")
    over_random(job, lambda pair: partial(actor.route, _request(pair, {})))


def _open(job: Job) -> valhalla.Actor:
    return valhalla.Actor(str(job.folder / "config.json"))


def _request(pair: Pair, options: dict[str, Any]) -> str:
    ends = [{"lon": lon, "lat": lat} for lon, lat in (pair.origin, pair.destination)]
    return json.dumps(
        {"locations": ends, "costing": "auto", "costing_options": {"auto": options}, "directions_type": "none"}
    )


def _answer(text: str) -> dict[str, Any]:
    trip = json.loads(text)["trip"]
    summary = trip["summary"]
    shape = trip["legs"][0]["shape"]
    return {"length_m": summary["length"] * _KM, "time_s": summary["time"], "shape": shape}


if __name__ == "__main__":
    run_job("Valhalla", version("pyvalhalla"), {"build": build, "route": route})
