"""GeoJSON answers as tables, and these as the files that a GIS opens; see `routes.layers`."""

from __future__ import annotations

import io
import json
import re
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from pyarrow import parquet

from geo.errors import InputError
from routes import gpx
from routes.kml import document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_DRIVERS = {"gpkg": "GPKG", "fgb": "FlatGeobuf"}
_NOT_TEXT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_MEMBERS = {"type", "bbox", "features", "name"}
_AS_JSON = {"basis", "reasons"}  # of interest to a reader, not to a query: one column each, not one a figure
_COMMON = ("attribution", "boundary_notice", "facts_until", "network", "data_date")  # of every feature
_CRS = "EPSG:4326"
_UNDATED = "1970-01-01"
_gdal = threading.Lock()  # GDAL's configuration is one for the whole process


def write(geojson: bytes, fmt: str) -> bytes:
    """
    Write a FeatureCollection in a format for a GIS.

    Parameters
    ----------
    geojson
        A file of `routes.export`, `routes.answers` or `routes.comparison`.
    fmt
        See `routes.layers.convert`.

    Returns
    -------
    content
        See `routes.layers.convert`.

    Raises
    ------
    InputError
        The folder for temporary files cannot be written to.
    """
    collection = json.loads(geojson)
    about = {key: value for key, value in collection.items() if key not in _NO_MEMBERS}
    table = _table(collection, about)
    name = _clean(str(collection.get("name", "routes")))
    if fmt == "kml":
        return document(table, name, _prose(about))
    if fmt == "gpx":
        return gpx.document(table, name, _prose(about), _COMMON)
    if fmt == "parquet":
        return _parquet(table, about)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"layer.{fmt}"
            with _gdal:
                _write(table, about, path, name)
            return path.read_bytes()
    except OSError as error:
        message = f"the folder for temporary files cannot be written to ({error.strerror}); name another in TMPDIR"
        raise InputError(message) from None


# -- the table -------------------------------------------------------------------------------------------------------


def _table(collection: Mapping[str, Any], about: Mapping[str, Any]) -> gpd.GeoDataFrame:
    network = about.get("network") or {}
    constant = {key: about.get(key) for key in ("attribution", "boundary_notice", "facts_until")}
    constant |= {"network": network.get("title"), "data_date": network.get("data_date")}
    if "route" in about:
        constant["notice"] = about["route"]["notice"]
    rows = []
    for feature in collection["features"]:
        row = {"id": feature["id"]}
        for key, value in feature["properties"].items():
            row |= dict(_flat(key, value))
        # A route's own network.title and the like say the same under longer names.
        rows.append({key: value for key, value in row.items() if not key.startswith("network.")} | constant)
    names = dict.fromkeys(name for row in rows for name in row) or dict.fromkeys(["id", *constant])
    columns = {name: _column([row.get(name) for row in rows]) for name in names}
    shapes = [None if f["geometry"] is None else shapely.geometry.shape(f["geometry"]) for f in collection["features"]]
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs=_CRS))


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  (any JSON)
    if isinstance(value, dict) and name not in _AS_JSON:
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}", inner)
    else:
        yield _clean(name), _text(value) if isinstance(value, list | dict | str) else value


def _column(values: Sequence[Any]) -> pd.Series:
    """Give a column the one type that all known values have: truth, whole number, number, or text."""
    known = {type(value) for value in values if value is not None}
    whole = None not in values
    if known == {bool} and whole:
        return pd.Series(values, dtype="bool")
    if known == {int} and whole:
        return pd.Series(values, dtype="int64")
    if known and known <= {int, float}:
        return pd.Series(values, dtype="float64")
    return pd.Series([None if value is None else _text(value) for value in values], dtype=object)


def _text(value: Any) -> str:  # noqa: ANN401  (any JSON)
    return _clean(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _clean(text: str) -> str:
    """Drop what neither XML 1.0 nor SQLite's text can hold."""
    return _NOT_TEXT.sub("", text)


# -- the files -------------------------------------------------------------------------------------------------------


def _write(table: gpd.GeoDataFrame, about: Mapping[str, Any], path: Path, name: str) -> None:
    """Let GDAL write a GeoPackage or FlatGeobuf."""
    fmt = path.suffix[1:]
    options: dict[str, Any] = {"driver": _DRIVERS[fmt], "layer": name, "promote_to_multi": False}
    if fmt == "fgb":
        # Its index holds no feature without geometry, and no layer without features.
        indexed = len(table) > 0 and not bool(table.geometry.isna().any())
        options |= {"layer_options": {"DESCRIPTION": _text(dict(about)), "SPATIAL_INDEX": "YES" if indexed else "NO"}}
    else:
        options |= {"layer_options": {"DESCRIPTION": _prose(about)}}
    if len(set(table.geometry.geom_type.dropna())) != 1:
        options["geometry_type"] = "Unknown"
    stamp = f"{about.get('facts_until') or _UNDATED}T00:00:00.000Z"
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": stamp})
    try:
        pyogrio.write_dataframe(table, path, **options)
        if fmt == "gpkg":
            rows = pd.DataFrame({"key": list(about), "value": [_text(value) for value in about.values()]}, dtype=object)
            pyogrio.write_dataframe(rows, path, driver="GPKG", layer="about", append=True)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _prose(about: Mapping[str, Any]) -> str:
    """Say in words what a person who opens the file must know."""
    network = about.get("network") or {}
    sources = [
        "; ".join(str(source[key]) for key in ("title", "publisher", "licence", "date") if source.get(key))
        for source in about.get("sources") or ()
    ]
    lines = [
        (about.get("route") or {}).get("notice"),
        *(about.get("says") or ()),
        about.get("boundary_notice"),
        f"Network: {network.get('title') or 'not known'} (data of {network.get('data_date') or 'a date not known'}).",
        f"Facts until {about.get('facts_until') or 'a date not known'}.",
        f"Attribution: {about.get('attribution') or 'not known'}.",
        *(f"Source: {source}" for source in sources),
    ]
    return _clean("\n".join(line for line in lines if line))


def _parquet(table: gpd.GeoDataFrame, about: Mapping[str, Any]) -> bytes:
    first = io.BytesIO()
    table.to_parquet(first, index=False, write_covering_bbox=True)
    columns = parquet.read_table(io.BytesIO(first.getvalue()))
    columns = columns.replace_schema_metadata({**columns.schema.metadata, b"about": _text(dict(about)).encode()})
    second = pa.BufferOutputStream()
    parquet.write_table(columns, second, compression="snappy")
    content: bytes = second.getvalue().to_pybytes()
    return content
