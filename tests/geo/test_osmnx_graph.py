"""OSMnx graphs: what goes there and back, and what comes from graphs that OSMnx made."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import osmnx
import pytest

from geo.errors import InputError
from geo.network import STATUSES, STRUCTURES, Network
from geo.osm import read_osm
from geo.osmnx_graph import WAY_KEYS, from_osmnx, to_osmnx
from geo.words import Words

# A town with a one-way pair, a road against its way's direction, a viaduct, a tunnel tagged both ways of building, a
# ring, a road under construction, and the remains of railways in every spelling.
TOWN = """\
    <?xml version="1.0" encoding="UTF-8"?>
    <osm version="0.6" generator="made up">
      <node id="1" lat="39.10" lon="46.10"/> <node id="2" lat="39.10" lon="46.11"/>
      <node id="3" lat="39.10" lon="46.12"/> <node id="4" lat="39.11" lon="46.12"/>
      <node id="5" lat="39.11" lon="46.11"/> <node id="6" lat="39.11" lon="46.10"/>
      <node id="7" lat="39.12" lon="46.10"/> <node id="8" lat="39.12" lon="46.11"/>
      <node id="9" lat="39.1234567" lon="46.1234567"/> <node id="10" lat="39.13" lon="46.13"/>
      <node id="11" lat="39.14" lon="46.15"/> <node id="12" lat="39.14" lon="46.16"/>
      <node id="13" lat="39.145" lon="46.16"/>
      <way id="20"><nd ref="1"/><nd ref="2"/><nd ref="3"/>
        <tag k="highway" v="primary"/><tag k="name" v="Ararat &amp; Araz"/><tag k="ref" v="M2"/>
        <tag k="maxspeed" v="70"/><tag k="surface" v="asphalt"/><tag k="lanes" v="2"/></way>
      <way id="21"><nd ref="3"/><nd ref="4"/><nd ref="5"/>
        <tag k="highway" v="secondary"/><tag k="oneway" v="yes"/><tag k="bridge" v="viaduct"/></way>
      <way id="22"><nd ref="2"/><nd ref="5"/><nd ref="6"/>
        <tag k="highway" v="tertiary"/><tag k="oneway" v="-1"/></way>
      <way id="23"><nd ref="5"/><nd ref="8"/><nd ref="7"/><nd ref="6"/><nd ref="5"/>
        <tag k="highway" v="residential"/><tag k="junction" v="roundabout"/></way>
      <way id="24"><nd ref="4"/><nd ref="9"/><nd ref="10"/>
        <tag k="highway" v="construction"/><tag k="construction" v="trunk"/></way>
      <way id="25"><nd ref="1"/><nd ref="11"/><tag k="railway" v="disused"/><tag k="disused" v="rail"/>
        <tag k="gauge" v="1520"/></way>
      <way id="26"><nd ref="11"/><nd ref="12"/><tag k="railway" v="rail"/><tag k="tunnel" v="yes"/>
        <tag k="electrified" v="contact_line"/></way>
      <way id="27"><nd ref="12"/><nd ref="13"/><tag k="abandoned:railway" v="rail"/><tag k="highway" v="track"/></way>
      <way id="28"><nd ref="6"/><nd ref="7"/><tag k="highway" v="motorway"/></way>
      <way id="29"><nd ref="7"/><nd ref="10"/><tag k="highway" v="footway"/></way>
    </osm>
    """


@pytest.fixture
def town_file(write: Callable[[str, str], Path]) -> Path:
    return write("town.osm", TOWN)


@pytest.fixture
def town(town_file: Path) -> Network:
    return read_osm([town_file])


@pytest.fixture
def all_tags() -> Iterator[None]:
    """OSMnx told to keep the tags that a network needs."""
    before = osmnx.settings.useful_tags_way
    osmnx.settings.useful_tags_way = list(WAY_KEYS)
    yield
    osmnx.settings.useful_tags_way = before


def differences(one: Network, other: Network) -> list[str]:
    """Names of the columns that differ."""
    arrays = [name for name in vars(one) if name not in ("text", "meta")]
    found = [
        name
        for name in arrays
        if not np.array_equal(getattr(one, name), getattr(other, name), equal_nan=getattr(one, name).dtype.kind == "f")
    ]
    found += [name for name in one.text if one.text[name].decode().tolist() != other.text[name].decode().tolist()]
    return found + (["meta"] if one.meta != other.meta else [])


# -- there and back ----------------------------------------------------------------------------------------------------


def test_there_and_back_nothing_changes(town):
    assert differences(town, from_osmnx(to_osmnx(town))) == []
    assert differences(town, Network.from_osmnx(town.to_osmnx())) == []


def test_there_and_back_through_graphml(town, tmp_path):
    osmnx.save_graphml(to_osmnx(town), tmp_path / "town.graphml")
    assert differences(town, from_osmnx(osmnx.load_graphml(tmp_path / "town.graphml"))) == []


def test_there_and_back_keeps_what_osm_does_not_know(town):
    """Border cuts have no OSM id; published lengths, territories and accuracies come from elsewhere."""
    edges = town.edge_count
    own = replace(
        town,
        node_osm_id=np.where(town.node_osm_id == 2, 0, town.node_osm_id),
        length_m=np.where(np.arange(edges) == 3, 1234.5, town.length_m),
        length_basis=np.where(np.arange(edges) == 3, 1, town.length_basis).astype(np.uint8),
        near_m=np.linspace(0, 90, edges),
        accuracy_m=np.where(np.arange(edges) % 2, np.nan, 250).astype(np.float32),
        text={**town.text, "territory": Words.encode(["AM"] * edges), "stretch": Words.constant("a-b-road", edges)},
    )
    back = from_osmnx(to_osmnx(own))
    assert set(differences(own, back)) <= {"node_osm_id", "node_lon_e7", "node_lat_e7", "u", "v"}  # another order
    assert (back.node_lon_e7[back.u] == own.node_lon_e7[own.u]).all()
    assert (back.node_osm_id[back.v] == own.node_osm_id[own.v]).all()


def test_an_edge_says_what_osmnx_expects_of_it(town):
    graph = to_osmnx(town)
    data = next(data for _, _, data in graph.edges(data=True) if data["osmid"] == 20)
    assert (data["highway"], data["name"], data["ref"], data["oneway"]) == ("primary", "Ararat & Araz", "M2", False)
    assert data["length"] == pytest.approx(864.8, abs=1)
    assert data["geometry"].coords[0] == (46.10, 39.10)
    tags = {data["osmid"]: data for _, _, data in graph.edges(data=True)}
    assert (tags[24]["highway"], tags[24]["construction"]) == ("construction", "trunk")
    assert tags[21]["bridge"] == "viaduct"
    assert tags[26]["railway"] == "rail"
    assert "name" not in tags[26]


def test_osmnx_works_on_the_graph(town):
    graph = to_osmnx(town)
    nodes, edges = osmnx.graph_to_gdfs(graph)
    assert len(nodes) == town.node_count
    assert len(edges) == 2 * town.edge_count - town.oneway.sum()
    assert osmnx.shortest_path(graph, 1, 4) == [1, 2, 3, 4]
    speeds = osmnx.add_edge_speeds(graph, fallback=40)
    assert next(data for _, _, data in speeds.edges(data=True) if data["osmid"] == 20)["speed_kph"] == 70


# -- from graphs of OSMnx ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("all_tags")
@pytest.mark.parametrize("all_oneway", [True, False])
def test_a_graph_as_downloaded_is_the_network_of_the_same_data(town, town_file, monkeypatch, all_oneway):
    monkeypatch.setattr(osmnx.settings, "all_oneway", all_oneway)
    graph = osmnx.graph_from_xml(town_file, simplify=False, retain_all=True)
    network = from_osmnx(graph, title="town.osm")
    if all_oneway:
        assert differences(town, network) == []
    else:  # OSMnx takes a motorway without a oneway tag for two-way, and that is what its graph then says
        assert differences(town, network) == ["oneway"]
        assert town.way_id[network.oneway != town.oneway].tolist() == [28]


@pytest.mark.usefixtures("all_tags")
def test_a_simplified_graph_that_merges_no_ways_forgets_nothing(town, town_file):
    graph = osmnx.graph_from_xml(town_file, simplify=False, retain_all=True)
    network = from_osmnx(osmnx.simplify_graph(graph, edge_attrs_differ=["osmid"]))
    for column in ("mode", "status", "structure", "way_id"):
        for value in np.unique(getattr(town, column)):
            lengths = [net.length_m[getattr(net, column) == value].sum() for net in (network, town)]
            assert lengths[0] == pytest.approx(lengths[1]), (column, value)


def merged_graph(**attributes: object) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph(crs="epsg:4326", simplified=True)
    graph.add_node(1, x=46.1, y=39.1)
    graph.add_node(2, x=46.2, y=39.2)
    graph.add_edge(1, 2, osmid=[5, 4], oneway=False, reversed=False, **attributes)
    graph.add_edge(2, 1, osmid=[4, 5], oneway=False, reversed=True, **attributes)
    return graph


def test_a_merged_edge_counts_as_the_least_of_its_parts():
    network = from_osmnx(
        merged_graph(
            highway=["primary", "residential"], name=["B", "A"], maxspeed=["70", "50"], bridge=["yes", "viaduct"]
        )
    )
    (edge,) = network.edges.to_dict("records")
    assert (edge["class"], edge["name"], edge["maxspeed"], edge["way_id"]) == ("residential", "A;B", "50;70", 4)
    assert (edge["structure"], edge["structure_kind"]) == ("none", "bridge in part")
    assert not edge["oneway"]
    assert edge["length_basis"] == "shape"


def test_a_merged_edge_is_no_more_ready_than_its_least_ready_part():
    network = from_osmnx(merged_graph(highway=["construction", "primary"], construction="primary"))
    assert STATUSES[network.status[0]] == "construction"


def test_a_merged_edge_with_a_path_in_it_is_no_road():
    with pytest.raises(InputError, match="no road and no railway"):
        from_osmnx(merged_graph(highway=["path", "track"]))


def test_an_edge_of_a_single_way_keeps_its_structure():
    graph = merged_graph(highway="primary", tunnel="yes")
    for _, _, data in graph.edges(data=True):
        data["osmid"] = 4
    assert STRUCTURES[from_osmnx(graph).structure[0]] == "tunnel"


def test_a_projected_graph_is_refused():
    graph = merged_graph(highway="primary")
    graph.graph["crs"] = "EPSG:32638"
    with pytest.raises(InputError, match=r"projected \(EPSG:32638\)"):
        from_osmnx(graph)


def test_a_graph_without_places_is_refused():
    graph = merged_graph(highway="primary")
    del graph.nodes[1]["x"]
    with pytest.raises(InputError, match="no x and y"):
        from_osmnx(graph)
    graph.nodes[1].update(x=39.1, y=146.1)
    with pytest.raises(InputError, match="beyond a pole"):
        from_osmnx(graph)


def test_importing_the_ground_does_not_import_osmnx():
    code = "import sys, geo.network, geo.download, geo.osmnx_graph; sys.exit('osmnx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_real_meghri_goes_there_and_back(shared_data):
    network = read_osm([shared_data / "osm" / "meghri-2021.osm.pbf"])
    assert differences(network, from_osmnx(to_osmnx(network))) == []
