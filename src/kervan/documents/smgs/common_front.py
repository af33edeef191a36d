"""The front of the CIM/SMGS note: its boxes where the form has them, and what is drawn in each.

The page on the rail notes in the reference says, box by box, from which public source its number is
known.
"""

from __future__ import annotations

from decimal import Decimal

from kervan.cargo.consignment import Consignment
from kervan.cargo.transport import Carrier
from kervan.documents.paper.drawing import Drawing
from kervan.documents.paper.form import (
    CAPTION_SIZE,
    Box,
    Rest,
    draw_boxes,
    draw_caption,
    in_order,
)
from kervan.documents.paper.layout import set_text
from kervan.documents.paper.proof import Proof, qr_rows
from kervan.documents.smgs import content
from kervan.documents.smgs.goods_table import Column, draw_goods

SHEETS = {
    1: "Оригинал накладной – Original of the consignment note",
    2: "Дорожная ведомость – Invoice",
    3: "Лист выдачи груза/таможня – Arrival note/customs",
    4: "Дубликат накладной – Duplicate of the consignment note",
    5: "Лист приема груза – Duplicate invoice",
    6: "Лист уведомления о прибытии груза – Arrival note",
}
"""Sheets of the note, by number."""

_SMALL = (7.0, 6.5, 6.0, 5.6, 5.2)
_TEXT = (7.5, 7.0, 6.5, 6.0, 5.6)
_L, _T = 5.0, 17.0
_MIDDLE = 111.0
_RIGHT = 205.0


def _box(
    number: str,
    x: float,
    y: float,
    to_x: float,
    to_y: float,
    caption: str,
    sizes: tuple[float, ...] = _TEXT,
    *,
    fill_in: bool = False,
    bold: bool = False,
    foot: float = 0.0,
) -> Box:
    """Return a box by two of its corners, in mm."""
    return Box(
        number,
        x,
        y,
        to_x - x,
        to_y - y,
        caption,
        fill_in=fill_in,
        sizes=sizes,
        bold=bold,
        foot=foot,
    )


FRONT = (
    _box(
        "1",
        _L,
        _T,
        82,
        40,
        "Отправитель (наименование, адрес, страна) – Consignor (name, address, country)",
        foot=4.0,
    ),
    _box("2", 82, _T, _MIDDLE, 24, "Код – Customer code", _SMALL, fill_in=True),
    _box("3", 82, 24, _MIDDLE, 31, "Код плат. – Payer code", _SMALL, fill_in=True),
    _box("", 82, 31, _MIDDLE, 40, "Эл. почта, тел. – E-mail", _SMALL),
    _box(
        "4",
        _L,
        40,
        82,
        63,
        "Получатель (наименование, адрес, страна) – Consignee (name, address, country)",
    ),
    _box("5", 82, 40, _MIDDLE, 47, "Код – Customer code", _SMALL, fill_in=True),
    _box("6", 82, 47, _MIDDLE, 54, "Код плат. – Payer code", _SMALL, fill_in=True),
    _box(" ", 82, 54, _MIDDLE, 63, "Эл. почта, тел. – E-mail", _SMALL),
    _box("7", _MIDDLE, _T, 163, 40, "Заявления отправителя – Consignor's declarations"),
    _box(
        "8",
        163,
        _T,
        _RIGHT,
        40,
        "Ссылка отправителя/№ договора – Consignor's reference/Contract No.",
    ),
    _box(
        "9",
        _MIDDLE,
        40,
        _RIGHT,
        58,
        "Документы, приложенные отправителем – Documents attached by the consignor",
        _SMALL,
    ),
    _box("10", _L, 63, 74, 82, "Место доставки – Delivery point"),
    _box("11", 74, 63, 92, 82, "Код – Code", _SMALL, fill_in=True),
    _box("12", 92, 63, _MIDDLE, 82, "Код станции – Station code", _SMALL),
    _box("13", _L, 82, 74, 98, "Коммерческие условия – Commercial specification", _SMALL),
    _box("14", 74, 82, _MIDDLE, 98, "№ тарифа, договора – Tariff, agreement", fill_in=True),
    _box(
        "15",
        _L,
        98,
        _MIDDLE,
        110,
        "Отметки, необязательные для перевозчика – Remarks which do not commit the carrier",
        _SMALL,
    ),
    _box("16", _MIDDLE, 58, 181, 74, "Место приема – Acceptance point", _SMALL),
    _box("17", 181, 58, _RIGHT, 74, "Код – Code", _SMALL, fill_in=True),
    _box(
        "18",
        _MIDDLE,
        74,
        _RIGHT,
        97,
        "Транзитное фактурирование – Sectional invoicing   a) СМГС – SMGS   b) ЦИМ – CIM",
        _SMALL,
    ),
    _box(
        "21",
        90,
        110,
        116,
        116,
        "Негабарит – Exceptional",
    ),
    _box("22", 116, 110, 139, 116, "РИД/Прил. 2 – RID"),
    _box("26", 139, 144, 183, 171, "Отметки таможни – Customs endorsements", _SMALL, fill_in=True),
    _box("27", 183, 144, _RIGHT, 157, "Ценность груза – Value declared", fill_in=True),
    _box(
        "25",
        _MIDDLE,
        171,
        _RIGHT,
        177,
        "Вид отправки – Kind of consignment",
    ),
    _box("60", _MIDDLE, 187, _RIGHT, 200, "Маршруты – Routes", _SMALL),
    _box(
        "61",
        _MIDDLE,
        200,
        _RIGHT,
        206,
        "Таможенное оформление – Customs procedures",
        (6.0, 5.6, 5.2),
        fill_in=True,
    ),
    _box("62", _MIDDLE, 206, _RIGHT, 213, "Коммерческий акт – Formal report", fill_in=True),
    _box("29", _L, 213, 58, 230, "Место переотправки – Reconsignment point", _SMALL, fill_in=True),
    _box(
        "30",
        58,
        213,
        _MIDDLE,
        230,
        "Место и время передачи – Place and time of reconsignment",
        fill_in=True,
    ),
    _box(
        "63",
        _MIDDLE,
        213,
        _RIGHT,
        230,
        "Удлинение срока доставки – Extension of transit period",
        fill_in=True,
    ),
    _box("64", _L, 230, 58, 248, "Отметки перевозчика – Carrier's declarations", fill_in=True),
    _box("66a", _L, 248, 58, 264, "Договорный перевозчик – Contractual carrier", _SMALL),
    _box(
        "66b",
        _L,
        264,
        58,
        292,
        "Упрощенная процедура для железных дорог – Simplified transit procedure for rail",
        fill_in=True,
    ),
    _box("67", 58, 248, 108, 264, "Дата прибытия – Date of arrival", fill_in=True),
    _box("68", 108, 248, 150, 264, "Предоставлено получателю – Made available", fill_in=True),
    _box(
        "69",
        150,
        248,
        _RIGHT,
        264,
        "Идентификация отправки – Identification of the consignment",
        (10.0, 9.0, 8.0, 7.0, 6.0),
        fill_in=True,
        bold=True,
    ),
    _box(
        "28",
        150,
        264,
        _RIGHT,
        292,
        "Место и дата составления накладной – Place and date completed",
        fill_in=True,
    ),
)
"""The boxes that hold running text; wagons, goods, charges and carriers are drawn apart."""

_WAGONS = (
    ("19", _MIDDLE, 44.0, "№ вагона – Wagon No."),
    ("", 155.0, 15.0, "Груз., т – Load, t"),
    ("", 170.0, 8.0, "Оси – Axles"),
    ("", 178.0, 13.0, "Тара, т – Tare, t"),
    ("48", 191.0, 14.0, "Масса после перегрузки"),
)
_GOODS = (
    Column("20", _L, 108),
    Column("", 113, 26),
    Column("23", 139, 22),
    Column("24", 161, 22),
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
    drawing.write(_L, 9.5, "Накладная ЦИМ/СМГС", 11, bold=True)
    drawing.write(_L, 14, "CIM/SMGS Consignment Note", 9, bold=True)
    title = set_text(f"{sheet} {SHEETS[sheet]}", 94, 9, sizes=(9, 8, 7), bold=True)
    drawing.block(_MIDDLE, 5.8, title, bold=True)
    drawing.frame(_L, _T, _RIGHT - _L, 292 - _T, thick=True)
    rest = draw_boxes(drawing, FRONT, texts, prefix=prefix)
    drawing.write(_L + 0.8, 39, "Подпись – Signature", CAPTION_SIZE)
    rest += _draw_wagons(drawing, consignment, prefix)
    rest += _draw_goods(drawing, consignment, prefix)
    _draw_crosses(drawing, consignment)
    _draw_charges(drawing, prefix)
    rest += _draw_carriers(drawing, consignment)
    _draw_proof(drawing, proof)
    return in_order(rest)


def _draw_wagons(drawing: Drawing, consignment: Consignment, prefix: str) -> list[Rest]:
    top, foot = 97.0, 110.0
    for number, x, wide, caption in _WAGONS:
        box = Box(number, x, top, wide, foot - top, caption)
        drawing.frame(box.x, box.y, box.wide, box.high)
        draw_caption(drawing, box)
    wagons = consignment.wagons
    rows, row = 3, 2.6
    complete = len(wagons) <= rows
    for position, wagon in enumerate(wagons if complete else wagons[: rows - 1]):
        y = top + 4.9 + position * row
        cells = (
            content.joined((wagon.number, wagon.keeper), " "),
            content.wagon_load_limit_t(wagon),
            str(wagon.axles or ""),
            content.wagon_tare_t(wagon),
        )
        for (_, x, wide, _), text in zip(_WAGONS, cells, strict=False):
            if text:
                setting = set_text(text, wide - 1.4, row, sizes=(6.5, 6.0, 5.6, 5.2))
                complete = complete and setting.complete
                drawing.block(x + 0.7, y, setting)
    if len(wagons) > rows:
        words = "см. доп. лист, графа 19 – see sheet, box 19"
        drawing.write(_WAGONS[0][1] + 0.7, foot - 0.9, words, 5.2)
    drawing.field(f"{prefix}box-48", "48", 191.4, top + 6.4, 13.2, 6.2)
    if complete:
        return []
    lines = [
        content.joined(
            (
                wagon.number,
                wagon.keeper,
                f"{content.wagon_load_limit_t(wagon)} т" if wagon.load_limit_kg else None,
                f"{wagon.axles} осей" if wagon.axles else None,
                f"тара {content.wagon_tare_t(wagon)} т" if wagon.tare_kg else None,
            )
        )
        for wagon in wagons
    ]
    return [Rest("19", "\n".join(lines))]


def _draw_goods(drawing: Drawing, consignment: Consignment, prefix: str) -> list[Rest]:
    y, foot = 110.0, 171.0
    drawing.frame(_L, y, 139 - _L, foot - y)
    draw_caption(
        drawing, Box("20", _L, y, 85, foot - y, "Наименование груза – Description of the goods")
    )
    drawing.line(113, y + 6, 113, foot, dotted=True)
    for number, x, wide, caption in (
        ("23", 139, 22, "Код НХМ/ГНГ – NHM/GNG code"),
        ("24", 161, 22, "Масса (кг) – Mass (kg)"),
        ("38", 183, 22, ""),
    ):
        drawing.frame(x, y, wide, 34)
        draw_caption(drawing, Box(number, x, y, wide, 34, caption))
    drawing.field(f"{prefix}box-38", "38", 183.4, y + 8, 21.2, 25)
    drawing.frame(183, 157, 22, 14)
    draw_caption(drawing, Box("39", 183, 157, 22, 14))
    drawing.field(f"{prefix}box-39", "39", 183.4, 161, 21.2, 9.4)
    packages, goods, tare = content.totals(consignment)
    lead = content.joined((content.containers(consignment), seals_line(consignment)), "\n")
    lines = []
    for item in consignment.goods_items:
        line = content.goods_line(item)
        packing = "\n".join(
            f"{count} {kind}"
            for count, kind in zip(line.count.split("\n"), line.packing.split("\n"), strict=True)
        )
        lines.append(content.GoodsLine(line.description, packing, "", ""))
    rest = draw_goods(
        drawing,
        _GOODS[:2],
        y + 6.2,
        foot - y - 6.2,
        lead,
        lines,
        content.GoodsLine("Всего мест – packages in all", str(packages), "", ""),
    )
    return rest + _draw_masses(drawing, consignment, goods, tare)


def _draw_masses(
    drawing: Drawing, consignment: Consignment, goods: Decimal, tare: Decimal
) -> list[Rest]:
    """Write codes and masses, by the numbers of the items, and the sums below them."""
    codes = [
        f"{item.number}. {item.nhm_code or item.hs_code or '–'}" for item in consignment.goods_items
    ]
    masses = [
        f"{item.number}. "
        + (content.plain(item.gross_mass_kg) if item.gross_mass_kg is not None else "–")
        for item in consignment.goods_items
    ]
    sums = [
        f"груз – goods {content.plain(goods)}",
        f"тара – tare {content.plain(tare)}",
        f"брутто {content.plain(goods + tare)}",
    ]
    rest = []
    for number, x, lines, high in (("23", 139.0, codes, 27.0), ("24", 161.0, masses, 18.5)):
        text = "\n".join(lines)
        last = f"доп. лист – sheet, {number}"
        setting = set_text(text, 20.4, high, sizes=(7.0, 6.5, 6.0, 5.6, 5.2), last=last)
        drawing.block(x + 0.8, 116.2, setting)
        if not setting.complete:
            rest.append(Rest(number, text))
    drawing.line(161, 135.4, 183, 135.4, dotted=True)
    foot = set_text("\n".join(sums), 20.6, 8.4, sizes=(6.0, 5.6, 5.2, 4.8))
    drawing.block(161.8, 135.8, foot)
    if not foot.complete:
        rest.append(Rest("24", "\n".join(sums)))
    return rest


def _draw_crosses(drawing: Drawing, consignment: Consignment) -> None:
    """Draw the small squares, crossed where the consignment says so."""
    exceptional = any(unit.overhang is not None for unit in consignment.equipment)
    dangerous = any(item.dangerous_goods for item in consignment.goods_items)
    in_containers = bool(consignment.equipment)
    for x, y, words, crossed in (
        (110.8, 112.6, "да – yes", exceptional),
        (132.6, 112.6, "да – yes", dangerous),
        (149.5, 172.7, "повагонная – wagon load", not in_containers),
        (177, 172.7, "контейнерная – container", in_containers),
    ):
        drawing.frame(x, y, 2.6, 2.6)
        if crossed:
            drawing.line(x, y, x + 2.6, y + 2.6)
            drawing.line(x, y + 2.6, x + 2.6, y)
            drawing.write(x + 0.35, y + 2.3, "X", 7, bold=True)
        if "yes" in words:
            drawing.write(x - 8.2, y + 2.1, words, CAPTION_SIZE - 0.4)
        else:
            drawing.write(x + 3.2, y + 2.1, words, CAPTION_SIZE - 0.4)


def _draw_charges(drawing: Drawing, prefix: str) -> None:
    """Draw the sections for charges, which railways fill in, and the coding of what is prepaid."""
    for letter, y in (("A", 171.0), ("B", 192.0)):
        drawing.frame(_L, y, 5, 21)
        drawing.write(_L + 1.4, y + 12, letter, 9, bold=True)
        columns = (
            (
                ("49", 30, "Участок – Section"),
                ("50", 16, "Маршрут"),
                ("51", 25, "НХМ"),
                ("", 30, ""),
            ),
            (
                ("52", 20, "Валюта"),
                ("53", 27, "Масса – Mass"),
                ("54", 29, "Тариф"),
                ("55", 25, "км"),
            ),
            (("56", 20, "Надб., скидки"), ("57", 27, "Ставка"), ("58", 54, "Сборы – Charges")),
        )
        for line, cells in enumerate(columns):
            x = _L + 5
            for number, wide, caption in cells:
                box = Box(number, x, y + line * 7, wide, 7, caption)
                drawing.frame(box.x, box.y, box.wide, box.high)
                draw_caption(drawing, box)
                if number:
                    drawing.field(
                        f"{prefix}{letter}-{number}",
                        f"{number} {caption}",
                        x + 0.3,
                        y + line * 7 + 2.6,
                        wide - 0.6,
                        4.1,
                    )
                x += wide
    drawing.frame(_MIDDLE, 177, 94, 10)
    draw_caption(drawing, Box("59", _MIDDLE, 177, 94, 10, "Код оплаты – Prepayment coding"))
    each = 94 / 8
    for column in range(8):
        drawing.frame(_MIDDLE + column * each, 181.4, each, 5.6)
        drawing.field(
            f"{prefix}box-59-{column + 1}",
            "59",
            _MIDDLE + column * each + 0.3,
            181.7,
            each - 0.6,
            5,
        )


def _draw_carriers(drawing: Drawing, consignment: Consignment) -> list[Rest]:
    """Draw box 65: carriers after the first, their sections, and in which capacity they carry."""
    x, y, foot = 58.0, 230.0, 248.0
    for left, wide, caption, number in (
        (58.0, 72.0, "Другие перевозчики – Other carriers", "65"),
        (130.0, 54.0, "Участок – Section", ""),
        (184.0, 21.0, "В качестве – As", ""),
    ):
        box = Box(number, left, y, wide, foot - y, caption)
        drawing.frame(box.x, box.y, box.wide, box.high)
        draw_caption(drawing, box)
    found = [
        (content.joined((carrier, means)), section.replace("\n", " "), codes.replace("\n", " "))
        for carrier, means, section, codes in content.sections(consignment)
    ]
    contractual = content.contractual_carrier(consignment)
    capacities = [_capacity(movement.carrier_id, contractual) for movement in consignment.movements]
    rows = 6
    row = (foot - y - 3) / rows
    complete = len(found) <= rows
    for position, (carrier, section, _) in enumerate(found[: rows if complete else rows - 1]):
        top = y + 2.9 + position * row
        for left, wide, text in (
            (x, 72.0, carrier),
            (130.0, 54.0, section),
            (184.0, 21.0, capacities[position]),
        ):
            setting = set_text(text, wide - 1.4, row, sizes=(5.8, 5.4, 5.0, 4.6))
            complete = complete and setting.complete
            drawing.block(left + 0.7, top, setting)
    if complete:
        return []
    if len(found) > rows:
        drawing.write(x + 0.7, foot - 0.9, "см. доп. лист, графа 65 – see sheet, box 65", 5.2)
    lines = [
        content.joined((*cells, capacity))
        for cells, capacity in zip(found, capacities, strict=True)
    ]
    return [Rest("65", "\n".join(lines))]


def _capacity(carrier_id: str | None, contractual: Carrier | None) -> str:
    """Return 1 for the contractual carrier, 2 for a successive one."""
    if contractual is not None and carrier_id == contractual.carrier_id:
        return "договорный (1)"
    return "последующий (2)"


def _draw_proof(drawing: Drawing, proof: Proof) -> None:
    """Draw the code that proves the paper beside box 28, where the form leaves room."""
    drawing.frame(58, 264, 92, 28)
    side = 22.0
    drawing.squares(58 + 92 - side - 3, 267, side, qr_rows(proof.code))
    state = (
        f"Подписано ключом – Signed by key\n{proof.claim.key_id}"
        if proof.claim.key_id
        else "Не подписано – Not signed"
    )
    drawing.block(
        59, 278, set_text(f"{state}\nSHA-256 {proof.claim.sha256}", 62, 13, sizes=(6.0, 5.4))
    )
    drawing.write(59, 267, "Подтверждение получения – Acknowledgement of receipt", CAPTION_SIZE)


def seals_line(consignment: Consignment) -> str:
    """Return the seals of all units in one line, as they stand in box 20."""
    found = content.seals(consignment)
    if not found:
        return ""
    return "Пломбы – Seals: " + "; ".join(f"{marks} ({count})" for count, marks in found)
