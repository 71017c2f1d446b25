"""The whole network on the map, in real Chromium: drawn as tiles, found by a point, filtered, and without a freeze."""

import statistics

import numpy as np
import pytest
from playwright.sync_api import expect

from geo.network import TEXT_COLUMNS, Network
from geo.words import Words
from web import create_app
from web.tilework import NetworkTiles

MAP = "window[JSON.parse(document.getElementById('sheet-map').textContent).name]"
INK = """() => [...document.querySelectorAll(".network-tiles canvas")].reduce((sum, canvas) => {
    const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    for (let i = 3; i < data.length; i += 4) if (data[i]) sum += 1;
    return sum;
}, 0)"""


def town(side, lon=46.3, lat=39.1, step=0.0008):
    """A network of streets like a chess-board, with a trunk road through each tenth row."""
    rows, cols = np.divmod(np.arange(side * side), side)
    number = np.arange(side * side).reshape(side, side)
    u = np.concatenate((number[:, :-1].ravel(), number[:-1].ravel())).astype(np.int32)
    v = np.concatenate((number[:, 1:].ravel(), number[1:].ravel())).astype(np.int32)
    at_lon, at_lat = ((start + step * part) * 1e7 for start, part in ((lon, cols), (lat, rows)))
    count, ends = len(u), np.column_stack((u, v)).ravel()
    trunk = (rows[u] % 10 == 0) & (rows[u] == rows[v])
    zero, text = np.zeros(count, np.uint8), {name: Words.constant("", count) for name in TEXT_COLUMNS}
    text["class"] = Words(np.where(trunk, 1, 0).astype(np.int32), ("residential", "trunk"))
    text["territory"] = Words.constant("AM", count)
    text["name"] = Words.constant('<img src=x onerror="window.harmed = 1">', count)
    return Network(
        node_osm_id=np.arange(side * side), node_lon_e7=at_lon.astype(np.int32), node_lat_e7=at_lat.astype(np.int32),
        u=u, v=v, mode=zero, status=zero, structure=zero, length_basis=zero, oneway=np.zeros(count, bool),
        length_m=np.full(count, 80.0), shape_length_m=np.full(count, 80.0), near_m=np.zeros(count),
        accuracy_m=np.full(count, np.nan, np.float32), way_id=np.zeros(count, np.int64), text=text,
        vertex_offset=np.arange(count + 1, dtype=np.int64) * 2, vertex_lon_e7=at_lon[ends].astype(np.int32),
        vertex_lat_e7=at_lat[ends].astype(np.int32), sample_offset=np.zeros(1, np.int64),
        sample_ele_m=np.empty(0, np.float32), meta={"title": "town", "data_date": None, "sources": []},
    )  # fmt: skip


@pytest.fixture(scope="module")
def dense(study, serve):
    """Where the built-in study is served over a network of some ninety thousand streets."""
    app = create_app(study)
    app.extensions["araxes-tiles"] = NetworkTiles(town(210))
    return serve(app)


def show(page, zoom):
    """Put the layer on the map, over the middle of the town, and wait until it is drawn."""
    page.evaluate(
        f"""async (zoom) => {{
            const {{ networkLayer }} = await import("/static/js/network.js");
            {MAP}.setView([39.184, 46.384], zoom, {{ animate: false }});
            window.layer = networkLayer({MAP});
            layer.addTo({MAP});
        }}""",
        zoom,
    )
    page.wait_for_function("() => !layer.isLoading()")


def test_the_network_is_drawn_and_a_point_on_it_tells_which_line_it_is(visit, dense):
    page = visit(dense).ready().page
    show(page, 14)
    assert page.evaluate(INK) > 10_000
    edge = page.evaluate("async () => layer.pick(L.latLng(39.1, 46.3004))")
    assert edge["properties"]["class"] == "trunk"
    assert edge["properties"]["length_m"] == 80
    assert edge["properties"]["title"].startswith("<img")
    page.evaluate("(edge) => layer.highlight(edge)", edge)
    expect(page.locator("path.network-chosen")).to_have_count(1)
    assert page.evaluate("async () => layer.pick(L.latLng(38.5, 46.3))") is None
    assert page.evaluate("window.harmed") is None
    page.evaluate("layer.remove()")
    expect(page.locator(".network-tiles")).to_have_count(0)
    expect(page.locator("path.network-chosen")).to_have_count(0)


def test_what_is_not_drawn_is_said_on_the_map(visit, dense):
    page = visit(dense).ready().page
    show(page, 9)
    note = page.locator(".network-note")
    expect(note).to_have_text("Smaller roads appear as you zoom in.", use_inner_text=True)
    expect(note).to_have_attribute("role", "status")
    page.evaluate(f"{MAP}.setView([39.184, 46.384], 13, {{ animate: false }})")
    expect(note).to_contain_text("left out")
    page.evaluate(f"{MAP}.setView([39.184, 46.384], 16, {{ animate: false }})")
    expect(note).to_be_hidden()


def test_the_legend_filters_without_asking_the_server_again(visit, dense):
    seen = visit(dense).ready()
    show(seen.page, 15)
    asked = len(seen.requests)
    seen.page.evaluate("layer.filter({ statuses: ['construction'] })")
    seen.page.wait_for_function(f"() => ({INK})() === 0")
    seen.page.evaluate("layer.filter({ statuses: null })")
    seen.page.wait_for_function(f"() => ({INK})() > 1000")
    assert len(seen.requests) == asked


def test_panning_and_zooming_over_the_whole_network_does_not_freeze(visit, dense, root):
    walk = (root / "benchmarks" / "frames.js").read_text(encoding="utf-8")
    stops = [[39.18, 46.38, zoom] for zoom in (10, 13, 14, 11)]
    frames = {}
    for layer in (False, True):
        page = visit(dense, width=900, height=700).ready().page
        if layer:
            show(page, 10)
        frames[layer] = page.evaluate(f"([stops, pans]) => ({walk})({MAP}, stops, pans)", [stops, 8])
    median = {layer: statistics.median(found["intervals_ms"]) for layer, found in frames.items()}
    # A freeze is what a reader notices beside the same walk without the network, whatever the machine; that walk may be
    # as even as the screen, so that three of its frames are none.
    assert median[True] < 3 * max(50, median[False])
    assert sum(frames[True]["long_ms"]) < sum(frames[False]["long_ms"]) + sum(frames[True]["intervals_ms"]) / 2
    assert max(frames[True]["intervals_ms"]) < 6 * max(200, *frames[False]["intervals_ms"])
