"""From a question, leg by leg, to a route; or to one sentence on where and why it breaks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

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
        return _nowhere(first, last, first, question.mode)
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
                return _nowhere(origin, destination, missing, question.mode)
            found = ground.weights(leg.permit).shortest(starts, ends)
            if found is None:
                return _broken(ground, leg.permit, (origin, destination), starts, ends)
            arcs.append(found[1])
            stretch += [leg.stretch] * len(found[1])
            state = graph.head[found[1][-1:]].astype(np.intp) if len(found[1]) else np.intersect1d(starts, ends)
    walk = np.concatenate(arcs)
    keep = without_spurs(graph, walk)
    if not np.any(graph.edge[walk[keep]] >= 0):
        point = _point(ground, graph, int(starts[0]))
        reason = f"{first.title} and {last.title} stand for the same point of this network, {_text(point)}."
        return Break(first.id, last.id, 0.0, (point, point), reason)
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
    crossing = ground.crossing_of(question.mode)
    passed = [
        (int(np.count_nonzero(steps[:place])), str(crossing[arcs[place]]), *zones[graph.transition[arcs[place]]])
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


# -- breaks ------------------------------------------------------------------------------------------------------------


def _nowhere(origin: Place, destination: Place, missing: Place, mode: str) -> Break:
    reason = f"No {mode} that may be used lies within {REACH_M / 1000:.0f} km of {missing.title} on this network."
    return Break(origin.id, destination.id, None, None, reason)


def _broken(
    ground: Ground, permit: Permit, places: tuple[Place, Place], starts: NDArray[np.intp], ends: NDArray[np.intp]
) -> Break:
    """Say whether a border closes the way, and which; or else where the line has its narrowest gap."""
    graph = ground.graph(permit.mode)
    from_, to = (place.id for place in places)
    if (closed := _closed_by_scenario(ground, permit, starts, ends)) is not None:
        point, reason = closed
        return Break(from_, to, 0.0, (point, point), reason)
    unbarred = ground.weights(replace(permit, borders=frozenset({ANY})))
    found = unbarred.shortest(starts, ends)
    if found is not None:
        barred = found[1][~np.isfinite(ground.weights(permit).weight[found[1]])]
        point = _point(ground, graph, int(graph.tail[barred[0]]))
        return Break(from_, to, 0.0, (point, point), _closed(ground, permit.mode, int(barred[0])))
    gap_m, before, after = unbarred.gap(starts, ends)
    nearest = _point(ground, graph, before), _point(ground, graph, after)
    if unbarred.joined(starts, ends):
        where = _text(nearest[0]) if nearest[0] == nearest[1] else f"from {_text(nearest[0])} to {_text(nearest[1])}"
        return Break(from_, to, 0.0, nearest, f"One-way lines do not let the way pass {where}.")
    between = f"between {_text(nearest[0])} and {_text(nearest[1])}"
    return Break(from_, to, gap_m, nearest, f"The line is broken by {gap_m / 1000:.1f} km {between}.")


def _closed_by_scenario(
    ground: Ground, permit: Permit, starts: NDArray[np.intp], ends: NDArray[np.intp]
) -> tuple[tuple[float, float], str] | None:
    """Say what the scenario closes, where there would be a way without it."""
    if ground.overlay is None or not ground.overlay.scenario.close:
        return None
    reopened = ground.under(replace(ground.overlay.scenario, close=()))
    found = reopened.weights(permit).shortest(starts, ends)
    if found is None:
        return None
    graph = ground.graph(permit.mode)
    barred = found[1][~np.isfinite(ground.weights(permit).weight[found[1]])]
    point = _point(ground, graph, int(graph.tail[barred[0]]))
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
    where = _text(_point(ground, graph, int(graph.tail[arc])))
    return (
        f"The way from {one} to {other} crosses the border at {where}, where the study declares no crossing "
        f"(status not known); ask for a way through {pair} to use it."
    )


def _point(ground: Ground, graph: Graph, state: int) -> tuple[float, float]:
    node = graph.node[state]
    return round(float(ground.network.node_lon[node]), 6), round(float(ground.network.node_lat[node]), 6)


def _text(point: tuple[float, float]) -> str:
    return f"{point[0]:.4f}, {point[1]:.4f}"
