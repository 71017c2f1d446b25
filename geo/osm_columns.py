"""OpenStreetMap PBF files, read as columns with DuckDB."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import pyarrow as pa
import pyarrow.compute as pc

from geo import warehouse
from geo.extract import NOWHERE, Extract
from geo.measure import E7
from geo.tags import TEXT_KEYS, deciding_keys, read_keys
from geo.threads import in_threads
from geo.words import Words

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb
    from numpy.typing import NDArray

    from geo.extract import Kinds
    from geo.progress import Progress

_BATCH = 100_000  # rows handed over at once
_SPAN = 500_000  # references looked up at once
_MANY = 1 << 40  # codes of combined tags are counted anew before they grow beyond an integer
_SLACK = 1e-3  # of 1e-7 degree: more than a coordinate on the grid loses on its way through a float
_TWICE = "a way or a node stands in it twice"
_WAYS = (
    "SELECT id, tags, coalesce(refs, []) AS refs FROM ST_ReadOSM({path}) "
    "WHERE kind = 'way' AND list_has_any(map_keys(tags), [{keys}])"
)
_NODES = "SELECT id, lon, lat FROM ST_ReadOSM({path}) WHERE kind = 'node'"


@dataclass
class _Ways:
    """Ways as they come, batch by batch."""

    way_id: list[NDArray[np.int64]] = field(default_factory=list)
    kind: list[NDArray[np.int32]] = field(default_factory=list)
    text: dict[str, list[NDArray[np.int32]]] = field(default_factory=lambda: {key: [] for key in TEXT_KEYS})
    words: dict[str, dict[str, int]] = field(default_factory=lambda: {key: {"": 0} for key in TEXT_KEYS})
    count: list[NDArray[np.int64]] = field(default_factory=list)


def read(path: Path, kinds: Kinds, progress: Progress, *, memory_limit: str | None = None) -> Extract:
    """
    Read a PBF file's roads and railways.

    Parameters
    ----------
    path
        A PBF file.
    kinds
        Learns the combinations of tags that are met.
    progress
        Hears how much was read, in hundredths.
    memory_limit
        The most that DuckDB may hold in memory, such as 600MB; what is more goes to a temporary folder.

    Returns
    -------
    extract
        What `geo.osm_stream.read` gives, but for the order of its ways.

    Raises
    ------
    NotPlainError
        DuckDB is not there or cannot read the file, or the file is no plain one (a thing twice, versions of a thing,
        places on ways, places finer than 1e-7 degree): pyosmium reads those as they are meant.
    """
    _require_plain(path)
    with warehouse.opened(memory_limit) as connection:
        ways = _Ways()
        refs = _Spilled(connection) if memory_limit else _Held()
        name, keys = warehouse.quoted(str(path)), ", ".join(map(warehouse.quoted, read_keys()))
        query = connection.execute(_WAYS.format(path=name, keys=keys))
        for batch in query.to_arrow_reader(_BATCH):
            refs.add(_take(batch, kinds, ways))
            progress(f"reading ways of {path.name}", warehouse.percent(connection), 100)
        columns = _columns(ways)
        node_id = refs.distinct()
        places = np.full((2, len(node_id)), NOWHERE, dtype=np.int32)
        found = 0
        for batch in connection.execute(_NODES.format(path=name)).to_arrow_reader(_BATCH):
            found += _place(batch, node_id, places)
            progress(f"reading nodes of {path.name}", warehouse.percent(connection), 100)
        if found > np.count_nonzero(places[0] != NOWHERE):
            raise warehouse.NotPlainError(_TWICE)
        row = refs.rows(node_id)
    return Extract(**columns, node_row=row, node_id=node_id, lon_e7=places[0], lat_e7=places[1])


def _require_plain(path: Path) -> None:
    with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
        header = reader.header()
        features = [header.get(f"pbf_optional_feature_{number}") for number in range(10)]
        if header.has_multiple_object_versions or "LocationsOnWays" in features:
            message = "it holds versions of things, or places on ways"
            raise warehouse.NotPlainError(message)


# -- ways --------------------------------------------------------------------------------------------------------------


def _take(batch: pa.RecordBatch, kinds: Kinds, ways: _Ways) -> pa.ListArray:
    """Keep the roads and railways of a batch of ways; give their nodes."""
    columns = _Tags(batch.column("tags"))
    kind = columns.kinds(kinds)
    kept = np.flatnonzero(kind >= 0)
    ways.kind.append(kind[kept])
    ways.way_id.append(_numbers(batch.column("id"))[kept])
    for key, codes in ways.text.items():
        column, words = columns.column(key)
        known = ways.words[key]
        recode = np.array([0, *(known.setdefault(word, len(known)) for word in words)], dtype=np.int32)
        codes.append(recode[column[kept]])
    refs = batch.column("refs").take(_indices(kept))
    ways.count.append(_numbers(pc.list_value_length(refs)).astype(np.int64))
    return refs


def _numbers(column: pa.Array) -> NDArray[Any]:
    """Give numbers as NumPy takes them; Arrow's own conversions load pandas, which takes longer than all else here."""
    if column.null_count:
        message = "it holds things without an id or a place"
        raise warehouse.NotPlainError(message)
    return np.from_dlpack(column)


def _indices(rows: NDArray[np.intp]) -> pa.Array:
    """Give row numbers as Arrow takes them."""
    return pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(rows.astype(np.int64, copy=False))])


class _Tags:
    """The tags of a batch of ways, a column for each key."""

    def __init__(self, tags: pa.MapArray) -> None:
        self._count = len(tags)
        keys = tags.keys.dictionary_encode()
        self._codes = {key: code for code, key in enumerate(keys.dictionary.to_pylist())}
        self._key = _numbers(keys.indices)
        self._value = tags.items
        self._way = np.repeat(np.arange(len(tags)), np.diff(_numbers(tags.offsets)))

    def column(self, key: str) -> tuple[NDArray[np.int64], list[str]]:
        """Give a code for each way, 0 where the key is not tagged, and the words that codes from 1 on stand for."""
        column = np.zeros(self._count, dtype=np.int64)
        if key not in self._codes:
            return column, []
        entries = np.flatnonzero(self._key == self._codes[key])
        values = self._value.take(_indices(entries)).dictionary_encode()
        # Of a key that stands twice the first counts: it is written last.
        column[self._way[entries][::-1]] = _numbers(values.indices)[::-1] + 1
        return column, values.dictionary.to_pylist()

    def kinds(self, kinds: Kinds) -> NDArray[np.int32]:
        """Give the kind of each way, from each distinct combination of the tags that decide it."""
        keys = deciding_keys()
        columns = [self.column(key) for key in keys]
        combined, size = np.zeros(self._count, dtype=np.int64), 1
        for column, words in columns:
            if words:
                combined = combined * (len(words) + 1) + column
                size *= len(words) + 1
            if size > _MANY:
                distinct, combined = np.unique(combined, return_inverse=True)
                size = len(distinct)
        _, first, which = np.unique(combined, return_index=True, return_inverse=True)
        values = [
            [("", *words)[code] for code in column[first].tolist()] if words else [""] * len(first)
            for column, words in columns
        ]
        codes = [kinds.code(combination) for combination in zip(*values, strict=True)]
        return np.array(codes, dtype=np.int32)[which]


def _columns(ways: _Ways) -> dict[str, Any]:
    """Join the batches of ways; an id that occurs twice is for pyosmium to judge."""
    way_id = _concatenated(ways.way_id, np.int64)
    in_order = np.sort(way_id)
    if np.any(in_order[1:] == in_order[:-1]):
        raise warehouse.NotPlainError(_TWICE)
    return {
        "way_id": way_id,
        "kind": _concatenated(ways.kind, np.int32),
        "text": {key: _sorted(ways.words[key], _concatenated(ways.text[key], np.int32)) for key in TEXT_KEYS},
        "node_offset": np.concatenate(([0], np.cumsum(_concatenated(ways.count, np.int64)))),
    }


def _sorted(words: dict[str, int], codes: NDArray[np.int32]) -> Words:
    order = sorted(words)
    recode = np.empty(len(order), dtype=np.int32)
    recode[[words[word] for word in order]] = np.arange(len(order), dtype=np.int32)
    return Words(recode[codes], tuple(order))


def _concatenated(parts: list[NDArray[Any]], dtype: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=dtype), *parts])


# -- nodes -------------------------------------------------------------------------------------------------------------


def _place(batch: pa.RecordBatch, node_id: NDArray[np.int64], places: NDArray[np.int32]) -> int:
    """Note where the nodes of a batch are that ways name; give their number."""
    if len(node_id) == 0:
        return 0
    ids = _numbers(batch.column("id"))
    row = np.minimum(np.searchsorted(node_id, ids), len(node_id) - 1)
    named = np.flatnonzero(node_id[row] == ids)
    for name, place in zip(("lon", "lat"), places, strict=True):
        place[row[named]] = _on_grid(_numbers(batch.column(name))[named])
    return len(named)


def _on_grid(degrees: NDArray[np.float64]) -> NDArray[np.int32]:
    """Give degrees as whole 1e-7 degrees; libosmium has a rounding of its own for what is finer."""
    e7 = np.rint(degrees * E7)
    if np.any(np.abs(degrees * E7 - e7) > _SLACK) or np.any(np.abs(e7) > NOWHERE):
        message = "it holds places finer than 1e-7 degree"
        raise warehouse.NotPlainError(message)
    return e7.astype(np.int32)


class _Held:
    """The nodes that ways name, in memory."""

    def __init__(self) -> None:
        self._parts: list[NDArray[np.int64]] = []

    def add(self, refs: pa.ListArray) -> None:
        """Take those of more ways."""
        self._parts.append(_numbers(refs.flatten()))

    def distinct(self) -> NDArray[np.int64]:
        """Give each once, ascending."""
        ids = np.sort(_concatenated(self._parts, np.int64))
        return np.asarray(ids[np.append(True, ids[1:] != ids[:-1])[: len(ids)]], dtype=np.int64)

    def rows(self, node_id: NDArray[np.int64]) -> NDArray[np.int32]:
        """Say which of those each is."""
        refs = _concatenated(self._parts, np.int64)
        self._parts.clear()
        parts = in_threads(
            lambda first: np.searchsorted(node_id, refs[first : first + _SPAN]).astype(np.int32),
            range(0, len(refs), _SPAN),
        )
        return _concatenated(parts, np.int32)


class _Spilled:
    """The same, kept by DuckDB, on disk as far as its memory does not hold them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection.cursor()  # of its own, while the ways still come over the other
        self._connection.execute("CREATE TABLE way (refs BIGINT[])")

    def add(self, refs: pa.ListArray) -> None:
        """Take those of more ways."""
        self._connection.register("batch", pa.table({"refs": refs}))
        self._connection.execute("INSERT INTO way SELECT refs FROM batch")
        self._connection.unregister("batch")

    def distinct(self) -> NDArray[np.int64]:
        """Give each once, ascending."""
        query = self._connection.execute("SELECT DISTINCT unnest(refs) AS id FROM way")
        ids = _concatenated([_numbers(batch.column("id")) for batch in query.to_arrow_reader(_BATCH)], np.int64)
        ids.sort()
        return ids

    def rows(self, node_id: NDArray[np.int64]) -> NDArray[np.int32]:
        """Say which of those each is."""
        query = self._connection.execute("SELECT refs FROM way")  # in the order in which they were put there
        parts = [
            np.searchsorted(node_id, _numbers(batch.column("refs").flatten())).astype(np.int32)
            for batch in query.to_arrow_reader(_BATCH)
        ]
        return _concatenated(parts, np.int32)
