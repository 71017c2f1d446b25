"""Files for a GIS: each opens again with the same features, says what it rests on, and has the same bytes each time."""

import io
import json
import sqlite3
import time
import xml.etree.ElementTree as ET
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
from pyarrow import parquet

from geo import warehouse
from geo.errors import InputError
from routes import export, layers
from routes.route import Route

KML = "{http://www.opengis.net/kml/2.2}"
HOSTILE = "<![CDATA[</name><script>alert(1)</script> ]]> & 'way'\x00\u200f"
AS_TEXT = "<![CDATA[</name><script>alert(1)</script> ]]> & 'way'\u200f"


def opened(content: bytes, fmt: str, folder: Path) -> gpd.GeoDataFrame:
    path = folder / f"file.{fmt}"
    path.write_bytes(content)
    if fmt == "parquet":  # the wheel's GDAL has no Parquet driver; GeoPandas reads what the file's own metadata says
        return gpd.read_parquet(path)
    frame = pyogrio.read_dataframe(path, layer=0)
    # FlatGeobuf keeps features in the order of its spatial index.
    return frame.sort_values("id", ignore_index=True) if fmt == "fgb" else frame


@pytest.fixture(params=layers.FORMATS)
def fmt(request: Any) -> str:
    return str(request.param)


def test_a_route_opens_again_with_its_segments(way: Route, tmp_path: Path, fmt: str) -> None:
    frame = opened(layers.convert(export.render(way, "geojson"), fmt), fmt, tmp_path)
    assert frame.crs == "EPSG:4326"
    assert frame["id"].tolist() == ["way.1", "way.2"]
    assert frame["status"].tolist() == ["open", "construction"]
    assert frame["length_m"].sum() == pytest.approx(way.length_m.sum(), abs=0.001)
    assert frame.geometry.geom_type.tolist() == ["LineString", "LineString"]
    assert frame.total_bounds.tolist() == pytest.approx([10.1, 40.2, 10.9, 40.25])
    assert [json.loads(works) for works in frame["works"]] == [[], ["W-1"]]


def test_every_feature_says_what_it_rests_on(way: Route, tmp_path: Path, fmt: str) -> None:
    frame = opened(layers.convert(export.render(way, "geojson"), fmt), fmt, tmp_path)
    assert set(frame["attribution"]) == {"Survey: A & B, ODbL 1.0; Two states: made up, CC0"}
    assert set(frame["boundary_notice"]) == {"Indicative."}
    assert (set(frame["facts_until"]), set(frame["data_date"])) == ({"2026-06-01"}, {"2026-01-02"})
    assert set(frame["notice"]) == {"Cannot be used today: The Gate is closed; 40.0 km are not open."}


def test_law_7_the_same_route_gives_the_same_bytes_at_another_hour(way: Route, fmt: str) -> None:
    geojson = export.render(way, "geojson")
    first = layers.convert(geojson, fmt)
    time.sleep(1.1)  # a GeoPackage is stamped to the millisecond, other files to the second
    assert layers.convert(geojson, fmt) == first


def test_gdal_keeps_its_own_date_afterwards(way: Route) -> None:
    layers.convert(export.render(way, "geojson"), "gpkg")
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_a_broken_route_is_a_feature_without_geometry_that_says_why(nowhere: Route, tmp_path: Path, fmt: str) -> None:
    frame = opened(layers.convert(export.render(nowhere, "geojson"), fmt), fmt, tmp_path)
    assert frame.geometry.isna().tolist() == [True]
    assert "Not resolved on this network" in frame["notice"].item()
    assert frame["broken.reason"].item()


def test_routes_side_by_side_hold_the_broken_one_too(way: Route, nowhere: Route, tmp_path: Path, fmt: str) -> None:
    frame = opened(layers.convert(export.render_all([way, nowhere], "geojson"), fmt), fmt, tmp_path)
    frame = frame.set_index("id").loc[["way", "nowhere"]]
    assert frame.geometry.isna().tolist() == [False, True]
    assert frame["length_by_territory_m.TWO"].iloc[0] == 40_000
    assert frame["length_m"].isna().tolist() == [False, True]  # not known is not 0
    assert "not resolved on this network" in json.loads(frame["reasons"].iloc[1])["length_m"]


def test_lines_and_an_area_share_a_layer(tmp_path: Path, fmt: str) -> None:
    line = {"type": "LineString", "coordinates": [[10, 40], [11, 41]]}
    area = {"type": "Polygon", "coordinates": [[[10, 40], [11, 40], [11, 41], [10, 40]]]}
    features = [
        {"type": "Feature", "id": str(n), "properties": {"slack": n, "bridge": n > 1}, "geometry": shape}
        for n, shape in enumerate((line, area), start=1)
    ]
    content = layers.convert(json.dumps({"type": "FeatureCollection", "features": features}).encode(), fmt)
    frame = opened(content, fmt, tmp_path)
    assert frame.set_index("id").geometry.geom_type.to_dict() == {"1": "LineString", "2": "Polygon"}
    assert frame.set_index("id")["bridge"].astype(bool).to_dict() == {"1": False, "2": True}


def test_an_empty_answer_is_an_empty_layer(tmp_path: Path, fmt: str) -> None:
    frame = opened(layers.convert(b'{"type":"FeatureCollection","features":[]}', fmt), fmt, tmp_path)
    assert len(frame) == 0
    assert frame.crs == "EPSG:4326"


def test_a_geopackage_has_a_table_of_what_it_rests_on(way: Route, tmp_path: Path) -> None:
    path = tmp_path / "way.gpkg"
    path.write_bytes(layers.convert(export.render(way, "geojson"), "gpkg"))
    assert [name for name, _type in pyogrio.list_layers(path)] == ["way", "about"]
    about = pyogrio.read_dataframe(path, layer="about").set_index("key")["value"]
    assert {source["id"] for source in json.loads(about["sources"])} == {"survey", "made-up"}
    assert json.loads(about["network"])["data_date"] == "2026-01-02"
    assert about["boundary_notice"] == "Indicative."
    with closing(sqlite3.connect(path)) as database:
        stamps = database.execute("SELECT DISTINCT last_change FROM gpkg_contents").fetchall()
    assert stamps == [("2026-06-01T00:00:00.000Z",)]


def test_flatgeobuf_and_geoparquet_hold_their_sources(way: Route, tmp_path: Path) -> None:
    path = tmp_path / "way.fgb"
    path.write_bytes(layers.convert(export.render(way, "geojson"), "fgb"))
    info = pyogrio.read_info(path)
    assert (info["features"], info["crs"]) == (2, "EPSG:4326")
    content = layers.convert(export.render(way, "geojson"), "parquet")
    metadata = parquet.read_schema(io.BytesIO(content)).metadata
    for about in (info["layer_metadata"]["DESCRIPTION"], metadata[b"about"]):
        assert {source["id"] for source in json.loads(about)["sources"]} == {"survey", "made-up"}
    geo = json.loads(metadata[b"geo"])
    assert (geo["primary_column"], geo["columns"]["geometry"]["encoding"]) == ("geometry", "WKB")
    assert geo["columns"]["geometry"]["crs"]["id"] == {"authority": "EPSG", "code": 4326}


@pytest.mark.skipif(not warehouse.THERE, reason="DuckDB has no wheel for this platform")
def test_a_second_reader_opens_geoparquet(way: Route, tmp_path: Path) -> None:
    """Neither the wheel's GDAL nor Debian's has a Parquet driver; DuckDB reads the format with code of its own."""
    assert not any("Parquet" in name for name in pyogrio.list_drivers())  # once there is one, `opened` shall use it
    path = tmp_path / "way.parquet"
    path.write_bytes(layers.convert(export.render(way, "geojson"), "parquet"))
    with warehouse.opened() as connection:
        found = connection.execute(
            "SELECT id, status, length_m, ST_GeometryType(geometry), ST_XMin(geometry), ST_XMax(geometry) "
            "FROM read_parquet(?) ORDER BY id",
            [str(path)],
        ).fetchall()
    frame = gpd.read_parquet(path).sort_values("id")
    assert [row[:4] for row in found] == [
        (row["id"], row["status"], row["length_m"], "LINESTRING") for row in frame.to_dict("records")
    ]
    assert [list(row[4:]) for row in found] == frame.bounds[["minx", "maxx"]].to_numpy().tolist()


def test_a_kml_describes_itself_and_names_each_placemark(way: Route) -> None:
    root = ET.fromstring(layers.convert(export.render(way, "geojson"), "kml"))  # noqa: S314  (our own file)
    said = root.findtext(f"{KML}Document/{KML}description") or ""
    for words in ("Indicative.", "data of 2026-01-02", "Facts until 2026-06-01", "Survey: A &amp; B, ODbL 1.0"):
        assert words in said
    assert [mark.findtext(f"{KML}name") for mark in root.iter(f"{KML}Placemark")] == ["=West <Road>", "way.2"]


def test_hostile_names_are_text_in_a_kml_and_run_nowhere(way: Route, tmp_path: Path) -> None:
    meta = {**way.network.meta, "title": HOSTILE}
    route = replace(way, title=HOSTILE, network=replace(way.network, meta=meta))
    content = layers.convert(export.render_all([route], "geojson"), "kml")
    root = ET.fromstring(content)  # noqa: S314  (our own file)
    assert not list(root.iter(f"{KML}script"))
    (mark,) = root.iter(f"{KML}Placemark")
    assert mark.findtext(f"{KML}name") == AS_TEXT
    said = root.findtext(f"{KML}Document/{KML}description") or ""  # a globe shows this as HTML
    assert "<script" not in said
    assert "&lt;script&gt;" in said
    assert opened(content, "kml", tmp_path)["title"].tolist() == [AS_TEXT]


def test_a_format_that_is_not_offered_is_named() -> None:
    with pytest.raises(InputError, match=r"^there is no format 'shp'; it must be kml, gpkg, fgb or parquet$"):
        layers.convert(b"{}", "shp")


def test_a_folder_for_temporary_files_that_is_not_there_is_said(way: Route, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/no/such/folder")
    with pytest.raises(InputError, match="name another in TMPDIR"):
        layers.convert(export.render(way, "geojson"), "gpkg")
