"""Measure what loading OSM files takes, object by object: the figures of docs/continent.md."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from geo.network import Network
from geo.osm import read_osm
from geo.territory import BoundarySet, split

BOUNDARIES = Path(__file__).parents[1] / "data" / "nakhchivan" / "boundaries.geojson"


def measure(path: Path, memory_limit: str | None) -> dict[str, Any]:
    """
    Load one file in this process.

    Parameters
    ----------
    path
        An OSM file.
    memory_limit
        See `geo.osm.read_osm`.

    Returns
    -------
    figures
        Counts, processor seconds of each step, peak memory and file size in bytes.
    """
    seconds: dict[str, float] = {}
    network = _timed(seconds, "read", lambda: read_osm([path], memory_limit=memory_limit))
    boundaries = BoundarySet.read(BOUNDARIES)
    network = _timed(seconds, "split", lambda: split(network, boundaries))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    with TemporaryDirectory() as folder:
        saved = Path(folder) / "out.net"
        _timed(seconds, "save", lambda: network.save(saved))
        size = saved.stat().st_size
        _timed(seconds, "load", lambda: Network.load(saved))
    counts = {"edges": network.edge_count, "vertices": len(network.vertex_lon_e7), "nodes": network.node_count}
    return {**counts, "seconds": seconds, "peak": peak, "size": size}


def _timed(seconds: dict[str, float], name: str, work: Any) -> Any:  # noqa: ANN401
    begun = time.process_time()
    result = work()
    seconds[name] = time.process_time() - begun
    return result


def _fresh(path: Path, limit: str) -> dict[str, Any]:
    """Measure in a process of its own, so that peaks do not mix."""
    command = [sys.executable, "-m", "tools.costs", "--one", limit, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def row(name: str, limit: str, runs: list[dict[str, Any]]) -> str:
    """
    Write one line of the table.

    Parameters
    ----------
    name
        The file.
    limit
        Its memory limit; empty where there is none.
    runs
        What `measure` gave, run by run; of processor times the least counts, since waiting only adds to them.

    Returns
    -------
    line
        Markdown.
    """
    first = runs[0]
    least = {step: min(run["seconds"][step] for run in runs) for step in first["seconds"]}
    each = [f"{second:.2f}" for second in least.values()]
    rest = [f"{first['peak'] / 1e6:,.0f}", f"{first['size'] / first['edges']:.0f}"]
    counts = [f"{first[key] / 1e6:.3f}" for key in ("edges", "vertices")]
    return "| " + " | ".join([name, limit or "none", *counts, *each, *rest]) + " |"


def main() -> None:
    """Measure the files named on the command line, with and without a memory limit, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--limit", default="200MB", help="memory limit to try besides none")
    parser.add_argument("--runs", default=3, type=int)
    parser.add_argument("--one", metavar="LIMIT", help="measure here, print JSON")
    options = parser.parse_args()
    if options.one is not None:
        print(json.dumps(measure(options.files[0], options.one or None)))
        return
    print(
        "| file | memory limit | edges, M | vertices, M | read, s | split, s | save, s | load, s | peak, MB | ", end=""
    )
    print("file, bytes an edge |")
    print("|---|---|" + "--:|" * 8)
    for path in options.files:
        for limit in ("", options.limit):
            print(row(path.name, limit, [_fresh(path, limit) for _ in range(options.runs)]), flush=True)


if __name__ == "__main__":
    main()
