"""A table whose rows are as high as what is in them, over as many pages as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kervan.documents.paper.drawing import Drawing
from kervan.documents.paper.layout import LEADING, POINTS, wrapped

_INSET = 0.8


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: its heading, its width in mm, and whether it is set to the right."""

    heading: str
    wide: float
    right: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row broken into lines, and how high it is in mm."""

    cells: tuple[tuple[str, ...], ...]
    high: float
    bold: bool = False


def broken(
    columns: Sequence[TableColumn],
    cells: Sequence[str],
    size: float,
    *,
    bold: bool = False,
    most: float = 200.0,
) -> list[TableRow]:
    """Return a row broken into lines; one higher than ``most`` mm becomes several."""
    lines = [
        tuple(wrapped(cell, (column.wide - 2 * _INSET) * POINTS, size, bold=bold)) if cell else ()
        for column, cell in zip(columns, cells, strict=True)
    ]
    step = size * LEADING / POINTS
    per_row = max(1, int((most - 1.4) / step))
    deepest = max(map(len, lines), default=0)
    return [
        TableRow(
            part := tuple(cell[start : start + per_row] for cell in lines),
            max(map(len, part)) * step + 1.4,
            bold,
        )
        for start in range(0, max(deepest, 1), per_row)
    ]


def draw_headings(
    drawing: Drawing, columns: Sequence[TableColumn], x: float, y: float, high: float
) -> None:
    """Draw the headings, each in its frame."""
    for column in columns:
        drawing.frame(x, y, column.wide, high)
        lines = wrapped(column.heading, (column.wide - 2 * _INSET) * POINTS, 6.2)
        for position, line in enumerate(lines):
            drawing.write(x + _INSET, y + 2.7 + position * 6.2 * LEADING / POINTS, line, 6.2)
        x += column.wide


def draw_rows(
    drawing: Drawing,
    columns: Sequence[TableColumn],
    rows: Sequence[TableRow],
    x: float,
    y: float,
    foot: float,
    size: float,
    *,
    ruled: bool = True,
) -> int:
    """Draw rows from the top until the next would pass the foot; return how many were drawn."""
    step = size * LEADING / POINTS
    wide = sum(column.wide for column in columns)
    for number, row in enumerate(rows):
        if y + row.high > foot + 1e-6:
            return number
        left = x
        for column, cell in zip(columns, row.cells, strict=True):
            for position, line in enumerate(cell):
                baseline = y + 0.7 + size * 0.93 / POINTS + position * step
                edge = left + column.wide - _INSET if column.right else left + _INSET
                if line:
                    drawing.write(edge, baseline, line, size, bold=row.bold, right=column.right)
            left += column.wide
        y += row.high
        if ruled:
            drawing.line(x, y, x + wide, y, dotted=True)
    return len(rows)
