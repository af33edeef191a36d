"""The boxes for goods, read across: description, packing, count and mass stand on one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kervan.documents.paper.drawing import Drawing
from kervan.documents.paper.form import Rest, see_sheet
from kervan.documents.paper.layout import LEADING, POINTS, fitting, wrapped
from kervan.documents.smgs.content import GoodsLine

_SIZES = (7.5, 7.0, 6.5, 6.0, 5.6)
_INSET = 0.8


@dataclass(frozen=True, slots=True)
class Column:
    """One of the boxes: its number, and its place from the left edge of the page, in mm."""

    box: str
    x: float
    wide: float


def draw_goods(
    drawing: Drawing,
    columns: Sequence[Column],
    y: float,
    high: float,
    lead: str,
    goods: Sequence[GoodsLine],
    total: GoodsLine,
) -> list[Rest]:
    """Write goods items across their boxes.

    Parameters
    ----------
    drawing
        Where to.
    columns
        Description, packing, count, mass.
    y, high
        The room below the captions, in mm.
    lead
        What stands above the first item, as the containers.
    goods
        The items.
    total
        What stands at the foot.

    Returns
    -------
    What did not fit: all of it, once.
    """
    foot_size = 6.5
    foot = (foot_size * LEADING + 1.5) / POINTS
    room = high - foot
    rows: list[list[list[str]]] = []
    size = _SIZES[-1]
    for size in _SIZES:
        rows = _rows(columns, lead, goods, size)
        if sum(map(_height, rows)) <= fitting(room * POINTS, size):
            break
    step = size * LEADING / POINTS
    kept, lines = rows, sum(map(_height, rows))
    most = fitting(room * POINTS, size)
    complete = lines <= most
    ending: list[str] = []
    if not complete:
        ending = wrapped(see_sheet(columns[0].box), (columns[0].wide - 2 * _INSET) * POINTS, size)
        kept, used = [], 0
        for row in rows:
            if used + _height(row) > most - len(ending):
                break
            kept.append(row)
            used += _height(row)
    top = y + size * 0.93 / POINTS
    position = 0
    for row in kept:
        for column, cell in zip(columns, row, strict=True):
            for offset, text in enumerate(cell):
                if text:
                    drawing.write(column.x + _INSET, top + (position + offset) * step, text, size)
        position += _height(row)
    for text in ending:
        drawing.write(columns[0].x + _INSET, top + position * step, text, size, bold=True)
        position += 1
    baseline = y + high - 1.2 / POINTS - 0.4
    for column, text in zip(
        columns, (total.description, total.packing, total.count, total.mass), strict=False
    ):
        for shift, part in enumerate(reversed(text.split("\n"))):
            drawing.write(
                column.x + _INSET,
                baseline - shift * foot_size * LEADING / POINTS,
                part,
                foot_size,
                bold=True,
            )
    if complete:
        return []
    whole = [lead] if lead else []
    whole += [
        "; ".join(part.replace("\n", ", ") for part in (g.description, g.packing, g.count) if part)
        + (f"; {g.mass} кг" if g.mass else "")
        for g in goods
    ]
    numbers = columns[0].box + (f"–{columns[-1].box}" if columns[-1].box else "")
    return [Rest(numbers, "\n".join(whole))]


def _rows(
    columns: Sequence[Column], lead: str, goods: Sequence[GoodsLine], size: float
) -> list[list[list[str]]]:
    rooms = [(column.wide - 2 * _INSET) * POINTS for column in columns]
    rows = []
    if lead:
        rows.append([wrapped(lead, rooms[0], size), [], [], []][: len(columns)])
    for line in goods:
        cells = (line.description, line.packing, line.count, line.mass)
        rows.append(
            [
                wrapped(cell, room, size) if cell else []
                for cell, room in zip(cells[: len(rooms)], rooms, strict=True)
            ]
        )
    return rows


def _height(row: Sequence[Sequence[str]]) -> int:
    return max(map(len, row), default=0)
