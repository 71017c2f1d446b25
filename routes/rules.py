"""Rules that a way must keep: territories to avoid, to pass or to cap, borders to avoid or price, what not to use."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError
from routes.costs import IN_TERRITORY, arc_cost, in_words
from routes.dominance import Problem
from routes.journey import Journey
from routes.labels import cheapest_within
from routes.model import Break
from routes.permit import CLASSES, USABLE, Permit
from routes.places import find_place
from routes.route import Route
from routes.study import canonical_border, require_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from geo.network import Network
    from routes.ground import Ground
    from routes.model import Place
    from routes.scenario import Scenario
    from routes.study import Study

_MM_PER_KM = 1_000_000
_DEAREST = 2**50


@dataclass(frozen=True)
class Rules:
    """
    What a way must keep.

    Attributes
    ----------
    mode
        road or rail.
    avoid, require
        Territories never to enter, and to enter at least once.
    cap_km
        By territory, the most kilometres in it by the boundary set.
    avoid_borders
        Pairs of territories, such as AM-AZ, or ids of crossings, never to pass.
    price
        By pair or crossing, what passing it adds, in the integers of the search (mm, ms).
    through
        Crossings and pairs that may be passed whatever their status; "any" for all.
    statuses, classes
        The only ones that may be used; empty: every status but razed, every class of the mode.
    forbid_statuses, forbid_classes
        Never to be used.
    """

    mode: str
    avoid: frozenset[str] = frozenset()
    require: frozenset[str] = frozenset()
    cap_km: Mapping[str, float] = field(default_factory=dict)
    avoid_borders: frozenset[str] = frozenset()
    price: Mapping[str, int] = field(default_factory=dict)
    through: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    forbid_statuses: frozenset[str] = frozenset()
    forbid_classes: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Asked:
    """
    A question with rules, checked; not yet put on the ground.

    Attributes
    ----------
    ground
        The study on a network, under a scenario or not.
    rules
        What the way must keep.
    origin, destination
        Where from and to.
    permit
        What may be used.
    shut
        Borders and crossings that the rules close.
    """

    ground: Ground
    rules: Rules
    origin: Place
    destination: Place
    permit: Permit
    shut: frozenset[str]

    @classmethod
    def check(
        cls,
        study: Study,
        origin: str,
        destination: str,
        rules: Rules,
        network: Network | None = None,
        scenario: Scenario | None = None,
    ) -> Asked:
        """
        Check a question.

        Parameters
        ----------
        study, origin, destination, rules, network, scenario
            See `pose`.

        Returns
        -------
        asked
            Ready to be put on the ground.

        Raises
        ------
        InputError, NotFoundError
            The rules contradict each other, or name what does not exist.
        """
        ground = study.ground(network, scenario)
        permit, shut = _permitted(rules, ground)
        places = [find_place(study, text) for text in (origin, destination)]
        for place, verb in zip(places, ("begins", "ends"), strict=True):
            if place.territory in rules.avoid:
                message = (
                    f"{place.territory} is to be avoided, yet the journey {verb} in it, at {place.title}; drop one"
                )
                raise InputError(message)
        return cls(ground, rules, places[0], places[1], permit, frozenset(shut))

    def journey(self, *, from_any_line: bool = False) -> Journey:
        """
        Put the question on the ground.

        Parameters
        ----------
        from_any_line
            See `pose`.

        Returns
        -------
        journey
            With what the rules forbid closed.

        Raises
        ------
        InputError
            A point cannot be used.
        """
        permit = self.permit
        snapped = replace(permit, statuses=frozenset(USABLE)) if from_any_line else permit
        journey = Journey.pose(self.ground, self.origin, self.destination, snapped)
        if np.isin(journey.starts, journey.ends).any():
            raise one_point(self.origin, self.destination)
        if from_any_line:
            usable = np.isfinite(journey.ground.weights(permit).weight)
            journey = replace(journey, permit=permit, open=usable)
        return without(journey, self.shut)


def one_point(origin: Place, destination: Place) -> InputError:
    """
    Say that a journey would lead nowhere.

    Parameters
    ----------
    origin, destination
        The places, which stand for one point.

    Returns
    -------
    error
        To be raised.
    """
    return InputError(
        f"the journey begins and ends at one point of the network, {origin.title} and {destination.title}; "
        "give two places that lie further apart"
    )


def pose(
    study: Study,
    origin: str,
    destination: str,
    rules: Rules,
    network: Network | None = None,
    scenario: Scenario | None = None,
    *,
    from_any_line: bool = False,
) -> Journey:
    """
    Put a question with rules on the ground.

    Parameters
    ----------
    study
        What is studied.
    origin, destination
        "lon,lat" in degrees, or the id or a name of a place.
    rules
        What the way must keep.
    network
        The built-in one when left out.
    scenario
        What is different from it; nothing when left out.
    from_any_line
        Let the journey begin and end on lines of any status, though it may use only those of the rules.

    Returns
    -------
    journey
        With what the rules forbid closed; required territories, caps and prices are for `plan`.

    Raises
    ------
    InputError, NotFoundError
        The rules contradict each other, or name what does not exist; a point cannot be used.
    """
    asked = Asked.check(study, origin, destination, rules, network, scenario)
    return asked.journey(from_any_line=from_any_line)


def without(journey: Journey, shut: Iterable[str]) -> Journey:
    """
    Close borders and crossings.

    Parameters
    ----------
    journey
        The question.
    shut
        Ids of crossings, and pairs of territories.

    Returns
    -------
    journey
        The very same where none is to be closed.
    """
    closed = [arcs for _name, arcs in _passages(journey, shut)]
    if not closed:
        return journey
    return replace(journey, open=journey.open & ~np.isin(np.arange(len(journey.open)), np.concatenate(closed)))


def _permitted(rules: Rules, ground: Ground) -> tuple[Permit, set[str]]:
    """Check rules against what there is, and each other: what may be used, and the borders and crossings to close."""
    crossings = set(ground.study.crossings)
    territories = {*ground.zones, *ground.study.boundaries().territories} - {""}
    pairs = {"-".join(sorted((a, b))) for a in territories for b in territories if a != b}
    through = {canonical_border(name, territories) for name in rules.through}
    shut = {canonical_border(name, territories) for name in rules.avoid_borders}
    priced = {canonical_border(name, territories) for name in rules.price}
    require_known("territory", {*rules.avoid, *rules.require, *rules.cap_km}, territories)
    require_known("status", {*rules.statuses, *rules.forbid_statuses}, set(USABLE))
    require_known("crossing", {*shut, *priced}, {*crossings, *pairs})
    require_known("crossing", through, {*crossings, *pairs, "any"})
    _refuse_contradictions(rules, through, shut, priced)
    statuses = (rules.statuses or frozenset(USABLE)) - rules.forbid_statuses
    classes = (rules.classes or CLASSES.get(rules.mode, frozenset())) - rules.forbid_classes
    if not statuses or not classes:
        message = f"the rules forbid every {'class' if statuses else 'status'}, so that nothing may be used; allow one"
        raise InputError(message)
    permit = Permit(
        mode=rules.mode,
        classes=classes,
        statuses=statuses,
        avoid=rules.avoid,
        crossings=frozenset(through & crossings),
        borders=frozenset(through - crossings),
    )
    return permit, shut


def plan(journey: Journey, cost: NDArray[np.int64], rules: Rules) -> Route:
    """
    Find the cheapest way that keeps the rules.

    Parameters
    ----------
    journey
        As `pose` gives it for the same rules.
    cost
        Integer, one an arc.
    rules
        What the way must keep.

    Returns
    -------
    route
        Exact. Where no way keeps the rules it is broken, and its reason says what the least is. A way that must enter
        a territory may turn back in it.
    """
    cost = priced(journey, cost, rules)
    capped = sorted(rules.cap_km)
    columns = [cost, *(arc_cost(journey, IN_TERRITORY + key) for key in capped)]
    problem = _layered(journey, np.column_stack(columns), sorted(rules.require))
    caps = [round(rules.cap_km[key] * _MM_PER_KM) for key in capped]
    found = cheapest_within(problem, caps)
    if found is not None:
        return journey.route(found.arcs)
    least = [problem.least(number)[problem.starts].min(initial=np.inf) for number in range(len(columns))]
    broken = _why(journey, rules, capped, least[1:], possible=bool(np.isfinite(least[0])))
    ground = journey.ground
    return Route.unresolved(ground.study, ground.network, journey.id, journey.title, rules.mode, None, broken)


def priced(journey: Journey, cost: NDArray[np.int64], rules: Rules) -> NDArray[np.int64]:
    """
    Add what passing borders and crossings is to cost.

    Parameters
    ----------
    journey
        The question.
    cost
        Integer, one an arc.
    rules
        State the prices.

    Returns
    -------
    cost
        A copy with them.
    """
    cost = cost.copy()
    territories = {*journey.ground.zones, *journey.ground.study.boundaries().territories} - {""}
    prices = {canonical_border(name, territories): price for name, price in rules.price.items()}
    for name, arcs in _passages(journey, prices):
        cost[arcs] += np.where(cost[arcs] >= 0, prices[name], 0)
    return cost


def read_figures(values: Iterable[str], what: str) -> dict[str, float]:
    """
    Read figures as a command line or a URL gives them.

    Parameters
    ----------
    values
        Each NAME=FIGURE, such as AM=45.
    what
        What a figure is, for the message.

    Returns
    -------
    figures
        By name.

    Raises
    ------
    InputError
        One cannot be read, or a name is there twice.
    """
    found: dict[str, float] = {}
    for value in values:
        name, _equals, figure = (part.strip() for part in value.partition("="))
        try:
            number = float(figure)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            message = f"{value!r} is no {what}; write NAME=FIGURE, such as AM=45"
            raise InputError(message)
        if name in found:
            message = f"the {what} of {name} is given twice; give it once"
            raise InputError(message)
        found[name] = number
    return found


def problem_of(journey: Journey, cost: NDArray[np.int64]) -> Problem:
    """
    Put a journey's costs together for a search by several.

    Parameters
    ----------
    journey
        The question.
    cost
        Shape (arcs, costs): integers; an arc with a negative one (not known) stays closed.

    Returns
    -------
    problem
        Over the states of the journey's graph.
    """
    return _layered(journey, cost, [])


def _layered(journey: Journey, cost: NDArray[np.int64], require: list[str]) -> Problem:
    """Copy the graph for every set of required territories entered so far: a way ends where all have been."""
    graph, network = journey.graph, journey.ground.network
    arcs = np.flatnonzero(journey.open & (cost >= 0).all(axis=1))
    gained = np.zeros(len(arcs), dtype=np.intp)
    step = graph.edge[arcs] >= 0
    for bit, key in enumerate(require):
        # Entered is a territory on an edge in it, by one who has passed its border: not while weaving along that.
        inside = network.text["territory"].isin((key,))[graph.edge[arcs[step]]]
        zone = journey.ground.zones.index(key) if key in journey.ground.zones else -1
        gained[step] |= (inside & (graph.zone[graph.tail[arcs[step]]] == zone)).astype(np.intp) << bit
    layers, count = 1 << len(require), graph.state_count
    layer = np.repeat(np.arange(layers), len(arcs))
    tail, head = np.tile(graph.tail[arcs], layers), np.tile(graph.head[arcs], layers)
    return Problem(
        states=layers * count,
        tail=layer * count + tail,
        head=(layer | np.tile(gained, layers)) * count + head,
        arc=np.tile(arcs, layers),
        cost=np.tile(cost[arcs], (layers, 1)),
        starts=journey.starts,
        ends=journey.ends + (layers - 1) * count,
    )


def _passages(journey: Journey, names: Iterable[str]) -> list[tuple[str, NDArray[np.intp]]]:
    """List the arcs that pass each named border or crossing; a crossing's own are not counted with its border again."""
    graph, ground = journey.graph, journey.ground
    moved = np.flatnonzero(graph.edge < 0)
    crossing = ground.crossing_of(journey.permit.mode)[moved]
    zones = np.array(ground.zones, dtype=object)
    pair = np.array(["-".join(sorted(sides)) for sides in zones[graph.transition[moved]]], dtype=object)
    names = list(names)
    taken = [name for name in names if name in ground.study.crossings]
    own = [(name, moved[crossing == name]) for name in taken]
    borders = [(name, moved[(pair == name) & ~np.isin(crossing, taken)]) for name in names if name not in taken]
    return own + borders


def _refuse_contradictions(rules: Rules, through: set[str], shut: set[str], priced: set[str]) -> None:
    found = [f"{key} is both to be avoided and required; drop one" for key in sorted(rules.avoid & rules.require)]
    caps = rules.cap_km
    found += [f"the cap on {k} is {v:g} km; it must be 0 or more" for k, v in caps.items() if not 0 <= v < np.inf]
    found += [f"{k} is required, yet capped at 0 km; drop one" for k in sorted(rules.require) if caps.get(k) == 0]
    found += [f"the border {name} is both to be avoided and priced; drop one" for name in sorted(shut & priced)]
    found += [f"the border {name} is both to be avoided and passed; drop one" for name in sorted(shut & through)]
    found += [f"the price of {name} is negative; it must be 0 or more" for name, p in rules.price.items() if p < 0]
    found += [
        f"the price of {name} is too high to add up; avoid it instead"
        for name, p in rules.price.items()
        if p > _DEAREST
    ]
    if len(priced) < len(rules.price):
        found.append(f"one border is priced twice in {', '.join(rules.price)}; price each once")
    for what, allowed, forbidden in (
        ("status", rules.statuses, rules.forbid_statuses),
        ("class", rules.classes, rules.forbid_classes),
    ):
        found += [f"the {what} {name} is both allowed and forbidden; drop one" for name in sorted(allowed & forbidden)]
    if found:
        raise InputError(found[0])


def _why(journey: Journey, rules: Rules, capped: list[str], least: list[float], *, possible: bool) -> Break:
    """Say in one sentence why no way keeps the rules, and what the least is."""
    from_, to = journey.origin.title, journey.destination.title
    if possible:
        caps = " and ".join(f"{rules.cap_km[key]:g} km in {key}" for key in capped)
        words = " and ".join(in_words(IN_TERRITORY + key, value) for key, value in zip(capped, least, strict=True))
        alone = "; the least is" if len(capped) == 1 else " at once; each alone, the least is"
        reason = f"No way from {from_} to {to} keeps within {caps}{alone} {words}."
        return Break(journey.origin.id, journey.destination.id, None, None, reason)
    free = journey.weigh(np.zeros(len(journey.open), dtype=np.int64)).shortest(journey.starts, journey.ends)
    if free is not None and rules.require:
        reason = f"No way from {from_} to {to} that may be used enters {' and '.join(sorted(rules.require))}."
        return Break(journey.origin.id, journey.destination.id, None, None, reason)
    return journey.broken() or unavoidable(journey.origin, journey.destination, rules)


def unavoidable(origin: Place, destination: Place, rules: Rules) -> Break:
    """
    Say that there is a way, but none that avoids what it should.

    Parameters
    ----------
    origin, destination
        From where to where.
    rules
        What it should avoid.

    Returns
    -------
    broken
        With one sentence.
    """
    borders = " and ".join(sorted(chain(rules.avoid_borders, rules.avoid)))
    reason = f"No way from {origin.title} to {destination.title} avoids {borders}." if borders else "There is no way."
    return Break(origin.id, destination.id, None, None, reason)
