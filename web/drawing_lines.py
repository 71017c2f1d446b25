"""Candidates on a printed map: casing, colour, status as pattern, rail ticks, hollow tunnels, bars at bridges."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from web import linework
from web.drawing_lanes import move_apart
from web.drawing_svg import commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from web.contents import Contents
    from web.drawing_plane import Plane
    from web.drawing_svg import Canvas

CASING = "#fdfcf9"
WIDTH = 2.5  # points

_CASING = 1.7  # more than the line itself
_SPACING = 3.9  # between the middles of lines that share a way
_EVERY = 6.0  # points between vertices, so that a line can bend into its lane
_DETAIL = 0.3  # points; finer than a line is wide
# On screen a line is 4 px wide; patterns keep their proportions. Status is pattern, never colour.
_DASHES = {"construction": (10.0, 5.0), "disused": (3.0, 5.0), "abandoned": (1.0, 6.0)}
_SCREEN_WIDTH = 4.0
_TICK_EVERY, _TICK = 9.0, 0.9  # points: how far apart ticks stand, how wide each is
_DOUBLE = 0.42  # share of a double line's width that is left free inside


@dataclass(frozen=True, eq=False)
class Run:
    """
    A piece of a line with one look.

    Attributes
    ----------
    points
        x and y, points.
    status, structure, mode
        What it is.
    """

    points: NDArray[np.float64]
    status: str
    structure: str
    mode: str


@dataclass(frozen=True, eq=False)
class Line:
    """
    A candidate as it lies on the paper.

    Attributes
    ----------
    id, title, colour
        What it is.
    runs
        Its pieces in order, each beginning where the one before it ends.
    """

    id: str
    title: str
    colour: str
    runs: tuple[Run, ...]

    @property
    def shape(self) -> BaseGeometry:
        """All of it as one geometry, points."""
        return shapely.MultiLineString([run.points.tolist() for run in self.runs if len(run.points) > 1])


def lay(contents: Contents, chosen: Sequence[str], plane: Plane) -> list[Line]:
    """
    Lay candidates onto the paper, side by side where they share a way.

    Parameters
    ----------
    contents
        What is shown.
    chosen
        Ids of the routes; broken ones are left out.
    plane
        The paper.

    Returns
    -------
    lines
        In the order chosen.
    """
    resolved = [key for key in chosen if contents.segments[key]]
    parts = linework.side_by_side([contents.routes[key].segments.geometry for key in resolved])
    found = [_runs(contents, key, drawn, plane) for key, drawn in zip(resolved, parts, strict=True)]
    whole = move_apart([np.concatenate([run.points for run in runs]) for runs in found], _SPACING)
    return [
        Line(key, contents.routes[key].title, contents.colours[key], tuple(_moved(runs, points)))
        for key, runs, points in zip(resolved, found, whole, strict=True)
    ]


def _moved(runs: Sequence[Run], points: NDArray[np.float64]) -> Iterator[Run]:
    """Give each run the vertices that its line was moved to."""
    start = 0
    for run in runs:
        stop = start + len(run.points)
        yield replace(run, points=points[start:stop])
        start = stop


def _runs(contents: Contents, route_id: str, drawn: list[list[dict[str, Any]]], plane: Plane) -> list[Run]:
    """Shift the parts of a route aside, let each begin where the one before it ends, and join those that look alike."""
    pieces: list[tuple[tuple[str, str, str], NDArray[np.float64]]] = []
    for record, parts in zip(contents.segments[route_id], drawn, strict=True):
        look = (str(record["status"]), str(record["structure"]), str(record["mode"]))
        for part in parts:
            points = _aside(plane.points(part["coordinates"]), part["shift"] / linework.SPACING_PX * _SPACING)
            if len(points) > 1:
                pieces.append((look, points))
    joined: list[tuple[tuple[str, str, str], NDArray[np.float64]]] = []
    for look, points in pieces:
        if not joined:
            joined.append((look, points))
            continue
        before, earlier = joined[-1]
        if look == before:
            joined[-1] = (look, np.concatenate((earlier, points)))
            continue
        middle = ((earlier[-1] + points[0]) / 2)[np.newaxis]
        joined[-1] = (before, np.concatenate((earlier, middle)))
        joined.append((look, np.concatenate((middle, points))))
    return [Run(points, *look) for look, points in joined]


def _aside(points: NDArray[np.float64], shift: float) -> NDArray[np.float64]:
    """Shift a line to the right of its direction of travel."""
    line = shapely.segmentize(shapely.simplify(shapely.LineString(points), _DETAIL), _EVERY)
    if not shift or not line.length:
        return np.asarray(shapely.get_coordinates(line))
    moved = shapely.offset_curve(line, shift, quad_segs=3, join_style="round")
    parts = [part for part in shapely.get_parts(moved) if part.length]
    if not parts:  # a hairpin narrower than the shift
        return np.asarray(shapely.get_coordinates(line))
    # Pieces that a tight bend cut off are left out: at this scale they are dots.
    longest = max(parts, key=lambda part: part.length)
    return np.asarray(shapely.get_coordinates(shapely.segmentize(shapely.simplify(longest, _DETAIL / 2), _EVERY)))


def draw(canvas: Canvas, lines: Sequence[Line], width: float = WIDTH) -> None:
    """
    Draw candidates; the first lie on top.

    Parameters
    ----------
    canvas
        What to draw on.
    lines
        What `lay` gave.
    width
        Of a line without its casing, points.
    """
    for line in reversed(lines):
        with canvas.group(stroke_linejoin="round"):
            for run in line.runs:
                canvas.path(commands(run.points), stroke=CASING, stroke_width=width + _CASING, stroke_linecap="round")
            for run in line.runs:
                draw_run(canvas, run, line.colour, width)


def draw_run(canvas: Canvas, run: Run, colour: str, width: float = WIDTH) -> None:
    """
    Draw one piece of a line, without its casing.

    Parameters
    ----------
    canvas
        What to draw on.
    run
        The piece.
    colour
        Of the candidate.
    width
        Points.
    """
    data = commands(run.points)
    scale = width / _SCREEN_WIDTH
    dashes = " ".join(f"{scale * length:.2f}" for length in _DASHES.get(run.status, ())) or None
    if run.status == "abandoned":
        canvas.path(data, stroke=colour, stroke_width=width, stroke_opacity=0.35)
    if run.structure == "tunnel":
        canvas.path(data, stroke=colour, stroke_width=width + 1.0, stroke_dasharray=dashes)
        canvas.path(data, stroke=CASING, stroke_width=width - 0.6)
    elif run.status == "proposed":
        canvas.path(data, stroke=colour, stroke_width=width)
        canvas.path(data, stroke=CASING, stroke_width=width * _DOUBLE)
    else:
        canvas.path(data, stroke=colour, stroke_width=width, stroke_dasharray=dashes)
    if run.mode == "rail" and run.status != "proposed":
        every, first = _ticks(run.status, scale)
        ticks = f"{_TICK} {every - _TICK:.2f}"
        canvas.path(
            data, stroke=colour, stroke_width=width + 4.2, stroke_dasharray=ticks, stroke_dashoffset=f"{-first:.2f}"
        )
    if run.structure in {"bridge", "tunnel"}:
        for end, towards in ((run.points[0], run.points[1]), (run.points[-1], run.points[-2])):
            canvas.path(_bar(end, towards, width / 2 + 1.8), stroke=colour, stroke_width=0.9)


def _ticks(status: str, scale: float) -> tuple[float, float]:
    """Say how far apart the ticks of a railway stand and where the first does: on its dashes, never between them."""
    if status not in _DASHES:
        return _TICK_EVERY, _TICK_EVERY / 2
    dash, gap = (scale * length for length in _DASHES[status])
    period = dash + gap
    return period * max(1, round(_TICK_EVERY / period)), max(dash - _TICK, 0.0) / 2


def _bar(end: NDArray[np.float64], towards: NDArray[np.float64], half: float) -> str:
    """Draw a short bar across the end of a line."""
    along = (towards - end) / max(float(np.hypot(*(towards - end))), 1e-9)
    across = np.array([-along[1], along[0]]) * half
    return commands(np.array([end - across, end + across]))
