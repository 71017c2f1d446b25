"""
Covers of a Pareto front: for every way one that costs at most so much more in each cost, by a search over apexes.

The search is A*pex (Zhang, Salzman, Felner, Kumar, Ulloa and Koenig, "A*pex: Efficient approximate multi-objective
search on graphs", ICAPS 2022). A label is a way to a state together with its apex: the least, cost by cost, of all ways
to that state that it stands for. Two labels at one state become one where the way of either costs at most (1 + epsilon)
times their common apex in each cost, the least that the rest can cost included. What is found is thus within epsilon by
construction. A label is dropped where all that its apex can still become is covered already; that is judged cost by
cost and by mixes of the costs, whose least from each state one Dijkstra each has given.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routes.dominance import Problem, Seeds

    Ints = NDArray[np.int32]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    _Heap = list[tuple[float, float, float, float, int]]


_MOST_CORNERS = 50_000


class Graph(NamedTuple):
    """Arcs sorted by their tails, with the first of each state; what they cost; the least to the ends; the ends."""

    first: Ints
    head: Ints
    cost: Floats
    least: Floats
    is_end: Bools


class _Labels(NamedTuple):
    """Labels in the order in which they came to be, and the first of each state that is open, and that is settled."""

    apex: Floats
    way: Floats
    state: Ints
    parent: Ints
    arc: Ints
    gone: Bools
    after: Ints
    open: Ints
    settled: Ints


class _Region(NamedTuple):
    """What no way found covers: all that costs less than some corner in each cost; how many corners; their mixes."""

    corner: Floats
    mixed: Floats
    size: Ints
    mix: Floats
    bound: Floats
    here: Floats


def covering_ways(
    problem: Problem,
    least: list[NDArray[np.float64]],
    seeds: Seeds,
    epsilon: float,
    most: int,
) -> list[NDArray[np.intp]] | None:
    """
    Search ways such that every way is covered, by one of them or by one of the seeds.

    Parameters
    ----------
    problem
        With two to four costs.
    least
        Of each cost, the least from each state to the ends.
    seeds
        Mixes of the costs, and the ways that are best for them.
    epsilon
        By what share a way that covers another may cost more; 0 for every combination of costs that no other beats.
    most
        Labels to give up at.

    Returns
    -------
    ways
        Rows of the problem's arcs, in order; None where there would be more than `most` labels.
    """
    order = np.argsort(problem.tail, kind="stable")
    is_end = np.zeros(problem.states, dtype=np.bool_)
    is_end[problem.ends] = True
    graph = Graph(
        np.searchsorted(problem.tail[order], np.arange(problem.states + 1)).astype(np.int32),
        problem.head[order].astype(np.int32),
        problem.cost[order].astype(np.float64),
        np.column_stack(least),
        is_end,
    )
    known = np.array([way.cost for way in seeds.ways], dtype=np.float64).reshape(-1, problem.cost.shape[1])
    costs = problem.cost.shape[1]
    labels = _Labels(
        apex=np.empty((most, costs)),
        way=np.empty((most, costs)),
        state=np.empty(most, dtype=np.int32),
        parent=np.empty(most, dtype=np.int32),
        arc=np.empty(most, dtype=np.int32),
        gone=np.zeros(most, dtype=np.bool_),
        after=np.empty(most, dtype=np.int32),
        open=np.full(problem.states, -1, dtype=np.int32),
        settled=np.full(problem.states, -1, dtype=np.int32),
    )
    region = _Region(
        np.full((_MOST_CORNERS, costs), np.inf),
        np.full((_MOST_CORNERS, len(seeds.mix)), np.inf),
        np.ones(1, dtype=np.int32),
        seeds.mix,
        seeds.bound,
        np.empty(len(seeds.mix)),
    )
    last = np.empty(most, dtype=np.int32)
    grow = 1.0 + epsilon
    if not all(_cut(region, way, grow) for way in known):
        return None
    count = _search(graph, labels, region, problem.starts.astype(np.int32), grow, last)
    if count < 0:
        return None
    return [_trace(label, labels.parent, labels.arc, order) for label in last[:count].tolist()]


def _trace(label: int, parent: Ints, arc: Ints, order: NDArray[np.intp]) -> NDArray[np.intp]:
    rows = []
    while parent[label] >= 0:
        rows.append(int(arc[label]))
        label = int(parent[label])
    return np.asarray(order[rows[::-1]], dtype=np.intp)


@kernel
def _search(graph: Graph, labels: _Labels, region: _Region, starts: Ints, grow: float, last: Ints) -> int:
    """Set labels until all is covered; say how many ways were found, and list their labels. -1: too many labels."""
    heap = [(0.0, 0.0, 0.0, 0.0, 0)]
    heap.clear()
    count, found = 0, 0
    for start in starts:
        for cost in range(graph.least.shape[1]):
            labels.apex[count, cost] = labels.way[count, cost] = 0.0
        labels.state[count], labels.parent[count], labels.arc[count] = start, -1, -1
        if _enter(graph, labels, count, heap, grow):
            count += 1
    while len(heap) > 0:
        label = heappop(heap)[4]
        if labels.gone[label] or _settled(labels, label) or not _open(graph, labels, region, label):
            labels.gone[label] = True
            continue
        _settle(labels, label)
        if graph.is_end[labels.state[label]]:
            last[found] = label
            found += 1
            if not _cut(region, labels.way[label], grow):
                return -1
        else:
            count = _expand(graph, labels, region, label, count, heap, grow)
            if count < 0:
                return -1
    return found


@kernel
def _expand(graph: Graph, labels: _Labels, region: _Region, label: int, count: int, heap: _Heap, grow: float) -> int:
    """Make the labels that follow one; say how many there are then, or -1 where there is no room."""
    state = labels.state[label]
    for arc in range(graph.first[state], graph.first[state + 1]):
        head = graph.head[arc]
        if not np.isfinite(graph.least[head, 0]):
            continue
        if count == len(labels.state):
            return -1
        for cost in range(graph.least.shape[1]):
            labels.apex[count, cost] = labels.apex[label, cost] + graph.cost[arc, cost]
            labels.way[count, cost] = labels.way[label, cost] + graph.cost[arc, cost]
        labels.state[count], labels.parent[count], labels.arc[count] = head, label, arc
        if (
            not _settled(labels, count)
            and _open(graph, labels, region, count)
            and _enter(graph, labels, count, heap, grow)
        ):
            count += 1
    return count


@kernel
def _enter(graph: Graph, labels: _Labels, label: int, heap: _Heap, grow: float) -> bool:
    """Add a label to the open ones of its state, with one of which it may become one; false: that stood for it."""
    state, costs = labels.state[label], graph.least.shape[1]
    before, other = -1, labels.open[state]
    while other >= 0:
        then = labels.after[other]
        if labels.gone[other]:  # settled, or one with another: out of the list
            _unlink(labels.open, labels.after, state, before, then)
            other = then
            continue
        if _stands(graph, labels, other, label, grow):
            same = True
            for cost in range(costs):
                same = same and labels.apex[other, cost] <= labels.apex[label, cost]
            if same:
                return False
            for cost in range(costs):
                labels.apex[label, cost] = min(labels.apex[label, cost], labels.apex[other, cost])
                labels.way[label, cost] = labels.way[other, cost]
            labels.parent[label], labels.arc[label] = labels.parent[other], labels.arc[other]
            labels.gone[other] = True
            break
        if _stands(graph, labels, label, other, grow):
            for cost in range(costs):
                labels.apex[label, cost] = min(labels.apex[label, cost], labels.apex[other, cost])
            labels.gone[other] = True
            break
        before, other = other, then
    labels.gone[label] = False
    labels.after[label] = labels.open[state]
    labels.open[state] = label
    full = labels.apex[label, 0] + graph.least[state, 0]
    second = labels.apex[label, 1] + graph.least[state, 1]
    third = labels.apex[label, 2] + graph.least[state, 2] if costs > 2 else 0.0  # noqa: PLR2004
    fourth = labels.apex[label, 3] + graph.least[state, 3] if costs > 3 else 0.0  # noqa: PLR2004
    heappush(heap, (full, second, third, fourth, label))
    return True


@kernel
def _stands(graph: Graph, labels: _Labels, one: int, other: int, grow: float) -> bool:
    """Say whether the way of one label may stand for both."""
    state = labels.state[one]
    for cost in range(graph.least.shape[1]):
        least = graph.least[state, cost]
        apex = min(labels.apex[one, cost], labels.apex[other, cost])
        if labels.way[one, cost] + least > grow * (apex + least):
            return False
    return True


@kernel
def _settled(labels: _Labels, label: int) -> bool:
    """Say whether a settled label stands for whatever this does: labels come by the first cost."""
    other = labels.settled[labels.state[label]]
    while other >= 0:
        if _beats(labels, other, label):
            return True
        other = labels.after[other]
    return False


@kernel
def _beats(labels: _Labels, one: int, other: int) -> bool:
    for cost in range(1, labels.apex.shape[1]):  # noqa: SIM110  (Numba)
        if labels.apex[one, cost] > labels.apex[other, cost]:
            return False
    return True


@kernel
def _settle(labels: _Labels, label: int) -> None:
    """Move a label from the open ones of its state to the settled ones, and drop those that it stands for as well."""
    state = labels.state[label]
    labels.gone[label] = True
    before, other = -1, labels.open[state]
    while other >= 0:
        then = labels.after[other]
        if other == label:
            _unlink(labels.open, labels.after, state, before, then)
            break
        before, other = other, then
    before, other = -1, labels.settled[state]
    while other >= 0:
        then = labels.after[other]
        if _beats(labels, label, other):
            _unlink(labels.settled, labels.after, state, before, then)
        else:
            before = other
        other = then
    labels.after[label] = labels.settled[state]
    labels.settled[state] = label


@kernel
def _unlink(first: Ints, after: Ints, state: int, before: int, then: int) -> None:
    if before < 0:
        first[state] = then
    else:
        after[before] = then


@kernel
def _open(graph: Graph, labels: _Labels, region: _Region, label: int) -> bool:
    """Say whether something that a label's apex can become is not covered."""
    state, costs, known = labels.state[label], graph.least.shape[1], False
    for number in range(region.size[0]):
        below = True
        for cost in range(costs):
            below = below and labels.apex[label, cost] + graph.least[state, cost] < region.corner[number, cost]
        if not below:
            continue
        if not known:
            for row in range(len(region.here)):
                region.here[row] = region.bound[state, row]
                for cost in range(costs):
                    region.here[row] += region.mix[row, cost] * labels.apex[label, cost]
            known = True
        for row in range(len(region.here)):
            if region.here[row] >= region.mixed[number, row]:
                below = False
                break
        if below:
            return True
    return False


@kernel
def _cut(region: _Region, way: Floats, grow: float) -> bool:
    """Cut what a way covers out of the region: each corner above it gives one corner a cost. False: too many."""
    costs, old = len(way), region.size[0]
    new = np.empty((old * costs, costs))
    kept, added = 0, 0
    for number in range(old):
        above = True
        for cost in range(costs):
            above = above and way[cost] / grow < region.corner[number, cost]
        if above:
            added = _split(region.corner[number], way, grow, new, added)
            continue
        for cost in range(costs):
            region.corner[kept, cost] = region.corner[number, cost]
        for row in range(len(region.mix)):
            region.mixed[kept, row] = region.mixed[number, row]
        kept += 1
    region.size[0] = kept
    for number in range(added):  # noqa: SIM110  (Numba)
        if not _add(region, new, number, added):
            return False
    return True


@kernel
def _split(corner: Floats, way: Floats, grow: float, new: Floats, added: int) -> int:
    """Give a corner each cost of a way in turn; nothing costs less than 0."""
    for cost in range(len(way)):
        if way[cost] > 0:
            for each in range(len(way)):
                new[added, each] = corner[each]
            new[added, cost] = way[cost] / grow
            added += 1
    return added


@kernel
def _add(region: _Region, new: Floats, number: int, added: int) -> bool:
    """Add a corner where it lies below no other; false where there is no room."""
    costs, count = new.shape[1], region.size[0]
    for other in range(count + added - number - 1):  # those of the region, and those that are still to come
        below = True
        for cost in range(costs):
            corner = region.corner[other, cost] if other < count else new[number + 1 + other - count, cost]
            below = below and new[number, cost] <= corner
        if below:
            return True
    if count == len(region.corner):
        return False
    for cost in range(costs):
        region.corner[count, cost] = new[number, cost]
    for row in range(len(region.mix)):
        total = 0.0
        for cost in range(costs):
            if region.mix[row, cost] > 0:  # of infinity, none is none
                total += region.mix[row, cost] * new[number, cost]
        region.mixed[count, row] = total
    region.size[0] = count + 1
    return True
