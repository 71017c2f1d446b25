"""Names of places and territories: in the reader's language, and as those who live there write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.escape import plain
from web.language import ENGLISH, language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routes.model import Place

LOCAL = "local"


def name_of(names: Mapping[str, str], fallback: str = "") -> str:
    """
    Pick the name in the reader's language.

    Parameters
    ----------
    names
        Name by language; "local" is the one used there.
    fallback
        What to give where there is no name at all, such as an id.

    Returns
    -------
    name
        In the reader's language, else in English, else the local one; plain text, still to be escaped.
    """
    found = next((names[key] for key in (language(), ENGLISH, LOCAL) if names.get(key)), fallback)
    return plain(found)


def local_of(names: Mapping[str, str], fallback: str = "") -> str:
    """
    Pick the local name where it says something new.

    Parameters
    ----------
    names
        Name by language.
    fallback
        As for `name_of`.

    Returns
    -------
    name
        The local name; empty where it is not known or the same as the reader's.
    """
    local = plain(names.get(LOCAL) or "")
    return "" if local.casefold() == name_of(names, fallback).casefold() else local


def both(names: Mapping[str, str], fallback: str = "") -> str:
    """
    Name a place in one line, in the reader's language and in the local one.

    Parameters
    ----------
    names
        Name by language.
    fallback
        As for `name_of`.

    Returns
    -------
    name
        For example "Vienna (Wien)"; one name where both are the same.
    """
    name, local = name_of(names, fallback), local_of(names, fallback)
    return f"{name} ({local})" if local else name


def place_name(place: Place) -> str:
    """
    Name a place in the reader's language.

    Parameters
    ----------
    place
        The place.

    Returns
    -------
    name
        Its name, or its id where it has none.
    """
    return name_of(place.names, place.id)
