"""OpenStreetMap files: what is read, joined and cut, and how a bad file is refused."""

import bz2
import gzip
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import osmium
import pytest
from pyproj import Geod

from app import main
from geo.errors import InputError
from geo.network import MODES, STATUSES, Network
from geo.osm import read_osm

PRIMARY = {"highway": "primary"}
RAIL = {"railway": "rail"}
# Five points on a line to the east, and one north of the middle.
EAST = {number: (46.0 + number / 100, 39.0) for number in range(1, 6)}
NORTH = {9: (46.03, 39.01)}


def edges(network: Network) -> list[tuple[int, list[int]]]:
    """Way and end nodes of each edge, by their OSM ids."""
    ends = zip(network.node_osm_id[network.u].tolist(), network.node_osm_id[network.v].tolist(), strict=True)
    return sorted((way, list(pair)) for way, pair in zip(network.way_id.tolist(), ends, strict=True))


def content(network: Network, folder: Path) -> bytes:
    network.save(folder / "out.net")
    return (folder / "out.net").read_bytes()


def write_pbf(source: Path, target: Path) -> Path:
    with osmium.SimpleWriter(str(target)) as writer:
        for thing in osmium.FileProcessor(str(source)):
            writer.add(thing)
    return target


# -- edges are cut at junctions ----------------------------------------------------------------------------------------


def test_a_way_that_meets_no_other_is_one_edge_with_all_its_bends(osm):
    network = read_osm([osm(EAST, {10: ([1, 2, 3, 4, 5], PRIMARY)})])
    assert edges(network) == [(10, [1, 5])]
    assert network.coordinates(0).tolist() == [list(EAST[number]) for number in range(1, 6)]


def test_ways_are_cut_where_they_meet(osm):
    network = read_osm([osm(EAST | NORTH, {10: ([1, 2, 3, 4, 5], PRIMARY), 11: ([9, 3], PRIMARY)})])
    assert edges(network) == [(10, [1, 3]), (10, [3, 5]), (11, [9, 3])]
    assert network.node_count == 4


def test_a_level_crossing_is_no_junction_of_the_road_with_the_railway(osm):
    nodes = EAST | NORTH | {8: (46.03, 38.99)}
    network = read_osm([osm(nodes, {10: ([1, 2, 3, 4, 5], RAIL), 11: ([8, 3, 9], PRIMARY)})])
    assert edges(network) == [(10, [1, 5]), (11, [8, 9])]


def test_a_track_on_an_old_railway_is_both_and_cut_only_where_either_branches(osm):
    both = {"highway": "track", "abandoned:railway": "rail"}
    network = read_osm([osm(EAST | NORTH, {10: ([1, 2, 3, 4, 5], both), 11: ([3, 9], PRIMARY)})])
    modes = [(MODES[mode], STATUSES[status]) for mode, status in zip(network.mode, network.status, strict=True)]
    assert edges(network) == [(10, [1, 3]), (10, [1, 5]), (10, [3, 5]), (11, [3, 9])]
    assert sorted(modes) == [("rail", "abandoned"), ("road", "open"), ("road", "open"), ("road", "open")]


def test_a_ring_is_one_edge_from_its_node_to_itself(osm):
    network = read_osm([osm(EAST | NORTH, {10: ([1, 3, 9, 1], PRIMARY)})])
    assert edges(network) == [(10, [1, 1])]
    assert len(network.coordinates(0)) == 4


def test_a_ring_is_cut_where_it_begins_and_where_others_meet_it(osm):
    ring = {"highway": "residential", "junction": "roundabout"}
    network = read_osm([osm(EAST | NORTH, {10: ([1, 3, 9, 1], ring), 11: ([3, 5], PRIMARY)})])
    assert edges(network) == [(10, [1, 3]), (10, [3, 1]), (11, [3, 5])]
    assert network.oneway[network.way_id == 10].all()


def test_a_lollipop_is_a_stick_and_a_ring(osm):
    network = read_osm([osm(EAST | NORTH, {10: ([1, 2, 3, 9, 2], PRIMARY)})])
    assert edges(network) == [(10, [1, 2]), (10, [2, 2])]


def test_a_way_that_touches_itself_is_cut_there(osm):
    network = read_osm([osm(EAST | NORTH, {10: ([1, 3, 4, 9, 3, 5], PRIMARY)})])
    assert edges(network) == [(10, [1, 3]), (10, [3, 3]), (10, [3, 5])]


def test_a_node_that_follows_itself_makes_no_edge(osm):
    network = read_osm([osm(EAST, {10: ([1, 1, 2, 2, 2, 3, 3], PRIMARY)})])
    assert edges(network) == [(10, [1, 3])]
    assert len(network.coordinates(0)) == 3


def test_two_nodes_at_one_place_are_joined_by_an_edge_of_no_length(osm):
    network = read_osm(
        [osm({1: (46.0, 39.0), 2: (46.0, 39.0), 3: (46.1, 39.0)}, {10: ([1, 2, 3], PRIMARY), 11: ([2, 3], PRIMARY)})]
    )
    assert edges(network)[0] == (10, [1, 2])
    assert network.shape_length_m[0] == 0
    assert network.length_m[0] == 0


def test_a_railway_that_nothing_joins_is_kept(osm):
    network = read_osm([osm(EAST | NORTH, {10: ([1, 2], PRIMARY), 11: ([2, 3], PRIMARY), 12: ([4, 5], RAIL)})])
    assert (12, [4, 5]) in edges(network)


def test_lengths_are_those_of_the_ellipsoid(osm, hatfield):
    network = read_osm([osm(EAST | NORTH, {10: ([1, 3, 9, 5], PRIMARY)})])
    lon, lat = np.array([EAST[1], EAST[3], NORTH[9], EAST[5]]).T
    assert network.shape_length_m == pytest.approx([Geod(ellps="WGS84").line_length(lon, lat)], rel=1e-12)
    for real in (network, hatfield):
        measured = [Geod(ellps="WGS84").geometry_length(line) for line in real.lines()]
        assert real.shape_length_m == pytest.approx(measured, rel=1e-9)
        assert (real.length_m == real.shape_length_m).all()


# -- tags --------------------------------------------------------------------------------------------------------------


def test_a_way_that_is_one_way_backwards_is_turned_round(osm):
    network = read_osm([osm(EAST, {10: ([1, 2, 3], PRIMARY | {"oneway": "-1"})})])
    assert edges(network) == [(10, [3, 1])]
    assert network.oneway.tolist() == [True]
    assert network.coordinates(0)[0].tolist() == list(EAST[3])


def test_tags_come_out_as_columns(osm):
    tags = {"bridge": "viaduct", "name": "Օրդուբադ — Ordubad", "ref": "M2", "maxspeed": "70", "lanes": "2"}
    (edge,) = read_osm([osm(EAST, {10: ([1, 2], PRIMARY | tags)})]).edges.to_dict("records")
    assert (edge["structure"], edge["structure_kind"], edge["class"]) == ("bridge", "viaduct", "primary")
    assert (edge["name"], edge["ref"], edge["maxspeed"], edge["lanes"]) == ("Օրդուբադ — Ordubad", "M2", "70", "2")
    assert edge["surface"] is None
    assert (edge["source"], edge["geometry_basis"]) == ("OpenStreetMap", "OpenStreetMap way")


def test_real_data_reads_as_its_mappers_meant_it(hatfield):
    table = hatfield.edges
    km = table.groupby(["mode", "status", "class"])["length_m"].sum() / 1000
    assert km["rail", "abandoned", "rail"] == pytest.approx(0.349, abs=0.001)
    assert km["road", "open", "motorway"] == pytest.approx(1.163, abs=0.001)
    motorway = table[table["class"] == "motorway"]
    assert (motorway["structure"] == "tunnel").all()
    assert motorway["oneway"].all()
    assert hatfield.data_date is None


# -- kinds of file -----------------------------------------------------------------------------------------------------


def test_every_kind_of_file_gives_the_same_network(hatfield_file, tmp_path):
    text = tmp_path / "town.osm"
    write_pbf(hatfield_file, text)
    (tmp_path / "town.osm.gz").write_bytes(gzip.compress(text.read_bytes()))
    (tmp_path / "town.osm.bz2").write_bytes(bz2.compress(text.read_bytes()))
    write_pbf(text, tmp_path / "town.osm.pbf")
    contents = set()
    for name in ("town.osm", "town.osm.gz", "town.osm.bz2", "town.osm.pbf"):
        network = read_osm([tmp_path / name])
        assert network.meta["title"] == name
        contents.add(content(replace(network, meta={}), tmp_path))
    assert len(contents) == 1


def test_nodes_may_stand_behind_their_ways_as_overpass_writes_them(osm, tmp_path):
    ways = {10: ([1, 2, 3, 4, 5], PRIMARY), 11: ([9, 3], RAIL)}
    first, last = (osm(EAST | NORTH, ways, nodes_last=nodes_last) for nodes_last in (False, True))
    assert content(read_osm([first]), tmp_path) == content(read_osm([last]), tmp_path)


def test_ids_may_be_below_zero_as_editors_give_them(osm):
    nodes = {-1: (46.0, 39.0), -2: (46.1, 39.0), 3: (46.2, 39.0)}
    network = read_osm([osm(nodes, {-10: ([-1, -2, 3], PRIMARY), -11: ([-2, -1], RAIL)})])
    assert edges(network) == [(-11, [-2, -1]), (-10, [-1, 3])]


def test_what_was_deleted_is_not_read(write):
    path = write(
        "history.osm",
        """\
        <osm version="0.6">
          <node id="1" lon="46" lat="39"/><node id="2" lon="46.1" lat="39"/>
          <way id="3" visible="false"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>
          <way id="4"><nd ref="1"/><nd ref="2"/><tag k="highway" v="track"/></way>
        </osm>
        """,
    )
    assert read_osm([path]).way_id.tolist() == [4]


def test_the_date_is_the_files_own_or_the_one_given(osm, tmp_path):
    source = osm(EAST, {10: ([1, 2], PRIMARY)})
    dated = tmp_path / "dated.osm.pbf"
    header = osmium.io.Header()
    header.set("osmosis_replication_timestamp", "2026-05-01T20:21:22Z")
    with osmium.SimpleWriter(str(dated), header=header) as writer:
        for thing in osmium.FileProcessor(str(source)):
            writer.add(thing)
    assert read_osm([dated]).data_date == "2026-05-01"
    assert read_osm([dated], data_date="2021-08-05").data_date == "2021-08-05"
    assert read_osm([source]).data_date is None
    assert read_osm([dated, source]).data_date is None  # of a mixture that is dated in part nothing can be said


# -- several files -----------------------------------------------------------------------------------------------------


def test_files_are_joined_at_the_nodes_that_they_share(osm, tmp_path):
    west = osm(EAST, {10: ([1, 2, 3], PRIMARY)}, "west.osm")
    east = osm(EAST, {11: ([3, 4, 5], PRIMARY), 12: ([2, 4], PRIMARY)}, "east.osm")
    network = read_osm([west, east])
    assert edges(network) == [(10, [1, 2]), (10, [2, 3]), (11, [3, 4]), (11, [4, 5]), (12, [2, 4])]
    assert network.meta["title"] == "east.osm, west.osm"
    assert content(network, tmp_path) == content(read_osm([east, west]), tmp_path)


def test_a_way_that_two_files_hold_is_taken_once(osm):
    one = osm(EAST, {10: ([1, 2, 3], PRIMARY)}, "one.osm")
    two = osm(EAST, {10: ([1, 2, 3], PRIMARY), 11: ([4, 5], PRIMARY)}, "two.osm")
    assert edges(read_osm([one, two])) == [(10, [1, 3]), (11, [4, 5])]
    assert edges(read_osm([one, one])) == [(10, [1, 3])]


def test_a_way_that_two_extracts_cut_is_whole_again(osm, tmp_path):
    """Each holds the way with all its references, but only the nodes on its own side."""
    way = {10: ([1, 2, 3, 4, 5], PRIMARY)}
    west = osm({number: EAST[number] for number in (1, 2, 3)}, way, "west.osm")
    east = osm({number: EAST[number] for number in (4, 5)}, way, "east.osm")
    for files in ([west, east], [east, west]):
        network = read_osm(files)
        assert edges(network) == [(10, [1, 5])]
    assert edges(read_osm([west])) == [(10, [1, 3])]


def test_where_two_files_differ_the_newest_counts_in_either_order(osm, tmp_path):
    files = []
    for year, tags in (("2021", PRIMARY), ("2026", {"highway": "trunk"}), ("2023", RAIL)):
        source = osm(EAST, {10: ([1, 2, 3], tags)}, f"source-{year}.osm")
        header = osmium.io.Header()
        header.set("osmosis_replication_timestamp", f"{year}-01-01T00:00:00Z")
        files.append(tmp_path / f"{year}.osm.pbf")
        with osmium.SimpleWriter(str(files[-1]), header=header) as writer:
            for thing in osmium.FileProcessor(str(source)):
                writer.add(thing)
    network = read_osm(files)
    assert network.text["class"].decode().tolist() == ["trunk"]
    assert network.data_date == "2021-01-01"  # no part of it is older
    assert content(network, tmp_path) == content(read_osm(files[::-1]), tmp_path)


def test_a_way_is_split_where_a_node_is_missing_not_bridged(osm):
    nodes = {number: EAST[number] for number in (1, 2, 4, 5)}
    network = read_osm([osm(nodes, {10: ([1, 2, 3, 4, 5], PRIMARY)})])
    assert edges(network) == [(10, [1, 2]), (10, [4, 5])]


def test_a_single_node_between_gaps_is_no_edge(osm):
    nodes = {number: EAST[number] for number in (1, 2, 4)}
    assert edges(read_osm([osm(nodes, {10: ([1, 2, 3, 4, 5], PRIMARY)})])) == [(10, [1, 2])]


# -- the same input gives the same bytes (law 7) -----------------------------------------------------------------------


def test_law_7_the_order_of_a_file_does_not_change_the_bytes(hatfield_file, osm, tmp_path):
    nodes, ways = {}, {}
    for thing in osmium.FileProcessor(str(hatfield_file)):
        if isinstance(thing, osmium.osm.Node):
            nodes[thing.id] = (thing.lon, thing.lat)
        elif isinstance(thing, osmium.osm.Way):
            ways[thing.id] = ([node.ref for node in thing.nodes], dict(thing.tags))
    contents = set()
    for seed in range(3):
        shuffle = np.random.default_rng(seed).permutation
        path = osm({key: nodes[key] for key in shuffle(list(nodes))}, {key: ways[key] for key in shuffle(list(ways))})
        contents.add(content(read_osm([path]), tmp_path))
    assert len(contents) == 1


# -- bad input ---------------------------------------------------------------------------------------------------------


def bad_files(folder: Path, real: Path) -> dict[str, Path]:
    """Make one file of each kind of bad."""
    good = write_pbf(real, folder / "good.osm")
    files = {
        "text.osm.pbf": b"These are not the roads that you are looking for.\n" * 40,
        "short.osm.pbf": real.read_bytes()[:-2000],
        "half.osm.pbf": real.read_bytes()[: real.stat().st_size // 2],
        "short.osm": good.read_bytes()[:5000],
        "short.osm.gz": gzip.compress(good.read_bytes())[:-500],
        "short.osm.bz2": bz2.compress(good.read_bytes())[:-500],
        "text.osm.gz": b"These are not the roads that you are looking for.",
        "plain.osm.bz2": good.read_bytes(),
        "packed.osm": gzip.compress(good.read_bytes()),
        "empty.osm": b"",
        "empty.osm.pbf": b"",
        "page.osm": b"<!DOCTYPE html><html><body>Not found</body></html>",
        "nothing.osm": b'<osm version="0.6"></osm>',
        "nodes.osm": b'<osm version="0.6"><node id="1" lon="46" lat="39"/></osm>',
        "river.osm": b'<osm version="0.6"><node id="1" lon="46" lat="39"/><node id="2" lon="46" lat="39.1"/>'
        b'<way id="3"><nd ref="1"/><nd ref="2"/><tag k="waterway" v="river"/></way></osm>',
        "ways-alone.osm": b'<osm version="0.6"><way id="3"><nd ref="1"/><nd ref="2"/>'
        b'<tag k="highway" v="road"/></way></osm>',
        "letters.osm": b'<osm version="0.6"><node id="1" lon="east" lat="39"/></osm>',
        "beyond-the-pole.osm": b'<osm version="0.6"><node id="1" lon="39" lat="146"/><node id="2" lon="39" lat="147"/>'
        b'<way id="3"><nd ref="1"/><nd ref="2"/><tag k="highway" v="road"/></way></osm>',
        "roads.shp": b"",
    }
    for name, body in files.items():
        (folder / name).write_bytes(body)
    (folder / "folder.osm").mkdir()
    return {name: folder / name for name in (*files, "folder.osm", "missing.osm")}


def test_bad_files_are_refused_in_one_sentence_that_names_them(hatfield_file, tmp_path):
    for name, path in bad_files(tmp_path, hatfield_file).items():
        with pytest.raises(InputError) as caught:
            read_osm([path])
        sentence = str(caught.value)
        assert name in sentence or "node 1" in sentence, sentence
        assert "\n" not in sentence
        assert len(sentence) < 300, sentence


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.osm", "does not exist"),
        ("folder.osm", "is a folder"),
        ("roads.shp", "must end in .osm"),
        ("text.osm.pbf", "cannot be read as OSM data"),
        ("short.osm.pbf", "may be cut short"),
        ("river.osm", "no road and no railway"),
        ("ways-alone.osm", "not the nodes"),
        ("beyond-the-pole.osm", "latitude 146"),
    ],
)
def test_the_sentence_says_what_is_wrong(hatfield_file, tmp_path, name, words):
    with pytest.raises(InputError, match=words):
        read_osm([bad_files(tmp_path, hatfield_file)[name]])


def test_the_command_refuses_them_with_exit_2_and_writes_nothing(hatfield_file, tmp_path, capsys):
    files = bad_files(tmp_path, hatfield_file)
    target = tmp_path / "out" / "region.net"
    target.parent.mkdir()
    for path in files.values():
        assert main(["load", str(path), "--study", "none", "-o", str(target)]) == 2, path
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("Error: ")
        assert err.count("\n") == 1
        assert list(target.parent.iterdir()) == []


def test_a_bad_file_leaves_the_network_of_before_in_place(hatfield_file, tmp_path):
    target = tmp_path / "town.net"
    assert main(["load", str(hatfield_file), "--study", "none", "-o", str(target)]) == 0
    before = target.read_bytes()
    short = tmp_path / "short.osm.pbf"
    short.write_bytes(hatfield_file.read_bytes()[:-2000])
    command = [sys.executable, "app.py", "load", str(short), "--study", "none", "-o", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 2
    assert done.stderr.startswith("Error: short.osm.pbf cannot be read")
    assert target.read_bytes() == before


# -- the real region ---------------------------------------------------------------------------------------------------


def test_the_real_meghri_is_read_whole(shared_data):
    network = read_osm([shared_data / "osm" / "meghri-2021.osm.pbf"])
    rail = network.edges.query("mode == 'rail'")
    assert set(rail["status"]) >= {"disused"}
    assert rail["length_m"].sum() > 40_000
    assert (network.shape_length_m > 0).all()
