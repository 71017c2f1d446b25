"""What one measurement says: a line of JSON. Standard library only, since the peers' own Pythons read it too."""

from __future__ import annotations

import csv
import json
import math
import statistics
import sys
import time
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

MARK = "@record "
"""What a line of standard output begins with when the rest of it is a record: peers print much else."""

_LONG_S = 2.0

PAIRS_FILE = Path(__file__).with_name("pairs.csv")


@dataclass(frozen=True, kw_only=True)
class Record:
    """
    One operation of one peer, measured.

    Attributes
    ----------
    peer
        Who: Araxes, OSRM, Valhalla and so on.
    operation
        What, such as "build" or "route".
    case
        On what, such as the id of a pair; empty where there is one case only.
    share
        Share of the file's nodes that it ran on: 1, 0.5, 0.25, 0.125.
    size
        Nodes of the OSM file that it ran on; 0 where that does not matter.
    seconds
        Each repeat.
    peak_rss_kb
        Largest resident memory of the process and its children together, kB; None where it was not measured.
    answer
        What came out, to check that answers agree, such as length_m.
    version
        Of the peer.
    note
        What a reader must know.
    when
        Time of the measurement, ISO 8601, UTC.
    """

    peer: str
    operation: str
    case: str = ""
    share: float = 1.0
    size: int = 0
    seconds: tuple[float, ...] = ()
    peak_rss_kb: int | None = None
    answer: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    note: str = ""
    when: str = ""

    @property
    def median_s(self) -> float:
        """Median of the repeats, seconds; NaN without any."""
        return statistics.median(self.seconds) if self.seconds else math.nan

    @property
    def p95_s(self) -> float:
        """The repeat that 95 % are not slower than, seconds (nearest rank); NaN without any."""
        return percentile(self.seconds, 0.95)

    def line(self) -> str:
        """
        Write it as a line.

        Returns
        -------
        line
            JSON, with the figures that a reader looks for worked out.
        """
        worked = {"repeats": len(self.seconds), "median_s": _finite(self.median_s), "p95_s": _finite(self.p95_s)}
        return json.dumps(asdict(self) | worked, ensure_ascii=False)

    @classmethod
    def from_line(cls, line: str) -> Record:
        """
        Read a line.

        Parameters
        ----------
        line
            What `line` wrote.

        Returns
        -------
        record
            The record.
        """
        found = json.loads(line)
        known = {f.name: found[f.name] for f in fields(cls) if f.name in found}
        return cls(**known | {"seconds": tuple(known.get("seconds", ()))})


@dataclass(frozen=True)
class Pair:
    """
    Two places to find a way between.

    Attributes
    ----------
    id
        Word for it.
    title
        Both names.
    origin, destination
        lon, lat in degrees.
    """

    id: str
    title: str
    origin: tuple[float, float]
    destination: tuple[float, float]


def read_pairs(path: Path = PAIRS_FILE) -> list[Pair]:
    """
    Read the pairs.

    Parameters
    ----------
    path
        A CSV file with the columns of pairs.csv.

    Returns
    -------
    pairs
        In the file's order.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Pair(
                row["id"],
                f"{row['origin']} to {row['destination']}",
                (float(row["origin_lon"]), float(row["origin_lat"])),
                (float(row["destination_lon"]), float(row["destination_lat"])),
            )
            for row in csv.DictReader(file)
        ]


def percentile(values: Iterable[float], share: float) -> float:
    """
    Give the value that a share of all values do not exceed (nearest rank).

    Parameters
    ----------
    values
        Numbers.
    share
        0 to 1.

    Returns
    -------
    value
        One of the values; NaN without any.
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def repeat(
    action: Callable[[], Any], *, at_least: int = 3, for_s: float = 0.5, at_most: int = 200
) -> tuple[float, ...]:
    """
    Time an action again and again, after one run that is not counted; what takes seconds is timed once more only.

    Parameters
    ----------
    action
        What to do.
    at_least, at_most
        How often.
    for_s
        Stop once this much time is spent, seconds.

    Returns
    -------
    seconds
        One a repeat.
    """
    began = time.perf_counter()
    action()
    if time.perf_counter() - began > _LONG_S:
        at_least = 1
    seconds: list[float] = []
    while len(seconds) < at_least or (len(seconds) < at_most and sum(seconds) < for_s):
        began = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - began)
    return tuple(seconds)


def emit(record: Record) -> None:
    """
    Print a record for the runner to find.

    Parameters
    ----------
    record
        The record; its time is filled in.
    """
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    sys.stdout.write(f"\n{MARK}{replace(record, when=now).line()}\n")
    sys.stdout.flush()


def records_in(output: str) -> Iterator[Record]:
    """
    Find the records in what a measurement printed.

    Parameters
    ----------
    output
        Its standard output.

    Yields
    ------
    record
        In order.
    """
    for line in output.splitlines():
        if line.startswith(MARK):
            yield Record.from_line(line.removeprefix(MARK))


def merge(records: Iterable[Record]) -> list[Record]:
    """
    Put the rounds of the same measurement together.

    Parameters
    ----------
    records
        Of several rounds.

    Returns
    -------
    merged
        One a peer, operation, case and share: all repeats, the largest memory, the last round's answer.
    """
    merged: dict[tuple[str, str, str, float], Record] = {}
    for record in records:
        key = (record.peer, record.operation, record.case, record.share)
        if key in merged:
            earlier = merged[key]
            peaks = [peak for peak in (earlier.peak_rss_kb, record.peak_rss_kb) if peak is not None]
            record = replace(  # noqa: PLW2901
                record, seconds=earlier.seconds + record.seconds, peak_rss_kb=max(peaks, default=None)
            )
        merged[key] = record
    return list(merged.values())


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
