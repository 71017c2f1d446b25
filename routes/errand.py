"""An errand: one question between any two points of a large network, answered on the network as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError
from geo.weighing import NEVER
from routes.journey import Journey
from routes.part import part_about, route_of_trip
from routes.resolve import Question, broken_between, node_point, nowhere, one_point
from routes.route import Route
from routes.trip import Ends, Trip, edge_cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.hierarchy import Metric
    from routes.ground import Ground
    from routes.model import Break, Place
    from routes.permit import Permit
    from routes.search import Weights
    from routes.stops import Stop

_ROUNDING = 8  # pieces of an edge are rounded one by one, in the integers of the search


@dataclass(frozen=True, eq=False)
class Errand:
    """
    Two points of a large network, and what may be used between them.

    Attributes
    ----------
    ground
        The study on the network, under a scenario or not; its graph is searched through a hierarchy.
    origin, destination
        Where from and to.
    permit
        What may be used.
    here, there
        The points of the network that stand for them.
    """

    ground: Ground
    origin: Place
    destination: Place
    permit: Permit
    here: Stop
    there: Stop

    @classmethod
    def pose(cls, ground: Ground, origin: Place, destination: Place, permit: Permit) -> Errand:
        """
        Put a question on the ground.

        Parameters
        ----------
        ground
            A study on a network.
        origin, destination
            Where from and to.
        permit
            What may be used.

        Returns
        -------
        errand
            Ready to be done; whether there is any way shows then.

        Raises
        ------
        InputError
            Nothing that may be used lies near one of the points.
        """
        here, there = (ground.stop(permit, place) for place in (origin, destination))
        return cls(ground, origin, destination, permit, here, there)

    @classmethod
    def answer(cls, ground: Ground, origin: Place, destination: Place, permit: Permit) -> Route:
        """
        Answer a query by length; see `routes.ground.Ground.between`.

        Parameters
        ----------
        ground, origin, destination, permit
            See `pose`.

        Returns
        -------
        route
            Resolved, or broken and saying where.
        """
        stops = []
        for place in (origin, destination):
            try:
                stops.append(ground.stop(permit, place))
            except InputError:
                return _broken(ground, origin, destination, permit, nowhere(origin, destination, place, permit.mode))
        errand = cls(ground, origin, destination, permit, *stops)
        if errand.idle:
            return _broken(ground, origin, destination, permit, one_point(origin, destination, _rounded(stops[0])))
        found = errand.best(ground.weights(permit).hierarchical)
        return found or _broken(ground, origin, destination, permit, errand.broken())

    @property
    def idle(self) -> bool:
        """Whether both points stand for one point of the network."""
        here, there = self.here, self.there
        if here.between or there.between:
            return (here.edge, here.vertex) == (there.edge, there.vertex)
        network = self.ground.network
        return here.node(network) == there.node(network)

    def best(self, metric: Metric) -> Route | None:
        """
        Find the cheapest way.

        Parameters
        ----------
        metric
            What arcs cost.

        Returns
        -------
        route
            None where there is no way.
        """
        graph = self.ground.graph(self.permit.mode)
        trip = Trip.cheapest(graph, metric, self.here, self.there)
        if trip is None:
            return None
        return route_of_trip(self.ground, Question.free(self.origin, self.destination, self.permit), trip)

    def near(self, metric: Metric, share: float) -> Journey:
        """
        Cut out what may lie on ways that cost little more than the best.

        Parameters
        ----------
        metric
            What arcs cost.
        share
            Of the best: how much more.

        Returns
        -------
        journey
            The same question on that part of the ground alone.
        """
        trip = Trip.cheapest(self.ground.graph(self.permit.mode), metric, self.here, self.there)
        most = None if trip is None else trip.cost + np.floor(trip.cost * share)
        return self._on_part(self._within(metric, most))

    def weighing(self, one: Metric, other: Metric) -> Journey:
        """
        Cut out what may lie on ways that no other beats on both of two costs.

        Parameters
        ----------
        one, other
            What arcs cost.

        Returns
        -------
        journey
            The same question on that part of the ground alone.
        """
        graph = self.ground.graph(self.permit.mode)
        least = [Trip.cheapest(graph, metric, self.here, self.there) for metric in (one, other)]
        # Neither cost need be more than where the other is least.
        first, second = (
            self._within(by, None if trip is None else trip.costs(graph, by))
            for trip, by in zip(least[::-1], (one, other), strict=True)
        )
        return self._on_part(np.intersect1d(first, second))

    def _within(self, metric: Metric, most: float | None) -> NDArray[np.intp]:
        """List the edges on ways that cost no more than stated; none where nothing is."""
        if most is None:
            return np.empty(0, dtype=np.intp)
        graph = self.ground.graph(self.permit.mode)
        starts, before = Ends.of(graph, metric, self.here, leaving=True).arrays
        ends, onward = Ends.of(graph, metric, self.there, leaving=False).arrays
        ahead = metric.distances(starts, already=before)
        behind = metric.distances(ends, backwards=True, already=onward)
        most += _ROUNDING
        step = np.flatnonzero((graph.edge >= 0) & (ahead[graph.tail] <= most) & (behind[graph.head] <= most))
        through = ahead[graph.tail[step]] + metric.cost[step] + behind[graph.head[step]]
        return np.unique(graph.edge[step[through <= most]]).astype(np.intp)

    def _on_part(self, rows: NDArray[np.intp]) -> Journey:
        part, nodes = part_about(self.ground, rows, (self.here, self.there))
        graph, usable = part.graph(self.permit.mode), np.isfinite(part.weights(self.permit).weight)
        begin, end = (
            graph.states_at(node, stop.territory) for node, stop in zip(nodes, (self.here, self.there), strict=True)
        )
        return Journey(part, self.origin, self.destination, self.permit, graph, usable, begin, end)

    def broken(self) -> Break:
        """
        Say why there is no way at all.

        Returns
        -------
        broken
            Where it breaks.
        """
        return broken_between(self.ground, self.permit, (self.origin, self.destination), self)

    # -- what `routes.resolve` asks of who looks for a way -----------------------------------------------------------

    def way(self, weights: Weights) -> Trip | None:
        """
        Find a way.

        Parameters
        ----------
        weights
            What arcs cost.

        Returns
        -------
        trip
            None where there is no way.
        """
        return Trip.cheapest(weights.graph, weights.hierarchical, self.here, self.there)

    def barred(self, weights: Weights, way: Trip) -> tuple[tuple[float, float], int]:
        """
        Give the first place of a way that other weights bar.

        Parameters
        ----------
        weights
            They.
        way
            Found by other weights.

        Returns
        -------
        point, arc
            Lon and lat, degrees, and the arc that begins there; -1 where that is part of the first edge or the last.
        """
        graph, metric = weights.graph, weights.hierarchical
        shut = way.arcs[~np.isfinite(weights.weight[way.arcs])]
        if way.here.between and edge_cost(graph, metric, way.here.edge) >= NEVER:
            return _rounded(way.here), -1
        if len(shut):
            return node_point(graph, int(graph.tail[shut[0]])), int(shut[0])
        if len(way.arcs):
            return node_point(graph, int(graph.head[way.arcs[-1]])), -1
        return _rounded(way.there), -1

    def gap(self, weights: Weights) -> tuple[float, tuple[float, float], tuple[float, float], bool]:
        """
        Give the narrowest gap between what either end reaches.

        Parameters
        ----------
        weights
            What arcs cost.

        Returns
        -------
        gap_m, before, after
            Metres, and lon and lat of its two sides in degrees.
        joined
            Whether only one-way lines are in the way.
        """
        graph, metric = weights.graph, weights.hierarchical
        starts, _before = Ends.of(graph, metric, self.here, leaving=True).arrays
        ends, _onward = Ends.of(graph, metric, self.there, leaving=False).arrays
        found = weights.gap(starts, ends, ([self.here.point], [self.there.point]))
        return *found, bool(len(starts) and len(ends)) and weights.joined(starts, ends)


def _broken(ground: Ground, origin: Place, destination: Place, permit: Permit, broken: Break) -> Route:
    asked = Question.free(origin, destination, permit)
    route = Route.unresolved(ground.study, ground.network, asked.id, asked.title, asked.mode, None, broken)
    return replace(route, ground=ground)


def _rounded(stop: Stop) -> tuple[float, float]:
    return round(float(stop.point[0]), 6), round(float(stop.point[1]), 6)
