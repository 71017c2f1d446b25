"""Territories under a named set of boundaries, and the splitting of a network at them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import shape

from geo.borders import cut_at_borders, in_reach, nearness
from geo.errors import InputError
from geo.progress import silent
from geo.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry import MultiPolygon, Polygon

    from geo.network import Network
    from geo.progress import Progress

_CHUNK = 32  # vertices of a boundary in one entry of the search tree


@dataclass(frozen=True, eq=False)
class BoundarySet:
    """
    Areas of states under one named source.

    Attributes
    ----------
    id, title, source, licence, notice
        What the set is, where it comes from, and what it does not say.
    border_tolerance_m
        How far from a border the set cannot tell which side a line is on, metres.
    territories
        Keys of the areas, such as AM; one an area.
    areas
        Polygons in degrees, in the same order.
    """

    id: str
    title: str
    border_tolerance_m: float
    source: str
    licence: str
    notice: str
    territories: tuple[str, ...]
    areas: NDArray[np.object_]

    @classmethod
    def read(cls, path: Path | str) -> BoundarySet:
        """
        Read a GeoJSON file of polygons, each with a property `territory`.

        Parameters
        ----------
        path
            The file. Top-level members id, title, border_tolerance_m (default 500), source, licence and notice are
            taken when there.

        Returns
        -------
        boundaries
            The set.

        Raises
        ------
        InputError
            The file is missing, no GeoJSON, or a feature is no polygon with a territory.
        """
        path = Path(path)
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            features = content["features"]
            keys = tuple(f["properties"]["territory"] for f in features)
            areas = np.array([shape(f["geometry"]) for f in features], dtype=object)
            tolerance_m = float(content.get("border_tolerance_m", 500.0))
        except FileNotFoundError:
            message = f"{path} does not exist; give a GeoJSON file of polygons with a property `territory`"
            raise InputError(message) from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, shapely.errors.ShapelyError) as error:
            raise _no_boundaries(path, f"{type(error).__name__}: {error}") from None
        if not features:
            raise _no_boundaries(path, "it has no feature")
        for key, area in zip(keys, areas, strict=True):
            if fault := _fault(key, area):
                raise _no_boundaries(path, fault)
        if not 0 <= tolerance_m < np.inf:
            raise _no_boundaries(path, f"its border_tolerance_m is {tolerance_m:g}, not a number of metres")
        return cls(
            id=str(content.get("id", path.stem)),
            title=str(content.get("title", path.stem)),
            border_tolerance_m=tolerance_m,
            source=str(content.get("source", "not known")),
            licence=str(content.get("licence", "not known")),
            notice=str(content.get("notice", "Indicative only.")),
            territories=keys,
            areas=areas,
        )

    @property
    def meta(self) -> dict[str, Any]:
        """What a network's header says of the set."""
        names = ("id", "title", "border_tolerance_m", "source", "licence", "notice")
        return {name: getattr(self, name) for name in names} | {"territories": sorted(set(self.territories))}

    @cached_property
    def _first(self) -> NDArray[np.intp]:
        """For each area the first one of the same territory: several may make one up."""
        return np.array([self.territories.index(key) for key in self.territories], dtype=np.intp)

    @cached_property
    def segments(self) -> NDArray[np.float64]:
        """Straight pieces of all boundary lines, degrees: lon, lat, lon, lat; shape (pieces, 4)."""
        rings = [points for area in self.areas for points in _rings(area)]
        return np.concatenate([np.hstack((points[:-1], points[1:])) for points in rings])

    @cached_property
    def outline(self) -> tuple[shapely.STRtree, NDArray[np.intp]]:
        """Boundary lines in short chunks, and the first area of the territory that each belongs to."""
        chunks: list[Any] = []
        owner: list[int] = []
        for index, area in enumerate(self.areas):
            for points in _rings(area):
                for start in range(0, len(points) - 1, _CHUNK):
                    chunks.append(shapely.linestrings(points[start : start + _CHUNK + 1]))
                    owner.append(int(self._first[index]))
        return shapely.STRtree(chunks), np.asarray(owner, dtype=np.intp)

    def locate(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.intp]:
        """
        Say in which area points lie.

        Parameters
        ----------
        lon, lat
            Degrees.

        Returns
        -------
        area
            Position in `territories` (the first where several areas are of one territory); -1 where no area holds the
            point.
        """
        found = np.full(len(lon), -1, dtype=np.intp)
        for index, area in enumerate(self.areas):
            west, south, east, north = area.bounds
            open_ = np.flatnonzero((found < 0) & (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
            shapely.prepare(area)
            found[open_[shapely.contains_xy(area, lon[open_], lat[open_])]] = self._first[index]
        return found

    def territory_at(self, lon: float, lat: float) -> str:
        """
        Name the territory of one point.

        Parameters
        ----------
        lon, lat
            Degrees.

        Returns
        -------
        territory
            Its key; empty where no area holds the point.
        """
        index = int(self.locate(np.array([lon]), np.array([lat]))[0])
        return "" if index < 0 else self.territories[index]


def _rings(area: shapely.Geometry) -> Iterator[NDArray[np.float64]]:
    for polygon in shapely.get_parts(area):
        for ring in (polygon.exterior, *polygon.interiors):
            yield shapely.get_coordinates(ring)


def _no_boundaries(path: Path, fault: str) -> InputError:
    return InputError(f"{path.name} is not a boundary set ({fault}); give GeoJSON polygons with a property `territory`")


def _fault(key: object, area: Polygon | MultiPolygon) -> str | None:
    """Say what is wrong with an area; None where nothing is."""
    if not isinstance(key, str) or not key:
        return f"a feature's territory is {key!r}, not a key such as AM"
    if area.geom_type not in {"Polygon", "MultiPolygon"} or area.is_empty or not area.is_valid:
        return f"{key} is no valid polygon"
    west, south, east, north = area.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004
        return f"{key} is not in degrees of longitude and latitude"
    return None


def split(network: Network, boundaries: BoundarySet, *, progress: Progress = silent) -> Network:
    """
    Cut edges where they change territory, and note how much of each lies near a border.

    Parameters
    ----------
    network
        Any network; earlier territories are replaced.
    boundaries
        The areas.
    progress
        Hears of each stage.

    Returns
    -------
    network
        The same lines; each edge inside one territory (empty outside all areas). A published length is shared over
        the pieces in proportion to shape.
    """
    stage = "splitting at borders"
    progress(stage, 0, 3)
    if network.edge_count == 0:
        pieces, near_m = network, network.near_m
        area = near_area = np.empty(0, dtype=np.intp)
    else:
        rows, area = in_reach(network, boundaries)
        progress(stage, 1, 3)
        pieces, rows, area = cut_at_borders(network, boundaries, rows, area)
        progress(stage, 2, 3)
        near_m, near_area = nearness(pieces, boundaries, rows, area)
    text = dict(pieces.text)
    text["territory"] = _key_column(area, boundaries)
    text["near_territory"] = _key_column(near_area, boundaries)
    progress(stage, 3, 3)
    return replace(pieces, text=text, near_m=near_m, meta={**network.meta, "boundaries": boundaries.meta})


def _key_column(area: NDArray[np.intp], boundaries: BoundarySet) -> Words:
    words = tuple(sorted({"", *boundaries.territories}))
    code = np.array([words.index(k) for k in boundaries.territories] + [words.index("")], dtype=np.int32)
    return Words(code[area], words)
