"""
The loops that weigh a contraction hierarchy, anew or where a few weights have changed.

Edge e of the hierarchy has two weights: weight[2 e] from its lower end to the higher, weight[2 e + 1] back.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, TypeAlias

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


@kernel
def update(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917  (one sweep upwards; split, it would carry all of its state about)
    first: I64,
    above: I32,
    below: I32,
    down_first: I64,
    down: I32,
    begin: I32,
    arcs: I32,
    cost: I32,
    weight: I32,
    through: I32,
    changed: I32,
) -> tuple[I32, I32, I32]:
    """
    Weigh again only what the changed weights bear on, lower nodes first.

    Returns the positions that were set, with the old weight and the old `through` of each, so that it can be undone.
    """
    pile = [(below[s // 2], s) for s in changed]
    heapq.heapify(pile)
    was_at = [np.int32(0) for _ in range(0)]
    was = [np.int32(0) for _ in range(0)]
    was_through = [np.int32(0) for _ in range(0)]
    last = np.int32(-1)
    while len(pile) > 0:
        low, s = heapq.heappop(pile)
        if s == last:
            continue
        last = s
        e, side = s // 2, s % 2
        old, before = weight[s], through[s]
        new, over = NEVER, np.int32(-1)
        for k in range(begin[s], begin[s + 1]):
            new = min(new, cost[arcs[k]])
        # ways over a lower node: those that lie below both ends
        high = above[e]
        i, j = down_first[low], down_first[high]
        while i < down_first[low + 1] and j < down_first[high + 1]:
            one, other = below[down[i]], below[down[j]]
            if one < other:
                i += 1
            elif other < one:
                j += 1
            else:
                if side == 0:
                    start, end = 2 * down[i] + 1, 2 * down[j]
                else:
                    start, end = 2 * down[j] + 1, 2 * down[i]
                if weight[start] != NEVER and weight[end] != NEVER:
                    way = np.int64(weight[start]) + weight[end]
                    if way < new:
                        new, over = way, np.int32(start // 2)
                i += 1
                j += 1
        if new == old and over == before:
            continue
        was_at.append(s)
        was.append(old)
        was_through.append(before)
        weight[s] = new
        through[s] = over
        if new == old:
            continue
        for i in range(first[low], first[low + 1]):
            z = above[i]
            if z == high:
                continue
            # low is the middle of a way between high and z
            partner = weight[2 * i + (1 - side)]
            if partner == NEVER:
                continue
            if z < high:
                edge = find(first, above, z, high)
                t = 2 * edge + (0 if side == 0 else 1)
            else:
                edge = find(first, above, high, z)
                t = 2 * edge + (1 if side == 0 else 0)
            if np.int64(new) + partner < weight[t] or np.int64(old) + partner == weight[t]:
                heapq.heappush(pile, (below[edge], np.int32(t)))
    return _array(was_at), _array(was), _array(was_through)


@kernel
def _array(values: list[np.int32]) -> I32:
    result = np.empty(len(values), np.int32)
    for k in range(len(values)):
        result[k] = values[k]
    return result
