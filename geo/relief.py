"""Relief: heights from any GeoTIFF or HGT tiles, and a network draped over them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyproj

from geo import lattice, structures, tiles
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

_CHUNK_SAMPLES = 1_000_000  # heights worked out at once by `drape`
_CHUNK_VERTICES = 1_000_000
_SORT_E7 = E7 // 4  # edges are taken by quarter degrees, so that each part of the relief is read once
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
    grids: tuple[lattice.Grid, ...]

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
        return cls._of(tiles.read_headers(paths), title, source)

    @classmethod
    def _of(cls, opened: list[tiles.Tile], title: str | None, source: str | None) -> Relief:
        grids = sorted(lattice.join(opened), key=lambda grid: grid.cell_m)
        bounds = np.array([grid.bounds for grid in grids])
        west, south = (float(bounds[:, i].min()) for i in (0, 1))
        east, north = (float(bounds[:, i].max()) for i in (2, 3))
        return cls(
            title=title or tiles.title(opened),
            source=source or tiles.names(opened),
            cell_m=grids[-1].cell_m,
            spacing_m=max(LEAST_SPACING_M, grids[0].cell_m / 2),
            bounds=(west, south, east, north),
            grids=tuple(grids),
        )

    def over(self, area: tuple[float, float, float, float]) -> Relief:
        """
        Leave out the tiles that lie elsewhere.

        Parameters
        ----------
        area
            West, south, east, north, degrees.

        Returns
        -------
        relief
            The tiles that touch the area, with the cell, title and source of these alone.

        Raises
        ------
        InputError
            There is none.
        """
        opened = [tile for grid in self.grids for _, _, tile in grid.tiles]
        touching = [tile for tile in opened if _meet(lattice.Grid.of(tile).bounds, area)]
        if not touching:
            message = (
                f"the relief {self.title} ({_box(self.bounds)}) lies nowhere near the network ({_box(area)}); "
                "give tiles of the same place"
            )
            raise InputError(message)
        touching.sort(key=lambda tile: (tile.name, tile.path))
        named = sorted(opened, key=lambda tile: (tile.name, tile.path))
        return Relief._of(
            touching,
            None if self.title == tiles.title(named) else self.title,
            None if self.source == tiles.names(named) else self.source,
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
        return self._sample(x, y)[0].reshape(shape)

    def _sample(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Read heights, and say which grids gave some."""
        ele_m = np.full(lon.shape, np.nan)
        gave = np.zeros(len(self.grids), dtype=bool)
        for number, grid in enumerate(self.grids):
            left = np.flatnonzero(np.isnan(ele_m))
            if len(left):
                ele_m[left] = grid.sample(lon[left], lat[left])
                gave[number] = not np.isnan(ele_m[left]).all()
        return ele_m.astype(np.float32), gave


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
        `meta["relief"]`, whose `cell_m` is that of the coarsest tiles that gave a height. Heights stand at most
        `relief.spacing_m` apart, and at least at both ends of an edge.

    Raises
    ------
    InputError
        No part of the relief lies where the network does.
    """
    progress = progress or silent
    if network.edge_count:
        lon, lat = network.node_lon, network.node_lat
        relief = relief.over((float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())))
    steps = np.maximum(np.ceil(network.shape_length_m / relief.spacing_m), 1.0).astype(np.int64)
    sample_offset = np.concatenate(([0], np.cumsum(steps + 1))).astype(np.int64)
    ele_m = np.empty(int(sample_offset[-1]), dtype=np.float32)
    gave, done = np.zeros(len(relief.grids), dtype=bool), 0
    for rows in _chunks(network, steps):
        _, index = gather(sample_offset, rows)
        ele_m[index], some = relief._sample(*_points_along(network, rows, steps[rows]))  # noqa: SLF001  (our own)
        gave |= some
        done += len(rows)
        progress("draping over the relief", done, network.edge_count)
    terrain_m = relief.sample(network.node_lon, network.node_lat).astype(np.float64)
    _straighten(network, structures.lines(network, terrain_m), sample_offset, ele_m)
    cell_m = max((grid.cell_m for grid, some in zip(relief.grids, gave, strict=True) if some), default=relief.cell_m)
    header = {"title": relief.title, "cell_m": cell_m, "source": relief.source}
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


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] <= other[2] and one[2] >= other[0] and one[1] <= other[3] and one[3] >= other[1]


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
