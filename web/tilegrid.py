"""The grid of map tiles: from degrees to the units of a tile and back, and lines cut at its edge."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.measure import E7

Points: TypeAlias = NDArray[np.float64]
"""Shape (points, 2): right and down, units of a tile."""

TILE_PX = 512
UNITS = 4  # to a pixel: what a vertex is rounded to
EXTENT = TILE_PX * UNITS
MARGIN_PX = 8  # half of the widest line, so that none is cut off at the edge of a tile
_MERCATOR_LIMIT = 85.0511


def project(lon_e7: NDArray[np.int32], lat_e7: NDArray[np.int32], z: int, x: int, y: int) -> Points:
    """
    Put points into the units of a tile.

    Parameters
    ----------
    lon_e7, lat_e7
        The points, 1e-7 degree.
    z, x, y
        The tile.

    Returns
    -------
    points
        Shape (points, 2): right and down from the tile's north-west corner.
    """
    side = EXTENT * 2.0**z
    lat = np.radians(np.clip(lat_e7 / E7, -_MERCATOR_LIMIT, _MERCATOR_LIMIT))
    right = (lon_e7 / E7 + 180) / 360 * side - x * EXTENT
    down = (1 - np.arcsinh(np.tan(lat)) / math.pi) / 2 * side - y * EXTENT
    return np.column_stack((right, down))


def covered(z: int, x: int, y: int) -> tuple[int, int, int, int]:
    """
    Give what a tile and its margin cover.

    Parameters
    ----------
    z, x, y
        The tile.

    Returns
    -------
    window
        West, south, east, north, 1e-7 degree.
    """
    margin = MARGIN_PX / TILE_PX
    return spanned(z, (x - margin, x + 1 + margin), (y - margin, y + 1 + margin))


def spanned(z: int, across: tuple[float, float], down: tuple[float, float]) -> tuple[int, int, int, int]:
    """
    Give what a part of the map covers.

    Parameters
    ----------
    z
        The zoom of the tiles.
    across, down
        Its sides, counted in tiles from the north-west corner of the world.

    Returns
    -------
    window
        West, south, east, north, 1e-7 degree.
    """
    west, east = (part / 2**z * 360 - 180 for part in across)
    north, south = (math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * part / 2**z)))) for part in down)
    return round(west * E7), round(south * E7), round(east * E7), round(north * E7)


def cut(
    points: Points, line: NDArray[np.intp]
) -> tuple[Points, NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """
    Keep the runs of each line that come into the tile or its margin, rounded; what rounds to a point is left out.

    Parameters
    ----------
    points
        Vertices in units of the tile, line after line.
    line
        Which line each belongs to.

    Returns
    -------
    points
        The vertices kept, rounded.
    part
        Which run each belongs to.
    line
        Which line each belongs to.
    before
        How far along its line each lies, units.
    """
    a, b = points[:-1], points[1:]
    same = line[:-1] == line[1:]
    step = np.where(same, np.hypot(*(b - a).T), 0.0)
    along = np.concatenate(([0.0], np.cumsum(step)))
    first = np.flatnonzero(np.concatenate(([True], ~same)))
    along -= np.repeat(along[first], np.diff(np.append(first, len(points))))
    low, high = -MARGIN_PX * UNITS, EXTENT + MARGIN_PX * UNITS
    inside = np.all((np.minimum(a, b) <= high) & (np.maximum(a, b) >= low), axis=1) & same
    starts = inside & ~np.concatenate(([False], inside[:-1] & same[:-1]))
    run = np.cumsum(starts) - 1
    piece = np.flatnonzero(inside)
    # Each run is the first vertex of its first step, then the last vertex of every step.
    index = np.sort(np.concatenate((np.flatnonzero(starts) * 2, piece * 2 + 1)))
    vertex = (index + 1) // 2
    part = np.where(index % 2, run[index // 2], run[np.minimum(index // 2, len(run) - 1)])
    rounded = np.round(points[vertex])
    keep = np.ones(len(vertex), dtype=bool)
    if len(vertex) > 1:
        again = (part[1:] == part[:-1]) & np.all(rounded[1:] == rounded[:-1], axis=1)
        keep[1:] = ~again
    count = np.bincount(part[keep], minlength=int(part.max(initial=-1)) + 1)
    keep &= count[part] > 1
    return rounded[keep], part[keep], line[vertex][keep], along[vertex][keep]
