"""The margin of a printed map: title, legend, scale, north, sources and the way back to the page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from web import drawing_letters as letters
from web import figures
from web.drawing_ground import BORDER, RIVER
from web.drawing_lines import CASING, Run, draw_run
from web.drawing_svg import commands
from web.language import gettext as _
from web.words import CROSSING, STATUS, words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from web.drawing_lines import Line
    from web.drawing_plane import Plane
    from web.drawing_svg import Canvas

INK, QUIET, RULE = "#1e1d1a", "#5d5a52", "#cfc9ba"
NEUTRAL = "#5d5a52"

SMALL, BODY, HEAD = 6.0, 7.2, 7.2  # points
LEADING = 9.9
FINE_LEADING = 7.9
_SWATCH = 26.0
_KM = 1000.0
_SCALE_LINES = 5
_SHARES = (1.0, 2.0, 5.0)


@dataclass(frozen=True)
class Gate:
    """
    A crossing on the map.

    Attributes
    ----------
    number
        By which the legend names it.
    title, status
        What it is.
    x, y
        Points.
    """

    number: int
    title: str
    status: str
    x: float
    y: float


@dataclass(frozen=True)
class Entry:
    """
    A candidate in the legend.

    Attributes
    ----------
    line
        The line; its first run is how it is drawn where it is open.
    figure
        Its length, and what of it is not open.
    """

    line: Line
    figure: str


def gate(canvas: Canvas, status: str, x: float, y: float, radius: float = 3.6) -> None:
    """
    Draw the mark of a crossing: its shape says its status.

    Parameters
    ----------
    canvas
        What to draw on.
    status
        One of `routes.model.CROSSING_STATUSES`.
    x, y, radius
        Where, and how large, points.
    """
    canvas.circle(x, y, radius + 1.3, fill=CASING)
    if status == "none":
        r = radius * 1.15
        data = f"M{x:.2f} {y - r:.2f}L{x + r:.2f} {y:.2f}L{x:.2f} {y + r:.2f}L{x - r:.2f} {y:.2f}Z"
        canvas.path(data, fill="#ffffff", stroke=INK, stroke_width=1.15)
        return
    fill = INK if status == "open" else "#ffffff"
    dashes = f"{radius * 0.7:.2f} {radius * 0.55:.2f}" if status == "planned" else None
    canvas.circle(x, y, radius, fill=fill, stroke=INK, stroke_width=1.15, stroke_dasharray=dashes)
    if status == "closed":
        canvas.rect(x - radius + 1.2, y - 0.85, 2 * radius - 2.4, 1.7, fill=INK)
    if status == "not known":
        canvas.text(x, y + radius * 0.62, "?", radius * 1.75, "bold", "middle", fill=INK)


def legend_ways(canvas: Canvas, x: float, y: float, wide: float, entries: Sequence[Entry]) -> float:
    """
    List the candidates.

    Parameters
    ----------
    canvas, x, y, wide
        Where: the upper left corner and the width, points.
    entries
        What to list.

    Returns
    -------
    height
        Points.
    """
    canvas.text(x, y + HEAD, _("Ways across"), HEAD, "bold", fill=INK)
    at = y + HEAD + LEADING + 1
    for entry in entries:
        _swatch(
            canvas, x, at, "open", "none", entry.line.runs[0].mode if entry.line.runs else "road", entry.line.colour
        )
        room = wide - _SWATCH - 6
        figure = letters.width(entry.figure, BODY)
        title = letters.shortened(entry.line.title, room - figure - 8, BODY, "bold")
        canvas.text(x + _SWATCH + 6, at, title, BODY, "bold", fill=INK)
        canvas.text(x + wide, at, entry.figure, BODY, "regular", "end", fill=QUIET)
        at += LEADING
    return at - y


def legend_facts(canvas: Canvas, x: float, y: float, wide: float, facts: Sequence[tuple[str, str]]) -> None:
    """
    Write figures below the candidates.

    Parameters
    ----------
    canvas, x, y, wide
        Where: the first base line's left end, and the width, points.
    facts
        Label and text.
    """
    for row, (label, text) in enumerate(facts):
        at = y + row * LEADING
        room = wide - letters.width(label, BODY) - 10
        canvas.text(x, at, label, BODY, fill=QUIET)
        canvas.text(x + wide, at, letters.shortened(text, room, BODY), BODY, "regular", "end", fill=INK)


def legend_signs(canvas: Canvas, x: float, y: float, signs: Sequence[tuple[str, str, str, str]]) -> float:
    """
    Explain the patterns that the map uses.

    Parameters
    ----------
    canvas, x, y
        Where.
    signs
        Status, structure, mode, and the words.

    Returns
    -------
    height
        Points.
    """
    canvas.text(x, y + HEAD, _("Signs"), HEAD, "bold", fill=INK)
    at = y + HEAD + LEADING + 1
    for status, structure, mode, text in signs:
        if status == "border":
            data = commands(np.array([[x, at - 2.4], [x + _SWATCH, at - 2.4]]))
            canvas.path(data, stroke=BORDER, stroke_width=0.95, stroke_dasharray="7 2.4 1.1 2.4")
        elif status == "river":
            data = commands(np.array([[x, at - 2.4], [x + _SWATCH, at - 2.4]]))
            canvas.path(data, stroke=RIVER, stroke_width=1.5)
        else:
            _swatch(canvas, x, at, status, structure, mode, NEUTRAL)
        canvas.text(x + _SWATCH + 6, at, text, BODY, fill=INK)
        at += LEADING
    return at - y


def signs(lines: Sequence[Line], *, river: bool) -> list[tuple[str, str, str, str]]:
    """
    List the signs that a map uses, and no others.

    Parameters
    ----------
    lines
        What is drawn.
    river
        Whether a river is.

    Returns
    -------
    signs
        For `legend_signs`.
    """
    runs = [run for line in lines for run in line.runs]
    statuses = {run.status for run in runs}
    found = [(status, "none", "road", _(text)) for status, text in STATUS.items() if status in statuses]
    if any(run.mode == "rail" for run in runs):
        found.append(("open", "none", "rail", _("railway (with ticks)")))
    found += [
        ("open", kind, "road", text)
        for kind, text in (("tunnel", _("tunnel")), ("bridge", _("bridge")))
        if any(run.structure == kind for run in runs)
    ]
    found.append(("border", "", "", _("border, indicative")))
    return [*found, ("river", "", "", _("river"))] if river else found


def _swatch(canvas: Canvas, x: float, y: float, status: str, structure: str, mode: str, colour: str) -> None:
    points = np.array([[x, y - 2.4], [x + _SWATCH, y - 2.4]])
    canvas.path(commands(points), stroke="#ffffff", stroke_width=4.4)
    draw_run(canvas, Run(points, status, structure, mode), colour)


def legend_gates(canvas: Canvas, x: float, y: float, wide: float, gates: Sequence[Gate]) -> float:
    """
    List the crossings by the numbers that they carry on the map.

    Parameters
    ----------
    canvas, x, y, wide
        Where.
    gates
        What to list.

    Returns
    -------
    height
        Points; 0 where there are none.
    """
    if not gates:
        return 0.0
    canvas.text(x, y + HEAD, _("Border crossings"), HEAD, "bold", fill=INK)
    at = y + HEAD + LEADING + 1
    for found in gates:
        canvas.text(x + 8, at, str(found.number), BODY, "bold", "end", fill=INK)
        gate(canvas, found.status, x + 15, at - 2.5, 2.9)
        status = _(words(found.status, CROSSING))
        room = wide - 24 - letters.width(f" {status}", BODY) - 6
        title = letters.shortened(found.title, room, BODY)
        canvas.text(x + 22, at, title, BODY, fill=INK)
        canvas.text(x + 22 + letters.width(f"{title}  ", BODY), at, status, BODY, "italic", fill=QUIET)
        at += LEADING
    return at - y


def scale(canvas: Canvas, x: float, y: float, plane: Plane, most: float) -> None:
    """
    Draw the scale bar and, in words, the scale, the projection and north.

    Parameters
    ----------
    canvas, x, y
        Where: the upper left corner.
    plane
        The map.
    most
        The longest that the bar may be, points.
    """
    kilometres = bar_length(plane, most - 24)
    long = kilometres * _KM / plane.metres_a_point
    north(canvas, x + most - 4, y + 1)
    for part in range(4):
        filled = INK if part % 2 == 0 else "#ffffff"
        canvas.rect(x + part * long / 4, y + 12, long / 4, 3.2, fill=filled, stroke=INK, stroke_width=0.5)
    for share in (0, 0.5, 1):
        text = figures.number(kilometres * share, 0 if (kilometres * share) % 1 == 0 else 1)
        unit = f"{figures.THIN}{figures.unit('km')}" if share == 1 else ""
        canvas.text(
            x + share * long, y + 9, text + unit, SMALL, "regular", "start" if share == 0 else "middle", fill=INK
        )
    ratio = figures.number(plane.denominator, -3)
    name = _("Lambert's conformal conic") if "+proj=lcc" in plane.crs else _("Mercator")
    said = (_("1:%(ratio)s on paper of this size", ratio=ratio), _("%(name)s projection, WGS84", name=name))
    fine_print(canvas, x, y + 19.5, most, said, _SCALE_LINES)


def north(canvas: Canvas, x: float, y: float) -> None:
    """
    Draw the arrow that shows north.

    Parameters
    ----------
    canvas, x, y
        Where its point is.
    """
    canvas.path(f"M{x} {y}L{x + 3.4:.2f} {y + 11}L{x} {y + 8.6:.2f}Z", fill=INK)
    canvas.path(f"M{x} {y}L{x - 3.4:.2f} {y + 11}L{x} {y + 8.6:.2f}Z", fill="#ffffff", stroke=INK, stroke_width=0.5)
    canvas.text(x, y + 18, _("N"), SMALL, "bold", "middle", fill=INK)


def bar_length(plane: Plane, most: float) -> float:
    """
    Choose a round length for a scale bar.

    Parameters
    ----------
    plane
        The map.
    most
        The longest that the bar may be, points.

    Returns
    -------
    kilometres
        1, 2 or 5 of a power of ten.
    """
    room = most * plane.metres_a_point / _KM
    power = 10.0 ** math.floor(math.log10(room))
    return max(share * power for share in _SHARES if share * power <= room)


def frame(canvas: Canvas, plane: Plane, labels: Sequence[tuple[float, float, str, str]]) -> None:
    """
    Draw the frame, and write degrees where meridians and parallels meet it.

    Parameters
    ----------
    canvas, plane
        What to draw on.
    labels
        What `drawing_ground.graticule` gave.
    """
    x, y, width, height = plane.frame
    canvas.rect(x, y, width, height, fill="none", stroke=INK, stroke_width=0.8)
    canvas.rect(x - 2.6, y - 2.6, width + 5.2, height + 5.2, fill="none", stroke=INK, stroke_width=0.35)
    place: dict[str, Callable[[float, float], tuple[float, float, str]]] = {
        "top": lambda px, py: (px, py - 4.6, "middle"),
        "bottom": lambda px, py: (px, py + 9.2, "middle"),
        "left": lambda px, py: (px - 4.6, py, "middle"),
        "right": lambda px, py: (px + 4.6, py, "middle"),
    }
    for px, py, text, side in labels:
        tx, ty, anchor = place[side](px, py)
        half = letters.width(text, SMALL) / 2
        if side in {"top", "bottom"}:
            if x + half < px < x + width - half:
                canvas.text(tx, ty, text, SMALL, "regular", anchor, fill=QUIET)
        elif y + half < py < y + height - half:
            turn = -90 if side == "left" else 90
            with canvas.group(transform=f"translate({tx:.2f} {ty:.2f}) rotate({turn})"):
                canvas.text(0, 0, text, SMALL, "regular", "middle", fill=QUIET)


def fine_print(canvas: Canvas, x: float, y: float, wide: float, paragraphs: Sequence[str], most: int) -> float:
    """
    Write sources and notices.

    Parameters
    ----------
    canvas, x, y, wide
        Where: the upper left corner and the width, points.
    paragraphs
        What to write.
    most
        Most lines; what does not fit is cut with an ellipsis.

    Returns
    -------
    height
        Points.
    """
    listed = [line for text in paragraphs for line in letters.lines(text, wide, SMALL)]
    if len(listed) > most:
        listed = [*listed[: most - 1], letters.shortened(f"{listed[most - 1]} …", wide, SMALL)]
    for row, line in enumerate(listed):
        canvas.text(x, y + SMALL + row * FINE_LEADING, line, SMALL, fill=QUIET)
    return len(listed) * FINE_LEADING
