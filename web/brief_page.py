"""Pages of a brief: headings, paragraphs, figures, tables that break well, drawings as shapes; by fpdf2 and pypdf."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fpdf import FPDF
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    PdfObject,
)

from web import drawing_letters as letters
from web.escape import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

WIDTH, HEIGHT = 595.28, 841.89  # A4, points
MARGIN = 42.0
INNER = WIDTH - 2 * MARGIN

_TOP, _FOOT = 44.0, 40.0
_FAMILY = "Araxes"
_CODES = {"regular": "", "bold": "B", "italic": "I"}
_INK, _QUIET, _RULE, _SOFT = (30, 29, 26), (93, 90, 82), (207, 201, 186), (246, 244, 238)
_NOTICE, _NOTICE_RULE, _LINK = (251, 241, 220), (185, 138, 44), (20, 80, 125)
_TEXT, _SMALL = 8.6, 7.0
_LEADING = 1.34
_PAD = 4.0
_HEADER = 13.0


class Pages:
    """
    A4 pages, filled from top to bottom.

    Parameters
    ----------
    title, subject
        What the document is.
    language
        Of its text, such as "en".
    day
        What the document is dated by, ISO 8601: never today, so that the same brief has the same bytes.
    foot
        Stands at the foot of each page.
    """

    def __init__(self, title: str, subject: str, language: str, day: str, foot: str) -> None:
        self._pdf = FPDF("P", "pt", "A4")
        for style, code in _CODES.items():
            self._pdf.add_font(_FAMILY, code, str(letters.file(style)))
        self._pdf.set_auto_page_break(False)
        self._pdf.set_title(_clean(title))
        self._pdf.set_subject(_clean(subject))
        self._pdf.set_creator("Araxes")
        self._pdf.set_producer("Araxes, fpdf2, pypdf")
        self._pdf.set_lang(language)
        self._pdf.set_creation_date(datetime.fromisoformat(f"{day[:10]}T00:00:00").replace(tzinfo=UTC))
        self._foot = _clean(foot)
        self._drawings: list[tuple[int, float, float, bytes]] = []
        self.y = 0.0
        self.turn()

    # -- where -------------------------------------------------------------------------------------------------------

    def turn(self) -> None:
        """Begin a new page."""
        self._pdf.add_page()
        number = self._pdf.page_no()
        self._write(MARGIN, HEIGHT - 24, letters.shortened(self._foot, INNER - 40, _SMALL), _SMALL, colour=_QUIET)
        self._write(WIDTH - MARGIN, HEIGHT - 24, str(number), _SMALL, "bold", colour=_QUIET, right=True)
        self.y = _TOP

    @property
    def left(self) -> float:
        """Points that are left on the page."""
        return HEIGHT - _FOOT - self.y

    def need(self, height: float) -> None:
        """
        Begin a new page unless there is room.

        Parameters
        ----------
        height
            How much, points.
        """
        if self.left < height:
            self.turn()

    # -- text --------------------------------------------------------------------------------------------------------

    def title(self, text: str, below: str) -> None:
        """
        Write the title.

        Parameters
        ----------
        text, below
            The title, and a line below it.
        """
        for line in letters.lines(_clean(text), INNER - 60, 20, "bold"):
            self._write(MARGIN, self.y + 16, line, 20, "bold")
            self.y += 24
        self.y += 2
        for line in letters.lines(_clean(below), INNER, 9.5):
            self._write(MARGIN, self.y + 8, line, 9.5, colour=_QUIET)
            self.y += 12.5
        self.y += 8

    def heading(self, text: str, room: float = 90.0) -> None:
        """
        Write a heading, which also stands in the document's outline.

        Parameters
        ----------
        text
            The heading.
        room
            What must fit below it on the same page, points.
        """
        self.need(26 + room)
        self.y += 14
        self._pdf.set_y(self.y)
        self._pdf.start_section(_clean(text), strict=False)
        self._write(MARGIN, self.y + 9, _clean(text), 11.5, "bold")
        self.y += 17

    def paragraph(self, text: str, size: float = _TEXT, *, quiet: bool = False, link: str = "") -> None:
        """
        Write a paragraph.

        Parameters
        ----------
        text
            Its text.
        size
            Of the letters.
        quiet
            Whether it is of less weight.
        link
            Where it leads, http or https; empty for nowhere.
        """
        for line in letters.lines(_clean(text), INNER, size):
            self.need(size * _LEADING)
            colour = _LINK if link else _QUIET if quiet else _INK
            self._write(MARGIN, self.y + size, line, size, colour=colour)
            if link.startswith(("http://", "https://")):
                self._pdf.link(MARGIN, self.y, letters.width(line, size), size * _LEADING, link)
            self.y += size * _LEADING
        self.y += 4

    def notice(self, text: str) -> None:
        """
        Write what a reader must not miss.

        Parameters
        ----------
        text
            One or two sentences.
        """
        lines = letters.lines(_clean(text), INNER - 20, _TEXT + 0.6)
        tall = len(lines) * (_TEXT + 0.6) * _LEADING + 10
        self.need(tall + 6)
        self._fill(MARGIN, self.y, INNER, tall, _NOTICE)
        self._fill(MARGIN, self.y, 2.5, tall, _NOTICE_RULE)
        for row, line in enumerate(lines):
            self._write(MARGIN + 12, self.y + 13 + row * (_TEXT + 0.6) * _LEADING, line, _TEXT + 0.6)
        self.y += tall + 8

    def cells(self, figures: Sequence[tuple[str, str]], columns: int = 3) -> None:
        """
        Set the figures that matter most, large, in a grid.

        Parameters
        ----------
        figures
            Label and figure.
        columns
            How many stand in a row.
        """
        wide = INNER / columns
        for start in range(0, len(figures), columns):
            row = figures[start : start + columns]
            set_ = [(letters.lines(_clean(text), wide - 12, 11.5, "bold"), label) for label, text in row]
            tall = 17 + 14 * max(len(lines) for lines, _label in set_)
            self.need(tall)
            for column, (lines, label) in enumerate(set_):
                x = MARGIN + column * wide
                self._write(x, self.y + 8, letters.shortened(_clean(label), wide - 12, _SMALL), _SMALL, colour=_QUIET)
                for number, line in enumerate(lines):
                    self._write(x, self.y + 21 + number * 14, line, 11.5, "bold")
            self.y += tall + 4
        self.y += 4

    def table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        shares: Sequence[float],
        even: Collection[int] = (),
    ) -> None:
        """
        Write a table; the header stands again on each page that it runs on to.

        Parameters
        ----------
        header
            Names of the columns.
        rows
            Texts; a line feed begins a new line, and what follows the first line is of less weight.
        shares
            Width of each column, of 1 in all.
        even
            Columns whose lines are all of one weight.
        """
        widths = [share * INNER for share in shares]
        headed = False
        for row in rows:
            cells = [
                _wrapped(text, width - 2 * _PAD, first=not column, even=column in even)
                for column, (text, width) in enumerate(zip(row, widths, strict=True))
            ]
            tall = max(len(cell) for cell in cells) * _TEXT * 0.94 * _LEADING + 2 * _PAD
            if self.left < min(tall, 200.0) + (0.0 if headed else _HEADER):
                self.turn()
                headed = False
            if not headed:
                self._header(header, widths)
                headed = True
            self._row(cells, widths, header)
        self.y += 6

    def _header(self, header: Sequence[str], widths: Sequence[float]) -> None:
        x = MARGIN
        for name, width in zip(header, widths, strict=True):
            text = letters.shortened(_clean(name), width - _PAD, _SMALL, "bold")
            self._write(x + _PAD, self.y + 9, text, _SMALL, "bold", colour=_QUIET)
            x += width
        self.y += _HEADER
        self._rule(self.y, 0.9, _QUIET)

    def _row(self, cells: list[list[tuple[str, str, bool]]], widths: Sequence[float], header: Sequence[str]) -> None:
        """Write a row, over as many pages as it takes."""
        size = _TEXT * 0.94
        leading = size * _LEADING
        while cells and any(cells):
            fits = max(1, int((self.left - 2 * _PAD) / leading))
            x = MARGIN
            for cell, width in zip(cells, widths, strict=True):
                for number, (line, style, quiet) in enumerate(cell[:fits]):
                    at = self.y + _PAD + size + number * leading
                    self._write(x + _PAD, at, line, size, style, colour=_QUIET if quiet else _INK)
                x += width
            drawn = min(fits, max(len(cell) for cell in cells))
            self.y += drawn * leading + 2 * _PAD
            cells = [cell[fits:] for cell in cells]
            if any(cells):
                self.turn()
                self._header(header, widths)
        self._rule(self.y, 0.4, _RULE)

    # -- drawings ----------------------------------------------------------------------------------------------------

    def drawing(self, page: bytes, height: float, x: float = MARGIN) -> None:
        """
        Put a drawing here.

        Parameters
        ----------
        page
            A PDF of one page, see `print.page`.
        height
            Of the drawing, points.
        x
            Where its left edge stands.
        """
        self.need(height)
        self._drawings.append((self._pdf.page_no(), x, HEIGHT - self.y - height, page))
        self.y += height + 6

    def output(self, sheets: Sequence[bytes] = ()) -> bytes:
        """
        Give the document.

        Parameters
        ----------
        sheets
            PDFs of one page that stand behind the pages, such as a map over a whole sheet.

        Returns
        -------
        content
            PDF; the same content gives the same bytes.
        """
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(bytes(self._pdf.output()))))
        for number, x, y, page in self._drawings:
            _stamp(writer, number - 1, x, y, page)
        for sheet in sheets:
            source = PdfReader(io.BytesIO(sheet)).pages[0]
            box = source.mediabox
            writer.add_blank_page(float(box.width), float(box.height))
            _stamp(writer, len(writer.pages) - 1, 0.0, 0.0, sheet)
        content = io.BytesIO()
        writer.write(content)
        return content.getvalue()

    # -- the pen -----------------------------------------------------------------------------------------------------

    def _write(
        self, x: float, y: float, text: str, size: float, style: str = "regular",
        *, colour: tuple[int, int, int] = _INK, right: bool = False,
    ) -> None:  # fmt: skip
        if not text:
            return
        self._pdf.set_text_color(*colour)
        self._pdf.set_font(_FAMILY, _CODES[style], size)
        joined = letters.right_to_left(text)
        # Letters that join need shaping, which is slow: only lines that hold such are shaped.
        self._pdf.set_text_shaping(joined)
        self._pdf.text(x - letters.width(text, size, style) if right else x, y, text)

    def _fill(self, x: float, y: float, width: float, height: float, colour: tuple[int, int, int]) -> None:
        self._pdf.set_fill_color(*colour)
        self._pdf.rect(x, y, width, height, style="F")

    def _rule(self, y: float, width: float, colour: tuple[int, int, int]) -> None:
        self._pdf.set_draw_color(*colour)
        self._pdf.set_line_width(width)
        self._pdf.line(MARGIN, y, WIDTH - MARGIN, y)


def _clean(text: str) -> str:
    return plain(text).replace("\ufffe", "").replace("\uffff", "")


def _wrapped(text: str, width: float, *, first: bool, even: bool) -> list[tuple[str, str, bool]]:
    """Break a cell's text into lines: text, style, and whether it is of less weight."""
    found = []
    for number, paragraph in enumerate(_clean(text).split("\n")):
        style = "bold" if first and number == 0 else "regular"
        found += [
            (line, style, number > 0 and not even) for line in letters.lines(paragraph, width, _TEXT * 0.94, style)
        ]
    return found


def _stamp(writer: PdfWriter, number: int, x: float, y: float, drawing: bytes) -> None:
    """Put the page of another PDF on a page, as one object with its own resources."""
    source = PdfReader(io.BytesIO(drawing)).pages[0]
    contents = source.get_contents()
    form = DecodedStreamObject()
    form.set_data(b"" if contents is None else contents.get_data())
    box = ArrayObject(
        [FloatObject(0), FloatObject(0), FloatObject(source.mediabox.width), FloatObject(source.mediabox.height)]
    )
    resources = _ordered(source["/Resources"].get_object())
    form.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): box,
            NameObject("/Resources"): resources.clone(writer),
        }
    )
    packed = writer._add_object(form.flate_encode())  # noqa: SLF001 -- pypdf's own way to add an object
    page = writer.pages[number]
    if "/Resources" not in page:
        page[NameObject("/Resources")] = DictionaryObject()
    shared: Any = page["/Resources"].get_object()
    # Pages of one document may share their resources: a drawing goes to one page alone.
    own = DictionaryObject({NameObject(key): shared.raw_get(key) for key in shared})
    forms = DictionaryObject({NameObject(key): value for key, value in dict(own.get("/XObject", {})).items()})
    name = f"/Drawing{len(forms)}"
    forms[NameObject(name)] = packed
    own[NameObject("/XObject")] = forms
    page[NameObject("/Resources")] = own
    before = page.get_contents()
    whole = DecodedStreamObject()
    put = f"\nq 1 0 0 1 {x:.3f} {y:.3f} cm {name} Do Q\n".encode()
    whole.set_data((b"" if before is None else b"q\n" + before.get_data() + b"\nQ") + put)
    page[NameObject("/Contents")] = writer._add_object(whole.flate_encode())  # noqa: SLF001


def _ordered(found: PdfObject | None) -> DictionaryObject:
    """Put the names of resources in order: what made the drawing lists them by chance."""
    ordered = DictionaryObject()
    if isinstance(found, DictionaryObject):
        for key in sorted(found):
            value: PdfObject = found.raw_get(key)
            ordered[NameObject(key)] = _ordered(value) if isinstance(value, DictionaryObject) else value
    return ordered
