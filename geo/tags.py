"""OpenStreetMap way tags, read as mode, class, status and structure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# The words that OSM mappers use for one life cycle, in both spellings: `railway=disused` and `disused:railway=rail`.
LIFE_CYCLE = {
    "construction": "construction",
    "proposed": "proposed",
    "planned": "proposed",
    "disused": "disused",
    "abandoned": "abandoned",
    "razed": "razed",
    "demolished": "razed",
    "dismantled": "razed",
    "removed": "razed",
}
ROAD_CLASSES = frozenset(
    f"{name}{suffix}" for name in ("motorway", "trunk", "primary", "secondary", "tertiary") for suffix in ("", "_link")
) | frozenset({"unclassified", "residential", "living_street", "service", "road", "track"})
RAIL_CLASSES = frozenset({"rail", "light_rail", "narrow_gauge"})
KEYS = {"railway": ("rail", RAIL_CLASSES, "rail"), "highway": ("road", ROAD_CLASSES, "road")}
_NO = frozenset({"no", "false", "0", ""})
_YES = frozenset({"yes", "true", "1"})
_BACKWARD = frozenset({"-1", "reverse"})


def read_keys() -> list[str]:
    """
    List the tag keys that can make a way part of a network.

    Returns
    -------
    keys
        `highway`, `railway` and each with every life-cycle prefix.
    """
    return [*KEYS, *(f"{prefix}:{key}" for prefix in LIFE_CYCLE for key in KEYS)]


@dataclass(frozen=True)
class WayTags:
    """
    What the tags of one way say about one mode.

    Attributes
    ----------
    mode, class_, status
        See `geo.network`; `class_` is the OSM value, such as primary or rail.
    structure, structure_kind
        none, bridge, tunnel or ford, and the tag's own value, such as viaduct or avalanche_protector.
    direction
        1 along the way only, -1 against it only, 0 both ways.
    name, ref, maxspeed, surface, lanes, gauge, electrified
        As tagged; empty where not.
    """

    mode: str
    class_: str
    status: str
    structure: str = "none"
    structure_kind: str = ""
    direction: int = 0
    name: str = ""
    ref: str = ""
    maxspeed: str = ""
    surface: str = ""
    lanes: str = ""
    gauge: str = ""
    electrified: str = ""


def classify(tags: Mapping[str, str]) -> tuple[WayTags, ...]:
    """
    Read a way's tags; a way can be a road and a railway at once (a track on an abandoned line).

    Parameters
    ----------
    tags
        Keys and values of one way.

    Returns
    -------
    readings
        One for each mode; none where the way belongs to no network, or is an area.
    """
    if tags.get("area") == "yes":
        return ()
    readings = []
    for key, (mode, classes, fallback) in KEYS.items():
        found = _status_and_class(tags, key, classes, fallback)
        if found is not None:
            status, class_ = found
            readings.append(_reading(tags, mode, class_, status))
    return tuple(readings)


def _status_and_class(
    tags: Mapping[str, str], key: str, classes: frozenset[str], fallback: str
) -> tuple[str, str] | None:
    value = tags.get(key, "")
    if value in classes:
        # The oldest spelling of all: railway=rail + disused=yes.
        old = next(
            (LIFE_CYCLE[word] for word in LIFE_CYCLE if tags.get(word) == "yes" and word != "construction"), "open"
        )
        return old, value
    if value in LIFE_CYCLE:
        was = tags.get(value) or tags.get(f"{value}:{key}") or ""
        if was in classes:
            return LIFE_CYCLE[value], was
        return (LIFE_CYCLE[value], fallback) if was in _YES or was in {"", "minor", "major"} else None
    for prefix, status in LIFE_CYCLE.items():
        was = tags.get(f"{prefix}:{key}", "")
        if was in classes:
            return status, was
    return None


def _reading(tags: Mapping[str, str], mode: str, class_: str, status: str) -> WayTags:
    structure, kind = _structure(tags)
    return WayTags(
        mode=mode,
        class_=class_,
        status=status,
        structure=structure,
        structure_kind=kind,
        direction=_direction(tags, class_),
        name=tags.get("name", ""),
        ref=tags.get("ref", ""),
        maxspeed=tags.get("maxspeed", ""),
        surface=tags.get("surface", ""),
        lanes=tags.get("lanes", ""),
        gauge=tags.get("gauge", ""),
        electrified=tags.get("electrified", ""),
    )


def _structure(tags: Mapping[str, str]) -> tuple[str, str]:
    for structure in ("tunnel", "bridge", "ford"):
        kind = tags.get(structure, "")
        if kind not in _NO:
            return structure, kind
    return "none", ""


def _direction(tags: Mapping[str, str], class_: str) -> int:
    oneway = tags.get("oneway", "")
    if oneway in _BACKWARD:
        return -1
    if oneway in _YES:
        return 1
    implied = class_ == "motorway" or tags.get("junction") in {"roundabout", "circular"}
    return 1 if implied and oneway not in _NO - {""} else 0
