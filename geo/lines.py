"""The text network: lines in a GeoJSON file that a reviewer can read, compiled to a Network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import DataError
from geo.measure import to_e7
from geo.network import MODES, STATUSES, STRUCTURES, Network
from geo.tags import WayTags
from geo.ways import Ways, assemble

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TEXTS = ("stretch", "geometry_basis", "source", "note")
_TAGS = ("structure_kind", "name", "ref", "maxspeed", "surface", "lanes", "gauge", "electrified")


def read_lines(path: Path | str) -> Network:
    """
    Read a text network: one LineString a feature; lines join where they share a vertex.

    Parameters
    ----------
    path
        A GeoJSON file. Each feature has mode, class and status, and may have structure, length_km (published, of the
        whole line), accuracy_m, stretch, geometry_basis, source, note and the tags of a way.

    Returns
    -------
    network
        Not yet split by territory. A published length is shared over a line's edges in proportion to shape.

    Raises
    ------
    DataError
        The file is missing or a feature is not as described.
    """
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        features = [
            (_name(f, row), f["properties"], f["geometry"]) for row, f in enumerate(content["features"], start=1)
        ]
    except FileNotFoundError:
        message = f"{path} does not exist; a study needs its text network there"
        raise DataError(message) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{path.name} is not a text network ({type(error).__name__}: {error}); it must be GeoJSON LineStrings"
        raise DataError(message) from None
    if not features:
        message = f"{path.name} holds no line; a text network has one LineString a feature"
        raise DataError(message)
    points = [_points(geometry, f"{path.name}, line {name}") for name, _, geometry in features]
    places, number = np.unique(np.vstack(points), axis=0, return_inverse=True)
    ways = Ways(np.arange(1, len(places) + 1, dtype=np.int64), places[:, 0], places[:, 1])
    refs = np.split(number.ravel() + 1, np.cumsum([len(p) for p in points])[:-1])
    for row, ((name, properties, _), line) in enumerate(zip(features, refs, strict=True), start=1):
        _add(ways, properties, line.tolist(), row, f"{path.name}, line {name}")
    header = {
        "title": content.get("title", path.stem),
        "data_date": content.get("data_date"),
        "generalised": bool(content.get("generalised", True)),
        "sources": content.get("sources", []),
        "boundaries": None,
        "relief": None,
    }
    return assemble(ways, header)


def _name(feature: dict[str, Any], row: int) -> str:
    return str(feature["properties"].get("id", f"feature {row}"))


def _points(geometry: dict[str, Any], where: str) -> NDArray[np.int32]:
    """Give a line's vertices, 1e-7 degree; shape (vertices, 2)."""
    try:
        points = np.asarray(geometry["coordinates"], dtype=np.float64)
        good = geometry["type"] == "LineString" and points.ndim == 2 and points.shape[1] in {2, 3}  # noqa: PLR2004
    except (ValueError, KeyError, TypeError):
        good = False
    if not good:
        message = f"{where}: its geometry is no LineString; give a list of [longitude, latitude]"
        raise DataError(message)
    if not (np.abs(points[:, :2]) <= [180, 90]).all():
        message = f"{where}: a vertex is nowhere on Earth; give longitude and latitude in degrees"
        raise DataError(message)
    vertices = to_e7(points[:, :2])
    if (vertices == vertices[0]).all():
        message = f"{where}: it has no length; give at least two places"
        raise DataError(message)
    return vertices


def _add(ways: Ways, properties: dict[str, Any], refs: list[int], row: int, where: str) -> None:
    for key, allowed in (("mode", MODES), ("status", STATUSES), ("structure", STRUCTURES)):
        if properties.get(key, "none" if key == "structure" else None) not in allowed:
            message = f"{where}: {key} is {properties.get(key)!r}; it must be one of {', '.join(allowed)}"
            raise DataError(message)
    ways.add(
        WayTags(
            mode=properties["mode"],
            class_=str(properties.get("class", "road" if properties["mode"] == "road" else "rail")),
            status=properties["status"],
            structure=properties.get("structure", "none"),
            direction=1 if properties.get("oneway") else 0,
            **{tag: str(properties[tag]) for tag in _TAGS if tag in properties},
        ),
        refs,
        way_id=row,
        length_m=_positive(properties, "length_km", where) * 1000,
        accuracy_m=_positive(properties, "accuracy_m", where),
        **{key: _text(properties.get(key)) for key in _TEXTS},
    )


def _positive(properties: dict[str, Any], key: str, where: str) -> float:
    """Give a number above zero, NaN where there is none."""
    value = properties.get(key)
    if value is None:
        return np.nan
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < np.inf:
        message = f"{where}: {key} is {value!r}; it must be a number above 0, or left out where it is not known"
        raise DataError(message)
    return float(value)


def _text(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(dict.fromkeys(str(item) for item in value))
    return "" if value is None else str(value)
