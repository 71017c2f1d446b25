"""A study's question on one network: proposed links joined, graphs built once, weighed for each question."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError
from geo.network import MODES
from routes import gates
from routes.additions import join_additions
from routes.declared import directions
from routes.graph import LARGE, Graph, zone_codes
from routes.kept import Kept
from routes.links import LINK_SOURCE, drawn_links, join_links
from routes.overlay import additions, check_scenario, lay
from routes.permit import Permit, default_permit, permitted
from routes.resolve import Leg, Question, resolve
from routes.search import Weights
from routes.snapping import REACH_M, cut_at_places, home

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Mapping

    from numpy.typing import NDArray

    from geo.cells import Cells
    from geo.hierarchy import Metric
    from geo.network import Network
    from routes.model import Candidate, Crossing, Link, Place, Stretch
    from routes.opening import Opening
    from routes.overlay import Overlay
    from routes.route import Route
    from routes.scenario import Addition, Scenario
    from routes.stops import Stop, Stops
    from routes.study import Study
    from routes.way import Columns

_KEPT = 8  # scenarios, and of a large network weighted graphs (50 MB each), kept for the next question
_KEPT_SMALL = 64


class Ground:
    """
    A study on a network.

    Parameters
    ----------
    study
        What is asked.
    network
        What there is; see `Ground.prepare`.
    base
        The ground that a scenario is laid over; it shares its graphs.
    overlay
        What the scenario changes.
    """

    def __init__(
        self, study: Study, network: Network, base: Ground | None = None, overlay: Overlay | None = None
    ) -> None:
        self.study = study
        self.network = network
        self._base = base
        self._root = None if base is None else base.root
        self.overlay = overlay
        self._scenarios: dict[Scenario, Ground] = {}
        self._added: dict[tuple[Addition, ...], Ground] = {}
        self._edges_of: dict[str, NDArray[np.intp]] = {}
        self._graphs: dict[str, Graph] = {}
        self._crossings: dict[str, NDArray[np.object_]] = {}
        self._columns: dict[str, Columns] = {}
        most = _KEPT if network.edge_count >= LARGE else _KEPT_SMALL
        self._weights: Kept[Weights] = Kept(most)
        self._stops: Kept[Stops] = Kept(most)
        self._metrics: Kept[Metric] = Kept(most)

    # A ground does not hold itself, so that one that was cut for a question goes as soon as it is answered.

    @property
    def base(self) -> Ground:
        """The ground that a scenario is laid over; this one where there is none."""
        return self if self._base is None else self._base

    @property
    def root(self) -> Ground:
        """The base without a scenario's lines."""
        return self if self._root is None else self._root

    def _owner(self) -> Ground | None:
        """Say whose the things are that the root keeps; None for its own."""
        return None if self._root is None else self

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

    def cut_also_at(self, places: Collection[Place], permit: Permit) -> Ground:
        """
        Give the same ground with further points at which a journey may begin or end.

        Parameters
        ----------
        places
            The points.
        permit
            What a journey from there may use.

        Returns
        -------
        ground
            Under the same scenario; where a journey begins does not depend on it.
        """
        network = cut_at_places(self.root.network, [(place, permit) for place in places])
        if network is self.root.network:
            return self
        ground = Ground(self.study, network)
        return ground if self.overlay is None else ground.under(self.overlay.scenario)

    # -- scenarios -----------------------------------------------------------------------------------------------

    def under(self, scenario: Scenario | None) -> Ground:
        """
        Give the same ground under a scenario.

        Parameters
        ----------
        scenario
            What is closed, opened, upgraded or added, and as of when; None: as the network shows it.

        Returns
        -------
        ground
            The network's own columns but for those that the scenario changes; the graphs are shared, except where
            the scenario adds lines.

        Raises
        ------
        InputError, NotFoundError
            See `routes.overlay.check_scenario`.
        """
        if self is not self.root:
            return self.root.under(scenario)
        if scenario is None or scenario.empty:
            return self
        if scenario not in self._scenarios:
            check_scenario(scenario, self.study, self.network)
            ground = self._with(additions(self.study, scenario))
            overlay = lay(ground, scenario)
            for old in list(self._scenarios)[: 1 - _KEPT]:
                self._scenarios.pop(old, None)
            self._scenarios[scenario] = Ground(self.study, overlay.network, ground, overlay)
        return self._scenarios[scenario]

    def _with(self, added: tuple[Addition, ...]) -> Ground:
        if not added:
            return self
        if added not in self._added:
            ground = Ground(self.study, join_additions(self, added))
            ground._root = self
            self._added[added] = ground
        return self._added[added]

    @property
    def crossings(self) -> Mapping[str, Crossing]:
        """The study's crossings by id, with the statuses that the scenario gives."""
        return self.study.crossings if self.overlay is None else self.overlay.crossings

    @cached_property
    def links(self) -> dict[str, Link | Addition]:
        """Lines that are proposed, by id: the study's links, and what the scenario adds."""
        added = () if self.overlay is None else additions(self.study, self.overlay.scenario)
        return {**self.study.links, **{addition.id: addition for addition in added}}

    def edges_of(self, stretch: str) -> NDArray[np.intp]:
        """
        Find the edges of a stretch: those that the network says belong to it, and its shortest path.

        Parameters
        ----------
        stretch
            Its id.

        Returns
        -------
        rows
            Rows of edges, sorted, without proposed links; none where the stretch is not found here.
        """
        base = self.base
        if stretch not in base._edges_of:  # noqa: SLF001
            named = np.flatnonzero(base.network.text["stretch"].isin((stretch,)))
            links = frozenset(base.study.links)
            route = base.stretch(base.study.stretches[stretch], links=links)
            rows = np.union1d(named, route.edges).astype(np.intp)
            base._edges_of[stretch] = rows[base.link[rows] == ""]  # noqa: SLF001
        return base._edges_of[stretch]  # noqa: SLF001

    def within(self, rows: NDArray[np.intp], territories: Collection[str]) -> NDArray[np.intp]:
        """
        Keep the edges that lie in some territories.

        Parameters
        ----------
        rows
            Rows of edges.
        territories
            Keys; empty: everywhere. Where the network was not split by territory, nothing is left out.

        Returns
        -------
        rows
            Those that do.
        """
        here = self.network.text["territory"]
        if not territories or here.words == ("",):
            return rows
        return rows[here.isin(frozenset(territories))[rows]]

    def opened_by(self, opening: Opening) -> NDArray[np.intp]:
        """
        Find the edges that a work opens.

        Parameters
        ----------
        opening
            Of the work.

        Returns
        -------
        rows
            Edges of its stretches in its territories, open ones included, and of its links.
        """
        parts = [self.within(self.edges_of(name), opening.territory) for name in opening.stretches]
        linked = [self.edges_of_link(link) for link in opening.links]
        return np.unique(np.concatenate((*parts, *linked, np.empty(0, dtype=np.intp)))).astype(np.intp)

    def edges_of_link(self, link: str) -> NDArray[np.intp]:
        """
        Find the edges of a proposed link, whether the study joined it to the network or the network draws it.

        Parameters
        ----------
        link
            Its id.

        Returns
        -------
        rows
            Rows of edges; none where it is not found here.
        """
        base = self.base
        drawn = np.zeros(len(self.link), dtype=np.bool_)
        drawn[: len(base.drawn_link)] = base.drawn_link == link
        return np.flatnonzero((self.link == link) | drawn)

    @cached_property
    def drawn_link(self) -> NDArray[np.object_]:
        """Id of the link that a line which the network draws stands for; empty for all others."""
        return drawn_links(self.network, self.study)

    @cached_property
    def opening_years(self) -> NDArray[np.float64]:
        """Year in which each edge is to open: low, central and high; NaN where no work states an opening."""
        years = np.full((self.network.edge_count, 3), np.nan)
        for opening in self.study.openings:
            rows = self.opened_by(opening)
            years[rows] = np.fmin(years[rows], np.array(opening.years, dtype=np.float64))
        return years

    @cached_property
    def cells(self) -> Cells:
        """The vertices of the network by cells of a grid; a scenario moves none."""
        from geo.cells import Cells  # noqa: PLC0415  (the compiler is loaded only for who asks often)

        return Cells.build(self.network) if self.root is self else self.root.cells

    def columns(self, mode: str) -> Columns:
        """
        Give what measuring ways of one mode needs of each edge, worked out when first asked for.

        Parameters
        ----------
        mode
            road or rail.

        Returns
        -------
        columns
            With the times of the study's vehicles of that mode.
        """
        from routes.way import Columns  # noqa: PLC0415

        if mode not in self._columns:
            vehicles = {v.id: v for v in self.study.vehicles.values() if v.mode == mode}
            self._columns[mode] = Columns.of(self, vehicles)
        return self._columns[mode]

    # -- graphs and weights --------------------------------------------------------------------------------------

    def holds(self, mode: str) -> bool:
        """
        Say whether the network has any edge of a mode.

        Parameters
        ----------
        mode
            road or rail.

        Returns
        -------
        holds
            False where every search by that mode must fail.

        Raises
        ------
        InputError
            It is no mode of a network.
        """
        if mode not in MODES:
            message = f"{mode!r} is not a mode of a network; it must be {' or '.join(MODES)}"
            raise InputError(message)
        return bool(np.any(self.network.mode == MODES.index(mode)))

    def graph(self, mode: str) -> Graph:
        """
        Give the graph of one mode, built when first asked for.

        Parameters
        ----------
        mode
            road or rail; one that the network holds.

        Returns
        -------
        graph
            The graph.
        """
        graphs = self.base._graphs  # noqa: SLF001  (a scenario changes no line, so the graph is the same)
        if mode not in graphs:
            graphs[mode] = Graph.build(self.base.network, mode)
        return graphs[mode]

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
        named = np.isin(self.link, list(permit.links))
        if self.overlay is not None:
            named |= self.overlay.opened
        usable = np.where(linked, named & ~territory.isin(permit.avoid), permitted(self.network, permit))
        return np.asarray(usable if self.overlay is None else usable & ~self.overlay.closed, dtype=bool)

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

        def make() -> Weights:
            graph = self.graph(permit.mode)
            return Weights.of_edges(graph, self.cost_mm, self.usable(permit), self._passable(permit))

        return self.root._weights.get((self._owner(), permit), make)  # noqa: SLF001  (one class)

    def metric(self, permit: Permit, asked: Hashable, cost: Callable[[], NDArray[np.float64]]) -> Metric:
        """
        Weigh the graph's hierarchy for one search.

        Parameters
        ----------
        permit
            What it may use.
        asked
            What the cost depends on beside the permit.
        cost
            Gives the weight of each arc; infinite where it may not be taken.

        Returns
        -------
        metric
            Kept for the next search that asks for the same.

        Raises
        ------
        ValueError
            See `geo.hierarchy.Hierarchy.weigh`.
        """
        make = self.graph(permit.mode).hierarchy.weigh
        return self.root._metrics.get((self._owner(), permit, asked), lambda: make(cost()))  # noqa: SLF001

    def large(self, mode: str) -> bool:
        """
        Say whether questions are answered on the network as it is, without a cut.

        Parameters
        ----------
        mode
            road or rail.

        Returns
        -------
        large
            Whether the mode's graph is searched through a hierarchy.
        """
        return self.holds(mode) and self.graph(mode).large

    def stop(self, permit: Permit, place: Place) -> Stop:
        """
        Find where a way from or to a place begins or ends; as `ends`, but in the middle of an edge too.

        Parameters
        ----------
        permit
            What the way may use.
        place
            Where from or to.

        Returns
        -------
        stop
            A scenario does not move it, unless there was none.

        Raises
        ------
        InputError
            Nothing that may be used lies within reach.
        """
        from routes.stops import stop_at_node  # noqa: PLC0415  (the compiler is loaded only for who asks often)

        try:
            return self.stops(permit).at(place)
        except InputError:
            states = self.ends(permit, place)
            if len(states) == 0:
                raise
        return stop_at_node(self.weights(permit), states, (place.lon, place.lat), home(self.network, place))

    def stops(self, permit: Permit) -> Stops:
        """
        Give the points at which a way may begin and end.

        Parameters
        ----------
        permit
            What the way may use.

        Returns
        -------
        stops
            The same under every scenario.
        """
        from routes.stops import Stops  # noqa: PLC0415  (the compiler is loaded only for who asks often)

        return self.root._stops.get(permit, lambda: Stops(self.root, permit))  # noqa: SLF001

    @cached_property
    def zones(self) -> tuple[str, ...]:
        """Territory keys by zone code."""
        return zone_codes(self.network)[0]

    def ends(self, permit: Permit, place: Place) -> NDArray[np.intp]:
        """
        Find where a journey from or to a place begins or ends.

        Parameters
        ----------
        permit
            What the journey may use.
        place
            Where from or to.

        Returns
        -------
        states
            States of the graph at the node nearest to the place, in the place's own territory where the network
            knows it; empty where none is within reach. A scenario does not move them, unless there were none.
        """
        if self.base is not self and len(states := self.base.ends(permit, place)):
            return states
        return self.weights(permit).snap(place.lon, place.lat, REACH_M, home(self.network, place))

    # -- borders -------------------------------------------------------------------------------------------------

    def crossing_of(self, mode: str) -> NDArray[np.object_]:
        """
        Name the declared crossing that each transition of a graph is.

        Parameters
        ----------
        mode
            road or rail.

        Returns
        -------
        crossing
            One an arc: its id; empty where no declared crossing is near, and for arcs that are no transition.
        """
        found = self.base._crossings  # noqa: SLF001  (a scenario moves none)
        if mode not in found:
            known = [crossing for crossing in self.study.crossings.values() if crossing.mode == mode]
            found[mode] = gates.declared(self.graph(mode), self.zones, known)
        return found[mode]

    def _passable(self, permit: Permit) -> NDArray[np.bool_]:
        barred = frozenset() if self.overlay is None else self.overlay.barred
        return gates.passable(
            self.graph(permit.mode), self.zones, self.crossing_of(permit.mode), self.crossings.values(), permit, barred
        )

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
        for stretch, (start, end) in zip(stretches, directions(stretches), strict=True):
            via = stretch.via if start == stretch.from_place else stretch.via[::-1]
            may = replace(
                default_permit(stretch),
                crossings=frozenset(candidate.crossings),
                borders=frozenset(),
                links=frozenset(candidate.links),
            )
            legs.append(Leg(stretch.id, tuple(self.study.places[p] for p in (start, *via, end)), may))
        return resolve(self, Question(candidate.id, candidate.title, candidate.mode, tuple(legs), candidate))

    def stretch(
        self, stretch: Stretch, ends: tuple[Place, Place] | None = None, links: frozenset[str] = frozenset()
    ) -> Route:
        """
        Resolve one stretch alone, through any crossing.

        Parameters
        ----------
        stretch
            From the study.
        ends
            Other end points, for comparisons.
        links
            Ids of proposed links that it may use.

        Returns
        -------
        route
            Resolved, or broken and saying where.
        """
        places = [self.study.places[p] for p in (stretch.from_place, *stretch.via, stretch.to_place)]
        permit = replace(default_permit(stretch), links=links)
        ground = self
        if ends is not None:
            places = [ends[0], *places[1:-1], ends[1]]
            ground = self.cut_also_at(ends, permit)
        leg = Leg(stretch.id, tuple(places), permit)
        return resolve(ground, Question(stretch.id, stretch.title, stretch.mode, (leg,)))

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

        Raises
        ------
        InputError
            The permit's mode is none of a network.
        """
        self.holds(permit.mode)
        ground = self.cut_also_at((origin, destination), permit)
        return resolve(ground, Question.free(origin, destination, permit))
