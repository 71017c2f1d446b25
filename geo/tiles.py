"""Relief tiles: finding them in files, folders and zip archives, and reading them."""

from __future__ import annotations

import math
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import rasterio
import rasterio.errors

from geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from affine import Affine
    from numpy.typing import NDArray
    from rasterio.windows import Window

SUFFIXES = (".tif", ".tiff", ".hgt")
PLAUSIBLE_M = (-490.0, 9000.0)
"""Heights beyond these are marks for "no data" (-32768, -9999, -500): dry land lies between them."""

_UNITS_M = {"": 1.0, "m": 1.0, "metre": 1.0, "meter": 1.0, "metres": 1.0, "meters": 1.0, "ft": 0.3048, "foot": 0.3048}
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


def names(opened: list[Tile]) -> str:
    """
    List the files of a relief.

    Parameters
    ----------
    opened
        Tiles.

    Returns
    -------
    names
        Their names, one after the other.
    """
    return ", ".join(tile.name for tile in opened)


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


def read_cells(tile: Tile, window: Window) -> NDArray[np.float32]:
    """
    Read a part of a tile.

    Parameters
    ----------
    tile
        The tile.
    window
        Which of its rows and columns.

    Returns
    -------
    ele_m
        Metres above sea level; NaN where there is no data.

    Raises
    ------
    InputError
        The file is damaged or cut short.
    """
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
