"""
Measure Araxes and its peers side by side, and write RESULTS.md: `python -m benchmarks.run --osm FILE.osm.pbf`.

Each measurement is a process of its own, one at a time. What each printed is kept in the cache folder, so that
`--only` measures some again and the report is made of all.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import parts, report
from benchmarks.process import run
from benchmarks.record import Record, merge, records_in
from benchmarks.results import Results, note_skipped
from benchmarks.venvs import ROOT, Venv, prepare

_ROUNDS = 3
_LIMIT_S = 900.0
_LIMITS_S = {"serve": 300.0}  # a minute of load, and the start
_ONCE = ("networkx", "pandana")  # each time they take our graph over costs a minute
_OWN = "araxes"


@dataclass(frozen=True)
class Task:
    """
    One process that measures.

    Attributes
    ----------
    peer
        Word for `--only`; also its module, unless that is one of our own.
    operation
        What the module is asked for.
    share
        Part of the file.
    venv
        Whose Python runs it: "own", "bench" or "bench312".
    project
        Name of what must be installed there.
    """

    peer: str
    operation: str
    share: float
    venv: str
    project: str

    @property
    def name(self) -> str:
        """Of its file of results."""
        return f"{self.peer}-{self.operation}-{self.share:g}"

    @property
    def module(self) -> str:
        """What Python is asked to run."""
        return f"benchmarks.{self.peer}" if self.venv == "own" else f"benchmarks.peers.{self.peer}"


def plan() -> list[list[Task]]:
    """
    List what is measured, in order.

    Returns
    -------
    stages
        The tasks of a stage are run in turns, one at a time; those that ask for ways several times over.
    """
    stages: list[list[Task]] = []
    for share in reversed(parts.SHARES):
        builders = [
            Task(_OWN, "build", share, "own", ""),
            Task("osrm", "build", share, "bench312", "osrm-bindings"),
            Task("valhalla", "build", share, "bench312", "pyvalhalla"),
        ]
        askers = [replace(task, operation="route") for task in builders]
        if share == 1:
            builders.append(Task("pyrosm", "build", share, "bench", "pyrosm"))
        if share == parts.SHARES[0]:
            builders.append(Task("osmnx", "build", share, "bench", "osmnx"))
        stages += [builders, askers]
    searchers = [Task(name, "route", 1.0, "bench", name) for name in ("networkx", "igraph", "pandana", "scipy")]
    questions = [Task(_OWN, "ask", share, "own", "") for share in reversed(parts.SHARES)]
    rest = [("agreement", "check"), ("sweep", "run"), ("serve", "load")]
    checks = [Task(name, operation, 1.0, "own", "") for name, operation in rest]
    return [*stages, searchers, questions, checks]


def main() -> None:
    """Run the command line."""
    given = _arguments()
    folder = given.cache / parts.key(given.osm)
    if not given.report_only:
        venvs = {
            "own": Venv(Path(sys.prefix), {}),
            "bench": prepare(".venv-bench", ROOT / "benchmarks" / "requirements.txt"),
            "bench312": prepare(".venv-bench312", ROOT / "benchmarks" / "requirements312.txt", newer=True),
        }
        pieces = {part.share: part for part in parts.cut(given.osm, folder)}
        if not given.only or _OWN in given.only:
            _compile(venvs["own"], pieces[parts.SHARES[0]], folder)
        for stage in plan():
            tasks = [task for task in stage if not given.only or task.peer in given.only or task.name in given.only]
            _stage(tasks, venvs, pieces, folder, full=given.full)
        note_skipped(folder, {pin: why for venv in venvs.values() for pin, why in venv.missing.items()})
    text = report.write(Results.read(folder), given.osm, given.results)
    print(text if given.print else f"{given.results} is written")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--osm", type=Path, required=True, help="an .osm.pbf file; it is read where it is")
    parser.add_argument("--only", type=lambda text: set(text.split(",")), help="peers or tasks, with commas")
    parser.add_argument("--full", action="store_true", help="also what takes minutes, such as OSRM's contraction")
    parser.add_argument("--report-only", action="store_true", help="measure nothing; write the report again")
    parser.add_argument("--cache", type=Path, default=ROOT / ".bench", help="where builds and results are kept")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "RESULTS.md", help="where to write")
    parser.add_argument("--print", action="store_true", help="print the report too")
    given = parser.parse_args()
    if not given.osm.is_file():
        parser.error(f"there is no file {given.osm}; give an OSM file: make bench OSM=path/to/file.osm.pbf")
    return given


def _compile(venv: Venv, part: parts.Part, folder: Path) -> None:
    """Run our side once on the smallest part, unmeasured: it compiles at first use; the peers come compiled."""
    for operation in ("build", "route", "ask"):
        _measure(Task(_OWN, operation, part.share, "own", ""), venv, part, folder, full=False)


def _stage(
    tasks: list[Task], venvs: dict[str, Venv], pieces: dict[float, parts.Part], folder: Path, *, full: bool
) -> None:
    """Run the tasks in turns; what asks for ways goes round several times, so that a slow minute hits all alike."""
    results = folder / "results"
    results.mkdir(parents=True, exist_ok=True)
    found: dict[Task, list[Record]] = {}
    for turn in range(_ROUNDS):
        for task in tasks:
            if turn and not (task in found and task.operation == "route" and task.share == 1 and len(tasks) > 1):
                continue
            if turn and task.peer in _ONCE:
                continue
            if records := _measure(task, venvs[task.venv], pieces[task.share], folder, full=full):
                found.setdefault(task, []).extend(records)
                lines = "".join(f"{record.line()}\n" for record in merge(found[task]))
                (results / f"{task.name}.jsonl").write_text(lines, encoding="utf-8")


def _measure(task: Task, venv: Venv, part: parts.Part, folder: Path, *, full: bool) -> list[Record]:
    if reason := venv.lacks(task.project):
        print(f"{task.name}: left out, {reason}", file=sys.stderr)
        return []
    where = folder / f"{task.share:g}" / ("araxes" if task.venv != "bench312" else task.peer)
    command: list[str | Path] = [venv.python, "-m", task.module, task.operation]
    command += ["--osm", part.osm.resolve(), "--folder", where.resolve(), "--share", str(task.share)]
    command += ["--size", str(part.nodes)]
    own = folder.resolve() / f"{task.share:g}" / "araxes"
    command += ["--random", own / "random.csv", "--exact", own / "exact.csv", *(["--full"] if full else [])]
    began = time.monotonic()
    done = run(command, folder=ROOT, limit_s=_LIMITS_S.get(task.peer, _LIMIT_S))
    took = f"{time.monotonic() - began:.0f} s"
    if done.code != 0:
        tail = "\n".join(done.output.splitlines()[-6:])
        print(f"{task.name}: failed after {took}; its earlier results, if any, stay\n{tail}", file=sys.stderr)
        return []
    print(f"{task.name}: {took}", file=sys.stderr)
    return [_with_peak(record, done.peak_rss_kb) for record in records_in(done.output)]


def _with_peak(record: Record, peak_rss_kb: int) -> Record:
    return record if record.peak_rss_kb is not None else replace(record, peak_rss_kb=peak_rss_kb)


if __name__ == "__main__":
    main()
