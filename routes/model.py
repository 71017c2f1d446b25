"""What a study states: places, crossings, stretches, links, candidates, vehicles; and what a search answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

CROSSING_STATUSES = ("open", "closed", "planned", "none", "not known")


@dataclass(frozen=True)
class Place:
    """
    A named point.

    Attributes
    ----------
    id
        Short key.
    names
        By language: en, hy, az, local; a language without a known name is absent.
    territory
        Key of the territory that it lies in.
    lon, lat
        Degrees.
    ele_m
        Metres above sea level; None where not known.
    role, note
        What it is to the study.
    size
        1 (large) to 3 (small) for map labels; None where it is not labelled.
    source
        Where the position comes from.
    """

    id: str
    names: Mapping[str, str]
    territory: str
    lon: float
    lat: float
    ele_m: float | None = None
    role: str = ""
    size: int | None = None
    source: str = ""
    note: str = ""

    @property
    def title(self) -> str:
        """Name in English, or else the id."""
        return self.names.get("en", self.id)


@dataclass(frozen=True)
class Crossing:
    """
    A declared border crossing.

    Attributes
    ----------
    id, title, mode
        What it is.
    territories
        The two keys.
    lon, lat
        Where, degrees; see `position_source`.
    radius_m
        A change of territory within this distance of the position is this crossing.
    status
        One of `CROSSING_STATUSES`.
    status_date, last_seen
        When the status was stated, and when it was last looked at; ISO 8601.
    dwell_s
        By vehicle: low, central, high seconds.
    dwell_source
        A source id, or "assumed".
    sources, note, position_source
        Where the record comes from.
    """

    id: str
    title: str
    mode: str
    territories: tuple[str, str]
    lon: float
    lat: float
    radius_m: float
    status: str
    status_date: str | None = None
    last_seen: str | None = None
    dwell_s: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    dwell_source: str = "assumed"
    sources: tuple[str, ...] = ()
    note: str = ""
    position_source: str = ""


@dataclass(frozen=True)
class Stretch:
    """
    A named piece of line between two places, resolved on any network.

    Attributes
    ----------
    id, title, mode
        What it is.
    from_place, to_place, via
        Ids of places.
    territories, statuses, classes
        What it may use; empty means any (for statuses: any but razed; for roads: car classes without tracks).
    length_km, length_source
        A published length; None where there is none.
    sources, note
        Where the record comes from.
    """

    id: str
    title: str
    mode: str
    from_place: str
    to_place: str
    via: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    length_km: float | None = None
    length_source: str | None = None
    sources: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Link:
    """
    A proposed link over a gap at a border, snapped at run time to the network on each side.

    Attributes
    ----------
    id, title, mode
        What it is.
    territories
        The two sides.
    lon, lat
        The border point that it is declared at, degrees.
    search_m
        How far from that point its ends may lie.
    max_length_m
        It is not made where the gap is wider.
    sources, note
        What it rests on.
    """

    id: str
    title: str
    mode: str
    territories: tuple[str, str]
    lon: float
    lat: float
    search_m: float
    max_length_m: float
    sources: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Candidate:
    """
    A declared way across.

    Attributes
    ----------
    id, title, mode, colour
        What it is and how maps draw it.
    stretches
        Ids of its stretches, in order; each may be passed against its direction.
    crossings
        Ids of the crossings that it may pass whatever their status.
    links
        Ids of the proposed links that it may use.
    standing
        standing, who, when, answer, rests_on, text, sources.
    reference
        True where it is there for comparison only.
    note
        Anything a reader must know.
    """

    id: str
    title: str
    mode: str
    colour: str
    stretches: tuple[str, ...]
    crossings: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    standing: Mapping[str, Any] = field(default_factory=dict)
    reference: bool = False
    note: str = ""


@dataclass(frozen=True)
class Vehicle:
    """
    How fast something moves.

    Attributes
    ----------
    id, title, mode
        What it is.
    speed_kmh
        By class: low, central, high; the class "*" stands for all others.
    limit_kmh
        It goes no faster than this, whatever a sign says.
    signed_share
        Share of a tagged maxspeed that it really keeps: low, central, high.
    gradient
        Pairs of gradient (rise over run, absolute) and factor on speed, ascending.
    source
        Where the speeds come from, or "assumed".
    """

    id: str
    title: str
    mode: str
    speed_kmh: Mapping[str, tuple[float, float, float]]
    limit_kmh: float
    signed_share: tuple[float, float, float] = (0.7, 0.85, 1.0)
    gradient: tuple[tuple[float, float], ...] = ()
    source: str = "assumed"


@dataclass(frozen=True)
class Break:
    """
    Where a route cannot be resolved.

    Attributes
    ----------
    from_, to
        Ids or coordinates of the places that cannot be joined.
    gap_m
        The narrowest gap between what is reached from either side, metres; None where one side has no line at all.
    nearest
        The two ends of that gap, lon and lat in degrees.
    reason
        One sentence.
    """

    from_: str
    to: str
    gap_m: float | None
    nearest: tuple[tuple[float, float], tuple[float, float]] | None
    reason: str

    def record(self) -> dict[str, Any]:
        """
        Give the break as plain data.

        Returns
        -------
        record
            from, to, gap_m, nearest, reason.
        """
        nearest = None if self.nearest is None else [list(point) for point in self.nearest]
        return {"from": self.from_, "to": self.to, "gap_m": self.gap_m, "nearest": nearest, "reason": self.reason}
