"""To and from OSMnx: its graphs in degrees, as downloaded or simplified, and networks as graphs that it takes."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import shapely

from geo.errors import InputError
from geo.measure import E7, to_e7
from geo.network import LENGTH_BASES, MODES, STATUSES, STRUCTURES, TEXT_COLUMNS
from geo.osm import osm_meta
from geo.tags import KEYS, LIFE_CYCLE, WayTags, classify, read_keys
from geo.ways import Ways, assemble

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from geo.network import Network

META = "araxes_meta"
"""Graph attribute that carries a network's header, as JSON."""

WAY_KEYS = (
    *read_keys(),
    *LIFE_CYCLE,
    *("bridge", "tunnel", "ford", "oneway", "junction", "area"),
    *("name", "ref", "maxspeed", "surface", "lanes", "gauge", "electrified"),
)
"""Tags of ways that OSMnx must keep (`osmnx.settings.useful_tags_way`) for its graph to become a whole network."""

_OWN = ("mode", "class", "status", "structure")  # edges of our own graphs say these themselves
_JOINED = ("name", "ref", "maxspeed", "surface", "lanes", "gauge", "electrified")
_FURTHER = ("territory", "near_territory", "stretch", "geometry_basis", "source", "note")
_BUILT = ("bridge", "tunnel", "ford")
_RANK = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "road",
    "residential",
    "living_street",
    "service",
    "track",
)
_POLE_E7 = 90 * E7


def from_osmnx(graph: nx.MultiDiGraph, *, title: str = "OSMnx graph", data_date: str | None = None) -> Network:
    """
    Convert an OSMnx graph, or one that `to_osmnx` made.

    A graph that was not simplified gives what reading the same OSM data gives: segments are joined to ways again and
    cut at junctions (a ring, whose start the graph does not tell, at its junctions alone). A simplified one gives an
    edge for each of its edges. Where OSMnx merged several ways into one edge, the edge counts as the least of their
    classes and statuses (and not at all where one is a path), other tags stand side by side ("50;70"), and it counts
    as bridge or tunnel nowhere, since which part of it is one is forgotten; `structure_kind` still tells.
    `osmnx.simplify_graph(graph, edge_attrs_differ=["osmid"])` merges no two ways and forgets nothing.

    Parameters
    ----------
    graph
        A graph in degrees (EPSG:4326); both directions of a two-way street become one edge.
    title
        What to call the network, unless the graph says it.
    data_date
        Date of the data, ISO 8601, unless the graph says it. OSMnx's own date is that of the download.

    Returns
    -------
    network
        The network, without relief.

    Raises
    ------
    InputError
        The graph is projected, lacks coordinates, or has no road and no railway.
    """
    _require_degrees(graph)
    pieces = sorted(_pieces(graph), key=lambda piece: (piece.order, piece.way_id))
    if not pieces:
        message = "the graph holds no road and no railway (no edge with a highway or railway tag)"
        raise InputError(message)
    meta = json.loads(graph.graph[META]) if META in graph.graph else osm_meta(title, data_date)
    return _network(graph, pieces, meta)


def to_osmnx(network: Network) -> nx.MultiDiGraph:
    """
    Convert to a graph that OSMnx's functions take.

    Parameters
    ----------
    network
        Any network. Heights along edges are left out: drape the network over its relief again.

    Returns
    -------
    graph
        A simplified graph in degrees: two edges for a two-way street, with OSM tags, `length` in metres, and the
        network's own columns beside them, so that `from_osmnx` gives the network back. Nodes that OSM does not know
        have negative ids.
    """
    known = network.node_osm_id > 0
    keys = np.where(known, network.node_osm_id, -1 - np.arange(network.node_count)).tolist()
    header = {META: json.dumps(dict(network.meta), sort_keys=True)}
    graph = nx.MultiDiGraph(crs="epsg:4326", created_with="Araxes", simplified=True, **header)
    streets = np.bincount(np.concatenate((network.u, network.v)), minlength=network.node_count).tolist()
    places = zip(keys, network.node_lon.tolist(), network.node_lat.tolist(), streets, strict=True)
    graph.add_nodes_from((key, {"x": x, "y": y, "street_count": count}) for key, x, y, count in places)
    lines = network.lines()
    for edge, (columns, u, v) in enumerate(zip(_rows(network), network.u.tolist(), network.v.tolist(), strict=True)):
        data = {"edge": edge, **columns, **_osm_tags(columns)}
        graph.add_edge(keys[u], keys[v], **data, reversed=False, geometry=lines[edge])
        if not data["oneway"]:
            graph.add_edge(keys[v], keys[u], **data, reversed=True, geometry=shapely.reverse(lines[edge]))
    return graph


def _rows(network: Network) -> Iterator[dict[str, Any]]:
    """Give the columns of each edge that are worth an attribute; what is not known has none."""
    columns: dict[str, Sequence[Any]] = {
        "osmid": network.way_id.tolist(),
        "oneway": network.oneway.tolist(),
        "length": network.length_m.tolist(),
        "mode": [MODES[code] for code in network.mode],
        "status": [STATUSES[code] for code in network.status],
        "structure": [STRUCTURES[code] for code in network.structure],
        "length_basis": [LENGTH_BASES[code] for code in network.length_basis],
        "near_m": network.near_m.tolist(),
        "accuracy_m": [None if np.isnan(value) else float(value) for value in network.accuracy_m],
    }
    columns |= {name: [value or None for value in network.text[name].decode()] for name in TEXT_COLUMNS}
    names = tuple(columns)
    for values in zip(*columns.values(), strict=True):
        yield {name: value for name, value in zip(names, values, strict=True) if value is not None}


def _osm_tags(columns: Mapping[str, Any]) -> dict[str, str]:
    key = next(key for key, (mode, _, _) in KEYS.items() if mode == columns["mode"])
    class_, status, structure = columns.get("class", ""), columns["status"], columns["structure"]
    tags = {key: class_} if status == "open" else {key: status, status: class_}
    if structure in _BUILT:
        tags[structure] = columns.get("structure_kind", "yes")
    return tags


# -- reading a graph ---------------------------------------------------------------------------------------------------


@dataclass
class _Piece:
    """A run of nodes with one set of tags: a way, or what a graph left of it."""

    tags: WayTags
    nodes: list[Hashable]
    bends: list[tuple[int, int]] = field(default_factory=list)  # vertices between the two nodes, 1e-7 degree
    way_id: int = 0
    order: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)


def _require_degrees(graph: nx.MultiDiGraph) -> None:
    crs = str(graph.graph.get("crs", "epsg:4326"))
    if crs.lower() not in {"epsg:4326", "wgs84", "ogc:crs84"}:
        message = f"the graph is projected ({crs}); give it in degrees: osmnx.project_graph(graph, to_latlong=True)"
        raise InputError(message)
    if any("x" not in data or "y" not in data for _, data in graph.nodes(data=True)):
        message = "a node of the graph has no x and y; give a graph that OSMnx made"
        raise InputError(message)
    if any(abs(data["y"]) * E7 > _POLE_E7 for _, data in graph.nodes(data=True)):
        message = "a node of the graph lies beyond a pole: x must be the longitude and y the latitude"
        raise InputError(message)


def _pieces(graph: nx.MultiDiGraph) -> Iterable[_Piece]:
    edges = [data for _, _, data in graph.edges(data=True)]
    simplified = graph.graph.get("simplified") or any("geometry" in data or "osmid" not in data for data in edges)
    return _whole_edges(graph) if simplified else _joined_segments(graph)


def _whole_edges(graph: nx.MultiDiGraph) -> Iterator[_Piece]:
    """Take each edge of a simplified graph as it is, and of the two directions of one street the first."""
    seen = set()
    for u, v, data in sorted(graph.edges(data=True), key=lambda edge: _flag(edge[2].get("reversed", False))):
        if "geometry" in data:
            line = to_e7(shapely.get_coordinates(data["geometry"])).tolist()
        else:
            line = to_e7(np.array([[graph.nodes[node]["x"], graph.nodes[node]["y"]] for node in (u, v)])).tolist()
        way_ids = sorted(_ids(data.get("osmid")))
        key = (data.get("edge"), *way_ids, *map(tuple, min(line, line[::-1])))
        if not _is_oneway(data):
            if key in seen:
                continue
            seen.add(key)
        bends = [(x, y) for x, y in line[1:-1]]
        for tags in _readings(data, merged=len(way_ids) > 1):
            yield _Piece(
                tags, [u, v], bends, way_id=way_ids[0] if way_ids else 0, order=int(data.get("edge", 0)), data=data
            )


def _joined_segments(graph: nx.MultiDiGraph) -> Iterator[_Piece]:
    """Join the segments of a graph that was not simplified to ways again."""
    ways: dict[int, dict[tuple[Hashable, Hashable], Mapping[str, Any]]] = defaultdict(dict)
    for u, v, data in sorted(graph.edges(data=True), key=lambda edge: _flag(edge[2].get("reversed", False))):
        segments = ways[min(_ids(data.get("osmid")), default=0)]
        if (v, u) not in segments or _is_oneway(data):
            segments[u, v] = data
    shared = _shared_nodes(ways.values())
    for way_id, segments in ways.items():
        data = next(iter(segments.values()))
        for nodes in _runs(list(segments), shared):
            for tags in _readings(data, merged=False):
                yield _Piece(tags, nodes, way_id=way_id, data=data)


def _shared_nodes(ways: Iterable[Iterable[tuple[Hashable, Hashable]]]) -> set[Hashable]:
    owner: dict[Hashable, int] = {}
    shared = set()
    for number, segments in enumerate(ways):
        for node in {node for segment in segments for node in segment}:
            if owner.setdefault(node, number) != number:
                shared.add(node)
    return shared


def _runs(segments: list[tuple[Hashable, Hashable]], shared: set[Hashable]) -> Iterator[list[Hashable]]:
    """
    Follow the segments of one way from node to node.

    A way begins where nothing leads to; a ring, which has no such place, at a junction (where it began in OSM, the
    graph does not tell).
    """
    onward: dict[Hashable, list[Hashable]] = defaultdict(list)
    balance: dict[Hashable, int] = defaultdict(int)
    for u, v in segments:
        onward[u].append(v)
        balance[u] += 1
        balance[v] -= 1
    begins = sorted(onward, key=lambda node: (-balance[node], node not in shared))
    for begin in begins:
        while onward[begin]:
            run = [begin]
            while onward[run[-1]]:
                run.append(onward[run[-1]].pop(0))
            yield run


def _ids(osmid: Any) -> list[int]:  # noqa: ANN401  (OSMnx gives a number or a list of them)
    if osmid is None:
        return []
    return [int(value) for value in osmid] if isinstance(osmid, list | tuple | set) else [int(osmid)]


def _flag(value: Any) -> bool:  # noqa: ANN401  (a bool, the same as text after GraphML, or a list of them)
    return any(_flag(v) for v in value) if isinstance(value, list | tuple | set) else str(value) == "True"


def _is_oneway(data: Mapping[str, Any]) -> bool:
    value = data.get("oneway")
    if isinstance(value, str) and value not in {"True", "False"}:
        return any(tags.direction for tags in classify({**_texts(data), "oneway": value}))
    return _flag(value)


# -- reading tags ------------------------------------------------------------------------------------------------------


def _readings(data: Mapping[str, Any], *, merged: bool) -> list[WayTags]:
    """Read an edge's tags, mode by mode."""
    if all(name in data for name in _OWN):
        return [_own_reading(data)]
    texts = _texts(data)
    oneway = data.get("oneway")
    if isinstance(oneway, str) and oneway not in {"True", "False"}:
        texts["oneway"] = oneway  # OSMnx was told to keep the tag (all_oneway)
    least = [reading for key in KEYS if (reading := _least_reading(texts, key, _values(data.get(key)) or [""]))]
    if "oneway" in texts:  # OSMnx has turned the nodes of oneway=-1 already
        least = [replace(reading, direction=abs(reading.direction)) for reading in least]
    elif "oneway" in data:
        least = [replace(reading, direction=int(_flag(oneway))) for reading in least]
    if merged:
        least = [
            reading
            if reading.structure == "none"
            else replace(reading, structure="none", structure_kind=f"{reading.structure} in part")
            for reading in least
        ]
    return least


def _least_reading(texts: Mapping[str, str], key: str, values: list[str]) -> WayTags | None:
    """Read an edge of which parts may be of several classes: the least; nothing where a part is no road or railway."""
    mode = KEYS[key][0]
    rest = {name: text for name, text in texts.items() if name != key}
    found = [reading for value in values for reading in classify({**rest, key: value}) if reading.mode == mode]
    return max(found, key=_least) if len(found) == len(values) else None


def _least(tags: WayTags) -> tuple[int, int]:
    class_ = tags.class_.removesuffix("_link")
    return STATUSES.index(tags.status), _RANK.index(class_) if class_ in _RANK else 0


def _own_reading(data: Mapping[str, Any]) -> WayTags:
    return WayTags(
        mode=str(data["mode"]),
        class_=str(data["class"]),
        status=str(data["status"]),
        structure=str(data["structure"]),
        structure_kind=str(data.get("structure_kind", "")),
        direction=int(_flag(data.get("oneway", False))),
        **{name: str(data.get(name, "")) for name in _JOINED},
    )


def _texts(data: Mapping[str, Any]) -> dict[str, str]:
    """Give every tag as one text; where OSMnx lists several, all of a name and the like, the first of the others."""
    texts = {}
    for name in (*read_keys(), *LIFE_CYCLE, "junction", "area"):
        if values := _values(data.get(name)):
            texts[name] = values[0]
    for name in _BUILT:
        if values := [value for value in _values(data.get(name)) if value != "no"]:
            texts[name] = values[0]
    for name in _JOINED:
        if values := _values(data.get(name)):
            texts[name] = ";".join(values)
    return texts


def _values(value: Any) -> list[str]:  # noqa: ANN401  (a text, or a list of them in no order)
    if value is None or value != value:  # noqa: PLR0124  (NaN: pandas' word for nothing)
        return []
    return sorted({str(v) for v in value}) if isinstance(value, list | tuple | set) else [str(value)]


# -- putting a network together --------------------------------------------------------------------------------------


def _network(graph: nx.MultiDiGraph, pieces: list[_Piece], meta: Mapping[str, Any]) -> Network:
    ids = _node_ids(graph)
    used = sorted({ids[node]: node for piece in pieces for node in piece.nodes}.items())
    lon = to_e7(np.array([graph.nodes[node]["x"] for _, node in used], dtype=np.float64))
    lat = to_e7(np.array([graph.nodes[node]["y"] for _, node in used], dtype=np.float64))
    bends = np.array([bend for piece in pieces for bend in piece.bends], dtype=np.int32).reshape(-1, 2)
    # Bends have no id of their own: they get the numbers after the largest one.
    first = max(used[-1][0], 0) + 1
    ways = Ways(
        np.concatenate(([number for number, _ in used], first + np.arange(len(bends)))).astype(np.int64),
        np.concatenate((lon, bends[:, 0])),
        np.concatenate((lat, bends[:, 1])),
    )
    for number, piece in enumerate(pieces):
        numbers = [ids[node] for node in piece.nodes]
        inner = list(range(first, first + len(piece.bends)))
        first += len(inner)
        text: dict[str, Any] = {name: str(piece.data[name]) for name in _FURTHER if name in piece.data}
        text.setdefault("source", "OpenStreetMap")
        text.setdefault("geometry_basis", "OpenStreetMap way")
        accuracy_m = float(piece.data.get("accuracy_m", np.nan))
        ways.add(
            piece.tags, [numbers[0], *inner, *numbers[1:]], way_id=number, accuracy_m=accuracy_m, **text
        )  # way_id: the piece's number, to find its other columns again after cutting
    network = assemble(ways, meta)
    return _with_own_columns(network, pieces)


def _with_own_columns(network: Network, pieces: list[_Piece]) -> Network:
    """Put in what the assembly does not know: ids of ways, and lengths that were not measured on the shape."""
    piece = [pieces[number] for number in network.way_id.tolist()]
    basis = [str(p.data.get("length_basis", "shape")) for p in piece]
    length_m = [
        float(p.data["length"]) if word != "shape" else shape
        for p, word, shape in zip(piece, basis, network.shape_length_m.tolist(), strict=True)
    ]
    return replace(
        network,
        node_osm_id=np.maximum(network.node_osm_id, 0),
        way_id=np.array([p.way_id for p in piece], dtype=np.int64),
        length_basis=np.array([LENGTH_BASES.index(word) for word in basis], dtype=np.uint8),
        length_m=np.array(length_m, dtype=np.float64),
        near_m=np.array([float(p.data.get("near_m", 0.0)) for p in piece], dtype=np.float64),
    )


def _node_ids(graph: nx.MultiDiGraph) -> dict[Hashable, int]:
    """Take the OSM ids that OSMnx names nodes by; number other nodes below zero."""
    if all(isinstance(node, int) for node in graph.nodes):
        return {node: node for node in graph.nodes}
    return {node: -1 - number for number, node in enumerate(graph.nodes)}
