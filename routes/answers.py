"""Bands, choke points, fronts and missing links as tables, GeoJSON, JSON and CSV, each saying what it rests on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.frames import frame
from routes.costs import caveats, column, in_words
from routes.costs import unit as unit_of
from routes.export import TABLE_FORMATS, _csv, _json, _require
from routes.geojson import provenance
from routes.layers import convert
from routes.missing import table as missing_table
from routes.route import Route
from routes.tables import grid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from routes.band import Band
    from routes.chokepoints import ChokePoints
    from routes.journey import Journey
    from routes.missing import MissingLink
    from routes.pareto import Front

SHOWN = 15
"""Rows that a table for a terminal shows; the other formats hold all."""

_DECIMALS = 7
_M_PER_KM = 1000
# What a closure adds is written in this unit, so many integers of the search each.
_UNITS = {"distance": ("m", 1000), "time": ("s", 1000), "climb": ("m_climb", 1000), "build": ("m_to_build", 1000)}
_UNITS |= {"crossings": ("crossings", 1), "in": ("m_in_territory", 1000)}
_DASH = "-"


@dataclass(frozen=True, eq=False)
class Answer:
    """
    An answer, ready to be written.

    Attributes
    ----------
    journey
        The question.
    kind
        band, chokepoints, pareto or missing-links.
    sentences
        What it says, in words.
    table
        All rows.
    shown
        Header and rows for a terminal.
    members
        Further figures for GeoJSON and JSON.
    areas
        Further features of a GeoJSON file, by id.
    """

    journey: Journey
    kind: str
    sentences: tuple[str, ...]
    table: pd.DataFrame
    shown: tuple[Sequence[str], Sequence[Sequence[str]]]
    members: Mapping[str, Any] = field(default_factory=dict)
    areas: Mapping[str, shapely.Geometry] = field(default_factory=dict)


def of_band(band: Band, cost: str) -> Answer:
    """
    Make an answer of a band.

    Parameters
    ----------
    band
        The band.
    cost
        Name of the cost, or the mix.

    Returns
    -------
    answer
        With the band's polygon as a further feature.
    """
    table = band.table
    within = f"within {band.tolerance:.1%} of the best ({in_words(cost, band.best)})"
    sentence = f"{len(table)} edges, {table.length_m.sum() / _M_PER_KM:.1f} km, lie on ways {within}."
    grouped = (
        table.assign(territory=table.territory.fillna("not known")).groupby(["territory", "status"]).length_m.sum()
    )
    rows = [[*map(str, key), f"{metres / _M_PER_KM:.1f}"] for key, metres in grouped.items()]
    return Answer(
        band.journey,
        "band",
        (sentence, *caveats((cost,))) if len(table) else _no_way(band.journey, "so the band is empty"),
        table,
        (("territory", "status", "km"), rows),
        {"tolerance_share": band.tolerance, "cost": cost},
        {"area": band.polygon()} if len(table) else {},
    )


def of_chokepoints(journey: Journey, found: ChokePoints | None, cost: str) -> Answer:
    """
    Make an answer of choke points.

    Parameters
    ----------
    journey
        The question.
    found
        The choke points; None where there is no way.
    cost
        Name of the cost, or the mix.

    Returns
    -------
    answer
        A table for a terminal shows the worst first, edges in a row of equal cost together.
    """
    if found is None:
        header = ("from km", "to km", "name", "closure adds", "bridge")
        return Answer(journey, "chokepoints", _no_way(journey, "so it has no choke points"), _nothing(), (header, []))
    table = found.table
    names = found.route.network.text["name"].take(found.route.edges).decode()
    bars = int(table.no_way_round.sum())
    best = f"The best way ({in_words(cost, found.best)}) has {len(table)} edges"
    bridges = f"{int(found.bridge.sum())} of them because nothing else joins the two sides, one-way signs aside"
    sentences = [f"{best}: {bars} have no way round, {bridges}."]
    if found.worst is not None:
        sentences.append(f"The worst closure that leaves a way adds {in_words(cost, found.worst[1])}.")
    sentences += caveats((cost,))
    rows = [
        [
            f"{table.from_m[a] / _M_PER_KM:.1f}",
            f"{table.to_m[b - 1] / _M_PER_KM:.1f}",
            "; ".join(dict.fromkeys(name for name in names[a:b] if name)) or _DASH,
            "no way round" if table.no_way_round[a] else in_words(cost, float(found.detour[a])),
            "yes" if table.bridge[a] else "no",
        ]
        for a, b in _worst_runs(found)
    ]
    shown = (("from km", "to km", "name", "closure adds", "bridge"), rows)
    unit, scale = _UNITS.get(cost.partition(":")[0], ("mix", unit_of(cost)))
    table = table.assign(detour=table.detour / scale).rename(columns={"detour": f"detour_{unit}"})
    return Answer(journey, "chokepoints", tuple(sentences), table, shown, {"cost": cost})


def _worst_runs(found: ChokePoints) -> list[tuple[int, int]]:
    """Put edges in a row whose closure costs the same together; the worst first."""
    change = (found.closed[1:] != found.closed[:-1]) | (found.bridge[1:] != found.bridge[:-1])
    bounds = [0, *(np.flatnonzero(change) + 1).tolist(), len(found.closed)]
    runs = list(pairwise(bounds))
    return sorted(runs, key=lambda run: (-found.closed[run[0]], run[0]))[:SHOWN]


def of_front(front: Front) -> Answer:
    """
    Make an answer of a Pareto front.

    Parameters
    ----------
    front
        The front.

    Returns
    -------
    answer
        One row a way; the representatives have a route's id and line.
    """
    lines = dict(zip(front.shown, (route.line for route in front.routes), strict=True))
    count = len(front.ways)
    columns = {str(name): values for name, values in front.table.items()}
    table = frame(columns, [lines.get(i) for i in range(count)])
    sentence = f"{count} ways that no other beats in {', '.join(front.costs)}; {len(front.shown)} represent them."
    rows = [[str(n), *map(in_words, front.costs, front.ways[i].cost)] for n, i in enumerate(front.shown, start=1)]
    members: dict[str, Any] = {
        "costs": list(front.costs),
        "columns": [column(cost)[0] for cost in front.costs],
        "exactness": front.exactness,
        "epsilon_aimed_at": front.aim,
        "epsilon_proven": front.epsilon if np.isfinite(front.epsilon) else None,
    }
    stated = (sentence, front.exactness, *caveats(front.costs))
    sentences = stated if count else _no_way(front.journey, "so the front is empty")
    return Answer(front.journey, "pareto", sentences, table, (("way", *front.costs), rows), members)


def of_missing(journey: Journey, links: Sequence[MissingLink]) -> Answer:
    """
    Make an answer of missing links.

    Parameters
    ----------
    journey
        The question.
    links
        Ranked.

    Returns
    -------
    answer
        One row a link.
    """
    rows = [
        [
            str(rank),
            link.kind,
            link.crossing or link.stretch or _DASH,
            link.status or _border_status(journey, link),
            _DASH if link.kind == "border" else f"{link.length_m / _M_PER_KM:.1f}",
            "-".join(dict.fromkeys(key or "?" for key in link.territories)),
            _effect(link),
        ]
        for rank, link in enumerate(links, start=1)
    ]
    shown = (("rank", "kind", "where", "status", "km", "territory", "joined alone"), rows)
    sentences = [f"{len(links)} missing links between {journey.origin.title} and {journey.destination.title}."]
    if any(link.before is None for link in links):
        sentences.append("There is no way now. These are what is missing on the way with the least to join.")
    sentences += caveats({link.cost for link in links})
    return Answer(journey, "missing-links", tuple(sentences), missing_table(links), shown)


def _border_status(journey: Journey, link: MissingLink) -> str:
    """Give the status of a closed border's crossing; one that the study does not declare has none that is known."""
    if link.kind != "border":
        return _DASH
    crossing = journey.ground.study.crossings.get(link.crossing)
    return crossing.status if crossing else "not known"


def _effect(link: MissingLink) -> str:
    if link.saving is not None and link.after is not None:
        return (
            f"{in_words(link.cost, link.saving)} {'shorter' if link.cost == 'distance' else 'less'} "
            f"({in_words(link.cost, link.after)})"
        )
    if link.after is not None:
        return f"makes a way of {in_words(link.cost, link.after)}"
    return "no way yet; that way needs it" if link.needed else "no way yet"


def render(answer: Answer, fmt: str) -> bytes:
    """
    Write an answer.

    Parameters
    ----------
    answer
        The answer.
    fmt
        table (text for a terminal), json, csv, geojson, or gpx: lines as tracks, borders as waypoints.

    Returns
    -------
    content
        UTF-8. Each but the table names attribution, sources and dates; the table names the network and its date.

    Raises
    ------
    InputError
        There is no such format.
    """
    _require(fmt, TABLE_FORMATS)
    journey = answer.journey
    ground = journey.ground
    nowhere = np.empty(0, dtype=object)
    asked = Route(
        ground.study, ground.network, journey.id, journey.title, journey.permit.mode, None,
        np.empty(0, dtype=np.intp), np.empty(0, dtype=bool), nowhere, nowhere, nowhere, (), None,
    )  # fmt: skip
    about = provenance(asked, [])
    if fmt == "table":
        return _text(answer, about).encode()
    rows = [_plain(row) for row in answer.table.drop(columns="geometry", errors="ignore").to_dict("records")]
    if fmt == "csv":
        constant = {
            "journey": journey.id,
            "network": about["network"]["title"],
            "data_date": about["network"]["data_date"],
            "facts_until": about["facts_until"],
            "attribution": about["attribution"],
        }
        return _csv([*answer.table.columns.drop("geometry", errors="ignore"), *constant], [r | constant for r in rows])
    said = {"name": f"{journey.id}.{answer.kind}", "title": journey.title, "says": list(answer.sentences)}
    members = {**said, **answer.members, **about}
    if fmt == "json":
        return _json({**members, "rows": rows})
    shapes = answer.table["geometry"].tolist()
    features = [
        {"type": "Feature", "id": f"{answer.kind}.{number}", "properties": row, "geometry": _geometry(shape)}
        for number, (row, shape) in enumerate(zip(rows, shapes, strict=True), start=1)
    ]
    features += [
        {"type": "Feature", "id": f"{answer.kind}.{name}", "properties": {"id": name}, "geometry": _geometry(shape)}
        for name, shape in answer.areas.items()
    ]
    content = _json({"type": "FeatureCollection", **members, "features": features})
    return convert(content, fmt) if fmt == "gpx" else content


def _text(answer: Answer, about: Mapping[str, Any]) -> str:
    header, rows = answer.shown
    network = about["network"]
    kind = "generalised" if network["generalised"] else "full detail"
    dated = f"data of {network['data_date'] or 'a date not known'}"
    parts = [answer.journey.title, *answer.sentences]
    if rows:
        numbers = [i for i, name in enumerate(header) if name in {"rank", "way"} or name.endswith("km")]
        parts.append(grid(header, rows, numbers=numbers))
    parts.append(f"Network: {network['title']} ({kind}, {dated}). Facts until {about['facts_until']}.")
    return "\n".join(parts) + "\n"


def _geometry(shape: shapely.Geometry | None) -> dict[str, Any] | None:
    if shape is None or shapely.is_empty(shape):
        return None
    rounded = shapely.transform(shape, lambda points: np.round(points, _DECIMALS))
    record: dict[str, Any] = json.loads(shapely.to_geojson(rounded))
    return record


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Give values that JSON holds: None for what is not known."""
    plain: dict[str, Any] = {}
    for name, given in row.items():
        value = given.item() if isinstance(given, np.generic) else given
        plain[str(name)] = None if isinstance(value, float) and not np.isfinite(value) else value
    return plain


def _no_way(journey: Journey, so: str) -> tuple[str, ...]:
    """Say that there is no way, what follows, and why there is none."""
    broken = journey.broken()
    return (f"There is no way, {so}.", *([broken.reason] if broken and broken.reason else []))


def _nothing() -> gpd.GeoDataFrame:
    return frame({"edge": []}, [])
