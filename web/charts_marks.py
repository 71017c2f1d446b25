"""The marks of each kind of chart, on named data that are put in later; see `web.charts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from web.charts_inks import THEMES

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLANK = " "  # a tooltip's heading that says nothing
# Numbers as the pages write them: thin spaces between thousands, never powers of ten.
_PLAIN = "replace(format(datum.value, ',~r'), regexp(',', 'g'), '\u202f')"
_BELOW = 8  # pixels by which a bar lies under the words of its row


def _colour(field: str = "colour") -> alt.Color:
    """Take a colour as the data give it."""
    return alt.Color(f"{field}:N", scale=None)


def _on(name: str, **encodings: Any) -> alt.Chart:  # noqa: ANN401 -- Altair's own
    return alt.Chart(alt.NamedData(name=name)).encode(**encodings)


def _rows(name: str) -> alt.Chart:
    return _on(name, y=alt.Y("name:N", sort=None, axis=None))


def _words(base: alt.Chart, ground: str, ink: str, right_ink: str, dy: float) -> list[alt.Chart]:
    """Write the name of a row at the left, and its figure at the right, each with a halo of the ground."""
    found = []
    for field, align, at, colour in (("name:N", "left", 0, ink), ("text:N", "right", "width", right_ink)):
        style: dict[str, Any] = {"align": align, "baseline": "bottom", "dy": dy}
        for mark in (base.mark_text(**style, stroke=ground, strokeWidth=4), base.mark_text(**style, color=colour)):
            found.append(mark.encode(x=alt.value(at), text=field))  # noqa: PERF401 -- two loops read better
    return found


def panel(axes: Sequence[str], theme: str, prefix: str) -> alt.LayerChart:
    """
    Draw one small multiple: a bar a route from 0, its range as a whisker, its name and figure above it.

    Parameters
    ----------
    axes
        Title of the axis.
    theme
        A key of `web.charts_inks.THEMES`.
    prefix
        Before the names of the data: rows (name, colour, text, and low, central, high where known) and base (at: where
        a line marks the baseline; empty for none).

    Returns
    -------
    chart
        Without a size.
    """
    inks = THEMES[theme]
    base = _rows(f"{prefix}rows")
    scale = alt.Scale(nice=False, zero=True)
    bars = base.transform_filter("isValid(datum.central)").mark_bar(height=9, yOffset=_BELOW, cornerRadiusEnd=1.5)
    axis = alt.Axis(title=axes[0], tickCount=4, labelExpr=_PLAIN)
    tooltip = [alt.Tooltip("name:N", title=_BLANK), alt.Tooltip("text:N", title=axes[0])]
    ranged = base.transform_filter("datum.high > datum.low")
    whisker = ranged.mark_rule(strokeWidth=1.4, yOffset=_BELOW, color=inks["ink"]).encode(x="low:Q", x2="high:Q")
    tick = ranged.mark_tick(thickness=1.4, size=9, yOffset=_BELOW, color=inks["ink"])
    line = _on(f"{prefix}base", x="at:Q").mark_rule(strokeDash=[3, 3], strokeWidth=1.2, color=inks["quiet"])
    # Names come before bars: the rows stand in the order of the first marks that name them, and all have names.
    return alt.layer(
        line, *_words(base, inks["panel"], inks["quiet"], inks["ink"], 1),
        bars.encode(x=alt.X("central:Q", scale=scale, axis=axis), color=_colour(), tooltip=tooltip),
        whisker, tick.encode(x="low:Q"), tick.encode(x="high:Q"),
    )  # fmt: skip


def profiles(axes: Sequence[str], theme: str, prefix: str) -> alt.LayerChart:
    """
    Draw the elevation profiles of several routes on one axis, each named at its highest point.

    Parameters
    ----------
    axes
        Titles: across, up.
    theme
        A key of `web.charts_inks.THEMES`.
    prefix
        Before the names of the data: points (row, km, m), lines (row, name, colour) and peaks (name, ink, km, m, dy).

    Returns
    -------
    chart
        Without a size; the point next to the pointer says what it is.
    """
    inks = THEMES[theme]
    lines = alt.LookupData(data=alt.NamedData(name=f"{prefix}lines"), key="row", fields=["name", "colour"])
    base = _on(
        f"{prefix}points",
        x=alt.X("km:Q", axis=alt.Axis(title=axes[0], labelExpr=_PLAIN, tickCount=10), scale=alt.Scale(nice=False)),
        y=alt.Y("m:Q", axis=alt.Axis(title=axes[1], labelExpr=_PLAIN, tickCount=5), scale=alt.Scale(zero=False)),
        detail="row:N",
    ).transform_lookup(lookup="row", from_=lines)
    near = alt.selection_point(nearest=True, on="pointermove", clear="pointerout", fields=["row", "km"], empty=False)
    tooltip = [
        alt.Tooltip("name:N", title=_BLANK), alt.Tooltip("km:Q", title=axes[0], format=",.0f"),
        alt.Tooltip("m:Q", title=axes[1], format=",.0f"),
    ]  # fmt: skip
    dots = base.mark_point(size=46, filled=True).encode(
        color=_colour(), opacity=alt.condition(near, alt.value(1), alt.value(0)), tooltip=tooltip
    )
    tops = _on(f"{prefix}peaks", x="km:Q", y="m:Q", text="name:N")
    style: dict[str, Any] = {"dy": alt.expr("datum.dy"), "baseline": "bottom", "fontWeight": 600}
    return alt.layer(
        base.mark_line(strokeWidth=4.6, strokeJoin="round", color=inks["panel"]),
        base.mark_line(strokeWidth=2.2, strokeJoin="round").encode(color=_colour()),
        dots.add_params(near),
        tops.mark_text(**style, stroke=inks["panel"], strokeWidth=4),
        tops.mark_text(**style).encode(color=_colour("ink")),
    )


def two(axes: Sequence[str], theme: str, prefix: str) -> alt.LayerChart:
    """
    Draw routes by two objectives, each with its ranges; those that no other beats are full and joined.

    Parameters
    ----------
    axes
        Titles: across, up. Less is better on both.
    theme
        A key of `web.charts_inks.THEMES`.
    prefix
        Before the names of the data: front (x and y of every other way that none beats) and points (name, colour,
        beaten, x and y with their _low, _high and _text, side and dy of the name).

    Returns
    -------
    chart
        Without a size.
    """
    inks = THEMES[theme]
    scale = alt.Scale(zero=True)
    x = alt.X("x:Q", axis=alt.Axis(title=axes[0], labelExpr=_PLAIN, tickCount=8), scale=scale)
    y = alt.Y("y:Q", axis=alt.Axis(title=axes[1], labelExpr=_PLAIN, tickCount=6), scale=scale)
    base = _on(f"{prefix}points")
    rule: dict[str, Any] = {"strokeWidth": 1.6, "opacity": 0.55}
    across = base.transform_filter("datum.x_high > datum.x_low").mark_rule(**rule)
    up = base.transform_filter("datum.y_high > datum.y_low").mark_rule(**rule)
    front = base.transform_filter("!datum.beaten").mark_line(
        interpolate="step-after", strokeDash=[4, 3], strokeWidth=1.4, color=inks["quiet"]
    )
    tooltip = [
        alt.Tooltip("name:N", title=_BLANK), alt.Tooltip("x_text:N", title=axes[0]),
        alt.Tooltip("y_text:N", title=axes[1]),
    ]  # fmt: skip
    point: dict[str, Any] = {"size": 130, "strokeWidth": 2.4, "opacity": 1}
    others = _on(f"{prefix}front", x=alt.X("x:Q"), y=alt.Y("y:Q")).mark_point(
        size=22, filled=True, opacity=1, color=inks["quiet"]
    )
    layers = [
        others.encode(tooltip=[alt.Tooltip("x:Q", title=axes[0]), alt.Tooltip("y:Q", title=axes[1])]),
        across.encode(x=alt.X("x_low:Q"), x2="x_high:Q", y="y:Q", color=_colour()),
        up.encode(x="x:Q", y="y_low:Q", y2="y_high:Q", color=_colour()),
        front.encode(x=x, y=y, order="x:Q"),
        base.transform_filter("datum.beaten").mark_point(**point, fill=inks["panel"]),
        base.transform_filter("!datum.beaten").mark_point(**point).encode(fill=alt.Fill("colour:N", scale=None)),
    ]
    layers[4:] = [m.encode(x=x, y=y, stroke=alt.Stroke("colour:N", scale=None), tooltip=tooltip) for m in layers[4:]]
    for side, dx in (("left", 10), ("right", -10)):
        here = base.transform_filter(f"datum.side == '{side}'").encode(x=x, y=y, text="name:N")
        style: dict[str, Any] = {"align": side, "dx": dx, "dy": alt.expr("datum.dy"), "baseline": "middle"}
        layers.append(here.mark_text(**style, stroke=inks["panel"], strokeWidth=4))
        layers.append(here.mark_text(**style, color=inks["ink"]))
    return alt.layer(*layers)


def ranks(axes: Sequence[str], theme: str, prefix: str) -> alt.LayerChart:
    """
    Draw how often each route comes at each rank, as bars of shares; the stronger a shade, the better the rank.

    Parameters
    ----------
    axes
        Title of the axis.
    theme
        A key of `web.charts_inks.THEMES`.
    prefix
        Before the names of the data: rows (name, text) and parts (name, rank, share, from, to, middle, fill, ink,
        label).

    Returns
    -------
    chart
        Without a size.
    """
    inks = THEMES[theme]
    base = _rows(f"{prefix}parts")
    axis = alt.Axis(title=axes[0], format=".0%", tickCount=5)
    tooltip = [
        alt.Tooltip("name:N", title=_BLANK), alt.Tooltip("rank:O", title="#"),
        alt.Tooltip("share:Q", title=axes[0], format=".1%"),
    ]  # fmt: skip
    bars = base.mark_bar(height=15, yOffset=_BELOW, stroke=inks["panel"], strokeWidth=1).encode(
        x=alt.X("from:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=axis),
        x2="to:Q",
        fill=alt.Fill("fill:N", scale=None),
        tooltip=tooltip,
    )
    labels = base.transform_filter("datum.label != ''").mark_text(baseline="middle", yOffset=_BELOW, fontSize=11)
    on_bars = labels.encode(x="middle:Q", text="label:N", color=_colour("ink"))
    return alt.layer(bars, on_bars, *_words(_rows(f"{prefix}rows"), inks["panel"], inks["ink"], inks["quiet"], -2))
