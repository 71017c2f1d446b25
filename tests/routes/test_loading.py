"""OSM files become a network of the study, or are refused with one sentence."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio

from geo.errors import InputError
from routes.loading import load_network, require_area, summary
from routes.study import Study

OSM = """\
<osm version="0.6">
  <node id="1" lon="{west}" lat="{lat}"/>
  <node id="2" lon="{east}" lat="{lat}"/>
  <node id="3" lon="{east}" lat="{north}"/>
  <way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>
  <way id="2"><nd ref="2"/><nd ref="3"/><tag k="disused:railway" v="rail"/></way>
</osm>
"""


@pytest.fixture
def osm_file(write: Callable[[str, str], Path]) -> Callable[..., Path]:
    """A function that writes a road along a parallel and a disused railway northward from its end."""

    def make(west: float = 10.4, east: float = 10.6, lat: float = 40.2, name: str = "made.osm") -> Path:
        return write(name, OSM.format(west=west, east=east, lat=lat, north=lat + 0.1))

    return make


def test_a_file_is_split_at_the_studys_borders(osm_file: Callable[..., Path], corridor: Study) -> None:
    network = load_network([osm_file()], study=corridor, data_date="2026-01-01")
    assert sorted(network.text["territory"].decode()) == ["ONE", "TWO", "TWO"]
    assert network.data_date == "2026-01-01"
    assert network.meta["boundaries"]["id"] == "made-up"
    assert not network.has_relief


def test_without_a_study_there_are_no_territories_unless_boundaries_are_given(
    osm_file: Callable[..., Path], corridor_folder: Path
) -> None:
    plain = load_network([osm_file()])
    assert set(plain.text["territory"].decode()) == {""}
    given = load_network([osm_file()], boundaries=corridor_folder / "boundaries.geojson")
    assert set(given.text["territory"].decode()) == {"ONE", "TWO"}


def test_relief_that_is_given_is_draped(osm_file: Callable[..., Path], tmp_path: Path) -> None:
    path = tmp_path / "relief.tif"
    profile = {"driver": "GTiff", "width": 20, "height": 20, "count": 1, "dtype": "int16", "crs": "EPSG:4326"}
    with rasterio.open(path, "w", transform=rasterio.Affine(0.025, 0, 10.3, 0, -0.025, 40.5), **profile) as file:
        file.write(np.full((1, 20, 20), 700, dtype=np.int16))
    network = load_network([osm_file()], relief=[path])
    assert set(network.sample_ele_m.tolist()) == {700.0}


def test_several_files_load_as_one_network(osm_file: Callable[..., Path], corridor: Study) -> None:
    twice = load_network([osm_file(), osm_file(name="again.osm")], study=corridor)
    assert twice.edge_count == 3


@pytest.mark.parametrize(
    ("corner", "advice"),
    [
        ({"west": 24.9, "east": 25.0, "lat": 60.2}, "give a file of that area, or name another study"),
        ({"west": 40.2, "east": 40.3, "lat": 10.4}, "its longitudes and latitudes look swapped"),
    ],
)
def test_a_file_of_another_place_is_refused(
    osm_file: Callable[..., Path], corridor: Study, corner: dict[str, float], advice: str
) -> None:
    with pytest.raises(InputError, match="outside the area of the study made-up") as refusal:
        load_network([osm_file(**corner)], study=corridor)
    assert advice in str(refusal.value)


def test_a_network_that_reaches_into_the_area_is_taken(osm_file: Callable[..., Path], corridor: Study) -> None:
    require_area(load_network([osm_file(west=10.9, east=30.0)]), corridor)


def test_the_summary_adds_up_kilometres_by_mode_status_and_territory(
    osm_file: Callable[..., Path], corridor: Study
) -> None:
    network = load_network([osm_file()], study=corridor)
    table = summary(network)
    assert list(table) == [("road", "open"), ("rail", "disused")]
    assert all(list(row) == ["ONE", "TWO", "total"] for row in table.values())
    assert table["road", "open"]["ONE"] == pytest.approx(table["road", "open"]["TWO"])
    assert sum(row["total"] for row in table.values()) == pytest.approx(network.length_m.sum() / 1000)


def test_a_network_on_the_studys_own_relief_names_where_that_comes_from(
    osm_file: Callable[..., Path],
) -> None:
    study = Study.open("nakhchivan")
    network = load_network([osm_file(west=46.0, east=46.2, lat=39.0)], study=study)
    assert network.meta["relief"]["source"] == "NOAA GLOBE"
    assert network.meta["relief"]["title"] == study.network().meta["relief"]["title"]
