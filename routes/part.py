"""A part of a ground: the edges of one way, cut where it begins and ends; the network itself is not copied."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.cutting import cut_at_vertices
from routes.ground import Ground
from routes.resolve import passed_at
from routes.route import Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.network import Network
    from routes.resolve import Question
    from routes.stops import Stop
    from routes.trip import Trip


class Part(Ground):
    """
    Some edges of a ground, as a ground of their own.

    Parameters
    ----------
    whole
        The ground.
    network
        The edges, some of them cut into pieces.
    rows
        For each of them, the row of the whole's edge that it is or was cut from.
    base
        The same without the scenario.
    """

    def __init__(self, whole: Ground, network: Network, rows: NDArray[np.intp], base: Part | None = None) -> None:
        overlay = whole.overlay
        if overlay is not None:
            overlay = replace(overlay, network=network, closed=overlay.closed[rows], opened=overlay.opened[rows])
        super().__init__(whole.study, network, base, overlay)
        self._whole, self._rows = whole, rows

    @cached_property
    def opening_years(self) -> NDArray[np.float64]:
        """Year in which each edge is to open: low, central and high; NaN where no work states an opening."""
        return self._whole.opening_years[self._rows]


class _Step(NamedTuple):
    """An edge of a way, or a piece of one: between two of its vertices."""

    row: int
    forward: bool
    first: int
    last: int
    zone: int


def route_of_trip(ground: Ground, question: Question, trip: Trip) -> Route:
    """
    Make a route of a trip: of its own edges alone, the first and the last cut where it begins and ends.

    Parameters
    ----------
    ground
        What the trip was found on.
    question
        What it answers.
    trip
        The cheapest way.

    Returns
    -------
    route
        Its network holds nothing but the route's edges, so that who keeps it keeps little.
    """
    graph = ground.graph(question.mode)
    steps, before = _steps(ground, question.mode, trip)
    rows = np.unique([step.row for step in steps]).astype(np.intp)
    part, pieces = _cut_out(ground, rows, [stop for stop in (trip.here, trip.there) if stop.between])
    edges: list[tuple[int, bool, int]] = []
    at = [0]
    for step in steps:
        for edge in pieces.of(step):
            if edges and edges[-1] == (edge, not step.forward, step.zone):
                edges.pop()  # where edges cost nothing, a way may begin by going back and forth
            else:
                edges.append((edge, step.forward, step.zone))
        at.append(len(edges))
    column = np.array(edges, dtype=np.intp).reshape(-1, 3)
    zones = np.array(ground.zones, dtype=object)
    link = part.link[column[:, 0]]
    moved = trip.arcs[graph.edge[trip.arcs] < 0]
    return Route(
        study=ground.study,
        network=part.network,
        id=question.id,
        title=question.title,
        mode=question.mode,
        candidate=None,
        edges=column[:, 0],
        forward=column[:, 1].astype(bool),
        zone=zones[column[:, 2]],
        stretch=np.where(link == "", part.network.text["stretch"].take(column[:, 0]).decode(), ""),
        link=link,
        passed=tuple(
            (at[place], *passed_at(ground, question.mode, arc)) for place, arc in zip(before, moved, strict=True)
        ),
        broken=None,
        ground=part,
    )


def _steps(ground: Ground, mode: str, trip: Trip) -> tuple[list[_Step], list[int]]:
    """List what a trip uses in order of travel, and how many of these lie before each border that it passes."""
    graph, offset = ground.graph(mode), ground.network.vertex_offset
    step = graph.edge[trip.arcs] >= 0
    taken = trip.arcs[step]
    rows = graph.edge[taken]
    last = offset[rows + 1] - offset[rows] - 1
    zone = graph.zone[graph.tail[taken]]
    columns = (rows, graph.forward[taken], np.zeros(len(rows), dtype=np.int64), last, zone)
    middle = [_Step(*values) for values in zip(*(column.tolist() for column in columns), strict=True)]
    if trip.direct:
        first, last_ = sorted((trip.here.vertex, trip.there.vertex))
        return [_Step(trip.here.edge, trip.onward[0], first, last_, _own(ground, trip.here.edge))], []
    begin = [_end(ground, trip.here, trip.onward[0], leaving=True)] if trip.here.between else []
    end = [_end(ground, trip.there, trip.onward[1], leaving=False)] if trip.there.between else []
    before = (np.cumsum(step)[~step] + len(begin)).tolist()
    return [*begin, *middle, *end], before


def _end(ground: Ground, stop: Stop, onward: bool, *, leaving: bool) -> _Step:  # noqa: FBT001  (one of two ways)
    offset = ground.network.vertex_offset
    last = int(offset[stop.edge + 1] - offset[stop.edge] - 1)
    first, last = (stop.vertex, last) if onward == leaving else (0, stop.vertex)
    return _Step(stop.edge, onward, first, last, _own(ground, stop.edge))


def _own(ground: Ground, edge: int) -> int:
    territory = ground.network.text["territory"]
    return ground.zones.index(territory.words[territory.codes[edge]])


class _Pieces:
    """Where each edge, or each piece of one, comes to lie when some edges are picked and cut."""

    def __init__(self, network: Network, rows: NDArray[np.intp], cuts: list[tuple[int, int]]) -> None:
        self.times = np.ones(len(rows), dtype=np.intp)  # how many pieces each edge is in
        self._bounds: dict[int, list[int]] = {}
        for place, vertex in cuts:
            self.times[place] += 1
            self._bounds.setdefault(int(rows[place]), [0]).append(vertex)
        for row, bounds in self._bounds.items():
            bounds.append(int(network.vertex_offset[row + 1] - network.vertex_offset[row] - 1))
        first = np.cumsum(self.times) - self.times
        self._first = dict(zip(rows.tolist(), first.tolist(), strict=True))

    def of(self, step: _Step) -> list[int]:
        """List the edges that a step is made of, in the order of travel."""
        first = self._first[step.row]
        bounds = self._bounds.get(step.row)
        if bounds is None:
            return [first]
        inside = [
            first + number for number, (a, b) in enumerate(pairwise(bounds)) if step.first <= a and b <= step.last
        ]
        return inside if step.forward else inside[::-1]

    def node(self, network: Network, stop: Stop) -> int:
        """Give the node at which a stop lies on the network of the pieces."""
        first = self._first[stop.edge]
        bounds = self._bounds.get(stop.edge, [0, 1])
        place = bounds.index(stop.vertex) if stop.between else (len(bounds) - 1) * round(stop.share)
        return int(network.u[first] if place == 0 else network.v[first + place - 1])


def _cut_out(ground: Ground, rows: NDArray[np.intp], stops: Sequence[Stop]) -> tuple[Part, _Pieces]:
    """Make a part of some edges, sorted by row, and cut it at stops on them."""
    cuts = sorted({(int(np.searchsorted(rows, stop.edge)), stop.vertex) for stop in stops if stop.between})
    pieces = _Pieces(ground.network, rows, cuts)
    where, vertices = np.array(cuts, dtype=np.intp).reshape(-1, 2).T
    of_pieces = np.repeat(rows, pieces.times)

    def cut(network: Network) -> Network:
        return cut_at_vertices(network.take(rows), where, vertices)

    base = None if ground.overlay is None else Part(ground.base, cut(ground.base.network), of_pieces)
    return Part(ground, cut(ground.network), of_pieces, base), pieces


def part_about(ground: Ground, rows: NDArray[np.intp], stops: Sequence[Stop]) -> tuple[Part, list[int]]:
    """
    Make a part of a ground on which ways may begin and end at nodes.

    Parameters
    ----------
    ground
        The whole.
    rows
        Rows of its edges.
    stops
        Where ways are to begin and end.

    Returns
    -------
    part, nodes
        The edges and those of the stops, cut at these; and for each stop the part's node.
    """
    rows = np.union1d(rows, [stop.edge for stop in stops]).astype(np.intp)
    part, pieces = _cut_out(ground, rows, stops)
    return part, [pieces.node(part.network, stop) for stop in stops]
