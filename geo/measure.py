"""Lengths on the WGS84 ellipsoid, and the flat local frame used for nearness."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod, Transformer

from geo.threads import in_threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

GEOD = Geod(ellps="WGS84")
E7 = 10_000_000
_RADIANS = math.pi / 180 / E7  # in one unit of 1e-7 degree
_SHORT_E7 = E7 // 20  # hops of at most this much longitude and latitude are short: about 5 km
_HIGH_E7 = 80 * E7  # latitude beyond which meridians lie too close for the series
_SPAN = 65_536  # vertices measured at once: what the working arrays need stays in the processor's cache


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
    offset: NDArray[np.int64], lon_e7: NDArray[np.int32], lat_e7: NDArray[np.int32]
) -> NDArray[np.float64]:
    """
    Measure many polylines at once on the WGS84 ellipsoid.

    Parameters
    ----------
    offset
        Where each line's vertices begin; shape (lines + 1,).
    lon_e7, lat_e7
        All vertices, 1e-7 degree.

    Returns
    -------
    length_m
        One length for each line, metres: hops up to some 5 km within a micrometre of the geodesic, longer ones
        exactly. Source: see `_short_hops_m` and `geodesic_m`.
    """
    count = len(lon_e7)
    if count == 0:
        return np.zeros(len(offset) - 1)
    step = np.zeros(count)

    def measure(first: int) -> None:
        last = min(first + _SPAN, count - 1)
        step[first:last] = _hops_m(lon_e7[first : last + 1], lat_e7[first : last + 1])

    in_threads(measure, range(0, count - 1, _SPAN))
    step[offset[1:] - 1] = 0.0  # the hop from one line's last vertex to the next line's first
    return np.asarray(np.add.reduceat(step, offset[:-1]), dtype=np.float64)


def _hops_m(lon_e7: NDArray[np.int32], lat_e7: NDArray[np.int32]) -> NDArray[np.float64]:
    """Measure from each vertex to the next."""
    lon, lat = lon_e7.astype(np.int64), lat_e7.astype(np.int64)
    east, north, twice = np.diff(lon), np.diff(lat), lat[1:] + lat[:-1]
    hop_m = _short_hops_m(*(np.multiply(e7, _RADIANS) for e7 in (east, north, twice / 2)))
    far = np.flatnonzero((np.abs(east) > _SHORT_E7) | (np.abs(north) > _SHORT_E7) | (np.abs(twice) > 2 * _HIGH_E7))
    hop_m[far] = geodesic_m(lon[far] / E7, lat[far] / E7, lon[far + 1] / E7, lat[far + 1] / E7)
    return hop_m


def _short_hops_m(
    d_lon: NDArray[np.float64], d_lat: NDArray[np.float64], mid_lat: NDArray[np.float64]
) -> NDArray[np.float64]:
    """
    Measure short geodesics (radians) by Gauss's series about the middle latitude, to the third order.

    Source: Gauss's mid-latitude formulae, as textbooks of geodesy give them. Within `_SHORT_E7` and `_HIGH_E7` they are
    less than a micrometre from Karney's geodesic, many times as fast, and the same both ways to the last bit.
    """
    second = GEOD.es / (1.0 - GEOD.es)  # the second eccentricity, squared
    sin2 = np.sin(mid_lat) ** 2
    cos2 = 1.0 - sin2
    d_lon2, d_lat2 = d_lon * d_lon, d_lat * d_lat
    across = 1.0 - GEOD.es * sin2
    normal_m = GEOD.a / np.sqrt(across)
    meridian_m = normal_m * ((1.0 - GEOD.es) / across)
    eta2 = second * cos2
    bend = d_lat2 / (24.0 * (1.0 + eta2) ** 2)
    east_m = normal_m * d_lon * np.sqrt(cos2)
    east_m *= 1.0 - d_lon2 * sin2 / 24.0 + bend * (1.0 + eta2 - 9.0 * second * sin2)
    north_m = meridian_m * d_lat * (1.0 - d_lon2 / 8.0)
    north_m *= 1.0 + d_lon2 * cos2 * (1.0 - 2.0 * eta2) / 24.0 + 3.0 * bend * second * (cos2 - sin2)
    return np.asarray(np.sqrt(east_m * east_m + north_m * north_m), dtype=np.float64)


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
    transformer = _flat(f"+proj=aeqd +lat_0={lat:.4f} +lon_0={lon:.4f} +datum=WGS84 +units=m")

    def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = transformer.transform(points[:, 0], points[:, 1])
        return np.column_stack((x, y))

    return project


@lru_cache(maxsize=256)
def _flat(frame: str) -> Transformer:
    """Make a frame once: PROJ takes 60 ms for each, and a study asks for the same few again and again."""
    return Transformer.from_crs("EPSG:4326", frame, always_xy=True)
