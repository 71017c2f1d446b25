"""The files that tools build: whole, tidy, and true to the rules that routes and maps rely on."""

import csv
import hashlib
import itertools
import json
import re
import struct
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from pyproj import Geod
from shapely.geometry import shape

FOLDER = Path(__file__).parents[2] / "data" / "nakhchivan"
AREA = (42.5, 38.0, 50.5, 42.0)
GEOD = Geod(ellps="WGS84")

STATUSES = {"open", "construction", "proposed", "disused", "abandoned", "razed"}
BASES = {"border bank", "places", "terrain-traced"}
GEOJSON = ("boundaries.geojson", "network.geojson", "rivers.geojson")
ARAXES_RAILWAY = (
    "horadiz-mincivan-rail",
    "mincivan-aghband-rail",
    "aghband-meghri-rail",
    "meghri-agarak-rail",
    "agarak-ordubad-rail",
    "ordubad-julfa-rail",
    "julfa-nakhchivan-rail",
)


def collection(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def territories() -> dict[str, shapely.Geometry]:
    found: dict[str, shapely.Geometry] = {
        each["properties"]["territory"]: shape(each["geometry"])
        for each in collection("boundaries.geojson")["features"]
    }
    for area in found.values():
        shapely.prepare(area)
    return found


@pytest.fixture(scope="module")
def places() -> dict[str, dict[str, str]]:
    with (FOLDER / "places.csv").open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row for row in csv.DictReader(lines)}


@pytest.fixture(scope="module")
def network() -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = collection("network.geojson")["features"]
    return features


@pytest.fixture(scope="module")
def sources() -> set[str]:
    records = tomllib.loads((FOLDER / "sources.toml").read_text(encoding="utf-8"))["sources"]
    return {tag for each in records for tag in (each["id"], *each.get("aliases", ()))}


def km(line: shapely.Geometry) -> float:
    """Length on the WGS84 ellipsoid."""
    parts = [part for part in shapely.get_parts(line).tolist() if part.geom_type == "LineString"]
    return sum(GEOD.geometry_length(part) for part in parts) / 1000


def araxes_railway(network: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The railway's lines, ordered from Horadiz to Nakhchivan."""
    after = {e["properties"]["from"]: e for e in network if e["properties"]["stretch"] in ARAXES_RAILWAY}
    lines, at = [], "horadiz_stn"
    while at != "nakhchivan_stn":
        lines.append(after[at])
        at = after[at]["properties"]["to"]
    return lines


# -- every file ----------------------------------------------------------------------------------------------------


def test_the_manifest_lists_every_file_with_its_checksum_source_and_licence():
    records = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))["files"]
    assert [each["path"] for each in records] == sorted(each["path"] for each in records)
    apart = {"manifest.toml", "LICENSES.md"}
    assert {e["path"] for e in records} == {path.name for path in FOLDER.iterdir()} - apart
    for each in records:
        digest = hashlib.sha256((FOLDER / each["path"]).read_bytes()).hexdigest()
        assert digest == each["sha256"], f"{each['path']} changed: run python -m tools.manifest"
        assert each["source"]
        assert each["licence"]


def test_every_file_is_in_the_licences():
    licences = (FOLDER / "LICENSES.md").read_text(encoding="utf-8")
    for each in tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))["files"]:
        assert f"`{each['path']}`" in licences


@pytest.mark.parametrize("name", [*GEOJSON, "places.csv", "manifest.toml", "hillshade.json"])
def test_text_is_utf8_with_unix_line_ends_and_a_final_newline(name):
    content = (FOLDER / name).read_bytes()
    assert b"\r" not in content
    assert content.endswith(b"\n")
    content.decode("utf-8")


@pytest.mark.parametrize("name", GEOJSON)
def test_geojson_has_one_feature_a_line_and_five_decimals(name):
    text = (FOLDER / name).read_text(encoding="utf-8")
    features = [line for line in text.splitlines() if line.startswith('{"type": "Feature"')]
    assert len(features) == len(collection(name)["features"])
    assert not re.search(r"\d\.\d{6,}", text)
    west, south, east, north = AREA
    for each in collection(name)["features"]:
        low_lon, low_lat, high_lon, high_lat = shape(each["geometry"]).bounds
        assert west <= low_lon < high_lon <= east
        assert south <= low_lat < high_lat <= north


# -- boundaries and rivers -----------------------------------------------------------------------------------------


def test_territories_are_the_keys_of_the_study_and_wind_as_geojson_asks(territories):
    assert set(territories) == {"AM", "AZ", "AZ-NX", "GE", "IR", "TR"}
    for area in territories.values():
        assert area.is_valid
        assert all(part.exterior.is_ccw for part in shapely.get_parts(area).tolist())


def test_neighbours_share_their_border_vertex_for_vertex(territories):
    assert shapely.coverage_is_valid(list(territories.values()))
    for one, other in [("AM", "AZ"), ("AM", "AZ-NX"), ("AM", "IR"), ("AZ", "IR"), ("AZ-NX", "IR"), ("AM", "TR")]:
        border = shapely.intersection(territories[one].boundary, territories[other].boundary)
        assert km(shapely.line_merge(border)) > 30


def test_the_boundary_set_says_what_it_is_and_is_not():
    said = collection("boundaries.geojson")
    assert said["id"] == "tz-2026c"
    assert said["border_tolerance_m"] > 0
    assert "elimitation in progress" in said["notice"]
    assert "exclaves" in said["notice"]
    assert "OpenStreetMap" in said["licence"]


def test_the_araxes_is_the_border_and_runs_past_the_whole_corridor(territories):
    (river,) = collection("rivers.geojson")["features"]
    line = shape(river["geometry"])
    assert shapely.covered_by(line, territories["IR"].boundary.union(territories["TR"].boundary).buffer(1e-7))
    assert line.bounds[0] < 44.0  # above Yeraskh
    assert line.bounds[2] > 47.9  # below Horadiz


# -- places --------------------------------------------------------------------------------------------------------


def test_places_are_sorted_named_sourced_and_in_the_territory_that_they_say(places, territories):
    assert list(places) == sorted(places)
    for row in places.values():
        assert row["name_en"]
        assert row["source"]
        held = [
            key
            for key, area in territories.items()
            if area.contains(shapely.Point(float(row["lon"]), float(row["lat"])))
        ]
        assert [row["territory"]] == (held or [""]), row["id"]
        assert row["size"] in {"", "1", "2", "3"}
        if row["elev_m"]:
            assert -30 < float(row["elev_m"]) < 4000


@pytest.mark.parametrize(
    ("place", "territory", "hy", "az"),
    [
        ("nakhchivan", "AZ-NX", "Նախիջևան", "Naxçıvan"),
        ("horadiz", "AZ", "Հորադիզ", "Horadiz"),
        ("kapan", "AM", "Կապան", "Qafan"),
        ("yeraskh", "AM", "Երասխ", "Yerasx"),
        ("khankendi", "AZ", "Խանքենդի", "Xankəndi"),
        ("meghri", "AM", "Մեղրի", "Mehri"),
    ],
)
def test_places_have_their_names_in_both_languages_where_known(places, place, territory, hy, az):
    row = places[place]
    assert (row["territory"], row["name_hy"], row["name_az"]) == (territory, hy, az)


# -- network -------------------------------------------------------------------------------------------------------


def test_every_line_says_what_it_is_rests_on_and_is_worth(network, sources):
    ids = [each["properties"]["id"] for each in network]
    assert ids == sorted(set(ids))
    for each in network:
        said = each["properties"]
        assert said["mode"] in {"road", "rail"}, said
        assert said["status"] in STATUSES, said
        assert said["status_source"], said
        assert said["geometry_basis"] in BASES, said
        assert said["source"][0] == "places", said
        assert {*said["source"], *said["status_source"].split("; ")} <= sources, said
        assert ("length_km" in said) == ("length_source" in said), said
        assert 0 < said.get("length_km", 1) < 200, said


def test_lines_end_at_places_and_do_not_cross_themselves(network, places):
    for each in network:
        line = shape(each["geometry"])
        assert line.is_simple, each["properties"]["id"]
        for end, vertex in zip(("from", "to"), (line.coords[0], line.coords[-1]), strict=True):
            place = places[each["properties"][end]]
            assert vertex == (float(place["lon"]), float(place["lat"])), (each["properties"]["id"], end)


def test_no_line_is_worth_less_than_allowed_without_saying_why(network):
    for each in network:
        said = each["properties"]
        most = 1000 if said["stretch"] in ARAXES_RAILWAY else 3000
        assert (
            0 < said["accuracy_m"] <= most or "not published" in said["note"] or "no place is published" in said["note"]
        )


@pytest.mark.parametrize(
    ("mode", "start", "end"), [("rail", "horadiz_stn", "nakhchivan_stn"), ("road", "horadiz", "nakhchivan")]
)
def test_horadiz_and_nakhchivan_are_joined(network, mode, start, end):
    joined, grown = {start}, True
    while grown:
        reached = {
            place
            for each in network
            if each["properties"]["mode"] == mode
            for place in (each["properties"]["from"], each["properties"]["to"])
            if {each["properties"]["from"], each["properties"]["to"]} & joined
        }
        grown = not reached <= joined
        joined |= reached
    assert end in joined


def test_the_araxes_railway_has_its_published_length_station_by_station(network):
    lines = araxes_railway(network)
    # 202 to 409 on the line from Alat, then 202.5 to 157.4 on the line from Yerevan
    assert sum(each["properties"]["length_km"] for each in lines) == pytest.approx(207 + 45.1, abs=0.01)
    assert {each["properties"]["length_source"] for each in lines} == {"chainage"}


def test_the_araxes_railway_crosses_twice_and_never_enters_iran(network, territories):
    line = shapely.LineString(
        [vertex for each in araxes_railway(network) for vertex in each["geometry"]["coordinates"]]
    )
    at = [line.interpolate(share, normalized=True) for share in np.linspace(0, 1, 20_001)]
    inside = {key: shapely.contains(area, at) for key, area in territories.items()}
    named = [next((key for key in territories if inside[key][i]), "") for i in range(len(at))]
    assert [key for key, _ in itertools.groupby(named) if key] == ["AZ", "AM", "AZ-NX"]
    assert not line.intersects(territories["IR"])


def test_the_araxes_railway_is_as_long_as_the_ground_asks_by_shape_alone(network, territories):
    shapes = [shape(each["geometry"]) for each in araxes_railway(network)]
    assert sum(map(km, shapes)) == pytest.approx(252.4, rel=0.05)
    assert sum(km(line.intersection(territories["AM"])) for line in shapes) == pytest.approx(43.9, abs=2)


def test_lines_stay_on_their_bank_of_the_river(network, territories, places):
    iran = territories["IR"]
    for each in network:
        ends = {places[each["properties"][end]]["territory"] for end in ("from", "to")}
        if "IR" not in ends:
            assert not shape(each["geometry"]).crosses(iran), each["properties"]["id"]


def test_what_is_missing_at_closed_borders_is_proposed_and_short(network):
    gaps = [each for each in network if each["properties"]["id"].endswith("-gap")]
    assert {each["properties"]["stretch"] for each in gaps} == {
        "agarak-ordubad-road",
        "sadarak-yeraskh-road",
        "angeghakot-bichenek-road",
    }
    for each in gaps:
        assert each["properties"]["status"] == "proposed"
        assert km(shape(each["geometry"])) < 2


# -- relief --------------------------------------------------------------------------------------------------------


def test_the_relief_covers_the_area_and_knows_no_height_below_the_sea():
    with rasterio.open(FOLDER / "relief.tif") as relief:
        assert tuple(relief.bounds) == pytest.approx(AREA)
        assert relief.dtypes == ("int16",)
        (meghri,) = next(relief.sample([(46.2431, 38.9012)]))
        (caspian,) = next(relief.sample([(50.2, 40.0)]))  # 28 m below sea level
        cells = relief.read(1)
    assert meghri == pytest.approx(610 + 134, abs=5)  # the town lies at 610 m: GLOBE cannot see the gorge
    assert caspian == relief.nodata
    assert cells.max() < 5200


def test_the_hillshade_has_the_proportions_of_a_web_mercator_map():
    content = (FOLDER / "hillshade.png").read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    west, south, east, north = json.loads((FOLDER / "hillshade.json").read_text(encoding="utf-8"))["bounds"]
    ordinate = [np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) for lat in (south, north)]
    assert width / height == pytest.approx(np.radians(east - west) / (ordinate[1] - ordinate[0]), rel=0.002)
    assert len(content) < 1_000_000
