"""What the benchmarks must show, each a ratio to a peer or a limit, and whether it was met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.results import OWN

if TYPE_CHECKING:
    from benchmarks.results import Results


@dataclass(frozen=True)
class Verdict:
    """
    One target and what came out.

    Attributes
    ----------
    number
        Of the group of targets.
    what
        In words.
    ours, theirs
        Seconds or kB; None where not measured, and `theirs` where the limit stands by itself.
    unit
        "s" or "kB".
    limit
        Largest ratio of ours to theirs, or largest value of ours.
    """

    number: int
    what: str
    ours: float | None
    theirs: float | None
    unit: str
    limit: float
    is_ratio: bool

    @property
    def measured(self) -> float | None:
        """What is held against the limit; None where something was not measured."""
        if not self.is_ratio or self.ours is None:
            return self.ours
        return self.ours / self.theirs if self.theirs else None

    @property
    def met(self) -> bool | None:
        """Whether it is within the limit; None where something was not measured."""
        return None if self.measured is None else self.measured <= self.limit


def verdicts(results: Results) -> list[Verdict]:
    """
    Hold results against the targets.

    Parameters
    ----------
    results
        Of a run.

    Returns
    -------
    verdicts
        One a target.
    """
    build = results.seconds(OWN, "build")
    route = results.over_pairs(OWN, "route")

    def ratio(number: int, what: str, ours: float | None, theirs: float | None, limit: float) -> Verdict:
        return Verdict(number, what, ours, theirs, "s", limit, is_ratio=True)

    def at_most(number: int, what: str, operation: str, limit: float) -> Verdict:
        return Verdict(number, what, results.seconds(OWN, operation), None, "s", limit, is_ratio=False)

    memory = (results.memory_kb(OWN, "build"), results.memory_kb("OSRM", "extract"))
    return [
        ratio(1, "Load to query-ready / Valhalla's build", build, results.seconds("Valhalla", "build"), 0.35),
        ratio(1, "Load / OSRM's extract + partition + customize", build, results.seconds("OSRM", "build"), 0.15),
        Verdict(1, "Peak memory of load / OSRM's extract", *memory, "kB", 1.0, is_ratio=True),
        ratio(2, "Route, geometry and metrics / OSRM's route", route, results.over_pairs("OSRM", "route"), 0.5),
        ratio(2, "Route / Valhalla's route", route, results.over_pairs("Valhalla", "route"), 0.03),
        ratio(2, "Route / networkx on the same graph", route, results.over_pairs("networkx", "route"), 0.005),
        ratio(
            3,
            "New weighting and one answer / OSRM's customize",
            results.seconds(OWN, "reweigh"),
            results.seconds("OSRM", "customize"),
            0.05,
        ),
        at_most(3, "Closing one edge and the answer", "close", 0.002),
        at_most(3, "All choke points of Yerevan-Meghri", "chokepoints", 0.3),
        at_most(3, "The 5 % band of Yerevan-Meghri", "band", 0.3),
    ]
