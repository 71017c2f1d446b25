"""Components are those of SciPy, numbered alike."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.components import components, strong_components


@given(st.integers(1, 30), st.data())
def test_components_are_scipys(count, data):
    node = st.integers(0, count - 1)
    edges = data.draw(st.lists(st.tuples(node, node), min_size=1, max_size=40))
    u, v = np.array(edges, dtype=np.int32).T.copy()
    rows = np.flatnonzero(data.draw(st.lists(st.booleans(), min_size=len(u), max_size=len(u))))
    graph = coo_array((np.ones(len(rows)), (u[rows], v[rows])), shape=(count, count))
    assert np.array_equal(components(u, v, rows, count), connected_components(graph, directed=False)[1])


@given(st.integers(1, 12), st.data())
def test_strong_components_are_scipys(count, data):
    arcs = data.draw(
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), st.booleans()), max_size=40)
    )
    arcs = sorted(arcs)
    tail, head = (np.array([arc[end] for arc in arcs], dtype=np.int32) for end in (0, 1))
    open_ = np.array([arc[2] for arc in arcs], dtype=np.bool_)
    begin = np.searchsorted(tail, np.arange(count + 1)).astype(np.int32)
    graph = coo_array((np.ones(int(open_.sum())), (tail[open_], head[open_])), shape=(count, count))
    _count, expected = connected_components(graph, directed=True, connection="strong")
    found = strong_components(begin, head, open_)
    assert np.array_equal(found[:, None] == found, expected[:, None] == expected)
    assert set(found.tolist()) == set(range(found.max() + 1))
