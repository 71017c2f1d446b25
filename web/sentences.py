"""Sentences of the engine, which speaks English, said again in the reader's language; others stay as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from web.language import ENGLISH, N_, language, locale
from web.language import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence

_SMOOTHED = r"smoothing over (?P<windows>[\d, and]+) m"
# Patterns of the engine's sentences and of their clauses. What a group catches is put in by its name; `why` is
# made of clauses itself.
_FORMS: Sequence[tuple[re.Pattern[str], str]] = [
    (re.compile(pattern), text)
    for pattern, text in (
        (r"Cannot be used today: (?P<why>.+)\.", N_("Cannot be used today: %(why)s.")),
        (r"no crossing exists at (?P<names>[^;]+)", N_("no crossing exists at %(names)s")),
        (r"the status of (?P<names>[^;]+) (?:is|are) not known", N_("the status of %(names)s is not known")),
        (r"(?P<names>[^;]+) (?:is|are) only planned", N_("%(names)s: only planned")),
        (r"(?P<length>(?:about )?[\d.]+ km) (?:is|are) not open", N_("%(length)s not open")),
        (
            r"(?P<length>(?:about )?[\d.]+ km) (?:is|are) not open, among them (?P<names>[^;]+)",
            N_("%(length)s not open, among them %(names)s"),
        ),
        (r"(?P<names>[^;]+) (?:is|are) closed", N_("%(names)s: closed")),
        (
            r"(?P<n>\d+) crossings? and (?P<length>.+ km) are not open, dwell assumed",
            N_("%(n)s crossings and %(length)s not open, waiting assumed"),
        ),
        (r"if opened", N_("if opened")),
        (r"not known: (?P<why>.+)", N_("not known: %(why)s")),
        (
            _SMOOTHED + r" gives (?P<low>-?\d+) to (?P<high>-?\d+) m, a range wider than half the value",
            N_("smoothing over %(windows)s m gives %(low)s to %(high)s m, a range wider than half the value"),
        ),
        (
            _SMOOTHED + r", and how much heights differ within \d+ m around the highest, give (?P<low>-?\d+) to "
            r"(?P<high>-?\d+) m, a range wider than .+",
            N_("smoothing over %(windows)s m gives %(low)s to %(high)s m near the highest point, too wide a range"),
        ),
        (r"no opening is stated for (?P<names>.+)", N_("no opening is stated for %(names)s")),
    )
]
_FIGURE = re.compile(r"(?:about )?(\d+)(\.\d+)? km")


def said(text: object) -> str:
    """
    Say a sentence of the engine in the reader's language.

    Parameters
    ----------
    text
        The sentence, in English, such as a route's notice, or why a figure is not known; None counts as empty.

    Returns
    -------
    sentence
        The same in the reader's language where its form is known here, else as it was; plain text.
    """
    written = "" if text is None else str(text)
    if language() == ENGLISH or not written:
        return written
    for pattern, form in _FORMS:
        if found := pattern.fullmatch(written):
            values = {key: _value(key, value) for key, value in found.groupdict().items() if f"%({key})s" in form}
            return _(form, **values) if values else _(form)
    clauses = written.split("; ")
    return "; ".join(map(said, clauses)) if len(clauses) > 1 else written


def _value(key: str, value: str) -> str:
    if key == "why":
        return said(value)
    if key == "length" and (figure := _FIGURE.fullmatch(value)):
        number = figure[1] + (figure[2] or "").replace(".", str(locale().number_symbols["latn"]["decimal"]))
        return _("about %(km)s km", km=number) if value.startswith("about") else _("%(km)s km", km=number)
    joined = _("and")
    return value.replace(" and ", f" {joined} ")
