"""From OpenStreetMap files to a network that a study's question can be put to: read, check, split, drape."""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import InputError
from geo.network import MODES, STATUSES, Network
from geo.osm import read_osm
from geo.progress import as_one, silent
from geo.territory import BoundarySet, split
from routes.graph import LARGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from geo.dissection import Dissecting
    from geo.progress import Progress
    from geo.relief import Relief
    from routes.study import Study

_NOT_KNOWN = "not known"


def load_network(
    files: Sequence[Path],
    *,
    study: Study | None = None,
    relief: Sequence[Path] = (),
    boundaries: Path | None = None,
    data_date: str | None = None,
    memory_limit: str | None = None,
    progress: Progress = silent,
) -> Network:
    """
    Read OpenStreetMap files as one network, split by territory and draped over relief.

    Parameters
    ----------
    files
        OSM files.
    study
        Its area must hold some of the network; its boundaries and relief are taken where no others are given.
    relief
        GeoTIFF or HGT tiles to drape it over.
    boundaries
        A GeoJSON file of territories to split it by.
    data_date
        Date of the data, ISO 8601; the files' own when left out.
    memory_limit
        See `geo.osm.read_osm`.
    progress
        Hears how far it has come.

    Returns
    -------
    network
        Without territories where there is neither a study nor boundaries; without heights where there is no relief.

    Raises
    ------
    InputError
        A file cannot be read, holds no way, or lies outside the study's area.
    """
    # What can be wrong with the small files is found before the large one is read.
    areas = BoundarySet.read(boundaries) if boundaries else study.boundaries() if study else None
    terrain = _relief(relief) if relief else study.relief() if study else None
    progress = as_one(progress, "loading", _stages(files, split_too=areas is not None, drape_too=terrain is not None))
    network = read_osm(files, progress=progress, data_date=data_date, memory_limit=memory_limit)
    if study is not None:
        require_area(network, study)
    with _order(network) as order:
        if areas is not None:
            network = split(network, areas, progress=progress)
        if terrain is not None:
            from geo.relief import drape  # noqa: PLC0415  (rasters are read only where there is relief)

            network = drape(network, terrain, progress=progress)
        return network if order is None else replace(network, node_rank=order.rank())


def _relief(files: Sequence[Path]) -> Relief:
    from geo.relief import Relief  # noqa: PLC0415  (rasters are read only where there is relief)

    return Relief.open(files)


@contextmanager
def _order(network: Network) -> Iterator[Dissecting | None]:
    """Work out beside all else in which order a hierarchy will take the nodes of a large network away."""
    if network.node_count < LARGE:
        yield None
        return
    from geo.dissection import HAS_METIS, Dissecting  # noqa: PLC0415  (the compiler is loaded only where it saves time)

    order = Dissecting(network.node_count, network.u, network.v) if HAS_METIS else None
    try:
        yield order
    finally:
        if order is not None:
            order.close()


def _stages(files: Sequence[Path], *, split_too: bool, drape_too: bool) -> list[tuple[str, float]]:
    """Share the time out as a country's load was measured to take it, in hundredths of its processor time."""
    sizes = {file: file.stat().st_size if file.is_file() else 0 for file in files}
    stages = []
    for file, size in sizes.items():
        part = size / max(sum(sizes.values()), 1)
        stages += [(f"reading ways of {file.name}", 25 * part), (f"reading nodes of {file.name}", 15 * part)]
    stages.append(("cutting at junctions", 14))
    return stages + [("splitting", 30)] * split_too + [("draping", 16)] * drape_too


def open_network(path: Path, study: Study) -> Network:
    """
    Open a saved network to put a study's question to it.

    Parameters
    ----------
    path
        A file that `load` wrote.
    study
        The study.

    Returns
    -------
    network
        The network, its checksums verified.

    Raises
    ------
    DataError
        The file is no saved network, or is damaged.
    InputError
        The network lies outside the study's area, or was loaded without territories.
    """
    network = Network.load(path)
    require_area(network, study)
    if not network.meta.get("boundaries"):
        message = (
            f"{path} was loaded without territories, so no border is known in it; load its OSM files again with "
            f"--study {study.id} or --boundaries"
        )
        raise InputError(message)
    return network


def save_network(network: Network, path: Path) -> None:
    """
    Save a network, whole or not at all.

    Parameters
    ----------
    network
        The network.
    path
        Where to; what was there is replaced only when the new file is complete.

    Raises
    ------
    InputError
        Nothing can be written there.
    """
    try:
        network.save(path)
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror}); give a file in a folder that may be written to"
        raise InputError(message) from None


def require_area(network: Network, study: Study) -> None:
    """
    Refuse a network of another place.

    Parameters
    ----------
    network
        The network.
    study
        The study that it is meant for.

    Raises
    ------
    InputError
        No node lies in the study's area; where its coordinates look swapped the sentence says so.
    """
    west, south, east, north = study.area
    lon, lat = network.node_lon, network.node_lat

    def inside(x: np.ndarray, y: np.ndarray) -> bool:
        return bool(np.any((x >= west) & (x <= east) & (y >= south) & (y <= north)))

    if inside(lon, lat):
        return
    advice = (
        "its longitudes and latitudes look swapped"
        if inside(lat, lon)
        else "give a file of that area, or name another study (--study none for none)"
    )
    lies = f"{lon.min():.2f} to {lon.max():.2f} E, {lat.min():.2f} to {lat.max():.2f} N"
    message = (
        f"{network.meta.get('title')} lies at {lies}, outside the area of the study {study.id} "
        f"({west:g} to {east:g} E, {south:g} to {north:g} N); {advice}"
    )
    raise InputError(message)


def summary(network: Network) -> dict[tuple[str, str], dict[str, float]]:
    """
    Add up a network by mode, status and territory.

    Parameters
    ----------
    network
        A network.

    Returns
    -------
    kilometres
        Of length_m, for each mode and status that occur: by territory ("not known" outside all areas; the same ones
        in each row) and `total`.
    """
    territory = network.text["territory"]
    shape = (len(MODES), len(STATUSES), len(territory.words))
    place = np.ravel_multi_index((network.mode, network.status, territory.codes), shape)
    count = np.bincount(place, minlength=math.prod(shape)).reshape(shape)
    km = np.bincount(place, weights=network.length_m / 1000, minlength=math.prod(shape)).reshape(shape)
    keys = [(territory.words[code] or _NOT_KNOWN, code) for code in np.flatnonzero(count.any(axis=(0, 1)))]
    return {
        (MODES[mode], STATUSES[status]): {
            **{key: float(km[mode, status, code]) for key, code in sorted(keys)},
            "total": float(km[mode, status].sum()),
        }
        for mode, status in np.argwhere(count.any(axis=2))
    }
