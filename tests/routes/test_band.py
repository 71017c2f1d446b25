"""The band: law 4, against every simple way of small networks."""

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.network import Network
from routes.band import near_optimal
from routes.costs import arc_cost
from routes.journey import Journey

EDGES = st.lists(
    st.fixed_dictionaries(
        {
            "from": st.integers(1, 7),
            "to": st.integers(1, 7),
            "m": st.sampled_from([1.0, 1.001, 2.0, 3.0, 10.0]),  # 1.001: a way may be longer by a millimetre
            "oneway": st.booleans(),
        }
    ),
    min_size=2,
    max_size=14,
)


def ways(journey: Journey) -> list[tuple[int, list[int]]]:
    """Cost (mm) and edges of every simple way."""
    network, graph = journey.ground.network, nx.MultiDiGraph()
    graph.add_nodes_from(range(network.node_count))
    for row in range(network.edge_count):
        u, v = int(network.u[row]), int(network.v[row])
        graph.add_edge(u, v, row)
        if not network.oneway[row]:
            graph.add_edge(v, u, row)
    start, end = (int(journey.graph.node[states[0]]) for states in (journey.starts, journey.ends))
    if start == end:
        return [(0, [])]
    cost = np.rint(network.length_m * 1000).astype(np.int64)
    found = [[row for _u, _v, row in way] for way in nx.all_simple_edge_paths(graph, start, end)]
    return [(int(cost[way].sum()), way) for way in found]


@settings(max_examples=80)
@given(edges=EDGES, start=st.integers(0, 6), end=st.integers(0, 6))
def test_law_4_the_band_at_nothing_is_the_union_of_the_shortest_ways(
    make_network: Callable[..., Network],
    make_journey: Callable[..., Journey],
    edges: list[dict[str, Any]],
    start: int,
    end: int,
) -> None:
    journey = make_journey(make_network(edges), start, end)
    every = ways(journey)
    best = min((cost for cost, _way in every), default=None)
    expected = {row for cost, way in every if cost == best for row in way}
    band = near_optimal(journey, arc_cost(journey, "distance"), 0.0)
    assert set(band.edges.tolist()) == expected
    assert not band.slack.any()


@settings(max_examples=80)
@given(edges=EDGES, tolerance=st.sampled_from([0.0, 0.1, 0.5, 1.0, 3.0]))
def test_law_4_the_band_holds_every_way_within_tolerance_and_grows_with_it(
    make_network: Callable[..., Network],
    make_journey: Callable[..., Journey],
    edges: list[dict[str, Any]],
    tolerance: float,
) -> None:
    journey = make_journey(make_network(edges), 0, 1)
    cost = arc_cost(journey, "distance")
    every = ways(journey)
    best = min((cost for cost, _way in every), default=0)
    near = near_optimal(journey, cost, tolerance)
    assert set(near.edges.tolist()) >= {row for c, way in every if c <= best * (1 + tolerance) for row in way}
    assert (near.slack <= best * tolerance).all()
    wider = near_optimal(journey, cost, tolerance * 2 + 0.1)
    assert set(wider.edges.tolist()) >= set(near.edges.tolist())


def test_a_cul_de_sac_beside_the_way_is_no_part_of_the_band(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey]
) -> None:
    network = make_network([{"from": 1, "to": 2, "m": 100.0}, {"from": 2, "to": 3, "m": 1.0}, {"from": 2, "to": 4}])
    journey = make_journey(network, 0, 3)
    band = near_optimal(journey, arc_cost(journey, "distance"), 1.0)
    assert band.edges.tolist() == [0, 2]


def test_the_band_is_a_table_in_degrees_with_an_area_around_its_lines(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey]
) -> None:
    network = make_network([{"from": 1, "to": 2, "m": 100.0}, {"from": 1, "to": 2, "m": 110.0}])
    journey = make_journey(network, 0, 1)
    band = near_optimal(journey, arc_cost(journey, "distance"), 0.2)
    assert band.table.slack_share.tolist() == [0.0, 0.1]
    assert band.table.crs == "EPSG:4326"
    area = band.polygon(width_m=50.0)
    assert area.contains(band.table.union_all())
    assert area.within(band.table.union_all().buffer(0.001))


def test_a_negative_tolerance_is_refused(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey]
) -> None:
    journey = make_journey(make_network([{"from": 1, "to": 2}]), 0, 1)
    with pytest.raises(InputError, match="it must be 0 or more"):
        near_optimal(journey, arc_cost(journey, "distance"), -0.1)
