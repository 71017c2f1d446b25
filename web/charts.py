"""Charts as Vega-Lite: kept without their data, in the colours of the page (light, dark, print) or of a file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

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
# What stands for the title of an axis, and before the name of data, in a chart that is yet to be filled.
_TITLE, _DATA, _MOST_AXES = "@axis-{}@", "@data@", 2


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
    sized = {"width": "container", "autosize": {"type": "fit-x", "contains": "padding"}, "description": description}
    return {**_filled(drawing, "page"), **sized, "datasets": _datasets([drawing])}


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
    heading = {"title": {"text": title, "subtitle": list(notes)}, "datasets": _datasets(drawings)}
    filled = [_filled(drawing, theme, number) for number, drawing in enumerate(drawings)]
    if len(filled) == 1:
        return {**filled[0], **heading, "width": FILE_WIDTH}
    whole = {name: filled[0][name] for name in ("$schema", "config")}
    parts = [
        {
            **{name: value for name, value in part.items() if name not in whole},
            "width": _PANEL_WIDTH,
            "title": d.axes[0],
        }
        for part, d in zip(filled, drawings, strict=True)
    ]
    apart = {"resolve": {"scale": {"x": "independent", "y": "independent"}}}
    return {**whole, **heading, **apart, "concat": parts, "columns": _COLUMNS, "spacing": 36}


def _datasets(drawings: Sequence[Drawing]) -> dict[str, Sequence[Record]]:
    return {f"{n}-{name}": list(rows) for n, drawing in enumerate(drawings) for name, rows in drawing.data.items()}


def _filled(drawing: Drawing, theme: str, number: int = 0) -> Record:
    """Put the titles of a drawing's axes and the names of its data where its kind leaves room for them."""
    room = {_TITLE.format(place): title for place, title in enumerate(drawing.axes)}

    def fill(value: Any) -> Any:  # noqa: ANN401 -- whatever JSON holds
        if isinstance(value, dict):
            return {name: fill(item) for name, item in value.items()}
        if isinstance(value, list):
            return [fill(item) for item in value]
        if isinstance(value, str):
            return room[value] if value in room else value.replace(_DATA, f"{number}-")
        return value

    height = _HEIGHTS.get(drawing.kind) or _STEPS[drawing.kind] * max(len(drawing.data["rows"]), 1)
    spec: Record = fill(_bare(drawing.kind, theme))
    return {**spec, "height": height}


@cache
def _bare(kind: str, theme: str) -> Record:
    """Make a kind of chart without titles and data, once: that takes Altair longer than all else on a page."""
    titles = tuple(map(_TITLE.format, range(_MOST_AXES)))
    chart = getattr(marks, kind)(titles, theme, _DATA)
    inks, file = THEMES[theme], theme != "page"
    spec: Record = (
        chart.configure(
            aria=False,  # the figure has words and a table; a hundred labelled marks would drown them
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
        .to_dict(validate=False)  # the tests do
    )  # fmt: skip
    return spec
