"""The Pareto front of a journey: every way that no other beats on all of two to four costs at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import InputError
from routes.costs import arc_cost, column
from routes.labels import covering, efficient
from routes.rules import problem_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from routes.dominance import Way
    from routes.journey import Journey
    from routes.model import Vehicle
    from routes.route import Route

EPSILON = 0.005
SHOWN = 12
"""Most ways that a page shows."""

EXACT_ARCS = 5_000
"""Up to so many arcs three and four costs are searched exactly; two always are."""

_FEWEST, _MOST = 2, 4


@dataclass(frozen=True, eq=False)
class Front:
    """
    Ways that no other beats.

    Attributes
    ----------
    journey
        The question.
    costs
        Names of what was weighed.
    ways
        By the first cost, ascending.
    aim
        The epsilon that the search aimed at; 0 where the front is exact.
    epsilon
        0 where the front is exact. Else what is proven: for every way there is one here that costs at most
        (1 + epsilon) times as much in each cost; infinite where that could not be bounded.
    """

    journey: Journey
    costs: tuple[str, ...]
    ways: tuple[Way, ...]
    aim: float
    epsilon: float

    @property
    def exactness(self) -> str:
        """One sentence on what the front leaves out."""
        if self.epsilon == 0:
            return "Exact: no way beats any of these in every cost, and no other such way exists."
        if not np.isfinite(self.epsilon):
            return f"Epsilon {self.aim:.1%} aimed at; how far other ways may be better could not be bounded."
        return (
            f"Epsilon {self.aim:.1%} aimed at, {self.epsilon:.1%} proven: for every other way one of these costs at "
            "most that much more in each cost."
        )

    @cached_property
    def shown(self) -> tuple[int, ...]:
        """
        Places of at most `SHOWN` representatives: the least in each cost, then ever the one farthest from those chosen.

        Far means by the largest difference in any cost, as a share of that cost's range over the front.
        """
        if not self.ways:
            return ()
        values = np.array([way.cost for way in self.ways], dtype=np.float64)
        span = np.ptp(values, axis=0)
        values = (values - values.min(axis=0)) / np.where(span > 0, span, 1.0)
        chosen = list(dict.fromkeys(np.lexsort((values.sum(axis=1), values[:, i]))[0] for i in range(values.shape[1])))
        away = np.min([np.abs(values - values[place]).max(axis=1) for place in chosen], axis=0)
        while len(chosen) < min(SHOWN, len(values)) and away.max() > 0:
            chosen.append(np.argmax(away))
            away = np.minimum(away, np.abs(values - values[chosen[-1]]).max(axis=1))
        return tuple(sorted(int(place) for place in chosen))

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The representatives as routes."""
        return tuple(
            self.journey.route(self.ways[place].arcs, str(number), f"way {number}")
            for number, place in enumerate(self.shown, start=1)
        )

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a way: a column a cost, in its unit, and `route`, the id of the route of a representative."""
        import pandas as pd  # noqa: PLC0415  (see `geo.frames`)

        named = dict(zip(self.shown, (route.id for route in self.routes), strict=True))
        columns: dict[str, Any] = {}
        for number, cost in enumerate(self.costs):
            name, scale = column(cost)
            columns[name] = [way.cost[number] / scale for way in self.ways]
        return pd.DataFrame({**columns, "route": [named.get(place) for place in range(len(self.ways))]})


def front(journey: Journey, costs: Sequence[str], vehicle: Vehicle | None = None, *, epsilon: float = EPSILON) -> Front:
    """
    Find the Pareto front.

    Parameters
    ----------
    journey
        The question.
    costs
        Two to four of distance, time, climb, build, crossings, and in:KEY for kilometres in a territory.
    vehicle
        For time; the first that the study states for the mode when left out.
    epsilon
        Aimed at where three or four costs are weighed on more than `EXACT_ARCS` arcs.

    Returns
    -------
    front
        Exact for two costs, and for more on a network as small as a built-in one; else within `Front.epsilon`.

    Raises
    ------
    InputError
        Too few or too many costs, one twice, or one that does not exist or is not known here.
    """
    if not _FEWEST <= len(costs) <= _MOST or len(set(costs)) < len(costs):
        message = f"a front weighs {_FEWEST} to {_MOST} different costs; {', '.join(costs) or 'none'} were given"
        raise InputError(message)
    columns: list[NDArray[np.int64]] = [arc_cost(journey, cost, vehicle) for cost in costs]
    problem = problem_of(journey, np.column_stack(columns))
    if len(costs) == _FEWEST or len(problem.arc) <= EXACT_ARCS or epsilon == 0:
        return Front(journey, tuple(costs), tuple(efficient(problem)), 0.0, 0.0)
    ways, proven = covering(problem, epsilon)
    return Front(journey, tuple(costs), tuple(ways), epsilon, proven)
