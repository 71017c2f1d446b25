"""Fronts of a journey: real routes, a column a cost, at most twelve shown by a stated rule."""

from collections.abc import Callable

import numpy as np
import pytest

from geo.errors import InputError
from geo.network import Network
from routes.costs import arc_cost, mixed
from routes.dominance import Way
from routes.journey import Journey
from routes.pareto import SHOWN, Front, front


@pytest.fixture(scope="module")
def choice(make_network: Callable[..., Network], make_journey: Callable[..., Journey]) -> Journey:
    """A short way that has to be built, and a long one that is open."""
    lines = [
        {"from": 1, "to": 2, "m": 1000.0, "status": "proposed"},
        {"from": 1, "to": 3, "m": 1000.0},
        {"from": 3, "to": 2, "m": 1000.0},
        {"from": 1, "to": 2, "m": 5000.0},
    ]
    return make_journey(make_network(lines), 0, 1)


def test_each_point_is_a_route_that_costs_what_the_table_says(choice: Journey) -> None:
    found = front(choice, ["distance", "build"])
    assert found.table.length_m.tolist() == [1000.0, 2000.0]
    assert found.table.to_build_m.tolist() == [1000.0, 0.0]
    assert [float(route.length_m.sum()) for route in found.routes] == [1000.0, 2000.0]
    assert found.table.route.tolist() == [route.id for route in found.routes]
    assert found.exactness.startswith("Exact")


def test_three_costs_are_exact_on_a_small_network(choice: Journey) -> None:
    found = front(choice, ["distance", "build", "time"])
    assert found.epsilon == 0
    assert found.table.length_m.tolist() == [1000.0, 2000.0]


def test_at_most_twelve_are_shown_among_them_the_least_in_each_cost(choice: Journey) -> None:
    costs = [(i, 1000 - i * i) for i in range(30)]
    ways = tuple(Way(cost, np.array([0], dtype=np.intp)) for cost in costs)
    found = Front(choice, ("distance", "build"), ways, 0.0, 0.0)
    assert len(found.shown) == SHOWN
    assert {0, 29} <= set(found.shown)


@pytest.mark.parametrize(
    "costs", [["distance"], ["distance", "distance"], ["distance", "time", "build", "climb", "crossings"]]
)
def test_too_few_too_many_or_equal_costs_are_refused(choice: Journey, costs: list[str]) -> None:
    with pytest.raises(InputError, match="a front weighs 2 to 4 different costs"):
        front(choice, costs)


def test_costs_that_are_not_known_are_refused(choice: Journey) -> None:
    with pytest.raises(InputError, match="the network has no relief, so climb is not known"):
        front(choice, ["distance", "climb"])
    with pytest.raises(InputError, match="there is no cost 'beauty'"):
        front(choice, ["distance", "beauty"])
    with pytest.raises(InputError, match="there is no territory 'NOWHERE'"):
        front(choice, ["distance", "in:NOWHERE"])


def test_a_mix_weighs_by_the_kilometre_and_refuses_negative_weights(choice: Journey) -> None:
    cost = mixed(choice, {"distance": 1.0, "build": 3.0})
    arcs = choice.graph.edge == 0
    assert cost[arcs].tolist() == [400_000, 400_000]  # 1 km and 1 km to build: hundred-thousandths of 1 + 3
    with pytest.raises(InputError, match="the weight of time is -1; a weight must be 0 or more"):
        mixed(choice, {"distance": 1.0, "time": -1.0})
    for weight in (1e300, 1e-9):
        with pytest.raises(InputError, match=r"a weight must be 0, or 0\.001 to 1,000,000"):
            mixed(choice, {"distance": 1.0, "time": weight})
    with pytest.raises(InputError, match="every weight is 0"):
        mixed(choice, {"distance": 0.0})


def test_climb_is_what_the_heights_rise_in_the_direction_of_travel(
    make_route: Callable[..., object], make_journey: Callable[..., Journey]
) -> None:
    route = make_route([{"heights": [100.0, 110.0, 105.0, 120.0]}, {"heights": [120.0, 90.0, 95.0, 95.0]}])
    network: Network = route.network  # type: ignore[attr-defined]
    journey = make_journey(network, 0, 1)
    climb = arc_cost(journey, "climb")
    for edge, up, down in ((0, 25_000, 5_000), (1, 5_000, 30_000)):
        arcs = np.flatnonzero(journey.graph.edge == edge)
        assert {bool(journey.graph.forward[a]): int(climb[a]) for a in arcs} == {True: up, False: down}
