"""Relief: tiles joined and sampled, networks draped over them (law 6: structures climb in a straight line)."""

import itertools
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.warp
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from geo import structures, tiles
from geo.errors import InputError
from geo.measure import geodesic_m, to_e7
from geo.network import STRUCTURES, Network
from geo.osm import osm_meta, read_osm
from geo.relief import Relief, drape
from geo.tags import WayTags
from geo.ways import Ways, assemble

CELL = 1 / 1200  # three arc-seconds, as SRTM


def write_tiff(
    path: Path,
    ele_m: np.ndarray,
    *,
    west: float = 46.0,
    north: float = 40.0,
    cell: float = CELL,
    crs: str | None = "EPSG:4326",
    nodata: float | None = None,
    description: str = "",
) -> Path:
    profile = {"driver": "GTiff", "height": ele_m.shape[0], "width": ele_m.shape[1], "count": 1, "dtype": ele_m.dtype}
    with rasterio.open(
        path, "w", **profile, crs=crs, transform=Affine(cell, 0, west, 0, -cell, north), nodata=nodata
    ) as raster:
        raster.write(ele_m, 1)
        if description:
            raster.update_tags(TIFFTAG_IMAGEDESCRIPTION=description)
    return path


def write_hgt(path: Path, ele_m: np.ndarray) -> Path:
    """An HGT tile is nothing but 1201 x 1201 big-endian numbers; its name says where it lies."""
    path.write_bytes(ele_m.astype(">i2").tobytes())
    return path


def slope(rows: int, cols: int, *, west: float = 46.0, north: float = 40.0, cell: float = CELL) -> np.ndarray:
    """A plane: 1000 m at 46 E 40 N, 10,000 m up a degree east, 5,000 m down a degree north."""
    lon = west + (np.arange(cols) + 0.5) * cell
    lat = north - (np.arange(rows) + 0.5) * cell
    return (1000 + 10_000 * (lon - 46.0) - 5_000 * (lat - 40.0)[:, None]).astype(np.float32)


def plane(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    return 1000 + 10_000 * (lon - 46.0) - 5_000 * (lat - 40.0)


def network_of(ways: Sequence[tuple[str, str, Sequence[int]]], places: dict[int, tuple[float, float]]) -> Network:
    """A network from (mode, structure, nodes) and where the nodes lie."""
    ids = sorted(places)
    lon, lat = (to_e7(np.array([places[i][axis] for i in ids])) for axis in (0, 1))
    collected = Ways(np.array(ids, dtype=np.int64), lon, lat)
    for number, (mode, structure, nodes) in enumerate(ways, start=1):
        class_ = "rail" if mode == "rail" else "primary"
        collected.add(WayTags(mode, class_, "open", structure=structure), list(nodes), way_id=number)
    return assemble(collected, osm_meta("made up", None))


# -- reading -----------------------------------------------------------------------------------------------------------


def test_a_plane_is_read_exactly_between_the_centres_of_cells(tmp_path):
    relief = Relief.open(write_tiff(tmp_path / "plane.tif", slope(60, 80)))
    lon = np.linspace(46.001, 46.065, 33)
    lat = np.linspace(39.999, 39.951, 33)
    assert relief.sample(lon, lat) == pytest.approx(plane(lon, lat), abs=0.01)
    assert relief.sample(lon, lat).dtype == np.float32
    assert relief.sample(46.01, 39.99).shape == ()
    assert relief.sample(lon.reshape(3, 11), lat.reshape(3, 11)).shape == (3, 11)


def test_relief_says_what_it_is(tmp_path):
    relief = Relief.open(write_tiff(tmp_path / "plane.tif", slope(60, 80), description="A made-up plane"))
    assert relief.title == "A made-up plane"
    assert relief.source == "plane.tif"
    assert relief.bounds == pytest.approx((46.0, 39.95, 46.0 + 80 / 1200, 40.0))
    assert relief.cell_m == pytest.approx(92.5, abs=0.2)  # a cell is longer north-south than east-west here
    assert relief.spacing_m == pytest.approx(relief.cell_m / 2)
    named = Relief.open(tmp_path / "plane.tif", title="Test relief", source="somebody")
    assert (named.title, named.source) == ("Test relief", "somebody")


def test_heights_are_not_taken_nearer_than_25_m(tmp_path):
    assert Relief.open(write_tiff(tmp_path / "fine.tif", slope(60, 80), cell=CELL / 9)).spacing_m == 25.0


def test_outside_and_in_voids_the_height_is_not_known(tmp_path):
    ele = slope(40, 40)
    ele[10:20, 10:20] = -32768
    ele[30, 30] = -9999
    relief = Relief.open(write_tiff(tmp_path / "voids.tif", ele))

    def centre(row: float, col: float) -> float:
        return float(relief.sample(46 + (col + 0.5) * CELL, 40 - (row + 0.5) * CELL))

    assert np.isnan(centre(15, 15))
    assert np.isnan(centre(30, 30))
    assert np.isnan(relief.sample(45.9, 39.99))
    assert np.isnan(relief.sample(np.nan, 39.99))
    # Next to a void a place still has the height of its own cell, and nothing of the void's mark is mixed in.
    assert 900 < centre(9.4, 15) < 1400
    # The outermost half cell belongs to the data too.
    assert not np.isnan(relief.sample(46.0001, 39.9999))


def test_declared_nodata_is_a_void(tmp_path):
    ele = np.full((10, 10), 7, dtype=np.int16)
    ele[5, 5] = 42
    relief = Relief.open(write_tiff(tmp_path / "nodata.tif", ele, nodata=42))
    assert np.isnan(relief.sample(46 + 5.5 * CELL, 40 - 5.5 * CELL))
    assert relief.sample(46 + 3 * CELL, 40 - 3 * CELL) == 7


@pytest.mark.parametrize("ending", [".tif", ".tif.zip", ""])
def test_tiles_are_joined_without_a_seam(tmp_path, ending):
    """Four tiles that only touch: a place between the last cell of one and the first of the next sees both."""
    folder = tmp_path / "tiles"
    folder.mkdir()
    for row in range(2):
        for col in range(2):
            west, north = 46.0 + col * 20 * CELL, 40.0 - row * 20 * CELL
            path = write_tiff(
                folder / f"t{row}{col}.tif", slope(20, 20, west=west, north=north), west=west, north=north
            )
            if ending == ".tif.zip":
                with zipfile.ZipFile(folder / f"t{row}{col}.tif.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                    archive.write(path, f"deep/{path.name}")
                path.unlink()
    relief = Relief.open(folder if ending == "" else sorted(folder.iterdir()))
    assert len(relief.grids) == 1
    assert relief.source == "t00.tif, t01.tif, t10.tif, t11.tif"
    lon = 46.0 + np.linspace(1, 39, 200) * CELL
    lat = 40.0 - np.linspace(1, 39, 200) * CELL
    assert relief.sample(lon, lat) == pytest.approx(plane(lon, lat), abs=0.02)
    seam = 46.0 + 20 * CELL
    assert relief.sample(seam, 39.99) == pytest.approx(plane(np.array(seam), np.array(39.99)), abs=0.02)


def test_hgt_tiles_that_share_a_row_are_joined(tmp_path):
    row = np.arange(1201)[:, None]
    north = np.broadcast_to(2000 - row, (1201, 1201)).copy()  # falls southwards to 800
    south = np.broadcast_to(800 - row // 4, (1201, 1201)).copy()
    south[600, 600] = -32768
    write_hgt(tmp_path / "N40E046.hgt", north)
    plain = write_hgt(tmp_path / "N39E046.hgt", south)
    with zipfile.ZipFile(tmp_path / "N39E046.hgt.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, plain.name)
    plain.unlink()
    relief = Relief.open(tmp_path)
    assert relief.title == "N39E046, N40E046"
    assert relief.sample([46.5, 46.5, 46.5], [41.0, 40.0, 40.0 + 10 / 1200]) == pytest.approx([2000, 800, 810], abs=0.1)
    assert relief.sample(46.5, 40.0 - 4 / 1200) == pytest.approx(799, abs=0.01)
    assert np.isnan(relief.sample(46.5, 39.5))


def test_the_finest_tile_wins_and_the_coarse_one_fills_in(tmp_path):
    coarse = write_tiff(tmp_path / "coarse.tif", np.full((10, 10), 500, dtype=np.int16), cell=CELL * 10)
    fine = np.full((20, 20), 700, dtype=np.int16)
    fine[5, 5] = -32768
    relief = Relief.open([coarse, write_tiff(tmp_path / "fine.tif", fine)])
    assert len(relief.grids) == 2
    place = 46 + 5.5 * CELL, 40 - 5.5 * CELL
    assert relief.sample(46.01, 39.99) == 700
    assert relief.sample(46.05, 39.95) == 500
    assert relief.sample(*place) == 500
    assert relief.cell_m == pytest.approx(925, abs=3)  # what is true of all of it
    assert relief.spacing_m == pytest.approx(46, abs=1)


def test_a_projected_relief_is_read_in_degrees(tmp_path):
    rows, cols = np.mgrid[0:100, 0:100]
    ele = (1000 + rows + 2 * cols).astype(np.float32)
    path = write_tiff(tmp_path / "utm.tif", ele, west=600_000, north=4_400_000, cell=30.0, crs="EPSG:32638")
    relief = Relief.open(path)
    to_degrees = rasterio.warp.transform("EPSG:32638", "EPSG:4326", [600_000 + 50.5 * 30], [4_400_000 - 20.5 * 30])
    assert relief.sample(to_degrees[0][0], to_degrees[1][0]) == pytest.approx(1000 + 20 + 100, abs=0.01)
    assert relief.cell_m == pytest.approx(30, abs=0.1)
    assert relief.bounds[0] == pytest.approx(46.16, abs=0.02)


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("none.tif", lambda path: None, "does not exist"),
        ("text.tif", lambda path: path.write_text("no raster"), "cannot be read as relief"),
        ("bad.zip", lambda path: path.write_text("no archive"), "cannot be opened as a zip archive"),
        ("empty.zip", lambda path: zipfile.ZipFile(path, "w").close(), "holds no .tif and no .hgt"),
        ("folder", lambda path: path.mkdir(), "holds no relief"),
        ("nowhere.tif", lambda path: write_tiff(path, slope(5, 5), crs=None), "does not say its coordinate system"),
        ("N40E046.hgt", lambda path: path.write_bytes(b"\0" * 100), "cannot be read as relief"),
    ],
)
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_bad_relief_is_refused_in_one_sentence(tmp_path: Path, name: str, make: Callable[[Path], object], says: str):
    make(tmp_path / name)
    with pytest.raises(InputError, match=says) as caught:
        Relief.open(tmp_path / name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_picture_is_no_relief(tmp_path):
    with rasterio.open(
        tmp_path / "rgb.tif", "w", driver="GTiff", height=4, width=4, count=3, dtype="uint8", crs="EPSG:4326",
        transform=Affine(CELL, 0, 46, 0, -CELL, 40),
    ) as raster:  # fmt: skip
        raster.write(np.zeros((3, 4, 4), dtype=np.uint8))
    with pytest.raises(InputError, match="3 bands"):
        Relief.open(tmp_path / "rgb.tif")


def test_a_tile_cut_short_is_refused_when_it_is_read(tmp_path):
    path = write_tiff(tmp_path / "cut.tif", slope(500, 500))
    path.write_bytes(path.read_bytes()[:-200_000])
    with pytest.raises(InputError, match=r"cut\.tif cannot be read"):
        Relief.open(path).sample(46.2, 39.6)


def test_swapped_longitude_and_latitude_are_noticed(tmp_path):
    with pytest.raises(InputError, match="longitude first"):
        Relief.open(write_tiff(tmp_path / "plane.tif", slope(60, 80))).sample(40.0, 146.0)


# -- draping -----------------------------------------------------------------------------------------------------------


def test_heights_stand_evenly_along_each_edge(tmp_path):
    places = {1: (46.01, 39.96), 2: (46.04, 39.97), 3: (46.04, 39.99), 4: (46.0401, 39.99)}
    network = network_of([("road", "none", [1, 2, 3]), ("road", "none", [3, 4])], places)
    relief = Relief.open(write_tiff(tmp_path / "plane.tif", slope(60, 80)))
    draped = drape(network, relief)
    for edge in range(draped.edge_count):
        gaps = len(draped.heights(edge)) - 1
        assert gaps >= 1
        assert draped.shape_length_m[edge] / gaps <= relief.spacing_m
        assert gaps == 1 or draped.shape_length_m[edge] / (gaps - 1) > relief.spacing_m
    heights = draped.heights(0)
    assert heights[[0, -1]] == pytest.approx(plane(np.array([46.01, 46.04]), np.array([39.96, 39.99])), abs=0.02)
    # Two straight pieces on a plane: the climb is even on each, and changes where the bend is.
    first_m = float(geodesic_m(*np.array([46.01, 39.96, 46.04, 39.97])))
    bend = first_m / draped.shape_length_m[0] * (len(heights) - 1)
    climb = np.diff(heights)
    assert np.ptp(climb[: int(bend)]) < 0.05
    assert np.ptp(climb[int(bend) + 1 :]) < 0.05
    assert draped.meta["relief"] == {"title": "plane", "cell_m": relief.cell_m, "source": "plane.tif"}
    assert network.meta["relief"] is None


def test_edges_meet_at_one_height(tmp_path):
    rng = np.random.default_rng(1)
    relief = Relief.open(write_tiff(tmp_path / "rough.tif", rng.uniform(0, 3000, (60, 80)).astype(np.float32)))
    places = {i: (46.005 + 0.01 * (i % 5), 39.955 + 0.01 * (i // 5)) for i in range(20)}
    ways = [("road", "none", [i, i + 1]) for i in range(19)] + [("rail", "none", [i, i + 5]) for i in range(15)]
    draped = drape(network_of(ways, places), relief)
    at_node: dict[int, set[float]] = {}
    for edge in range(draped.edge_count):
        for node, height in zip((draped.u[edge], draped.v[edge]), draped.heights(edge)[[0, -1]], strict=True):
            at_node.setdefault(int(node), set()).add(float(height))
    assert all(len(heights) == 1 for heights in at_node.values())


def test_large_networks_are_draped_in_parts_that_give_the_same(tmp_path, monkeypatch):
    relief = Relief.open(write_tiff(tmp_path / "plane.tif", slope(60, 80)))
    places = {i: (46.005 + 0.01 * (i % 5), 39.955 + 0.01 * (i // 5)) for i in range(20)}
    network = network_of([("road", "none", [i, i + 1]) for i in range(19)], places)
    whole = drape(network, relief)
    heard: list[tuple[int, int | None]] = []
    monkeypatch.setattr("geo.relief._CHUNK_SAMPLES", 50)
    monkeypatch.setattr("geo.relief._SORT_E7", 50_000)
    monkeypatch.setattr("geo.lattice._BLOCK_CELLS", 16)
    parts = drape(network, relief, progress=lambda stage, done, total: heard.append((done, total)))
    assert len(heard) > 5
    assert heard[-1] == (network.edge_count, network.edge_count)
    assert parts.sample_ele_m.tobytes() == whole.sample_ele_m.tobytes()


def test_where_the_relief_ends_heights_are_not_known(tmp_path):
    relief = Relief.open(write_tiff(tmp_path / "plane.tif", slope(60, 80)))
    places = {1: (46.05, 39.98), 2: (46.10, 39.98), 3: (46.12, 39.98)}
    draped = drape(network_of([("road", "none", [1, 2]), ("road", "bridge", [2, 3])], places), relief)
    known = ~np.isnan(draped.heights(0))
    assert known[0]
    assert not known[-1]
    assert np.isnan(draped.heights(1)).all()


def test_tiles_of_elsewhere_and_tiles_that_gave_no_height_do_not_make_the_relief_coarse(tmp_path):
    """A folder may hold tiles of many places; what a network says of its relief is true of its own."""
    write_tiff(tmp_path / "fine.tif", slope(60, 80))
    write_tiff(tmp_path / "coarse.tif", np.full((10, 10), 9, dtype=np.int16), cell=CELL * 10)
    write_tiff(tmp_path / "elsewhere.tif", np.full((10, 10), 9, dtype=np.int16), west=50, cell=CELL * 99)
    relief = Relief.open(tmp_path)
    assert relief.cell_m == pytest.approx(9_160, abs=10)
    draped = drape(network_of([("road", "none", [1, 2])], {1: (46.01, 39.98), 2: (46.03, 39.97)}), relief)
    assert draped.meta["relief"]["source"] == "coarse.tif, fine.tif"
    assert draped.meta["relief"]["cell_m"] == pytest.approx(92.5, abs=0.2)
    named = Relief.open(tmp_path, title="Mine", source="me").over((50.1, 39.9, 50.2, 39.95))
    assert (named.title, named.source, len(named.grids)) == ("Mine", "me", 1)


def test_relief_of_another_place_is_refused(tmp_path):
    relief = Relief.open(write_tiff(tmp_path / "plane.tif", slope(60, 80)))
    network = network_of([("road", "none", [1, 2])], {1: (39.98, 46.01), 2: (39.97, 46.02)})
    with pytest.raises(InputError, match="lies nowhere near the network"):
        drape(network, relief)


def test_a_draped_network_is_saved_whole(tmp_path):
    relief = Relief.open(write_tiff(tmp_path / "plane.tif", slope(60, 80)))
    network = drape(network_of([("road", "none", [1, 2])], {1: (46.01, 39.98), 2: (46.03, 39.97)}), relief)
    network.save(tmp_path / "draped.net")
    loaded = Network.load(tmp_path / "draped.net")
    assert loaded.has_relief
    assert loaded.heights(0).tobytes() == network.heights(0).tobytes()
    assert loaded.meta["relief"] == network.meta["relief"]


# -- bridges and tunnels -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mountain(tmp_path_factory) -> Relief:
    """A ridge of 3,000 m along 46.04 E between plains of 500 m in the west and 800 m in the east."""
    lon = 46.0 + (np.arange(96) + 0.5) * CELL
    ridge = 500 + 300 * (lon - 46.0) / 0.08 + 2500 * np.exp(-(((lon - 46.04) / 0.012) ** 2))
    ele = np.broadcast_to(ridge, (60, 96)).astype(np.float32)
    return Relief.open(write_tiff(tmp_path_factory.mktemp("relief") / "mountain.tif", ele))


def joined_profile(network: Network, edges: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Distances and heights over edges that follow each other."""
    distance, heights, start = [], [], 0.0
    for edge in edges:
        ele = network.heights(edge)
        distance.append(start + np.linspace(0, network.shape_length_m[edge], len(ele)))
        heights.append(ele)
        start += network.shape_length_m[edge]
    return np.concatenate(distance), np.concatenate(heights)


def straight(distance: np.ndarray, heights: np.ndarray) -> np.ndarray:
    return np.asarray(heights[0] + (heights[-1] - heights[0]) * distance / distance[-1])


def test_a_tunnel_passes_under_the_mountain(mountain):
    places = {1: (46.002, 39.98), 2: (46.01, 39.98), 3: (46.07, 39.98), 4: (46.078, 39.98)}
    ways = [("rail", "none", [1, 2]), ("rail", "tunnel", [2, 3]), ("rail", "none", [3, 4])]
    draped = drape(network_of(ways, places), mountain)
    distance, heights = joined_profile(draped, [1])
    assert heights == pytest.approx(straight(distance, heights), abs=0.01)
    assert heights[[0, -1]] == pytest.approx(mountain.sample([46.01, 46.07], [39.98, 39.98]))
    assert heights.max() < 800
    over = drape(network_of([("rail", "none", [1, 2, 3, 4])], places), mountain)
    assert over.heights(0).max() > 2900


def test_a_tunnel_cut_by_a_junction_is_still_one_tunnel(mountain):
    """A side tunnel, a road that ends at the cut, and the mountain above it do not bend the line."""
    places = {1: (46.01, 39.98), 2: (46.04, 39.98), 3: (46.055, 39.98), 4: (46.07, 39.98), 5: (46.04, 39.97)}
    ways = [("road", "tunnel", [1, 2]), ("road", "tunnel", [2, 3, 4]), ("road", "none", [2, 5])]
    draped = drape(network_of(ways, places), mountain)
    distance, heights = joined_profile(draped, [0, 1])
    assert heights == pytest.approx(straight(distance, heights), abs=0.01)
    assert heights.max() < 800
    # The road that meets the tunnel inside begins at the tunnel's height: a node has one height.
    assert draped.heights(2)[0] == draped.heights(1)[0]
    assert draped.heights(2)[1] > 2000


def test_bridge_and_tunnel_are_different_structures_and_so_are_road_and_rail(mountain):
    places = {i: (46.01 + 0.01 * i, 39.98) for i in range(5)}
    ways = [
        ("road", "bridge", [0, 1]),
        ("road", "tunnel", [1, 2]),
        ("rail", "tunnel", [2, 3]),
        ("rail", "ford", [3, 4]),
    ]
    draped = drape(network_of(ways, places), mountain)
    for edge, ends in ((0, (0, 1)), (1, (1, 2)), (2, (2, 3))):
        lon = np.array([places[i][0] for i in ends])
        assert draped.heights(edge)[[0, -1]] == pytest.approx(mountain.sample(lon, np.full(2, 39.98)), abs=0.01)
    over_ford = draped.heights(3)
    assert not np.allclose(over_ford, np.linspace(over_ford[0], over_ford[-1], len(over_ford)), atol=1.0)


def test_a_forked_tunnel_is_straight_in_every_arm(mountain):
    places = {1: (46.01, 39.98), 2: (46.04, 39.98), 3: (46.07, 39.985), 4: (46.07, 39.975)}
    ways = [("rail", "tunnel", [1, 2]), ("rail", "tunnel", [2, 3]), ("rail", "tunnel", [2, 4])]
    draped = drape(network_of(ways, places), mountain)
    for edge in range(3):
        distance, heights = joined_profile(draped, [edge])
        assert heights == pytest.approx(straight(distance, heights), abs=0.01)
    assert draped.heights(0)[-1] == draped.heights(1)[0] == draped.heights(2)[0]
    assert 500 < draped.heights(0)[-1] < 800


def test_a_roundabout_on_a_viaduct_hangs_from_the_roads_that_meet_it(mountain):
    ring = {1: (46.035, 39.98), 2: (46.04, 39.985), 3: (46.045, 39.98), 4: (46.04, 39.975)}
    places = {**ring, 5: (46.03, 39.98), 6: (46.05, 39.98)}
    ways = [("road", "bridge", [1, 2, 3, 4, 1]), ("road", "none", [5, 1]), ("road", "none", [3, 6])]
    draped = drape(network_of(ways, places), mountain)
    assert mountain.sample(46.04, 39.985) > 2900
    ring_edges = np.flatnonzero(draped.structure == STRUCTURES.index("bridge")).tolist()
    on_ring = np.concatenate([draped.heights(edge) for edge in ring_edges])
    meets = mountain.sample([46.035, 46.045], [39.98, 39.98])
    assert on_ring.max() == pytest.approx(meets.max(), abs=0.01)
    assert on_ring.min() == pytest.approx(meets.min(), abs=0.01)


def test_a_ring_of_bridges_that_nothing_meets_still_has_heights(mountain):
    places = {1: (46.035, 39.98), 2: (46.04, 39.985), 3: (46.045, 39.98)}
    draped = drape(network_of([("road", "bridge", [1, 2, 3, 1])], places), mountain)
    assert not np.isnan(draped.sample_ele_m).any()


@given(
    cells=st.lists(st.integers(0, 4000), min_size=63, max_size=63),
    bends=st.lists(
        st.tuples(st.floats(46.001, 46.0065), st.floats(39.9945, 39.999)), min_size=2, max_size=9, unique=True
    ),
    cuts=st.sets(st.integers(1, 7)),
    structure=st.sampled_from(structures.STRAIGHT),
    mode=st.sampled_from(["road", "rail"]),
)
def test_law_6_a_structure_climbs_in_a_straight_line_between_its_portals(
    tmp_path_factory, cells, bends, cuts, structure, mode
):
    ele = np.array(cells, dtype=np.float32).reshape(7, 9)
    relief = Relief.open(write_tiff(tmp_path_factory.mktemp("law6") / "any.tif", ele))
    places = dict(enumerate(bends))
    at = [0, *sorted(cut for cut in cuts if cut < len(bends) - 1), len(bends) - 1]
    pieces = [(mode, structure, list(range(a, b + 1))) for a, b in itertools.pairwise(at)]
    network = network_of(pieces, places)
    if network.shape_length_m.min() < 1:
        return
    draped = drape(network, relief)
    distance, heights = joined_profile(draped, range(draped.edge_count))
    assert heights == pytest.approx(straight(distance, heights), abs=0.02)
    ends = np.array([draped.coordinates(0)[0], draped.coordinates(draped.edge_count - 1)[-1]])
    assert heights[[0, -1]] == pytest.approx(relief.sample(ends[:, 0], ends[:, 1]), abs=0.001)


# -- on real ground ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def andorra_relief(shared_data) -> Relief:
    return Relief.open([shared_data / "dem" / "N41E001.hgt.zip", shared_data / "dem" / "N42E001.hgt.zip"])


@pytest.fixture(scope="module")
def andorra(shared_data, andorra_relief) -> Network:
    return drape(read_osm([shared_data / "osm" / "andorra-2013.osm.pbf"]), andorra_relief)


@pytest.mark.parametrize(
    ("place", "lon", "lat", "ele_m"),
    [
        ("Andorra la Vella", 1.5218, 42.5063, 1023),
        ("El Pas de la Casa", 1.7333, 42.5425, 2085),
        ("Port d'Envalira", 1.7192, 42.5401, 2408),
        ("Ordino", 1.5333, 42.5562, 1298),
    ],
)
def test_andorra_has_its_known_heights(andorra_relief, place, lon, lat, ele_m):
    assert andorra_relief.sample(lon, lat) == pytest.approx(ele_m, abs=30), place


def test_andorra_on_both_sides_of_the_seam(andorra_relief):
    lon = np.linspace(1.01, 1.99, 500)
    south, north = (andorra_relief.sample(lon, np.full(500, 42.0 + d)) for d in (-1e-6, 1e-6))
    assert south == pytest.approx(north, abs=0.5)


def test_the_envalira_tunnel_is_straight_under_the_pass(andorra, andorra_relief):
    name = andorra.text["name"].decode()
    tunnel = (name == "Túnel d'Envalira") & (andorra.structure == STRUCTURES.index("tunnel"))
    (edge,) = np.flatnonzero(tunnel).tolist()
    distance, heights = joined_profile(andorra, [edge])
    assert distance[-1] == pytest.approx(2950, rel=0.02)
    assert heights == pytest.approx(straight(distance, heights), abs=0.01)
    points = andorra.coordinates(edge)
    assert andorra_relief.sample(points[:, 0], points[:, 1]).max() - heights.max() > 150


def test_every_andorran_edge_on_the_ground_has_the_ground_s_height(andorra, andorra_relief):
    middle = np.flatnonzero((andorra.structure == STRUCTURES.index("none")) & (np.diff(andorra.vertex_offset) == 2))
    middle = middle[:200]
    ends = [andorra.coordinates(edge) for edge in middle.tolist()]
    for edge, points in zip(middle.tolist(), ends, strict=True):
        share = np.linspace(0, 1, len(andorra.heights(edge)))[:, None]
        along = points[0] + share * (points[1] - points[0])
        assert andorra.heights(edge)[1:-1] == pytest.approx(
            andorra_relief.sample(along[:, 0], along[:, 1])[1:-1], abs=0.1, nan_ok=True
        )


def test_nothing_but_heights_changes(andorra, shared_data):
    bare = read_osm([shared_data / "osm" / "andorra-2013.osm.pbf"])
    stripped = replace(andorra, sample_offset=bare.sample_offset, sample_ele_m=bare.sample_ele_m, meta=bare.meta)
    for name in ("u", "v", "length_m", "vertex_lon_e7", "structure", "status"):
        assert getattr(stripped, name).tobytes() == getattr(bare, name).tobytes()


def test_marks_for_no_data_lie_outside_plausible_heights():
    low, high = tiles.PLAUSIBLE_M
    assert not any(low < mark < high for mark in (-32768, -9999, -500, 32767, 9999))
    assert all(low < height < high for height in (-440, -28, 0, 8849))  # Dead Sea shore, Caspian, sea, Everest
