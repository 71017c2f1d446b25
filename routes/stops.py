"""Where a way may begin or end: the point of a network that stands for a place, found in microseconds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geo.cells import Cells, share_before
from geo.errors import InputError
from geo.measure import E7, geodesic_m
from routes.permit import permitted
from routes.snapping import REACH_M, component_by_length, home

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import Network
    from routes.ground import Ground
    from routes.model import Place
    from routes.permit import Permit
    from routes.search import Weights


_NOWHERE = 2**31 - 1  # rank of the part of what may not be used at all


@dataclass(frozen=True)
class Stop:
    """
    A point of the network at which a way may begin and end.

    Attributes
    ----------
    edge
        Row of its edge.
    vertex
        Number of the vertex along the edge.
    share
        Share of the edge's length that lies before it: 0 or 1 at a node.
    away_m
        How far it is from the point that was asked for, metres.
    point
        Lon and lat, degrees.
    territory
        Key of the one in which a way begins or ends there; empty: in any that meets there.
    """

    edge: int
    vertex: int
    share: float
    away_m: float
    point: tuple[float, float]
    territory: str = ""

    @property
    def between(self) -> bool:
        """Whether it lies between the nodes of its edge."""
        return self.share not in {0.0, 1.0}

    def node(self, network: Network) -> int:
        """
        Give the node that it is at.

        Parameters
        ----------
        network
            Holds its edge.

        Returns
        -------
        node
            The nearer end of its edge, where it lies between two.
        """
        return int((network.v if self.share > 0.5 else network.u)[self.edge])  # noqa: PLR2004  (the middle)


class Stops:
    """
    The points of a ground's network at which ways may begin and end.

    Parameters
    ----------
    ground
        A study on a network; where a journey begins does not depend on a scenario, nor on lines that one adds.
    permit
        What a way may use.
    """

    def __init__(self, ground: Ground, permit: Permit) -> None:
        self._ground = ground.root
        self._network = ground.root.network
        self._permit = permit
        self._cells: Cells = ground.root.cells
        self._usable = permitted(self._network, permit)
        self._component = component_by_length(self._network, np.flatnonzero(self._usable))
        self._in_territory = {"": self._usable}

    def at(self, place: Place | tuple[float, float]) -> Stop:
        """
        Find the point of the network that stands for a place.

        Parameters
        ----------
        place
            A place, which must be met in its own territory; or lon and lat in degrees.

        Returns
        -------
        stop
            The nearest vertex of the largest component in reach. Where one-way lines part it from most of that, the
            nearest node of the largest part that can be reached from everywhere in it.

        Raises
        ------
        InputError
            Nothing that may be used lies within reach.
        """
        network = self._network
        lon, lat, territory = (*place, "") if isinstance(place, tuple) else (place.lon, place.lat, home(network, place))
        if territory not in self._in_territory:
            here = network.text["territory"].isin((territory,))
            self._in_territory[territory] = self._usable & here
        found = self._cells.nearest(lon, lat, REACH_M, self._in_territory[territory], self._component)
        stop = None if found is None else self._stop(*found, territory)
        if stop is None or self._part(stop) > 0:
            stop = self._better((lon, lat), stop, territory)
        if stop is None:
            title = f"{lon:g}, {lat:g}" if isinstance(place, tuple) else place.title
            message = (
                f"no {self._permit.mode} that may be used lies within {REACH_M / 1000:.0f} km of {title} on this "
                "network; choose another place, or allow more"
            )
            raise InputError(message)
        return stop

    def _stop(self, edge: int, vertex: int, away_m: float, territory: str) -> Stop:
        network = self._network
        first, last = network.vertex_offset[edge], network.vertex_offset[edge + 1]
        share = float(vertex > 0)
        if vertex not in {0, last - first - 1}:
            share = float(share_before(network.vertex_lon_e7, network.vertex_lat_e7, first, first + vertex, last))
        point = network.vertex_lon_e7[first + vertex] / E7, network.vertex_lat_e7[first + vertex] / E7
        return Stop(edge, vertex, share, away_m, point, territory)

    @cached_property
    def _weights(self) -> Weights:
        return self._ground.weights(self._permit)

    def _part(self, stop: Stop) -> int:
        """Rank the part of the network, one-way lines regarded, that a stop lies in: 0 is the largest."""
        if stop.between:
            return int(self._parts[0][stop.edge])
        node = stop.node(self._network)
        if stop.territory:
            return self._rank(self._weights.graph.states_at(node, stop.territory))
        return int(self._parts[1][node])

    @cached_property
    def _parts(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Rank the parts that each edge, to be left and come back to along it, and each node lie in."""
        graph, component = self._weights.graph, self._weights.component
        of_edge = np.full(self._network.edge_count, _NOWHERE, dtype=np.int32)
        arcs = np.flatnonzero((graph.edge >= 0) & np.isfinite(self._weights.weight))
        of_edge[graph.edge[arcs]] = self._alone
        part = component[graph.tail[arcs]]
        round_ = (part == component[graph.head[arcs]]) & (part < self._alone)
        np.minimum.at(of_edge, graph.edge[arcs[round_]], part[round_])
        of_node = np.full(self._network.node_count, _NOWHERE, dtype=np.int32)
        states = np.flatnonzero(graph.raw & (component >= 0))
        np.minimum.at(of_node, graph.node[states], np.minimum(component[states], self._alone))
        return of_edge, of_node

    def _rank(self, states: NDArray[np.integer]) -> int:
        part = self._weights.component[states]
        return min(int(part[part >= 0].min(initial=_NOWHERE)), self._alone if (part >= 0).any() else _NOWHERE)

    @cached_property
    def _alone(self) -> int:
        """Rank of the parts of one state each: there are many, and none is larger than another."""
        component = self._weights.component
        return int(np.count_nonzero(np.bincount(component[component >= 0]) > 1))

    def _better(self, point: tuple[float, float], stop: Stop | None, territory: str) -> Stop | None:
        """Find the nearest node of the largest part within reach; give the stop where its own part is as large."""
        weights = self._weights
        part = _NOWHERE if stop is None else self._part(stop)
        states = weights.snap(*point, REACH_M, territory)
        if len(states) == 0 or part <= self._rank(states):
            return stop if part < _NOWHERE else None
        return stop_at_node(weights, states, point, territory)


def stop_at_node(weights: Weights, states: NDArray[np.intp], point: tuple[float, float], territory: str) -> Stop:
    """
    Make a stop of a node.

    Parameters
    ----------
    weights
        Of the graph.
    states
        Of the node.
    point
        What it stands for: lon and lat, degrees.
    territory
        See `Stop`.

    Returns
    -------
    stop
        On one of the edges that meet there.
    """
    graph, network = weights.graph, weights.graph.network
    node, zone = int(graph.node[states[0]]), graph.zones[graph.zone[states[0]]]
    touching = np.flatnonzero((network.u == node) | (network.v == node))
    begin, _arcs = graph.arcs_of_edge
    own = network.text["territory"].isin((zone,))[touching] & (begin[touching] < begin[touching + 1])
    edge = int(touching[own][0])  # of the graph's mode, and in the zone: what makes the node a place to begin there
    share = float(network.u[edge] != node)
    vertex = int(share) * int(network.vertex_offset[edge + 1] - network.vertex_offset[edge] - 1)
    here = float(network.node_lon_e7[node] / E7), float(network.node_lat_e7[node] / E7)
    away_m = geodesic_m(*(np.array([value]) for value in (*point, *here)))
    return Stop(edge, vertex, share, float(away_m[0]), here, territory)
