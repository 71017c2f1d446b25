"""Travel time of a route by vehicle: speed by class, sign, surface and gradient, plus dwell at crossings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import DataError
from geo.network import MODES, STATUSES
from geo.profile import gradient

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import Network
    from routes.model import Vehicle
    from routes.route import Route

GRADIENT_WINDOW_M = 500.0
"""Length over which a gradient slows a vehicle: shorter climbs are taken with a run-up."""

UNPAVED_FACTOR = 0.6
"""Share of its speed that a road vehicle keeps where the tagged surface is unpaved; assumed."""

UNPAVED = frozenset(
    {
        "unpaved",
        "compacted",
        "dirt",
        "dirt/sand",
        "earth",
        "fine_gravel",
        "grass",
        "gravel",
        "ground",
        "mud",
        "pebblestone",
        "rock",
        "sand",
        "soil",
    }
)

_OPEN = STATUSES.index("open")
_KMH_PER_MPH = 1.609344
_MS_PER_KMH = 1 / 3.6
# What a sign's zone stands for where the way has no number: the general limits of the code `RU`, the only one whose
# values are the same for all vehicles that are asked for here. Other codes fall back to the class.
_ZONES = {"RU:living_street": 20.0, "RU:urban": 60.0, "RU:rural": 90.0, "RU:motorway": 110.0}
_SIGN = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?")
_PLAUSIBLE_KMH = (5.0, 400.0)


@dataclass(frozen=True)
class Estimate:
    """
    A time.

    Attributes
    ----------
    low, central, high
        Seconds; low is the quickest.
    """

    low: float
    central: float
    high: float


@dataclass(frozen=True)
class TravelTime:
    """
    Time of one vehicle over one route.

    Attributes
    ----------
    vehicle
        Its id.
    time_s
        Moving and dwell together; None where the dwell at a crossing is not known.
    moving_s
        Without any dwell.
    dwell_s
        At all crossings together; None where it is not known at one of them.
    reason
        Why `time_s` is None.
    notes
        What the figure rests on, one sentence each.
    sources
        Of speeds and dwell; "assumed" where nobody published any.
    """

    vehicle: str
    time_s: Estimate | None
    moving_s: Estimate
    dwell_s: Estimate | None
    reason: str | None
    notes: tuple[str, ...]
    sources: tuple[str, ...]


def signed_kmh(maxspeed: str) -> float | None:
    """
    Read a maxspeed tag.

    Parameters
    ----------
    maxspeed
        As tagged: "60", "60 mph", "RU:urban", or several such with semicolons, of which the lowest counts.

    Returns
    -------
    speed_kmh
        Kilometres an hour; None where the tag gives no speed ("none", "walk", "signals", nothing at all).
    """
    speeds = [_one_sign(part.strip()) for part in re.split(r"[;,|]", maxspeed)]
    known = [speed for speed in speeds if speed is not None]
    return min(known, default=None)


def _one_sign(text: str) -> float | None:
    if text in _ZONES:
        return _ZONES[text]
    match = _SIGN.fullmatch(text)
    if match is None:
        return None
    speed = float(match[1]) * (_KMH_PER_MPH if match[2] == "mph" else 1.0)
    return speed if _PLAUSIBLE_KMH[0] <= speed <= _PLAUSIBLE_KMH[1] else None


def class_kmh(vehicle: Vehicle, class_: str) -> tuple[float, float, float]:
    """
    Give a vehicle's speed on a class.

    Parameters
    ----------
    vehicle
        The vehicle.
    class_
        Class of the way; trunk_link counts as trunk.

    Returns
    -------
    speed_kmh
        Low, central, high, none above the vehicle's limit.

    Raises
    ------
    DataError
        The vehicle states no speed for the class and none for "*".
    """
    for name in (class_, class_.removesuffix("_link"), "*"):
        if name in vehicle.speed_kmh:
            low, central, high = vehicle.speed_kmh[name]
            return min(low, vehicle.limit_kmh), min(central, vehicle.limit_kmh), min(high, vehicle.limit_kmh)
    message = f"the vehicle {vehicle.id} states no speed for the class {class_!r}; give one for it or for '*'"
    raise DataError(message)


def speeds_kmh(route: Route, vehicle: Vehicle) -> NDArray[np.float64]:
    """
    Give a vehicle's speed on each edge of a route, gradients aside.

    Parameters
    ----------
    route
        A route.
    vehicle
        A vehicle of its mode.

    Returns
    -------
    speed_kmh
        Shape (edges, 3): low, central, high. An edge that is not open has the speed of its class, as if it were
        built; an open one that of its sign where it is tagged, less where its surface is unpaved.
    """
    return _speeds_kmh(route.network, route.edges, route.network.status[route.edges] == _OPEN, vehicle)


def edge_seconds(network: Network, vehicle: Vehicle) -> NDArray[np.float64]:
    """
    Give the time that a vehicle takes over each edge of a network, gradients aside.

    Parameters
    ----------
    network
        Any network.
    vehicle
        A vehicle.

    Returns
    -------
    time_s
        Seconds, shape (edges, 3): low, central, high; low from the high speed. NaN for edges of another mode.
    """
    rows = np.flatnonzero(network.mode == MODES.index(vehicle.mode))
    speeds = _speeds_kmh(network, rows, network.status[rows] == _OPEN, vehicle)
    time_s = np.full((network.edge_count, 3), np.nan)
    time_s[rows] = network.length_m[rows, None] / (speeds[:, ::-1] * _MS_PER_KMH)
    return time_s


def _speeds_kmh(
    network: Network, rows: NDArray[np.intp], is_open: NDArray[np.bool_], vehicle: Vehicle
) -> NDArray[np.float64]:
    """Look up the speed of each combination of class, sign, surface and status once."""
    words = [network.text[name] for name in ("class", "maxspeed", "surface")]
    key = is_open.astype(np.int64)
    for column in words:
        key = key * len(column.words) + column.codes[rows]
    _keys, first, combination = np.unique(key, return_index=True, return_inverse=True)
    speeds = [
        _speed_kmh(vehicle, class_, sign, surface, bool(is_open[place]))
        for place in first
        for class_, sign, surface in [[column.words[column.codes[rows[place]]] for column in words]]
    ]
    return np.array(speeds, dtype=np.float64).reshape(-1, 3)[combination]


def _speed_kmh(
    vehicle: Vehicle,
    class_: str,
    maxspeed: str,
    surface: str,
    open_: bool,  # noqa: FBT001  (a key of four columns)
) -> tuple[float, float, float]:
    speeds = class_kmh(vehicle, class_)
    if not open_:
        return speeds
    sign = signed_kmh(maxspeed)
    if sign is not None:
        low, central, high = (min(sign * share, vehicle.limit_kmh) for share in vehicle.signed_share)
        speeds = low, central, high
    factor = UNPAVED_FACTOR if vehicle.mode == "road" and surface in UNPAVED else 1.0
    return speeds[0] * factor, speeds[1] * factor, speeds[2] * factor


def slowness(route: Route, vehicle: Vehicle) -> tuple[NDArray[np.float64], str]:
    """
    Say by how much gradients lengthen the time on each edge.

    Parameters
    ----------
    route
        A route.
    vehicle
        States how gradients slow it.

    Returns
    -------
    factor
        For each edge, time over the time on the flat; 1 where the gradient is not known.
    basis
        One sentence: what was counted, or why nothing was.
    """
    flat = np.ones(len(route.edges))
    if not vehicle.gradient:
        return flat, "gradients do not slow this vehicle: none stated"
    profile = route.profile
    if profile is None:
        return flat, "gradients not counted: not known, the network has no relief"
    distance = np.asarray(profile["distance_m"], dtype=np.float64)
    measured = gradient(distance, profile["ele_m"], GRADIENT_WINDOW_M, cell_m=profile["cell_m"])
    if np.isnan(measured.share).all():
        return flat, f"gradients not counted: {measured.reason or 'not known'}"
    steps, shares = zip(*vehicle.gradient, strict=True)
    kept = np.interp(np.abs(measured.share), steps, shares)
    pace = np.where(np.isnan(kept), 1.0, 1.0 / kept)
    along = np.concatenate(([0.0], np.cumsum(np.diff(distance) * (pace[1:] + pace[:-1]) / 2)))
    weighted_m = np.diff(np.interp(route.at_m, distance, along))
    factor = np.divide(weighted_m, route.length_m, out=flat, where=route.length_m > 0)
    return factor, f"slowed by gradients measured over {GRADIENT_WINDOW_M:.0f} m"


def moving_s(route: Route, vehicle: Vehicle) -> NDArray[np.float64]:
    """
    Give the time on each edge, crossings aside.

    Parameters
    ----------
    route
        A route.
    vehicle
        A vehicle of its mode.

    Returns
    -------
    time_s
        Seconds, shape (edges, 3): low, central, high. time = length / speed x slowness; low from the high speed.
    """
    speed_ms = speeds_kmh(route, vehicle)[:, ::-1] * _MS_PER_KMH
    factor, _basis = slowness(route, vehicle)
    return (route.length_m * factor)[:, None] / speed_ms


def travel_time(route: Route, vehicle: Vehicle) -> TravelTime:
    """
    Estimate how long a vehicle takes.

    Parameters
    ----------
    route
        A resolved route.
    vehicle
        A vehicle of its mode.

    Returns
    -------
    time
        Moving plus dwell. Where a crossing is not open it is the time "if opened", see `condition`.
    """
    moving = _estimate(moving_s(route, vehicle).sum(axis=0))
    unknown = [c["title"] for c in route.crossings if vehicle.id not in (c["dwell_s"] or {})]
    dwell = None
    if not unknown:
        stops = [c["dwell_s"][vehicle.id] for c in route.crossings]
        dwell = Estimate(*(float(sum(stop[key] for stop in stops)) for key in ("low", "central", "high")))
    total = None
    if dwell is not None:
        total = Estimate(moving.low + dwell.low, moving.central + dwell.central, moving.high + dwell.high)
    reason = f"not known how long a {vehicle.title.lower()} stops at: {'; '.join(unknown)}" if unknown else None
    sources = dict.fromkeys([vehicle.source, *(c["dwell_source"] for c in route.crossings if c["dwell_source"])])
    return TravelTime(vehicle.id, total, moving, dwell, reason, _notes(route, vehicle), tuple(sources))


def _estimate(values: NDArray[np.float64]) -> Estimate:
    return Estimate(*(float(value) for value in values))


def _notes(route: Route, vehicle: Vehicle) -> tuple[str, ...]:
    is_open = route.status == "open"
    signs = route.network.text["maxspeed"].take(route.edges).decode()
    signed = np.fromiter((signed_kmh(sign) is not None for sign in signs), dtype=bool, count=len(signs)) & is_open
    notes = [f"speeds of the class, and of the sign on {route.length_m[signed].sum() / 1000:.1f} km"]
    if not is_open.all():
        closed_km = route.length_m[~is_open].sum() / 1000
        notes.append(f"{closed_km:.1f} km that are not open at the speed of their class, as if built")
    return (*notes, slowness(route, vehicle)[1])
