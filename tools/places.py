"""Build ``places.csv``: settlements, stations and nodes with their names in the languages known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tools import facts, formats, nodes, paths

if TYPE_CHECKING:
    from tools.nodes import Atlas

COLUMNS = (
    "id",
    "name_en",
    "name_hy",
    "name_az",
    "name_hy_other",
    "name_az_other",
    "name_local",
    "territory",
    "lon",
    "lat",
    "elev_m",
    "role",
    "size",
    "source",
    "note",
)

_ARMENIAN = re.compile(r"^[\u0531-\u0556\u0561-\u0587\s-]+$")


def build(atlas: Atlas) -> bytes:
    """
    Write every place that lines and stretches may name.

    Parameters
    ----------
    atlas
        Places of the facts and nodes that the network was built with.

    Returns
    -------
    content
        The content of ``places.csv``, sorted by id.
    """
    labels = {row["id"]: row for row in facts.read("labels")}
    rows = [_settlement(atlas, row, labels.get(row["id"], {})) for row in facts.read("points")]
    rows += [_located(atlas, row) for row in atlas.derived.values()]
    about = {"role": "junction", "source": "scgraph_data", "note": "to 0.001 degree, about 100 m"}
    rows += [_located(atlas, {**row, **about}) for row in facts.read("junctions")]
    return formats.table(COLUMNS, sorted(rows, key=lambda row: row["id"]))


def _settlement(atlas: Atlas, row: dict[str, str], label: dict[str, str]) -> dict[str, str]:
    """
    Describe a place of the facts; its own state's language gives its local name.

    In another language a place goes by a form of the name that its own state gives it; other names that are in use
    there stand as `name_LANGUAGE_other`, so that they are found too.
    """
    made = _located(atlas, row)
    country, local = row["country"], row["name_local"]
    made["name_hy"] = label.get("name_hy") or (local if country == "AM" else _armenian(row["source"]))
    made["name_az"] = label.get("name_az") or (local if country == "AZ" else "")
    made.update({key: label.get(key, "") for key in ("name_hy_other", "name_az_other")})
    made["name_local"] = local
    made["elev_m"] = row["elev_m"] if re.fullmatch(r"-?\d+(\.\d+)?", row["elev_m"]) else ""
    made["size"] = label.get("size", "")
    notes = [row["note"], "" if row["elev_m"] == made["elev_m"] else f"elevation published as {row['elev_m']} m"]
    if "/" in country:
        notes.append(f"on the border {country}")
    made["note"] = "; ".join(note for note in notes if note)
    return made


def _located(atlas: Atlas, row: dict[str, str]) -> dict[str, str]:
    """Describe any node: where it is and what is said of it."""
    lon, lat = atlas.nodes[row["id"]]
    return {
        "id": row["id"],
        "name_en": row["name_en"],
        "territory": paths.names(atlas.territories, (lon, lat)),
        "lon": f"{lon:.5f}",
        "lat": f"{lat:.5f}",
        "role": row["role"],
        "source": row["source"],
        "note": row["note"],
    }


def _armenian(source: str) -> str:
    """Take the Armenian name from the registry where it knows exactly one."""
    names = [name for name in nodes.alternates(source) if _ARMENIAN.match(name)]
    return names[0] if len(names) == 1 else ""
