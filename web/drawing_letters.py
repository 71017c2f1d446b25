"""Letters of printed maps and briefs: one family that ships with the code, measured, drawn as outlines, or embedded."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import uharfbuzz as hb
from fontTools import subset
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parent / "fonts"
FAMILY = "Araxes Sans"
FALLBACK = f"'{FAMILY}', 'Noto Sans', 'Noto Sans Armenian', 'DejaVu Sans', sans-serif"
STYLES = {"regular": "Regular", "bold": "Bold", "italic": "Italic"}

_UNITS = 1000.0  # of an em, in each of the fonts
_KEPT_TEXTS = 4096
_RIGHT_TO_LEFT = re.compile(
    "([\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+(?:\\s+[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)*)"
)


@dataclass(frozen=True)
class Glyph:
    """
    One shape of a text that was set.

    Attributes
    ----------
    name
        Of the glyph in its font.
    x, y
        Where it stands from the text's start, ems; y upwards.
    advance
        How wide it is, ems.
    """

    name: str
    x: float
    y: float
    advance: float


def file(style: str) -> Path:
    """
    Find the font of a style.

    Parameters
    ----------
    style
        A key of `STYLES`.

    Returns
    -------
    path
        A TrueType file.
    """
    return FOLDER / f"AraxesSans-{STYLES[style]}.ttf"


@cache
def _font(style: str) -> TTFont:
    return TTFont(file(style), lazy=False)


@cache
def _shaper(style: str) -> hb.Font:
    return hb.Font(hb.Face(hb.Blob.from_file_path(str(file(style)))))


@lru_cache(maxsize=_KEPT_TEXTS)
def shape(text: str, style: str = "regular") -> tuple[Glyph, ...]:
    """
    Set a text: choose its shapes, join those that join, and place them.

    Parameters
    ----------
    text
        One line.
    style
        A key of `STYLES`.

    Returns
    -------
    glyphs
        From left to right.
    """
    names = _font(style)
    found: list[Glyph] = []
    pen = 0.0
    for run in filter(None, _RIGHT_TO_LEFT.split(text)):
        buffer = hb.Buffer()
        buffer.add_str(run)
        buffer.guess_segment_properties()
        hb.shape(_shaper(style), buffer)
        for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            advance = at.x_advance / _UNITS
            name = names.getGlyphName(info.codepoint)
            found.append(Glyph(name, pen + at.x_offset / _UNITS, at.y_offset / _UNITS, advance))
            pen += advance
    return tuple(found)


def width(text: str, size: float, style: str = "regular", spacing: float = 0.0) -> float:
    """
    Measure a text.

    Parameters
    ----------
    text
        One line.
    size
        Of the letters; the width comes in the same unit.
    style
        A key of `STYLES`.
    spacing
        Added behind each letter, in the same unit.

    Returns
    -------
    width
        Without the space behind the last letter.
    """
    glyphs = shape(text, style)
    return size * sum(glyph.advance for glyph in glyphs) + spacing * max(len(glyphs) - 1, 0)


@lru_cache(maxsize=_KEPT_TEXTS)
def outline(name: str, style: str, size: float) -> str:
    """
    Draw one glyph.

    Parameters
    ----------
    name
        Of the glyph.
    style
        A key of `STYLES`.
    size
        Of the letters.

    Returns
    -------
    path
        Data of an SVG path whose origin is the glyph's own, y downwards; empty for a space.
    """
    glyphs = _font(style).getGlyphSet()
    pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.2f}".rstrip("0").rstrip("."))
    scale = size / _UNITS
    glyphs[name].draw(TransformPen(pen, (scale, 0, 0, -scale, 0, 0)))
    commands: str = pen.getCommands()
    return commands


def holds(text: str) -> bool:
    """
    Say whether the fonts have every letter of a text.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    holds
        False where a reader would see an empty box.
    """
    known = _font("regular").getBestCmap()
    return all(ord(letter) in known or letter.isspace() for letter in text)


def right_to_left(text: str) -> bool:
    """
    Say whether a text holds letters that are written from the right and join.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    right_to_left
        True for Persian or Arabic words.
    """
    return _RIGHT_TO_LEFT.search(text) is not None


def lines(text: str, most: float, size: float, style: str = "regular") -> list[str]:
    """
    Break a text into lines.

    Parameters
    ----------
    text
        Any text; a line feed begins a new line.
    most
        The widest that a line may be.
    size, style
        As for `width`.

    Returns
    -------
    lines
        A word that is wider than a line is cut.
    """
    found: list[str] = []
    space = width(" ", size, style)
    for paragraph in text.split("\n"):
        line, long = "", 0.0
        for word in paragraph.split(" "):
            more = width(word, size, style)  # word by word: what a word and its width are is kept
            if line and long + space + more <= most:
                line, long = f"{line} {word}", long + space + more
                continue
            found += [line] if line else []
            line, long = word, more
            while width(line, size, style) > most and len(line) > 1:
                fits = max(1, int(len(line) * most / width(line, size, style)))
                while fits > 1 and width(line[:fits], size, style) > most:
                    fits -= 1
                found.append(line[:fits])
                line = line[fits:]
                long = width(line, size, style)
        found.append(line)
    return found


def shortened(text: str, most: float, size: float, style: str = "regular") -> str:
    """
    Cut a text to what fits.

    Parameters
    ----------
    text
        One line.
    most
        The widest that it may be.
    size, style
        As for `width`.

    Returns
    -------
    text
        The same, or its beginning and an ellipsis.
    """
    if width(text, size, style) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(f"{text[:middle]}…", size, style) <= most else (low, middle - 1)
    return f"{text[:low].rstrip()}…"


def embedded(used: Iterable[tuple[str, frozenset[str]]]) -> str:
    """
    Write a style sheet that carries the letters that a picture uses.

    Parameters
    ----------
    used
        For each style, the letters.

    Returns
    -------
    css
        A rule a style, the font inside it; the same letters give the same bytes.
    """
    return "".join(
        f"@font-face{{font-family:'{FAMILY}';font-style:{'italic' if style == 'italic' else 'normal'};"
        f"font-weight:{'700' if style == 'bold' else '400'};"
        f"src:url(data:font/woff;base64,{_cut(style, letters)}) format('woff')}}"
        for style, letters in used
        if letters
    )


@lru_cache(maxsize=32)
def _cut(style: str, letters: frozenset[str]) -> str:
    options = subset.Options(flavor="woff", layout_features=["*"], notdef_outline=True, hinting=False)
    font = TTFont(file(style), recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(letters)))
    cutter.subset(font)
    font.flavor = "woff"
    content = io.BytesIO()
    font.save(content)
    return base64.b64encode(content.getvalue()).decode()
