"""Height profiles: ascent, descent and gradient, and what they say when they cannot know (law 3)."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geo.errors import InputError
from geo.measure import geodesic_m
from geo.osm import read_osm
from geo.profile import ascent, ascent_estimate, gradient, highest_estimate, resample, smoothing_window_m
from geo.relief import Relief, drape

Profile = tuple[np.ndarray, np.ndarray]  # distances and heights

HILL = np.array([0.0, 5_000.0, 10_000.0]), np.array([500.0, 900.0, 600.0])


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    points = draw(st.integers(2, 40))
    # Whole centimetres: what a geometry is worth, and steps that survive being counted from the other end.
    steps = draw(st.lists(st.integers(0, 200_000), min_size=points - 1, max_size=points - 1))
    ele = draw(st.lists(st.floats(-400, 5000, width=32), min_size=points, max_size=points))
    return np.concatenate(([0.0], np.cumsum(steps) / 100)), np.array(ele)


def reverse(distance_m: np.ndarray, ele_m: np.ndarray) -> Profile:
    return distance_m[-1] - distance_m[::-1], ele_m[::-1]


# -- ascent ------------------------------------------------------------------------------------------------------------


def test_a_hill_climbs_on_one_side_and_falls_on_the_other():
    up, down = ascent(*HILL, 100)
    assert up == pytest.approx(400, abs=3)  # smoothing takes a little off the top
    assert down == pytest.approx(300, abs=3)


def test_a_straight_climb_is_its_rise_whatever_the_window():
    for window_m in (10, 300, 5_000, 50_000):
        assert ascent([0, 10_000], [100, 600], window_m) == (500.0, 0.0)


def test_a_flat_line_climbs_nothing():
    assert ascent([0, 50, 80, 9_000], [812.3] * 4, 300) == (0.0, 0.0)
    assert ascent([0], [812.3], 300) == (0.0, 0.0)


def test_noise_is_smoothed_away():
    distance = np.arange(0, 20_001, 25.0)
    noise = np.random.default_rng(3).normal(0, 5, len(distance))
    raw = np.clip(np.diff(noise), 0, None).sum()
    assert raw > 2_000
    assert ascent(distance, 1_000 + noise, 1_000)[0] < raw / 20


@given(profile=profiles(), window_m=st.floats(1, 10_000))
def test_law_3_reversed_ascent_and_descent_change_places_exactly(profile: Profile, window_m: float):
    up, down = ascent(*profile, window_m)
    assert ascent(*reverse(*profile), window_m) == (down, up)
    forth, back = ascent_estimate(*profile, window_m), ascent_estimate(*reverse(*profile), window_m)
    assert (forth.ascent_m, forth.ascent_range_m, forth.ascent_reason) == (
        back.descent_m,
        back.descent_range_m,
        back.descent_reason,
    )


@given(profile=profiles(), window_m=st.floats(1, 10_000))
def test_ascent_less_descent_is_the_difference_of_the_ends(profile: Profile, window_m: float):
    up, down = ascent(*profile, window_m)
    assert up >= 0
    assert down >= 0
    assert up - down == pytest.approx(profile[1][-1] - profile[1][0], abs=0.02)


@given(profile=profiles(), window_m=st.floats(1, 10_000))
def test_smoothing_never_adds_to_the_climb(profile: Profile, window_m: float):
    up, _ = ascent(*profile, window_m)
    assert up <= np.clip(np.diff(profile[1]), 0, None).sum() + 0.02


def test_an_estimate_gives_the_range_of_half_and_double_the_window():
    estimate = ascent_estimate(*HILL, 300)
    halves = [ascent(*HILL, window_m)[0] for window_m in (150, 300, 600)]
    assert estimate.ascent_m == halves[1]
    assert estimate.ascent_range_m == (min(halves), max(halves))
    assert estimate.window_m == 300
    assert estimate.ascent_reason is None
    assert estimate.descent_reason is None


def test_an_ascent_that_smoothing_decides_is_not_known():
    distance = np.arange(0, 20_001, 100.0)
    saw = 1_000 + 10 * (np.arange(len(distance)) % 2)
    estimate = ascent_estimate(distance, saw, 250)
    assert estimate.ascent_m is None
    low, high = estimate.ascent_range_m or (0.0, 0.0)
    assert high > low
    assert f"{low:.0f} to {high:.0f} m, a range wider than half the value" in str(estimate.ascent_reason)


def test_ascent_and_descent_are_judged_each_by_itself():
    """On a long climb with small dips the climb is certain and the descent is not."""
    distance = np.arange(0, 20_001, 100.0)
    dips = np.random.default_rng(3).normal(0, 5, len(distance))
    estimate = ascent_estimate(distance, distance / 20 + dips, 400)
    assert estimate.ascent_m == pytest.approx(1_000, rel=0.1)
    assert estimate.descent_m is None
    assert "wider than half the value" in str(estimate.descent_reason)


def test_missing_heights_make_the_ascent_not_known():
    distance = np.arange(0, 10_001, 100.0)
    ele = np.full(len(distance), 500.0)
    ele[40:51] = np.nan
    assert np.isnan(ascent(distance, ele, 300)).all()
    estimate = ascent_estimate(distance, ele, 300)
    assert (estimate.ascent_m, estimate.descent_m, estimate.ascent_range_m) == (None, None, None)
    assert estimate.ascent_reason == "not known: the relief has no heights along 1.2 of 10.0 km"
    assert ascent_estimate([], [], 300).ascent_reason == "not known: the profile is empty"


def test_the_window_is_three_cells_of_the_relief():
    assert smoothing_window_m(92.6) == pytest.approx(277.8)
    assert smoothing_window_m(30) == 100


@pytest.mark.parametrize(
    ("distance", "ele", "window_m", "says"),
    [
        ([0, 2, 1], [5, 5, 5], 100, "must never fall"),
        ([0, 1], [5, 5, 5], 100, "one height for each distance"),
        ([0, 1], [5, 5], 0, "length above 0"),
        ([0, 1], [5, 5], float("nan"), "length above 0"),
    ],
)
def test_what_is_no_profile_is_refused(distance, ele, window_m, says):
    with pytest.raises(InputError, match=says):
        ascent(distance, ele, window_m)


# -- gradient ----------------------------------------------------------------------------------------------------------


def test_gradient_is_rise_over_run():
    found = gradient(np.arange(0, 1_001, 100), 500 + np.arange(0, 51, 5), 300, cell_m=90)
    assert found.share == pytest.approx(np.full(11, 0.05))
    assert found.reason is None


def test_gradient_is_not_known_from_cells_longer_than_a_third_of_the_window():
    distance, ele = np.arange(0, 1_001, 100), 500 + np.arange(0, 51, 5)
    assert gradient(distance, ele, 300, cell_m=100).reason is None
    coarse = gradient(distance, ele, 300, cell_m=100.1)
    assert np.isnan(coarse.share).all()
    assert coarse.share.shape == (11,)
    assert coarse.reason is not None
    assert coarse.reason.startswith("not known: the relief's cells are 100 m long, more than a third of the 300 m")


@given(profile=profiles())
def test_law_3_reversed_the_gradient_changes_its_sign(profile: Profile):
    forth, back = gradient(*profile, 300, cell_m=90), gradient(*reverse(*profile), 300, cell_m=90)
    assert (forth.share == -back.share[::-1]).all() or np.isnan(forth.share).all()
    assert forth.reason == back.reason


def test_gradient_without_heights_or_length_is_not_known():
    assert gradient([0, 0], [5, 9], 300, cell_m=90).reason == "not known: the profile has no length"
    assert "no heights" in str(gradient([0, 100], [np.nan, np.nan], 300, cell_m=90).reason)
    part = gradient([0, 1_000, 2_000, 3_000], [100, 100, np.nan, 100], 300, cell_m=90)
    assert part.reason is None
    assert np.isnan(part.share).tolist() == [False, True, True, True]


# -- even steps --------------------------------------------------------------------------------------------------------


def test_a_profile_at_even_steps_keeps_its_ends():
    distance, ele = resample(*HILL, 3_000)
    assert distance.tolist() == [0, 2_500, 5_000, 7_500, 10_000]
    assert ele.tolist() == [500, 700, 900, 750, 600]


@given(profile=profiles(), step_m=st.floats(10, 10_000))
def test_a_reversed_profile_has_the_same_even_steps_in_reverse(profile: Profile, step_m: float):
    assert (resample(*reverse(*profile), step_m)[1] == resample(*profile, step_m)[1][::-1]).all()


# -- on real ground ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def over_envalira(shared_data: Path) -> tuple[np.ndarray, np.ndarray, float]:
    """Distances and heights of the road from Soldeu to the Port d'Envalira, and the cell of its relief."""
    relief = Relief.open(sorted((shared_data / "dem").glob("*.hgt.zip")))
    network = drape(read_osm([shared_data / "osm" / "andorra-2013.osm.pbf"]), relief)
    network = network.take(np.flatnonzero(network.text["name"].decode() != "Túnel d'Envalira"))
    start, end = (
        int(np.argmin(geodesic_m(*np.broadcast_arrays(lon, lat, network.node_lon, network.node_lat))))
        for lon, lat in ((1.6672, 42.5768), (1.7192, 42.5401))
    )
    size = (network.node_count, network.node_count)
    reach = coo_array((network.length_m, (network.u, network.v)), shape=size).tocsr()
    _, previous = dijkstra(reach, directed=False, indices=[start], return_predecessors=True)
    distance, heights, node = [np.zeros(1)], [np.zeros(0)], end
    while node != start:
        before = int(previous[0, node])
        between = ((network.u == node) & (network.v == before)) | ((network.v == node) & (network.u == before))
        edge = int(np.flatnonzero(between)[np.argmin(network.length_m[between])])
        ele = network.heights(edge)[:: 1 if network.u[edge] == node else -1].astype(np.float64)
        distance.append(distance[-1][-1] + np.linspace(0, network.length_m[edge], len(ele)))
        heights.append(ele)
        node = before
    return *reverse(np.concatenate(distance[1:]), np.concatenate(heights)), relief.cell_m


def test_the_road_up_to_envalira_climbs_what_it_is_known_to_climb(over_envalira: tuple[np.ndarray, np.ndarray, float]):
    """Soldeu stands at some 1,825 m and the pass at 2,408 m, 9.4 km on, and the road hardly ever goes down."""
    distance, ele, cell_m = over_envalira
    estimate = ascent_estimate(distance, ele, smoothing_window_m(cell_m))
    assert distance[-1] == pytest.approx(9_400, rel=0.02)
    assert estimate.ascent_m == pytest.approx(2_408 - 1_825, rel=0.03)
    assert estimate.ascent_range_m is not None
    assert np.ptp(estimate.ascent_range_m) < 10
    assert ascent(distance, ele, smoothing_window_m(cell_m))[1] < 10


def test_the_road_up_to_envalira_is_as_steep_as_a_main_road(over_envalira: tuple[np.ndarray, np.ndarray, float]):
    distance, ele, cell_m = over_envalira
    share = gradient(distance, ele, 1_000, cell_m=cell_m).share
    assert share.mean() == pytest.approx(0.063, abs=0.005)
    assert 0.07 < share.max() < 0.09
    assert share.min() > 0
    assert gradient(distance, ele, 250, cell_m=cell_m).reason is not None


# -- the highest point -----------------------------------------------------------------------------------------------


def test_the_highest_point_of_a_plain_is_known_with_its_range() -> None:
    found = highest_estimate([0, 5_000, 10_000], [700, 710, 705], 2_700)
    assert found.reason is None
    assert found.highest_m is not None
    assert found.range_m is not None
    assert found.range_m[0] <= found.highest_m <= 710 <= found.range_m[1] <= 720


def test_the_highest_point_of_a_pass_on_coarse_relief_is_not_known() -> None:
    pass_m = [1_800.0, 2_000.0, 2_200.0, 2_480.0, 2_250.0, 2_000.0, 1_800.0]
    found = highest_estimate(np.arange(7) * 925.0, pass_m, 2_775)
    assert (found.highest_m, found.range_m) == (None, None)
    assert found.reason is not None
    assert found.reason.startswith("not known: smoothing over 1388, 2775 and 5550 m")
    assert found.reason.endswith("a range wider than 5 % of the value and 50 m")


def test_the_highest_point_of_a_pass_on_fine_relief_is_known() -> None:
    at = np.arange(0, 6_001, 30.0)
    found = highest_estimate(at, 2_400 - 0.08 * np.abs(at - 3_000), 100)
    assert found.highest_m == pytest.approx(2_400, abs=3)


def test_a_height_that_is_missing_makes_the_highest_point_not_known() -> None:
    found = highest_estimate([0, 1_000, 2_000], [100, np.nan, 120], 100)
    assert found.highest_m is None
    assert found.reason == "not known: the relief has no heights along 2.0 of 2.0 km"


@given(
    steps=st.lists(st.tuples(st.integers(0, 900), st.integers(-50, 3_000)), min_size=2, max_size=30),
    window_m=st.sampled_from([100.0, 500.0, 2_700.0]),
)
def test_the_way_back_has_the_same_highest_point(steps: list[tuple[int, int]], window_m: float) -> None:
    at = np.cumsum([step for step, _ in steps], dtype=float)
    ele = np.array([height for _, height in steps], dtype=float)
    assert highest_estimate(at, ele, window_m) == highest_estimate(at[-1] - at[::-1], ele[::-1], window_m)
