"""Which boxes touch a window, and how edges join into chains."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.boxes import Boxes, around
from geo.chains import chains

numbers = st.integers(-1_800_000_000, 1_800_000_000)
boxes = st.lists(st.tuples(numbers, numbers, st.integers(0, 10**7), st.integers(0, 10**7)), max_size=300)


@given(boxes, st.tuples(numbers, numbers, st.integers(0, 10**9), st.integers(0, 10**9)))
def test_a_window_finds_the_boxes_that_a_look_at_each_of_them_finds(found, window):
    sides = np.array([(x, y, x + w, y + h) for x, y, w, h in found], dtype=np.int32).reshape(-1, 4)
    west, south, wide, high = window
    packed = Boxes.of(sides, np.arange(len(sides)))
    touching = packed.touching((west, south, west + wide, south + high))
    plain = [
        row
        for row, (w, s, e, n) in enumerate(sides.tolist())
        if w <= west + wide and e >= west and s <= south + high and n >= south
    ]
    assert sorted(touching.tolist()) == plain


def test_only_the_rows_that_were_taken_are_found():
    sides = around(np.array([0, 2, 4]), np.array([0, 10, 5, 7], np.int32), np.array([0, 1, 3, 2], np.int32))
    assert sides.tolist() == [[0, 0, 10, 1], [5, 2, 7, 3]]
    assert Boxes.of(sides, np.array([1])).touching((0, 0, 20, 20)).tolist() == [1]


def test_edges_join_where_exactly_two_of_them_meet():
    # 0-1-2 and on to a junction at 2, where 2-3 and 2-4 leave; the second edge is drawn the other way round.
    offset, edges, forward = chains(np.array([0, 2, 2, 2]), np.array([1, 1, 3, 4]))
    lines = [
        list(zip(edges[a:b].tolist(), forward[a:b].tolist(), strict=True)) for a, b in np.c_[offset[:-1], offset[1:]]
    ]
    assert sorted(map(len, lines)) == [1, 1, 2]
    assert [(0, True), (1, False)] in lines or [(1, True), (0, False)] in lines


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=25))
def test_every_edge_is_in_one_chain_and_each_step_goes_on_where_the_last_one_ended(edges_given):
    u, v = np.array(edges_given).T
    offset, edges, forward = chains(u, v)
    assert sorted(edges.tolist()) == list(range(len(u)))
    start, end = np.where(forward, u[edges], v[edges]), np.where(forward, v[edges], u[edges])
    for first, last in pairwise(offset):
        assert start[first + 1 : last].tolist() == end[first : last - 1].tolist()
