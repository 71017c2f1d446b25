"""Alternatives: every one keeps the promises on share and stretch."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.network import Network
from routes.alternatives import Alternatives, alternatives
from routes.costs import arc_cost
from routes.journey import Journey

EDGES = st.lists(
    st.fixed_dictionaries(
        {
            "from": st.integers(1, 8),
            "to": st.integers(1, 8),
            "m": st.sampled_from([1.0, 2.0, 3.0, 5.0]),
            "oneway": st.booleans(),
        }
    ),
    min_size=2,
    max_size=24,
)
TWO_WAYS = [
    {"from": 1, "to": 2, "m": 50.0},
    {"from": 2, "to": 3, "m": 50.0},
    {"from": 1, "to": 4, "m": 60.0},
    {"from": 4, "to": 3, "m": 60.0},
    {"from": 2, "to": 4, "m": 20.0},
]


def check(found: Alternatives, k: int, share: float, stretch: float) -> None:
    assert len(found.routes) <= k
    assert (found.notice is None) == (len(found.routes) == k)
    assert list(found.cost) == sorted(found.cost)
    for place, route in enumerate(found.routes):
        length_m = route.network.length_m
        edges = set(route.edges.tolist())
        assert len(edges) == len(route.edges)  # no edge twice
        assert found.cost[place] == round(length_m[route.edges].sum() * 1000)
        assert found.cost[place] <= found.cost[0] * (1 + stretch)
        for other in found.routes[:place]:
            common = length_m[sorted(edges & set(other.edges.tolist()))].sum()
            assert common <= share * min(length_m[route.edges].sum(), length_m[other.edges].sum()) + 1e-9


@settings(max_examples=80)
@given(
    edges=EDGES,
    k=st.integers(1, 4),
    share=st.sampled_from([0.0, 0.3, 0.6, 1.0]),
    stretch=st.sampled_from([0.0, 0.4, 2.0]),
)
def test_alternatives_keep_their_promises(
    make_network: Callable[..., Network],
    make_journey: Callable[..., Journey],
    edges: list[dict[str, Any]],
    k: int,
    share: float,
    stretch: float,
) -> None:
    journey = make_journey(make_network(edges), 0, 1)
    cost = arc_cost(journey, "distance")
    found = alternatives(journey, cost, k, share=share, stretch=stretch)
    check(found, k, share, stretch)
    best = journey.weigh(cost).shortest(journey.starts, journey.ends)
    assert (best is None or best[0] == 0) == (not found.routes)
    if found.routes and best is not None:
        assert found.cost[0] == best[0]


def test_the_second_way_is_found_and_a_third_is_said_to_be_missing(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey]
) -> None:
    journey = make_journey(make_network(TWO_WAYS), 0, 2)
    found = alternatives(journey, arc_cost(journey, "distance"), 3, share=0.1)
    assert found.cost == (100_000, 120_000)
    assert np.allclose(found.stretch, (0.0, 0.2))
    assert found.notice == "Only 2 of 3 were found that differ and stretch no more than asked."


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"k": 0}, "0 alternatives were asked for; ask for 1 or more"),
        ({"k": 3, "share": 1.5}, "the share in common is 1.5"),
        ({"k": 3, "stretch": -0.1}, "the stretch is -0.1"),
    ],
)
def test_promises_that_cannot_be_kept_are_refused(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey], given: dict[str, Any], sentence: str
) -> None:
    journey = make_journey(make_network(TWO_WAYS), 0, 2)
    with pytest.raises(InputError, match=sentence):
        alternatives(journey, arc_cost(journey, "distance"), **given)
