"""
The loops that ask a contraction hierarchy: climb from both ends, meet, and unpack; or climb and come down everywhere.

Nodes go by rank; see `geo.elimination` and `geo.weighing` for what the arrays hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from geo.elimination import find
from geo.kernel import kernel
from geo.weighing import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    I32: TypeAlias = NDArray[np.int32]
    I64: TypeAlias = NDArray[np.int64]

FAR = 2**62
"""Distance of what cannot be reached."""


@kernel
def climb(  # noqa: PLR0913, PLR0917
    first: I64,
    above: I32,
    parent: I32,
    weight: I32,
    side: int,
    roots: I32,
    already: I64,
    distance: I64,
    by: I32,
) -> None:
    """Reach all ancestors of some nodes: along the arcs (side 0) or against them (1); by[v] is the last edge taken."""
    for k in range(len(roots)):
        v = roots[k]
        if already[k] < distance[v]:
            distance[v] = already[k]
            by[v] = -1
        while v != -1:
            d = distance[v]
            if d < FAR:
                for i in range(first[v], first[v + 1]):
                    w = weight[2 * i + side]
                    if w != NEVER and d + w < distance[above[i]]:
                        distance[above[i]] = d + w
                        by[above[i]] = i
            v = parent[v]


@kernel
def forget(parent: I32, roots: I32, distance: I64, by: I32) -> None:
    """Undo a climb."""
    for root in roots:
        v = root
        while v != -1:
            distance[v] = FAR
            by[v] = -1
            v = parent[v]


@kernel
def meet(parent: I32, roots: I32, forth: I64, back: I64) -> tuple[int, int]:
    """Find the ancestor over which two climbs join most cheaply: the cost, and the node; -1 where none does."""
    best, top = FAR, -1
    for root in roots:
        v = root
        while v != -1:
            if forth[v] < FAR and back[v] < FAR and forth[v] + back[v] < best:
                best = forth[v] + back[v]
                top = v
            v = parent[v]
    return best, top


@kernel
def steps_over(top: int, below: I32, by_forth: I32, by_back: I32) -> I32:
    """Follow two climbs from where they meet: positions of the weights taken, in order of travel."""
    up = [np.int32(0) for _ in range(0)]
    v = top
    while by_forth[v] >= 0:
        up.append(np.int32(2 * by_forth[v]))
        v = below[by_forth[v]]
    down = [np.int32(0) for _ in range(0)]
    v = top
    while by_back[v] >= 0:
        down.append(np.int32(2 * by_back[v] + 1))
        v = below[by_back[v]]
    steps = np.empty(len(up) + len(down), np.int32)
    for k in range(len(up)):
        steps[k] = up[len(up) - 1 - k]
    for k in range(len(down)):
        steps[len(up) + k] = down[k]
    return steps


@kernel
def unpack(
    first: I64,
    above: I32,
    below: I32,
    through: I32,
    steps: I32,
) -> I32:
    """Replace each step that leads over a lower node by the two that it stands for, until all are arcs themselves."""
    pile = [steps[len(steps) - 1 - k] for k in range(len(steps))]
    found = [np.int32(0) for _ in range(0)]
    while len(pile) > 0:
        s = pile.pop()
        i = through[s]
        if i < 0:
            found.append(s)
            continue
        e = s // 2
        target = above[e] if s % 2 == 0 else below[e]
        pile.append(np.int32(2 * find(first, above, below[i], target)))
        pile.append(np.int32(2 * i + 1))
    result = np.empty(len(found), np.int32)
    for k in range(len(found)):
        result[k] = found[k]
    return result


@kernel
def cheapest_arcs(
    steps: I32,
    begin: I32,
    arcs: I32,
    cost: I32,
    weight: I32,
) -> I64:
    """Pick the first of the arcs that have the weight of each step."""
    chosen = np.empty(len(steps), np.int64)
    for k in range(len(steps)):
        s = steps[k]
        i = begin[s]
        while cost[arcs[i]] != weight[s]:
            i += 1
        chosen[k] = arcs[i]
    return chosen


@kernel
def descend(
    first: I64,
    above: I32,
    weight: I32,
    side: int,
    distance: I64,
) -> None:
    """Carry the distances of a climb down to every node; side 1 after a climb along the arcs, 0 after one against."""
    for v in range(len(first) - 2, -1, -1):
        d = distance[v]
        for i in range(first[v], first[v + 1]):
            w = weight[2 * i + side]
            if w != NEVER:
                d = min(d, distance[above[i]] + w)
        distance[v] = d


@kernel
def last_arcs(near: I32, far: I32, cost: I32, distance: I64, roots: I64) -> I32:
    """Pick for each node an arc over which its distance comes about, the first of equal ones, without any ring."""
    found = np.full(len(distance), -1, np.int32)
    for a in range(len(near)):
        there = distance[far[a]]
        if (
            cost[a] != NEVER
            and cost[a] > 0
            and found[far[a]] < 0
            and there < FAR
            and distance[near[a]] + cost[a] == there
        ):
            found[far[a]] = a
    settled = found >= 0
    settled[roots] = True  # a root that is cheaper to reach from another root is not met here: roots cost nothing
    found[roots] = -1
    free = [a for a in range(len(near)) if cost[a] == 0]
    grown = True
    while grown:  # arcs that cost nothing: from what is settled to what is not yet
        grown = False
        for a in free:
            if settled[near[a]] and not settled[far[a]] and distance[near[a]] == distance[far[a]] < FAR:
                found[far[a]] = a
                settled[far[a]] = True
                grown = True
    return found
