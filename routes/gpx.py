"""GPX 1.1 of a table: lines as tracks, points as waypoints, the outline of areas as tracks, each with its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd

_DECIMALS = 7  # degrees: as exact as a network keeps them
_OWN = {"id", "name", "title", "geometry"}


def document(table: gpd.GeoDataFrame, name: str, description: str, common: Collection[str] = ()) -> bytes:
    """
    Write a table as one GPX document.

    Parameters
    ----------
    table
        Features in EPSG:4326 with a column `id`; texts hold nothing that XML 1.0 cannot.
    name
        Of the document.
    description
        Plain text: what a reader must know, such as attribution and dates.
    common
        Columns that say the same of every feature; the description says it.

    Returns
    -------
    content
        UTF-8, waypoints first. A feature is named after its `name`, `title` or `id`; its other figures that are known
        are its description, as name: value. One without a place is left out. No time is written, so the bytes repeat.
    """
    columns = [column for column in table.columns if column not in _OWN and column not in common]
    points, tracks = [], []
    for row, shape in zip(table.drop(columns="geometry").to_dict("records"), table.geometry, strict=True):
        if shape is None or shapely.is_empty(shape):
            continue
        title = next(str(row[key]) for key in ("name", "title", "id") if row.get(key))
        about = "; ".join(f"{column}: {row[column]}" for column in columns if not pd.isna(row[column]))
        said = f"{_text('name', title)}{_text('desc', about)}"
        if isinstance(shape, shapely.Point):
            points.append(f"<wpt {_position(shape.coords[0])}>{said}</wpt>")
        else:
            tracks.append(f"<trk>{said}{''.join(map(_segment, _lines(shape)))}</trk>")
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gpx version="1.1" creator="Araxes" xmlns="http://www.topografix.com/GPX/1/1">',
        f"<metadata>{_text('name', name)}{_text('desc', description)}</metadata>",
        *points,
        *tracks,
        "</gpx>",
        "",
    ]
    return "\n".join(parts).encode()


def _lines(shape: shapely.Geometry) -> list[shapely.Geometry]:
    """Take a shape apart into lines; of an area its outline and those of its holes."""
    if isinstance(shape, shapely.Polygon):
        return [shape.exterior, *shape.interiors]
    if isinstance(shape, shapely.LineString):
        return [shape]
    return [line for part in shapely.get_parts(shape) for line in _lines(part)]


def _segment(line: shapely.Geometry) -> str:
    points = "\n".join(f"<trkpt {_position(point)}/>" for point in shapely.get_coordinates(line))
    return f"<trkseg>\n{points}\n</trkseg>"


def _position(point: Any) -> str:  # noqa: ANN401  (a pair of numbers)
    return f'lat="{point[1]:.{_DECIMALS}f}" lon="{point[0]:.{_DECIMALS}f}"'


def _text(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>"
