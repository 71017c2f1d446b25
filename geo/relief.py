"""Relief: heights from any GeoTIFF or HGT tiles, and a network draped over them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyproj
from rasterio.windows import Window

from geo import structures, tiles
from geo.errors import InputError
from geo.measure import E7
from geo.network import STRUCTURES, gather
from geo.progress import silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    from geo.network import Network
    from geo.progress import Progress

LEAST_SPACING_M = 25.0
"""Heights are not taken nearer to each other than this: a road's own earthworks begin to matter below it."""

_BLOCK_CELLS = 1024  # cells of relief held in memory at once, a side
_CHUNK_SAMPLES = 1_000_000  # heights worked out at once by `drape`
_CHUNK_VERTICES = 1_000_000
_SORT_E7 = E7 // 4  # edges are taken by quarter degrees, so that each part of the relief is read once
_DENSE_POINTS = 21  # points along a side of a tile, to find its bounds in degrees
_NEAREST = 1e-9  # weights this close to each other are ties
_POLE = 90.0


@dataclass(frozen=True, eq=False)
class Relief:
    """
    A height for each place, from one or many raster tiles.

    Attributes
    ----------
    title
        What the relief is called.
    source
        The files that it comes from.
    cell_m
        The longer side of its cells, metres, where they are coarsest: what it cannot show is finer than this.
    spacing_m
        How far apart heights are worth taking, metres: half its finest cell, not below `LEAST_SPACING_M`.
    bounds
        West, south, east and north of all tiles, degrees.
    grids
        The tiles, joined where their cells continue each other; finest first.
    """

    title: str
    source: str
    cell_m: float
    spacing_m: float
    bounds: tuple[float, float, float, float]
    grids: tuple[tiles.Grid, ...]

    @classmethod
    def open(
        cls, paths: Path | str | Iterable[Path | str], *, title: str | None = None, source: str | None = None
    ) -> Relief:
        """
        Open relief tiles; nothing but their headers is read yet.

        Parameters
        ----------
        paths
            GeoTIFF (.tif, .tiff) or HGT (.hgt) files, either of them zipped, or folders that hold some.
        title
            What to call the relief; by default what the files say of themselves, or their names.
        source
            Where it comes from; by default the files' names.

        Returns
        -------
        relief
            The tiles joined; the finest wins where several cover a place.

        Raises
        ------
        InputError
            A file is missing, is no raster, or holds no heights in a known coordinate system.
        """
        opened = tiles.read_headers(paths)
        grids = tiles.join(opened)
        sides = [_cell_sides_m(grid) for grid in grids]
        order = sorted(range(len(grids)), key=lambda i: max(sides[i]))
        bounds = np.array([_bounds(grid) for grid in grids])
        west, south = (float(bounds[:, i].min()) for i in (0, 1))
        east, north = (float(bounds[:, i].max()) for i in (2, 3))
        return cls(
            title=title or tiles.title(opened),
            source=source or ", ".join(tile.name for tile in opened),
            cell_m=round(max(max(pair) for pair in sides), 1),
            spacing_m=max(LEAST_SPACING_M, round(min(max(pair) for pair in sides), 1) / 2),
            bounds=(west, south, east, north),
            grids=tuple(grids[i] for i in order),
        )

    def sample(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float32]:
        """
        Read heights, bilinear between the centres of cells, across the seams of tiles too.

        Parameters
        ----------
        lon, lat
            Places, degrees; arrays of one shape.

        Returns
        -------
        ele_m
            Metres above sea level, of the same shape; NaN where the place lies in no cell with data.

        Raises
        ------
        InputError
            A latitude is beyond a pole: longitude and latitude have changed places.
        """
        x, y = np.broadcast_arrays(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
        shape, x, y = x.shape, x.ravel(), y.ravel()
        if np.any(np.abs(y) > _POLE):
            message = f"latitude {y[np.abs(y) > _POLE][0]:g} is beyond the pole; give longitude first, then latitude"
            raise InputError(message)
        ele_m = np.full(x.shape, np.nan)
        for grid in self.grids:
            left = np.flatnonzero(np.isnan(ele_m))
            if len(left):
                ele_m[left] = _sample_grid(grid, x[left], y[left])
        return ele_m.astype(np.float32).reshape(shape)

    def covers(self, bounds: tuple[float, float, float, float]) -> bool:
        """
        Say whether any tile may have heights for an area.

        Parameters
        ----------
        bounds
            West, south, east, north, degrees.

        Returns
        -------
        touches
            True where the area and the tiles' bounds meet.
        """
        west, south, east, north = self.bounds
        return bounds[0] <= east and bounds[2] >= west and bounds[1] <= north and bounds[3] >= south


def drape(network: Network, relief: Relief, *, progress: Progress | None = None) -> Network:
    """
    Give every edge the heights along it, evenly spaced from its start to its end.

    Bridges and tunnels climb in a straight line between their portals, whatever the terrain does: see
    `geo.structures`. Every other edge lies on the relief.

    Parameters
    ----------
    network
        Any network; heights that it has are replaced.
    relief
        Where the heights come from.
    progress
        Hears how many edges were done.

    Returns
    -------
    network
        The same network with `sample_offset`, `sample_ele_m` (NaN where the relief has no data) and
        `meta["relief"]`. Heights stand at most `relief.spacing_m` apart, and at least at both ends of an edge.

    Raises
    ------
    InputError
        No part of the relief lies where the network does.
    """
    progress = progress or silent
    _require_overlap(network, relief)
    steps = np.maximum(np.ceil(network.shape_length_m / relief.spacing_m), 1.0).astype(np.int64)
    sample_offset = np.concatenate(([0], np.cumsum(steps + 1))).astype(np.int64)
    ele_m = np.empty(int(sample_offset[-1]), dtype=np.float32)
    done = 0
    for rows in _chunks(network, steps):
        _, index = gather(sample_offset, rows)
        ele_m[index] = relief.sample(*_points_along(network, rows, steps[rows]))
        done += len(rows)
        progress("draping over the relief", done, network.edge_count)
    terrain_m = relief.sample(network.node_lon, network.node_lat).astype(np.float64)
    _straighten(network, structures.lines(network, terrain_m), sample_offset, ele_m)
    header = {"title": relief.title, "cell_m": relief.cell_m, "source": relief.source}
    meta = {**network.meta, "relief": header}
    return replace(network, sample_offset=sample_offset, sample_ele_m=ele_m, meta=meta)


def _straighten(
    network: Network, found: structures.Lines, sample_offset: NDArray[np.int64], ele_m: NDArray[np.float32]
) -> None:
    """Write the straight lines of bridges and tunnels over the terrain, and meet them where other edges join."""
    offset, index = gather(sample_offset, found.rows)
    count = np.diff(offset)
    share = (np.arange(len(index)) - np.repeat(offset[:-1], count)) / np.repeat(np.maximum(count - 1, 1), count)
    ele_m[index] = np.repeat(found.at_u_m, count) * (1.0 - share) + np.repeat(found.at_v_m, count) * share
    on_terrain = ~np.isin(network.structure, [STRUCTURES.index(name) for name in structures.STRAIGHT])
    for ends, place in ((network.u, sample_offset[:-1]), (network.v, sample_offset[1:] - 1)):
        ele = found.inner_m[network.mode, ends]
        meets = on_terrain & ~np.isnan(ele)
        ele_m[place[meets]] = ele[meets]


def _require_overlap(network: Network, relief: Relief) -> None:
    if network.edge_count == 0:
        return
    lon, lat = network.node_lon, network.node_lat
    area = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
    if not relief.covers(area):
        message = (
            f"the relief {relief.title} ({_box(relief.bounds)}) lies nowhere near the network ({_box(area)}); "
            "give tiles of the same place"
        )
        raise InputError(message)


def _box(bounds: tuple[float, float, float, float]) -> str:
    west, south, east, north = bounds
    return f"longitude {west:.2f} to {east:.2f}, latitude {south:.2f} to {north:.2f}"


# -- places along edges ----------------------------------------------------------------------------------------------


def _chunks(network: Network, steps: NDArray[np.int64]) -> Iterator[NDArray[np.intp]]:
    """Cut the edges into neighbouring groups whose heights and vertices fit into memory."""
    if network.edge_count == 0:
        return
    start = network.vertex_offset[:-1]
    order = np.lexsort((network.vertex_lon_e7[start] // _SORT_E7, network.vertex_lat_e7[start] // _SORT_E7))
    vertices = np.diff(network.vertex_offset)[order]
    group = np.maximum(np.cumsum(steps[order] + 1) // _CHUNK_SAMPLES, np.cumsum(vertices) // _CHUNK_VERTICES)
    yield from np.split(order, np.flatnonzero(np.diff(group)) + 1)


def _points_along(
    network: Network, rows: NDArray[np.intp], steps: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Place `steps` + 1 points along each edge, evenly by length; both ends exactly on the edge's own ends."""
    offset, index = gather(network.vertex_offset, rows)
    lon, lat = network.vertex_lon_e7[index] / E7, network.vertex_lat_e7[index] / E7
    along = _running_length_m(offset, lon, lat)
    begin, end = offset[:-1], offset[1:] - 1
    edge = np.repeat(np.arange(len(rows)), steps + 1)
    first = np.concatenate(([0], np.cumsum(steps + 1)))
    share = (np.arange(first[-1]) - first[edge]) / steps[edge]
    target = along[begin][edge] + share * (along[end] - along[begin])[edge]
    before = np.clip(np.searchsorted(along, target, side="right") - 1, begin[edge], np.maximum(end - 1, begin)[edge])
    after = np.minimum(before + 1, end[edge])
    hop = along[after] - along[before]
    part = np.clip(np.divide(target - along[before], hop, out=np.zeros_like(hop), where=hop > 0), 0.0, 1.0)
    x = lon[before] + part * (lon[after] - lon[before])
    y = lat[before] + part * (lat[after] - lat[before])
    for place, vertex in ((first[:-1], begin), (first[1:] - 1, end)):
        x[place], y[place] = lon[vertex], lat[vertex]
    return x, y


def _running_length_m(
    offset: NDArray[np.int64], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> NDArray[np.float64]:
    """
    Sum up lengths from vertex to vertex, line after line; the hop between two lines counts nothing.

    By the ellipsoid's local radii: within a millionth of the geodesic for the short hops of a line, many times as fast,
    and used only to say where along an edge a height is taken, never for a published length.
    """
    axis, squared = pyproj.Geod(ellps="WGS84").a, pyproj.Geod(ellps="WGS84").es
    middle = np.radians((lat[1:] + lat[:-1]) / 2)
    flat = 1.0 - squared * np.sin(middle) ** 2
    north = axis * (1.0 - squared) / flat**1.5 * np.radians(np.diff(lat))
    east = axis / np.sqrt(flat) * np.cos(middle) * np.radians(np.diff(lon))
    hop = np.hypot(north, east)
    hop[offset[1:-1] - 1] = 0.0
    return np.concatenate(([0.0], np.cumsum(hop)))


# -- heights from a grid ---------------------------------------------------------------------------------------------


def _sample_grid(grid: tiles.Grid, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    ele_m = np.full(lon.shape, np.nan)
    x, y = _to_grid(grid, lon, lat)
    col, row = tiles.apply(~grid.transform, x, y)
    col, row = col - 0.5, row - 0.5  # counted from the centre of cell (0, 0)
    top, left, bottom, right = grid.extent
    with np.errstate(invalid="ignore"):
        inside = np.flatnonzero((row >= top - 1) & (row <= bottom) & (col >= left - 1) & (col <= right))
    if len(inside) == 0:
        return ele_m
    row, col = row[inside], col[inside]
    block_row, block_col = (np.floor(v / _BLOCK_CELLS).astype(np.int64) for v in (row, col))
    order = np.lexsort((block_col, block_row))
    change = (np.diff(block_row[order]) != 0) | (np.diff(block_col[order]) != 0)
    for group in np.split(order, np.flatnonzero(change) + 1):
        first_row, first_col = math.floor(row[group].min()), math.floor(col[group].min())
        window = Window(
            first_col,
            first_row,
            math.floor(col[group].max()) - first_col + 2,
            math.floor(row[group].max()) - first_row + 2,
        )
        ele_m[inside[group]] = _bilinear(grid.read(window), row[group] - first_row, col[group] - first_col)
    return ele_m


def _bilinear(cells: NDArray[np.float32], row: NDArray[np.float64], col: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Weigh the four cells around each place.

    A place has a height where the cell that it lies in has one; neighbours without data do not count.
    """
    down, right = np.floor(row).astype(np.intp), np.floor(col).astype(np.intp)
    south, east = row - down, col - right
    corners = np.stack([cells[down + i, right + j] for i in (0, 1) for j in (0, 1)]).astype(np.float64)
    weight = np.stack([a * b for a in (1 - south, south) for b in (1 - east, east)])
    known = ~np.isnan(corners)
    known_weight = np.where(known, weight, 0.0)
    total = known_weight.sum(axis=0)
    near = known_weight.max(axis=0) >= weight.max(axis=0) - _NEAREST
    value = (known_weight * np.where(known, corners, 0.0)).sum(axis=0)
    return np.asarray(np.divide(value, total, out=np.full(row.shape, np.nan), where=near))


def _to_grid(
    grid: tiles.Grid, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if grid.crs.equals(pyproj.CRS.from_epsg(4326), ignore_axis_order=True):
        return lon, lat
    x, y = pyproj.Transformer.from_crs("EPSG:4326", grid.crs, always_xy=True).transform(lon, lat)
    return np.asarray(x), np.asarray(y)


def _to_degrees(
    grid: tiles.Grid, col: NDArray[np.float64], row: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = tiles.apply(grid.transform, col, row)
    lon, lat = pyproj.Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True).transform(x, y)
    return np.asarray(lon), np.asarray(lat)


def _cell_sides_m(grid: tiles.Grid) -> tuple[float, float]:
    """Measure the two sides of the cell in the middle of the grid, metres."""
    top, left, bottom, right = grid.extent
    col, row = (left + right) // 2, (top + bottom) // 2
    lon, lat = _to_degrees(grid, np.array([col, col + 1.0, col]), np.array([row, row, row + 1.0]))
    _, _, side_m = pyproj.Geod(ellps="WGS84").inv(lon[[0, 0]], lat[[0, 0]], lon[[1, 2]], lat[[1, 2]])
    return float(side_m[0]), float(side_m[1])


def _bounds(grid: tiles.Grid) -> tuple[float, float, float, float]:
    top, left, bottom, right = grid.extent
    rows, cols = np.linspace(top, bottom, _DENSE_POINTS), np.linspace(left, right, _DENSE_POINTS)
    lon, lat = _to_degrees(
        grid,
        np.concatenate((cols, cols, np.full(_DENSE_POINTS, left), np.full(_DENSE_POINTS, right))),
        np.concatenate((np.full(_DENSE_POINTS, top), np.full(_DENSE_POINTS, bottom), rows, rows)),
    )
    return (
        round(float(lon.min()), 7),
        round(float(lat.min()), 7),
        round(float(lon.max()), 7),
        round(float(lat.max()), 7),
    )
