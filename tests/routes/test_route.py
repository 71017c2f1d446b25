"""A route as a traveller meets it: in order, whole, and the same length both ways."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.network import Network
from routes.geojson import segment_rows
from routes.ground import Ground
from routes.model import Place
from routes.permit import ANY, CLASSES, USABLE, Permit
from routes.route import Route
from routes.study import Study

GEOD = Geod(ellps="WGS84")
ROADS = Permit("road", CLASSES["road"], frozenset(USABLE), borders=frozenset({ANY}))
CORNERS = [(i, j) for i in range(5) for j in range(5)]
POINT = {n: (10.1 + 0.03 * i, 40.1 + 0.02 * j) for n, (i, j) in enumerate(CORNERS, start=1)}
STREETS = [
    (a, b) for a in POINT for b in POINT if a < b and np.abs(np.subtract(CORNERS[a - 1], CORNERS[b - 1])).sum() == 1
]


@settings(max_examples=60)
@given(
    kept=st.sets(st.sampled_from(STREETS), min_size=15),
    turned=st.sets(st.sampled_from(STREETS)),
    ends=st.lists(st.sampled_from(sorted(POINT)), min_size=2, max_size=2, unique=True),
)
def test_law_3_a_route_and_its_way_back_have_one_length_and_one_geometry(
    corridor: Study,
    make_network: Callable[..., Network],
    kept: set[tuple[int, int]],
    turned: set[tuple[int, int]],
    ends: list[int],
) -> None:
    edges = [{"from": a, "to": b} if (a, b) not in turned else {"from": b, "to": a} for a, b in sorted(kept)]
    ground = Ground(corridor, make_network(edges, POINT))
    origin, destination = (Place(str(n), {}, "", *POINT[n]) for n in ends)
    there, back = ground.between(origin, destination, ROADS), ground.between(destination, origin, ROADS)
    assert (there.broken is None) == (back.broken is None)
    if there.line is None or back.line is None:
        return
    assert there.length_m.sum() == pytest.approx(back.length_m.sum(), abs=1e-3 * len(there.edges))
    along = GEOD.geometry_length(there.line)
    assert along == pytest.approx(there.length_m.sum())
    assert GEOD.geometry_length(there.line.reverse()) == pytest.approx(along)
    # Each edge goes on where the one before ended, and the ends are the places asked for, or the nearest within reach.
    points = there.coordinates()
    assert len(points) == len(there.edges) + 1
    assert there.line.is_simple


def test_a_segment_is_a_run_of_one_territory_status_and_stretch(way: Route) -> None:
    segments = way.segments
    assert segments["id"].tolist() == ["way.1", "way.2"]
    assert segments[["territory", "status", "stretch"]].to_numpy().tolist() == [
        ["ONE", "open", "west"],
        ["TWO", "construction", "east"],
    ]
    assert segments["from_m"].tolist() == [0.0, segments["to_m"][0]]
    assert segments["to_m"].tolist()[1] == pytest.approx(way.length_m.sum())
    assert segments["length_m"].sum() == pytest.approx(way.length_m.sum())
    assert segments["crossings"].tolist() == [["gate"], ["gate"]]
    assert segments.crs == "EPSG:4326"
    first, second = segments.geometry
    assert first.coords[-1] == second.coords[0] == (10.5, 40.2)
    assert way.line is not None
    assert way.line.coords[0] == first.coords[0]


def test_what_a_segment_does_not_know_is_none(way: Route, make_route: Callable[..., Route]) -> None:
    assert way.segments["name"].tolist() == ["=West <Road>", None]
    assert way.segments["accuracy_m"].tolist() == [100, 200]
    built = make_route([{"class": ""}, {"status": "proposed"}]).segments
    for column in ("link", "name", "ref", "near_territory", "stretch"):
        assert built[column].tolist() == [None, None]
    assert built["class"].tolist() == [None, "primary"]
    assert np.isnan(built["accuracy_m"]).all()


def test_a_crossing_lies_between_two_segments_even_where_the_side_of_the_line_stays_the_same(
    make_route: Callable[..., Route],
) -> None:
    """Weaving over to TWO while still counted in ONE, and only then through the gate."""
    weaving = make_route(
        [{"territory": key, "zone": zone} for key, zone in (("ONE", "ONE"), ("TWO", "ONE"), ("TWO", "TWO"))]
    )
    route = replace(weaving, passed=((2, "gate", "ONE", "TWO"),))
    assert route.segments["territory"].tolist() == ["ONE", "TWO", "TWO"]
    assert route.segments["crossings"].tolist() == [[], ["gate"], ["gate"]]


def test_a_crossing_lies_where_the_border_is_passed(way: Route) -> None:
    (crossing,) = way.crossings
    assert (crossing["id"], crossing["status"], crossing["declared"]) == ("gate", "closed", True)
    assert (crossing["from"], crossing["to"]) == ("ONE", "TWO")
    assert (crossing["lon"], crossing["lat"]) == (10.5, 40.2)
    assert crossing["at_m"] == pytest.approx(way.segments["to_m"][0])
    assert crossing["dwell_s"] == {"lorry": {"low": 600.0, "central": 1200.0, "high": 3600.0}}


def test_a_run_is_maximal(make_route: Callable[..., Route]) -> None:
    route = make_route([{"territory": key} for key in ("ONE", "ONE", "TWO", "ONE")])
    assert route.runs(route.territory) == [(0, 2), (2, 3), (3, 4)]
    assert route.runs() == [(0, 4)]


def test_a_profile_follows_the_journey_also_against_the_edges(make_route: Callable[..., Route]) -> None:
    route = make_route(
        [
            {"km": 1, "heights": [100, 200, 300]},
            {"km": 2, "heights": [300, 250, 200], "forward": False, "structure": "tunnel"},
        ]
    )
    profile = route.profile
    assert profile is not None
    assert profile["distance_m"].tolist() == pytest.approx([0, 500, 1000, 2000, 3000])
    assert profile["ele_m"].tolist() == [100, 200, 300, 250, 200]
    assert profile["tunnels"][0] == pytest.approx([1000, 3000])
    assert len(profile["tunnels"]) == 1
    assert profile["territories"] == [[0, pytest.approx(3000), "ONE"]]
    assert profile["cell_m"] == 30


def test_without_relief_there_is_no_profile(way: Route) -> None:
    assert way.profile is None


def test_a_broken_route_has_no_line_no_segments_and_says_why(nowhere: Route) -> None:
    assert nowhere.broken is not None
    assert nowhere.broken.record()["from"] == "b"
    assert nowhere.line is None
    assert nowhere.crossings == ()
    assert nowhere.segments["length_m"].tolist() == []
    assert nowhere.runs(nowhere.status) == []
    assert nowhere.profile is None


def test_a_run_of_less_than_a_metre_is_no_segment_of_its_own(make_route: Callable[..., Route]) -> None:
    route = make_route(
        [
            {"km": 5, "territory": "ONE"},
            {"km": 0.0004, "territory": "ONE", "status": "disused"},
            {"km": 3, "territory": "TWO"},
            {"km": 0.0004, "territory": "ONE"},
            {"km": 2, "territory": "TWO", "structure": "tunnel"},
        ]
    )
    segments = route.segments
    assert segments[["id", "territory", "status", "structure"]].to_numpy().tolist() == [
        ["built.1", "ONE", "open", "none"],
        ["built.2", "TWO", "open", "none"],
        ["built.3", "TWO", "open", "tunnel"],
    ]
    assert segments["length_m"].tolist() == pytest.approx([5000.4, 3000, 2000.4])
    assert segments["length_m"].sum() == pytest.approx(route.length_m.sum())
    assert segments["to_m"].tolist()[:-1] == segments["from_m"].tolist()[1:]


def test_a_route_shorter_than_a_metre_is_one_segment(make_route: Callable[..., Route]) -> None:
    specks = make_route([{"km": 0.0003}, {"km": 0.0004, "status": "disused"}])
    assert specks.segments["status"].tolist() == ["disused"]


def test_a_segment_carries_the_notes_of_its_lines_in_order_and_no_clause_twice(
    make_study: Callable[..., Study],
) -> None:
    lines = [
        {"line": [(10.1, 40.2), (10.2, 40.2)], "note": "the old road; closed in winter"},
        {"line": [(10.2, 40.2), (10.3, 40.2)], "note": "drawn between places; closed in winter"},
        {"line": [(10.3, 40.2), (10.4, 40.2)], "status": "proposed"},
    ]
    study = make_study(lines, {"a": ("ONE", 10.1, 40.2), "b": ("ONE", 10.4, 40.2)})
    route = study.plan("a", "b", mode="road")
    assert route.segments["note"].tolist() == ["the old road; closed in winter; drawn between places", None]
    assert [row["note"] for row in segment_rows(route)] == route.segments["note"].tolist()
