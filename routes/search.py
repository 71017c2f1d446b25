"""Shortest paths over a graph whose arcs have weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import scipy  # what is used of it loads when it is first used

from geo.measure import E7
from routes.snapping import within_reach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.hierarchy import Metric
    from routes.graph import Graph

    Points = Sequence[tuple[float, float]]

_NO_PREDECESSOR = -9999
NEVER = np.inf
PASSAGE = 1.0
"""Cost of passing a border, in the smallest unit of a search: of two ways alike, the one with fewer crossings."""


@dataclass(frozen=True, eq=False)
class Weights:
    """
    A graph with weights, ready to be searched.

    Attributes
    ----------
    graph
        The graph.
    weight
        One an arc; infinite where it may not be taken.
    """

    graph: Graph
    weight: NDArray[np.float64]

    @classmethod
    def of_edges(
        cls, graph: Graph, cost: NDArray[np.int64], usable: NDArray[np.bool_], passable: NDArray[np.bool_]
    ) -> Weights:
        """
        Give every arc its weight.

        Parameters
        ----------
        graph
            The graph.
        cost
            Integer cost of each edge of the network, such as millimetres.
        usable
            Which edges of the network may be used.
        passable
            Which arcs may be taken as transitions; one an arc.

        Returns
        -------
        weights
            To search with. Two equal costs give two equal weights, to the last digit.
        """
        step = graph.edge >= 0
        weight = np.full(len(graph.edge), NEVER)
        allowed = step.copy()
        allowed[step] = usable[graph.edge[step]]
        weight[allowed] = cost[graph.edge[allowed]]
        weight[~step & passable] = PASSAGE
        return cls(graph, weight)

    @classmethod
    def of(cls, graph: Graph, metric: Metric) -> Weights:
        """
        Take the weights of a hierarchy that was weighed already.

        Parameters
        ----------
        graph
            The graph.
        metric
            Of its hierarchy.

        Returns
        -------
        weights
            The same, asked through that metric.
        """
        weights = cls(graph, metric.costs())
        weights.__dict__["metric"] = metric
        return weights

    @cached_property
    def metric(self) -> Metric | None:
        """The graph's hierarchy with these weights; None for a small graph, where Dijkstra is as quick as weighing."""
        return self.graph.hierarchy.weigh(self.weight) if self.graph.large else None

    @property
    def hierarchical(self) -> Metric:
        """The graph's hierarchy with these weights, however small the graph is."""
        return self.graph.hierarchy.weigh(self.weight) if self.metric is None else self.metric

    @cached_property
    def matrix(self) -> scipy.sparse.csr_matrix:
        """The cheapest arc between each two states."""
        first, head, pointer = self.graph.pairs
        cheapest = np.minimum.reduceat(self.weight, first) if len(first) else np.empty(0)
        count = self.graph.state_count
        return scipy.sparse.csr_matrix((cheapest, head, pointer), shape=(count, count))

    @cached_property
    def component(self) -> NDArray[np.int32]:
        """
        Strongly connected component of each state, numbered from the largest down; -1 for a state without arcs.

        Of those that are equally large, the one with the first state comes first.
        """
        graph = self.graph
        taken = np.isfinite(self.weight)
        tail, head = graph.tail[taken], graph.head[taken]
        if graph.large:
            from geo.components import strong_components  # noqa: PLC0415  (the compiler is loaded only for large graphs)

            begin = np.concatenate(([0], np.cumsum(np.bincount(graph.tail, minlength=graph.state_count))))
            label = strong_components(begin.astype(np.int32), graph.head, taken)
        else:
            part = scipy.sparse.csr_matrix((np.ones(len(tail)), (tail, head)), shape=(graph.state_count,) * 2)
            _count, label = scipy.sparse.csgraph.connected_components(part, directed=True, connection="strong")
        first = np.empty(label.max(initial=-1) + 1, dtype=np.int64)
        first[label[::-1]] = np.arange(len(label))[::-1]  # of those put in one place, the last stays
        rank = np.empty(len(first), dtype=np.int32)
        rank[np.lexsort((first, -np.bincount(label)))] = np.arange(len(first))
        used = np.zeros(graph.state_count, dtype=bool)
        used[tail] = used[head] = True
        return np.where(used, rank[label], -1).astype(np.int32)

    def snap(self, lon: float, lat: float, reach_m: float, territory: str = "") -> NDArray[np.intp]:
        """
        Find the node that stands for a point: the nearest of the largest component that comes within reach.

        Parameters
        ----------
        lon, lat
            Degrees.
        reach_m
            How far it may be, metres.
        territory
            Key of the zone that it must lie in; any when empty.

        Returns
        -------
        states
            The states of that node in which a journey may begin or end; empty where none is within reach.
        """
        graph = self.graph
        fit = (self.component >= 0) & graph.raw
        if territory:
            fit &= graph.zone == (graph.zones.index(territory) if territory in graph.zones else -1)
        states = np.flatnonzero(fit)
        nodes = graph.node[states]
        close, away_m = within_reach(graph.network.node_lon[nodes], graph.network.node_lat[nodes], lon, lat, reach_m)
        if len(close) == 0:
            return close
        part = self.component[states[close]]
        main = np.flatnonzero(part == part.min())
        nearest = nodes[close[main[np.argmin(away_m[main])]]]
        return np.asarray(states[nodes == nearest], dtype=np.intp)

    def shortest(self, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> tuple[float, NDArray[np.intp]] | None:
        """
        Find the cheapest way from any of some states to any of others.

        Parameters
        ----------
        starts, ends
            States.

        Returns
        -------
        found
            Cost, and the arcs in order; None where there is no way.
        """
        if self.metric is not None:
            way = self.metric.shortest(starts, ends)
            return None if way is None else (float(way[0]), way[1])
        distance, predecessor, _source = scipy.sparse.csgraph.dijkstra(
            self.matrix, indices=starts, return_predecessors=True, min_only=True
        )
        best = ends[np.argmin(distance[ends])]
        if not np.isfinite(distance[best]):
            return None
        states = [int(best)]
        while (before := int(predecessor[states[-1]])) != _NO_PREDECESSOR:
            states.append(before)
        states.reverse()
        return float(distance[best]), self.arcs(states)

    def arcs(self, states: Sequence[int]) -> NDArray[np.intp]:
        """
        Find the cheapest arcs along a way.

        Parameters
        ----------
        states
            Of the way, in order.

        Returns
        -------
        arcs
            One fewer; of two as cheap the first.
        """
        tail, head = (np.asarray(part, dtype=np.int64) for part in (states[:-1], states[1:]))
        place = np.searchsorted(self.graph.pair_key, tail * self.graph.state_count + head)
        return self._cheapest[place]

    @cached_property
    def _cheapest(self) -> NDArray[np.intp]:
        """The cheapest arc of each (tail, head) pair; of two as cheap the first."""
        first = self.graph.pairs[0]
        count = np.diff(first, append=len(self.weight))
        several = np.flatnonzero(count > 1)
        found = first.copy()
        least = [np.argmin(self.weight[first[pair] : first[pair] + count[pair]]) for pair in several]
        found[several] += np.array(least, dtype=found.dtype)
        return found

    def distances(self, roots: NDArray[np.intp], *, backwards: bool = False) -> NDArray[np.float64]:
        """
        Give the cost of the cheapest way from any of some states to every state.

        Parameters
        ----------
        roots
            States.
        backwards
            Give instead that from every state to any of these.

        Returns
        -------
        cost
            One a state; infinite where there is no way.
        """
        if self.metric is not None:
            from geo.climbing import FAR  # noqa: PLC0415  (the compiler is loaded only for large graphs)

            far = self.metric.distances(roots, backwards=backwards)
            return np.where(far < FAR, far, np.inf)
        matrix = self.matrix.T.tocsr() if backwards else self.matrix
        return np.asarray(scipy.sparse.csgraph.dijkstra(matrix, indices=roots, min_only=True), dtype=np.float64)

    def tree(
        self, roots: NDArray[np.intp], *, backwards: bool = False
    ) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """
        Grow a tree of cheapest ways from some states to all others.

        Parameters
        ----------
        roots
            States.
        backwards
            Grow against the arcs: ways to the roots.

        Returns
        -------
        cost
            Of each state; infinite where there is no way.
        before
            The state before it on its way (backwards: the one after it); negative for the roots and where there is no
            way.
        """
        if self.metric is not None:
            cost, arc = self.metric.tree(roots, backwards=backwards)
            near = (self.graph.head if backwards else self.graph.tail)[arc]
            return cost, np.where(arc < 0, np.int32(_NO_PREDECESSOR), near)
        matrix = self.matrix.T.tocsr() if backwards else self.matrix
        distance, predecessor, _source = scipy.sparse.csgraph.dijkstra(
            matrix, indices=roots, return_predecessors=True, min_only=True
        )
        return distance, predecessor

    def reached(self, states: NDArray[np.intp], *, backwards: bool = False) -> NDArray[np.intp]:
        """
        List the states that can be reached.

        Parameters
        ----------
        states
            Where to begin.
        backwards
            List instead the states from which these can be reached.

        Returns
        -------
        reached
            States.
        """
        return np.flatnonzero(np.isfinite(self.distances(states, backwards=backwards)))

    def joined(self, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> bool:
        """
        Say whether a way would join two sets of states if no edge were one-way.

        Parameters
        ----------
        starts, ends
            States.

        Returns
        -------
        joined
            True where only one-way edges can bar the way.
        """
        usable = self.matrix.copy()
        usable.data = np.isfinite(usable.data).astype(np.float64)
        usable.eliminate_zeros()
        _count, label = scipy.sparse.csgraph.connected_components(usable, directed=False)
        return bool(np.isin(label[starts], label[ends]).any())

    def gap(
        self, starts: NDArray[np.intp], ends: NDArray[np.intp], stops: tuple[Points, Points] = ((), ())
    ) -> tuple[float, tuple[float, float], tuple[float, float]]:
        """
        Find the narrowest gap between what two sets of states reach.

        Parameters
        ----------
        starts, ends
            States that no way joins.
        stops
            Further points that belong to what the starts and the ends reach, lon and lat in degrees.

        Returns
        -------
        gap_m
            Metres between the two nearest nodes; 0 where they are one node.
        before, after
            Lon and lat of the two, degrees.
        """
        network, graph = self.graph.network, self.graph
        sides = []
        for states, more in zip((self.reached(starts), self.reached(ends, backwards=True)), stops, strict=True):
            nodes = graph.node[states]
            here = np.column_stack((network.node_lon_e7[nodes], network.node_lat_e7[nodes])) / E7
            sides.append(np.vstack((here, np.array(more, dtype=np.float64).reshape(-1, 2))))
        points = [graph.in_metres(side) for side in sides]
        distance, nearest = (np.asarray(found) for found in scipy.spatial.KDTree(points[1]).query(points[0]))
        best = int(np.argmin(distance))
        before, after = sides[0][best].tolist(), sides[1][nearest[best]].tolist()
        return float(distance[best]), (before[0], before[1]), (after[0], after[1])
