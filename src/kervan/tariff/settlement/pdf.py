"""A statement as a PDF, in letters that write every language of the corridor.

The pages are set in DejaVu Sans, which has Latin with all Turkish and Azerbaijani letters, Cyrillic
with the Kazakh ones, Georgian and Armenian. The fonts are taken from where matplotlib was
installed, and embedded as far as they are used; Kervan ships none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from kervan.errors import InvalidRequestError
from kervan.tariff.money import Money
from kervan.tariff.settlement.statements import Statement
from kervan.tariff.settlement.wording import (
    BALANCE_HEADINGS,
    KIND_WORDS,
    balance_rows,
    facts,
    line_reference,
    named,
    outcome,
    rate_rows,
)

LINES_AT_MOST = 300
"""Lines a PDF lists; a statement with more refers to its workbook."""

_INSTALL = "Install what it needs with pip install 'kervan[pdf]', or ask for no PDF."
_FONT, _BOLD = "DejaVuSans", "DejaVuSans-Bold"
_INK, _RULE, _FILL = "#1c2733", "#9fb0c0", "#dde5ee"


def check_pdf() -> None:
    """Refuse early what could not be written.

    Raises
    ------
    InvalidRequestError
        If reportlab or the fonts are not installed.
    """
    if find_spec("reportlab") is None:
        raise InvalidRequestError(f"A PDF needs the package reportlab. {_INSTALL}")
    font_files()


@lru_cache(maxsize=1)
def font_files() -> tuple[Path, Path]:
    """Return the files of DejaVu Sans, regular and bold.

    Raises
    ------
    InvalidRequestError
        If they are not found.
    """
    # Found, not imported: importing matplotlib takes most of a second.
    found = find_spec("matplotlib")
    if found is not None and found.origin is not None:
        folder = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
        files = folder / f"{_FONT}.ttf", folder / f"{_BOLD}.ttf"
        if all(file.is_file() for file in files):
            return files
    raise InvalidRequestError(
        f"A PDF needs the fonts of the package matplotlib, which write every language. {_INSTALL}"
    )


def write_pdf(statement: Statement, names: Mapping[str, str], corridor: str, path: Path) -> None:
    """Write a statement as a PDF of A4 pages.

    Parameters
    ----------
    statement
        The statement.
    names
        Members' names by key.
    corridor
        Title of the corridor.
    path
        Name of the file.

    Raises
    ------
    InvalidRequestError
        If reportlab or the fonts are not installed.
    """
    check_pdf()
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    styles = _styles()
    member = named(statement.member_id, names)
    story: list[Any] = [Paragraph(f"Statement of {statement.month}", styles["title"])]
    story.append(
        _table(
            [
                (
                    Paragraph(escape(label), styles["strong"]),
                    Paragraph(escape(text), styles["text"]),
                )
                for label, text in facts(statement, names, corridor)
            ],
            (32, 142),
            heading=False,
        )
    )
    story += [Spacer(0, 5 * mm), Paragraph("Balances", styles["section"])]
    story.append(
        _table(
            [
                BALANCE_HEADINGS,
                *(
                    (code, *(_amount(minor, code) for minor in minors))
                    for code, *minors in balance_rows(statement)
                ),
            ],
            (19, 31, 31, 31, 31, 31),
            right_from=1,
        )
    )
    story.append(Spacer(0, 3 * mm))
    story += [Paragraph(escape(text), styles["text"]) for text in outcome(statement, names)]
    rates = rate_rows(statement)
    if rates:
        story += [Spacer(0, 5 * mm), Paragraph("Rates of exchange", styles["section"])]
        titles = ("Currency", "Pair", "Rate", "Day", "Source")
        story.append(_table([titles, *rates], (22, 62, 32, 24, 34)))
    if statement.by_counterparty:
        story += [Spacer(0, 5 * mm), Paragraph("Closing balance with each", styles["section"])]
        rows = [
            (Paragraph(escape(named(other, names)), styles["text"]), code, _amount(minor, code))
            for (other, code), minor in statement.by_counterparty.items()
        ]
        story.append(
            _table([("Counterparty", "Currency", "Due"), *rows], (112, 22, 40), right_from=2)
        )
    story += [Spacer(0, 5 * mm), Paragraph("Lines", styles["section"])]
    story.append(_lines(statement, styles))
    if len(statement.lines) > LINES_AT_MOST:
        left = len(statement.lines) - LINES_AT_MOST
        story.append(
            Paragraph(f"{left:,} more lines are in the workbook and the journal.", styles["text"])
        )
    document = SimpleDocTemplate(
        str(path),
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
        title=f"Statement of {statement.month}, {member}",
        author=corridor,
        invariant=1,  # the same statement, the same bytes
    )

    def foot(canvas: Any, page: Any) -> None:
        canvas.setFont(_FONT, 7)
        canvas.setFillColor(_INK)
        canvas.drawString(18 * mm, 10 * mm, f"{member}, {statement.month}")
        canvas.drawRightString(A4[0] - 18 * mm, 10 * mm, f"page {page.page}")

    document.build(story, onFirstPage=foot, onLaterPages=foot)


def _lines(statement: Statement, styles: Mapping[str, Any]) -> Any:
    from reportlab.platypus import Paragraph

    if not statement.lines:
        return Paragraph("Nothing moved in the month.", styles["text"])
    rows = [
        (
            line.day.isoformat(),
            KIND_WORDS[line.kind],
            Paragraph(escape(line_reference(line)), styles["text"]),
            line.counterparty_id,
            line.currency,
            _amount(line.minor, line.currency),
        )
        for line in statement.lines[:LINES_AT_MOST]
    ]
    titles = ("Day", "What", "Transport", "With", "Currency", "Amount")
    return _table([titles, *rows], (22, 42, 42, 24, 18, 26), right_from=5)


def _amount(minor: int, code: str) -> str:
    return f"{Money(minor, code).major:,}"


@lru_cache(maxsize=1)
def _styles() -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    regular, bold = font_files()
    registerFont(TTFont(_FONT, str(regular)))
    registerFont(TTFont(_BOLD, str(bold)))
    text = ParagraphStyle("text", fontName=_FONT, fontSize=8, leading=11, textColor=_INK)
    return {
        "text": text,
        "strong": ParagraphStyle("strong", parent=text, fontName=_BOLD),
        "section": ParagraphStyle(
            "section",
            parent=text,
            fontName=_BOLD,
            fontSize=10,
            leading=14,
            spaceAfter=4,
            keepWithNext=True,
        ),
        "title": ParagraphStyle(
            "title", parent=text, fontName=_BOLD, fontSize=15, leading=22, spaceAfter=4
        ),
    }


def _table(
    rows: Sequence[Sequence[Any]],
    widths_mm: Sequence[float],
    *,
    heading: bool = True,
    right_from: int | None = None,
) -> Any:
    from reportlab.lib.units import mm
    from reportlab.platypus import Table

    style: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), _FONT, 8),
        ("TEXTCOLOR", (0, 0), (-1, -1), _INK),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, _RULE),
    ]
    if heading:
        style += [("FONT", (0, 0), (-1, 0), _BOLD, 8), ("BACKGROUND", (0, 0), (-1, 0), _FILL)]
    if right_from is not None:
        style.append(("ALIGN", (right_from, 0), (-1, -1), "RIGHT"))
    return Table(
        [list(row) for row in rows],
        colWidths=[width * mm for width in widths_mm],
        style=style,
        repeatRows=1 if heading else 0,
        hAlign="LEFT",
    )
