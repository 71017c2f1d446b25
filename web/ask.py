"""Ask: a free question put to the engine, its ways named, and each explained in one sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import shapely

from routes import metrics
from routes.alternatives import STRETCH, alternatives
from routes.concessions import concessions
from routes.places import find_place
from routes.query import put
from web import figures
from web.escape import plain
from web.language import N_, ngettext
from web.language import gettext as _
from web.names import name_of
from web.words import CROSSING, MODE, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from routes.concessions import Concession
    from routes.model import Place
    from routes.query import Query
    from routes.route import Route
    from routes.scenario import Scenario
    from routes.study import Study
    from web.contents import Contents
    from web.question import Question

WAY = "way-"
"""What the ids of the ways of an answer begin with; their number follows."""

COLOURS = ("#7A3FA8", "#1295BA", "#A0522D", "#5B6B00", "#C2256B")
_NAMED_WITHIN = 0.025  # degrees: a place this near the line is said to be on the way
_MOST_NAMES = 2
_MOST_CONCESSIONS = 3
_GIVE_UP = {
    "crossings": N_("pass crossings that are not open: %(name)s"),
    "status": N_("use lines of any status"),
    "avoid": N_("enter %(name)s"),
    "avoid_border": N_("pass the border %(name)s"),
    "cap": N_("lift the caps on kilometres"),
    "require": N_("drop the territories that must be entered"),
    "forbid_class": N_("use lines of any class"),
    "scenario": N_("lift the closures and the date"),
    "all": N_("lift every rule"),
}


@dataclass(frozen=True, eq=False)
class Answer:
    """
    What came of a question.

    Attributes
    ----------
    query
        The question, its circumstances included.
    ends, points
        Names of origin and destination, and where they are: lon and lat, degrees.
    ways
        Distinct ways, the best first; none where there is none.
    common, longer
        For each way, the largest share that it has in common with one before it, and by what share it costs more than
        the best.
    broken
        The route that says why there is none; None where there is one.
    wanted
        How many ways were asked for.
    conceded
        What would have to be given up for there to be one.
    """

    query: Query
    ends: tuple[str, str]
    points: tuple[tuple[float, float], tuple[float, float]]
    ways: tuple[Route, ...]
    common: tuple[float, ...]
    longer: tuple[float, ...]
    broken: Route | None
    wanted: int
    conceded: tuple[Concession, ...]


def circumstances(query: Query, question: Question, scenario: Scenario | None) -> Query:
    """
    Give a query the circumstances of a question.

    Parameters
    ----------
    query
        From where to where.
    question
        What the page was asked.
    scenario
        Its circumstances, resolved.

    Returns
    -------
    query
        With scenario, date and case; closures go into the scenario's text.
    """
    here = question.here
    if scenario is None:
        return query
    if here.close:
        return replace(query, scenario=scenario.text)
    return replace(
        query, scenario=here.scenario or None, as_of=here.as_of or None, case=scenario.case if scenario.as_of else None
    )


def answer(contents: Contents, query: Query, ways: int) -> Answer:
    """
    Answer a question.

    Parameters
    ----------
    contents
        Study and network.
    query
        The question, its circumstances included.
    ways
        How many distinct ways to find.

    Returns
    -------
    answer
        Its ways have the ids way-1, way-2 and so on.

    Raises
    ------
    InputError, NotFoundError
        The question names what does not exist, or contradicts itself.
    """
    study, network = contents.study, contents.network
    places = [find_place(study, text) for text in (query.origin, query.destination)]
    ends = [plain(_place_title(study, place)) for place in places]
    posed = put(study, query, network, single=ways == 1)
    found: tuple[Route, ...]
    common: tuple[float, ...] = (0.0,)
    longer: tuple[float, ...] = (0.0,)
    if ways == 1:
        best = posed.best()
        found = () if best.broken else (best,)
    else:
        distinct = alternatives(*posed.near(STRETCH), ways)
        found, common, longer = distinct.routes, distinct.share, distinct.stretch
        best = found[0] if found else posed.best()
    named = tuple(
        replace(route, id=f"{WAY}{number}", title=title)
        for number, (route, title) in enumerate(zip(found, _titles(study, found), strict=True), start=1)
    )
    broken = None if found else best
    conceded = () if found else tuple(concessions(study, query, network)[:_MOST_CONCESSIONS])
    points = [(round(place.lon, 5), round(place.lat, 5)) for place in places]
    return Answer(query, (ends[0], ends[1]), (points[0], points[1]), named, common, longer, broken, ways, conceded)


def _place_title(study: Study, place: Place) -> str:
    known = place.id in study.places
    return name_of(place.names, place.id) if known else f"{place.lat:.4f}° N, {place.lon:.4f}° E"


def _titles(study: Study, found: Sequence[Route]) -> list[str]:
    """Name each way by labelled places that lie on it, such as the others do not pass where there are such."""
    passed = [_passed(study, route) for route in found]
    titles = []
    for number, names in enumerate(passed, start=1):
        others = {name for row, other in enumerate(passed, start=1) if row != number for name in other}
        own = [name for name in names if name not in others] or names
        by = sorted(sorted(own, key=lambda name: names[name][0])[:_MOST_NAMES], key=lambda name: names[name][1])
        titles.append(f"{number}. {' – '.join(by)}" if by else f"{number}.")
    return titles


def _passed(study: Study, route: Route) -> dict[str, tuple[int, float]]:
    """List the labelled places on a way, its ends left out: size and how far along each lies."""
    if route.line is None:
        return {}
    line = route.line
    found = {}
    for place in study.places.values():
        point = shapely.Point(place.lon, place.lat)
        if place.size and shapely.dwithin(line, point, _NAMED_WITHIN):
            along = (
                float(shapely.line_locate_point(line, point, normalized=True))
                if line.geom_type == "LineString"
                else 0.5
            )
            if 0.04 < along < 0.96:  # noqa: PLR2004 -- the ends name the question, not the way
                found[name_of(place.names, place.id)] = (place.size, along)
    return found


def heading(answer: Answer) -> str:
    """
    Name a question.

    Parameters
    ----------
    answer
        Its answer.

    Returns
    -------
    heading
        For example "Alpha to Beta, road".
    """
    return _(
        "%(origin)s to %(destination)s, %(mode)s",
        origin=answer.ends[0],
        destination=answer.ends[1],
        mode=_(words(answer.query.mode, MODE)),
    )


def explained(contents: Contents, answer: Answer, row: int) -> str:
    """
    Explain one way of an answer in one sentence.

    Parameters
    ----------
    contents
        What the window shows, the answer's ways included.
    answer
        The answer.
    row
        Which way, from 0.

    Returns
    -------
    sentence
        Length and territories, time, crossings with their statuses, what of it is not open.
    """
    route = answer.ways[row]
    parts = [summary(contents, route, contents.properties[route.id], answer.query.vehicle)]
    if row:
        share = f"{100 * answer.longer[row]:.0f}\u202f%"
        common = f"{100 * answer.common[row]:.0f}\u202f%"
        if answer.query.cost == "distance":
            parts.append(
                _(
                    "%(share)s longer than the first, %(common)s of it in common with one before it",
                    share=share,
                    common=common,
                )
            )
        else:
            parts.append(
                _(
                    "%(share)s dearer than the first, %(common)s of it in common with one before it",
                    share=share,
                    common=common,
                )
            )
    return "; ".join(parts) + "."


def summary(contents: Contents, route: Route, properties: Mapping[str, Any], vehicle: str | None = None) -> str:
    """
    Say in clauses what a way is.

    Parameters
    ----------
    contents
        What the window shows.
    route
        A resolved way.
    properties
        What `routes.metrics.properties` says of it.
    vehicle
        Whose time to give; the first of the mode when left out.

    Returns
    -------
    clauses
        With semicolons between, no full stop.
    """
    digits = figures.ESTIMATED if (properties.get("length_by_basis_m") or {}).get("estimated") else figures.MEASURED
    through = [
        contents.territories.get(key, key or _("territory not known"))
        for key in dict.fromkeys(route.territory.tolist())
    ]
    parts = [
        _(
            "%(length)s through %(territories)s",
            length=figures.length(properties["length_m"], digits),
            territories=listed([plain(name) for name in through]),
        )
    ]
    for key, estimate in (properties.get("time_s") or {}).items():
        time = figures.duration(estimate)
        if time and vehicle in (None, key):
            found = contents.study.vehicles.get(key)
            name = plain(found.title if found else key)
            opened = (properties.get("time_condition") or "").startswith("if opened")
            parts.append(_("%(vehicle)s %(time)s if opened", vehicle=name, time=time) if opened else f"{name} {time}")
            break
    crossings = [f"{plain(c['title'])} ({_(words(c['status'], CROSSING))})" for c in properties.get("crossings") or ()]
    if crossings:
        parts.append(_("it passes %(crossings)s", crossings=listed(crossings)))
    if properties.get("to_build_m"):
        parts.append(_("%(length)s of it is not open", length=figures.length(properties["to_build_m"], digits)))
    return "; ".join(parts)


def listed(parts: Sequence[str]) -> str:
    """
    Put words in a row.

    Parameters
    ----------
    parts
        The words.

    Returns
    -------
    text
        For example "a, b and c".
    """
    return (
        _("%(first)s and %(last)s", first=", ".join(parts[:-1]), last=parts[-1]) if len(parts) > 1 else "".join(parts)
    )


def verdict(answer: Answer) -> str:
    """
    Say in one sentence how many ways there are, or why there is none.

    Parameters
    ----------
    answer
        The answer.

    Returns
    -------
    sentence
        The engine's own reason where there is none.
    """
    if answer.broken is not None:
        reason = answer.broken.broken.reason if answer.broken.broken else ""
        return _("There is no way that keeps to what you asked. %(reason)s", reason=plain(reason))
    count = len(answer.ways)
    if count < answer.wanted:
        return ngettext(
            "Only %(n)s way was found that differs and costs at most 40 per cent more than the best.",
            "Only %(n)s ways were found that differ and cost at most 40 per cent more than the best.",
            count,
        )
    return ngettext("The best way.", "%(n)s ways that differ, the best first.", count)


def way_out(contents: Contents, conceded: Concession) -> tuple[str, str]:
    """
    Say what would have to be given up, and what that gives.

    Parameters
    ----------
    contents
        What the window shows.
    conceded
        The rule given up.

    Returns
    -------
    change, result
        Words for a link, and clauses on the way that it leads to.
    """
    properties = metrics.properties(conceded.route)
    name = contents.territories.get(conceded.name, conceded.name)
    if conceded.kind == "crossings":
        name = listed([plain(c["title"]) for c in conceded.route.crossings if c["status"] != "open"])
    return _(_GIVE_UP[conceded.kind], name=plain(name)), summary(
        contents, conceded.route, properties, conceded.query.vehicle
    )
