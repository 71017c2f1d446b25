"""Ways of any making cut at their junctions: what holds for every network."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.measure import to_e7
from geo.network import LENGTH_BASES, MODES, Network
from geo.tags import WayTags
from geo.ways import Ways, assemble

GEOD = Geod(ellps="WGS84")
# A street grid of six by five corners, a hundredth of a degree apart: any walk over it is a way.
CORNERS = np.array([(46 + x / 100, 39 + y / 100) for y in range(5) for x in range(6)])
MADE = {mode: WayTags(mode, "rail" if mode == "rail" else "primary", "open") for mode in MODES}

walks = st.lists(
    st.tuples(
        st.lists(st.integers(0, len(CORNERS) - 1), min_size=2, max_size=9),
        st.sampled_from(MODES),
        st.one_of(st.none(), st.integers(1_000, 90_000)),
    ),
    min_size=1,
    max_size=8,
)


def built(walks: list[tuple[list[int], str, int | None]], order: list[int] | None = None) -> Network:
    e7 = to_e7(CORNERS)
    ways = Ways(np.arange(len(CORNERS)), e7[:, 0], e7[:, 1])
    for number in order or range(len(walks)):
        refs, mode, length_m = walks[number]
        ways.add(MADE[mode], refs, way_id=number, length_m=np.nan if length_m is None else length_m)
    return assemble(ways, {})


@given(walks=walks)
def test_the_edges_of_a_way_are_the_way(walks):
    network = built(walks)
    for number, (refs, mode, published_m) in enumerate(walks):
        rows = np.flatnonzero(network.way_id == number)
        line = CORNERS[refs]
        moved = np.concatenate(([True], np.any(line[1:] != line[:-1], axis=1)))
        if moved.sum() == 1:  # a way that stays where it is has no edge
            assert len(rows) == 0
            continue
        parts = [network.coordinates(row) for row in rows.tolist()]
        ends_meet = [np.array_equal(one[-1], other[0]) for one, other in pairwise(parts)]
        assert all(ends_meet)
        whole = np.vstack([parts[0][:1], *(part[1:] for part in parts)])
        np.testing.assert_allclose(whole, line[moved], atol=1e-9)
        shape_m = GEOD.line_length(*line.T)
        assert network.shape_length_m[rows].sum() == pytest.approx(shape_m, rel=1e-9)
        assert network.length_m[rows].sum() == pytest.approx(published_m or shape_m, rel=1e-9)
        assert {LENGTH_BASES[code] for code in network.length_basis[rows]} == {"published" if published_m else "shape"}
        assert {MODES[code] for code in network.mode[rows]} == {mode}


@given(walks=walks)
def test_edges_meet_at_their_ends_alone(walks):
    network = built(walks)
    for mode in range(len(MODES)):
        rows = np.flatnonzero(network.mode == mode).tolist()
        ends = {tuple(network.coordinates(row)[place]) for row in rows for place in (0, -1)}
        inner = [tuple(point) for row in rows for point in network.coordinates(row)[1:-1]]
        assert len(inner) == len(set(inner))
        assert not ends & set(inner)


@given(walks=walks, data=st.data())
def test_law_7_the_order_of_ways_changes_nothing(walks, data):
    one = built(walks)
    other = built(walks, data.draw(st.permutations(range(len(walks)))))
    for name in vars(one):
        if name not in ("text", "meta"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def test_published_and_shape_lengths_are_kept_apart():
    network = built([([0, 1, 2], "rail", 5_000), ([1, 7], "rail", None)])
    assert network.length_m[:2].sum() == pytest.approx(5_000)
    assert network.shape_length_m[:2].sum() == pytest.approx(
        shapely.length(network.lines()[:2]).sum() * 86_600, rel=0.01
    )
