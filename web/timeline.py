"""The timeline: which years the slider goes through, what opens in each, and when each candidate becomes whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from web import figures
from web.escape import plain
from web.language import N_
from web.language import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routes.opening import Opening
    from web.contents import Contents
    from web.view import View

CASE = {"low": N_("earliest years"), "central": N_("central years"), "high": N_("latest years")}


@dataclass(frozen=True)
class Whole:
    """
    When a candidate becomes whole.

    Attributes
    ----------
    route, title, row
        Which candidate, and its place in the study's order.
    years
        Low, central and high; None where not known.
    assumed
        Whether any part of it has an opening that nobody announced.
    reason
        Why it is not known; empty where it is.
    """

    route: str
    title: str
    row: int
    years: tuple[int, int, int] | None
    assumed: bool
    reason: str


@dataclass(frozen=True)
class Timeline:
    """
    What the slider shows.

    Attributes
    ----------
    now
        The slider's first step: the network as it is.
    first, last
        The years of its other steps.
    year
        Where it stands: `now` or a year.
    case
        Which years of the openings count.
    whole
        When each candidate becomes whole.
    openings
        What opens, by the year of the case.
    """

    now: int
    first: int
    last: int
    year: int
    case: str
    whole: tuple[Whole, ...]
    openings: Mapping[int, Sequence[Opening]]

    def at(self, year: float) -> float:
        """
        Place a year along the slider.

        Parameters
        ----------
        year
            A year.

        Returns
        -------
        share
            Per cent of its length.
        """
        return round(100 * (min(max(year, self.now), self.last) - self.now) / (self.last - self.now), 2)


def timeline(view: View) -> Timeline | None:
    """
    Lay out the works of a study over the years.

    Parameters
    ----------
    view
        What the page shows.

    Returns
    -------
    timeline
        None where the study states no opening.
    """
    study = view.base.study
    if not study.openings:
        return None
    known = [year for opening in study.openings for year in opening.years]
    first = min(*known, int(str(study.facts_until)[:4]))
    scenario = view.scenario
    case = scenario.case if scenario else "central"
    day = scenario.as_of if scenario else None
    openings: dict[int, list[Opening]] = {}
    for opening in study.openings:
        openings.setdefault(opening.year(case), []).append(opening)
    whole = tuple(_whole(view.base, key, row) for row, key in enumerate(view.candidates))
    last = max(known)
    year = first - 1 if day is None else min(max(day.year, first), last)
    return Timeline(first - 1, first, last, year, case, whole, dict(sorted(openings.items())))


def _whole(base: Contents, route_id: str, row: int) -> Whole:
    properties, route = base.properties[route_id], base.routes[route_id]
    years = properties.get("whole_year")
    reason = plain((properties.get("reasons") or {}).get("whole_year") or "")
    assumed = False
    if years and not route.broken:
        stretches = set(route.stretch.tolist()) | set(route.link.tolist())
        crossings = {crossing["id"] for crossing in route.crossings}
        assumed = any(
            not opening.announced
            for opening in base.study.openings
            if stretches & {*opening.stretches, *opening.links} or crossings & set(opening.crossings)
        )
    limits = (years["low"], years["central"], years["high"]) if years else None
    return Whole(route_id, plain(route.title), row, limits, assumed, reason)


def said(whole: Whole) -> str:
    """
    Say when a candidate becomes whole.

    Parameters
    ----------
    whole
        The candidate.

    Returns
    -------
    words
        For example "2030 (2028–2034), assumed".
    """
    if whole.years is None:
        return _("not known")
    low, central, high = whole.years
    span = f"{central}" if low == high else f"{central} ({low}–{high})"
    return _("%(years)s, assumed", years=span) if whole.assumed else span


def when(view: View) -> str:
    """
    Say as of when a view shows the network.

    Parameters
    ----------
    view
        What the page shows.

    Returns
    -------
    words
        For example "end of 2030, works in their central years".
    """
    return of_scenario(view.scenario, view.base)


def of_scenario(scenario: object, base: Contents) -> str:
    """
    Say in words under which circumstances something holds.

    Parameters
    ----------
    scenario
        The circumstances; None for none.
    base
        The candidates as they are.

    Returns
    -------
    words
        Date, scenario and closures.
    """
    if scenario is None:
        return _("today, %(data)s", data=figures.as_of(base.network.data_date))
    parts = []
    title, day, case = (getattr(scenario, name) for name in ("title", "as_of", "case"))
    if title:
        parts.append(plain(title))
    if day is not None:
        parts.append(_("end of %(year)s, works in their %(case)s", year=day.year, case=_(CASE[case])))
    if not title:
        opened = [target_title(base, key) for key in getattr(scenario, "open")]  # noqa: B009 -- a field's name
        closed = [target_title(base, key) for key in getattr(scenario, "close")]  # noqa: B009
        if opened:
            parts.append(_("opened: %(names)s", names=", ".join(opened)))
        if closed:
            parts.append(_("closed: %(names)s", names=", ".join(closed)))
    return "; ".join(parts) or plain(getattr(scenario, "label", ""))


def target_title(base: Contents, target: str) -> str:
    """
    Name what a scenario closes or opens.

    Parameters
    ----------
    base
        What the window shows.
    target
        Id of a stretch, crossing or link, perhaps with its kind before it; way:ID or edge:ROW.

    Returns
    -------
    title
        Words for a page.
    """
    kind, _colon, name = target.rpartition(":")
    study = base.study
    if kind in {"", "stretch"} and name in study.stretches:
        return plain(study.stretches[name].title)
    for table in (study.crossings, study.links):
        if name in table and kind in {"", "crossing"}:
            return plain(table[name].title)
    return _("the line %(id)s", id=plain(target))
