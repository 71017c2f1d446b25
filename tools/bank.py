"""Lead a line along the bank of a border river: the river from the border, the line beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.ndimage import gaussian_filter1d

from tools import plane

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

STEP_M = 50.0
"""The river is sampled this densely."""

SMOOTHINGS_M = (150.0, 300.0, 600.0, 1200.0, 2400.0)
"""Standard deviations along the river, in metres, that a line may be smoothed by."""


@dataclass(frozen=True)
class Bank:
    """
    One bank of a river that is a border.

    Attributes
    ----------
    river
        The river as a line in metres, running so that the bank is on its `side`.
    side
        1 when the bank is on the left of the river as drawn, -1 when on the right.
    levels
        Shape (levels, n, 2): the river smoothed by each of `SMOOTHINGS_M`, sampled every `STEP_M`.
    """

    river: shapely.LineString
    side: int
    levels: NDArray[np.float64]

    @classmethod
    def between(cls, bank: BaseGeometry, other: BaseGeometry) -> Bank:
        """
        Take the common border of two areas as the river.

        Parameters
        ----------
        bank
            The area on whose bank lines are wanted, degrees.
        other
            The area on the other bank, degrees. The longest unbroken stretch of the common border is used.

        Returns
        -------
        bank
            The bank, its river running from east to west.
        """
        common = shapely.line_merge(shapely.intersection(bank.boundary, other.boundary))
        lonlat = shapely.get_coordinates(max(shapely.get_parts(common), key=lambda part: part.length))
        if lonlat[0, 0] < lonlat[-1, 0]:
            lonlat = lonlat[::-1]
        river = shapely.LineString(plane.to_plane(lonlat))
        count = int(river.length // STEP_M) + 1
        xy = shapely.get_coordinates(shapely.line_interpolate_point(river, np.arange(count) * STEP_M))
        levels = np.stack([gaussian_filter1d(xy, s / STEP_M, axis=0, mode="nearest") for s in SMOOTHINGS_M])
        middle = count // 2
        ahead = xy[middle + 1] - xy[middle - 1]
        left = plane.to_degrees(xy[[middle]] + 100 * np.array([-ahead[1], ahead[0]]) / np.hypot(*ahead))
        return cls(river, 1 if shapely.contains_xy(bank, *left[0]) else -1, levels)

    def locate(self, point: NDArray[np.float64]) -> tuple[float, float]:
        """
        Find where along the river a point lies, and how far from it.

        Parameters
        ----------
        point
            Easting and northing, metres.

        Returns
        -------
        along_m, off_m
            Metres along the river from its east end; metres from the river, smoothed as it is for a line that far off.
        """
        off = float(shapely.Point(point).distance(self.river))
        for _ in range(5):
            curve = self._curve(np.full(self.levels.shape[1], off))
            gap = np.hypot(*(curve - point).T)
            nearest = int(gap.argmin())
            off = float(gap[nearest])
        return nearest * STEP_M, off

    def follow(self, along_m: NDArray[np.float64], off_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """
        Draw the line that passes given places beside the river.

        Parameters
        ----------
        along_m, off_m
            Shape (n,): metres along the river, in order, and metres from it; between two places the distance from the
            river changes evenly, and the line is smoothed the more the farther off it runs.

        Returns
        -------
        xy
            Shape (m, 2): the line in metres, from the first place to the last.
        """
        ahead = along_m[-1] >= along_m[0]
        order = slice(None) if ahead else slice(None, None, -1)
        first, last = np.rint(along_m[order][[0, -1]] / STEP_M).astype(int)
        span = np.arange(first, last + 1)
        off = np.interp(np.arange(self.levels.shape[1]) * STEP_M, along_m[order], off_m[order])
        curve = self._curve(off)
        tangent = np.gradient(curve, axis=0)
        tangent /= np.hypot(*tangent.T)[:, None]
        normal = self.side * np.column_stack([-tangent[:, 1], tangent[:, 0]])
        line: NDArray[np.float64] = (curve + normal * off[:, None])[span]
        return line if ahead else line[::-1]

    def _curve(self, off_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Smooth the river at each sample as a line that far off it wants it."""
        level = np.interp(off_m, SMOOTHINGS_M, np.arange(len(SMOOTHINGS_M)))
        low = np.minimum(level.astype(int), len(SMOOTHINGS_M) - 2)
        share = (level - low)[:, None]
        at = np.arange(len(off_m))
        return np.asarray((1 - share) * self.levels[low, at] + share * self.levels[low + 1, at])
