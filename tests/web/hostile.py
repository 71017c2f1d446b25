"""A study whose every text tries to run something."""

import json
from pathlib import Path
from typing import Any

EVIL = (
    '<img src="x" onerror="window.hacked=1"><svg onload="window.hacked=2"></script>'
    "<script>window.hacked=3</script>`${window.hacked=4}`{{ 7 * 7 }}'\";window.hacked=5;//\u202e\u2067\u200f\u2028&amp;"
    "%(n)s %s {n} {{ n }}"
)
WORD = f"Evil {EVIL}"
LINK = "javascript:window.hacked=6"


def write_hostile_study(folder: Path) -> Path:
    """
    Write the study: two states, a road and a railway between them, an instrument and a work.

    Parameters
    ----------
    folder
        Where to.

    Returns
    -------
    folder
        The study's folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _tables().items():
        (folder / name).write_text("\n".join(_toml(content)) + "\n", encoding="utf-8")
    (folder / "boundaries.geojson").write_text(json.dumps(_boundaries()), encoding="utf-8")
    (folder / "network.geojson").write_text(json.dumps(_network()), encoding="utf-8")
    (folder / "rivers.geojson").write_text(json.dumps(_rivers()), encoding="utf-8")
    quoted = '"' + WORD.replace('"', '""') + '"'
    rows = [("a", "ONE", 10.1), ("m", "ONE", 10.5), ("b", "TWO", 10.9)]
    header = "id,name_en,name_hy,name_local,territory,lon,lat,elev_m,role,size,source,note"
    lines = [
        f"{key},{quoted},{quoted},{quoted},{key_of},{lon},40.2,,{quoted},1,survey,{quoted}" for key, key_of, lon in rows
    ]
    (folder / "places.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return folder


def _tables() -> dict[str, dict[str, Any]]:
    crossing = {
        "id": "gate",
        "title": WORD,
        "mode": "road",
        "territories": ["ONE", "TWO"],
        "lon": 10.5,
        "lat": 40.2,
        "radius_m": 1000,
        "status": "closed",
        "dwell_min": {"lorry": [10, 20, 60]},
        "sources": [WORD],
        "note": WORD,
    }
    stretches = [
        {"id": "west", "title": WORD, "mode": "road", "from": "a", "to": "m", "length_km": 30, "length_source": WORD},
        {"id": "east", "title": WORD, "mode": "road", "from": "m", "to": "b"},
    ]
    way = {
        "id": "way",
        "title": WORD,
        "mode": "road",
        "colour": "#000000",  # a colour that is none is refused at the study's door
        "stretches": ["west", "east"],
        "crossings": ["gate"],
        "note": WORD,
    }
    lorry = {"title": WORD, "mode": "road", "limit_kmh": 80, "source": WORD, "speed_kmh": {"*": [20, 40, 60]}}
    dated = {"date": "2025-08-08", "last_seen": "2026-06-01", "status": WORD, "kind": "signed", "sources": [WORD]}
    return {
        "study.toml": {
            "id": "hostile",
            "title": WORD,
            "facts_until": "2026-06-01",
            "area": [9.5, 39.5, 11.5, 41.0],
            "crossings": [crossing],
            "stretches": stretches,
            "candidates": [way],
            "vehicles": {"lorry": lorry},
            "scenarios": [{"id": "shut", "title": WORD, "close": ["west"], "note": WORD}],
        },
        "works.toml": {
            "works": [
                {
                    "id": "W-1",
                    "title": WORD,
                    "modes": ["road"],
                    "territory": ["TWO"],
                    "stretches": ["east"],
                    "status": WORD,
                    "last_seen": "2026-05-01",
                    "lengths": [{"km": 10, "what": WORD, "source": WORD}],
                    "conflicts": [{"claim": WORD, "source": WORD}],
                    "sources": [WORD],
                }
            ],
            "lengths": [{"stretch": "west", "km": 33, "whole": True, "basis": WORD, "source": WORD}],
            "standing": {"way": {"standing": WORD, "who": WORD, "answer": WORD, "text": WORD, "sources": [WORD]}},
        },
        "provisions.toml": {
            "after_facts": WORD,
            "instruments": [
                {
                    "id": "PACT",
                    "title": WORD,
                    "short": WORD,
                    "parties": [WORD],
                    "place": WORD,
                    "nature": WORD,
                    "note": WORD,
                    "seed_differences": WORD,
                    "conflicts": [{"claim": WORD, "source": WORD}],
                    **dated,
                }
            ],
            "provisions": [
                {
                    "id": "PACT-1",
                    "instrument": "PACT",
                    "clause": WORD,
                    "parties": [WORD],
                    "modes": ["road"],
                    "where": WORD,
                    "text": WORD,
                    "verification": "verified",
                    "positions": [{"party": WORD, "position": WORD, "source": WORD}],
                    "seed_differences": WORD,
                    "applies": [{"territory": ["TWO"], "reason": WORD}],
                    **dated,
                }
            ],
            "positions": [{"id": "x", "topic": WORD, "one": WORD, "provisions": ["PACT-1"], "sources": ["other"]}],
        },
        "sources.toml": {
            "sources": [
                {
                    "id": WORD,
                    "publisher": WORD,
                    "title": WORD,
                    "url": LINK,
                    "date": WORD,
                    "licence": WORD,
                    "supports": WORD,
                    "marks": WORD,
                },
                {"id": "other", "publisher": WORD, "title": WORD, "url": LINK, "licence": WORD},
                {"id": "survey", "publisher": WORD, "title": WORD, "url": LINK, "licence": WORD},
            ]
        },
    }


def _boundaries() -> dict[str, Any]:
    def area(key: str, west: float, east: float) -> dict[str, Any]:
        ring = [[west, 40.0], [east, 40.0], [east, 40.5], [west, 40.5], [west, 40.0]]
        names = {"territory": key, "name_en": WORD, "name_hy": WORD, "name_local": WORD}
        return {"type": "Feature", "properties": names, "geometry": {"type": "Polygon", "coordinates": [ring]}}

    said = {"id": "made-up", "title": WORD, "source": WORD, "licence": WORD, "notice": WORD, "border_tolerance_m": 500}
    return {"type": "FeatureCollection", **said, "features": [area("ONE", 10.0, 10.5), area("TWO", 10.5, 11.0)]}


def _network() -> dict[str, Any]:
    def line(stretch: str, status: str, points: list[list[float]]) -> dict[str, Any]:
        properties = {"mode": "road", "class": "primary", "status": status, "stretch": stretch, "accuracy_m": 100}
        texts = {"source": WORD, "name": WORD, "geometry_basis": WORD}
        return {
            "type": "Feature",
            "properties": {**properties, **texts},
            "geometry": {"type": "LineString", "coordinates": points},
        }

    west = line("west", "open", [[10.1, 40.2], [10.3, 40.25], [10.5, 40.2]])
    east = line("east", "construction", [[10.5, 40.2], [10.9, 40.2]])
    source = {"id": "net", "title": WORD, "publisher": WORD, "licence": WORD, "date": "2026-01-02"}
    said = {"title": WORD, "data_date": "2026-01-02", "generalised": True, "sources": [source]}
    return {"type": "FeatureCollection", **said, "features": [west, east]}


def _rivers() -> dict[str, Any]:
    line = {"type": "LineString", "coordinates": [[10.0, 40.1], [11.0, 40.1]]}
    return {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {"name_en": WORD}, "geometry": line}],
    }


def _toml(table: dict[str, Any], prefix: str = "") -> list[str]:
    """Write TOML: JSON's strings, numbers and arrays are TOML's too; tables come after plain entries."""
    lines = [f"{_key(key)} = {_value(value)}" for key, value in table.items() if not _is_table(value)]
    for key, value in table.items():
        name = f"{prefix}{_key(key)}"
        if isinstance(value, dict):
            lines += [f"[{name}]", *_toml(value, f"{name}.")]
        elif _is_table(value):
            for row in value:
                lines += [f"[[{name}]]", *_toml(row, f"{name}.")]
    return lines


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _key(key: str) -> str:
    return json.dumps(key)


def _value(value: Any) -> str:
    return json.dumps(value).replace("\x7f", "\\u007f")
