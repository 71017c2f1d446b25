"""Hostile texts in every place where a study can hold one: nothing runs, nothing breaks."""

import csv
import io
import json
import re
import runpy
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import expect

from routes.study import Study
from web import TileServer, create_app

HOSTILE = runpy.run_path(str(Path(__file__).parent / "hostile.py"))
WORD = HOSTILE["WORD"]
UNSEEN = "\u202e\u2067\u200f\u2028"  # marks that cannot be seen are dropped
SHOWN = WORD.translate(dict.fromkeys(map(ord, UNSEEN)))
TYPED = quote("<img src=x onerror=window.hacked=7>\"'`${window.hacked=8}\u202e")
PAGES = [
    "/",
    "/?lang=hy",
    "/?route=way",
    "/?route=way&crossing=gate",
    "/?provision=PACT-1",
    "/?scenario=shut",
    "/?close=stretch:west&vs=1",
    "/?from=a&to=b&mode=road&through=any&alternatives=2",
    "/?from=a&to=b&mode=road&through=any&route=best",
    "/compare",
    "/compare?baseline=way&scenario=shut",
    "/routes/way",
    "/routes/way?lang=az",
    "/provisions",
    f"/provisions?q={TYPED}",
    "/provisions/PACT-1",
    "/about",
    "/about?lang=hy",
    f"/?route={TYPED}&from={TYPED}&to={TYPED}&mode={TYPED}&close={TYPED}&scenario={TYPED}&hide={TYPED}&lang={TYPED}",
    f"/compare?routes={TYPED}&baseline={TYPED}&weights={TYPED}&sort={TYPED}",
    f"/provisions/{TYPED}",
    f"/routes/{TYPED}",
]


@pytest.fixture(scope="module")
def hostile_app(tmp_path_factory):
    """The window on a hostile study, with a hostile tile server."""
    study = Study.open(HOSTILE["write_hostile_study"](tmp_path_factory.mktemp("hostile")))
    return create_app(study, tiles=TileServer("https://tiles.example/{z}/{x}/{y}.png", WORD))


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_hostile_text_as_markup(hostile_app, path):
    page = hostile_app.test_client().get(path).get_data(as_text=True)
    assert "<img src" not in page.replace('<img class="chart-picture" src', "")
    assert "<script>window" not in page
    assert "<svg onload" not in page
    assert not re.search(r"""(href|src|action)=["']?\s*javascript:""", page, re.IGNORECASE)
    assert not set(UNSEEN) & set(page)


@pytest.fixture(scope="module")
def hostile_address(hostile_app, serve):
    """Where the hostile study is served."""
    return serve(hostile_app)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_runs_in_a_browser(open_calmly, hostile_address, path):
    page = open_calmly(hostile_address + path)
    for unfolded in page.locator("details:not([open]) > summary").all():
        if unfolded.is_visible():
            unfolded.click()
    for mark in page.locator(".leaflet-marker-icon").all():
        if mark.is_visible():
            mark.hover(force=True)
    page.wait_for_timeout(200)
    assert page.evaluate("window.hacked") is None
    expect(page.locator("img[src='x'], svg[onload], [onerror]")).to_have_count(0)


@pytest.fixture
def open_calmly(visit):
    """A function that opens an address; a page that says 404 or 400 complains of nothing else."""

    def open_page(url):
        seen = visit(url).settled()
        seen.complaints[:] = [text for text in seen.complaints if "status of 40" not in text]
        return seen.page

    return open_page


def test_a_name_from_right_to_left_leaves_the_figure_behind_it_where_it_stands(visit, hostile_address):
    page = visit(hostile_address).ready().page
    title, figure = page.locator(".card-title b").first, page.locator(".card-length").first
    title.evaluate("(element) => { element.textContent = '\u05d0\u05d1\u05d2 7'; }")
    left, right = title.bounding_box(), figure.bounding_box()
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] <= right["x"]


def test_hostile_names_are_shown_as_they_are_written(visit, hostile_address):
    page = visit(hostile_address).ready().page
    expect(page.locator(".card").first).to_contain_text(SHOWN.split("<")[0].strip(), use_inner_text=True)
    expect(page.locator(".card").first).to_contain_text("<img", use_inner_text=True)
    page.locator(".card").first.click()
    page.locator('[data-detail="way"] [data-segment]').first.click()
    expect(page.locator("#level-segment")).to_contain_text("<img", use_inner_text=True)
    page.locator("#level-segment [data-back]").click()
    page.locator('[data-detail="way"] [data-provision]').first.click()
    expect(page.locator("#level-provision")).to_contain_text("<img", use_inner_text=True)
    page.locator(".leaflet-marker-icon").first.hover()
    page.mouse.move(700, 300)
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize("fmt", ["html", "svg"])
def test_nothing_runs_in_what_a_reader_takes_away(browser, hostile_app, tmp_path, fmt):
    answer = hostile_app.test_client().get(f"/download?format={fmt}&route=way")
    assert answer.status_code == 200
    path = tmp_path / f"way.{fmt}"
    path.write_bytes(answer.data)
    context = browser.new_context(bypass_csp=True)  # nothing may run even where no policy holds it back
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_timeout(500)
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.querySelectorAll(\"img[src='x'], svg[onload], [onerror]\").length") == 0
    context.close()


@pytest.mark.parametrize("fmt", ["geojson", "kml", "gpx", "csv"])
def test_files_of_a_hostile_study_can_be_read(hostile_app, fmt):
    content = hostile_app.test_client().get(f"/download?format={fmt}&route=way").get_data(as_text=True)
    if fmt == "geojson":
        assert json.loads(content)["features"]
    elif fmt == "csv":
        rows = list(csv.reader(io.StringIO(content)))
        assert len({len(row) for row in rows if row and not row[0].startswith("#")}) == 1
    else:
        assert len(list(ET.fromstring(content).iter())) > 5  # noqa: S314 -- our own file


def test_lines_of_a_hostile_network_say_what_they_are_and_run_nothing(visit, hostile_address):
    page = visit(f"{hostile_address}/?network=1").ready().page
    page.wait_for_load_state("networkidle")
    box = page.locator("#sheet, .leaflet-container").first.bounding_box()
    assert box is not None
    for share in (0.3, 0.4, 0.5, 0.6):
        page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.5)
        page.wait_for_timeout(150)
    assert page.evaluate("window.hacked") is None
