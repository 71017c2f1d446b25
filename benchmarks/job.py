"""What every measurement is given: the file, a folder of its own, the pairs. Standard library only."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.record import PAIRS_FILE, Pair, Record, emit, read_pairs, repeat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Job:
    """
    One measurement's setting.

    Attributes
    ----------
    peer, version
        Who is measured.
    osm
        The OSM file, or the part of it, to work on.
    folder
        Where to keep what is built from it; it may hold an earlier build.
    share
        Share of the whole file's nodes, 1 for the whole file.
    size
        Nodes of the file.
    pairs
        To find ways between: the named ones on the whole file, none on a part of it.
    random
        Random pairs on this part of the file.
    exact
        The named pairs at nodes of our network, for comparing answers; none where our side was not built.
    full
        Whether to measure also what takes minutes.
    """

    peer: str
    version: str
    osm: Path
    folder: Path
    share: float
    size: int
    pairs: list[Pair]
    random: list[Pair]
    exact: list[Pair]
    full: bool

    def report(self, operation: str, seconds: tuple[float, ...], case: str = "", **more: object) -> None:
        """
        Print a record.

        Parameters
        ----------
        operation, seconds, case
            See `benchmarks.record.Record`.
        more
            Its other fields.
        """
        known = {"peer": self.peer, "version": self.version, "share": self.share, "size": self.size}
        emit(Record(operation=operation, seconds=seconds, case=case, **known | more))  # type: ignore[arg-type]


def run_job(peer: str, version: str, operations: Mapping[str, Callable[[Job], None]]) -> None:
    """
    Do what the command line asks for.

    Parameters
    ----------
    peer, version
        Who is measured.
    operations
        What can be asked for, by name.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("operation", choices=sorted(operations))
    parser.add_argument("--osm", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--size", type=int, default=0)
    parser.add_argument("--random", type=Path)
    parser.add_argument("--exact", type=Path)
    parser.add_argument("--full", action="store_true")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    pairs = read_pairs(PAIRS_FILE) if given.share == 1 else []
    random, exact = (read_pairs(path) if path and path.exists() else [] for path in (given.random, given.exact))
    parts = (given.osm, given.folder, given.share, given.size)
    operations[given.operation](Job(peer, version, *parts, pairs, random, exact, given.full))


def over_random(job: Job, route: Callable[[Pair], Callable[[], object]]) -> None:
    """
    Time the ways between random pairs, for the growth curves: one record, a median for each pair that has a way.

    Parameters
    ----------
    job
        The setting.
    route
        From a pair to what finds its way, which raises RuntimeError where there is none.
    """
    seconds = []
    for pair in job.random:
        try:
            seconds.append(median(repeat(route(pair), at_most=3)))
        except RuntimeError:
            continue
    job.report("route", tuple(seconds), "random", answer={"found": len(seconds), "asked": len(job.random)})
