"""Journeys in real Chromium: compare ways, look through the register; nothing leaves the host, nothing needs eval."""

import re

import pytest
from playwright.sync_api import expect

WIDE = "document.documentElement.scrollWidth > window.innerWidth"


@pytest.fixture(scope="module", autouse=True)
def warm(app) -> None:
    """Let the first comparison of a process, which takes seconds, be no part of a journey."""
    client = app.test_client()
    assert any(client.get("/compare?baseline=araxes-rail").status_code == 200 for _attempt in range(5))


def columns(page) -> list[str]:
    heads = page.locator(".figures-table thead th[data-route]")
    found: list[str] = heads.evaluate_all("(all) => all.map((th) => th.dataset.route)")
    return found


def drawn(page) -> None:
    page.wait_for_selector("body[data-ready]")


def test_the_charts_are_drawn_under_the_strict_policy(visit, address):
    seen = visit(f"{address}/compare?baseline=araxes-rail")
    page = seen.page
    drawn(page)
    charts = page.locator(".drawing").count()
    assert charts >= 8
    expect(page.locator(".canvas svg.marks")).to_have_count(charts)
    expect(page.locator(".canvas .waiting")).to_have_count(0)
    expect(page.locator("#ranks .canvas svg")).to_have_attribute("aria-label", re.compile("^How often each way comes"))
    policy = page.request.get(f"{address}/compare").headers["content-security-policy"]
    assert "unsafe" not in policy
    page.locator("#pareto .canvas").scroll_into_view_if_needed()
    box = page.locator("#pareto .canvas .mark-symbol path").last.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector("#vg-tooltip-element.visible")
    expect(page.locator("#vg-tooltip-element")).to_contain_text("km", use_inner_text=True)


def test_charts_follow_the_page_into_the_dark_and_onto_paper(visit, address):
    words = "getComputedStyle(document.querySelector('#ranks .canvas text[text-anchor=start]')).fill"
    inks = set()
    for scheme in ("light", "dark"):
        page = visit(f"{address}/compare", color_scheme=scheme).page
        drawn(page)
        inks.add(page.evaluate(words))
    assert len(inks) == 2
    page.emulate_media(media="print")
    assert page.evaluate(words) in inks
    assert page.evaluate("getComputedStyle(document.querySelector('#ask')).display") == "none"


def test_the_table_is_sorted_with_the_keyboard_and_the_address_says_how(visit, address, study):
    page = visit(f"{address}/compare").page
    drawn(page)
    assert columns(page) == list(study.candidates)
    button = page.get_by_role("button", name="To build or rebuild")
    button.focus()
    page.keyboard.press("Enter")
    heading = page.locator("th[aria-sort]")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    smallest_first = columns(page)
    assert (smallest_first[0], smallest_first[-1]) == ("goris-yeraskh-road", "araxes-rail")
    expect(page).to_have_url(re.compile("sort=to_build_m"))
    expect(page.locator("#working")).to_contain_text("To build or rebuild", use_inner_text=True)
    page.keyboard.press("Space")
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(heading).to_have_count(1)
    assert columns(page) == smallest_first[::-1]
    figures = page.locator("tr:has(th[aria-sort]) td")
    expect(figures.first).to_have_text(re.compile("^168"))
    page.get_by_role("button", name="Ascent").press("Enter")
    expect(heading).to_contain_text("Ascent")
    assert all("not known" in text for text in figures.all_inner_texts()[-3:])
    other = visit(page.url).page
    drawn(other)
    assert columns(other) == columns(page)  # a colleague sees the same


def test_choosing_asks_at_once_and_the_answer_can_be_shared(visit, address):
    page = visit(f"{address}/compare").page
    drawn(page)
    expect(page.locator(".verdict")).to_contain_text(re.compile(r"length 33\s%"), use_inner_text=True)
    page.get_by_label("Differences to").select_option("araxes-rail")
    page.wait_for_selector(".difference")
    expect(page).to_have_url(re.compile("baseline=araxes-rail"))
    page.get_by_role("checkbox", name="Goris-Yeraskh road").uncheck()
    expect(page.locator(".figures-table thead th[data-route]")).to_have_count(5)
    assert "goris-yeraskh-road" not in columns(page)
    page.locator(".ask-weights summary").click()
    page.get_by_label("Length", exact=True).fill("30")
    page.get_by_label("Length", exact=True).press("Tab")
    expect(page.locator(".verdict")).to_contain_text(re.compile(r"length 86\s%"))
    page.wait_for_selector("#ranks .canvas svg")
    shared = visit(page.url).page
    drawn(shared)
    expect(shared.locator(".verdict")).to_have_text(page.locator(".verdict").inner_text(), use_inner_text=True)
    expect(shared.get_by_label("Length", exact=True)).to_have_value("30")


def test_a_date_makes_candidates_whole(visit, address):
    page = visit(f"{address}/compare").page
    drawn(page)
    page.get_by_label("As of the end of").select_option("2032")
    page.wait_for_selector("#answer .notice")
    expect(page).to_have_url(re.compile("as_of=2032"))
    expect(page.locator("#answer .notice")).to_contain_text("Under a scenario", use_inner_text=True)


def test_each_chart_can_be_kept_as_a_picture(visit, address):
    page = visit(f"{address}/compare?routes=araxes-rail,araxes-road").page
    drawn(page)
    for name, fmt in (("ranks", "SVG"), ("profiles", "PNG")):
        with page.expect_download() as download:
            page.locator(f"#{name}").get_by_role("link", name=fmt).click()
        assert download.value.suggested_filename == f"{name}.{fmt.lower()}"


def test_the_page_that_compares_needs_no_scripts(visit, address):
    page = visit(f"{address}/compare", java_script_enabled=False).page
    page.get_by_label("Differences to").select_option("araxes-road")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page).to_have_url(re.compile("baseline=araxes-road"))
    page.get_by_role("button", name="Length", exact=True).click()
    expect(page).to_have_url(re.compile("sort=length_m"))
    expect(page).to_have_url(re.compile("baseline=araxes-road"))
    expect(page.locator(".figures-table thead th[data-route]").first).to_have_attribute("data-route", "araxes-rail")
    picture = page.locator("#ranks img.chart-picture")
    picture.scroll_into_view_if_needed()
    expect(picture).not_to_have_js_property("naturalWidth", 0)  # it is fetched as it comes into view
    expect(picture).to_be_visible()


def test_the_register_is_searched_as_one_chooses(visit, address):
    page = visit(f"{address}/provisions").ready().page
    everything = page.locator(".clause").count()
    page.get_by_role("checkbox", name="initialed").press("Space")
    expect(page.locator(".clause")).not_to_have_count(everything)
    expect(page).to_have_url(re.compile("status=initialed"))
    initialed = page.locator(".clause").count()
    expect(page.locator(".clause .badge:not(.badge-initialed)")).to_have_count(0)
    expect(page.locator("#working")).to_contain_text(str(initialed), use_inner_text=True)
    page.get_by_label("Stretch").select_option("aghband-meghri-rail")
    expect(page.locator(".clause")).not_to_have_count(initialed)
    expect(page.locator(".when .moment")).to_have_count(page.locator(".instrument").count())
    shared = visit(page.url).ready().page
    expect(shared.locator(".clause")).to_have_text(page.locator(".clause").all_inner_texts(), use_inner_text=True)
    page.get_by_label("Words").fill("nothing of the kind")
    page.wait_for_selector("#answer .notice")
    expect(page.locator("#answer .notice")).to_contain_text("Nothing in the register fits", use_inner_text=True)
    page.get_by_role("link", name="Show everything").click()
    page.wait_for_selector(".clause")
    expect(page.locator(".clause")).to_have_count(everything)


def test_from_the_register_to_the_map_and_back(visit, address):
    page = visit(f"{address}/provisions?status=initialed&stretch=aghband-meghri-rail").ready().page
    page.locator(".clause-head a").first.click()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("path.candidate.is-lit")).not_to_have_count(0)
    page.get_by_role("link", name=re.compile("Aghband-Meghri")).first.click()
    page.wait_for_selector("body[data-ready]")
    row = page.locator("tr:target")
    expect(row).to_contain_text("Aghband-Meghri", use_inner_text=True)
    row.get_by_role("link", name="TA-1").click()
    page.wait_for_selector("#history")
    expect(page).to_have_url(re.compile("/provisions/TA-1$"))


@pytest.mark.parametrize(
    "path",
    ["/compare?baseline=araxes-rail", "/provisions?status=signed", "/provisions/JD2025-3", "/routes/araxes-road"],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone(visit, address, path, scheme):
    page = visit(address + path, 390, 844, has_touch=True, color_scheme=scheme).page
    drawn(page)
    assert not page.evaluate(WIDE)
    if "compare" in path:
        scroll = page.locator(".figures-scroll")
        scroll.evaluate("(box) => box.scrollBy(400, 0)")
        first = page.locator(".figures-table tbody th[scope=row]").first.bounding_box()
        assert first["x"] < 40  # its names stay while the ways scroll
