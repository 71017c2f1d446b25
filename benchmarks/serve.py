"""The server under load, on the network that was loaded; see `benchmarks.serving`."""

from __future__ import annotations

import shutil
import statistics
import sys

from benchmarks.door import SAVED
from benchmarks.job import Job, run_job
from benchmarks.machine import commit
from benchmarks.results import OWN
from benchmarks.serving import CONNECTIONS, free_port, run, server

_WORKERS, _SECONDS = 2, 60
_ERRORS = ("connect", "read", "write", "timeout", "not_200")


def load(job: Job) -> None:
    """
    Ask with wrk for a minute.

    Parameters
    ----------
    job
        The setting.
    """
    if shutil.which("wrk") is None:
        print("wrk is not there, so the server is not measured: apt install wrk", file=sys.stderr)
        return
    port = free_port()
    with server(port, job.folder / SAVED, _WORKERS) as about:
        found = run(port, about, _SECONDS)
    totals = [(second, sum(rss_mb for rss_mb, _pss_mb in sample.values())) for second, sample in found["memory"]]
    early, late = (
        statistics.median([mb for second, mb in totals if low * _SECONDS <= second <= high * _SECONDS])
        for low, high in ((0.15, 0.4), (0.75, 1.0))
    )
    answer = {
        "clients": CONNECTIONS,
        "workers": _WORKERS,
        "seconds": _SECONDS,
        "requests": found["requests"],
        "per_s": found["requests"] / found["seconds"],
        "errors": sum(found[name] for name in _ERRORS),
        **{f"p{share}_ms": float(found[f"p{share}_ms"]) for share in (50, 95, 99)},
        "resident_MB_early": round(early),
        "resident_MB_late": round(late),
    }
    job.report("serve", (), str(about["network"]["title"]), answer=answer, note="pages, API, plans and tiles, mixed")


if __name__ == "__main__":
    run_job(OWN, commit(), {"load": load})
