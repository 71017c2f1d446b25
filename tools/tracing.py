"""Trace a line over the relief: the cheapest way for something that may only climb so steeply."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from scipy.ndimage import map_coordinates
from scipy.sparse.csgraph import dijkstra

from tools import plane
from tools.area import AREA, CELLS_PER_DEGREE, NODATA

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRID_M = 300.0
"""Spacing of the grid that is searched: a third of the relief's cells, read between them by cubic splines."""

SLOPE_COST = 5.0
"""On a slope s a metre costs 1 + SLOPE_COST * s: builders keep to the valley floor."""

REACH = 3
"""A step may go this many grid squares along either axis, so that it can take 32 directions."""


@dataclass(frozen=True)
class Ground:
    """
    The relief as something to build on.

    Attributes
    ----------
    cells
        Shape (rows, columns), metres, north at the top, over the study's area.
    """

    cells: NDArray[np.int16]

    def heights(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """
        Read heights between the cells.

        Parameters
        ----------
        xy
            Shape (n, 2), metres on the plane.

        Returns
        -------
        heights
            Shape (n,), metres. Ground at or below sea level reads as 0.
        """
        lon, lat = plane.to_degrees(xy).T
        at = (AREA[3] - lat) * CELLS_PER_DEGREE - 0.5, (lon - AREA[0]) * CELLS_PER_DEGREE - 0.5
        return map_coordinates(self._land, at, order=3, mode="nearest")

    @cached_property
    def _land(self) -> NDArray[np.float64]:
        return np.where(self.cells == NODATA, 0, self.cells).astype(np.float64)


@dataclass(frozen=True)
class _Window:
    """The grid around two places."""

    corner: NDArray[np.float64]
    shape: tuple[int, int]
    height: NDArray[np.float64]
    slope: NDArray[np.float64]

    @property
    def xy(self) -> NDArray[np.float64]:
        rows, columns = np.divmod(np.arange(self.height.size), self.shape[1])
        return self.corner + GRID_M * np.column_stack([columns, rows])

    def index(self, xy: NDArray[np.float64]) -> int:
        column, row = np.rint((xy - self.corner) / GRID_M).astype(int)
        return int(row) * self.shape[1] + int(column)


def trace(
    ground: Ground, start: NDArray[np.float64], end: NDArray[np.float64], ruling_grade: float
) -> NDArray[np.float64]:
    """
    Trace the cheapest way between two places.

    A step costs its length, or the length that its climb needs at the ruling grade where that is more, and the more the
    steeper the ground is. The way back costs the same.

    Parameters
    ----------
    ground
        The relief.
    start, end
        Shape (2,), metres.
    ruling_grade
        The steepest that the line goes, as a ratio.

    Returns
    -------
    path
        Shape (n, 2), metres, from the start to the end.
    """
    window = _window(ground, start, end)
    first, last = window.index(start), window.index(end)
    costs = _costs(window, ruling_grade)
    _, (before,) = dijkstra(costs, directed=False, indices=[first], return_predecessors=True)
    steps = [last]
    while steps[-1] != first:
        steps.append(int(before[steps[-1]]))
    path = window.xy[steps[::-1]]
    path[0], path[-1] = start, end
    return path


def mean_slope(ground: Ground, start: NDArray[np.float64], end: NDArray[np.float64]) -> float:
    """
    Measure how steep the ground between two places is.

    Parameters
    ----------
    ground
        The relief.
    start, end
        Shape (2,), metres.

    Returns
    -------
    slope
        Mean slope, as a ratio, within a fifth of their distance from the straight line (1.5 km at least).
    """
    window = _window(ground, start, end)
    chord = end - start
    share = np.clip((window.xy - start) @ chord / (chord @ chord), 0, 1)
    away = np.hypot(*(window.xy - start - share[:, None] * chord).T)
    return float(window.slope[away < max(1500.0, 0.2 * np.hypot(*chord))].mean())


def _window(ground: Ground, start: NDArray[np.float64], end: NDArray[np.float64]) -> _Window:
    """Lay a grid around two places, with room for a way round."""
    room = max(6000.0, 0.3 * float(np.hypot(*(end - start))))
    low, high = np.minimum(start, end) - room, np.maximum(start, end) + room
    columns, rows = (int(size // GRID_M) + 1 for size in high - low)
    x, y = np.meshgrid(low[0] + GRID_M * np.arange(columns), low[1] + GRID_M * np.arange(rows))
    height = ground.heights(np.column_stack([x.ravel(), y.ravel()])).reshape(rows, columns)
    slope = np.hypot(*np.gradient(height, GRID_M))
    return _Window(low, (rows, columns), height.ravel(), slope.ravel())


def _costs(window: _Window, ruling_grade: float) -> sp.csr_matrix:
    """Price every step of the grid."""
    rows, columns = window.shape
    number = np.arange(rows * columns).reshape(rows, columns)
    starts, ends, costs = [], [], []
    for north in range(-REACH, REACH + 1):
        for east in range(REACH + 1):
            if np.gcd(north, east) != 1 or (east == 0 and north < 0):
                continue
            a = number[max(0, -north) : rows - max(0, north), : columns - east].ravel()
            b = number[max(0, north) : rows + min(0, north), east:].ravel()
            length = GRID_M * np.hypot(north, east)
            climb = np.abs(window.height[a] - window.height[b])
            slope = (window.slope[a] + window.slope[b]) / 2
            starts.append(a)
            ends.append(b)
            costs.append(np.maximum(length, climb / ruling_grade) * (1 + SLOPE_COST * slope))
    size = rows * columns
    at = (np.concatenate(starts), np.concatenate(ends))
    return sp.csr_matrix((np.concatenate(costs), at), shape=(size, size))
