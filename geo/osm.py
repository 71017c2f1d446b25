"""OpenStreetMap files: .osm, .osm.gz, .osm.bz2 and .osm.pbf, read with DuckDB or with pyosmium."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import osmium

from geo import osm_columns, osm_stream
from geo.errors import InputError
from geo.extract import Kinds, way_table
from geo.junctions import cut
from geo.progress import silent
from geo.warehouse import NotPlainError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.extract import Extract
    from geo.network import Network
    from geo.progress import Progress

SUFFIXES = (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf")


def read_osm(
    paths: Sequence[Path | str],
    *,
    progress: Progress = silent,
    data_date: str | None = None,
    memory_limit: str | None = None,
) -> Network:
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
    memory_limit
        The most that DuckDB may hold of a PBF file, such as 600MB; it puts the rest on disk. The network is the same.

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
    kinds = Kinds()
    extracts = [_read_one(path, kinds, progress, memory_limit) for _, path in dated]
    if not any(len(extract.way_id) for extract in extracts):
        message = (
            f"{names} holds no road and no railway (no way with a highway or railway tag); give an OSM file with some"
        )
        raise InputError(message)
    date = data_date or min(date for date, _ in dated) or None
    progress("cutting at junctions", 0, 2)
    ways = way_table(extracts, kinds)
    extracts.clear()  # the table holds what is needed of them
    progress("cutting at junctions", 1, 2)
    network = cut(ways, osm_meta(title=names, data_date=date))
    progress("cutting at junctions", 2, 2)
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


def _read_one(path: Path, kinds: Kinds, progress: Progress, memory_limit: str | None) -> Extract:
    try:
        if path.name.endswith(".pbf") or memory_limit:
            try:
                return osm_columns.read(path, kinds, progress, memory_limit=memory_limit)
            except NotPlainError as error:
                if memory_limit:
                    raise _not_within(path, memory_limit, error) from None
        return osm_stream.read(path, kinds, progress)
    except (RuntimeError, ValueError, OSError, osmium.InvalidLocationError) as error:
        if isinstance(error, InputError):
            raise
        raise _unreadable(path, error) from None


def _not_within(path: Path, memory_limit: str, error: Exception) -> InputError:
    return InputError(
        f"{path.name} cannot be read within a memory limit of {memory_limit} ({error}); give a larger one such as 2GB, "
        "or none"
    )
