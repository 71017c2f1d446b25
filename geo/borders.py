"""Edges near the borders of territories: cut where they cross, and measured along."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.belt import Belt
from geo.cutting import replace_edges
from geo.measure import E7, flat_frame, to_e7
from geo.network import gather
from geo.threads import in_threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.network import Network
    from geo.territory import BoundarySet

    Project = Callable[[NDArray[np.float64]], NDArray[np.float64]]

_NEAR_STEP_M = 20.0  # nearness to a border is measured in steps of this length
_METRES_A_DEGREE = 110_000.0  # of latitude, at the least
_MOST_METRES_A_DEGREE = 111_700.0
_EARTH_M = 6_350_000.0  # its radius, at the least
_SLIVER_DEG = 0.0003  # about 30 m
_GRID_DEG = 1e-7  # about 1 cm: the grid of coordinates


def in_reach(network: Network, boundaries: BoundarySet) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """
    Find the edges that may be near a border, and the areas of the others.

    Parameters
    ----------
    network
        A network with edges.
    boundaries
        The areas.

    Returns
    -------
    rows
        Edges within reach of a border, ascending: all that cross one or have metres near it, and some more.
    area
        For each edge the position of its area, see `BoundarySet.locate`; of no meaning for those rows.
    """
    reach = max(float(_reach_deg(network, _tolerance_m(network, boundaries)).max()), 2 * _SLIVER_DEG)
    belt = Belt.along(boundaries.segments, network, reach)
    part = belt.parts(network)
    of_part = np.concatenate(([-1], boundaries.locate(*belt.centres())))
    return np.flatnonzero(part == 0), of_part[part]


def _tolerance_m(network: Network, boundaries: BoundarySet) -> NDArray[np.float64]:
    """Where a generalised line may itself lie further off than the tolerance, its own accuracy decides."""
    return np.fmax(boundaries.border_tolerance_m, np.nan_to_num(network.accuracy_m, nan=0.0).astype(np.float64))


def _reach_deg(network: Network, tolerance_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the degrees within which all lies that is within so many metres."""
    furthest = max(abs(int(network.vertex_lat_e7.min())), abs(int(network.vertex_lat_e7.max()))) / E7
    return np.asarray(tolerance_m / (_METRES_A_DEGREE * np.cos(np.radians(furthest))), dtype=np.float64)


# -- cutting ---------------------------------------------------------------------------------------------------------


def cut_at_borders(
    network: Network, boundaries: BoundarySet, rows: NDArray[np.intp], area: NDArray[np.intp]
) -> tuple[Network, NDArray[np.intp], NDArray[np.intp]]:
    """
    Cut edges where the area changes.

    Parameters
    ----------
    network
        A network with edges.
    boundaries
        The areas.
    rows, area
        What `in_reach` gave.

    Returns
    -------
    pieces
        The same lines, each edge inside one area.
    rows, area
        The same for the pieces; each has its area.
    """
    area = area.copy()
    area[rows] = _areas_of(network, rows, boundaries)
    cut, parent, shapes, areas = _cuts(network, boundaries, rows, area)
    if not cut:
        return network, rows, area
    whole = np.ones(network.edge_count, dtype=bool)
    whole[cut] = False
    origin = np.concatenate((np.flatnonzero(whole), parent))
    order = np.argsort(origin, kind="stable")
    reached = np.zeros(network.edge_count, dtype=bool)
    reached[rows] = True
    area = np.concatenate((area[whole], np.asarray(areas, dtype=np.intp)))[order]
    pieces = replace_edges(network, np.asarray(cut), np.asarray(parent, dtype=np.intp), shapes)
    return pieces, np.flatnonzero(reached[origin[order]]), area


def _cuts(
    network: Network, boundaries: BoundarySet, rows: NDArray[np.intp], area: NDArray[np.intp]
) -> tuple[list[int], list[int], list[NDArray[np.int32]], list[int]]:
    """Give the edges to cut, and the edge, vertices and area of each of their pieces; note areas of the others."""
    lines = network.lines(rows)
    tree, _owner = boundaries.outline
    line_row, chunk_row = tree.query(lines, predicate="intersects")
    touched = np.unique(line_row)
    cut: list[int] = []
    parent: list[int] = []
    shapes: list[NDArray[np.int32]] = []
    areas: list[int] = []
    if len(touched) == 0:
        return cut, parent, shapes, areas
    hits = shapely.intersection(lines[line_row], tree.geometries[chunk_row])
    # STRtree.query gives line_row in ascending order.
    first = np.searchsorted(line_row, [*touched, touched[-1] + 1])
    bounds = [
        _bounds(lines[row], shapely.get_coordinates(hits[start:stop]))
        for row, (start, stop) in zip(touched, pairwise(first), strict=True)
    ]
    for row, at, slices in zip(touched, bounds, _areas_of_slices(lines[touched], bounds, boundaries), strict=True):
        edge = int(rows[row])
        area[edge] = slices[0]
        change = np.flatnonzero(slices[1:] != slices[:-1]) + 1
        if len(change):
            pieces = _pieces(network.coordinates(edge), lines[row], at[change])
            cut.append(edge)
            parent.extend([edge] * len(pieces))
            shapes.extend(to_e7(piece) for piece in pieces)
            areas.extend(slices[[0, *change]].tolist())
    return cut, parent, shapes, areas


def _areas_of(network: Network, rows: NDArray[np.intp], boundaries: BoundarySet) -> NDArray[np.intp]:
    """Locate edges by the middle of their middle piece: the ends may lie on a border."""
    middle = (network.vertex_offset[rows] + network.vertex_offset[rows + 1]) // 2
    lon = (network.vertex_lon_e7[middle - 1] / E7 + network.vertex_lon_e7[middle] / E7) / 2
    lat = (network.vertex_lat_e7[middle - 1] / E7 + network.vertex_lat_e7[middle] / E7) / 2
    return _settled(lon, lat, boundaries)


def _settled(lon: NDArray[np.float64], lat: NDArray[np.float64], boundaries: BoundarySet) -> NDArray[np.intp]:
    """Locate points; what lies in the slivers of some metres that rounding leaves between areas, in the nearest."""
    area = boundaries.locate(lon, lat)
    lost = np.flatnonzero(area < 0)
    if len(lost):
        tree, owner = boundaries.outline
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
    tree, _owner = boundaries.outline
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


def nearness(
    network: Network, boundaries: BoundarySet, rows: NDArray[np.intp], area: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """
    Measure how many metres of each edge lie within tolerance of another area, and of which.

    Parameters
    ----------
    network
        A network with edges, each inside one area.
    boundaries
        The areas.
    rows
        The edges that may be near a border.
    area
        The area of each edge.

    Returns
    -------
    near_m
        Metres.
    near_area
        Position of the other area, -1 where there is none; of several the one that more of the edge is near.
    """
    part = np.zeros(network.edge_count)  # a share, so that an edge of no length is near a border too
    near_area = np.full(network.edge_count, -1, dtype=np.intp)
    tolerance = _tolerance_m(network, boundaries)
    tree, owner = boundaries.outline
    lon, lat = network.vertex_lon_e7, network.vertex_lat_e7
    project = flat_frame(*(float(e7.min() / E7 + e7.max() / E7) / 2 for e7 in (lon, lat)))
    borders = shapely.transform(tree.geometries, project)
    inside = rows[area[rows] >= 0]
    edge, other, surely = _within(_circles(network, inside, project), borders, owner, tolerance[inside])
    foreign = other != area[inside[edge]]
    edge, other, surely = inside[edge[foreign]], other[foreign], surely[foreign]

    def shares(index: np.intp) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        mine = other == index
        edges, share = edge[mine], surely[mine].astype(np.float64)
        open_ = np.flatnonzero(~surely[mine])
        border = borders[owner == index]
        share[open_] = _near_part(network, edges[open_], project, border, tolerance[edges[open_]])
        return edges, share

    areas = np.unique(owner)
    for index, (edges, share) in zip(areas, in_threads(shares, list(areas)), strict=True):
        better = share > part[edges]
        part[edges[better]] = share[better]
        near_area[edges[better]] = index
    return part * network.shape_length_m, near_area


def _circles(
    network: Network, rows: NDArray[np.intp], project: Project
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give a flat circle around each edge: its centre, and a radius that is rather too large than too small."""
    offset, index = gather(network.vertex_offset, rows)
    boxes = [
        (np.minimum.reduceat(e7[index], offset[:-1]) / E7, np.maximum.reduceat(e7[index], offset[:-1]) / E7)
        for e7 in (network.vertex_lon_e7, network.vertex_lat_e7)
    ]
    (west, east), (south, north) = boxes
    centre = project(np.column_stack(((west + east) / 2, (south + north) / 2)))
    # The frame stretches what lies far from its centre, across the direction to there.
    angle = np.hypot(*centre.T) / _EARTH_M
    stretch = 1.0 / np.sinc(angle / np.pi)
    widest = np.cos(np.radians(np.where(south * north > 0, np.minimum(np.abs(south), np.abs(north)), 0.0)))
    half_deg = np.hypot((east - west) * widest, north - south) / 2
    return centre, 1.02 * stretch * _MOST_METRES_A_DEGREE * half_deg + 1.0


def _within(
    circles: tuple[NDArray[np.float64], NDArray[np.float64]],
    borders: NDArray[np.object_],
    owner: NDArray[np.intp],
    tolerance_m: NDArray[np.float64],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """Give the circles, each with an area, of which something may lie within tolerance, and whether all surely does."""
    centre, radius = circles
    points = np.asarray(shapely.points(centre), dtype=object)
    circle, chunk = shapely.STRtree(borders).query(points, predicate="dwithin", distance=tolerance_m + radius)
    distance = shapely.distance(points[circle], borders[chunk])
    count = int(owner.max(initial=0)) + 1
    pair, which = np.unique(circle * count + owner[chunk], return_inverse=True)
    nearest = np.full(len(pair), np.inf)
    np.minimum.at(nearest, which, distance)
    circle, area = np.divmod(pair, count)
    return circle, area, nearest + radius[circle] < tolerance_m[circle]


def _near_part(
    network: Network,
    rows: NDArray[np.intp],
    project: Project,
    border: NDArray[np.object_],
    tolerance_m: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Give the share of each edge that lies within tolerance of a border, in steps: 1 exactly where all of it does."""
    share = np.zeros(len(rows))
    tree = shapely.STRtree(border)
    offset, index = gather(network.vertex_offset, rows)
    flat = project(np.column_stack((network.vertex_lon_e7[index], network.vertex_lat_e7[index])) / E7)
    lines = _lines(flat, offset)
    # GEOS finds no line of no length (two nodes can share one position): it is looked for as a point.
    spots = np.flatnonzero(network.shape_length_m[rows] == 0)
    lines[spots] = shapely.points(flat[offset[spots]])
    met = np.unique(tree.query(lines, predicate="dwithin", distance=tolerance_m)[0])
    offset, index = gather(offset, met)
    points, line = _steps(flat[index], offset)
    hit = np.unique(tree.query(shapely.points(points), predicate="dwithin", distance=tolerance_m[met[line]])[0])
    share[met] = np.bincount(line[hit], minlength=len(met)) / np.bincount(line, minlength=len(met))
    return share


def _lines(points: NDArray[np.float64], offset: NDArray[np.int64]) -> NDArray[np.object_]:
    line = np.repeat(np.arange(len(offset) - 1), np.diff(offset))
    return np.asarray(shapely.linestrings(points, indices=line), dtype=object)


def _steps(flat: NDArray[np.float64], offset: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Cut flat lines into even steps; give the middle of each step, and the line that it is of."""
    hop = np.hypot(*np.diff(flat, axis=0).T)
    hop[offset[1:-1] - 1] = 0.0
    along = np.concatenate(([0.0], np.cumsum(hop)))
    length = along[offset[1:] - 1] - along[offset[:-1]]
    steps = np.maximum(np.ceil(length / _NEAR_STEP_M).astype(np.int64), 1)
    line = np.repeat(np.arange(len(steps)), steps)
    within = np.arange(len(line)) - np.repeat(np.cumsum(steps) - steps, steps)
    target = along[offset[:-1]][line] + (within + 0.5) / steps[line] * length[line]
    before = np.clip(np.searchsorted(along, target, side="right") - 1, offset[:-1][line], offset[1:][line] - 2)
    part = np.divide(target - along[before], hop[before], out=np.zeros(len(line)), where=hop[before] > 0)
    return flat[before] + part[:, None] * (flat[before + 1] - flat[before]), line
