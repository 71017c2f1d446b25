"""The text network: lines in a GeoJSON file that a reviewer can read, compiled to a Network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from geo.errors import DataError
from geo.measure import to_e7
from geo.network import MODES, STATUSES, STRUCTURES, Network
from geo.tags import WayTags
from geo.ways import Ways, assemble

_TEXTS = ("stretch", "geometry_basis", "source")
_TAGS = ("structure_kind", "name", "ref", "maxspeed", "surface", "lanes", "gauge", "electrified")


def read_lines(path: Path | str) -> Network:
    """
    Read a text network: one LineString a feature; lines join where their end vertices are the same.

    Parameters
    ----------
    path
        A GeoJSON file. Each feature has mode, class and status, and may have structure, length_km (published, of the
        whole line), accuracy_m, stretch, geometry_basis, source and the tags of a way.

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
        features = content["features"]
        points = [to_e7(np.asarray(f["geometry"]["coordinates"], dtype=np.float64)) for f in features]
    except FileNotFoundError:
        message = f"{path} does not exist; a study needs its text network there"
        raise DataError(message) from None
    except (ValueError, KeyError, TypeError) as error:
        message = f"{path.name} is not a text network ({type(error).__name__}: {error}); it must be GeoJSON LineStrings"
        raise DataError(message) from None
    places, number = np.unique(np.vstack(points), axis=0, return_inverse=True)
    ways = Ways(np.arange(1, len(places) + 1, dtype=np.int64), places[:, 0], places[:, 1])
    refs = np.split(number.ravel() + 1, np.cumsum([len(p) for p in points])[:-1])
    for row, (feature, line) in enumerate(zip(features, refs, strict=True), start=1):
        _add(ways, feature["properties"], line.tolist(), row, path.name)
    header = {
        "title": content.get("title", path.stem),
        "data_date": content.get("data_date"),
        "generalised": bool(content.get("generalised", True)),
        "sources": content.get("sources", []),
        "boundaries": None,
        "relief": None,
    }
    return assemble(ways, header)


def _add(ways: Ways, properties: dict[str, Any], refs: list[int], row: int, file: str) -> None:
    name = properties.get("id", f"feature {row}")
    for key, allowed in (("mode", MODES), ("status", STATUSES), ("structure", STRUCTURES)):
        if properties.get(key, "none" if key == "structure" else None) not in allowed:
            message = f"{file}, line {name}: {key} is {properties.get(key)!r}; it must be one of {', '.join(allowed)}"
            raise DataError(message)
    published = properties.get("length_km")
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
        length_m=np.nan if published is None else float(published) * 1000,
        accuracy_m=float(properties.get("accuracy_m") or np.nan),
        **{key: _text(properties.get(key)) for key in _TEXTS},
    )


def _text(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(str(item) for item in value)
    return "" if value is None else str(value)
