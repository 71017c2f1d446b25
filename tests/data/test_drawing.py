"""How tools draw lines, on rivers, hills and borders made up for the purpose."""

import numpy as np
import pytest
import shapely
from shapely.geometry import box

from tools import paths, plane, tracing
from tools.area import AREA, CELLS_PER_DEGREE
from tools.bank import Bank

# A river that winds from east to west, between a north and a south bank.
BENDS = [(46.4 - 0.01 * i, 39.0 + 0.02 * np.sin(0.6 * i)) for i in range(41)]
NORTH = shapely.Polygon([*BENDS, (46.0, 39.5), (46.4, 39.5)])
SOUTH = shapely.Polygon([*BENDS, (46.0, 38.5), (46.4, 38.5)])


def metres(path):
    return float(np.hypot(*np.diff(path, axis=0).T).sum())


def ground(height):
    """A relief of the whole area from a function of longitude and latitude."""
    west, south, east, north = AREA
    lon = west + (np.arange((east - west) * CELLS_PER_DEGREE) + 0.5) / CELLS_PER_DEGREE
    lat = north - (np.arange((north - south) * CELLS_PER_DEGREE) + 0.5) / CELLS_PER_DEGREE
    return tracing.Ground(height(*np.meshgrid(lon, lat)).astype(np.int16))


@pytest.fixture(scope="module")
def bank():
    return Bank.between(NORTH, SOUTH)


@pytest.mark.parametrize(("area", "other"), [(NORTH, SOUTH), (SOUTH, NORTH)])
def test_a_line_beside_a_river_keeps_to_its_bank_at_its_distance(area, other):
    bank = Bank.between(area, other)
    line = bank.follow(np.array([3000.0, 30_000.0]), np.array([120.0, 120.0]))
    assert shapely.contains_xy(area, plane.to_degrees(line)).all()
    off = shapely.distance(shapely.points(line), bank.river)
    assert np.median(off) == pytest.approx(120, rel=0.1)


def test_a_line_far_from_the_river_is_straighter_than_one_near_it(bank):
    along = np.array([3000.0, 30_000.0])
    near, far = (bank.follow(along, np.full(2, off)) for off in (120.0, 2000.0))
    assert metres(far) < 0.9 * metres(near)


def test_a_line_beside_a_river_passes_the_places_that_it_was_led_through(bank):
    town = plane.to_plane(np.array([[46.2, 39.06]]))[0]
    along, off = bank.locate(town)
    line = bank.follow(np.array([3000.0, along, 35_000.0]), np.array([120.0, off, 120.0]))
    assert shapely.Point(town).distance(shapely.LineString(line)) < 100


def test_a_line_may_run_up_the_river_as_well_as_down(bank):
    along, off = np.array([3000.0, 30_000.0]), np.array([120.0, 900.0])
    assert bank.follow(along[::-1], off[::-1]) == pytest.approx(bank.follow(along, off)[::-1])


def test_a_traced_line_goes_round_a_ridge_that_is_too_steep_to_cross():
    # A ridge of 1500 m along the meridian 46.2, open south of 39.0.
    relief = ground(lambda lon, lat: 500 + np.where(lat > 39.0, 1500 * np.exp(-(((lon - 46.2) / 0.02) ** 2)), 0))
    start, end = plane.to_plane(np.array([[46.1, 39.03], [46.3, 39.03]]))
    path = tracing.trace(relief, start, end, 0.06)
    assert plane.to_degrees(path)[:, 1].min() < 39.0
    assert (path[0], path[-1]) == (pytest.approx(start), pytest.approx(end))


def test_a_traced_line_is_straight_on_flat_ground():
    relief = ground(lambda lon, lat: np.full_like(lon, 500))
    start, end = plane.to_plane(np.array([[46.1, 39.03], [46.3, 39.11]]))
    assert metres(tracing.trace(relief, start, end, 0.06)) == pytest.approx(np.hypot(*(end - start)), rel=0.02)
    assert tracing.mean_slope(relief, start, end) == pytest.approx(0, abs=1e-9)


def test_slope_is_rise_over_run():
    relief = ground(lambda lon, lat: 500 + (lat - 38.9) * 111_000 * 0.05)
    start, end = plane.to_plane(np.array([[46.1, 39.03], [46.3, 39.03]]))
    assert tracing.mean_slope(relief, start, end) == pytest.approx(0.05, rel=0.05)


def test_pieces_cut_from_a_line_add_up_to_it():
    line = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 50.0]])
    first, second = paths.cut(line, 0, 120), paths.cut(line, 120, 150)
    assert metres(first) == pytest.approx(120)
    assert metres(second) == pytest.approx(30)
    assert first[-1] == pytest.approx(second[0])


def test_a_loop_is_cut_off_where_a_line_meets_itself():
    line = np.array([[0, 0], [100, 0], [100, 50], [50, 50], [50, -50], [200, -50]], dtype=float)
    without = paths.without_loops(line)
    assert shapely.LineString(without).is_simple
    assert without.tolist() == [[0, 0], [50, 0], [50, -50], [200, -50]]


def test_a_line_is_found_to_cross_a_border_where_it_does():
    line = plane.to_plane(np.array([[46.0, 39.0], [46.2, 39.0]]))
    (at,) = paths.crossings(line, box(46.1, 38.0, 47.0, 40.0))
    assert at == pytest.approx(metres(line) / 2, rel=1e-3)
