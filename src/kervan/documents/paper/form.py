"""A form: boxes in their numbered places, what is written in each, and the sheets for the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kervan.documents.format import DocumentError
from kervan.documents.paper.drawing import A4_MM, Drawing
from kervan.documents.paper.fonts import missing
from kervan.documents.paper.layout import LEADING, POINTS, SIZES, set_text, wrapped
from kervan.documents.paper.proof import Proof

CAPTION_SIZE = 5.2
_INSET = 0.8
_LEAST_FIELD = 3.2
"""Height of the lowest field a clerk can type into, in mm."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box of a form.

    Attributes
    ----------
    number
        As printed: ``15``, ``66a``; empty for a box without one.
    x, y, wide, high
        Its place, in mm from the top left corner of the page.
    caption
        Its name in Russian and a second language, with a dash between them.
    fill_in
        Whether a clerk fills it, or what is left of it, later.
    sizes
        Sizes of type to try.
    bold
        Whether what is in it is set in bold.
    code
        Width of the small box for a code in its upper right corner, in mm; 0 for none.
    foot
        Height at its foot that is kept free, in mm.
    """

    number: str
    x: float
    y: float
    wide: float
    high: float
    caption: str = ""
    fill_in: bool = False
    sizes: tuple[float, ...] = SIZES
    bold: bool = False
    code: float = 0.0
    foot: float = 0.0

    @property
    def head(self) -> str:
        """Number and caption, as printed."""
        return f"{self.number} {self.caption}".strip()


@dataclass(frozen=True, slots=True)
class Rest:
    """What did not fit into its box: the whole of it, for an additional sheet."""

    box: str
    text: str


def check_letters(texts: Iterable[tuple[str, str]], paper: str) -> None:
    """Refuse a paper that no font could write.

    Parameters
    ----------
    texts
        Number of a box and what is to be written in it.
    paper
        Name of the paper.

    Raises
    ------
    DocumentError
        If a character is in no font; every one is named, with its box.
    """
    found = [
        f"box {box}: " + ", ".join(f"'{c}' (U+{ord(c):04X})" for c in unknown[:8])
        for box, text in texts
        if (unknown := missing(text))
    ]
    if found:
        raise DocumentError(
            f"The {paper} cannot be written: no font at hand has these characters: "
            f"{'; '.join(found[:10])}. Write them in Latin, Cyrillic, Georgian, Armenian or "
            "Chinese letters."
        )


def see_sheet(box: str) -> str:
    """Return the words that send a reader to the additional sheet."""
    return f"см. дополнительный лист, графа {box} – see additional sheet, box {box}"


def draw_boxes(
    drawing: Drawing, boxes: Sequence[Box], texts: Mapping[str, str], *, prefix: str = ""
) -> list[Rest]:
    """Draw boxes with their captions and what is written in them.

    Parameters
    ----------
    drawing
        Where to.
    boxes
        The form.
    texts
        What is written, by number of the box; ``15.code`` for the small box of box 15.
    prefix
        Before the names of fields, so that those of several sheets differ.

    Returns
    -------
    What did not fit.
    """
    rest: list[Rest] = []
    for box in boxes:
        drawing.frame(box.x, box.y, box.wide, box.high)
        top = draw_caption(drawing, box)
        if box.code:
            rest += _draw_code(drawing, box, texts.get(f"{box.number}.code", ""))
        text = texts.get(box.number, "")
        used = top
        if text:
            setting = set_text(
                text,
                box.wide - 2 * _INSET,
                box.high - top - box.foot - 0.3,
                sizes=box.sizes,
                bold=box.bold,
                last=see_sheet(box.number),
            )
            used += drawing.block(box.x + _INSET, box.y + top, setting, bold=box.bold)
            if not setting.complete:
                rest.append(Rest(box.number, text))
        if box.fill_in and box.high - used >= _LEAST_FIELD:
            drawing.field(
                f"{prefix}box-{box.number or box.caption}",
                box.head,
                box.x + 0.4,
                box.y + used + 0.2,
                box.wide - 0.8,
                box.high - used - 0.6,
            )
    return rest


def draw_caption(drawing: Drawing, box: Box) -> float:
    """Write a box's number and name; return how far down they go, in mm."""
    if not box.head:
        return _INSET
    lines = _caption_lines(box.head, box.wide - box.code)
    step = CAPTION_SIZE * LEADING / POINTS
    for position, line in enumerate(lines):
        baseline = box.y + 0.35 + CAPTION_SIZE * 0.93 / POINTS + position * step
        start = box.x + 0.6
        if position == 0 and box.number and line.startswith(box.number):
            drawing.write(start, baseline, box.number, CAPTION_SIZE, bold=True)
            # Set off from the number as printed forms have it.
            start += (len(box.number) * 0.7 * CAPTION_SIZE + 1.2) / POINTS
            line = line[len(box.number) :].lstrip()
        drawing.write(start, baseline, line, CAPTION_SIZE)
    return max(len(lines) * step + 0.5, 5.1 if box.code else 0.0)


@lru_cache(maxsize=2_048)
def _caption_lines(head: str, wide: float) -> list[str]:
    return wrapped(head, (wide - 2 * 0.6) * POINTS, CAPTION_SIZE)


def _draw_sheets(drawing: Drawing, rest: Sequence[Rest], paper: str, reference: str) -> None:
    """Draw additional sheets with what did not fit, whole, box by box."""
    pages = _sheet_lines(rest)
    step = _SHEET_SIZE * LEADING / POINTS
    for number, page in enumerate(pages, 1):
        drawing.next_page()
        drawing.write(15, 16, "Дополнительный лист – Additional sheet", 12, bold=True)
        head = set_text(f"{paper}, {reference}", A4_MM[0] - 60, 6, sizes=(8, 7, 6, 5))
        drawing.block(15, 18.9, head)
        drawing.write(A4_MM[0] - 15, 22, f"{number} / {len(pages)}", 8, right=True)
        drawing.line(15, 24.5, A4_MM[0] - 15, 24.5)
        for position, (text, bold) in enumerate(page):
            if text:
                drawing.write(15, 31 + position * step, text, _SHEET_SIZE, bold=bold)


def finished(
    drawing: Drawing, rest: Sequence[Rest], paper: str, reference: str, proof: Proof
) -> bytes:
    """Return the file of a paper: with additional sheets, and the data its code stands for."""
    _draw_sheets(drawing, rest, paper, reference)
    drawing.attach(proof.name, proof.data, proof.kind, "Data of the consignment")
    drawing.keep(proof.code)
    return drawing.finish()


def in_order(rest: Iterable[Rest]) -> list[Rest]:
    """Return what did not fit in the order of the boxes' numbers."""
    return sorted(rest, key=lambda part: int((re.match(r"\d+", part.box) or "0")[0]))


def sheets_needed(rest: Sequence[Rest]) -> int:
    """Return how many additional sheets it takes."""
    return len(_sheet_lines(rest))


_SHEET_SIZE = 8.0


def _sheet_lines(rest: Sequence[Rest]) -> list[list[tuple[str, bool]]]:
    """Return the lines of each additional sheet, and which are in bold."""
    lines: list[tuple[str, bool]] = []
    for part in rest:
        if lines:
            lines.append(("", False))
        lines.append((f"Графа – Box {part.box}", True))
        room = (A4_MM[0] - 30) * POINTS
        lines += [(line, False) for line in wrapped(part.text, room, _SHEET_SIZE)]
    per_page = int((A4_MM[1] - 45) * POINTS / (_SHEET_SIZE * LEADING))
    return [lines[start : start + per_page] for start in range(0, len(lines), per_page)]


def _draw_code(drawing: Drawing, box: Box, text: str) -> list[Rest]:
    """Draw the small box for a code in the upper right corner of a box, dotted as printed."""
    left = box.x + box.wide - box.code
    drawing.line(left, box.y, left, box.y + 4.6, dotted=True)
    drawing.line(left, box.y + 4.6, box.x + box.wide, box.y + 4.6, dotted=True)
    if not text:
        return []
    setting = set_text(text, box.code - 1.2, 4.2, bold=True)
    drawing.block(left + 0.6, box.y + 0.6, setting)
    return [] if setting.complete else [Rest(f"{box.number}, код – code", text)]
