"""The door to the answers: alternatives, rules, bands, choke points, fronts and missing links on the command line."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest

from routes import layers

ACROSS = ("--from", "Horadiz", "--to", "Nakhchivan", "--mode", "road", "--through", "any")
OPEN_RAIL = ("--from", "horadiz_stn", "--to", "nakhchivan_stn", "--mode", "rail", "--status", "open")
ANSWERS = [
    ("band", *ACROSS, "--tolerance", "3"),
    ("chokepoints", *ACROSS),
    ("pareto", *ACROSS, "--costs", "distance,build,in:AM"),
    ("missing-links", *OPEN_RAIL),
]


def test_plan_gives_distinct_ways_and_says_how_they_differ(run: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = run("plan", *ACROSS, "--alternatives", "3", "--format", "json")
    assert code == 0
    routes = json.loads(out)
    assert [route["id"] for route in routes] == [f"horadiz-nakhchivan-road.{n}" for n in (1, 2, 3)]
    assert routes[2]["length_m"] <= 1.4 * routes[0]["length_m"]
    assert err.count("in common with one before it") == 3


def test_plan_says_when_fewer_ways_were_found(run: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = run("plan", *ACROSS, "--alternatives", "9", "--stretch", "0.05", "--format", "json")
    assert code == 0
    assert len(json.loads(out)) < 9
    assert "of 9 were found" in err


def test_plan_keeps_a_cap_or_says_what_the_least_is(run: Callable[..., tuple[int, str, str]]) -> None:
    kept = json.loads(run("plan", *ACROSS, "--cap", "AM=45", "--format", "json")[1])[0]
    assert kept["length_by_territory_m"]["AM"] <= 45_000
    code, out, _err = run("plan", *ACROSS, "--cap", "AM=30", "--avoid", "IR,GE,TR", "--format", "json")
    assert code == 0
    assert "keeps within 30 km in AM; the least is" in json.loads(out)[0]["broken"]["reason"]


def test_plan_avoids_a_border_and_enters_what_is_required(run: Callable[..., tuple[int, str, str]]) -> None:
    around = json.loads(run("plan", *ACROSS, "--avoid-border", "AM-AZ", "--format", "json")[1])[0]
    assert ("AZ", "AM") not in {(c["from"], c["to"]) for c in around["crossings"]}
    through = json.loads(run("plan", *ACROSS, "--require", "AM", "--format", "json")[1])[0]
    assert through["length_by_territory_m"]["AM"] > 0


@pytest.mark.parametrize("command", ANSWERS, ids=lambda command: command[0])
def test_an_answer_is_the_same_in_every_format(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, command: tuple[str, ...]
) -> None:
    code, text, err = run(*command)
    assert (code, err) == (0, "")
    assert "Facts until 2026-06-01" in text
    whole = json.loads(run(*command, "--format", "json")[1])
    assert whole["attribution"]
    rows = list(csv.DictReader(io.StringIO(run(*command, "--format", "csv")[1])))
    assert len(rows) == len(whole["rows"]) > 0
    assert all(row["attribution"] == whole["attribution"] for row in rows)
    content = run(*command, "--format", "geojson")[1]
    assert content == run(*command, "--format", "geojson")[1]  # law 7
    collection = json.loads(content)
    lines = [f for f in collection["features"] if f["id"] != "band.area"]
    assert [f["properties"] for f in lines] == whole["rows"]
    file = tmp_path / "answer.geojson"
    file.write_text(content, encoding="utf-8")
    assert len(pyogrio.read_dataframe(file)) == len(collection["features"])


@pytest.mark.parametrize("command", ANSWERS, ids=lambda command: command[0])
def test_an_answer_opens_in_a_gis_in_every_format(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, command: tuple[str, ...]
) -> None:
    collection = json.loads(run(*command, "--format", "geojson")[1])
    for fmt in layers.FORMATS:
        file = tmp_path / f"answer.{fmt}"
        assert run(*command, "--format", fmt, "-o", file) == (0, "", "")
        frame = gpd.read_parquet(file) if fmt == "parquet" else pyogrio.read_dataframe(file, layer=0)
        assert frame.crs == "EPSG:4326"
        assert len(frame) == len(collection["features"]) > 0
        assert set(frame["attribution"]) == {collection["attribution"]}


@pytest.mark.parametrize("command", [("plan", *ACROSS, "--alternatives", "2"), ("compare", "--samples", 10)])
def test_routes_side_by_side_open_in_a_gis(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, command: tuple[object, ...]
) -> None:
    collection = json.loads(run(*command, "--format", "geojson")[1])
    file = tmp_path / "routes.gpkg"
    assert run(*command, "--format", "gpkg", "-o", file)[:2] == (0, "")
    frame = pyogrio.read_dataframe(file, layer=0)
    assert frame["id"].tolist() == [feature["id"] for feature in collection["features"]]
    about = pyogrio.read_dataframe(file, layer="about").set_index("key")["value"]
    assert {key: json.loads(about[key]) for key in ("network", "sources")} == {
        key: collection[key] for key in ("network", "sources")
    }


@pytest.mark.parametrize("fmt", layers.BINARY)
def test_a_binary_format_goes_to_a_file_only(run: Callable[..., tuple[int, str, str]], fmt: str) -> None:
    code, out, err = run("plan", *ACROSS, "--format", fmt)
    assert (code, out) == (2, "")
    assert f"is a binary format and is not printed; name a file, such as -o answer.{fmt}" in err
    assert err.count("\n") == 1


def test_a_band_comes_with_its_area(run: Callable[..., tuple[int, str, str]]) -> None:
    collection = json.loads(run("band", *ACROSS, "--format", "geojson")[1])
    area = collection["features"][-1]
    assert area["id"] == "band.area"
    assert area["geometry"]["type"] in {"Polygon", "MultiPolygon"}


def test_rules_hold_under_a_scenario_too(run: Callable[..., tuple[int, str, str]]) -> None:
    now = json.loads(run("plan", *ACROSS, "--avoid", "IR,GE,TR", "--format", "json")[1])[0]
    later = json.loads(run("plan", *ACROSS, "--avoid", "IR,GE,TR", "--as-of", "2040", "--format", "json")[1])[0]
    assert later["to_build_m"] < now["to_build_m"]


def test_a_mix_of_costs_is_made_least(run: Callable[..., tuple[int, str, str]]) -> None:
    near = json.loads(run("plan", *ACROSS, "--cost", "distance=1", "--format", "json")[1])[0]
    built = json.loads(run("plan", *ACROSS, "--cost", "distance=1,build=20", "--format", "json")[1])[0]
    assert near["length_m"] < built["length_m"]
    assert near["to_build_m"] > built["to_build_m"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("plan", *ACROSS, "--require", "AM", "--avoid", "AM"), "AM is both to be avoided and required; drop one"),
        (("plan", *ACROSS, "--alternatives", "0"), "0 alternatives were asked for; ask for 1 or more"),
        (("plan", *ACROSS, "--cost", "time=-1"), "the weight of time is -1; a weight must be 0 or more"),
        (("plan", *ACROSS, "--cost", "time=much"), "'time=much' is no weight"),
        (("plan", *ACROSS, "--cap", "AM"), "'AM' is no cap; write NAME=FIGURE, such as AM=45"),
        (("plan", *ACROSS, "--cap", "AM=-1"), "the cap on AM is -1 km; it must be 0 or more"),
        (("plan", *ACROSS, "--cap", "XX=1"), "there is no territory 'XX'"),
        (("plan", *ACROSS, "--vehicle", "mule"), "there is no vehicle 'mule'"),
        (("band", *ACROSS, "--tolerance", "-1"), "it must be 0 or more"),
        (("band", *ACROSS, "--cap", "AM=45"), "kept by one best way only"),
        (("pareto", *ACROSS, "--costs", "distance"), "a front weighs 2 to 4 different costs"),
        (("missing-links", *ACROSS, "--most", "0"), "both must be above 0"),
        (
            ("chokepoints", "--from", "38.9,46.2", "--to", "Kapan", "--mode", "road"),
            "lon and lat look swapped: give 46.2,38.9",
        ),
        (("plan", *ACROSS, "--as-of", "2020"), "lies before the facts of the study, which end on 2026-06-01"),
        (("band", "--from", "Goris", "--to", "Kapan", "--mode", "rail"), "lies within 5 km of Goris on this network"),
        (("compare", "--weights", "time=-1"), "the weight of time is -1; a weight must be 0 or more"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_sentence(
    run: Callable[..., tuple[int, str, str]], arguments: tuple[str, ...], words: str
) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
