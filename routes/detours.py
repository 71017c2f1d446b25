"""
The least that a way round each step of a route costs: two trees of cheapest ways, and a sweep over the cut.

With a step closed, every way round it leaves the part of the tree from the start that stays whole by one arc. The sum
of the tree before that arc, the arc, and the tree to the end behind it is the least that such a way can cost, and one
sweep over the arcs, cheapest sums first, gives every step its least sum (Malik, Mittal and Gupta, "The k most vital
arcs in the shortest path problem", Operations Research Letters 8, 1989). Where the way of that sum keeps clear of the
closed edge, as it always does where no edge is one-way and none lies in two zones, that is the cost. Where it comes
back over the closed edge the sum is a lower bound only: then the states behind the edge are searched, best bound
first (A* with the tree to the end), from the arcs that enter them in the order of their sums, which ends at the answer.

Whether a tree's way uses an edge is read off the tree's preorder, so that all but such a search is a few passes over
the arcs.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.kernel import kernel
from routes.preorder import Rooted, levels, rooted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routes.journey import Tree
    from routes.search import Weights

    Ints = NDArray[np.int32]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    _Heap = list[tuple[float, float, np.int32]]


_BLOCK = 64
"""States that are looked over, or passed over, together."""


@dataclass(frozen=True, eq=False)
class Detours:
    """
    What the cheapest way costs without each edge of a route.

    Attributes
    ----------
    arcs
        The route: the arcs between its states, of equal ones the first.
    closed
        One for each of these arcs that is an edge, in the integers of the search; infinite where there is no way
        round.
    searched
        How many edges took a search of their own.
    """

    arcs: NDArray[np.intp]
    closed: NDArray[np.float64]
    searched: int


class _Arcs(NamedTuple):
    """The graph, one an arc."""

    tail: Ints
    head: Ints
    edge: Ints
    weight: Floats


class _Cut(NamedTuple):
    """What leads past steps of the route, cheapest sums first: arcs (tail, head, edge), or ends before it."""

    total: Floats
    low: Ints
    high: Ints
    tail: Ints
    head: Ints
    edge: Ints


class _Closed(NamedTuple):
    """The edges of the route: place among its arcs, row, the state that each leads to; all their arcs, in spans."""

    place: Ints
    edge: Ints
    onward: Ints
    pointer: Ints
    tail: Ints
    head: Ints


class _Around(NamedTuple):
    """Where the arcs that leave each state begin, and those that enter it; which arcs enter; which states are ends."""

    leaving: Ints
    entering: Ints
    into: Ints
    is_end: Bools


class _Sweep(NamedTuple):
    """Both trees, the cut, the first of the cut that leads past each edge of the route (-1: none), and those edges."""

    fore: Rooted
    back: Rooted
    cut: _Cut
    first: Ints
    shut: _Closed


def detours(weights: Weights, ahead: Tree, behind: Tree, ends: NDArray[np.intp], states: NDArray[np.intp]) -> Detours:
    """
    Say what closing each edge of a cheapest way costs, in both directions and in every zone.

    Parameters
    ----------
    weights
        The graph and its weights: whole numbers, none negative.
    ahead, behind
        Cheapest ways from the starts to every state, and from every state to the ends.
    ends
        Every state in which the journey may end.
    states
        A cheapest way, from a start to an end; of equal ways it need not be the trees' own.

    Returns
    -------
    detours
        Exact, one-way edges and edges in two zones included.
    """
    graph = weights.graph
    arcs = _Arcs(graph.tail, graph.head, graph.edge, weights.weight)
    route = states.astype(np.int32)
    taken = _between(arcs, route)
    # Of equal ways the trees shall take the route's own, so that what hangs on the route is read off them.
    fore, back = rooted(ahead, route), rooted(behind, route[::-1])
    cut = _cut(arcs, fore, back, levels(fore, route), taken, ends)
    place = np.flatnonzero(graph.edge[taken] >= 0).astype(np.int32)
    edges = graph.edge[taken[place]]
    shut = _Closed(place, edges, route[place + 1], *_arcs_of(arcs, edges, graph.network.edge_count))
    sweep = _Sweep(fore, back, cut, _first(cut, len(taken))[place], shut)
    closed = _sums(sweep)
    unsure = np.flatnonzero(np.isnan(closed))
    if len(unsure):
        is_end = np.zeros(graph.state_count, dtype=np.bool_)
        is_end[ends] = True
        _search(closed, unsure, sweep, arcs, _Around(*_around(arcs, graph.state_count), is_end))
    return Detours(taken.astype(np.intp), closed, len(unsure))


@kernel
def _between(arcs: _Arcs, route: Ints) -> Ints:
    """Find the cheapest arc between each two states of a route; of equal ones the first."""
    found = np.empty(len(route) - 1, dtype=np.int32)
    for step in range(len(found)):
        arc = np.searchsorted(arcs.tail, route[step])
        best = -1
        while arc < len(arcs.tail) and arcs.tail[arc] == route[step]:
            if arcs.head[arc] == route[step + 1] and (best < 0 or arcs.weight[arc] < arcs.weight[best]):
                best = arc
            arc += 1
        found[step] = best
    return found


def _cut(arcs: _Arcs, fore: Rooted, back: Rooted, level: Ints, taken: Ints, ends: NDArray[np.intp]) -> _Cut:
    """Gather what leads from before a step of the route to behind it, cheapest sums first."""
    own = np.zeros(len(arcs.tail), dtype=np.bool_)
    own[taken] = True
    found = _crossing(arcs, fore.cost, back.cost, level, own)
    # The journey may end elsewhere: such an end leads past every step behind which its way leaves the route.
    ends = ends[np.isfinite(fore.cost[ends]) & (level[ends] < len(taken))]
    tail = np.concatenate((arcs.tail[found], ends)).astype(np.int32)
    head = np.concatenate((arcs.head[found], ends)).astype(np.int32)
    total = np.concatenate(
        (fore.cost[tail[: len(found)]] + arcs.weight[found] + back.cost[head[: len(found)]], fore.cost[ends])
    )
    high = level[head]
    high[len(found) :] = len(taken)
    edge = np.full(len(tail), -1, dtype=np.int32)
    edge[: len(found)] = arcs.edge[found]
    order = np.argsort(total, kind="stable")
    return _Cut(total[order], level[tail][order], high[order], tail[order], head[order], edge[order])


@kernel
def _crossing(arcs: _Arcs, ahead: Floats, behind: Floats, level: Ints, taken: Bools) -> Ints:
    """List the arcs that lead from before a step of the route to behind it, the route's own left out."""
    found = np.empty(len(arcs.tail), dtype=np.int32)
    count = 0
    for arc in range(len(arcs.tail)):
        tail, head = arcs.tail[arc], arcs.head[arc]
        if level[tail] < level[head] and not taken[arc] and np.isfinite(ahead[tail] + arcs.weight[arc] + behind[head]):
            found[count] = arc
            count += 1
    return found[:count].copy()


@kernel
def _arcs_of(arcs: _Arcs, edges: Ints, edge_count: int) -> tuple[Ints, Ints, Ints]:
    """List every arc of some edges: for each a span of tails and heads."""
    row = np.full(edge_count, -1, dtype=np.int32)
    for place in range(len(edges)):
        row[edges[place]] = place
    pointer = np.zeros(len(edges) + 1, dtype=np.int32)
    for edge in arcs.edge:
        if edge >= 0 and row[edge] >= 0:
            pointer[row[edge] + 1] += 1
    for place in range(len(edges)):
        pointer[place + 1] += pointer[place]
    fill = pointer.copy()
    tail, head = np.empty(pointer[-1], dtype=np.int32), np.empty(pointer[-1], dtype=np.int32)
    for arc in range(len(arcs.edge)):
        edge = arcs.edge[arc]
        if edge >= 0 and row[edge] >= 0:
            tail[fill[row[edge]]], head[fill[row[edge]]] = arcs.tail[arc], arcs.head[arc]
            fill[row[edge]] += 1
    return pointer, tail, head


@kernel
def _first(cut: _Cut, count: int) -> Ints:
    """Give each step the first, so the cheapest, of the cut that leads past it; -1 where none does."""
    found = np.full(count, -1, dtype=np.int32)
    after = np.arange(count + 1)  # the next step at or after each that nothing covers yet
    for number in range(len(cut.total)):
        step = _root(after, cut.low[number])
        while step < cut.high[number]:
            found[step] = number
            after[step] = step + 1
            step = _root(after, step)
    return found


@kernel
def _root(after: NDArray[np.int64], step: int) -> int:
    while after[step] != step:
        after[step] = after[after[step]]
        step = after[step]
    return step


@kernel
def _lost(fore: Rooted, state: int, shut: _Closed, number: int) -> bool:
    """Say whether the way to a state leads over an edge of the route."""
    for arc in range(shut.pointer[number], shut.pointer[number + 1]):
        head = shut.head[arc]
        if fore.next[head] == shut.tail[arc] and fore.enter[head] <= fore.enter[state] < fore.leave[head]:
            return True
    return False


@kernel
def _returns(back: Rooted, state: int, shut: _Closed, number: int) -> bool:
    """Say whether the way from a state to the end leads over an edge of the route."""
    for arc in range(shut.pointer[number], shut.pointer[number + 1]):
        tail = shut.tail[arc]
        if back.next[tail] == shut.head[arc] and back.enter[tail] <= back.enter[state] < back.leave[tail]:
            return True
    return False


@kernel
def _sums(sweep: _Sweep) -> Floats:
    """Give each edge its least sum where that is the cost of a way round; not a number where it may be less."""
    cut, shut = sweep.cut, sweep.shut
    closed = np.empty(len(sweep.first))
    for number in range(len(closed)):
        least = sweep.first[number]
        if least < 0:
            closed[number] = np.inf
        elif (
            cut.edge[least] == shut.edge[number]
            or _lost(sweep.fore, cut.tail[least], shut, number)
            or _returns(sweep.back, cut.head[least], shut, number)
        ):
            closed[number] = np.nan
        else:
            closed[number] = cut.total[least]
    return closed


@kernel
def _around(arcs: _Arcs, count: int) -> tuple[Ints, Ints, Ints]:
    leaving, entering = np.zeros(count + 1, dtype=np.int32), np.zeros(count + 1, dtype=np.int32)
    for arc in range(len(arcs.tail)):
        leaving[arcs.tail[arc] + 1] += 1
        entering[arcs.head[arc] + 1] += 1
    for state in range(count):
        leaving[state + 1] += leaving[state]
        entering[state + 1] += entering[state]
    fill, which = entering.copy(), np.empty(len(arcs.tail), dtype=np.int32)
    for arc in range(len(arcs.tail)):
        which[fill[arcs.head[arc]]] = arc
        fill[arcs.head[arc]] += 1
    return leaving, entering, which


@kernel
def _search(closed: Floats, unsure: NDArray[np.intp], sweep: _Sweep, arcs: _Arcs, around: _Around) -> None:
    """Search a way round each edge whose sum is a lower bound only."""
    done = np.full(len(around.is_end), -1, dtype=np.int32)
    least = _least(sweep)
    for number in unsure:
        heap = [(0.0, 0.0, np.int32(0))]
        heap.clear()
        most = _most(sweep, number)
        _enter(heap, number, sweep, arcs, around, least, most)
        closed[number] = _round(heap, number, sweep, arcs, around, done, most)


@kernel
def _most(sweep: _Sweep, number: int) -> float:
    """Bound what a way round an edge costs: the first of the cut whose way keeps clear of it."""
    least = _following(sweep, sweep.first[number], number)
    while least < len(sweep.cut.total):
        if not _returns(sweep.back, sweep.cut.head[least], sweep.shut, number):
            return float(sweep.cut.total[least])
        least = _following(sweep, least + 1, number)
    return np.inf


@kernel
def _least(sweep: _Sweep) -> Floats:
    """Bound what a way through any of each block of states costs, blocks in the preorder of the first tree."""
    order = sweep.fore.order
    least = np.full(len(order) // _BLOCK + 1, np.inf)
    for place in range(len(order)):
        state = order[place]
        through = sweep.fore.cost[state] + sweep.back.cost[state]
        least[place // _BLOCK] = min(least[place // _BLOCK], through)
    return least


@kernel
def _enter(heap: _Heap, number: int, sweep: _Sweep, arcs: _Arcs, around: _Around, least: Floats, most: float) -> None:
    """Enter the states that lie before the edge and yet hang on it, in another zone: the cut does not show these."""
    fore, shut = sweep.fore, sweep.shut
    onward = shut.onward[number]
    for arc in range(shut.pointer[number], shut.pointer[number + 1]):
        head = shut.head[arc]
        if fore.next[head] != shut.tail[arc] or fore.enter[onward] <= fore.enter[head] < fore.leave[onward]:
            continue
        place = fore.enter[head]
        while place < fore.leave[head]:
            if least[place // _BLOCK] >= most:  # nothing in this block is on a way that is good enough
                place = (place // _BLOCK + 1) * _BLOCK
                continue
            state = fore.order[place]
            place += 1
            for entry in range(around.entering[state], around.entering[state + 1]):
                into = around.into[entry]
                tail = arcs.tail[into]
                cost = fore.cost[tail] + arcs.weight[into]
                full = cost + sweep.back.cost[state]
                if full < most and arcs.edge[into] != shut.edge[number] and not _lost(fore, tail, shut, number):
                    heappush(heap, (full, cost, state))


@kernel
def _round(heap: _Heap, number: int, sweep: _Sweep, arcs: _Arcs, around: _Around, done: Ints, most: float) -> float:
    """Search the states that hang on an edge, best bound first; what enters them comes in the order of its sum."""
    fore, back, shut, cut = sweep.fore, sweep.back, sweep.shut, sweep.cut
    least = _following(sweep, sweep.first[number], number)
    while len(heap) > 0 or least < len(cut.total):
        if least < len(cut.total) and (len(heap) == 0 or cut.total[least] <= heap[0][0]):
            head = cut.head[least]
            heappush(heap, (cut.total[least], cut.total[least] - back.cost[head], head))
            least = _following(sweep, least + 1, number)
            continue
        full, cost, state = heappop(heap)
        if full >= most:
            break
        if done[state] == number:
            continue
        done[state] = number
        if around.is_end[state]:
            return cost
        for arc in range(around.leaving[state], around.leaving[state + 1]):
            head = arcs.head[arc]
            if arcs.edge[arc] != shut.edge[number] and done[head] != number and _lost(fore, head, shut, number):
                then = cost + arcs.weight[arc]
                full = then + back.cost[head]
                if full < most:
                    heappush(heap, (full, then, head))
    return most


@kernel
def _following(sweep: _Sweep, least: int, number: int) -> int:
    """Find the next of the cut that leads past an edge of the route from a state that does not hang on it."""
    cut, shut = sweep.cut, sweep.shut
    place = shut.place[number]
    while least < len(cut.total):
        if (
            cut.low[least] <= place < cut.high[least]
            and cut.edge[least] != shut.edge[number]
            and not _lost(sweep.fore, cut.tail[least], shut, number)
        ):
            break
        least += 1
    return least
