"""The tables of a brief on routes, as plain text: measures, crossings, links, what facts contradict, side by side."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from web import figures
from web.drawing import figure
from web.escape import plain
from web.language import gettext as _
from web.pages import rows
from web.sentences import said
from web.words import CROSSING, STATUS, sentence, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from web.contents import Contents

Row = tuple[str, ...]

_RANGE = re.compile(r'<span class="range">(.*?)</span>')  # a page sets it smaller; print needs the brackets
_TAG = re.compile(r"<[^>]*>")
_LONGEST_REASON = 400


def text_of(html: Markup) -> str:
    """
    Give the words of a figure that was set for a page.

    Parameters
    ----------
    html
        What `web.figures` gave.

    Returns
    -------
    text
        Without tags; thin spaces stay.
    """
    return unescape(_TAG.sub("", _RANGE.sub(r"(\1)", str(html))))


def measured(contents: Contents, route_id: str) -> list[Row]:
    """
    List every measure of a route.

    Parameters
    ----------
    contents
        What is shown.
    route_id
        Id of the route.

    Returns
    -------
    rows
        Name; figure with its range and parts, or why it is not known; formula and sources.
    """
    found: list[Row] = []
    for row in rows(contents, route_id):
        if row.reason:
            value = f"{_('not known')}\n{said(row.reason.removeprefix('not known: '))[:_LONGEST_REASON]}"
        else:
            parts = [f"{label}: {text_of(value)}" for label, value in row.parts]
            value = "\n".join(filter(None, (text_of(row.value), *parts)))
        basis = [row.formula or _("not known"), *row.notes]
        if row.sources:
            basis.append(_("Sources: %(sources)s", sources=", ".join(row.sources)))
        found.append((row.label, value, "\n".join(basis)))
    return found


def crossings(contents: Contents, route_id: str) -> list[Row]:
    """
    List the crossings of a route, numbered as in its profile.

    Parameters
    ----------
    contents
        What is shown.
    route_id
        Id of the route.

    Returns
    -------
    rows
        Name with note; status and when it was last seen; where; waiting time by vehicle; sources.
    """
    found: list[Row] = []
    for number, crossing in enumerate(contents.properties[route_id].get("crossings") or [], start=1):
        seen = _("last seen %(day)s", day=figures.day(crossing["last_seen"])) if crossing.get("last_seen") else ""
        dwell = [
            f"{plain(contents.study.vehicles[key].title if key in contents.study.vehicles else key)}: {text}"
            for key, estimate in (crossing.get("dwell_s") or {}).items()
            if (text := figures.duration(estimate))
        ]
        if dwell and crossing.get("dwell_source") == "assumed":
            dwell.append(_("assumed"))
        found.append(
            (
                "\n".join(filter(None, (f"{number}. {plain(crossing['title'])}", plain(crossing.get("note"))))),
                "\n".join(filter(None, (_(words(crossing["status"], CROSSING)), seen))),
                figures.length(crossing["at_m"], contents.digits[route_id]),
                "\n".join(dwell) or _("not known"),
                tagged(crossing.get("sources")),
            )
        )
    return found


def headline(contents: Contents, route_id: str) -> list[tuple[str, str]]:
    """
    Pick the figures that stand large.

    Parameters
    ----------
    contents
        What is shown.
    route_id
        Id of a route that is not broken.

    Returns
    -------
    figures
        Label and figure.
    """
    record, digits = contents.properties[route_id], contents.digits[route_id]
    unknown = _("not known")

    def shown(key: str, text: str) -> str:
        return text if figures.known(record.get(key)) else unknown

    found = [
        (_("Length"), shown("length_m", figures.length(record.get("length_m") or 0, digits))),
        (
            _("Not open, to build or rebuild"),
            shown("to_build_m", figures.length(record.get("to_build_m") or 0, digits)),
        ),
    ]
    found += [
        (
            plain(contents.study.vehicles[key].title if key in contents.study.vehicles else key),
            figures.duration(estimate),
        )
        for key, estimate in list((record.get("time_s") or {}).items())[:2]
        if figures.duration(estimate)
    ]
    statuses = [_(words(crossing["status"], CROSSING)) for crossing in record.get("crossings") or []]
    counted = [f"{statuses.count(text)}: {text}" for text in dict.fromkeys(statuses)]
    found.append((_("Border crossings"), ", ".join(counted) or "0"))
    if figures.known(record.get("highest_m")):
        found.append((_("Highest point"), figures.climb(record["highest_m"], record.get("highest_range_m"))))
    return found


def links(contents: Contents, route_id: str) -> list[Row]:
    """
    List the proposed links of a route.

    Parameters
    ----------
    contents
        What is shown.
    route_id
        Id of the route.

    Returns
    -------
    rows
        Name, length, what it rests on.
    """
    found: list[Row] = []
    for link in contents.properties[route_id].get("links") or []:
        declared = contents.study.links.get(link["id"])
        rests = [plain(declared.note), tagged(declared.sources)] if declared else []
        found.append((plain(link["title"]), figures.length(link["length_m"]), "\n".join(filter(None, rests))))
    return found


def conflicts(contents: Contents, route_id: str) -> list[Row]:
    """
    List where a newer fact contradicts the network's statuses.

    Parameters
    ----------
    contents
        What is shown.
    route_id
        Id of the route.

    Returns
    -------
    rows
        Stretch; what the network says; what the fact says; sources.
    """
    found: list[Row] = []
    for entry in contents.properties[route_id].get("status_conflicts") or []:
        stretch = contents.study.stretches.get(entry["stretch"])
        network = [
            f"{_(words(status, STATUS))} {figures.length(metres)}"
            for status, metres in entry["network_status_m"].items()
        ]
        fact = f"{_(words(entry['fact_status'], STATUS))}: {plain(entry['fact'])}"
        found.append(
            (
                plain(stretch.title if stretch else entry["stretch"]),
                "\n".join((", ".join(network), figures.as_of(entry["network_date"]))),
                f"{fact}\n{plain(entry['work'])}, {figures.day(entry['fact_date'])}",
                tagged(entry.get("sources")),
            )
        )
    return found


def side_by_side(contents: Contents, chosen: Sequence[str]) -> list[Row]:
    """
    Compare routes in a few figures.

    Parameters
    ----------
    contents
        What is shown.
    chosen
        Ids of the routes.

    Returns
    -------
    rows
        Name, length, what of it is not open, time, crossings, standing.
    """
    found: list[Row] = []
    for key in chosen:
        record, route = contents.properties[key], contents.routes[key]
        long = figure(contents, key).partition(", ")[0]
        build = record.get("to_build_m")
        times = [
            f"{text}\n{plain(contents.study.vehicles[name].title if name in contents.study.vehicles else name)}"
            for name, estimate in (record.get("time_s") or {}).items()
            if (text := figures.duration(estimate))
        ]
        opened = (record.get("time_condition") or "").startswith("if opened")
        time = (times[0] + (f", {_('if opened')}" if opened else "")) if times else _("not known")
        passed = [
            f"{plain(crossing['title'])}: {_(words(crossing['status'], CROSSING))}"
            for crossing in record.get("crossings") or []
        ]
        standing = (route.candidate.standing if route.candidate else {}).get("standing")
        found.append(
            (
                plain(route.title),
                long,
                figures.length(build, contents.digits[key])
                if figures.known(build) and build is not None
                else _("not known"),
                time,
                "\n".join(passed) or _("none"),
                sentence(_(plain(standing))) if standing else "",
            )
        )
    return found


def tags(listed: object) -> list[str]:
    """
    Read the tags of sources.

    Parameters
    ----------
    listed
        A list, or a text with semicolons between.

    Returns
    -------
    tags
        One a source.
    """
    if isinstance(listed, str):
        return [tag.strip() for tag in listed.split(";")]
    return [str(tag) for tag in listed] if isinstance(listed, list | tuple) else []


def tagged(listed: object) -> str:
    """
    Name sources by their tags.

    Parameters
    ----------
    listed
        As for `tags`.

    Returns
    -------
    text
        The tags, or that none is known.
    """
    return ", ".join(plain(tag) for tag in tags(listed)) or _("not known")
