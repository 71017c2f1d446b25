"""Write text files that a reviewer can read and diff: sorted, rounded, one record a line."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

DECIMALS = 5
"""Decimals of a degree in every file: about one metre."""


def rounded(geometry: BaseGeometry) -> BaseGeometry:
    """
    Round every coordinate to the files' decimals.

    Parameters
    ----------
    geometry
        Any geometry in degrees.

    Returns
    -------
    rounded
        The same geometry with the same number of vertices.
    """
    return shapely.transform(geometry, lambda xy: np.round(xy, DECIMALS))


def feature(properties: Mapping[str, Any], geometry: BaseGeometry) -> dict[str, Any]:
    """
    Make one GeoJSON feature with rounded coordinates.

    Parameters
    ----------
    properties
        The feature's properties; those that are None or "" are left out.
    geometry
        The geometry in degrees, longitude first.

    Returns
    -------
    feature
        The feature as plain objects.
    """
    kept = {key: value for key, value in properties.items() if value not in (None, "")}
    return {"type": "Feature", "properties": kept, "geometry": mapping(rounded(geometry))}


def geojson(members: Mapping[str, Any], features: Iterable[Mapping[str, Any]]) -> bytes:
    """
    Write a FeatureCollection with one feature a line.

    Parameters
    ----------
    members
        Members of the collection beside its type and features, in the order wanted.
    features
        The features, in the order wanted.

    Returns
    -------
    content
        UTF-8 text with LF line ends and a final newline.
    """
    head = "".join(f"{_json(key)}: {_json(value)},\n" for key, value in members.items())
    body = ",\n".join(_json(each) for each in features)
    return f'{{\n"type": "FeatureCollection",\n{head}"features": [\n{body}\n]\n}}\n'.encode()


def table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """
    Write a comma-separated table.

    Parameters
    ----------
    columns
        The column names, in the order wanted.
    rows
        One mapping a row; a missing or None value is written as an empty field.

    Returns
    -------
    content
        UTF-8 text with LF line ends and a final newline.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
