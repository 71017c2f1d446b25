"""What draws charts: Vega-Lite's own JavaScript, served from here, and pictures made of a chart on the server."""

from __future__ import annotations

import contextlib
import json
import tempfile
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import platformdirs
import vl_convert

FORMATS = {"svg": "image/svg+xml", "png": "image/png"}
SCRIPT_NAME = f"vega-{vl_convert.get_vega_version()}-{version('vl-convert-python')}.js"
"""The version is in the name, so a browser may keep the file for ever."""

_PIXELS = 2.0  # a picture element to a CSS pixel, for print and fine screens
_KEPT = 64


@lru_cache(maxsize=1)
def script() -> str:
    """
    Give Vega, Vega-Lite, vega-embed and the expression interpreter as one script.

    Returns
    -------
    script
        About 0.9 MB. Bundled once for each version, which takes seconds, and kept in the user's cache folder; a folder
        that cannot be written is done without.
    """
    kept = platformdirs.user_cache_path("araxes") / SCRIPT_NAME
    with contextlib.suppress(OSError):
        if text := kept.read_text(encoding="utf-8"):
            return text
    made: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # without a snippet it bundles all
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=kept.parent, suffix=".part", delete=False
        ) as file:  # fmt: skip
            file.write(made)
        Path(file.name).replace(kept)  # whole or not at all, however many processes do this at once
    return made


def picture(spec: dict[str, object], fmt: str) -> bytes:
    """
    Draw a chart.

    Parameters
    ----------
    spec
        Vega-Lite, as `web.charts.filed` gives it.
    fmt
        svg or png.

    Returns
    -------
    content
        The picture; the same chart gives the same bytes.
    """
    return _picture(json.dumps(spec, sort_keys=True), fmt)


@lru_cache(maxsize=_KEPT)
def _picture(spec: str, fmt: str) -> bytes:
    # Nothing is fetched: the data are in the chart, and no address is allowed.
    if fmt == "svg":
        drawn: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
        return drawn.encode()
    raster: bytes = vl_convert.vegalite_to_png(spec, scale=_PIXELS, allowed_base_urls=[])
    return raster
