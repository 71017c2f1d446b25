"""Edges cut at their own vertices, so that a journey can begin there."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.cutting import cut_at_vertices
from geo.measure import to_e7
from geo.network import EDGE_COLUMNS, LENGTH_BASES, Network
from geo.tags import WayTags
from geo.ways import Ways, assemble


def one_edge(*points: tuple[float, float], length_m: float = np.nan) -> Network:
    """Make a network of one edge, from node 1 to the last."""
    e7 = to_e7(np.array(points))
    ways = Ways(np.arange(1, len(points) + 1), e7[:, 0], e7[:, 1])
    ways.add(WayTags("road", "primary", "open"), list(range(1, len(points) + 1)), way_id=7, length_m=length_m)
    return assemble(ways, {"title": "made up"})


def cut(network: Network, *places: tuple[int, int]) -> Network:
    edges, vertices = np.array(places, dtype=np.intp).reshape(-1, 2).T
    return cut_at_vertices(network, edges, vertices)


BENT = ((46.0, 39.0), (46.1, 39.0), (46.1, 39.1), (46.3, 39.1))


def test_an_edge_cut_at_a_bend_is_two_edges_with_a_node_between():
    network = cut(one_edge(*BENT), (0, 1))
    assert network.coordinates(0).tolist() == [list(point) for point in BENT[:2]]
    assert network.coordinates(1).tolist() == [list(point) for point in BENT[1:]]
    assert network.v[0] == network.u[1]
    assert network.node_osm_id.tolist() == [1, 4, 0]
    assert (network.node_lon[2], network.node_lat[2]) == BENT[1]


def test_pieces_stay_in_the_order_of_the_edge():
    network = cut(one_edge(*BENT), (0, 2), (0, 1), (0, 2))
    assert network.edge_count == 3
    assert network.u.tolist() == [0, 2, 3]
    assert network.v.tolist() == [2, 3, 1]
    assert network.way_id.tolist() == [7, 7, 7]


def test_a_cut_at_an_end_cuts_nothing():
    whole = one_edge(*BENT)
    assert cut(whole, (0, 0), (0, 3)) is whole
    assert cut(whole) is whole


def test_lengths_are_shared_and_nothing_is_lost():
    whole = one_edge(*BENT)
    network = cut(whole, (0, 1), (0, 2))
    assert network.shape_length_m.sum() == pytest.approx(whole.shape_length_m[0], rel=1e-12)
    assert network.length_m.tolist() == network.shape_length_m.tolist()


def test_a_published_length_is_shared_in_proportion_to_shape():
    network = cut(one_edge(*BENT, length_m=50_000), (0, 1))
    assert network.length_m.sum() == pytest.approx(50_000, rel=1e-12)
    shares = network.shape_length_m / network.shape_length_m.sum()
    assert network.length_m == pytest.approx(50_000 * shares)
    assert {LENGTH_BASES[code] for code in network.length_basis} == {"published"}


def test_a_ring_is_opened():
    ring = [(46.0, 39.0), (46.1, 39.0), (46.1, 39.1)]
    e7 = to_e7(np.array(ring))
    ways = Ways(np.arange(1, 4), e7[:, 0], e7[:, 1])
    ways.add(WayTags("road", "primary", "open"), [1, 2, 3, 1])
    network = cut(assemble(ways, {}), (0, 2))
    assert network.u.tolist() == [0, 1]
    assert network.v.tolist() == [1, 0]


# -- what lies along an edge -------------------------------------------------------------------------------------------


def test_an_edge_near_a_border_stays_near_it():
    whole = one_edge(*BENT)
    wholly = cut(replace(whole, near_m=whole.shape_length_m.copy()), (0, 1), (0, 2))
    assert wholly.near_m.tolist() == wholly.shape_length_m.tolist()
    partly = cut(replace(whole, near_m=np.array([1_000.0])), (0, 1), (0, 2))
    assert partly.near_m.sum() == pytest.approx(1_000)
    assert cut(whole, (0, 1)).near_m.tolist() == [0, 0]


def test_heights_stay_where_they_were():
    whole = one_edge((46.0, 39.0), (46.1, 39.0), (46.2, 39.0))
    hill = replace(
        whole, sample_offset=np.array([0, 5]), sample_ele_m=np.array([500, 600, 900, 700, 400], dtype=np.float32)
    )
    network = cut(hill, (0, 1))
    assert network.heights(0).tolist() == pytest.approx([500, 600, 900], abs=0.1)
    assert network.heights(1).tolist() == pytest.approx([900, 700, 400], abs=0.1)


def test_a_short_piece_still_has_a_height_at_each_end():
    whole = one_edge((46.0, 39.0), (46.001, 39.0), (46.1, 39.0))
    hill = replace(whole, sample_offset=np.array([0, 3]), sample_ele_m=np.array([500, 600, 700], dtype=np.float32))
    network = cut(hill, (0, 1))
    assert network.heights(0).tolist() == pytest.approx([500, 502], abs=0.1)
    assert network.heights(1)[[0, -1]].tolist() == pytest.approx([502, 700], abs=0.1)


# -- real data ---------------------------------------------------------------------------------------------------------


def test_edges_that_are_not_cut_stay_to_the_last_bit(hatfield):
    longest = int(np.argmax(np.diff(hatfield.vertex_offset)))
    network = cut(hatfield, (longest, 2))
    others = np.delete(np.arange(network.edge_count), [longest, longest + 1])
    kept = network.take(others)
    expected = hatfield.take(np.delete(np.arange(hatfield.edge_count), longest))
    for name in EDGE_COLUMNS:
        if name not in ("u", "v"):
            np.testing.assert_array_equal(getattr(kept, name), getattr(expected, name), err_msg=name)
    np.testing.assert_array_equal(kept.node_osm_id[kept.u], expected.node_osm_id[expected.u])
    np.testing.assert_array_equal(kept.node_osm_id[kept.v], expected.node_osm_id[expected.v])
    np.testing.assert_array_equal(kept.vertex_lon_e7, expected.vertex_lon_e7)


@given(data=st.data())
def test_cutting_keeps_lengths_and_lines(hatfield, data):
    """The ground of law 1."""
    edge = st.integers(0, hatfield.edge_count - 1)
    places = data.draw(
        st.lists(
            edge.flatmap(lambda e: st.tuples(st.just(e), st.integers(0, len(hatfield.coordinates(e)) - 1))), max_size=12
        )
    )
    network = cut(hatfield, *places)
    inner = {(e, vertex) for e, vertex in places if 0 < vertex < len(hatfield.coordinates(e)) - 1}
    assert network.edge_count == hatfield.edge_count + len(inner)
    for way in np.unique(hatfield.way_id):
        for name in ("length_m", "shape_length_m", "near_m"):
            sums = [getattr(net, name)[net.way_id == way].sum() for net in (network, hatfield)]
            assert sums[0] == pytest.approx(sums[1], rel=1e-12)
    # No vertex is lost and none is new.
    first = network.vertex_offset[:-1]
    assert set(zip(hatfield.vertex_lon_e7.tolist(), hatfield.vertex_lat_e7.tolist(), strict=True)) == set(
        zip(network.vertex_lon_e7.tolist(), network.vertex_lat_e7.tolist(), strict=True)
    )
    # Each edge begins and ends at its nodes.
    np.testing.assert_array_equal(network.vertex_lon_e7[first], network.node_lon_e7[network.u])
    np.testing.assert_array_equal(network.vertex_lat_e7[network.vertex_offset[1:] - 1], network.node_lat_e7[network.v])
