"""Peers' ways on our network, and the graph that other libraries are given."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.export import share, write_pairs
from benchmarks.record import Pair, read_pairs
from benchmarks.scenarios import CLOSED, Case, factors, judge, under
from benchmarks.shared_graph import SharedGraph
from benchmarks.traces import Tracer, decode_polyline
from geo.network import Network
from geo.osm import read_osm
from routes.graph import Graph
from routes.search import Weights

NODES = {1: (45.0, 39.0), 2: (45.01, 39.0), 3: (45.02, 39.0), 4: (45.01, 39.01)}
WAYS = {7: ("primary", (1, 2, 3)), 8: ("service", (2, 4)), 9: ("primary", (4, 3))}


@pytest.fixture
def network(tmp_path: Path) -> Network:
    """A street of two pieces, and a way round that begins on a service road."""
    nodes = "".join(f'<node id="{i}" version="1" lon="{lon}" lat="{lat}"/>' for i, (lon, lat) in NODES.items())
    ways = ""
    for way, (class_, refs) in WAYS.items():
        passed = "".join(f'<nd ref="{node}"/>' for node in refs)
        ways += f'<way id="{way}" version="1">{passed}<tag k="highway" v="{class_}"/></way>'
    path = tmp_path / "streets.osm"
    path.write_text(f'<osm version="0.6">{nodes}{ways}</osm>', encoding="utf-8")
    return read_osm([path])


def encode(points: list[tuple[float, float]]) -> str:
    text, before = "", (0, 0)
    for lon, lat in points:
        now = (round(lat * 1e6), round(lon * 1e6))
        for step in (now[0] - before[0], now[1] - before[1]):
            value = ~(step << 1) if step < 0 else step << 1
            while value >= 0x20:
                text += chr((0x20 | (value & 0x1F)) + 63)
                value >>= 5
            text += chr(value + 63)
        before = now
    return text


def test_a_polyline_comes_back_as_it_was() -> None:
    lon, lat = decode_polyline(encode([(45.0, 39.0), (44.999999, 39.5)]))
    assert lon.tolist() == [45.0, 44.999999]
    assert lat.tolist() == [39.0, 39.5]


def test_a_way_is_found_node_by_node_and_what_lies_beside_the_roads_is_not(network: Network) -> None:
    shape = encode([(45.005, 39.0), NODES[2], NODES[4], NODES[3]])
    trace = Tracer(network).trace(shape)
    assert network.way_id[trace.edges].tolist() == [8, 9]
    assert trace.matched_m == pytest.approx(network.length_m[trace.edges].sum())
    assert trace.shape_m == pytest.approx(trace.matched_m + 433, abs=1)
    assert trace.barred_km(network) == {"service": pytest.approx(1.11, abs=0.01)}


@pytest.fixture
def shared(network: Network) -> SharedGraph:
    """Its graph by length, without service roads, and a pair beside its ends."""
    weight = np.rint(network.length_m * 1000).astype(np.int64)
    usable = network.text["class"].isin(frozenset({"primary"}))
    graph = Graph.build(network, "road")
    pair = Pair("a-b", "A to B", (44.99, 39.0), (45.03, 39.0))
    return share(Weights.of_edges(graph, weight, usable, np.zeros(len(graph.edge), dtype=bool)), [pair], "mm")


def test_other_libraries_get_our_roads_with_the_pairs_at_their_nodes(shared: SharedGraph, tmp_path: Path) -> None:
    assert len(shared.tail) == 6  # three edges, both ways
    ends = [(shared.lon[node], shared.lat[node]) for node in (shared.start[0], shared.end[0])]
    assert ends == [NODES[1], NODES[3]]
    shared.save(tmp_path / "graph.npz")
    again = SharedGraph.load(tmp_path / "graph.npz")
    assert (again.weight.tolist(), again.case, again.unit) == (shared.weight.tolist(), ("a-b",), "mm")
    write_pairs(shared, tmp_path / "exact.csv")
    assert read_pairs(tmp_path / "exact.csv")[0].origin == NODES[1]


def test_networkx_judges_the_graph_as_it_is_and_under_a_scenario(shared: SharedGraph, tmp_path: Path) -> None:
    shared.save(tmp_path / "graph.npz")
    start, end = int(shared.start[0]), int(shared.end[0])
    edges = int(shared.every_edge.max()) + 1
    slower = next(seed for seed in range(100) if factors(edges, seed).min() > 0 and factors(edges, seed).max() > 1)
    closed = next(seed for seed in range(9999) if factors(edges, seed)[shared.every_edge[0]] == CLOSED)
    cases = [Case(seed, start, (end,)) for seed in (None, slower, closed, None)]
    costs = [row[0] for row in judge(tmp_path / "graph.npz", cases, 1)]
    assert costs[0] == costs[3] == pytest.approx(2 * 865_000, rel=0.01)
    ends = zip(shared.tail.tolist(), shared.head.tolist(), strict=True)
    weight = dict(zip(ends, under(shared, factors(edges, slower)).tolist(), strict=True))
    middle = int(shared.head[shared.tail == start][0])
    assert costs[1] == weight[start, middle] + weight[middle, end]
    assert costs[2] is None
