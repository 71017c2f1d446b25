"""A second study, on ground that has nothing to do with the built-in one: two ways through Andorra."""

import csv
import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from geo.network import Network
from routes import export
from routes.loading import load_network
from routes.metrics import properties
from routes.route import Route
from routes.study import Study
from routes.template import new_study

# The border is made up: a parallel south of Sant Julià de Lòria, so that the way in from Spain has one to pass.
BORDER = 42.445
WEST, SOUTH, EAST, NORTH = AREA = (1.40, 42.42, 1.80, 42.66)
STUDY = f"""\
id = "andorra"
title = "Two ways through Andorra"
facts_until = "2013-05-28"
area = {list(AREA)}

[[crossings]]
id = "runer"
title = "Runer"
mode = "road"
territories = ["ES", "AD"]
near = "southern_road"
radius_m = 2000
status = "open"
dwell_min = {{lorry = [10, 30, 90], car = [2, 10, 45]}}
sources = ["survey"]

[[stretches]]
id = "valley"
title = "Up the valley to the capital"
mode = "road"
from = "southern_road"
via = ["sant_julia"]
to = "andorra_la_vella"

[[stretches]]
id = "pass"
title = "Over the Port d'Envalira"
mode = "road"
from = "andorra_la_vella"
via = ["port_envalira"]
to = "pas_de_la_casa"
territories = ["AD"]

[[stretches]]
id = "tunnel"
title = "Through the Túnel d'Envalira"
mode = "road"
from = "andorra_la_vella"
to = "tunnel_east"
territories = ["AD"]

[[candidates]]
id = "pass-road"
title = "Pass road"
mode = "road"
colour = "#0072B2"
stretches = ["valley", "pass"]
crossings = ["runer"]

[[candidates]]
id = "tunnel-road"
title = "Tunnel road"
mode = "road"
colour = "#D55E00"
stretches = ["valley", "tunnel"]
crossings = ["runer"]

"""
PLACES = """\
id,name_en,name_ca,territory,lon,lat,elev_m,role,size,source,note
southern_road,Southern road,,ES,1.4765,42.4386,,start,3,survey,
sant_julia,Sant Julia de Loria,Sant Julià de Lòria,AD,1.4913,42.4637,,town,2,survey,
andorra_la_vella,Andorra la Vella,,AD,1.5218,42.5063,1023,capital,1,survey,
port_envalira,Port d'Envalira,,AD,1.7192,42.5401,2408,pass,2,survey,
tunnel_east,East portal,,AD,1.73316,42.54679,,end of the tunnel road,,survey,the rest of it lies outside the extract
pas_de_la_casa,Pas de la Casa,El Pas de la Casa,AD,1.7332,42.5449,2085,end,1,survey,
"""


@pytest.fixture(scope="module")
def study(
    shared_data: Path,
    tmp_path_factory: pytest.TempPathFactory,
    make_boundaries: Callable[[Mapping[str, Sequence[Any]], float], str],
) -> Study:
    """The template, made into a study of Andorra; its vehicles and its sources stay as they were."""
    folder = tmp_path_factory.mktemp("studies") / "andorra"
    new_study(folder)
    _head, vehicles, speeds = (folder / "study.toml").read_text(encoding="utf-8").partition("[vehicles.lorry]")
    halves = {"ES": (WEST, SOUTH, EAST, BORDER), "AD": (WEST, BORDER, EAST, NORTH)}
    texts = {
        "study.toml": STUDY + vehicles + speeds,
        "places.csv": PLACES,
        "boundaries.geojson": make_boundaries(halves, 50),
        "works.toml": "",
        "provisions.toml": "",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "network.geojson").unlink()
    return Study.open(folder)


def load(study: Study, shared_data: Path, *tiles: str) -> Network:
    extract = shared_data / "osm" / "andorra-2013.osm.pbf"
    return load_network([extract], study=study, relief=[shared_data / "dem" / f"{tile}.hgt.zip" for tile in tiles])


@pytest.fixture(scope="module")
def over(study: Study, shared_data: Path) -> list[Route]:
    """The pass road and the tunnel road, on OpenStreetMap of 2013 over SRTM tiles."""
    return study.routes(load(study, shared_data, "N41E001", "N42E001"))


def test_both_ways_resolve_from_end_to_end_and_pass_the_border_once(over: list[Route]) -> None:
    for route in over:
        said = properties(route)
        assert said["broken"] is None, said["broken"]
        assert [crossing["id"] for crossing in said["crossings"]] == ["runer"]
        assert said["ends"] == ["ES", "AD"]
        assert said["length_by_territory_m"].keys() == {"ES", "AD"}
        assert sum(said["length_by_territory_m"].values()) == pytest.approx(said["length_m"], abs=0.01)
        assert said["usable_today"]
        assert said["network"]["data_date"] == "2013-05-28"


def test_the_pass_road_reaches_the_height_of_the_pass_and_the_tunnel_road_stays_below(over: list[Route]) -> None:
    over_pass, through = (properties(route) for route in over)
    # The pass lies at 2,408 m; a 3-arc-second cell is some 90 m wide, and heights are smoothed over three of them.
    assert over_pass["highest_m"] == pytest.approx(2408, abs=25)
    low, high = over_pass["highest_range_m"]
    assert low <= 2408 <= high
    assert through["highest_m"] < over_pass["highest_m"] - 200
    assert through["length_by_structure_m"]["tunnel"] > 2900
    assert "Túnel d'Envalira" not in set(over[0].segments["name"])


def test_the_pass_road_climbs_what_lies_above_its_start_and_more_than_the_tunnel_road(over: list[Route]) -> None:
    over_pass, through = (properties(route) for route in over)
    heights = over[0].profile["ele_m"] if over[0].profile else []
    assert over_pass["ascent_m"] - over_pass["descent_m"] == pytest.approx(heights[-1] - heights[0], abs=20)
    assert over_pass["ascent_m"] >= over_pass["highest_m"] - heights[0] - 20
    assert over_pass["ascent_m"] > through["ascent_m"] + 250
    for said in (over_pass, through):
        low, high = said["ascent_range_m"]
        assert low <= said["ascent_m"] <= high
    # The tunnel road hardly descends: where relief cannot tell how much, that is said, and no figure is given.
    assert through["descent_m"] is None
    assert "not known" in through["reasons"]["descent_m"]


def test_slopes_cost_a_lorry_time_and_a_car_less(over: list[Route], study: Study, shared_data: Path) -> None:
    flat = study.routes(load(study, shared_data))
    for steep_route, flat_route in zip(over, flat, strict=True):
        steep, level = properties(steep_route), properties(flat_route)
        assert level["ascent_m"] is None
        assert level["highest_m"] is None
        slower = {v: steep["moving_s"][v]["central"] / level["moving_s"][v]["central"] for v in ("lorry", "car")}
        assert slower["lorry"] > slower["car"] > 1
        assert slower["lorry"] > 1.1


def test_a_way_can_be_asked_for_by_the_names_of_its_own_places(study: Study, over: list[Route]) -> None:
    route = study.plan("sant julia de loria", "El Pas de la Casa", mode="road", network=over[0].network)
    assert route.broken is None
    assert set(route.territory) == {"AD"}
    assert route.length_m.sum() < over[0].length_m.sum()


def test_nothing_of_the_built_in_study_appears(over: list[Route], root: Path) -> None:
    with (root / "data" / "nakhchivan" / "places.csv").open(encoding="utf-8", newline="") as file:
        names = {row["name_en"] for row in csv.DictReader(file)}
    words = {name for name in names if len(name) > 4} | {"AM", "AZ", "AZ-NX", "IR", "Nakhchivan", "TRIPP", "nakhchivan"}
    foreign = re.compile(rf"\b({'|'.join(map(re.escape, sorted(words)))})\b")
    for route in over:
        for fmt in ("geojson", "csv"):
            assert foreign.findall(export.render(route, fmt).decode()) == []
        assert foreign.findall(json.dumps(properties(route), ensure_ascii=False)) == []


def test_the_study_needs_nothing_of_the_built_in_one(study: Study, over: list[Route], tmp_path: Path) -> None:
    moved = Study.open(shutil.copytree(study.folder, tmp_path / "elsewhere"))
    again = moved.routes(over[0].network)
    assert [route.length_m.sum() for route in again] == [route.length_m.sum() for route in over]
