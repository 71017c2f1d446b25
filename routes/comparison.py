"""Routes compared: one tidy table of every figure with unit, range and difference, their order, and how sure it is."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import InputError
from geo.measure import geodesic_m
from routes.geojson import route_collection
from routes.layers import convert
from routes.metrics import properties
from routes.ranking import CRITERIA, Table, goods_time, ranking
from routes.smaa import SAMPLES, SEED, Acceptability, acceptability
from routes.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from routes.route import Route

FORMATS = ("table", "csv", "json", "geojson", "gpx")
COLUMNS = (
    *("route", "metric", "unit", "low", "central", "high", "words"),
    *("baseline", "difference_low", "difference", "difference_high", "reason", "formula", "sources"),
)
_CASES = ("low", "central", "high")
# Metric of `routes.metrics.properties`: its unit, and the property that holds its range (empty: it has none).
_PLAIN: dict[str, tuple[str, str]] = {
    "length_m": ("m", "length_range_m"),
    "length_near_border_m": ("m", ""),
    "shape_length_m": ("m", ""),
    "geodesic_m": ("m", ""),
    "sinuosity": ("1", ""),
    "to_build_m": ("m", ""),
    "ascent_m": ("m", "ascent_range_m"),
    "descent_m": ("m", "descent_range_m"),
    "highest_m": ("m above sea level", ""),
}
_BY_KEY = {"length_by_territory_m": "length_by_territory_range_m", "length_by_status_m": ""}
_BY_VEHICLE = ("time_s", "moving_s", "dwell_s")
_WORDS = ("standing", "usable", "usable_today", "time_condition", "notice")
_SAME_PLACE_M = 10_000.0  # a station and the middle of its town are one place
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, eq=False)
class Comparison:
    """
    Routes compared.

    Attributes
    ----------
    routes
        As given.
    baseline
        Id of the route that the differences are taken from; None where none was chosen.
    table
        See `compare`.
    weights
        Weights of the order, by criterion.
    order
        See `routes.ranking.ranking`; None where fewer than two routes could be resolved.
    sure
        How often each route comes at each rank; None likewise.
    verdict
        What comes first, and what would have to be true for the order to change; None likewise.
    elsewhere
        Ids of routes that do not join what the first one joins: theirs is another journey.
    """

    routes: tuple[Route, ...]
    baseline: str | None
    table: pd.DataFrame
    weights: Mapping[str, float]
    order: pd.DataFrame | None
    sure: Acceptability | None
    verdict: Verdict | None
    elsewhere: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The verdict in English, by ids, and a warning for each route of another journey."""
        said = (
            ["An order takes two routes that could be resolved."] if self.verdict is None else self.verdict.sentences()
        )
        first = next((route.id for route in self.routes if not route.broken), "")
        away = [
            f"{name} does not join the places that {first} joins: it is another journey." for name in self.elsewhere
        ]
        return (*said, *away)


def compare(*routes: Route, baseline: str | None = None) -> pd.DataFrame:
    """
    Put every figure of routes into one tidy table.

    Parameters
    ----------
    *routes
        Routes, broken ones included.
    baseline
        Id of the one that differences are taken from.

    Returns
    -------
    table
        One row for each metric of each route, with the columns `COLUMNS`: route, metric (names of
        `routes.metrics.properties`, nested ones joined by a point; goods_time_s is the time of the first vehicle of
        the route's mode), unit, low, central and high (equal where there is no range, missing where not known), words
        (for what is no number), differences of the central value and of the ranges to the baseline's (as if the two
        erred independently: at least and at most), reason (why a value is missing), formula and sources.

    Raises
    ------
    InputError
        No routes, the same one twice, or a baseline that is not among them.
    """
    import pandas as pd  # noqa: PLC0415  (see `geo.frames`)

    ids = [route.id for route in routes]
    if not ids or len(set(ids)) < len(ids):
        twice = next((name for name in ids if ids.count(name) > 1), None)
        message = f"the route {twice!r} is there twice; name each once" if twice else "there is no route to compare"
        raise InputError(message)
    if baseline is not None and baseline not in ids:
        message = f"the baseline {baseline!r} is not among the routes compared: {', '.join(ids)}"
        raise InputError(message)
    rows = [row for route in routes for row in _rows(properties(route))]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = ["low", "central", "high", "difference_low", "difference", "difference_high"]
    table[numbers] = table[numbers].astype("float64")
    return table if baseline is None else _differences(table, baseline)


def weigh(
    routes: Sequence[Route],
    weights: Mapping[str, float] | None = None,
    *,
    baseline: str | None = None,
    samples: int = SAMPLES,
    seed: int = SEED,
) -> Comparison:
    """
    Compare routes, put them in order, and say how sure the order is.

    Parameters
    ----------
    routes
        Routes, broken ones included.
    weights
        By criterion, see `routes.ranking.CRITERIA`; equal ones for all that are known and differ when left out.
    baseline
        Id of the route that differences are taken from.
    samples, seed
        See `routes.smaa.acceptability`.

    Returns
    -------
    comparison
        Without an order where fewer than two routes could be resolved.

    Raises
    ------
    InputError
        Weights, baseline, samples or seed that mean nothing.
    """
    table = compare(*routes, baseline=baseline)
    elsewhere = _elsewhere(routes)
    if sum(not route.broken for route in routes) < 2:  # noqa: PLR2004  (an order takes two)
        return Comparison(tuple(routes), baseline, table, dict(weights or {}), None, None, None, elsewhere)
    criteria = Table.of(routes, None if weights is None else [name for name, weight in weights.items() if weight != 0])
    used = dict.fromkeys(criteria.criteria, 1.0) if weights is None else dict(weights)
    order = ranking(criteria, used)
    sure = acceptability(criteria, samples=samples, seed=seed)
    verdict = Verdict.of(criteria, used)
    return Comparison(tuple(routes), baseline, table, used, order, sure, verdict, elsewhere)


def _elsewhere(routes: Sequence[Route]) -> tuple[str, ...]:
    """List the routes that do not join what the first one joins: theirs is another journey."""
    whole = [route for route in routes if not route.broken]
    if not whole:
        return ()
    ends = np.array([route.coordinates()[[0, -1]] for route in whole])
    first = np.broadcast_to(ends[0], ends.shape)
    away = geodesic_m(*(part.ravel() for part in (first[..., 0], first[..., 1], ends[..., 0], ends[..., 1])))
    far = (away.reshape(-1, 2) > _SAME_PLACE_M).any(axis=1)
    return tuple(whole[row].id for row in np.flatnonzero(far))


# -- rows ------------------------------------------------------------------------------------------------------------


def _rows(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = [
        _number(record, name, record.get(name), unit, record.get(range_)) for name, (unit, range_) in _PLAIN.items()
    ]
    for name, range_name in _BY_KEY.items():
        parts, ranges = record[name] or {}, record.get(range_name) or {}
        keys = sorted({*parts, *ranges})
        rows += [_number(record, f"{name}.{key}", parts.get(key, 0.0), "m", ranges.get(key)) for key in keys]
    vehicle, time = goods_time(record)
    goods = dict(zip(_CASES, time, strict=True))
    rows.append({**_row(record, "goods_time_s", "s"), **_known(goods), "words": vehicle})
    for name in _BY_VEHICLE:
        rows += [{**_row(record, f"{name}.{v}", "s"), **_known(t)} for v, t in (record[name] or {}).items()]
    rows.append({**_row(record, "whole_year", "year"), **_known(record["whole_year"])})
    crossings = record["crossings"]
    closed = None if crossings is None else sum(crossing["status"] != "open" for crossing in crossings)
    rows.append(_number(record, "crossings", None if crossings is None else len(crossings), "1"))
    rows.append(_number(record, "crossings.not_open", closed, "1"))
    rows += [{**_row(record, name, ""), "words": _words(record[name])} for name in _WORDS]
    for row in rows:  # what is known needs no reason
        known = not np.isnan(row["central"]) if row["unit"] else row["words"] is not None
        row["reason"] = None if known else row["reason"]
    return rows


def _row(record: Mapping[str, Any], metric: str, unit: str) -> dict[str, Any]:
    name = "time_s" if metric == "goods_time_s" else metric.partition(".")[0]
    basis = record["basis"].get(name, {})
    return {
        **dict.fromkeys(COLUMNS),
        "route": record["id"],
        "metric": metric,
        "unit": unit,
        "reason": record["reasons"].get(name),
        "formula": basis.get("formula"),
        "sources": "; ".join(basis.get("sources", ())) or None,
    }


def _number(
    record: Mapping[str, Any], metric: str, value: float | None, unit: str, limits: Sequence[float] | None = None
) -> dict[str, Any]:
    low, high = limits or (value, value)
    return {**_row(record, metric, unit), **_known({"low": low, "central": value, "high": high})}


def _known(estimate: Mapping[str, float | None] | None) -> dict[str, float]:
    values = {case: None if estimate is None else estimate[case] for case in _CASES}
    return {case: float("nan") if value is None else float(value) for case, value in values.items()}


def _words(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else "yes" if value else "no"


def _differences(table: pd.DataFrame, baseline: str) -> pd.DataFrame:
    base = table[table["route"] == baseline].set_index("metric")[list(_CASES)]
    other = base.reindex(table["metric"]).reset_index(drop=True)
    table["baseline"] = baseline
    table["difference"] = table["central"] - other["central"]
    own = table["route"] == baseline
    table["difference_low"] = np.where(own, table["difference"], table["low"] - other["high"])
    table["difference_high"] = np.where(own, table["difference"], table["high"] - other["low"])
    return table


# -- files -----------------------------------------------------------------------------------------------------------


def render(comparison: Comparison, fmt: str) -> bytes:
    """
    Write a comparison.

    Parameters
    ----------
    comparison
        Of routes.
    fmt
        table (text for a terminal), csv (the tidy table), json (everything), geojson (the routes, each with its place
        in the order), or gpx (these as tracks).

    Returns
    -------
    content
        UTF-8; the same comparison gives the same bytes.

    Raises
    ------
    InputError
        There is no such format.
    """
    if fmt == "gpx":
        return convert(render(comparison, "geojson"), fmt)
    from routes.report import as_text  # noqa: PLC0415  (see `geo.frames`)

    writers = {"table": as_text, "csv": _csv, "json": _json, "geojson": _geojson}
    if fmt not in writers:
        message = f"there is no format {fmt!r}; it must be {', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
        raise InputError(message)
    return writers[fmt](comparison).encode()


def record(comparison: Comparison) -> dict[str, Any]:
    """
    Give a comparison as plain data.

    Parameters
    ----------
    comparison
        Of routes.

    Returns
    -------
    record
        network, facts_until, scenario, baseline, weights, metrics (the rows of the tidy table), order, smaa (ranks,
        central_weights, confidence, samples, seed, notes) and sentences; null where there is none.
    """
    about = properties(comparison.routes[0])
    table = comparison.table.astype(object).where(comparison.table.notna(), None)
    return {
        **{name: about[name] for name in ("network", "facts_until", "scenario")},
        "baseline": comparison.baseline,
        "weights": dict(comparison.weights),
        "criteria": {n: dict(zip(("unit", "what"), CRITERIA[n], strict=True)) for n in comparison.weights},
        "metrics": table.to_dict("records"),
        "order": _frame(comparison.order),
        "smaa": _smaa(comparison.sure),
        "sentences": list(comparison.sentences),
    }


def _smaa(sure: Acceptability | None) -> dict[str, Any] | None:
    if sure is None:
        return None
    return {
        "ranks": {
            str(route): [round(float(share), 6) for share in row]
            for route, row in zip(sure.ranks.index, sure.ranks.to_numpy(), strict=True)
        },
        "central_weights": _frame(sure.central_weights),
        "confidence": {
            str(route): None if np.isnan(share) else round(float(share), 6) for route, share in sure.confidence.items()
        },
        "samples": sure.samples,
        "seed": sure.seed,
        "notes": list(sure.notes),
    }


def _frame(frame: pd.DataFrame | None) -> list[dict[str, Any]] | None:
    if frame is None:
        return None
    rows = frame.astype(object).where(frame.notna(), None).reset_index().to_dict("records")
    return [{str(k): round(v, 6) if isinstance(v, float) else v for k, v in row.items()} for row in rows]


def _json(comparison: Comparison) -> str:
    return json.dumps(record(comparison), ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def _geojson(comparison: Comparison) -> str:
    collection = route_collection(comparison.routes)
    whole = record(comparison)
    order = {row["route"]: row for row in whole["order"] or ()}
    for feature in collection["features"]:
        name = feature["properties"]["id"]
        feature["properties"] |= {
            "rank": order.get(name, {}).get("rank"),
            "score": order.get(name, {}).get("score"),
            "rank_acceptability": (whole["smaa"] or {}).get("ranks", {}).get(name),
        }
    about = {name: whole[name] for name in ("baseline", "weights", "smaa", "sentences")}
    return (
        json.dumps({**collection, "comparison": about}, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        + "\n"
    )


def _csv(comparison: Comparison) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    about = properties(comparison.routes[0])
    scenario = (about["scenario"] or {}).get("title")
    constant = {"scenario": scenario, "network": about["network"]["title"], "data_date": about["network"]["data_date"]}
    constant["facts_until"] = about["facts_until"]
    writer.writerow([*COLUMNS, *constant])
    table = comparison.table.astype(object).where(comparison.table.notna(), None)
    writer.writerows([_cell(value) for value in (*row, *constant.values())] for row in table.itertuples(index=False))
    return file.getvalue()


def _cell(value: Any) -> Any:  # noqa: ANN401  (what a cell may hold)
    """Keep a spreadsheet from reading a text as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
