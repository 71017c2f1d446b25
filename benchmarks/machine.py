"""The machine and the versions that figures belong to."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.venvs import ROOT

_GB = 1 << 30
_OWN = ("numpy", "scipy", "numba", "pymetis", "duckdb", "osmium", "shapely", "dask")


def describe() -> str:
    """
    Describe the machine in one line.

    Returns
    -------
    line
        Processor, cores, memory, system.
    """
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GB
    return f"{_processor()}, {os.cpu_count()} cores, {memory_gb:.0f} GB, {platform.system()} {platform.release()}"


def own_versions() -> str:
    """
    List what our side ran on.

    Returns
    -------
    line
        Commit, Python and the libraries that compute.
    """
    found = []
    for name in _OWN:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return f"commit {commit()}, Python {platform.python_version()}, {', '.join(found)}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def commit() -> str:
    """
    Name the commit that is measured.

    Returns
    -------
    commit
        Its short hash; "not known" outside a checkout.
    """
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "not known"
