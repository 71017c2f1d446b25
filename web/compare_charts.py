"""The charts of a comparison: what each shows, in words and as a table beside it, and its drawing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from routes.beaten import beaten_by
from routes.ranking import Table
from web import charts, figures
from web.charts import Drawing
from web.charts_inks import of_words, shades
from web.compare_front import unbeaten
from web.compare_table import Cells, label, written
from web.escape import plain
from web.language import N_, ngettext
from web.language import gettext as _
from web.sheet import profile
from web.words import MODE, words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from routes.comparison import Comparison
    from web.compare_state import State
    from web.contents import Contents

CRITERIA = {
    "time": N_("Time for goods, hours"),
    "distance": N_("Length, km"),
    "build": N_("To build or rebuild, km"),
    "climb": N_("Ascent, m"),
    "crossings": N_("Crossings"),
    "closed": N_("Crossings not open"),
}
"""Words for the criteria of `routes.ranking`, each with the unit that a chart shows it in."""

METRICS = {
    "time": "goods_time_s",
    "distance": "length_m",
    "build": "to_build_m",
    "climb": "ascent_m",
    "crossings": "crossings",
    "closed": "crossings.not_open",
}
"""The metric that each criterion is."""

_MULTIPLES = ("length_m", "to_build_m", "goods_time_s", "ascent_m", "crossings.not_open")
_UNITS = {"m": (1000.0, N_("km")), "s": (3600.0, N_("hours"))}
_TERRITORY = "length_by_territory_m."
_SCALE = {"time": 3600.0, "distance": 1000.0, "build": 1000.0}  # of a criterion's unit, in that of `CRITERIA`
_TWO = 2
_PLOT_PIXELS, _LINE_PIXELS = 260, 15  # about the height of a plot, and of a line of words
_FAR, _NAME, _LINE = 0.62, 0.36, 0.045  # shares of a plot: where names turn to the left, the room of a name
_ROOM = 0.045  # of a bar, for two letters


@dataclass(frozen=True)
class Chart:
    """
    One chart.

    Attributes
    ----------
    name
        In addresses.
    title
        Heading.
    text
        What it shows, in a sentence or two: what a reader who cannot see it is told.
    head, rows
        Its figures as a table: headings, and rows whose first entry names the route.
    specs
        Vega-Lite for the page, one a drawing, each with its own heading (empty for one drawing).
    drawings
        What a file draws, in the colours of a theme: light or dark.
    notes
        What a reader must know of how it was made.
    """

    name: str
    title: str
    text: str
    head: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    specs: tuple[tuple[str, dict[str, Any]], ...]
    drawings: Callable[[str], list[Drawing]]
    notes: tuple[str, ...] = ()

    def file(self, theme: str, notes: Sequence[str]) -> dict[str, Any]:
        """Give the chart as it stands in a file, with a heading and what it rests on."""
        return charts.filed(self.drawings(theme), self.title, notes, theme)


def draw(contents: Contents, comparison: Comparison, state: State, order: Sequence[str]) -> list[Chart]:
    """
    Draw every chart that a comparison has.

    Parameters
    ----------
    contents
        What the window shows.
    comparison
        Routes compared.
    state
        How they are looked at.
    order
        Ids of the routes, in the order of the table.

    Returns
    -------
    charts
        Those that cannot be drawn are left out: ranks take two routes, profiles take relief.
    """
    view = _View(contents, comparison, order)
    found = [_ranks(view), _multiples(view), _profiles(view), _two(view, state)]
    return [chart for chart in found if chart is not None]


@dataclass(frozen=True, eq=False)
class _View:
    """A comparison with the names and colours of its routes."""

    contents: Contents
    comparison: Comparison
    order: Sequence[str]

    @cached_property
    def cells(self) -> Cells:
        return Cells(self.comparison)

    def name(self, route: str) -> str:
        return plain(self.contents.routes[route].title)

    def record(self, route: str) -> dict[str, Any]:
        return {"name": self.name(route), "colour": self.contents.colours[route]}

    def names(self, routes: Sequence[str]) -> str:
        return ", ".join(self.name(route) for route in routes)


def _multiples(view: _View) -> Chart | None:
    cells = view.cells
    passed = _passed(view)
    metrics = [m for m in (*_MULTIPLES[:2], *passed, *_MULTIPLES[2:]) if _tells(cells, m)]
    panels = [(label(view.contents, metric), *_panel(view, cells, metric)) for metric in metrics]
    if not panels:
        return None

    drawings = [
        Drawing("panel", (f"{title}, {axis}" if axis else title,), {"rows": rows, "base": base})
        for title, rows, axis, base in panels
    ]
    head = (_("Way across"), *(title for title, *_rest in panels))
    rows = tuple(
        (view.name(route), *(panel_rows[number]["text"] for _title, panel_rows, _axis, _base in panels))
        for number, route in enumerate(view.order)
    )
    text = _("One panel a measure, one bar a way across, each from 0; the thin line is the range of the estimate.")
    if view.comparison.baseline:
        text += " " + _("The dashed line marks %(name)s.", name=view.name(view.comparison.baseline))
    specs = tuple(
        (title, charts.embedded(Drawing("panel", (axis,), drawing.data), f"{title}. {text}"))
        for drawing, (title, _rows, axis, _base) in zip(drawings, panels, strict=True)
    )
    return Chart("multiples", _("Measure by measure"), text, head, rows, specs, lambda _theme: drawings)


def _tells(cells: Cells, metric: str) -> bool:
    """Say whether the routes differ in a metric: a panel of equal bars tells nothing."""
    return len({cells.at(metric, route) for route in cells.routes} - {None}) > 1


def _passed(view: _View) -> list[str]:
    """Give the metrics of the territories that only some routes pass, or that none begins or ends in."""
    ends = {key for p in view.contents.properties.values() for key in p.get("ends") or ()}
    named = (metric for metric in view.cells.metrics if metric.startswith(_TERRITORY))
    return sorted(metric for metric in named if metric.removeprefix(_TERRITORY) not in ends)


def _panel(view: _View, cells: Cells, metric: str) -> tuple[list[dict[str, Any]], str, list[dict[str, Any]]]:
    rows, unit = [], ""
    for route in view.order:
        row, record = cells.row(metric, route), view.record(route)
        if row is None or pd.isna(row["central"]):
            rows.append({**record, "text": _("not known")})
            continue
        scale, unit = _UNITS.get(row["unit"], (1.0, "")) if metric != "ascent_m" else (1.0, N_("m"))
        text = written(metric, row, view.contents.digits[route])
        numbers = {case: round(float(row[case]) / scale, 3) for case in ("low", "central", "high")}
        rows.append({**record, **numbers, "text": text})
    base = view.comparison.baseline
    at = None if base is None else next((r.get("central") for r in rows if r["name"] == view.name(base)), None)
    return rows, _(unit) if unit else "", [] if at is None else [{"at": at}]


def _profiles(view: _View) -> Chart | None:
    found = {route.id: route for route in view.comparison.routes}
    thin = {key: profile(found[key], view.contents.territories) for key in view.order if not found[key].broken}
    lines, points, peaks, rows = [], [], [], []
    for number, key in enumerate(thin):
        if (shape := thin[key]) is None:
            continue
        line = _thinner(shape)
        lines.append({**view.record(key), "row": number})
        points += [{"row": number, "km": km, "m": m} for km, m in line]
        top = max(line, key=lambda pair: pair[1])
        peaks.append({**view.record(key), "km": top[0], "m": top[1]})
        heights = [m for _km, m in line]
        ends = (heights[0], min(heights), max(heights), heights[-1])
        rows.append((view.name(key), *(figures.height(float(m)) for m in ends)))
    if not lines:
        return None
    axes = (_("Kilometres along the way"), _("Metres above sea level"))
    peaks = _apart(peaks)

    def drawing(theme: str) -> Drawing:
        inked = [{**peak, "ink": of_words(theme, peak["colour"])} for peak in peaks]
        return Drawing("profiles", axes, {"points": points, "lines": lines, "peaks": inked})

    head = (_("Way across"), _("Start"), _("Lowest"), _("Highest"), _("End"))
    first = next(shape for shape in thin.values() if shape)
    text = _("Terrain along each way, all on one axis, from the same relief.")
    notes = tuple(filter(None, (first["caveat"],)))
    specs = (("", charts.embedded(drawing("page"), text)),)
    return Chart(
        "profiles", _("Elevation profiles"), text, head, tuple(rows), specs, lambda theme: [drawing(theme)], notes
    )  # fmt: skip


def _thinner(shape: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Thin a profile to what this chart can show, in kilometres and metres."""
    points = np.column_stack((np.array(shape["distance_m"]) / 1000, np.array(shape["ele_m"])))
    drawn = shapely.linestrings(points * (2.5, 0.1))  # about the pixels of a kilometre and of a metre
    thin = shapely.get_coordinates(shapely.simplify(drawn, 0.7)) / (2.5, 0.1)
    return [(round(float(km), 1), float(round(m))) for km, m in thin]


def _apart(peaks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lift names that would lie on each other: of peaks near each other, those of the higher ones stand higher."""
    across = max(peak["km"] for peak in peaks) or 1.0
    metre = _PLOT_PIXELS / (max(peak["m"] for peak in peaks) or 1.0)
    placed: list[tuple[float, dict[str, Any]]] = []
    for peak in sorted(peaks, key=lambda found: found["m"]):
        at = peak["m"] * metre + _LINE_PIXELS / 2
        for other, there in sorted(placed, key=lambda found: found[0]):
            if abs(there["km"] - peak["km"]) < _NAME * across and abs(at - other) < _LINE_PIXELS:
                at = other + _LINE_PIXELS
        placed.append((at, {**peak, "dy": round(peak["m"] * metre - at)}))
    return [peak for _at, peak in placed]


def _two(view: _View, state: State) -> Chart | None:
    axes = (state.x, state.y)
    beaten = _beaten(view.comparison, axes)
    if beaten is None:
        return None
    cells, points, rows = view.cells, [], []
    for route in view.order:
        pair = [cells.row(METRICS[axis], route) for axis in axes]
        texts = [
            _("not known")
            if row is None or pd.isna(row["central"])
            else written(METRICS[axis], row, view.contents.digits[route])
            for axis, row in zip(axes, pair, strict=True)
        ]
        if route not in beaten:
            rows.append((view.name(route), *texts, _("not known")))
            continue
        rows.append((view.name(route), *texts, view.names(beaten[route]) or _("none")))
        points.append(
            {**view.record(route), "beaten": bool(beaten[route]), "x_text": texts[0], "y_text": texts[1]}
            | {**_scaled(state.x, pair[0], "x"), **_scaled(state.y, pair[1], "y")}
        )
    best = [route for route in view.order if route in beaten and not beaten[route]]
    text = _(
        "Less is better on both axes. No other way beats %(names)s on both at once: full marks, joined by the "
        "dashed line.", names=view.names(best),
    )  # fmt: skip
    head = (_("Way across"), _(CRITERIA[state.x]), _(CRITERIA[state.y]), _("Beaten on both by"))
    mode, ways = unbeaten(view.contents, state.question, view.comparison, axes)
    if ways:
        text += " " + ngettext(
            "The small dot is the one way by %(mode)s that no other of this network beats.",
            "Small dots are the %(n)s ways by %(mode)s that no other of this network beats, whatever their status.",
            len(ways), mode=words(mode, MODE),
        )  # fmt: skip
    others = [(x / _SCALE.get(state.x, 1.0), y / _SCALE.get(state.y, 1.0)) for x, y in ways]
    front = [{"x": round(x, 3), "y": round(y, 3)} for x, y in others]
    drawing = Drawing("two", head[1:3], {"points": _named(points), "front": front})
    specs = (("", charts.embedded(drawing, text)),)
    notes = (_("The times of the small dots leave gradients out."),) if ways and "time" in axes else ()
    return Chart("pareto", _("Two objectives at once"), text, head, tuple(rows), specs, lambda _theme: [drawing], notes)


@lru_cache(maxsize=64)
def _beaten(comparison: Comparison, axes: tuple[str, str]) -> Mapping[str, tuple[str, ...]] | None:
    """Say which routes beat which; None where fewer than two could be resolved."""
    whole = [route for route in comparison.routes if not route.broken]
    return beaten_by(Table.of(whole, axes), axes) if len(whole) >= _TWO else None


def _named(points: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say on which side of its point each name stands, and lift those that would lie on each other."""
    right = max((point["x_high"] for point in points), default=1.0) or 1.0
    top = max((point["y_high"] for point in points), default=1.0) or 1.0
    placed: list[dict[str, Any]] = []
    for point in sorted(points, key=lambda found: found["y"]):
        side = "right" if point["x"] > _FAR * right else "left"
        close = [
            other["dy"]
            for other in placed
            if other["side"] == side
            and abs(other["x"] - point["x"]) < _NAME * right
            and abs(other["y"] - point["y"]) < _LINE * top
        ]
        placed.append({**point, "side": side, "dy": min(close, default=14) - 14})
    return placed


def _scaled(criterion: str, row: Mapping[str, Any] | None, axis: str) -> dict[str, float]:
    scale = _SCALE.get(criterion, 1.0)
    low, central, high = (float(row[case]) / scale if row else 0.0 for case in ("low", "central", "high"))
    return {axis: round(central, 3), f"{axis}_low": round(low, 3), f"{axis}_high": round(high, 3)}


def _ranks(view: _View) -> Chart | None:
    sure, order = view.comparison.sure, view.comparison.order
    if sure is None or order is None:
        return None
    table = []
    for route in map(str, order.index):
        shares = [float(share) for share in sure.ranks.loc[route].to_numpy()]
        table.append((route, shares))
    head = (_("Way across"), *(f"{rank}." for rank in sure.ranks.columns))
    samples = figures.number(sure.samples)
    text = _(
        "How often each way comes at each rank in %(samples)s draws of all weights and of the values within their "
        "ranges. The stronger the shade, the better the rank.", samples=samples,
    )  # fmt: skip
    specs = (("", charts.embedded(_shares(view, table, "page"), text)),)
    return Chart(
        "ranks", _("How sure the order is"), text, head,
        tuple((view.name(route), *map(percent, shares)) for route, shares in table), specs,
        lambda theme: [_shares(view, table, theme)], tuple(sure.notes),
    )  # fmt: skip


def _shares(view: _View, table: Sequence[tuple[str, list[float]]], theme: str) -> Drawing:
    colours = shades(theme, len(table))
    rows, parts = [], []
    for route, shares in table:
        name, start = view.name(route), 0.0
        rows.append({"name": name, "text": _("first in %(share)s of the draws", share=percent(shares[0]))})
        for rank, share in enumerate(shares, start=1):
            fill, ink = colours[rank - 1]
            place = {"from": round(start, 4), "to": round(start + share, 4), "middle": round(start + share / 2, 4)}
            label = f"{rank}." if share >= _ROOM else ""
            parts.append(
                {"name": name, "rank": rank, "share": share, **place, "fill": fill, "ink": ink, "label": label}
            )  # fmt: skip
            start += share
    return Drawing("ranks", (_("Share of the draws"),), {"rows": rows, "parts": parts})


def percent(share: float) -> str:
    """
    Write a share.

    Parameters
    ----------
    share
        0 to 1.

    Returns
    -------
    text
        Whole per cent; "under 1 %" and "over 99 %" where rounding would claim never or always.
    """
    if 0 < share < 0.005:  # noqa: PLR2004 -- half a per cent
        return _("under %(share)s", share=f"1{figures.THIN}%")
    if 0.995 < share < 1:  # noqa: PLR2004
        return _("over %(share)s", share=f"99{figures.THIN}%")
    return f"{figures.number(100 * share)}{figures.THIN}%"
