"""The register as a page asks for it: provisions by instrument, status, mode and place, and what happened when."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from geo.errors import InputError
from routes.provision import KINDS, SUBJECTS, sources_of
from web.escape import plain
from web.words import MODE, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from werkzeug.datastructures import MultiDict

    from web.contents import Contents

    Record = Mapping[str, Any]

_SEVERAL = ("status", "mode")
_TEXTS = ("clause", "text", "where", "status", "note", "id")


@dataclass(frozen=True)
class Wanted:
    """
    What a reader looks for; whatever is left empty lets everything through.

    Attributes
    ----------
    instrument
        Id of an instrument.
    status
        Kinds, as on the badges; any of them.
    mode
        Modes; any of them.
    route
        Id of a way across that it must govern or concern.
    stretch
        Id of a stretch or a proposed link, likewise.
    q
        Words that must stand in it.
    """

    instrument: str = ""
    status: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    route: str = ""
    stretch: str = ""
    q: str = ""

    @property
    def anything(self) -> bool:
        """Whether nothing is looked for in particular."""
        return self == Wanted()


@dataclass(frozen=True)
class Offered:
    """
    What the form offers: code and words, in the order of the study.

    Attributes
    ----------
    instruments, statuses, modes, routes, stretches
        Only those that would find something.
    """

    instruments: list[tuple[str, str]]
    statuses: list[tuple[str, str]]
    modes: list[tuple[str, str]]
    routes: list[tuple[str, str]]
    stretches: list[tuple[str, str]]


def canonical(arguments: MultiDict[str, str]) -> str | None:
    """
    Turn what a form sends into the one address of what it asks for.

    Parameters
    ----------
    arguments
        The query.

    Returns
    -------
    query
        The query that says the same; None where the given one does already.
    """
    names = {field.name for field in fields(Wanted)} | {"lang"}
    given = {name: ",".join(filter(None, arguments.getlist(name))) for name in arguments if name in names}
    kept = {name: value for name, value in given.items() if value.strip()}
    return None if sorted(kept.items()) == sorted(arguments.items(multi=True)) else urlencode(kept, safe=",")


def read(contents: Contents, arguments: Mapping[str, str]) -> Wanted:
    """
    Read what a query looks for.

    Parameters
    ----------
    contents
        What the window shows.
    arguments
        The query.

    Returns
    -------
    wanted
        Checked.

    Raises
    ------
    InputError
        It looks for an instrument, status, mode, way across or stretch that there is not.
    """
    study = contents.study
    known = {
        "instrument": study.register.instruments,
        "status": KINDS,
        "mode": SUBJECTS,
        "route": contents.routes,
        "stretch": {**study.stretches, **study.links},
    }
    found: dict[str, Any] = {"q": arguments.get("q", "").strip()}
    for name, there in known.items():
        values = tuple(filter(None, (part.strip() for part in arguments.get(name, "").split(","))))
        for value in values if name in _SEVERAL else values[:1]:
            if value not in there:
                message = f"the register knows no {name} {plain(value)!r}; choose one that the form offers"
                raise InputError(message)
        found[name] = values if name in _SEVERAL else "".join(values[:1])
    return Wanted(**found)


def sought(contents: Contents, wanted: Wanted) -> dict[str, list[Record]]:
    """
    Find what a reader looks for.

    Parameters
    ----------
    contents
        What the window shows.
    wanted
        What is looked for.

    Returns
    -------
    groups
        Provisions by their instrument, in the order of the register. Where nothing but an instrument is looked for,
        one without provisions is there too.
    """
    register = contents.study.register
    wide = not (wanted.status or wanted.mode or wanted.route or wanted.stretch)
    asked = wanted.q.casefold().split()
    groups: dict[str, list[Record]] = {}
    for key, instrument in register.instruments.items():
        if wide and wanted.instrument in {"", key} and _holds(instrument, asked, ("title", "short", "note", "nature")):
            groups[key] = []
    for record in register.provisions.values():
        named = register.instruments.get(record["instrument"], {})
        if _fits(contents, record, wanted) and (
            _holds(record, asked, _TEXTS) or _holds(named, asked, ("title", "short"))
        ):
            groups.setdefault(record["instrument"], []).append(record)
    return {key: groups[key] for key in (*register.instruments, *groups) if key in groups}


def _fits(contents: Contents, record: Record, wanted: Wanted) -> bool:
    places = places_of(contents, record["id"])
    return (
        wanted.instrument in {"", record["instrument"]}
        and (not wanted.status or record["kind"] in wanted.status)
        and (not wanted.mode or bool(set(wanted.mode) & set(record.get("modes") or ())))
        and (not wanted.route or wanted.route in places)
        and (not wanted.stretch or any(wanted.stretch in stretches for stretches in places.values()))
    )


def _holds(record: Record, asked: Sequence[str], names: Sequence[str]) -> bool:
    text = " ".join(plain(record.get(name) or "") for name in names).casefold()
    return all(word in text for word in asked)


def places_of(contents: Contents, provision_id: str) -> dict[str, set[str]]:
    """
    Say where a provision holds.

    Parameters
    ----------
    contents
        What the window shows.
    provision_id
        Its id.

    Returns
    -------
    places
        For each way across that it touches, the stretches and proposed links of the segments that it governs or
        concerns; none where it holds at crossings only.
    """
    found: dict[str, set[str]] = {}
    for entry in contents.governed.get(provision_id, []):
        held = set(entry["segments"])
        here = [segment for segment in contents.segments[entry["route"]] if segment["id"] in held]
        found[entry["route"]] = {s[key] for s in here for key in ("stretch", "link") if s.get(key)}
    return found


def offered(contents: Contents) -> Offered:
    """
    List what a reader may look for.

    Parameters
    ----------
    contents
        What the window shows.

    Returns
    -------
    offered
        Codes with their words.
    """
    study, register = contents.study, contents.study.register
    records = list(register.provisions.values())
    kinds = {record["kind"] for record in records}
    modes = {mode for record in records for mode in record.get("modes") or ()}
    places = [places_of(contents, record["id"]) for record in records]
    touched = {route for found in places for route in found}
    held = {stretch for found in places for stretches in found.values() for stretch in stretches}
    named: dict[str, Any] = {**study.stretches, **study.links}
    return Offered(
        [(key, plain(row.get("short") or row.get("title") or key)) for key, row in register.instruments.items()],
        [(kind, kind) for kind in KINDS if kind in kinds],
        [(mode, words(mode, MODE)) for mode in SUBJECTS if mode in modes],
        [(key, plain(route.title)) for key, route in contents.routes.items() if key in touched],
        [(key, plain(row.title)) for key, row in named.items() if key in held],
    )


def dated(contents: Contents, keys: Sequence[str]) -> list[tuple[str, list[tuple[str, Record]]]]:
    """
    Put instruments in the order of their dates.

    Parameters
    ----------
    contents
        What the window shows.
    keys
        Ids of instruments.

    Returns
    -------
    years
        Year and its instruments, as id and record, the latest first.
    """
    instruments = contents.study.register.instruments
    known = [(key, instruments[key]) for key in keys if key in instruments]
    years: dict[str, list[tuple[str, Record]]] = {}
    for key, row in sorted(known, key=lambda pair: plain(pair[1]["date"]), reverse=True):
        years.setdefault(plain(row["date"])[:4], []).append((key, row))
    return list(years.items())


def history(contents: Contents, provision_id: str) -> list[dict[str, Any]]:
    """
    Tell what is known of a provision's course, in the order of time.

    Parameters
    ----------
    contents
        What the window shows.
    provision_id
        Its id.

    Returns
    -------
    steps
        Each with date, date_end (empty where it is one day), text, kind (a badge's, or empty) and sources: the
        instrument, the events that rest on a source of the provision or of its instrument, and its status as last seen.
    """
    register = contents.study.register
    record = register.provisions[provision_id]
    instrument = register.instruments.get(record["instrument"], {})
    tags = {str(tag) for tag in (*sources_of(record), *sources_of(instrument))}
    steps = [
        {
            "date": plain(event["date"]), "date_end": plain(event.get("date_end") or ""), "kind": "",
            "text": plain(event["event"]), "sources": list(event.get("sources") or ()),
        }
        for event in register.events
        if tags & set(map(str, event.get("sources") or ()))
    ]  # fmt: skip
    made = record if record["date"] != instrument.get("date") else instrument
    name = plain(instrument.get("short") or instrument.get("title") or record["instrument"])
    first = {"date": plain(made["date"]), "date_end": "", "kind": record["kind"], "text": name, "sources": []}
    return sorted([first, *steps], key=lambda step: step["date"])  # what it is stands before what else was that day
