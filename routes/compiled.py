"""A study's text network, compiled when first opened and kept in the user's cache folder."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

import platformdirs

from geo.errors import AraxesError
from geo.estimate import estimate_lengths
from geo.lines import read_lines
from geo.network import Network
from geo.territory import split

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from routes.study import Study

# Part of the key of a compiled network: raise it when compiling changes what a text network becomes.
_VERSION = "3"


def compiled(study: Study, text: Path, others: Sequence[Path], relief_source: str | None) -> Network:
    """
    Give a study's built-in network.

    Parameters
    ----------
    study
        States boundaries and relief.
    text
        Its text network.
    others
        Its other files that decide what the network becomes.
    relief_source
        What the network's header says of its heights.

    Returns
    -------
    network
        Lengths estimated where none is published, split at borders, draped; from the cache where it was compiled
        before from the same files. A cache that cannot be read or written is done without.
    """
    digest = hashlib.sha256(f"{_VERSION} {relief_source}".encode())
    for file in (text, *others):
        digest.update(file.read_bytes() if file.is_file() else b"")
    saved = platformdirs.user_cache_path("araxes") / f"{study.id}-{digest.hexdigest()[:16]}.net"
    with contextlib.suppress(AraxesError):  # not compiled yet, or damaged: compile again
        return Network.load(saved)
    network = split(estimate_lengths(read_lines(text)), study.boundaries())
    relief = study.relief()
    if relief is not None:
        from geo.relief import drape  # noqa: PLC0415  (rasters are read only where there is relief)

        network = drape(network, relief)
    with contextlib.suppress(OSError, AraxesError):  # no room or no right to write there: compiled each time
        saved.parent.mkdir(parents=True, exist_ok=True)
        network.save(saved)
    return network
