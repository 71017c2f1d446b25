"""Choke points: equal to closing every edge in turn, on small networks and on the whole Meghri extract."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.network import Network
from geo.osm import read_osm
from geo.territory import split
from geo.words import Words
from routes.chokepoints import choke_points
from routes.costs import arc_cost
from routes.journey import Journey
from routes.study import Study

EDGES = st.lists(
    st.fixed_dictionaries(
        {
            "from": st.integers(1, 7),
            "to": st.integers(1, 7),
            "m": st.sampled_from([0.0, 1.0, 2.0, 5.0, 11.0, 23.0, 1234.567]),
            "oneway": st.booleans(),
        }
    ),
    min_size=1,
    max_size=30,
)


def by_force(journey: Journey, edge: int) -> float:
    """What the journey costs with an edge closed in both directions."""
    cost = np.where(journey.graph.edge == edge, -1, arc_cost(journey, "distance"))
    found = journey.weigh(cost).shortest(journey.starts, journey.ends)
    return np.inf if found is None else found[0]


def check(journey: Journey) -> int:
    """How many edges the route has, all of them right."""
    found = choke_points(journey, arc_cost(journey, "distance"))
    if found is None:
        return 0
    assert found.closed.tolist() == [by_force(journey, edge) for edge in found.route.edges.tolist()]
    assert not np.isfinite(found.closed[found.bridge]).any()  # a bridge leaves no way round
    return len(found.closed)


@settings(max_examples=150)
@given(edges=EDGES, end=st.integers(1, 7))
def test_every_closure_costs_what_a_search_without_the_edge_says(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey], edges: list[dict[str, Any]], end: int
) -> None:
    check(make_journey(make_network(edges), 0, end))


TWO_ZONES = st.lists(
    st.fixed_dictionaries(
        {
            "from": st.integers(1, 6),
            "to": st.integers(1, 6),
            "m": st.sampled_from([0.0, 1.0, 2.0, 5.0, 11.0, 23.0, 1234.567]),
            "oneway": st.booleans(),
            "territory": st.sampled_from(["ONE", "TWO"]),
            "near": st.booleans(),
        }
    ),
    min_size=1,
    max_size=26,
)


@settings(max_examples=150)
@given(edges=TWO_ZONES, end=st.integers(1, 6))
def test_an_edge_that_lies_in_two_zones_is_closed_in_both(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey], edges: list[dict[str, Any]], end: int
) -> None:
    """Along a border a road may be driven in either zone; the way round must keep clear of the edge in both."""
    check(make_journey(along_a_border(make_network, edges), 0, end))


def along_a_border(make_network: Callable[..., Network], edges: list[dict[str, Any]]) -> Network:
    """A network in which every edge with `near` lies along the border of ONE and TWO."""
    network = make_network([{key: value for key, value in edge.items() if key != "near"} for edge in edges])
    near = np.array([edge.get("near", False) for edge in edges])
    others = ["TWO" if edge.get("territory", "ONE") == "ONE" else "ONE" for edge in edges]
    words = [other if is_near else "" for other, is_near in zip(others, near, strict=True)]
    return replace(
        network,
        near_m=np.where(near, network.shape_length_m, 0.0),
        text=dict(network.text) | {"near_territory": Words.encode(words)},
    )


def test_a_way_round_along_a_border_is_found_where_everything_there_hung_on_the_closed_edge(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey]
) -> None:
    """From 1 over 2 to 3 in ONE. In TWO one comes to 4 over the same road 1-2; the way round goes there directly."""
    edges: list[dict[str, Any]] = [
        {"from": 1, "to": 2, "m": 1.0, "near": True},
        {"from": 2, "to": 3, "m": 1.0},
        {"from": 1, "to": 4, "m": 10.0, "territory": "TWO"},
        {"from": 2, "to": 4, "m": 1.0, "territory": "TWO"},
        {"from": 4, "to": 3, "m": 5.0, "territory": "TWO"},
    ]
    journey = make_journey(along_a_border(make_network, edges), 0, 2)
    found = choke_points(journey, arc_cost(journey, "distance"))
    assert found is not None
    assert found.closed.tolist() == [12_001.0, 7_000.0]  # a border passed counts a millimetre
    assert found.searched == 1


def test_a_way_round_may_not_lead_back_to_the_closed_edge(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey]
) -> None:
    """From 1 over 2 and 3 to 4. With 2-3 closed one can drive 1-5; the best from 5 was back to 2 by a one-way."""
    edges: list[dict[str, Any]] = [
        {"from": 1, "to": 2, "m": 1.0},
        {"from": 2, "to": 3, "m": 1.0},
        {"from": 3, "to": 4, "m": 1.0},
        {"from": 3, "to": 5, "m": 1.0, "oneway": True},
        {"from": 5, "to": 2, "m": 1.0, "oneway": True},
        {"from": 1, "to": 5, "m": 10.0, "oneway": True},
        {"from": 5, "to": 4, "m": 100.0, "oneway": True},
    ]
    journey = make_journey(make_network(edges), 0, 3)
    found = choke_points(journey, arc_cost(journey, "distance"))
    assert found is not None
    assert found.closed.tolist() == [13_000.0, 110_000.0, 103_000.0]
    assert found.searched == 1


def test_a_way_round_may_not_come_back_over_the_closed_edge(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey]
) -> None:
    """From 1 over 2 to 3; around 1-2 one can drive 1-4, but from 4 a one-way leads back to 1, and 5 is the long way."""
    network = make_network(
        [
            {"from": 1, "to": 2, "m": 1.0},
            {"from": 2, "to": 3, "m": 1.0},
            {"from": 1, "to": 4, "m": 1.0},
            {"from": 2, "to": 4, "m": 1.0, "oneway": True},
            {"from": 4, "to": 5, "m": 50.0},
            {"from": 5, "to": 3, "m": 50.0},
        ]
    )
    found = choke_points(make_journey(network, 0, 2), arc_cost(make_journey(network, 0, 2), "distance"))
    assert found is not None
    assert found.closed.tolist() == [101_000.0, 101_000.0]
    assert found.worst == (0, 99_000.0)
    assert not found.bridge.any()


def test_the_only_bridge_has_no_way_round(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey]
) -> None:
    network = make_network(
        [{"from": 1, "to": 2, "m": 1.0}, {"from": 1, "to": 2, "m": 3.0}, {"from": 2, "to": 3, "m": 1.0}]
    )
    journey = make_journey(network, 0, 2)
    found = choke_points(journey, arc_cost(journey, "distance"))
    assert found is not None
    assert found.bridge.tolist() == [False, True]
    assert found.table.detour.tolist()[0] == 2000.0
    assert found.table.no_way_round.tolist() == [False, True]
    assert found.worst == (0, 2000.0)


def test_on_the_whole_meghri_extract(
    study: Study, shared_data: Path, make_journey: Callable[..., Journey], subtests: pytest.Subtests
) -> None:
    """Every road edge that any way may use is on one of the routes tried; then again with many more one-way streets."""
    network = split(read_osm([shared_data / "osm" / "meghri-2021.osm.pbf"]), study.boundaries())
    rng = np.random.default_rng(20261121)
    directed = network.oneway | (rng.random(network.edge_count) < 0.3)
    for name, roads in {"as mapped": network, "one-way": replace(network, oneway=directed)}.items():
        with subtests.test(name):
            assert _cover(roads, make_journey, rng) == set()


def _cover(network: Network, make_journey: Callable[..., Journey], rng: np.random.Generator) -> set[int]:
    """Edges of the roads that no checked route used."""
    journey = make_journey(network, 0, 1)
    graph, cost = journey.graph, arc_cost(journey, "distance")
    left = set(graph.edge[journey.open & (graph.edge >= 0)].tolist())
    for _try in range(30):  # long routes first
        start, end = rng.choice(graph.state_count, 2, replace=False)
        left -= _edges(replace(journey, starts=start[None], ends=end[None]), cost)
    while left:  # then each edge that is still missing, from its one end to the other
        edge = left.pop()
        for arc in np.flatnonzero((graph.edge == edge) & journey.open)[:1]:
            one = replace(journey, starts=graph.tail[[arc]].astype(np.intp), ends=graph.head[[arc]].astype(np.intp))
            left -= _edges(one, cost)
    return left


def _edges(journey: Journey, cost: np.ndarray[Any, np.dtype[np.int64]]) -> set[int]:
    if journey.starts[0] == journey.ends[0]:
        return set()
    check(journey)
    found = choke_points(journey, cost)
    return set() if found is None else set(found.route.edges.tolist())
