"""KML 2.2 of a table, every text escaped (GDAL's own writer lets a name that holds a CDATA mark break the file)."""

from __future__ import annotations

from html import escape as as_html
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd

_TYPES = {"b": "bool", "i": "int", "f": "double"}  # by the kind of a column; the rest is text
_OWN = {"id", "name", "geometry"}  # what a placemark holds by itself
_DECIMALS = 7  # degrees: as exact as a network keeps them


def document(table: gpd.GeoDataFrame, name: str, description: str) -> bytes:
    """
    Write a table as one KML document.

    Parameters
    ----------
    table
        Features in EPSG:4326 with a column `id`; texts hold nothing that XML 1.0 cannot.
    name
        Of the document.
    description
        Plain text. It is shown as HTML, so it is escaped as HTML too.

    Returns
    -------
    content
        UTF-8: a placemark a row, named after its `name`, `title` or `id`; the other columns are its extended data.
        What is not known is left out. Lines and areas lie on the ground.
    """
    columns = [column for column in table.columns if column not in _OWN]
    fields = [
        f'<SimpleField name={quoteattr(column)} type="{_TYPES.get(table[column].dtype.kind, "string")}"/>'
        for column in columns
    ]
    marks = [
        _placemark(row, columns, shape)
        for row, shape in zip(table.drop(columns="geometry").to_dict("records"), table.geometry, strict=True)
    ]
    html = as_html(description).replace("\n", "<br>\n")
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<kml xmlns="http://www.opengis.net/kml/2.2">',
        f"<Document><name>{escape(name)}</name><description>{escape(html)}</description>",
        f'<Schema id="fields" name="fields">{"".join(fields)}</Schema>',
        f"<Folder><name>{escape(name)}</name>",  # GDAL finds a layer in a folder even where it is empty
        *marks,
        "</Folder></Document></kml>",
        "",
    ]
    return "\n".join(parts).encode()


def _placemark(row: dict[Any, Any], columns: list[str], shape: shapely.Geometry | None) -> str:
    data = "".join(
        f"<SimpleData name={quoteattr(column)}>{_value(row[column])}</SimpleData>"
        for column in columns
        if not pd.isna(row[column])
    )
    name = next(str(row[key]) for key in ("name", "title", "id") if row.get(key))
    geometry = "" if shape is None or shapely.is_empty(shape) else _geometry(shape)
    return (
        f"<Placemark id={quoteattr(str(row['id']))}><name>{escape(name)}</name>"
        f'<ExtendedData><SchemaData schemaUrl="#fields">{data}</SchemaData></ExtendedData>{geometry}</Placemark>'
    )


def _value(value: Any) -> str:  # noqa: ANN401  (what a column holds)
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    return escape(str(value))


def _geometry(shape: shapely.Geometry) -> str:
    if isinstance(shape, shapely.Point):
        return f"<Point>{_coordinates(shape)}</Point>"
    if isinstance(shape, shapely.LineString):
        return f"<LineString><tessellate>1</tessellate>{_coordinates(shape)}</LineString>"
    if isinstance(shape, shapely.Polygon):
        rings = [("outer", shape.exterior), *(("inner", ring) for ring in shape.interiors)]
        bounds = "".join(
            f"<{side}BoundaryIs><LinearRing>{_coordinates(ring)}</LinearRing></{side}BoundaryIs>"
            for side, ring in rings
        )
        return f"<Polygon><tessellate>1</tessellate>{bounds}</Polygon>"
    return f"<MultiGeometry>{''.join(_geometry(part) for part in shapely.get_parts(shape))}</MultiGeometry>"


def _coordinates(shape: shapely.Geometry) -> str:
    points = " ".join(f"{lon:.{_DECIMALS}f},{lat:.{_DECIMALS}f}" for lon, lat in shapely.get_coordinates(shape))
    return f"<coordinates>{points}</coordinates>"
