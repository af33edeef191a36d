"""The packing list: what is in which package, and what is in which container."""

from __future__ import annotations

from decimal import Decimal

from kervan.cargo.consignment import Consignment
from kervan.cargo.goods import GoodsItem
from kervan.documents.format import Format, carried
from kervan.documents.paper.drawing import Drawing
from kervan.documents.paper.form import Box, check_letters, draw_boxes, finished
from kervan.documents.paper.layout import set_text
from kervan.documents.paper.proof import LINK, Proof, prove, qr_rows
from kervan.documents.paper.reading import reader, recogniser
from kervan.documents.paper.table import TableColumn, TableRow, broken, draw_headings, draw_rows
from kervan.documents.signing import SigningKey
from kervan.documents.smgs.content import joined, party, place, plain

KIND = "packing-list"
PAPER = "Packing list – Упаковочный лист"

CARRIES = frozenset(
    {
        "format",
        "reference",
        "version",
        "issued_on",
        "issued_at",
        "consignor",
        "consignee",
        "notify_parties",
        "acceptance",
        "delivery",
        "equipment",
        *(
            f"goods_items.{name}"
            for name in (
                "number",
                "hs_code",
                "description",
                "description_in",
                "packages",
                "gross_mass_kg",
                "net_mass_kg",
                "volume_m3",
                "origin_country",
                "stowage",
                "remarks",
            )
        ),
        "documents",
        "incoterm",
        "incoterm_place",
    }
)
"""All that the list shows; no prices."""

_L, _R = 12.0, 198.0
_FOOT = 283.0
_SIZE = 7.2
_GOODS = (
    TableColumn("No. – №", 9),
    TableColumn("Marks and numbers – Марки", 30),
    TableColumn("Packages – Места", 26),
    TableColumn("Description, HS code, origin – Наименование, код ТН ВЭД, страна", 63),
    TableColumn("Net, kg – Нетто, кг", 20, right=True),
    TableColumn("Gross, kg – Брутто, кг", 21, right=True),
    TableColumn("m³", 17, right=True),
)
_UNITS = (
    TableColumn("Container – Контейнер", 34),
    TableColumn("Type – Тип", 16),
    TableColumn("Seals – Пломбы", 46),
    TableColumn("Item – Поз.", 14),
    TableColumn("Packages – Мест", 24, right=True),
    TableColumn("Goods gross, kg – Груз брутто, кг", 27, right=True),
    TableColumn("Tare, kg – Тара, кг", 25, right=True),
)


def render_packing_list(
    consignment: Consignment, *, key: SigningKey | None = None, link: str = LINK
) -> bytes:
    """Return the packing list as a PDF of as many pages as it takes.

    Parameters
    ----------
    consignment
        What it is of.
    key
        Signs the data attached to it; without one the paper is a draft.
    link
        Address before the claim in the QR code.

    Raises
    ------
    DocumentError
        If a character is in no font at hand.
    """
    consignment = carried(consignment, CARRIES)
    proof = prove(KIND, consignment, key, link)
    texts = _texts(consignment)
    goods = [_goods(item) for item in consignment.goods_items]
    units = _units(consignment)
    check_letters(
        [
            *texts.items(),
            *(("goods", cell) for cells in goods for cell in cells),
            *(("containers", cell) for cells in units for cell in cells),
        ],
        "packing list",
    )
    drawing = Drawing(KIND, f"{PAPER} {consignment.reference}", "Packing list")
    drawing.write(_L, 17, "PACKING LIST", 17, bold=True)
    drawing.write(_L, 23, "УПАКОВОЧНЫЙ ЛИСТ", 11)
    _draw_proof(drawing, proof)
    rest = draw_boxes(drawing, _BOXES, texts)
    y = _draw_table(drawing, _GOODS, [*goods, _totals(consignment)], 98.0)
    if units:
        y = _draw_table(drawing, _UNITS, units, y + 6)
    _draw_foot(drawing, consignment, y)
    return finished(drawing, rest, PAPER, consignment.reference, proof)


_BOXES = (
    Box("", _L, 28, 93, 30, "Consignor – Отправитель"),
    Box(" ", _L + 93, 28, 93, 30, "Consignee – Получатель"),
    Box("  ", _L, 58, 93, 22, "Notify party – Уведомить"),
    Box("   ", _L + 93, 58, 93, 22, "Documents – Документы"),
    Box("    ", _L, 80, 46.5, 12, "Reference – Номер"),
    Box("     ", _L + 46.5, 80, 46.5, 12, "Place and date – Место и дата"),
    Box("      ", _L + 93, 80, 46.5, 12, "From – Откуда"),
    Box("       ", _L + 139.5, 80, 46.5, 12, "To – Куда"),
)


def _texts(consignment: Consignment) -> dict[str, str]:
    papers = [d for d in consignment.documents if d.kind in ("271", "380", "325", "315")]
    names = {"271": "Packing list", "380": "Invoice", "325": "Pro forma invoice", "315": "Contract"}
    return {
        "": party(consignment.consignor),
        " ": party(consignment.consignee),
        "  ": "\n".join(party(found) for found in consignment.notify_parties),
        "   ": joined(
            (
                *(
                    joined(
                        (
                            f"{names[d.kind]} {d.number}",
                            d.issued.isoformat() if d.issued else None,
                        )
                    )
                    for d in papers
                ),
                joined((consignment.incoterm, consignment.incoterm_place), " "),
            ),
            "\n",
        ),
        "    ": consignment.reference
        + (f", version {consignment.version}" if consignment.version > 1 else ""),
        "     ": joined(
            (
                place(consignment.issued_at),
                consignment.issued_on.isoformat() if consignment.issued_on else None,
            )
        ),
        "      ": place(consignment.acceptance),
        "       ": place(consignment.delivery),
    }


def _goods(item: GoodsItem) -> tuple[str, ...]:
    names = dict.fromkeys(
        name for name in (item.description, *item.description_in.values()) if name is not None
    )
    return (
        str(item.number),
        joined((p.marks for p in item.packages), "\n"),
        joined(
            (joined((str(p.count) if p.count is not None else "bulk", p.kind), " "))
            for p in item.packages
        ).replace(", ", "\n"),
        joined(
            (
                " / ".join(names),
                joined((f"HS {item.hs_code}" if item.hs_code else None, item.origin_country)),
                item.remarks,
            ),
            "\n",
        ),
        plain(item.net_mass_kg) if item.net_mass_kg is not None else "",
        plain(item.gross_mass_kg) if item.gross_mass_kg is not None else "",
        plain(item.volume_m3) if item.volume_m3 is not None else "",
    )


def _totals(consignment: Consignment) -> tuple[str, ...]:
    items = consignment.goods_items
    nets = [item.net_mass_kg for item in items]
    volumes = [item.volume_m3 for item in items]
    gross = sum((item.gross_mass_kg or Decimal(0) for item in items), Decimal(0))
    return (
        "Σ",
        "",
        str(sum(item.package_count for item in items)),
        "Total – Всего",
        # A sum in which a term is missing is no sum.
        "" if None in nets else plain(sum((n for n in nets if n is not None), Decimal(0))),
        plain(gross),
        "" if None in volumes else plain(sum((v for v in volumes if v is not None), Decimal(0))),
    )


def _units(consignment: Consignment) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for unit in consignment.equipment:
        stowed = [
            (item.number, stowage)
            for item in consignment.goods_items
            for stowage in item.stowage
            if stowage.equipment_number == unit.number
        ]
        masses = [stowage.gross_mass_kg for _, stowage in stowed]
        found.append(
            (
                unit.number,
                unit.size_type or "",
                ", ".join(seal.number for seal in unit.seals),
                "",
                str(sum(stowage.packages or 0 for _, stowage in stowed)),
                ""
                if None in masses
                else plain(sum((m for m in masses if m is not None), Decimal(0))),
                plain(unit.tare_kg) if unit.tare_kg is not None else "",
            )
        )
        found += [
            (
                "",
                "",
                "",
                str(number),
                str(stowage.packages) if stowage.packages is not None else "",
                plain(stowage.gross_mass_kg) if stowage.gross_mass_kg is not None else "",
                "",
            )
            for number, stowage in stowed
        ]
    return found


def _draw_table(
    drawing: Drawing, columns: tuple[TableColumn, ...], cells: list[tuple[str, ...]], y: float
) -> float:
    """Draw a table over as many pages as it takes; return where it ends."""
    head = 8.0
    rows: list[TableRow] = []
    for entry in cells:
        bold = (entry[0] != "" and columns is _UNITS) or entry[0] == "Σ"
        rows += broken(columns, entry, _SIZE, bold=bold)
    while True:
        if y + head + (rows[0].high if rows else 0) > _FOOT:
            drawing.next_page()
            y = 15.0
        draw_headings(drawing, columns, _L, y, head)
        drawn = draw_rows(drawing, columns, rows, _L, y + head, _FOOT, _SIZE)
        high = head + sum(row.high for row in rows[:drawn])
        left = _L
        for column in columns:
            drawing.frame(left, y, column.wide, high)
            left += column.wide
        rows = rows[drawn:]
        if not rows:
            return y + high
        drawing.next_page()
        y = 15.0


def _draw_foot(drawing: Drawing, consignment: Consignment, y: float) -> None:
    if y + 28 > _FOOT:
        drawing.next_page()
        y = 15.0
    drawing.write(_L, y + 12, "Signature and stamp – Подпись и печать", 7)
    drawing.line(_L + 55, y + 12.5, _L + 125, y + 12.5)
    drawing.field("signature", "Signature – Подпись", _L + 55, y + 5, 70, 7.2)
    if consignment.consignor is not None and consignment.consignor.name:
        name = set_text(consignment.consignor.name, 130, 9, sizes=(7, 6, 5))
        drawing.block(_L + 55, y + 13.5, name)


def _draw_proof(drawing: Drawing, proof: Proof) -> None:
    side = 20.0
    drawing.squares(_R - side, 5.5, side, qr_rows(proof.code))
    state = (
        f"Signed by key – Подписано ключом {proof.claim.key_id}"
        if proof.claim.key_id
        else "Not signed – Не подписано"
    )
    words = set_text(f"{state}\nSHA-256 {proof.claim.sha256}", 62, 12, sizes=(5.8, 5.4))
    drawing.block(_R - side - 66, 13, words)


PACKING_LIST = Format(
    kind=KIND,
    title="Packing list",
    suffix=".pdf",
    standard="none: no form is prescribed",
    carries=CARRIES,
    render=render_packing_list,
    read=reader(KIND, "1"),
    recognises=recogniser(KIND),
    takes=frozenset({"key"}),
)
"""The list as a paper."""
