"""A network as a directed graph in which a border may be passed only at a crossing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geo.measure import flat_frame
from geo.network import MODES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.hierarchy import Hierarchy
    from geo.network import Network

LARGE = 200_000
"""States from which on a graph is searched through its hierarchy: below, Dijkstra is as quick as weighing."""


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
    def large(self) -> bool:
        """Whether it is searched through its hierarchy."""
        return self.state_count >= LARGE

    @property
    def state_count(self) -> int:
        """Number of states."""
        return len(self.node)

    def states_at(self, node: int, territory: str = "") -> NDArray[np.intp]:
        """
        List the states of a node in which a journey may begin or end.

        Parameters
        ----------
        node
            Its row.
        territory
            Key of the zone that they must lie in; any when empty.

        Returns
        -------
        states
            Ascending.
        """
        low, high = np.searchsorted(self.node, np.array((node, node + 1), dtype=self.node.dtype))
        fit = self.raw[low:high]
        if territory:
            fit = fit & (self.zone[low:high] == (self.zones.index(territory) if territory in self.zones else -1))
        return np.arange(low, high)[fit]

    def own_states(self, edge: int) -> tuple[int, int]:
        """
        Give the states that an edge joins in its own territory.

        Parameters
        ----------
        edge
            Row of an edge of the graph's mode.

        Returns
        -------
        u, v
            States at its two ends.
        """
        zones = self.zones
        territory = self.network.text["territory"]
        own = zones.index(territory.words[territory.codes[edge]])
        nodes = np.array((self.network.u[edge], self.network.v[edge]), dtype=np.int64)
        u, v = np.searchsorted(self.key, nodes * len(zones) + own)
        return int(u), int(v)

    @cached_property
    def pairs(self) -> tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.int32]]:
        """First arc of each (tail, head) pair, and the pairs as CSR indices and pointers."""
        fresh = np.ones(len(self.tail), dtype=bool)
        fresh[1:] = (self.tail[1:] != self.tail[:-1]) | (self.head[1:] != self.head[:-1])
        first = np.flatnonzero(fresh)
        pointer = np.searchsorted(self.tail[first], np.arange(self.state_count + 1)).astype(np.int32)
        return first, self.head[first], pointer

    @cached_property
    def pair_key(self) -> NDArray[np.int64]:
        """Tail and head of each pair in one number, tail x number of states + head; ascending."""
        first = self.pairs[0]
        return self.tail[first].astype(np.int64) * self.state_count + self.head[first]

    @cached_property
    def key(self) -> NDArray[np.int64]:
        """Node and zone of each state in one number, node x number of zones + zone; sorted, as the states are."""
        return self.node.astype(np.int64) * len(self.zones) + self.zone

    @cached_property
    def zones(self) -> tuple[str, ...]:
        """Territory keys by zone code."""
        return zone_codes(self.network)[0]

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
        return self.in_metres(np.column_stack((self.network.node_lon[self.node], self.network.node_lat[self.node])))

    def in_metres(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """
        Put points in the graph's flat frame.

        Parameters
        ----------
        points
            Lon and lat in degrees; shape (points, 2).

        Returns
        -------
        points_m
            Metres.
        """
        return self._frame(points)

    @cached_property
    def _frame(self) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
        lon, lat = self.network.node_lon[self.node], self.network.node_lat[self.node]
        return flat_frame(float(lon.min() + lon.max()) / 2, float(lat.min() + lat.max()) / 2)


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
