"""The ground: borders are passed at crossings alone, journeys begin where the network does, breaks say where."""

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from geo.measure import flat_frame
from geo.network import Network
from geo.territory import BoundarySet, split
from routes.ground import Ground
from routes.model import Place
from routes.permit import CLASSES, USABLE, Permit
from routes.route import Route
from routes.study import Study

MakeStudy = Callable[..., Study]

# The border runs north along 10.5 E; within 500 m of it is within 0.0059 degrees.
WEAVING = [(10.45, 40.1), (10.498, 40.1), (10.503, 40.15), (10.498, 40.2), (10.45, 40.25)]
DEEP = [(10.45, 40.1), (10.498, 40.1), (10.52, 40.15), (10.498, 40.2), (10.45, 40.25)]
ENDS = {"a": ("ONE", 10.45, 40.1), "b": ("ONE", 10.45, 40.25)}
ACROSS = [(10.4, 40.2), (10.5, 40.2), (10.6, 40.2)]
SIDES = {"a": ("ONE", 10.4, 40.2), "b": ("TWO", 10.6, 40.2)}
THREE_STATES = {
    "ONE": (10.0, 40.0, 10.5, 40.5),
    "TWO": (10.5, 40.0, 11.0, 40.5),
    "THREE": (10.0, 39.5, 11.0, 40.0),
}
GATE = {
    "id": "gate",
    "title": "The Gate",
    "mode": "road",
    "territories": ["ONE", "TWO"],
    "lon": 10.5,
    "lat": 40.2,
    "radius_m": 1000,
    "status": "closed",
    "dwell_min": {"car": [10, 20, 60]},
}


def road(study: Study, origin: str = "a", destination: str = "b", **options: Any) -> Route:
    return study.plan(origin, destination, mode="road", **options)


def km(route: Route) -> float:
    return float(route.length_m.sum() / 1000)


def passed(route: Route) -> list[tuple[str | None, str, str]]:
    return [(crossing["id"], crossing["from"], crossing["to"]) for crossing in route.crossings]


def reason(route: Route) -> str:
    assert route.broken is not None
    return route.broken.reason


# -- roads along a border ----------------------------------------------------------------------------------------------


def test_a_road_that_weaves_along_a_border_within_tolerance_passes_no_crossing(make_study: MakeStudy) -> None:
    route = road(make_study([WEAVING], ENDS))
    assert passed(route) == []
    assert set(route.zone) == {"ONE"}
    assert set(route.territory) == {"ONE", "TWO"}  # nothing is reassigned: the boundary set's word stands
    across = route.length_m[route.territory == "TWO"].sum()
    assert 5_000 < across < 8_000


def test_an_edge_of_no_length_does_not_stop_a_road_that_weaves(
    make_study: MakeStudy, make_network: Callable[..., Network]
) -> None:
    """Extracts hold some: two nodes that share one position."""
    study = make_study([WEAVING], ENDS)
    points = dict(enumerate([*WEAVING[:3], WEAVING[2], *WEAVING[3:]], start=1))
    network = make_network([{"from": n, "to": n + 1} for n in range(1, 6)], points)
    assert network.shape_length_m.min() == 0
    route = road(study, network=split(network, study.boundaries()))
    assert passed(route) == []
    assert set(route.zone) == {"ONE"}


def test_a_road_that_goes_deep_is_refused_where_no_crossing_is_declared(make_study: MakeStudy) -> None:
    route = road(make_study([DEEP], ENDS))
    assert reason(route) == (
        "The way from ONE to TWO crosses the border at 10.5000, 40.1045, where the study declares no crossing "
        "(status not known); ask for a way through ONE-TWO to use it."
    )
    assert route.broken is not None
    assert route.broken.gap_m == 0
    assert route.broken.nearest == ((10.5, 40.104546), (10.5, 40.104546))


def test_a_tolerance_of_nothing_makes_every_change_of_side_a_crossing(make_study: MakeStudy) -> None:
    study = make_study([WEAVING], ENDS, tolerance_m=0)
    assert "ask for a way through ONE-TWO" in reason(road(study))
    assert passed(road(study, through=["any"])) == [(None, "ONE", "TWO"), (None, "TWO", "ONE")]


@pytest.mark.parametrize("through", ["ONE-TWO", "TWO-ONE", "any"])
def test_an_undeclared_crossing_is_passed_when_its_border_is_named_and_then_has_no_known_status(
    make_study: MakeStudy, through: str
) -> None:
    route = road(make_study([DEEP], ENDS), through=[through])
    assert passed(route) == [(None, "ONE", "TWO"), (None, "TWO", "ONE")]
    assert {(crossing["status"], crossing["declared"]) for crossing in route.crossings} == {("not known", False)}
    assert [crossing["dwell_s"] for crossing in route.crossings] == [None, None]


# -- declared crossings ------------------------------------------------------------------------------------------------


def test_an_open_crossing_is_passed_unasked(make_study: MakeStudy) -> None:
    route = road(make_study([ACROSS], SIDES, crossings=[GATE | {"status": "open"}]))
    assert passed(route) == [("gate", "ONE", "TWO")]
    assert km(route) == pytest.approx(17.03, abs=0.01)


@pytest.mark.parametrize("status", ["closed", "planned", "none", "not known"])
def test_any_other_crossing_is_passed_only_when_named(make_study: MakeStudy, status: str) -> None:
    study = make_study([ACROSS], SIDES, crossings=[GATE | {"status": status}])
    sentence = reason(road(study))
    assert "from ONE to TWO leads over the crossing The Gate (gate), whose status is" in sentence
    assert status in sentence
    for through in ("gate", "ONE-TWO", "any"):
        assert passed(road(study, through=[through])) == [("gate", "ONE", "TWO")]


@pytest.mark.parametrize(
    "other",
    [
        {"lon": 10.5, "lat": 40.22},  # 2.2 km away, the radius is 1 km
        {"mode": "rail", "dwell_min": {}},
        {"territories": ["ONE", "THREE"]},
    ],
)
def test_a_crossing_counts_only_where_it_is_and_for_its_mode_and_states(
    make_study: MakeStudy, other: dict[str, Any]
) -> None:
    study = make_study([ACROSS], SIDES, areas=THREE_STATES, crossings=[GATE | {"status": "open"} | other])
    assert "declares no crossing" in reason(road(study))


def test_of_two_crossings_within_reach_the_nearer_is_passed(make_study: MakeStudy) -> None:
    near = GATE | {"status": "open", "radius_m": 5000, "lat": 40.21}
    further = near | {"id": "far", "title": "Far", "lat": 40.17}
    assert passed(road(make_study([ACROSS], SIDES, crossings=[further, near]))) == [("gate", "ONE", "TWO")]


TWO_WAYS = [
    ACROSS,
    [(10.4, 40.2), (10.4, 40.4), (10.5, 40.4), (10.6, 40.4), (10.6, 40.2)],
]
SHORT_STRETCH = {"id": "s", "title": "S", "mode": "road", "from": "a", "to": "b"}
WAY = {"id": "way", "title": "Way", "mode": "road", "colour": "#000000", "stretches": ["s"]}
FAR_GATE = GATE | {"id": "far", "title": "Far Gate", "lat": 40.4}


@pytest.mark.parametrize(("named", "length_km"), [("gate", 17.0), ("far", 61.4)])
def test_a_candidate_passes_the_closed_crossing_that_it_names_and_no_other(
    make_study: MakeStudy, named: str, length_km: float
) -> None:
    candidate = WAY | {"crossings": [named]}
    study = make_study(TWO_WAYS, SIDES, crossings=[GATE, FAR_GATE], stretches=[SHORT_STRETCH], candidates=[candidate])
    route = study.route("way")
    assert passed(route) == [(named, "ONE", "TWO")]
    assert km(route) == pytest.approx(length_km, abs=0.1)


def test_a_candidate_that_names_no_crossing_breaks_at_the_border(make_study: MakeStudy) -> None:
    study = make_study(TWO_WAYS, SIDES, crossings=[GATE], stretches=[SHORT_STRETCH], candidates=[WAY])
    assert "The Gate (gate), whose status is “closed”" in reason(study.route("way"))
    undeclared = make_study(TWO_WAYS, SIDES, stretches=[SHORT_STRETCH], candidates=[WAY])
    assert "declares no crossing" in reason(undeclared.route("way"))


def test_a_journey_may_end_at_the_border_itself(make_study: MakeStudy) -> None:
    places = SIDES | {"m": ("ONE", 10.5, 40.2)}
    study = make_study([ACROSS], places, crossings=[GATE | {"status": "open"}])
    assert passed(road(study, "b", "m")) == [("gate", "TWO", "ONE")]
    assert passed(road(study, "m", "b")) == [("gate", "ONE", "TWO")]
    assert passed(road(study, "m", "a")) == []
    ends = [(crossing["lon"], crossing["lat"]) for crossing in road(study, "b", "m").crossings]
    assert ends == [(10.5, 40.2)]


# -- no way round the rule ---------------------------------------------------------------------------------------------

STEP = 0.004  # degrees: 340 m east, 444 m north; the tolerance is 500 m
SIZE = 10
CENTRE = (10.5, 40.2)
CORNERS = [(i, j) for i in range(SIZE) for j in range(SIZE)]
STREETS = [((i, j), (i + 1, j)) for i, j in CORNERS if i + 1 < SIZE]
STREETS += [((i, j), (i, j + 1)) for i, j in CORNERS if j + 1 < SIZE]
STREETS += [((i, j), (i + 1, j + 1)) for i, j in CORNERS if i + 1 < SIZE and j + 1 < SIZE]


def corner_point(corner: tuple[int, int]) -> tuple[float, float]:
    return (
        round(CENTRE[0] + (corner[0] - SIZE / 2 + 0.5) * STEP, 7),
        round(CENTRE[1] + (corner[1] - SIZE / 2 + 0.5) * STEP, 7),
    )


def crooked_borders(bends: list[float], south: float | None) -> BoundarySet:
    """ONE in the west and TWO in the east of a crooked line; THREE, if any, south of a parallel."""
    line = [(10.5 + bend, 40.17 + 0.006 * k) for k, bend in enumerate(bends)]
    low, high = [(line[0][0], 39.9)], [(line[-1][0], 40.4)]
    middle = [*low, *line, *high]
    one = shapely.Polygon([(10.3, 39.9), *middle, (10.3, 40.4)])
    two = shapely.Polygon([*middle, (10.7, 40.4), (10.7, 39.9)])
    areas: dict[str, Any] = {"ONE": one, "TWO": two}
    if south is not None:
        three = shapely.box(10.3, 39.9, 10.7, south)
        areas = {key: area.difference(three) for key, area in areas.items()} | {"THREE": three}
    shapes = np.array(list(areas.values()), dtype=object)
    return BoundarySet("b", "B", 500.0, "made up", "CC0", "Indicative.", tuple(areas), shapes)


@settings(max_examples=60)
@given(
    missing=st.sets(st.integers(0, len(STREETS) - 1), max_size=120),
    bends=st.lists(st.floats(-0.006, 0.006).map(lambda x: round(x, 5)), min_size=11, max_size=11),
    south=st.one_of(st.none(), st.floats(40.185, 40.205).map(lambda y: round(y, 5))),
    data=st.data(),
)
def test_no_way_joins_points_deep_in_two_states_without_a_crossing(
    corridor: Study,
    make_network: Callable[..., Network],
    missing: set[int],
    bends: list[float],
    south: float | None,
    data: st.DataObject,
) -> None:
    """Whatever the streets, wherever the border bends, and even where three states meet."""
    boundaries = crooked_borders(bends, south)
    number = {corner: i for i, corner in enumerate(CORNERS, start=1)}
    edges = [{"from": number[a], "to": number[b]} for i, (a, b) in enumerate(STREETS) if i not in missing]
    network = split(make_network(edges, {number[c]: corner_point(c) for c in CORNERS}), boundaries)
    project = flat_frame(*CENTRE)
    borders = shapely.transform(shapely.union_all([area.boundary for area in boundaries.areas]), project)
    deep: dict[str, list[Place]] = {}
    for corner in CORNERS:
        lon, lat = corner_point(corner)
        if Point(*project(np.array([[lon, lat]]))[0]).distance(borders) > 520:  # nearness is measured in 20 m steps
            key = boundaries.territory_at(lon, lat)
            deep.setdefault(key, []).append(Place(f"{corner[0]}-{corner[1]}", {}, key, lon, lat))
    assume(len(deep) > 1)
    permit = Permit("road", CLASSES["road"], frozenset(USABLE))
    ground = Ground(corridor_without_crossings(corridor), network)
    one, other = data.draw(st.permutations(sorted(deep)))[:2]
    origin, destination = data.draw(st.sampled_from(deep[one])), data.draw(st.sampled_from(deep[other]))
    abroad = ground.between(origin, destination, permit)
    assert abroad.broken is not None
    # At home a way is found wherever one lies inside the state altogether, and it keeps to the border rule.
    target = data.draw(st.sampled_from(deep[one]))
    home = ground.between(origin, target, permit)
    assert home.passed == ()
    strays = home.territory != one
    near = home.network.near_m[home.edges] >= home.network.shape_length_m[home.edges]
    assert bool(np.all(near[strays]))
    inside = nx.Graph()
    rows = np.flatnonzero(home.network.text["territory"].isin((one,)))
    inside.add_edges_from(zip(home.network.u[rows].tolist(), home.network.v[rows].tolist(), strict=True))
    found = [node_at(home.network, place) for place in (origin, target)]
    if origin != target and all(n in inside for n in found) and nx.has_path(inside, *found):
        assert home.broken is None


def node_at(network: Network, place: Place) -> int:
    return int(np.argmin(np.hypot(network.node_lon - place.lon, network.node_lat - place.lat)))


def corridor_without_crossings(corridor: Study) -> Study:
    study = Study(corridor.folder)
    study.__dict__["crossings"] = {}
    return study


# -- what a search may use ---------------------------------------------------------------------------------------------


def test_a_territory_can_be_avoided(make_study: MakeStudy) -> None:
    lines = [
        [(10.2, 40.1), (10.2, 40.0), (10.2, 39.9), (10.4, 39.9), (10.4, 40.0), (10.4, 40.1)],
        [(10.2, 40.1), (10.2, 40.4), (10.4, 40.4), (10.4, 40.1)],
    ]
    study = make_study(lines, {"a": ("ONE", 10.2, 40.1), "b": ("ONE", 10.4, 40.1)}, areas=THREE_STATES)
    through, around = road(study, through=["any"]), road(study, through=["any"], avoid=["THREE"])
    assert set(through.territory) == {"ONE", "THREE"}
    assert set(around.territory) == {"ONE"}
    assert km(through) < km(around)


def test_only_the_statuses_asked_for_are_used_and_razed_ones_never(make_study: MakeStudy) -> None:
    short = {"line": [(10.1, 40.2), (10.3, 40.2)], "status": "construction"}
    shortest = {"line": [(10.1, 40.2), (10.2, 40.2001), (10.3, 40.2)], "status": "razed", "length_km": 1}
    long = [(10.1, 40.2), (10.2, 40.3), (10.3, 40.2)]
    study = make_study([short, shortest, long], {"a": ("ONE", 10.1, 40.2), "b": ("ONE", 10.3, 40.2)})
    assert set(road(study).status) == {"construction"}
    assert set(road(study, statuses=["open"]).status) == {"open"}
    assert road(study, statuses=["abandoned"]).broken is not None


def test_tracks_are_no_roads(make_study: MakeStudy) -> None:
    track = {"line": [(10.1, 40.2), (10.3, 40.2)], "class": "track"}
    long = [(10.1, 40.2), (10.2, 40.3), (10.3, 40.2)]
    route = road(make_study([track, long], {"a": ("ONE", 10.1, 40.2), "b": ("ONE", 10.3, 40.2)}))
    assert km(route) == pytest.approx(28, abs=1)


# -- where journeys begin, pass and end --------------------------------------------------------------------------------


def test_a_journey_begins_at_the_vertex_nearest_to_its_place(make_study: MakeStudy) -> None:
    line = [(10.1, 40.2), (10.2, 40.2), (10.25, 40.2), (10.3, 40.2), (10.4, 40.2)]
    route = road(make_study([line], {"a": ("ONE", 10.19, 40.21), "b": ("ONE", 10.31, 40.19)}))
    assert route.line is not None
    assert route.line.coords[0] == (10.2, 40.2)
    assert route.line.coords[-1] == (10.3, 40.2)


def test_a_journey_begins_in_the_territory_of_its_place(make_study: MakeStudy) -> None:
    lines = [[(10.3, 40.2), (10.4, 40.2), (10.49, 40.2)], [(10.505, 40.22), (10.505, 40.2), (10.6, 40.2), (10.9, 40.2)]]
    study = make_study(lines, {"a": ("ONE", 10.499, 40.2), "b": ("ONE", 10.3, 40.2)})
    route = road(study)
    assert route.line is not None
    assert route.line.coords[0] == (10.49, 40.2)  # the other state's road is nearer, and longer


def test_a_place_does_not_stand_for_a_road_of_another_state(make_study: MakeStudy) -> None:
    """Even where the network holds nothing at all in the place's own."""
    study = make_study([[(10.3, 40.2), (10.49, 40.2)]], {"a": ("TWO", 10.502, 40.2), "b": ("ONE", 10.3, 40.2)})
    assert "within 5 km of A on this network" in reason(road(study))


def test_a_journey_begins_on_the_largest_part_of_the_network_within_reach(make_study: MakeStudy) -> None:
    lines = [[(10.1, 40.2), (10.15, 40.2), (10.3, 40.2)], [(10.15, 40.21), (10.15, 40.215)]]
    route = road(make_study(lines, {"a": ("ONE", 10.15, 40.21), "b": ("ONE", 10.3, 40.2)}))
    assert route.line is not None
    assert route.line.coords[0] == (10.15, 40.2)


def test_a_via_place_is_passed_not_visited(make_study: MakeStudy) -> None:
    lines = [[(10.1, 40.2), (10.2, 40.2)], [(10.2, 40.2), (10.3, 40.2)], [(10.2, 40.2), (10.2, 40.21), (10.2, 40.22)]]
    places = {"a": ("ONE", 10.1, 40.2), "town": ("ONE", 10.2, 40.22), "b": ("ONE", 10.3, 40.2)}
    study = make_study(lines, places, stretches=[SHORT_STRETCH | {"via": ["town"]}], candidates=[WAY])
    route = study.route("way")
    assert km(route) == pytest.approx(17.03, abs=0.01)
    assert len(set(route.edges)) == len(route.edges)


def test_a_via_place_chooses_the_way(make_study: MakeStudy) -> None:
    places = {"a": ("ONE", 10.1, 40.2), "north": ("ONE", 10.2, 40.3), "b": ("ONE", 10.3, 40.2)}
    lines = [[(10.1, 40.2), (10.3, 40.2)], [(10.1, 40.2), (10.2, 40.3), (10.3, 40.2)]]
    study = make_study(lines, places, stretches=[SHORT_STRETCH | {"via": ["north"]}], candidates=[WAY])
    assert km(study.route("way")) == pytest.approx(28, abs=1)


def test_stretches_are_turned_to_follow_each_other(make_study: MakeStudy) -> None:
    places = {"a": ("ONE", 10.1, 40.2), "m": ("ONE", 10.2, 40.2), "b": ("ONE", 10.3, 40.2)}
    stretches = [
        {"id": "one", "title": "One", "mode": "road", "from": "m", "to": "a"},
        {"id": "two", "title": "Two", "mode": "road", "from": "b", "to": "m"},
    ]
    line = [(10.1, 40.2), (10.2, 40.2), (10.3, 40.2)]
    study = make_study([line], places, stretches=stretches, candidates=[WAY | {"stretches": ["one", "two"]}])
    route = study.route("way")
    assert route.line is not None
    assert list(route.line.coords) == [(10.1, 40.2), (10.2, 40.2), (10.3, 40.2)]
    assert route.stretch.tolist() == ["one", "two"]


# -- breaks ------------------------------------------------------------------------------------------------------------


def test_a_break_says_how_wide_the_gap_is_and_where(make_study: MakeStudy) -> None:
    lines = [[(10.1, 40.2), (10.2, 40.2)], [(10.21, 40.2), (10.3, 40.2)]]
    route = road(make_study(lines, {"a": ("ONE", 10.1, 40.2), "b": ("ONE", 10.3, 40.2)}))
    assert route.broken is not None
    assert route.broken.gap_m == pytest.approx(852, abs=1)
    assert route.broken.nearest == ((10.2, 40.2), (10.21, 40.2))
    assert route.broken.reason == "The line is broken by 0.9 km between 10.2000, 40.2000 and 10.2100, 40.2000."
    assert route.line is None
    assert len(route.edges) == 0
    assert route.broken.record()["nearest"] == [[10.2, 40.2], [10.21, 40.2]]


def test_a_one_way_line_against_the_journey_is_named_as_such(make_study: MakeStudy) -> None:
    lines = [
        [(10.1, 40.2), (10.15, 40.2), (10.2, 40.2)],
        {"line": [(10.25, 40.2), (10.2, 40.2)], "oneway": True},
        [(10.25, 40.2), (10.27, 40.2), (10.3, 40.2)],
    ]
    study = make_study(lines, {"a": ("ONE", 10.1, 40.2), "b": ("ONE", 10.3, 40.2)})
    assert "The line is broken" not in reason(road(study))
    assert "One-way" in reason(road(study))
    assert road(study, "b", "a").broken is None


def test_a_place_out_of_reach_of_the_network_is_named(make_study: MakeStudy) -> None:
    places = {"a": ("ONE", 10.1, 40.2), "b": ("ONE", 10.3, 40.4)}
    route = road(make_study([[(10.1, 40.2), (10.3, 40.2)]], places))
    assert route.broken is not None
    assert (route.broken.gap_m, route.broken.nearest) == (None, None)
    assert route.broken.reason == "No road that may be used lies within 5 km of B on this network."


def test_a_network_without_the_mode_breaks_a_candidate_and_is_no_failure(make_study: MakeStudy) -> None:
    study = make_study(
        [[(10.1, 40.2), (10.3, 40.2)]],
        {"a": ("ONE", 10.1, 40.2), "b": ("ONE", 10.3, 40.2)},
        stretches=[SHORT_STRETCH | {"mode": "rail"}],
        candidates=[WAY | {"mode": "rail"}],
    )
    assert reason(study.routes()[0]) == "No rail that may be used lies within 5 km of A on this network."
    assert reason(study.plan("a", "b", mode="rail")) == reason(study.route("way"))


def test_two_names_of_one_point_are_no_journey(make_study: MakeStudy) -> None:
    study = make_study([[(10.1, 40.2), (10.3, 40.2)]], {"a": ("ONE", 10.1, 40.2), "b": ("ONE", 10.1, 40.2001)})
    assert reason(road(study)) == "A and B stand for the same point of this network, 10.1000, 40.2000."
