"""A route: a candidate or a query resolved on a network to ordered, directed edges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.network import STATUSES, STRUCTURES
from routes.register import provisions_of_edges, works_of_edges
from routes.segments import segments_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.network import Network
    from routes.ground import Ground
    from routes.model import Break, Candidate, Link
    from routes.scenario import Addition, Scenario
    from routes.study import Study


@dataclass(frozen=True, eq=False)
class Route:
    """
    An ordered chain of directed edges, or the place where it breaks.

    Attributes
    ----------
    study, network
        What was asked, and on what; the network holds the study's proposed links as edges.
    id, title, mode
        What the route is.
    candidate
        The candidate that it resolves; None for a query.
    edges, forward
        Rows of the edges in order, and whether each is taken along its geometry.
    zone
        For each edge, the territory that the traveller counts as being in; it differs from the edge's own territory
        only where the route weaves along a border within tolerance.
    stretch, link
        For each edge, the stretch and the proposed link that it belongs to; empty where none.
    passed
        Crossings: how many edges lie before, id of the declared crossing (empty: undeclared), zone from, zone to.
    broken
        Where it could not be resolved; then it has no edges.
    ground
        What it was resolved on; None for a route that was made by hand.
    """

    study: Study
    network: Network
    id: str
    title: str
    mode: str
    candidate: Candidate | None
    edges: NDArray[np.intp]
    forward: NDArray[np.bool_]
    zone: NDArray[np.object_]
    stretch: NDArray[np.object_]
    link: NDArray[np.object_]
    passed: tuple[tuple[int, str, str, str], ...]
    broken: Break | None
    ground: Ground | None = None

    def __repr__(self) -> str:
        """Name the route in one line; its columns would fill pages."""
        if self.broken:
            return f"Route({self.id!r}, broken between {self.broken.from_} and {self.broken.to})"
        crossings = f"{len(self.passed)} crossing{'' if len(self.passed) == 1 else 's'}"
        return f"Route({self.id!r}, {self.length_m.sum() / 1000:.1f} km, {crossings})"

    @classmethod
    def unresolved(
        cls, study: Study, network: Network, id_: str, title: str, mode: str, candidate: Candidate | None, broken: Break
    ) -> Route:
        """
        Make the answer that there is no route, and where it breaks.

        Parameters
        ----------
        study, network, id_, title, mode, candidate
            As for a route.
        broken
            Where.

        Returns
        -------
        route
            Without edges.
        """
        nothing = np.empty(0, dtype=object)
        edges, forward = np.empty(0, dtype=np.intp), np.empty(0, dtype=bool)
        return cls(study, network, id_, title, mode, candidate, edges, forward, nothing, nothing, nothing, (), broken)

    # -- columns, one row an edge --------------------------------------------------------------------------------

    @cached_property
    def territory(self) -> NDArray[np.object_]:
        """Key of the territory that each edge lies in by the boundary set; empty where not known."""
        return self.network.text["territory"].take(self.edges).decode()

    @cached_property
    def length_m(self) -> NDArray[np.float64]:
        """Length of each edge, metres; published where there is one, else of the shape."""
        return self.network.length_m[self.edges]

    @cached_property
    def at_m(self) -> NDArray[np.float64]:
        """How far along the route each edge begins, metres; one more entry for the end."""
        return np.concatenate(([0.0], np.cumsum(self.length_m)))

    @cached_property
    def status(self) -> NDArray[np.object_]:
        """Life-cycle status of each edge."""
        return np.array(STATUSES, dtype=object)[self.network.status[self.edges]]

    # -- scenarios -----------------------------------------------------------------------------------------------

    @property
    def scenario(self) -> Scenario | None:
        """The scenario that it was found under; None where there is none."""
        overlay = None if self.ground is None else self.ground.overlay
        return None if overlay is None else overlay.scenario

    @cached_property
    def network_status(self) -> NDArray[np.object_]:
        """Status of each edge in the network as it is, without a scenario."""
        network = self.network if self.ground is None else self.ground.base.network
        return np.array(STATUSES, dtype=object)[network.status[self.edges]]

    @cached_property
    def opens(self) -> NDArray[np.float64]:
        """Year in which each edge is to open, shape (edges, 3): low, central, high; NaN where none is stated."""
        if self.ground is None:
            return np.full((len(self.edges), 3), np.nan)
        return self.ground.base.opening_years[self.edges]

    @property
    def links(self) -> Mapping[str, Link | Addition]:
        """Proposed lines that it may hold, by id."""
        return self.study.links if self.ground is None else self.ground.links

    # -- more columns --------------------------------------------------------------------------------------------

    @cached_property
    def structure(self) -> NDArray[np.object_]:
        """Structure of each edge."""
        return np.array(STRUCTURES, dtype=object)[self.network.structure[self.edges]]

    @cached_property
    def provision_ids(self) -> list[tuple[str, ...]]:
        """For each edge, the ids of the provisions that govern it."""
        return provisions_of_edges(self)

    @cached_property
    def work_ids(self) -> list[tuple[str, ...]]:
        """For each edge, the ids of the works on its stretch."""
        return works_of_edges(self)

    # -- geometry ------------------------------------------------------------------------------------------------

    def coordinates(self, first: int = 0, last: int | None = None) -> NDArray[np.float64]:
        """
        Give the vertices of a run of edges, in the direction of travel.

        Parameters
        ----------
        first, last
            Positions in `edges`: from the first to before the last; all when left out.

        Returns
        -------
        points
            Shape (vertices, 2): lon, lat in degrees.
        """
        parts: list[NDArray[np.float64]] = []
        for row, forward in zip(self.edges[first:last], self.forward[first:last], strict=True):
            points = self.network.coordinates(row)
            points = points if forward else points[::-1]
            parts.append(points[1:] if parts else points)
        return np.vstack(parts) if parts else np.empty((0, 2))

    @cached_property
    def line(self) -> shapely.LineString | None:
        """The whole route in degrees; None where it is broken."""
        points = self.coordinates()
        return shapely.LineString(points) if len(points) > 1 else None

    @cached_property
    def profile(self) -> dict[str, Any] | None:
        """
        Heights along the route: distance_m, ele_m, source, cell_m, tunnels, territories; None without relief.

        Distances are metres along the route; tunnels and territories are spans from_m, to_m.
        """
        relief = self.network.meta.get("relief")
        if not relief or not self.network.has_relief or len(self.edges) == 0:
            return None
        distance: list[NDArray[np.float64]] = []
        height: list[NDArray[np.float32]] = []
        for place, (row, forward) in enumerate(zip(self.edges, self.forward, strict=True)):
            ele = self.network.heights(row)
            at = self.at_m[place] + np.linspace(0, self.length_m[place], len(ele))
            start = 1 if distance else 0  # an edge begins where the one before ended
            distance.append(at[start:])
            height.append((ele if forward else ele[::-1])[start:])
        spans = self.runs(self.territory)
        return {
            "distance_m": np.concatenate(distance),
            "ele_m": np.concatenate(height).astype(np.float64),
            "source": relief.get("source") or relief.get("title"),
            "cell_m": relief.get("cell_m"),
            "tunnels": [
                [self.at_m[a], self.at_m[b]] for a, b in self.runs(self.structure) if self.structure[a] == "tunnel"
            ],
            "territories": [[self.at_m[a], self.at_m[b], self.territory[a]] for a, b in spans],
        }

    def runs(self, *columns: NDArray[np.object_]) -> list[tuple[int, int]]:
        """
        Find the maximal runs of edges over which some columns stay the same.

        Parameters
        ----------
        *columns
            One row an edge.

        Returns
        -------
        runs
            Position of the first edge, and one past the last.
        """
        if len(self.edges) == 0:
            return []
        change = np.zeros(len(self.edges), dtype=bool)
        change[0] = True
        for column in columns:
            change[1:] |= column[1:] != column[:-1]
        first = np.flatnonzero(change)
        return list(zip(first.tolist(), [*first[1:].tolist(), len(self.edges)], strict=True))

    # -- crossings -----------------------------------------------------------------------------------------------

    @cached_property
    def crossings(self) -> tuple[dict[str, Any], ...]:
        """Crossings in order of travel, each with status, position, dwell by vehicle, sources and provisions."""
        return tuple(self._crossing(*entry) for entry in self.passed)

    def _crossing(self, before: int, name: str, zone_from: str, zone_to: str) -> dict[str, Any]:
        crossings = self.study.crossings if self.ground is None else self.ground.crossings
        declared = crossings.get(name)
        lon, lat = self._node_before(before)
        record: dict[str, Any] = {
            "id": declared.id if declared else None,
            "title": declared.title if declared else f"Border {zone_from}-{zone_to}, no declared crossing",
            "status": declared.status if declared else "not known",
            "declared": declared is not None,
            "from": zone_from,
            "to": zone_to,
            "at_m": float(self.at_m[before]),
            "lon": round(lon, 6),
            "lat": round(lat, 6),
            "dwell_s": None,
            "dwell_source": None,
            "status_date": declared.status_date if declared else None,
            "last_seen": declared.last_seen if declared else None,
            "sources": list(declared.sources) if declared else [],
            "note": declared.note if declared else "The study declares no crossing here.",
            "provisions": list(self.study.register.provisions_of_crossing(name, self)) if declared else [],
        }
        if declared:
            keys = ("low", "central", "high")
            record["dwell_s"] = {v: dict(zip(keys, d, strict=True)) for v, d in declared.dwell_s.items()}
            record["dwell_source"] = declared.dwell_source
        return record

    def _node_before(self, before: int) -> tuple[float, float]:
        place = min(before, len(self.edges) - 1)
        points = self.network.coordinates(self.edges[place])
        at_start = (place == before) == bool(self.forward[place])
        lon, lat = points[0] if at_start else points[-1]
        return float(lon), float(lat)

    # -- segments ------------------------------------------------------------------------------------------------

    @cached_property
    def segments(self) -> gpd.GeoDataFrame:
        """Segments as a GeoDataFrame (WGS84), see `routes.segments.segments_of`; a broken route has no rows."""
        return segments_of(self)
