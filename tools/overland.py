"""Lead a line over land from place to place: straight where places are near or the ground is flat, else traced."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.ndimage import gaussian_filter1d

from tools import plane, tracing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tools.nodes import Atlas

TRACED_FROM_M = 13_000.0
"""Between places nearer than this a straight line is as good as a traced one: the relief's cells are 0.9 km long."""

TRACED_FROM_SLOPE = 0.03
"""On ground with a mean slope below this the relief says nothing of where a line runs."""

SOUTH = ("IR", "TR")
"""The territories on the south bank: a line between two places on the north bank keeps out of them."""

SMOOTHED_M = 200.0
"""A traced line is smoothed by this standard deviation: the steps of its grid are not the line's."""


@dataclass(frozen=True)
class Design:
    """
    How a kind of line climbs.

    Attributes
    ----------
    ruling_grade
        The steepest it goes: a climb makes it at least this much longer.
    """

    ruling_grade: float


ROAD = Design(0.06)
RAIL = Design(0.02)


def draw(atlas: Atlas, places: Sequence[str], design: Design) -> NDArray[np.float64]:
    """
    Draw a line through places.

    Parameters
    ----------
    atlas
        Where the places are, and the relief.
    places
        Place ids in order.
    design
        How it climbs.

    Returns
    -------
    path
        Shape (n, 2), metres.
    """
    at = [atlas.xy(place) for place in places]
    legs = [_leg(atlas, start, end, design) for start, end in pairwise(at)]
    return np.vstack([legs[0], *(leg[1:] for leg in legs[1:])])


def traced(atlas: Atlas, places: Sequence[str]) -> bool:
    """
    Tell whether most of a line through places is traced over the relief.

    Parameters
    ----------
    atlas
        Where the places are, and the relief.
    places
        Place ids in order.

    Returns
    -------
    traced
        True where the traced legs are more than half of it, as the crow flies.
    """
    at = np.array([atlas.xy(place) for place in places])
    crow = np.hypot(*np.diff(at, axis=0).T)
    chosen = [_is_traced(atlas, start, end) for start, end in pairwise(at)]
    return bool(crow[chosen].sum() > crow.sum() / 2)


def _leg(atlas: Atlas, start: NDArray[np.float64], end: NDArray[np.float64], design: Design) -> NDArray[np.float64]:
    """Draw the line between two neighbouring places."""
    if _leaves_bank(atlas, start, end):
        bank = atlas.banks["north"]
        along, off = np.array([bank.locate(start), bank.locate(end)]).T
        return np.vstack([start, bank.follow(along, off)[1:-1], end])
    if not _is_traced(atlas, start, end):
        return np.array([start, end])
    path = tracing.trace(atlas.ground, start, end, design.ruling_grade)
    line = shapely.LineString(path)
    even = shapely.line_interpolate_point(line, np.linspace(0, line.length, round(line.length / 100) + 1))
    smooth = gaussian_filter1d(shapely.get_coordinates(even), SMOOTHED_M / 100, axis=0, mode="nearest")
    smooth[0], smooth[-1] = start, end
    return smooth


def _leaves_bank(atlas: Atlas, start: NDArray[np.float64], end: NDArray[np.float64]) -> bool:
    """Tell whether the straight line between two places on the north bank would cross the border river."""
    chord = plane.to_degrees(np.array([start, end]))
    on_south = [any(shapely.contains_xy(atlas.territories[key], *point) for key in SOUTH) for point in chord]
    crossed = any(shapely.LineString(chord).intersects(atlas.territories[key]) for key in SOUTH)
    return crossed and not any(on_south)


def _is_traced(atlas: Atlas, start: NDArray[np.float64], end: NDArray[np.float64]) -> bool:
    """Choose by the distance between the places and the slope of the ground between them; nothing else is looked at."""
    crow = float(np.hypot(*(end - start)))
    return crow >= TRACED_FROM_M and tracing.mean_slope(atlas.ground, start, end) >= TRACED_FROM_SLOPE
