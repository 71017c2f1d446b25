"""GPX of any answer: opened again by GDAL, each feature with its figures, what a reader must know at the top."""

import json
from pathlib import Path
from typing import Any

import pyogrio
import pytest

from routes.layers import convert

HOSTILE = '<script>&"]]>'


def feature(number: int, geometry: dict[str, Any] | None, **figures: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": f"a.{number}", "properties": figures, "geometry": geometry}


@pytest.fixture
def answer() -> bytes:
    line = {"type": "LineString", "coordinates": [[46.0, 39.0], [46.5, 39.25]]}
    two = {"type": "MultiLineString", "coordinates": [[[46.0, 39.0], [46.1, 39.0]], [[46.2, 39.0], [46.3, 39.0]]]}
    area = {"type": "Polygon", "coordinates": [[[46.0, 39.0], [46.1, 39.0], [46.1, 39.1], [46.0, 39.0]]]}
    features = [
        feature(1, line, length_m=1234.5, name=HOSTILE, detour_m=None),
        feature(2, two, length_m=2.0, name=None),
        feature(3, {"type": "Point", "coordinates": [46.4, 39.2]}, crossing="gate", status="closed"),
        feature(4, area, name="area"),
        feature(5, None, name="nowhere"),
    ]
    about = {"attribution": "A & B", "facts_until": "2026-06-01", "network": {"title": "N", "data_date": "2026-06-01"}}
    return json.dumps({"type": "FeatureCollection", "name": "answer", **about, "features": features}).encode()


def test_gdal_opens_lines_as_tracks_and_points_as_waypoints(answer: bytes, tmp_path: Path) -> None:
    path = tmp_path / "answer.gpx"
    path.write_bytes(convert(answer, "gpx"))
    tracks = pyogrio.read_dataframe(path, layer="tracks")
    assert tracks.name.tolist() == [HOSTILE, "a.2", "area"]  # what has no place is no track
    assert tracks.desc[0] == "length_m: 1234.5"  # what is not known is not said, least of all as 0
    assert tracks.geometry[0].geoms[0].coords[:] == [(46.0, 39.0), (46.5, 39.25)]
    assert [len(shape.geoms) for shape in tracks.geometry] == [1, 2, 1]
    points = pyogrio.read_dataframe(path, layer="waypoints")
    assert points.desc.tolist() == ["crossing: gate; status: closed"]
    assert points.geometry[0].coords[:] == [(46.4, 39.2)]


def test_the_file_says_whom_it_is_owed_to_and_repeats(answer: bytes) -> None:
    content = convert(answer, "gpx")
    assert b"Attribution: A &amp; B." in content
    assert b"Facts until 2026-06-01." in content
    assert content == convert(answer, "gpx")
