"""Figures for people: lengths, times, heights and ranges, never with more digits than they can bear."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from babel.numbers import get_decimal_symbol
from markupsafe import Markup

from web.escape import plain
from web.language import gettext as _
from web.language import locale, pgettext
from web.sentences import said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

THIN = "\u202f"  # narrow no-break space: between groups of digits, and before a unit
MINUS = "−"
NO_BREAK = "\u00a0"
MEASURED = 3  # digits that a measured or published length bears
ESTIMATED = 2

_KM = 1000
_HOUR = 3600
_WHOLE_KM_FROM = 100
_METRES_BELOW = 950
_DAY_LENGTH = 10  # characters of an ISO date
_MONTH_LENGTH = 7
_FINE_CELL_M = 60.0  # about two cells of the finest open relief; a slope of 1 in 1 is tens of metres across one
_COARSE_CELL_M = 250.0  # the wall of a gorge fits into one cell


def known(value: object) -> bool:
    """
    Say whether a number is known.

    Parameters
    ----------
    value
        A number, None or NaN.

    Returns
    -------
    known
        False for None and NaN.
    """
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def number(value: float, digits: int = 0) -> str:
    """
    Write a number with thin spaces between thousands.

    Parameters
    ----------
    value
        The number.
    digits
        Digits after the point; negative ones round to tens, hundreds and so on.

    Returns
    -------
    text
        For example "1 234.5".
    """
    rounded = round(value, digits)
    text = f"{abs(rounded):,.{max(digits, 0)}f}".replace(",", THIN).replace(".", get_decimal_symbol(locale()))
    return f"{MINUS}{text}" if rounded < 0 else text


def unit(name: str) -> str:
    """
    Give the sign of a unit.

    Parameters
    ----------
    name
        One of km, m, h, min and km/h.

    Returns
    -------
    sign
        The reader's language's.
    """
    signs = {
        "km": pgettext("unit", "km"),
        "m": pgettext("unit", "m"),
        "h": pgettext("unit", "h"),
        "min": pgettext("unit", "min"),
        "km/h": pgettext("unit", "km/h"),
    }
    return signs[name]


def digits_for(low: float, high: float) -> int:
    """
    Find how many digits after the point a range bears: the last one counts for no more than a quarter of it.

    Parameters
    ----------
    low, high
        The ends of the range, in the unit that is shown.

    Returns
    -------
    digits
        Digits after the point, at most 1; negative where only tens or hundreds are worth showing.
    """
    quarter = abs(high - low) / 4
    return 1 if quarter <= 0 else min(1, -math.floor(math.log10(quarter)))


def length(value_m: float, significant: int = MEASURED) -> str:
    """
    Write a length: metres below 1 km, one decimal below 100 km, whole kilometres above.

    Parameters
    ----------
    value_m
        Length, metres.
    significant
        How many digits it bears: `MEASURED`, or `ESTIMATED` where it rests on an estimate.

    Returns
    -------
    text
        For example "350 m", "43.9 km" or "254 km"; estimated "350 m", "44 km" or "250 km".
    """
    if value_m == 0:
        return f"0{THIN}{unit('km')}"
    if abs(value_m) < _METRES_BELOW:
        return f"{number(value_m, -1)}{THIN}{unit('m')}"
    value_km = value_m / _KM
    digits = 0 if round(abs(value_km), 1) >= _WHOLE_KM_FROM else 1
    if significant < MEASURED:
        digits = min(digits, significant - 1 - math.floor(math.log10(abs(value_km))))
    return f"{number(value_km, digits)}{THIN}{unit('km')}"


def estimated_length(value_m: float, limits_m: Sequence[float] | None) -> str:
    """
    Write a length with its range, where it has one.

    Parameters
    ----------
    value_m
        Length, metres.
    limits_m
        Its range (low, high), metres; None or twice the same where it is no estimate.

    Returns
    -------
    text
        For example "252 km" or "410 km (360–560)".
    """
    if not limits_m or length(min(limits_m)) == length(max(limits_m)):
        return length(value_m)
    low_km, high_km = min(limits_m) / _KM, max(limits_m) / _KM
    digits = digits_for(low_km, high_km)
    return f"{number(value_m / _KM, digits)}{THIN}{unit('km')} ({number(low_km, digits)}–{number(high_km, digits)})"


def about(value_m: float) -> str:
    """
    Write an accuracy, which is itself no more than a judgement.

    Parameters
    ----------
    value_m
        Metres.

    Returns
    -------
    text
        To 50 m below 1 km, to half a kilometre above: "600 m", "1.5 km", "3 km".
    """
    if value_m < _METRES_BELOW:
        return f"{max(round(value_m / 50), 1) * 50}{THIN}{unit('m')}"
    halves = round(value_m / 500)
    return f"{number(halves / 2, halves % 2)}{THIN}{unit('km')}"


def length_range(low_m: float, high_m: float, significant: int = MEASURED) -> str:
    """
    Write a range of lengths, or one length where the ends show the same.

    Parameters
    ----------
    low_m, high_m
        The ends, metres.
    significant
        How many digits they bear.

    Returns
    -------
    text
        For example "17.5–64.5 km".
    """
    if length(low_m, significant) == length(high_m, significant):
        return length(low_m, significant)
    low_km, high_km = low_m / _KM, high_m / _KM
    digits = digits_for(low_km, high_km)
    digits = min(digits, 0) if high_km >= _WHOLE_KM_FROM else max(digits, 0)
    if significant < MEASURED and high_km > 0:
        digits = min(digits, significant - 1 - math.floor(math.log10(high_km)))
    return f"{number(low_km, digits)}–{number(high_km, digits)}{THIN}{unit('km')}"


def height(value_m: float) -> str:
    """
    Write a height to the nearest ten metres, which is what corridor-scale relief can bear.

    Parameters
    ----------
    value_m
        Metres above sea level.

    Returns
    -------
    text
        For example "2 350 m".
    """
    return f"{number(value_m, -1)}{THIN}{unit('m')}"


def climb(value_m: float, limits_m: Sequence[float] | None) -> str:
    """
    Write a sum of ascent or descent, as coarse as its range makes it.

    Parameters
    ----------
    value_m
        The sum, metres.
    limits_m
        Its range (low, high), metres; None where there is none.

    Returns
    -------
    text
        For example "3 400 m (2 900–4 100)".
    """
    if not limits_m:
        return height(value_m)
    low, high = min(limits_m), max(limits_m)
    digits = min(-1, digits_for(low, high))
    return f"{number(value_m, digits)}{THIN}{unit('m')} ({number(low, digits)}–{number(high, digits)})"


def duration(estimate_s: Mapping[str, float | None] | None) -> str:
    """
    Write an estimate of time in hours: central value, then the range.

    Parameters
    ----------
    estimate_s
        Keys low, central, high; seconds.

    Returns
    -------
    text
        For example "3.9 h (3.1–4.8)" or "45 min (30–90)"; empty where the central value is not known.
    """
    if not estimate_s or not known(estimate_s.get("central")):
        return ""
    central = float(estimate_s["central"] or 0.0)
    low, high = (estimate_s.get(key) for key in ("low", "high"))
    name, divisor, digits = ("h", _HOUR, 1) if central >= _HOUR else ("min", 60, 0)
    if known(low) and known(high):
        digits = max(0, min(digits, digits_for(float(low or 0) / divisor, float(high or 0) / divisor)))
    text = f"{number(central / divisor, digits)}{THIN}{unit(name)}"
    if known(low) and known(high) and low != high:
        text += f" ({number(float(low or 0) / divisor, digits)}–{number(float(high or 0) / divisor, digits)})"
    return text


def speed(value_kmh: float) -> str:
    """
    Write a speed.

    Parameters
    ----------
    value_kmh
        Kilometres an hour.

    Returns
    -------
    text
        For example "42 km/h".
    """
    return f"{number(value_kmh)}{THIN}{unit('km/h')}"


def relief_caveat(cell_m: float | None) -> str:
    """
    Say how far off heights may be that come from coarse relief.

    Parameters
    ----------
    cell_m
        Length of a cell, metres; None where it is not known.

    Returns
    -------
    sentence
        Empty where cells are fine enough for the line that they lie under.
    """
    if cell_m is None or cell_m < _FINE_CELL_M:
        return ""
    cells = f"{number(cell_m)}{THIN}{unit('m')}"
    if cell_m >= _COARSE_CELL_M:
        return _("Relief cells of %(cells)s: heights beside a gorge can be off by hundreds of metres.", cells=cells)
    return _("Relief cells of %(cells)s: heights beside a gorge can be off by tens of metres.", cells=cells)


def ratio(value: float) -> str:
    """
    Write a ratio, such as sinuosity.

    Parameters
    ----------
    value
        The ratio.

    Returns
    -------
    text
        Two decimals.
    """
    return number(value, 2)


def day(value: object) -> str:
    """
    Write a date in words: "1 June 2026", "June 2026" where only the month is known.

    Parameters
    ----------
    value
        A date, or text; text that is no ISO date is given back as it is.

    Returns
    -------
    text
        The date in words; empty for None.
    """
    if value is None:
        return ""
    text = plain(value)
    try:
        if len(text) == _MONTH_LENGTH:
            return format_date(date.fromisoformat(text + "-01"), "MMMM y", locale())
        parsed = date.fromisoformat(text[:_DAY_LENGTH]) if len(text) >= _DAY_LENGTH else None
    except ValueError:
        parsed = None
    if parsed is None or (len(text) > _DAY_LENGTH and text[_DAY_LENGTH] not in "T "):
        return text
    return format_date(parsed, "d MMMM y", locale()).replace(" ", NO_BREAK, 1)


def as_of(data_date: object) -> str:
    """
    Say of when a network's statuses are.

    Parameters
    ----------
    data_date
        Date of the network's data; None where it is not known.

    Returns
    -------
    text
        For example "network data of 1 June 2026".
    """
    return _("network data of %(day)s", day=day(data_date)) if data_date else _("network data of unknown date")


def figure(text: str) -> Markup:
    """
    Set a written figure for a page: the unit lighter than the number, a range smaller than its central value.

    Parameters
    ----------
    text
        What the other functions of this module gave.

    Returns
    -------
    html
        A span of class "figure".
    """
    head, bracket, tail = text.partition(" (")
    value, space, sign = head.rpartition(THIN)
    if not space or not sign.replace("/", "").replace(".", "").isalpha():
        value, sign = head, ""
    html = Markup('<span class="figure"><b>{}</b>').format(value)
    if sign:
        html += Markup('<span class="unit">{}{}</span>').format(THIN, sign)
    if bracket:
        html += Markup(' <span class="range">{}</span>').format(tail.removesuffix(")"))
    return html + Markup("</span>")


def unknown(reason: Any = None) -> Markup:  # noqa: ANN401 -- a reason may be missing, or any text
    """
    Say that a figure is not known, with the reason on hover and on focus.

    Parameters
    ----------
    reason
        Why it is not known; None where no reason was recorded.

    Returns
    -------
    html
        "not known" in italics, with the reason.
    """
    if not reason:
        return Markup('<em class="unknown">{}</em>').format(_("not known"))
    return Markup('<em class="unknown" tabindex="0">{}<span class="why" role="note">{}</span></em>').format(
        _("not known"), plain(said(reason))
    )
