"""The network as columns: its tables, its parts, and what becomes of them."""

import dataclasses
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.measure import to_e7
from geo.network import EDGE_COLUMNS, MODES, STATUSES, TEXT_COLUMNS, Network, gather
from geo.tags import WayTags
from geo.ways import Ways, assemble, join
from geo.words import Words

PLACES = {1: (46.0, 39.0), 2: (46.1, 39.0), 3: (46.2, 39.0), 4: (46.1, 39.1)}


def made(*ways: tuple[list[int], WayTags]) -> Network:
    e7 = to_e7(np.array(list(PLACES.values())))
    collected = Ways(np.array(list(PLACES)), e7[:, 0], e7[:, 1])
    for number, (refs, tags) in enumerate(ways, start=1):
        collected.add(tags, refs, way_id=number)
    return assemble(collected, {"title": "made up", "data_date": "2026-05-01"})


ROAD = WayTags("road", "primary", "open", name="Ararat", direction=1)
RAIL = WayTags("rail", "rail", "disused", structure="tunnel", structure_kind="yes")


@pytest.fixture
def network() -> Network:
    """A road 1-2-3 that a road 2-4 joins, and a railway 1-3."""
    return made(([1, 2, 3], ROAD), ([2, 4], ROAD), ([1, 3], RAIL))


# -- tables ------------------------------------------------------------------------------------------------------------


def test_nodes_are_a_table_of_points(network):
    nodes = network.nodes
    assert isinstance(nodes, gpd.GeoDataFrame)
    assert nodes.crs == "EPSG:4326"
    assert nodes["osm_id"].tolist() == [1, 2, 3, 4]
    assert (nodes.geometry[1].x, nodes.geometry[1].y) == PLACES[2]


def test_edges_are_a_table_of_lines_in_words(network):
    edges = network.edges
    assert isinstance(edges, gpd.GeoDataFrame)
    assert edges.crs == "EPSG:4326"
    assert len(edges) == network.edge_count == 4
    first, last = edges.iloc[0], edges.iloc[3]
    assert (first["mode"], first["status"], first["structure"], first["class"]) == ("road", "open", "none", "primary")
    assert (first["name"], first["oneway"], first["length_basis"]) == ("Ararat", True, "shape")
    assert (last["mode"], last["status"], last["structure"], last["oneway"]) == ("rail", "disused", "tunnel", False)
    assert last["name"] is None
    assert last["territory"] is None
    assert list(first.geometry.coords) == [PLACES[1], PLACES[2]]
    assert set(TEXT_COLUMNS) <= set(edges.columns)


def test_the_tables_of_real_data_hold_together(hatfield):
    nodes, edges = hatfield.nodes, hatfield.edges
    for edge in edges.itertuples():
        assert edge.geometry.coords[0] == nodes.geometry[edge.u].coords[0]
        assert edge.geometry.coords[-1] == nodes.geometry[edge.v].coords[0]
    assert set(edges["mode"]) <= set(MODES)
    assert set(edges["status"]) <= set(STATUSES)


def test_a_network_cannot_be_changed(network):
    with pytest.raises(dataclasses.FrozenInstanceError):
        network.u = network.v


def test_the_date_of_the_data_is_known_or_none(network):
    assert network.data_date == "2026-05-01"
    assert replace(network, meta={}).data_date is None


# -- parts -------------------------------------------------------------------------------------------------------------


def test_edges_are_picked_in_the_order_wanted_with_the_nodes_that_they_touch(network):
    part = network.take(np.array([3, 0]))
    assert part.way_id.tolist() == [3, 1]
    assert part.node_osm_id.tolist() == [1, 2, 3]
    assert part.coordinates(0).tolist() == [list(PLACES[1]), list(PLACES[3])]
    assert part.text["class"].decode().tolist() == ["rail", "primary"]
    assert part.meta == network.meta


@given(data=st.data())
def test_a_part_is_as_it_was_in_the_whole(hatfield, data):
    rows = np.array(data.draw(st.lists(st.integers(0, hatfield.edge_count - 1), unique=True)), dtype=np.intp)
    samples = np.arange(2 * hatfield.edge_count, dtype=np.float32)
    whole = replace(hatfield, sample_offset=2 * np.arange(hatfield.edge_count + 1), sample_ele_m=samples)
    part = whole.take(rows)
    assert part.node_count == len(set(part.u) | set(part.v))
    for name in EDGE_COLUMNS:
        if name not in ("u", "v"):
            np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[rows])
    for name in TEXT_COLUMNS:
        np.testing.assert_array_equal(part.text[name].decode(), whole.text[name].decode()[rows])
    np.testing.assert_array_equal(part.node_osm_id[part.u], whole.node_osm_id[whole.u[rows]])
    for new, old in enumerate(rows.tolist()):
        np.testing.assert_array_equal(part.coordinates(new), whole.coordinates(old))
        np.testing.assert_array_equal(part.heights(new), whole.heights(old))


def test_lines_of_some_edges_are_those_of_the_whole(hatfield):
    some = hatfield.lines(np.array([5, 2]))
    assert [line.wkt for line in some] == [hatfield.lines()[5].wkt, hatfield.lines()[2].wkt]


def test_heights_are_empty_without_relief(network):
    assert not network.has_relief
    assert network.heights(0).tolist() == []


def test_gather_finds_the_values_of_rows():
    offset, index = gather(np.array([0, 2, 2, 5]), np.array([2, 1, 0]))
    assert offset.tolist() == [0, 3, 3, 5]
    assert index.tolist() == [2, 3, 4, 0, 1]
    offset, index = gather(np.zeros(1, dtype=np.int64), np.array([0]))
    assert (offset.tolist(), index.tolist()) == ([0], [])


# -- joining -----------------------------------------------------------------------------------------------------------


def test_a_link_is_joined_at_the_nodes_that_it_is_told(network):
    link = made(([4, 3], WayTags("road", "primary", "proposed")))  # its nodes: 3, 4
    joined = join(network, link, np.array([2, 3], dtype=np.int32))
    assert joined.node_count == network.node_count
    assert (joined.u[-1], joined.v[-1]) == (3, 2)
    assert joined.edge_count == network.edge_count + 1
    assert STATUSES[joined.status[-1]] == "proposed"
    assert joined.coordinates(4).tolist() == [list(PLACES[4]), list(PLACES[3])]
    for row in range(network.edge_count):
        assert joined.coordinates(row).tolist() == network.coordinates(row).tolist()
    assert joined.text["name"].decode().tolist() == [*network.text["name"].decode(), ""]


def test_a_link_climbs_in_a_straight_line_between_the_heights_of_its_ends(network):
    heights = {1: 400.0, 2: 500.0, 3: 700.0, 4: 900.0}
    ids = network.node_osm_id
    ends = [heights[int(ids[node])] for pair in zip(network.u, network.v, strict=True) for node in pair]
    draped = replace(network, sample_offset=2 * np.arange(5), sample_ele_m=np.array(ends, dtype=np.float32))
    link = made(([4, 3], WayTags("road", "primary", "proposed")))
    assert join(draped, link, np.array([2, 3], dtype=np.int32)).heights(4).tolist() == [900, 700]
    fresh = join(draped, link, np.array([-1, 3], dtype=np.int32))  # one end is a node that the network has not
    assert fresh.heights(4)[0] == 900
    assert np.isnan(fresh.heights(4)[1])
    assert fresh.node_count == network.node_count + 1


# -- text columns ------------------------------------------------------------------------------------------------------

texts = st.lists(st.text(max_size=8), max_size=30)


@given(values=texts)
def test_words_come_back_as_they_went_in(values):
    words = Words.encode(values)
    assert words.decode().tolist() == values
    assert list(words.words) == sorted(set(values))


@given(one=texts, other=texts)
def test_columns_joined_are_one_column(one, other):
    assert Words.encode(one).join(Words.encode(other)).decode().tolist() == one + other


@given(values=texts, data=st.data())
def test_rows_picked_from_a_column_keep_their_words(values, data):
    rows = data.draw(st.lists(st.integers(0, len(values) - 1))) if values else []
    picked = Words.encode(values).take(np.array(rows, dtype=np.intp))
    assert picked.decode().tolist() == [values[row] for row in rows]
    assert set(picked.words) == {values[row] for row in rows}


def test_rows_are_found_by_their_words():
    words = Words.encode(["AM", "", "AZ", "AM"])
    assert words.isin({"AM", "IR"}).tolist() == [True, False, False, True]
    assert words.isin(()).tolist() == [False] * 4
    assert Words.encode([]).isin({"AM"}).tolist() == []
    assert Words.constant("AM", 2).decode().tolist() == ["AM", "AM"]
