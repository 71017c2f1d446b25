"""A scenario: what is closed, opened, upgraded or added, and as of which date; stated in a study or as a short text."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from geo.errors import DataError, InputError
from geo.network import MODES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CASES = ("low", "central", "high")
"""Which of an opening's years counts: the earliest, the central one, the latest."""

KEYS = ("as_of", "case", "close", "open", "upgrade", "add")
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_CLASS = re.compile(r"[a-z_]+")
_KMH = (5.0, 400.0)
_DECEMBER = 12


@dataclass(frozen=True)
class Upgrade:
    """
    A better line on the same ground.

    Attributes
    ----------
    target
        Id of a stretch or link, or way:ID or edge:ROW.
    class_
        The class that it gets; None where it keeps its own.
    maxspeed_kmh
        The speed that it is signed with, km/h; None where it keeps its own. Vehicles keep the share of it that they
        keep of any sign.
    """

    target: str
    class_: str | None = None
    maxspeed_kmh: float | None = None


@dataclass(frozen=True)
class Addition:
    """
    A line that does not exist, drawn straight between two places.

    Attributes
    ----------
    id
        It is opened and named by this.
    mode
        road or rail.
    from_place, to_place
        Ids or names of places, or "lon lat"; each stands for the nearest node of its mode.
    class_, maxspeed_kmh
        As `Upgrade` has them; a class that is not stated is that of a proposed link.
    length_km
        A published length; the straight line's where there is none.
    title
        Name for people.
    sources
        Ids of sources.
    """

    id: str
    mode: str
    from_place: str
    to_place: str
    class_: str | None = None
    maxspeed_kmh: float | None = None
    length_km: float | None = None
    title: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """
    What is different from the network and the facts as they are.

    Attributes
    ----------
    as_of
        The works whose opening year has ended by this day are open; None: only what the network shows as open.
    case
        Which year of their openings counts, one of `CASES`.
    close, open
        Ids of stretches, crossings and links (an id that is both a stretch's and a crossing's means both), way:ID for
        all edges of an OSM way, edge:ROW for one edge of the network; stretch:ID or crossing:ID name one kind only.
    upgrade
        Better lines.
    add
        Lines that do not exist; proposed until `open` names them.
    id, title, note
        What the study calls it; empty for one that was made in a query.
    """

    as_of: date | None = None
    case: str = "central"
    close: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    upgrade: tuple[Upgrade, ...] = ()
    add: tuple[Addition, ...] = ()
    id: str = ""
    title: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """
        Refuse what contradicts itself.

        Raises
        ------
        InputError
            No such case, or something is both opened and closed.
        """
        if self.case not in CASES:
            message = f"{self.case!r} is not a case of the openings; it must be {', '.join(CASES)}"
            raise InputError(message)
        both = sorted(set(self.close) & set(self.open))
        if both:
            message = f"the scenario both opens and closes {both[0]!r}; name it once"
            raise InputError(message)

    @property
    def empty(self) -> bool:
        """Whether it changes nothing, whatever the network."""
        return self.as_of is None and not (self.close or self.open or self.upgrade or self.add)

    @property
    def label(self) -> str:
        """A few words for people: its title, or what it states."""
        dated = "" if self.as_of is None else f"as of {self.as_of} ({self.case} openings)"
        if self.title:
            return f"{self.title}, {dated}" if dated else self.title
        named = [f"{key} {', '.join(value)}" for key in ("close", "open") if (value := getattr(self, key))]
        named += [f"upgrade {u.target}" for u in self.upgrade] + [f"add {a.id}" for a in self.add]
        return "; ".join([dated, *named] if dated else named)

    @property
    def text(self) -> str:
        """The short text that `parse_scenario` reads back to the same scenario, but for id, title and note."""
        parts = [] if self.as_of is None else [f"as_of={self.as_of}"]
        parts += [f"case={self.case}"] if self.case != "central" else []
        parts += [f"{key}={','.join(value)}" for key in ("close", "open") if (value := getattr(self, key))]
        parts += [f"upgrade={','.join(_upgrade_text(u) for u in self.upgrade)}"] if self.upgrade else []
        parts += [f"add={','.join(_addition_text(a) for a in self.add)}"] if self.add else []
        return ";".join(parts)

    def dated(self, as_of: date | None, case: str | None = None) -> Scenario:
        """
        Give the same scenario as of another day.

        Parameters
        ----------
        as_of
            The day; its own when left out.
        case
            Which year of the openings counts; its own when left out.

        Returns
        -------
        scenario
            The other one.
        """
        return replace(self, as_of=as_of or self.as_of, case=case or self.case)


def read_day(text: str) -> date:
    """
    Read a date; a year or a month stands for its last day.

    Parameters
    ----------
    text
        2030, 2030-06 or 2030-06-30.

    Returns
    -------
    day
        The day.

    Raises
    ------
    InputError
        Something else.
    """
    match = _DAY.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError  # noqa: TRY301  (one sentence for both)
        year, month = int(match[1]), int(match[2] or _DECEMBER)
        return date(year, month, int(match[3]) if match[3] else calendar.monthrange(year, month)[1])
    except (ValueError, calendar.IllegalMonthError):
        message = f"{text!r} is no date; write it as 2030, 2030-06 or 2030-06-30"
        raise InputError(message) from None


def parse_scenario(text: str) -> Scenario:
    """
    Read a scenario from a short text, as a URL or a command line gives it.

    Parameters
    ----------
    text
        Parts "key=value" with semicolons between; several values of a key with commas. Keys: as_of (a date), case
        (low, central, high), close and open (see `Scenario`), upgrade (TARGET:CLASS, TARGET:KMH or TARGET:CLASS:KMH),
        add (MODE:PLACE:PLACE, then as for upgrade; a place is an id, a name or "lon lat").

    Returns
    -------
    scenario
        Names are not looked up yet: that needs a study.

    Raises
    ------
    InputError
        A part that cannot be read.
    """
    found: dict[str, list[str]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or key not in KEYS or not value:
            message = f"a scenario cannot hold {part!r}; write KEY=VALUE with one of {', '.join(KEYS)}"
            raise InputError(message)
        if key in {"as_of", "case"} and key in found:
            message = f"a scenario states {key} once, not as both {found[key][0]!r} and {value!r}"
            raise InputError(message)
        found.setdefault(key, []).extend(name for v in value.split(",") if (name := v.strip()))
    return Scenario(
        as_of=read_day(",".join(found["as_of"])) if "as_of" in found else None,
        case=",".join(found.get("case", ["central"])),
        close=tuple(dict.fromkeys(found.get("close", ()))),
        open=tuple(dict.fromkeys(found.get("open", ()))),
        upgrade=tuple(_parse_upgrade(value) for value in found.get("upgrade", ())),
        add=tuple(_parse_addition(value) for value in found.get("add", ())),
    )


def read_scenarios(rows: Iterable[Mapping[str, Any]]) -> dict[str, Scenario]:
    """
    Read the scenarios that a study states.

    Parameters
    ----------
    rows
        Its [[scenarios]]: id, title, note and the keys of `parse_scenario`, lists for those that take several values.

    Returns
    -------
    scenarios
        By id, in the file's order.

    Raises
    ------
    DataError
        One is broken; the sentence says which.
    """
    found: dict[str, Scenario] = {}
    for number, row in enumerate(rows, start=1):
        name = str(row.get("id") or f"number {number}")
        unknown = sorted(set(row) - {*KEYS, "id", "title", "note"})
        try:
            if "id" not in row or "title" not in row or unknown or name in found:
                wrong = f"it cannot hold {unknown[0]!r}" if unknown else "it needs an id of its own and a title"
                raise InputError(wrong)  # noqa: TRY301  (one sentence for all)
            parts = [f"{key}={_listed(row[key])}" for key in KEYS if row.get(key)]
            stated = parse_scenario(";".join(parts))
        except InputError as error:
            message = f"study.toml, scenarios {name}: {error}"
            raise DataError(message) from None
        found[name] = replace(stated, id=name, title=str(row["title"]), note=str(row.get("note", "")))
    return found


def _listed(value: object) -> str:
    return ",".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _parse_upgrade(text: str) -> Upgrade:
    kind = ("way:", "edge:", "stretch:")
    prefix = next((k for k in kind if text.startswith(k)), "")
    target, *rest = text.removeprefix(prefix).split(":")
    if not target or not rest:
        message = f"an upgrade cannot be {text!r}; write TARGET:CLASS, TARGET:KMH or TARGET:CLASS:KMH"
        raise InputError(message)
    return Upgrade(prefix + target, *_class_and_speed(rest, text))


def _parse_addition(text: str) -> Addition:
    mode, *rest = (part.strip() for part in text.split(":"))
    if mode not in MODES or not all((*rest, "", "")[:2]):
        message = f"an addition cannot be {text!r}; write MODE:PLACE:PLACE, the mode road or rail"
        raise InputError(message)
    name = f"add-{rest[0]}-{rest[1]}-{mode}".replace(" ", "_")
    title = f"Added {mode} {rest[0]}-{rest[1]}, straight"
    class_, speed = _class_and_speed(rest[2:], text)
    return Addition(name, mode, rest[0], rest[1], class_, speed, title=title)


def _class_and_speed(parts: list[str], text: str) -> tuple[str | None, float | None]:
    class_: str | None = None
    speed: float | None = None
    for part in parts:
        if class_ is None and speed is None and _CLASS.fullmatch(part):
            class_ = part
            continue
        try:
            value = float(part)
        except ValueError:
            value = float("nan")
        if speed is not None or not _KMH[0] <= value <= _KMH[1]:
            message = f"{part!r} in {text!r} is neither a class nor a speed of {_KMH[0]:.0f} to {_KMH[1]:.0f} km/h"
            raise InputError(message)
        speed = value
    return class_, speed


def _upgrade_text(upgrade: Upgrade) -> str:
    return ":".join([upgrade.target, *_tail(upgrade.class_, upgrade.maxspeed_kmh)])


def _addition_text(addition: Addition) -> str:
    places = [addition.mode, addition.from_place, addition.to_place]
    return ":".join([*places, *_tail(addition.class_, addition.maxspeed_kmh)])


def _tail(class_: str | None, speed: float | None) -> list[str]:
    return [*([class_] if class_ else []), *([f"{speed:g}"] if speed is not None else [])]
