"""Files of routes: GeoJSON, CSV and GPX; the same input gives the same bytes."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from geo.errors import InputError
from geo.storage import replace_file
from routes.geojson import attribution, provenance, route_collection, segment_collection, segment_rows
from routes.layers import convert
from routes.metrics import properties
from routes.tables import as_text, comparison

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routes.route import Route

FORMATS = ("geojson", "csv", "gpx")
TABLE_FORMATS = ("table", "json", "csv", "geojson", "gpx")

_LICENCES = {
    "ODbL": "https://opendatacommons.org/licenses/odbl/1-0/",
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
}
# A spreadsheet reads a cell that begins so as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(route: Route, fmt: str) -> bytes:
    """
    Write one route by its segments.

    Parameters
    ----------
    route
        A route; a broken one gives a file that says so: a feature without geometry, a row, a GPX without a track.
    fmt
        geojson, csv or gpx.

    Returns
    -------
    content
        UTF-8. Each file names its attribution, sources and dates.

    Raises
    ------
    InputError
        There is no such format.
    """
    _require(fmt, FORMATS)
    if fmt == "geojson":
        return _json(segment_collection(route))
    return _segments_csv(route) if fmt == "csv" else _gpx(route)


def render_all(routes: Sequence[Route], fmt: str) -> bytes:
    """
    Write routes side by side.

    Parameters
    ----------
    routes
        Routes of one study on one network.
    fmt
        table (text for a terminal), json (a list of properties), csv, geojson, or gpx (a track each).

    Returns
    -------
    content
        UTF-8.

    Raises
    ------
    InputError
        There is no such format.
    """
    _require(fmt, TABLE_FORMATS)
    if fmt == "table":
        return as_text(routes).encode()
    if fmt == "json":
        return _json([properties(route) for route in routes])
    if fmt in {"geojson", "gpx"}:
        content = _json(route_collection(routes))
        return content if fmt == "geojson" else convert(content, fmt)
    table = comparison(routes)
    known = table.astype(object).where(table.notna(), None)
    rows = [dict(zip(table.columns, row, strict=True)) for row in known.itertuples(index=False)]
    return _csv(list(table.columns), rows)


def write(route: Route, path: Path | str, fmt: str) -> None:
    """
    Write one route to a file, whole or not at all.

    Parameters
    ----------
    route
        A route.
    path
        Where to; what was there is replaced only when the new file is complete.
    fmt
        geojson, csv or gpx.

    Raises
    ------
    InputError
        There is no such format, or nothing can be written there.
    """
    save(render(route, fmt), path)


def save(content: bytes, path: Path | str) -> None:
    """
    Write a file, whole or not at all.

    Parameters
    ----------
    content
        What it holds.
    path
        Where to.

    Raises
    ------
    InputError
        Nothing can be written there.
    """
    try:
        replace_file(Path(path), [content])
    except OSError as error:
        message = (
            f"{path} cannot be written ({error.strerror}); give a file in a folder that exists and may be written to"
        )
        raise InputError(message) from None


def _require(fmt: str, formats: tuple[str, ...]) -> None:
    if fmt not in formats:
        message = f"there is no format {fmt!r}; it must be {', '.join(formats[:-1])} or {formats[-1]}"
        raise InputError(message)


def _json(content: Any) -> bytes:  # noqa: ANN401  (any JSON)
    return (json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n").encode()


# -- CSV -------------------------------------------------------------------------------------------------------------


def _segments_csv(route: Route) -> bytes:
    record = properties(route)
    about = provenance(route, [record])
    constant = {
        "notice": record["notice"],
        "network": about["network"]["title"],
        "data_date": about["network"]["data_date"],
        "facts_until": about["facts_until"],
        "attribution": about["attribution"],
    }
    if route.broken:
        rows = [{"route": route.id, "mode": route.mode, "broken": route.broken.reason, **constant}]
    else:
        rows = [{**row, **constant} for row in segment_rows(route)]
    return _csv(list(rows[0]) if rows else [], rows)


def _csv(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return file.getvalue().encode()


def _cell(value: Any) -> Any:  # noqa: ANN401  (what a property may hold)
    if isinstance(value, list):
        value = "; ".join(str(item) for item in value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


# -- GPX -------------------------------------------------------------------------------------------------------------


def _gpx(route: Route) -> bytes:
    """Write GPX 1.1: crossings as waypoints, the route as one track. No time, so that the bytes repeat."""
    notice = properties(route)["notice"]
    about = f"{notice or 'Open throughout.'} Facts until {route.study.facts_until}. {attribution(route)}"
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gpx version="1.1" creator="Araxes" xmlns="http://www.topografix.com/GPX/1/1">',
        f"<metadata>{_text('name', route.title)}{_text('desc', about)}{_copyright(route)}{_bounds(route)}</metadata>",
    ]
    parts += [
        f'<wpt lat="{c["lat"]}" lon="{c["lon"]}">{_text("name", c["title"])}'
        f"{_text('desc', 'Crossing, status: ' + c['status'])}{_text('type', 'border crossing')}</wpt>"
        for c in route.crossings
    ]
    if not route.broken:
        points = "\n".join(f'<trkpt lat="{lat:.7f}" lon="{lon:.7f}"/>' for lon, lat in route.coordinates())
        parts.append(f"<trk>{_text('name', route.title)}{_text('desc', about)}{_text('type', route.mode)}")
        parts.append(f"<trkseg>\n{points}\n</trkseg></trk>")
    return "\n".join([*parts, "</gpx>", ""]).encode()


def _copyright(route: Route) -> str:
    sources = route.network.meta.get("sources", ())
    open_data = [s for s in sources if "ODbL" in str(s.get("licence"))]
    for source in (*open_data, *sources):
        licence = next((url for name, url in _LICENCES.items() if name in str(source.get("licence"))), None)
        if licence:
            author = quoteattr(_clean(str(source.get("publisher", "not known"))))
            return f"<copyright author={author}>{_text('license', licence)}</copyright>"
    return ""


def _bounds(route: Route) -> str:
    if route.line is None:
        return ""
    west, south, east, north = route.line.bounds
    return f'<bounds minlat="{south:.7f}" minlon="{west:.7f}" maxlat="{north:.7f}" maxlon="{east:.7f}"/>'


def _text(name: str, value: str) -> str:
    return f"<{name}>{escape(_clean(value))}</{name}>"


def _clean(text: str) -> str:
    """Drop what XML 1.0 cannot hold."""
    return _NOT_XML.sub("", text)
