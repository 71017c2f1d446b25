"""What comes first, and what would have to be true for another route to come first in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from routes.ranking import ranking, shares

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from routes.ranking import Table

SHOWN: dict[str, tuple[float, str, int]] = {
    "time": (3600.0, "h", 1),
    "distance": (1000.0, "km", 1),
    "build": (1000.0, "km", 1),
    "climb": (1.0, "m", 0),
    "crossings": (1.0, "", 0),
    "closed": (1.0, "", 0),
}
"""How a criterion is said: what one unit of it is in those of `routes.ranking.CRITERIA`, its sign, and its digits."""
_MOST = 4  # ways that a sentence holds


@dataclass(frozen=True)
class Weighed:
    """
    Another weight that would change the order, the other weights in proportion.

    Attributes
    ----------
    criterion
        Whose weight.
    flip, now
        The weight at which the two routes meet, and the one stated; shares of all, 0 to 1.
    """

    criterion: str
    flip: float
    now: float

    @property
    def more(self) -> bool:
        """Whether it would have to be more than `flip`, not less."""
        return self.flip > self.now

    @property
    def anything(self) -> bool:
        """Whether any weight would do for what is not weighed now."""
        return not self.now and self.flip < 0.0005  # noqa: PLR2004  (0.0 %)

    @property
    def digits(self) -> int:
        """Digits that tell the per cents apart."""
        return 0 if abs(self.flip - self.now) >= 0.01 and 0.005 <= self.flip < 0.995 else 1  # noqa: PLR2004


@dataclass(frozen=True)
class Valued:
    """
    Another value, within its range, that would change the order.

    Attributes
    ----------
    route
        Whose value.
    criterion
        Of what.
    flip
        The value at which the two routes meet, in the criterion's unit.
    over
        True where it would have to be over that, False where under.
    low, central, high
        The estimate.
    """

    route: str
    criterion: str
    flip: float
    over: bool
    low: float
    central: float
    high: float


Change: TypeAlias = Weighed | Valued


@dataclass(frozen=True)
class Rival:
    """
    A route that does not come first alone.

    Attributes
    ----------
    route
        Its id.
    level
        True where it shares the first place.
    changes
        Each by itself would put it first, all else as it is; the most telling first. Empty where no single one would.
    """

    route: str
    level: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Verdict:
    """
    What comes first, and how firmly.

    Attributes
    ----------
    first
        Id of the first route; None where none has every weighted criterion known.
    score
        Its score, 0 to 1.
    weights
        Share of each criterion that is weighed.
    rivals
        The other routes in their order.
    """

    first: str | None
    score: float
    weights: Mapping[str, float]
    rivals: tuple[Rival, ...]

    @classmethod
    def of(cls, table: Table, weights: Mapping[str, float]) -> Verdict:
        """
        Work out what would put another route first.

        Parameters
        ----------
        table
            Criteria of the routes.
        weights
            By criterion.

        Returns
        -------
        verdict
            For each other route the weights, and the values within its own range or the first one's, at which it would
            come first.

        Raises
        ------
        InputError
            See `routes.ranking.shares`.
        """
        order = ranking(table, weights).dropna(subset=["rank"])
        names = [str(name) for name in order.index]
        share = shares(table, weights)
        stated = {name: float(part) for name, part in zip(table.criteria, share, strict=True) if part > 0}
        if not names:
            return cls(None, 0.0, stated, ())
        first, *others = names
        score = dict(zip(names, order["score"].tolist(), strict=True))
        rivals = [Rival(name, score[name] == score[first], _changes(table, share, first, name)) for name in others]
        return cls(first, score[first], stated, tuple(rivals))

    def sentences(self) -> list[str]:
        """
        Say it in English, by ids.

        Returns
        -------
        sentences
            What comes first; then one for each other route.
        """
        if self.first is None:
            return ["No route can be put in order: none has every weighted criterion known."]
        shown = ", ".join(f"{name} {part:.0%}" for name, part in self.weights.items())
        said = [f"{self.first} comes first ({self.score:.2f} of 1) with the weights {shown}."]
        for rival in self.rivals:
            if rival.level:
                said.append(f"{rival.route} shares the first place.")
            elif rival.changes:
                ways = ", or if ".join(_said(change, rival.route) for change in rival.changes)
                said.append(f"{rival.route} would come before {self.first} if {ways}.")
            else:
                said.append(f"No single weight or value within its range would put {rival.route} before {self.first}.")
        return said


def _changes(table: Table, share: NDArray[np.float64], first: str, other: str) -> tuple[Change, ...]:
    a, b = table.routes.index(first), table.routes.index(other)
    lead = table.utility(table.central)[a] - table.utility(table.central)[b]
    total = float(lead @ share)
    best, worst = table.bounds
    found: list[tuple[int, Change]] = []  # values first, then weights that are not 0 now, then the others
    for column, name in enumerate(table.criteria):
        weight, ahead = float(share[column]), float(lead[column])
        # With weight w here and the others in proportion, the lead is w * ahead + (1 - w) * rest.
        rest = (total - weight * ahead) / (1 - weight) if weight < 1 else ahead
        if ahead != rest and 0 <= (flip := rest / (rest - ahead)) < 1:
            found.append((1 if weight else 2, Weighed(name, flip, weight)))
        span = float(worst[column] - best[column])
        if weight > 0 and span > 0:
            found += [(0, valued) for valued in _values(table, column, (a, b), total / weight * span)]
    return tuple(change for _rank, change in sorted(found, key=lambda one: one[0])[:_MOST])


def _values(table: Table, column: int, pair: tuple[int, int], needed: float) -> list[Valued]:
    """Find the values in a range that would make up for a lead, given in the criterion's own unit."""
    a, b = pair
    less, more = float(table.central[b, column] - needed), float(table.central[a, column] + needed)
    found = []
    if less >= table.low[b, column]:
        found.append(_valued(table, b, column, less, over=False))
    if more <= table.high[a, column]:
        found.append(_valued(table, a, column, more, over=True))
    return found


def _valued(table: Table, row: int, column: int, flip: float, *, over: bool) -> Valued:
    low, central, high = (float(case[row, column]) for case in (table.low, table.central, table.high))
    return Valued(table.routes[row], table.criteria[column], flip, over, low, central, high)


def _said(change: Change, rival: str) -> str:
    name = change.criterion
    if isinstance(change, Weighed):
        if change.anything:
            return f"{name} weighed anything (now 0%)"
        flip, now = (f"{part:.{change.digits}%}" for part in (change.flip, change.now))
        return f"{name} weighed {'more' if change.more else 'less'} than {flip} (now {now})"
    whose = "its" if change.route == rival else f"{change.route}'s"
    flip, low, central, high = (_shown(name, value) for value in (change.flip, change.low, change.central, change.high))
    side = "over" if change.over else "under"
    return f"{whose} {name} were {side} {flip} (estimate: {low} to {high}, central {central})"


def _shown(name: str, value: float) -> str:
    scale, unit, digits = SHOWN[name]
    return f"{value / scale:.{digits}f} {unit}".strip()
