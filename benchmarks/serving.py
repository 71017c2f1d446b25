"""
Load test: wrk with 50 connections for a minute on loopback over a mix of pages, API, plans and tiles.

    python -m benchmarks.serving [--network NETWORK] [--workers 2] [--seconds 60] [--to benchmarks/SERVING.md]

Starts the server, samples the memory of every process while wrk runs and asks one question of each kind twice a second
beside it, and writes one section of Markdown. Exits with 1 where an answer was not 200 or a connection failed.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import math
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from benchmarks.machine import describe

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
ROOT = HERE.parent
CONNECTIONS = 50
ERRORS = ("connect", "read", "write", "timeout", "not_200")
PAIRS = [("Goris", "Kapan"), ("Meghri", "Goris"), ("Horadiz", "Nakhchivan"), ("Ordubad", "Meghri"), ("Sisian", "Kapan")]
TOWNS = ["Goris", "Kapan", "Meghri", "Sisian", "Horadiz", "Nakhchivan", "Ordubad", "Sharur", "Yeghegnadzor"]
ROUTES = ("araxes-rail", "goris-yeraskh-road")
PAGES = ["/", "/?lang=az", "/?lang=hy", *(f"/routes/{id_}" for id_ in ROUTES), "/provisions", "/compare", "/about"]
DATA = ("routes", "routes/araxes-rail", "provisions", "places", "network")
API = ["/api", *(f"/api/{name}" for name in DATA), "/healthz"]
STATIC = ["/static/css/base.css", "/static/css/map.css", "/static/js/sheet.js", "/static/leaflet/leaflet.js"]
_START_S = 240
_ROUNDS = 4  # so that every worker has been asked for everything, or nearly so


def free_port() -> int:
    """
    Find a port that nobody listens on.

    Returns
    -------
    port
        Free a moment ago.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(port: int, address: str) -> tuple[int, bytes]:
    """
    Ask the server.

    Parameters
    ----------
    port
        Where it listens.
    address
        Path and query.

    Returns
    -------
    status, body
        The answer.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", address, headers={"Accept-Encoding": "gzip" if address != "/healthz" else "identity"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@contextlib.contextmanager
def server(port: int, network: Path | None, workers: int) -> Iterator[dict[str, Any]]:
    """
    Run the product's own server.

    Parameters
    ----------
    port
        Where to listen.
    network
        A saved network; the study's own when left out.
    workers
        How many processes.

    Yields
    ------
    about
        What /healthz says, with `pid` of the first process and `start_s`.
    """
    command = [sys.executable, str(ROOT / "app.py"), "serve", "--port", str(port), "--workers", str(workers)]
    command += ["--network", str(network)] if network else []
    began, before = time.monotonic(), load()
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        for line in process.stderr or ():
            if "stop with" in line:
                break
        status, body = ask(port, "/healthz")
        if status != http.client.OK:
            message = f"the server did not come up within {_START_S} s"
            raise RuntimeError(message)
        yield {**json.loads(body), "pid": process.pid, "start_s": time.monotonic() - began, "load": before}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def memory(pid: int) -> dict[int, tuple[float, float]]:
    """
    Read the memory of a process and its children.

    Parameters
    ----------
    pid
        The process.

    Returns
    -------
    memory
        By process: resident and proportional (shared pages divided among those who share them), MB.
    """
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    found = {}
    for each in [pid, *map(int, children)]:
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{each}/smaps_rollup").read_text(encoding="ascii")
            values = dict(re.findall(r"^(Rss|Pss):\s+(\d+)", text, re.MULTILINE))
            found[each] = (int(values["Rss"]) / 1024, int(values["Pss"]) / 1024)
    return found


def beside(port: int, addresses: dict[str, str], stop: threading.Event, seen: dict[str, list[float]]) -> None:
    """
    Ask one question of each kind in turn, as one more reader.

    Parameters
    ----------
    port
        Where the server listens.
    addresses
        Address by kind.
    stop
        Ends it.
    seen
        Milliseconds by kind, added to.
    """
    turn = 0
    while not stop.wait(0.5 / len(addresses)):
        kind = list(addresses)[turn % len(addresses)]
        turn += 1
        address = addresses[kind].replace("{n}", str(turn))
        began = time.perf_counter()
        ask(port, address)
        seen[kind].append(1000 * (time.perf_counter() - began))


def run(port: int, about: dict[str, Any], seconds: int) -> dict[str, Any]:
    """
    Run the load.

    Parameters
    ----------
    port
        Where the server listens.
    about
        What `server` gave.
    seconds
        For how long.

    Returns
    -------
    found
        wrk's figures, `memory` samples (second, by process), and `beside`: milliseconds by kind of question.
    """
    template = json.loads(ask_plain(port, "/api/network"))["tiles"]
    plans = [f"/api/plan?mode=road&through=any&from={quote(a)}&to={quote(b)}" for a, b in PAIRS]
    asked = [*PAGES, *API, *API, *plans, *STATIC]
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", "-s", str(HERE / "mix.lua")]
    command += [f"http://127.0.0.1:{port}", "--", template, *(f"@{town}" for town in TOWNS), *asked]
    for address in asked * _ROUNDS:  # the first reader of each page waits for it; the load is what comes after
        ask(port, address)
    stop, seen = threading.Event(), defaultdict[str, list[float]](list)
    kinds = {
        "page (map)": "/",
        "API (all candidates)": "/api/routes",
        "plan asked before": plans[0],
        "plan never asked before": f"{plans[1]}&n={{n}}",
        "tile": template.format(z=9, x=322, y=195),
    }
    reader = threading.Thread(target=beside, args=(port, kinds, stop, seen))
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    reader.start()
    samples, began = [], time.monotonic()
    while process.poll() is None:
        samples.append((time.monotonic() - began, memory(about["pid"])))
        time.sleep(2)
    stop.set()
    reader.join()
    output = process.communicate()[0]
    found: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    return {**found, "memory": samples, "beside": dict(seen)}


def ask_plain(port: int, address: str) -> bytes:
    """
    Ask without compression.

    Parameters
    ----------
    port
        Where the server listens.
    address
        Path and query.

    Returns
    -------
    body
        The answer.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", address)
        return connection.getresponse().read()
    finally:
        connection.close()


def load() -> str:
    """
    Say how busy the machine is: without others on it, a reader's figures are better than ours.

    Returns
    -------
    text
        Processes that want to run, on average over the last minute.
    """
    return f"{os.getloadavg()[0]:.1f}"


def write_section(path: Path, title: str, text: str) -> None:
    """
    Write one section of a Markdown file, in place of what it said before.

    Parameters
    ----------
    path
        The file; made where there is none.
    title
        Heading of the section.
    text
        What stands below it.
    """
    begin = "# Serving, measured\n\nWritten by `benchmarks/serving.py` and `benchmarks/frames.py`.\n"
    old = path.read_text(encoding="utf-8") if path.exists() else begin
    section = f"## {title}\n\n{text}\n"
    pattern = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    new = pattern.sub(lambda _found: section + "\n", old) if pattern.search(old) else f"{old.rstrip()}\n\n{section}"
    path.write_text(new.rstrip() + "\n", encoding="utf-8")


def report(found: dict[str, Any], about: dict[str, Any], seconds: int) -> str:
    """
    Write the figures of one run.

    Parameters
    ----------
    found
        What `run` gave.
    about
        What `server` gave.
    seconds
        For how long it ran.

    Returns
    -------
    text
        Markdown.
    """
    errors = {name: found[name] for name in ERRORS if found[name]}
    windows = ((seconds * 0.15, seconds * 0.4), (seconds * 0.75, seconds))
    early, late = ([s for s in found["memory"] if low <= s[0] <= high] for low, high in windows)
    said = (
        f"{about['network']['title']} ({about['network']['edges']:,} edges), {about['workers']} workers, {CONNECTIONS} "
        f"connections, {seconds} s, wrk and server on the same machine ({describe()}; load {about['load']} before, "
        f"{load()} after), up and warm {about['start_s']:.0f} s after the command."
    )
    rate, volume = found["requests"] / found["seconds"], found["bytes"] / found["seconds"] / 1e6
    cells = [f"{found['requests']:,}", f"{rate:,.0f}", f"{volume:.1f}"]
    cells += [f"{found[name]:.1f}" for name in ("p50_ms", "p95_ms", "p99_ms", "max_ms")]
    cells.append(", ".join(f"{name} {count}" for name, count in errors.items()) or "none")
    lines = [
        said,
        "",
        "| requests | a second | MB a second | median ms | 95 % ms | 99 % ms | longest ms | errors |",
        "|---:|---:|---:|---:|---:|---:|---:|---|",
        f"| {' | '.join(cells)} |",
        "",
        "One more reader beside them:",
        "",
        "| asks for | times | median ms | 95 % ms |",
        "|---|---:|---:|---:|",
    ]
    for kind, ms in found["beside"].items():
        most = sorted(ms)[int(len(ms) * 0.95)]
        lines.append(f"| {kind} | {len(ms)} | {statistics.median(ms):.0f} | {most:.0f} |")
    lines += ["", "| memory | resident MB, early | late | proportional MB, early | late |", "|---|---:|---:|---:|---:|"]
    for row, pid in enumerate(found["memory"][-1][1]):
        parts = [(which, part) for which in (0, 1) for part in (early, late)]
        sizes = [_middle(part, pid, which) for which, part in parts]
        name = "first process" if row == 0 else f"worker {row}"
        lines.append(f"| {name} | {' | '.join(f'{size:.0f}' for size in sizes)} |")
    return "\n".join(lines)


def _middle(samples: list[tuple[float, dict[int, tuple[float, float]]]], pid: int, which: int) -> float:
    return statistics.median([found[pid][which] for _at, found in samples if pid in found] or [math.nan])


def main() -> int:
    """
    Measure, print and, with --to, write down.

    Returns
    -------
    code
        0 where every answer was 200.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--network", type=Path, help="a saved network; default: the study's own")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--to", type=Path, help="Markdown file to write the section into")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is not there: apt install wrk", file=sys.stderr)
        return 2
    port = free_port()
    with server(port, options.network, options.workers) as about:
        found = run(port, about, options.seconds)
    text = report(found, about, options.seconds)
    print(text)
    if options.to:
        name = about["network"]["title"] if options.network else "the built-in network"
        write_section(options.to, f"Load: {name}", text)
    return int(any(found[name] for name in ERRORS))


if __name__ == "__main__":
    sys.exit(main())
