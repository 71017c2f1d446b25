"""Files of routes: GeoJSON that GDAL opens, CSV that no spreadsheet runs, GPX; the same bytes each time (law 7)."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest

from geo.errors import InputError
from routes import export
from routes.route import Route
from routes.study import Study

GPX = "{http://www.topografix.com/GPX/1/1}"


@pytest.mark.parametrize("fmt", export.FORMATS)
def test_law_7_the_same_route_gives_the_same_bytes(corridor_folder: Path, way: Route, fmt: str) -> None:
    again = Study.open(corridor_folder).route("way")
    assert export.render(way, fmt) == export.render(again, fmt)


def test_geojson_is_rfc_7946_and_says_where_it_comes_from(way: Route) -> None:
    found = json.loads(export.render(way, "geojson"))
    assert "crs" not in found
    assert found["bbox"] == [10.1, 40.2, 10.9, 40.25]
    assert [feature["id"] for feature in found["features"]] == ["way.1", "way.2"]
    assert found["features"][0]["geometry"]["coordinates"][0] == [10.1, 40.2]
    assert found["route"]["length_m"] == pytest.approx(sum(f["properties"]["length_m"] for f in found["features"]))
    assert found["network"] == {"title": "Made-up network", "data_date": "2026-01-02", "generalised": True}
    assert found["facts_until"] == "2026-06-01"
    assert found["attribution"] == "Survey: A & B, ODbL 1.0; Two states: made up, CC0"
    assert {source["id"] for source in found["sources"]} == {"survey", "made-up"}


def test_gdal_opens_the_geojson(way: Route, tmp_path: Path) -> None:
    path = tmp_path / "way.geojson"
    export.write(way, path, "geojson")
    frame = gpd.read_file(path)
    assert frame.crs == "EPSG:4326"
    assert frame["status"].tolist() == ["open", "construction"]
    assert frame["length_m"].sum() == pytest.approx(way.length_m.sum(), abs=0.001)
    assert frame.geometry.geom_type.tolist() == ["LineString", "LineString"]


def test_a_broken_route_is_a_feature_without_geometry(nowhere: Route) -> None:
    found = json.loads(export.render(nowhere, "geojson"))
    (feature,) = found["features"]
    assert feature["geometry"] is None
    assert feature["properties"]["broken"]["reason"]
    assert "bbox" not in found


def test_candidates_side_by_side_hold_the_broken_one_too(way: Route, nowhere: Route, tmp_path: Path) -> None:
    path = tmp_path / "all.geojson"
    export.save(export.render_all([way, nowhere], "geojson"), path)
    frame = gpd.read_file(path)
    assert frame["id"].tolist() == ["way", "nowhere"]
    assert frame.geometry.isna().tolist() == [False, True]


def test_csv_of_segments_has_units_in_its_names_and_no_formula(way: Route) -> None:
    content = export.render(way, "csv").decode()
    first, second = csv.DictReader(io.StringIO(content))
    assert first["name"] == "'=West <Road>"
    assert (second["length_m"], second["works"], second["data_date"]) == ("40000.0", "W-1", "2026-01-02")
    assert first["notice"] == "Cannot be used today: The Gate is closed; 40.0 km are not open."


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("Goris", "Goris"),
        (-1.5, "-1.5"),
        (None, ""),
        (["a", "b"], "a; b"),
        (["=a", "b"], "'=a; b"),
    ],
)
def test_text_that_a_spreadsheet_would_run_is_written_as_text(text: object, cell: str) -> None:
    content = export._csv(["name"], [{"name": text}, {"name": "end"}]).decode()
    assert next(csv.DictReader(io.StringIO(content)))["name"] == cell


def test_csv_of_candidates_has_a_row_each(way: Route, nowhere: Route) -> None:
    one, other = csv.DictReader(io.StringIO(export.render_all([way, nowhere], "csv").decode()))
    assert float(one["length_by_territory_m.TWO"]) == 40_000
    assert (one["crossings"], one["provisions"]) == ("gate (closed)", "PACT-1; PACT-2")
    assert (other["length_m"], other["broken.to"]) == ("", "far")
    assert "length_m: not resolved on this network" in other["reasons"]


def test_json_of_candidates_is_a_list_of_properties(way: Route, nowhere: Route) -> None:
    one, other = json.loads(export.render_all([way, nowhere], "json"))
    assert (one["id"], other["length_m"]) == ("way", None)


def test_gpx_has_crossings_track_and_licence_and_no_time(way: Route) -> None:
    root = ET.fromstring(export.render(way, "gpx"))  # noqa: S314  (our own file)
    assert root.attrib["version"] == "1.1"
    assert root.findtext(f"{GPX}metadata/{GPX}name") == "The way"
    notice = root.find(f"{GPX}metadata/{GPX}copyright")
    assert notice is not None
    assert notice.attrib["author"] == "A & B"
    assert notice.findtext(f"{GPX}license") == "https://opendatacommons.org/licenses/odbl/1-0/"
    assert [point.findtext(f"{GPX}name") for point in root.findall(f"{GPX}wpt")] == ["The Gate"]
    points = root.findall(f"{GPX}trk/{GPX}trkseg/{GPX}trkpt")
    assert points[0].attrib == {"lat": "40.2000000", "lon": "10.1000000"}
    assert len(points) == len(way.coordinates())
    assert not list(root.iter(f"{GPX}time"))


def test_gdal_opens_the_gpx_whatever_the_title_holds(way: Route, tmp_path: Path) -> None:
    path = tmp_path / "way.gpx"
    export.write(replace(way, title="<b>&\x00 ]]> \"way\" '\u200f'"), path, "gpx")
    assert {name for name, _type in pyogrio.list_layers(path)} >= {"waypoints", "tracks"}
    assert gpd.read_file(path, layer="tracks")["name"].tolist() == ["<b>& ]]> \"way\" '\u200f'"]


def test_a_broken_route_is_a_gpx_without_track_that_says_why(nowhere: Route) -> None:
    root = ET.fromstring(export.render(nowhere, "gpx"))  # noqa: S314  (our own file)
    assert root.find(f"{GPX}trk") is None
    assert "Not resolved on this network" in (root.findtext(f"{GPX}metadata/{GPX}desc") or "")


def test_a_format_that_is_not_offered_is_named(way: Route) -> None:
    with pytest.raises(InputError, match=r"^there is no format 'kml'; it must be geojson, csv or gpx$"):
        export.render(way, "kml")
    with pytest.raises(InputError, match=r"^there is no format 'kml'; it must be table, json, csv, geojson or gpx$"):
        export.render_all([way], "kml")


def test_a_file_is_written_whole_or_not_at_all(way: Route, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        export.write(way, tmp_path / "missing" / "way.csv", "csv")
    assert list(tmp_path.iterdir()) == []
    export.write(way, tmp_path / "way.csv", "csv")
    assert [path.name for path in tmp_path.iterdir()] == ["way.csv"]


def test_a_licence_that_sources_share_is_said_once_and_each_source_is_listed_once(way: Route) -> None:
    shared = {"licence": "CC0", "publisher": "C"}
    sources = [{"id": "survey", "title": "Survey", **shared}, {"id": "other", "title": "Other", **shared}]
    route = replace(way, network=replace(way.network, meta={**way.network.meta, "sources": sources}))
    found = json.loads(export.render(route, "geojson"))
    assert found["attribution"] == "Survey: C and Other: C and Two states: made up, CC0"
    ids = [source["id"] for source in found["sources"]]
    assert sorted(ids) == sorted(set(ids))
