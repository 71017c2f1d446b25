"""The engine answers what the plain search answers, edge for edge and figure for figure."""

from dataclasses import replace

import numpy as np
import pytest

from geo.errors import InputError
from routes import graph
from routes.engine import Engine
from routes.metrics import climb, properties
from routes.metrics import highest as highest_of
from routes.permit import ANY, CLASSES, Permit
from routes.scenario import parse_scenario

ROAD = Permit("road", CLASSES["road"], frozenset({"open"}), borders=frozenset({ANY}))
RAIL = Permit("rail", CLASSES["rail"], frozenset({"open", "construction", "disused"}), borders=frozenset({ANY}))
PLACES = ("horadiz", "meghri", "goris", "kapan", "nakhchivan", "julfa", "yeraskh", "ordubad")


@pytest.fixture(scope="module")
def engines(study):
    return {permit.mode: Engine.build(study.ground(), permit) for permit in (ROAD, RAIL)}


def same_heights(way, route):
    """Check that a way climbs and peaks as its route does, within what resampling its first and last edge changes."""
    pairs = (way.climb, climb(route)), (way.highest, highest_of(route))
    for mine, theirs in pairs:
        assert mine is not None
        assert theirs is not None
        for name in ("ascent_range_m", "descent_range_m", "range_m"):
            if getattr(theirs, name, None) is not None:
                assert getattr(mine, name) == pytest.approx(getattr(theirs, name), abs=30), name


@pytest.mark.parametrize("mode", ["road", "rail"])
def test_ways_and_their_figures_are_those_of_the_plain_search(study, engines, mode):
    engine, met = engines[mode], 0
    for origin in PLACES:
        for destination in PLACES:
            ends = study.places[origin], study.places[destination]
            try:
                way = engine.route(*ends)
            except InputError as error:
                assert "within 5 km" in str(error)  # noqa: PT017  (some places have no railway)
                continue
            route = study.ground().between(*ends, engine.permit)
            if way is None or route.broken:
                assert route.broken
                assert way is None or way.length_m == 0
                continue
            met += 1
            expected = properties(route)
            measured = way.measures
            for name in ("length_m", "shape_length_m", "geodesic_m", "to_build_m", "length_near_border_m"):
                assert measured[name] == pytest.approx(expected[name], abs=0.5), name
            for word in ("territory", "status", "class", "structure", "basis"):
                name = f"length_by_{word}_m"
                assert measured[name] == pytest.approx(expected[name], abs=0.5), name
            assert [c["id"] for c in measured["crossings"]] == [c["id"] for c in expected["crossings"]]
            same_heights(way, route)
            for vehicle, time in expected["moving_s"].items():
                assert list(measured["moving_s"][vehicle]) == pytest.approx(list(time.values()), rel=1e-3, abs=2)
            for vehicle, time in expected["time_s"].items():
                assert (measured["time_s"][vehicle] is None) == (time is None)
            assert np.allclose([way.lon[[0, -1]], way.lat[[0, -1]]], route.coordinates()[[0, -1]].T, atol=1e-9)
    assert met > 5


def test_a_closed_edge_is_as_if_it_were_not_there(study, engines):
    engine = engines["road"]
    ends = study.places["goris"], study.places["meghri"]
    before = engine.route(*ends)
    without = engine.ground.cost_mm.astype(float)
    changed = 0
    for edge in before.edges:
        with engine.closed([edge]) as closed:
            way = closed.route(*ends)
        cost = without.copy()
        cost[edge] = np.inf
        anew = engine.weighed(cost).route(*ends)
        assert (way is None) == (anew is None)
        if way is not None:
            assert way.cost == anew.cost >= before.cost
            assert edge not in way.edges
            changed += way.cost > before.cost
    assert changed
    assert engine.route(*ends).cost == before.cost


def test_a_scenario_changes_what_the_engine_may_use(study, engines):
    scenario = parse_scenario("close=goris-kapan-road")
    ends = study.places["goris"], study.places["kapan"]
    before, after = engines["road"].route(*ends), engines["road"].under(scenario).route(*ends)
    assert after is None or after.cost > before.cost


def test_the_quickest_way_is_no_slower_than_the_shortest(study, engines):
    quick = Engine.build(study.ground(), ROAD, cost="time")
    ends = study.places["horadiz"], study.places["meghri"]
    vehicle = quick.columns.vehicles[0]
    fast, short = quick.route(*ends), engines["road"].route(*ends)
    assert fast is not None
    assert fast.measures["moving_s"][vehicle][1] <= short.measures["moving_s"][vehicle][1]
    assert fast.length_m >= short.length_m


def test_a_point_in_the_sea_is_refused_in_one_sentence(engines):
    with pytest.raises(InputError, match=r"no road that may be used lies within 5 km of 10, 10 "):
        engines["road"].route((10.0, 10.0), (46.0, 39.0))


def test_large_graphs_are_searched_through_a_hierarchy_with_the_same_answers(study, monkeypatch):
    plain = study.ground().between(study.places["goris"], study.places["meghri"], ROAD)
    monkeypatch.setattr(graph, "LARGE", 1)
    ground = replace_graph(study)
    assert ground.weights(ROAD).metric is not None
    found = ground.between(study.places["goris"], study.places["meghri"], ROAD)
    assert np.array_equal(found.edges, plain.edges)
    band = [
        Engine.build(g, ROAD).band(study.places["goris"], study.places["meghri"], 0.2) for g in (ground, study.ground())
    ]
    assert np.array_equal(band[0].edges, band[1].edges)
    choke = [
        Engine.build(g, ROAD).choke_points(study.places["goris"], study.places["meghri"])
        for g in (ground, study.ground())
    ]
    assert choke[0] is not None
    assert choke[1] is not None
    assert np.array_equal(choke[0].closed, choke[1].closed)


def replace_graph(study):
    """Put the study on its own network anew, so that the graph is built again."""
    return study.ground(replace(study.network()))
