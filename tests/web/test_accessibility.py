"""WCAG 2.2 AA by axe-core on every page, light and dark, wide and narrow, in each language; and what axe cannot see."""

from importlib.metadata import distribution
from pathlib import Path

import pytest
from playwright.sync_api import expect

from web.language import LANGUAGES

PAGES = {
    "map": "/",
    "candidate": "/?route=araxes-rail",
    "journey": "/?from=horadiz&to=nakhchivan&mode=road&through=any&alternatives=2",
    "closure": "/?close=stretch:meghri-agarak-rail&as_of=2030-01-01",
    "compare": "/compare",
    "provisions": "/provisions",
    "provision": "/provisions/JD2025-3",
    "route": "/routes/araxes-rail",
    "about": "/about",
    "missing": "/nowhere",
}
WIDE, NARROW = (1440, 900), (390, 844)
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OF_COLOUR = ["color-contrast", "link-in-text-block"]
GRAVE = {"serious", "critical"}
# How far the page reaches beyond the window, with all that can be unfolded unfolded.
OVERHANG = """() => {
    const folded = [...document.querySelectorAll("details:not([open])")];
    for (const part of folded) part.open = true;
    const overhang = document.documentElement.scrollWidth - window.innerWidth;
    for (const part of folded) part.open = false;
    return overhang;
}"""
# Rows beyond the fifteenth of a table, entries of a list and marks of a chart are made like those before them, and what
# is hidden axe passes over: weighing thousands of them would take minutes and find nothing more. A bar that stays
# in view would cut the line under it to a target of a few pixels, which it is only until it is scrolled.
SHORTEN = """() => {
    const more = ["tbody > tr", "ol > li", "ul > li", "svg.marks g > *"].map((made) => `${made}:nth-child(n + 16)`);
    for (const part of document.querySelectorAll(`${more}, [hidden]`)) part.remove();
    for (const bar of document.querySelectorAll(".actions")) bar.style.position = "static";
}"""
RUN = """(rules) => axe.run(document, {runOnly: rules, resultTypes: ["violations"]}).then(({violations}) =>
    violations.map(({id, impact, help, nodes}) => [
        impact, id, help, nodes.slice(0, 5).map(({html}) => html.slice(0, 200)),
    ])
)"""


STOP = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return null;
    const box = here.getBoundingClientRect();
    const style = getComputedStyle(here);
    const labels = here.labels ? [...here.labels].map((label) => label.textContent).join(" ") : "";
    const named = here.getAttribute("aria-labelledby");
    const name = here.getAttribute("aria-label") || labels || here.textContent || here.title
        || (named && document.getElementById(named)?.textContent) || "";
    return {
        what: here.outerHTML.slice(0, 160),
        name: name.trim(),
        shown: box.width > 0 && box.height > 0 && style.visibility !== "hidden",
        outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    };
}"""


@pytest.fixture(scope="session")
def axe():
    """axe-core, as the package that carries it has it."""
    carried = distribution("axe-playwright-python").locate_file("axe_playwright_python/axe.min.js")
    return Path(str(carried)).read_text(encoding="utf-8")


def spoken(address, path, language):
    return f"{address}{path}{'&' if '?' in path else '?'}lang={language}"


def settled(opened):
    """Wait until scripts have built what they build; that a page is missing is no complaint about it."""
    opened.settled()
    opened.complaints[:] = [text for text in opened.complaints if "404 (NOT FOUND)" not in text]
    return opened.page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious_and_a_phone_needs_no_sideways_scrolling(visit, address, axe, name, language):
    # Colours do not depend on the words: each language is seen light and dark, English so at either width.
    # What is no matter of colour does not depend on the scheme.
    found = []
    for size, (first, second) in ((WIDE, ("light", "dark")), (NARROW, ("dark", "light"))):
        page = settled(visit(spoken(address, PAGES[name], language), *size, color_scheme=first))
        if size == NARROW:
            assert page.evaluate(OVERHANG) <= 0
        page.evaluate(SHORTEN)
        page.evaluate(axe)  # through the debugger, which no content policy holds back
        found += [(size, first, *each) for each in page.evaluate(RUN, STANDARD) if each[0] in GRAVE]
        if language == "en":
            page.emulate_media(color_scheme=second, reduced_motion="reduce")
            found += [(size, second, *each) for each in page.evaluate(RUN, OF_COLOUR) if each[0] in GRAVE]
    assert found == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_its_landmarks_and_headings(visit, address, axe, name):
    page = settled(visit(address + PAGES[name]))
    expect(page.locator("main")).to_have_count(1)
    assert page.locator("nav[aria-label]").count() == page.locator("nav").count() >= 2
    expect(page.locator("h1")).to_have_count(1)
    assert page.title().endswith("Araxes")
    # The first stop of the keyboard leads past everything to what the page is about.
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.closest('main') !== null || location.hash.length > 1")
    page.evaluate(SHORTEN)
    page.evaluate(axe)
    assert page.evaluate(RUN, ["best-practice"]) == []


@pytest.mark.parametrize("name", ["map", "compare", "provisions", "route", "about"])
def test_every_stop_of_the_keyboard_can_be_seen_and_has_a_name(visit, address, name):
    page = settled(visit(address + PAGES[name]))
    stops = []
    for _ in range(40):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            break
        stops.append(stop)
    assert len(stops) > 5
    assert [stop for stop in stops if not stop["shown"]] == []
    assert [stop for stop in stops if not stop["name"]] == []
    assert [stop for stop in stops if not stop["outlined"]] == []


def test_what_changes_is_said(visit, address):
    page = settled(visit(f"{address}/"))
    assert page.locator("[role=status], [aria-live=polite]").count() >= 2
    expect(page.locator("html")).to_have_attribute("lang", "en")
