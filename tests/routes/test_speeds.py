"""The speeds behind a travel time: classes, signs, surfaces and gradients, with the kilometres of each."""

from collections.abc import Callable
from math import fsum

import pytest

from routes.route import Route
from routes.speeds import speeds
from routes.study import Study
from routes.travel import travel_time

EDGES = [
    {"km": 10, "class": "primary"},
    {"km": 5, "class": "secondary", "maxspeed": "60"},
    {"km": 20, "class": "primary", "surface": "gravel"},
    {"km": 5, "class": "primary", "maxspeed": "90", "status": "construction"},
]


def test_each_class_says_its_speed_and_how_far_it_counts(make_route: Callable[..., Route], corridor: Study) -> None:
    found = speeds(make_route(EDGES), corridor.vehicles["lorry"])
    primary, secondary = found.classes
    assert (primary.class_, primary.length_m, primary.signed_m, primary.unpaved_m) == ("primary", 35_000, 0, 20_000)
    assert (primary.low_kmh, primary.central_kmh, primary.high_kmh) == (30, 60, 80)
    assert (secondary.class_, secondary.length_m, secondary.signed_m) == ("secondary", 5000, 5000)
    assert found.signed_share == pytest.approx(5 / 40)
    assert primary.average_kmh == pytest.approx(35 / (15 / 60 + 20 / 36))


def test_lengths_over_average_speeds_are_the_moving_time(make_route: Callable[..., Route], corridor: Study) -> None:
    route, lorry = make_route(EDGES), corridor.vehicles["lorry"]
    hours = fsum(row.length_m / 1000 / row.average_kmh for row in speeds(route, lorry).classes)
    assert hours * 3600 == pytest.approx(travel_time(route, lorry).moving_s.central)
