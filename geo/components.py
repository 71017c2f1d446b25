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


@kernel
def strong_components(  # noqa: C901  (one walk; split, it would carry all of its state about)
    begin: NDArray[np.int32], head: NDArray[np.int32], open_: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """
    Label the strongly connected components of a directed graph: Tarjan's algorithm, without recursion.

    Parameters
    ----------
    begin
        Where each node's arcs begin; one more than there are nodes.
    head
        Node that each arc leads to.
    open_
        Which arcs count.

    Returns
    -------
    label
        One a node, from 0 in no order that means anything; a node without arcs is a component of its own.
    """
    count = len(begin) - 1
    label = np.full(count, -1, np.int32)
    seen = np.full(count, -1, np.int32)  # when each node was met
    low = np.empty(count, np.int32)  # the first met of those that it leads back to
    turn = begin[:-1].copy()  # next arc of each node
    path, waiting = np.empty(count, np.int32), np.empty(count, np.int32)
    met, found, held = 0, 0, 0
    for start in range(count):
        if seen[start] >= 0:
            continue
        path[0], deep = start, 1
        while deep > 0:
            node = path[deep - 1]
            if seen[node] < 0:
                seen[node] = low[node] = met
                met += 1
                waiting[held] = node
                held += 1
            down = False
            while turn[node] < begin[node + 1]:
                arc = turn[node]
                other = head[arc]
                if open_[arc] and label[other] < 0:
                    if seen[other] < 0:
                        path[deep] = other
                        deep += 1
                        down = True
                        break  # the arc is looked at again once `other` is done
                    low[node] = min(low[node], low[other])
                turn[node] += 1
            if down:
                continue
            deep -= 1
            if low[node] == seen[node]:
                while True:
                    held -= 1
                    label[waiting[held]] = found
                    if waiting[held] == node:
                        break
                found += 1
    return label
