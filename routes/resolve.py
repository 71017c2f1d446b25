"""From a question, leg by leg, to a route; or to one sentence on where and why it breaks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from geo.measure import E7
from routes.model import Break
from routes.permit import ANY
from routes.route import Route
from routes.snapping import REACH_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routes.graph import Graph
    from routes.ground import Ground
    from routes.model import Candidate, Place
    from routes.permit import Permit
    from routes.search import Weights


@dataclass(frozen=True)
class Leg:
    """
    A part of a question.

    Attributes
    ----------
    stretch
        Id of the stretch that it follows; empty for a free query.
    places
        First, those passed on the way, last.
    permit
        What it may use.
    """

    stretch: str
    places: tuple[Place, ...]
    permit: Permit


@dataclass(frozen=True)
class Question:
    """
    What is asked: legs that follow each other.

    Attributes
    ----------
    id, title, mode
        What the route will be called.
    legs
        All of that mode.
    candidate
        The candidate that it resolves; None for a query.
    """

    id: str
    title: str
    mode: str
    legs: tuple[Leg, ...]
    candidate: Candidate | None = None

    @classmethod
    def free(cls, origin: Place, destination: Place, permit: Permit) -> Question:
        """
        Ask for a way between two places.

        Parameters
        ----------
        origin, destination
            Where from and to.
        permit
            What may be used.

        Returns
        -------
        question
            Of one leg.
        """
        mode = permit.mode
        title = f"{origin.title} to {destination.title} by {mode}"
        return cls(f"{origin.id}-{destination.id}-{mode}", title, mode, (Leg("", (origin, destination), permit),))


def resolve(ground: Ground, question: Question) -> Route:
    """
    Answer a question.

    Parameters
    ----------
    ground
        The study on a network.
    question
        What is asked.

    Returns
    -------
    route
        Resolved; or broken, and saying where.
    """
    found = _walk(ground, question)
    if not isinstance(found, Break):
        return route_of(ground, question, *found)
    about = (question.id, question.title, question.mode, question.candidate)
    return replace(Route.unresolved(ground.study, ground.network, *about, found), ground=ground)


def _walk(ground: Ground, question: Question) -> tuple[NDArray[np.intp], NDArray[np.object_]] | Break:
    """Search leg by leg, each beginning in the very state in which the one before ended; arcs and their stretches."""
    first, last = question.legs[0].places[0], question.legs[-1].places[-1]
    if not ground.holds(question.mode):
        return nowhere(first, last, first, question.mode)
    graph = ground.graph(question.mode)
    arcs: list[NDArray[np.intp]] = []
    stretch: list[str] = []
    state: NDArray[np.intp] | None = None
    for leg in question.legs:
        for origin, destination in pairwise(leg.places):
            starts = ground.ends(leg.permit, origin) if state is None else state
            ends = ground.ends(leg.permit, destination)
            missing = origin if len(starts) == 0 else destination if len(ends) == 0 else None
            if missing is not None:
                return nowhere(origin, destination, missing, question.mode)
            found = ground.weights(leg.permit).shortest(starts, ends)
            if found is None:
                return broken_between(ground, leg.permit, (origin, destination), Between(starts, ends))
            arcs.append(found[1])
            stretch += [leg.stretch] * len(found[1])
            state = graph.head[found[1][-1:]].astype(np.intp) if len(found[1]) else np.intersect1d(starts, ends)
    walk = np.concatenate(arcs)
    keep = without_spurs(graph, walk)
    if not np.any(graph.edge[walk[keep]] >= 0):
        point = node_point(graph, int(starts[0]))
        return one_point(first, last, point)
    return walk[keep], np.array(stretch, dtype=object)[keep]


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


def route_of(ground: Ground, question: Question, arcs: NDArray[np.intp], stretch: NDArray[np.object_]) -> Route:
    """
    Make a route of a walk.

    Parameters
    ----------
    ground
        The study on a network.
    question
        What it answers.
    arcs
        Arcs of the graph of the question's mode, in order; transitions among them are the route's crossings.
    stretch
        Id of the stretch that each arc belongs to; a free query takes what the network says.

    Returns
    -------
    route
        Resolved.
    """
    graph = ground.graph(question.mode)
    steps = graph.edge[arcs] >= 0
    edges = graph.edge[arcs][steps].astype(np.intp)
    zones = np.array(ground.zones, dtype=object)
    link = ground.link[edges]
    own = stretch[steps]
    if question.candidate is None and question.legs[0].stretch == "":
        own = ground.network.text["stretch"].take(edges).decode()
    passed = [
        (int(np.count_nonzero(steps[:place])), *passed_at(ground, question.mode, arcs[place]))
        for place in np.flatnonzero(~steps)
    ]
    return Route(
        study=ground.study,
        network=ground.network,
        id=question.id,
        title=question.title,
        mode=question.mode,
        candidate=question.candidate,
        edges=edges,
        forward=graph.forward[arcs][steps],
        zone=zones[graph.zone[graph.tail[arcs]]][steps],
        stretch=np.where(link == "", own, ""),
        link=link,
        passed=tuple(passed),
        broken=None,
        ground=ground,
    )


def passed_at(ground: Ground, mode: str, arc: int) -> tuple[str, str, str]:
    """
    Say what a transition of a graph passes.

    Parameters
    ----------
    ground
        The study on a network.
    mode
        Of the graph.
    arc
        The transition.

    Returns
    -------
    crossing, before, after
        Id of the declared crossing, empty where there is none; the territories that it leaves and enters.
    """
    one, other = (ground.zones[zone] for zone in ground.graph(mode).transition[arc])
    return str(ground.crossing_of(mode)[arc]), one, other


# -- breaks ------------------------------------------------------------------------------------------------------------


def one_point(origin: Place, destination: Place, point: tuple[float, float]) -> Break:
    """
    Say that two places stand for the same point.

    Parameters
    ----------
    origin, destination
        The places.
    point
        Lon and lat, degrees.

    Returns
    -------
    broken
        With one sentence.
    """
    reason = f"{origin.title} and {destination.title} stand for the same point of this network, {_text(point)}."
    return Break(origin.id, destination.id, 0.0, (point, point), reason)


def nowhere(origin: Place, destination: Place, missing: Place, mode: str) -> Break:
    """
    Say that nothing that may be used lies near a place.

    Parameters
    ----------
    origin, destination
        From where to where.
    missing
        Which of them.
    mode
        road or rail.

    Returns
    -------
    broken
        With one sentence.
    """
    reason = f"No {mode} that may be used lies within {REACH_M / 1000:.0f} km of {missing.title} on this network."
    return Break(origin.id, destination.id, None, None, reason)


class Hunt(Protocol):
    """Looks for a way between two ends, whatever may be used."""

    def way(self, weights: Weights) -> Any:  # noqa: ANN401  (its own business)
        """Find a way; None where there is none."""

    def barred(self, weights: Weights, way: Any) -> tuple[tuple[float, float], int]:  # noqa: ANN401
        """Give the first place of a way that other weights bar: lon and lat, and the arc that begins there."""

    def gap(self, weights: Weights) -> tuple[float, tuple[float, float], tuple[float, float], bool]:
        """Give the narrowest gap between what either end reaches, and whether only one-way lines are in the way."""


@dataclass(frozen=True, eq=False)
class Between:
    """
    A hunt between states of a graph.

    Attributes
    ----------
    starts, ends
        The states.
    """

    starts: NDArray[np.intp]
    ends: NDArray[np.intp]

    def way(self, weights: Weights) -> NDArray[np.intp] | None:
        """Find the arcs of a way; None where there is none."""
        found = weights.shortest(self.starts, self.ends)
        return None if found is None else found[1]

    def barred(self, weights: Weights, way: NDArray[np.intp]) -> tuple[tuple[float, float], int]:
        """Give the first arc that may not be taken, and where it begins."""
        arc = int(way[~np.isfinite(weights.weight[way])][0])
        return node_point(weights.graph, int(weights.graph.tail[arc])), arc

    def gap(self, weights: Weights) -> tuple[float, tuple[float, float], tuple[float, float], bool]:
        """Give the narrowest gap, and whether only one-way lines are in the way."""
        return *weights.gap(self.starts, self.ends), weights.joined(self.starts, self.ends)


def broken_between(ground: Ground, permit: Permit, places: tuple[Place, Place], hunt: Hunt) -> Break:
    """
    Say why there is no way: the scenario closes it; or a border does, and which; or else where its narrowest gap is.

    Parameters
    ----------
    ground
        The study on a network.
    permit
        What may be used; no way uses that alone.
    places
        From where to where.
    hunt
        Looks between them.

    Returns
    -------
    broken
        With one sentence.
    """
    from_, to = (place.id for place in places)
    if (closed := _closed_by_scenario(ground, permit, hunt)) is not None:
        point, reason = closed
        return Break(from_, to, 0.0, (point, point), reason)
    unbarred = ground.weights(replace(permit, borders=frozenset({ANY})))
    if (way := hunt.way(unbarred)) is not None:
        point, arc = hunt.barred(ground.weights(permit), way)
        return Break(from_, to, 0.0, (point, point), _closed(ground, permit.mode, arc))
    gap_m, before, after, joined = hunt.gap(unbarred)
    nearest = _rounded(before), _rounded(after)
    if joined:
        where = _text(nearest[0]) if nearest[0] == nearest[1] else f"from {_text(nearest[0])} to {_text(nearest[1])}"
        return Break(from_, to, 0.0, nearest, f"One-way lines do not let the way pass {where}.")
    between = f"between {_text(nearest[0])} and {_text(nearest[1])}"
    return Break(from_, to, gap_m, nearest, f"The line is broken by {gap_m / 1000:.1f} km {between}.")


def _closed_by_scenario(ground: Ground, permit: Permit, hunt: Hunt) -> tuple[tuple[float, float], str] | None:
    """Say what the scenario closes, where there would be a way without it."""
    if ground.overlay is None or not ground.overlay.scenario.close:
        return None
    reopened = ground.under(replace(ground.overlay.scenario, close=()))
    way = hunt.way(reopened.weights(permit))
    if way is None:
        return None
    point, _arc = hunt.barred(ground.weights(permit), way)
    names = ", ".join(ground.overlay.scenario.close)
    return point, f"The scenario closes the way at {_text(point)} (it closes {names}), and no other is left."


def _closed(ground: Ground, mode: str, arc: int) -> str:
    graph = ground.graph(mode)
    one, other = (ground.zones[zone] for zone in graph.transition[arc])
    name = str(ground.crossing_of(mode)[arc])
    if name:
        crossing = ground.crossings[name]
        status = "not known" if crossing.status == "not known" else f"“{crossing.status}”"
        return (
            f"The way from {one} to {other} leads over the crossing {crossing.title} ({crossing.id}), "
            f"whose status is {status}; name it to ask for a way through it."
        )
    pair = "-".join(sorted((one, other)))
    where = _text(node_point(graph, int(graph.tail[arc])))
    return (
        f"The way from {one} to {other} crosses the border at {where}, where the study declares no crossing "
        f"(status not known); ask for a way through {pair} to use it."
    )


def node_point(graph: Graph, state: int) -> tuple[float, float]:
    """
    Say where a state lies, to the decimetre.

    Parameters
    ----------
    graph
        The graph.
    state
        The state.

    Returns
    -------
    lon, lat
        Degrees.
    """
    node = graph.node[state]
    return _rounded((float(graph.network.node_lon_e7[node]) / E7, float(graph.network.node_lat_e7[node]) / E7))


def _rounded(point: tuple[float, float]) -> tuple[float, float]:
    return round(point[0], 6), round(point[1], 6)


def _text(point: tuple[float, float]) -> str:
    return f"{point[0]:.4f}, {point[1]:.4f}"
