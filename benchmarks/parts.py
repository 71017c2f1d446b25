"""Parts of an OSM file: 1/2, 1/4 and 1/8 of its nodes, cut so that they stay routable."""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import osmium

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

SHARES = (0.125, 0.25, 0.5, 1.0)
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Part:
    """
    A part of the file, or all of it.

    Attributes
    ----------
    share
        Share of the file's nodes that was asked for.
    osm
        The file.
    nodes
        Nodes that it holds.
    """

    share: float
    osm: Path
    nodes: int


def cut(osm: Path, folder: Path, shares: Sequence[float] = SHARES) -> list[Part]:
    """
    Cut a file by boxes that grow around the middle of its nodes.

    A part holds every way with a node in its box, whole, and every node in the box. Ids play no part in it.

    Parameters
    ----------
    osm
        The file.
    folder
        Where the parts go; what an earlier run left there is used again. The smallest is written as XML too.
    shares
        Of all nodes; ascending, the last is 1.

    Returns
    -------
    parts
        One a share.
    """
    noted = folder / "parts.json"
    if noted.exists():
        sizes = json.loads(noted.read_text(encoding="utf-8"))
    else:
        folder.mkdir(parents=True, exist_ok=True)
        sizes = _cut(osm, folder, shares)
        noted.write_text(json.dumps(sizes), encoding="utf-8")
    return [
        Part(share, osm if share == 1 else _file(folder, share), nodes)
        for share, nodes in zip(shares, sizes, strict=True)
    ]


def key(osm: Path) -> str:
    """
    Name a file by its content.

    Parameters
    ----------
    osm
        The file.

    Returns
    -------
    key
        Its name and the beginning of its SHA-256.
    """
    digest = hashlib.sha256()
    with osm.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return f"{osm.name.split('.')[0]}-{digest.hexdigest()[:12]}"


def _file(folder: Path, share: float) -> Path:
    return folder / f"{share:g}" / "part.osm.pbf"


def _cut(osm: Path, folder: Path, shares: Sequence[float]) -> list[int]:
    node_level, way_level = _levels(osm, shares)
    with ExitStack() as open_files:
        writers: list[list[osmium.SimpleWriter]] = []
        for share in shares[:-1]:
            target = _file(folder, share)
            target.parent.mkdir(parents=True, exist_ok=True)
            names = [target, target.with_name("part.osm")] if share == shares[0] else [target]
            writers.append([open_files.enter_context(osmium.SimpleWriter(str(name), overwrite=True)) for name in names])
        for levels, kind in ((node_level, osmium.osm.NODE), (way_level, osmium.osm.WAY)):
            for thing, level in zip(osmium.FileProcessor(str(osm), kind), levels.tolist(), strict=True):
                for group in writers[level:]:
                    for writer in group:
                        writer.add(thing)
    return [int((node_level <= level).sum()) for level in range(len(shares))]


def _levels(osm: Path, shares: Sequence[float]) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Find the smallest part that holds each node and each way, in the file's order."""
    things = osmium.FileProcessor(str(osm), osmium.osm.NODE)
    nodes = ((node.id, node.lon, node.lat) for node in things if isinstance(node, osmium.osm.Node))
    table = np.fromiter(nodes, dtype=[("id", "i8"), ("lon", "f8"), ("lat", "f8")])
    refs, counts = [], []
    for way in osmium.FileProcessor(str(osm), osmium.osm.WAY):
        if not isinstance(way, osmium.osm.Way):
            continue
        row = [node.ref for node in way.nodes]
        refs += row
        counts.append(len(row))
    radius = np.maximum(*(_from_middle(table[axis]) for axis in ("lon", "lat")))
    limits = np.quantile(radius, shares)
    order = np.argsort(table["id"], kind="stable")
    place = np.searchsorted(table["id"], np.array(refs), sorter=order)
    member = order[np.minimum(place, len(order) - 1)]
    present = table["id"][member] == np.array(refs)  # a file that was cut before may lack some
    start = np.concatenate(([0], np.cumsum(counts)[:-1]))
    reach = np.append(np.where(present, radius[member], np.inf), np.inf)  # the last for a way without nodes
    nearest = np.minimum.reduceat(reach, start)
    way_level = np.minimum(np.searchsorted(limits, nearest), len(shares) - 1)
    node_level = np.minimum(np.searchsorted(limits, radius), len(shares) - 1)
    np.minimum.at(node_level, member[present], np.repeat(way_level, counts)[present])
    return node_level.astype(np.int8), way_level.astype(np.int8)


def _from_middle(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance from the median, in units of the middle half's width: a box keeps the file's proportions."""
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    return np.asarray(np.abs(values - middle) / max(high - low, 1e-9))
