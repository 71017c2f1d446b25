"""Downloads: each route and each view as data, as a printed map, as a brief, and as a map that opens from a disk."""

from __future__ import annotations

import threading
from collections import OrderedDict
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, request

from geo.errors import InputError
from web.api import shown
from web.download_files import MEDIA, data
from web.download_subject import Subject, subject
from web.drawing import PAPERS
from web.escape import plain
from web.language import N_
from web.language import gettext as _
from web.problems import problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

download = Blueprint("download", __name__)

DOCUMENTS = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}
"""Media type of each document."""

OFFERS = (
    ("pdf", "PDF", N_("Brief"), N_("for a meeting: map, profile, figures, provisions, sources")),
    ("png", "PNG", N_("Map, A4"), N_("for a slide or a report, 300 dpi")),
    ("svg", "SVG", N_("Map, A4"), N_("for print and drawing programs, sharp at any size")),
    ("html", "HTML", N_("Map for offline"), N_("opens in a browser from a disk, no network needed")),
    ("geojson", "GeoJSON", N_("Data"), N_("for web maps, QGIS and scripts")),
    ("gpkg", "GeoPackage", N_("Data"), N_("for QGIS and other GIS, sources inside")),
    ("csv", "CSV", N_("Table"), N_("for a spreadsheet")),
    ("kml", "KML", N_("Data"), N_("for Google Earth")),
    ("gpx", "GPX", N_("Track"), N_("for a GPS or a phone")),
    ("fgb", "FlatGeobuf", N_("Data"), N_("for maps that stream")),
    ("parquet", "GeoParquet", N_("Data"), N_("for notebooks and DuckDB")),
)
"""What a menu offers: format, its name, what it is, what it is for."""

_KEPT_BYTES = 48_000_000  # a process
_AT_ONCE = 2
_WAIT_S = 15.0


class _Shelf:
    """Files as they went out, the ones asked for longest ago making room; and how many are made at once."""

    def __init__(self) -> None:
        self._files: OrderedDict[tuple[str, ...], bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        self._makers = threading.BoundedSemaphore(_AT_ONCE)

    def get(self, key: tuple[str, ...], make: Callable[[], bytes]) -> bytes | None:
        """Give a file, made where it is not kept; None where too many are being made."""
        with self._lock:
            if key in self._files:
                self._files.move_to_end(key)
                return self._files[key]
        if not self._makers.acquire(timeout=_WAIT_S):
            return None
        try:
            content = make()
        finally:
            self._makers.release()
        with self._lock:
            if key not in self._files and len(content) < _KEPT_BYTES:
                self._files[key] = content
                self._size += len(content)
            while self._size > _KEPT_BYTES:
                _old, dropped = self._files.popitem(last=False)
                self._size -= len(dropped)
        return content


@download.get("/download")
@download.get("/api/download")
def take() -> Response:
    """Give what a page shows as a file; the query string is the page's own, with `format`, and `route` for a part."""
    fmt = request.args.get("format", "")
    if fmt not in MEDIA and fmt not in DOCUMENTS:
        listed = ", ".join(name for name, *_others in OFFERS)
        message = f"there is no format {plain(fmt)!r}; it must be one of {listed}"
        raise InputError(message)
    paper, dpi = _paper(), _dpi()
    asked = subject(shown(), request.args, request.host_url)
    content = _shelf().get(_key(asked, fmt, paper, dpi), lambda: render(asked, fmt, paper, dpi))
    if content is None:
        detail = "this server is making as many files as it can; try again in some seconds"
        response = problem(HTTPStatus.SERVICE_UNAVAILABLE, "Busy", detail)
        response.headers["Retry-After"] = "10"
        return response
    response = Response(content, content_type=MEDIA.get(fmt) or DOCUMENTS[fmt])
    size = f"_{paper}" if fmt in {"png", "svg"} else ""
    response.headers["Content-Disposition"] = f'attachment; filename="{asked.name}{size}.{fmt}"'
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def render(asked: Subject, fmt: str, paper: str = "a4", dpi: int = 300) -> bytes:
    """
    Make a file.

    Parameters
    ----------
    asked
        What is taken away.
    fmt
        A key of `MEDIA` or of `DOCUMENTS`.
    paper
        Of a map: a key of `web.drawing.PAPERS`.
    dpi
        Of a picture: one of `web.print.RESOLUTIONS`.

    Returns
    -------
    content
        The same subject gives the same bytes.

    Raises
    ------
    InputError
        There is no such format, paper or resolution.
    """
    if fmt in MEDIA:
        return data(asked.routes, fmt)
    # What draws, prints and packs takes time to load, so it is loaded when it is first needed.
    if fmt == "pdf":
        from web.brief import brief  # noqa: PLC0415

        return brief(asked)
    if fmt == "html":
        from web.offline import offline  # noqa: PLC0415

        return offline(asked)
    from web.print import png, svg  # noqa: PLC0415

    return svg(asked.sheet, paper) if fmt == "svg" else png(asked.sheet, paper, dpi)


def offered(route_id: str = "") -> list[dict[str, str]]:
    """
    List what a menu offers for the page that is being written.

    Parameters
    ----------
    route_id
        The route that the page is about; empty for the view of its query string.

    Returns
    -------
    offers
        format, name, kind, purpose and url of each.
    """
    pairs = [(key, value) for key, value in request.args.items(multi=True) if key not in {"format", "paper", "dpi"}]
    if route_id:  # a page of one route shows it as it is, whatever else its address says
        pairs = [("route", route_id), *((key, value) for key, value in pairs if key == "lang")]
    state = urlencode(pairs, safe=",:")
    return [
        {
            "format": fmt,
            "name": name,
            "kind": _(kind),
            "purpose": _(purpose),
            "url": f"/download?format={fmt}{f'&{state}' if state else ''}",
        }
        for fmt, name, kind, purpose in OFFERS
    ]


def offer_downloads(app: Flask) -> None:
    """
    Let an app give files.

    Parameters
    ----------
    app
        The app.
    """
    app.register_blueprint(download)
    app.extensions["downloads"] = _Shelf()
    app.jinja_env.globals.update(offered=offered)


def _shelf() -> _Shelf:
    found: _Shelf = current_app.extensions["downloads"]
    return found


def _key(asked: Subject, fmt: str, paper: str, dpi: int) -> tuple[str, ...]:
    size = (paper,) if fmt == "svg" else (paper, str(dpi)) if fmt == "png" else ()
    return (fmt, asked.key, *size)


def _paper() -> str:
    paper = request.args.get("paper", "a4").lower()
    if paper not in PAPERS:
        message = f"there is no paper {plain(paper)!r}; it must be {' or '.join(PAPERS)}"
        raise InputError(message)
    return paper


def _dpi() -> int:
    text = request.args.get("dpi", "300")
    if not text.isdecimal():
        message = f"{plain(text)!r} is no resolution; ask for 150 or 300 dpi"
        raise InputError(message)
    return int(text)
