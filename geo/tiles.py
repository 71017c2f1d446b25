"""Relief tiles: finding them in files, folders and zip archives, and joining those whose cells continue each other."""

from __future__ import annotations

import math
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import rasterio
import rasterio.errors
from rasterio.windows import Window

from geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from affine import Affine
    from numpy.typing import NDArray

SUFFIXES = (".tif", ".tiff", ".hgt")
PLAUSIBLE_M = (-490.0, 9000.0)
"""Heights beyond these are marks for "no data" (-32768, -9999, -500): dry land lies between them."""

_UNITS_M = {"": 1.0, "m": 1.0, "metre": 1.0, "meter": 1.0, "metres": 1.0, "meters": 1.0, "ft": 0.3048, "foot": 0.3048}
_ALIGNED = 0.05  # cells: tiles that are off by more do not continue each other
_MANY = 4  # tiles: more are counted in a title, not listed


@dataclass(frozen=True)
class Tile:
    """
    One raster file.

    Attributes
    ----------
    path
        What GDAL opens.
    name
        What a reader knows it by.
    title
        What the file says of itself; empty where it says nothing.
    crs
        Its coordinate system.
    transform
        From columns and rows to coordinates.
    rows, cols
        Its size.
    scale, shift
        Metres above sea level are scale times the stored value plus shift.
    """

    path: str
    name: str
    title: str
    crs: pyproj.CRS
    transform: Affine
    rows: int
    cols: int
    scale: float
    shift: float


@dataclass
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
    tiles: list[tuple[int, int, Tile]] = field(default_factory=list)

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
        col, row = apply(~self.transform, *apply(tile.transform, corners[:, 0], corners[:, 1]))
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
            part = _read(tile, Window(col - first_col, row - first_row, end_col - col, end_row - row))
            place = cells[
                row - window.row_off : end_row - window.row_off, col - window.col_off : end_col - window.col_off
            ]
            place[:] = np.where(np.isnan(place), part, place)
        return cells


def apply(
    transform: Affine, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Carry points over from one plane to another.

    Parameters
    ----------
    transform
        From columns and rows to coordinates, or its inverse.
    x, y
        Points, arrays of one shape.

    Returns
    -------
    x, y
        The same points in the other plane.
    """
    return transform.a * x + transform.b * y + transform.c, transform.d * x + transform.e * y + transform.f


def read_headers(paths: Path | str | Iterable[Path | str]) -> list[Tile]:
    """
    Find relief tiles and read what their headers say.

    Parameters
    ----------
    paths
        Files (.tif, .tiff, .hgt, or a .zip of them) or folders that hold some.

    Returns
    -------
    tiles
        One for each raster, in the order of their names.

    Raises
    ------
    InputError
        A file is missing, is no raster, or holds no heights in a known coordinate system.
    """
    given = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    if not given:
        message = "no relief was given; give a GeoTIFF or HGT file, or a folder of them"
        raise InputError(message)
    found = dict.fromkeys(raster for path in given for raster in _rasters(path))
    return [_header(path, name) for path, name in sorted(found, key=lambda pair: (pair[1], pair[0]))]


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
        for grid in grids:
            place = grid.place(tile)
            if place is not None:
                grid.tiles.append((*place, tile))
                break
        else:
            grids.append(Grid(tile.crs, tile.transform, [(0, 0, tile)]))
    return grids


def title(opened: list[Tile]) -> str:
    """
    Name a relief by what its tiles say of themselves, or by their files.

    Parameters
    ----------
    opened
        Tiles.

    Returns
    -------
    title
        A short text.
    """
    said = {tile.title for tile in opened}
    if len(said) == 1 and (only := said.pop()):
        return only
    names = [tile.name.split(".")[0] for tile in opened]
    if len(names) <= _MANY:
        return ", ".join(names)
    return f"{names[0]} to {names[-1]} ({len(names)} tiles)"


def _rasters(path: Path) -> list[tuple[str, str]]:
    """List the rasters that a path leads to: what GDAL opens, and the name of the file that holds it."""
    if path.is_dir():
        inside = [p for p in sorted(path.rglob("*")) if p.is_file() and _named_like_relief(p.name)]
        if not inside:
            message = f"the folder {path} holds no relief; it must hold .tif or .hgt files, zipped or not"
            raise InputError(message)
        return [raster for file in inside for raster in _rasters(file)]
    if not path.exists():
        message = f"{path} does not exist; give a GeoTIFF or HGT file, or a folder of them"
        raise InputError(message)
    if path.suffix.lower() != ".zip":
        return [(str(path), path.name)]
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(name for name in archive.namelist() if name.lower().endswith(SUFFIXES))
    except (zipfile.BadZipFile, OSError) as error:
        message = f"{path.name} cannot be opened as a zip archive ({error}); fetch it again"
        raise InputError(message) from None
    if not members:
        message = f"{path.name} holds no .tif and no .hgt file; give an archive of relief tiles"
        raise InputError(message)
    return [(f"/vsizip/{{{path.resolve()}}}/{member}", Path(member).name) for member in members]


def _named_like_relief(name: str) -> bool:
    return name.lower().endswith((*SUFFIXES, *(f"{suffix}.zip" for suffix in SUFFIXES)))


def _header(path: str, name: str) -> Tile:
    try:
        with rasterio.open(path) as raster:
            if raster.count != 1 or np.dtype(raster.dtypes[0]).kind not in "iuf":
                message = f"{name} has {raster.count} bands of {raster.dtypes[0]}; a relief has one band, of heights"
                raise InputError(message)
            if raster.crs is None:
                message = f"{name} does not say its coordinate system; give a GeoTIFF that does (gdal_edit -a_srs)"
                raise InputError(message)
            unit = (raster.units[0] or "").lower()
            if unit not in _UNITS_M:
                message = f"{name} gives heights in {unit!r}; a relief gives them in metres or feet"
                raise InputError(message)
            return Tile(
                path=path,
                name=name,
                title=raster.tags().get("TIFFTAG_IMAGEDESCRIPTION", ""),
                crs=pyproj.CRS.from_wkt(raster.crs.to_wkt()).to_2d(),
                transform=raster.transform,
                rows=raster.height,
                cols=raster.width,
                scale=raster.scales[0] * _UNITS_M[unit],
                shift=raster.offsets[0] * _UNITS_M[unit],
            )
    except (rasterio.errors.RasterioError, pyproj.exceptions.CRSError) as error:
        reason = str(error).strip().splitlines()[0]
        message = f"{name} cannot be read as relief ({reason}); give a GeoTIFF or an HGT tile"
        raise InputError(message) from None


def _read(tile: Tile, window: Window) -> NDArray[np.float32]:
    try:
        with rasterio.open(tile.path) as raster:
            stored = raster.read(1, window=window, masked=True)
    except rasterio.errors.RasterioError as error:
        reason = str(error).strip().splitlines()[0]
        message = f"{tile.name} cannot be read to its end ({reason}); it may be cut short: fetch it again"
        raise InputError(message) from None
    ele_m = np.ma.filled(stored.astype(np.float32), math.nan) * np.float32(tile.scale) + np.float32(tile.shift)
    low, high = PLAUSIBLE_M
    return np.where((ele_m > low) & (ele_m < high), ele_m, np.float32(math.nan)).astype(np.float32)
