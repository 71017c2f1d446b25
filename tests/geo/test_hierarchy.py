"""A contraction hierarchy answers what Dijkstra answers, whatever the graph, the weights and the closures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo import dissection
from geo.climbing import FAR
from geo.hierarchy import Hierarchy
from geo.weighing import NEVER


@st.composite
def graphs(draw):
    """Draw a graph with parallel arcs, arcs from a node to itself, closed arcs and arcs that cost nothing."""
    count = draw(st.integers(1, 24))
    node = st.integers(0, count - 1)
    cost = st.one_of(st.integers(0, 9), st.just(NEVER))
    arcs = draw(st.lists(st.tuples(node, node, cost), min_size=1, max_size=60))
    tail, head, cost = np.array(arcs).T
    seed = draw(st.integers(0, 99))
    return count, tail.astype(np.int32), head.astype(np.int32), cost, np.random.default_rng(seed).random((2, count))


def plain(count, tail, head, cost):
    """Give the cost of the cheapest way between all nodes, by SciPy's Dijkstra."""
    dense = np.full((count, count), np.inf)
    usable = cost < NEVER
    np.minimum.at(dense, (tail[usable], head[usable]), cost[usable].astype(float))
    rows, columns = np.nonzero(np.isfinite(dense))
    return dijkstra(csr_array((dense[rows, columns], (rows, columns)), shape=(count, count)))


@given(graphs())
def test_every_answer_is_dijkstras(graph):
    count, tail, head, cost, (x, y) = graph
    metric = Hierarchy.build(tail, head, x, y).weigh(cost)
    expected = plain(count, tail, head, cost)
    for start in range(count):
        ahead, behind = (metric.distances(np.array([start]), backwards=b) for b in (False, True))
        assert np.array_equal(np.where(ahead == FAR, np.inf, ahead), expected[start])
        assert np.array_equal(np.where(behind == FAR, np.inf, behind), expected[:, start])
        for end in range(count):
            found = metric.shortest(np.array([start]), np.array([end]))
            if found is None:
                assert np.isinf(expected[start, end])
                continue
            total, arcs = found
            assert total == expected[start, end] == cost[arcs].sum()
            assert [start, *head[arcs]] == [*tail[arcs], end]


@given(graphs(), st.data())
def test_a_change_of_a_few_weights_equals_weighing_anew_and_can_be_undone(graph, data):
    _count, tail, head, cost, (x, y) = graph
    hierarchy = Hierarchy.build(tail, head, x, y)
    metric, before = hierarchy.weigh(cost), hierarchy.weigh(cost)
    arcs = np.array(data.draw(st.lists(st.integers(0, len(tail) - 1), min_size=1, max_size=4, unique=True)))
    new = data.draw(st.sampled_from([0, 3, 12, NEVER]))
    with metric.changed(arcs, new) as changed:
        other = cost.copy()
        other[arcs] = new
        anew = hierarchy.weigh(other)
        assert np.array_equal(changed.weight, anew.weight)
        assert np.array_equal(changed.through, anew.through)
    assert np.array_equal(metric.weight, before.weight)
    assert np.array_equal(metric.through, before.through)
    assert np.array_equal(metric.cost, before.cost)


@given(graphs(), st.data())
def test_a_way_from_any_of_some_nodes_to_any_of_others_counts_what_was_spent_before(graph, data):
    count, tail, head, cost, (x, y) = graph
    metric = Hierarchy.build(tail, head, x, y).weigh(cost)
    expected = plain(count, tail, head, cost)
    nodes = st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, 20)), min_size=1, max_size=3)
    (starts, before), (ends, after) = (np.array(data.draw(nodes)).T for _ in range(2))
    found = metric.shortest(starts, ends, (before, after))
    best = (before[:, None] + expected[np.ix_(starts, ends)] + after[None, :]).min()
    assert (np.inf if found is None else found[0]) == best


@given(graphs())
def test_dissection_by_coordinates_answers_the_same(graph):
    count, tail, head, cost, (x, y) = graph
    first, neighbour = dissection.neighbours(count, tail, head)
    rank = dissection.by_coordinates(first, neighbour, x, y)
    assert sorted(rank) == list(range(count))
    metric = Hierarchy.build(tail, head, x, y, rank).weigh(cost)
    found = metric.distances(np.array([0]))
    assert np.array_equal(np.where(found == FAR, np.inf, found), plain(count, tail, head, cost)[0])


def grid(size):
    """Give the edges and positions of a square grid of streets."""
    number = np.arange(size * size).reshape(size, size)
    u = np.concatenate((number[:, :-1].ravel(), number[:-1].ravel()))
    v = np.concatenate((number[:, 1:].ravel(), number[1:].ravel()))
    y, x = (axis.ravel().astype(float) for axis in np.mgrid[:size, :size])
    return u.astype(np.int32), v.astype(np.int32), x, y


@pytest.mark.parametrize("by_metis", [True, False])
def test_dissection_joins_far_less_than_elimination_in_any_order(by_metis, monkeypatch):
    if by_metis and not dissection.HAS_METIS:
        pytest.skip("METIS has no wheel for this platform")
    monkeypatch.setattr(dissection, "HAS_METIS", by_metis)
    u, v, x, y = grid(40)
    ordered = Hierarchy.build(u, v, x, y)
    by_row = Hierarchy.build(u, v, x, y, np.arange(len(x), dtype=np.int32))
    assert len(ordered.above) < len(by_row.above) / 2


def test_a_tree_of_dead_ends_is_taken_away_without_joining_anything():
    u = np.array([0, 1, 2, 3, 4, 2], dtype=np.int32)  # a chain 0-1-2-3-4-5 with a dead end 2-6
    v = np.array([1, 2, 3, 4, 5, 6], dtype=np.int32)
    hierarchy = Hierarchy.build(u, v, np.arange(7.0), np.zeros(7))
    assert len(hierarchy.above) == len(u)


@pytest.mark.skipif(not dissection.HAS_METIS, reason="METIS has no wheel for this platform")
def test_a_dissection_in_a_process_of_its_own_is_the_same():
    u, v, x, y = grid(30)
    under_way = dissection.Dissecting(len(x), u, v)
    try:
        assert np.array_equal(under_way.rank(), dissection.dissection(*dissection.neighbours(len(x), u, v), x, y))
    finally:
        under_way.close()


@given(graphs(), st.data())
def test_a_tree_leads_from_every_node_it_reaches_back_to_a_root_at_its_cost(graph, data):
    count, tail, head, cost, (x, y) = graph
    metric = Hierarchy.build(tail, head, x, y).weigh(cost)
    roots = np.array(data.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=3, unique=True)))
    for backwards in (False, True):
        distance, arc = metric.tree(roots, backwards=backwards)
        near = head if backwards else tail
        for node in np.flatnonzero(np.isfinite(distance)):
            spent, here, steps = 0, node, 0
            while arc[here] >= 0:
                spent += cost[arc[here]]
                here = near[arc[here]]
                steps += 1
                assert steps <= count
            assert here in roots
            assert spent == distance[node]
