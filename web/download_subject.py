"""What is taken away: some routes under some circumstances, with title, dates, notices and the way back to the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from geo.errors import InputError, NotFoundError
from routes.geojson import attribution
from web import ask, figures
from web.drawing import MOST_WAYS, Sheet
from web.escape import plain
from web.language import DRAFT, DRAFTS, ENGLISH, language
from web.language import gettext as _
from web.question import listed, read
from web.view import view
from web.words import slug

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from routes.route import Route
    from web.contents import Contents
    from web.view import View

_LONGEST_NAME = 80
_MOST_FACTS = 6


@dataclass(frozen=True, eq=False)
class Subject:
    """
    What is taken away.

    Attributes
    ----------
    view
        The question and its answer.
    chosen
        Ids of the routes, at least one.
    address
        Of the page that shows the same; empty where nobody serves it.
    key
        Equal for equal subjects of one window, the language included.
    """

    view: View
    chosen: tuple[str, ...]
    address: str
    key: str

    @property
    def contents(self) -> Contents:
        """Study, network and routes."""
        return self.view.contents

    @property
    def routes(self) -> list[Route]:
        """The routes."""
        return [self.contents.routes[key] for key in self.chosen]

    @property
    def single(self) -> bool:
        """Whether it is one route."""
        return len(self.chosen) == 1

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        if self.single:
            title = plain(self.routes[0].title)
            asked = self.view.answer is not None and self.chosen[0] in self.view.ways
            return f"{ask.heading(self.view.answer)}: {title}" if asked and self.view.answer else title
        if self.view.answer is not None and set(self.chosen) <= set(self.view.ways):
            return ask.heading(self.view.answer)
        return plain(self.contents.study.title)

    @property
    def circumstances(self) -> str:
        """Under which scenario, and what the statuses rest on."""
        stated = plain(self.view.scenario.label) if self.view.scenario else ""
        return " · ".join(filter(None, (stated, figures.as_of(self.contents.network.data_date))))

    @property
    def subtitle(self) -> str:
        """Of what it is part, and under which circumstances."""
        whole = plain(self.contents.study.title)
        return " · ".join(dict.fromkeys(filter(None, (whole if whole != self.title else "", self.circumstances))))

    @property
    def name(self) -> str:
        """Name of its files, without an ending: what, and of which date."""
        scenario = self.view.scenario
        dated = f"as-of-{scenario.as_of}" if scenario and scenario.as_of else str(self.contents.network.data_date or "")
        what = self.chosen[0] if self.single else self.contents.study.id
        if self.view.question.query is not None and set(self.chosen) <= set(self.view.ways):
            query = self.view.question.query
            what = slug(f"{query.origin} {query.destination} {query.mode}") + (
                f"-{what}" if self.single and len(self.view.ways) > 1 else ""
            )
        closed = "with-closures" if self.view.question.here.close else ""
        stated = slug(scenario.id) if scenario and scenario.id else ""
        return "_".join(filter(None, (slug(what)[:_LONGEST_NAME], stated, closed, slug(dated) if dated else "")))

    @property
    def notes(self) -> tuple[str, ...]:
        """What every printed sheet says of itself."""
        contents = self.contents
        meta = contents.network.meta
        kind = _("generalised") if meta.get("generalised") else _("full detail")
        boundaries = meta.get("boundaries") or {}
        dates = _(
            "Facts end on %(day)s. Network: %(title)s (%(kind)s, %(data)s).",
            day=figures.day(contents.study.facts_until),
            title=plain(meta.get("title") or _("not known")),
            kind=kind,
            data=figures.as_of(contents.network.data_date),
        )
        return tuple(
            filter(
                None,
                (
                    f"{_(DRAFT)} {DRAFT}" if language() in DRAFTS else "",
                    dates,
                    _("Boundaries: %(notice)s", notice=plain(boundaries["notice"])) if boundaries.get("notice") else "",
                    _("Sources and licences: %(owed)s", owed=self._owed),
                    _("This view, as a page: %(address)s", address=self.address) if self.address else "",
                ),
            )
        )

    @property
    def _owed(self) -> str:
        """Whom the lines, borders and relief of a sheet are owed to."""
        owed, relief = attribution(self.routes[0]), self.contents.study.relief()
        # A network made from OpenStreetMap alone has no source in common with the relief that it is drawn on.
        return plain(owed if relief is None or relief.source in owed else f"{owed}; {relief.source}")

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The figures of one route that a sheet has room for; none for several."""
        if not self.single or self.routes[0].broken:
            return ()
        record, contents = self.contents.properties[self.chosen[0]], self.contents
        digits = contents.digits[self.chosen[0]]
        found = [
            (plain(contents.territories.get(key, key)).partition(" (")[0], figures.length(metres, digits))
            for key, metres in (record.get("length_by_territory_m") or {}).items()
        ]
        for key, estimate in (record.get("time_s") or {}).items():
            vehicle = contents.study.vehicles.get(key)
            text = figures.duration(estimate)
            if text:
                opened = (record.get("time_condition") or "").startswith("if opened")
                label = plain(vehicle.title if vehicle else key)
                found.append((label, _("%(time)s, if opened", time=text) if opened else text))
        return tuple(found[:_MOST_FACTS])

    @property
    def sheet(self) -> Sheet:
        """All that a printed map says."""
        return Sheet(self.contents, self.chosen, self.title, self.subtitle, self.notes, self.facts)


def subject(base: Contents, args: MultiDict[str, str], host: str = "") -> Subject:
    """
    Read what is to be taken away.

    Parameters
    ----------
    base
        The candidates as they are.
    args
        The query string of a page, and `route` for one or some of its routes.
    host
        Where the pages are served, with a slash at the end; empty for nowhere.

    Returns
    -------
    subject
        The ways of the answer where something is asked, else all candidates, where no route is named.

    Raises
    ------
    InputError, NotFoundError
        What is asked cannot be answered, or there is no such route. A page leaves such a part out and says so; a file
        must not pass for what it is not.
    """
    question = read(args)
    found = view(base, question)
    if found.problem:
        raise InputError(found.problem)
    if found.answer is not None and found.answer.broken is not None and found.answer.broken.broken is not None:
        message = _("there is no way to take away: %(reason)s", reason=plain(found.answer.broken.broken.reason))
        raise NotFoundError(message)
    named = listed(args, "route")
    missing = [key for key in named if key not in found.contents.routes]
    if missing:
        known = ", ".join(found.contents.routes)
        message = f"there is no route {plain(missing[0])!r} in this view; it has {known}"
        raise NotFoundError(message)
    chosen = named or tuple(found.ways) or tuple(found.candidates)
    if len(chosen) > MOST_WAYS:
        message = f"{len(chosen)} routes are more than one file shows; name at most {MOST_WAYS} of them as route="
        raise InputError(message)
    if not chosen:
        message = "this study has no candidates, so there is nothing to take away"
        raise NotFoundError(message)
    pairs = [*(("route", key) for key in named), *(part.split("=", 1) for part in question.key.split("&") if part)]
    state = "&".join(f"{name}={value}" if name != "route" else urlencode({name: value}) for name, value in pairs)
    if language() != ENGLISH:
        state = "&".join(filter(None, (state, f"lang={language()}")))
    address = f"{host}{f'?{state}' if state else ''}" if host else ""
    return Subject(found, chosen, address, f"{language()} {host} {state}")
