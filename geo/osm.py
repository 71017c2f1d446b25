"""OpenStreetMap files: .osm, .osm.gz, .osm.bz2 and .osm.pbf, read with pyosmium."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import osmium

from geo.errors import InputError
from geo.progress import silent
from geo.tags import classify, read_keys
from geo.ways import Ways, assemble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.network import Network
    from geo.progress import Progress
    from geo.tags import WayTags

SUFFIXES = (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf")
_NOWHERE = 2147483647  # libosmium's coordinate of a node that the file does not hold


@dataclass
class _Collected:
    way_ids: set[int] = field(default_factory=set)
    ways: list[tuple[int, WayTags, list[int]]] = field(default_factory=list)
    refs: list[int] = field(default_factory=list)
    lon_e7: list[int] = field(default_factory=list)
    lat_e7: list[int] = field(default_factory=list)


def read_osm(paths: Sequence[Path | str], *, progress: Progress = silent, data_date: str | None = None) -> Network:
    """
    Read OpenStreetMap files as one network, with the nodes that they share joined.

    Parameters
    ----------
    paths
        Files to read; a way that several of them hold is taken once.
    progress
        Hears how many ways were read.
    data_date
        Date of the data, ISO 8601; the files' own when left out.

    Returns
    -------
    network
        Roads and railways of every life-cycle status, edges cut at junctions; not yet split by territory.
        Source: the files, (c) OpenStreetMap contributors, ODbL 1.0.

    Raises
    ------
    InputError
        A file cannot be read, or no way in them is a road or a railway.
    """
    collected = _Collected()
    dates = [_read_one(Path(path), collected, progress) for path in paths]
    if not collected.ways:
        names = ", ".join(Path(path).name for path in paths)
        message = (
            f"{names} holds no road and no railway (no way with a highway or railway tag); give an OSM file with some"
        )
        raise InputError(message)
    node_id, row = np.unique(np.asarray(collected.refs, dtype=np.int64), return_index=True)
    ways = Ways(
        node_id,
        np.asarray(collected.lon_e7, dtype=np.int32)[row],
        np.asarray(collected.lat_e7, dtype=np.int32)[row],
    )
    for way_id, tags, refs in collected.ways:
        ways.add(tags, refs, way_id=way_id, source="OpenStreetMap", geometry_basis="OpenStreetMap way")
    known = [date for date in dates if date]
    date = data_date or (min(known) if len(known) == len(dates) else None)
    return assemble(ways, osm_meta(title=", ".join(Path(p).name for p in paths), data_date=date))


def osm_meta(title: str, data_date: str | None) -> dict[str, object]:
    """
    Make the header of a network that comes from OpenStreetMap.

    Parameters
    ----------
    title
        What to call it.
    data_date
        Date of the data, ISO 8601; None where not known.

    Returns
    -------
    meta
        The header, see `geo.network.Network`.
    """
    source = {
        "id": "openstreetmap",
        "title": "OpenStreetMap",
        "publisher": "OpenStreetMap contributors",
        "licence": "ODbL 1.0",
        "date": data_date,
    }
    return {
        "title": title,
        "data_date": data_date,
        "generalised": False,
        "sources": [source],
        "boundaries": None,
        "relief": None,
    }


def _read_one(path: Path, collected: _Collected, progress: Progress) -> str | None:
    if not path.is_file():
        message = f"{path} does not exist; give an OSM file (.osm, .osm.gz, .osm.bz2 or .osm.pbf)"
        raise InputError(message)
    if not path.name.endswith(SUFFIXES):
        message = f"{path.name} is not named like an OSM file; it must end in .osm, .osm.gz, .osm.bz2 or .osm.pbf"
        raise InputError(message)
    try:
        _scan(path, collected, progress)
        with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
            stamp = reader.header().get("osmosis_replication_timestamp")
    except (RuntimeError, ValueError, OSError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        message = (
            f"{path.name} cannot be read as OSM data ({reason}); it may be cut short or something else: fetch it again"
        )
        raise InputError(message) from None
    return stamp[:10] or None


def _scan(path: Path, collected: _Collected, progress: Progress) -> None:
    processor = (
        osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter(*read_keys()))
    )
    stage = f"reading {path.name}"
    for count, way in enumerate(processor, start=1):
        if count % 5000 == 0:
            progress(stage, count, None)
        if way.id in collected.way_ids:
            continue
        if not isinstance(way, osmium.osm.Way):  # the filter lets only ways through
            continue
        readings = classify(dict(way.tags))
        if not readings:
            continue
        collected.way_ids.add(way.id)
        for part in _located_parts(way, collected):
            collected.ways.extend((way.id, tags, part) for tags in readings)
    progress(stage, len(collected.ways), len(collected.ways))


def _located_parts(way: osmium.osm.Way, collected: _Collected) -> list[list[int]]:
    """Split a way where the file lacks a node: an extract's edge must not become a straight line across it."""
    parts: list[list[int]] = [[]]
    for node in way.nodes:
        x = node.x
        if x == _NOWHERE:
            parts.append([])
            continue
        ref = node.ref
        parts[-1].append(ref)
        collected.refs.append(ref)
        collected.lon_e7.append(x)
        collected.lat_e7.append(node.y)
    return [part for part in parts if len(part) > 1]
