"""Linework of the map."""

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString, box, shape

from geo.territory import BoundarySet
from web import linework


@pytest.fixture
def two_states() -> BoundarySet:
    """Two squares side by side."""
    areas = np.array([box(10, 40, 11, 41), box(11, 40, 12, 41)], dtype=object)
    return BoundarySet("x", "Two states", 500.0, "made up", "CC0", "Indicative.", ("ONE", "TWO"), areas)


def test_a_border_is_drawn_once_and_the_edge_of_the_set_not_at_all(two_states):
    (border,) = linework.borders(two_states, (10, 40, 12, 41))
    assert border["properties"] == {"between": ("ONE", "TWO")}
    assert shape(border["geometry"]).equals(LineString([(11, 40), (11, 41)]))


def test_an_outline_keeps_a_name_inside_its_territory(two_states):
    found = linework.outlines(two_states, (10.2, 40.2, 11.8, 40.8))
    assert set(found) == {"ONE", "TWO"}
    assert max(lon for ring in found["ONE"] for lon, _lat in ring) == 11


def test_a_line_of_its_own_is_not_shifted():
    ((segment,),) = linework.side_by_side([gpd.GeoSeries([LineString([(0, 0), (1, 0), (2, 1)])])])
    assert segment == [{"coordinates": [[0, 0], [1, 0], [2, 1]], "shift": 0.0}]


def test_lines_that_share_a_way_lie_side_by_side_whichever_way_they_run():
    there = gpd.GeoSeries([LineString([(0, 0), (1, 0), (2, 0)])])
    back = gpd.GeoSeries([LineString([(2, 0), (1, 0), (1, 1)])])
    (((first, second),), ((third, fourth),)) = linework.side_by_side([there, back])
    assert (first["shift"], fourth["shift"]) == (0.0, 0.0)
    # The second runs against the first: its right is the other's left, so equal shifts put them on opposite sides.
    assert second["shift"] == third["shift"] == -linework.SPACING_PX / 2
    assert second["coordinates"] == [[1, 0], [2, 0]]


def test_what_is_drawn_keeps_the_ends_of_every_segment(study):
    route = study.route("araxes-rail")
    (drawn,) = linework.side_by_side([route.segments.geometry])
    assert len(drawn) == len(route.segments)
    for parts, line in zip(drawn, route.segments.geometry, strict=True):
        assert parts[0]["coordinates"][0] == pytest.approx(line.coords[0], abs=1e-5)
        assert parts[-1]["coordinates"][-1] == pytest.approx(line.coords[-1], abs=1e-5)
