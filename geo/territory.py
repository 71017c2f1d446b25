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

from geo.cutting import replace_edges
from geo.errors import InputError
from geo.measure import E7, flat_frame, to_e7
from geo.progress import silent
from geo.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geo.network import Network
    from geo.progress import Progress

_CHUNK = 32  # vertices of a boundary in one entry of the search tree
_NEAR_STEP_M = 20.0  # nearness to a border is measured in steps of this length
_SLIVER_DEG = 0.0003  # about 30 m
_APART = 1e-9  # degrees; cuts closer than this (0.1 mm) are one cut


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
            keys = tuple(str(f["properties"]["territory"]) for f in features)
            areas = np.array([shape(f["geometry"]) for f in features], dtype=object)
        except FileNotFoundError:
            message = f"{path} does not exist; give a GeoJSON file of polygons with a property `territory`"
            raise InputError(message) from None
        except (ValueError, KeyError, TypeError, shapely.errors.ShapelyError) as error:
            message = (
                f"{path.name} is not a boundary set ({type(error).__name__}: {error}); "
                "it must be GeoJSON polygons with a property `territory`"
            )
            raise InputError(message) from None
        bad = [
            k
            for k, a in zip(keys, areas, strict=True)
            if a.geom_type not in {"Polygon", "MultiPolygon"} or not a.is_valid
        ]
        if bad or not keys:
            message = (
                f"{path.name} is not a boundary set: {bad[0] if bad else 'no feature'} is no valid polygon; "
                "give polygons with a property `territory`"
            )
            raise InputError(message)
        return cls(
            id=str(content.get("id", path.stem)),
            title=str(content.get("title", path.stem)),
            border_tolerance_m=float(content.get("border_tolerance_m", 500.0)),
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
    def _outline(self) -> tuple[shapely.STRtree, NDArray[np.intp]]:
        """Boundary lines in short chunks, and the area that each belongs to."""
        chunks: list[Any] = []
        owner: list[int] = []
        for index, area in enumerate(self.areas):
            for points in _rings(area):
                for start in range(0, len(points) - 1, _CHUNK):
                    chunks.append(shapely.linestrings(points[start : start + _CHUNK + 1]))
                    owner.append(index)
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
            Position in `territories`; -1 where no area holds the point.
        """
        found = np.full(len(lon), -1, dtype=np.intp)
        for index, area in enumerate(self.areas):
            west, south, east, north = area.bounds
            open_ = np.flatnonzero((found < 0) & (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
            shapely.prepare(area)
            found[open_[shapely.contains_xy(area, lon[open_], lat[open_])]] = index
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
    progress("splitting at borders", 0, 3)
    pieces = _cut(network, boundaries)
    progress("splitting at borders", 1, 3)
    area = _areas_of(pieces, boundaries)
    text = dict(pieces.text)
    text["territory"] = _key_column(area, boundaries)
    progress("splitting at borders", 2, 3)
    near_m, near_area = _nearness(pieces, area, boundaries)
    text["near_territory"] = _key_column(near_area, boundaries)
    progress("splitting at borders", 3, 3)
    return replace(pieces, text=text, near_m=near_m, meta={**network.meta, "boundaries": boundaries.meta})


def _key_column(area: NDArray[np.intp], boundaries: BoundarySet) -> Words:
    words = tuple(sorted({"", *boundaries.territories}))
    code = np.array([words.index(k) for k in boundaries.territories] + [words.index("")], dtype=np.int32)
    return Words(code[area], words)


def _areas_of(network: Network, boundaries: BoundarySet) -> NDArray[np.intp]:
    """Locate each edge by the middle of its middle piece: the ends may lie on a border."""
    middle = (network.vertex_offset[:-1] + network.vertex_offset[1:]) // 2
    lon = (network.vertex_lon_e7[middle - 1] / E7 + network.vertex_lon_e7[middle] / E7) / 2
    lat = (network.vertex_lat_e7[middle - 1] / E7 + network.vertex_lat_e7[middle] / E7) / 2
    area = boundaries.locate(lon, lat)
    # Rounding leaves slivers of some metres between areas that touch: what lies in one goes to the nearest area.
    lost = np.flatnonzero(area < 0)
    if len(lost):
        tree, owner = boundaries._outline  # noqa: SLF001
        point, chunk = tree.query_nearest(
            shapely.points(lon[lost], lat[lost]), max_distance=_SLIVER_DEG, all_matches=False
        )
        area[lost[point]] = owner[chunk]
    return area


# -- cutting ---------------------------------------------------------------------------------------------------------


def _cut(network: Network, boundaries: BoundarySet) -> Network:
    lines = network.lines()
    tree, _owner = boundaries._outline  # noqa: SLF001  (one module)
    line_row, chunk_row = tree.query(lines, predicate="intersects")
    if len(line_row) == 0:
        return network
    hits = shapely.intersection(lines[line_row], tree.geometries[chunk_row])
    touched = np.unique(line_row)
    parent: list[int] = []
    shapes: list[NDArray[np.int32]] = []
    for row in touched:
        points = shapely.get_coordinates(_slice(hits, line_row, row))
        for piece in _pieces(network.coordinates(row), lines[row], points, boundaries):
            parent.append(int(row))
            shapes.append(to_e7(piece))
    return replace_edges(network, touched, np.asarray(parent, dtype=np.intp), shapes)


def _slice(hits: NDArray[np.object_], line_row: NDArray[np.intp], row: int) -> NDArray[np.object_]:
    # STRtree.query gives line_row in ascending order.
    first, last = np.searchsorted(line_row, [row, row + 1])
    return hits[first:last]


def _pieces(
    vertices: NDArray[np.float64], line: shapely.LineString, cuts: NDArray[np.float64], boundaries: BoundarySet
) -> list[NDArray[np.float64]]:
    """Cut one line at points that lie on it, but only where the area changes."""
    at = np.unique(shapely.line_locate_point(line, shapely.points(cuts)))
    at = at[(at > _APART) & (at < line.length - _APART)]
    at = at[np.concatenate(([True], np.diff(at) > _APART))] if len(at) else at
    bounds = np.concatenate(([0.0], at, [line.length]))
    middles = shapely.get_coordinates(shapely.line_interpolate_point(line, (bounds[:-1] + bounds[1:]) / 2))
    area = boundaries.locate(middles[:, 0], middles[:, 1])
    kept = at[area[1:] != area[:-1]]
    if len(kept) == 0:
        return [vertices]
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(vertices, axis=0).T))))
    points = shapely.get_coordinates(shapely.line_interpolate_point(line, kept))
    pieces, start, first = [], vertices[:1], 0.0
    for where, point in zip([*kept, np.inf], [*points, vertices[-1]], strict=True):
        inner = vertices[(along > first + _APART) & (along < min(where, along[-1]) - _APART)]
        pieces.append(np.vstack((start, inner, point[None])))
        start, first = point[None], float(where)
    return pieces


# -- nearness --------------------------------------------------------------------------------------------------------


def _nearness(
    network: Network, area: NDArray[np.intp], boundaries: BoundarySet
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Measure how many metres of each edge lie within tolerance of another area, and of which."""
    near_m = np.zeros(network.edge_count)
    near_area = np.full(network.edge_count, -1, dtype=np.intp)
    if network.edge_count == 0:
        return near_m, near_area
    lon, lat = network.vertex_lon_e7 / E7, network.vertex_lat_e7 / E7
    project = flat_frame(float(lon.min() + lon.max()) / 2, float(lat.min() + lat.max()) / 2)
    # Where a generalised line may itself lie further off than the tolerance, its own accuracy decides.
    tolerance = np.fmax(boundaries.border_tolerance_m, np.nan_to_num(network.accuracy_m, nan=0.0).astype(np.float64))
    tree, owner = boundaries._outline  # noqa: SLF001
    flat = shapely.STRtree(shapely.transform(tree.geometries, project))
    lines = shapely.transform(network.lines(), project)
    row, chunk = flat.query(lines, predicate="dwithin", distance=tolerance)
    foreign = (owner[chunk] != area[row]) & (area[row] >= 0)
    pairs = np.unique(np.column_stack((row[foreign], owner[chunk[foreign]])), axis=0)
    outline = {index: flat.geometries[owner == index] for index in np.unique(owner)}
    for index in np.unique(pairs[:, 1]) if len(pairs) else []:
        rows = pairs[pairs[:, 1] == index, 0]
        metres = _near_part(lines[rows], outline[index], tolerance[rows]) * network.shape_length_m[rows]
        better = metres > near_m[rows]
        near_m[rows[better]] = metres[better]
        near_area[rows[better]] = index
    return near_m, near_area


def _near_part(
    lines: NDArray[np.object_], border: NDArray[np.object_], tolerance_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the share of each flat line that lies within tolerance of a border: 1 exactly where all of it does."""
    steps = np.maximum(np.ceil(shapely.length(lines) / _NEAR_STEP_M).astype(np.int64), 1)
    line = np.repeat(np.arange(len(lines)), steps)
    within = np.arange(len(line)) - np.repeat(np.cumsum(steps) - steps, steps)
    points = shapely.line_interpolate_point(lines[line], (within + 0.5) / steps[line], normalized=True)
    hit = np.unique(shapely.STRtree(border).query(points, predicate="dwithin", distance=tolerance_m[line])[0])
    return np.bincount(line[hit], minlength=len(lines)) / steps
