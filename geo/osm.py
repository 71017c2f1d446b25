"""OpenStreetMap files: .osm, .osm.gz, .osm.bz2 and .osm.pbf, read with pyosmium."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import osmium

from geo.errors import InputError
from geo.measure import E7
from geo.progress import silent
from geo.tags import classify, read_keys
from geo.ways import Ways, assemble

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geo.network import Network
    from geo.progress import Progress
    from geo.tags import Tags, WayTags

SUFFIXES = (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf")
_NOWHERE = 2147483647  # libosmium's coordinate of a node that it has not met


@dataclass
class _Collected:
    """Ways and the places of their nodes, as the files are read; one entry a node reference in the arrays."""

    way_ids: set[int] = field(default_factory=set)
    ways: list[tuple[int, tuple[WayTags, ...], int, int]] = field(default_factory=list)  # id, tags, span of refs
    refs: array[int] = field(default_factory=lambda: array("q"))
    lon_e7: array[int] = field(default_factory=lambda: array("i"))
    lat_e7: array[int] = field(default_factory=lambda: array("i"))


def read_osm(paths: Sequence[Path | str], *, progress: Progress = silent, data_date: str | None = None) -> Network:
    """
    Read OpenStreetMap files as one network, with the nodes that they share joined.

    Parameters
    ----------
    paths
        Files to read, in any order; a way that several of them hold is taken once, from the newest.
    progress
        Hears how many ways were read.
    data_date
        Date of the data, ISO 8601; when left out the oldest of the files' own, not known where one states none.

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
    # The newest file comes first, so that its version of a way is the one taken, in whatever order they were named.
    dated = sorted(((_date(Path(path)), Path(path)) for path in paths), key=lambda pair: (pair[1].name, str(pair[1])))
    dated.sort(key=lambda pair: pair[0], reverse=True)
    names = ", ".join(path.name for _, path in dated)
    collected = _Collected()
    for _, path in dated:
        _read_one(path, collected, progress)
    if not collected.ways:
        message = (
            f"{names} holds no road and no railway (no way with a highway or railway tag); give an OSM file with some"
        )
        raise InputError(message)
    date = data_date or min(date for date, _ in dated) or None
    network = assemble(_ways(collected), osm_meta(title=names, data_date=date))
    if network.edge_count == 0:
        message = f"{names} holds the ways but not the nodes of roads and railways; give a file that has both"
        raise InputError(message)
    return network


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


def _date(path: Path) -> str:
    """Check a file's name, and give the date that its header states; empty where it states none."""
    if not path.exists():
        message = f"{path} does not exist; give an OSM file (.osm, .osm.gz, .osm.bz2 or .osm.pbf)"
        raise InputError(message)
    if not path.is_file():
        message = f"{path} is a folder; give an OSM file (.osm, .osm.gz, .osm.bz2 or .osm.pbf)"
        raise InputError(message)
    if not path.name.endswith(SUFFIXES):
        message = f"{path.name} is not named like an OSM file; it must end in .osm, .osm.gz, .osm.bz2 or .osm.pbf"
        raise InputError(message)
    try:
        with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
            return reader.header().get("osmosis_replication_timestamp")[:10]
    except (RuntimeError, ValueError, OSError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> InputError:
    reason = " ".join(str(error).split()) or type(error).__name__
    return InputError(
        f"{path.name} cannot be read as OSM data ({reason}); it may be cut short or something else: fetch it again"
    )


def _read_one(path: Path, collected: _Collected, progress: Progress) -> None:
    first = len(collected.refs)
    try:
        _scan(path, collected, progress)
        lost = np.asarray(collected.lon_e7[first:]) == _NOWHERE
        missing = set(np.asarray(collected.refs[first:])[lost].tolist())
        if missing:
            _find(path, missing, collected)
    except (RuntimeError, ValueError, OSError, osmium.InvalidLocationError) as error:
        raise _unreadable(path, error) from None


def _scan(path: Path, collected: _Collected, progress: Progress) -> None:
    """Collect the ways of a file, and the places of their nodes as far as these come before the ways."""
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
        if not isinstance(way, osmium.osm.Way) or not way.visible:  # the filter lets only ways through
            continue
        readings = classify(cast("Tags", way.tags))  # given a text for what is not tagged, `get` never gives None
        if not readings:
            continue
        start = len(collected.refs)
        nodes = [(node.ref, node.location) for node in way.nodes]
        collected.refs.extend([ref for ref, _ in nodes])
        collected.lon_e7.extend([place.x for _, place in nodes])
        collected.lat_e7.extend([place.y for _, place in nodes])
        if way.id not in collected.way_ids:  # a way known already may still have nodes that the other file lacked
            collected.way_ids.add(way.id)
            collected.ways.append((way.id, readings, start, len(collected.refs)))
    progress(stage, len(collected.ways), len(collected.ways))


def _find(path: Path, missing: set[int], collected: _Collected) -> None:
    """Find nodes that stand behind their ways (as Overpass writes them) or have ids below zero (as JOSM gives them)."""
    processor = osmium.FileProcessor(str(path), osmium.osm.NODE)
    if min(missing) >= 0:
        processor = processor.with_filter(osmium.filter.IdFilter(missing))
    for node in processor:
        if isinstance(node, osmium.osm.Node) and node.id in missing and node.visible:
            collected.refs.append(node.id)
            collected.lon_e7.append(node.location.x)
            collected.lat_e7.append(node.location.y)


def _ways(collected: _Collected) -> Ways:
    refs = np.asarray(collected.refs, dtype=np.int64)
    lon_e7 = np.asarray(collected.lon_e7, dtype=np.int32)
    lat_e7 = np.asarray(collected.lat_e7, dtype=np.int32)
    located = np.flatnonzero(lon_e7 != _NOWHERE)
    node_id, row = np.unique(refs[located], return_index=True)
    lon_e7, lat_e7 = lon_e7[located[row]], lat_e7[located[row]]
    beyond = np.flatnonzero((np.abs(lon_e7) > 180 * E7) | (np.abs(lat_e7.astype(np.int64)) > 90 * E7))
    if len(beyond):
        at = beyond[0]
        message = (
            f"node {node_id[at]} lies at longitude {lon_e7[at] / E7:g}, latitude {lat_e7[at] / E7:g}, which is nowhere "
            "on Earth; give a file whose lon and lat are degrees and not swapped"
        )
        raise InputError(message)
    ways = Ways(node_id, lon_e7, lat_e7)
    known = np.isin(refs, node_id)
    for way_id, readings, start, stop in collected.ways:
        for part in _parts(collected.refs[start:stop], known[start:stop]):
            for tags in readings:
                ways.add(tags, part, way_id=way_id, source="OpenStreetMap", geometry_basis="OpenStreetMap way")
    return ways


def _parts(refs: array[int], known: NDArray[np.bool_]) -> Iterator[array[int]]:
    """Split a way where no file holds a node: an extract's edge must not become a straight line across it."""
    gaps = [-1, *np.flatnonzero(~known).tolist(), len(refs)]
    for before, after in pairwise(gaps):
        if after - before > 2:  # noqa: PLR2004  (two nodes or more between the gaps)
            yield refs[before + 1 : after]
