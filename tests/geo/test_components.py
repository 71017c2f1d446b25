"""Components are those of SciPy, numbered alike."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.components import components


@given(st.integers(1, 30), st.data())
def test_components_are_scipys(count, data):
    node = st.integers(0, count - 1)
    edges = data.draw(st.lists(st.tuples(node, node), min_size=1, max_size=40))
    u, v = np.array(edges, dtype=np.int32).T.copy()
    rows = np.flatnonzero(data.draw(st.lists(st.booleans(), min_size=len(u), max_size=len(u))))
    graph = coo_array((np.ones(len(rows)), (u[rows], v[rows])), shape=(count, count))
    assert np.array_equal(components(u, v, rows, count), connected_components(graph, directed=False)[1])
