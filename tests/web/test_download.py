"""Each file of each route and view is opened again by what reads such files, and is the same each time."""

import csv
import io
import json
import runpy
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
from defusedxml import ElementTree  # type: ignore[import-untyped]
from PIL import Image
from pypdf import PdfReader

from app import main
from routes.study import Study
from web import create_app
from web.drawing_letters import holds

HOSTILE = runpy.run_path(str(Path(__file__).parent / "hostile.py"))
SVG = "{http://www.w3.org/2000/svg}"
VIEWS = {
    "one route": "route=araxes-rail",
    "all at a date": "as_of=2032",
    "an answer": "from=Goris&to=Kapan&mode=road&alternatives=2",
}
READ_BY_GDAL = ("geojson", "gpkg", "kml", "fgb", "parquet")


@pytest.fixture(scope="module")
def patient(study):
    """A client of an app that waits for slow machines."""
    app = create_app(study, tiles=None)
    app.config["TIME_LIMIT_S"] = None
    return app.test_client()


def take(client, fmt, state):
    """Download a file."""
    response = client.get(f"/download?format={fmt}&{state}")
    assert response.status_code == 200, response.get_data(as_text=True)[:300]
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    return response.get_data()


# -- data ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("fmt", READ_BY_GDAL)
def test_a_gis_opens_it(patient, tmp_path, fmt, state):
    path = tmp_path / f"file.{fmt}"
    path.write_bytes(take(patient, fmt, state))
    table = gpd.read_parquet(path) if fmt == "parquet" else pyogrio.read_dataframe(path, layer=0)
    assert (
        len(table)
        == {"one route": 9, "all at a date": 6, "an answer": 2}[
            next(key for key, value in VIEWS.items() if value == state)
        ]
    )
    assert table.geometry.notna().all()


@pytest.mark.parametrize("state", VIEWS.values(), ids=VIEWS)
def test_gpx_holds_a_track_for_each_route_and_each_crossing_once(patient, state):
    document = ElementTree.fromstring(take(patient, "gpx", state))
    space = {"g": "http://www.topografix.com/GPX/1/1"}
    routes = json.loads(take(patient, "geojson", state))["features"]
    tracks = document.findall("g:trk", space)
    assert len(tracks) == (1 if state == VIEWS["one route"] else len(routes))
    assert all(len(track.findall(".//g:trkpt", space)) > 1 for track in tracks)
    points = [(p.get("lat"), p.get("lon")) for p in document.findall("g:wpt", space)]
    assert len(points) == len(set(points))
    assert next(iter(document)).tag.endswith("}metadata")


@pytest.mark.parametrize("state", VIEWS.values(), ids=VIEWS)
def test_csv_has_a_row_for_each_feature(patient, state):
    rows = list(csv.DictReader(io.StringIO(take(patient, "csv", state).decode())))
    assert len(rows) == len(json.loads(take(patient, "geojson", state))["features"])


def test_a_file_is_named_after_what_it_shows_and_its_date(patient):
    def name(state):
        return patient.get(f"/download?format=csv&{state}").headers["Content-Disposition"].partition("filename=")[2]

    assert name("route=araxes-rail") == '"araxes-rail_2026-06-01.csv"'
    assert name("as_of=2032&route=araxes-rail") == '"araxes-rail_as-of-2032-12-31.csv"'
    assert name("from=Goris&to=Kapan&mode=road") == '"goris-kapan-road_2026-06-01.csv"'
    assert name("") == '"nakhchivan_2026-06-01.csv"'


# -- maps ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", VIEWS.values(), ids=VIEWS)
def test_the_drawn_map_is_xml_that_says_what_it_shows(patient, state):
    document = ElementTree.fromstring(take(patient, "svg", state))
    assert document.get("width") == "297.00mm"
    texts = " ".join("".join(element.itertext()) for element in document.iter(f"{SVG}text"))
    assert "Horadiz" in texts or "Goris" in texts
    assert "© OpenStreetMap contributors" in texts or "(c) OpenStreetMap contributors" in texts
    assert "delimitation in progress" in texts
    assert "Facts end on" in texts
    assert "1:" in texts  # the scale
    assert "http://localhost/" in texts  # the way back


def test_a_map_asks_for_nothing(patient):
    text = take(patient, "svg", "route=araxes-rail").decode()
    document = ElementTree.fromstring(text)
    addresses = [value for e in document.iter() for key, value in e.attrib.items() if key.endswith("href")]
    assert addresses
    assert all(address.startswith(("data:", "#")) for address in addresses)
    assert "@import" not in text
    assert "url(http" not in text


def test_a_picture_has_the_size_of_its_paper(patient):
    picture = Image.open(io.BytesIO(take(patient, "png", "route=araxes-rail&dpi=150")))
    assert picture.size == pytest.approx((1754, 1240), abs=1)
    assert picture.info["dpi"][0] == pytest.approx(150, abs=0.1)
    # The candidate's own colour is there, and more than a hairline of it.
    assert (np.asarray(picture.convert("RGB")) == (0x00, 0x72, 0xB2)).all(axis=2).sum() > 1000


def test_letters_of_all_scripts_are_in_the_fonts():
    assert holds("Naxçıvan Ağbənd Մեղրի Ղափան ნახიჭევანი جلفا Нахичевань 1 234\u202fkm − → °")


def test_local_names_are_letters_and_not_boxes(patient):
    document = ElementTree.fromstring(take(patient, "svg", "route=araxes-rail"))
    texts = ["".join(element.itertext()) for element in document.iter(f"{SVG}text")]
    assert "Մեղրի" in texts
    assert "Naxçıvan" in texts


# -- briefs ----------------------------------------------------------------------------------------------------------


def test_a_brief_holds_what_a_meeting_needs(patient):
    reader = PdfReader(io.BytesIO(take(patient, "pdf", "route=araxes-rail")))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for wanted in (
        "Araxes railway",
        "252 km",
        "no crossing exists",
        "Washington Joint Declaration, point 3",
        "In force as a political commitment",
        "Facts end on",
        "1 June 2026",
        "delimitation in progress",
        "http://localhost/?route=araxes-rail",
        "ODbL 1.0",
    ):
        assert wanted in text, wanted
    assert len(reader.pages) > 3
    last = reader.pages[-1].mediabox
    assert last.width > last.height  # the map over a whole sheet


def test_a_brief_of_a_view_sets_its_routes_side_by_side(patient):
    text = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(take(patient, "pdf", "as_of=2032"))).pages)
    for title in ("Araxes railway", "Araxes road", "Bichenek road"):
        assert title in text
    assert "2032-12-31" in text


# -- the same each time ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fmt", ["svg", "png", "pdf", "html", "gpx", "gpkg", "kml"])
def test_the_same_view_gives_the_same_bytes(study, patient, fmt):
    state = "route=araxes-rail&as_of=2032&dpi=150"
    other = create_app(study, tiles=None)
    other.config["TIME_LIMIT_S"] = None
    assert take(patient, fmt, state) == take(other.test_client(), fmt, state)


# -- what cannot be taken away ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "status", "said"),
    [
        ("format=docx", 400, "there is no format"),
        ("format=csv&route=nowhere", 404, "there is no route"),
        ("format=csv&as_of=tomorrow", 400, "tomorrow"),
        ("format=csv&from=Goris&to=Atlantis", 400, "Atlantis"),
        ("format=png&paper=a0", 400, "there is no paper"),
        ("format=png&dpi=9000", 400, "dpi"),
        ("format=csv&from=Goris&to=Nakhchivan&mode=road", 404, "there is no way"),
    ],
)
def test_a_file_never_passes_for_what_it_is_not(patient, state, status, said):
    page = patient.get(f"/download?{state}")
    assert page.status_code == status
    assert page.mimetype == "text/html"
    problem = patient.get(f"/api/download?{state}")
    assert problem.status_code == status
    assert problem.mimetype == "application/problem+json"
    assert said in problem.get_json()["detail"]


def test_the_menu_offers_every_format_of_the_view(patient):
    page = patient.get("/routes/araxes-rail").get_data(as_text=True)
    for fmt in ("pdf", "png", "svg", "html", "geojson", "gpkg", "csv", "kml", "gpx", "fgb", "parquet"):
        assert f"/download?format={fmt}&amp;route=araxes-rail" in page
    assert "/download?format=pdf&amp;as_of=2032" in patient.get("/?as_of=2032").get_data(as_text=True)


# -- hostile names ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A client of an app on a study whose every text tries to run something."""
    folder = HOSTILE["write_hostile_study"](tmp_path_factory.mktemp("hostile"))
    app = create_app(Study.open(folder), tiles=None)
    app.config["TIME_LIMIT_S"] = None
    return app.test_client()


def test_hostile_names_stay_text_in_a_drawing(hostile):
    document = ElementTree.fromstring(take(hostile, "svg", "route=way"))
    tags = {element.tag.rpartition("}")[2] for element in document.iter()}
    assert not tags & {"script", "img", "foreignObject", "iframe"}
    assert not [key for element in document.iter() for key in element.attrib if key.lower().startswith("on")]
    assert "<img" in "".join(document.itertext())  # written as it was given


@pytest.mark.parametrize("fmt", ["png", "pdf", "kml", "gpx", "gpkg", "geojson", "csv"])
def test_hostile_names_break_no_file(hostile, fmt):
    content = take(hostile, fmt, "route=way&dpi=150")
    if fmt == "pdf":
        reader = PdfReader(io.BytesIO(content))
        assert "/JavaScript" not in str(reader.trailer["/Root"])
        assert "hacked" in reader.pages[0].extract_text()
    elif fmt in {"kml", "gpx"}:
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(content).iter()}
        assert not tags & {"script", "img", "svg"}
    else:
        assert len(content) > 500


def test_an_offline_map_opens_from_a_disk_and_asks_for_nothing(patient, browser, tmp_path):
    for number, state in enumerate(VIEWS.values()):
        path = tmp_path / f"map{number}.html"
        path.write_bytes(take(patient, "html", state))
        seen = _opened(browser, path)
        assert seen["requests"] == [path.as_uri()]
        assert seen["complaints"] == []
        assert seen["lines"] > 0


def test_nothing_runs_in_a_hostile_offline_map(hostile, browser, tmp_path):
    path = tmp_path / "hostile.html"
    path.write_bytes(take(hostile, "html", "route=way"))
    seen = _opened(browser, path, click=".crossing")
    assert seen["hacked"] is None
    assert seen["requests"] == [path.as_uri()]
    assert seen["complaints"] == []
    assert "<img" in seen["text"]


def _opened(browser, path, click=None):
    page = browser.new_page()
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(path.as_uri())
    page.wait_for_selector("body[data-ready]")
    if click:
        page.locator(click).first.click(force=True)
    found = {
        "hacked": page.evaluate("window.hacked ?? null"),
        "lines": page.locator("#map path.leaflet-interactive").count(),
        "text": page.locator("body").inner_text(),
        "requests": [url for url in requests if not url.startswith("data:")],
        "complaints": complaints,
    }
    page.close()
    return found


# -- on the command line ---------------------------------------------------------------------------------------------


def test_the_command_line_draws_the_same_map(tmp_path):
    path = tmp_path / "map.svg"
    assert main(["export", "araxes-rail", "--format", "svg", "-o", str(path)]) == 0
    texts = " ".join(ElementTree.fromstring(path.read_bytes()).itertext())
    assert "Araxes railway" in texts
    assert "This view, as a page" not in texts  # nobody serves it


def test_a_picture_is_not_printed_into_a_terminal(capsys):
    assert main(["export", "araxes-rail", "--format", "png"]) == 2
    assert "binary" in capsys.readouterr().err
