"""Several costs at once: fronts and capped ways equal to listing every way of small networks."""

from typing import Any

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routes.dominance import Problem
from routes.labels import cheapest_within, covering, efficient

STATES = 6


def arcs(costs: int) -> st.SearchStrategy[list[tuple[int, int, tuple[int, ...]]]]:
    state = st.integers(0, STATES - 1)
    return st.lists(st.tuples(state, state, st.tuples(*[st.integers(0, 6)] * costs)), min_size=1, max_size=16)


def problem(given_arcs: list[tuple[int, int, tuple[int, ...]]]) -> Problem:
    tail, head, cost = zip(*given_arcs, strict=True)
    return Problem(
        states=STATES,
        tail=np.array(tail),
        head=np.array(head),
        arc=np.arange(len(tail)) + 100,
        cost=np.array(cost, dtype=np.int64),
        starts=np.array([0]),
        ends=np.array([STATES - 1]),
    )


def every_way(given_arcs: list[tuple[int, int, tuple[int, ...]]]) -> set[tuple[int, ...]]:
    """The costs of every simple way: no other can be better, for no cost is negative."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(STATES))
    for number, (tail, head, _cost) in enumerate(given_arcs):
        graph.add_edge(tail, head, number)
    found = nx.all_simple_edge_paths(graph, 0, STATES - 1)
    return {tuple(np.sum([given_arcs[number][2] for _u, _v, number in way], axis=0).tolist()) for way in found}


def unbeaten(costs: set[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return sorted(c for c in costs if not any(o != c and all(a <= b for a, b in zip(o, c, strict=True)) for o in costs))


def check_arcs(given_arcs: list[tuple[int, int, tuple[int, ...]]], cost: tuple[int, ...], way: Any) -> None:
    """The way leads from the start to the end and costs what it says."""
    here = 0
    for number in way.tolist():
        tail, head, _cost = given_arcs[number - 100]
        assert tail == here
        here = head
    assert here == STATES - 1
    assert tuple(np.sum([given_arcs[number - 100][2] for number in way.tolist()], axis=0).tolist()) == cost


@settings(max_examples=80)
@given(data=st.data(), costs=st.integers(2, 4))
def test_the_front_is_that_of_all_ways(data: st.DataObject, costs: int) -> None:
    given_arcs = data.draw(arcs(costs))
    ways = efficient(problem(given_arcs))
    assert [way.cost for way in ways] == unbeaten(every_way(given_arcs))
    for way in ways:
        check_arcs(given_arcs, way.cost, way.arcs)


@settings(max_examples=50)
@given(data=st.data(), costs=st.integers(2, 4), epsilon=st.sampled_from([0.005, 0.1, 0.5]))
def test_a_cover_is_as_near_as_it_says(data: st.DataObject, costs: int, epsilon: float) -> None:
    given_arcs = data.draw(arcs(costs))
    ways, proven = covering(problem(given_arcs), epsilon)
    for cost in every_way(given_arcs):
        assert any(
            all(a <= b * (1 + proven) * (1 + 1e-12) if b else a == 0 for a, b in zip(way.cost, cost, strict=True))
            for way in ways
        ) or not np.isfinite(proven)
    for way in ways:
        check_arcs(given_arcs, way.cost, way.arcs)


@settings(max_examples=80)
@given(data=st.data(), caps=st.lists(st.integers(0, 15), max_size=2))
def test_the_cheapest_way_within_caps_is_the_cheapest_of_all_that_keep_them(
    data: st.DataObject, caps: list[int]
) -> None:
    given_arcs = data.draw(arcs(1 + len(caps)))
    fit = [c for c in every_way(given_arcs) if all(v <= cap for v, cap in zip(c[1:], caps, strict=True))]
    way = cheapest_within(problem(given_arcs), caps)
    assert (way is None) == (not fit)
    if way is not None:
        assert way.cost[0] == min(cost[0] for cost in fit)
        assert all(v <= cap for v, cap in zip(way.cost[1:], caps, strict=True))
        check_arcs(given_arcs, way.cost, way.arcs)
