"""Edges joined end to end into long lines, as columns: where nothing branches off, a line does not end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def chains(
    u: NDArray[np.integer], v: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.intp], NDArray[np.bool_]]:
    """
    Join edges at every node where exactly two of them meet.

    Parameters
    ----------
    u, v
        The nodes that each edge joins; only edges that may be joined to each other should be given together.

    Returns
    -------
    offset
        Chain i is made of the steps offset[i] to offset[i + 1].
    edges
        The edge of each step. Every edge is in one chain, once; one of a closed ring is a chain by itself.
    forward
        Whether the step goes from u to v.

    Notes
    -----
    Each edge is two arcs, there and back, and each arc points at the one that follows it; doubling the pointers finds
    the end of every chain, and how far off it is, in as many rounds as the longest chain has binary digits.
    """
    count = len(u)
    if not count:
        return np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.intp), np.empty(0, dtype=bool)
    tail, head = np.concatenate((u, v)), np.concatenate((v, u))
    arcs = np.arange(2 * count)
    back = (arcs + count) % (2 * count)
    following = _following(tail, head, back)
    steps = (following != arcs).astype(np.int64)
    last = following
    for _round in range(max(int(count).bit_length(), 1)):
        steps = steps + steps[last]
        last = last[last]
    # What never comes to an end runs in a ring. Of the two ways along a chain, the one with the smaller last arc.
    ring = following[last] != last
    last, steps = np.where(ring, arcs, last), np.where(ring, 0, steps)
    first = back[last[back]]
    kept = (last < back[first]) | ((last == back[first]) & (arcs < count))
    kept &= ~ring | (arcs < count)
    kept_arcs = arcs[kept]
    order = kept_arcs[np.lexsort((-steps[kept], last[kept]))]
    starts = np.flatnonzero(np.diff(last[order], prepend=-1) != 0)
    return np.append(starts, len(order)).astype(np.int64), (order % count).astype(np.intp), order < count


def _following(tail: NDArray[np.integer], head: NDArray[np.integer], back: NDArray[np.intp]) -> NDArray[np.intp]:
    """For each arc, the one that goes on from its end; itself where the chain ends."""
    nodes, where = np.unique(tail, return_inverse=True)
    order = np.argsort(where, kind="stable")
    begin = np.searchsorted(where[order], np.arange(len(nodes)))
    through = np.bincount(where, minlength=len(nodes)) == 2  # noqa: PLR2004 -- one arc out on either side
    ends_at = np.searchsorted(nodes, head)
    a = order[begin[ends_at]]
    b = order[np.minimum(begin[ends_at] + 1, len(order) - 1)]
    onward = np.where(a == back, b, a)
    arcs = np.arange(len(tail))
    return np.where(through[ends_at], onward, arcs)
