"""RESULTS.md: what was measured, as tables."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks import growth, machine
from benchmarks.record import read_pairs
from benchmarks.results import OWN, Results
from benchmarks.targets import verdicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from benchmarks.record import Pair, Record

_KB_PER_MB = 1024
_MS_PER_S = 1000
_M_PER_KM = 1000
_NONE = "not measured"
_BUILDS = [
    (OWN, "build", "OSM file to saved, territory-split network and a first answer"),
    (OWN, "build: read and split", "of it: read, cut, split by territory"),
    (OWN, "build: save", "of it: save"),
    (OWN, "build: ground, hierarchy, weights", "of it: cut at the study's places, hierarchy, weights"),
    (OWN, "build: first way", "of it: the first way"),
    (OWN, "open", "saved network to query-ready again"),
    ("Valhalla", "build", "tiles"),
    ("OSRM", "build", "extract + partition + customize"),
    ("OSRM", "extract", "of it: extract"),
    ("OSRM", "partition", "of it: partition"),
    ("OSRM", "customize", "of it: customize"),
    ("OSRM", "contract", "contract, for the contraction hierarchy alone"),
    ("pyrosm", "build", "roads for cars as a GeoDataFrame"),
]
_ROUTES = [
    (OWN, "route", "geometry and all metrics as arrays"),
    (OWN, "geojson", "the same as GeoJSON text"),
    ("OSRM", "route", "MLD, overview=full, annotations"),
    ("OSRM", "route (CH)", "CH, overview=full, annotations"),
    ("Valhalla", "route", "shape, no directions"),
    ("pandana", "route", "path alone, our graph"),
    ("igraph", "route", "path alone, our graph"),
    ("SciPy", "route", "one-to-all tree alone, our graph"),
    ("networkx", "route", "path alone, our graph, bidirectional"),
]
_LEAST_KM = 0.05
_COMPARED = ("", "Araxes, km", "Valhalla, km", "difference", "Valhalla's way, measured by us", "longer than ours by")
_TRACED = ("", "it says, km", "we measure, km", "difference", "on our roads", "borders passed", "other classes")
_SHORTEST = """

The shortest ways where the rules are the same: every class of road, every border as if open, from node to node.
Valhalla is told not to prune its search; it measures on a sphere, and turns, gates and ferries are its own affair:

"""
_TRACES = """

Each way of the routers, laid on our network node by node: what they say that it is long, what we measure on the
ellipsoid along the same nodes, and why it is another way than ours. Both let a way cross borders that are closed, and
use service roads, which no search here does unless it is asked to; the quickest way depends on each one's speeds:

"""


def write(results: Results, osm: Path, path: Path) -> str:
    """
    Write the report and its drawing.

    Parameters
    ----------
    results
        Of a run.
    osm
        The OSM file that it was made on.
    path
        Where to; the drawing goes beside it as growth.svg.

    Returns
    -------
    text
        Markdown, as written.
    """
    from benchmarks.plot import draw  # noqa: PLC0415  (the drawing library is heavy, and the tables need none)

    drawing = path.with_name("growth.svg")
    drawn = draw(results, drawing)
    text = render(results, osm.name, drawing.name if drawn else None)
    path.write_text(text, encoding="utf-8")
    return text


def render(results: Results, file_name: str, drawing: str | None = None) -> str:
    """
    Make the report.

    Parameters
    ----------
    results
        Of a run.
    file_name
        Of the OSM file.
    drawing
        File name of the growth curves; None without them.

    Returns
    -------
    text
        Markdown.
    """
    parts = [
        _head(results, file_name),
        "## Targets\n\n" + _targets(results),
        "## From file to query-ready\n\n" + _builds(results),
        "## One route\n\n" + _routes(results),
        "## Questions on the whole network\n\n" + _questions(results),
        "## Do the answers agree?\n\n" + _agreement(results),
        "## Growth\n\n" + _growth(results, drawing),
        "## Sweep\n\n" + _answers(results, "sweep"),
        "## Under load\n\n" + _answers(results, "serve"),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> str:
    """
    Make a Markdown table.

    Parameters
    ----------
    head
        Column titles.
    rows
        Cells.
    left
        How many columns are text; the others are aligned to the right.

    Returns
    -------
    text
        Markdown.
    """
    rule = ["---"] * left + ["--:"] * (len(head) - left)
    lines = [head, rule, *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def duration(seconds: float | None) -> str:
    """
    Write a time for people.

    Parameters
    ----------
    seconds
        None where not measured.

    Returns
    -------
    text
        Three figures, with a unit.
    """
    if seconds is None:
        return _NONE
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * _MS_PER_S:.3g} ms"


def memory(memory_kb: float | None) -> str:
    """
    Write an amount of memory for people.

    Parameters
    ----------
    memory_kb
        kB; None where not measured.

    Returns
    -------
    text
        MB.
    """
    return _NONE if memory_kb is None else f"{memory_kb / _KB_PER_MB:,.0f} MB"


def _head(results: Results, file_name: str) -> str:
    times = sorted(record.when for record in results.records if record.when)
    versions = {record.peer: record.version for record in results.records if record.version and record.peer != OWN}
    whole = next((r.size for r in results.records if r.share == 1 and r.size), 0)
    first, last = (times[0], times[-1]) if times else ("-", "-")
    said = (
        f"Written by `make bench` on {time.strftime('%Y-%m-%d', time.gmtime())}; not to be edited. Measured from "
        f"{first} to {last}. Times are medians, memory is the peak resident memory of the process and its children; "
        "one process at a time; what asks for ways was measured in turns."
    )
    lines = [
        f"- File: `{file_name}`, {whole:,} nodes.",
        f"- Machine: {machine.describe()}.",
        f"- Araxes: {machine.own_versions()}.",
        "- Peers: " + (", ".join(f"{peer} {number}" for peer, number in sorted(versions.items())) or "none") + ".",
    ]
    lines += [f"- Left out: {pin}: {reason}." for pin, reason in sorted(results.skipped.items())]
    return "# Results\n\n" + said + "\n\n" + "\n".join(lines)


def _targets(results: Results) -> str:
    rows = []
    for verdict in verdicts(results):
        write_value = duration if verdict.unit == "s" else memory
        measured = verdict.measured
        rows.append(
            (
                str(verdict.number),
                verdict.what,
                write_value(verdict.ours),
                write_value(verdict.theirs) if verdict.is_ratio else "",
                f"{verdict.limit:g}" if verdict.is_ratio else write_value(verdict.limit),
                _NONE if measured is None else f"{measured:.3g}" if verdict.is_ratio else write_value(measured),
                {True: "met", False: "**not met**", None: _NONE}[verdict.met],
            )
        )
    return table(("", "what", "Araxes", "peer", "at most", "measured", ""), rows, left=2)


def _builds(results: Results) -> str:
    rows = [_build_row(results, r, what) for peer, op, what in _BUILDS if (r := results.find(peer, op))]
    text = table(("", "what", "time", "to ours", "peak memory"), rows, left=2)
    part = next((r for r in results.records if r.peer == "OSMnx"), None)
    if part is not None:
        head = f"OSMnx reads XML alone, and is measured on {part.share:g} of the file ({part.size:,} nodes):"
        small = [_build_row(results, r, "") for r in (results.find(OWN, "build", share=part.share), part) if r]
        text += f"\n\n{head}\n\n" + table(("", "what", "time", "to ours", "peak memory"), small, left=2)
    return text


def _build_row(results: Results, record: Record, what: str) -> tuple[str, ...]:
    ours = results.seconds(OWN, "build", share=record.share)
    ratio = f"{record.median_s / ours:.3g}" if ours else _NONE
    return (record.peer, what or record.note, duration(record.median_s), ratio, memory(record.peak_rss_kb))


def _routes(results: Results) -> str:
    pairs = read_pairs()
    ours = results.over_pairs(OWN, "route")
    rows = []
    for peer, operation, what in _ROUTES:
        medians = [results.seconds(peer, operation, pair.id) for pair in pairs]
        if not any(medians):
            continue
        middle = results.over_pairs(peer, operation)
        ratio = f"{middle / ours:.3g}" if middle and ours else _NONE
        first = results.find(peer, operation, pairs[0].id)
        held = memory(first.peak_rss_kb if first else None)
        rows.append((peer, what, *(duration(value) for value in medians), duration(middle), ratio, held))
    head = ("", "what", *(pair.title.replace(" to ", "-") for pair in pairs), "median", "to ours", "peak memory")
    graphs = [f"{record.peer} {duration(record.median_s)}" for record in results.records if record.operation == "graph"]
    note = f"Before its first answer each library takes our graph's arrays: {', '.join(graphs)}." if graphs else ""
    return table(head, rows, left=2) + "\n\n" + note


def _questions(results: Results) -> str:
    found = [(title, results.find(OWN, operation)) for operation, title in growth.OPERATIONS.items()]
    rows = [
        (title, duration(r.median_s), duration(r.p95_s), str(len(r.seconds)), r.note)
        for title, r in found
        if r and r.operation not in ("build", "route")
    ]
    return table(("", "median", "p95", "repeats", "what"), rows)


def _agreement(results: Results) -> str:
    text = _facts([record for record in results.records if record.operation == "check"])
    shortest = [row for pair in read_pairs() if (row := _shortest(results, pair))]
    if shortest:
        text += _SHORTEST + table(_COMPARED, shortest)
    traces = [_trace(record) for record in results.records if record.operation == "trace"]
    if traces:
        head = (
            "",
            "it says, km",
            "we measure, km",
            "difference",
            "on our roads",
            "borders passed",
            "other classes",
        )
        text += _TRACES + table(head, traces)
    return text or "Not measured."


def _shortest(results: Results, pair: Pair) -> tuple[str, ...] | None:
    records = [results.find(peer, "shortest", pair.id) for peer in (OWN, "Valhalla")]
    lengths_m = [record.answer["length_m"] for record in records if record]
    if len(lengths_m) < len(records):
        return None
    ours_m, theirs_m = lengths_m
    traced = results.find("agreement", "trace", f"Valhalla, shortest, {pair.id}")
    measured_m = traced.answer["measured_m"] if traced else None
    same = (_km(measured_m), f"{measured_m - ours_m:+.1f} m") if measured_m else (_NONE, _NONE)
    return (pair.title, _km(ours_m), _km(theirs_m), f"{theirs_m / ours_m - 1:+.2%}", *same)


def _trace(record: Record) -> tuple[str, ...]:
    found = record.answer
    barred = [f"{class_} {km:.1f} km" for class_, km in found["barred_km"].items() if km >= _LEAST_KM]
    return (
        record.case,
        _km(found["length_m"]),
        _km(found["measured_m"]),
        f"{found['length_m'] / found['measured_m'] - 1:+.2%}",
        f"{found['on_our_edges']:.1%}",
        found["borders"],
        ", ".join(barred) or "none",
    )


def _km(length_m: float) -> str:
    return f"{length_m / _M_PER_KM:.2f}"


def _facts(records: Sequence[Record]) -> str:
    return "\n".join(f"- {record.note}" for record in records if record.note)


def _growth(results: Results, drawing: str | None) -> str:
    found = growth.curves(results)
    shares = sorted({record.share for curve in found for record in curve.records})
    rows = []
    for curve in found:
        by_share = {record.share: record for record in curve.records}
        cells = [_cell(by_share.get(share)) for share in shares]
        exponents = [_exponent(curve.time_exponent), _exponent(curve.memory_exponent)]
        rows.append((curve.title, curve.peer, *cells, *exponents))
    sizes = {record.share: record.size for curve in found for record in curve.records}
    head = ("", "", *(f"{share:g} ({sizes[share]:,} nodes)" for share in shares), "exponent, time", "exponent, memory")
    text = table(head, rows, left=2)
    said = "Time and peak memory; the parts are cut by boxes that grow around the middle of the file. "
    said += "An exponent of 1 is a cost in proportion to the nodes of the file."
    return f"{said}\n\n{text}" + (f"\n\n![Growth curves]({drawing})" if drawing else "")


def _cell(record: Record | None) -> str:
    return _NONE if record is None else f"{duration(record.median_s)}, {memory(record.peak_rss_kb)}"


def _exponent(value: float | None) -> str:
    return _NONE if value is None else f"{value:.2f}"


def _answers(results: Results, operation: str) -> str:
    found = [record for record in results.records if record.operation == operation]
    if not found:
        return f"Not measured: {operation}."
    keys = list(dict.fromkeys(key for record in found for key in record.answer))
    rows = [(record.case, *(_plain(record.answer.get(key)) for key in keys)) for record in found]
    notes = "\n".join(f"- {record.case}: {record.note}" for record in found if record.note)
    return table(("", *(key.replace("_", " ") for key in keys)), rows) + "\n\n" + notes


def _plain(value: object) -> str:
    if value is None:
        return _NONE
    return f"{value:,.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
