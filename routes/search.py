"""Shortest paths over a network in which a border may be passed only at a crossing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import KDTree

from geo.measure import flat_frame
from geo.network import MODES
from routes.snapping import within_reach

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.hierarchy import Hierarchy, Metric
    from geo.network import Network

_NO_PREDECESSOR = -9999
NEVER = np.inf
PASSAGE = 1.0
"""Cost of passing a border, in the smallest unit of a search: of two ways alike, the one with fewer crossings."""
FAR = 2**62  # geo.climbing's; the compiler is loaded only for large graphs
LARGE = 200_000
"""States from which on a graph is searched through its hierarchy."""


@dataclass(frozen=True, eq=False)
class Graph:
    """
    A network of one mode as a directed graph over states.

    A state is a node together with the zone that the traveller counts as being in. An edge is an arc in its own
    territory's zone; where all of it lies within tolerance of a border it is an arc in the neighbour's zone too, so
    that a road that weaves along a border stays in one zone. A zone is left only by a transition: an arc without
    length at a node on the border.

    Attributes
    ----------
    network
        The network; arcs refer to its edges.
    node, zone
        Node row and zone code of each state.
    raw
        True where the state's zone is the territory of an edge that meets the node.
    tail, head
        States that each arc joins; arcs are sorted by (tail, head, edge).
    edge
        Edge row of each arc; -1 for a transition.
    forward
        True where the arc runs along its edge's geometry.
    transition
        For a transition, the pair (zone code from, zone code to); -1 otherwise. Shape (arcs, 2).
    """

    network: Network
    node: NDArray[np.int32]
    zone: NDArray[np.int32]
    raw: NDArray[np.bool_]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    edge: NDArray[np.int32]
    forward: NDArray[np.bool_]
    transition: NDArray[np.int32]

    @classmethod
    def build(cls, network: Network, mode: str) -> Graph:
        """
        Build the graph of one mode; what a search may not use is left to its weights.

        Parameters
        ----------
        network
            A network, split by territory or not.
        mode
            road or rail.

        Returns
        -------
        graph
            The graph.
        """
        zones, zone_of, near_of = zone_codes(network)
        rows = np.flatnonzero(network.mode == MODES.index(mode))
        own = zone_of[rows]
        whole = rows[(near_of[rows] >= 0) & (network.near_m[rows] >= network.shape_length_m[rows])]
        edge = np.concatenate((rows, whole))
        zone = np.concatenate((own, near_of[whole]))
        raw = np.arange(len(edge)) < len(rows)
        u, v = network.u[edge], network.v[edge]
        both = ~network.oneway[edge]
        key = np.concatenate((_key(u, zone, zones), _key(v, zone, zones)))
        states, index = np.unique(key, return_inverse=True)
        tail, head = index[: len(edge)], index[len(edge) :]
        state_raw = np.zeros(len(states), dtype=bool)
        state_raw[tail[raw]] = True
        state_raw[head[raw]] = True
        node, state_zone = (states // len(zones)).astype(np.int32), (states % len(zones)).astype(np.int32)
        from_, to = _transitions(node, state_raw)
        nothing = np.full(len(from_), -1)
        arcs = {
            "tail": np.concatenate((tail, head[both], from_)),
            "head": np.concatenate((head, tail[both], to)),
            "edge": np.concatenate((edge, edge[both], nothing)),
            "forward": np.concatenate((np.ones(len(edge), bool), np.zeros(int(both.sum()), bool), nothing < 0)),
        }
        order = np.lexsort((arcs["forward"], arcs["edge"], arcs["head"], arcs["tail"]))
        arcs = {name: column[order] for name, column in arcs.items()}
        moved = arcs["edge"] < 0
        pair = np.column_stack((state_zone[arcs["tail"]], state_zone[arcs["head"]]))
        pair[~moved] = -1
        return cls(
            network=network,
            node=node,
            zone=state_zone,
            raw=state_raw,
            tail=arcs["tail"].astype(np.int32),
            head=arcs["head"].astype(np.int32),
            edge=arcs["edge"].astype(np.int32),
            forward=arcs["forward"],
            transition=pair.astype(np.int32),
        )

    @property
    def state_count(self) -> int:
        """Number of states."""
        return len(self.node)

    @cached_property
    def _groups(self) -> tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.int32]]:
        """First arc of each (tail, head) pair, and the pairs as CSR indices and pointers."""
        fresh = np.ones(len(self.tail), dtype=bool)
        fresh[1:] = (self.tail[1:] != self.tail[:-1]) | (self.head[1:] != self.head[:-1])
        first = np.flatnonzero(fresh)
        pointer = np.searchsorted(self.tail[first], np.arange(self.state_count + 1)).astype(np.int32)
        return first, self.head[first], pointer

    @cached_property
    def key(self) -> NDArray[np.int64]:
        """Node and zone of each state in one number, node x number of zones + zone; sorted, as the states are."""
        return self.node.astype(np.int64) * len(zone_codes(self.network)[0]) + self.zone

    @cached_property
    def arcs_of_edge(self) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
        """Arcs of each edge of the network: where each edge's begin, and the arcs."""
        order = np.argsort(self.edge, kind="stable")
        return np.searchsorted(self.edge[order], np.arange(self.network.edge_count + 1)), order

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """The contraction hierarchy over the graph's states."""
        from geo.hierarchy import Hierarchy  # noqa: PLC0415  (the compiler takes longer to load than a small graph)

        network = self.network
        lon, lat = network.node_lon[self.node], network.node_lat[self.node]
        rank = None
        if len(network.node_rank):
            rank = np.full(network.node_count, -1, dtype=np.int32)
            rank[: len(network.node_rank)] = network.node_rank
            rank = rank[self.node]
        return Hierarchy.build(self.tail, self.head, lon * np.cos(np.radians(lat.mean())), lat, rank)

    @cached_property
    def points_m(self) -> NDArray[np.float64]:
        """Position of each state in a flat frame, metres; shape (states, 2)."""
        lon, lat = self.network.node_lon[self.node], self.network.node_lat[self.node]
        project = flat_frame(float(lon.min() + lon.max()) / 2, float(lat.min() + lat.max()) / 2)
        return project(np.column_stack((lon, lat)))

    def weigh(self, cost: NDArray[np.int64], usable: NDArray[np.bool_], passable: NDArray[np.bool_]) -> Weights:
        """
        Give every arc its weight.

        Parameters
        ----------
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
        step = self.edge >= 0
        weight = np.full(len(self.edge), NEVER)
        allowed = step.copy()
        allowed[step] = usable[self.edge[step]]
        weight[allowed] = cost[self.edge[allowed]]
        weight[~step & passable] = PASSAGE
        return Weights(self, weight)


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
        return self.graph.hierarchy.weigh(self.weight) if self.graph.state_count >= LARGE else None

    @cached_property
    def matrix(self) -> csr_matrix:
        """The cheapest arc between each two states."""
        first, head, pointer = self.graph._groups  # noqa: SLF001  (one module)
        cheapest = np.minimum.reduceat(self.weight, first) if len(first) else np.empty(0)
        count = self.graph.state_count
        return csr_matrix((cheapest, head, pointer), shape=(count, count))

    @cached_property
    def component(self) -> NDArray[np.int32]:
        """Strongly connected component of each state, numbered from the largest down; -1 for a state without arcs."""
        matrix = self.matrix
        finite = np.isfinite(matrix.data)
        rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[finite]
        part = csr_matrix((np.ones(len(rows)), (rows, matrix.indices[finite])), shape=matrix.shape)
        _count, label = connected_components(part, directed=True, connection="strong")
        size = np.bincount(label)
        rank = np.empty(len(size), dtype=np.int32)
        rank[np.argsort(-size, kind="stable")] = np.arange(len(size))
        used = np.zeros(matrix.shape[0], dtype=bool)
        used[rows] = True
        used[matrix.indices[finite]] = True
        return np.where(used, rank[label], -1).astype(np.int32)

    def snap(self, lon: float, lat: float, reach_m: float, zone: int | None = None) -> NDArray[np.intp]:
        """
        Find the node that stands for a point: the nearest of the largest component that comes within reach.

        Parameters
        ----------
        lon, lat
            Degrees.
        reach_m
            How far it may be, metres.
        zone
            Code of the zone that it must lie in; any when left out.

        Returns
        -------
        states
            The states of that node in which a journey may begin or end; empty where none is within reach.
        """
        graph = self.graph
        fit = (self.component >= 0) & graph.raw
        if zone is not None:
            fit &= graph.zone == zone
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
        distance, predecessor, _source = dijkstra(self.matrix, indices=starts, return_predecessors=True, min_only=True)
        best = ends[np.argmin(distance[ends])]
        if not np.isfinite(distance[best]):
            return None
        states = [int(best)]
        while (before := int(predecessor[states[-1]])) != _NO_PREDECESSOR:
            states.append(before)
        states.reverse()
        arcs = [self._arc(a, b) for a, b in pairwise(states)]
        return float(distance[best]), np.asarray(arcs, dtype=np.intp)

    def _arc(self, tail: int, head: int) -> int:
        """Find the cheapest arc between two states; of equal ones the first."""
        first, heads, pointer = self.graph._groups  # noqa: SLF001
        group = pointer[tail] + int(np.searchsorted(heads[pointer[tail] : pointer[tail + 1]], head))
        stop = first[group + 1] if group + 1 < len(first) else len(self.weight)
        return int(first[group] + np.argmin(self.weight[first[group] : stop]))

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
            far = self.metric.distances(roots, backwards=backwards)
            return np.where(far < FAR, far, np.inf)
        matrix = self.matrix.T.tocsr() if backwards else self.matrix
        return np.asarray(dijkstra(matrix, indices=roots, min_only=True), dtype=np.float64)

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
        distance, predecessor, _source = dijkstra(matrix, indices=roots, return_predecessors=True, min_only=True)
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
        _count, label = connected_components(usable, directed=False)
        return bool(np.isin(label[starts], label[ends]).any())

    def gap(self, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> tuple[float, int, int]:
        """
        Find the narrowest gap between what two sets of states reach.

        Parameters
        ----------
        starts, ends
            States that no way joins.

        Returns
        -------
        gap_m
            Metres between the two nearest nodes; 0 where they are one node.
        before, after
            The two states.
        """
        one, other = self.reached(starts), self.reached(ends, backwards=True)
        points = self.graph.points_m
        distance, nearest = (np.asarray(found) for found in KDTree(points[other]).query(points[one]))
        best = int(np.argmin(distance))
        return float(distance[best]), int(one[best]), int(other[nearest[best]])


def zone_codes(network: Network) -> tuple[tuple[str, ...], NDArray[np.int32], NDArray[np.int32]]:
    """
    Give the territories of a network numbers.

    Parameters
    ----------
    network
        A network.

    Returns
    -------
    zones
        The keys, sorted; the empty key is the zone of edges outside all areas.
    own
        Code of each edge's territory.
    near
        Code of the territory across the border that the edge lies near; -1 where there is none.
    """
    words = network.text["territory"].words
    near_words = network.text["near_territory"].words
    zones = tuple(sorted({*words, *near_words, ""}))
    own = np.array([zones.index(w) for w in words], dtype=np.int32)[network.text["territory"].codes]
    recode = np.array([zones.index(w) if w else -1 for w in near_words], dtype=np.int32)
    return zones, own, recode[network.text["near_territory"].codes]


def _key(node: NDArray[np.int32], zone: NDArray[np.int32], zones: tuple[str, ...]) -> NDArray[np.int64]:
    return node.astype(np.int64) * len(zones) + zone


def _transitions(node: NDArray[np.int32], raw: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pair the raw states that share a node: there the border can be passed, if there is a crossing."""
    states = np.flatnonzero(raw)
    shared = states[np.bincount(node[states], minlength=int(node.max(initial=-1)) + 1)[node[states]] > 1]
    pairs = [
        (a, b)
        for group in np.split(shared, np.flatnonzero(np.diff(node[shared])) + 1)
        for a in group
        for b in group
        if a != b
    ]
    table = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    return table[:, 0], table[:, 1]
