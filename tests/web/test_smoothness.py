"""The map stays smooth: panning draws nothing anew, names are placed once it rests, and by work that does not grow."""

import pytest
from playwright.sync_api import expect

MAP = "window[JSON.parse(document.getElementById('sheet-map').textContent).name]"
SETTLED = "() => !document.querySelector('svg.labels').classList.contains('is-moving')"
# Counts what changes on the map while something is done to it in one task, and by the time names are set anew.
WATCH = """async () => {
    const seen = { lines: 0, names: 0 };
    const count = (records) => {
        for (const { target, attributeName } of records) {
            if (attributeName === "d") seen.lines += 1; else if (target.matches?.("svg.labels")) seen.names += 1;
        }
    };
    const watch = new MutationObserver(count);
    const what = { subtree: true, childList: true, attributeFilter: ["d"] };
    watch.observe(document.querySelector(".leaflet-map-pane"), what);
    DONE
    count(watch.takeRecords());
    const moving = { ...seen };
    while (!seen.names) await new Promise((resolve) => { setTimeout(resolve, 20); });
    return { moving, rested: seen };
}"""
# Pixels of the view that casings cover as the page drew them, and how many differ when it is made to draw them again.
DRAWN = f"""([across, down, zoom]) => {{
    const map = {MAP};
    const covered = () => {{
        const [{{ x, y }}, from] = [map.getSize(), map.containerPointToLayerPoint([0, 0])];
        const context = Object.assign(document.createElement("canvas"), {{ width: x, height: y }}).getContext("2d");
        context.lineWidth = 7;
        context.translate(-from.x, -from.y);
        for (const path of document.querySelectorAll("path.casing")) context.stroke(new Path2D(path.getAttribute("d")));
        return context.getImageData(0, 0, x, y).data.filter((_, i) => i % 4 === 3).map((alpha) => alpha > 127);
    }};
    map.setZoom(zoom, {{ animate: false }}).panBy([across, down], {{ animate: false }});
    const found = covered();
    Object.values(map._layers).forEach((layer) => {{ if (layer instanceof L.SVG) layer._reset(); }});
    const again = covered();
    return [again.reduce((sum, ink) => sum + ink, 0), again.reduce((sum, ink, i) => sum + (ink !== found[i]), 0)];
}}"""
# A ring, boxes and points at random but the same each time, and what the plain way says of each.
GEOMETRY = """async () => {
    const { Outline, Scatter } = await import("/static/js/outline.js");
    const { even } = await import("/static/js/baseline.js");
    let seed = 7;
    const random = (least, most) => {
        seed = (seed * 16807) % 2147483647;
        return least + ((most - least) * seed) / 2147483647;
    };
    const view = [0, 0, 800, 600];
    const ring = Array.from({ length: 90 }, (_, i) => {
        const [turn, reach] = [(i / 90) * 2 * Math.PI, random(250, 700)];
        return [400 + reach * Math.cos(turn), 300 + reach * Math.sin(turn)];
    });
    const boxes = Array.from({ length: 4000 }, () => {
        const [x, y] = [random(-60, 800), random(-60, 600)];
        return [x, y, x + random(5, 120), y + random(5, 60)];
    });
    const holds = (x, y) => ring.reduce((found, [ax, ay], i) => {
        const [bx, by] = ring[(i + ring.length - 1) % ring.length];
        return ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax ? !found : found;
    }, false);
    const touched = (points, [left, top, right, bottom]) =>
        points.some(([x, y]) => x > left && x < right && y > top && y < bottom);
    const plain = (box) => [0, 1, 2, 3, 4, 5, 6].every((i) => {
        const x = box[0] + ((box[2] - box[0]) * i) / 6;
        return holds(x, box[1]) && holds(x, box[3]);
    }) && !touched(ring, box);
    const points = Array.from({ length: 300 }, () => [random(-400, 1200), random(-400, 1000)]);
    const outline = new Outline(ring, view);
    const scatter = new Scatter(points, view);
    const line = points.map(([x, y]) => ({ x, y }));
    const inView = (runs) => runs.flat().filter(([x, y]) => x >= 0 && y >= 0 && x <= 800 && y <= 600);
    return {
        contains: boxes.map((box) => [outline.contains(box), plain(box)]),
        within: boxes.map((box) => [scatter.within(box), touched(points, box)]),
        clipped: inView(even([line], view)),
        whole: inView(even([line])),
    };
}"""


@pytest.fixture
def page(visit, address):
    opened = visit(address).ready().page
    opened.evaluate(f"{MAP}.setView([39.2, 46.4], 10, {{ animate: false }})")
    opened.wait_for_function(SETTLED)
    return opened


def watch(page, done):
    """Do something to the map, as JavaScript, and count what changes."""
    return page.evaluate(WATCH.replace("DONE", done.replace("map", MAP)))


def test_panning_moves_what_is_drawn_and_names_come_anew_once_it_rests(page):
    seen = watch(page, "for (let i = 0; i < 10; i += 1) map.panBy([14, 6], { animate: false });")
    assert seen["moving"] == {"lines": 0, "names": 0}
    assert seen["rested"] == {"lines": 0, "names": 1}


def test_names_stay_beside_their_places_while_the_map_is_panned(page):
    where = "document.querySelector('svg.labels .place-name').getBoundingClientRect().x"
    pan = f"{MAP}.panBy([60, 0], {{ animate: false }})"
    before, after = page.evaluate(f"() => {{ const x = {where}; {pan}; return [x, {where}]; }}")
    assert after == pytest.approx(before - 60, abs=0.5)


def test_a_zoom_takes_the_names_away_and_places_them_once(page):
    seen = watch(page, "map.setZoom(11, { animate: false }); map.setZoom(11.5, { animate: false });")
    assert seen["moving"]["lines"] > 0
    assert seen["moving"]["names"] == 0
    assert seen["rested"]["names"] == 1
    page.wait_for_function(SETTLED)
    expect(page.locator("svg.labels .place-name").first).to_be_visible()


def test_wherever_the_map_goes_its_lines_are_drawn(page):
    for there in ((100, 40, 10), (250, 0, 10), (-900, 0, 10), (300, -500, 10), (0, 400, 11), (500, 100, 11)):
        covered, differ = page.evaluate(DRAWN, there)
        assert covered > 2000
        assert differ < 0.05 * covered, "a line thinned between other ends lies a hair beside itself"


def test_a_window_that_grows_shows_lines_to_its_edges(page):
    page.set_viewport_size({"width": 2900, "height": 1000})
    covered = f"""() => {{
        const seen = {MAP}.getContainer().getBoundingClientRect();
        return seen.width > 2000 && Object.values({MAP}._layers).every((layer) => {{
            if (!(layer instanceof L.SVG)) return true;
            const drawn = layer._container.getBoundingClientRect();
            return drawn.left <= seen.left && drawn.right >= seen.right;
        }});
    }}"""
    page.wait_for_function(covered)


def test_quick_geometry_says_what_plain_geometry_says(page):
    found = page.evaluate(GEOMETRY)
    for name in ("contains", "within"):
        quick, plain = zip(*found[name], strict=True)
        assert quick == plain
        assert 100 < sum(plain) < len(plain) - 100
    assert len(found["whole"]) > 1000
    assert found["clipped"] == [pytest.approx(point) for point in found["whole"]]
