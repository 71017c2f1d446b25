"""OpenStreetMap files of every kind, read way after way with pyosmium."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np
import osmium

from geo.extract import NOWHERE, Extract
from geo.tags import TEXT_KEYS, deciding_keys, read_keys
from geo.words import Words

if TYPE_CHECKING:
    from pathlib import Path

    from geo.extract import Kinds
    from geo.progress import Progress
    from geo.tags import Tags

_EVERY = 5000  # ways between two reports


@dataclass
class _Collected:
    """Ways, and the places of their nodes, as the file is read; one entry a node reference in the last three."""

    way_id: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    text: dict[str, list[str]] = field(default_factory=lambda: {key: [] for key in TEXT_KEYS})
    ends: list[int] = field(default_factory=lambda: [0])  # of each way's references
    refs: array[int] = field(default_factory=lambda: array("q"))
    lon_e7: array[int] = field(default_factory=lambda: array("i"))
    lat_e7: array[int] = field(default_factory=lambda: array("i"))


def read(path: Path, kinds: Kinds, progress: Progress) -> Extract:
    """
    Read a file's roads and railways.

    Parameters
    ----------
    path
        An OSM file.
    kinds
        Learns the combinations of tags that are met.
    progress
        Hears how many ways were read.

    Returns
    -------
    extract
        The ways; where the file holds one twice, the first.

    Raises
    ------
    RuntimeError, ValueError, OSError
        The file cannot be read.
    """
    collected = _Collected()
    _scan(path, kinds, collected, progress)
    missing = np.asarray(collected.lon_e7) == NOWHERE
    if missing.any():
        _find(path, set(np.asarray(collected.refs)[missing].tolist()), collected)
    refs = np.asarray(collected.refs, dtype=np.int64)
    lon_e7 = np.asarray(collected.lon_e7, dtype=np.int32)
    lat_e7 = np.asarray(collected.lat_e7, dtype=np.int32)
    located = np.flatnonzero(lon_e7 != NOWHERE)
    known, row = np.unique(refs[located], return_index=True)
    node_id = np.unique(refs)
    places = np.full((2, len(node_id)), NOWHERE, dtype=np.int32)
    places[:, np.searchsorted(node_id, known)] = lon_e7[located[row]], lat_e7[located[row]]
    every = Extract(
        way_id=np.asarray(collected.way_id, dtype=np.int64),
        kind=np.asarray(collected.kind, dtype=np.int32),
        text={key: Words.encode(values) for key, values in collected.text.items()},
        node_offset=np.asarray(collected.ends, dtype=np.int64),
        node_row=np.searchsorted(node_id, refs[: collected.ends[-1]]).astype(np.int32),
        node_id=node_id,
        lon_e7=places[0],
        lat_e7=places[1],
    )
    return every.take(np.sort(np.unique(every.way_id, return_index=True)[1]))


def _scan(path: Path, kinds: Kinds, collected: _Collected, progress: Progress) -> None:
    """Collect the ways of a file, and the places of their nodes as far as these come before the ways."""
    processor = (
        osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter(*read_keys()))
    )
    stage = f"reading {path.name}"
    keys = deciding_keys()
    for count, way in enumerate(processor, start=1):
        if count % _EVERY == 0:
            progress(stage, count, None)
        if not isinstance(way, osmium.osm.Way) or not way.visible:  # the filter lets only ways through
            continue
        tags = cast("Tags", way.tags)  # given a text for what is not tagged, `get` never gives None
        kind = kinds.code(tuple(tags.get(key, "") for key in keys))
        if kind < 0:
            continue
        collected.way_id.append(way.id)
        collected.kind.append(kind)
        for key, values in collected.text.items():
            values.append(tags.get(key, ""))
        nodes = [(node.ref, node.location) for node in way.nodes]
        collected.refs.extend([ref for ref, _ in nodes])
        collected.lon_e7.extend([place.x for _, place in nodes])
        collected.lat_e7.extend([place.y for _, place in nodes])
        collected.ends.append(len(collected.refs))
    progress(stage, len(collected.way_id), len(collected.way_id))


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
