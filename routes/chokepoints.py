"""
Choke points: what the closure of each edge of a route would cost, in both directions.

One tree of cheapest ways from the start and one to the end. With an edge of the route closed, every way round it leaves
the part of the first tree that stays whole by one arc; the sum of the tree before it, the arc, and the tree behind it
is the least that such a way can cost, and a sweep gives the least sum for every edge at once (Malik, Mittal and Gupta,
"The k most vital arcs in the shortest path problem", Operations Research Letters 8, 1989). Where the way of that sum
keeps clear of the closed edge, as it always does without one-way edges, that is the cost. Where it comes back over the
closed edge, the states behind that edge alone are searched again, from the arcs that enter them, with the tree to the
end as A*'s bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from routes.journey import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from routes.journey import Journey
    from routes.route import Route
    from routes.search import Weights


@dataclass(frozen=True, eq=False)
class ChokePoints:
    """
    A cheapest route, and what closing each of its edges would cost.

    Attributes
    ----------
    journey
        The question.
    route
        Its cheapest way.
    best
        What that costs, in the integers of the search.
    closed
        For each edge of the route, what the cheapest way costs with the edge closed; infinite where there is no way
        round.
    bridge
        For each edge, whether its closure cuts the usable network in two, one-way signs aside.
    searched
        How many edges took a search of their own.
    """

    journey: Journey
    route: Route
    best: int
    closed: NDArray[np.float64]
    bridge: NDArray[np.bool_]
    searched: int

    @property
    def detour(self) -> NDArray[np.float64]:
        """What each closure adds, in the integers of the search; infinite where there is no way round."""
        return self.closed - self.best

    @property
    def worst(self) -> tuple[int, float] | None:
        """Place in the route and detour of the edge whose closure adds most and yet leaves a way; None if none does."""
        finite = np.flatnonzero(np.isfinite(self.closed))
        if len(finite) == 0:
            return None
        place = int(finite[np.argmax(self.closed[finite])])
        return place, float(self.detour[place])

    @cached_property
    def table(self) -> gpd.GeoDataFrame:
        """One row an edge (WGS84): edge, from_m, to_m, detour (None: no way round), no_way_round, bridge and so on."""
        route, network = self.route, self.route.network
        names = network.text["name"].take(route.edges).decode()
        columns: dict[str, Any] = {
            "edge": route.edges,
            "from_m": route.at_m[:-1],
            "to_m": route.at_m[1:],
            "detour": [float(d) if np.isfinite(d) else None for d in self.detour],
            "no_way_round": ~np.isfinite(self.closed),
            "bridge": self.bridge,
            "territory": [key or None for key in route.territory],
            "status": route.status,
            "name": [name or None for name in names],
        }
        return gpd.GeoDataFrame(columns, geometry=network.lines(route.edges), crs="EPSG:4326")


def choke_points(journey: Journey, cost: NDArray[np.int64]) -> ChokePoints | None:
    """
    Say for each edge of the cheapest route what its closure costs.

    Parameters
    ----------
    journey
        The question.
    cost
        Integer, one an arc.

    Returns
    -------
    chokepoints
        Exact, one-way edges included; None where there is no way at all, or both ends are one point.
    """
    weights = journey.weigh(cost)
    found = weights.shortest(journey.starts, journey.ends)
    if found is None or len(found[1]) == 0:
        return None
    best, arcs = found
    sweep = _Sweep(journey, weights, arcs)
    steps = np.flatnonzero(journey.graph.edge[arcs] >= 0)
    closed, searched = np.empty(len(steps)), 0
    for number, place in enumerate(steps.tolist()):
        least = sweep.least(place)
        if least is None:
            closed[number], searched = sweep.search(place), searched + 1
        else:
            closed[number] = least
    route = journey.route(arcs)
    return ChokePoints(journey, route, int(best), closed, _bridges(journey, route), searched)


class _Sweep:
    """Both trees, and for every step of the route the least sum over an arc that goes round it."""

    def __init__(self, journey: Journey, weights: Weights, arcs: NDArray[np.intp]) -> None:
        graph = journey.graph
        self._graph, self._weight, self._arcs = graph, weights.weight, arcs
        self._ends = journey.ends
        on_route = np.concatenate((graph.tail[arcs[:1]], graph.head[arcs])).astype(np.intp)
        ahead = Tree.grow(weights, journey.starts)
        behind = Tree.grow(weights, journey.ends, backwards=True)
        self._ahead, self._behind = ahead.cost, behind.cost
        # Of equal ways the trees shall take the route's own, so that what hangs on the route is read off them.
        self._parent, self._child = ahead.before.copy(), behind.before.copy()
        self._parent[on_route[1:]] = on_route[:-1]
        self._parent[on_route[0]] = -1
        self._child[on_route[:-1]] = on_route[1:]
        self._child[on_route[-1]] = -1
        self._level = self._levels(on_route)
        self._round, self._least = self._paint()

    def _levels(self, on_route: NDArray[np.intp]) -> NDArray[np.intp]:
        """After how many steps of the route the tree's way to each state leaves it (a way that never joins: 0)."""
        level = np.full(self._graph.state_count, -1, dtype=np.intp)
        level[on_route] = np.arange(len(on_route))
        reached = np.isfinite(self._ahead)
        level[~reached] = 0
        level[(self._parent < 0) & (level < 0)] = 0
        hop = np.where(self._parent >= 0, self._parent, np.arange(len(level)))
        while (open_ := np.flatnonzero(level < 0)).size:
            known = level[hop[open_]]
            level[open_] = known
            hop[open_[known < 0]] = hop[hop[open_[known < 0]]]
        return level

    def _paint(self) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """For each step the arc of least sum that leads from before it to behind it: cheapest arcs first."""
        graph, count = self._graph, len(self._arcs)
        total = self._ahead[graph.tail] + self._weight + self._behind[graph.head]
        low, high = self._level[graph.tail], self._level[graph.head]
        crossing = np.isfinite(total) & (low < high)
        crossing[self._arcs] = False
        order = np.flatnonzero(crossing)
        order = order[np.argsort(total[order], kind="stable")]
        best, least = np.full(count, -1, dtype=np.intp), np.full(count, np.inf)
        after = list(range(count + 1))  # the next step at or after each that no arc has painted
        for arc, first, last in zip(order.tolist(), low[order].tolist(), high[order].tolist(), strict=True):
            step = _find(after, first)
            while step < last:
                best[step], least[step] = arc, total[arc]
                after[step] = step + 1
                step = _find(after, step)
        return best, least

    def least(self, place: int) -> float | None:
        """Give the cost of the way round a step; None where the sweep's way leads over the closed edge."""
        arc, edge = int(self._round[place]), int(self._graph.edge[self._arcs[place]])
        shut = self._pairs(edge)
        opposite = {(head, tail) for tail, head in shut}
        ends = self._ends[self._level[self._ends] <= place]  # the journey may end there without going round
        if len(ends) and self._ahead[ends].min() < self._least[place]:
            end = int(ends[np.argmin(self._ahead[ends])])
            return None if self._uses(self._parent, end, opposite) else float(self._ahead[end])
        if arc < 0:
            return float(np.inf)
        before, then = int(self._graph.tail[arc]), int(self._graph.head[arc])
        closed = self._graph.edge[arc] == edge
        if closed or self._uses(self._parent, before, opposite) or self._uses(self._child, then, shut):
            return None
        return float(self._least[place])

    def _pairs(self, edge: int) -> set[tuple[int, int]]:
        arcs = self._arcs_of(edge)
        return set(zip(self._graph.tail[arcs].tolist(), self._graph.head[arcs].tolist(), strict=True))

    def _arcs_of(self, edge: int) -> NDArray[np.intp]:
        order, sorted_ = self._by_edge
        return order[np.searchsorted(sorted_, edge) : np.searchsorted(sorted_, edge, side="right")]

    @cached_property
    def _by_edge(self) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
        order = np.argsort(self._graph.edge, kind="stable")
        return order, self._graph.edge[order]

    @staticmethod
    def _uses(tree: NDArray[np.int32], state: int, pairs: set[tuple[int, int]]) -> bool:
        while (then := int(tree[state])) >= 0:
            if (state, then) in pairs:
                return True
            state = then
        return False

    def search(self, place: int) -> float:
        """Search the states that the tree reaches over a closed edge again, from the arcs that enter them."""
        graph, edge = self._graph, int(self._graph.edge[self._arcs[place]])
        lost = self._behind_closed(edge)
        entering = np.flatnonzero(
            ~lost[graph.tail] & lost[graph.head] & (graph.edge != edge) & np.isfinite(self._weight)
        )
        cost = self._ahead[graph.tail[entering]] + self._weight[entering]
        full = cost + self._behind[graph.head[entering]]
        heap = [
            (f, c, h)
            for f, c, h in zip(full.tolist(), cost.tolist(), graph.head[entering].tolist(), strict=True)
            if f < np.inf
        ]
        heapify(heap)
        kept = self._ends[~lost[self._ends]]  # an end that the closure leaves alone
        best = float(self._ahead[kept].min(initial=np.inf))
        ends, done = set(self._ends.tolist()), set[int]()
        while heap:
            estimate, so_far, state = heappop(heap)
            if estimate >= best:
                break
            if state in done:
                continue
            done.add(state)
            if state in ends:
                return float(so_far)
            for arc in self._leaving(state):
                head = int(graph.head[arc])
                if lost[head] and head not in done and graph.edge[arc] != edge:
                    then = so_far + float(self._weight[arc])
                    ahead = then + float(self._behind[head])
                    if ahead < np.inf:
                        heappush(heap, (ahead, then, head))
        return best

    def _behind_closed(self, edge: int) -> NDArray[np.bool_]:
        """Mark the states whose way in the first tree leads over an edge."""
        arcs = self._arcs_of(edge)
        tails, heads = self._graph.tail[arcs], self._graph.head[arcs]
        lost = np.zeros(self._graph.state_count, dtype=bool)
        lost[heads[self._parent[heads] == tails]] = True
        hop = np.where(self._parent >= 0, self._parent, np.arange(len(lost)))
        while True:
            wider = lost | lost[hop]
            further = hop[hop]
            if np.array_equal(further, hop) and np.array_equal(wider, lost):
                return lost
            lost, hop = wider, further

    def _leaving(self, state: int) -> Iterator[int]:
        tail = self._graph.tail
        return iter(range(int(np.searchsorted(tail, state)), int(np.searchsorted(tail, state, side="right"))))


def _find(after: list[int], step: int) -> int:
    root = step
    while after[root] != root:
        root = after[root]
    while after[step] != root:
        after[step], step = root, after[step]
    return root


def _bridges(journey: Journey, route: Route) -> NDArray[np.bool_]:
    """Say which edges of the route are bridges: nothing that stays when the whole route is gone joins their sides."""
    graph, network = journey.graph, journey.ground.network
    usable = np.unique(graph.edge[journey.open & (graph.edge >= 0)])
    rest = np.setdiff1d(usable, route.edges)
    ones = np.ones(len(rest))
    size = network.node_count
    _count, part = connected_components(csr_matrix((ones, (network.u[rest], network.v[rest])), shape=(size, size)))
    first = np.where(route.forward, network.u[route.edges], network.v[route.edges])
    last = np.where(route.forward, network.v[route.edges], network.u[route.edges])
    parts = part[np.concatenate((first[:1], last))]
    _names, place = np.unique(parts, return_inverse=True)
    lowest, highest = np.full(place.max() + 1, len(parts)), np.zeros(place.max() + 1, dtype=np.intp)
    np.minimum.at(lowest, place, np.arange(len(parts)))
    np.maximum.at(highest, place, np.arange(len(parts)))
    joined = np.zeros(len(parts) + 1, dtype=np.intp)
    np.add.at(joined, lowest, 1)
    np.add.at(joined, highest, -1)
    return np.asarray(np.cumsum(joined)[: len(route.edges)] == 0)
