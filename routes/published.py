"""Published lengths beside the line drawn: on which of them a route's kilometres rest, and where the two differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.network import LENGTH_BASES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from routes.route import Route

    Spans = dict[str, list[tuple[float, float]]]

CONFLICT = 0.05
"""A published length further than this share from the line drawn is a conflict: both are shown."""

_NEAR_M = 5000.0  # a place further from the route than this does not say where on it a published length begins
_TOUCH_M = 50.0  # a published length that reaches no further into a stretch only meets it at its end
_M_PER_DEGREE = 111_195.0  # good enough for shares of a length: the lengths themselves are the network's


@dataclass(frozen=True)
class Published:
    """
    A published length that bears on a stretch.

    Attributes
    ----------
    length_m
        As published, metres.
    from_, to
        Names of its ends.
    whole
        Whether it is the length of the whole stretch.
    share
        How much of it lies on the stretch, by the line drawn, 0 to 1; None where its ends are not known on the route.
    basis
        How it was measured, as far as its source says.
    sources
        Ids of its sources.
    note
        Anything else that a reader must know.
    """

    length_m: float
    from_: str
    to: str
    whole: bool
    share: float | None
    basis: str
    sources: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class StretchLengths:
    """
    Lengths of a route along one stretch.

    Attributes
    ----------
    stretch
        Id of the stretch.
    length_m
        As the route counts it, metres.
    published_m
        How much of that rests on published lengths, metres.
    shape_length_m
        Of the line drawn, metres.
    published
        Published lengths that bear on it: of the whole stretch first, then of its parts in order of the study.
    sources
        Ids of the sources of the edges whose length is published.
    differs
        Whether the length used where it is published, or a published length of the whole, is further than `CONFLICT`
        from the line drawn.
    """

    stretch: str
    length_m: float
    published_m: float
    shape_length_m: float
    published: tuple[Published, ...]
    sources: tuple[str, ...]
    differs: bool


def differ(published_m: float, shape_m: float) -> bool:
    """
    Say whether a published length and the line drawn are in conflict.

    Parameters
    ----------
    published_m
        The published length, metres.
    shape_m
        Length of the line drawn, metres.

    Returns
    -------
    differ
        Whether they are further apart than `CONFLICT` of the line drawn.
    """
    return abs(published_m - shape_m) > CONFLICT * shape_m


def stretch_lengths(route: Route) -> tuple[StretchLengths, ...]:
    """
    Set published lengths beside those of the line drawn, stretch by stretch.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    lengths
        One for each stretch of the study that the route follows, in order of travel.
    """
    along = _Along(route)
    spans = _spans(route, along)
    bearing = _bearing(route, spans, along)
    shape_m = route.network.shape_length_m[route.edges]
    published = _published(route)
    found = []
    for key in spans:
        on = route.stretch == key
        drawn_m, used_m = float(shape_m[on].sum()), float(route.length_m[on & published].sum())
        records = sorted(bearing.get(key, ()), key=lambda record: not record.whole)
        differs = differ(used_m, float(shape_m[on & published].sum())) or any(
            differ(record.length_m, drawn_m) for record in records if record.whole
        )
        texts = route.network.text["source"].take(route.edges[on & published]).words
        tags = sorted({tag for text in texts for tag in text.split("; ") if tag})
        total_m = float(route.length_m[on].sum())
        found.append(StretchLengths(key, total_m, used_m, drawn_m, tuple(records), tuple(tags), differs))
    return tuple(found)


def drawn_by_territory_m(route: Route) -> dict[str, float]:
    """
    Give the length drawn in each territory where it is in conflict with the published one.

    Parameters
    ----------
    route
        A resolved route.

    Returns
    -------
    shape_m
        Metres by territory, for those whose length is all published and further than `CONFLICT` from the line drawn.
    """
    shape_m = route.network.shape_length_m[route.edges]
    published = _published(route)
    found = {}
    for key in dict.fromkeys(route.territory):
        here = route.territory == key
        drawn_m = float(shape_m[here].sum())
        if published[here].all() and differ(float(route.length_m[here].sum()), drawn_m):
            found[str(key)] = drawn_m
    return found


def _published(route: Route) -> NDArray[np.bool_]:
    return np.asarray(route.network.length_basis[route.edges] == LENGTH_BASES.index("published"))


def _spans(route: Route, along: _Along) -> Spans:
    """Say between which metres along the line a route follows each stretch of the study."""
    spans: Spans = {}
    for first, last in route.runs(route.stretch):
        key = str(route.stretch[first])
        if key in route.study.stretches:
            spans.setdefault(key, []).append((float(along.ends_m[first]), float(along.ends_m[last])))
    return spans


def _bearing(route: Route, spans: Spans, places: _Along) -> dict[str, list[Published]]:
    """List the published lengths that bear on each stretch; a part may reach from one stretch into the next."""
    found: dict[str, list[Published]] = {}
    for entry in route.study.lengths:
        own = entry.get("stretch")
        if own not in spans:
            continue
        if entry.get("whole"):
            found.setdefault(own, []).append(_record(route, entry, 1.0))
            continue
        ends = [places.at_m(entry.get(end, "")) for end in ("from", "to")]
        if None in ends or ends[0] == ends[1]:
            found.setdefault(own, []).append(_record(route, entry, None))
            continue
        low, high = sorted(end for end in ends if end is not None)
        for key, runs in spans.items():
            shared_m = sum(max(min(high, b) - max(low, a), 0.0) for a, b in runs)
            if shared_m > _TOUCH_M or (key == own and shared_m > 0):
                found.setdefault(key, []).append(_record(route, entry, min(shared_m / (high - low), 1.0)))
    for key in spans:
        stretch = route.study.stretches[key]
        listed = found.setdefault(key, [])
        if stretch.length_km is not None and not any(
            r.whole and r.length_m == stretch.length_km * 1000 for r in listed
        ):
            entry = {"from": stretch.from_place, "to": stretch.to_place, "whole": True, "km": stretch.length_km}
            listed.append(_record(route, {**entry, "source": stretch.length_source or ""}, 1.0))
    return found


def _record(route: Route, entry: Mapping[str, Any], share: float | None) -> Published:
    names = [_name(route, str(entry.get(end, ""))) for end in ("from", "to")]
    source = entry.get("source") or ()
    return Published(
        length_m=float(entry["km"]) * 1000,
        from_=names[0],
        to=names[1],
        whole=bool(entry.get("whole")),
        share=share,
        basis=str(entry.get("basis") or ""),
        sources=(source,) if isinstance(source, str) else tuple(source),
        note=str(entry.get("note") or ""),
    )


def _name(route: Route, place: str) -> str:
    """Name a place; what the study does not list as a place is a name already, or the id of a place left out."""
    known = route.study.places.get(place)
    return place.replace("_", " ") if known is None else known.names.get("en") or known.names.get("local") or place


class _Along:
    """Finds where along a route's line a place lies, on a plane that is true enough for shares of a length."""

    def __init__(self, route: Route) -> None:
        self.places = route.study.places
        points = route.coordinates()
        latitude = float(points[:, 1].mean()) if len(points) else 0.0
        self.scale = np.array([_M_PER_DEGREE * np.cos(np.radians(latitude)), _M_PER_DEGREE])
        self.line = shapely.LineString(points * self.scale) if len(points) > 1 else None
        edges = [shapely.LineString(route.network.coordinates(row) * self.scale).length for row in route.edges]
        self.ends_m = np.concatenate(([0.0], np.cumsum(edges)))

    def at_m(self, place: str) -> float | None:
        """Metres along the line to a place; None where the place is not known, or is not on the route."""
        known = self.places.get(place)
        if known is None or self.line is None:
            return None
        point = shapely.Point(np.array([known.lon, known.lat]) * self.scale)
        return float(self.line.project(point)) if point.distance(self.line) <= _NEAR_M else None
