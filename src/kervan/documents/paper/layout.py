"""Text set into a box: in lines, in smaller type where it must be, and what does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kervan.documents.paper.fonts import breaks_anywhere, width

POINTS = 72 / 25.4
"""Points in a millimetre."""

LEADING = 1.16
"""Line to line, as a multiple of the size."""

SIZES = (8.0, 7.5, 7.0, 6.5, 6.0, 5.6)
"""Sizes that are tried, in points; below the last a clerk would need a glass."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Text as it is set.

    Attributes
    ----------
    size
        In points.
    lines
        From the top.
    complete
        Whether all of the text is in them.
    """

    size: float
    lines: tuple[str, ...]
    complete: bool


def set_text(
    text: str,
    wide_mm: float,
    high_mm: float,
    *,
    sizes: tuple[float, ...] = SIZES,
    bold: bool = False,
    last: str = "",
) -> Setting:
    """Set a text into a room, in the largest size it fits in.

    Parameters
    ----------
    text
        With line breaks where lines must end.
    wide_mm, high_mm
        The room.
    sizes
        To try, from the largest, in points.
    bold
        In the bold font.
    last
        Last line of a text that does not fit in any size: where the rest of it stands.
    """
    wide, high = wide_mm * POINTS, high_mm * POINTS
    lines: list[str] = []
    for size in sizes:
        if size > sizes[-1] and _widest(text, size, bold) > wide:
            continue  # smaller rather than with a word cut in two
        lines = wrapped(text, wide, size, bold=bold)
        if len(lines) <= fitting(high, size):
            return Setting(size, tuple(lines), complete=True)
    size = sizes[-1]
    ending = wrapped(last, wide, size, bold=bold) if last else []
    room = fitting(high, size) - len(ending)
    if room < 0:
        ending, room = ending[:1], 0
    return Setting(size, (*lines[:room], *ending), complete=False)


def fitting(high: float, size: float) -> int:
    """Return how many lines of a size fit into a height, both in points."""
    # The descent of the last line is a fifth of the size.
    return max(1, int((high - size * 0.2) / (size * LEADING) + 1e-6))


def wrapped(text: str, wide: float, size: float, *, bold: bool = False) -> list[str]:
    """Return the lines of a text no wider than this, in points."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        lines += _filled(paragraph.replace("\t", " "), wide, size, bold)
    return lines


def _filled(text: str, wide: float, size: float, bold: bool) -> list[str]:
    if width(text, size, bold=bold) <= wide:
        return [text]
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _pieces(text):
        needed = width(piece, size, bold=bold)
        if used + width(piece.rstrip(" "), size, bold=bold) <= wide:
            line, used = line + piece, used + needed
            continue
        if line.strip():
            lines.append(line.rstrip(" "))
        *full, line = _chopped(piece, wide, size, bold)
        lines += full
        used = width(line, size, bold=bold)
    return [*lines, line.rstrip(" ")]


def _widest(text: str, size: float, bold: bool) -> float:
    return max(
        (
            width(piece.rstrip(" "), size, bold=bold)
            for line in text.splitlines()
            for piece in _pieces(line)
        ),
        default=0.0,
    )


def _pieces(text: str) -> Iterator[str]:
    """Yield what a line may end after: words with the spaces behind them, Chinese characters."""
    piece = ""
    for character in text:
        if piece and (
            (piece[-1] == " " and character != " ")
            or (breaks_anywhere(character) and character not in "，。、；：）》」』！？")
        ):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _chopped(word: str, wide: float, size: float, bold: bool) -> list[str]:
    """Return a word cut where it is wider than a line."""
    parts, part, used = [], "", 0.0
    for character in word:
        needed = width(character, size, bold=bold)
        if part and character != " " and used + needed > wide:
            parts.append(part)
            part, used = "", 0.0
        part, used = part + character, used + needed
    return [*parts, part]
