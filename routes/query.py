"""From the words of a query, as a command line or a URL gives them, to a journey, its rules and its costs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError, NotFoundError
from routes.costs import stated, unit
from routes.journey import Journey
from routes.resolve import Question
from routes.route import Route
from routes.rules import Asked, Rules, one_point, plan, priced, read_figures, unavoidable, without

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.hierarchy import Metric
    from geo.network import Network
    from routes.errand import Errand
    from routes.model import Vehicle
    from routes.study import Study

_CLIMB = "climb"
_BOUNDED = 2  # costs: of more, none bounds how much of another a way may take


@dataclass(frozen=True)
class Query:
    """
    What is asked, in words.

    Attributes
    ----------
    origin, destination, mode
        From where to where, and how.
    avoid, require, avoid_border, through, statuses, forbid_class
        Names, see `routes.rules.Rules`.
    cap
        Each KEY=KM, such as AM=45.
    price
        Each BORDER=N: what passing it adds, in kilometres, hours or points of a mix, as the cost has it.
    cost
        What to make least: the name of a cost, or a mix such as time=2,distance=1.
    vehicle
        For time; the study's first of the mode when left out.
    scenario, as_of, case
        What is different from the network; see `Study.asked`.
    """

    origin: str
    destination: str
    mode: str
    avoid: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    cap: tuple[str, ...] = ()
    avoid_border: tuple[str, ...] = ()
    price: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    forbid_class: tuple[str, ...] = ()
    cost: str = "distance"
    vehicle: str | None = None
    scenario: str | None = None
    as_of: str | None = None
    case: str | None = None

    @property
    def rules(self) -> Rules:
        """The rules, read; InputError where a figure cannot be."""
        return Rules(
            mode=self.mode,
            avoid=frozenset(self.avoid),
            require=frozenset(self.require),
            cap_km=read_figures(self.cap, "cap"),
            avoid_borders=frozenset(self.avoid_border),
            price={name: round(n * unit(self.cost)) for name, n in read_figures(self.price, "price").items()},
            through=frozenset(self.through),
            statuses=frozenset(self.statuses),
            forbid_classes=frozenset(self.forbid_class),
        )


@dataclass(frozen=True, eq=False)
class Posed:
    """
    A query on the ground.

    Attributes
    ----------
    query
        What was asked.
    asked
        The same, checked.
    vehicle
        The one that was named; None for the study's first.
    from_any_line
        See `routes.rules.pose`.
    """

    query: Query
    asked: Asked
    vehicle: Vehicle | None
    from_any_line: bool = False

    @cached_property
    def journey(self) -> Journey:
        """The question, for every answer that is more than one way."""
        return self.asked.journey(from_any_line=self.from_any_line)

    @cached_property
    def cost(self) -> NDArray[np.int64]:
        """What to make least; integer, one an arc of the journey's graph."""
        return stated(self.journey, self.query.cost, self.vehicle)

    @cached_property
    def errand(self) -> Errand | None:
        """
        The question for one best way, without a cut.

        None where the network is small, where the rules need labels, and for climb: that of a part of an edge is not
        its share of the whole edge's.
        """
        asked, rules = self.asked, self.asked.rules
        by_labels = bool(rules.cap_km or rules.require)
        if self.from_any_line or by_labels or _CLIMB in self.query.cost or not asked.ground.large(rules.mode):
            return None
        from routes.errand import Errand  # noqa: PLC0415  (the compiler is loaded only for large networks)

        errand = Errand.pose(asked.ground, asked.origin, asked.destination, asked.permit)
        if errand.idle:
            raise one_point(asked.origin, asked.destination)
        return errand

    def near(self, share: float) -> tuple[Journey, NDArray[np.int64]]:
        """
        Put the question on what may lie on ways that cost little more than the best.

        Parameters
        ----------
        share
            Of the best: how much more.

        Returns
        -------
        journey, cost
            Of a large network only that part; else all of it.
        """
        if self.errand is None:
            return self.journey, self.cost
        journey = without(self.errand.near(self._metric(self.query.cost), share), self.asked.shut)
        return journey, stated(journey, self.query.cost, self.vehicle)

    def weighing(self, costs: Sequence[str]) -> Journey:
        """
        Put the question on what may lie on ways that no other beats on every one of some costs.

        Parameters
        ----------
        costs
            Their names.

        Returns
        -------
        journey
            For two costs on a large network only that part; else all of it.
        """
        if self.errand is None or _CLIMB in costs or len(costs) != _BOUNDED or len(set(costs)) < _BOUNDED:
            return self.journey
        one, other = (self._metric(name) for name in costs)
        return without(self.errand.weighing(one, other), self.asked.shut)

    def best(self) -> Route:
        """
        Find the best way that keeps every rule.

        Returns
        -------
        route
            Exact; broken where there is none, and saying why.
        """
        if self.errand is None:
            return plan(self.journey, self.cost, self.asked.rules)
        route = self.errand.best(self._metric(self.query.cost))
        if route is not None:
            return route
        asked, found = self.asked, self.errand
        way = found.way(asked.ground.weights(asked.permit))
        broken = found.broken() if way is None else unavoidable(asked.origin, asked.destination, asked.rules)
        about = Question.free(asked.origin, asked.destination, asked.permit)
        return Route.unresolved(
            asked.ground.study, asked.ground.network, about.id, about.title, about.mode, None, broken
        )

    def _metric(self, name: str) -> Metric:
        asked, query = self.asked, self.query
        weights = asked.ground.weights(asked.permit)
        prices = tuple(sorted(asked.rules.price.items()))
        if name == "distance" and not prices and not asked.shut:
            return weights.hierarchical

        def cost() -> NDArray[np.float64]:
            nothing = np.empty(0, dtype=np.intp)
            usable = np.isfinite(weights.weight)
            whole = Journey(
                asked.ground, asked.origin, asked.destination, asked.permit, weights.graph, usable, nothing, nothing
            )
            journey = without(whole, asked.shut)
            return journey.weigh(priced(journey, stated(journey, name, self.vehicle), asked.rules)).weight

        return asked.ground.metric(asked.permit, (name, query.vehicle, prices, asked.shut), cost)


def put(
    study: Study, query: Query, network: Network | None = None, *, single: bool = True, from_any_line: bool = False
) -> Posed:
    """
    Put a query on the ground.

    Parameters
    ----------
    study
        What is studied.
    query
        What is asked.
    network
        The built-in one when left out.
    single
        Whether one best way is wanted: caps, prices and required territories are kept by that alone.
    from_any_line
        Let the journey begin and end on lines of any status.

    Returns
    -------
    posed
        Ready to be answered.

    Raises
    ------
    InputError, NotFoundError
        The query names what does not exist, contradicts itself, or has rules that its answer cannot keep.
    """
    if not single and (query.cap or query.price or query.require):
        message = "caps, prices and required territories are kept by one best way only; leave them out, or ask for that"
        raise InputError(message)
    if query.vehicle is not None and query.vehicle not in study.vehicles:
        message = f"there is no vehicle {query.vehicle!r}; there are {', '.join(study.vehicles)}"
        raise NotFoundError(message)
    scenario = study.asked(query.scenario, query.as_of, query.case)
    asked = Asked.check(study, query.origin, query.destination, query.rules, network, scenario)
    vehicle = study.vehicles[query.vehicle] if query.vehicle else None
    posed = Posed(query, asked, vehicle, from_any_line)
    _ = posed.cost if posed.errand is None else None  # what is wrong with a point or a cost is said now
    return posed
