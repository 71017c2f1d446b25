"""Lattices of relief cells: tiles whose cells continue each other, and heights between the cells' centres."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyproj
from rasterio.windows import Window

from geo.measure import geodesic_m
from geo.tiles import read_cells

if TYPE_CHECKING:
    from affine import Affine
    from numpy.typing import NDArray

    from geo.tiles import Tile

_ALIGNED = 0.05  # cells: tiles that are off by more do not continue each other
_BLOCK_CELLS = 1024  # cells of relief held in memory at once, a side
_DENSE_POINTS = 21  # points along a side of a tile, to find its bounds in degrees
_NEAREST = 1e-9  # weights this close to each other are ties


@dataclass(frozen=True, eq=False)
class Grid:
    """
    Tiles that share one lattice of cells.

    Attributes
    ----------
    crs
        Coordinate system of all of them.
    transform
        From columns and rows of the lattice to coordinates; the first tile begins at row 0, column 0.
    tiles
        Each tile with the row and column of the lattice that it begins at.
    """

    crs: pyproj.CRS
    transform: Affine
    tiles: tuple[tuple[int, int, Tile], ...]

    @classmethod
    def of(cls, tile: Tile) -> Grid:
        """
        Make the lattice of one tile.

        Parameters
        ----------
        tile
            Its first tile.

        Returns
        -------
        grid
            The lattice.
        """
        return cls(tile.crs, tile.transform, ((0, 0, tile),))

    @property
    def extent(self) -> tuple[int, int, int, int]:
        """First row, first column, and the row and column after the last."""
        return (
            min(row for row, _, _ in self.tiles),
            min(col for _, col, _ in self.tiles),
            max(row + tile.rows for row, _, tile in self.tiles),
            max(col + tile.cols for _, col, tile in self.tiles),
        )

    def place(self, tile: Tile) -> tuple[int, int] | None:
        """
        Find where a tile lies on this lattice.

        Parameters
        ----------
        tile
            Any tile.

        Returns
        -------
        place
            Row and column that it begins at; None where its cells do not continue these.
        """
        if not self.crs.equals(tile.crs, ignore_axis_order=True):
            return None
        corners = np.array([[0, 0], [tile.cols, 0], [0, tile.rows]], dtype=np.float64)
        col, row = _apply(~self.transform, *_apply(tile.transform, corners[:, 0], corners[:, 1]))
        off = np.column_stack((col, row)) - corners
        near = np.rint(off[0])
        if np.abs(off - near).max() > _ALIGNED:
            return None
        return int(near[1]), int(near[0])

    def read(self, window: Window) -> NDArray[np.float32]:
        """
        Read a part of the lattice from whichever tiles hold it.

        Parameters
        ----------
        window
            Rows and columns of the lattice, also beyond its tiles.

        Returns
        -------
        ele_m
            Metres above sea level; NaN where there is no data. Where tiles overlap, the first that knows a height.
        """
        cells = np.full((window.height, window.width), np.nan, dtype=np.float32)
        for first_row, first_col, tile in self.tiles:
            row, col = max(window.row_off, first_row), max(window.col_off, first_col)
            end_row = min(window.row_off + window.height, first_row + tile.rows)
            end_col = min(window.col_off + window.width, first_col + tile.cols)
            if row >= end_row or col >= end_col:
                continue
            part = read_cells(tile, Window(col - first_col, row - first_row, end_col - col, end_row - row))
            place = cells[
                row - window.row_off : end_row - window.row_off, col - window.col_off : end_col - window.col_off
            ]
            place[:] = np.where(np.isnan(place), part, place)
        return cells

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north, degrees."""
        top, left, bottom, right = self.extent
        rows, cols = np.linspace(top, bottom, _DENSE_POINTS), np.linspace(left, right, _DENSE_POINTS)
        lon, lat = _to_degrees(
            self,
            np.concatenate((cols, cols, np.full(_DENSE_POINTS, left), np.full(_DENSE_POINTS, right))),
            np.concatenate((np.full(_DENSE_POINTS, top), np.full(_DENSE_POINTS, bottom), rows, rows)),
        )
        west, south, east, north = (round(float(edge), 7) for edge in (lon.min(), lat.min(), lon.max(), lat.max()))
        return west, south, east, north

    @cached_property
    def cell_m(self) -> float:
        """The longer side of the cell in the middle, metres."""
        top, left, bottom, right = self.extent
        col, row = (left + right) // 2, (top + bottom) // 2
        lon, lat = _to_degrees(self, np.array([col, col + 1.0, col]), np.array([row, row, row + 1.0]))
        return round(float(geodesic_m(lon[[0, 0]], lat[[0, 0]], lon[1:], lat[1:]).max()), 1)

    def sample(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
        """
        Read heights between the centres of cells.

        Parameters
        ----------
        lon, lat
            Places, degrees.

        Returns
        -------
        ele_m
            Metres above sea level; NaN where the place lies in no cell with data.
        """
        ele_m = np.full(lon.shape, np.nan)
        x, y = _to_grid(self, lon, lat)
        col, row = _apply(~self.transform, x, y)
        col, row = col - 0.5, row - 0.5  # counted from the centre of cell (0, 0)
        top, left, bottom, right = self.extent
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
            ele_m[inside[group]] = _bilinear(self.read(window), row[group] - first_row, col[group] - first_col)
        return ele_m


def _apply(
    transform: Affine, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Carry points over from columns and rows to coordinates, or back by the inverse."""
    return transform.a * x + transform.b * y + transform.c, transform.d * x + transform.e * y + transform.f


def join(opened: list[Tile]) -> list[Grid]:
    """
    Put tiles on common lattices, so that heights can be read across their seams.

    Parameters
    ----------
    opened
        Tiles.

    Returns
    -------
    grids
        As few lattices as their cells allow.
    """
    grids: list[Grid] = []
    for tile in opened:
        for number, grid in enumerate(grids):
            place = grid.place(tile)
            if place is not None:
                grids[number] = replace(grid, tiles=(*grid.tiles, (*place, tile)))
                break
        else:
            grids.append(Grid.of(tile))
    return grids


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
    grid: Grid, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if grid.crs.equals(pyproj.CRS.from_epsg(4326), ignore_axis_order=True):
        return lon, lat
    x, y = pyproj.Transformer.from_crs("EPSG:4326", grid.crs, always_xy=True).transform(lon, lat)
    return np.asarray(x), np.asarray(y)


def _to_degrees(
    grid: Grid, col: NDArray[np.float64], row: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = _apply(grid.transform, col, row)
    lon, lat = pyproj.Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True).transform(x, y)
    return np.asarray(lon), np.asarray(lat)
