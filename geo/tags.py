"""OpenStreetMap way tags, read as mode, class, status and structure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

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
STRUCTURE_KEYS = ("tunnel", "bridge", "ford")
KEYS = {"railway": ("rail", RAIL_CLASSES, "rail"), "highway": ("road", ROAD_CLASSES, "road")}
TEXT_KEYS = ("name", "ref", "maxspeed", "surface", "lanes", "gauge", "electrified")
"""Keys whose values are kept as they are; no other reading hangs on them."""
_NO = frozenset({"no", "false", "0", ""})
_YES = frozenset({"yes", "true", "1"})
_UNSAID = frozenset({"", "minor", "major"})  # values that name no class
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


def deciding_keys() -> list[str]:
    """
    List the tag keys that `classify` looks at, those of `TEXT_KEYS` aside.

    Returns
    -------
    keys
        Two ways whose values are the same for these are read the same, texts aside.
    """
    return [*read_keys(), *LIFE_CYCLE, *STRUCTURE_KEYS, "area", "oneway", "junction"]


class Tags(Protocol):
    """Keys and values of one way: a dict, or a reader's own tag list."""

    def get(self, key: str, default: str, /) -> str:
        """
        Look a key up.

        Parameters
        ----------
        key
            Such as highway.
        default
            What to give where the way has no such tag.

        Returns
        -------
        value
            The tag's value.
        """


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


def classify(tags: Tags) -> tuple[WayTags, ...]:
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
    if tags.get("area", "") == "yes":
        return ()
    readings = []
    for key, (mode, classes, fallback) in KEYS.items():
        found = _status_and_class(tags, key, classes, fallback)
        if found is not None:
            status, class_ = found
            readings.append(_reading(tags, mode, class_, status))
    return tuple(readings)


def _status_and_class(tags: Tags, key: str, classes: frozenset[str], fallback: str) -> tuple[str, str] | None:
    value = tags.get(key, "")
    if value in classes:
        return _old_spelling(tags, key), value
    if value in LIFE_CYCLE:
        # What it was or will be: `disused:railway=rail` says it of this key, `disused=rail` of any.
        was = tags.get(f"{value}:{key}", "") or tags.get(value, "")
        if was in classes:
            return LIFE_CYCLE[value], was
        return (LIFE_CYCLE[value], fallback) if was in _YES or was in _UNSAID else None
    for prefix, status in LIFE_CYCLE.items():
        was = tags.get(f"{prefix}:{key}", "")
        if was in classes:
            return status, was
    return None


def _old_spelling(tags: Tags, key: str) -> str:
    """Read the oldest spelling of all, `railway=rail` + `disused=yes`."""
    for word, status in LIFE_CYCLE.items():
        if word == "construction" or tags.get(word, "") != "yes":  # construction=yes: works on a line in use
            continue
        # On a track along a dead railway (highway=track + railway=abandoned + abandoned=yes) it speaks of the railway.
        others = [other for other in KEYS if other != key]
        if not any(tags.get(other, "") == word or tags.get(f"{word}:{other}", "") for other in others):
            return status
    return "open"


def _reading(tags: Tags, mode: str, class_: str, status: str) -> WayTags:
    structure, kind = _structure(tags)
    return WayTags(
        mode=mode,
        class_=class_,
        status=status,
        structure=structure,
        structure_kind=kind,
        direction=_direction(tags, class_),
        **{key: tags.get(key, "") for key in TEXT_KEYS},
    )


def _structure(tags: Tags) -> tuple[str, str]:
    for structure in STRUCTURE_KEYS:
        kind = tags.get(structure, "")
        if kind not in _NO:
            return structure, kind
    return "none", ""


def _direction(tags: Tags, class_: str) -> int:
    oneway = tags.get("oneway", "")
    if oneway in _BACKWARD:
        return -1
    if oneway in _YES:
        return 1
    implied = class_ == "motorway" or tags.get("junction", "") in {"roundabout", "circular"}
    return 1 if implied and oneway not in _NO - {""} else 0
