"""A study is checked at the door: one sentence says which file and which entry is at fault, and what is wrong."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from geo.errors import AraxesError, DataError, InputError, NotFoundError
from geo.network import Network
from routes.lengths import length_by
from routes.study import STUDIES, Study

BUILT_IN = STUDIES / "nakhchivan"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the built-in study, to be damaged."""
    copy = tmp_path / "copy"
    shutil.copytree(BUILT_IN, copy, ignore=shutil.ignore_patterns("*.png", "rivers.geojson"))
    return copy


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def sentence(error: pytest.ExceptionInfo[AraxesError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


# -- opening -----------------------------------------------------------------------------------------------------------


def test_a_study_opens_by_name_and_by_folder(folder: Path) -> None:
    by_name, by_path, by_text = Study.open("nakhchivan"), Study.open(folder), Study.open(str(folder))
    assert by_name.id == by_path.id == by_text.id == "nakhchivan"
    assert by_name.folder == BUILT_IN
    assert list(by_name.candidates) == list(by_path.candidates)


@pytest.mark.parametrize("name", ["nakhichevan", "", "../nowhere", "data"])
def test_an_unknown_study_is_refused_with_the_names_of_those_that_are_built_in(name: str) -> None:
    with pytest.raises(NotFoundError, match=r"one of: nakhchivan$") as refused:
        Study.open(name)
    assert f"no study {name!r}" in sentence(refused)


BICHENEK_STRETCHES = (
    'stretches = ["horadiz-lachin-road", "lachin-goris-road", "sisian-goris-road", "angeghakot-bichenek-road", '
    '"bichenek-nakhchivan-road"]'
)
GATE, RAIL = "crossings aghband-nrnadzor-rail", "candidates araxes-rail"
# In study.toml: what is written there, what is written instead, and words of the sentence.
DAMAGE = {
    "a missing place": ('to = "meghri_stn"', 'to = "atlantis"', ["stretches aghband-meghri-rail", "place 'atlantis'"]),
    "a missing via": ('via = ["tatev"]', 'via = ["atlantis"]', ["stretches goris-tatev-kapan-road", "atlantis"]),
    "a bad crossing status": ('status = "none"', 'status = "shut"', [GATE, "status 'shut'"]),
    "a bad mode": ('mode = "rail"', 'mode = "tram"', [GATE, "mode 'tram'"]),
    "no radius": ("radius_m = 9000\n", "", [GATE, "'radius_m' is missing"]),
    "a radius in words": ("radius_m = 9000", 'radius_m = "far"', [GATE, "far"]),
    "three states at one border": ('territories = ["AZ", "AM"]', 'territories = ["AZ", "AM", "IR"]', [GATE]),
    "a link that is gone": (
        '[[links]]\nid = "link-agarak-ordubad-road"',
        "[more]",
        ["candidates araxes-road", "link 'link-agarak-ordubad-road'"],
    ),
    "an id used twice": (
        'id = "meghri-agarak-rail"',
        'id = "aghband-meghri-rail"',
        ["stretches aghband-meghri-rail", "the id is used twice"],
    ),
    "an unknown crossing": (
        'crossings = ["aghband-nrnadzor-rail", ',
        'crossings = ["brigadoon", ',
        [RAIL, "crossing 'brigadoon'"],
    ),
    "an unknown link": ("links = []", 'links = ["bridge"]', [RAIL, "link 'bridge'"]),
    "a link of another mode": (
        "links = []",
        'links = ["link-bichenek-road"]',
        [RAIL, "link-bichenek-road is of mode road"],
    ),
    "stretches that do not join": (
        '"mincivan-aghband-rail", "aghband-meghri-rail"',
        '"aghband-meghri-rail"',
        [RAIL, "aghband-meghri-rail does not go on from where horadiz-mincivan-rail ends"],
    ),
    "stretches that turn back": (  # the two share a place, but the way has left it
        '"mincivan-aghband-rail", "aghband-meghri-rail"',
        '"mincivan-aghband-rail", "mincivan-kapan-rail"',
        [RAIL, "mincivan-kapan-rail does not go on from where mincivan-aghband-rail ends"],
    ),
    "no stretch at all": (BICHENEK_STRETCHES, "stretches = []", ["candidates bichenek-road", "no stretches"]),
    "a vehicle that slows down": (
        "motorway = [60, 72, 80]",
        "motorway = [80, 72, 60]",
        ["vehicles lorry", "ascending"],
    ),
    "no title": ('title = "Mainland Azerbaijan-Nakhchivan land link"', "", ["'title'"]),
    "an area of three": ("area = [42.5, 38.0, 50.5, 42.0]", "area = [42.5, 38.0, 50.5]", ["area"]),
    "an area turned round": ("area = [42.5, 38.0, 50.5, 42.0]", "area = [50.5, 38.0, 42.5, 42.0]", ["area"]),
    "an unknown state": ('territories = ["AZ", "AM"]', 'territories = ["AZ", "XX"]', [GATE, "territory 'XX'"]),
    "a state with itself": ('territories = ["AZ", "AM"]', 'territories = ["AM", "AM"]', [GATE, "two territories"]),
    "a wait that shrinks": ("freight_train = [60, 240, 720]", "freight_train = [60, 30, 720]", [GATE, "ascending"]),
    "an unknown class": ('via = ["tatev"]', 'classes = ["path"]', ["stretches goris-tatev-kapan-road", "class 'path'"]),
    "a colour by name": ('colour = "#0072B2"', 'colour = "blue"', [RAIL, "#rrggbb"]),
    "broken TOML": ("[[crossings]]", "[[crossings", ["no TOML", "line"]),
}


@pytest.mark.parametrize("fault", DAMAGE)
def test_a_damaged_study_is_refused_in_one_sentence_that_names_file_and_entry(folder: Path, fault: str) -> None:
    old, new, words = DAMAGE[fault]
    edit(folder / "study.toml", old, new)
    with pytest.raises(DataError) as refused:
        Study.open(folder)
    text = sentence(refused)
    assert all(word in text for word in ["study.toml", *words]), text


@pytest.mark.parametrize(
    ("name", "old", "new", "word"),
    [
        ("works.toml", "[[works]]", "[[works", "TOML"),
        ("sources.toml", "[[sources]]\nid = ", "[[sources]]\nkey = ", "source number 1 has no id"),
        ("places.csv", ",lon,", ",longitude,", "'lon'"),
        ("boundaries.geojson", '"features"', '"borders"', "features"),
    ],
)
def test_a_damaged_file_of_a_study_is_named(folder: Path, name: str, old: str, new: str, word: str) -> None:
    edit(folder / name, old, new)
    with pytest.raises(AraxesError) as refused:
        Study.open(folder)
    assert name in sentence(refused)
    assert word in sentence(refused)


@pytest.mark.parametrize("table", ["crossings", "stretches", "links", "candidates", "vehicles"])
def test_a_table_that_is_none_is_refused(folder: Path, table: str) -> None:
    head = (folder / "study.toml").read_text(encoding="utf-8").split("[[extracts]]")[0]
    (folder / "study.toml").write_text(f"{head}\n{table} = 3\n", encoding="utf-8")
    with pytest.raises(DataError, match=f"study.toml, {table}: it must be tables"):
        Study.open(folder)


@pytest.mark.parametrize("name", ["places.csv", "works.toml", "provisions.toml", "sources.toml", "boundaries.geojson"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(AraxesError) as refused:
        Study.open(folder)
    assert name in sentence(refused)
    assert "does not exist" in sentence(refused)


def test_a_missing_network_is_named_when_it_is_asked_for(folder: Path) -> None:
    (folder / "network.geojson").unlink()
    with pytest.raises(DataError, match=r"network\.geojson does not exist"):
        Study.open(folder).network()


@pytest.mark.parametrize("lon", ["east", "", "nan", "412"])
def test_a_place_with_a_broken_coordinate_is_named(folder: Path, lon: str) -> None:
    edit(folder / "places.csv", "meghri,", f"nowhere,Nowhere,,,,AM,{lon},39.0\nmeghri,")
    with pytest.raises(DataError, match=r"places\.csv, place 'nowhere': it cannot be read"):
        Study.open(folder)


def test_a_place_that_is_stated_twice_is_refused(folder: Path) -> None:
    lines = (folder / "places.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    again = next(line for line in lines if line.startswith("meghri,"))
    (folder / "places.csv").write_text("".join([*lines, again]), encoding="utf-8")
    with pytest.raises(DataError, match=r"places\.csv.*'meghri'.*twice"):
        Study.open(folder)


# -- the compiled network ----------------------------------------------------------------------------------------------


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return platformdirs.user_cache_path("araxes")


def same(one: Network, other: Network) -> bool:
    return bool((one.length_m == other.length_m).all() and (one.vertex_lon_e7 == other.vertex_lon_e7).all())


def test_a_compiled_network_is_kept_and_read_back(cache: Path, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    first = Study.open(folder).network()
    (saved,) = cache.glob("nakhchivan-*.net")
    monkeypatch.setattr("routes.compiled.read_lines", lambda _path: pytest.fail("it was compiled again"))
    assert same(Study.open(folder).network(), first)
    assert list(cache.iterdir()) == [saved]


@pytest.mark.parametrize("damage", [b"", b"not a network", None])
def test_a_damaged_compiled_network_is_made_again(cache: Path, folder: Path, damage: bytes | None) -> None:
    first = Study.open(folder).network()
    (saved,) = cache.glob("*.net")
    content = saved.read_bytes()
    saved.unlink()
    saved.write_bytes(content[: len(content) // 2] if damage is None else damage)
    assert same(Study.open(folder).network(), first)
    assert saved.read_bytes() == content  # law 7: and mended, to the byte


def test_a_changed_text_network_is_compiled_again(cache: Path, folder: Path) -> None:
    Study.open(folder).network()
    edit(folder / "network.geojson", '"status": "open"', '"status": "disused"')
    changed = Study.open(folder).network()
    assert len(list(cache.glob("*.net"))) == 2
    assert not (changed.status == Study.open(BUILT_IN).network().status).all()


def test_a_compiled_network_that_cannot_be_written_is_done_without(cache: Path, folder: Path) -> None:
    first = Study.open(folder).network()
    (saved,) = cache.glob("*.net")
    saved.unlink()
    saved.mkdir()  # the folder is there, but the file cannot be put into it
    assert same(Study.open(folder).network(), first)
    assert saved.is_dir()


def test_without_a_cache_folder_that_can_be_written_the_study_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert Study.open(folder).route("araxes-rail").broken is None


# -- answers -----------------------------------------------------------------------------------------------------------


def test_an_unknown_route_is_refused_with_those_that_there_are(study: Study) -> None:
    with pytest.raises(
        NotFoundError, match="there is no route 'moon-road' in the study nakhchivan; it has araxes-rail, ar"
    ):
        study.route("moon-road")


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"mode": "tram"}, InputError, "'tram' is not a mode of a network; it must be road or rail"),
        ({"avoid": ["XX"]}, NotFoundError, "there is no territory 'XX'; there are .*AM"),
        ({"statuses": ["closed"]}, NotFoundError, "there is no status 'closed'; there are .*open"),
        ({"statuses": ["razed"]}, NotFoundError, "there is no status 'razed'"),
        ({"through": ["gate"]}, NotFoundError, "there is no crossing 'gate'"),
        ({"through": ["AM-XX"]}, NotFoundError, "there is no crossing 'AM-XX'"),
        ({"origin": "Atlantis"}, NotFoundError, "there is no place 'Atlantis'"),
        ({"destination": "39.2,45.4"}, InputError, "lon and lat look swapped: give 45.4,39.2"),
    ],
)
def test_a_query_for_what_does_not_exist_is_refused_in_one_sentence(
    study: Study, options: dict[str, Any], error: type[AraxesError], match: str
) -> None:
    with pytest.raises(error, match=match) as refused:
        study.plan(**({"origin": "goris", "destination": "kapan", "mode": "road"} | options))
    sentence(refused)


@pytest.mark.parametrize("pair", ["AM-AZ-NX", "AZ-NX-AM"])
def test_a_border_is_named_in_either_order_also_where_a_key_holds_a_hyphen(study: Study, pair: str) -> None:
    route = study.plan("agarak", "ordubad", mode="rail", through=[pair])
    assert [c["id"] for c in route.crossings] == ["agarak-ordubad-rail"]


def test_the_same_question_gives_the_same_route(study: Study) -> None:
    one, other = (study.plan("goris", "kapan", mode="road") for _ in range(2))
    assert one.edges.tolist() == other.edges.tolist()
    assert one.id == "goris-kapan-road"
    assert one.title == "Goris to Kapan by road"


# -- the built-in study ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("candidate", list(Study(BUILT_IN).candidates))
def test_every_candidate_resolves_on_the_built_in_network(study: Study, candidate: str) -> None:
    route, declared = study.route(candidate), study.candidates[candidate]
    assert route.broken is None
    assert [c["id"] for c in route.crossings] == list(declared.crossings)
    assert len(route.crossings) == 2
    third = "IR" if declared.reference else "AM"
    assert [(c["from"], c["to"]) for c in route.crossings] == [("AZ", third), (third, "AZ-NX")]
    assert set(route.zone) == {"AZ", third, "AZ-NX"}


@pytest.mark.parametrize("candidate", list(Study(BUILT_IN).candidates))
def test_no_candidate_strays_into_another_state_but_along_a_border(study: Study, candidate: str) -> None:
    route = study.route(candidate)
    away = route.territory != route.zone
    near_m, shape_m = (column[route.edges][away] for column in (route.network.near_m, route.network.shape_length_m))
    assert (near_m >= shape_m).all()
    assert route.length_m[away].sum() < 5_000
    assert sum(length_by(route, "territory").values()) == pytest.approx(route.length_m.sum())


def test_every_stretch_of_the_study_resolves_on_the_built_in_network(study: Study) -> None:
    broken = {s.id: r.broken.reason for s in study.stretches.values() if (r := study.ground().stretch(s)).broken}
    assert broken == {}


def test_candidates_begin_and_end_at_the_same_places(study: Study) -> None:
    ends = {
        c.id: (study.route(c.id).coordinates()[0], study.route(c.id).coordinates()[-1])
        for c in study.candidates.values()
    }
    for id_, (first, last) in ends.items():
        assert first == pytest.approx((47.33, 39.45), abs=0.05), id_
        assert last == pytest.approx((45.41, 39.20), abs=0.05), id_


def test_a_place_knows_the_territory_that_it_lies_in(study: Study) -> None:
    """A place on a border may lie on either side; all others lie where they say."""
    boundaries = study.boundaries()
    wrong = []
    for place in study.places.values():
        found = boundaries.territory_at(place.lon, place.lat)
        if found not in (place.territory, ""):
            wrong.append((place.id, place.territory, found))
    assert wrong == []


BuiltStudy = Callable[..., Study]


def test_a_network_is_prepared_once(make_study: BuiltStudy) -> None:
    study = make_study([[(10.1, 40.1), (10.2, 40.1)]], {})
    assert study.ground() is study.ground(study.network())


def test_a_study_keeps_the_last_networks_prepared_and_lets_older_ones_go(corridor: Study) -> None:
    study = Study.open(corridor.folder)
    networks = [replace(study.network()) for _ in range(5)]
    grounds = [study.ground(network) for network in networks]
    assert study.ground(networks[4]) is grounds[4]
    assert study.ground(networks[1]) is grounds[1]
    assert study.ground(networks[0]) is not grounds[0]
