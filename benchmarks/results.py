"""Results of a run, looked up by who, what and how much."""

from __future__ import annotations

import json
import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.record import Record, merge, read_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

OWN = "Araxes"
_SKIPPED = "skipped.json"
_FEWEST = 3


@dataclass(frozen=True)
class Results:
    """
    Records of a run.

    Attributes
    ----------
    records
        One a peer, operation, case and share.
    skipped
        What could not be installed, with the reason.
    """

    records: Sequence[Record]
    skipped: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> Results:
        """
        Read what the measurements of one OSM file left.

        Parameters
        ----------
        folder
            Of that file.

        Returns
        -------
        results
            Of every task.
        """
        lines = [
            line
            for path in sorted((folder / "results").glob("*.jsonl"))
            for line in path.read_text(encoding="utf-8").splitlines()
        ]
        noted = folder / _SKIPPED
        skipped = json.loads(noted.read_text(encoding="utf-8")) if noted.exists() else {}
        return cls(merge(Record.from_line(line) for line in lines), skipped)

    def find(self, peer: str, operation: str, case: str = "", share: float = 1.0) -> Record | None:
        """
        Look one up.

        Parameters
        ----------
        peer, operation, case, share
            See `benchmarks.record.Record`.

        Returns
        -------
        record
            None where it was not measured.
        """
        wanted = (peer, operation, case, share)
        return next((r for r in self.records if (r.peer, r.operation, r.case, r.share) == wanted), None)

    def seconds(self, peer: str, operation: str, case: str = "", share: float = 1.0) -> float | None:
        """
        Give a median.

        Parameters
        ----------
        peer, operation, case, share
            See `benchmarks.record.Record`.

        Returns
        -------
        median_s
            Seconds; None where it was not measured.
        """
        found = self.find(peer, operation, case, share)
        return found.median_s if found and found.seconds else None

    def memory_kb(self, peer: str, operation: str, case: str = "", share: float = 1.0) -> float | None:
        """
        Give the largest memory.

        Parameters
        ----------
        peer, operation, case, share
            See `benchmarks.record.Record`.

        Returns
        -------
        memory_kb
            kB; None where it was not measured.
        """
        found = self.find(peer, operation, case, share)
        return found.peak_rss_kb if found else None

    def over_pairs(self, peer: str, operation: str) -> float | None:
        """
        Give the median over the named pairs of each pair's median.

        Parameters
        ----------
        peer, operation
            See `benchmarks.record.Record`.

        Returns
        -------
        median_s
            Seconds; None unless every pair was measured.
        """
        medians = [self.seconds(peer, operation, pair.id) for pair in read_pairs()]
        known = [value for value in medians if value is not None]
        return statistics.median(known) if len(known) == len(medians) else None

    def sizes(self, peer: str, operation: str, case: str = "") -> list[Record]:
        """
        List the measurements of one operation on the parts of the file.

        Parameters
        ----------
        peer, operation, case
            See `benchmarks.record.Record`.

        Returns
        -------
        records
            From the smallest part up.
        """
        found = [r for r in self.records if (r.peer, r.operation, r.case) == (peer, operation, case) and r.seconds]
        return sorted(found, key=lambda record: record.share)


def note_skipped(folder: Path, skipped: dict[str, str]) -> None:
    """
    Keep what could not be installed, for the report.

    Parameters
    ----------
    folder
        Of the OSM file.
    skipped
        Requirement and reason.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _SKIPPED).write_text(json.dumps(skipped, indent=1), encoding="utf-8")


def exponent(sizes: Iterable[float], values: Iterable[float]) -> float | None:
    """
    Fit value = a * size ** exponent, by least squares on the logarithms.

    Parameters
    ----------
    sizes, values
        Positive numbers.

    Returns
    -------
    exponent
        1 for a cost in proportion to size; None for fewer than three different sizes.
    """
    points = [(math.log(s), math.log(v)) for s, v in zip(sizes, values, strict=True) if s > 0 and v > 0]
    if len({x for x, _y in points}) < _FEWEST:
        return None
    slope, _intercept = statistics.linear_regression([x for x, _y in points], [y for _x, y in points])
    return slope
