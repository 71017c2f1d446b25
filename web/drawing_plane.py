"""The plane of a printed map: a conformal projection of its own, fitted into the map's frame on the paper."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from shapely.geometry.base import BaseGeometry

    Box = tuple[float, float, float, float]

_LEAST_SPAN = 0.02  # degrees; a map of a smaller place shows its surroundings
_POLAR = 84.0
_STEPS = 24  # pieces of a side of the frame that is followed over the ground
_POINT_M = 0.0254 / 72


@dataclass(frozen=True)
class Plane:
    """
    A frame on the paper, and how places come into it.

    Attributes
    ----------
    frame
        x, y, width, height, points.
    crs
        The projection, as a PROJ string.
    west_m, north_m
        Projected coordinates of the frame's upper left corner, metres.
    metres_a_point
        The scale.
    meridian
        The meridian that stands upright, degrees.
    """

    frame: Box
    crs: str
    west_m: float
    north_m: float
    metres_a_point: float
    meridian: float

    @classmethod
    def fit(cls, area: Box, frame: Box, margin: float = 0.06) -> Plane:
        """
        Fit an area into a frame.

        Parameters
        ----------
        area
            West, south, east, north, degrees.
        frame
            x, y, width, height, points.
        margin
            Share of the frame left free on each side.

        Returns
        -------
        plane
            Lambert's conformal conic projection with both parallels inside the area; Mercator's by the equator.
        """
        west, south, east, north = _widened(area)
        meridian = round((west + east) / 2, 4)
        sixth = (north - south) / 6
        low, high = round(south + sixth, 4), round(north - sixth, 4)
        crs = f"+proj=lcc +lat_1={low} +lat_2={high} +lat_0={round((south + north) / 2, 4)} +lon_0={meridian}"
        if abs(low + high) < 1 or not -_POLAR < south < north < _POLAR:
            crs = f"+proj=merc +lon_0={meridian}"
        crs += " +datum=WGS84 +units=m"
        project = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        lon, lat = shapely.get_coordinates(shapely.segmentize(shapely.box(west, south, east, north), sixth)).T
        x, y = project.transform(lon, np.clip(lat, -_POLAR, _POLAR))
        wide, tall = float(np.ptp(x)), float(np.ptp(y))
        inner = 1 - 2 * margin
        scale = max(wide / (frame[2] * inner), tall / (frame[3] * inner))
        scale = _round_scale(scale)
        middle_x, middle_y = float(x.min()) + wide / 2, float(y.min()) + tall / 2
        return cls(frame, crs, middle_x - scale * frame[2] / 2, middle_y + scale * frame[3] / 2, scale, meridian)

    @cached_property
    def _there(self) -> pyproj.Transformer:
        return pyproj.Transformer.from_crs("EPSG:4326", self.crs, always_xy=True)

    def points(self, lonlat: ArrayLike) -> NDArray[np.float64]:
        """
        Bring places onto the paper.

        Parameters
        ----------
        lonlat
            Degrees, one row a place.

        Returns
        -------
        points
            x and y, one row a place.
        """
        given = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
        x, y = self._there.transform(given[:, 0], given[:, 1])
        return np.column_stack(
            (
                self.frame[0] + (np.asarray(x) - self.west_m) / self.metres_a_point,
                self.frame[1] + (self.north_m - np.asarray(y)) / self.metres_a_point,
            )
        )

    def places(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """
        Say which places lie under points of the paper.

        Parameters
        ----------
        x, y
            Points, arrays of one shape.

        Returns
        -------
        lon, lat
            Degrees, of the same shape.
        """
        east = self.west_m + (np.asarray(x, dtype=np.float64) - self.frame[0]) * self.metres_a_point
        north = self.north_m - (np.asarray(y, dtype=np.float64) - self.frame[1]) * self.metres_a_point
        lon, lat = self._there.transform(east, north, direction="INVERSE")
        return np.asarray(lon), np.asarray(lat)

    def draw(self, shape: BaseGeometry) -> BaseGeometry:
        """
        Bring a geometry onto the paper.

        Parameters
        ----------
        shape
            In degrees.

        Returns
        -------
        shape
            In points.
        """
        return shapely.transform(shape, self.points)

    @cached_property
    def window(self) -> shapely.Polygon:
        """The frame, as a polygon in points."""
        x, y, width, height = self.frame
        return shapely.box(x, y, x + width, y + height)

    @cached_property
    def area(self) -> Box:
        """West, south, east, north of the ground that the frame shows, degrees."""
        x, y = shapely.get_coordinates(shapely.segmentize(self.window.exterior, self.frame[2] / _STEPS)).T
        lon, lat = self.places(x, y)
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())

    @property
    def denominator(self) -> float:
        """The scale's denominator: how many metres of ground lie under a metre of paper."""
        return self.metres_a_point / _POINT_M


def _round_scale(metres_a_point: float) -> float:
    """Make a scale a little smaller, so that its denominator has two digits that are not zero."""
    denominator = metres_a_point / _POINT_M
    step = 10.0 ** (math.floor(math.log10(denominator)) - 1)
    return math.ceil(denominator / step - 1e-9) * step * _POINT_M


def _widened(area: Box) -> Box:
    """Give an area without extent some, so that there is a map of it."""
    west, south, east, north = area
    across, up = max(0.0, _LEAST_SPAN - (east - west)) / 2, max(0.0, _LEAST_SPAN - (north - south)) / 2
    return west - across, south - up, east + across, north + up
