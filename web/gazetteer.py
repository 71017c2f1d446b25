"""The gazetteer: places of a study found by any of their names, in any language, accents and case aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routes.places import folded
from web.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routes.model import Place
    from routes.study import Study

MOST = 12
_LAST_SIZE = 4  # places that the map does not label come after those that it does


@dataclass(frozen=True)
class Found:
    """
    A place that a search found.

    Attributes
    ----------
    place
        The place.
    name
        The name that matched.
    """

    place: Place
    name: str


def search(study: Study, text: str, most: int = MOST) -> list[Found]:
    """
    Find places by name.

    Parameters
    ----------
    study
        Its places are searched.
    text
        The beginning of a name, or of a word of it, in any language.
    most
        How many at most.

    Returns
    -------
    found
        Whole names first, then names that begin so, then words that do, then any part; larger places first among
        equals. Each place once.
    """
    wanted = {form for form in _forms(text) if form}
    if not wanted:
        return []
    ranked = []
    for place in study.places.values():
        best = min(((_rank(form, name), name) for name in names(place) for form in wanted), default=(4, ""))
        if best[0] < 4:  # noqa: PLR2004 -- ranks are 0 to 3
            ranked.append(((best[0], place.size or _LAST_SIZE, plain(place.title), place.id), Found(place, best[1])))
    return [found for _key, found in sorted(ranked, key=lambda item: item[0])[:most]]


def names(place: Place) -> list[str]:
    """
    Give all names of a place.

    Parameters
    ----------
    place
        The place.

    Returns
    -------
    names
        Each once: English, Armenian, Azerbaijani, local, and the id where there is none.
    """
    return list(dict.fromkeys(plain(name) for name in place.names.values() if name)) or [place.id]


def _forms(text: str) -> Iterable[str]:
    """Fold a text; schwa may have been typed as a or as e, so both are tried."""
    yield folded(plain(text))
    if "ə" in text.casefold():
        yield folded(plain(text).casefold().replace("ə", "e"))


def _rank(wanted: str, name: str) -> int:
    ranks = []
    for form in _forms(name):
        if form == wanted:
            ranks.append(0)
        elif form.startswith(wanted):
            ranks.append(1)
        elif any(word.startswith(wanted) for word in form.replace("-", " ").replace("(", " ").split()):
            ranks.append(2)
        elif len(wanted) > 2 and wanted in form:  # noqa: PLR2004 -- two letters are in every other name
            ranks.append(3)
    return min(ranks, default=4)
