"""Choke points of one way: what closing each piece of it would cost, as a list and as marks on the map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from routes.chokepoints import choke_points
from routes.costs import in_words
from routes.query import Query, put
from web import figures
from web.ask import WAY, circumstances
from web.escape import plain
from web.language import gettext as _

if TYPE_CHECKING:
    from routes.chokepoints import ChokePoints
    from routes.query import Posed
    from routes.route import Route
    from web.view import View

MOST = 12
_MM_PER_M = 1000
_DECIMALS = 5
_ALIKE = 0.995  # the share of length from which two ways count as one


@dataclass(frozen=True)
class Choke:
    """
    A run of edges whose closure costs the same.

    Attributes
    ----------
    number
        From 1, the worst first.
    title
        What the closure adds.
    where
        From and to kilometre, and the names of the line there.
    line
        The run, (lon, lat).
    barred
        Whether there is no way round.
    """

    number: int
    title: str
    where: str
    line: list[list[float]]
    barred: bool


@dataclass(frozen=True)
class Chokes:
    """
    The choke points of a way.

    Attributes
    ----------
    sentence
        What was asked, and what came of it.
    points
        The worst ones.
    """

    sentence: str
    points: tuple[Choke, ...]


def chokes(view: View, route_id: str) -> Chokes:
    """
    Work out the choke points of a way.

    Parameters
    ----------
    view
        What the page shows.
    route_id
        A candidate, or a way of the answer.

    Returns
    -------
    chokes
        Of the shortest way between its ends that passes the same crossings; the sentence says so where that is another
        way than the one asked about.

    Raises
    ------
    NotFoundError
        There is no such way.
    """
    route = view.contents.route(route_id)
    if route.broken:
        return Chokes(_("This way breaks, so there is nothing to close on it."), ())
    posed = put(view.base.study, _query(view, route), view.base.network, single=False)
    found = choke_points(posed.journey, posed.cost)
    if found is None:
        return Chokes(_("There is no way between its ends, so there are no choke points."), ())
    return Chokes(_sentence(found, route), tuple(_points(posed, found)))


def _query(view: View, route: Route) -> Query:
    answer = view.answer
    if answer is not None and route.id.startswith(WAY):
        return replace(answer.query, cap=(), price=(), require=())
    line = shapely.get_coordinates(route.line)
    ends = [",".join(f"{value:.6f}" for value in point) for point in (line[0], line[-1])]
    if route.candidate is not None:
        stretches = [view.base.study.stretches[key] for key in route.candidate.stretches]
        ends = _ends([(stretch.from_place, stretch.to_place) for stretch in stretches]) or ends
    passed = tuple(c["id"] for c in route.crossings if c["id"])
    query = Query(ends[0], ends[1], route.mode, through=passed)
    return circumstances(query, view.question, view.scenario)


def _ends(stretches: list[tuple[str, str]]) -> list[str] | None:
    """Give the first and the last place of a chain of stretches, each of which may be passed either way."""
    if len(stretches) == 1:
        return list(stretches[0])
    first, last = stretches[0], stretches[-1]
    begin = [place for place in first if place not in stretches[1]]
    end = [place for place in last if place not in stretches[-2]]
    return [begin[0], end[0]] if len(begin) == len(end) == 1 else None


def _sentence(found: ChokePoints, route: Route) -> str:
    bars = int(np.isinf(found.closed).sum())
    if bars == len(found.closed):
        said = _("Closing any piece of it leaves no way between its ends.")
    elif bars:
        share = found.route.length_m[np.isinf(found.closed)].sum() / found.route.length_m.sum()
        said = _("%(share)s of it have no way round.", share=f"{100 * share:.0f}\u202f%")
    else:
        said = _("Each piece of it has a way round.")
    same = set(route.edges.tolist()) == set(found.route.edges.tolist()) or (
        abs(found.route.length_m.sum() / route.length_m.sum() - 1) < 1 - _ALIKE
    )
    if not same:
        length = figures.length(float(found.route.length_m.sum()))
        other = _(
            "The shortest way by the same crossings is another, of %(length)s; what follows is about that one.",
            length=length,
        )
        return f"{other} {said}"
    return said


def _points(posed: Posed, found: ChokePoints) -> list[Choke]:
    closed, route = found.closed, found.route
    change = np.flatnonzero(closed[1:] != closed[:-1]) + 1
    runs = sorted(pairwise([0, *change.tolist(), len(closed)]), key=lambda run: (-closed[run[0]], run[0]))
    names = route.network.text["name"].take(route.edges).decode()
    stretches = route.network.text["stretch"].take(route.edges).decode()
    lines = route.network.lines(route.edges)
    known = posed.journey.ground.study.stretches
    points = []
    for number, (a, b) in enumerate(runs[:MOST], start=1):
        barred = bool(np.isinf(closed[a]))
        adds = _("adds %(length)s", length=_detour(posed, float(found.detour[a])))
        title = _("no way round") if barred else adds
        named = [known[key].title for key in stretches[a:b] if key in known] + [name for name in names[a:b] if name]
        span = figures.length_range(route.at_m[a], route.at_m[b])
        where = ": ".join(filter(None, (span, plain("; ".join(dict.fromkeys(named))))))
        merged = shapely.line_merge(shapely.multilinestrings(lines[a:b]))
        points.append(Choke(number, title, where, _coordinates(merged), barred))
    return points


def _detour(posed: Posed, detour: float) -> str:
    cost = posed.query.cost
    if cost == "distance" and np.isfinite(detour):
        return figures.length(detour / _MM_PER_M)
    return in_words(cost, detour)


def _coordinates(line: Any) -> list[list[float]]:  # noqa: ANN401 -- any Shapely line
    thin = shapely.simplify(line, 0.0002)
    parts = shapely.get_parts(thin)
    longest = max(parts, key=lambda part: part.length)
    found: list[list[float]] = np.round(shapely.get_coordinates(longest), _DECIMALS).tolist()
    return found
