"""Files of routes as data: each format for one route or several, made by the exports of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from routes import export, layers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routes.route import Route

MEDIA = {
    "geojson": "application/geo+json",
    "gpx": "application/gpx+xml",
    "kml": "application/vnd.google-earth.kml+xml",
    "gpkg": "application/geopackage+sqlite3",
    "csv": "text/csv; charset=utf-8",
    "fgb": "application/vnd.flatgeobuf",
    "parquet": "application/vnd.apache.parquet",
}
"""Media type of each format."""

_GPX = "http://www.topografix.com/GPX/1/1"


def data(routes: Sequence[Route], fmt: str) -> bytes:
    """
    Write routes as a file.

    Parameters
    ----------
    routes
        One, which is given by its segments, or several, given whole.
    fmt
        A key of `MEDIA`.

    Returns
    -------
    content
        Names its attribution, sources and dates; the same routes give the same bytes.

    Raises
    ------
    InputError
        There is no such format.
    """
    single = len(routes) == 1
    if fmt in layers.FORMATS:
        return layers.convert(data(routes, "geojson"), fmt)
    if single:
        return export.render(routes[0], fmt)
    return _tracks(routes) if fmt == "gpx" else export.render_all(routes, fmt)


def _tracks(routes: Sequence[Route]) -> bytes:
    """Put the tracks of several routes into one GPX, and each crossing once."""
    ET.register_namespace("", _GPX)
    documents = [ET.fromstring(export.render(route, "gpx")) for route in routes]  # noqa: S314 -- our own
    whole = documents[0]
    name = whole.find(f"{{{_GPX}}}metadata/{{{_GPX}}}name")
    if name is not None:
        name.text = routes[0].study.title
    metadata = whole.find(f"{{{_GPX}}}metadata")
    bounds = metadata.find(f"{{{_GPX}}}bounds") if metadata is not None else None
    if metadata is not None and bounds is not None:
        metadata.remove(bounds)  # those of the first alone
    points = [(point.get("lat"), point.get("lon")) for point in whole.findall(f"{{{_GPX}}}wpt")]
    for document in documents[1:]:
        for point in document.findall(f"{{{_GPX}}}wpt"):
            at = (point.get("lat"), point.get("lon"))
            if at not in points:
                whole.insert(1 + len(points), point)
                points.append(at)
        whole.extend(document.findall(f"{{{_GPX}}}trk"))
    content: bytes = ET.tostring(whole, encoding="UTF-8", xml_declaration=True)
    return content + b"\n"
