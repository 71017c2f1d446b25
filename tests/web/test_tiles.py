"""The whole network as tiles, the edge at a point, and edges of an area."""

import math
from itertools import pairwise

import numpy as np
import pytest

from geo.network import MODES, TEXT_COLUMNS, Network
from geo.words import Words
from routes.loading import load_network
from web import create_app
from web.tilegrid import EXTENT, TILE_PX
from web.tilework import KINDS, MIN_ZOOM, MOST, NetworkTiles


def tile_at(lon, lat, zoom):
    """The tile that holds a point at a zoom of the map."""
    z = zoom - 1
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return z, int((lon + 180) / 360 * 2**z), int(down * 2**z)


def lines_of(group):
    """The lines of a group, as lists of points in units of the tile."""
    steps = np.array(group["d"]).reshape(-1, 2).cumsum(axis=0)
    return np.split(steps, np.cumsum(group["n"])[:-1])


def grid(rows, cols, kind="residential", lon=46.0, lat=39.0, step=0.001):
    """Streets like a chess-board, one edge from corner to corner."""
    number = np.arange(rows * cols).reshape(rows, cols)
    u = np.concatenate((number[:, :-1].ravel(), number[:-1].ravel()))
    v = np.concatenate((number[:, 1:].ravel(), number[1:].ravel()))
    node_lon = np.round((lon + step * np.tile(np.arange(cols), rows)) * 1e7).astype(np.int32)
    node_lat = np.round((lat + step * np.repeat(np.arange(rows), cols)) * 1e7).astype(np.int32)
    return network_of(u, v, node_lon, node_lat, kind)


def network_of(u, v, node_lon, node_lat, kind):
    """A network of straight edges that are all alike."""
    count = len(u)
    zero8, text = np.zeros(count, np.uint8), {name: Words.constant("", count) for name in TEXT_COLUMNS}
    text |= {"class": Words.constant(kind, count), "territory": Words.constant("AM", count)}
    vertices = np.column_stack((u, v)).ravel()
    return Network(
        node_osm_id=np.arange(len(node_lon)), node_lon_e7=node_lon, node_lat_e7=node_lat,
        u=u.astype(np.int32), v=v.astype(np.int32), mode=zero8, status=zero8, structure=zero8, length_basis=zero8,
        oneway=np.zeros(count, bool), length_m=np.full(count, 100.0), shape_length_m=np.full(count, 100.0),
        near_m=np.zeros(count), accuracy_m=np.full(count, np.nan, np.float32), way_id=np.zeros(count, np.int64),
        text=text,
        vertex_offset=np.arange(count + 1, dtype=np.int64) * 2, vertex_lon_e7=node_lon[vertices],
        vertex_lat_e7=node_lat[vertices], sample_offset=np.zeros(1, np.int64), sample_ele_m=np.empty(0, np.float32),
        meta={"title": "chess-board", "data_date": "2026-06-01", "sources": []},
    )  # fmt: skip


def test_a_network_says_how_to_draw_it(client, study):
    about = client.get("/api/network").get_json()
    assert about["edges"] == study.network().edge_count
    assert about["tiles"] == f"/api/network/tiles/{about['version']}/{{z}}/{{x}}/{{y}}.json"
    west, south, east, north = about["bounds"]
    assert west < study.places["goris"].lon < east
    assert south < study.places["goris"].lat < north


def test_a_tile_holds_the_lines_that_cross_it_by_status_and_territory(client, study):
    place = study.places["meghri"]
    about = client.get("/api/network").get_json()
    z, x, y = tile_at(place.lon, place.lat, 9)
    tile = client.get(about["tiles"].format(z=z, x=x, y=y)).get_json()
    assert {group["territory"] for group in tile["groups"]} >= {"AM", "AZ-NX"}
    assert {group["kind"] for group in tile["groups"]} >= {"rail"}
    assert tile["left_out"] == []
    for group in tile["groups"]:
        for line in lines_of(group):
            assert len(line) > 1
            assert all(tuple(a) != tuple(b) for a, b in pairwise(line.tolist()))


def test_tiles_of_two_zooms_place_a_line_alike():
    tiles = NetworkTiles(grid(2, 2))
    found = []
    for zoom in (15, 16):
        z, x, y = tile_at(46.0, 39.0, zoom)
        (group,) = tiles.tile(z, x, y)["groups"]
        points = np.concatenate(lines_of(group)) / EXTENT + (x, y)
        found.append(points.min(axis=0) / 2**z)
    assert found[0] == pytest.approx(found[1], abs=1 / (TILE_PX * 2**14))


def test_neighbouring_tiles_meet_without_a_gap():
    tiles = NetworkTiles(grid(2, 40, step=0.01))
    z, x, y = tile_at(46.2, 39.0, 12)
    ends = [
        np.concatenate([line for group in tiles.tile(z, x + by, y)["groups"] for line in lines_of(group)])[:, 0]
        for by in (0, 1)
    ]
    assert ends[0].max() >= EXTENT
    assert ends[1].min() <= 0


def test_far_away_a_road_of_many_edges_is_one_line():
    tiles = NetworkTiles(grid(1, 4000, kind="trunk", lon=44.0, step=0.001))
    z, x, y = tile_at(45.0, 39.0, 7)
    (group,) = tiles.tile(z, x, y)["groups"]
    assert len(group["n"]) == 1
    assert sum(group["n"]) < 10


def test_small_roads_wait_for_their_zoom_and_what_has_no_room_is_counted():
    tiles = NetworkTiles(grid(150, 150, step=0.0001))
    place = 46.005, 39.005
    street_from = next(zoom for name, _classes, zoom in KINDS if name == "street")
    assert tiles.tile(*tile_at(*place, street_from - 1)) == {"extent": EXTENT, "groups": [], "left_out": []}
    crowded = tiles.tile(*tile_at(*place, street_from))
    assert crowded["groups"] == []
    assert crowded["left_out"][0]["kind"] == "street"
    assert crowded["left_out"][0]["edges"] > MOST
    assert tiles.tile(*tile_at(*place, 18))["groups"] != []


def test_no_tile_holds_more_lines_than_are_said(shared_data):
    network = load_network([shared_data / "osm" / "meghri-2021.osm.pbf"])
    tiles = NetworkTiles(network)
    west, south, east, north = tiles.bounds
    for zoom in range(MIN_ZOOM, 17):
        tile = tiles.tile(*tile_at((west + east) / 2, (south + north) / 2, zoom))
        assert sum(len(group["n"]) for group in tile["groups"]) <= MOST


def test_the_nearest_edge_answers_with_what_a_reader_wants_to_know(client, study):
    network = study.network()
    edge = int(np.flatnonzero(network.mode == MODES.index("rail"))[0])
    lon, lat = network.coordinates(edge)[len(network.coordinates(edge)) // 2]
    answer = client.get(f"/api/network/at?lon={lon}&lat={lat}&zoom=14&mode=rail").get_json(force=True)
    (feature,) = answer["features"]
    own = feature["properties"]
    assert own["mode"] == "rail"
    assert own["length_m"] == pytest.approx(network.length_m[feature["id"]], abs=0.01)
    labels = [label for label, _text in own["facts"]]
    assert labels[:4] == ["Class", "Status", "Where", "Length"]
    assert client.get(f"/api/network/edges/{feature['id']}").get_json(force=True) == feature


def test_where_nothing_is_drawn_there_is_no_edge(client):
    assert client.get("/api/network/at?lon=20&lat=20&zoom=10").get_json(force=True)["features"] == []


def test_edges_of_an_area_are_bounded(study):
    app = create_app(study)
    app.extensions["araxes-tiles"] = NetworkTiles(grid(100, 100))
    client = app.test_client()
    few = client.get("/api/network/edges?bbox=46,39,46.0105,39.0105").get_json(force=True)
    assert 200 < len(few["features"]) < 300
    many = client.get("/api/network/edges?bbox=46,39,47,40")
    assert many.status_code == 400
    assert "at most 10,000" in many.get_json(force=True)["detail"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/api/network/at?lon=46", "`lat` must be a number"),
        ("/api/network/at?lon=200&lat=39&zoom=9", "`lon` must be a number from -180 to 180"),
        ("/api/network/at?lon=nan&lat=39&zoom=9", "`lon` must be a number"),
        ("/api/network/at?lon=46&lat=39&zoom=9&mode=air", "there is no mode 'air'"),
        ("/api/network/edges", "west,south,east,north"),
        ("/api/network/edges?bbox=47,39,46,40", "west before east"),
        ("/api/network/edges/123456789", "there is no edge 123456789"),
        ("/api/network/tiles/other/8/1/1.json", "the network shown is"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(client, address, said):
    answer = client.get(address)
    assert answer.mimetype == "application/problem+json"
    assert said in answer.get_json(force=True)["detail"]


def test_a_tile_that_no_map_has_is_not_found(client):
    version = client.get("/api/network").get_json()["version"]
    for place in ("3/1/1", "8/256/0", "8/0/256", "40/1/1"):
        assert client.get(f"/api/network/tiles/{version}/{place}.json").status_code == 404
