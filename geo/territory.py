"""Territories under a named set of boundaries, and the splitting of a network at them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
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
    from shapely.geometry import MultiPolygon, Polygon

    from geo.network import Network
    from geo.progress import Progress

_CHUNK = 32  # vertices of a boundary in one entry of the search tree
_NEAR_STEP_M = 20.0  # nearness to a border is measured in steps of this length
_METRES_A_DEGREE = 110_000.0  # of latitude, at the least
_SLIVER_DEG = 0.0003  # about 30 m
_GRID_DEG = 1e-7  # about 1 cm: the grid of coordinates


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
    def _outline(self) -> tuple[shapely.STRtree, NDArray[np.intp]]:
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
    progress("splitting at borders", 0, 3)
    pieces, area = _cut(network, boundaries)
    progress("splitting at borders", 1, 3)
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


# -- cutting ---------------------------------------------------------------------------------------------------------


def _cut(network: Network, boundaries: BoundarySet) -> tuple[Network, NDArray[np.intp]]:
    """Cut edges where the area changes; give the pieces and the area of each."""
    lines = network.lines()
    area = _areas_of(network, boundaries)
    tree, _owner = boundaries._outline  # noqa: SLF001  (one module)
    line_row, chunk_row = tree.query(lines, predicate="intersects")
    touched = np.unique(line_row)
    if len(touched) == 0:
        return network, area
    hits = shapely.intersection(lines[line_row], tree.geometries[chunk_row])
    # STRtree.query gives line_row in ascending order.
    first = np.searchsorted(line_row, [*touched, touched[-1] + 1])
    bounds = [
        _bounds(lines[row], shapely.get_coordinates(hits[start:stop]))
        for row, (start, stop) in zip(touched, pairwise(first), strict=True)
    ]
    cut: list[int] = []
    parent: list[int] = []
    shapes: list[NDArray[np.int32]] = []
    areas: list[int] = []
    for row, at, slices in zip(touched, bounds, _areas_of_slices(lines[touched], bounds, boundaries), strict=True):
        area[row] = slices[0]
        change = np.flatnonzero(slices[1:] != slices[:-1]) + 1
        if len(change):
            pieces = _pieces(network.coordinates(row), lines[row], at[change])
            cut.append(int(row))
            parent.extend([int(row)] * len(pieces))
            shapes.extend(to_e7(piece) for piece in pieces)
            areas.extend(slices[[0, *change]].tolist())
    if not cut:
        return network, area
    whole = np.setdiff1d(np.arange(network.edge_count), cut)
    order = np.argsort(np.concatenate((whole, parent)), kind="stable")
    area = np.concatenate((area[whole], np.asarray(areas, dtype=np.intp)))[order]
    return replace_edges(network, np.asarray(cut), np.asarray(parent, dtype=np.intp), shapes), area


def _areas_of(network: Network, boundaries: BoundarySet) -> NDArray[np.intp]:
    """Locate each edge by the middle of its middle piece: the ends may lie on a border."""
    middle = (network.vertex_offset[:-1] + network.vertex_offset[1:]) // 2
    lon = (network.vertex_lon_e7[middle - 1] / E7 + network.vertex_lon_e7[middle] / E7) / 2
    lat = (network.vertex_lat_e7[middle - 1] / E7 + network.vertex_lat_e7[middle] / E7) / 2
    return _settled(lon, lat, boundaries)


def _settled(lon: NDArray[np.float64], lat: NDArray[np.float64], boundaries: BoundarySet) -> NDArray[np.intp]:
    """Locate points; what lies in the slivers of some metres that rounding leaves between areas, in the nearest."""
    area = boundaries.locate(lon, lat)
    lost = np.flatnonzero(area < 0)
    if len(lost):
        tree, owner = boundaries._outline  # noqa: SLF001
        point, chunk = tree.query_nearest(shapely.points(lon[lost], lat[lost]), max_distance=_SLIVER_DEG)
        order = np.lexsort((-owner[chunk], point))  # of areas equally near the first: it is written last
        area[lost[point[order]]] = owner[chunk[order]]
    return area


def _bounds(line: shapely.LineString, cuts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Measure where points cut a line, degrees along it, its two ends included."""
    at = np.unique(shapely.line_locate_point(line, shapely.points(cuts)))
    return np.concatenate(([0.0], at[(at > 0) & (at < line.length)], [line.length]))


def _areas_of_slices(
    lines: NDArray[np.object_], bounds: list[NDArray[np.float64]], boundaries: BoundarySet
) -> list[NDArray[np.intp]]:
    """
    Locate what lies between the cuts of each line.

    A slice that runs along a border, or is shorter than the grid of coordinates can tell, belongs to the slice
    before it (at the beginning, to the one after): else a cut, rounded to the grid, would be cut again next to itself.
    """
    count = [len(at) - 1 for at in bounds]
    middle = np.concatenate([(at[:-1] + at[1:]) / 2 for at in bounds])
    points = shapely.line_interpolate_point(np.repeat(lines, count), middle)
    lon, lat = shapely.get_coordinates(points).T
    area = _settled(lon, lat, boundaries)
    tree, _owner = boundaries._outline  # noqa: SLF001
    clear = np.ones(len(area), dtype=bool)
    clear[tree.query(points, predicate="dwithin", distance=_GRID_DEG)[0]] = False
    ends = np.cumsum(count)[:-1]
    return [
        _carried(part, known, np.diff(at))
        for part, known, at in zip(np.split(area, ends), np.split(clear, ends), bounds, strict=True)
    ]


def _carried(area: NDArray[np.intp], clear: NDArray[np.bool_], length: NDArray[np.float64]) -> NDArray[np.intp]:
    """Give what is not clear the area of the last clear one before it, or of the first; of the longest if none is."""
    known = np.flatnonzero(clear)
    if len(known) == 0:
        return np.full(len(area), area[np.argmax(length)])
    last = np.maximum(np.searchsorted(known, np.arange(len(area)), side="right") - 1, 0)
    return area[known[last]]


def _pieces(
    vertices: NDArray[np.float64], line: shapely.LineString, cuts: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    """Cut one line at distances along it, degrees."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(vertices, axis=0).T))))
    points = shapely.get_coordinates(shapely.line_interpolate_point(line, cuts))
    pieces, start, first = [], vertices[:1], -_GRID_DEG
    for where, point in zip([*cuts, along[-1] + _GRID_DEG], [*points, vertices[-1]], strict=True):
        # A vertex nearer to a cut than the grid can tell is that cut.
        inner = vertices[(along > first + _GRID_DEG) & (along < where - _GRID_DEG)]
        pieces.append(np.vstack((start, inner, point[None])))
        start, first = point[None], float(where)
    return pieces


# -- nearness --------------------------------------------------------------------------------------------------------


def _nearness(
    network: Network, area: NDArray[np.intp], boundaries: BoundarySet
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Measure how many metres of each edge lie within tolerance of another area, and of which."""
    part = np.zeros(network.edge_count)  # a share, so that an edge of no length is near a border too
    near_area = np.full(network.edge_count, -1, dtype=np.intp)
    if network.edge_count == 0:
        return part, near_area
    # Where a generalised line may itself lie further off than the tolerance, its own accuracy decides.
    tolerance = np.fmax(boundaries.border_tolerance_m, np.nan_to_num(network.accuracy_m, nan=0.0).astype(np.float64))
    tree, owner = boundaries._outline  # noqa: SLF001
    lon, lat = network.vertex_lon_e7 / E7, network.vertex_lat_e7 / E7
    # Most lines are far from any border: only those that may be near, by degrees, are measured in metres.
    reach = tolerance / (_METRES_A_DEGREE * np.cos(np.radians(np.abs(lat).max())))
    lines = network.lines()
    # GEOS finds no line of no length (two nodes can share one position): it is looked for as a point.
    sought = np.where(network.shape_length_m > 0, lines, shapely.get_point(lines, 0))
    rows = np.unique(tree.query(sought, predicate="dwithin", distance=reach)[0])
    project = flat_frame(float(lon.min() + lon.max()) / 2, float(lat.min() + lat.max()) / 2)
    flat = shapely.STRtree(shapely.transform(tree.geometries, project))
    lines[rows] = shapely.transform(lines[rows], project)
    sought = np.where(network.shape_length_m[rows] > 0, lines[rows], shapely.get_point(lines[rows], 0))
    near, chunk = flat.query(sought, predicate="dwithin", distance=tolerance[rows])
    row = rows[near]
    foreign = (owner[chunk] != area[row]) & (area[row] >= 0)
    pairs = np.unique(np.column_stack((row[foreign], owner[chunk[foreign]])), axis=0)
    outline = {index: flat.geometries[owner == index] for index in np.unique(owner)}
    for index in np.unique(pairs[:, 1]) if len(pairs) else []:
        rows = pairs[pairs[:, 1] == index, 0]
        share = _near_part(lines[rows], outline[index], tolerance[rows])
        better = share > part[rows]
        part[rows[better]] = share[better]
        near_area[rows[better]] = index
    return part * network.shape_length_m, near_area


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
