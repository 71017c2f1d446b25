"""From the words of a query, as a command line or a URL gives them, to a journey, its rules and its costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.errors import InputError, NotFoundError
from routes.costs import stated, unit
from routes.rules import Rules, plan, pose, read_figures

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geo.network import Network
    from routes.journey import Journey
    from routes.model import Vehicle
    from routes.route import Route
    from routes.study import Study


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
    journey
        The question.
    cost
        What to make least; integer, one an arc.
    vehicle
        The one that was named; None for the study's first.
    """

    query: Query
    journey: Journey
    cost: NDArray[np.int64]
    vehicle: Vehicle | None

    def best(self) -> Route:
        """
        Find the best way that keeps every rule.

        Returns
        -------
        route
            Exact; broken where there is none, and saying why.
        """
        return plan(self.journey, self.cost, self.query.rules)


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
    journey = pose(study, query.origin, query.destination, query.rules, network, scenario, from_any_line=from_any_line)
    vehicle = study.vehicles[query.vehicle] if query.vehicle else None
    return Posed(query, journey, stated(journey, query.cost, vehicle), vehicle)
