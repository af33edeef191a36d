"""The back of the SMGS note: sections for working out the carriage charges, boxes 37 to 65."""

from __future__ import annotations

from collections.abc import Sequence

from kervan.documents.paper.drawing import Drawing
from kervan.documents.paper.form import CAPTION_SIZE, Box, draw_caption
from kervan.documents.paper.layout import set_text

_X, _Y = 5.0, 5.0
_ROWS = "АБВГДЕ"
_HIGH = 39.0


def draw_back(drawing: Drawing, sections: Sequence[tuple[str, str, str, str]], prefix: str) -> None:
    """Draw the back: the first six sections by name, and the rest for the carriers to fill in."""
    drawing.frame(_X, _Y, 128, 10)
    drawing.write(
        _X + 1.5, _Y + 6.4, "Разделы по расчету провозных платежей – Charges", 10, bold=True
    )
    for left, text in ((128, "Расчеты с отправителем"), (164, "Расчеты с получателем")):
        drawing.frame(_X + left, _Y, 36, 10)
        drawing.write(_X + left + 1, _Y + 4.4, text, 6.2)
        second = "Charged to consignor" if left == 128 else "Charged to consignee"
        drawing.write(_X + left + 1, _Y + 7.8, second, 6.2)
    for position, letter in enumerate(_ROWS):
        section = sections[position] if position < len(sections) else None
        _draw_section(drawing, _Y + 10 + position * _HIGH, letter, section, prefix)
    _draw_foot(drawing, _Y + 10 + len(_ROWS) * _HIGH, prefix)


def _draw_section(
    drawing: Drawing,
    y: float,
    letter: str,
    section: tuple[str, str, str, str] | None,
    prefix: str,
) -> None:
    drawing.frame(_X, y, 4, _HIGH)
    drawing.write(_X + 1, y + _HIGH / 2 + 1, letter, 8, bold=True)
    _captioned(drawing, "37", 4, y, 56, 5, "Участок – Section")
    _captioned(drawing, "", 60, y, 18, 5, "Коды станций – Codes")
    _captioned(drawing, "38", 78, y, 22, 9, "Расстояние, км – Distance, km")
    _captioned(drawing, "39", 100, y, 28, 9, "Расчетная масса, кг – Charged mass, kg")
    for box, left, wide in (("38", 78, 22), ("39", 100, 28)):
        _open(drawing, f"{prefix}{letter}-{box}", box, left, y + 9, wide, 10)
    ends = section[2].split("\n") if section else ["", ""]
    codes = section[3].split("\n") if section else ["", ""]
    for position, (word, end, code) in enumerate(
        zip(("от – from", "до – to"), ends, codes, strict=True)
    ):
        top = y + 5 + position * 7
        drawing.frame(_X + 4, top, 56, 7)
        drawing.frame(_X + 60, top, 18, 7)
        drawing.write(_X + 4.6, top + 2.3, word, CAPTION_SIZE)
        if end:
            name = end.removesuffix(" –")
            drawing.block(_X + 15, top + 0.6, set_text(name, 44, 6.2, sizes=(7, 6.5, 6, 5.5, 5)))
            drawing.block(_X + 60.8, top + 1.6, set_text(code, 16.6, 5, sizes=(7, 6, 5.2)))
        else:
            drawing.field(f"{prefix}{letter}-37-{position}", f"37 {word}", _X + 15, top + 1, 44, 5)
    _captioned(drawing, "40", 4, y + 19, 20, 10, "Дополнительные сборы – Additional fees")
    for column in range(3):
        for row in range(2):
            edge = 24 + column * 104 / 3
            drawing.frame(_X + edge, y + 19 + row * 5, 104 / 3, 5)
            drawing.write(_X + edge + 14, y + 22.6 + row * 5, "=", 6)
            drawing.field(
                f"{prefix}{letter}-40-{column}-{row}",
                "40 Дополнительные сборы",
                _X + edge + 0.4,
                y + 19.4 + row * 5,
                104 / 3 - 0.8,
                4.2,
            )
    for box, left, wide, caption in (
        ("41", 4, 34, "Тариф – Tariff"),
        ("42", 38, 35, "Код груза – Code of goods"),
        ("43", 73, 43, "Курс пересчета – Rate of exchange"),
    ):
        _captioned(drawing, box, left, y + 29, wide, 10, caption)
        drawing.field(
            f"{prefix}{letter}-{box}", f"{box} {caption}", _X + left + 0.4, y + 33, wide - 0.8, 5.4
        )
    drawing.frame(_X + 116, y + 29, 12, 10)
    drawing.write(_X + 116.6, y + 34, "Итого:", 6)
    _draw_amounts(drawing, y, letter, prefix)


def _draw_amounts(drawing: Drawing, y: float, letter: str, prefix: str) -> None:
    heads = ("Валюта тарифа – Currency of tariff", "Валюта платежа – Currency of payment")
    tops, highs = (0.0, 9.0, 19.0, 29.0), (9.0, 10.0, 10.0, 10.0)
    for row, (top, high) in enumerate(zip(tops, highs, strict=True)):
        for column in range(4):
            box = str(44 + row * 4 + column)
            caption = heads[column % 2] if row == 0 else ""
            left = 128 + column * 18
            _captioned(drawing, box, left, y + top, 18, high, caption)
            drawing.field(
                f"{prefix}{letter}-{box}",
                f"{box} {caption}".strip(),
                _X + left + 0.4,
                y + top + (5.2 if row == 0 else 3.2),
                17.2,
                high - (5.6 if row == 0 else 3.6),
            )


def _draw_foot(drawing: Drawing, y: float, prefix: str) -> None:
    drawing.frame(_X, y, 128, 43)
    marks = "Отметки для исчисления и взимания провозных платежей – Marks for charges"
    draw_caption(drawing, Box("64", _X, y, 116, 43, marks))
    drawing.field(f"{prefix}64", f"64 {marks}", _X + 0.4, y + 4, 115, 38.4)
    drawing.frame(_X + 116, y, 12, 10)
    drawing.write(_X + 116.6, y + 6, "Всего:", 6)
    for column in range(4):
        box = str(60 + column)
        _captioned(drawing, box, 128 + column * 18, y, 18, 10, "")
        drawing.field(f"{prefix}{box}", box, _X + 128.4 + column * 18, y + 3.2, 17.2, 6.4)
    more = "Дополнительно взыскать с отправителя за – To be charged to the consignor besides for"
    _captioned(drawing, "65", 128, y + 10, 72, 33, more)
    drawing.field(f"{prefix}65", f"65 {more}", _X + 128.4, y + 16, 71.2, 26.4)


def _captioned(
    drawing: Drawing, box: str, left: float, y: float, wide: float, high: float, caption: str
) -> None:
    drawing.frame(_X + left, y, wide, high)
    draw_caption(drawing, Box(box, _X + left, y, wide, high, caption))


def _open(
    drawing: Drawing, name: str, box: str, left: float, y: float, wide: float, high: float
) -> None:
    drawing.frame(_X + left, y, wide, high)
    drawing.field(name, box, _X + left + 0.4, y + 0.4, wide - 0.8, high - 0.8)
