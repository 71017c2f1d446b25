"""Lanes: candidates that run closer beside each other than they can be drawn are moved apart, as on any good map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_STEP = 2.0  # points between samples
_NEAR = 0.8  # of a lane's width: nearer than this, a line is moved
_LEAST_RUN = 8  # samples; shorter meetings are crossings, and stay
_BRIDGED = 14  # samples apart that a run may leave the other line and still be one run
_TAPER = 9.0  # points over which a line goes over to its lane
_LANES = (1, -1, 2, -2, 3, -3, 4, -4)


def move_apart(lines: Sequence[NDArray[np.float64]], width: float) -> list[NDArray[np.float64]]:
    """
    Move lines apart.

    Parameters
    ----------
    lines
        x and y of the vertices of each, points; the first stays where it is.
    width
        Of a lane: how far apart the middles of two lines shall be.

    Returns
    -------
    lines
        The same number of vertices in each, moved where it ran along one before it.
    """
    placed: list[NDArray[np.float64]] = []
    for points in lines:
        moved = points
        if placed and len(points) > 1:
            moved = _beside(points, placed, width)
        placed.append(moved)
    return placed


def _beside(points: NDArray[np.float64], placed: Sequence[NDArray[np.float64]], width: float) -> NDArray[np.float64]:
    """Move one line out of the way of those that have their places."""
    hops = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(hops)))
    at = np.linspace(0.0, along[-1], max(2, round(along[-1] / _STEP)))
    samples = np.column_stack([np.interp(at, along, points[:, axis]) for axis in (0, 1)])
    others = [line for line in placed if len(line) > 1]
    shift = np.zeros_like(samples)
    near, foot, ahead = _nearest(samples, others)
    for start, stop in _runs(near < width * _NEAR):
        here = slice(start, stop)
        shift[here] = _lane(samples[here], foot[here], ahead[here], others, width)
    if not shift.any():
        return points
    smooth = ndimage.gaussian_filter1d(shift, _TAPER / _STEP, axis=0, mode="nearest")
    moved: NDArray[np.float64] = points + np.column_stack([np.interp(along, at, smooth[:, axis]) for axis in (0, 1)])
    return moved


def _nearest(
    samples: NDArray[np.float64], lines: Sequence[NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give for each sample the distance to the nearest of the lines, its foot there, and which way that line goes."""
    shapes = np.array([shapely.linestrings(line) for line in lines], dtype=object)
    spots = shapely.points(samples)
    distances = np.array([shapely.distance(spots, shape) for shape in shapes])
    which = distances.argmin(axis=0)
    best = shapes[which]
    where = shapely.line_locate_point(best, spots)
    foot = shapely.get_coordinates(shapely.line_interpolate_point(best, where))
    before = shapely.get_coordinates(shapely.line_interpolate_point(best, np.maximum(where - _STEP, 0)))
    after = shapely.get_coordinates(shapely.line_interpolate_point(best, where + _STEP))
    ahead = after - before
    return distances.min(axis=0), foot, ahead / np.maximum(np.hypot(*ahead.T), 1e-9)[:, np.newaxis]


def _runs(near: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """List where a line runs along another, short partings included and short meetings left out."""
    rows = np.flatnonzero(near)
    if not len(rows):
        return []
    cuts = np.flatnonzero(np.diff(rows) > _BRIDGED)
    starts, stops = np.concatenate(([rows[0]], rows[cuts + 1])), np.concatenate((rows[cuts], [rows[-1]]))
    return [(int(a), int(b) + 1) for a, b in zip(starts, stops, strict=True) if near[a : b + 1].sum() >= _LEAST_RUN]


def _lane(
    samples: NDArray[np.float64],
    foot: NDArray[np.float64],
    ahead: NDArray[np.float64],
    others: Sequence[NDArray[np.float64]],
    width: float,
) -> NDArray[np.float64]:
    """Choose the lane that is nearest to where a run lies and free of all other lines; give the shift to it."""
    normal = np.column_stack((-ahead[:, 1], ahead[:, 0]))
    offset = ((samples - foot) * normal).sum(axis=1)
    # Lines may follow the other against its direction: a side is a side of the run, not of the line.
    best: tuple[float, NDArray[np.float64]] | None = None
    for lane in _LANES:
        wanted = lane * width
        moved = foot + normal * wanted
        apart = _nearest(moved, others)[0]
        tight = float(np.mean(apart < width * _NEAR))
        cost = tight * 10 + abs(wanted - float(np.median(offset))) / width
        if best is None or cost < best[0]:
            best = (cost, np.where((np.abs(offset) < abs(wanted))[:, np.newaxis], moved - samples, 0.0))
    return np.zeros_like(samples) if best is None else best[1]
