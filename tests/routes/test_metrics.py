"""Metrics: lengths that add up (law 1), routes reversed (law 3), borders in doubt, and what is not known."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.network import LENGTH_BASES, STATUSES, STRUCTURES
from routes.lengths import (
    geodesic_m,
    length_by,
    length_by_territory_range_m,
    length_m,
    near_border_m,
    shape_length_m,
    sinuosity,
    to_build_m,
)
from routes.metrics import properties
from routes.rounding import shares
from routes.route import Route
from routes.study import Study
from routes.travel import travel_time

EDGES = st.lists(
    st.fixed_dictionaries(
        {
            "km": st.floats(0.001, 200, allow_nan=False),
            "territory": st.sampled_from(["ONE", "TWO", "THREE", ""]),
            "status": st.sampled_from(STATUSES),
            "structure": st.sampled_from(STRUCTURES),
            "class": st.sampled_from(["primary", "trunk", "track", ""]),
        }
    ),
    min_size=1,
    max_size=40,
)
CLIMBING = st.lists(
    st.tuples(st.floats(0.1, 20), st.lists(st.floats(0, 4000, width=16), min_size=1, max_size=6)),
    min_size=1,
    max_size=10,
)
some = settings(max_examples=60)
GEOD = Geod(ellps="WGS84")
PARTS = ("territory", "status", "structure", "class", "basis")
NULL_IS_AN_ANSWER = {"notice", "broken", "time_condition", "scenario"}


@some
@given(edges=EDGES)
def test_law_1_kilometres_by_any_column_add_up_to_the_length(
    make_route: Callable[..., Route], edges: list[dict[str, Any]]
) -> None:
    route = make_route(edges)
    total = length_m(route)
    for column in ("territory", "status", "structure", "class", "length_basis"):
        assert math.fsum(length_by(route, column).values()) == pytest.approx(total, rel=1e-14)
    given_out = properties(route)
    for column in PARTS:
        parts = given_out[f"length_by_{column}_m"]
        assert math.fsum(parts.values()) == pytest.approx(given_out["length_m"], abs=1e-6)
    assert given_out["length_m"] == pytest.approx(total, abs=0.0005)
    assert given_out["to_build_m"] == pytest.approx(
        given_out["length_m"] - given_out["length_by_status_m"].get("open", 0), abs=0.002
    )


@given(parts=st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_rounded_parts_add_up_and_none_moves_by_more_than_a_millimetre(parts: list[float]) -> None:
    exact = {str(number): metres for number, metres in enumerate(parts)}
    total_m = round(math.fsum(parts), 3)
    rounded = shares(exact, total_m)
    assert math.fsum(rounded.values()) == pytest.approx(total_m, abs=1e-6)
    assert all(abs(rounded[key] - exact[key]) < 0.0011 for key in exact)


def _climb(parts: list[tuple[float, list[float]]], *, forward: bool) -> list[dict[str, Any]]:
    """Edges whose heights join: each begins where the one before ended."""
    edges: list[dict[str, Any]] = []
    last = 100.0
    for km, heights in parts:
        edges.append({"km": km, "heights": [last, *heights], "forward": forward})
        last = heights[-1]
    if forward:
        return edges
    return [{**edge, "heights": edge["heights"][::-1]} for edge in reversed(edges)]


@some
@given(parts=CLIMBING)
def test_law_3_a_route_reversed_is_as_long_and_high_and_swaps_ascent_and_descent(
    make_route: Callable[..., Route], corridor: Study, parts: list[tuple[float, list[float]]]
) -> None:
    there, back = (make_route(_climb(parts, forward=forward)) for forward in (True, False))
    one, other = properties(there), properties(back)
    for name in ("length_m", "highest_m", "to_build_m"):
        assert one[name] == other[name]
    assert one["ascent_m"] == other["descent_m"]
    assert one["descent_m"] == other["ascent_m"]
    assert one["ascent_range_m"] == other["descent_range_m"]
    lorry = corridor.vehicles["lorry"]
    assert travel_time(there, lorry).moving_s.central == pytest.approx(travel_time(back, lorry).moving_s.central)


def test_law_7_the_same_route_gives_the_same_properties(way: Route) -> None:
    assert json.dumps(properties(way)) == json.dumps(properties(way))


def test_the_corridor_comes_out_as_it_was_drawn(way: Route) -> None:
    found = properties(way)
    west_m = GEOD.line_length([10.1, 10.3, 10.5], [40.2, 40.25, 40.2])
    assert found["length_by_territory_m"] == {"ONE": pytest.approx(west_m, abs=0.001), "TWO": 40_000.0}
    assert found["length_by_status_m"].keys() == {"open", "construction"}
    assert found["length_by_basis_m"] == {"shape": pytest.approx(west_m, abs=0.001), "published": 40_000.0}
    assert found["to_build_m"] == 40_000.0
    assert found["shape_length_m"] < found["length_m"]
    assert found["geodesic_m"] == pytest.approx(GEOD.inv(10.1, 40.2, 10.9, 40.2)[2], abs=0.001)
    assert found["sinuosity"] == pytest.approx(found["shape_length_m"] / found["geodesic_m"], abs=1e-4)
    assert found["standing"] == "offered"
    assert found["ends"] == ["ONE", "TWO"]
    assert [crossing["id"] for crossing in found["crossings"]] == ["gate"]
    assert found["works"] == ["W-1", "W-2"]
    assert found["network"] == {
        "title": "Made-up network",
        "data_date": "2026-01-02",
        "generalised": True,
        "accuracy_m": 200.0,
    }


def test_a_route_says_first_that_it_cannot_be_used_today(way: Route, make_route: Callable[..., Route]) -> None:
    found = properties(way)
    assert found["usable_today"] is False
    assert found["notice"] == "Cannot be used today: The Gate is closed; 40.0 km are not open."
    open_ = properties(make_route([{}]))
    assert (open_["usable_today"], open_["notice"], open_["time_condition"]) == (True, None, None)


def test_a_broken_route_is_an_answer_with_reasons(nowhere: Route) -> None:
    found = properties(nowhere)
    assert found["broken"]["to"] == "far"
    for name in ("length_m", "length_by_territory_m", "time_s", "ascent_m", "crossings", "usable_today"):
        assert found[name] is None
        assert found["reasons"][name].startswith("not resolved on this network: ")
    assert found["notice"].startswith("Not resolved on this network: ")


def test_what_is_not_known_is_null_with_a_reason(make_route: Callable[..., Route]) -> None:
    found = properties(make_route([{"territory": "", "class": ""}]))
    assert found["length_by_territory_m"] == {"not known": 1000.0}
    assert found["length_by_class_m"] == {"not known": 1000.0}
    missing = {name for name, value in found.items() if value is None} - NULL_IS_AN_ANSWER
    heights = {"highest_m", "highest_range_m", "ascent_m", "ascent_range_m", "descent_m", "descent_range_m"}
    assert missing == {"standing", *heights}
    assert missing <= found["reasons"].keys()


def test_every_figure_says_what_it_rests_on(way: Route) -> None:
    found = properties(way)
    figures = {name for name, value in found.items() if name.endswith(("_m", "_s")) and value is not None}
    assert {*figures, "sinuosity", "standing", "crossings", "provisions", "works"} <= found["basis"].keys()
    for name in figures - {"dwell_s"}:
        assert found["basis"][name]["formula"]
        assert "survey" in found["basis"][name]["sources"]
    assert found["basis"]["length_by_territory_m"]["sources"] == ["survey", "made-up"]
    assert found["basis"]["dwell_s"]["sources"] == ["survey", "assumed"]


# -- borders in doubt ------------------------------------------------------------------------------------------------


def test_kilometres_that_weave_along_a_border_are_counted_once_and_given_as_ranges(
    make_route: Callable[..., Route],
) -> None:
    route = make_route(
        [
            {"km": 10, "territory": "ONE"},
            {"km": 4, "territory": "ONE", "near": ("TWO", 0.5)},
            {"km": 3, "territory": "TWO", "zone": "ONE", "near": ("ONE", 1.0)},
            {"km": 5, "territory": "ONE", "near": ("TWO", 1.0)},
        ]
    )
    assert length_by(route, "territory") == pytest.approx({"ONE": 19_000, "TWO": 3_000})
    assert near_border_m(route) == {("ONE", "TWO"): pytest.approx(7_000), ("TWO", "ONE"): pytest.approx(3_000)}
    ranges = length_by_territory_range_m(route)
    assert ranges["ONE"] == pytest.approx((12_000, 22_000))
    assert ranges["TWO"] == pytest.approx((0, 10_000))
    found = properties(route)
    assert found["length_near_border_m"] == pytest.approx(10_000)
    assert found["length_by_territory_range_m"]["TWO"] == [pytest.approx(0, abs=0.01), pytest.approx(10_000)]


def test_running_beside_a_border_without_changing_sides_leaves_nothing_in_doubt(
    make_route: Callable[..., Route],
) -> None:
    route = make_route([{"km": 10, "territory": "ONE", "near": ("TWO", 1.0)}, {"km": 5, "territory": "TWO"}])
    found = properties(route)
    assert found["length_near_border_m"] == 0
    assert found["length_by_territory_range_m"] == {"ONE": [10_000, 10_000], "TWO": [5_000, 5_000]}


def test_nearness_is_measured_on_the_shape_and_counted_on_the_length(make_route: Callable[..., Route]) -> None:
    route = make_route([{"km": 8, "territory": "ONE", "zone": "TWO", "near": ("TWO", 0.25)}])
    assert shape_length_m(route) == pytest.approx(854, abs=1)
    assert near_border_m(route) == {("ONE", "TWO"): pytest.approx(2_000)}


# -- heights and ends ------------------------------------------------------------------------------------------------


def test_ascent_comes_with_its_range_and_the_highest_point(make_route: Callable[..., Route]) -> None:
    steady = make_route([{"km": 20, "heights": [float(100 + 5 * i) for i in range(201)]}])
    found = properties(steady)
    assert found["highest_m"] == 1100
    assert found["highest_range_m"] == [1100, pytest.approx(1102.5, abs=0.1)]  # the road rises 2.5 m in half a window
    assert found["ascent_m"] == pytest.approx(1000, abs=5)
    assert found["ascent_range_m"][0] <= found["ascent_m"] <= found["ascent_range_m"][1]


def test_heights_that_are_missing_make_the_highest_point_not_known(make_route: Callable[..., Route]) -> None:
    found = properties(make_route([{"heights": [100.0, math.nan, 120.0]}]))
    assert found["highest_m"] is None
    assert found["reasons"]["highest_m"] == "not known: the relief has no heights along 1.0 of 1.0 km"


def test_straight_and_built_lengths(make_route: Callable[..., Route]) -> None:
    route = make_route([{"km": 2}, {"km": 3, "status": "disused"}, {"km": 4, "status": "construction"}])
    assert to_build_m(route) == 7_000
    assert geodesic_m(route) == pytest.approx(shape_length_m(route), rel=1e-6)
    assert sinuosity(route) == pytest.approx(1, rel=1e-6)


# -- what is said of a route -----------------------------------------------------------------------------------------


def test_a_route_is_not_known_to_be_usable_where_only_the_status_of_a_crossing_is_in_doubt(
    make_route: Callable[..., Route],
) -> None:
    steps = [{"territory": "ONE"}, {"territory": "TWO"}]
    unknown = replace(make_route(steps), passed=((1, "", "ONE", "TWO"),))
    border = "the status of Border ONE-TWO, no declared crossing is not known"
    assert properties(unknown)["notice"] == f"Not known to be usable today: {border}."
    closed = replace(make_route([*steps, {"status": "disused"}]), passed=((1, "", "ONE", "TWO"),))
    assert properties(closed)["notice"] == f"Cannot be used today: {border}; 1.0 km are not open."


@pytest.mark.parametrize(
    ("km", "basis", "said"),
    [
        (12.34, "shape", "12.3 km are not open"),
        (12.34, "published", "12.3 km are not open"),
        (12.34, "estimated", "about 12 km are not open"),
        (0.68, "estimated", "about 1 km is not open"),
        (0.3, "estimated", "less than 1 km is not open"),
    ],
)
def test_a_notice_gives_no_more_digits_than_a_length_bears(
    make_route: Callable[..., Route], km: float, basis: str, said: str
) -> None:
    route = make_route([{"km": 5}, {"km": km, "status": "disused"}])
    network = replace(route.network, length_basis=np.full(2, LENGTH_BASES.index(basis), dtype=np.uint8))
    found = properties(replace(route, network=network))
    assert found["notice"] == f"Cannot be used today: {said}."
    assert found["time_condition"] == f"if opened; {said}"


def test_a_route_is_named_in_one_line(make_route: Callable[..., Route], nowhere: Route) -> None:
    route = make_route([{"km": 5}])
    assert repr(route) == f"Route({route.id!r}, 5.0 km, 0 crossings)"
    assert repr(route.network) == f"Network({route.network.meta.get('title')!r}, 1 edges)"
    assert repr(nowhere) == "Route('nowhere', broken between b and far)"
    assert repr(nowhere.study) == "Study('made-up', 2 candidates)"
