"""What a reader takes from an OpenStreetMap file, and several files' ways put together in one table."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError
from geo.junctions import WayTable
from geo.measure import E7
from geo.network import MODES, STATUSES, STRUCTURES, gather
from geo.tags import TEXT_KEYS, classify, deciding_keys
from geo.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from geo.tags import WayTags

NOWHERE = 2147483647
"""Coordinate of a node that the file does not hold, 1e-7 degree; libosmium's."""


@dataclass(frozen=True)
class Kinds:
    """
    The readings of ways, each distinct combination of tags read once.

    Attributes
    ----------
    readings
        What the ways of each kind are, see `geo.tags.classify`; their texts are empty.
    codes
        The kind of each combination of values of `deciding_keys` met so far; -1 where such a way is in no network.
    """

    readings: list[tuple[WayTags, ...]] = field(default_factory=list)
    codes: dict[tuple[str, ...], int] = field(default_factory=dict)

    def code(self, values: tuple[str, ...]) -> int:
        """
        Read a combination of tags.

        Parameters
        ----------
        values
            One for each of `deciding_keys`; empty where not tagged.

        Returns
        -------
        kind
            Position in `readings`; -1 where such a way belongs to no network.
        """
        if values not in self.codes:
            found = classify(dict(zip(deciding_keys(), values, strict=True)))
            self.codes[values] = len(self.readings) if found else -1
            if found:
                self.readings.append(found)
        return self.codes[values]


@dataclass(frozen=True, eq=False, kw_only=True)
class Extract:
    """
    The roads and railways of one file.

    Attributes
    ----------
    way_id, kind
        Id and kind (a position in `Kinds.readings`) of each way; no id occurs twice.
    text
        Values of `TEXT_KEYS`, one row a way.
    node_offset, node_row
        Way i passes the nodes in rows node_row[node_offset[i] : node_offset[i + 1]], in this order.
    node_id, lon_e7, lat_e7
        The nodes that the ways name, ids ascending, and where they are, 1e-7 degree: `NOWHERE` where the file does not
        hold them.
    """

    way_id: NDArray[np.int64]
    kind: NDArray[np.int32]
    text: dict[str, Words]
    node_offset: NDArray[np.int64]
    node_row: NDArray[np.int32]
    node_id: NDArray[np.int64]
    lon_e7: NDArray[np.int32]
    lat_e7: NDArray[np.int32]

    def take(self, rows: NDArray[np.intp]) -> Extract:
        """
        Pick ways; all nodes stay.

        Parameters
        ----------
        rows
            Rows of the ways.

        Returns
        -------
        extract
            Those ways.
        """
        node_offset, index = gather(self.node_offset, rows)
        return replace(
            self,
            way_id=self.way_id[rows],
            kind=self.kind[rows],
            text={name: words.take(rows) for name, words in self.text.items()},
            node_offset=node_offset,
            node_row=self.node_row[index],
        )


def way_table(extracts: Sequence[Extract], kinds: Kinds) -> WayTable:
    """
    Put the ways of several files together.

    Parameters
    ----------
    extracts
        What was read, the newest first: its version of a way or a node is the one taken.
    kinds
        The readings of the ways.

    Returns
    -------
    ways
        One row for each reading of each unbroken part of a way: it is split where no file holds a node, for an
        extract's edge must not become a straight line across it.

    Raises
    ------
    InputError
        A node lies nowhere on Earth.
    """
    whole = _joined(extracts)
    located = whole.lon_e7 != NOWHERE
    _require_earth(whole, located)
    way, offset, row = _parts(whole, located)
    # A way that is a road and a railway at once has two readings.
    count = np.array([len(found) for found in kinds.readings], dtype=np.int64)
    flat = [tags for found in kinds.readings for tags in found]
    of_part = count[whole.kind[way]]
    part = np.repeat(np.arange(len(way)), of_part)
    nth = np.arange(len(part)) - np.repeat(np.cumsum(of_part) - of_part, of_part)
    reading = (np.cumsum(count) - count)[whole.kind[way[part]]] + nth
    offset, row = _directed(offset, row, part, np.array([tags.direction < 0 for tags in flat])[reading])
    way = way[part]
    words = {name: whole.text[name].take(way) for name in TEXT_KEYS}
    words |= {name: _column((getattr(tags, own) for tags in flat), reading) for name, own in _READ_TEXTS.items()}
    words |= {name: Words.constant(text, 1).take(np.zeros(len(way), dtype=np.intp)) for name, text in _SAME.items()}
    return WayTable(
        node_id=whole.node_id,
        node_lon_e7=whole.lon_e7,
        node_lat_e7=whole.lat_e7,
        way_id=whole.way_id[way],
        mode=_codes((MODES.index(tags.mode) for tags in flat), reading),
        status=_codes((STATUSES.index(tags.status) for tags in flat), reading),
        structure=_codes((STRUCTURES.index(tags.structure) for tags in flat), reading),
        oneway=np.array([tags.direction != 0 for tags in flat], dtype=bool)[reading],
        length_m=np.full(len(way), np.nan),
        accuracy_m=np.full(len(way), np.nan, dtype=np.float32),
        text=words,
        node_offset=offset,
        node_row=row,
    )


_READ_TEXTS = {"class": "class_", "structure_kind": "structure_kind"}
_SAME = {
    "source": "OpenStreetMap",
    "geometry_basis": "OpenStreetMap way",
    "territory": "",
    "near_territory": "",
    "stretch": "",
    "note": "",
}


def _codes(values: Iterable[int], reading: NDArray[np.intp]) -> NDArray[np.uint8]:
    return np.fromiter(values, dtype=np.uint8)[reading]


def _column(values: Iterable[str], reading: NDArray[np.intp]) -> Words:
    return Words.encode(list(values)).take(reading)


def _joined(extracts: Sequence[Extract]) -> Extract:
    """Make one extract of several: ways known already are left out, nodes are where the first that holds them says."""
    if len(extracts) == 1:
        return extracts[0]
    known = np.empty(0, dtype=np.int64)
    fresh = []
    for extract in extracts:
        fresh.append(extract.take(np.flatnonzero(~np.isin(extract.way_id, known))))
        known = np.concatenate((known, fresh[-1].way_id))
    node_id = np.unique(np.concatenate([extract.node_id for extract in extracts]))
    lon_e7, lat_e7 = (np.full(len(node_id), NOWHERE, dtype=np.int32) for _ in range(2))
    rows = []
    for extract in fresh:
        place = np.searchsorted(node_id, extract.node_id)
        lacking = lon_e7[place] == NOWHERE
        lon_e7[place[lacking]] = extract.lon_e7[lacking]
        lat_e7[place[lacking]] = extract.lat_e7[lacking]
        rows.append(place[extract.node_row].astype(np.int32))
    text = fresh[0].text
    for extract in fresh[1:]:
        text = {name: words.join(extract.text[name]) for name, words in text.items()}
    sizes = np.concatenate([np.diff(extract.node_offset) for extract in fresh])
    return Extract(
        way_id=known,
        kind=np.concatenate([extract.kind for extract in fresh]),
        text=text,
        node_offset=np.concatenate(([0], np.cumsum(sizes))),
        node_row=np.concatenate(rows),
        node_id=node_id,
        lon_e7=lon_e7,
        lat_e7=lat_e7,
    )


def _require_earth(whole: Extract, located: NDArray[np.bool_]) -> None:
    lon_e7, lat_e7 = whole.lon_e7, whole.lat_e7
    # Negative limits too: the smallest integer has no absolute value.
    beyond = (lon_e7 < -180 * E7) | (lon_e7 > 180 * E7) | (lat_e7 < -90 * E7) | (lat_e7 > 90 * E7)
    at = np.flatnonzero(located & beyond)
    if len(at):
        message = (
            f"node {whole.node_id[at[0]]} lies at longitude {lon_e7[at[0]] / E7:g}, latitude {lat_e7[at[0]] / E7:g}, "
            "which is nowhere on Earth; give a file whose lon and lat are degrees and not swapped"
        )
        raise InputError(message)


def _parts(whole: Extract, located: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int32]]:
    """Split ways where a node has no place: way, offsets and nodes of each part of two nodes or more."""
    offset, row = whole.node_offset, whole.node_row
    way = np.arange(len(whole.way_id))
    known = located[row]
    if not known.all():
        way_of = np.repeat(way, np.diff(offset))[known]
        place = np.flatnonzero(known)
        first = np.ones(len(place), dtype=bool)
        first[1:] = (np.diff(place) > 1) | (way_of[1:] != way_of[:-1])
        begin = np.flatnonzero(first)
        way, row = way_of[begin], row[place]
        offset = np.append(begin, len(row))
    long = np.flatnonzero(np.diff(offset) > 1)
    if len(long) < len(way):
        way = way[long]
        offset, index = gather(offset, long)
        row = row[index]
    return way, offset, row


def _directed(
    offset: NDArray[np.int64], row: NDArray[np.int32], part: NDArray[np.intp], backward: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Repeat parts for each of their readings, turned round where it may be used against its direction alone."""
    if len(part) > len(offset) - 1:
        offset, index = gather(offset, part)
        row = row[index]
    turned = np.flatnonzero(backward)
    if len(turned):
        own, index = gather(offset, turned)
        row = row.copy()
        row[index] = row[np.repeat(offset[turned] + offset[turned + 1] - 1, np.diff(own)) - index]
    return offset, row
