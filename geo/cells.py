"""Vertices by cells of a grid: which lies nearest to a point, of those that may be used."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, radians, sin
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from geo.kernel import kernel
from geo.measure import E7

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import Network

    I32: TypeAlias = NDArray[np.int32]
    I64: TypeAlias = NDArray[np.int64]

_CELL_E7 = 40_000  # four thousandths of a degree, some 400 m
_AXIS_M, _FLAT = 6_378_137.0, 0.006694379990141  # of the WGS84 ellipsoid: half axis, eccentricity squared


@dataclass(frozen=True, eq=False)
class Cells:
    """
    The vertices of a network, sorted by the cell of a grid that they lie in.

    Attributes
    ----------
    network
        The network.
    corner
        Column and row of the first cell.
    shape
        Number of columns and rows.
    begin
        Where each cell's vertices begin; shape (cells + 1,).
    vertex, edge
        Position of each vertex in the network's arrays, and its edge.
    """

    network: Network
    corner: tuple[int, int]
    shape: tuple[int, int]
    begin: I64
    vertex: I32
    edge: I32

    @classmethod
    def build(cls, network: Network) -> Cells:
        """
        Sort the vertices of a network.

        Parameters
        ----------
        network
            Any network with at least one edge.

        Returns
        -------
        cells
            Ready to be asked.
        """
        column, row = network.vertex_lon_e7 // _CELL_E7, network.vertex_lat_e7 // _CELL_E7
        corner = int(column.min()), int(row.min())
        shape = int(column.max()) - corner[0] + 1, int(row.max()) - corner[1] + 1
        begin, vertex, edge = _sorted(network.vertex_offset, column, row, *corner, *shape)
        return cls(network, corner, shape, begin, vertex, edge)

    def nearest(
        self, lon: float, lat: float, reach_m: float, usable: NDArray[np.bool_], component: NDArray[np.integer]
    ) -> tuple[int, int, float] | None:
        """
        Find the vertex that stands for a point: the nearest of the largest component that comes within reach.

        Parameters
        ----------
        lon, lat
            Degrees.
        reach_m
            How far it may be, metres.
        usable
            Which edges may be used.
        component
            Rank of each node's component, the largest 0.

        Returns
        -------
        edge, vertex, away_m
            Edge, number of the vertex along it, and its distance in metres, right to a millionth; None where there is
            none within reach.
        """
        network = self.network
        north_m, narrow, turn = _scales(lat)
        edge, vertex, away = _nearest(
            (self.begin, self.vertex, self.edge), (*self.corner, *self.shape),
            (network.vertex_lon_e7, network.vertex_lat_e7), (network.u, usable, component),
            (lon * E7, lat * E7, narrow, turn, reach_m / north_m),
        )  # fmt: skip
        if edge < 0:
            return None
        return int(edge), int(vertex - network.vertex_offset[edge]), float(away * north_m)


def _scales(lat: float) -> tuple[float, float, float]:
    """Give the metres of 1e-7 degree northwards, how many times as short it is eastwards, and how that changes."""
    round_, flat = radians(lat), 1 - _FLAT * sin(radians(lat)) ** 2
    north_m = _AXIS_M * (1 - _FLAT) / flat**1.5 * pi / 180 / E7
    stretch = flat / (1 - _FLAT)  # the ellipsoid is wider than it is high
    return north_m, stretch * cos(round_), stretch * sin(round_) * pi / 180 / E7 / 2


@kernel
def _sorted(offset: I64, column: I32, row: I32, west: int, south: int, columns: int, rows: int) -> tuple[I64, I32, I32]:
    """Sort vertices by cell, by counting."""
    begin = np.zeros(columns * rows + 1, np.int64)
    for k in range(len(column)):
        begin[(row[k] - south) * columns + column[k] - west + 1] += 1
    for cell in range(columns * rows):
        begin[cell + 1] += begin[cell]
    fill = begin.copy()
    vertex, edge = np.empty(len(column), np.int32), np.empty(len(column), np.int32)
    for e in range(len(offset) - 1):
        for k in range(offset[e], offset[e + 1]):
            cell = (row[k] - south) * columns + column[k] - west
            vertex[fill[cell]], edge[fill[cell]] = k, e
            fill[cell] += 1
    return begin, vertex, edge


@kernel
def _nearest(
    sorted_: tuple[I64, I32, I32],
    grid: tuple[int, int, int, int],
    place: tuple[I32, I32],
    may: tuple[I32, NDArray[np.bool_], NDArray[np.integer]],
    point: tuple[float, float, float, float, float],
) -> tuple[int, int, float]:
    """Look through the cells within reach, ring by ring; a nearer vertex of a smaller component does not count."""
    begin, vertex, edge = sorted_
    west, south, columns, rows = grid
    node, usable, component = may
    x, y, narrow, turn, reach = point
    column, row = int(x // _CELL_E7) - west, int(y // _CELL_E7) - south
    best_edge, best_vertex, best_part, best_away = -1, -1, np.iinfo(np.int64).max, reach
    rings = int(reach / (_CELL_E7 * narrow)) + 1
    for ring in range(rings + 1):
        if best_part == 0 and (ring - 1) * _CELL_E7 * narrow > best_away:
            break
        for r in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
            step = 1 if abs(r - row) == ring else max(2 * ring, 1)
            for c in range(column - ring, column + ring + 1, step):
                if c < 0 or c >= columns:
                    continue
                for i in range(begin[r * columns + c], begin[r * columns + c + 1]):
                    e = edge[i]
                    if not usable[e]:
                        continue
                    k = vertex[i]
                    dy = place[1][k] - y
                    dx = (place[0][k] - x) * (narrow - turn * dy)
                    away = np.sqrt(dx * dx + dy * dy)
                    part = component[node[e]]
                    if away <= reach and (part < best_part or (part == best_part and away < best_away)):
                        best_edge, best_vertex, best_part, best_away = e, k, part, away
    return best_edge, best_vertex, best_away


@kernel
def share_before(lon: I32, lat: I32, first: int, vertex: int, last: int) -> float:
    """Say what share of a short line lies before one of its vertices; the earth is taken as flat there."""
    narrow = np.cos(lat[first] / 1e7 / 180 * np.pi)
    before, whole = 0.0, 0.0
    for k in range(first, last - 1):
        dx, dy = (lon[k + 1] - lon[k]) * narrow, float(lat[k + 1] - lat[k])
        whole += np.sqrt(dx * dx + dy * dy)
        if k + 1 == vertex:
            before = whole
    return before / whole if whole > 0 else 0.5
