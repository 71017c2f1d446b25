"""The declared parts of a study file, checked one by one: crossings, stretches, links, candidates, vehicles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import shapely

from geo.errors import DataError
from geo.measure import flat_frame
from geo.network import MODES, STATUSES
from geo.tags import RAIL_CLASSES, ROAD_CLASSES
from routes.model import CROSSING_STATUSES, Candidate, Crossing, Link, Place, Stretch, Vehicle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geo.territory import BoundarySet

T = TypeVar("T")
_COLOUR = re.compile("#[0-9a-fA-F]{6}")
_ABOUT_DEG = 0.5  # how far around a place a border point is looked for


def read_stretches(raw: Mapping[str, Any], places: Mapping[str, Place]) -> dict[str, Stretch]:
    """
    Read the stretches.

    Parameters
    ----------
    raw
        The study file.
    places
        What their ends may be.

    Returns
    -------
    stretches
        By id.

    Raises
    ------
    DataError
        An entry is broken or names a place that the study lacks.
    """

    def make(row: Mapping[str, Any]) -> Stretch:
        for place in (row["from"], row["to"], *row.get("via", ())):
            _known("place", place, places)
        for status in row.get("statuses", ()):
            _known("status", status, STATUSES)
        for class_ in row.get("classes", ()):
            _known("class", class_, RAIL_CLASSES | ROAD_CLASSES)
        return Stretch(
            id=row["id"],
            title=row["title"],
            mode=_known("mode", row["mode"], MODES),
            from_place=row["from"],
            to_place=row["to"],
            via=tuple(row.get("via", ())),
            territories=tuple(row.get("territories", ())),
            statuses=tuple(row.get("statuses", ())),
            classes=tuple(row.get("classes", ())),
            length_km=row.get("length_km"),
            length_source=row.get("length_source"),
            sources=tuple(row.get("sources", ())),
            note=row.get("note", ""),
        )

    return _read(raw, "stretches", make)


def read_crossings(raw: Mapping[str, Any], places: Mapping[str, Place], boundaries: BoundarySet) -> dict[str, Crossing]:
    """
    Read the crossings; one without published coordinates lies at the border point nearest to a named place.

    Parameters
    ----------
    raw
        The study file.
    places
        What `near` may name.
    boundaries
        Where the borders are.

    Returns
    -------
    crossings
        By id.

    Raises
    ------
    DataError
        An entry is broken.
    """

    def make(row: Mapping[str, Any]) -> Crossing:
        lon, lat, position = _border_point(row, places, boundaries)
        dwell = {name: _seconds(minutes) for name, minutes in row["dwell_min"].items()}
        return Crossing(
            id=row["id"],
            title=row["title"],
            mode=_known("mode", row["mode"], MODES),
            territories=_two(row["territories"], boundaries),
            lon=lon,
            lat=lat,
            radius_m=float(row["radius_m"]),
            status=_known("status", row["status"], CROSSING_STATUSES),
            status_date=_date(row.get("status_date")),
            last_seen=_date(row.get("last_seen")),
            dwell_s=dwell,
            dwell_source=row.get("dwell_source", "assumed"),
            sources=tuple(row.get("sources", ())),
            note=row.get("note", ""),
            position_source=position,
        )

    return _read(raw, "crossings", make)


def read_links(raw: Mapping[str, Any], places: Mapping[str, Place], boundaries: BoundarySet) -> dict[str, Link]:
    """
    Read the proposed links.

    Parameters
    ----------
    raw
        The study file.
    places
        What `near` may name.
    boundaries
        Where the borders are.

    Returns
    -------
    links
        By id.

    Raises
    ------
    DataError
        An entry is broken.
    """

    def make(row: Mapping[str, Any]) -> Link:
        lon, lat, _position = _border_point(row, places, boundaries)
        return Link(
            id=row["id"],
            title=row["title"],
            mode=_known("mode", row["mode"], MODES),
            territories=_two(row["territories"], boundaries),
            lon=lon,
            lat=lat,
            search_m=float(row["search_m"]),
            max_length_m=float(row["max_length_m"]),
            sources=tuple(row.get("sources", ())),
            note=row.get("note", ""),
        )

    return _read(raw, "links", make)


def read_candidates(
    raw: Mapping[str, Any],
    stretches: Mapping[str, Stretch],
    crossings: Mapping[str, Crossing],
    links: Mapping[str, Link],
    standing: Mapping[str, Mapping[str, Any]],
) -> dict[str, Candidate]:
    """
    Read the candidates.

    Parameters
    ----------
    raw
        The study file.
    stretches, crossings, links
        What they may name.
    standing
        Their standing, by id.

    Returns
    -------
    candidates
        By id, in the file's order.

    Raises
    ------
    DataError
        An entry is broken, or its stretches do not join.
    """

    def make(row: Mapping[str, Any]) -> Candidate:
        for kind, known in (("stretch", stretches), ("crossing", crossings), ("link", links)):
            for name in row.get(f"{kind}es" if kind == "stretch" else f"{kind}s", ()):
                _known(kind, name, known)
        mode = _known("mode", row["mode"], MODES)
        followed = [stretches[name] for name in row["stretches"]]
        directions(followed)
        used: list[Stretch | Crossing | Link] = [*followed]
        used += [*(crossings[c] for c in row.get("crossings", ())), *(links[n] for n in row.get("links", ()))]
        for part in used:
            if part.mode != mode:
                message = f"it goes by {mode}, but {part.id} is of mode {part.mode}"
                raise ValueError(message)
        if not _COLOUR.fullmatch(row["colour"]):
            message = f"the colour is {row['colour']!r}; it must be written as #rrggbb"
            raise ValueError(message)
        return Candidate(
            id=row["id"],
            title=row["title"],
            mode=mode,
            colour=row["colour"],
            stretches=tuple(row["stretches"]),
            crossings=tuple(row.get("crossings", ())),
            links=tuple(row.get("links", ())),
            standing=dict(standing.get(row["id"], {})),
            reference=bool(row.get("reference", False)),
            note=row.get("note", ""),
        )

    return _read(raw, "candidates", make)


def directions(stretches: Sequence[Stretch]) -> list[tuple[str, str]]:
    """
    Turn each stretch so that it begins where the one before ended.

    Parameters
    ----------
    stretches
        In order of travel.

    Returns
    -------
    ends
        For each, the ids of the places that it leads from and to.

    Raises
    ------
    ValueError
        There are none, or one does not join the one before.
    """
    if not stretches:
        message = "it has no stretches"
        raise ValueError(message)
    first = stretches[0]
    reached = []
    for start in ((first.from_place, first.to_place), (first.to_place, first.from_place)):
        ends = [start]
        for stretch in stretches[1:]:
            here = ends[-1][1]
            if here not in (stretch.from_place, stretch.to_place):
                break
            ends.append((here, stretch.to_place if here == stretch.from_place else stretch.from_place))
        reached.append(ends)
    best = max(reached, key=len)
    if len(best) < len(stretches):
        one, other = stretches[len(best) - 1 : len(best) + 1]
        message = f"the stretch {other.id} does not go on from where {one.id} ends"
        raise ValueError(message)
    return best


def read_vehicles(raw: Mapping[str, Any]) -> dict[str, Vehicle]:
    """
    Read the vehicles.

    Parameters
    ----------
    raw
        The study file, with a table `vehicles`.

    Returns
    -------
    vehicles
        By id.

    Raises
    ------
    DataError
        An entry is broken.
    """

    def make(row: Mapping[str, Any]) -> Vehicle:
        return Vehicle(
            id=row["id"],
            title=row["title"],
            mode=_known("mode", row["mode"], MODES),
            speed_kmh={name: _three(speeds) for name, speeds in row["speed_kmh"].items()},
            limit_kmh=float(row["limit_kmh"]),
            signed_share=_three(row.get("signed_share", (0.7, 0.85, 1.0))),
            gradient=tuple((float(g), float(f)) for g, f in row.get("gradient", ())),
            source=row.get("source", "assumed"),
        )

    vehicles = raw.get("vehicles", {})
    if not isinstance(vehicles, dict) or not all(isinstance(row, dict) for row in vehicles.values()):
        message = "study.toml, vehicles: it must be tables, each under [vehicles.ID]"
        raise DataError(message)
    rows = [{"id": name, **row} for name, row in vehicles.items()]
    return _read({"vehicles": rows}, "vehicles", make)


def _read(raw: Mapping[str, Any], table: str, make: Callable[[Mapping[str, Any]], T]) -> dict[str, T]:
    found: dict[str, T] = {}
    rows = raw.get(table, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        message = f"study.toml, {table}: it must be tables, each under [[{table}]]"
        raise DataError(message)
    for number, row in enumerate(rows, start=1):
        name = row.get("id", f"number {number}")
        try:
            made = make(row)
        except KeyError as error:
            message = f"study.toml, {table} {name}: {error.args[0]!r} is missing"
            raise DataError(message) from None
        except (ValueError, TypeError) as error:
            message = f"study.toml, {table} {name}: {error}"
            raise DataError(message) from None
        if name in found:
            message = f"study.toml, {table} {name}: the id is used twice"
            raise DataError(message)
        found[name] = made
    return found


def _known(what: str, name: str, known: Any) -> str:  # noqa: ANN401  (any container of names)
    if name not in known:
        message = f"{what} {name!r} does not exist in the study"
        raise ValueError(message)
    return name


def _two(values: list[str], boundaries: BoundarySet) -> tuple[str, str]:
    first, second = (_known("territory", value, boundaries.territories) for value in values)
    if first == second:
        message = f"both sides are {first}; give two territories"
        raise ValueError(message)
    return first, second


def _seconds(minutes: Any) -> tuple[float, float, float]:  # noqa: ANN401  (as TOML gives it)
    low, central, high = (float(value) * 60 for value in minutes)
    if not 0 <= low <= central <= high:
        message = f"{minutes} must be low, central, high minutes in ascending order"
        raise ValueError(message)
    return low, central, high


def _three(values: Any) -> tuple[float, float, float]:  # noqa: ANN401  (as TOML gives it)
    low, central, high = (float(value) for value in values)
    if not 0 < low <= central <= high:
        message = f"{values} must be low, central, high in ascending order and above 0"
        raise ValueError(message)
    return low, central, high


def _date(value: object) -> str | None:
    return None if value is None else str(value)


def _border_point(
    row: Mapping[str, Any], places: Mapping[str, Place], boundaries: BoundarySet
) -> tuple[float, float, str]:
    if "lon" in row:
        return float(row["lon"]), float(row["lat"]), row.get("position_source", "not known")
    place = places[_known("place", row["near"], places)]
    sides = [side for side in _two(row["territories"], boundaries) if side != place.territory]
    box = (place.lon - _ABOUT_DEG, place.lat - _ABOUT_DEG, place.lon + _ABOUT_DEG, place.lat + _ABOUT_DEG)
    areas = [a for a, key in zip(boundaries.areas, boundaries.territories, strict=True) if key in sides[:1]]
    part = shapely.union_all(shapely.clip_by_rect(areas, *box))
    if part.is_empty:
        message = f"no border with {sides[0]} lies near the place {place.id!r}"
        raise ValueError(message)
    project = flat_frame(place.lon, place.lat)
    flat = shapely.transform(part, project)
    nearest = flat.boundary.interpolate(flat.boundary.project(shapely.Point(0, 0)))
    # Back to degrees: the frame is true near the place, so scaling by one degree each way is within a metre.
    step = project(np.array([[place.lon + 0.01, place.lat], [place.lon, place.lat + 0.01]]))
    lon = place.lon + 0.01 * nearest.x / step[0, 0]
    lat = place.lat + 0.01 * nearest.y / step[1, 1]
    return round(float(lon), 5), round(float(lat), 5), f"border point nearest to {place.title}, by the boundary set"
