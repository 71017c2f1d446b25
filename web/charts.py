"""Charts as Vega-Lite: kept without their data, in the colours of the page (light, dark, print) or of a file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import altair as alt

from web import charts_marks as marks
from web.charts_inks import THEMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Record = dict[str, Any]

FILE_WIDTH = 860
_COLUMNS = 3
_PANEL_WIDTH = 250
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans Armenian', 'DejaVu Sans', sans-serif"
_PADDING = {"left": 2, "right": 8, "top": 6, "bottom": 4}
_FILE_PADDING = 18
_HEIGHTS = {"profiles": 300, "two": 360}
_STEPS = {"panel": 34, "ranks": 40}  # pixels a row: a line of words, a bar under it
_KEPT = 64


@dataclass(frozen=True, eq=False)
class Drawing:
    """
    One drawing: what kind it is, and its data.

    Attributes
    ----------
    kind
        A function of `web.charts_marks`, which says what the data must hold: panel, profiles, two or ranks.
    axes
        Titles of its axes, across first.
    data
        Records by name.
    """

    kind: str
    axes: tuple[str, ...]
    data: Mapping[str, Sequence[Record]]


def embedded(drawing: Drawing, description: str) -> Record:
    """
    Finish a drawing for a page: as wide as its box, without a ground of its own.

    Parameters
    ----------
    drawing
        What to draw.
    description
        What it shows, in words.

    Returns
    -------
    spec
        Vega-Lite, JSON-ready.
    """
    bare = _bare((_part(drawing),), "page")
    return {**bare, "description": description, "datasets": _datasets([drawing])}


def filed(drawings: Sequence[Drawing], title: str, notes: Sequence[str], theme: str) -> Record:
    """
    Finish drawings for a file, which must say by itself what it shows and what it rests on.

    Parameters
    ----------
    drawings
        One, or several of a kind to set beside each other, each under its own title (that of its first axis).
    title
        Heading.
    notes
        Lines under it.
    theme
        light or dark.

    Returns
    -------
    spec
        Vega-Lite, JSON-ready.
    """
    bare = _bare(tuple(map(_part, drawings)), theme)
    return {**bare, "title": {"text": title, "subtitle": list(notes)}, "datasets": _datasets(drawings)}


def _datasets(drawings: Sequence[Drawing]) -> dict[str, Sequence[Record]]:
    return {f"{n}-{name}": list(rows) for n, drawing in enumerate(drawings) for name, rows in drawing.data.items()}


def _part(drawing: Drawing) -> tuple[str, tuple[str, ...], int]:
    """Give what a drawing without its data is known by: kind, axes and height in pixels."""
    height = _HEIGHTS.get(drawing.kind) or _STEPS[drawing.kind] * max(len(drawing.data["rows"]), 1)
    return drawing.kind, drawing.axes, height


@lru_cache(maxsize=_KEPT)
def _bare(parts: tuple[tuple[str, tuple[str, ...], int], ...], theme: str) -> Record:
    """Make a chart without its data: Altair checks it against the schema, which takes long, so it is kept."""
    charts = [
        getattr(marks, kind)(axes, theme, f"{n}-").properties(height=height)
        for n, (kind, axes, height) in enumerate(parts)
    ]
    if theme == "page":
        fit = alt.AutoSizeParams(type="fit-x", contains="padding")
        chart = charts[0].properties(width="container", autosize=fit)
    elif len(charts) == 1:
        chart = charts[0].properties(width=FILE_WIDTH)
    else:
        named = [
            c.properties(width=_PANEL_WIDTH, title=axes[0]) for c, (_, axes, _height) in zip(charts, parts, strict=True)
        ]
        chart = alt.concat(*named, columns=_COLUMNS, spacing=36).resolve_scale(x="independent", y="independent")
    inks, file = THEMES[theme], theme != "page"
    spec: Record = (
        chart.configure(
            background=inks["panel"] if file else "transparent", font=_FONT, padding=_FILE_PADDING if file else _PADDING
        )
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=inks["quiet"], titleColor=inks["quiet"], gridColor=inks["rule"], tickColor=inks["rule"],
            domain=False, labelFontSize=11.5, titleFontSize=12, titleFontWeight="normal", titlePadding=8,
            labelFlush=True,
        )
        .configure_text(fontSize=12)
        .configure_title(
            color=inks["ink"], subtitleColor=inks["quiet"], anchor="start", fontSize=14, subtitleFontSize=11.5,
            offset=14, subtitlePadding=6,
        )
        .to_dict()
    )  # fmt: skip
    return spec
