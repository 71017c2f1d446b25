"""Places: read from a study's table, and found by name or by coordinates as a query gives them."""

from __future__ import annotations

import csv
import re
import unicodedata
from typing import TYPE_CHECKING

from geo.errors import DataError, InputError, NotFoundError
from routes.model import Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from routes.study import Study

_COORDINATES = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*[,;]\s*(-?\d+(?:\.\d+)?)\s*$")
_EAST, _NORTH = 180.0, 90.0


def read_places(path: Path) -> dict[str, Place]:
    """
    Read a study's places.

    Parameters
    ----------
    path
        A CSV file with the columns id, lon and lat (degrees), and as many of territory, elev_m, role, size, source,
        note and name_LANGUAGE as are known; an empty cell is not known.

    Returns
    -------
    places
        By id.

    Raises
    ------
    DataError
        The file is missing, or a row cannot be read.
    """
    places: dict[str, Place] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        message = f"{path} does not exist; the study needs its places there"
        raise DataError(message) from None
    except (UnicodeDecodeError, csv.Error) as error:
        message = f"{path} is no table of places in UTF-8 ({error})"
        raise DataError(message) from None
    for number, row in enumerate(rows, start=1):
        name = row.get("id") or f"number {number}"
        try:
            place = _place(row)
        except (KeyError, ValueError, TypeError) as error:
            message = f"{path}, place {name!r}: it cannot be read ({error}); it needs id, lon and lat in degrees"
            raise DataError(message) from None
        if place.id in places:
            message = f"{path}, place {name!r}: the id is used twice"
            raise DataError(message)
        places[place.id] = place
    return places


def _place(row: Mapping[str, str]) -> Place:
    names = {key.removeprefix("name_"): row[key] for key in row if key and key.startswith("name_") and row[key]}
    lon, lat = float(row["lon"]), float(row["lat"])
    if not (abs(lon) <= _EAST and abs(lat) <= _NORTH):  # nor is NaN
        message = f"{row['lon']},{row['lat']} is no point on Earth"
        raise ValueError(message)
    return Place(
        id=row["id"],
        names=names,
        territory=row.get("territory") or "",
        lon=lon,
        lat=lat,
        ele_m=float(row["elev_m"]) if row.get("elev_m") else None,
        role=row.get("role") or "",
        size=int(row["size"]) if row.get("size") else None,
        source=row.get("source") or "",
        note=row.get("note") or "",
    )


def find_place(study: Study, text: str | tuple[float, float]) -> Place:
    """
    Find the point that a query means.

    Parameters
    ----------
    study
        Its places are searched, and its area bounds coordinates.
    text
        "lon,lat" in degrees, the same as a pair of numbers, a place's id, or its name in any language, accents and
        case aside. Where several places share the name and differ only by a remark in brackets, the one without the
        remark is meant.

    Returns
    -------
    place
        One of the study's, or an unnamed one at the coordinates.

    Raises
    ------
    InputError
        Coordinates outside the study's area; where lon and lat look swapped the sentence says so.
    NotFoundError
        No place of that name, or several.
    """
    if not isinstance(text, str):
        return _at(study, *_pair(text))
    match = _COORDINATES.match(text)
    if match:
        return _at(study, float(match[1]), float(match[2]))
    if text in study.places:
        return study.places[text]
    wanted = folded(text)
    found = [p for p in study.places.values() if wanted in {folded(name) for name in p.names.values()}]
    if len({_plain(p) for p in found}) == 1:  # other positions of one place give way to the place itself
        found = [p for p in found if p.title == _plain(p)] or found
    if len(found) == 1:
        return found[0]
    if found:
        message = f"{text!r} is the name of {len(found)} places; give one of the ids {', '.join(p.id for p in found)}"
        raise NotFoundError(message)
    begins = [p.title for p in study.places.values() if any(folded(n).startswith(wanted[:4]) for n in p.names.values())]
    hint = (
        f"; did you mean {', '.join(sorted(begins)[:4])}?"
        if begins and wanted
        else "; give lon,lat or a place of the study"
    )
    message = f"there is no place {text!r} in the study {study.id}{hint}"
    raise NotFoundError(message)


def _pair(point: tuple[float, float]) -> tuple[float, float]:
    try:
        lon, lat = (float(value) for value in point)
    except (TypeError, ValueError):
        message = f"{point!r} is no point; give a pair of numbers (longitude, latitude) in degrees"
        raise InputError(message) from None
    return lon, lat


def folded(name: str) -> str:
    """
    Fold a name for comparison: no accents, no case.

    Parameters
    ----------
    name
        Any spelling.

    Returns
    -------
    key
        Equal for equal names; dotless i and schwa count as i and a.
    """
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ı", "i").replace("ə", "a"))
    return "".join(c for c in plain if not unicodedata.combining(c)).strip()


def _plain(place: Place) -> str:
    """Name in English without a remark in brackets, such as "(other position)"."""
    return place.title.partition(" (")[0]


def _at(study: Study, lon: float, lat: float) -> Place:
    west, south, east, north = study.area
    if not (west <= lon <= east and south <= lat <= north):
        swapped = west <= lat <= east and south <= lon <= north
        advice = (
            f"lon and lat look swapped: give {lat:g},{lon:g}"
            if swapped
            else f"give lon,lat within {west:g} to {east:g} and {south:g} to {north:g}"
        )
        message = f"the point {lon:g},{lat:g} lies outside the area of the study {study.id}; {advice}"
        raise InputError(message)
    label = f"{lon:g},{lat:g}"
    return Place(id=label, names={"en": label}, territory=study.boundaries().territory_at(lon, lat), lon=lon, lat=lat)
