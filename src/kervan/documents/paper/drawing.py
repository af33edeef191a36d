"""A PDF page by page, measured in millimetres from its top left corner.

Beside ink it takes fields to be filled in later (AcroForm, without any script), one attached file,
and squares, as QR codes are made of. The same drawing gives the same bytes.

The operators of a page are written here, and reportlab makes the file of them: pages, fonts cut
down to what is used, cross references. A form is the same on every paper, so its strokes and words
are worked out once: the letters it is made of are given their codes before any other
(:data:`LETTERS`), and therefore always the same ones.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from kervan.documents.paper.fonts import BOLD, CHINESE, REGULAR, advances, runs, width
from kervan.documents.paper.layout import LEADING, POINTS, Setting

A4_MM = (210.0, 297.0)

LETTERS = (
    "".join(map(chr, range(32, 127)))
    + "".join(map(chr, range(ord("А"), ord("я") + 1)))
    + "Ёё№«»–—°²³…"
)
"""Letters whose codes are the same on every paper."""

MARK = "Kervan paper "
"""What stands in the second line of the file, before the kind of the paper."""
_MAKER = b"ReportLab Generated PDF document"

_THIN, _THICK = 0.4, 0.8
_MULTILINE = 1 << 12  # ISO 32000-1, table 228


class Drawing:
    """One paper while it is drawn; it holds the state of reportlab's canvas."""

    def __init__(self, kind: str, title: str, subject: str) -> None:
        self._kind = kind
        advances()
        from reportlab.pdfgen.canvas import Canvas

        self._out = io.BytesIO()
        self._canvas: Any = Canvas(
            self._out,
            pagesize=(A4_MM[0] * POINTS, A4_MM[1] * POINTS),
            invariant=1,  # the same consignment, the same bytes
            pageCompression=0,
        )
        self._document: Any = self._canvas._doc
        self._canvas.setTitle(title)
        self._canvas.setSubject(subject)
        self._canvas.setCreator("Kervan")
        self._letters = _Letters(self._document)
        self._operators: list[str] = []
        self._fields: list[Any] = []
        self._names: set[str] = set()
        self.pages = 1

    def next_page(self) -> None:
        """Begin a page."""
        self._end_page()
        self.pages += 1

    def frame(self, x: float, y: float, wide: float, high: float, *, thick: bool = False) -> None:
        """Draw a rectangle."""
        self._operators.append(_frame(x, y, wide, high, thick))

    def line(self, x: float, y: float, to_x: float, to_y: float, *, dotted: bool = False) -> None:
        """Draw a line."""
        self._operators.append(_line(x, y, to_x, to_y, dotted))

    def write(
        self, x: float, y: float, text: str, size: float, *, bold: bool = False, right: bool = False
    ) -> None:
        """Write one line; ``y`` is its baseline, ``x`` its left end, or its right one."""
        left, up = x * POINTS, _up(y)
        if right:
            left -= width(text, size, bold=bold)
        self._operators.append(
            f"BT 1 0 0 1 {left:.2f} {up:.2f} Tm {self._shown(text, size, bold)} ET"
        )

    def block(self, x: float, y: float, setting: Setting, *, bold: bool = False) -> float:
        """Write set text from its top left corner; return how high it is, in mm."""
        step = setting.size * LEADING / POINTS
        baseline = y + setting.size * 0.93 / POINTS
        for position, text in enumerate(setting.lines):
            if text:
                self.write(x, baseline + position * step, text, setting.size, bold=bold)
        return step * len(setting.lines)

    def upright(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> None:
        """Write one line from ``y`` upwards, its baseline at ``x``."""
        self._operators.append(
            f"BT 0 1 -1 0 {x * POINTS:.2f} {_up(y):.2f} Tm {self._shown(text, size, bold)} ET"
        )

    def squares(self, x: float, y: float, side: float, rows: Iterable[Iterable[int]]) -> None:
        """Fill a square with dark and light modules, as a QR code is made of.

        Modules of one row that stand side by side are one rectangle, so that no reader draws
        hairlines between them.
        """
        table = [list(row) for row in rows]
        module = side * POINTS / len(table)
        left, top = x * POINTS, _up(y)
        path: list[str] = []
        for row_number, row in enumerate(table):
            bottom = top - (row_number + 1) * module
            start = None
            for column, dark in enumerate([*row, 0]):
                if dark and start is None:
                    start = column
                elif not dark and start is not None:
                    path.append(
                        f"{left + start * module:.3f} {bottom:.3f} "
                        f"{(column - start) * module:.3f} {module:.3f} re"
                    )
                    start = None
        self._operators.append("\n".join([*path, "f"]))

    def field(self, name: str, tooltip: str, x: float, y: float, wide: float, high: float) -> None:
        """Place a field that is filled in later.

        Its appearance is left to the reader that fills it (``NeedAppearances``), which knows the
        letters typed.
        """
        while name in self._names:
            name += "'"
        self._names.add(name)
        widget = _ready_made(_widget(name, tooltip, x, y, wide, high))
        self._canvas._addAnnotation(widget)
        self._fields.append(self._document.Reference(widget))

    def attach(self, name: str, data: bytes, kind: str, described: str) -> None:
        """Attach a file to the paper (ISO 32000-1, 7.11.4).

        Parameters
        ----------
        name
            Of the file.
        data
            Its content.
        kind
            MIME type.
        described
            What it is.
        """
        from reportlab.pdfbase import pdfdoc

        document = self._document
        stream = pdfdoc.PDFStream(
            dictionary=pdfdoc.PDFDictionary(
                {
                    "Type": pdfdoc.PDFName("EmbeddedFile"),
                    "Subtype": "/" + kind.replace("/", "#2F"),
                    "Filter": pdfdoc.PDFName("FlateDecode"),
                    "Params": pdfdoc.PDFDictionary({"Size": len(data)}),
                }
            ),
            content=zlib.compress(data),
            filters=[],
        )
        entry = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Filespec"),
                "F": pdfdoc.PDFString(name),
                "UF": pdfdoc.PDFString(name),
                "Desc": pdfdoc.PDFString(described),
                "EF": pdfdoc.PDFDictionary({"F": document.Reference(stream)}),
            }
        )
        names = pdfdoc.PDFArray([pdfdoc.PDFString(name), document.Reference(entry)])
        document.Catalog.Names = pdfdoc.PDFDictionary(
            {"EmbeddedFiles": pdfdoc.PDFDictionary({"Names": names})}
        )

    def keep(self, keywords: str) -> None:
        """Keep words in the properties of the file."""
        self._canvas.setKeywords(keywords)

    def finish(self) -> bytes:
        """End the last page and return the file."""
        self._end_page()
        document = self._document
        if self._fields:
            from reportlab.pdfbase import pdfdoc

            helvetica = _ready_made(
                b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            )
            form = pdfdoc.PDFDictionary(
                {
                    "Fields": pdfdoc.PDFArray(self._fields),
                    "NeedAppearances": pdfdoc.PDFtrue,
                    "DA": pdfdoc.PDFString("/Helv 7 Tf 0 g"),
                    "DR": pdfdoc.PDFDictionary(
                        {"Font": pdfdoc.PDFDictionary({"Helv": document.Reference(helvetica)})}
                    ),
                }
            )
            document.Catalog.AcroForm = document.Reference(form)
        document.SaveToFile(self._out, self._canvas)
        data = self._out.getvalue()
        # The second line is a comment; what stands in it is free, its length is not.
        return data.replace(_MAKER, (MARK + self._kind).encode("ascii").ljust(len(_MAKER)), 1)

    def _end_page(self) -> None:
        """Hand a page's operators over, compressed: the canvas would wrap them in ASCII too."""
        from reportlab.pdfbase import pdfdoc

        code = "\n".join(self._operators)
        self._operators = []
        self._canvas.showPage()
        page = self._document.Pages.pages[-1]
        content = pdfdoc.PDFStream(
            dictionary=pdfdoc.PDFDictionary({"Filter": pdfdoc.PDFName("FlateDecode")}),
            # Latin-1 is what the letters of a font are coded in, byte by byte.
            content=zlib.compress(code.encode("latin-1"), 6),
            filters=[],
        )
        page.Contents = content

    def _shown(self, text: str, size: float, bold: bool) -> str:
        return self._letters.shown(text, size, bold)


class _Letters:
    """Codes of letters in one file."""

    def __init__(self, document: Any) -> None:
        from reportlab.pdfbase.pdfmetrics import getFont

        self._document = document
        self._fonts = {name: getFont(name) for name in (REGULAR, BOLD)}
        for name, font in self._fonts.items():
            font.splitString(LETTERS, document)
            inner = font.getSubsetInternalName(0, document)
            # On this rest the strokes and words that are worked out once for all papers.
            assert inner == _INNER[name], inner
        self._known: dict[tuple[str, str], tuple[str, str]] = {}

    def shown(self, text: str, size: float, bold: bool) -> str:
        """Return the operators that show a text."""
        common = _common(text, size, bold)
        if common is not None:
            return common
        found: list[str] = []
        for run in runs(text, bold=bold):
            if run.font == CHINESE:
                found.append(self._chinese(run.text, size))
            else:
                found.append(self._plain(run.font, run.text, size))
        return " ".join(found)

    def _plain(self, font: str, text: str, size: float) -> str:
        found: list[str] = []
        inner, codes = "", ""
        for character in text:
            name, code = self._known.get((font, character)) or self._learn(font, character)
            if name != inner:
                if codes:
                    found.append(f"{inner} {size:g} Tf ({codes}) Tj")
                inner, codes = name, ""
            codes += code
        found.append(f"{inner} {size:g} Tf ({codes}) Tj")
        return " ".join(found)

    def _learn(self, font: str, character: str) -> tuple[str, str]:
        ((subset, code),) = self._fonts[font].splitString(character, self._document)
        inner = self._fonts[font].getSubsetInternalName(subset, self._document)
        found = self._known[font, character] = inner, _escaped(code)
        return found

    def _chinese(self, text: str, size: float) -> str:
        from reportlab.pdfbase.pdfmetrics import getFont

        font = getFont(CHINESE)
        if isinstance(self._fonts.setdefault(CHINESE, font), type(self._fonts[REGULAR])):
            return self._plain(CHINESE, text, size)
        inner = self._document.getInternalFontName(CHINESE)
        return f"{inner} {size:g} Tf ({font.formatForPdf(text)}) Tj"


class _Sample:
    """Stands for a file while letters are given their codes."""


_INNER = {REGULAR: "/F2+0", BOLD: "/F3+0"}


@lru_cache(maxsize=20_000)
def _common(text: str, size: float, bold: bool) -> str | None:
    """Return the operators that show a text of common letters alone, else None."""
    codes = _common_codes()[BOLD if bold else REGULAR]
    try:
        shown = "".join([codes[character] for character in text])
    except KeyError:
        return None
    return f"{_INNER[BOLD if bold else REGULAR]} {size:g} Tf ({shown}) Tj"


@lru_cache(maxsize=1)
def _common_codes() -> dict[str, dict[str, str]]:
    """Return how each common letter is written in a string, by font."""
    from reportlab.pdfbase.pdfmetrics import getFont

    found: dict[str, dict[str, str]] = {}
    for name in (REGULAR, BOLD):
        font: Any = getFont(name)
        sample = _Sample()
        ((subset, codes),) = font.splitString(LETTERS, sample)
        del font.state[sample]
        assert subset == 0
        found[name] = {
            letter: _escaped(bytes([code])) for letter, code in zip(LETTERS, codes, strict=True)
        }
    return found


def _escaped(code: bytes) -> str:
    text = code.decode("latin-1")
    if text in "()\\":
        return "\\" + text
    return f"\\{ord(text):03o}" if text < " " or text == "\x7f" else text


def _up(y: float) -> float:
    return (A4_MM[1] - y) * POINTS


@lru_cache(maxsize=8_192)
def _frame(x: float, y: float, wide: float, high: float, thick: bool) -> str:
    return (
        f"{_THICK if thick else _THIN} w {x * POINTS:.2f} {_up(y + high):.2f} "
        f"{wide * POINTS:.2f} {high * POINTS:.2f} re S"
    )


@lru_cache(maxsize=8_192)
def _line(x: float, y: float, to_x: float, to_y: float, dotted: bool) -> str:
    stroke = f"{_THIN} w {x * POINTS:.2f} {_up(y):.2f} m {to_x * POINTS:.2f} {_up(to_y):.2f} l S"
    return f"[0.6 1.4] 0 d {stroke} [] 0 d" if dotted else stroke


@lru_cache(maxsize=8_192)
def _widget(name: str, tooltip: str, x: float, y: float, wide: float, high: float) -> bytes:
    """Return a text field that is its own widget (ISO 32000-1, 12.7.4.3)."""
    rectangle = f"{x * POINTS:.2f} {_up(y + high):.2f} {(x + wide) * POINTS:.2f} {_up(y):.2f}"
    flags = _MULTILINE if high > 6 else 0
    return (
        f"<< /Type /Annot /Subtype /Widget /FT /Tx /F 4 /Ff {flags} /DA (/Helv 7 Tf 0 g) "
        f"/Rect [ {rectangle} ] /T <{_hexadecimal(name)}> /TU <{_hexadecimal(tooltip)}> >>"
    ).encode("ascii")


def _hexadecimal(text: str) -> str:
    return "feff" + text.encode("utf-16-be").hex()


def _ready_made(content: bytes) -> Any:
    """Return an object of the file whose bytes are known."""
    from reportlab.pdfbase.pdfdoc import PDFObject

    found = PDFObject()
    found.__RefOnly__ = 1
    found.format = lambda document: content  # noqa: ARG005
    return found
