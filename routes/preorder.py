"""Trees of cheapest ways in preorder, in which all states below one follow it: what hangs on what, in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routes.journey import Tree

    Ints = NDArray[np.int32]
    Floats = NDArray[np.float64]


class Rooted(NamedTuple):
    """
    A tree of cheapest ways, in arrays that a kernel takes.

    Attributes
    ----------
    cost
        Of each state; infinite where there is no way.
    next
        The next state towards the root; negative for roots and where there is no way.
    order
        States in preorder.
    enter, leave
        Of each state: its place in the preorder, and the place behind the last state below it.
    """

    cost: Floats
    next: Ints
    order: Ints
    enter: Ints
    leave: Ints


def rooted(tree: Tree, route: Ints) -> Rooted:
    """
    Root a tree at the first state of a route, and lead the states of the route back along it.

    Parameters
    ----------
    tree
        Cheapest ways.
    route
        States of one that is as cheap as the tree's.

    Returns
    -------
    rooted
        A tree of ways just as cheap.
    """
    towards = tree.before.astype(np.int32)
    towards[route[0]], towards[route[1:]] = -1, route[:-1]
    return Rooted(tree.cost, towards, *_preorder(towards))


@kernel
def _preorder(towards: Ints) -> tuple[Ints, Ints, Ints]:
    """Order the states so that all below one follow it; its place, and the place behind the last below it."""
    count = len(towards)
    pointer = np.zeros(count + 2, dtype=np.int32)
    for state in range(count):
        pointer[towards[state] + 2 if towards[state] >= 0 else 1] += 1
    for place in range(count + 1):
        pointer[place + 1] += pointer[place]
    fill = pointer.copy()
    below = np.empty(count, dtype=np.int32)  # the roots first, then the children of each state
    for state in range(count):
        group = max(towards[state], -1) + 1
        below[fill[group]] = state
        fill[group] += 1
    order, enter, leave = np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count, np.int32)
    stack = np.empty(count, dtype=np.int32)
    top = pointer[1]
    stack[:top] = below[:top]
    done = 0
    while top > 0:
        top -= 1
        state = stack[top]
        order[done], enter[state], leave[state] = state, done, done + 1
        done += 1
        for place in range(pointer[state + 1], pointer[state + 2]):
            stack[top] = below[place]
            top += 1
    for place in range(count - 1, -1, -1):
        state = order[place]
        if towards[state] >= 0:
            leave[towards[state]] = max(leave[towards[state]], leave[state])
    return order, enter, leave


@kernel
def levels(tree: Rooted, route: Ints) -> Ints:
    """
    Say where the tree's way to each state leaves a route of the tree.

    Parameters
    ----------
    tree
        The tree.
    route
        States, from the root on.

    Returns
    -------
    level
        After how many steps of the route; 0 for a way that never joins it.
    """
    level = np.full(len(tree.next), -1, dtype=np.int32)
    for place in range(len(route)):
        level[route[place]] = place
    for state in tree.order:
        if level[state] < 0:
            level[state] = level[tree.next[state]] if tree.next[state] >= 0 else 0
    return level
