"""Cut, simplify and measure lines on the plane."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from tools import formats, plane

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

SIMPLIFY_M = 10.0
"""A vertex nearer than this to the line without it is dropped: the lines are worth far less."""


LOOP_VERTICES = 60
"""A loop has no more vertices than this; a line that comes back later does so for a reason."""


def length_m(line: NDArray[np.float64]) -> float:
    """
    Measure a line on the plane.

    Parameters
    ----------
    line
        Shape (n, 2), metres.

    Returns
    -------
    length_m
        Its length in metres of the plane, which are within 0.1 % of true ones.
    """
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def locate(line: NDArray[np.float64], point: NDArray[np.float64]) -> float:
    """
    Find where a line passes nearest to a point.

    Parameters
    ----------
    line
        Shape (n, 2), metres.
    point
        Shape (2,), metres.

    Returns
    -------
    along_m
        Metres from the line's start.
    """
    return float(shapely.LineString(line).project(shapely.Point(point)))


def cut(line: NDArray[np.float64], start_m: float, end_m: float) -> NDArray[np.float64]:
    """
    Take a piece of a line.

    Parameters
    ----------
    line
        Shape (n, 2), metres.
    start_m, end_m
        Metres from the line's start, the start before the end.

    Returns
    -------
    piece
        Shape (m, 2), metres; its ends lie exactly at the two places.
    """
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    inner = line[(along > start_m) & (along < end_m)]
    ends = [[np.interp(at, along, line[:, axis]) for axis in (0, 1)] for at in (start_m, end_m)]
    return np.vstack([ends[0], inner, ends[1]])


def crossings(line: NDArray[np.float64], territory: BaseGeometry) -> list[float]:
    """
    Find where a line enters or leaves a territory.

    Parameters
    ----------
    line
        Shape (n, 2), metres.
    territory
        The territory in degrees.

    Returns
    -------
    along_m
        Metres from the line's start, in order.
    """
    degrees = shapely.LineString(plane.to_degrees(line))
    points = shapely.get_coordinates(shapely.intersection(degrees, territory.boundary))
    return sorted(locate(line, each) for each in plane.to_plane(points)) if len(points) else []


def without_loops(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Cut off the small loops that a line drawn beside a tight bend makes.

    Parameters
    ----------
    line
        Shape (n, 2), metres.

    Returns
    -------
    line
        Shape (m, 2), metres: from where a line meets itself it goes on at once from where it does so last.
    """
    kept = [line[0]]
    at = 0
    while at < len(line) - 1:
        here = shapely.LineString([kept[-1], line[at + 1]])
        window = line[at + 2 : at + 2 + LOOP_VERTICES]
        ahead = [shapely.LineString(pair) for pair in pairwise(window)]
        meeting = [i for i, piece in enumerate(ahead) if here.intersects(piece)]
        if meeting:
            kept.append(shapely.get_coordinates(here.intersection(ahead[meeting[-1]]))[0])
            at += 2 + meeting[-1]
        else:
            kept.append(line[at + 1])
            at += 1
    return np.array(kept)


def geometry(line: NDArray[np.float64], start: Sequence[float], end: Sequence[float]) -> shapely.LineString:
    """
    Turn a line on the plane into one in degrees that joins two nodes.

    Parameters
    ----------
    line
        Shape (n, 2), metres.
    start, end
        Longitude and latitude of the nodes that the line joins, at the files' decimals.

    Returns
    -------
    geometry
        The line in degrees, simplified, rounded, without repeated vertices.
    """
    simple = shapely.get_coordinates(shapely.simplify(shapely.LineString(without_loops(line)), SIMPLIFY_M))
    lonlat = np.round(plane.to_degrees(simple), formats.DECIMALS)
    lonlat[0], lonlat[-1] = start, end
    kept = np.concatenate([[True], (np.diff(lonlat, axis=0) != 0).any(axis=1)])
    return shapely.LineString(lonlat[kept])


def names(territories: Mapping[str, BaseGeometry], lonlat: Sequence[float]) -> str:
    """
    Name the territory that holds a point.

    Parameters
    ----------
    territories
        Areas by key, degrees.
    lonlat
        Longitude and latitude, degrees.

    Returns
    -------
    key
        The territory's key, or "" where the point lies in none.
    """
    held = [key for key, area in territories.items() if shapely.contains_xy(area, *lonlat)]
    return held[0] if held else ""
