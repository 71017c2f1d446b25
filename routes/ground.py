"""A study's question on one network: proposed links joined, graphs built once, stretches and candidates resolved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError
from geo.measure import geodesic_m
from geo.network import MODES, STATUSES
from geo.tags import RAIL_CLASSES, ROAD_CLASSES
from routes.links import LINK_SOURCE, join_links
from routes.model import Break, Candidate, Place, Stretch
from routes.route import Route
from routes.search import Graph, Weights

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from geo.network import Network
    from routes.study import Study

CLASSES = {"rail": RAIL_CLASSES, "road": ROAD_CLASSES - {"service", "track"}}
USABLE = tuple(status for status in STATUSES if status != "razed")
REACH_M = 5_000.0  # a place stands for a node no further than this
ANY = "any"
_KEPT = 8  # weighted graphs kept for the next question


@dataclass(frozen=True)
class Permit:
    """
    What a search may use.

    Attributes
    ----------
    mode
        road or rail.
    classes, statuses
        Of edges.
    territories
        Only these may be entered; empty means all.
    avoid
        Territories that are never entered.
    crossings
        Ids of crossings that may be passed whatever their status; open ones always may.
    borders
        Pairs of territories, such as AM-AZ, whose undeclared crossings may be passed; "any" for all.
    links
        Ids of proposed links that may be used.
    """

    mode: str
    classes: frozenset[str]
    statuses: frozenset[str]
    territories: frozenset[str] = frozenset()
    avoid: frozenset[str] = frozenset()
    crossings: frozenset[str] = frozenset()
    borders: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class _Leg:
    arcs: NDArray[np.intp]
    stretch: str


class Ground:
    """
    A study on a network.

    Parameters
    ----------
    study
        What is asked.
    network
        What there is.
    """

    def __init__(self, study: Study, network: Network) -> None:
        self.study = study
        self.network = join_links(network, study)
        self._graphs: dict[str, Graph] = {}
        self._weights: dict[Permit, Weights] = {}

    # -- graphs and weights --------------------------------------------------------------------------------------

    def graph(self, mode: str) -> Graph:
        """
        Give the graph of one mode, built when first asked for.

        Parameters
        ----------
        mode
            road or rail.

        Returns
        -------
        graph
            The graph.

        Raises
        ------
        InputError
            The network has no edge of that mode.
        """
        if mode not in MODES:
            message = f"{mode!r} is not a mode of a network; it must be {' or '.join(MODES)}"
            raise InputError(message)
        if mode not in self._graphs:
            if not bool(np.any(self.network.mode == MODES.index(mode))):
                message = f"the network {self.network.meta.get('title', '')!r} holds no {mode}; load one that does"
                raise InputError(message)
            self._graphs[mode] = Graph.build(self.network, mode)
        return self._graphs[mode]

    @cached_property
    def cost_mm(self) -> NDArray[np.int64]:
        """Length of each edge in whole millimetres: the cost of a search by length."""
        return np.rint(self.network.length_m * 1000).astype(np.int64)

    @cached_property
    def link(self) -> NDArray[np.object_]:
        """Id of the proposed link that each edge belongs to; empty for edges of the network itself."""
        network = self.network
        return np.where(network.text["source"].isin((LINK_SOURCE,)), network.text["stretch"].decode(), "")

    def usable(self, permit: Permit) -> NDArray[np.bool_]:
        """
        Say which edges a search may use.

        Parameters
        ----------
        permit
            What it may use.

        Returns
        -------
        usable
            One an edge.
        """
        network = self.network
        statuses = np.isin(network.status, [STATUSES.index(s) for s in permit.statuses])
        territory = network.text["territory"]
        usable = statuses & network.text["class"].isin(permit.classes) & ~territory.isin(permit.avoid)
        if permit.territories:
            usable &= territory.isin(permit.territories)
        linked = network.text["source"].isin((LINK_SOURCE,))
        return np.where(linked, np.isin(self.link, list(permit.links)) & ~territory.isin(permit.avoid), usable)

    def weights(self, permit: Permit) -> Weights:
        """
        Weigh the graph by length for one search.

        Parameters
        ----------
        permit
            What it may use.

        Returns
        -------
        weights
            Integer millimetres.
        """
        if permit not in self._weights:
            graph = self.graph(permit.mode)
            while len(self._weights) >= _KEPT:
                self._weights.pop(next(iter(self._weights)))
            self._weights[permit] = graph.weigh(self.cost_mm, self.usable(permit), self._passable(graph, permit))
        return self._weights[permit]

    def crossing_of(self, graph: Graph) -> NDArray[np.object_]:
        """
        Name the declared crossing that each transition of a graph is.

        Parameters
        ----------
        graph
            The graph of one mode.

        Returns
        -------
        crossing
            One an arc: its id; empty where no declared crossing is near, and for arcs that are no transition.
        """
        if not hasattr(graph, "_crossing"):
            object.__setattr__(graph, "_crossing", self._declared(graph))
        found: NDArray[np.object_] = graph._crossing  # type: ignore[attr-defined]  # noqa: SLF001
        return found

    def _declared(self, graph: Graph) -> NDArray[np.object_]:
        found = np.full(len(graph.edge), "", dtype=object)
        moved = np.flatnonzero(graph.edge < 0)
        nodes = graph.node[graph.tail[moved]]
        lon, lat = self.network.node_lon[nodes], self.network.node_lat[nodes]
        zones = self.zones
        pair = [frozenset((zones[a], zones[b])) for a, b in graph.transition[moved]]
        nearest = np.full(len(moved), np.inf)
        mode = MODES[int(self.network.mode[graph.edge[graph.edge >= 0][0]])]
        for crossing in self.study.crossings.values():
            if crossing.mode != mode:
                continue
            sides = frozenset(crossing.territories)
            fits = np.fromiter((p == sides for p in pair), dtype=bool, count=len(pair))
            away = geodesic_m(np.full(len(lon), crossing.lon), np.full(len(lat), crossing.lat), lon, lat)
            hit = fits & (away <= crossing.radius_m) & (away < nearest)
            nearest[hit] = away[hit]
            found[moved[hit]] = crossing.id
        return found

    @cached_property
    def zones(self) -> tuple[str, ...]:
        """Territory keys by zone code."""
        text = self.network.text
        return tuple(sorted({*text["territory"].words, *text["near_territory"].words, ""}))

    def _passable(self, graph: Graph, permit: Permit) -> NDArray[np.bool_]:
        crossing = self.crossing_of(graph)
        crossings = self.study.crossings
        may = {c.id for c in crossings.values() if c.status == "open" or c.id in permit.crossings or ANY in permit.borders}
        may |= {c.id for c in crossings.values() if "-".join(sorted(c.territories)) in permit.borders}
        passable = np.isin(crossing, list(may)) & (graph.edge < 0)
        undeclared = np.flatnonzero((graph.edge < 0) & (crossing == ""))
        for arc in undeclared:
            sides = "-".join(sorted(self.zones[z] for z in graph.transition[arc]))
            passable[arc] = ANY in permit.borders or sides in permit.borders
        return passable

    # -- answers -------------------------------------------------------------------------------------------------

    def candidate(self, candidate: Candidate) -> Route:
        """
        Resolve a candidate.

        Parameters
        ----------
        candidate
            From the study.

        Returns
        -------
        route
            Resolved, or broken and saying where.
        """
        stretches = [self.study.stretches[name] for name in candidate.stretches]
        legs = []
        for stretch, (start, end) in zip(stretches, _directions(stretches), strict=True):
            via = stretch.via if start == stretch.from_place else stretch.via[::-1]
            legs.append((stretch.id, [self.study.places[p] for p in (start, *via, end)], self._permit(stretch, candidate)))
        found = self._walk(legs)
        return self._route(found, candidate.id, candidate.title, candidate.mode, candidate)

    def stretch(self, stretch: Stretch, ends: tuple[Place, Place] | None = None) -> Route:
        """
        Resolve one stretch alone, through any crossing and without proposed links.

        Parameters
        ----------
        stretch
            From the study.
        ends
            Other end points, for comparisons.

        Returns
        -------
        route
            Resolved, or broken and saying where.
        """
        places = [self.study.places[p] for p in (stretch.from_place, *stretch.via, stretch.to_place)]
        if ends is not None:
            places = [ends[0], *places[1:-1], ends[1]]
        found = self._walk([(stretch.id, places, self._permit(stretch, None))])
        return self._route(found, stretch.id, stretch.title, stretch.mode, None)

    def between(self, origin: Place, destination: Place, permit: Permit) -> Route:
        """
        Answer a query between two points.

        Parameters
        ----------
        origin, destination
            Where from and to.
        permit
            What may be used.

        Returns
        -------
        route
            Resolved, or broken and saying where.
        """
        found = self._walk([("", [origin, destination], permit)])
        title = f"{origin.title} to {destination.title} by {permit.mode}"
        return self._route(found, f"{origin.id}-{destination.id}-{permit.mode}", title, permit.mode, None)

    def _permit(self, stretch: Stretch, candidate: Candidate | None) -> Permit:
        return Permit(
            mode=stretch.mode,
            classes=frozenset(stretch.classes) or CLASSES[stretch.mode],
            statuses=frozenset(stretch.statuses) or frozenset(USABLE),
            territories=frozenset(stretch.territories),
            crossings=frozenset(candidate.crossings if candidate else ()),
            borders=frozenset() if candidate else frozenset({ANY}),
            links=frozenset(candidate.links if candidate else ()),
        )

    def _walk(self, legs: list[tuple[str, list[Place], Permit]]) -> list[_Leg] | Break:
        """Search leg by leg, each beginning in the very state in which the one before ended."""
        done: list[_Leg] = []
        state: NDArray[np.intp] | None = None
        for name, places, permit in legs:
            weights = self.weights(permit)
            for origin, destination in zip(places, places[1:], strict=False):
                starts = self._ends(weights, origin) if state is None else state
                ends = self._ends(weights, destination)
                missing = origin if len(starts) == 0 else destination if len(ends) == 0 else None
                if missing is not None:
                    return self._nowhere(origin, destination, missing, permit.mode)
                found = weights.shortest(starts, ends)
                if found is None:
                    return self._broken(weights, origin, destination, starts, ends)
                done.append(_Leg(found[1], name))
                state = weights.graph.head[found[1][-1:]].astype(np.intp) if len(found[1]) else starts[:1]
        return done

    def _ends(self, weights: Weights, place: Place) -> NDArray[np.intp]:
        return weights.snap(place.lon, place.lat, REACH_M)

    def _nowhere(self, origin: Place, destination: Place, missing: Place, mode: str) -> Break:
        reason = (
            f"No {mode} that may be used lies within {REACH_M / 1000:.0f} km of {missing.title} on this network."
        )
        return Break(origin.id, destination.id, None, None, reason)

    def _broken(
        self, weights: Weights, origin: Place, destination: Place, starts: NDArray[np.intp], ends: NDArray[np.intp]
    ) -> Break:
        gap_m, before, after = weights.gap(starts, ends)
        graph, network = weights.graph, self.network
        nearest = tuple(
            (round(float(network.node_lon[graph.node[s]]), 6), round(float(network.node_lat[graph.node[s]]), 6))
            for s in (before, after)
        )
        if gap_m < 1.0:
            gap_m, reason = 0.0, self._closed(graph, before, after)
        else:
            reason = f"The line is broken by {gap_m / 1000:.1f} km between {_point(nearest[0])} and {_point(nearest[1])}."
        return Break(origin.id, destination.id, gap_m, (nearest[0], nearest[1]), reason)

    def _closed(self, graph: Graph, before: int, after: int) -> str:
        one, other = self.zones[graph.zone[before]], self.zones[graph.zone[after]]
        arc = np.flatnonzero((graph.tail == before) & (graph.head == after) & (graph.edge < 0))
        name = str(self.crossing_of(graph)[arc[0]]) if len(arc) else ""
        where = _point((self.network.node_lon[graph.node[before]], self.network.node_lat[graph.node[before]]))
        if one == other:
            return f"The way is one-way only or not allowed at {where}."
        if name:
            crossing = self.study.crossings[name]
            return (
                f"The way from {one} to {other} leads over the crossing {crossing.title} ({crossing.id}), whose status is "
                f"{crossing.status}; ask for a way through it by naming it."
            )
        pair = "-".join(sorted((one, other)))
        return (
            f"The way from {one} to {other} crosses the border at {where}, where the study declares no crossing (status "
            f"not known); ask for a way through {pair} to use it."
        )

    def _route(
        self, found: list[_Leg] | Break, id_: str, title: str, mode: str, candidate: Candidate | None
    ) -> Route:
        if isinstance(found, Break):
            return Route.unresolved(self.study, self.network, id_, title, mode, candidate, found)
        arcs = np.concatenate([leg.arcs for leg in found])
        stretch = np.concatenate([np.full(len(leg.arcs), leg.stretch, dtype=object) for leg in found])
        graph = self.graph(mode)
        keep = without_spurs(graph, arcs)
        arcs, stretch = arcs[keep], stretch[keep]
        steps = graph.edge[arcs] >= 0
        zone = np.array(self.zones, dtype=object)[graph.zone[graph.tail[arcs]]]
        edges = graph.edge[arcs][steps].astype(np.intp)
        if candidate is None and stretch.size and stretch[0] == "":
            stretch[steps] = self.network.text["stretch"].decode()[edges]
        passed = [
            (int(np.count_nonzero(steps[:place])), str(self.crossing_of(graph)[arcs[place]]), zone[place], zone[place + 1])
            for place in np.flatnonzero(~steps)
        ]
        return Route(
            study=self.study,
            network=self.network,
            id=id_,
            title=title,
            mode=mode,
            candidate=candidate,
            edges=edges,
            forward=graph.forward[arcs][steps],
            zone=zone[steps],
            stretch=np.where(self.link[edges] == "", stretch[steps], ""),
            link=self.link[edges],
            passed=tuple(passed),
            broken=None,
        )


def without_spurs(graph: Graph, arcs: NDArray[np.intp]) -> NDArray[np.intp]:
    """
    Drop every way in and straight back out: a via place is passed, not visited.

    Parameters
    ----------
    graph
        The graph that the arcs belong to.
    arcs
        A walk.

    Returns
    -------
    keep
        Positions in `arcs` that remain.
    """
    kept: list[int] = []
    for place, arc in enumerate(arcs):
        last = int(arcs[kept[-1]]) if kept else -1
        if kept and (
            graph.tail[arc] == graph.head[last]
            and graph.head[arc] == graph.tail[last]
            and graph.edge[arc] == graph.edge[last]
        ):
            kept.pop()
        else:
            kept.append(place)
    return np.asarray(kept, dtype=np.intp)


def _directions(stretches: list[Stretch]) -> list[tuple[str, str]]:
    """Turn each stretch so that it begins where the one before ended."""
    ends = [(s.from_place, s.to_place) for s in stretches]
    if len(ends) > 1 and ends[0][0] in ends[1]:
        ends[0] = ends[0][::-1]
    for i in range(1, len(ends)):
        if ends[i][0] != ends[i - 1][1]:
            ends[i] = ends[i][::-1]
    return ends


def _point(point: tuple[float, float]) -> str:
    return f"{point[0]:.4f}, {point[1]:.4f}"


