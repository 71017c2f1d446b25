"""Searching: equal to plain Dijkstra whatever the network (law 5), and never worse for an edge more (law 2)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.network import MODES, Network
from geo.osm import read_osm
from routes.graph import Graph
from routes.search import Weights

NODES = 8
# Few nodes and many edges: so parallel edges, loops, dead ends, one-way traps and separate parts all occur.
EDGES = st.lists(
    st.fixed_dictionaries(
        {
            "from": st.integers(1, NODES),
            "to": st.integers(1, NODES),
            "m": st.sampled_from([0.0, 0.001, 1.0, 2.0, 2.0005, 1234.567]),
            "oneway": st.booleans(),
        }
    ),
    min_size=1,
    max_size=24,
)
some = settings(max_examples=80)


def cost_mm(network: Network) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.rint(network.length_m * 1000).astype(np.int64)


def weigh(network: Network, mode: str = "road", closed: frozenset[int] = frozenset()) -> Weights:
    graph = Graph.build(network, mode)
    usable = ~np.isin(np.arange(network.edge_count), list(closed))
    return Weights.of_edges(graph, cost_mm(network), usable, np.zeros(len(graph.edge), dtype=bool))


def plain(network: Network, mode: str = "road", closed: frozenset[int] = frozenset()) -> nx.MultiDiGraph:
    """The same network for networkx, edge by edge."""
    graph = nx.MultiDiGraph()
    for row, cost in enumerate(cost_mm(network).tolist()):
        if network.mode[row] != MODES.index(mode):
            continue
        u, v = int(network.u[row]), int(network.v[row])
        graph.add_nodes_from((u, v))
        if row not in closed:
            graph.add_edge(u, v, weight=cost)
            if not network.oneway[row]:
                graph.add_edge(v, u, weight=cost)
    return graph


def states_of(graph: Graph, node: int) -> np.ndarray[Any, np.dtype[np.intp]]:
    return np.flatnonzero(graph.node == node)


def check_walk(weights: Weights, start: int, end: int, cost: float, arcs: np.ndarray[Any, np.dtype[np.intp]]) -> None:
    """The arcs lead from start to end along their edges, no one-way edge backwards, and their costs add up."""
    graph, network = weights.graph, weights.graph.network
    here = start
    for arc in arcs:
        edge = graph.edge[arc]
        ends = (network.u[edge], network.v[edge]) if graph.forward[arc] else (network.v[edge], network.u[edge])
        assert ends[0] == here
        assert graph.forward[arc] or not network.oneway[edge]
        here = ends[1]
    assert here == end
    assert sum(cost_mm(network)[graph.edge[arcs]].tolist()) == cost


# -- law 5 -------------------------------------------------------------------------------------------------------------


@some
@given(edges=EDGES)
def test_law_5_search_equals_plain_dijkstra(make_network: Callable[..., Network], edges: list[dict[str, Any]]) -> None:
    network = make_network(edges)
    weights, expected = weigh(network), dict(nx.all_pairs_dijkstra_path_length(plain(network)))
    graph = weights.graph
    for start in range(network.node_count):
        for end in range(network.node_count):
            found = weights.shortest(states_of(graph, start), states_of(graph, end))
            assert (None if found is None else found[0]) == expected[start].get(end)
            if found is not None:
                check_walk(weights, start, end, *found)


@some
@given(edges=EDGES, starts=st.sets(st.integers(0, 3), min_size=1), ends=st.sets(st.integers(0, 3), min_size=1))
def test_law_5_holds_from_the_best_of_several_starts_to_the_best_of_several_ends(
    make_network: Callable[..., Network], edges: list[dict[str, Any]], starts: set[int], ends: set[int]
) -> None:
    network = make_network(edges)
    count = network.node_count
    starts, ends = {n % count for n in starts}, {n % count for n in ends}
    distance = nx.multi_source_dijkstra_path_length(plain(network), starts)
    expected = min((distance[n] for n in ends if n in distance), default=None)
    weights = weigh(network)
    found = weights.shortest(np.array(sorted(starts)), np.array(sorted(ends)))
    assert (None if found is None else found[0]) == expected


@pytest.fixture(scope="module")
def meghri(shared_data: Path) -> Network:
    return read_osm([shared_data / "osm" / "meghri-2021.osm.pbf"])


def test_law_5_on_the_real_roads_of_meghri(meghri: Network) -> None:
    weights, reference = weigh(meghri), plain(meghri)
    graph = weights.graph
    rng = np.random.default_rng(20260601)
    reached = 0
    for start in rng.choice(graph.node, 25, replace=False).tolist():
        expected = nx.single_source_dijkstra_path_length(reference, start)
        for end in rng.choice(graph.node, 20, replace=False).tolist():
            found = weights.shortest(states_of(graph, start), states_of(graph, end))
            assert (None if found is None else found[0]) == expected.get(end)
            if found is not None:
                check_walk(weights, start, end, *found)
                reached += 1
    assert reached > 200  # else the pairs show little


# -- laws 2 and 3 ------------------------------------------------------------------------------------------------------


@some
@given(edges=EDGES, closed=st.sets(st.integers(0, 23)), opened=st.integers(0, 23))
def test_law_2_opening_an_edge_never_worsens_a_way_and_closing_it_never_improves_one(
    make_network: Callable[..., Network], edges: list[dict[str, Any]], closed: set[int], opened: int
) -> None:
    network = make_network(edges)
    without = weigh(network, closed=frozenset(closed | {opened}))
    with_it = weigh(network, closed=frozenset(closed - {opened}))
    for start in range(network.node_count):
        for end in range(network.node_count):
            ends = np.array([start]), np.array([end])
            before, after = without.shortest(*ends), with_it.shortest(*ends)
            assert before is None or (after is not None and after[0] <= before[0])


@some
@given(edges=EDGES)
def test_law_3_without_one_way_edges_the_way_back_is_as_long(
    make_network: Callable[..., Network], edges: list[dict[str, Any]]
) -> None:
    network = make_network([edge | {"oneway": False} for edge in edges])
    weights = weigh(network)
    for start in range(network.node_count):
        for end in range(start):
            there = weights.shortest(np.array([start]), np.array([end]))
            back = weights.shortest(np.array([end]), np.array([start]))
            assert (there is None) == (back is None)
            assert there is None or back is None or there[0] == back[0]


# -- choices -----------------------------------------------------------------------------------------------------------


def test_a_search_repeats_itself_even_where_two_ways_are_equally_short(make_network: Callable[..., Network]) -> None:
    square = [{"from": a, "to": b, "m": 1.0} for a, b in ((1, 2), (2, 4), (1, 3), (3, 4), (2, 4))]
    network = make_network(square)
    ways = {tuple(weigh(network).shortest(np.array([0]), np.array([3]))[1].tolist()) for _ in range(3)}  # type: ignore[index]
    assert len(ways) == 1


def test_modes_do_not_mix(make_network: Callable[..., Network]) -> None:
    network = make_network([{"from": 1, "to": 2}, {"from": 2, "to": 3, "mode": "rail"}])
    assert set(Graph.build(network, "road").edge) == {0}
    assert set(Graph.build(network, "rail").edge) == {1}


def test_a_gap_is_measured_between_what_the_start_reaches_and_what_reaches_the_end(
    make_network: Callable[..., Network],
) -> None:
    points = {1: (10.0, 40.0), 2: (10.1, 40.0), 3: (10.11, 40.0), 4: (10.2, 40.0), 5: (10.105, 40.0), 6: (10.105, 40.1)}
    edges = [{"from": a, "to": b} for a, b in ((1, 2), (3, 4), (5, 6))]  # the last is nearer, but leads nowhere
    weights = weigh(make_network(edges, points))
    gap_m, before, after = weights.gap(np.array([0]), np.array([3]))
    assert gap_m == pytest.approx(854, abs=1)
    assert (before, after) == (points[2], points[3])


def test_only_nodes_from_which_one_can_go_on_and_come_back_stand_for_a_point(
    make_network: Callable[..., Network],
) -> None:
    points = {1: (10.0, 40.0), 2: (10.01, 40.0), 3: (10.02, 40.0), 4: (10.0, 40.001), 5: (10.0, 40.002)}
    edges = [{"from": a, "to": b} for a, b in ((1, 2), (2, 3), (4, 5))]
    weights = weigh(make_network(edges, points))
    assert weights.snap(10.0, 40.002, 5000).tolist() == [0]  # two nodes are nearer, of a smaller part
    assert weights.snap(10.0, 40.002, 200).tolist() == [4]  # the larger part is out of reach
    assert weights.snap(11.0, 40.002, 5000).tolist() == []


# -- what SciPy must go on doing ---------------------------------------------------------------------------------------


def test_scipy_walks_edges_of_weight_zero_and_none_of_infinite_weight() -> None:
    """Crossings are arcs of weight 0, closed edges of infinite weight: explicit entries of the matrix, both."""
    weight, head, pointer = [0.0, np.inf, 5.0, np.inf], [1, 2, 2, 3], [0, 2, 3, 4, 4]
    matrix = csr_matrix((np.array(weight), np.array(head), np.array(pointer)), shape=(4, 4))
    assert matrix.nnz == 4
    distance, before, source = dijkstra(matrix, indices=np.array([0]), return_predecessors=True, min_only=True)
    assert distance.tolist() == [0.0, 0.0, 5.0, np.inf]
    assert before.tolist() == [-9999, 0, 1, -9999]
    assert source.tolist()[:3] == [0, 0, 0]


def test_scipy_is_exact_on_whole_millimetres_of_the_longest_path_allowed() -> None:
    matrix = csr_matrix((np.array([2.0**31 - 2, 1.0]), (np.array([0, 1]), np.array([1, 2]))), shape=(3, 3))
    distance = dijkstra(matrix, indices=np.array([0]), min_only=True)
    assert distance.tolist() == [0.0, 2.0**31 - 2, 2.0**31 - 1]
