"""
The loops that build a customizable contraction hierarchy: eliminate the nodes, place the arcs.

Nodes go by rank, 0 eliminated first. Above each node lie the higher nodes that it is joined to once all lower ones
are gone; `above` lists them sorted, node r has those from first[r] to first[r + 1]. Position e of `above` is an edge
of the hierarchy. The lowest of the nodes above is the parent; all nodes above are ancestors in the tree of parents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from geo.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    I32: TypeAlias = NDArray[np.int32]
    I64: TypeAlias = NDArray[np.int64]
    Flags: TypeAlias = NDArray[np.bool_]

_SMALL = 32  # lists up to this length are sorted by insertion
_CHAIN = 2  # neighbours of a node inside a chain


@kernel
def neighbour_lists(u: I32, v: I32, count: int) -> tuple[I64, I32]:
    """List each node's neighbours, sorted, each once; no node is its own."""
    first = np.zeros(count + 1, np.int64)
    for k in range(len(u)):
        if u[k] != v[k]:
            first[u[k] + 1] += 1
            first[v[k] + 1] += 1
    for node in range(count):
        first[node + 1] += first[node]
    fill = first[:-1].copy()
    everyone = np.empty(first[count], np.int32)
    for k in range(len(u)):
        if u[k] != v[k]:
            everyone[fill[u[k]]] = v[k]
            everyone[fill[v[k]]] = u[k]
            fill[u[k]] += 1
            fill[v[k]] += 1
    end = 0
    for node in range(count):
        start, stop = first[node], first[node + 1]
        _sort(everyone, start, stop)
        first[node] = end
        for k in range(start, stop):
            if (
                k == start or everyone[k] != everyone[k - 1]
            ):  # what was kept lies before k, so k - 1 is as it was sorted
                everyone[end] = everyone[k]
                end += 1
    first[count] = end
    return first, everyone[:end].copy()


@kernel
def shed(first: I64, neighbour: I32) -> tuple[I32, Flags, I32]:
    """Take away dead ends and the inside of chains; `neighbour` (each pair once a side) is left as what remains."""
    count = len(first) - 1
    degree = np.empty(count, np.int32)
    for v in range(count):
        degree[v] = first[v + 1] - first[v]
    order = np.empty(count, np.int32)
    gone = np.zeros(count, np.bool_)
    ends = [v for v in range(count - 1, -1, -1) if degree[v] < _CHAIN]
    inner = [v for v in range(count - 1, -1, -1) if degree[v] == _CHAIN]
    done = 0
    while len(ends) + len(inner) > 0:
        v = ends.pop() if len(ends) > 0 else inner.pop()  # all dead ends before any chain: they join nothing
        if gone[v]:
            continue
        gone[v] = True
        order[done] = v
        done += 1
        if degree[v] == 0:
            continue
        a, b = neighbour[first[v]], neighbour[first[v] + degree[v] - 1]
        if degree[v] == _CHAIN and not _joined(first, neighbour, degree, a, b):
            _swap(first, neighbour, degree, a, v, b)
            _swap(first, neighbour, degree, b, v, a)
        else:
            _drop(first, neighbour, degree, a, v)
            if a != b:
                _drop(first, neighbour, degree, b, v)
            for end in (a, b):
                if degree[end] < _CHAIN:
                    ends.append(end)
                elif degree[end] == _CHAIN:
                    inner.append(end)
        degree[v] = 0
    return order[:done].copy(), gone, degree


@kernel
def _drop(first: I64, neighbour: I32, degree: I32, node: int, old: int) -> None:
    last = first[node] + degree[node] - 1
    for i in range(first[node], last + 1):
        if neighbour[i] == old:
            neighbour[i] = neighbour[last]
            break
    degree[node] -= 1


@kernel
def _swap(first: I64, neighbour: I32, degree: I32, node: int, old: int, new: int) -> None:
    for i in range(first[node], first[node] + degree[node]):
        if neighbour[i] == old:
            neighbour[i] = new
            break


@kernel
def _joined(first: I64, neighbour: I32, degree: I32, a: int, b: int) -> bool:
    one, other = (a, b) if degree[a] < degree[b] else (b, a)
    for i in range(first[one], first[one] + degree[one]):  # noqa: SIM110  (Numba compiles no generator here)
        if neighbour[i] == other:
            return True
    return False


@kernel
def eliminate(  # noqa: C901  (one pass over the nodes)
    first: I64, neighbour: I32, rank: I32, guess: int
) -> tuple[I64, I32, I32]:
    """Find what lies above each node: its own higher neighbours and what its children have above them."""
    count = len(first) - 1
    node_at = np.empty(count, np.int32)
    for v in range(count):
        node_at[rank[v]] = v
    begin = np.zeros(count + 1, np.int64)
    above = np.empty(max(guess, 1), np.int32)
    parent = np.full(count, -1, np.int32)
    child = np.full(count, -1, np.int32)
    sibling = np.full(count, -1, np.int32)
    mark = np.full(count, -1, np.int32)
    end = 0
    for r in range(count):
        v = node_at[r]
        start = end
        need = first[v + 1] - first[v]
        c = child[r]
        while c != -1:
            need += begin[c + 1] - begin[c]
            c = sibling[c]
        if end + need > len(above):
            longer = np.empty(max(2 * len(above), end + need), np.int32)
            longer[:end] = above[:end]
            above = longer
        mark[r] = r
        for i in range(first[v], first[v + 1]):
            w = rank[neighbour[i]]
            if w > r and mark[w] != r:
                mark[w] = r
                above[end] = w
                end += 1
        c = child[r]
        while c != -1:
            for i in range(begin[c] + 1, begin[c + 1]):
                w = above[i]
                if mark[w] != r:
                    mark[w] = r
                    above[end] = w
                    end += 1
            c = sibling[c]
        _sort(above, start, end)
        begin[r + 1] = end
        if end > start:
            p = above[start]
            parent[r] = p
            sibling[r] = child[p]
            child[p] = r
    return begin, above[:end].copy(), parent


@kernel
def _sort(values: I32, start: int, end: int) -> None:
    if end - start > _SMALL:
        values[start:end].sort()
        return
    for i in range(start + 1, end):
        x = values[i]
        j = i - 1
        while j >= start and values[j] > x:
            values[j + 1] = values[j]
            j -= 1
        values[j + 1] = x


@kernel
def place_arcs(
    tail: I32,
    head: I32,
    rank: I32,
    first: I64,
    above: I32,
) -> I32:
    """Find the weight that each arc may set; -1 for an arc from a node to itself."""
    slot = np.empty(len(tail), np.int32)
    for a in range(len(tail)):
        x, y = rank[tail[a]], rank[head[a]]
        if x == y:
            slot[a] = -1
        elif x < y:
            slot[a] = 2 * find(first, above, x, y)
        else:
            slot[a] = 2 * find(first, above, y, x) + 1
    return slot


@kernel
def find(first: I64, above: I32, low: int, high: int) -> int:
    """Find the hierarchy's edge between two nodes that it joins."""
    i, j = first[low], first[low + 1]
    while i < j:
        middle = (i + j) // 2
        if above[middle] < high:
            i = middle + 1
        else:
            j = middle
    return int(i)
