"""Journeys through the window in real Chromium; the `visit` fixture fails on any complaint or foreign request."""

import re

import pytest
from playwright.sync_api import expect

WIDE = "document.documentElement.scrollWidth > window.innerWidth"


def click_line(page, css: str) -> None:
    """Click the middle of a line on the map, as a pointer would."""
    where = page.evaluate(
        """(css) => {
            const line = document.querySelector(css);
            const point = line.getPointAtLength(line.getTotalLength() / 2).matrixTransform(line.getScreenCTM());
            return [point.x, point.y];
        }""",
        css,
    )
    page.mouse.click(*where)


def test_first_look_shows_every_candidate_as_a_named_line_and_as_a_card(visit, address, study):
    page = visit(address).ready().page
    cards = page.locator(".card")
    expect(cards).to_have_count(len(study.candidates))
    for row, candidate in enumerate(study.candidates.values()):
        expect(cards.nth(row)).to_contain_text(candidate.title, use_inner_text=True)
        expect(page.locator(f"path.candidate.line-{row}")).not_to_have_count(0)
    named = set(page.locator("svg.labels textPath").all_text_contents())
    assert {candidate.title for candidate in study.candidates.values()} <= named
    places = page.locator("svg.labels .place-name:not(.halo)").all_text_contents()
    assert {"Horadiz", "Nakhchivan", "Meghri"} <= set(places)
    expect(page.locator(".margin")).to_contain_text("Facts end on 1\u00a0June 2026", use_inner_text=True)


def test_choosing_a_candidate_shows_its_figures_profile_and_downloads(visit, address):
    page = visit(address).ready().page
    page.get_by_role("link", name="Araxes railway").first.click()
    expect(page).to_have_url(re.compile("route=araxes-rail"))
    detail = page.locator('[data-detail="araxes-rail"]')
    expect(detail).to_be_visible()
    expect(page.locator("#level-list")).to_be_hidden()
    expect(detail.locator("h2")).to_be_focused()
    expect(page.locator("#profile svg.profile")).to_be_visible()
    expect(page.locator("path.candidate.is-faded")).not_to_have_count(0)
    expect(page.locator("path.candidate:not(.is-chosen):not(.is-faded)")).to_have_count(0)
    with page.expect_download() as download:
        detail.get_by_role("link", name="GeoJSON").click()
    assert download.value.suggested_filename == "araxes-rail.geojson"
    page.go_back()
    expect(page.locator("#level-list")).to_be_visible()


def test_clicking_a_segment_says_what_it_is_and_what_governs_it(visit, address):
    page = visit(f"{address}/?route=goris-yeraskh-road").ready().page
    click_line(page, "path.candidate.is-chosen")
    panel = page.locator("#level-segment")
    panel.wait_for()
    expect(page).to_have_url(re.compile(r"segment=goris-yeraskh-road\.\d+"))
    for label in ("Where", "Status", "Length", "Position"):
        expect(panel).to_contain_text(label, use_inner_text=True)
    expect(page.locator("path.candidate.is-segment")).not_to_have_count(0)


def test_a_provision_lights_up_the_segments_that_it_governs(visit, address, app):
    provision = app.test_client().get("/api/provisions/JD2025-3").get_json()
    governed = {segment for entry in provision["routes"] for segment in entry["segments"]}
    page = visit(f"{address}/?route=araxes-rail").ready().page
    page.locator('[data-detail="araxes-rail"] [data-provision="JD2025-3"]').click()
    expect(page).to_have_url(re.compile("provision=JD2025-3"))
    lit = page.evaluate(
        """() => {
            const data = JSON.parse(document.getElementById("sheet-data").textContent);
            const found = new Set();
            for (const route of data.routes) {
                window[`layer_route_${route.row}`]?.eachLayer((layer) => {
                    if (layer.getElement().classList.contains("is-lit")) {
                        found.add(route.segments[layer.feature.properties.segment].id);
                    }
                });
            }
            return [...found];
        }"""
    )
    assert set(lit) == governed
    expect(page.locator("#level-provision")).to_contain_text(provision["status"], use_inner_text=True)


def test_a_provision_that_governs_crossings_alone_marks_them(visit, address, study):
    page = visit(f"{address}/?provision=AP2025-6").ready().page
    governed = {key for entry in study.register.segments_of("AP2025-6", study.routes()) for key in entry["crossings"]}
    assert governed
    expect(page.locator(".leaflet-marker-icon.crossing.is-lit")).to_have_count(len(governed))


def test_an_address_brings_a_colleague_to_the_same_view(visit, address):
    page = visit(f"{address}/?route=araxes-rail&segment=araxes-rail.3").ready().page
    expect(page.locator("#level-segment")).to_be_visible()
    expect(page.locator("path.candidate.is-segment")).not_to_have_count(0)
    nonsense = visit(f"{address}/?route=nowhere&segment=x&provision=__proto__").ready().page
    expect(nonsense.locator("#level-list")).to_be_visible()


def test_the_keyboard_reaches_all_that_the_map_shows(visit, address):
    page = visit(address).ready().page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.locator(".card").first.focus()
    page.keyboard.press("Enter")
    detail = page.locator('[data-detail="araxes-rail"]')
    expect(detail).to_be_visible()
    segment = detail.locator("[data-segment]").first
    segment.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#level-segment")).to_be_visible()
    page.keyboard.press("Escape")
    expect(detail).to_be_visible()
    page.locator("svg.profile").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("svg.profile .cursor text")).to_have_text(re.compile(r"^\d+ km · "))
    expect(page.locator("path.here")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#level-list")).to_be_visible()


def test_no_tile_is_asked_for_until_a_reader_turns_tiles_on(visit, address):
    seen = visit(address).ready()
    asked: list[str] = []

    def answer(route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=204)

    seen.page.route(lambda url: "127.0.0.1" not in url, answer)
    assert asked == []
    with seen.page.expect_request(lambda request: "tile.openstreetmap.org" in request.url):
        seen.page.check("#tiles-switch")
    seen.page.wait_for_timeout(300)
    assert all(url.startswith("https://tile.openstreetmap.org/") for url in asked)
    expect(seen.page.locator("#tile-credit")).to_contain_text("OpenStreetMap contributors", use_inner_text=True)
    seen.requests[:] = [url for url in seen.requests if not url.startswith("https://tile.openstreetmap.org/")]


@pytest.mark.parametrize("path", ["/", "/routes/araxes-rail", "/provisions", "/provisions/JD2025-3", "/about"])
def test_pages_fit_a_phone(visit, address, path):
    page = visit(address + path, 390, 844, has_touch=True).page
    page.wait_for_load_state()
    assert not page.evaluate(WIDE)


def test_the_sheet_on_a_phone_has_three_heights(visit, address):
    page = visit(address, 390, 844, has_touch=True).ready().page
    panel, handle = page.locator("#panel"), page.locator("#handle")
    tops = {}
    for _press in range(3):
        handle.focus()
        page.keyboard.press("Enter")
        tops[panel.get_attribute("data-height")] = panel.bounding_box()["y"]
    assert tops["full"] < tops["half"] < tops["peek"]


def test_dark_and_light_differ_but_candidates_keep_their_colour(visit, address):
    looks = {}
    for scheme in ("light", "dark"):
        page = visit(address, color_scheme=scheme).ready().page
        paper = page.evaluate("getComputedStyle(document.querySelector('.leaflet-container')).backgroundColor")
        line = page.evaluate("getComputedStyle(document.querySelector('path.candidate.line-0')).stroke")
        looks[scheme] = (paper, line)
    assert looks["light"][0] != looks["dark"][0]
    assert looks["light"][1] == looks["dark"][1] == "rgb(0, 114, 178)"


def test_pages_of_a_route_and_a_provision_draw_their_own_map(visit, address):
    page = visit(f"{address}/routes/bichenek-road").ready().page
    expect(page.locator("svg.profile")).to_be_visible()
    expect(page.locator("path.candidate")).not_to_have_count(0)
    page = visit(f"{address}/provisions/JD2025-3").ready().page
    expect(page.locator("path.candidate.is-lit")).not_to_have_count(0)
