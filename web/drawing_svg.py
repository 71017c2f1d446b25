"""A canvas that writes SVG: shapes, texts and texts along lines; all text escaped, the same drawing the same bytes."""

from __future__ import annotations

import math
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from web import drawing_letters as letters
from web.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Style = str | float | None

_MM_A_POINT = 25.4 / 72


def number(value: float) -> str:
    """
    Write a coordinate.

    Parameters
    ----------
    value
        Points.

    Returns
    -------
    text
        Two decimals at most.
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def commands(points: NDArray[np.float64]) -> str:
    """
    Write a line as path data.

    Parameters
    ----------
    points
        x and y, one row a vertex.

    Returns
    -------
    data
        Empty for fewer than two vertices.
    """
    if len(points) < 2:  # noqa: PLR2004 -- a line has two ends
        return ""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points.tolist())


class Canvas:
    """
    Collects what is drawn, in the order in which it is drawn.

    Parameters
    ----------
    width, height
        Points (1/72 inch); y grows downwards.
    outlined
        Draw letters as shapes, for a PDF that needs no fonts; as text otherwise, with the letters inside the file.
    """

    def __init__(self, width: float, height: float, *, outlined: bool = False) -> None:
        self.width, self.height = width, height
        self.outlined = outlined
        self._parts: list[str] = []
        self._defs: list[str] = []
        self._used: dict[str, set[str]] = {style: set() for style in letters.STYLES}

    def path(self, data: str, **style: Style) -> None:
        """
        Draw a path.

        Parameters
        ----------
        data
            Path data; nothing is drawn where it is empty.
        style
            Attributes of SVG, underscores for hyphens; None leaves one out.
        """
        if data:
            self._parts.append(f'<path d="{data}"{_attributes({"fill": "none", **style})}/>')

    def rect(self, x: float, y: float, width: float, height: float, **style: Style) -> None:
        """
        Draw a rectangle.

        Parameters
        ----------
        x, y, width, height
            Points.
        style
            As for `path`.
        """
        at = {"x": x, "y": y, "width": max(width, 0.0), "height": max(height, 0.0)}
        self._parts.append(f"<rect{_attributes({**at, **style})}/>")

    def circle(self, x: float, y: float, radius: float, **style: Style) -> None:
        """
        Draw a circle.

        Parameters
        ----------
        x, y, radius
            Points.
        style
            As for `path`.
        """
        self._parts.append(f"<circle{_attributes({'cx': x, 'cy': y, 'r': radius, **style})}/>")

    def image(self, address: str, box: Sequence[float], **style: Style) -> None:
        """
        Put in a picture.

        Parameters
        ----------
        address
            A data address that our own code made: nothing is ever fetched.
        box
            x, y, width, height, points.
        style
            As for `path`.
        """
        at = dict(zip(("x", "y", "width", "height"), box, strict=True))
        given = _attributes({**at, "preserveAspectRatio": "none", **style})
        self._parts.append(f'<image{given} xlink:href="{address}"/>')

    def text(
        self, x: float, y: float, text: str, size: float, face: str = "regular", anchor: str = "start", **style: Style
    ) -> None:
        """
        Write one line of text.

        Parameters
        ----------
        x, y
            Where its base line starts, is in the middle, or ends, as `anchor` has it.
        text
            Any text, hostile or not.
        size
            Of the letters, points.
        face
            A key of `drawing_letters.STYLES`.
        anchor
            start, middle or end.
        style
            As for `path`; `letter_spacing` in points.
        """
        clean = _one_line(text)
        if not clean:
            return
        if self.outlined:
            spacing = float(style.pop("letter_spacing", None) or 0.0)
            left = x - letters.width(clean, size, face, spacing) * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
            self._outline([(left, y, 0.0)], clean, size, face, spacing, style)
            return
        self._used[face] |= set(clean)
        given = {
            "x": x,
            "y": y,
            **self._face(size, face),
            "text_anchor": None if anchor == "start" else anchor,
            **style,
        }
        self._parts.append(f"<text{_attributes(given)}>{escape(clean)}</text>")

    def text_along(
        self, points: NDArray[np.float64], text: str, size: float, face: str = "bold", **style: Style
    ) -> None:
        """
        Write a text along a line, in its middle.

        Parameters
        ----------
        points
            Its base line, x and y, from the left to the right.
        text, size, face
            As for `text`.
        style
            As for `path`.
        """
        clean = _one_line(text)
        if not clean or len(points) < 2:  # noqa: PLR2004 -- a line has two ends
            return
        if self.outlined:
            self._outline(_stations(points, clean, size, face), clean, size, face, 0.0, style)
            return
        self._used[face] |= set(clean)
        name = f"along-{len(self._defs)}"
        self._defs.append(f'<path id="{name}" d="{commands(points)}"/>')
        given = _attributes({**self._face(size, face), "text_anchor": "middle", **style})
        self._parts.append(
            f'<text{given}><textPath xlink:href="#{name}" startOffset="50%">{escape(clean)}</textPath></text>'
        )

    def _face(self, size: float, face: str) -> dict[str, Style]:
        weight, slope = ("700" if face == "bold" else None), ("italic" if face == "italic" else None)
        return {"font_size": size, "font_weight": weight, "font_style": slope}

    def _outline(
        self,
        stations: Sequence[tuple[float, float, float]],
        text: str,
        size: float,
        face: str,
        spacing: float,
        style: dict[str, Style],
    ) -> None:
        """Draw the glyphs of a text: all from one station (x, y, degrees), or each at its own."""
        glyphs = letters.shape(text, face)
        drawn = []
        for row, glyph in enumerate(glyphs):
            data = letters.outline(glyph.name, face, round(size, 2))
            if not data:
                continue
            if len(stations) == 1:
                x, y, turn = stations[0]
                x, y = x + glyph.x * size + row * spacing, y - glyph.y * size
            else:
                x, y, turn = stations[row]
            turned = f" rotate({number(turn)})" if turn else ""
            drawn.append(f'<path transform="translate({number(x)} {number(y)}){turned}" d="{data}"/>')
        if drawn:
            shared = {key: value for key, value in style.items() if key != "letter_spacing"}
            self._parts.append(f"<g{_attributes(shared)}>{''.join(drawn)}</g>")

    @contextmanager
    def group(self, clip: Sequence[float] | None = None, **style: Style) -> Iterator[None]:
        """
        Draw things that share a style.

        Parameters
        ----------
        clip
            x, y, width, height outside of which nothing shows.
        style
            As for `path`.
        """
        if clip is not None:
            name = f"clip-{len(self._defs)}"
            at = _attributes(dict(zip(("x", "y", "width", "height"), clip, strict=True)))
            self._defs.append(f'<clipPath id="{name}"><rect{at}/></clipPath>')
            style = {**style, "clip_path": f"url(#{name})"}
        self._parts.append(f"<g{_attributes(style)}>")
        yield
        self._parts.append("</g>")

    def link(self, address: str) -> _Link:
        """
        Let what is drawn next lead somewhere.

        Parameters
        ----------
        address
            An address with scheme http or https; any other leads nowhere.

        Returns
        -------
        link
            A context.
        """
        return _Link(self._parts, address if address.startswith(("http://", "https://")) else "")

    def svg(self, title: str, description: str, *, embed: bool = True, millimetres: bool = True) -> str:
        """
        Give the drawing.

        Parameters
        ----------
        title, description
            What it is, for those who cannot see it.
        embed
            Whether the file carries the letters that it uses.
        millimetres
            Whether it says how large it is on paper; otherwise one unit is one point.

        Returns
        -------
        svg
            A document of its own.
        """
        scale, unit = (_MM_A_POINT, "mm") if millimetres else (1.0, "")
        size = f'width="{self.width * scale:.2f}{unit}" height="{self.height * scale:.2f}{unit}"'
        used = [(style, frozenset(found)) for style, found in self._used.items()]
        css = f"<style>{letters.embedded(used)}</style>" if embed and not self.outlined else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size} '
            f'viewBox="0 0 {number(self.width)} {number(self.height)}" role="img" '
            f'font-family="{escape(letters.FALLBACK)}">'
            f"<title>{escape(_one_line(title))}</title><desc>{escape(_one_line(description))}</desc>"
            f"<defs>{css}{''.join(self._defs)}</defs>{''.join(self._parts)}</svg>\n"
        )


class _Link:
    def __init__(self, parts: list[str], address: str) -> None:
        self._parts, self._address = parts, address

    def __enter__(self) -> None:
        if self._address:
            self._parts.append(f'<a xlink:href="{escape(self._address, quote=True)}" target="_blank">')

    def __exit__(self, *_error: object) -> None:
        if self._address:
            self._parts.append("</a>")


def _one_line(text: str) -> str:
    return " ".join(plain(text).split("\n")).replace("\ufffe", "").replace("\uffff", "").strip()


def _attributes(style: dict[str, Style]) -> str:
    return "".join(
        f' {key if key == "preserveAspectRatio" else key.replace("_", "-")}="'
        f'{number(value) if isinstance(value, int | float) else escape(value, quote=True)}"'
        for key, value in style.items()
        if value is not None
    )


def _stations(points: NDArray[np.float64], text: str, size: float, face: str) -> list[tuple[float, float, float]]:
    """Place each glyph of a text on a line, in its middle: x, y, and by how many degrees it turns."""
    hops = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(hops)))
    glyphs = letters.shape(text, face)
    start = (along[-1] - letters.width(text, size, face)) / 2
    found = []
    for glyph in glyphs:
        middle = start + (glyph.x + glyph.advance / 2) * size
        row = int(np.clip(np.searchsorted(along, middle) - 1, 0, len(hops) - 1))
        share = (middle - along[row]) / max(hops[row], 1e-9)
        x, y = points[row] + share * (points[row + 1] - points[row])
        dx, dy = (points[row + 1] - points[row]) / max(hops[row], 1e-9)
        half = glyph.advance * size / 2
        found.append((x - dx * half, y - dy * half, math.degrees(math.atan2(dy, dx))))
    return found
