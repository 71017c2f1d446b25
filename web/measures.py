"""The measures of a route as rows for a page: value, range, what it rests on, and its sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from web import figures
from web.language import gettext as _
from web.words import BASIS, CLASS, STATUS, STRUCTURE, words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Measure:
    """
    One row.

    Attributes
    ----------
    key
        Name of the property, as in the API; also the row's fragment (`basis-<key>`).
    label
        What it is, in words.
    value
        The figure, or "not known" with its reason.
    formula
        How it was made; empty where it is not recorded.
    sources
        Tags of its sources.
    parts
        A breakdown: label and figure, in order.
    notes
        What else a reader must know of how it was made.
    reason
        Why the figure is not known; empty where it is.
    """

    key: str
    label: str
    value: Markup
    formula: str = ""
    sources: tuple[str, ...] = ()
    parts: tuple[tuple[str, Markup], ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""


def measures(
    properties: Mapping[str, Any],
    names: Mapping[str, str],
    vehicles: Mapping[str, str],
    digits: int,
    drawn_m: Mapping[str, float] | None = None,
) -> list[Measure]:
    """
    Turn the properties of a route into rows.

    Parameters
    ----------
    properties
        What `routes.metrics.properties` gives.
    names
        Name of each territory by key.
    vehicles
        Name of each vehicle by key.
    digits
        How many digits the route's lengths bear.
    drawn_m
        Metres drawn by territory, where they are in conflict with the published length.

    Returns
    -------
    rows
        Every measure, in the order in which a planner asks.
    """
    make = _Rows(properties, digits)
    when = figures.as_of((properties.get("network") or {}).get("data_date"))
    ranges = properties.get("length_by_territory_range_m") or {}
    rows = [
        make.row("length_m", _("Length"), lambda v: figures.estimated_length(v, properties.get("length_range_m"))),
        make.row(
            "length_by_territory_m", _("Length by territory"), None, make.by_territory(ranges, names, drawn_m or {})
        ),
        make.row("length_near_border_m", _("Near a border it weaves along"), make.length),
        make.row(
            "length_by_status_m",
            _("Length by status, %(when)s", when=when),
            None,
            make.split("length_by_status_m", STATUS),
        ),
        make.row("to_build_m", _("To build or rebuild, %(when)s", when=when), make.length),
        make.row("time_s", _("Travel time"), None, _times(properties, vehicles)),
        make.row("ascent_m", _("Ascent"), lambda v: figures.climb(v, properties.get("ascent_range_m"))),
        make.row("descent_m", _("Descent"), lambda v: figures.climb(v, properties.get("descent_range_m"))),
        make.row("highest_m", _("Highest point"), lambda v: figures.climb(v, properties.get("highest_range_m"))),
        make.row(
            "length_by_structure_m", _("Length by structure"), None, make.split("length_by_structure_m", STRUCTURE)
        ),
        make.row("length_by_class_m", _("Length by class"), None, make.split("length_by_class_m", CLASS)),
        make.row("length_by_basis_m", _("What the length rests on"), None, make.split("length_by_basis_m", BASIS)),
        make.row("shape_length_m", _("Length of the line drawn"), figures.length),
        make.row("geodesic_m", _("Straight line"), figures.length),
        make.row("sinuosity", _("Sinuosity (line drawn over straight line)"), figures.ratio),
    ]
    return [row for row in rows if row is not None]


@dataclass(frozen=True)
class _Rows:
    """Makes rows from one route's properties."""

    properties: Mapping[str, Any]
    digits: int

    def length(self, value_m: float) -> str:
        """Write a length with as many digits as the route's lengths bear."""
        return figures.length(value_m, self.digits)

    def row(
        self,
        key: str,
        label: str,
        write: Callable[[float], str] | None,
        parts: tuple[tuple[str, Markup], ...] = (),
    ) -> Measure | None:
        """Make one row; a property that the route does not have at all makes none."""
        if key not in self.properties:
            return None
        basis = (self.properties.get("basis") or {}).get(key) or {}
        value, reason = self.properties[key], ""
        if not figures.known(value) or (write is None and not parts):
            reason = str((self.properties.get("reasons") or {}).get(key) or "")
            shown = figures.unknown(reason)
        else:
            shown = Markup("") if write is None else figures.figure(write(value))
        notes = basis.get("notes") or ()
        return Measure(
            key, label, shown, str(basis.get("formula") or ""), tuple(basis.get("sources") or ()), parts,
            (notes,) if isinstance(notes, str) else tuple(notes), reason,
        )  # fmt: skip

    def split(self, key: str, table: dict[str, str]) -> tuple[tuple[str, Markup], ...]:
        """Break a length down by the words of a table, longest first."""
        lengths = self.properties.get(key) or {}
        order = sorted(lengths.items(), key=lambda item: -item[1])
        return tuple((words(k, table) or _("class not tagged"), figures.figure(self.length(v))) for k, v in order if v)

    def by_territory(
        self, ranges: Mapping[str, Any], names: Mapping[str, str], drawn_m: Mapping[str, float]
    ) -> tuple[tuple[str, Markup], ...]:
        """Break the length down by territory, with the range that the border leaves it, and what is drawn instead."""
        parts = []
        for key, value in (self.properties.get("length_by_territory_m") or {}).items():
            shown = figures.figure(self.length(value))
            limits = ranges.get(key)
            if limits and self.length(limits[0]) != self.length(limits[1]):
                shown += Markup(' <span class="range">{}</span>').format(
                    figures.length_range(limits[0], limits[1], self.digits)
                )
            if key in drawn_m:
                shown += Markup(' <span class="range">{}</span>').format(
                    _("published; %(length)s drawn", length=self.length(drawn_m[key]))
                )
            parts.append((names.get(key, key), shown))
        return tuple(parts)


def _times(properties: Mapping[str, Any], vehicles: Mapping[str, str]) -> tuple[tuple[str, Markup], ...]:
    """Give each vehicle's time, and apart from each other what of it is moving and what is waiting at crossings."""
    parts = []
    for key, estimate in (properties.get("time_s") or {}).items():
        reason = (properties.get("reasons") or {}).get("time_s")
        parts.append((vehicles.get(key, words(key, {})), _time(estimate, reason)))
        for name, label in (("moving_s", _("of it moving")), ("dwell_s", _("of it waiting at crossings"))):
            split = properties.get(name) or {}
            if key in split:
                why = (properties.get("reasons") or {}).get(name)
                parts.append((label, Markup('<small class="share">{}</small>').format(_time(split[key], why))))
    return tuple(parts)


def _time(estimate: Mapping[str, float | None] | None, reason: str | None) -> Markup:
    text = figures.duration(estimate)
    return figures.figure(text) if text else figures.unknown(reason)


def transit(properties: Mapping[str, Any]) -> tuple[str, float] | None:
    """
    Pick the territory that a route mostly passes through between those where it starts and ends.

    Parameters
    ----------
    properties
        What `routes.metrics.properties` gives.

    Returns
    -------
    passed
        Key and metres; None where it passes through no other territory.
    """
    lengths: dict[str, float] = properties.get("length_by_territory_m") or {}
    ends = set(properties.get("ends") or ())
    return max(((k, v) for k, v in lengths.items() if k not in ends and v > 0), key=lambda item: item[1], default=None)
