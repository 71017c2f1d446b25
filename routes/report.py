"""A comparison as text for a terminal: figures side by side, differences, the order, and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from routes.metrics import properties
from routes.tables import grid

if TYPE_CHECKING:
    from routes.comparison import Comparison
    from routes.smaa import Acceptability

_NOT_KNOWN = "not known"
_KM, _HOUR = 1000.0, 3600.0
# Metric, heading, divisor, decimals.
_SHOWN = (
    ("length_m", "km", _KM, 1),
    ("to_build_m", "km not open", _KM, 1),
    ("goods_time_s", "time h", _HOUR, 1),
    ("ascent_m", "ascent m", 1.0, 0),
    ("highest_m", "highest m", 1.0, 0),
    ("crossings", "crossings", 1.0, 0),
    ("crossings.not_open", "of them not open", 1.0, 0),
    ("whole_year", "first whole, year", 1.0, 0),
)
_TERRITORY = "length_by_territory_m."
_WORDS = (("usable", "usable"), ("standing", "standing"))


def as_text(comparison: Comparison) -> str:
    """
    Write a comparison for a terminal.

    Parameters
    ----------
    comparison
        Of routes.

    Returns
    -------
    text
        Central values with their ranges in brackets, one column a route; differences where there is a baseline; the
        order with the share of samples at each rank; what would change it; and what the figures rest on.
    """
    cells = _Cells(comparison.table)
    ids = [route.id for route in comparison.routes]
    blocks = [_figures(cells, ids)]
    if comparison.baseline is not None:
        blocks.append(_differences(cells, ids, comparison.baseline))
    if comparison.order is not None and comparison.sure is not None:
        blocks += [_order(comparison.order, comparison.sure), _weights(comparison.sure)]
    blocks.append("\n".join(comparison.sentences))
    blocks.append("\n".join(_notes(comparison)))
    return "\n\n".join(blocks) + "\n"


class _Cells:
    """The tidy table by metric and route."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.metrics = list(dict.fromkeys(table["metric"]))
        self._rows: dict[tuple[str, str], dict[str, Any]] = {
            (row["metric"], row["route"]): {str(name): value for name, value in row.items()}
            for row in table.to_dict("records")
        }

    def row(self, metric: str, route: str) -> dict[str, Any]:
        return self._rows.get((metric, route), {})

    def words(self, metric: str, route: str) -> str:
        found = self.row(metric, route).get("words")
        return found if isinstance(found, str) else _NOT_KNOWN

    def number(self, metric: str, route: str, scale: float, digits: int) -> str:
        row = self.row(metric, route)
        if not row and metric.startswith(_TERRITORY):  # a route that never enters it; not one that is not resolved
            return _NOT_KNOWN if pd.isna(self.row("length_m", route)["central"]) else f"{0:.{digits}f}"
        if not row:
            return "-"
        if pd.isna(row["central"]):
            return _NOT_KNOWN
        low, central, high = (f"{row[case] / scale:.{digits}f}" for case in ("low", "central", "high"))
        return central if low == high else f"{central} ({low}-{high})"


def _figures(cells: _Cells, ids: list[str]) -> str:
    territories = [m for m in cells.metrics if m.startswith(_TERRITORY)]
    shown = [_SHOWN[0], *((m, f"km in {m.removeprefix(_TERRITORY)}", _KM, 1) for m in sorted(territories)), *_SHOWN[1:]]
    rows = [[title, *(cells.number(m, route, scale, digits) for route in ids)] for m, title, scale, digits in shown]
    rows.insert(len(territories) + 3, ["by", *(cells.words("goods_time_s", route) for route in ids)])
    rows += [[title, *(cells.words(metric, route) for route in ids)] for metric, title in _WORDS]
    return grid(["", *ids], rows, numbers=range(1, len(ids) + 1))


def _differences(cells: _Cells, ids: list[str], baseline: str) -> str:
    others = [route for route in ids if route != baseline]
    rows = [
        [title, *(_difference(cells.row(metric, route), scale, digits) for route in others)]
        for metric, title, scale, digits in _SHOWN[:3]
    ]
    return grid([f"difference to {baseline}", *others], rows, numbers=range(1, len(ids)))


def _difference(row: dict[str, Any], scale: float, digits: int) -> str:
    if not row or pd.isna(row["difference"]):
        return _NOT_KNOWN
    names = ("difference_low", "difference", "difference_high")
    low, central, high = (f"{row[name] / scale:+.{digits}f}" for name in names)
    return central if low == high else f"{central} ({low} to {high})"


def _order(order: pd.DataFrame, sure: Acceptability) -> str:
    ranks = [f"{rank}." for rank in sure.ranks.columns]
    rows = []
    for route, row in zip(map(str, order.index), order.to_dict("records"), strict=True):
        place = "-" if pd.isna(row["rank"]) else str(row["rank"])
        score = _NOT_KNOWN if pd.isna(row["score"]) else f"{row['score']:.2f}"
        confidence = sure.confidence[route]
        shares = [f"{share:.1%}" for share in sure.ranks.loc[route]]
        rows.append([place, route, score, *shares, "-" if np.isnan(confidence) else f"{confidence:.1%}"])
    return grid(["rank", "route", "score", *ranks, "confidence"], rows, numbers=[0, *range(2, len(ranks) + 4)])


def _weights(sure: Acceptability) -> str:
    rows = [
        [str(route), *("-" if pd.isna(weight) else f"{weight:.2f}" for weight in row)]
        for route, row in zip(sure.central_weights.index, sure.central_weights.to_numpy(), strict=True)
    ]
    header = ["central weights", *(str(name) for name in sure.central_weights.columns)]
    return grid(header, rows, numbers=range(1, len(header)))


def _notes(comparison: Comparison) -> list[str]:
    first = comparison.routes[0]
    about = properties(first)
    notes = []
    if comparison.sure is not None:
        sure = comparison.sure
        notes.append(
            "Score: weighted mean of utilities, 1 at the best value that any of them might have. 1., 2., ...: in which "
            f"share of {sure.samples:,} samples (seed {sure.seed}) of values within their ranges and of all weights a "
            "route comes at that rank (SMAA-2); confidence: share in which it comes first with its central weights."
        )
        notes += sure.notes
    table = comparison.table
    for metric in (name for name, *_rest in _SHOWN):
        unknown = table[(table["metric"] == metric) & table["reason"].notna()]
        notes += [f"{row['route']}, {metric}: {row['reason']}." for row in unknown.to_dict("records")]
    notes += [f"{route.id}: {notice}" for route in comparison.routes if (notice := properties(route)["notice"])]
    if about["scenario"]:
        notes.append(f"Scenario: {about['scenario']['title']}.")
        notes += [_change(change) for change in about["scenario"]["changes"]]
    network = about["network"]
    kind = "generalised" if network["generalised"] else "full detail"
    notes.append(
        f"Network: {network['title']} ({kind}, data of {network['data_date'] or 'a date not known'}). "
        f"Facts until {about['facts_until']}. What is not open is timed as if it were; dwell at crossings is assumed "
        "where no source gives it."
    )
    return notes


def _change(change: dict[str, Any]) -> str:
    what = f"{change['length_m'] / _KM:.1f} km" if change["length_m"] else ""
    parts = [what, *(f"crossing {name}" for name in change["crossings"]), change["note"] or ""]
    basis = "" if change["announced"] is None else ", announced" if change["announced"] else ", assumed"
    year = f" by the end of {change['year']}{basis}" if change["year"] else ""
    work = f"{change['work']}, " if change["work"] else ""
    return f"  {change['what']}{year}: {work}{change['name']} ({', '.join(part for part in parts if part)})"
