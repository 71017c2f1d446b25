"""Lengths on the WGS84 ellipsoid, and the flat local frame used for nearness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod, Transformer

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

GEOD = Geod(ellps="WGS84")
E7 = 10_000_000


def to_e7(degrees: NDArray[np.float64]) -> NDArray[np.int32]:
    """
    Round degrees to the 1e-7 grid of OpenStreetMap, as integers.

    Parameters
    ----------
    degrees
        Longitudes or latitudes in degrees.

    Returns
    -------
    e7
        The same, in units of 1e-7 degree (about 1 cm).
    """
    return np.rint(np.asarray(degrees) * E7).astype(np.int32)


def geodesic_m(
    lon1: NDArray[np.float64], lat1: NDArray[np.float64], lon2: NDArray[np.float64], lat2: NDArray[np.float64]
) -> NDArray[np.float64]:
    """
    Measure geodesics between pairs of points on the WGS84 ellipsoid.

    Parameters
    ----------
    lon1, lat1, lon2, lat2
        Coordinates in degrees, arrays of one shape.

    Returns
    -------
    distance_m
        Metres, of the same shape. Source: Karney's geodesics, through PROJ.
    """
    if np.size(lon1) == 0:
        return np.zeros(np.shape(lon1))
    return np.asarray(GEOD.inv(lon1, lat1, lon2, lat2)[2], dtype=np.float64)


def line_lengths_m(
    offset: NDArray[np.int64], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> NDArray[np.float64]:
    """
    Measure many polylines at once on the WGS84 ellipsoid.

    Parameters
    ----------
    offset
        Where each line's vertices begin; shape (lines + 1,).
    lon, lat
        All vertices, degrees.

    Returns
    -------
    length_m
        One length for each line, metres.
    """
    if len(lon) == 0:
        return np.zeros(len(offset) - 1)
    step = np.zeros(len(lon))
    step[:-1] = geodesic_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    step[offset[1:] - 1] = 0.0  # the hop from one line's last vertex to the next line's first
    return np.asarray(np.add.reduceat(step, offset[:-1]), dtype=np.float64)


def flat_frame(lon: float, lat: float) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """
    Make a function from degrees to metres that is true near a point.

    Parameters
    ----------
    lon, lat
        Centre of the frame, degrees.

    Returns
    -------
    project
        Maps an array of shape (n, 2) of lon, lat to azimuthal equidistant metres. Within 300 km of the centre
        distances are off by less than 0.1 %: enough to say what is near, never used for a published length.
    """
    transformer = Transformer.from_crs(
        "EPSG:4326", f"+proj=aeqd +lat_0={lat:.4f} +lon_0={lon:.4f} +datum=WGS84 +units=m", always_xy=True
    )

    def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = transformer.transform(points[:, 0], points[:, 1])
        return np.column_stack((x, y))

    return project
