"""What a page shows beside the map: a route laid out straight, its stretches, and topics on which parties differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routes.lengths import near_border_m
from web import figures
from web.words import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from web.contents import Contents

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


def weaving(contents: Contents, route_id: str) -> list[tuple[str, str]]:
    """
    List the borders that a route weaves along: it changes sides within their tolerance, without a crossing.

    Parameters
    ----------
    contents
        What the window shows.
    route_id
        Id of the route.

    Returns
    -------
    pairs
        Names of the territories on the two sides, each border once.
    """
    route = contents.routes[route_id]
    if route.broken:
        return []
    pairs = {tuple(sorted(pair)) for pair in near_border_m(route) if all(pair)}
    return [(contents.territories.get(a, a), contents.territories.get(b, b)) for a, b in sorted(pairs)]


def differing(conflicts: Sequence[Mapping[str, Any]] | None) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """
    Group what sources say differently by what it is about.

    Parameters
    ----------
    conflicts
        Records with `what`, `claim` and `source`; None for none.

    Returns
    -------
    groups
        Subject and its claims, in the order of the study; the subject is empty where none is given.
    """
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for conflict in conflicts or ():
        ends = [str(conflict[end]) for end in ("from", "to") if conflict.get(end)]
        subject = ", ".join(filter(None, (str(conflict.get("what") or ""), "–".join(ends))))
        groups.setdefault(subject, []).append(conflict)
    return list(groups.items())


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
