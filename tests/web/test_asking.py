"""Journeys through the map page's questions in real Chromium; `visit` fails on any complaint or foreign request."""

import re

import pytest
from playwright.sync_api import expect


def settle(page, part: str, text: str) -> None:
    """Wait until a part of the page says something."""
    page.locator(f'[data-part="{part}"]', has_text=text).wait_for(state="attached")


def slide_to(page, year: int) -> None:
    """Move the slider as the keyboard does."""
    slider = page.locator("#year")
    slider.focus()
    for _step in range(20):
        now = int(slider.input_value())
        if now == year:
            return
        slider.press("ArrowRight" if now < year else "ArrowLeft")


def test_a_question_is_answered_with_ways_that_are_drawn_listed_and_explained(visit, address):
    page = visit(address).ready().page
    page.get_by_text("Ask for a way of your own").click()
    for name, typed, wanted in (("From", "Գորիս", "Goris"), ("To", "megri", "")):
        field = page.get_by_role("combobox", name=name, exact=True)
        field.fill(typed)
        if wanted:
            page.locator("[role=option]").first.wait_for()
            field.press("ArrowDown")
            field.press("Enter")
            expect(field).to_have_value(wanted)
    page.get_by_role("combobox", name="To", exact=True).fill("meghri")
    page.get_by_label("How many ways").select_option("2")
    page.get_by_role("button", name="Find ways").click()
    settle(page, "answer", "Goris to Meghri")
    expect(page).to_have_url(re.compile("from=goris"))
    expect(page).to_have_url(re.compile("alternatives=2"))
    ways = page.locator('[data-part="answer"] .card')
    expect(ways).to_have_count(2)
    for way in ways.all():
        expect(way.locator(".card-says")).to_contain_text(re.compile(r"\d+\skm through Armenia"), use_inner_text=True)
    expect(page.locator("path.candidate.line-6")).not_to_have_count(0)
    expect(page.locator("path.candidate.line-7")).not_to_have_count(0)
    ways.first.click()
    expect(page).to_have_url(re.compile("route=way-1"))
    expect(page.locator('[data-detail="way-1"]')).to_be_visible()
    expect(page.locator("#profile svg.profile")).to_be_visible()


def test_where_there_is_no_way_the_page_says_why_and_what_would_be_allowed(visit, address):
    page = visit(f"{address}/?from=horadiz&to=nakhchivan").ready().page
    answer = page.locator('[data-part="answer"]')
    expect(answer).to_contain_text("There is no way", use_inner_text=True)
    expect(answer).to_contain_text("The nearest that would be allowed")
    answer.get_by_role("link", name=re.compile("Pass crossings")).click()
    page.locator('[data-part="answer"] .card').wait_for()
    expect(page).to_have_url(re.compile("through=any"))
    page.go_back()
    settle(page, "answer", "There is no way")


def test_a_closure_by_clicking_a_segment_asks_again(visit, address):
    page = visit(f"{address}/?from=goris&to=kapan&route=way-1").ready().page
    figure = page.locator('[data-detail="way-1"] .cell').first
    before = figure.text_content()
    where = page.evaluate(
        """() => {
            const line = document.querySelector("path.candidate.is-chosen");
            const point = line.getPointAtLength(line.getTotalLength() / 2).matrixTransform(line.getScreenCTM());
            return [point.x, point.y];
        }"""
    )
    page.mouse.click(*where)
    page.get_by_role("button", name=re.compile("^Close .* and ask again")).click()
    settle(page, "problem", "closed:")
    expect(page).to_have_url(re.compile("close="))
    expect(figure).not_to_have_text(before)
    page.keyboard.press("Escape")
    page.locator("[data-reopen]").first.click()
    page.locator("[data-reopen]").wait_for(state="detached")
    expect(page).not_to_have_url(re.compile("close="))


def test_sliding_the_date_shows_the_network_of_each_year_and_says_so(visit, address):
    page = visit(address).ready().page
    slide_to(page, 2030)
    settle(page, "when", "2030")
    expect(page).to_have_url(re.compile("as_of=2030"))
    expect(page.locator('[data-part="when"]')).to_contain_text("Araxes railway", use_inner_text=True)
    expect(page.locator("path.candidate.line-0.st-construction")).to_have_count(0)
    expect(page.locator("#year")).to_have_attribute("aria-valuetext", "end of 2030")
    page.get_by_text("When each way becomes whole").click()
    expect(page.locator(".wholes")).to_contain_text("2030 (2028–2034), assumed", use_inner_text=True)
    slide_to(page, 2025)
    settle(page, "when", "Today")
    expect(page).not_to_have_url(re.compile("as_of"))
    expect(page.locator("path.candidate.line-0.st-construction")).not_to_have_count(0)


def test_on_a_phone_the_slider_is_at_hand_whatever_the_panel_shows(visit, address):
    page = visit(f"{address}/?route=araxes-rail", 390, 844, has_touch=True).ready().page
    detail = page.locator('[data-detail="araxes-rail"]')
    expect(detail).to_be_visible()
    page.locator("#slot-time > summary").click()
    slide_to(page, 2030)
    settle(page, "when", "2030")
    expect(page).to_have_url(re.compile("as_of=2030"))
    expect(page.locator("#year")).to_be_focused()
    expect(page.locator("#year")).to_be_in_viewport()
    expect(detail).to_be_visible()


def test_two_states_are_compared_in_words_and_take_turns_on_the_map(visit, address):
    page = visit(address).ready().page
    page.get_by_role("button", name="Compare with another state").click()
    page.locator(".differences").wait_for()
    slide_to(page, 2030)
    settle(page, "differences", "Araxes railway: it can be used here, and not there")
    for part in ("vs=1", "as_of=2030"):
        expect(page).to_have_url(re.compile(rf"[?&]{part}(&|$)"))
    page.get_by_role("button", name="Show A on the map").click()
    settle(page, "differences", "Araxes railway: it cannot be used here, but there")
    expect(page).to_have_url(re.compile("vs_as_of=2030"))
    page.get_by_role("button", name="Stop comparing").click()
    page.locator(".differences").wait_for(state="detached")
    expect(page).not_to_have_url(re.compile("vs"))


def test_an_address_holds_the_whole_state_and_the_server_renders_it(visit, address, app):
    state = "?scenario=snow&from=goris&to=meghri&alternatives=2&route=way-2&hide=rail"
    html = app.test_client().get(f"/{state}").get_data(as_text=True)
    assert re.search(r'data-detail="way-2">', html), "the chosen way is not hidden before any script runs"
    page = visit(f"{address}/{state}").ready().page
    expect(page.locator('[data-detail="way-2"]')).to_be_visible()
    expect(page.locator("#scenario")).to_have_value("snow")
    expect(page.locator("path.candidate.line-0").first).to_be_hidden()
    expect(page.locator('[data-hide="rail"]')).not_to_be_checked()
    expect(page.locator('[data-part="when"]')).to_contain_text("Snow closes", use_inner_text=True)
    assert not [
        url
        for url in page.evaluate("performance.getEntriesByType('resource').map(({name}) => name)")
        if "/api/view?" in url
    ]


def test_back_and_forward_go_through_the_states(visit, address):
    page = visit(address).ready().page
    page.locator("#scenario").select_option("snow")
    settle(page, "when", "Snow")
    page.locator(".card").nth(1).click()
    page.go_back()
    expect(page.locator("#level-list")).to_be_visible()
    page.go_back()
    settle(page, "when", "Today")
    expect(page.locator("#scenario")).to_have_value("")
    page.go_forward()
    settle(page, "when", "Snow")
    expect(page.locator("#scenario")).to_have_value("snow")


def test_choke_points_are_listed_and_marked(visit, address):
    page = visit(f"{address}/?route=araxes-road").ready().page
    page.get_by_role("button", name="Find what closing each piece would cost").locator("visible=true").click()
    rows = page.locator('[data-detail="araxes-road"] [data-choke]')
    rows.first.wait_for()
    expect(rows.first).to_contain_text("No way round", use_inner_text=True)
    expect(page.locator("path.choke")).to_have_count(rows.count())
    rows.first.focus()
    expect(page.locator("path.choke.is-lit")).to_have_count(1)
    expect(page).to_have_url(re.compile("choke=1"))


def test_the_keyboard_reaches_in_a_list_all_that_can_be_clicked_on_the_map(visit, address):
    page = visit(address).ready().page
    page.get_by_text("Everything on the map, as a list").focus()
    page.keyboard.press("Enter")
    twin = page.locator(".twin")
    data = page.evaluate("JSON.parse(document.getElementById('sheet-data').textContent)")
    listed = set(twin.locator("[data-segment]").evaluate_all("(rows) => rows.map((row) => row.dataset.segment)"))
    assert listed == {segment["id"] for route in data["routes"] for segment in route["segments"]}
    crossings = twin.locator("[data-crossing]")
    expect(crossings).to_have_count(len(data["crossings"]))
    twin.locator("summary").last.click()
    crossings.first.focus()
    expect(page.locator(".leaflet-marker-icon.crossing.is-lit")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#level-crossing")).to_be_visible()
    expect(page.locator("#level-crossing h2")).to_contain_text(data["crossings"][0]["title"], use_inner_text=True)
    expect(page).to_have_url(re.compile("crossing="))
    page.keyboard.press("Escape")
    expect(page.locator("#level-list")).to_be_visible()


def test_the_map_gives_a_place_where_it_is_clicked(visit, address):
    page = visit(address).ready().page
    page.get_by_text("Ask for a way of your own").click()
    page.get_by_role("button", name="On the map").first.click()
    expect(page.locator("#picking")).to_contain_text("Click the map where the way begins", use_inner_text=True)
    box = page.locator("#frame").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    where = page.get_by_role("combobox", name="From", exact=True)
    expect(where).to_have_value(re.compile(r"^4\d\.\d{4},\d\d\.\d{4}$"))
    expect(page.locator("#picking")).to_be_hidden()


@pytest.mark.parametrize(
    "query",
    [
        "as_of=soon",
        "from=nowhere&to=goris",
        "scenario=none",
        "close=nothing",
        "alternatives=9&from=a&to=b",
        "mode=air&from=goris&to=kapan",
    ],
)
def test_what_cannot_be_answered_is_said_and_the_rest_is_shown(client, query):
    answer = client.get(f"/?{query}")
    assert answer.status_code == 200
    html = answer.get_data(as_text=True)
    assert 'role="alert"' in html
    assert html.count('class="card line-') >= 6


def test_a_line_of_the_whole_network_is_opened_by_its_address_and_can_be_closed(visit, address):
    page = visit(f"{address}/?network=1&line=0").ready().page
    line = page.locator("#level-line")
    line.locator("h2").wait_for()
    expect(line).to_contain_text("Length", use_inner_text=True)
    expect(page.locator("#network-switch")).to_be_checked()
    line.get_by_role("button", name=re.compile("^Close .* and ask again")).click()
    settle(page, "problem", "closed:")
    expect(page).to_have_url(re.compile("close=edge:0"))


def test_the_link_that_is_copied_shows_a_colleague_the_same(visit, address):
    page = visit(f"{address}/?as_of=2030", permissions=["clipboard-read", "clipboard-write"]).ready().page
    page.locator(".card").first.click()
    page.get_by_role("button", name="Copy link").click()
    page.locator("#copy-says", has_text="The link is copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url
    colleague = visit(link).ready().page
    heading = "#panel .level:visible h2"
    expect(colleague.locator(heading)).to_have_text(page.locator(heading).inner_text(), use_inner_text=True)
    expect(colleague.locator("#year")).to_have_value("2030")


def test_a_server_that_is_silent_leaves_the_page_as_it_was_and_says_so(visit, address):
    seen = visit(address).ready()
    page = seen.page
    page.route("**/api/view?*", lambda route: route.fulfill(status=500, json={"detail": "out of order"}))
    page.locator("#scenario").select_option("snow")
    page.locator("#busy", has_text="out of order").wait_for()
    expect(page.locator(".card")).to_have_count(6)
    seen.complaints[:] = [text for text in seen.complaints if "500" not in text]
