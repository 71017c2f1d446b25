"""
Missing links: what is closed, not in use or not there, ranked by how much joining it would shorten a journey.

Three kinds are looked for. Closed borders: places where lines meet at a border that may not be passed. Lines not in
use: runs of one status and stretch that the journey's own rules leave out, on the way that would be shortest if every
line and border were open; where there is no way at all, on the way with the least such line. Gaps: a dead end, and a
node within reach of it in a straight line. Where there is a way already, the rank is by how much the link alone
shortens it. Where there is none, links come first that make a way by themselves, the shorter journey before the longer;
then the others, by how much of what is missing they are. In place of length any cost may be asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy  # what is used of it loads when it is first used
import shapely

from geo.errors import InputError
from geo.frames import frame
from geo.measure import geodesic_m
from geo.network import STATUSES
from routes.costs import arc_cost, stated, unit
from routes.journey import Tree
from routes.permit import ANY, USABLE
from routes.scenario import Addition

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    from numpy.typing import NDArray

    from routes.journey import Journey
    from routes.model import Vehicle

REACH_M = 2_000.0
"""How long the straight line over a gap may be."""

MOST = 12
_APART_M = 5_000.0  # of two gaps (or borders) whose places lie nearer only the better is listed
_WORTH_M = 1_000.0  # a link that shortens a journey by less is not listed
_WORTH_SHARE = 0.005  # nor one that saves less of another cost
_MM = 1000
_SLIVER_MM = 1_000
_PENALTY = 1_000  # where there is no way, a metre that is missing counts like so many that are there
_BORDER_MM = 1_000  # and a closed border like a metre
_STATES_TRIED = 4_000


@dataclass(frozen=True)
class MissingLink:
    """
    A pair of ends that are not joined.

    Attributes
    ----------
    kind
        border, line (not in use) or gap.
    mode
        road or rail.
    ends
        Lon and lat of either end, degrees; equal for a border.
    length_m
        Of the line, or straight over the gap; 0 for a border.
    territories
        Of either end; empty where not known.
    status, stretch
        Of a line not in use: its status, and the study's stretch that it is part of; else empty.
    crossing
        Id of the declared crossing of a closed border; else empty.
    before, after
        What the journey costs without the link, and with it alone, in the integers of the search; None where there is
        no way.
    needed
        Whether there is no way without it, were every other one on the same way joined.
    cost
        By which cost the journey was made.
    """

    kind: str
    mode: str
    ends: tuple[tuple[float, float], tuple[float, float]]
    length_m: float
    territories: tuple[str, str]
    status: str
    stretch: str
    crossing: str
    before: float | None
    after: float | None
    needed: bool
    cost: str = "distance"

    @property
    def before_m(self) -> float | None:
        """Length of the journey without the link; None where there is no way, or another cost was asked for."""
        return None if self.before is None or self.cost != "distance" else self.before / _MM

    @property
    def after_m(self) -> float | None:
        """Length of the journey with the link alone; None where there is no way, or another cost was asked for."""
        return None if self.after is None or self.cost != "distance" else self.after / _MM

    @property
    def saving(self) -> float | None:
        """What the link alone saves the journey; None where there is no way without it, or none with it."""
        return None if self.before is None or self.after is None else self.before - self.after

    @property
    def saving_m(self) -> float | None:
        """By how much the link alone shortens the journey; None as for `saving`, or for another cost."""
        return None if self.saving is None or self.cost != "distance" else self.saving / _MM

    def addition(self, title: str = "") -> Addition:
        """
        Turn the pair into a proposed link of a scenario.

        Parameters
        ----------
        title
            For people; made of the ends when left out.

        Returns
        -------
        addition
            A line between the ends, as long as the line that is there, or straight over a gap.

        Raises
        ------
        InputError
            It is a closed border: there is nothing to build, a scenario opens the crossing.
        """
        if self.kind == "border":
            what = self.crossing or "-".join(sorted(self.territories))
            message = f"the missing link at {what} is a closed border; open the crossing instead of adding a line"
            raise InputError(message)
        first, last = (f"{lon:.6f} {lat:.6f}" for lon, lat in self.ends)
        name = f"link-{first}-{last}-{self.mode}".replace(" ", "_")
        length_km = round(self.length_m / 1000, 3) if self.kind == "line" else None
        return Addition(name, self.mode, first, last, length_km=length_km, title=title or f"Link {first} to {last}")


def missing_links(
    journey: Journey,
    *,
    reach_m: float = REACH_M,
    most: int = MOST,
    cost: str = "distance",
    vehicle: Vehicle | None = None,
) -> list[MissingLink]:
    """
    Find and rank missing links.

    Parameters
    ----------
    journey
        The question, with what may be used, such as open lines only; best posed with `from_any_line`.
    reach_m
        How long the straight line over a gap may be, metres.
    most
        How many to list.
    cost
        By what they are ranked: the name of a cost, or a mix, see `routes.costs.stated`. Gaps are looked for by
        distance alone: what a line that nobody has drawn would cost otherwise is not known.
    vehicle
        For time; the study's first of the mode when left out.

    Returns
    -------
    links
        Ranked as the module says.

    Raises
    ------
    InputError
        The reach or the number is not above 0, or there is no such cost.
    """
    if not (np.isfinite(reach_m) and reach_m > 0) or most < 1:
        message = f"the reach is {reach_m:g} m and {most} links are asked for; both must be above 0"
        raise InputError(message)
    search = _Search(journey, cost, vehicle)
    gaps = search.gaps(reach_m) if cost == "distance" else []
    lines = search.lines()
    listed = {link.ends for link in lines if link.kind == "border"}
    borders = [link for link in search.borders() if link.ends not in listed]
    return sorted([*lines, *borders, *gaps], key=_rank)[:most]


def table(links: Iterable[MissingLink]) -> gpd.GeoDataFrame:
    """
    Put missing links in a table.

    Parameters
    ----------
    links
        Ranked.

    Returns
    -------
    table
        One row a link (WGS84): rank and its attributes; the geometry is straight from end to end, a point at a border.
    """
    links = list(links)
    names = ("kind", "mode", "length_m", "status", "stretch", "crossing", "before_m", "after_m", "saving_m", "needed")
    columns: dict[str, Any] = {"rank": range(1, len(links) + 1)}
    columns |= {name: [getattr(link, name) for link in links] for name in names}
    for name in dict.fromkeys(link.cost for link in links if link.cost != "distance"):
        what = {"time": "hours", "climb": "climb_m", "build": "to_build_km", "crossings": "crossings"}
        word = what.get(name, "mix_points" if "=" in name else f"{name}_km")
        for side in ("before", "after", "saving"):
            values = [getattr(link, side) for link in links]
            columns[f"{side}_{word}"] = [None if value is None else value / unit(name) for value in values]
    columns |= {f"{side}_territory": [link.territories[i] for link in links] for i, side in enumerate(("from", "to"))}
    shapes = [
        shapely.Point(link.ends[0]) if link.ends[0] == link.ends[1] else shapely.LineString(link.ends) for link in links
    ]
    return frame(columns, shapes)


def _rank(link: MissingLink) -> tuple[int, float, float]:
    if link.saving is not None:
        return 0, -link.saving, link.length_m
    return (1, link.after, link.length_m) if link.after is not None else (2, -link.length_m, 0.0)


class _Search:
    """A journey as it may be made, and on everything that there is."""

    def __init__(self, journey: Journey, cost: str, vehicle: Vehicle | None) -> None:
        self._journey, self._graph, self._name = journey, journey.graph, cost
        everything = replace(
            journey.permit,
            statuses=frozenset(USABLE),
            borders=frozenset({ANY}),
        )
        self._wide = np.isfinite(journey.ground.weights(everything).weight) | journey.open
        self._mm = arc_cost(journey, "distance")
        self._cost = stated(journey, cost, vehicle)
        weights = journey.weigh(self._cost)
        self._ahead = Tree.grow(weights, journey.starts).cost
        self._behind = Tree.grow(weights, journey.ends, backwards=True).cost
        self._best = float(self._ahead[journey.ends].min())
        # A link that saves less is not listed.
        self._worth = _WORTH_M * _MM if cost == "distance" else _WORTH_SHARE * self._best

    # -- lines not in use, and the borders between them --------------------------------------------------------------

    def lines(self) -> list[MissingLink]:
        runs = self._runs(self._best_way())
        # A sliver that a border has cut off is no link of its own: it goes with the others.
        slivers = [arc for run in runs if self._sliver(run) for arc in run]
        runs = [run for run in runs if not self._sliver(run)]
        links = []
        for run in runs:
            alone = self._length(self._journey.open | self._mask([*run, *slivers]))
            others = [arc for other in runs if other is not run for arc in other]
            without = self._length(self._journey.open | self._mask([*others, *slivers]))
            link = self._link(run, alone, needed=not np.isfinite(without))
            if link.saving is None or link.saving >= self._worth:
                links.append(link)
        return links

    def _sliver(self, run: list[int]) -> bool:
        return bool(self._graph.edge[run[0]] >= 0 and self._mm[run].sum() < _SLIVER_MM)

    def _best_way(self) -> NDArray[np.intp]:
        """Give the shortest way if all were open; where there is none now, that with the least to join."""
        cost = self._cost.copy()
        if not np.isfinite(self._best):
            shut = ~self._journey.open
            cost[shut] = np.where(self._graph.edge[shut] < 0, _BORDER_MM, cost[shut]) * _PENALTY
        wide = replace(self._journey, open=self._wide)
        found = wide.weigh(cost).shortest(wide.starts, wide.ends)
        return np.empty(0, dtype=np.intp) if found is None else found[1]

    def _runs(self, way: NDArray[np.intp]) -> list[list[int]]:
        """Split what is not open on a way where its status or its stretch changes, and at each border."""
        network, stretch = self._journey.ground.network, self._stretches
        runs: list[list[int]] = []
        last: tuple[Any, ...] | None = None
        for arc in way.tolist():
            edge = int(self._graph.edge[arc])
            kind = ("border", arc) if edge < 0 else ("line", network.status[edge], stretch.get(edge, ""))
            shut = not self._journey.open[arc]
            if shut and kind == last:
                runs[-1].append(arc)
            elif shut:
                runs.append([arc])
            last = kind if shut else None
        return runs

    @cached_property
    def _stretches(self) -> dict[int, str]:
        """Name the study's stretch of every edge that one of the journey's mode resolves to."""
        ground, found = self._journey.ground, dict[int, str]()
        for stretch in ground.study.stretches.values():
            if stretch.mode == self._journey.permit.mode:
                for edge in ground.stretch(stretch).edges.tolist():
                    found.setdefault(edge, stretch.id)
        return found

    # -- borders -----------------------------------------------------------------------------------------------------

    def borders(self) -> list[MissingLink]:
        """Find borders that alone bar a shorter way, of those near each other the best."""
        graph = self._graph
        shut = np.flatnonzero((graph.edge < 0) & ~self._journey.open)
        total = self._ahead[graph.tail[shut]] + self._behind[graph.head[shut]]
        worth = np.isfinite(total) & (total <= self._best - self._worth)
        shut, total = shut[worth], total[worth]
        kept: list[int] = []
        for place in np.argsort(total, kind="stable").tolist():
            here = graph.points_m[graph.tail[shut[place]]]
            if all(np.hypot(*(here - graph.points_m[graph.tail[shut[k]]])) > _APART_M for k in kept):
                kept.append(place)
        return [self._link([int(shut[place])], float(total[place]), needed=False) for place in kept[:MOST]]

    # -- gaps --------------------------------------------------------------------------------------------------------

    def gaps(self, reach_m: float) -> list[MissingLink]:
        """Join dead ends to nodes near them, from the start's side and from the end's; of near pairs the best."""
        points, usable = self._graph.points_m, self._dead_ends()
        after, before = np.flatnonzero(np.isfinite(self._behind)), np.flatnonzero(np.isfinite(self._ahead))
        pairs: list[tuple[float, int, int]] = []
        for dead, other, from_dead in ((usable & np.isfinite(self._ahead), after, True),
                                       (usable & np.isfinite(self._behind), before, False)):  # fmt: skip
            mine, theirs = (self._ahead, self._behind) if from_dead else (self._behind, self._ahead)
            ends = np.flatnonzero(dead)
            goal = points[self._journey.ends[0] if from_dead else self._journey.starts[0]]
            hope = mine[ends] + _MM * np.hypot(*(points[ends] - goal).T)  # no link can do better
            ends = ends[hope < self._best - self._worth]
            ends = ends[np.argsort(mine[ends] + _MM * np.hypot(*(points[ends] - goal).T), kind="stable")][
                :_STATES_TRIED
            ]
            if len(ends) == 0 or len(other) == 0:
                continue
            near = scipy.spatial.KDTree(points[other]).query_ball_point(points[ends], reach_m)
            for end, places in zip(ends.tolist(), near, strict=True):
                nodes = other[np.asarray(places, dtype=np.intp)]
                nodes = nodes[self._graph.node[nodes] != self._graph.node[end]]
                if len(nodes):
                    total = mine[end] + _MM * np.hypot(*(points[nodes] - points[end]).T) + theirs[nodes]
                    best = int(np.argmin(total))
                    pair = (end, int(nodes[best]))
                    pairs.append((float(total[best]), *(pair if from_dead else pair[::-1])))
        return self._apart(pairs)

    def _dead_ends(self) -> NDArray[np.bool_]:
        """Mark the states at nodes where one line of all that there are ends."""
        network, graph = self._journey.ground.network, self._graph
        edges = np.unique(graph.edge[self._wide & (graph.edge >= 0)])
        lines = np.bincount(np.concatenate((network.u[edges], network.v[edges])), minlength=network.node_count)
        return np.asarray(lines[graph.node] == 1)

    def _apart(self, pairs: list[tuple[float, int, int]]) -> list[MissingLink]:
        points, kept = self._graph.points_m, list[tuple[float, int, int]]()
        for total, a, b in sorted(pairs):
            if len(kept) == MOST or total > self._best - self._worth:
                break
            if all(np.hypot(*(points[a] - points[c])) > _APART_M or np.hypot(*(points[b] - points[d])) > _APART_M
                   for _total, c, d in kept):  # fmt: skip
                kept.append((total, a, b))
        return [self._gap(*pair) for pair in kept]

    def _gap(self, total: float, a: int, b: int) -> MissingLink:
        first, last = self._point(a), self._point(b)
        length = geodesic_m(*(np.array([value]) for value in (*first, *last)))
        zones = self._journey.ground.zones
        sides = zones[self._graph.zone[a]], zones[self._graph.zone[b]]
        mode = self._journey.permit.mode
        ends = (first, last)
        return MissingLink("gap", mode, ends, float(length[0]), sides, "", "", "", self._before, total, needed=False)

    # -- making links ------------------------------------------------------------------------------------------------

    @property
    def _before(self) -> float | None:
        return self._best if np.isfinite(self._best) else None

    def _link(self, run: list[int], after: float, *, needed: bool) -> MissingLink:
        graph, ground = self._graph, self._journey.ground
        first, last = int(graph.tail[run[0]]), int(graph.head[run[-1]])
        edge = int(graph.edge[run[0]])
        mode = self._journey.permit.mode
        return MissingLink(
            kind="border" if edge < 0 else "line",
            mode=mode,
            ends=(self._point(first), self._point(last)),
            length_m=0.0 if edge < 0 else float(self._mm[run].sum()) / _MM,
            territories=(ground.zones[graph.zone[first]], ground.zones[graph.zone[last]]),
            status="" if edge < 0 else STATUSES[ground.network.status[edge]],
            stretch="" if edge < 0 else self._stretches.get(edge, ""),
            crossing=str(ground.crossing_of(mode)[run[0]]) if edge < 0 else "",
            before=self._before,
            after=after if np.isfinite(after) else None,
            needed=needed,
            cost=self._name,
        )

    def _mask(self, arcs: list[int]) -> NDArray[np.bool_]:
        """Mark all arcs of the lines and borders that some arcs belong to, both ways."""
        graph = self._graph
        edges = np.unique(graph.edge[arcs])
        mask = self._wide & (graph.edge >= 0) & np.isin(graph.edge, edges)
        moved = np.asarray([arc for arc in arcs if graph.edge[arc] < 0], dtype=np.intp)
        places = np.isin(graph.node[graph.tail], graph.node[graph.tail[moved]]) & (graph.edge < 0)
        mask |= places & self._wide
        return mask

    def _length(self, usable: NDArray[np.bool_]) -> float:
        journey = replace(self._journey, open=usable)
        found = journey.weigh(self._cost).shortest(journey.starts, journey.ends)
        return np.inf if found is None else found[0]

    def _point(self, state: int) -> tuple[float, float]:
        network, node = self._journey.ground.network, self._graph.node[state]
        return float(network.node_lon[node]), float(network.node_lat[node])
