"""The one door for text on its way to Folium, whose templates run whatever HTML they are given."""

from __future__ import annotations

import re
from html import escape

# Controls that break lines of script, and the marks that turn the direction of text around what follows them.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_SCRIPT_MARKS = str.maketrans({"`": "&#96;", "{": "&#123;", "}": "&#125;", "$": "&#36;", "\\": "&#92;"})


def plain(text: object) -> str:
    """
    Drop what cannot be seen and can mislead: control characters and marks that override the direction of text.

    Parameters
    ----------
    text
        Any text; None counts as empty.

    Returns
    -------
    text
        The same text without those characters; still to be escaped where it is put into HTML.
    """
    return "" if text is None else _UNSEEN.sub("", str(text))


def for_folium(text: object) -> str:
    """
    Escape text for Folium: as HTML, and against template strings of JavaScript and of Jinja.

    Parameters
    ----------
    text
        Any text, hostile or not.

    Returns
    -------
    html
        Text that shows as it was written and runs nothing.
    """
    return escape(plain(text), quote=True).translate(_SCRIPT_MARKS)
