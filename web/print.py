"""Pictures and pages of printed maps: PNG, SVG and PDF of a sheet, made on the server without a browser."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from geo.errors import InputError
from web import drawing
from web.drawing_letters import FOLDER

if TYPE_CHECKING:
    from types import ModuleType

    from web.drawing import Sheet
    from web.drawing_svg import Canvas

RESOLUTIONS = (150, 300)
"""Pixels an inch that a picture may have."""

_DESCRIPTION_LINES = 2


@cache
def _converter() -> ModuleType:
    """Load what draws SVG, once, with our letters."""
    import vl_convert  # noqa: PLC0415 -- 90 MB, loaded when the first picture is asked for

    vl_convert.register_font_directory(str(FOLDER))
    return vl_convert


def svg(shown: Sheet, paper: str = "a4") -> bytes:
    """
    Draw a sheet as SVG.

    Parameters
    ----------
    shown
        What it shows and says.
    paper
        A key of `drawing.PAPERS`.

    Returns
    -------
    content
        Text stays text; the file holds the letters that it needs, and asks for nothing.

    Raises
    ------
    InputError
        There is no such paper.
    """
    _require(paper)
    return drawing.sheet(shown, paper).svg(shown.title, _described(shown)).encode()


def png(shown: Sheet, paper: str = "a4", dpi: int = 300) -> bytes:
    """
    Draw a sheet as a picture.

    Parameters
    ----------
    shown
        What it shows and says.
    paper
        A key of `drawing.PAPERS`.
    dpi
        One of `RESOLUTIONS`.

    Returns
    -------
    content
        PNG that says how large it is on paper.

    Raises
    ------
    InputError
        There is no such paper or resolution.
    """
    _require(paper)
    if dpi not in RESOLUTIONS:
        message = f"a picture cannot have {dpi} dpi; ask for {' or '.join(map(str, RESOLUTIONS))}"
        raise InputError(message)
    canvas = drawing.sheet(shown, paper, crisp=True)
    text = canvas.svg(shown.title, _described(shown), embed=False, millimetres=False)
    content: bytes = _converter().svg_to_png(text, ppi=dpi)
    return content


def page(canvas: Canvas) -> bytes:
    """
    Write a drawing as one page of PDF.

    Parameters
    ----------
    canvas
        Drawn with letters as shapes, so that the same drawing gives the same bytes.

    Returns
    -------
    content
        A PDF of one page, its lines and letters as shapes, not pixels.
    """
    content: bytes = _converter().svg_to_pdf(canvas.svg("", "", embed=False, millimetres=False))
    return content


def _require(paper: str) -> None:
    if paper not in drawing.PAPERS:
        message = f"there is no paper {paper!r}; it must be {' or '.join(drawing.PAPERS)}"
        raise InputError(message)


def _described(shown: Sheet) -> str:
    return " ".join((shown.subtitle, *shown.notes[:_DESCRIPTION_LINES]))
