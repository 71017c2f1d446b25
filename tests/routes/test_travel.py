"""Travel time: signs, classes, surfaces, gradients and dwell, always as low, central and high."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from geo.errors import DataError
from routes.model import Vehicle
from routes.obstacles import condition
from routes.route import Route
from routes.study import Study
from routes.travel import moving_s, signed_kmh, slowness, speeds_kmh, travel_time

LORRY = Vehicle(
    id="lorry",
    title="Lorry",
    mode="road",
    speed_kmh={"primary": (30, 60, 90), "*": (20, 40, 60)},
    limit_kmh=80,
    signed_share=(0.5, 0.75, 1.0),
    gradient=((0.02, 1.0), (0.1, 0.5)),
)


@pytest.mark.parametrize(
    ("tag", "speed_kmh"),
    [
        ("60", 60),
        ("60 km/h", 60),
        ("40 mph", 64.37376),
        ("40mph", 64.37376),
        ("RU:urban", 60),
        ("RU:rural", 90),
        ("60;80", 60),
        ("90 ; 70 ; none", 70),
        ("none", None),
        ("walk", None),
        ("signals", None),
        ("XX:urban", None),
        ("0", None),
        ("6000", None),
        ("fast", None),
        ("", None),
    ],
)
def test_a_sign_is_read_or_is_no_speed(tag: str, speed_kmh: float | None) -> None:
    assert signed_kmh(tag) == (None if speed_kmh is None else pytest.approx(speed_kmh))


@pytest.mark.parametrize(
    ("edge", "speed_kmh"),
    [
        ({"class": "primary"}, (30, 60, 80)),
        ({"class": "primary_link"}, (30, 60, 80)),
        ({"class": "service"}, (20, 40, 60)),
        ({"class": ""}, (20, 40, 60)),
        ({"maxspeed": "60"}, (30, 45, 60)),
        ({"maxspeed": "120"}, (60, 80, 80)),
        ({"maxspeed": "signals"}, (30, 60, 80)),
        ({"surface": "gravel"}, (18, 36, 48)),
        ({"surface": "asphalt"}, (30, 60, 80)),
        ({"status": "disused", "maxspeed": "20", "surface": "gravel"}, (30, 60, 80)),
    ],
)
def test_speed_comes_from_the_sign_or_else_the_class_as_if_built_where_not_open(
    make_route: Callable[..., Route], edge: dict[str, str], speed_kmh: tuple[float, float, float]
) -> None:
    assert speeds_kmh(make_route([edge]), LORRY)[0] == pytest.approx(speed_kmh)


def test_the_quickest_time_is_the_low_one(make_route: Callable[..., Route]) -> None:
    route = make_route([{"km": 80}, {"km": 60, "class": "service"}])
    assert moving_s(route, LORRY) == pytest.approx(np.array([[3600, 4800, 9600], [3600, 5400, 10800]]))


def test_a_class_without_speed_is_a_broken_study(make_route: Callable[..., Route]) -> None:
    vehicle = replace(LORRY, speed_kmh={"primary": (30, 60, 90)})
    with pytest.raises(DataError, match=r"^the vehicle lorry states no speed for the class 'track'"):
        speeds_kmh(make_route([{"class": "track"}]), vehicle)


def test_gradients_slow_uphill_and_downhill_alike(make_route: Callable[..., Route]) -> None:
    # 10 km at a steady 6 %: half way between 1.0 and 0.5 of the speed.
    up = make_route([{"km": 5, "heights": [0.0, 300.0]}, {"km": 5, "heights": [300.0, 600.0]}])
    down = make_route([{"km": 10, "heights": [600.0, 0.0]}])
    for route in (up, down):
        factor, basis = slowness(route, LORRY)
        assert factor == pytest.approx(np.full(len(factor), 1 / 0.75))
        assert basis == "slowed by gradients measured over 500 m"


def test_level_ground_slows_nothing(make_route: Callable[..., Route]) -> None:
    factor, _basis = slowness(make_route([{"km": 2, "heights": [500.0, 500.0]}]), LORRY)
    assert factor == pytest.approx([1.0])


def test_coarse_relief_gives_no_gradient_and_says_so(make_route: Callable[..., Route]) -> None:
    route = make_route([{"km": 5, "heights": [0.0, 500.0]}], relief_cell_m=900)
    factor, basis = slowness(route, LORRY)
    assert factor == pytest.approx([1.0])
    assert basis.startswith("gradients not counted: not known: the relief's cells are 900 m long")


def test_without_relief_or_stated_gradients_nothing_is_counted(make_route: Callable[..., Route]) -> None:
    assert slowness(make_route([{}]), LORRY)[1] == "gradients not counted: not known, the network has no relief"
    assert slowness(make_route([{}]), replace(LORRY, gradient=()))[1].startswith("gradients do not slow this vehicle")


def test_dwell_at_crossings_is_added(corridor: Study, way: Route) -> None:
    time = travel_time(way, corridor.vehicles["lorry"])
    assert time.dwell_s is not None
    assert time.time_s is not None
    assert (time.dwell_s.low, time.dwell_s.central, time.dwell_s.high) == (600, 1200, 3600)
    assert time.time_s.central == pytest.approx(time.moving_s.central + 1200)
    assert time.time_s.low < time.time_s.central < time.time_s.high
    assert "40.0 km that are not open at the speed of their class, as if built" in time.notes


def test_dwell_that_is_not_known_makes_the_time_not_known(way: Route) -> None:
    time = travel_time(way, replace(LORRY, id="bus", title="Bus"))
    assert time.time_s is None
    assert time.reason == "not known how long a bus stops at: The Gate"
    assert time.moving_s.central > 0


def test_times_over_what_is_not_open_hold_only_if_opened(way: Route, make_route: Callable[..., Route]) -> None:
    assert condition(way) == "if opened; 1 crossing and 40.0 km are not open, dwell assumed"
    assert condition(make_route([{"km": 3, "status": "razed"}, {}])) == "if opened; 3.0 km are not open"
    assert condition(make_route([{}])) is None
