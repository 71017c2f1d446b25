"""The table of a comparison: a row a metric, a column a route, each figure with its range and its difference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from web import figures
from web.language import N_
from web.language import gettext as _
from web.sentences import said
from web.words import STATUS, sentence, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routes.comparison import Comparison
    from web.contents import Contents

# Groups of metrics, in the order in which a planner asks; a name that ends in a point stands for all that begin so.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("Order"), ("rank", "standing", "usable")),
    (N_("Length"), ("length_m", "length_by_territory_m.", "length_near_border_m")),
    (N_("To build"), ("to_build_m", "length_by_status_m.", "whole_year")),
    (N_("Time"), ("goods_time_s", "time_s.", "moving_s.", "dwell_s.")),
    (N_("Heights"), ("ascent_m", "descent_m", "highest_m")),
    (N_("Crossings"), ("crossings", "crossings.not_open")),
    (N_("Shape"), ("shape_length_m", "geodesic_m", "sinuosity")),
    (N_("Conditions"), ("time_condition", "notice")),
)
LABELS = {
    "rank": N_("Place in the order"),
    "standing": N_("Standing"),
    "usable": N_("Can be used"),
    "length_m": N_("Length"),
    "length_near_border_m": N_("Near a border it weaves along"),
    "to_build_m": N_("To build or rebuild"),
    "whole_year": N_("First whole, year"),
    "goods_time_s": N_("Time for goods"),
    "ascent_m": N_("Ascent"),
    "descent_m": N_("Descent"),
    "highest_m": N_("Highest point"),
    "crossings": N_("Crossings"),
    "crossings.not_open": N_("Crossings not open"),
    "shape_length_m": N_("Length of the line drawn"),
    "geodesic_m": N_("Straight line"),
    "sinuosity": N_("Sinuosity"),
    "time_condition": N_("Times hold"),
    "notice": N_("Today"),
}
_NESTED = {
    "length_by_territory_m": N_("In %(name)s"),
    "length_by_status_m": N_("Of it %(name)s"),
    "time_s": N_("Time, %(name)s"),
    "moving_s": N_("Moving, %(name)s"),
    "dwell_s": N_("Waiting, %(name)s"),
}
_SPLIT = ("length_by_territory_m", "length_by_status_m")  # parts of a whole: one that is not named is 0
_HEIGHTS = ("ascent_m", "descent_m", "highest_m")
_WORDS = ("standing", "usable", "time_condition", "notice")


@dataclass(frozen=True)
class Cell:
    """
    One figure.

    Attributes
    ----------
    route
        Id of the route.
    value
        What is shown; empty where `reason` is.
    difference
        To the baseline's; None without one.
    reason
        Number of the reason why it is not known; None where it is known.
    by
        Whose figure it is: a vehicle; empty where that goes without saying.
    basis
        Fragment of the route's page that says how the figure was made; empty for none.
    at
        What the cell sorts by; None where not known.
    """

    route: str
    value: Markup
    difference: Markup | None = None
    reason: int | None = None
    by: str = ""
    basis: str = ""
    at: float | None = None


@dataclass(frozen=True)
class Row:
    """
    One metric.

    Attributes
    ----------
    metric
        Its name, as in the files.
    label
        Words for it.
    cells
        One a route, in the order of the columns.
    sortable
        Whether it is a number to put routes in order by.
    """

    metric: str
    label: str
    cells: tuple[Cell, ...]
    sortable: bool


@dataclass(frozen=True)
class Figures:
    """
    The table.

    Attributes
    ----------
    routes
        Ids, in the order of the columns.
    groups
        Title and rows.
    reasons
        Why figures are not known, each once: `Cell.reason` counts from 1.
    """

    routes: tuple[str, ...]
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    reasons: tuple[str, ...]


class Cells:
    """The tidy table of a comparison by metric and route, with its order as one more metric."""

    def __init__(self, comparison: Comparison) -> None:
        records = comparison.table.to_dict("records")
        self._rows: dict[tuple[str, str], dict[str, Any]] = {(r["metric"], r["route"]): r for r in records}  # type: ignore[misc]  # columns are named
        self.metrics = list(dict.fromkeys(comparison.table["metric"]))
        self.routes = [route.id for route in comparison.routes]
        self.baseline = comparison.baseline
        for route, row in ({} if comparison.order is None else comparison.order.to_dict("index")).items():
            rank = None if pd.isna(row["rank"]) else float(row["rank"])
            self._rows["rank", str(route)] = {"unit": "rank", "central": rank, "score": row["score"], "reason": None}

    def row(self, metric: str, route: str) -> dict[str, Any] | None:
        """Give what is known of a metric of a route; None where the metric does not apply to it."""
        if metric.partition(".")[0] not in _SPLIT:
            return self._rows.get((metric, route))
        found = self._part(metric, route)
        if self.baseline is not None:
            base = self._part(metric, self.baseline)
            found["difference"] = found["central"] - base["central"]
            found["difference_low"] = found["low"] - base["high"]
            found["difference_high"] = found["high"] - base["low"]
        return found

    def _part(self, metric: str, route: str) -> dict[str, Any]:
        """Give a part of a route's length; one that the table does not name is 0 where the length is known."""
        found = self._rows.get((metric, route))
        if found is None:
            whole = self._rows["length_m", route]
            found = {**whole, **dict.fromkeys(("low", "central", "high"), whole["central"] * 0.0)}
        return dict(found)

    def at(self, metric: str, route: str) -> float | None:
        """Give the number that a metric sorts by; None where not known."""
        row = self.row(metric, route)
        if row is None or not row.get("unit") or pd.isna(row["central"]):
            return None
        return float(row["central"])

    def order(self, metric: str, *, descending: bool) -> list[str]:
        """Put the routes in order by a metric; those of which it is not known come last."""

        def key(route: str) -> tuple[bool, float]:
            value = self.at(metric, route)
            return value is None, 0.0 if value is None else (-value if descending else value)

        return sorted(self.routes, key=key)


def tabulate(contents: Contents, comparison: Comparison, sort: str = "", *, descending: bool = False) -> Figures:
    """
    Lay a comparison out as a table.

    Parameters
    ----------
    contents
        What the window shows.
    comparison
        Routes compared.
    sort
        Metric to put the routes in order by; the order given where it is none.
    descending
        Whether the largest comes first.

    Returns
    -------
    figures
        Written in the reader's language.
    """
    cells = Cells(comparison)
    routes = tuple(cells.order(sort, descending=descending))
    reasons: dict[str, int] = {}
    groups = []
    for title, names in GROUPS:
        rows = [_row(contents, cells, metric, routes, reasons) for metric in _metrics(cells, names)]
        groups.append((_(title), tuple(row for row in rows if any(c.value or c.reason for c in row.cells))))
    return Figures(routes, tuple(group for group in groups if group[1]), tuple(reasons))


def label(contents: Contents, metric: str) -> str:
    """
    Name a metric.

    Parameters
    ----------
    contents
        What the window shows.
    metric
        Its name, as in the files.

    Returns
    -------
    label
        Words for it, in the reader's language.
    """
    kind, point, key = metric.partition(".")
    if not point or metric in LABELS:
        return _(LABELS.get(metric, metric))
    if kind == "length_by_territory_m":
        name = contents.territories.get(key, key)
    elif kind == "length_by_status_m":
        name = words(key, STATUS)
    else:
        vehicle = contents.study.vehicles.get(key)
        name = vehicle.title.lower() if vehicle else words(key, {})
    return _(_NESTED.get(kind, "%(name)s"), name=name)


def _metrics(cells: Cells, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        if name.endswith("."):
            yield from sorted(metric for metric in cells.metrics if metric.startswith(name))
        else:
            yield name


def _row(
    contents: Contents, cells: Cells, metric: str, routes: Sequence[str], reasons: dict[str, int]
) -> Row:  # fmt: skip
    found = tuple(_cell(contents, cells, metric, route, reasons) for route in routes)
    return Row(metric, label(contents, metric), found, metric not in _WORDS)


def _cell(contents: Contents, cells: Cells, metric: str, route: str, reasons: dict[str, int]) -> Cell:
    row = cells.row(metric, route)
    if row is None:
        return Cell(route, Markup(""))
    if metric == "rank":
        return _ranked(route, row)
    if not row["unit"]:
        text = row["words"] if isinstance(row["words"], str) else ""
        return Cell(route, Markup("{}").format(sentence(said(_(text)))) if text else Markup(""))
    if pd.isna(row["central"]):
        reason = row["reason"] if isinstance(row["reason"], str) else _("not known")
        text = sentence(said(reason.removeprefix("not known: ")))
        return Cell(route, Markup(""), reason=reasons.setdefault(text, len(reasons) + 1))
    digits = contents.digits[route]
    value = figures.figure(written(metric, row, digits))
    by = contents.study.vehicles[row["words"]].title if row["words"] in contents.study.vehicles else ""
    difference = None
    if cells.baseline not in {None, route} and not pd.isna(row["difference"]):
        difference = Markup('<span class="difference">{}</span>').format(signed(metric, row, digits))
    kind = metric.partition(".")[0]
    basis = "time_s" if kind in {"goods_time_s", "moving_s", "dwell_s"} else kind
    linked = basis not in {"whole_year", "crossings"}
    return Cell(route, value, difference, basis=f"basis-{basis}" if linked else "", by=by, at=float(row["central"]))


def _ranked(route: str, row: Mapping[str, Any]) -> Cell:
    if row["central"] is None:
        return Cell(route, Markup('<em class="unknown">{}</em>').format(_("no place")))
    rank = figures.figure(f"{row['central']:.0f}.")
    score = _("score %(score)s", score=figures.number(row["score"], 2))
    return Cell(route, rank + Markup(' <span class="range">{}</span>').format(score), at=row["central"])


def written(metric: str, row: Mapping[str, Any], digits: int = figures.MEASURED) -> str:
    """
    Write one figure with its range.

    Parameters
    ----------
    metric
        Its name.
    row
        Its row of the tidy table, of which the central value is known.
    digits
        How many digits lengths bear.

    Returns
    -------
    text
        Such as "261 km (231–346)" or "3.9 h (3.1–4.8)".
    """
    low, central, high = (float(row[case]) for case in ("low", "central", "high"))
    ranged = low < high
    if row["unit"] == "s":
        text = figures.duration({"low": low, "central": central, "high": high})
    elif row["unit"] == "year":
        text = f"{central:.0f} ({low:.0f}–{high:.0f})" if ranged else f"{central:.0f}"
    elif metric in _HEIGHTS:
        text = figures.climb(central, (low, high) if ranged else None)
    elif row["unit"] == "1":
        text = figures.ratio(central) if metric == "sinuosity" else figures.number(central)
    elif metric == "length_m" and ranged:
        text = figures.estimated_length(central, (low, high))
    else:
        text = figures.length(central, digits)
        if figures.length(low, digits) != figures.length(high, digits):
            text += f" ({figures.length_range(low, high, digits).rpartition(figures.THIN)[0]})"
    return text


def signed(metric: str, row: Mapping[str, Any], digits: int = figures.MEASURED) -> str:
    """
    Write the difference of one figure to the baseline's.

    Parameters
    ----------
    metric
        Its name.
    row
        Its row of the tidy table, of which the difference is known.
    digits
        How many digits lengths bear.

    Returns
    -------
    text
        Such as "+12.7 km (−20 to +106)".
    """
    scale, unit, most = _SCALES.get(row["unit"], (1.0, "", 0))
    if metric in _HEIGHTS:
        scale, unit, most = 1.0, "m", -1
    elif metric == "sinuosity":
        most = 2
    low, central, high = (float(row[f"difference{case}"]) / scale for case in ("_low", "", "_high"))
    places = most
    largest = max(abs(float(row["central"])), abs(float(row["central"]) - float(row["difference"]))) / scale
    if row["unit"] == "m" and metric not in _HEIGHTS:  # no finer than the two lengths are written
        places = min(most, digits - 1 - math.floor(math.log10(largest))) if largest else 0
    if low < high:
        bearing = figures.digits_for(low, high)
        places = min(places, max(bearing, 0) if unit == "h" else bearing)  # tens of hours would say nothing
    text = f"{_sign(central, places)}{figures.THIN if unit else ''}{unit}"
    if low == high:
        return text
    return _("%(difference)s (%(low)s to %(high)s)", difference=text, low=_sign(low, places), high=_sign(high, places))


_SCALES = {"m": (1000.0, "km", 1), "s": (3600.0, "h", 1), "m above sea level": (1.0, "m", -1)}


def _sign(value: float, digits: int) -> str:
    text = figures.number(value, digits)
    return f"+{text}" if round(value, digits) > 0 else text
