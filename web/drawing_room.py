"""Room on a printed map: what is taken, and where a name still fits, beside a point, along a line or in an area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy import ndimage

from web import drawing_letters as letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

ASCENT, DESCENT = 0.76, 0.22  # of a line of text, in sizes of its letters

_STEP = 2.0  # points between samples of a line
_SMOOTH = 14.0  # points over which the base line of a name along a line is smoothed
# Where a name may stand beside its mark, the best first: right, left or in the middle; above (-) or below it.
_SIDES = ((1, -0.1), (1, -0.9), (1, 0.8), (-1, -0.1), (-1, -0.9), (-1, 0.8), (0, -1.0), (0, 1.0))
_LINE_COST = 5.0  # a name along a line that costs more is left out: the legend has it
_AREA_COST = 1.2  # and so is a setting of a name in an area: a smaller one is tried
_CROWD = 1.1  # sizes of letters; other lines nearer than this make a name's own unclear
_MOST_TURN = 0.6  # radians that a name along a line may turn in all
_PIECE = 10  # vertices
_BORDER = 4.0  # points that names keep from the frame


@dataclass(frozen=True)
class Spot:
    """
    A place for a name beside a point.

    Attributes
    ----------
    x, y
        Where its first base line stands, points.
    anchor
        start, middle or end.
    """

    x: float
    y: float
    anchor: str


class Room:
    """
    What of a map is taken.

    Parameters
    ----------
    window
        The frame, points.
    lines
        What names should not cover: each line with how wide it is drawn, points.
    """

    def __init__(self, window: shapely.Polygon, lines: Iterable[tuple[BaseGeometry, float]]) -> None:
        self.window = shapely.buffer(window, -_BORDER, join_style="mitre")
        # In short pieces, so that only those near a name are ever looked at.
        pieces = [(piece, width) for line, width in lines for piece in _pieces(line)]
        shapes = np.array([piece for piece, _width in pieces], dtype=object)
        self._lines = shapely.buffer(shapes, [width / 2 for _piece, width in pieces], quad_segs=2, cap_style="flat")
        self._tree = shapely.STRtree(self._lines)
        self._taken: list[BaseGeometry] = []

    def take(self, *shapes: BaseGeometry) -> None:
        """
        Take room.

        Parameters
        ----------
        shapes
            What nothing else may cover.
        """
        self._taken += shapes

    def free(self, shape: BaseGeometry) -> bool:
        """
        Say whether room is free.

        Parameters
        ----------
        shape
            What is to stand there.

        Returns
        -------
        free
            It lies within the frame and covers nothing that was taken.
        """
        if not shapely.contains(self.window, shape):
            return False
        return not self._taken or not bool(np.any(shapely.intersects(np.array(self._taken, dtype=object), shape)))

    def covered(self, shape: BaseGeometry) -> float:
        """
        Measure how much of the lines something would cover.

        Parameters
        ----------
        shape
            What is to stand there.

        Returns
        -------
        area
            Square points.
        """
        near = self._tree.query(shape)
        return float(shapely.area(shapely.intersection(self._lines[near], shape)).sum()) if len(near) else 0.0

    # -- beside a point ----------------------------------------------------------------------------------------------

    def beside(
        self, x: float, y: float, radius: float, texts: Sequence[tuple[str, float, str]], tolerance: float = 0.5
    ) -> Spot | None:
        """
        Find room for a name of one or two lines beside a point, and take it.

        Parameters
        ----------
        x, y, radius
            The mark.
        texts
            Each line: text, size and face.
        tolerance
            Share of the name's box that lines may run through.

        Returns
        -------
        spot
            None where there is none.
        """
        wide = max(letters.width(*text) for text in texts)
        first = texts[0][1]
        tall = first * ASCENT + sum(size * 1.12 for _text, size, _face in texts[1:]) + texts[-1][1] * DESCENT
        best: tuple[float, Spot, BaseGeometry] | None = None
        for rank, (side, drop) in enumerate(_SIDES):
            left = x + radius + 1.8 if side > 0 else x - radius - 1.8 - wide if side < 0 else x - wide / 2
            if side == 0:
                top = y - radius - 1.5 - tall if drop < 0 else y + radius + 1.5
            else:
                top = y - tall / 2 + drop * tall / 2
            box = shapely.box(left - 0.5, top, left + wide + 0.5, top + tall)
            if not self.free(box):
                continue
            covered = self.covered(box) / box.area
            if covered > tolerance:
                continue
            cost = covered * 10 + rank * 0.12
            if best is None or cost < best[0]:
                anchor = {1: "start", -1: "end", 0: "middle"}[side]
                at = {1: left, -1: left + wide, 0: x}[side]
                best = (cost, Spot(at, top + first * ASCENT, anchor), box)
        if best is None:
            return None
        self.take(best[2])
        return best[1]

    # -- along a line ------------------------------------------------------------------------------------------------

    def along(
        self,
        line: NDArray[np.float64],
        text: str,
        size: float,
        face: str = "bold",
        *,
        gap: float = 2.2,
        middle: float = 0.5,
        others: BaseGeometry | None = None,
    ) -> NDArray[np.float64] | None:
        """
        Find room for a name along a line, and take it.

        Parameters
        ----------
        line
            x and y, points.
        text, size, face
            The name.
        gap
            Between the line's middle and the letters, points.
        middle
            Share of the line's length near which the name would best stand.
        others
            Other lines, beside which a reader might take the name for theirs.

        Returns
        -------
        base
            The base line, from left to right; None where no stretch of the line has room.
        """
        wide = letters.width(text, size, face)
        long = wide + 1.5 * size
        samples = _sampled(line)
        count = round(long / _STEP)
        if len(samples) < count + 2:
            return None
        crowded = np.zeros(len(samples))
        if others is not None and not others.is_empty:
            crowded = (shapely.distance(shapely.points(samples), others) < _CROWD * size).astype(float)
        smooth = ndimage.gaussian_filter1d(samples, _SMOOTH / _STEP, axis=0, mode="nearest")
        best: tuple[float, NDArray[np.float64], BaseGeometry] | None = None
        for start, window, turn in _straight(smooth, count):
            here = slice(start, start + count + 1)
            off = abs((start + count / 2) / len(samples) - middle)
            likely = float(crowded[here].mean()) * 3 + turn * 2 + off * 2.5
            for side, below in ((-1, 0.0), (1, 0.25)):
                if best is not None and likely + below >= best[0]:
                    continue
                base, box = _base_line(window, samples[here], side, size, gap)
                if np.hypot(*np.diff(base, axis=0).T).sum() < wide + 1 or not self.free(box):
                    continue
                cost = likely + below + self.covered(box) / box.area * 12
                if best is None or cost < best[0]:
                    best = (cost, base, box)
        if best is None or best[0] > _LINE_COST:
            return None
        self.take(best[2])
        return best[1]

    # -- in an area --------------------------------------------------------------------------------------------------

    def inside(self, area: BaseGeometry, texts: Sequence[tuple[str, float, str, float]]) -> tuple[float, float] | None:
        """
        Find room for a name in the middle of an area, and take it.

        Parameters
        ----------
        area
            In points.
        texts
            Each line: text, size, face and spacing between letters.

        Returns
        -------
        at
            Middle of the first base line; None where there is no room.
        """
        wide = max(letters.width(*text) for text in texts)
        tall = sum(size * 1.25 for _text, size, _face, _spacing in texts)
        west, south, east, north = area.bounds
        xs, ys = np.linspace(west, east, 26)[1:-1], np.linspace(south, north, 18)[1:-1]
        grid = np.array([(x, y) for y in ys for x in xs])
        grid = grid[shapely.contains_xy(area, grid[:, 0], grid[:, 1])]
        middle = np.array(shapely.centroid(area).coords[0])
        best: tuple[float, tuple[float, float], BaseGeometry] | None = None
        for x, y in grid.tolist():
            box = shapely.box(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2)
            if not self.free(shapely.buffer(box, 1.5)):
                continue
            outside = 1 - shapely.area(shapely.intersection(area, box)) / box.area
            off = float(np.hypot(*((x, y) - middle))) / max(east - west, north - south)
            cost = outside * 30 + off
            if cost > _AREA_COST or (best is not None and cost >= best[0]):
                continue
            cost += self.covered(box) / box.area * 200
            if best is None or cost < best[0]:
                best = (cost, (x, y - tall / 2 + texts[0][1]), box)
        if best is None or best[0] > _AREA_COST:
            return None
        self.take(best[2])
        return best[1]


def _pieces(line: BaseGeometry) -> list[BaseGeometry]:
    """Cut a line into pieces of some vertices."""
    found: list[BaseGeometry] = []
    for part in shapely.get_parts(line):
        points = shapely.get_coordinates(part)
        starts = range(0, max(len(points) - 1, 1), _PIECE)
        found += [shapely.LineString(points[start : start + _PIECE + 1]) for start in starts if len(points) > 1]
    return found


def _sampled(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put points at even distances along a line."""
    hops = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(hops)))
    at = np.arange(0, along[-1], _STEP)
    return np.column_stack([np.interp(at, along, line[:, axis]) for axis in (0, 1)])


def _straight(smooth: NDArray[np.float64], count: int) -> Iterator[tuple[int, NDArray[np.float64], float]]:
    """List the stretches of a line along which letters can stand: where each begins, from left to right, its turn."""
    for start in range(0, len(smooth) - count, 4):
        window = smooth[start : start + count + 1]
        window = window[::-1] if window[-1, 0] < window[0, 0] else window
        turn = _turn(window)
        if turn <= _MOST_TURN:
            yield start, window, turn


def _turn(points: NDArray[np.float64]) -> float:
    """Give the largest angle between the chord of a line and any of its pieces, radians."""
    steps = np.diff(points, axis=0)
    angles = np.arctan2(steps[:, 1], steps[:, 0])
    chord = points[-1] - points[0]
    off = angles - np.arctan2(chord[1], chord[0])
    return float(np.abs((off + np.pi) % (2 * np.pi) - np.pi).max())


def _base_line(
    window: NDArray[np.float64], real: NDArray[np.float64], side: int, size: float, gap: float
) -> tuple[NDArray[np.float64], BaseGeometry]:
    """Shift a smoothed piece of a line until it clears the line itself; give it, and the room that letters take."""
    steps = np.gradient(window, axis=0)
    normal = np.column_stack((-steps[:, 1], steps[:, 0])) / np.maximum(np.hypot(*steps.T), 1e-9)[:, np.newaxis]
    # How far the line itself strays from its smoothed self, to the side where the name stands.
    gaps = ((real if _same_way(real, window) else real[::-1]) - window) * normal
    stray = float((gaps.sum(axis=1) * side).max())
    clear = gap + max(stray, 0.0)
    shift = -clear - size * DESCENT * 0.8 if side < 0 else clear + size * ASCENT
    base = window + normal * shift
    middle = base - normal * (size * (ASCENT - DESCENT) / 2)
    box = shapely.buffer(shapely.linestrings(middle), size * (ASCENT + DESCENT) / 2, cap_style="flat")
    return base, box


def _same_way(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return float(np.dot(one[-1] - one[0], other[-1] - other[0])) >= 0
