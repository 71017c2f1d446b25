"""The brief, for a meeting on paper: map, profile, figures with what they rest on, law, works, sources, dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routes.geojson import attribution
from web import brief_facts as facts
from web import brief_tables as tables
from web import drawing, drawing_profile, figures
from web.brief_page import INNER, Pages
from web.drawing_svg import Canvas
from web.escape import plain
from web.language import DRAFT, DRAFTS, language
from web.language import gettext as _
from web.print import page
from web.sentences import said
from web.words import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from web.contents import Contents
    from web.download_subject import Subject

_MAP = 262.0  # height of the map on the first page, points
_PROFILE = 118.0
_FRAME = 12.0  # around the map, for degrees


def brief(subject: Subject) -> bytes:
    """
    Write a brief.

    Parameters
    ----------
    subject
        What it is about: one route, which it tells all about, or several, side by side.

    Returns
    -------
    content
        PDF, A4; the last page is the map over a whole sheet. The same subject gives the same bytes.
    """
    contents = subject.contents
    day = figures.day(contents.study.facts_until)
    foot = _("Araxes: %(title)s. Facts until %(day)s.", title=subject.title, day=day)
    pages = Pages(subject.title, subject.subtitle, language(), str(contents.study.facts_until), foot)
    pages.title(subject.title, subject.subtitle)
    if language() in DRAFTS:
        pages.notice(f"{_(DRAFT)} {DRAFT}")
    if subject.single:
        _one(pages, subject, subject.chosen[0])
    else:
        _several(pages, subject)
    _law(pages, contents, subject.chosen)
    _works(pages, contents, subject.chosen)
    _rests_on(pages, subject)
    sheet = drawing.sheet(subject.sheet, "a4", outlined=True)
    return pages.output([page(sheet)])


# -- what it is about ------------------------------------------------------------------------------------------------


def _one(pages: Pages, subject: Subject, route_id: str) -> None:
    contents, record = subject.contents, subject.contents.properties[route_id]
    _standing(pages, contents, route_id)
    if record.get("notice"):
        pages.notice(said(record["notice"]))
    if record.get("broken"):
        pages.notice(_broken(record["broken"]))
    else:
        pages.cells(tables.headline(contents, route_id))
    _map(pages, subject)
    if record.get("broken"):
        return
    _profile(pages, contents, route_id)
    pages.heading(_("Measures"))
    if record.get("time_condition"):
        pages.paragraph(_("Times are given %(condition)s.", condition=said(record["time_condition"])), 7.6, quiet=True)
    pages.table(
        (_("Measure"), _("Figure"), _("What it rests on")),
        tables.measured(contents, route_id),
        (0.22, 0.32, 0.46),
        even={1},
    )
    found = tables.crossings(contents, route_id)
    pages.heading(_("Crossings, in order"))
    if found:
        names = (_("Crossing"), _("Status"), _("At"), _("Waiting time"), _("Sources"))
        pages.table(names, found, (0.3, 0.2, 0.12, 0.2, 0.18))
    else:
        pages.paragraph(_("It passes none."))
    if record.get("links"):
        pages.heading(_("Proposed links"))
        pages.table(
            (_("Link"), _("Length"), _("What it rests on")), tables.links(contents, route_id), (0.3, 0.12, 0.58)
        )
        pages.paragraph(
            _("A proposed link does not exist. It is drawn where the study declares that one would be needed."),
            7.6,
            quiet=True,
        )
    conflicts = tables.conflicts(contents, route_id)
    if conflicts:
        pages.heading(_("Where newer facts differ from the network"))
        header = (_("Stretch"), _("The network says"), _("A newer fact says"), _("Sources"))
        pages.table(header, conflicts, (0.26, 0.22, 0.38, 0.14))


def _several(pages: Pages, subject: Subject) -> None:
    contents = subject.contents
    _map(pages, subject)
    pages.heading(_("Side by side"))
    header = (_("Way"), _("Length"), _("Not open"), _("Travel time"), _("Crossings"), _("Standing"))
    pages.table(header, tables.side_by_side(contents, subject.chosen), (0.19, 0.1, 0.1, 0.2, 0.28, 0.13), even={4})
    for route_id in subject.chosen:
        record = contents.properties[route_id]
        pages.heading(plain(contents.routes[route_id].title), room=150)
        if record.get("notice"):
            pages.paragraph(said(record["notice"]))
        if record.get("broken"):
            pages.paragraph(_broken(record["broken"]))
            continue
        _profile(pages, contents, route_id, titled=False)


def _standing(pages: Pages, contents: Contents, route_id: str) -> None:
    candidate = contents.routes[route_id].candidate
    if candidate is None:
        return
    standing: Mapping[str, Any] = candidate.standing
    said = sentence(_(plain(standing.get("standing") or _("standing not known"))))
    when = figures.day(standing["when"]) if standing.get("when") else ""
    pages.paragraph(" · ".join(filter(None, (said, plain(standing.get("who")), when))), 9.2)
    if standing.get("text"):
        pages.paragraph(plain(standing["text"]), quiet=True)


def _broken(broken: Mapping[str, Any]) -> str:
    gap = _(" The gap is %(length)s.", length=figures.length(broken["gap_m"])) if broken.get("gap_m") else ""
    ends = _("Breaks between %(a)s and %(b)s.", a=plain(broken["from"]), b=plain(broken["to"]))
    return f"{ends}{gap} {plain(broken.get('reason'))}"


def _map(pages: Pages, subject: Subject) -> None:
    canvas = Canvas(INNER, _MAP, outlined=True)
    frame = (_FRAME, _FRAME, INNER - 2 * _FRAME, _MAP - 2 * _FRAME)
    drawing.map_on(canvas, subject.sheet, frame)
    pages.drawing(page(canvas), _MAP)
    pages.paragraph(
        _("The last page holds the same map with its legend. Boundaries are indicative; delimitation is in progress."),
        7.2,
        quiet=True,
    )


def _profile(pages: Pages, contents: Contents, route_id: str, *, titled: bool = True) -> None:
    canvas = Canvas(INNER, _PROFILE, outlined=True)
    if not drawing_profile.profile(canvas, contents, route_id, (0, 0, INNER, _PROFILE)):
        return
    if titled:
        pages.heading(_("Elevation profile"), room=_PROFILE)
    pages.drawing(page(canvas), _PROFILE)
    relief = contents.routes[route_id].profile or {}
    caveat = figures.relief_caveat(relief.get("cell_m"))
    pages.paragraph(_("Heights from %(source)s.", source=plain(relief.get("source"))) + f" {caveat}", 7.2, quiet=True)


# -- law, works, sources ---------------------------------------------------------------------------------------------


def _law(pages: Pages, contents: Contents, chosen: Sequence[str]) -> None:
    found = facts.provisions(contents, chosen)
    pages.heading(_("Provisions that govern or concern it"))
    if not found:
        pages.paragraph(_("None found."))
        return
    header = (_("Provision"), _("Status, last seen"), _("How far"), _("Sources"))
    pages.table(header, found, (0.44, 0.22, 0.15, 0.19))


def _works(pages: Pages, contents: Contents, chosen: Sequence[str]) -> None:
    found = facts.works(contents, chosen)
    pages.heading(_("Works that touch it"))
    if not found:
        pages.paragraph(_("None found."))
        return
    header = (_("Work"), _("Status as last seen"), _("Published lengths"), _("Sources"))
    pages.table(header, found, (0.26, 0.26, 0.18, 0.3))


def _rests_on(pages: Pages, subject: Subject) -> None:
    contents = subject.contents
    pages.heading(_("Sources"))
    pages.table(
        (_("Source"), _("Title and publisher"), _("Date"), _("Licence, last looked at")),
        facts.sources(contents, subject.chosen),
        (0.18, 0.48, 0.12, 0.22),
    )
    pages.heading(_("Dates, boundaries, attribution"))
    for note in subject.notes:
        if subject.address and subject.address in note:
            pages.paragraph(note, 7.8, link=subject.address)
        else:
            pages.paragraph(note, 7.8)
    pages.paragraph(_("Data: %(owed)s", owed=plain(attribution(subject.routes[0]))) if not subject.notes else "", 7.8)
