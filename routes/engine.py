"""The engine: one question's rules on a large network, asked again and again in milliseconds."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import InputError
from geo.weighing import NEVER
from routes.band import Band, near_optimal
from routes.chokepoints import ChokePoints, choke_points
from routes.costs import arc_cost
from routes.journey import Journey
from routes.search import Weights
from routes.stops import Stop, Stops
from routes.trip import Trip
from routes.way import Way, measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geo.hierarchy import Metric
    from routes.graph import Graph
    from routes.ground import Ground
    from routes.model import Place, Vehicle
    from routes.permit import Permit
    from routes.scenario import Scenario
    from routes.way import Columns


@dataclass(frozen=True, eq=False)
class Engine:
    """
    A study's ground, what may be used, and what it costs, ready for many questions.

    Attributes
    ----------
    ground
        A study on a network, under a scenario or not.
    permit
        What may be used.
    cost
        distance, time, or another of `routes.costs`.
    vehicle
        Whose time is the cost; None: the study's first of the mode.
    metric
        The graph's hierarchy with the permit's weights.
    stops
        Where a way may begin and end.
    """

    ground: Ground
    permit: Permit
    cost: str
    vehicle: Vehicle | None
    metric: Metric
    stops: Stops

    @classmethod
    def build(cls, ground: Ground, permit: Permit, *, cost: str = "distance", vehicle: Vehicle | None = None) -> Engine:
        """
        Make an engine; the ground's hierarchy is built when first needed and kept.

        Parameters
        ----------
        ground
            A study on a network.
        permit
            What may be used.
        cost
            See `routes.costs.arc_cost`.
        vehicle
            For time; the study's first of the mode when left out.

        Returns
        -------
        engine
            Ready to be asked.

        Raises
        ------
        InputError
            The network holds nothing of the permit's mode, or there is no such cost.
        """
        if not ground.holds(permit.mode):
            message = f"the network {ground.network.meta.get('title', '')!r} holds no {permit.mode}; load one that does"
            raise InputError(message)
        graph = ground.graph(permit.mode)
        metric = graph.hierarchy.weigh(_arc_costs(ground, permit, cost, vehicle))
        return cls(ground, permit, cost, vehicle, metric, ground.stops(permit))

    # -- weights -------------------------------------------------------------------------------------------------

    @property
    def graph(self) -> Graph:
        """The ground's graph of the permit's mode."""
        return self.ground.graph(self.permit.mode)

    @property
    def columns(self) -> Columns:
        """What measuring a way needs of each edge."""
        return self.ground.columns(self.permit.mode)

    def weighed(self, cost: NDArray[np.integer] | NDArray[np.float64]) -> Engine:
        """
        Give the same engine another weighting of the whole network.

        Parameters
        ----------
        cost
            Integers, one an edge of the network, 0 or more; infinite where it may not be used. What the permit closes
            stays closed, and crossings cost what they did.

        Returns
        -------
        engine
            Sharing everything but the weights.
        """
        graph = self.graph
        step = graph.edge >= 0
        weight = self.metric.costs()
        mine = np.asarray(cost, dtype=np.float64)[graph.edge]
        weight = np.where(step & np.isfinite(weight), mine, weight)
        return replace(self, cost="as weighed", metric=self.graph.hierarchy.weigh(weight))

    def under(self, scenario: Scenario | None) -> Engine:
        """
        Give the same engine under a scenario; the hierarchy stays, unless the scenario adds lines.

        Parameters
        ----------
        scenario
            What is closed, opened, upgraded or added, and as of when; None: as the network shows it.

        Returns
        -------
        engine
            With the scenario's statuses, lengths and times.
        """
        return Engine.build(self.ground.under(scenario), self.permit, cost=self.cost, vehicle=self.vehicle)

    @contextmanager
    def closed(self, edges: NDArray[np.integer] | list[int]) -> Iterator[Engine]:
        """
        Close some edges, in both directions, for as long as the block lasts; nobody else may ask it meanwhile.

        Parameters
        ----------
        edges
            Rows of the network's edges.

        Yields
        ------
        engine
            This one.
        """
        begin, arcs = self.graph.arcs_of_edge
        rows = np.asarray(edges, dtype=np.intp)
        mine = np.concatenate([arcs[begin[row] : begin[row + 1]] for row in rows]) if len(rows) else arcs[:0]
        with self.metric.changed(mine):
            yield self

    # -- answers -------------------------------------------------------------------------------------------------

    def route(
        self, origin: Stop | Place | tuple[float, float], destination: Stop | Place | tuple[float, float]
    ) -> Way | None:
        """
        Find the cheapest way.

        Parameters
        ----------
        origin, destination
            Stops, places, or lon and lat in degrees.

        Returns
        -------
        way
            With geometry and measures; None where there is none.

        Raises
        ------
        InputError
            Nothing that may be used lies within reach of one of them.
        """
        here, there = (end if isinstance(end, Stop) else self.stops.at(end) for end in (origin, destination))
        trip = Trip.cheapest(self.graph, self.metric, here, there)
        return None if trip is None else self._way(trip)

    def _way(self, trip: Trip) -> Way:
        graph, arcs = self.graph, trip.arcs
        begin, end = (trip.here, trip.onward[0]), (trip.there, trip.onward[1])
        step = graph.edge[arcs] >= 0
        taken = arcs[step]
        edges, forward, zone = graph.edge[taken], graph.forward[taken], graph.zone[graph.tail[taken]]
        share = np.ones(len(edges))
        trim = [0, 0]
        if trip.direct:
            edges, forward = np.array([trip.here.edge]), np.array([trip.onward[0]])
            zone, share = self.columns.own[edges], np.array([abs(trip.there.share - trip.here.share)])
            trim = [self._left_out(*begin), self._left_out(end[0], not end[1])]
        else:
            for place, (stop, onward) in enumerate((begin, end)):
                if stop.between:
                    at = 0 if place == 0 else len(edges)
                    part = stop.share if onward == (place == 1) else 1 - stop.share
                    edges, forward = _put(edges, at, stop.edge), _put(forward, at, onward)
                    zone, share = _put(zone, at, int(self.columns.own[stop.edge])), _put(share, at, part)
                    trim[place] = self._left_out(stop, onward == (place == 0))
        edges = edges.astype(np.int32)
        at_m, lon, lat, measures = measure(self.columns, edges, forward, share, zone, (trim[0], trim[1]))
        before = np.cumsum(step)[~step] + int(trip.here.between)
        measures["crossings"] = self._crossings(arcs[~step], before, at_m)
        self._add_times(measures)
        return Way(trip.cost, edges, forward, share, zone, at_m, lon, lat, measures, self.ground.network)

    def _left_out(self, stop: Stop, from_first: bool) -> int:  # noqa: FBT001  (which end of the edge is left out)
        """Count the vertices of a stop's edge that a way does not pass: those before it, or those behind."""
        count = int(np.diff(self.ground.network.vertex_offset[stop.edge : stop.edge + 2])[0])
        return stop.vertex if from_first else count - 1 - stop.vertex

    def _crossings(
        self, passed: NDArray[np.intp], before: NDArray[np.intp], at_m: NDArray[np.float64]
    ) -> list[dict[str, Any]]:
        """Give the borders passed, in order, each with its status and dwell."""
        names = self.ground.crossing_of(self.permit.mode)
        zones, found = self.ground.zones, []
        for arc, edge in zip(passed, before, strict=True):
            declared = self.ground.crossings.get(str(names[arc]))
            one, other = self.graph.transition[arc]
            found.append(
                {
                    "id": declared.id if declared else None,
                    "status": declared.status if declared else "not known",
                    "from": zones[one],
                    "to": zones[other],
                    "at_m": float(at_m[edge]),
                    "dwell_s": dict(declared.dwell_s) if declared else None,
                }
            )
        return found

    def _add_times(self, measures: dict[str, Any]) -> None:
        """Add the dwell at the crossings to the time on the move; not known where one of them has none stated."""
        measures["time_s"] = {}
        for name, moving in measures["moving_s"].items():
            stops = [
                crossing["dwell_s"][name] for crossing in measures["crossings"] if name in (crossing["dwell_s"] or {})
            ]
            known = len(stops) == len(measures["crossings"])
            measures["time_s"][name] = moving + np.array(stops).reshape(-1, 3).sum(axis=0) if known else None

    # -- answers that are more than one way ----------------------------------------------------------------------

    def journey(self, origin: Place, destination: Place) -> Journey:
        """
        Put a question for the answers that are more than one way: band, choke points, alternatives, Pareto front.

        Parameters
        ----------
        origin, destination
            Where from and to: met at the nearest node.

        Returns
        -------
        journey
            On this engine's ground and graph.
        """
        network, stops = self.ground.network, [self.stops.at(place) for place in (origin, destination)]
        ends = [self.graph.states_at(stop.node(network), stop.territory) for stop in stops]
        usable = self.metric.cost < NEVER
        return Journey(self.ground, origin, destination, self.permit, self.graph, usable, *ends)

    @property
    def weights(self) -> Weights:
        """The graph with this engine's weights, for what takes `routes.search.Weights`."""
        return Weights.of(self.graph, self.metric)

    def choke_points(self, origin: Place, destination: Place) -> ChokePoints | None:
        """
        Say for each edge of the cheapest way what its closure costs; see `routes.chokepoints.choke_points`.

        Parameters
        ----------
        origin, destination
            Where from and to: met at the nearest node.

        Returns
        -------
        chokepoints
            None where there is no way.
        """
        return choke_points(self.journey(origin, destination), self.weights)

    def band(self, origin: Place, destination: Place, tolerance: float) -> Band:
        """
        Find every edge on some way within a share of the best; see `routes.band.near_optimal`.

        Parameters
        ----------
        origin, destination
            Where from and to: met at the nearest node.
        tolerance
            Share of the best.

        Returns
        -------
        band
            Empty where there is no way.
        """
        return near_optimal(self.journey(origin, destination), self.weights, tolerance)


def _put(column: NDArray[Any], at: int, value: float) -> NDArray[Any]:
    """Put one value into a column."""
    return np.concatenate((column[:at], np.array([value], dtype=column.dtype), column[at:]))


def _arc_costs(ground: Ground, permit: Permit, cost: str, vehicle: Vehicle | None) -> NDArray[np.float64]:
    """Weigh the arcs as permit, scenario and cost say; infinite where an arc may not be taken."""
    weights = ground.weights(permit).weight
    if cost == "distance":
        return weights
    place = next(iter(ground.study.places.values()))  # a cost does not depend on where the journey leads
    nothing = np.empty(0, dtype=np.intp)
    journey = Journey(ground, place, place, permit, ground.graph(permit.mode), np.isfinite(weights), nothing, nothing)
    asked = arc_cost(journey, cost, vehicle)
    return np.where(journey.open & (asked >= 0), asked, np.inf)
