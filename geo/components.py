"""Which nodes hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel
def components(u: NDArray[np.int32], v: NDArray[np.int32], rows: NDArray[np.intp], count: int) -> NDArray[np.int32]:
    """
    Label the connected components of some edges.

    Parameters
    ----------
    u, v
        The nodes that each edge joins.
    rows
        The edges that count.
    count
        Number of nodes.

    Returns
    -------
    label
        One a node: components are numbered from 0 in the order of their first node; a node without edges is one.
    """
    root = np.arange(count).astype(np.int32)
    for row in rows:
        a, b = u[row], v[row]
        while root[a] != a:
            root[a] = root[root[a]]
            a = root[a]
        while root[b] != b:
            root[b] = root[root[b]]
            b = root[b]
        if a < b:
            root[b] = a
        else:
            root[a] = b
    label = np.empty(count, np.int32)
    found = 0
    for node in range(count):
        if root[node] == node:
            label[node] = found
            found += 1
        else:  # a root is the smallest node of its component, so its label stands already
            label[node] = label[root[node]]
    return label
