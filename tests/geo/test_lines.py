"""The text network: a GeoJSON file of lines compiled to a network."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.errors import DataError
from geo.lines import read_lines
from geo.network import LENGTH_BASES, MODES, STATUSES, Network

Line = dict[str, Any]


def line(coordinates: list[Any], **properties: Any) -> Line:
    known = {"id": "a-b-road", "mode": "road", "status": "open", "class": "primary"}
    return {
        "type": "Feature",
        "properties": known | properties,
        "geometry": {"type": "LineString", "coordinates": coordinates},
    }


@pytest.fixture
def lines(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes lines to a file."""

    def write_file(*features: Any, **members: Any) -> Path:
        path = tmp_path / "network.geojson"
        content = {"type": "FeatureCollection", **members, "features": list(features)}
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return write_file


A, B, C, D = [46.0, 39.0], [46.1, 39.0], [46.2, 39.0], [46.1, 39.1]


# -- what is read ------------------------------------------------------------------------------------------------------


def test_lines_join_where_they_share_a_vertex(lines):
    network = read_lines(lines(line([A, B]), line([B, C], id="b-c-road"), line([B, D], id="b-d-road")))
    assert network.edge_count == 3
    assert network.node_count == 4
    ends = network.v[0], network.u[1], network.u[2]
    assert len(set(ends)) == 1


def test_properties_come_out_as_columns(lines):
    one = line(
        [A, B],
        mode="rail",
        status="disused",
        gauge="1520",
        stretch="a-b-rail",
        geometry_basis="border bank",
        source=["osm", "B2"],
        accuracy_m=700,
    )
    network = read_lines(lines(one))
    (edge,) = network.edges.to_dict("records")
    assert (edge["mode"], edge["status"], edge["class"], edge["gauge"]) == ("rail", "disused", "primary", "1520")
    assert (edge["stretch"], edge["geometry_basis"], edge["source"]) == ("a-b-rail", "border bank", "osm; B2")
    assert edge["accuracy_m"] == 700
    assert (MODES[network.mode[0]], STATUSES[network.status[0]]) == ("rail", "disused")


def test_the_header_says_what_the_file_says(lines):
    network = read_lines(lines(line([A, B]), title="Lines", data_date="2026-06-01", sources=[{"title": "B2"}]))
    assert network.meta["title"] == "Lines"
    assert network.data_date == "2026-06-01"
    assert network.meta["sources"] == [{"title": "B2"}]
    assert network.meta["generalised"] is True


def test_a_published_length_is_the_lines_own_and_shared_in_proportion_to_shape(lines):
    network = read_lines(lines(line([A, B, C], length_km=30), line([B, D], id="b-d-road")))
    first, second, other = range(3)
    assert network.length_m[[first, second]].sum() == pytest.approx(30_000)
    assert network.length_m[first] / network.length_m[second] == pytest.approx(
        network.shape_length_m[first] / network.shape_length_m[second]
    )
    assert [LENGTH_BASES[code] for code in network.length_basis] == ["published", "published", "shape"]
    assert network.length_m[other] == network.shape_length_m[other]
    assert network.shape_length_m.sum() == pytest.approx(17_300 + 11_100, rel=0.01)  # the shape stays what it is


def test_what_is_not_known_is_not_zero(lines):
    network = read_lines(lines(line([A, B])))
    assert np.isnan(network.accuracy_m).all()
    assert network.text["name"].decode().tolist() == [""]
    assert network.data_date is None


def test_heights_in_the_file_are_left_aside(lines):
    network = read_lines(lines(line([[*A, 600.0], [*B, 700.0]])))
    assert network.coordinates(0).tolist() == [A, B]


def test_the_same_file_gives_the_same_bytes(lines, tmp_path):
    path = lines(line([A, B, C], length_km=30), line([B, D]))
    read_lines(path).save(tmp_path / "one.net")
    read_lines(path).save(tmp_path / "two.net")
    assert (tmp_path / "one.net").read_bytes() == (tmp_path / "two.net").read_bytes()


def test_the_built_in_network_is_read(root):
    network = read_lines(root / "data" / "nakhchivan" / "network.geojson")
    assert (network.shape_length_m > 0).all()
    assert (network.length_m > 0).all()
    assert network.meta["generalised"] is True


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (line([A, B], mode="canal"), "line a-b-road: mode is 'canal'; it must be one of road, rail"),
        (line([A, B], status="closed"), "status is 'closed'"),
        (line([A, B], structure="viaduct"), "structure is 'viaduct'"),
        (line([A, B], length_km="39"), "length_km is '39'"),
        (line([A, B], length_km=0), "length_km is 0"),
        (line([A, B], length_km=-5), "length_km is -5"),
        (line([A, B], accuracy_m=0), "accuracy_m is 0"),
        (line([A]), "no length"),
        (line([A, A]), "no length"),
        (line([]), "no LineString"),
        (line([A, [46.1]]), "no LineString"),
        (line([A, ["east", 39.0]]), "no LineString"),
        (line([A, [39.0, 146.0]]), "nowhere on Earth"),
        (line([A, [float("nan"), 39.0]]), "nowhere on Earth"),
        (line([A, B]) | {"geometry": None}, "no LineString"),
        (line([A, B]) | {"geometry": {"type": "Point", "coordinates": A}}, "no LineString"),
        (line([A, B]) | {"geometry": {"type": "MultiLineString", "coordinates": [[A, B]]}}, "no LineString"),
        (line([A, B]) | {"properties": None}, "not a text network"),
        ("a line", "not a text network"),
    ],
)
def test_a_bad_line_is_refused_in_one_sentence(lines, bad, words):
    with pytest.raises(DataError, match=words) as caught:
        read_lines(lines(line([B, D], id="good"), bad))
    assert "network.geojson" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[1, 2]", "{}", "no json", '{"features": 3}', '{"features": []}'])
def test_a_file_that_is_no_text_network_is_refused(write, text):
    with pytest.raises(DataError, match=r"network\.geojson"):
        read_lines(write("network.geojson", text))


def test_a_missing_file_or_a_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        read_lines(tmp_path / "network.geojson")
    with pytest.raises(DataError, match="not a text network"):
        read_lines(tmp_path)


def test_a_line_keeps_its_note_through_cutting_saving_and_osmnx(lines, tmp_path):
    through = [(A[0] + B[0]) / 2, (A[1] + B[1]) / 2]
    whole = line([A, through, B], note="the old road; the border is closed", source=["one", "two", "one"])
    network = read_lines(lines(whole, line([through, D], id="side")))
    notes = sorted(network.text["note"].decode().tolist())
    assert notes == ["", "the old road; the border is closed", "the old road; the border is closed"]
    assert set(network.text["source"].words) >= {"one; two"}
    network.save(tmp_path / "saved.net")
    assert sorted(Network.load(tmp_path / "saved.net").text["note"].decode().tolist()) == notes
    assert sorted(Network.from_osmnx(network.to_osmnx()).text["note"].decode().tolist()) == notes
