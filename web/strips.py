"""What a page shows beside the map: a route laid out straight, its stretches, and topics on which parties differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web import figures
from web.words import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from web.contents import Contents

CONFLICT = 0.05  # a published length further than this share from the line drawn is shown as a conflict
_NO_PARTY = {"id", "topic", "note", "provisions", "sources"}


def strips(contents: Contents, route_id: str) -> dict[str, list[dict[str, Any]]]:
    """
    Lay a route out straight: runs of one status, and runs of one territory.

    Parameters
    ----------
    contents
        What the window shows.
    route_id
        Id of the route.

    Returns
    -------
    runs
        `status` and `territory`, each a list of runs with key, x and width (percent of the route) and length_m.
    """
    records = contents.segments[route_id]
    total = records[-1]["to_m"] if records else 1.0
    found: dict[str, list[dict[str, Any]]] = {}
    for column in ("status", "territory"):
        runs: list[dict[str, Any]] = []
        for record in records:
            key = record[column] or ""
            if not runs or runs[-1]["key"] != key:
                runs.append({"key": key, "x": 100 * record["from_m"] / total, "width": 0.0, "length_m": 0.0})
            runs[-1]["length_m"] += record["length_m"]
            runs[-1]["width"] = 100 * record["to_m"] / total - runs[-1]["x"]
        found[column] = [{**run, "x": round(run["x"], 2), "width": round(run["width"], 2)} for run in runs]
    return found


def first_time(contents: Contents, route_id: str) -> tuple[str, Markup] | None:
    """
    Pick the time that a list shows: that of the first vehicle that the study names for the route's mode.

    Parameters
    ----------
    contents
        What the window shows.
    route_id
        Id of the route.

    Returns
    -------
    time
        Name of the vehicle and figure; None where no time is known.
    """
    for key, estimate in (contents.properties[route_id].get("time_s") or {}).items():
        text = figures.duration(estimate)
        if text:
            vehicle = contents.study.vehicles.get(key)
            return (vehicle.title if vehicle else words(key, {})), figures.figure(text)
    return None


def stretches(contents: Contents, route_id: str) -> list[dict[str, Any]]:
    """
    Set the published lengths of a route's stretches beside those of the lines drawn.

    Parameters
    ----------
    contents
        What the window shows.
    route_id
        Id of the route.

    Returns
    -------
    rows
        For each stretch that the route follows: id, title, length_m, shape_length_m, published (records of whole
        lengths) and conflict (a published length differs from the line drawn by more than `CONFLICT`).
    """
    rows: dict[str, dict[str, Any]] = {}
    for record in contents.segments[route_id]:
        known = contents.study.stretches.get(record.get("stretch") or "")
        if known is None:
            continue
        row = rows.setdefault(
            known.id, {"id": known.id, "title": known.title, "length_m": 0.0, "shape_length_m": 0.0}
        )  # fmt: skip
        row["length_m"] += record["length_m"]
        row["shape_length_m"] += record["shape_length_m"]
    for key, row in rows.items():
        row["published"] = _published(contents, key)
        row["conflict"] = any(
            abs(entry["km"] * 1000 - row["shape_length_m"]) > CONFLICT * row["shape_length_m"]
            for entry in row["published"]
        )
    return list(rows.values())


def _published(contents: Contents, stretch_id: str) -> list[Mapping[str, Any]]:
    """List published lengths of a whole stretch: the study's table first, then the stretch's own."""
    listed: list[Mapping[str, Any]] = [
        entry for entry in contents.study.lengths if entry.get("stretch") == stretch_id and entry.get("whole")
    ]
    own = contents.study.stretches[stretch_id]
    if own.length_km is not None and not any(entry["km"] == own.length_km for entry in listed):
        listed.append({"km": own.length_km, "basis": "", "source": own.length_source})
    return listed


def topics(contents: Contents, provision_id: str) -> list[dict[str, Any]]:
    """
    List the topics on which the parties to a provision differ.

    Parameters
    ----------
    contents
        What the window shows.
    provision_id
        Id of the provision.

    Returns
    -------
    topics
        topic, sources, note, and `positions`: pairs of a party's name and what it says. A topic whose sources all stand
        beside the provision's own positions already says nothing more and is left out.
    """
    own: set[str] = set()
    for position in contents.study.register.provisions[provision_id].get("positions") or ():
        source = position.get("source") or ()
        own |= {source} if isinstance(source, str) else set(source)
    return [
        {
            "topic": record["topic"],
            "sources": record.get("sources", []),
            "note": record.get("note", ""),
            "positions": [
                (words(party, {}).title(), said)
                for party, said in record.items()
                if party not in _NO_PARTY and isinstance(said, str)
            ]
            + [
                (other.get("party", ""), other.get("position", ""))
                for others in record.values()
                if isinstance(others, list | tuple)
                for other in others
                if isinstance(other, dict)
            ],
        }
        for record in contents.study.register.positions
        if provision_id in record.get("provisions", ()) and not (own and set(record.get("sources", ())) <= own)
    ]
