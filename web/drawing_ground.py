"""The ground of a printed map: soft relief, the river, dash-dot borders, names of territories, and the graticule."""

from __future__ import annotations

import base64
import io
import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from PIL import Image
from scipy import ndimage

from web import linework
from web.drawing_svg import commands
from web.names import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.relief import Relief
    from geo.territory import BoundarySet
    from web.contents import Contents
    from web.drawing_plane import Plane
    from web.drawing_svg import Canvas

    Box = tuple[float, float, float, float]

PAPER = "#f6f4ee"
BORDER = "#5b5b5b"
RIVER = "#7fa9c4"
RIVER_INK = "#4a7d9d"
GRID = "#a79f8c"

_PIXELS_A_POINT = 150 / 72  # of the shading: relief is far coarser than print, and pictures of 300 dpi have twice that
_EVERY = 16
_KEPT = 6
_MOST_CELLS = 1_500_000
_METRES_A_DEGREE = 111_320.0
_STEEPER = 2.2  # relief of whole kilometres is flatter than the ground
# Light from the north-west, a little from its neighbours, so that no slope lies quite in the dark: azimuth, share.
_LIGHTS = ((315.0, 0.55), (270.0, 0.15), (0.0, 0.15), (225.0, 0.15))
_ALTITUDE = 45.0
_SHADOW, _LIGHT = 0.62, 0.45  # the strongest that shade and light cover the paper
_SHADE_INK, _LIGHT_INK = (58, 52, 44), (255, 255, 255)
_LEVELS = 20  # steps of shade: fewer would show, more would only make the file larger
_STEPS = (10.0, 5.0, 2.0, 1.0, 0.5, 0.25, 1 / 6, 1 / 12, 1 / 30, 1 / 60)  # of the graticule, degrees
_LEAST_LINES = 3
_MINUTE = chr(0x2032)  # the prime


def shade(canvas: Canvas, plane: Plane, relief: Relief | None, *, crisp: bool = False) -> None:
    """
    Lay the relief over the paper.

    Parameters
    ----------
    canvas, plane
        What to draw on.
    relief
        Heights; nothing is drawn where there are none.
    crisp
        Draw its pixels as they are, for a picture whose own pixels they fit: far quicker, and a smaller file.
    """
    picture = None if relief is None else _shaded(relief.title, plane, _Held(relief))
    if picture:
        canvas.image(picture, plane.frame, image_rendering="optimizeSpeed" if crisp else None)


class _Held:
    """Hides a relief from the key under which a picture is kept: its title is in it already."""

    def __init__(self, relief: Relief) -> None:
        self.relief = relief

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=_KEPT)
def _shaded(_title: str, plane: Plane, held: _Held) -> str:
    heights = _heights(plane, held.relief)
    if heights is None:
        return ""
    light = _light(heights, plane.metres_a_point / _PIXELS_A_POINT)
    # Shades are the first half of the palette, lights the second.
    steps = np.round(np.abs(light) * _LEVELS).clip(0, _LEVELS).astype(np.uint8)
    picture = Image.fromarray(np.where(light < 0, steps, steps + _LEVELS + 1).astype(np.uint8), "P")
    picture.putpalette([*_SHADE_INK * (_LEVELS + 1), *_LIGHT_INK * (_LEVELS + 1)])
    cover = [round(255 * most * step / _LEVELS) for most in (_SHADOW, _LIGHT) for step in range(_LEVELS + 1)]
    content = io.BytesIO()
    picture.save(content, "PNG", transparency=bytes(cover), compress_level=6)
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"


def _heights(plane: Plane, relief: Relief) -> NDArray[np.float32] | None:
    """Give a height for each pixel of the shading, smooth between the relief's own cells."""
    west, south, east, north = plane.area
    w, s, e, n = relief.bounds
    west, south, east, north = max(west, w), max(south, s), min(east, e), min(north, n)
    if west >= east or south >= north:
        return None
    step = max(relief.cell_m / _METRES_A_DEGREE, math.sqrt((east - west) * (north - south) / _MOST_CELLS))
    lon, lat = (np.arange(low + step / 2, high, step) for low, high in ((west, east), (south, north)))
    if len(lon) < _LEAST_LINES or len(lat) < _LEAST_LINES:
        return None
    cells = relief.sample(*np.meshgrid(lon, lat))
    gaps = np.isnan(cells)
    if gaps.all():
        return None
    if gaps.any():  # sea: the nearest shore goes on, so that it is flat
        nearest = ndimage.distance_transform_edt(gaps, return_distances=False, return_indices=True)
        cells = cells[tuple(nearest)]
    at_lon, at_lat = _pixel_places(plane)
    places = np.stack([(at_lat - lat[0]) / step, (at_lon - lon[0]) / step])
    smooth = ndimage.map_coordinates(cells, places, order=3, mode="nearest", output=np.float32)
    return np.asarray(ndimage.gaussian_filter(smooth, 1.0), dtype=np.float32)


def _pixel_places(plane: Plane) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Say which place lies under each pixel; projected at each 16th and straight between, far finer than a cell."""
    x, y, width, height = plane.frame
    columns, rows = round(width * _PIXELS_A_POINT), round(height * _PIXELS_A_POINT)
    coarse_x, coarse_y = (np.arange(0, count + 2 * _EVERY, _EVERY) for count in (columns, rows))
    coarse = plane.places(*np.meshgrid(x + (coarse_x + 0.5) / _PIXELS_A_POINT, y + (coarse_y + 0.5) / _PIXELS_A_POINT))
    at = np.stack(np.meshgrid(np.arange(rows) / _EVERY, np.arange(columns) / _EVERY, indexing="ij"))
    lon, lat = (ndimage.map_coordinates(grid, at, order=1, output=np.float32) for grid in coarse)
    return lon, lat


def _light(heights: NDArray[np.float32], cell_m: float) -> NDArray[np.float32]:
    """Give the light on each pixel: 0 on the flat, to 1 towards the light, to -1 away from it."""
    down, across = np.gradient(heights * np.float32(_STEEPER / cell_m))
    # Lambert's law, on the normal (-across, down, 1) of each pixel: y runs southwards.
    tall, wide = math.sin(math.radians(_ALTITUDE)), math.cos(math.radians(_ALTITUDE))
    east = wide * sum(share * math.sin(math.radians(azimuth)) for azimuth, share in _LIGHTS)
    north = wide * sum(share * math.cos(math.radians(azimuth)) for azimuth, share in _LIGHTS)
    total = (tall - across * np.float32(east) + down * np.float32(north)) / np.sqrt(1 + across**2 + down**2)
    light: NDArray[np.float32] = np.where(total < tall, total / tall - 1, (total - tall) / (1 - tall)).astype(
        np.float32
    )
    return light


# -- lines -----------------------------------------------------------------------------------------------------------


def _whole(contents: Contents, plane: Plane) -> Box:
    """Give the area for which borders are worked out: that of all maps of a study, so that they share the work."""
    west, south, east, north = contents.study.area
    w, s, e, n = plane.area
    return (west, south, east, north) if w >= west and s >= south and e <= east and n <= north else plane.area


@lru_cache(maxsize=8)
def _borders(boundaries: BoundarySet, area: Box) -> tuple[BaseGeometry, ...]:
    features = linework.borders(boundaries, area, margin=0.1)
    return tuple(shapely.geometry.shape(feature["geometry"]) for feature in features)


@lru_cache(maxsize=8)
def _outlines(boundaries: BoundarySet, area: Box) -> dict[str, list[list[list[float]]]]:
    return linework.outlines(boundaries, area)


def rivers(canvas: Canvas, plane: Plane, contents: Contents) -> list[tuple[str, BaseGeometry]]:
    """
    Draw the rivers.

    Parameters
    ----------
    canvas, plane
        What to draw on.
    contents
        What to draw.

    Returns
    -------
    drawn
        Name and line of each, in points.
    """
    found = []
    for feature in (contents.rivers or {"features": []})["features"]:
        line = _seen(plane, shapely.geometry.shape(feature["geometry"]))
        if line.is_empty:
            continue
        canvas.path(_data(line), stroke=RIVER, stroke_width=1.5, stroke_linejoin="round", stroke_linecap="round")
        names = {key.removeprefix("name_"): str(text) for key, text in feature["properties"].items() if text}
        found.append((name_of(names), line))
    return found


def borders(canvas: Canvas, plane: Plane, contents: Contents) -> list[BaseGeometry]:
    """
    Draw the borders: a pale band that leads the eye, and the classic dash and dot on it.

    Parameters
    ----------
    canvas, plane
        What to draw on.
    contents
        What to draw.

    Returns
    -------
    drawn
        The lines, in points.
    """
    lines = [_seen(plane, line) for line in _borders(contents.boundaries, _whole(contents, plane))]
    data = "".join(_data(line) for line in lines)
    canvas.path(data, stroke="#8d8577", stroke_width=4.2, stroke_opacity=0.16, stroke_linejoin="round")
    canvas.path(data, stroke=BORDER, stroke_width=0.95, stroke_dasharray="7 2.4 1.1 2.4", stroke_linejoin="round")
    return [line for line in lines if not line.is_empty]


def _seen(plane: Plane, line: BaseGeometry) -> BaseGeometry:
    west, south, east, north = plane.area
    near = shapely.clip_by_rect(line, west - 0.05, south - 0.05, east + 0.05, north + 0.05)
    if near.is_empty:
        return near
    drawn = shapely.intersection(shapely.simplify(plane.draw(near), 0.15), shapely.buffer(plane.window, 3))
    return shapely.line_merge(drawn) if drawn.geom_type == "MultiLineString" else drawn


def _data(line: BaseGeometry) -> str:
    return "".join(commands(shapely.get_coordinates(part)) for part in shapely.get_parts(line) if part.length)


# -- the graticule ---------------------------------------------------------------------------------------------------


def graticule(canvas: Canvas, plane: Plane) -> list[tuple[float, float, str, str]]:
    """
    Draw meridians and parallels.

    Parameters
    ----------
    canvas, plane
        What to draw on.

    Returns
    -------
    labels
        x, y, text and side (top, bottom, left or right) of where each meets the frame.
    """
    west, south, east, north = plane.area
    step = next((s for s in _STEPS if min((east - west), (north - south) * 1.6) / s >= _LEAST_LINES), _STEPS[-1])
    labels: list[tuple[float, float, str, str]] = []
    for along_meridian in (True, False):
        low, high = (west, east) if along_meridian else (south, north)
        for value in np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step:
            run = np.linspace(*((south, north) if along_meridian else (west, east)), 60)
            fixed = np.full_like(run, value)
            line = shapely.LineString(plane.points(np.column_stack((fixed, run) if along_meridian else (run, fixed))))
            seen = shapely.intersection(line, plane.window)
            if seen.is_empty:
                continue
            canvas.path(_data(seen), stroke=GRID, stroke_width=0.35, stroke_opacity=0.55)
            labels += _meets(plane, seen, _degrees(float(value), along_meridian), along_meridian=along_meridian)
    return labels


def _meets(
    plane: Plane, line: BaseGeometry, text: str, *, along_meridian: bool
) -> Iterator[tuple[float, float, str, str]]:
    x, y, width, height = plane.frame
    sides = {"top": (1, y), "bottom": (1, y + height)} if along_meridian else {"left": (0, x), "right": (0, x + width)}
    for point in shapely.get_coordinates(line)[[0, -1]].tolist():
        for side, (axis, value) in sides.items():
            if abs(point[axis] - value) < 0.01:  # noqa: PLR2004 -- on the frame, but for rounding
                yield point[0], point[1], text, side


def _degrees(value: float, meridian: bool) -> str:  # noqa: FBT001 -- a private helper with one use
    minutes = round(abs(value) * 60)
    side = ("E" if value >= 0 else "W") if meridian else ("N" if value >= 0 else "S")
    whole, rest = divmod(minutes, 60)
    return f"{whole}°{rest:02d}{_MINUTE} {side}" if rest else f"{whole}° {side}"


# -- names of territories --------------------------------------------------------------------------------------------


def territories(plane: Plane, contents: Contents) -> list[tuple[str, list[BaseGeometry]]]:
    """
    Say where the names of territories may stand.

    Parameters
    ----------
    plane
        The paper.
    contents
        What is drawn.

    Returns
    -------
    territories
        Key, and the parts of it that the frame shows, the largest first, in points.
    """
    found: list[tuple[str, list[Any]]] = []
    for key, rings in _outlines(contents.boundaries, plane.area).items():
        parts = [shapely.make_valid(plane.draw(shapely.Polygon(ring))) for ring in rings]
        seen = [shapely.intersection(part, shapely.buffer(plane.window, -8)) for part in parts]
        whole = [part for shape in seen for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
        found.append((key, sorted(whole, key=lambda part: -part.area)))
    return found
