"""What a tile of the network holds: lines picked by zoom and place, thinned, cut and counted; no route is asked for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.boxes import Boxes, around
from geo.chains import chains
from geo.measure import E7
from geo.network import MODES, STATUSES, STRUCTURES, gather
from web.tilegrid import EXTENT, UNITS, Points, covered, cut, project, spanned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import Network

# What is drawn alike, the least first: name, the classes in it (None: all others), the zoom of the map from which it
# is shown. The zooms keep a view of the densest city within what a browser draws in one frame.
KINDS: tuple[tuple[str, tuple[str, ...] | None, int], ...] = (
    ("path", ("track", "service", "path", "footway", "cycleway", "bridleway", "steps", "pedestrian", "corridor"), 14),
    ("street", None, 13),
    ("tertiary", ("tertiary", "tertiary_link"), 11),
    ("secondary", ("secondary", "secondary_link"), 10),
    ("primary", ("primary", "primary_link"), 8),
    ("trunk", ("motorway", "trunk", "motorway_link", "trunk_link"), 0),
    ("rail", None, 0),
)
RAIL = len(KINDS) - 1
STREET = 1
NAMES = tuple(name for name, _classes, _zoom in KINDS)
MIN_ZOOM, MAX_ZOOM = 5, 18  # of the map: tiles are half of a world finer than those of 256 pixels
DETAIL_PX = 0.4  # how far a thinned line may lie from the line
SMALLEST_PX = 1.5  # side of a line's box: joined lines that are smaller are left out, being no more than a dot
STRUCTURES_FROM = 13  # zoom from which bridges and tunnels are long enough to be seen
MOST = 8000  # lines a tile
_MOST_READ = 10 * MOST  # edges of one kind: more are not even thinned
_NOT_DRAWN = 255
SMALL = 3000  # edges: a network of fewer is shown whole at every zoom
_SHOWN = tuple(status for status in STATUSES if status != "razed")


@dataclass(frozen=True, eq=False)
class _Lines:
    """
    Lines of one make, and where they are.

    Attributes
    ----------
    offset, lon_e7, lat_e7
        Line i has vertices offset[i] to offset[i + 1], 1e-7 degree.
    style
        What each is drawn as: kind, status, structure and territory in one number, see `_style`.
    boxes
        For each kind, the boxes of its lines.
    joined
        Whether edges are joined in them: then a short one has no neighbour that would show the gap that it leaves.
    """

    offset: NDArray[np.int64]
    lon_e7: NDArray[np.int32]
    lat_e7: NDArray[np.int32]
    style: NDArray[np.int32]
    boxes: tuple[Boxes, ...]
    joined: bool


class NetworkTiles:
    """
    A network as tiles of 512 pixels in the Web Mercator scheme (z, x, y).

    Parameters
    ----------
    network
        The network. It is kept, not copied: open roads are read from its own columns.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.small = network.edge_count < SMALL

    @cached_property
    def checksum(self) -> str:
        """A SHA-256 over what is drawn of the network, and what is told of it."""
        seen = hashlib.sha256()
        n = self.network
        for column in (
            n.mode,
            n.status,
            n.structure,
            n.length_m,
            n.way_id,
            n.vertex_offset,
            n.vertex_lon_e7,
            n.vertex_lat_e7,
        ):
            seen.update(np.ascontiguousarray(column).data)
        for name in ("class", "name", "ref", "territory"):
            seen.update(np.ascontiguousarray(n.text[name].codes).data)
            seen.update("\0".join(n.text[name].words).encode())
        return seen.hexdigest()

    @property
    def version(self) -> str:
        """A word that is the same for the same network alone."""
        return self.checksum[:16]

    @cached_property
    def kind(self) -> NDArray[np.uint8]:
        """Row in `KINDS` of each edge."""
        words = self.network.text["class"]
        kinds = np.full(len(words.words), STREET, dtype=np.uint8)
        for row, (_name, classes, _zoom) in enumerate(KINDS):
            kinds[[word in (classes or ()) for word in words.words]] = row
        found = kinds[words.codes] if len(kinds) else np.full(self.network.edge_count, STREET, dtype=np.uint8)
        return np.where(self.network.mode == MODES.index("rail"), np.uint8(RAIL), found)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the network, degrees."""
        n = self.network
        sides = n.node_lon_e7.min(), n.node_lat_e7.min(), n.node_lon_e7.max(), n.node_lat_e7.max()
        west, south, east, north = (float(side) / E7 for side in sides)
        return west, south, east, north

    def shown_from(self, kind: int) -> int:
        """
        Say from which zoom of the map a kind is shown.

        Parameters
        ----------
        kind
            Row in `KINDS`.

        Returns
        -------
        zoom
            The least; `MIN_ZOOM` in a small network.
        """
        return MIN_ZOOM if self.small else max(KINDS[kind][2], MIN_ZOOM)

    # -- sources -------------------------------------------------------------------------------------------------

    def _style(self, *, structures: bool) -> NDArray[np.int32]:
        n = self.network
        structure = n.structure if structures else np.zeros_like(n.structure)
        territory = n.text["territory"].codes.astype(np.int32)
        kind_status = self.kind.astype(np.int32) * len(STATUSES) + n.status
        style = (territory * len(KINDS) * len(STATUSES) + kind_status) * len(STRUCTURES) + structure
        return np.asarray(style, dtype=np.int32)

    def _key(self, style: int) -> dict[str, Any]:
        """Say in words what a style's number means."""
        style, structure = divmod(style, len(STRUCTURES))
        style, status = divmod(style, len(STATUSES))
        territory, kind = divmod(style, len(KINDS))
        words = self.network.text["territory"].words
        return {
            "kind": NAMES[kind],
            "status": STATUSES[status],
            "structure": STRUCTURES[structure],
            "territory": words[territory] if words else "",
        }

    @cached_property
    def _far(self) -> _Lines:
        """What is shown before structures are: every line long, so that a tile of half a country holds few."""
        early = [row for row in range(len(KINDS)) if self.shown_from(row) < STRUCTURES_FROM]
        drawn = np.isin(self.kind, early) | ~self._solid
        return self._joined(np.flatnonzero(drawn & self._drawn), structures=False)

    @cached_property
    def _patterned(self) -> _Lines:
        """Railways and roads that are not open, close up: joined, since a pattern runs on over junctions."""
        return self._joined(np.flatnonzero(~self._solid & self._drawn), structures=True)

    @cached_property
    def _edges(self) -> _Lines:
        """The network's own edges, all that are drawn: close up open roads are drawn from them, and any is found."""
        n = self.network
        kinds = np.where(self._drawn, self.kind, _NOT_DRAWN)
        style = self._style(structures=True)
        return _lines(n.vertex_offset, n.vertex_lon_e7, n.vertex_lat_e7, style, kinds, joined=False)

    @cached_property
    def _solid(self) -> NDArray[np.bool_]:
        return np.asarray((self.network.status == STATUSES.index("open")) & (self.kind != RAIL), dtype=bool)

    @cached_property
    def _drawn(self) -> NDArray[np.bool_]:
        return np.asarray(self.network.status != STATUSES.index("razed"), dtype=bool)

    def _joined(self, rows: NDArray[np.intp], *, structures: bool) -> _Lines:
        n = self.network
        style = self._style(structures=structures)
        offsets, steps, forward = [np.zeros(1, dtype=np.int64)], [], []
        for value in np.unique(style[rows]):
            alike = rows[style[rows] == value]
            offset, edges, ahead = chains(n.u[alike], n.v[alike])
            offsets.append(offset[1:] + offsets[-1][-1])
            steps.append(alike[edges])
            forward.append(ahead)
        if not steps:
            none = np.empty(0, dtype=np.int32)
            return _lines(offsets[0], none, none, none, none, joined=True)
        offset, edges, ahead = np.concatenate(offsets), np.concatenate(steps), np.concatenate(forward)
        vertices, vertex = gather(n.vertex_offset, edges)
        place = np.arange(len(vertex)) - np.repeat(vertices[:-1], np.diff(vertices))
        turned = np.repeat(n.vertex_offset[edges + 1] - 1, np.diff(vertices)) - place
        vertex = np.where(np.repeat(ahead, np.diff(vertices)), vertex, turned)
        # Where two edges meet both give the vertex: the second is dropped.
        again = np.zeros(len(vertex), dtype=bool)
        again[np.delete(vertices[:-1], offset[:-1])] = True
        count = np.add.reduceat((~again).astype(np.int64), vertices[offset[:-1]])
        kept = vertex[~again]
        own = style[edges[offset[:-1]]]
        return _lines(
            np.concatenate(([0], np.cumsum(count))), n.vertex_lon_e7[kept], n.vertex_lat_e7[kept], own,
            own // len(STRUCTURES) // len(STATUSES) % len(KINDS), joined=True,
        )  # fmt: skip

    def warm(self) -> None:
        """Make the index now: before processes part, so that they share it."""
        _ = self.checksum, self._far, self._patterned, self._edges

    # -- tiles ---------------------------------------------------------------------------------------------------

    def tile(self, z: int, x: int, y: int) -> dict[str, Any]:
        """
        Give what one tile holds.

        Parameters
        ----------
        z, x, y
            The tile; the map's zoom is z + 1, since a tile has 512 pixels.

        Returns
        -------
        tile
            extent (units a side), groups and left_out. Each group is drawn alike: kind, status, structure, territory,
            `n` (vertices of each line), `d` (steps from vertex to vertex through all lines, x then y, units of the
            tile from its north-west corner) and, where it carries a pattern, `o` (units of each line before its first
            vertex). left_out: the kinds that are left out for want of room, with the number of their edges.
        """
        zoom = z + 1
        structures = zoom >= STRUCTURES_FROM
        sources = (self._edges, self._patterned) if structures else (self._far,)
        window = covered(z, x, y)
        groups: list[dict[str, Any]] = []
        left_out: list[dict[str, Any]] = []
        room = MOST
        for kind in reversed(range(len(KINDS))):  # what matters most takes its place first
            if zoom < self.shown_from(kind):
                continue
            found = [(lines, self._touching(lines, kind, window)) for lines in sources]
            count = sum(len(rows) for _lines, rows in found)
            fits = not left_out and count <= _MOST_READ
            new = [g for lines, rows in found for g in self._groups(lines, rows, (z, x, y))] if fits else []
            room -= sum(len(group["n"]) for group in new)
            if count and (not fits or room < 0):
                left_out.append({"kind": NAMES[kind], "edges": count})
            else:
                groups.extend(new)
        return {"extent": EXTENT, "groups": groups[::-1], "left_out": left_out}

    def _touching(self, lines: _Lines, kind: int, window: tuple[int, int, int, int]) -> NDArray[np.intp]:
        rows = lines.boxes[kind].touching(window)
        return rows if lines.joined else rows[self._solid[rows]]

    def nearest(
        self,
        lon: float,
        lat: float,
        zoom: int,
        tolerance_px: float,
        *,
        modes: tuple[int, ...] = (),
        statuses: tuple[int, ...] = (),
    ) -> int | None:
        """
        Find the edge that a reader points at.

        Parameters
        ----------
        lon, lat
            Where, degrees.
        zoom
            Zoom of the map: only what is shown there is found.
        tolerance_px
            How far off it may lie, pixels of 256 to a tile.
        modes, statuses
            Only edges of these codes; all where none is given.

        Returns
        -------
        edge
            Row of the edge; None where there is none.
        """
        z = zoom - 1
        place = (np.array([round(degrees * E7)], dtype=np.int32) for degrees in (lon, lat))
        right, down = project(next(place), next(place), z, 0, 0)[0].tolist()
        reach = tolerance_px * UNITS / EXTENT
        window = spanned(
            z, (right / EXTENT - reach, right / EXTENT + reach), (down / EXTENT - reach, down / EXTENT + reach)
        )
        n = self.network
        found = [self._edges.boxes[k].touching(window) for k in range(len(KINDS)) if zoom >= self.shown_from(k)]
        rows = np.sort(np.concatenate([np.empty(0, dtype=np.intp), *found]))
        for codes, column in ((modes, n.mode), (statuses, n.status)):
            if codes:
                rows = rows[np.isin(column[rows], codes)]
        if not len(rows):
            return None
        offset, index = gather(n.vertex_offset, rows)
        points = project(n.vertex_lon_e7[index], n.vertex_lat_e7[index], z, 0, 0)
        drawn = shapely.linestrings(points, indices=np.repeat(np.arange(len(rows)), np.diff(offset)))
        gap = np.atleast_1d(shapely.distance(drawn, shapely.Point(right, down)))
        best = int(np.argmin(gap))
        return int(rows[best]) if gap[best] <= tolerance_px * UNITS else None

    def within(self, west: float, south: float, east: float, north: float) -> NDArray[np.intp]:
        """
        Find the edges whose boxes touch an area.

        Parameters
        ----------
        west, south, east, north
            The area, degrees.

        Returns
        -------
        rows
            Rows of the edges in order; razed ones are left out.
        """
        window = round(west * E7), round(south * E7), round(east * E7), round(north * E7)
        return np.sort(np.concatenate([boxes.touching(window) for boxes in self._edges.boxes]))

    def _groups(
        self,
        source: _Lines,
        rows: NDArray[np.intp],
        tile: tuple[int, int, int],
    ) -> list[dict[str, Any]]:
        if not len(rows):
            return []
        offset, index = gather(source.offset, rows)
        points = project(source.lon_e7[index], source.lat_e7[index], *tile)
        line = np.repeat(np.arange(len(rows)), np.diff(offset))
        whole = np.atleast_1d(np.asarray(shapely.linestrings(points, indices=line), dtype=object))
        drawn = np.atleast_1d(shapely.simplify(whole, DETAIL_PX * UNITS, preserve_topology=False))
        if source.joined:
            west, north, east, south = shapely.bounds(drawn).T
            seen = np.maximum(east - west, south - north) >= SMALLEST_PX * UNITS
            drawn, rows = drawn[seen], rows[seen]
            if not len(rows):
                return []
        points, line = shapely.get_coordinates(drawn, return_index=True)
        points, part, line, before = cut(points, line)
        style = source.style[rows]
        groups = []
        for value in np.unique(style[line]):
            mine = style[line] == value
            group = self._key(int(value)) | _packed(points[mine], part[mine])
            if group["n"] and (group["kind"] == NAMES[RAIL] or group["status"] != "open"):
                group["o"] = np.round(before[mine][np.diff(part[mine], prepend=-1) != 0]).astype(int).tolist()
            if group["n"]:
                groups.append(group)
        return groups


def _lines(
    offset: NDArray[np.int64],
    lon_e7: NDArray[np.int32],
    lat_e7: NDArray[np.int32],
    style: NDArray[np.int32],
    kinds: NDArray[np.integer[Any]],
    *,
    joined: bool,
) -> _Lines:
    sides = around(offset, lon_e7, lat_e7)
    boxes = tuple(Boxes.of(sides, np.flatnonzero(kinds == row)) for row in range(len(KINDS)))
    return _Lines(offset, lon_e7, lat_e7, style, boxes, joined=joined)


def _packed(points: Points, part: NDArray[np.intp]) -> dict[str, Any]:
    """Write lines as counts and steps, which compress well."""
    _run, count = np.unique(part, return_counts=True)
    steps = np.diff(points.astype(np.int64), axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return {"n": count.tolist(), "d": steps.ravel().tolist()}
