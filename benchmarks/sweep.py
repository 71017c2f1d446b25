"""A sweep of 10,000 single closures on one pair: serial, in processes, through Dask, and killed half way."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.door import SAVED
from benchmarks.job import Job, run_job
from benchmarks.machine import commit
from benchmarks.process import run
from benchmarks.results import OWN
from benchmarks.venvs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.record import Pair

_CLOSURES, _CHUNK = 10_000, 250
_PAIR = "yerevan-meghri"
_LIMIT_S = 600.0
_NOTE = "start included; a closure off the best way is answered by the best way, exactly, without a search"


def measure(job: Job) -> None:
    """
    Run the sweep in each way, and compare what it wrote.

    Parameters
    ----------
    job
        The setting.
    """
    pair = next(pair for pair in job.pairs if pair.id == _PAIR)
    plain = _run(job, pair, "serial", "serial", [])
    same = {"two processes": _run(job, pair, "two processes", "processes", ["--workers", "2"])}
    with _cluster() as address:
        same["Dask, two workers"] = _run(job, pair, "Dask, two workers", "dask", ["--dask", address])
    _kill_half_way(job, pair)
    same["killed half way"] = _run(job, pair, "killed half way, the rest", "killed", [], fresh=False)
    equal = [name for name, digest in same.items() if digest == plain]
    other = [name for name, digest in same.items() if digest != plain]
    text = f"The sweep's file is byte for byte that of the serial run: {', '.join(equal) or 'none'}"
    text += f"; **not so: {', '.join(other)}**." if other else "."
    job.report("check", (), "sweep", answer={"equal": len(equal), "runs": len(same)}, note=text)


def _run(job: Job, pair: Pair, case: str, name: str, options: list[str], *, fresh: bool = True) -> str:
    """Run the command; give the digest of its file."""
    output = job.folder / f"sweep-{name}.parquet"
    if fresh:
        _forget(output)
    done = run([*_command(job, pair, output), *options], folder=ROOT, limit_s=_LIMIT_S).require("app.py sweep")
    answer = {
        "scenarios": _CLOSURES,
        "seconds": done.seconds,
        "per_s": _CLOSURES / done.seconds if fresh else None,
        "peak_MB": done.peak_rss_kb // 1024,
        "file_kB": output.stat().st_size // 1024,
    }
    job.report("sweep", (done.seconds,), case, answer=answer, peak_rss_kb=done.peak_rss_kb, note=_NOTE)
    return hashlib.sha256(output.read_bytes()).hexdigest()


def _command(job: Job, pair: Pair, output: Path) -> list[str | Path]:
    ends = [f"{lon},{lat}" for lon, lat in (pair.origin, pair.destination)]
    asked = ["--pair", *ends, "--status", "open", "--through", "any", "--closures", str(_CLOSURES)]
    command: list[str | Path] = [sys.executable, ROOT / "app.py", "sweep", "--network", job.folder / SAVED, *asked]
    return [*command, "--chunk", str(_CHUNK), "--no-progress", "-o", output]


def _forget(output: Path) -> None:
    output.unlink(missing_ok=True)
    shutil.rmtree(_parts(output), ignore_errors=True)


def _parts(output: Path) -> Path:
    return output.with_name(f"{output.name}.parts")


def _kill_half_way(job: Job, pair: Pair) -> None:
    output = job.folder / "sweep-killed.parquet"
    _forget(output)
    command = [str(part) for part in _command(job, pair, output)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)
    end = time.monotonic() + _LIMIT_S
    while process.poll() is None and time.monotonic() < end:
        if len(list(_parts(output).glob("*.parquet"))) >= _CLOSURES // _CHUNK // 2:
            os.killpg(process.pid, signal.SIGKILL)
        time.sleep(0.002)
    done = len(list(_parts(output).glob("*.parquet")))
    killed = process.wait() == -signal.SIGKILL
    print(f"killed: {killed}, with {done} of {_CLOSURES // _CHUNK} parts written")
    if not killed:
        message = "the sweep was over before it could be killed; nothing is shown by going on"
        raise RuntimeError(message)


@contextlib.contextmanager
def _cluster() -> Iterator[str]:
    """Run a scheduler and two workers of one thread each."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    scheduler = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    worker = ["distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
    started: list[subprocess.Popen[bytes]] = []
    try:
        for module in (scheduler, worker, worker):
            command = [sys.executable, "-m", *module]
            quiet = subprocess.DEVNULL
            started.append(subprocess.Popen(command, cwd=ROOT, stdout=quiet, stderr=quiet, start_new_session=True))
        yield address
    finally:
        for process in reversed(started):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


if __name__ == "__main__":
    run_job(OWN, commit(), {"run": measure})
