"""Hostile texts in every place where a study can hold one: nothing runs, nothing breaks."""

import runpy
from pathlib import Path

import pytest

from routes.study import Study
from web import TileServer, create_app

HOSTILE = runpy.run_path(str(Path(__file__).parent / "hostile.py"))
WORD = HOSTILE["WORD"]
SHOWN = WORD.replace("\u202e", "").replace("\u2028", "")  # marks that cannot be seen are dropped
PAGES = ["/", "/?route=way", "/routes/way", "/provisions", "/provisions/PACT-1", "/about", "/routes/%3Cimg%20src=x%3E"]


@pytest.fixture(scope="module")
def hostile_app(tmp_path_factory):
    """The window on a hostile study, with a hostile tile server."""
    study = Study.open(HOSTILE["write_hostile_study"](tmp_path_factory.mktemp("hostile")))
    return create_app(study, tiles=TileServer("https://tiles.example/{z}/{x}/{y}.png", WORD))


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_hostile_text_as_markup(hostile_app, path):
    page = hostile_app.test_client().get(path).get_data(as_text=True)
    assert "<img" not in page
    assert "<script>window" not in page
    assert "javascript:" not in page.replace("<br>javascript:window.hacked=6", "")
    assert "\u202e" not in page


@pytest.fixture(scope="module")
def hostile_address(hostile_app, serve):
    """Where the hostile study is served."""
    return serve(hostile_app)


@pytest.mark.parametrize("path", PAGES[:-1])
def test_nothing_runs_in_a_browser(visit, hostile_address, path):
    page = visit(hostile_address + path).page
    page.wait_for_timeout(400)
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src='x'], svg[onload]").count() == 0


def test_hostile_names_are_shown_as_they_are_written(visit, hostile_address):
    page = visit(hostile_address).ready().page
    assert SHOWN.split("<")[0].strip() in page.locator(".card").first.inner_text()
    assert "<img" in page.locator(".card").first.inner_text()
    page.locator(".card").first.click()
    page.locator('[data-detail="way"] [data-segment]').first.click()
    assert "<img" in page.locator("#level-segment").inner_text()
    page.locator("#level-segment [data-back]").click()
    page.locator('[data-detail="way"] [data-provision]').first.click()
    assert "<img" in page.locator("#level-provision").inner_text()
    page.locator(".leaflet-marker-icon").first.hover()
    page.mouse.move(700, 300)
    assert page.evaluate("window.hacked") is None
