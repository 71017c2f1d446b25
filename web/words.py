"""The words that pages use for codes: statuses, modes, structures, vehicles, badges of law."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from web.escape import plain
from web.language import N_
from web.language import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NOT_KNOWN = "not known"

STATUS = {
    "open": N_("open"),
    "construction": N_("under construction"),
    "proposed": N_("proposed, not built"),
    "disused": N_("disused"),
    "abandoned": N_("abandoned"),
    "razed": N_("razed"),
}
MODE = {
    "rail": N_("railway"),
    "road": N_("road"),
    "pipeline": N_("pipeline"),
    "power": N_("power line"),
    "fibre": N_("fibre"),
    "border": N_("border"),
    "general": N_("general"),
}
# Classes of line, as OpenStreetMap tags them.
CLASS = {
    "motorway": N_("motorway"),
    "trunk": N_("trunk"),
    "primary": N_("primary"),
    "secondary": N_("secondary"),
    "tertiary": N_("tertiary"),
    "unclassified": N_("unclassified"),
    "residential": N_("residential"),
    "service": N_("service"),
    "track": N_("track"),
    "road": N_("road"),
    "main": N_("main"),
    "branch": N_("branch"),
    "rail": N_("rail"),
    "light_rail": N_("light rail"),
    "narrow_gauge": N_("narrow gauge"),
}
STRUCTURE = {"none": N_("on the ground"), "bridge": N_("bridge"), "tunnel": N_("tunnel"), "ford": N_("ford")}
BASIS = {"published": N_("published"), "shape": N_("measured on the line drawn"), "estimated": N_("estimated")}
CROSSING = {
    "open": N_("open"),
    "closed": N_("closed"),
    "planned": N_("planned"),
    "none": N_("no crossing exists"),
    "not known": N_("status not known"),
}
# Status of law: the word, and what it means for a reader. The shape of each badge differs too (see badges.html).
BADGE = {
    "announced": N_("made public, not agreed in writing"),
    "framework": N_("a framework that is not binding"),
    "initialed": N_("text agreed by negotiators, not signed"),
    "signed": N_("signed; the words beside it say what that binds"),
    "in force": N_("in force as last seen"),
    "historic": N_("of the past, kept for the record"),
}
# The word of each badge itself.
KIND = {
    "announced": N_("announced"),
    "framework": N_("framework (non-binding)"),
    "initialed": N_("initialed"),
    "signed": N_("signed"),
    "in force": N_("in force"),
    "historic": N_("historic"),
}
# How a way across stands with the governments concerned.
STANDING = {
    "stated by a government": N_("stated by a government"),
    "offered": N_("offered"),
    "not announced": N_("not announced"),
    "reference": N_("reference"),
    "historic": N_("historic"),
    "standing not known": N_("standing not known"),
}
# Texts that bind nobody, or not yet: they concern what a text in force governs.
_CONCERNS = {"announced", "framework", "initialed"}
VERIFICATION = {
    "verified": "",
    "number not verified": N_("Clause not known (number not verified)."),
    "content not verified": N_(
        "Exists; its content is not verified, so it is not paraphrased here and governs nothing."
    ),
}


def words(code: object, table: dict[str, str]) -> str:
    """
    Give the words for a code, or the code itself with spaces where the table does not have it.

    Parameters
    ----------
    code
        The code, such as "construction".
    table
        One of this module's tables.

    Returns
    -------
    text
        Words for a page, in the reader's language.
    """
    text = plain(code)
    return _(table[text]) if text in table else text.replace("_", " ")


def clause(record: Mapping[str, Any]) -> str:
    """
    Name a provision's clause so that it can stand behind the name of its instrument.

    Parameters
    ----------
    record
        The provision.

    Returns
    -------
    text
        For example "point 3", or "clause not known (number not verified)".
    """
    text = plain(record["clause"])
    return _("clause %(words)s", words=text) if text.startswith(_NOT_KNOWN) else text


def governs(kind: object) -> str:
    """
    Say what a text does to the segments that its rules match.

    Parameters
    ----------
    kind
        Its status of law, a key of `BADGE`.

    Returns
    -------
    verb
        "governs", or "concerns" where it binds nobody (yet).
    """
    return _("concerns") if plain(kind) in _CONCERNS else _("governs")


def sentence(text: object) -> str:
    """
    Begin a text with a capital letter, and leave the rest of it alone.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    text
        The same, in sentence case.
    """
    words_ = plain(text)
    return words_[:1].upper() + words_[1:]


def slug(text: object) -> str:
    """
    Make a word that can stand in a URL fragment, an id or a class name.

    Parameters
    ----------
    text
        Any text, for example a source's tag.

    Returns
    -------
    slug
        Lower-case letters, digits and hyphens; "x" where nothing is left.
    """
    ascii_text = unicodedata.normalize("NFKD", plain(text)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-") or "x"


def slugs(texts: Iterable[str]) -> dict[str, str]:
    """
    Make a different slug for each text.

    Parameters
    ----------
    texts
        The texts, without repeats.

    Returns
    -------
    slugs
        Slug by text; where two would be the same, the later ones carry a number.
    """
    taken: set[str] = set()
    found: dict[str, str] = {}
    for text in texts:
        base = candidate = slug(text)
        count = 2
        while candidate in taken:
            candidate, count = f"{base}-{count}", count + 1
        taken.add(candidate)
        found[text] = candidate
    return found


def web_address(text: object) -> str | None:
    """
    Accept an address as a link only where it is one: http or https.

    Parameters
    ----------
    text
        What a source record gives as its address.

    Returns
    -------
    url
        The address, or None where it must stay plain text.
    """
    url = plain(text).strip()
    return url if re.match(r"https?://[^\s<>\"]+$", url, re.IGNORECASE) else None


def colour(text: object, fallback: str = "#6b6f76") -> str:
    """
    Accept a colour only where it is one: a hash and six hexadecimal digits.

    Parameters
    ----------
    text
        What a study gives as the colour of a candidate.
    fallback
        The colour to use otherwise.

    Returns
    -------
    colour
        A colour that is safe to put into a style.
    """
    value = plain(text).strip()
    return value if re.fullmatch(r"#[0-9a-fA-F]{6}", value) else fallback
