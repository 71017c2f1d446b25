"""Linework of the map: borders as lines of their own, and candidates side by side where they share a way."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import box, mapping, shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.territory import BoundarySet

    Box = tuple[float, float, float, float]
    Pair = tuple[tuple[float, float], tuple[float, float]]

BORDER_DETAIL = 0.0005  # degrees; side of the triangles that may be left out of a border (Visvalingam)
RIVER_DETAIL = 0.0002  # degrees, about 20 m
LINE_DETAIL = 0.00008  # degrees, about 8 m: finer than a line is wide at the closest zoom
DECIMALS = 5
OUTLINE_DETAIL = 0.01  # degrees; a page keeps names this far from a coarse border
SLIVER = 0.004  # of the view; a smaller part cannot carry a name
SPACING_PX = 5.0  # between the middles of candidates that share a way
_EDGE = 1e-6


def borders(boundaries: BoundarySet, area: Box, margin: float = 1.5) -> list[dict[str, Any]]:
    """
    Turn areas into border lines, each drawn once however many areas it parts.

    Parameters
    ----------
    boundaries
        The areas.
    area
        West, south, east, north of the study, degrees.
    margin
        How far around the study borders are drawn, degrees.

    Returns
    -------
    features
        GeoJSON features with property `between`: two territories, or one and "" where the set holds nothing beyond.
        Lines that only cut the set off at its edge are left out.
    """
    west, south, east, north = area
    window = box(west - margin, south - margin, east + margin, north + margin)
    areas = shapely.coverage_simplify(boundaries.areas, BORDER_DETAIL)
    frame = shapely.total_bounds(np.asarray(boundaries.areas))
    owners: dict[Pair, set[str]] = defaultdict(set)
    for key, outline in zip(boundaries.territories, areas, strict=True):
        for ring in _rings(outline):
            for a, b in pairwise(ring):
                owners[(a, b) if a < b else (b, a)].add(key)
    lines: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for pair, keys in owners.items():
        if len(keys) > 1 or not _on_frame(pair, frame):
            first, *rest = sorted(keys)
            lines[(first, rest[0] if rest else "")].append(pair)
    return [
        _feature(
            shapely.intersection(shapely.line_merge(shapely.multilinestrings(pairs)), window), {"between": between}
        )
        for between, pairs in sorted(lines.items())
        if shapely.intersects(shapely.multilinestrings(pairs), window)
    ]


def _rings(area: Any) -> Iterable[list[tuple[float, float]]]:  # noqa: ANN401 -- any Shapely polygon
    for polygon in shapely.get_parts(area):
        for ring in (polygon.exterior, *polygon.interiors):
            yield [(x, y) for x, y in shapely.get_coordinates(ring).tolist()]


def _on_frame(pair: Pair, frame: NDArray[np.float64]) -> bool:
    """Say whether a piece lies on the edge of the set itself, where it was cut off and no border is."""
    (x0, y0), (x1, y1) = pair
    vertical = any(abs(x0 - side) < _EDGE and abs(x1 - side) < _EDGE for side in (frame[0], frame[2]))
    return vertical or any(abs(y0 - side) < _EDGE and abs(y1 - side) < _EDGE for side in (frame[1], frame[3]))


def _feature(geometry: Any, properties: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401 -- any Shapely geometry
    rounded = shapely.transform(geometry, lambda points: np.round(points, DECIMALS))
    return {"type": "Feature", "properties": dict(properties), "geometry": mapping(rounded)}


def rivers(collection: Mapping[str, Any], area: Box, margin: float = 1.5) -> list[dict[str, Any]]:
    """
    Thin a study's rivers for drawing.

    Parameters
    ----------
    collection
        A GeoJSON FeatureCollection of lines with names.
    area
        West, south, east, north of the study, degrees.
    margin
        How far around it rivers are drawn, degrees.

    Returns
    -------
    features
        GeoJSON features without properties, in the same order.
    """
    west, south, east, north = area
    window = box(west - margin, south - margin, east + margin, north + margin)
    return [
        _feature(shapely.intersection(shapely.simplify(shape(feature["geometry"]), RIVER_DETAIL), window), {})
        for feature in collection["features"]
    ]


def outlines(boundaries: BoundarySet, area: Box) -> dict[str, list[list[list[float]]]]:
    """
    Give coarse outlines, inside which a page may set the name of each territory.

    Parameters
    ----------
    boundaries
        The areas.
    area
        West, south, east, north, degrees.

    Returns
    -------
    rings
        Outer rings (lon, lat) by territory, for the territories that the area shows more than a sliver of.
    """
    window = box(*area)
    found: dict[str, list[list[list[float]]]] = {}
    for key, outline in zip(boundaries.territories, boundaries.areas, strict=True):
        seen = shapely.intersection(shapely.simplify(outline, OUTLINE_DETAIL), window)
        rings = [
            np.round(shapely.get_coordinates(part.exterior), 3).tolist()
            for part in shapely.get_parts(seen)
            if part.geom_type == "Polygon" and part.area > SLIVER * window.area
        ]
        if rings:
            found.setdefault(key, []).extend(rings)
    return found


def side_by_side(lines: Sequence[gpd.GeoSeries]) -> list[list[list[dict[str, Any]]]]:
    """
    Thin the segments of all candidates for drawing, and shift those that share a way so that each can be seen.

    Parameters
    ----------
    lines
        For each candidate, the geometry of its segments in order, degrees.

    Returns
    -------
    parts
        For each candidate, for each segment, its drawn parts: `coordinates` (lon, lat) and `shift`, pixels to the
        right of the direction of travel, one a part.
    """
    users, first_way = _users(lines)
    return [
        [
            _parts(shapely.get_coordinates(shapely.get_parts(line), return_index=True), row, users, first_way)
            for line in series
        ]
        for row, series in enumerate(lines)
    ]


def _key(a: Sequence[float], b: Sequence[float]) -> Pair:
    first, second = (round(a[0], 6), round(a[1], 6)), (round(b[0], 6), round(b[1], 6))
    return (first, second) if first <= second else (second, first)


def _users(lines: Sequence[gpd.GeoSeries]) -> tuple[dict[Pair, list[int]], dict[Pair, bool]]:
    """List who uses each piece between two vertices, and which way the first of them goes along it."""
    users: dict[Pair, list[int]] = defaultdict(list)
    first_way: dict[Pair, bool] = {}
    for row, series in enumerate(lines):
        for line in shapely.get_parts(np.asarray(series.array)):
            points = shapely.get_coordinates(line).tolist()
            for a, b in pairwise(points):
                key = _key(a, b)
                if row not in users[key]:
                    users[key].append(row)
                first_way.setdefault(key, tuple(a) <= tuple(b))
    return users, first_way


def _parts(
    vertices: tuple[NDArray[np.float64], NDArray[np.int64]],
    row: int,
    users: Mapping[Pair, list[int]],
    first_way: Mapping[Pair, bool],
) -> list[dict[str, Any]]:
    """Cut one segment where the candidates that share it change."""
    points, part = vertices
    parts: list[dict[str, Any]] = []
    run: list[list[float]] = []
    shift = 0.0
    for a, b, same in zip(points[:-1].tolist(), points[1:].tolist(), (part[:-1] == part[1:]).tolist(), strict=True):
        if not same:
            _close(parts, run, shift)
            run = []
            continue
        key = _key(a, b)
        sharing = users[key]
        place = (sharing.index(row) - (len(sharing) - 1) / 2) * SPACING_PX
        now = place if (tuple(a) <= tuple(b)) == first_way[key] else -place
        if run and now != shift:
            _close(parts, run, shift)
            run = []
        run = run or [a]
        run.append(b)
        shift = now
    _close(parts, run, shift)
    return parts


def _close(parts: list[dict[str, Any]], run: list[list[float]], shift: float) -> None:
    if len(run) > 1:
        thin = shapely.simplify(shapely.linestrings(run), LINE_DETAIL)
        parts.append({"coordinates": np.round(shapely.get_coordinates(thin), DECIMALS).tolist(), "shift": shift})
