"""The speeds that a travel time rests on: by class, with the kilometres of each and what they come to on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from routes.travel import UNPAVED, class_kmh, moving_s, signed_kmh, slowness

if TYPE_CHECKING:
    from routes.model import Vehicle
    from routes.route import Route

_SECONDS_PER_HOUR = 3600


@dataclass(frozen=True)
class ClassSpeed:
    """
    What a vehicle does on the ways of one class along a route.

    Attributes
    ----------
    class_
        The class; "" where it is not tagged.
    length_m
        Metres of it on the route.
    signed_m
        Metres of that where the speed comes from a sign instead of the class.
    unpaved_m
        Metres of that with an unpaved surface, which slows a road vehicle.
    low_kmh, central_kmh, high_kmh
        Speed of the class.
    average_kmh
        What signs, surfaces and gradients make of it: length over the central moving time.
    """

    class_: str
    length_m: float
    signed_m: float
    unpaved_m: float
    low_kmh: float
    central_kmh: float
    high_kmh: float
    average_kmh: float


@dataclass(frozen=True)
class Speeds:
    """
    What a vehicle's moving time over a route rests on.

    Attributes
    ----------
    vehicle
        The vehicle, which states its own limit, share of a sign and rule for gradients.
    classes
        Most kilometres first.
    signed_share
        Share of the route's length where a sign gives the speed, 0 to 1.
    gradients
        One sentence: what gradients count for, or why they do not.
    """

    vehicle: Vehicle
    classes: tuple[ClassSpeed, ...]
    signed_share: float
    gradients: str


def speeds(route: Route, vehicle: Vehicle) -> Speeds:
    """
    Say what speeds a travel time rests on.

    Parameters
    ----------
    route
        A resolved route.
    vehicle
        A vehicle of its mode.

    Returns
    -------
    speeds
        By class. The lengths of the classes add up to the route's, and length over average speed to the central
        moving time of `routes.travel.travel_time`.
    """
    text = {name: route.network.text[name].take(route.edges).decode() for name in ("class", "maxspeed", "surface")}
    is_open = route.status == "open"
    signed = np.array([signed_kmh(sign) is not None for sign in text["maxspeed"]], dtype=bool) & is_open
    unpaved = np.array([surface in UNPAVED for surface in text["surface"]], dtype=bool) & is_open
    if vehicle.mode != "road":
        unpaved[:] = False
    time_s = moving_s(route, vehicle)[:, 1]
    rows = []
    for class_ in dict.fromkeys(text["class"]):
        here = text["class"] == class_
        length_m, hours = float(route.length_m[here].sum()), float(time_s[here].sum()) / _SECONDS_PER_HOUR
        low, central, high = class_kmh(vehicle, class_)
        average = length_m / 1000 / hours if hours > 0 else central
        signed_m, unpaved_m = (float(route.length_m[here & column].sum()) for column in (signed, unpaved))
        rows.append(ClassSpeed(str(class_), length_m, signed_m, unpaved_m, low, central, high, average))
    total_m = float(route.length_m.sum())
    return Speeds(
        vehicle,
        tuple(sorted(rows, key=lambda row: -row.length_m)),
        float(route.length_m[signed].sum()) / total_m if total_m > 0 else 0.0,
        slowness(route, vehicle)[1],
    )
