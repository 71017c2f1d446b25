"""
The loops that weigh a contraction hierarchy, anew or where a few weights have changed.

Edge e of the hierarchy has two weights: weight[2 e] from its lower end to the higher, weight[2 e + 1] back.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from geo.elimination import find
from geo.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    I32: TypeAlias = NDArray[np.int32]
    I64: TypeAlias = NDArray[np.int64]

NEVER = 2**31 - 1
"""Weight of what may not be taken."""


@kernel
def customize(
    first: I64,
    above: I32,
    slot: I32,
    cost: I32,
    weight: I32,
    through: I32,
) -> None:
    """
    Weigh the hierarchy: each edge the cheapest of its arcs and of every way over one lower node.

    through[s] is the edge from that lower node to the start of the way, -1 where an arc itself is the cheapest.
    """
    weight[:] = NEVER
    through[:] = -1
    for a in range(len(slot)):
        s = slot[a]
        if s >= 0 and cost[a] < weight[s]:
            weight[s] = cost[a]
    for v in range(len(first) - 1):
        last = first[v + 1]
        for i in range(first[v], last - 1):
            down, up = np.int64(weight[2 * i]), np.int64(weight[2 * i + 1])  # v to x, x to v
            if down == NEVER and up == NEVER:
                continue
            e = first[above[i]]
            for j in range(i + 1, last):
                y = above[j]
                while above[e] < y:
                    e += 1
                onward, back = weight[2 * j], weight[2 * j + 1]
                if up != NEVER and onward != NEVER and up + onward < weight[2 * e]:  # noqa: PLR1714  (quicker)
                    weight[2 * e] = up + onward
                    through[2 * e] = i
                if down != NEVER and back != NEVER and back + down < weight[2 * e + 1]:  # noqa: PLR1714
                    weight[2 * e + 1] = back + down
                    through[2 * e + 1] = j


class Shape(NamedTuple):
    """
    What of a hierarchy does not depend on weights.

    Attributes
    ----------
    first, above
        Edges of each node to higher ones, and their higher ends.
    below
        Lower end of each edge.
    down_first, down
        Edges of each node to lower ones.
    begin, arcs
        The arcs that each weight may be taken from.
    """

    first: I64
    above: I32
    below: I32
    down_first: I64
    down: I32
    begin: I32
    arcs: I32


@kernel
def update(shape: Shape, cost: I32, weight: I32, through: I32, changed: I32) -> tuple[I32, I32, I32]:
    """
    Weigh again only what the changed weights bear on, lower nodes first.

    Returns the positions that were set, with the old weight and the old `through` of each, so that it can be undone.
    """
    pile = [(shape.below[s // 2], s) for s in changed]
    heapq.heapify(pile)
    was_at = [np.int32(0) for _ in range(0)]
    was = [np.int32(0) for _ in range(0)]
    was_through = [np.int32(0) for _ in range(0)]
    last = np.int32(-1)
    while len(pile) > 0:
        _low, s = heapq.heappop(pile)
        if s == last:
            continue
        last = s
        old, before = weight[s], through[s]
        new, over = _lightest(shape, cost, weight, s)
        if new == old and over == before:
            continue
        was_at.append(s)
        was.append(old)
        was_through.append(before)
        weight[s] = new
        through[s] = over
        if new != old:
            _awake(pile, shape, weight, s, old)
    return _array(was_at), _array(was), _array(was_through)


@kernel
def _lightest(shape: Shape, cost: I32, weight: I32, s: int) -> tuple[np.int64, np.int32]:
    """Weigh one edge one way: the cheapest of its arcs and of the ways over a node that lies below both ends."""
    new, over = np.int64(NEVER), np.int32(-1)
    for k in range(shape.begin[s], shape.begin[s + 1]):
        new = min(new, np.int64(cost[shape.arcs[k]]))
    e, down, below = s // 2, shape.down, shape.below
    low, high = below[e], shape.above[e]
    i, j = shape.down_first[low], shape.down_first[high]
    while i < shape.down_first[low + 1] and j < shape.down_first[high + 1]:
        one, other = below[down[i]], below[down[j]]
        if one < other:
            i += 1
        elif other < one:
            j += 1
        else:
            if s % 2 == 0:
                start, end = 2 * down[i] + 1, 2 * down[j]
            else:
                start, end = 2 * down[j] + 1, 2 * down[i]
            if weight[start] != NEVER and weight[end] != NEVER:
                way = np.int64(weight[start]) + weight[end]
                if way < new:
                    new, over = way, np.int32(start // 2)
            i += 1
            j += 1
    return new, over


@kernel
def _awake(pile: list[tuple[np.int32, np.int32]], shape: Shape, weight: I32, s: int, old: int) -> None:
    """Put on the pile what a weight that is not `old` any more may bear on: ways over its edge's lower end."""
    first, above, below = shape.first, shape.above, shape.below
    e, side, new = s // 2, s % 2, np.int64(weight[s])
    low, high = below[e], above[e]
    for i in range(first[low], first[low + 1]):
        z = above[i]
        partner = weight[2 * i + (1 - side)]
        if z == high or partner == NEVER:
            continue
        edge = find(first, above, min(z, high), max(z, high))
        t = 2 * edge + (side if z < high else 1 - side)
        if new + partner < weight[t] or np.int64(old) + partner == weight[t]:
            heapq.heappush(pile, (below[edge], np.int32(t)))


@kernel
def _array(values: list[np.int32]) -> I32:
    result = np.empty(len(values), np.int32)
    for k in range(len(values)):
        result[k] = values[k]
    return result
