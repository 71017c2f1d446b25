"""On a large network questions are answered without a cut, and the answers are those of the cut network."""

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.errors import AraxesError, InputError
from geo.network import Network
from geo.osm import read_osm
from geo.territory import split
from routes import graph
from routes.alternatives import STRETCH, alternatives
from routes.band import near_optimal
from routes.errand import Errand
from routes.metrics import properties
from routes.pareto import front
from routes.query import Query, put
from routes.route import Route
from routes.stops import Stops
from routes.study import Study

ANY = ("any",)
Both = Callable[[Query], tuple[Route | str, Route | str]]


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.open("nakhchivan")


def answers(study: Study, network: Network, monkeypatch: pytest.MonkeyPatch) -> Both:
    """Answer a question on a network that is cut for it, and on the same as if it were large."""
    networks = network, replace(network)  # each has a ground of its own

    def both(query: Query) -> tuple[Route | str, Route | str]:
        found: list[Route | str] = []
        for each, least in zip(networks, (10**9, 1), strict=True):
            monkeypatch.setattr(graph, "LARGE", least)
            try:
                found.append(put(study, query, each).best())
            except AraxesError as error:
                found.append(str(error))
        return found[0], found[1]

    return both


@pytest.fixture
def built_in(study: Study, monkeypatch: pytest.MonkeyPatch) -> Both:
    return answers(study, study.network(), monkeypatch)


@pytest.fixture(scope="module")
def extract(study: Study, shared_data: Path) -> Network:
    return split(read_osm([shared_data / "osm" / "syunik-region-2021.osm.pbf"]), study.boundaries())


def check_same(one: Route | str, other: Route | str) -> None:
    """Check that two routes are one but for where along a border, of two places as good, the border is passed."""
    assert isinstance(one, Route), one
    assert isinstance(other, Route), other
    assert one.broken is None
    assert other.broken is None
    assert np.allclose(one.coordinates(), other.coordinates(), atol=1e-9)
    assert (one.id, one.title, one.mode) == (other.id, other.title, other.mode)
    for name in ("stretch", "link", "status", "network_status", "structure", "territory"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist(), name
    assert np.allclose(one.length_m, other.length_m, atol=1e-6)
    assert np.array_equal(one.opens, other.opens, equal_nan=True)
    assert [name for _at, name, *_zones in one.passed] == [name for _at, name, *_zones in other.passed]
    mine, theirs = properties(one), properties(other)
    for name in ("length_m", "to_build_m", "sinuosity", "ascent_m", "time_s", "length_by_status_m", "provisions"):
        assert mine.get(name) == theirs.get(name), name
    assert mine.get("scenario") == theirs.get("scenario")


ASKED = {
    "plain": Query("goris", "meghri", "road"),
    "from the middle of an edge to the middle of another": Query("46.36,39.40", "46.22,39.06", "road", through=ANY),
    "along one edge": Query("46.3667,39.3735", "46.3802,39.3595", "road"),
    "through any border": Query("horadiz", "nakhchivan", "road", through=ANY),
    "by rail": Query("horadiz", "julfa", "rail", through=ANY),
    "by time": Query("sisian", "meghri", "road", cost="time"),
    "by a mix": Query("sisian", "meghri", "road", cost="time=2,distance=1"),
    "by climb": Query("46.36,39.40", "meghri", "road", cost="climb"),
    "clear of a territory": Query("horadiz", "46.22,39.06", "road", avoid=("IR",), through=ANY),
    "clear of a border": Query("sisian", "nakhchivan", "road", avoid_border=("AM-AZ-NX",), through=ANY),
    "at a price": Query("horadiz", "nakhchivan", "road", price=("AM-IR=400",), through=ANY),
    "without a class": Query("goris", "meghri", "road", forbid_class=("trunk",)),
    "with a stretch closed": Query("goris", "kapan", "road", scenario="close=goris-kapan-road"),
    "with a crossing closed": Query("meghri", "julfa", "road", scenario="close=agarak-norduz-road", through=ANY),
    "with a border opened": Query("horadiz", "kapan", "road", scenario="open=kornidzor-lachin-road"),
    "as of a year": Query("horadiz", "46.22,39.06", "road", as_of="2032", through=ANY),
}


@pytest.mark.parametrize("asked", ASKED)
def test_a_way_is_that_of_the_cut_network(built_in: Both, asked: str) -> None:
    one, other = built_in(ASKED[asked])
    if isinstance(one, str) or one.broken:
        assert not isinstance(other, Route) or other.broken == one.broken  # type: ignore[union-attr]
        assert isinstance(one, str) == isinstance(other, str)
        assert one == other or not isinstance(one, str)
    else:
        check_same(one, other)


def test_most_of_these_questions_have_a_way(built_in: Both) -> None:
    found = [built_in(query)[1] for query in ASKED.values()]
    assert sum(isinstance(route, Route) and route.broken is None for route in found) > len(found) // 2


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (Query("goris", "nakhchivan", "road"), "crossing"),
        (Query("meghri", "julfa", "rail", statuses=("open",)), "within 5 km"),
        (Query("goris", "kapan", "road", scenario="close=goris-kapan-road,goris-tatev-kapan-road"), "closes the way"),
        (Query("46.36,39.40", "kapan", "road", scenario="close=goris-kapan-road"), None),
        (Query("goris", "goris", "road"), "one point"),
        (Query("50.3,41.5", "goris", "road"), "within 5 km"),
        (Query("goris", "kapan", "road", avoid=("AM",)), "to be avoided"),
        (Query("goris", "kapan", "road", cost="beauty"), "no cost"),
        (Query("horadiz", "goris", "road", through=ANY, avoid_border=("AM-AZ", "AM-IR", "AM-AZ-NX")), "avoids"),
    ],
)
def test_where_there_is_none_the_sentence_is_the_same(built_in: Both, query: Query, says: str | None) -> None:
    one, other = built_in(query)
    if isinstance(one, Route):
        assert isinstance(other, Route)
        assert one.broken == other.broken
        text = one.broken.reason if one.broken else ""
    else:
        assert one == other
        text = one
    assert says is None or says in text


def test_a_way_on_a_real_extract_is_that_of_the_cut_network(
    study: Study, extract: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = answers(study, extract, monkeypatch)
    point = "46.38013,39.35002"
    check_same(*both(Query("46.34242,39.51080", "46.24312,38.90121", "road")))
    check_same(*both(Query(point, "nakhchivan", "road", through=ANY, cost="time")))
    one, other = both(Query(point, "nakhchivan", "road"))
    assert isinstance(one, Route)
    assert isinstance(other, Route)
    assert one.broken is not None
    assert one.broken == other.broken


def test_an_answer_holds_its_own_edges_and_not_the_network(built_in: Both) -> None:
    one, other = built_in(ASKED["from the middle of an edge to the middle of another"])
    assert isinstance(one, Route)
    assert isinstance(other, Route)
    assert other.network.edge_count <= len(set(other.edges.tolist())) + 2  # and what was cut off at either end
    assert other.network.edge_count < one.network.edge_count


def test_a_library_question_is_answered_in_the_same_way(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = (46.36, 39.40), (46.22, 39.06)
    one = study.plan(*ends, mode="road", through=ANY)
    monkeypatch.setattr(graph, "LARGE", 1)
    network = replace(study.network())
    check_same(one, study.plan(*ends, mode="road", through=ANY, network=network))
    for pair in (("goris", "goris"), (ends[0], (50.3, 41.5)), ("goris", "nakhchivan")):
        monkeypatch.setattr(graph, "LARGE", 10**9)
        plain = study.plan(*pair, mode="road")
        monkeypatch.setattr(graph, "LARGE", 1)
        assert plain.broken is not None
        assert study.plan(*pair, mode="road", network=network).broken == plain.broken


def test_gaps_and_one_way_lines_are_found_from_the_middle_of_edges(
    make_study: Callable[..., Study], monkeypatch: pytest.MonkeyPatch
) -> None:
    one_line = [[10.1, 40.1], [10.15, 40.1], [10.2, 40.1]]
    other_line = [[10.1, 40.18], [10.151, 40.16], [10.2, 40.18]]  # nearest where neither line has a node
    west, east = ([[lon + 0.02 * step, 40.3] for step in range(3)] for lon in (10.1, 10.3))
    out = {"line": [west[-1], east[0]], "oneway": True}
    points = {"a": (10.149, 40.1), "b": (10.151, 40.161), "c": (10.121, 40.3), "d": (10.319, 40.3)}
    places = {name: ("ONE", *point) for name, point in points.items()}
    study = make_study([one_line, other_line, west, east, out], places)
    both = answers(study, study.network(), monkeypatch)
    for pair, says in ((("a", "b"), "broken by 6."), (("d", "c"), "One-way")):
        one, other = both(Query(*pair, "road", through=ANY))
        assert isinstance(one, Route), one
        assert isinstance(other, Route), other
        assert one.broken == other.broken
        assert other.broken is not None
        assert says in other.broken.reason


def test_a_stop_that_one_way_lines_part_from_the_rest_gives_way_to_a_node(
    make_study: Callable[..., Study], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = [[10.1, 40.1], [10.2, 40.1], [10.2, 40.2]], [[10.2, 40.2], [10.1, 40.2], [10.1, 40.1]]
    exit_ = {"line": [[10.1, 40.1], [10.09, 40.1], [10.08, 40.1]], "oneway": True}
    places = {"a": ("ONE", 10.0901, 40.101), "b": ("ONE", 10.199, 40.101)}
    study = make_study([here, there, exit_], places)
    both = answers(study, study.network(), monkeypatch)
    check_same(*both(Query("a", "b", "road")))
    check_same(*both(Query("b", "a", "road")))


def test_metrics_and_stops_are_made_once(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "LARGE", 1)
    made, before = [], Stops.__init__

    def make(self: Stops, *given: Any) -> None:
        made.append(given)
        before(self, *given)

    monkeypatch.setattr(Stops, "__init__", make)
    network = replace(study.network())
    for cost in ("time", "time", "distance"):
        put(study, Query("goris", "meghri", "road", cost=cost), network).best()
    assert len(made) == 1


def test_an_errand_without_a_point_near_it_is_refused(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "LARGE", 1)
    permit = study.permit("road")
    far = replace(study.places["goris"], lon=10.0, lat=10.0, territory="")
    with pytest.raises(InputError, match="within 5 km"):
        Errand.pose(study.ground(replace(study.network())), far, study.places["goris"], permit)


@pytest.mark.parametrize(
    "asked", ["from the middle of an edge to the middle of another", "by rail", "as of a year", "clear of a border"]
)
def test_answers_of_more_than_one_way_are_those_of_the_whole(
    study: Study, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    query, network = ASKED[asked], replace(study.network())
    whole = put(study, query)
    monkeypatch.setattr(graph, "LARGE", 1)
    large = put(study, query, network)
    ways = [alternatives(*posed.near(STRETCH), 3) for posed in (whole, large)]
    assert ways[0].share == pytest.approx(ways[1].share)
    assert len(ways[1].routes) > 0
    for one, other in zip(*(found.routes for found in ways), strict=True):
        check_same(one, other)
    bands = [near_optimal(*posed.near(0.1), 0.1) for posed in (whole, large)]
    lengths = [sorted(band.table["length_m"].round(3)) for band in bands]
    assert lengths[0] == pytest.approx(lengths[1], abs=0.01)
    assert bands[0].best == pytest.approx(bands[1].best, abs=5)
    assert bands[1].journey.ground.network.edge_count < network.edge_count


def test_where_there_is_no_way_there_are_no_alternatives(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "LARGE", 1)
    posed = put(study, Query("goris", "nakhchivan", "road"), replace(study.network()))
    assert alternatives(*posed.near(STRETCH), 3).routes == ()


@pytest.mark.parametrize("costs", [("distance", "time"), ("distance", "in:AM"), ("time", "climb")])
def test_the_front_of_two_costs_is_that_of_the_whole(
    study: Study, monkeypatch: pytest.MonkeyPatch, costs: tuple[str, str]
) -> None:
    query = Query("horadiz", "46.22,39.06", "road", through=ANY)
    whole = front(put(study, query, single=False).weighing(costs), costs)
    monkeypatch.setattr(graph, "LARGE", 1)
    journey = put(study, query, replace(study.network()), single=False).weighing(costs)
    found = front(journey, costs)
    assert np.allclose([way.cost for way in found.ways], [way.cost for way in whole.ways], atol=10)
    assert len(found.ways) > 1


def test_a_ground_that_was_cut_for_a_question_goes_with_it(study: Study) -> None:
    places = [replace(study.places["goris"], lon=lon, lat=lat) for lon, lat in ((46.36, 39.40), (46.22, 39.06))]
    cut = study.ground().cut_also_at(places, study.permit("road"))
    assert cut is not study.ground()
    cut.ends(study.permit("road"), places[0])
    gone = weakref.ref(cut)
    gc.disable()  # nothing but its last holder lets it go
    try:
        del cut
        assert gone() is None
    finally:
        gc.enable()
