"""A trip: the cheapest way between two stops, over a hierarchy of the network as it is; no edge is cut for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.weighing import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.hierarchy import Metric
    from routes.graph import Graph
    from routes.stops import Stop


@dataclass(frozen=True, eq=False)
class Ends:
    """
    The states next to a stop.

    Attributes
    ----------
    states
        Those that it can be left for, or from which it can be reached; at a node: its own.
    cost
        What lies between each of them and the stop costs.
    onward
        Whether that is taken along the edge's geometry.
    """

    states: tuple[int, ...]  # no arrays: there are one or two
    cost: tuple[int, ...]
    onward: tuple[bool, ...]

    @classmethod
    def of(cls, graph: Graph, metric: Metric, stop: Stop, *, leaving: bool) -> Ends:
        """
        List the states next to a stop.

        Parameters
        ----------
        graph
            The graph.
        metric
            Of its hierarchy.
        stop
            Where the trip begins or ends.
        leaving
            Whether it begins there.

        Returns
        -------
        ends
            Without states where the stop's edge may not be used.
        """
        network = graph.network
        if not stop.between:
            states = graph.states_at(stop.node(network), stop.territory).tolist()
            return cls(tuple(states), (0,) * len(states), (True,) * len(states))
        u, v = graph.own_states(stop.edge)
        cost = edge_cost(graph, metric, stop.edge)
        before, behind = round(cost * stop.share), round(cost * (1 - stop.share))
        found = [(v, behind, True), (u, before, False)] if leaving else [(u, before, True), (v, behind, False)]
        found = [end for end in found if end[2] or not network.oneway[stop.edge]] if cost < NEVER else []
        states, costs, onward = zip(*found, strict=True) if found else ((), (), ())
        return cls(states, costs, onward)

    @property
    def arrays(self) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """States and costs, for a hierarchy."""
        return np.array(self.states, dtype=np.intp), np.array(self.cost, dtype=np.int64)

    def taken(self, state: int) -> bool:
        """
        Say how a way goes between one of the states and the stop.

        Parameters
        ----------
        state
            One of them.

        Returns
        -------
        onward
            Whether along the edge's geometry; of two such ways the cheaper.
        """
        here = [place for place, one in enumerate(self.states) if one == state]
        return self.onward[min(here, key=self.cost.__getitem__)]


@dataclass(frozen=True, eq=False)
class Trip:
    """
    The cheapest way between two stops.

    Attributes
    ----------
    here, there
        Where it begins and ends.
    cost
        In the integers of the search.
    arcs
        Whole arcs of the graph, in order; none where it keeps to one edge.
    onward
        Whether the parts of the first and of the last stop's edge are taken along their geometry.
    """

    here: Stop
    there: Stop
    cost: int
    arcs: NDArray[np.intp]
    onward: tuple[bool, bool]

    @property
    def direct(self) -> bool:
        """Whether it leads along one edge, from one stop between its nodes to the other."""
        return len(self.arcs) == 0 and self.here.edge == self.there.edge and self.here.between and self.there.between

    @classmethod
    def cheapest(cls, graph: Graph, metric: Metric, here: Stop, there: Stop) -> Trip | None:
        """
        Find the cheapest way.

        Parameters
        ----------
        graph
            The graph.
        metric
            Of its hierarchy.
        here, there
            From where to where.

        Returns
        -------
        trip
            None where there is no way.
        """
        starts, ends = Ends.of(graph, metric, here, leaving=True), Ends.of(graph, metric, there, leaving=False)
        found = None
        if starts.states and ends.states:
            (begin, before), (end, onward) = starts.arrays, ends.arrays
            found = metric.shortest(begin, end, (before, onward))
        direct = _along(graph, metric, here, there)
        if direct is not None and (found is None or direct[0] <= found[0]):
            return cls(here, there, direct[0], np.empty(0, dtype=np.intp), (direct[1], direct[1]))
        if found is None:
            return None
        cost, arcs = found
        if len(arcs):
            first, last = int(graph.tail[arcs[0]]), int(graph.head[arcs[-1]])
        else:
            first = last = _shared(starts, ends)
        return cls(here, there, cost, arcs, (starts.taken(first), ends.taken(last)))

    def costs(self, graph: Graph, metric: Metric) -> int:
        """
        Say what it costs by other weights.

        Parameters
        ----------
        graph
            The graph.
        metric
            Of its hierarchy.

        Returns
        -------
        cost
            In the integers of that search.
        """
        if self.direct:
            return round(edge_cost(graph, metric, self.here.edge) * abs(self.there.share - self.here.share))
        total = int(metric.cost[self.arcs].sum(dtype=np.int64))
        for stop, onward in ((self.here, not self.onward[0]), (self.there, self.onward[1])):
            if stop.between:
                total += round(edge_cost(graph, metric, stop.edge) * (stop.share if onward else 1 - stop.share))
        return total


def edge_cost(graph: Graph, metric: Metric, edge: int) -> int:
    """
    Give what an edge costs.

    Parameters
    ----------
    graph
        The graph.
    metric
        Of its hierarchy.
    edge
        Row of the edge.

    Returns
    -------
    cost
        In the integers of the search; `geo.weighing.NEVER` where it may not be used.
    """
    begin, arcs = graph.arcs_of_edge
    return int(metric.cost[arcs[begin[edge]]])


def _shared(starts: Ends, ends: Ends) -> int:
    """Find the state at which a way without whole arcs turns from the first stop's edge to the last one's."""
    sums = [
        (starts.cost[i] + ends.cost[j], i)
        for i, state in enumerate(starts.states)
        for j, other in enumerate(ends.states)
        if state == other
    ]
    return starts.states[min(sums)[1]]


def _along(graph: Graph, metric: Metric, here: Stop, there: Stop) -> tuple[int, bool] | None:
    """Cost and direction of the way along one edge, where both ends lie on it and it may be taken so."""
    if here.edge != there.edge or not (here.between and there.between) or here.share == there.share:
        return None
    onward = there.share > here.share
    cost = edge_cost(graph, metric, here.edge)
    if cost >= NEVER or (not onward and graph.network.oneway[here.edge]):
        return None
    return round(cost * abs(there.share - here.share)), onward
