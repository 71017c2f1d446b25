"""Build ``rivers.geojson``: the rivers that are borders, taken from the borders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from tools import formats

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

ARAXES = {
    "id": "araxes",
    "name_en": "Araxes",
    "name_hy": "Արաքս",
    "name_az": "Araz",
    "name_local": "Արաքս / Araz / ارس / Aras",
}

NORTH = ("AM", "AZ", "AZ-NX")

ARAXES_EAST = (47.5, 48.3)
"""Between these degrees the border leaves the river: at its northernmost point there, by Bahramtepe."""

AKHURIAN_MOUTH = (43.4, 43.8)
"""Between these degrees the Akhurian joins: the southernmost point of the border of Armenia and Türkiye there."""


def build(territories: Mapping[str, BaseGeometry]) -> bytes:
    """
    Write the border rivers as GeoJSON.

    Parameters
    ----------
    territories
        Areas by key, degrees.

    Returns
    -------
    content
        The content of ``rivers.geojson``. Rivers that are no border are not in it: no source within reach has them.
    """
    members = {
        "title": "Border rivers",
        "source": "timezonefinder-data 3.2026.3.post1: the border where it follows the river",
        "licence": "ODbL 1.0, (c) OpenStreetMap contributors",
        "notice": "The middle of the river as the border has it; indicative. Rivers inside a territory are left out.",
    }
    return formats.geojson(members, [formats.feature(ARAXES, araxes(territories))])


def araxes(territories: Mapping[str, BaseGeometry]) -> shapely.LineString:
    """
    Take the Araxes from the borders that follow it.

    Parameters
    ----------
    territories
        Areas by key, degrees.

    Returns
    -------
    araxes
        The river in degrees, from its upper end at the border of Armenia and Türkiye to where the border leaves it.
    """
    north = shapely.union_all([territories[key] for key in NORTH])
    south = shapely.union_all([territories[key] for key in ("IR", "TR")])
    common = shapely.line_merge(shapely.intersection(north.boundary, south.boundary))
    lonlat = shapely.get_coordinates(max(shapely.get_parts(common), key=lambda part: part.length))
    if lonlat[0, 0] > lonlat[-1, 0]:
        lonlat = lonlat[::-1]
    upper = _extreme(lonlat, AKHURIAN_MOUTH, -1)
    lower = _extreme(lonlat, ARAXES_EAST, 1)
    return shapely.LineString(lonlat[upper : lower + 1])


def _extreme(lonlat: np.ndarray, between: tuple[float, float], sign: int) -> int:
    """Find the vertex farthest north (sign 1) or south (-1) between two meridians."""
    inside = (lonlat[:, 0] > between[0]) & (lonlat[:, 0] < between[1])
    return int(np.where(inside, sign * lonlat[:, 1], -np.inf).argmax())
