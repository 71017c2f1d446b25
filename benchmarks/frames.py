"""
Frame budget of the map: how evenly frames come while a reader pans and zooms over the whole network.

    python -m benchmarks.frames [NETWORK] [--to benchmarks/SERVING.md]

serves the network, or the study's own, on a free port, walks one scripted path in headless Chromium, without the layer
of the network and twice with it, and writes the intervals between frames while the map moves, and the longest task of
the page whether it moves or rests, as a Markdown table.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.machine import describe
from benchmarks.serving import free_port, load, server, write_section

HERE = Path(__file__).parent
# Latitude, longitude and zoom of each stop: the whole region, its middle, towns, the densest city, and back.
STOPS = [
    [39.6, 46.2, 8], [39.2, 46.4, 10], [39.2, 46.4, 12], [39.2, 46.4, 13.5], [40.18, 44.53, 11], [40.18, 44.53, 13],
    [40.18, 44.53, 14], [40.18, 44.53, 15], [39.6, 46.2, 8],
]  # fmt: skip
PANS = 10
_MAP = "window[JSON.parse(document.getElementById('sheet-map').textContent).name]"


def walk(page: Page, *, layer: bool) -> dict[str, Any]:
    """
    Walk the path over an open map page.

    Parameters
    ----------
    page
        The map page, loaded.
    layer
        Whether the whole network is shown.

    Returns
    -------
    frames
        intervals_ms between frames, long_ms of the long tasks, tiles drawn and their lines.
    """
    if layer:
        page.evaluate(
            f"""async () => {{
                const {{ networkLayer }} = await import("/static/js/network.js");
                window.measured = networkLayer({_MAP});
                measured.addTo({_MAP});
            }}"""
        )
        page.wait_for_function("() => !measured.isLoading()")
    code = (HERE / "frames.js").read_text(encoding="utf-8")
    found: dict[str, Any] = page.evaluate(f"([stops, pans]) => ({code})({_MAP}, stops, pans)", [STOPS, PANS])
    return found


def row(name: str, found: dict[str, Any]) -> str:
    """
    Write one walk as a row of a table.

    Parameters
    ----------
    name
        What was shown.
    found
        What `walk` gave.

    Returns
    -------
    row
        Markdown.
    """
    intervals = sorted(found["intervals_ms"])
    late = sum(1 for interval in intervals if interval > 50)  # noqa: PLR2004 -- three frames of a 60 Hz screen
    cells = [
        name,
        str(len(intervals)),
        f"{statistics.median(intervals):.1f}",
        f"{intervals[int(len(intervals) * 0.95)]:.1f}",
        f"{intervals[int(len(intervals) * 0.99)]:.1f}",
        f"{intervals[-1]:.0f}",
        f"{100 * late / len(intervals):.1f} %",
        f"{max(found['long_ms'], default=0):.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure, print and, with --to, write down."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("network", type=Path, nargs="?")
    parser.add_argument("--to", type=Path, help="Markdown file to write the section into")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    port = free_port()
    rows, before = [], load()
    with server(port, options.network, workers=1) as about, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        version = browser.version
        for name, layer in (("candidates alone", False), ("with the network", True), ("again, tiles kept", True)):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(180_000)
            page.goto(f"http://127.0.0.1:{port}/")
            page.wait_for_selector("body[data-ready]")
            rows.append(row(name, walk(page, layer=layer)))
            page.close()
        browser.close()
    zooms = ", ".join(f"{zoom:g}" for _lat, _lon, zoom in STOPS)
    said = (
        f"{about['network']['edges']:,} edges; {len(STOPS)} stops at zooms {zooms}, {PANS} steps of panning "
        f"and a rest at each, 1440 x 900 px, headless Chromium {version} without a graphics card, server and browser "
        f"on the same machine ({describe()}; load {before} before, {load()} after)."
    )
    head = "| shown | frames | median ms | 95 % ms | 99 % ms | longest ms | over 50 ms | longest task ms |"
    text = "\n".join([said, "", head, "|---|---:|---:|---:|---:|---:|---:|---:|", *rows])
    print(text)
    if options.to:
        write_section(options.to, "Frames while panning and zooming over the whole network", text)


if __name__ == "__main__":
    main()
