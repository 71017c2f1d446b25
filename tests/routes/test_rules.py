"""Rules: required and capped territories against every way of small networks, and contradictions refused."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError, NotFoundError
from geo.network import Network
from geo.words import Words
from routes.costs import arc_cost
from routes.journey import Journey
from routes.rules import Rules, plan, pose, read_figures
from routes.study import Study

EDGES = st.lists(
    st.fixed_dictionaries(
        {
            "from": st.integers(1, 6),
            "to": st.integers(1, 6),
            "m": st.sampled_from([1.0, 2.0, 3.0]),
            "oneway": st.booleans(),
            "territory": st.sampled_from(["ONE", "TWO"]),
        }
    ),
    min_size=2,
    max_size=12,
)


def divided(make_network: Callable[..., Network], edges: list[dict[str, Any]]) -> Network:
    """A network whose edges lie in the territories that they name."""
    network = make_network([{k: v for k, v in edge.items() if k != "territory"} for edge in edges])
    keys = [edges[int(way) - 1]["territory"] for way in network.way_id]
    return replace(network, text={**network.text, "territory": Words.encode(keys)})


def plain(journey: Journey) -> nx.MultiDiGraph:
    network, graph = journey.ground.network, nx.MultiDiGraph()
    graph.add_nodes_from(range(network.node_count))
    inside = network.text["territory"].isin(("TWO",))
    for row in range(network.edge_count):
        u, v = int(network.u[row]), int(network.v[row])
        for a, b in ((u, v),) if network.oneway[row] else ((u, v), (v, u)):
            graph.add_edge(a, b, (row, a), m=float(network.length_m[row]), inside=bool(inside[row]))
    return graph


def ends(journey: Journey) -> tuple[int, int]:
    start, end = (int(journey.graph.node[states[0]]) for states in (journey.starts, journey.ends))
    return start, end


@settings(max_examples=80)
@given(edges=EDGES, cap_m=st.integers(0, 8))
def test_a_capped_way_is_the_shortest_that_keeps_the_cap_or_the_least_is_said(
    make_network: Callable[..., Network],
    make_journey: Callable[..., Journey],
    edges: list[dict[str, Any]],
    cap_m: int,
) -> None:
    journey = make_journey(divided(make_network, edges), 0, 1)
    graph, (start, end) = plain(journey), ends(journey)
    if start == end:
        return
    every = [
        (sum(graph.edges[step]["m"] for step in way), sum(graph.edges[s]["m"] for s in way if graph.edges[s]["inside"]))
        for way in nx.all_simple_edge_paths(graph, start, end)
    ]
    route = plan(journey, arc_cost(journey, "distance"), Rules("road", cap_km={"TWO": cap_m / 1000}))
    fit = [length for length, inside in every if inside <= cap_m]
    if fit:
        assert route.broken is None
        assert route.length_m.sum() == min(fit)
        assert route.length_m[route.territory == "TWO"].sum() <= cap_m
    else:
        assert route.broken is not None
        least = min((inside for _length, inside in every), default=None)
        said = f"the least is {(least or 0) / 1000:.1f} km in TWO"
        assert (said in route.broken.reason) == (least is not None)


@settings(max_examples=80)
@given(edges=EDGES)
def test_a_required_territory_is_entered_by_the_shortest_way_that_does(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey], edges: list[dict[str, Any]]
) -> None:
    journey = make_journey(divided(make_network, edges), 0, 1)
    graph, (start, end) = plain(journey), ends(journey)
    to = nx.single_source_dijkstra_path_length(graph, start, weight="m")
    from_ = nx.single_source_dijkstra_path_length(graph.reverse(), end, weight="m")
    over = [
        to[u] + data["m"] + from_[v]
        for u, v, data in graph.edges(data=True)
        if data["inside"] and u in to and v in from_
    ]
    route = plan(journey, arc_cost(journey, "distance"), Rules("road", require=frozenset({"TWO"})))
    assert (route.broken is None) == bool(over)
    if over:
        assert route.length_m.sum() == min(over)
        assert "TWO" in route.territory


def test_a_price_on_a_border_is_paid_only_where_it_is_worth_it(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey]
) -> None:
    edges = [
        {"from": 1, "to": 2, "m": 1.0, "territory": "ONE"},
        {"from": 2, "to": 3, "m": 1.0, "territory": "TWO"},
        {"from": 3, "to": 4, "m": 1.0, "territory": "ONE"},
        {"from": 1, "to": 4, "m": 10.0, "territory": "ONE"},
    ]
    journey = make_journey(divided(make_network, edges), 0, 3)
    cost = arc_cost(journey, "distance")
    assert plan(journey, cost, Rules("road")).length_m.sum() == 3.0
    assert plan(journey, cost, Rules("road", price={"TWO-ONE": 3_000})).length_m.sum() == 3.0
    assert plan(journey, cost, Rules("road", price={"TWO-ONE": 4_000})).length_m.sum() == 10.0


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ({"avoid": {"TWO"}, "require": {"TWO"}}, "TWO is both to be avoided and required"),
        ({"cap_km": {"TWO": -1.0}}, "the cap on TWO is -1 km; it must be 0 or more"),
        ({"cap_km": {"TWO": float("nan")}}, "the cap on TWO is nan km"),
        ({"require": {"TWO"}, "cap_km": {"TWO": 0.0}}, "TWO is required, yet capped at 0 km"),
        ({"avoid": {"ONE"}}, "ONE is to be avoided, yet the journey begins in it, at Alpha"),
        ({"avoid_borders": {"TWO-ONE"}, "through": {"ONE-TWO"}}, "ONE-TWO is both to be avoided and passed"),
        ({"avoid_borders": {"gate"}, "price": {"gate": 1}}, "gate is both to be avoided and priced"),
        ({"price": {"gate": -1}}, "the price of gate is negative"),
        ({"price": {"gate": 2**60}}, "the price of gate is too high to add up"),
        ({"price": {"ONE-TWO": 1, "TWO-ONE": 2}}, "one border is priced twice in ONE-TWO, TWO-ONE"),
        ({"statuses": {"open"}, "forbid_statuses": {"open"}}, "open is both allowed and forbidden"),
    ],
)
def test_rules_that_contradict_each_other_are_refused(corridor: Study, rules: dict[str, Any], sentence: str) -> None:
    held: dict[str, Any] = {key: frozenset(value) if isinstance(value, set) else value for key, value in rules.items()}
    with pytest.raises(InputError, match=sentence):
        pose(corridor, "a", "b", Rules("road", **held))


def test_a_journey_to_where_it_begins_is_refused(corridor: Study) -> None:
    with pytest.raises(InputError, match="begins and ends at one point of the network, Alpha and Alpha"):
        pose(corridor, "a", "a", Rules("road"))


@pytest.mark.parametrize("value", ["AM=nan", "AM=inf", "AM", "AM=much"])
def test_a_figure_that_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(InputError, match=f"'{value}' is no cap; write NAME=FIGURE"):
        read_figures([value], "cap")


def test_weaving_along_a_border_does_not_enter_what_is_required(
    make_network: Callable[..., Network], make_journey: Callable[..., Journey]
) -> None:
    """The road 1-2 lies in TWO by the boundary set, and within tolerance of the border: ONE does not end there."""
    edges = [
        {"from": 1, "to": 2, "m": 1.0, "territory": "TWO"},
        {"from": 2, "to": 3, "m": 1.0, "territory": "ONE"},
        {"from": 1, "to": 3, "m": 9.0, "territory": "ONE"},
    ]
    network = make_network(edges)
    near = np.array([True, False, False])
    network = replace(
        network,
        near_m=np.where(near, network.shape_length_m, 0.0),
        text=dict(network.text) | {"near_territory": Words.encode(["ONE", "", ""])},
    )
    journey = make_journey(network, 0, 2)
    inside = {journey.ground.zones[zone] for zone in journey.graph.zone[journey.starts]}
    assert inside == {"ONE", "TWO"}
    one = journey.ground.zones.index("ONE")
    journey = replace(
        journey,
        starts=journey.starts[journey.graph.zone[journey.starts] == one],
        open=journey.open & (journey.graph.edge >= 0),  # and no border may be passed
    )
    cost = arc_cost(journey, "distance")
    assert plan(journey, cost, Rules("road")).length_m.sum() == 2.0  # over the road that weaves
    assert plan(journey, cost, Rules("road", require=frozenset({"TWO"}))).broken is not None


def test_a_territory_or_border_that_does_not_exist_is_named(corridor: Study) -> None:
    with pytest.raises(NotFoundError, match="there is no territory 'THREE'"):
        pose(corridor, "a", "b", Rules("road", require=frozenset({"THREE"})))
    with pytest.raises(NotFoundError, match="there is no crossing 'ONE-THREE'"):
        pose(corridor, "a", "b", Rules("road", avoid_borders=frozenset({"ONE-THREE"})))


def test_a_status_and_a_border_that_are_forbidden_are_not_used(corridor: Study) -> None:
    through = frozenset({"gate"})
    assert _broken(corridor, Rules("road", through=through)) is None
    assert _broken(corridor, Rules("road", through=through, forbid_classes=frozenset({"primary"}))) is not None
    barred = _broken(corridor, Rules("road", through=frozenset({"any"}), avoid_borders=frozenset({"ONE-TWO"})))
    assert barred == "No way from Alpha to Beta avoids ONE-TWO."


def _broken(corridor: Study, rules: Rules) -> str | None:
    try:
        journey = pose(corridor, "a", "b", rules)
    except InputError as error:
        return str(error)
    route = plan(journey, arc_cost(journey, "distance"), rules)
    assert route.broken or np.any(route.status == "construction")
    return route.broken.reason if route.broken else None
