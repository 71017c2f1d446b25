"""How time and memory grow with the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.results import exponent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.record import Record
    from benchmarks.results import Results

OPERATIONS = {
    "build": "Load or build",
    "open": "Open what was built",
    "route": "Route between random places",
    "reweigh": "New weighting and one answer",
    "close": "Close one edge and answer",
    "chokepoints": "Choke points",
    "band": "5 % band",
    "alternatives": "Three alternatives",
    "pareto": "Pareto ways",
}
"""Operation, in words."""

_CASES = {"build": "", "open": ""}  # all else is asked of random pairs


@dataclass(frozen=True)
class Curve:
    """
    One operation of one peer on files of several sizes.

    Attributes
    ----------
    title, peer
        What and who.
    records
        From the smallest file up.
    """

    title: str
    peer: str
    records: Sequence[Record]

    @property
    def time_exponent(self) -> float | None:
        """Of size, in time; None for fewer than three sizes."""
        return exponent([r.size for r in self.records], [r.median_s for r in self.records])

    @property
    def memory_exponent(self) -> float | None:
        """Of size, in peak memory of the process; None for fewer than three sizes."""
        known = [(r.size, r.peak_rss_kb) for r in self.records if r.peak_rss_kb]
        return exponent([size for size, _kb in known], [kb for _size, kb in known])


def curves(results: Results) -> list[Curve]:
    """
    List what was measured on several sizes.

    Parameters
    ----------
    results
        Of a run.

    Returns
    -------
    curves
        By operation, then peer; each of two sizes at least.
    """
    peers = sorted({record.peer for record in results.records})
    every = [
        Curve(title, peer, results.sizes(peer, operation, _CASES.get(operation, "random")))
        for operation, title in OPERATIONS.items()
        for peer in peers
    ]
    return [curve for curve in every if len(curve.records) > 1]
