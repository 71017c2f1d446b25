"""The growth curves as a drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd
import vl_convert

from benchmarks.growth import curves

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.results import Results

_KB_PER_MB = 1024
_MS_PER_S = 1000
_WIDTH, _HEIGHT, _COLUMNS = 240, 150, 3
_COLOURS = ["#0b5394", "#b45f06", "#38761d"]  # the shapes of the points tell them apart too


def draw(results: Results, path: Path) -> bool:
    """
    Draw time and memory against size, both axes logarithmic.

    Parameters
    ----------
    results
        Of a run.
    path
        An .svg file.

    Returns
    -------
    drawn
        False where nothing was measured on several sizes.
    """
    found = curves(results)
    rows = [
        _row(curve.title, "ms", curve.peer, r.size, r.median_s * _MS_PER_S) for curve in found for r in curve.records
    ]
    rows += [
        _row(curve.title, "peak MB", curve.peer, r.size, r.peak_rss_kb / _KB_PER_MB)
        for curve in found[:_COLUMNS]
        for r in curve.records
        if r.peak_rss_kb
    ]
    if not rows:
        return False
    table = pd.DataFrame(rows)
    panels = [_panel(table[table["panel"] == title], title) for title in dict.fromkeys(table["panel"])]
    chart = alt.concat(*panels, columns=_COLUMNS).configure(background="white")
    path.write_text(vl_convert.vegalite_to_svg(chart.to_dict()), encoding="utf-8")
    return True


def _row(title: str, unit: str, peer: str, nodes: int, value: float) -> dict[str, object]:
    return {"panel": f"{title}, {unit}", "peer": peer, "nodes": nodes, "value": value}


def _panel(table: pd.DataFrame, title: str) -> alt.Chart:
    return (
        alt.Chart(table, title=title, width=_WIDTH, height=_HEIGHT)
        .mark_line(point=True)
        .encode(
            x=alt.X("nodes:Q", title="nodes of the file", scale=alt.Scale(type="log"), axis=alt.Axis(format="~s")),
            y=alt.Y("value:Q", title=None, scale=alt.Scale(type="log"), axis=alt.Axis(format="~s")),
            color=alt.Color("peer:N", title=None, scale=alt.Scale(range=_COLOURS)),
            shape=alt.Shape("peer:N", title=None),
        )
    )
