"""The colours of charts: names of the page's style sheet, or the same as figures for a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_INK = ("ink", "quiet", "rule", "panel", "accent")
# A chart in a page takes its colours from the page's own style sheet; a file carries the same colours as figures.
THEMES: Mapping[str, Mapping[str, str]] = {
    "page": {name: f"var(--{name})" for name in _INK},
    "light": {"ink": "#1e1d1a", "quiet": "#5d5a52", "rule": "#dcd8cc", "panel": "#fcfbf8", "accent": "#14507d"},
    "dark": {"ink": "#e9e7e1", "quiet": "#a6a49c", "rule": "#30373e", "panel": "#1a1f24", "accent": "#8fc1ea"},
}
_STRONGEST, _FAINTEST = 0.92, 0.14  # of the accent, in the shade of the first and of the last rank
_PALE_FROM = 0.5


def of_words(theme: str, colour: str) -> str:
    """
    Give the colour in which a line's name is written: its own, mixed with the ink until it reads on the ground.

    Parameters
    ----------
    theme
        A key of `THEMES`.
    colour
        The line's, as a hash and six digits.

    Returns
    -------
    colour
        The words'.
    """
    if theme == "page":
        return f"color-mix(in srgb, {colour} 55%, {THEMES[theme]['ink']})"
    return _mixed(THEMES[theme]["ink"], colour, 0.55)


def _mixed(ground: str, accent: str, share: float) -> str:
    channels = [(int(ground[i : i + 2], 16), int(accent[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(g + (a - g) * share):02x}" for g, a in channels)


def shade(theme: str, share: float) -> str:
    """
    Mix the accent into the ground.

    Parameters
    ----------
    theme
        A key of `THEMES`.
    share
        Of the accent, 0 to 1.

    Returns
    -------
    colour
        A colour that a style sheet understands; for files a plain one.
    """
    ground, accent = THEMES[theme]["panel"], THEMES[theme]["accent"]
    if theme == "page":
        return f"color-mix(in srgb, {accent} {share:.0%}, {ground})"
    return _mixed(ground, accent, share)


def shades(theme: str, count: int) -> list[tuple[str, str]]:
    """
    Give each rank a shade, the first the strongest, and the colour of words on it.

    Parameters
    ----------
    theme
        A key of `THEMES`.
    count
        How many ranks there are.

    Returns
    -------
    shades
        Fill and colour of words.
    """
    step = (_STRONGEST - _FAINTEST) / max(count - 1, 1)
    shares = [_STRONGEST - step * rank for rank in range(count)]
    return [(shade(theme, s), THEMES[theme]["panel" if s >= _PALE_FROM else "ink"]) for s in shares]
