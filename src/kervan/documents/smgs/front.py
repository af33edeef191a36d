"""The front of the SMGS note: boxes 1 to 29 where the form has them, and what is drawn in each.

Numbers, names and measures are those of the form in use since 1 July 2015, as the stylesheet of the
railway bill in the Russian customs' album of formats prints it. What a railway fills in is left
open, as fields.
"""

from __future__ import annotations

from kervan.cargo.consignment import Consignment
from kervan.documents.paper.drawing import Drawing
from kervan.documents.paper.form import (
    CAPTION_SIZE,
    Box,
    Rest,
    draw_boxes,
    draw_caption,
    in_order,
    see_sheet,
)
from kervan.documents.paper.layout import POINTS, set_text
from kervan.documents.paper.proof import Proof, qr_rows
from kervan.documents.smgs import content
from kervan.documents.smgs.goods_table import Column, draw_goods

SHEETS = {
    1: "Оригинал накладной (для получателя) – Original of the consignment note (for consignee)",
    2: "Дорожная ведомость (для перевозчика) – Waybill (for carrier)",
    3: "Лист выдачи груза (для перевозчика) – Delivery sheet (for carrier)",
    4: "Дубликат накладной (для отправителя) – Duplicate (for consignor)",
    5: "Лист приема груза (для перевозчика) – Acceptance sheet (for carrier)",
    6: "Лист уведомления о прибытии груза (для получателя) – Notice of arrival (for consignee)",
}
"""Sheets of the note, by number."""

_X, _Y = 5.0, 5.0
_SMALL = (7.0, 6.5, 6.0, 5.6, 5.2)

FRONT = (
    Box("29", _X + 155, _Y, 45, 13, "Отправка № – Consignment No.", fill_in=True, bold=True),
    Box("1", _X + 12, _Y + 13, 94, 23, "Отправитель – Consignor", code=20, foot=4.8),
    Box("2", _X + 106, _Y + 13, 94, 10, "Станция отправления – Departure station", code=20),
    Box("3", _X + 106, _Y + 23, 94, 44, "Заявления отправителя – Consignor's statements"),
    Box("4", _X + 12, _Y + 36, 94, 23, "Получатель – Consignee", code=20),
    Box("5", _X, _Y + 59, 106, 15, "Станция назначения – Destination station", code=20),
    Box("6", _X, _Y + 74, 65, 34, "Пограничные станции переходов – Border stations"),
    Box(
        "23",
        _X,
        _Y + 183,
        95,
        35,
        "Уплата провозных платежей – Payment of carriage charges",
    ),
    Box(
        "24",
        _X,
        _Y + 218,
        95,
        34,
        "Документы, приложенные отправителем – Documents attached by the consignor",
    ),
    Box("20", _X + 155, _Y + 152, 45, 7, "Погружено – Loaded by", fill_in=True, sizes=_SMALL),
    Box(
        "21",
        _X + 155,
        _Y + 159,
        45,
        14,
        "Способ определения массы – Method of determining mass",
        fill_in=True,
        sizes=_SMALL,
    ),
    Box(
        "26",
        _X,
        _Y + 252,
        47.5,
        35,
        "Дата заключения договора перевозки – Date of the contract of carriage",
        fill_in=True,
    ),
    Box("27", _X + 47.5, _Y + 252, 47.5, 35, "Дата прибытия – Date of arrival", fill_in=True),
    Box(
        "28",
        _X + 95,
        _Y + 252,
        105,
        35,
        "Отметки для выполнения таможенных и других административных формальностей – "
        "Marks for customs and other formalities",
        fill_in=True,
        sizes=_SMALL,
    ),
)
"""The boxes of the front that hold running text; the tables between them are drawn apart."""

_INFORMATION = Box(
    "25",
    _X + 95,
    _Y + 231,
    105,
    21,
    "Информация, не предназначенная для перевозчика, № договора на поставку – Information not for "
    "the carrier, contract No.",
)
_CODE_SIDE = 17.6
_GOODS = (
    Column("15", _X, 95),
    Column("16", _X + 95, 20),
    Column("17", _X + 115, 20),
    Column("18", _X + 135, 20),
)
_GOODS_CAPTIONS = (
    "Наименование груза – Description of goods",
    "Род упаковки – Packing",
    "К-во мест – Packages",
    "Масса (в кг) – Mass (kg)",
)
_WAGON_COLUMNS = (
    ("7", 45, "Вагон – Wagon"),
    ("8", 8, ""),
    ("9", 10, ""),
    ("10", 8, ""),
    ("11", 15, ""),
    ("12", 10, ""),
    ("13", 23, "Масса груза – Mass"),
    ("14", 16, "К-во мест – Pkgs"),
)


def draw_front(
    drawing: Drawing,
    consignment: Consignment,
    texts: dict[str, str],
    sheet: int,
    proof: Proof,
    prefix: str,
) -> list[Rest]:
    """Draw the front of one sheet; return what did not fit."""
    title = set_text(f"{sheet} {SHEETS[sheet]}", 150, 11, sizes=(10, 9, 8, 7), bold=True)
    drawing.block(_X + 1, _Y + 2, title, bold=True)
    rest = _draw_strip(drawing, texts["carrier"])
    rest += _draw_signature(drawing, texts["signature"])
    rest += draw_boxes(drawing, FRONT, texts, prefix=prefix)
    rest += _draw_wagons(drawing, consignment, prefix)
    rest += _draw_goods(drawing, consignment)
    rest += _draw_seals(drawing, consignment, prefix)
    rest += _draw_carriers(drawing, consignment)
    rest += _draw_information(drawing, texts["25"], proof)
    return in_order(rest)


def _draw_strip(drawing: Drawing, carrier: str) -> list[Rest]:
    """Draw the strip at the left: the note's name, and the contractual carrier below it."""
    drawing.frame(_X, _Y + 13, 12, 46, thick=True)
    drawing.upright(_X + 4.2, _Y + 58, "Накладная СМГС", 10, bold=True)
    drawing.upright(_X + 6.8, _Y + 58, "Договорный перевозчик – Contractual carrier", CAPTION_SIZE)
    setting = set_text(carrier, 44, 4.8, sizes=(5.5, 5, 4.5))
    step = setting.size * 1.16 / POINTS
    for position, line in enumerate(setting.lines):
        drawing.upright(_X + 9 + position * step, _Y + 58, line, setting.size)
    if setting.complete:
        return []
    return [Rest("Договорный перевозчик – Contractual carrier", carrier)]


def _draw_signature(drawing: Drawing, issued: str) -> list[Rest]:
    """Draw the line for the consignor's signature; what is in box 1 ends above it."""
    drawing.line(_X + 12, _Y + 31.4, _X + 106, _Y + 31.4, dotted=True)
    drawing.write(_X + 12.6, _Y + 34.2, "Подпись – Signature", CAPTION_SIZE)
    setting = set_text(issued, 56, 4.2, sizes=_SMALL)
    drawing.block(_X + 49, _Y + 31.9, setting)
    return [] if setting.complete else [Rest("1, место и дата – place and date", issued)]


def _draw_wagons(drawing: Drawing, consignment: Consignment, prefix: str) -> list[Rest]:
    x, y = _X + 65, _Y + 74
    legend = (
        "8 Вагон предоставлен – Provided by   9 Грузоподъемность – Load limit, t   10 Оси – Axles",
        "11 Масса тары – Tare, t   12 Тип цистерны – Type of tank",
    )
    drawing.frame(_X + 106, _Y + 67, 94, 7)
    for position, text in enumerate(legend):
        drawing.write(_X + 106.8, _Y + 69.8 + position * 2.6, text, CAPTION_SIZE)
    left = x
    row = (34 - 10.6) / 6
    wagons = consignment.wagons
    shown = wagons if len(wagons) <= 3 else wagons[:2]
    for box, wide, caption in _WAGON_COLUMNS:
        after = box in ("13", "14")
        head = 10.6 if not after else 5.3
        drawing.frame(left, y + (5.3 if after else 0), wide, head)
        draw_caption(drawing, Box(box, left, y + (5.3 if after else 0), wide, head, caption))
        for position in range(3):
            top = y + 10.6 + position * 2 * row
            drawing.frame(left, top, wide, 2 * row)
            drawing.line(left, top + row, left + wide, top + row, dotted=True)
            if position >= len(shown) or box in ("12", "13", "14"):
                if not (box == "7" and position == 2 and len(shown) < len(wagons)):
                    drawing.field(
                        f"{prefix}box-{box}-{position + 1}",
                        f"{box} {caption}".strip(),
                        left + 0.3,
                        top + 0.3,
                        wide - 0.6,
                        row - 0.4,
                    )
                continue
            wagon = shown[position]
            upper = {
                "7": wagon.number,
                "8": "П" if wagon.provided_by == "carrier" else "О",
                "9": content.wagon_load_limit_t(wagon),
                "10": str(wagon.axles or ""),
                "11": content.wagon_tare_t(wagon),
            }[box]
            _cell(drawing, left, top, wide, row, upper)
            if box == "7":
                _cell(drawing, left, top + row, wide, row, wagon.keeper or "")
        left += wide
    drawing.frame(x + 96, y, 39, 5.3)
    drawing.write(x + 97, y + 3.4, "После перегрузки – After transhipment", CAPTION_SIZE)
    rest = []
    if len(shown) < len(wagons):
        top = y + 10.6 + 4 * row
        for position, words in enumerate(see_sheet("7").split(" – ")):
            _cell(drawing, x, top + position * row, 45, row, words)
    long = any(
        not set_text(wagon.keeper or "", 43.4, row, sizes=_SMALL).complete for wagon in shown
    )
    if len(shown) < len(wagons) or long:
        rest.append(
            Rest(
                "7–12",
                "\n".join(
                    content.joined(
                        (
                            wagon.number,
                            wagon.keeper,
                            "П" if wagon.provided_by == "carrier" else "О",
                            f"{content.wagon_load_limit_t(wagon)} т" if wagon.load_limit_kg else "",
                            f"{wagon.axles} осей" if wagon.axles else None,
                            f"тара {content.wagon_tare_t(wagon)} т" if wagon.tare_kg else None,
                        )
                    )
                    for wagon in wagons
                ),
            )
        )
    return rest


def _cell(drawing: Drawing, x: float, y: float, wide: float, high: float, text: str) -> None:
    if text:
        drawing.block(x + 0.8, y + 0.4, set_text(text, wide - 1.6, high, sizes=_SMALL))


def _draw_goods(drawing: Drawing, consignment: Consignment) -> list[Rest]:
    y = _Y + 108
    for column, caption in zip(_GOODS, _GOODS_CAPTIONS, strict=True):
        high = 75 if column.box == "15" else 65
        drawing.frame(column.x, y, column.wide, high)
        draw_caption(drawing, Box(column.box, column.x, y, column.wide, high, caption))
    drawing.line(_X, y + 65, _X + 95, y + 65, dotted=True)
    packages, goods, tare = content.totals(consignment)
    foot = "Итого груз – goods\nТара контейнеров – tare\nВсего – total"
    mass = f"{content.plain(goods)}\n{content.plain(tare)}\n{content.plain(goods + tare)}"
    if not tare:
        foot, mass = "Всего – total", content.plain(goods)
    total = content.GoodsLine("", "", str(packages), mass.split("\n")[-1])
    rest = draw_goods(
        drawing,
        _GOODS,
        y + 5,
        60,
        content.containers(consignment),
        [content.goods_line(item) for item in consignment.goods_items],
        total,
    )
    # The strip at the foot of box 15 says what the sums at the foot of boxes 17 and 18 are of.
    for position, (label, value) in enumerate(zip(foot.split("\n"), mass.split("\n"), strict=True)):
        drawing.write(_X + 0.8, y + 68.2 + position * 2.9, label, 6.5)
        drawing.write(_X + 94, y + 68.2 + position * 2.9, f"{value} кг", 6.5, right=True)
    return rest


def _draw_seals(drawing: Drawing, consignment: Consignment, prefix: str) -> list[Rest]:
    x, y = _X + 155, _Y + 108
    drawing.frame(x, y, 45, 4)
    draw_caption(drawing, Box("19", x, y, 45, 4, "Пломбы – Seals"))
    drawing.frame(x, y + 4, 10, 40)
    drawing.frame(x + 10, y + 4, 35, 40)
    drawing.write(x + 0.8, y + 6.9, "к-во – No.", CAPTION_SIZE)
    drawing.write(x + 11, y + 6.9, "знаки – marks", CAPTION_SIZE)
    drawing.line(x, y + 8, x + 45, y + 8)
    found = content.seals(consignment)
    rows, row = 6, 6.0
    complete = len(found) <= rows
    for position in range(rows):
        top = y + 8 + position * row
        if position:
            drawing.line(x, top, x + 45, top, dotted=True)
        if position < len(found) and (complete or position < rows - 1):
            count, marks = found[position]
            setting = set_text(marks, 33.4, row - 0.2, sizes=_SMALL)
            complete = complete and setting.complete
            drawing.block(x + 10.8, top + 0.2, setting)
            drawing.write(x + 0.8, top + 3.2, count, 7)
        elif position == rows - 1 and len(found) > rows:
            drawing.block(x + 10.8, top + 0.2, set_text(see_sheet("19"), 33.4, 5.8, sizes=(5.2,)))
        else:
            drawing.field(
                f"{prefix}box-19-{position + 1}",
                "19 Пломбы – Seals",
                x + 10.3,
                top + 0.3,
                34.4,
                row - 0.6,
            )
    if complete:
        return []
    return [Rest("19", "\n".join(f"{count} – {marks}" for count, marks in found))]


def _draw_carriers(drawing: Drawing, consignment: Consignment) -> list[Rest]:
    x, y = _X + 95, _Y + 173
    drawing.frame(x, y, 105, 5)
    draw_caption(drawing, Box("22", x, y, 35, 5, "Перевозчики – Carriers"))
    drawing.write(x + 36, y + 2.2, "(Участки от/до – Sections from/to)", CAPTION_SIZE)
    drawing.write(x + 86, y + 2.2, "(Коды станций –", CAPTION_SIZE)
    drawing.write(x + 86, y + 4.3, "Station codes)", CAPTION_SIZE)
    found = content.sections(consignment)
    rows = 6
    row = 53 / rows
    drawing.frame(x, y + 5, 105, 53)
    drawing.line(x + 35, y, x + 35, y + 58, dotted=True)
    drawing.line(x + 85, y, x + 85, y + 58, dotted=True)
    complete = len(found) <= rows
    shown = found if complete else found[: rows - 1]
    for position in range(rows):
        top = y + 5 + position * row
        if position:
            drawing.line(x, top, x + 105, top, dotted=True)
        if position < len(shown):
            carrier, means, section, codes = shown[position]
            cells = (content.joined((carrier, means), "\n"), section, codes)
            for left, wide, text in zip((0, 35, 85), (35, 50, 20), cells, strict=True):
                setting = set_text(text, wide - 1.6, row - 0.2, sizes=_SMALL)
                complete = complete and setting.complete
                drawing.block(x + left + 0.8, top + 0.2, setting)
        elif position == rows - 1 and len(found) > rows:
            drawing.block(x + 0.8, top + 0.2, set_text(see_sheet("22"), 33.4, 8, sizes=(5.6,)))
    if complete:
        return []
    return [
        Rest(
            "22",
            "\n".join(
                f"{content.joined((carrier, means))}: "
                + content.joined(part.replace("\n", " ") for part in (section, codes))
                for carrier, means, section, codes in found
            ),
        )
    ]


def _draw_information(drawing: Drawing, text: str, proof: Proof) -> list[Rest]:
    """Draw box 25, with the code that proves the paper at its right."""
    box = _INFORMATION
    drawing.frame(box.x, box.y, box.wide, box.high)
    room = box.wide - _CODE_SIDE - 4
    top = draw_caption(drawing, Box(box.number, box.x, box.y, room, box.high, box.caption))
    setting = set_text(text, room - 1.6, box.high - top - 5.5, last=see_sheet("25"))
    drawing.block(box.x + 0.8, box.y + top, setting)
    state = (
        f"Подписано ключом – Signed by key {proof.claim.key_id}"
        if proof.claim.key_id
        else "Не подписано – Not signed"
    )
    words = set_text(
        f"{state}\nSHA-256 {proof.claim.sha256}", room - 1.6, 5.4, sizes=(5.4, 5.0, 4.6)
    )
    drawing.block(box.x + 0.8, box.y + box.high - 5.0, words)
    drawing.squares(
        box.x + box.wide - _CODE_SIDE - 1.7, box.y + 1.7, _CODE_SIDE, qr_rows(proof.code)
    )
    return [] if setting.complete else [Rest("25", text)]
