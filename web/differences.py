"""Differences: two sets of circumstances side by side, in words and in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from web import ask, figures
from web.escape import plain
from web.language import gettext as _
from web.language import ngettext
from web.strips import first_time
from web.words import CROSSING, words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from markupsafe import Markup

    from web.contents import Contents
    from web.view import View


@dataclass(frozen=True)
class Row:
    """
    One candidate under both circumstances.

    Attributes
    ----------
    route, title, row
        Which candidate, and its place in the study's order.
    cells
        Label, figure there, figure here, whether they differ.
    differs
        Whether anything does.
    """

    route: str
    title: str
    row: int
    cells: tuple[tuple[str, Markup | str, Markup | str, bool], ...]
    differs: bool


def rows(view: View) -> list[Row]:
    """
    Set the candidates side by side.

    Parameters
    ----------
    view
        What the page shows, with other circumstances.

    Returns
    -------
    rows
        One a candidate, in the study's order; none where the page compares with nothing.
    """
    if view.other is None:
        return []
    found = []
    for row, key in enumerate(view.candidates):
        cells = tuple(
            (label, there, here, str(there) != str(here))
            for (label, there), (_label, here) in zip(_cells(view.other, key), _cells(view.contents, key), strict=True)
        )
        title = plain(view.base.routes[key].title)
        found.append(Row(key, title, row, cells, any(cell[3] for cell in cells)))
    return found


def _cells(contents: Contents, key: str) -> list[tuple[str, Markup | str]]:
    properties = contents.properties[key]
    digits = contents.digits[key]
    return [
        (_("Can be used"), _usable(properties)),
        (_("Not open"), _length(properties, "to_build_m", digits)),
        (_("Length"), _length(properties, "length_m", digits)),
        (_("Time"), _time(contents, key)),
    ]


def _usable(properties: Mapping[str, Any]) -> str:
    if properties.get("broken"):
        return _("no, it breaks")
    return _("yes") if properties.get("usable") else _("no")


def _length(properties: Mapping[str, Any], name: str, digits: int) -> Markup:
    value = properties.get(name)
    if value is None:
        return figures.unknown()
    return figures.figure(figures.length(value, digits))


def _time(contents: Contents, key: str) -> Markup:
    found = first_time(contents, key)
    return found[1] if found else figures.unknown()


def sentences(view: View) -> list[str]:
    """
    Say what differs.

    Parameters
    ----------
    view
        What the page shows, with other circumstances.

    Returns
    -------
    sentences
        One a candidate that differs, one on the answer of the question, one on those that are the same.
    """
    if view.other is None:
        return []
    found, same = [], []
    for entry in rows(view):
        if not entry.differs:
            same.append(entry.title)
            continue
        before, now = view.other.properties[entry.route], view.contents.properties[entry.route]
        found.append(_("%(title)s: %(change)s.", title=entry.title, change=_change(view, entry.route, before, now)))
    if view.answer is not None and view.other_answer is not None:
        found.append(_asked(view))
    if same:
        count = len(same)
        found.append(
            ngettext("%(names)s: no difference.", "No difference for %(names)s.", count, names=ask.listed(same))
        )
    return found


def _change(view: View, key: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    if now.get("broken"):
        return _("it breaks here")
    if before.get("broken"):
        return _("it does not break here")
    parts = []
    if before["usable"] != now["usable"]:
        parts.append(
            _("it can be used here, and not there") if now["usable"] else _("it cannot be used here, but there")
        )
    digits = view.contents.digits[key]
    changed_m = now["to_build_m"] - before["to_build_m"]
    if abs(changed_m) >= 1:
        length = figures.length(abs(changed_m), digits)
        parts.append(
            _("%(length)s more of it is open", length=length)
            if changed_m < 0
            else _("%(length)s less of it is open", length=length)
        )
    longer_m = now["length_m"] - before["length_m"]
    if abs(longer_m) >= 1:
        length = figures.length(abs(longer_m), digits)
        parts.append(
            _("it is %(length)s longer", length=length)
            if longer_m > 0
            else _("it is %(length)s shorter", length=length)
        )
    gates = [
        _(
            "%(crossing)s: %(status)s here, %(other)s there",
            crossing=plain(c["title"]),
            status=_(words(c["status"], CROSSING)),
            other=_(words(old, CROSSING)),
        )
        for c in now["crossings"]
        for old in [_status_of(before, c["id"])]
        if old and old != c["status"]
    ]
    return "; ".join([*parts, *gates]) or _("only its times differ")


def _status_of(properties: Mapping[str, Any], crossing: str | None) -> str | None:
    return next((c["status"] for c in properties.get("crossings") or () if c["id"] == crossing and crossing), None)


def _asked(view: View) -> str:
    answer, other = view.answer, view.other_answer
    title = ask.heading(answer) if answer else ""
    here, there = (found.ways[0].length_m.sum() if found and found.ways else None for found in (answer, other))
    if here is None and there is None:
        return _("%(question)s: no way here or there.", question=title)
    if there is None:
        return _("%(question)s: there is a way here, and none there.", question=title)
    if here is None:
        return _("%(question)s: there is no way here, but one there.", question=title)
    if abs(here - there) < 1:
        return _("%(question)s: the best way is as long here as there.", question=title)
    text = figures.length(abs(here - there))
    if here < there:
        return _("%(question)s: the best way is %(length)s shorter here.", question=title, length=text)
    return _("%(question)s: the best way is %(length)s longer here.", question=title, length=text)
