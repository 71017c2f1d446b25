"""The elevation profile of a route on paper: terrain, territories, crossings, tunnels, in the patterns of the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from web import drawing_letters as letters
from web import drawing_margin, figures
from web.drawing_lines import Run, draw_run
from web.drawing_margin import INK, QUIET, RULE, SMALL
from web.drawing_svg import commands, number
from web.language import gettext as _
from web.sheet import profile as thinned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from web.contents import Contents
    from web.drawing_svg import Canvas

    Box = tuple[float, float, float, float]

_LEFT, _BELOW, _ABOVE = 30.0, 24.0, 14.0  # room for heights, for kilometres and territories, for crossings
_BAND = 9.0
_TERRAIN = "#e2dccd"
_BANDS = ("#e4e0d4", "#d3cebf")
_STEPS_M = (50, 100, 200, 250, 500, 1000, 2000)
_STEPS_KM = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)
_KM = 1000.0


def profile(canvas: Canvas, contents: Contents, route_id: str, box: Box) -> bool:
    """
    Draw the profile of a route.

    Parameters
    ----------
    canvas
        What to draw on.
    contents
        What is shown.
    route_id
        Id of the route.
    box
        x, y, width, height, points.

    Returns
    -------
    drawn
        False where there is no relief under the route.
    """
    found = thinned(contents.routes[route_id], contents.territories)
    if found is None:
        return False
    x, y, width, height = box
    plot = (x + _LEFT, y + _ABOVE, width - _LEFT - 4, height - _ABOVE - _BELOW)
    distance, heights = np.array(found["distance_m"]), np.array(found["ele_m"])
    top_m = _axes(canvas, plot, float(distance[-1]), float(heights.min()), float(heights.max()))
    line = np.column_stack(
        (
            plot[0] + distance / distance[-1] * plot[2],
            plot[1] + plot[3] - (heights - top_m[0]) / (top_m[1] - top_m[0]) * plot[3],
        )
    )
    floor = plot[1] + plot[3]
    outline = commands(line) + f"L{number(plot[0] + plot[2])} {number(floor)}L{number(plot[0])} {number(floor)}Z"
    canvas.path(outline, fill=_TERRAIN)
    for start, end in found["tunnels"]:
        left, right = (plot[0] + metres / distance[-1] * plot[2] for metres in (start, end))
        canvas.rect(left, plot[1], right - left, plot[3], fill="#ffffff", fill_opacity=0.75)
    _line(canvas, contents, route_id, line)
    _territories(canvas, found["territories"], plot, float(distance[-1]))
    _crossings(canvas, contents.properties[route_id].get("crossings") or [], plot, float(distance[-1]))
    return True


def _axes(canvas: Canvas, plot: Box, long_m: float, low_m: float, high_m: float) -> tuple[float, float]:
    """Draw heights and kilometres; give the heights at the plot's foot and top."""
    x, y, width, height = plot
    step = next((s for s in _STEPS_M if (high_m - low_m) / s <= 4), _STEPS_M[-1])  # noqa: PLR2004 -- lines at most
    foot, top = np.floor(low_m / step) * step, np.ceil((high_m + step * 0.15) / step) * step
    for value in np.arange(foot, top + 1, step):
        at = y + height - (value - foot) / (top - foot) * height
        canvas.path(f"M{number(x)} {number(at)}H{number(x + width)}", stroke=RULE, stroke_width=0.5)
        canvas.text(x - 4, at + 2, figures.number(float(value)), SMALL, "regular", "end", fill=QUIET)
    canvas.text(x - 4, y - 5, figures.unit("m"), SMALL, "regular", "end", fill=QUIET)
    long = long_m / _KM
    step_km = next((s for s in _STEPS_KM if long / s <= 8), _STEPS_KM[-1])  # noqa: PLR2004 -- labels at most
    for value in np.arange(0, long + 1e-6, step_km):
        at = x + value / long * width
        canvas.path(f"M{number(at)} {number(y + height)}v3", stroke=QUIET, stroke_width=0.5)
        last = value + step_km > long
        text = figures.number(float(value)) + (f"{figures.THIN}{figures.unit('km')}" if last else "")
        canvas.text(at, y + height + _BAND + 11, text, SMALL, "regular", "middle", fill=QUIET)
    return float(foot), float(top)


def _line(canvas: Canvas, contents: Contents, route_id: str, line: NDArray[np.float64]) -> None:
    """Draw the line of the ground in the candidate's colour, its status as pattern."""
    records = contents.segments[route_id]
    total = records[-1]["to_m"] if records else 1.0
    span = line[-1, 0] - line[0, 0]
    for record in records:
        left, right = (line[0, 0] + record[key] / total * span for key in ("from_m", "to_m"))
        inside = line[(line[:, 0] > left) & (line[:, 0] < right)]
        ends = np.array([[at, np.interp(at, line[:, 0], line[:, 1])] for at in (left, right)])
        points = np.vstack((ends[:1], inside, ends[1:]))
        run = Run(points, str(record["status"]), str(record["structure"]), "road")
        draw_run(canvas, run, contents.colours[route_id], 2.0)


def _territories(canvas: Canvas, runs: list[Mapping[str, Any]], plot: Box, long_m: float) -> None:
    x, y, width, height = plot
    top = y + height + 3
    for row, run in enumerate(runs):
        left, right = (x + run[key] / long_m * width for key in ("from_m", "to_m"))
        canvas.rect(left, top, right - left, _BAND, fill=_BANDS[row % 2])
        name = str(run["name"] or run["key"] or _("not known")).partition(" (")[0]
        for text in (name, str(run["key"])):
            if letters.width(text, SMALL) < right - left - 4:
                canvas.text((left + right) / 2, top + 6.7, text, SMALL, "regular", "middle", fill=INK)
                break


def _crossings(canvas: Canvas, crossings: list[Mapping[str, Any]], plot: Box, long_m: float) -> None:
    x, y, width, height = plot
    for number_, crossing in enumerate(crossings, start=1):
        at = x + crossing["at_m"] / long_m * width
        canvas.path(f"M{number(at)} {number(y - 3)}V{number(y + height + 3 + _BAND)}", stroke=INK, stroke_width=0.6)
        drawing_margin.gate(canvas, crossing["status"], at, y - 6.5, 3.2)
        canvas.text(at + 6, y - 4.4, str(number_), SMALL, "bold", fill=INK)
