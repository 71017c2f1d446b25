"""Territories: what lies where, cuts at borders, and what lies near one."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from geo.measure import to_e7
from geo.network import LENGTH_BASES, Network
from geo.osm import read_osm
from geo.tags import WayTags
from geo.territory import BoundarySet, split
from geo.ways import Ways, assemble

Points = Sequence[tuple[float, float]]

# Two squares of a tenth of a degree that share the border at 46.1 E; beyond 46.2 E and 46.0 E lies nothing.
WEST = shapely.box(46.0, 39.0, 46.1, 39.1)
EAST = shapely.box(46.1, 39.0, 46.2, 39.1)
METRES_A_DEGREE = 86_600  # of longitude, at 39 N


def boundaries(*areas: shapely.Geometry, keys: Sequence[str] = ("W", "E"), tolerance_m: float = 500) -> BoundarySet:
    return BoundarySet(
        id="squares",
        title="Squares",
        border_tolerance_m=tolerance_m,
        source="made up",
        licence="CC0",
        notice="Indicative.",
        territories=tuple(keys),
        areas=np.array(areas or (WEST, EAST), dtype=object),
    )


def lines(*shapes: Points, length_m: float = np.nan, accuracy_m: float = np.nan) -> Network:
    """Make a network of roads, one a shape; they join where they share a place."""
    places = sorted({point for shape in shapes for point in shape})
    number = {place: row + 1 for row, place in enumerate(places)}
    e7 = to_e7(np.array(places))
    ways = Ways(np.arange(1, len(places) + 1), e7[:, 0], e7[:, 1])
    for row, shape in enumerate(shapes, start=1):
        refs = [number[point] for point in shape]
        ways.add(WayTags("road", "primary", "open"), refs, way_id=row, length_m=length_m, accuracy_m=accuracy_m)
    return assemble(ways, {"title": "made up", "data_date": None})


def territories(network: Network) -> list[str]:
    return list(network.text["territory"].decode())


def same(one: Network, other: Network) -> bool:
    names = [name for name in vars(one) if name not in ("text", "meta")]
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=getattr(one, name).dtype.kind == "f")
        for name in names
    ) and all(one.text[key].decode().tolist() == other.text[key].decode().tolist() for key in one.text)


# -- cutting at borders ------------------------------------------------------------------------------------------------


def test_a_line_is_cut_exactly_where_the_area_changes():
    network = split(lines([(46.05, 39.05), (46.15, 39.05)]), boundaries())
    assert territories(network) == ["W", "E"]
    assert network.coordinates(0).tolist() == [[46.05, 39.05], [46.1, 39.05]]
    assert network.coordinates(1).tolist() == [[46.1, 39.05], [46.15, 39.05]]
    assert network.v[0] == network.u[1]
    assert network.node_osm_id.tolist() == [1, 2, 0]


def test_what_lies_outside_all_areas_belongs_to_none():
    network = split(lines([(45.95, 39.05), (46.25, 39.05)], [(44.0, 39.0), (44.1, 39.0)]), boundaries())
    assert territories(network) == ["", "W", "E", "", ""]
    assert network.near_m[[0, 4]].tolist() == [0, 0]


def test_a_line_that_touches_a_border_is_not_cut():
    network = split(lines([(46.05, 39.02), (46.1, 39.05), (46.05, 39.08)]), boundaries())
    assert territories(network) == ["W"]


def test_a_line_that_ends_at_a_border_is_not_cut():
    for end in ([(46.05, 39.05), (46.1, 39.05)], [(46.1, 39.05), (46.05, 39.05)]):
        assert territories(split(lines(end), boundaries())) == ["W"]


def test_a_line_that_weaves_is_cut_at_each_change():
    weave = [(46.05 + 0.1 * (step % 2), 39.01 + step / 100) for step in range(8)]
    assert territories(split(lines(weave), boundaries())) == ["W", "E"] * 4


def test_a_line_along_a_border_stays_in_one_piece():
    network = split(lines([(46.1, 39.01), (46.1, 39.05), (46.1, 39.09)]), boundaries())
    assert territories(network) == ["W"]


def test_a_line_that_joins_a_border_and_leaves_it_again_is_cut_once():
    across = [(46.05, 39.01), (46.1, 39.03), (46.1, 39.07), (46.15, 39.09)]
    assert territories(split(lines(across), boundaries())) == ["W", "E"]
    back = [(46.05, 39.01), (46.1, 39.03), (46.1, 39.07), (46.05, 39.09)]
    assert territories(split(lines(back), boundaries())) == ["W"]


def test_a_line_along_a_border_that_is_straight_only_to_the_grid_is_not_shredded():
    """A railway on the bank has the border's own vertices, and the river is crooked."""
    bank = [(round(46.1 + 0.003 * np.sin(step), 5), round(39.0 + step / 100, 5)) for step in range(11)]
    west = shapely.Polygon([(46.0, 39.0), *bank, (46.0, 39.1)])
    east = shapely.Polygon([(46.2, 39.0), *bank, (46.2, 39.1)])
    assert len(territories(split(lines(bank), boundaries(west, east)))) == 1


def test_the_slivers_that_rounding_leaves_between_areas_belong_to_the_nearest():
    gap = 0.00002  # 2 m
    network = split(lines([(46.05, 39.05), (46.15, 39.05)]), boundaries(shapely.box(46, 39, 46.1 - gap, 39.1), EAST))
    assert territories(network) == ["W", "E"]
    gap = 0.002  # 170 m: no rounding, but land that the set does not know
    network = split(lines([(46.05, 39.05), (46.15, 39.05)]), boundaries(shapely.box(46, 39, 46.1 - gap, 39.1), EAST))
    assert territories(network) == ["W", "", "E"]


def test_areas_of_one_territory_have_no_border_between_them():
    network = split(lines([(46.05, 39.05), (46.15, 39.05)]), boundaries(keys=("W", "W")))
    assert territories(network) == ["W"]
    assert network.near_m.tolist() == [0]


def test_roads_that_cross_a_border_apart_are_not_joined_there():
    network = split(
        lines([(46.05, 39.05), (46.15, 39.05)], [(46.05, 39.06), (46.15, 39.06)]),
        boundaries(),
    )
    assert network.node_count == 6


def test_an_earlier_split_is_replaced():
    once = split(lines([(46.05, 39.05), (46.15, 39.05)]), boundaries())
    again = split(once, boundaries(shapely.box(46, 39, 46.2, 39.1), keys=("ALL",)))
    assert territories(again) == ["ALL", "ALL"]
    assert again.near_m.tolist() == [0, 0]
    assert again.meta["boundaries"]["territories"] == ["ALL"]


def test_the_header_says_which_boundaries_they_are():
    meta = split(lines([(46.05, 39.05), (46.15, 39.05)]), boundaries(tolerance_m=250)).meta
    assert meta["title"] == "made up"
    assert meta["boundaries"]["id"] == "squares"
    assert meta["boundaries"]["border_tolerance_m"] == 250
    assert meta["boundaries"]["notice"] == "Indicative."


def test_an_empty_network_stays_empty():
    nothing = lines([(46.05, 39.05), (46.15, 39.05)]).take(np.array([], dtype=np.intp))
    assert split(nothing, boundaries()).edge_count == 0


# -- lengths -----------------------------------------------------------------------------------------------------------


def test_a_published_length_is_shared_in_proportion_to_shape():
    whole = lines([(46.07, 39.05), (46.17, 39.05)], length_m=20_000)
    network = split(whole, boundaries())
    assert network.length_m == pytest.approx([6_000, 14_000], rel=1e-6)
    assert network.length_m.sum() == pytest.approx(20_000, rel=1e-12)
    assert network.shape_length_m.sum() == pytest.approx(whole.shape_length_m.sum(), abs=0.02)
    assert {LENGTH_BASES[code] for code in network.length_basis} == {"published"}


coordinates = st.tuples(st.integers(45_980, 46_220), st.integers(38_980, 39_120)).map(
    lambda p: (p[0] / 1e3, p[1] / 1e3)
)
shapes = st.lists(st.lists(coordinates, min_size=2, max_size=6, unique=True), min_size=1, max_size=5)
borders = st.lists(st.integers(46_050, 46_150), min_size=3, max_size=6).map(
    lambda xs: [(x / 1e3, 38.95 + 0.2 * step / (len(xs) - 1)) for step, x in enumerate(xs)]
)


@given(shapes=shapes, border=borders, length_m=st.sampled_from([np.nan, 12_345.0]))
def test_splitting_keeps_lengths_and_lines_and_does_nothing_twice(shapes, border, length_m):
    """The ground of law 1: each piece lies in one area, and together they are the line."""
    west = shapely.Polygon([(45.9, 38.95), *border, (45.9, 39.15)])
    east = shapely.Polygon([(46.3, 38.95), *border, (46.3, 39.15)])
    areas = boundaries(west, east)
    whole = lines(*shapes, length_m=length_m)
    network = split(whole, areas)
    assert network.length_m.sum() == pytest.approx(whole.length_m.sum(), abs=0.05)
    assert network.shape_length_m.sum() == pytest.approx(whole.shape_length_m.sum(), abs=0.05)
    assert (network.shape_length_m > 0).all()
    assert ((network.near_m >= 0) & (network.near_m <= network.shape_length_m)).all()
    before, after = shapely.union_all(whole.lines()), shapely.union_all(network.lines())
    assert after.hausdorff_distance(before) < 1e-6
    area_of = dict(zip(areas.territories, areas.areas, strict=True))
    for line, key in zip(network.lines(), territories(network), strict=True):
        assert line.difference(area_of[key].buffer(1e-6)).length < 1e-6
    assert same(split(network, areas), network)


# -- near a border -----------------------------------------------------------------------------------------------------


def test_what_lies_within_tolerance_of_a_border_is_measured():
    network = split(lines([(46.05, 39.05), (46.15, 39.05)]), boundaries(tolerance_m=500))
    assert network.near_m == pytest.approx([500, 500], abs=25)
    assert network.text["near_territory"].decode().tolist() == ["E", "W"]


def test_an_edge_wholly_near_a_border_is_near_with_its_whole_shape():
    along = [(46.1 - 200 / METRES_A_DEGREE, 39.02), (46.1 - 300 / METRES_A_DEGREE, 39.08)]
    network = split(lines(along, length_m=9_000), boundaries(tolerance_m=500))
    assert network.near_m.tolist() == network.shape_length_m.tolist()
    assert network.text["near_territory"].decode().tolist() == ["E"]


def test_an_edge_far_from_every_border_is_near_none():
    network = split(lines([(46.02, 39.02), (46.03, 39.08)]), boundaries(tolerance_m=500))
    assert network.near_m.tolist() == [0]
    assert network.text["near_territory"].decode().tolist() == [""]


def test_the_outer_edge_of_an_area_is_a_border_with_nobody():
    network = split(lines([(46.001, 39.02), (46.001, 39.08)]), boundaries(tolerance_m=500))
    assert network.near_m.tolist() == [0]


def test_a_line_that_is_worth_less_than_the_boundaries_is_near_by_its_own_accuracy():
    along = [(46.1 - 900 / METRES_A_DEGREE, 39.02), (46.1 - 900 / METRES_A_DEGREE, 39.08)]
    assert split(lines(along), boundaries(tolerance_m=500)).near_m.tolist() == [0]
    network = split(lines(along, accuracy_m=1_000), boundaries(tolerance_m=500))
    assert network.near_m.tolist() == network.shape_length_m.tolist()


# -- where a point lies ------------------------------------------------------------------------------------------------


def test_a_point_lies_in_one_territory_or_in_none():
    areas = boundaries()
    assert areas.territory_at(46.05, 39.05) == "W"
    assert areas.territory_at(46.15, 39.05) == "E"
    assert areas.territory_at(44.0, 39.0) == ""
    assert areas.locate(np.array([46.15, 46.05, 0.0]), np.array([39.05, 39.05, 0.0])).tolist() == [1, 0, -1]


# -- files -------------------------------------------------------------------------------------------------------------


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"territory": "W"} | properties, "geometry": geometry}


def polygon(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [points]}


SQUARE = polygon((46, 39), (46.1, 39), (46.1, 39.1), (46, 39.1), (46, 39))


@pytest.fixture
def geojson(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes features to a boundary file."""

    def write_file(*features: Any, **members: Any) -> Path:
        path = tmp_path / "areas.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": features}), encoding="utf-8")
        return path

    return write_file


def test_a_file_of_polygons_is_a_boundary_set(geojson):
    areas = BoundarySet.read(geojson(feature(SQUARE), id="tz", title="Zones", border_tolerance_m=300))
    assert (areas.id, areas.title, areas.border_tolerance_m, areas.territories) == ("tz", "Zones", 300.0, ("W",))
    plain = BoundarySet.read(geojson(feature(SQUARE)))
    assert (plain.id, plain.border_tolerance_m, plain.source) == ("areas", 500.0, "not known")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (feature(None), "AttributeError|TypeError"),
        (feature({"type": "Point", "coordinates": [46, 39]}), "W is no valid polygon"),
        (feature({"type": "LineString", "coordinates": [[46, 39], [47, 39]]}), "W is no valid polygon"),
        (feature({"type": "Polygon", "coordinates": []}), "W is no valid polygon"),
        (feature({"type": "Blob", "coordinates": []}), "not a boundary set"),
        (feature(polygon((46, 39), (46.1, 39))), "not a boundary set"),
        (feature(polygon((46, 39), (46.1, 39.1), (46.1, 39), (46, 39.1), (46, 39))), "W is no valid polygon"),
        (feature(polygon((4e5, 4e6), (5e5, 4e6), (5e5, 5e6), (4e5, 4e6))), "not in degrees"),
        (feature(polygon((39, 146), (39.1, 146), (39.1, 146.1), (39, 146))), "not in degrees"),
        (feature(SQUARE, territory=None), "territory is None"),
        (feature(SQUARE, territory=""), "territory is ''"),
        ({"type": "Feature", "properties": {"name": "W"}, "geometry": SQUARE}, "territory"),
        ({"type": "Feature", "properties": None, "geometry": SQUARE}, "not a boundary set"),
        ("W", "not a boundary set"),
    ],
)
def test_a_broken_area_is_refused_in_one_sentence(geojson, bad, words):
    with pytest.raises(InputError, match=words) as caught:
        BoundarySet.read(geojson(feature(SQUARE, territory="OK"), bad))
    assert "areas.geojson is not a boundary set" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("tolerance", [-1, "wide", None, [500]])
def test_a_tolerance_that_is_no_length_is_refused(geojson, tolerance):
    with pytest.raises(InputError, match="not a boundary set"):
        BoundarySet.read(geojson(feature(SQUARE), border_tolerance_m=tolerance))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"features": []}', '{"features": 3}', "no json", '"AM"'])
def test_a_file_that_is_no_boundary_set_is_refused(write, text):
    with pytest.raises(InputError, match=r"areas\.geojson is not a boundary set"):
        BoundarySet.read(write("areas.geojson", text))


def test_a_missing_file_or_a_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        BoundarySet.read(tmp_path / "areas.geojson")
    with pytest.raises(InputError, match="is not a boundary set"):
        BoundarySet.read(tmp_path)


# -- real data ---------------------------------------------------------------------------------------------------------


def test_a_real_town_is_split_in_two_and_nothing_is_lost(hatfield):
    lon, lat = hatfield.node_lon, hatfield.node_lat
    middle = float(np.median(lon))
    west = shapely.box(lon.min() - 1, lat.min() - 1, middle, lat.max() + 1)
    east = shapely.box(middle, lat.min() - 1, lon.max() + 1, lat.max() + 1)
    network = split(hatfield, boundaries(west, east))
    assert set(territories(network)) == {"W", "E"}
    assert network.edge_count > hatfield.edge_count
    assert network.length_m.sum() == pytest.approx(hatfield.length_m.sum(), abs=0.01)
    for line, key in zip(network.lines(), territories(network), strict=True):
        over = line.bounds[2] - middle if key == "W" else middle - line.bounds[0]
        assert over < 2e-7  # 2 cm
    assert same(split(network, boundaries(west, east)), network)


def test_the_real_border_on_the_araxes(root, shared_data):
    areas = BoundarySet.read(root / "data" / "nakhchivan" / "boundaries.geojson")
    network = read_osm([shared_data / "osm" / "meghri-2021.osm.pbf"])
    divided = split(network, areas)
    assert set(territories(divided)) >= {"AM", "IR"}
    assert divided.length_m.sum() == pytest.approx(network.length_m.sum(), abs=0.1)
    assert same(split(divided, areas), divided)
