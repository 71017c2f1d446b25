"""The tables of a brief on facts, as plain text: provisions with their exact status, works, and all sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routes.geojson import provenance
from web import figures
from web.brief_tables import Row, tagged, tags
from web.escape import plain
from web.language import gettext as _
from web.words import BADGE, clause, governs, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from web.contents import Contents


def provisions(contents: Contents, chosen: Sequence[str]) -> list[Row]:
    """
    List the provisions that govern or concern routes.

    Parameters
    ----------
    contents
        What is shown.
    chosen
        Ids of the routes.

    Returns
    -------
    rows
        Instrument, clause, date and id; badge, exact status and when it was last seen; how far it reaches; sources.
    """
    register = contents.study.register
    reach: dict[str, list[tuple[str, float]]] = {}
    for key in chosen:
        for entry in contents.properties[key].get("provisions") or []:
            reach.setdefault(entry["id"], []).append((key, entry["length_m"]))
    found: list[Row] = []
    for provision_id, routes in reach.items():
        record = register.provisions[provision_id]
        instrument: Mapping[str, Any] = register.instruments.get(record["instrument"], {})
        name = plain(instrument.get("short") or instrument.get("title") or record["instrument"])
        far = [
            (f"{plain(contents.routes[key].title)}: " if len(chosen) > 1 else "")
            + (figures.length(metres, contents.digits[key]) if metres else _("crossings only"))
            for key, metres in routes
        ]
        kind = plain(record["kind"])
        found.append(
            (
                "\n".join(
                    (
                        f"{name}, {clause(record)}",
                        f"{figures.day(record.get('date'))} · {provision_id}",
                        plain(record.get("text")),
                    )
                ),
                f"{sentence(_(kind)) if kind in BADGE else kind}\n{plain(record['status'])}; "
                + _("last seen %(day)s", day=figures.day(record.get("last_seen"))),
                f"{governs(record['kind'])}\n" + "\n".join(far),
                tagged(record.get("sources")),
            )
        )
    return found


def works(contents: Contents, chosen: Sequence[str]) -> list[Row]:
    """
    List the works that touch routes.

    Parameters
    ----------
    contents
        What is shown.
    chosen
        Ids of the routes.

    Returns
    -------
    rows
        Title; status and when it was last seen; published lengths; sources.
    """
    found: list[Row] = []
    for work in touching(contents, chosen):
        dated = _("of %(day)s", day=figures.day(work["status_date"])) if work.get("status_date") else ""
        seen = _("last seen %(day)s", day=figures.day(work["last_seen"]))
        lengths = [
            f"{figures.length(length['km'] * 1000)} {plain(length.get('what'))}" for length in work.get("lengths") or []
        ]
        found.append(
            (
                f"{plain(work['title'])}\n{work['id']}",
                f"{plain(work['status'])}\n" + ", ".join(filter(None, (dated, seen))),
                "\n".join(lengths) or _("not known"),
                tagged(work.get("sources")),
            )
        )
    return found


def touching(contents: Contents, chosen: Sequence[str]) -> list[Mapping[str, Any]]:
    """
    Find the works that touch routes.

    Parameters
    ----------
    contents
        What is shown.
    chosen
        Ids of the routes.

    Returns
    -------
    works
        Their records, in the study's order.
    """
    named = {key for route in chosen for key in contents.properties[route].get("works") or []}
    return [
        work for work in contents.study.works if work["id"] in named or set(chosen) & set(work.get("candidates") or [])
    ]


def sources(contents: Contents, chosen: Sequence[str]) -> list[Row]:
    """
    List every source that the brief names, each once.

    Parameters
    ----------
    contents
        What is shown.
    chosen
        Ids of the routes.

    Returns
    -------
    rows
        Tag, title and publisher with address, date, licence and when it was last looked at.
    """
    records = [contents.properties[key] for key in chosen]
    route = contents.routes[chosen[0]]
    listed: dict[str, Mapping[str, Any]] = {
        plain(record.get("id") or record.get("title")): record for record in provenance(route, records)["sources"]
    }
    for tag in _named(contents, chosen):
        found = contents.sources.get(tag)
        if found is not None:
            listed.setdefault(plain(found.get("id") or tag), found)
    return [
        (
            tag,
            "\n".join(
                filter(None, (plain(record.get("title")), plain(record.get("publisher")), plain(record.get("url"))))
            ),
            figures.day(record.get("date")),
            "\n".join(
                filter(
                    None,
                    (
                        plain(record.get("licence") or _("not known")),
                        _("looked at %(day)s", day=figures.day(record["last_looked"]))
                        if record.get("last_looked")
                        else "",
                    ),
                )
            ),
        )
        for tag, record in listed.items()
    ]


def _named(contents: Contents, chosen: Sequence[str]) -> Iterable[str]:
    """List the tags of sources in crossings, provisions and works."""
    register = contents.study.register
    for key in chosen:
        record = contents.properties[key]
        for crossing in record.get("crossings") or []:
            yield from tags(crossing.get("sources"))
        for entry in record.get("provisions") or []:
            yield from tags(register.provisions[entry["id"]].get("sources"))
    for work in touching(contents, chosen):
        yield from tags(work.get("sources"))
