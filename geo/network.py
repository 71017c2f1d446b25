"""The network: nodes and edges as columns, immutable once built."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo import storage
from geo.frames import frame
from geo.measure import E7
from geo.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    import networkx as nx
    from numpy.typing import NDArray

MODES = ("road", "rail")
STATUSES = ("open", "construction", "proposed", "disused", "abandoned", "razed")
STRUCTURES = ("none", "bridge", "tunnel", "ford")
LENGTH_BASES = ("shape", "published", "estimated")
TEXT_COLUMNS = (
    "class",
    "structure_kind",
    "name",
    "ref",
    "maxspeed",
    "surface",
    "lanes",
    "gauge",
    "electrified",
    "territory",
    "near_territory",
    "stretch",
    "geometry_basis",
    "source",
    "note",
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Network:
    """
    A road and rail network as columns; immutable.

    Edges are pieces of one way between two junctions, inside one territory. All edge arrays have one row an edge.

    Attributes
    ----------
    node_osm_id
        OSM id of each node, 0 where a border cut or another source made it; int64.
    node_lon_e7, node_lat_e7
        Position of each node, 1e-7 degree; int32.
    u, v
        Row of the node that an edge starts and ends at.
    mode, status, structure, length_basis
        Codes into `MODES`, `STATUSES`, `STRUCTURES`, `LENGTH_BASES`.
    oneway
        True where only u to v may be used.
    length_m
        The length that metrics use, metres; see `length_basis`.
    shape_length_m
        Length of the geometry on the WGS84 ellipsoid, metres.
    near_m
        Metres of the edge within the boundary set's tolerance of the border with `near_territory`.
    accuracy_m
        How far the geometry may lie from the truth, metres; NaN where not known.
    way_id
        OSM id of the way, 0 where there is none.
    text
        Text columns by name, see `TEXT_COLUMNS`.
    vertex_offset, vertex_lon_e7, vertex_lat_e7
        Geometry: edge i has vertices offset[i] to offset[i + 1].
    sample_offset, sample_ele_m
        Relief: heights along each edge, evenly spaced from u to v, metres above sea level; empty without relief.
    node_rank
        In which order a hierarchy takes the nodes away, see `geo.dissection`; nodes beyond its end came later and go
        first. Empty where it was not worked out.
    meta
        What the network is made of: title, data_date, sources, boundaries, relief, generalised.
    """

    node_osm_id: NDArray[np.int64]
    node_lon_e7: NDArray[np.int32]
    node_lat_e7: NDArray[np.int32]
    u: NDArray[np.int32]
    v: NDArray[np.int32]
    mode: NDArray[np.uint8]
    status: NDArray[np.uint8]
    structure: NDArray[np.uint8]
    length_basis: NDArray[np.uint8]
    oneway: NDArray[np.bool_]
    length_m: NDArray[np.float64]
    shape_length_m: NDArray[np.float64]
    near_m: NDArray[np.float64]
    accuracy_m: NDArray[np.float32]
    way_id: NDArray[np.int64]
    text: Mapping[str, Words]
    vertex_offset: NDArray[np.int64]
    vertex_lon_e7: NDArray[np.int32]
    vertex_lat_e7: NDArray[np.int32]
    sample_offset: NDArray[np.int64]
    sample_ele_m: NDArray[np.float32]
    node_rank: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Name the network in one line; its columns would fill pages."""
        return f"Network({self.meta.get('title')!r}, {self.edge_count:,} edges)"

    # -- size and parts ------------------------------------------------------------------------------------------

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return len(self.node_osm_id)

    @property
    def edge_count(self) -> int:
        """Number of edges."""
        return len(self.u)

    @property
    def node_lon(self) -> NDArray[np.float64]:
        """Longitude of each node, degrees."""
        return self.node_lon_e7 / E7

    @property
    def node_lat(self) -> NDArray[np.float64]:
        """Latitude of each node, degrees."""
        return self.node_lat_e7 / E7

    @property
    def data_date(self) -> str | None:
        """Date that no part of the data is older than, ISO 8601; None where it is not known."""
        value = self.meta.get("data_date")
        return None if value is None else str(value)

    @property
    def has_relief(self) -> bool:
        """Whether heights were sampled along the edges."""
        return len(self.sample_ele_m) > 0

    def coordinates(self, edge: int) -> NDArray[np.float64]:
        """
        Give the vertices of one edge.

        Parameters
        ----------
        edge
            Row of the edge.

        Returns
        -------
        points
            Shape (vertices, 2): lon, lat in degrees, from u to v.
        """
        part = slice(self.vertex_offset[edge], self.vertex_offset[edge + 1])
        return np.column_stack((self.vertex_lon_e7[part], self.vertex_lat_e7[part])) / E7

    def heights(self, edge: int) -> NDArray[np.float32]:
        """
        Give the heights along one edge.

        Parameters
        ----------
        edge
            Row of the edge.

        Returns
        -------
        ele_m
            Metres above sea level, evenly spaced from u to v; empty where the network has no relief.
        """
        if not self.has_relief:
            return np.empty(0, dtype=np.float32)
        return self.sample_ele_m[self.sample_offset[edge] : self.sample_offset[edge + 1]]

    def lines(self, rows: NDArray[np.intp] | None = None) -> NDArray[np.object_]:
        """
        Give edges as Shapely lines.

        Parameters
        ----------
        rows
            Rows of the edges; all when left out.

        Returns
        -------
        lines
            LineStrings in degrees.
        """
        offset, index = gather(self.vertex_offset, np.arange(self.edge_count) if rows is None else np.asarray(rows))
        points = np.column_stack((self.vertex_lon_e7[index], self.vertex_lat_e7[index])) / E7
        return np.asarray(
            shapely.linestrings(points, indices=np.repeat(np.arange(len(offset) - 1), np.diff(offset))), dtype=object
        )

    # -- tables --------------------------------------------------------------------------------------------------

    @property
    def nodes(self) -> gpd.GeoDataFrame:
        """Nodes as a GeoDataFrame (WGS84): osm_id, geometry."""
        points = np.asarray(shapely.points(self.node_lon, self.node_lat), dtype=object)
        return frame({"osm_id": self.node_osm_id}, points)

    @property
    def edges(self) -> gpd.GeoDataFrame:
        """Edges as a GeoDataFrame (WGS84), one column for each property, texts decoded; None where not tagged."""
        columns: dict[str, Any] = {
            "u": self.u,
            "v": self.v,
            "mode": np.array(MODES, dtype=object)[self.mode],
            "status": np.array(STATUSES, dtype=object)[self.status],
            "structure": np.array(STRUCTURES, dtype=object)[self.structure],
            "oneway": self.oneway,
            "length_m": self.length_m,
            "shape_length_m": self.shape_length_m,
            "length_basis": np.array(LENGTH_BASES, dtype=object)[self.length_basis],
            "near_m": self.near_m,
            "accuracy_m": self.accuracy_m,
            "way_id": self.way_id,
        }
        columns |= {name: [value or None for value in self.text[name].decode()] for name in TEXT_COLUMNS}
        return frame(columns, self.lines(), objects=TEXT_COLUMNS)

    # -- making others -------------------------------------------------------------------------------------------

    def take(self, rows: NDArray[np.intp]) -> Network:
        """
        Pick edges, with only the nodes that they touch.

        Parameters
        ----------
        rows
            Rows of the edges, in the order wanted.

        Returns
        -------
        network
            A smaller network.
        """
        rows = np.asarray(rows, dtype=np.intp)
        nodes, ends = np.unique(np.concatenate((self.u[rows], self.v[rows])), return_inverse=True)
        vertex_offset, vertices = gather(self.vertex_offset, rows)
        sample_offset, samples = gather(self.sample_offset, rows)
        columns = {name: getattr(self, name)[rows] for name in EDGE_COLUMNS if name not in ("u", "v")}
        return replace(
            self,
            node_osm_id=self.node_osm_id[nodes],
            node_lon_e7=self.node_lon_e7[nodes],
            node_lat_e7=self.node_lat_e7[nodes],
            node_rank=self.node_rank[nodes[nodes < len(self.node_rank)]],
            u=ends[: len(rows)].astype(np.int32),
            v=ends[len(rows) :].astype(np.int32),
            text={name: words.take(rows) for name, words in self.text.items()},
            vertex_offset=vertex_offset,
            vertex_lon_e7=self.vertex_lon_e7[vertices],
            vertex_lat_e7=self.vertex_lat_e7[vertices],
            sample_offset=sample_offset,
            sample_ele_m=self.sample_ele_m[samples],
            **columns,
        )

    def save(self, path: Path | str) -> None:
        """
        Write the network to one file, whole or not at all.

        Parameters
        ----------
        path
            Where to; an existing file is replaced only when the new one is complete.

        Raises
        ------
        InputError
            The file cannot be written there.
        """
        arrays = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("text", "meta")}
        arrays |= {f"text.{name}": words.codes for name, words in self.text.items()}
        vocabulary = {name: list(words.words) for name, words in self.text.items()}
        storage.write(path, arrays, {"meta": dict(self.meta)}, vocabulary)

    @classmethod
    def load(cls, path: Path | str, *, verify: bool = True) -> Network:
        """
        Open a saved network, memory-mapped.

        Parameters
        ----------
        path
            A file that `save` wrote.
        verify
            Check every section's checksum; a server does so once, not in each worker.

        Returns
        -------
        network
            The same network, array for array.

        Raises
        ------
        DataError
            The file is no saved network, is cut short, or a checksum does not match.
        """
        arrays, header, vocabulary = storage.read(path, verify=verify)
        storage.require(path, arrays, [f.name for f in fields(cls) if f.name not in _OPTIONAL])
        storage.require(path, arrays, [f"{part}.{name}" for part in ("text", "words") for name in TEXT_COLUMNS])
        text = {name: Words(arrays[f"text.{name}"], tuple(vocabulary[name])) for name in TEXT_COLUMNS}
        plain = {f.name: arrays[f.name] for f in fields(cls) if f.name in arrays}
        return cls(**plain, text=text, meta=header["meta"])

    @classmethod
    def from_osmnx(cls, graph: nx.MultiDiGraph) -> Network:
        """
        Convert an OSMnx graph; see `geo.osmnx_graph.from_osmnx`.

        Parameters
        ----------
        graph
            A graph in degrees, as OSMnx downloads it.

        Returns
        -------
        network
            The network.
        """
        from geo.osmnx_graph import from_osmnx  # noqa: PLC0415  (OSMnx is heavy: only who asks pays)

        return from_osmnx(graph)

    def to_osmnx(self) -> nx.MultiDiGraph:
        """
        Convert to an OSMnx graph; see `geo.osmnx_graph.to_osmnx`.

        Returns
        -------
        graph
            A MultiDiGraph that OSMnx's functions take.
        """
        from geo.osmnx_graph import to_osmnx  # noqa: PLC0415

        return to_osmnx(self)


_OPTIONAL = ("text", "meta", "node_rank")  # of no section of their own, or of one that a file may lack
EDGE_COLUMNS = (
    "u",
    "v",
    "mode",
    "status",
    "structure",
    "length_basis",
    "oneway",
    "length_m",
    "shape_length_m",
    "near_m",
    "accuracy_m",
    "way_id",
)


def gather(offset: NDArray[np.int64], rows: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """
    Find where the parts of some rows lie in a ragged (offset and values) array.

    Parameters
    ----------
    offset
        Where each row's values begin; shape (all rows + 1,), or (1,) for an array without values.
    rows
        The rows wanted.

    Returns
    -------
    new_offset
        Offsets of the picked rows.
    index
        Positions of their values in the old array.
    """
    if len(offset) <= 1:
        return np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.intp)
    count = offset[rows + 1] - offset[rows]
    new_offset = np.concatenate(([0], np.cumsum(count))).astype(np.int64)
    index = np.arange(new_offset[-1]) + np.repeat(offset[rows] - new_offset[:-1], count)
    return new_offset, index.astype(np.intp)
