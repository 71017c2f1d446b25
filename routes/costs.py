"""What a way costs: distance, time, climb, kilometres to build, kilometres in a territory, crossings, or a mix."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError
from geo.network import STATUSES
from routes.search import PASSAGE
from routes.travel import edge_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from routes.journey import Journey
    from routes.model import Vehicle

PLAIN = ("distance", "time", "climb", "build", "crossings")
IN_TERRITORY = "in:"
"""Kilometres in a territory are the cost `in:` and its key, such as in:AM."""

NOT_KNOWN = -1
"""Cost of an arc whose cost is not known: a search never takes it."""

_MM, _MS = 1000, 1000
_MIX = 100_000  # a point of a mix: a kilometre to the centimetre, an hour to 36 ms
_LIGHTEST, _HEAVIEST = 0.001, 1_000_000  # lighter weights would be lost in rounding, heavier ones in adding up
# One unit of a mix, in the integers of each cost: a kilometre, an hour, a metre of climb, a crossing.
_UNIT = {"distance": 1_000_000, "time": 3_600_000, "climb": 1_000, "build": 1_000_000, "crossings": 1}
_UNIT_TERRITORY = 1_000_000
CAVEATS = {
    "time": "Time in a search is length over the central speed and the central stop at declared crossings; gradients "
    "do not count.",
    "climb": "Climb in a search sums every rise of the heights as sampled; a route's ascent is smoothed, so lower.",
}
"""What people should know of a cost where it is shown."""

_WORDS = {
    "distance": ("km", 1_000_000),
    "time": ("h", 3_600_000),
    "climb": ("m of climb", 1_000),
    "build": ("km to build", 1_000_000),
    "crossings": ("crossings", 1),
}


def arc_cost(journey: Journey, cost: str, vehicle: Vehicle | None = None) -> NDArray[np.int64]:
    """
    Give every arc of a journey's graph one cost.

    Parameters
    ----------
    journey
        The question.
    cost
        distance (mm, `length_m`; one more at each border passed, as for time, so that of two ways alike the one with
        fewer crossings is taken); time (ms: length over the vehicle's central speed, and the central dwell at a
        declared crossing; gradients and undeclared crossings add nothing here, see `CAVEATS`); climb (mm: what the
        sampled heights rise in the direction of travel, unsmoothed); build (mm that are not open); in:KEY (mm in that
        territory by the boundary set); crossings (borders passed).
    vehicle
        For time; the first that the study states for the mode when left out.

    Returns
    -------
    cost
        Integer, one an arc; `NOT_KNOWN` for climb where the relief has a gap.

    Raises
    ------
    InputError
        There is no such cost, or the network lacks what it needs.
    """
    graph, ground, network = journey.graph, journey.ground, journey.ground.network
    step = graph.edge >= 0
    edge = graph.edge[step]
    found = np.zeros(len(graph.edge), dtype=np.int64)
    if cost == "distance":
        found[step] = ground.cost_mm[edge]
        found[~step] = int(PASSAGE)
    elif cost == "build":
        found[step] = np.where(network.status[edge] == STATUSES.index("open"), 0, ground.cost_mm[edge])
    elif cost.startswith(IN_TERRITORY):
        key = cost.removeprefix(IN_TERRITORY)
        if key not in ground.zones and key not in journey.ground.study.boundaries().territories:
            message = f"there is no territory {key!r}; there are {', '.join(z for z in ground.zones if z)}"
            raise InputError(message)
        found[step] = np.where(network.text["territory"].isin((key,))[edge], ground.cost_mm[edge], 0)
    elif cost == "crossings":
        found[~step] = 1
    elif cost == "climb":
        found[step] = _climb_mm(journey)
    elif cost == "time":
        found = _time_ms(journey, vehicle or default_vehicle(journey))
    else:
        message = f"there is no cost {cost!r}; it must be one of {', '.join(PLAIN)} or {IN_TERRITORY}KEY, such as in:AM"
        raise InputError(message)
    return found


def mixed(journey: Journey, weights: Mapping[str, float], vehicle: Vehicle | None = None) -> NDArray[np.int64]:
    """
    Mix costs by weights.

    Parameters
    ----------
    journey
        The question.
    weights
        By cost: what one kilometre, hour, metre of climb, kilometre to build, kilometre in a territory or crossing
        counts.
    vehicle
        For time.

    Returns
    -------
    cost
        Integer hundred-thousandths, one an arc; `NOT_KNOWN` where a part is.

    Raises
    ------
    InputError
        A weight is negative, no number, too small or too large, none is above 0, or a cost does not exist.
    """
    for name, weight in weights.items():
        if not isfinite(weight) or weight < 0:
            message = f"the weight of {name} is {weight:g}; a weight must be 0 or more"
            raise InputError(message)
        if weight and not _LIGHTEST <= weight <= _HEAVIEST:
            message = f"the weight of {name} is {weight:g}; a weight must be 0, or {_LIGHTEST:g} to {_HEAVIEST:,}"
            raise InputError(message)
    if not any(weights.values()):
        message = "every weight is 0; give at least one cost a weight above 0"
        raise InputError(message)
    total = np.zeros(len(journey.graph.edge))
    unknown = np.zeros(len(total), dtype=bool)
    for name, weight in weights.items():
        if weight > 0:
            part = arc_cost(journey, name, vehicle)
            total += part * (weight * _MIX / _UNIT.get(name, _UNIT_TERRITORY))
            unknown |= part == NOT_KNOWN
    return np.where(unknown, NOT_KNOWN, np.rint(total).astype(np.int64))


def stated(journey: Journey, text: str, vehicle: Vehicle | None = None) -> NDArray[np.int64]:
    """
    Give every arc the cost that a text asks for.

    Parameters
    ----------
    journey
        The question.
    text
        The name of a cost, or a mix such as "time=2,distance=1"; see `arc_cost` and `mixed`.
    vehicle
        For time.

    Returns
    -------
    cost
        Integer, one an arc.

    Raises
    ------
    InputError
        As `arc_cost` and `mixed` do, or the mix cannot be read.
    """
    if "=" not in text:
        return arc_cost(journey, text, vehicle)
    weights: dict[str, float] = {}
    for part in text.split(","):
        name, _equals, weight = (piece.strip() for piece in part.partition("="))
        try:
            weights[name] = float(weight)
        except ValueError:
            message = f"{part.strip()!r} is no weight; write COST=WEIGHT, such as time=2,distance=1"
            raise InputError(message) from None
    return mixed(journey, weights, vehicle)


def unit(cost: str) -> int:
    """
    Say how many integers of a search one unit is.

    Parameters
    ----------
    cost
        The name of a cost, or a mix.

    Returns
    -------
    unit
        Of a kilometre, an hour, a metre of climb, a crossing, or a point of a mix.
    """
    return _MIX if "=" in cost else _UNIT.get(cost, _UNIT_TERRITORY)


def in_words(cost: str, value: float) -> str:
    """
    Write a cost for people.

    Parameters
    ----------
    cost
        Its name, or a mix as `stated` takes it.
    value
        In the integers of `arc_cost` or `mixed`.

    Returns
    -------
    words
        With its unit, such as "44.9 km in AM".
    """
    if "=" in cost:
        return f"{value / _MIX:.2f} of the mix {cost}"
    if cost.startswith(IN_TERRITORY):
        return f"{value / _UNIT_TERRITORY:.1f} km in {cost.removeprefix(IN_TERRITORY)}"
    unit, scale = _WORDS[cost]
    return f"{value / scale:.0f} {unit}" if cost in {"climb", "crossings"} else f"{value / scale:.1f} {unit}"


def caveats(costs: Iterable[str]) -> tuple[str, ...]:
    """
    Say what people should know of some costs.

    Parameters
    ----------
    costs
        Their names, or mixes.

    Returns
    -------
    caveats
        A sentence each, where there is one.
    """
    names = {part.partition("=")[0].strip() for cost in costs for part in cost.split(",")}
    return tuple(sentence for name, sentence in CAVEATS.items() if name in names)


def column(cost: str) -> tuple[str, float]:
    """
    Name a cost as a column, and say what to divide its integers by.

    Parameters
    ----------
    cost
        Its name.

    Returns
    -------
    name, scale
        Such as length_m and 1000.
    """
    if cost.startswith(IN_TERRITORY):
        return f"length_by_territory_m.{cost.removeprefix(IN_TERRITORY)}", _MM
    names = {
        "distance": ("length_m", _MM),
        "time": ("time_s", _MS),
        "climb": ("climb_m", _MM),
        "build": ("to_build_m", _MM),
        "crossings": ("crossings", 1),
    }
    return names[cost]


def default_vehicle(journey: Journey) -> Vehicle:
    """
    Give the first vehicle that the study states for a journey's mode.

    Parameters
    ----------
    journey
        The question.

    Returns
    -------
    vehicle
        The vehicle.

    Raises
    ------
    InputError
        The study states none.
    """
    for vehicle in journey.ground.study.vehicles.values():
        if vehicle.mode == journey.permit.mode:
            return vehicle
    message = f"the study {journey.ground.study.id} states no vehicle for {journey.permit.mode}, so no time is known"
    raise InputError(message)


def _climb_mm(journey: Journey) -> NDArray[np.int64]:
    """Sum what the heights rise along each edge in the direction of travel; a bridge or tunnel is straight already."""
    graph, network = journey.graph, journey.ground.network
    if not network.has_relief:
        message = "the network has no relief, so climb is not known; load it with --dem"
        raise InputError(message)
    rise = np.diff(network.sample_ele_m.astype(np.float64), prepend=0.0)
    rise[network.sample_offset[:-1][np.diff(network.sample_offset) > 0]] = 0.0  # no climb from one edge to the next
    unknown = np.diff(np.concatenate(([0], np.cumsum(np.isnan(rise))))[network.sample_offset]) > 0
    rise = np.nan_to_num(rise)
    ends = [np.concatenate(([0.0], np.cumsum(np.maximum(part, 0.0))))[network.sample_offset] for part in (rise, -rise)]
    up, down = (np.diff(part) for part in ends)
    step = graph.edge >= 0
    metres = np.where(graph.forward[step], up[graph.edge[step]], down[graph.edge[step]])
    return np.where(unknown[graph.edge[step]], NOT_KNOWN, np.rint(metres * _MM).astype(np.int64))


def _time_ms(journey: Journey, vehicle: Vehicle) -> NDArray[np.int64]:
    graph, ground = journey.graph, journey.ground
    if vehicle.mode != journey.permit.mode:
        message = f"the vehicle {vehicle.id} goes by {vehicle.mode}, not by {journey.permit.mode}"
        raise InputError(message)
    edge_ms = np.rint(np.nan_to_num(edge_seconds(ground.network, vehicle)[:, 1]) * _MS).astype(np.int64)
    step = graph.edge >= 0
    found = np.zeros(len(graph.edge), dtype=np.int64)
    found[step] = edge_ms[graph.edge[step]]
    dwell = {c.id: c.dwell_s[vehicle.id][1] for c in ground.study.crossings.values() if vehicle.id in c.dwell_s}
    names = ground.crossing_of(vehicle.mode)[~step]
    found[~step] = [round(dwell.get(str(name), 0.0) * _MS) + int(PASSAGE) for name in names]
    return found
