"""The belt along a set of borders, as a grid of cells: what lies outside it needs no exact geometry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.measure import E7

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import Network

_MOST_CELLS = 4_000_000
_WORLD_DEG = 360.0


@dataclass(frozen=True, eq=False)
class Belt:
    """
    A grid of square cells over a network, each near a border or far from all.

    Attributes
    ----------
    west_e7, south_e7, cell_e7
        Corner of the grid and side of its cells, 1e-7 degree.
    part
        Which connected part of what is far a cell belongs to, from 1; 0 where it is near. No border passes through a
        part. Shape (rows, columns).
    """

    west_e7: int
    south_e7: int
    cell_e7: int
    part: NDArray[np.int32]

    @classmethod
    def along(cls, borders: NDArray[np.float64], network: Network, reach_deg: float) -> Belt:
        """
        Lay a belt over the extent of a network.

        Parameters
        ----------
        borders
            Straight pieces of border, degrees: lon, lat, lon, lat; shape (pieces, 4).
        network
            A network with edges.
        reach_deg
            Whatever is within so many degrees of a border is near it; more than 0.

        Returns
        -------
        belt
            The belt.
        """
        lon, lat = network.vertex_lon_e7, network.vertex_lat_e7
        low = np.array([lon.min(), lat.min()], dtype=np.int64)
        size = np.array([lon.max(), lat.max()], dtype=np.int64) - low
        reach = min(reach_deg, _WORLD_DEG) * E7
        cell = int(max(reach / 2, np.sqrt(size.prod(dtype=np.float64) / _MOST_CELLS))) + 1
        # Borders are marked a cell apart at most: half a cell more than the reach, in whole cells, finds all that is
        # near, and a little more.
        margin = int(np.ceil(reach / cell)) + 1
        columns, rows = (size // cell + 2 * margin + 1).tolist()
        corner = low - margin * cell
        high = corner + np.array([columns, rows]) * cell
        x, y = ((_marks(borders * E7, corner, high, cell) - corner) // cell).astype(np.int64).T
        inside = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
        marked = np.zeros((rows, columns), dtype=bool)
        marked[y[inside], x[inside]] = True
        return cls(int(corner[0]), int(corner[1]), cell, _parts(~_widened(marked, margin)))

    def centres(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """
        Give a place in each far part.

        Returns
        -------
        lon, lat
            Degrees; one a part, the first for part 1.
        """
        _, first = np.unique(self.part, return_index=True)
        y, x = np.divmod(first[self.part.ravel()[first] > 0], self.part.shape[1])
        half = self.cell_e7 / 2
        return (self.west_e7 + x * self.cell_e7 + half) / E7, (self.south_e7 + y * self.cell_e7 + half) / E7

    def parts(self, network: Network) -> NDArray[np.int32]:
        """
        Say in which far part each edge lies.

        Parameters
        ----------
        network
            The network that the belt was laid over.

        Returns
        -------
        part
            As in `part`: 0 for an edge that may be near a border, or cross one.
        """
        start = network.vertex_offset[:-1]
        lon, lat = network.vertex_lon_e7, network.vertex_lat_e7
        west, east = ((f.reduceat(lon, start) - self.west_e7) // self.cell_e7 for f in (np.minimum, np.maximum))
        south, north = ((f.reduceat(lat, start) - self.south_e7) // self.cell_e7 for f in (np.minimum, np.maximum))
        east, north = east + 1, north + 1
        # How many near cells lie south-west of each corner: four corners count those in an edge's rectangle.
        count = np.zeros(np.add(self.part.shape, 1), dtype=np.int64)
        count[1:, 1:] = np.cumsum(np.cumsum(self.part == 0, axis=0), axis=1)
        near = count[north, east] - count[south, east] - count[north, west] + count[south, west] > 0
        return np.where(near, 0, self.part[south, west]).astype(np.int32)


def _marks(
    borders: NDArray[np.float64], low: NDArray[np.int64], high: NDArray[np.int64], cell: int
) -> NDArray[np.float64]:
    """Give places on the borders that pass by a rectangle, a cell apart at most."""
    ends = borders.reshape(-1, 2, 2)
    passing = np.all((ends.max(axis=1) >= low) & (ends.min(axis=1) <= high), axis=1)
    start, end = ends[passing, 0], ends[passing, 1]
    steps = np.ceil(np.abs(end - start).max(axis=1, initial=0.0) / cell).astype(np.int64) + 1
    piece = np.repeat(np.arange(len(steps)), steps)
    share = (np.arange(len(piece)) - np.repeat(np.cumsum(steps) - steps, steps)) / np.maximum(steps - 1, 1)[piece]
    return np.asarray(start[piece] + share[:, None] * (end - start)[piece], dtype=np.float64)


def _widened(marked: NDArray[np.bool_], margin: int) -> NDArray[np.bool_]:
    """Mark also the cells that lie at most so many rows and columns from a marked one."""
    for _axis in range(2):
        before = np.cumsum(np.pad(marked, ((margin + 1, margin), (0, 0))), axis=0, dtype=np.int32)
        marked = (before[2 * margin + 1 :] > before[: -2 * margin - 1]).T
    return marked


def _parts(far: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Count the connected parts of some cells from 1, in the order of their first cells; 0 is for all others."""
    from geo.components import components  # noqa: PLC0415  (the compiler is loaded only where a network is split)

    begins = far.copy()
    begins[:, 1:] &= ~far[:, :-1]
    run = (np.cumsum(begins, dtype=np.int32) - np.int32(1)).reshape(far.shape)  # cells side by side in a row
    joined = far[1:] & far[:-1]
    upper, lower = run[:-1][joined], run[1:][joined]
    label = components(upper, lower, np.arange(len(upper)), int(np.count_nonzero(begins)))
    return np.where(far, np.append(label, -1)[run] + 1, 0).astype(np.int32)
