"""A study's question on one network: proposed links joined, graphs built once, stretches and candidates resolved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geo.cutting import cut_at_vertices
from geo.errors import InputError
from geo.measure import geodesic_m
from geo.network import MODES
from routes.links import LINK_SOURCE, join_links
from routes.model import Break, Candidate, Place, Stretch
from routes.permit import ANY, Permit, default_permit, permitted
from routes.route import Route
from routes.search import Graph, Weights
from routes.snapping import nearest_vertices

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from geo.network import Network
    from routes.study import Study

REACH_M = 5_000.0  # a place stands for a node no further than this
_KEPT = 8  # weighted graphs kept for the next question


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
        What there is; see `Ground.prepare`.
    """

    def __init__(self, study: Study, network: Network) -> None:
        self.study = study
        self.network = network
        self._graphs: dict[str, Graph] = {}
        self._weights: dict[Permit, Weights] = {}

    @classmethod
    def prepare(cls, study: Study, network: Network) -> Ground:
        """
        Put a study on a network: cut it at the ends of the study's stretches, and join its proposed links.

        Parameters
        ----------
        study
            What is asked.
        network
            What there is.

        Returns
        -------
        ground
            Ready to resolve candidates.
        """
        wanted = []
        for stretch in study.stretches.values():
            ends = (stretch.from_place, *stretch.via, stretch.to_place)
            wanted += [(study.places[place], default_permit(stretch)) for place in ends]
        return cls(study, join_links(cut_at_places(network, wanted), study))

    def _cut_also_at(self, places: Collection[Place], permit: Permit) -> Ground:
        """Give the same ground with further points at which a journey may begin or end."""
        network = cut_at_places(self.network, [(place, permit) for place in places])
        return self if network is self.network else Ground(self.study, network)

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
        territory = self.network.text["territory"]
        linked = self.network.text["source"].isin((LINK_SOURCE,))
        named = np.isin(self.link, list(permit.links)) & ~territory.isin(permit.avoid)
        return np.asarray(np.where(linked, named, permitted(self.network, permit)), dtype=bool)

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
        may = {
            c.id for c in crossings.values() if c.status == "open" or c.id in permit.crossings or ANY in permit.borders
        }
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
            legs.append(
                (stretch.id, [self.study.places[p] for p in (start, *via, end)], self._permit(stretch, candidate))
            )
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
        permit = default_permit(stretch)
        ground = self if ends is None else self._cut_also_at(ends, permit)
        found = ground._walk([(stretch.id, places, permit)])  # noqa: SLF001
        return ground._route(found, stretch.id, stretch.title, stretch.mode, None)  # noqa: SLF001

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
        ground = self._cut_also_at((origin, destination), permit)
        found = ground._walk([("", [origin, destination], permit)])  # noqa: SLF001
        title = f"{origin.title} to {destination.title} by {permit.mode}"
        return ground._route(found, f"{origin.id}-{destination.id}-{permit.mode}", title, permit.mode, None)  # noqa: SLF001

    def _permit(self, stretch: Stretch, candidate: Candidate) -> Permit:
        may = default_permit(stretch)
        return replace(
            may, crossings=frozenset(candidate.crossings), borders=frozenset(), links=frozenset(candidate.links)
        )

    def _walk(self, legs: list[tuple[str, list[Place], Permit]]) -> list[_Leg] | Break:
        """Search leg by leg, each beginning in the very state in which the one before ended."""
        done: list[_Leg] = []
        state: NDArray[np.intp] | None = None
        for name, places, permit in legs:
            weights = self.weights(permit)
            for origin, destination in pairwise(places):
                starts = self._ends(weights, origin) if state is None else state
                ends = self._ends(weights, destination)
                missing = origin if len(starts) == 0 else destination if len(ends) == 0 else None
                if missing is not None:
                    return self._nowhere(origin, destination, missing, permit.mode)
                found = weights.shortest(starts, ends)
                if found is None:
                    return self._broken(permit, origin, destination, starts, ends)
                done.append(_Leg(found[1], name))
                state = weights.graph.head[found[1][-1:]].astype(np.intp) if len(found[1]) else starts[:1]
        return done

    def _ends(self, weights: Weights, place: Place) -> NDArray[np.intp]:
        known = place.territory in self.zones and place.territory != ""
        zone = self.zones.index(place.territory) if known else None
        return weights.snap(place.lon, place.lat, REACH_M, zone)

    def _nowhere(self, origin: Place, destination: Place, missing: Place, mode: str) -> Break:
        reason = f"No {mode} that may be used lies within {REACH_M / 1000:.0f} km of {missing.title} on this network."
        return Break(origin.id, destination.id, None, None, reason)

    def _broken(
        self, permit: Permit, origin: Place, destination: Place, starts: NDArray[np.intp], ends: NDArray[np.intp]
    ) -> Break:
        """Say whether a border closes the way, and which; or else where the line has its narrowest gap."""
        graph = self.graph(permit.mode)
        unbarred = self.weights(replace(permit, borders=frozenset({ANY})))
        found = unbarred.shortest(starts, ends)
        if found is not None:
            barred = found[1][~np.isfinite(self.weights(permit).weight[found[1]])]
            point = self._point(graph, int(graph.tail[barred[0]]))
            return Break(origin.id, destination.id, 0.0, (point, point), self._closed(graph, int(barred[0])))
        gap_m, before, after = unbarred.gap(starts, ends)
        nearest = self._point(graph, before), self._point(graph, after)
        where = f"between {_text(nearest[0])} and {_text(nearest[1])}"
        reason = (
            f"The line is broken by {gap_m / 1000:.1f} km {where}."
            if gap_m >= 1.0
            else f"One-way lines do not let it pass at {_text(nearest[0])}."
        )
        return Break(origin.id, destination.id, gap_m, nearest, reason)

    def _point(self, graph: Graph, state: int) -> tuple[float, float]:
        node = graph.node[state]
        return round(float(self.network.node_lon[node]), 6), round(float(self.network.node_lat[node]), 6)

    def _closed(self, graph: Graph, arc: int) -> str:
        one, other = (self.zones[zone] for zone in graph.transition[arc])
        name = str(self.crossing_of(graph)[arc])
        if name:
            crossing = self.study.crossings[name]
            status = "not known" if crossing.status == "not known" else f"“{crossing.status}”"
            return (
                f"The way from {one} to {other} leads over the crossing {crossing.title} ({crossing.id}), "
                f"whose status is {status}; name it to ask for a way through it."
            )
        pair = "-".join(sorted((one, other)))
        where = _text(self._point(graph, int(graph.tail[arc])))
        return (
            f"The way from {one} to {other} crosses the border at {where}, where the study declares no crossing "
            f"(status not known); ask for a way through {pair} to use it."
        )

    def _route(self, found: list[_Leg] | Break, id_: str, title: str, mode: str, candidate: Candidate | None) -> Route:
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
            (
                int(np.count_nonzero(steps[:place])),
                str(self.crossing_of(graph)[arcs[place]]),
                zone[place],
                zone[place + 1],
            )
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


def _text(point: tuple[float, float]) -> str:
    return f"{point[0]:.4f}, {point[1]:.4f}"


def cut_at_places(network: Network, wanted: Collection[tuple[Place, Permit]]) -> Network:
    """
    Cut a network where journeys begin and end: at the vertex of the largest component nearest to each place.

    Parameters
    ----------
    network
        What there is.
    wanted
        Places, each with what a search from there may use.

    Returns
    -------
    network
        The same lines with some more nodes; the very same network where it has nodes there already.
    """
    by_permit: dict[tuple[Permit, str], list[Place]] = {}
    for place, permit in wanted:
        by_permit.setdefault((permit, place.territory), []).append(place)
    found = [
        nearest_vertices(network, permitted(network, permit), [(p.lon, p.lat) for p in places], REACH_M, territory)
        for (permit, territory), places in by_permit.items()
    ]
    if not found:
        return network
    edges, vertices = (np.concatenate(column) for column in zip(*found, strict=True))
    return cut_at_vertices(network, edges, vertices)
