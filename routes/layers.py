"""Files for a GIS: any GeoJSON answer as KML, GeoPackage, FlatGeobuf or GeoParquet, with what it says of itself."""

from __future__ import annotations

from geo.errors import InputError

FORMATS = {"kml": "KML", "gpkg": "GeoPackage", "fgb": "FlatGeobuf", "parquet": "GeoParquet"}
BINARY = ("gpkg", "fgb", "parquet")


def convert(geojson: bytes, fmt: str) -> bytes:
    """
    Write a FeatureCollection in a format for a GIS.

    Parameters
    ----------
    geojson
        A file of `routes.export`, `routes.answers` or `routes.comparison`.
    fmt
        kml, gpkg, fgb, parquet, or gpx: lines as tracks, points as waypoints.

    Returns
    -------
    content
        One layer in EPSG:4326 with the same features. Nested figures are columns joined by a point
        (`length_by_territory_m.AM`), lists are JSON text, and what is not known is null. Every feature has the columns
        attribution, boundary_notice, facts_until, network and data_date. All members of the collection, sources among
        them, are in the table `about` of a GeoPackage, the description of a FlatGeobuf layer and the schema of a
        GeoParquet file (key `about`); in KML the document describes itself by them in words. The same collection gives
        the same bytes: a GeoPackage is stamped with the date that the facts reach to, not with the hour.

    Raises
    ------
    InputError
        There is no such format, or the folder for temporary files cannot be written to.
    """
    if fmt not in FORMATS and fmt != "gpx":
        message = f"there is no format {fmt!r}; it must be {', '.join(list(FORMATS)[:-1])} or {list(FORMATS)[-1]}"
        raise InputError(message)
    from routes.gis import write  # noqa: PLC0415  (see `geo.frames`)

    return write(geojson, fmt)


def require_file(fmt: str, output: object) -> None:
    """
    Keep binary files out of terminals and pipes.

    Parameters
    ----------
    fmt
        Any format.
    output
        The file to write, or None for standard output.

    Raises
    ------
    InputError
        The format is binary and there is no file.
    """
    if fmt in BINARY and output is None:
        message = f"{FORMATS[fmt]} is a binary format and is not printed; name a file, such as -o answer.{fmt}"
        raise InputError(message)
