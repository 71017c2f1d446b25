"""TOML files of a study, checked at the door: what is missing or misspelt is said once, with file and id."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from geo.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def read_toml(path: Path) -> dict[str, Any]:
    """
    Read one file.

    Parameters
    ----------
    path
        A TOML file.

    Returns
    -------
    content
        Its tables.

    Raises
    ------
    DataError
        The file is missing or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = f"{path} does not exist; a study needs it"
        raise DataError(message) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path} is no TOML: {error}"
        raise DataError(message) from None


def keyed(rows: Iterable[dict[str, Any]], *, where: str) -> dict[str, dict[str, Any]]:
    """
    Key rows by their id.

    Parameters
    ----------
    rows
        Tables, each with an `id`.
    where
        File and table, for the message.

    Returns
    -------
    by_id
        The rows, in their order.

    Raises
    ------
    DataError
        A row has no id, or two have the same.
    """
    by_id: dict[str, dict[str, Any]] = {}
    for number, row in enumerate(rows, start=1):
        name = row.get("id")
        if not isinstance(name, str) or not name:
            message = f"{where} number {number} has no id; give it one"
            raise DataError(message)
        if name in by_id:
            message = f"{where} {name} is there twice; ids must differ"
            raise DataError(message)
        by_id[name] = row
    return by_id


def require_texts(row: Mapping[str, Any], names: Iterable[str], *, where: str, empty: bool = False) -> None:
    """
    Refuse a row that lacks a text.

    Parameters
    ----------
    row
        The row.
    names
        Keys that must hold a text.
    where
        File, table and id, for the message.
    empty
        Whether a text may be empty.

    Raises
    ------
    DataError
        A text is missing, or is something else.
    """
    for name in names:
        value = row.get(name)
        if not isinstance(value, str) or not (value or empty):
            message = f"{where} has no {name}; give it as text"
            raise DataError(message)


def require_dates(row: Mapping[str, Any], names: Iterable[str], *, where: str) -> None:
    """
    Refuse a row whose date is no date; one that is not there passes.

    Parameters
    ----------
    row
        The row.
    names
        Keys that hold a date: 2026-03-11, 2026-03 or 2026, as text.
    where
        File, table and id, for the message.

    Raises
    ------
    DataError
        A date is written in another way.
    """
    for name in names:
        value = row.get(name)
        if value is not None and not (isinstance(value, str) and _DATE.fullmatch(value)):
            message = f"{where} has the {name} {value!r}; write dates as text: 2026-03-11, 2026-03 or 2026"
            raise DataError(message)


def texts(row: Mapping[str, Any], name: str, *, where: str) -> tuple[str, ...]:
    """
    Take a list of texts.

    Parameters
    ----------
    row
        The row.
    name
        Key of the list; one that is not there counts as empty.
    where
        File, table and id, for the message.

    Returns
    -------
    values
        The texts.

    Raises
    ------
    DataError
        Something else than a list of texts.
    """
    values = row.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        message = f"{where} has {name} = {values!r}; give a list of texts"
        raise DataError(message)
    return tuple(values)


def require_known(values: Iterable[str], known: Collection[str], *, what: str, where: str) -> None:
    """
    Refuse a word that is not among those known.

    Parameters
    ----------
    values
        Words used.
    known
        Words that there are.
    what
        What they are, for the message: crossing, status and so on.
    where
        File, table and id, for the message.

    Raises
    ------
    DataError
        A word is not known.
    """
    for value in values:
        if value not in known:
            listed = ", ".join(sorted(known)) if len(known) <= 12 else f"{len(known)} are known"  # noqa: PLR2004  (one line)
            message = f"{where} names the {what} {value!r}, which does not exist ({listed})"
            raise DataError(message)
