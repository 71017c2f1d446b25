"""Lengths on the ellipsoid, and the flat frame that says what is near."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.measure import E7, flat_frame, geodesic_m, line_lengths_m, to_e7

GEOD = Geod(ellps="WGS84")
longitudes = st.floats(-180, 180)
latitudes = st.floats(-89, 89)
MEGHRI = (46.24312, 38.90121)
KAPAN = (46.40685, 39.20769)


def test_a_known_distance():
    """A degree of latitude across Meghri, from the length of the meridian arc on WGS84 (110.574 to 111.694 km)."""
    metres = geodesic_m(np.array([46.0]), np.array([38.5]), np.array([46.0]), np.array([39.5]))
    assert metres == pytest.approx([111_014], abs=5)


@given(one=st.tuples(longitudes, latitudes), other=st.tuples(longitudes, latitudes))
def test_a_distance_is_the_same_both_ways_and_none_to_itself(one, other):
    there = geodesic_m(*np.array([one, other]).reshape(4, 1))
    back = geodesic_m(*np.array([other, one]).reshape(4, 1))
    assert there == pytest.approx(back, abs=1e-6)
    assert geodesic_m(*np.array([one, one]).reshape(4, 1)) == pytest.approx([0], abs=1e-6)


def test_no_points_are_no_distances():
    assert geodesic_m(*[np.array([])] * 4).shape == (0,)
    assert line_lengths_m(np.array([0]), *[np.array([], dtype=np.int32)] * 2).tolist() == []


@given(
    lines=st.lists(
        st.lists(st.tuples(st.floats(44, 48), st.floats(38, 41)), min_size=2, max_size=8), min_size=1, max_size=8
    )
)
def test_many_lines_are_measured_at_once_as_each_alone(lines):
    offset = np.cumsum([0, *map(len, lines)])
    lon, lat = np.array([point for line in lines for point in line]).T
    lon_e7, lat_e7 = to_e7(lon), to_e7(lat)
    ends = np.cumsum(list(map(len, lines)))[:-1]
    alone = [
        GEOD.line_length(x / E7, y / E7) for x, y in zip(np.split(lon_e7, ends), np.split(lat_e7, ends), strict=True)
    ]
    assert line_lengths_m(offset, lon_e7, lat_e7) == pytest.approx(alone, rel=1e-9, abs=1e-6)


@given(
    start=st.tuples(st.floats(-179, 179), st.floats(-89.9, 89.9)),
    hops=st.lists(st.tuples(st.floats(-0.06, 0.06), st.floats(-0.06, 0.06)), min_size=1, max_size=50),
)
def test_short_hops_are_within_a_micrometre_of_the_geodesic_anywhere_on_earth(start, hops):
    """About the limit of what counts as short, and beyond it."""
    points = np.array(start) + np.cumsum([(0, 0), *hops], axis=0)
    lon_e7, lat_e7 = to_e7(np.clip(points, (-180, -90), (180, 90))).T
    pairs = 2 * np.arange(len(hops) + 1)
    ends = np.repeat(np.arange(len(points)), 2)[1:-1]
    hop_m = line_lengths_m(pairs, lon_e7[ends], lat_e7[ends])
    lon, lat = lon_e7 / E7, lat_e7 / E7
    assert hop_m == pytest.approx(geodesic_m(lon[:-1], lat[:-1], lon[1:], lat[1:]), rel=0, abs=1e-6)
    back_m = line_lengths_m(pairs, lon_e7[ends[::-1]], lat_e7[ends[::-1]])[::-1]
    short = hop_m < 4_000  # metres
    assert back_m[short].tolist() == hop_m[short].tolist()


@given(lon=longitudes, lat=st.floats(-90, 90))
def test_coordinates_of_seven_decimals_survive_as_integers(lon, lat):
    lon, lat = round(lon, 7), round(lat, 7)
    e7 = to_e7(np.array([lon, lat]))
    assert e7.dtype == np.int32
    assert (e7 / E7).tolist() == [lon, lat]


def test_rounding_to_the_grid_moves_a_point_by_a_centimetre_at_most():
    points = np.random.default_rng(7).uniform([44, 38], [48, 41], (500, 2))
    moved = geodesic_m(*points.T, *(to_e7(points) / E7).T)
    assert moved.max() < 0.01


def test_the_flat_frame_is_true_near_its_centre():
    rng = np.random.default_rng(7)
    centre = np.array(MEGHRI)
    points = centre + rng.uniform(-2, 2, (500, 2))
    project = flat_frame(*MEGHRI)
    flat = np.hypot(*(project(points[1:]) - project(points[:-1])).T)
    true = geodesic_m(*points[:-1].T, *points[1:].T)
    assert flat == pytest.approx(true, rel=0.001)
    x, y = project(np.array([KAPAN]))[0]
    assert x > 0
    assert y > 0
    assert np.hypot(x, y) == pytest.approx(GEOD.inv(*MEGHRI, *KAPAN)[2], abs=10)
