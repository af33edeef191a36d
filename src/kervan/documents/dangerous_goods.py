"""The dangerous goods declaration on the multimodal form (IMDG Code, 5.4.5).

Its boxes 1 to 22 stand where the form has them. A substance is described in the order of 5.4.1.4:
UN number, proper shipping name, class, subsidiary hazards, packing group, and what 5.4.1.5 asks for
besides. The two declarations are those the Code prescribes (5.4.1.6.1 and 5.4.2.1); nobody has
signed them until somebody does.
"""

from __future__ import annotations

from kervan.cargo.consignment import Consignment
from kervan.cargo.goods import DangerousGoods, GoodsItem
from kervan.cargo.parties import Party
from kervan.cargo.transport import Movement, Place, TransportEquipment
from kervan.documents.format import DocumentError, Format, carried
from kervan.documents.paper.drawing import Drawing
from kervan.documents.paper.form import (
    CAPTION_SIZE,
    Box,
    Rest,
    check_letters,
    draw_boxes,
    finished,
    sheets_needed,
)
from kervan.documents.paper.layout import set_text
from kervan.documents.paper.proof import LINK, Proof, prove, qr_rows
from kervan.documents.paper.reading import reader, recogniser
from kervan.documents.paper.table import TableColumn, TableRow, broken, draw_headings, draw_rows
from kervan.documents.signing import SigningKey
from kervan.documents.smgs.content import joined, plain

KIND = "dangerous-goods"
PAPER = "Multimodal dangerous goods form"

CARRIES = frozenset(
    {
        "format",
        "reference",
        "version",
        "issued_on",
        "issued_at",
        "consignor",
        "consignee",
        "other_parties",
        "carriers",
        "acceptance",
        "delivery",
        "movements",
        "equipment",
        *(
            f"goods_items.{name}"
            for name in (
                "number",
                "description",
                "packages",
                "gross_mass_kg",
                "net_mass_kg",
                "volume_m3",
                "dangerous_goods",
                "stowage",
            )
        ),
        "documents",
    }
)
"""All that the form shows, and the goods items that are not dangerous, by name and mass."""

_SHIPPER = (
    "SHIPPER'S DECLARATION. I hereby declare that the contents of this consignment are fully and "
    "accurately described below by the proper shipping name, and are classified, packaged, marked "
    "and labelled/placarded and are in all respects in proper condition for transport according to "
    "the applicable international and national governmental regulations."
)
_PACKER = (
    "CONTAINER/VEHICLE PACKING CERTIFICATE. I hereby declare that the goods described above have "
    "been packed/loaded into the container/vehicle identified above in accordance with the "
    "applicable provisions (IMDG Code, 5.4.2)."
)
_RECEIPT = (
    "21 RECEIVING ORGANISATION RECEIPT. Received the above number of packages/containers/trailers "
    "in apparent good order and condition, unless stated hereon. Remarks:"
)

_L, _R, _MIDDLE = 8.0, 202.0, 105.0
_BOXES = (
    Box("1", _L, 22, _MIDDLE - _L, 30, "Shipper/Consignor/Sender"),
    Box("2", _MIDDLE, 22, _R - _MIDDLE, 10, "Transport document number", fill_in=True),
    Box("4", 140, 32, _R - 140, 10, "Shipper's reference"),
    Box("5", 140, 42, _R - 140, 10, "Freight forwarder's reference", fill_in=True),
    Box("6", _L, 52, _MIDDLE - _L, 30, "Consignee"),
    Box(
        "7", _MIDDLE, 52, _R - _MIDDLE, 14, "Carrier (to be completed by the carrier)", fill_in=True
    ),
    Box("", _MIDDLE, 66, _R - _MIDDLE, 16),
    Box("8", _L, 82, _MIDDLE - _L, 12, "This shipment is within the limitations prescribed for"),
    Box("9", _MIDDLE, 82, _R - _MIDDLE, 36, "Additional handling information"),
    Box("10", _L, 94, 48.5, 12, "Vessel/flight No. and date"),
    Box("11", _L + 48.5, 94, 48.5, 12, "Port/place of loading"),
    Box("12", _L, 106, 48.5, 12, "Port/place of discharge"),
    Box("13", _L + 48.5, 106, 48.5, 12, "Destination"),
)
_GOODS = (
    TableColumn("14 Shipping marks", 34),
    TableColumn("Number and kind of packages; description of goods", 100),
    TableColumn("Gross mass (kg)", 21, right=True),
    TableColumn("Net mass (kg)", 21, right=True),
    TableColumn("Cube (m³)", 18, right=True),
)
_UNITS = (
    TableColumn("15 Container identification No./ vehicle registration No.", 50),
    TableColumn("16 Seal number(s)", 62),
    TableColumn("17 Container/vehicle size & type", 30),
    TableColumn("18 Tare mass (kg)", 22, right=True),
    TableColumn("19 Total gross mass (including tare) (kg)", 30, right=True),
)
_GOODS_TOP, _GOODS_FOOT, _UNITS_FOOT, _FOOT = 118.0, 193.0, 227.0, 289.0


def render_dangerous_goods(
    consignment: Consignment,
    *,
    key: SigningKey | None = None,
    link: str = LINK,
    handling: str = "",
) -> bytes:
    """Return the dangerous goods declaration as a PDF.

    Parameters
    ----------
    consignment
        What it is of.
    key
        Signs the data attached to it; without one the paper is a draft.
    link
        Address before the claim in the QR code.
    handling
        For box 9, after the emergency contacts and schedules.

    Raises
    ------
    DocumentError
        If nothing in it is dangerous, or a character is in no font at hand.
    """
    if not dangerous(consignment):
        raise DocumentError(
            "The dangerous goods declaration is not written: no goods item has dangerous goods "
            "($.goods_items[*].dangerous_goods)."
        )
    consignment = carried(consignment, CARRIES)
    proof = prove(KIND, consignment, key, link)
    texts = _texts(consignment, handling)
    goods, units = _goods(consignment), _units(consignment)
    check_letters(
        [
            *texts.items(),
            *(("14", cell) for cells in goods for cell in cells),
            *(("15", cell) for cells in units for cell in cells),
        ],
        "dangerous goods declaration",
    )
    drawing = Drawing(KIND, f"{PAPER} {consignment.reference}", "IMDG Code, 5.4.5")
    drawing.write(_L, 14, "MULTIMODAL DANGEROUS GOODS FORM", 13, bold=True)
    drawing.write(
        _L,
        18.5,
        "SOLAS 74, chapter VII, regulation 4; MARPOL 73/78, Annex III, regulation 4; "
        "IMDG Code, chapter 5.4",
        6,
    )
    rest = draw_boxes(drawing, _BOXES, texts)
    rest += _table(drawing, _GOODS, goods, (_GOODS_TOP, _GOODS_FOOT), "14")
    rest += _table(drawing, _UNITS, units, (_GOODS_FOOT, _UNITS_FOOT), "15–19")
    rest += _declarations(drawing, consignment, proof)
    pages = 1 + sheets_needed(rest)
    draw_boxes(drawing, (Box("3", _MIDDLE, 32, 35, 20, "Page"),), {"3": f"1 of {pages} pages"})
    return finished(drawing, rest, PAPER, consignment.reference, proof)


def dangerous(consignment: Consignment) -> bool:
    """Tell whether anything in a consignment is dangerous."""
    return any(item.dangerous_goods for item in consignment.goods_items)


def described(substance: DangerousGoods) -> str:
    """Return a substance in the order of IMDG Code 5.4.1.4.2, with what 5.4.1.5 asks for."""
    hazard = substance.hazard_class or ""
    if substance.subsidiary_hazards:
        hazard += f" ({', '.join(substance.subsidiary_hazards)})"
    name = substance.proper_shipping_name or ""
    if substance.technical_name:
        name += f" ({substance.technical_name})"
    return joined(
        (
            f"UN {substance.un_number}",
            name,
            hazard,
            f"PG {substance.packing_group}" if substance.packing_group else None,
            f"({plain(substance.flash_point_c)} °C c.c.)"
            if substance.flash_point_c is not None
            else None,
            "MARINE POLLUTANT" if substance.marine_pollutant else None,
            "LIMITED QUANTITY" if substance.limited_quantity else None,
            f"net {plain(substance.net_mass_kg)} kg" if substance.net_mass_kg is not None else None,
            f"NEM {plain(substance.net_explosive_mass_kg)} kg"
            if substance.net_explosive_mass_kg is not None
            else None,
            f"EmS {substance.ems}" if substance.ems else None,
        )
    )


def _goods(consignment: Consignment) -> list[tuple[str, ...]]:
    return [_goods_cells(item) for item in consignment.goods_items if item.dangerous_goods]


def _goods_cells(item: GoodsItem) -> tuple[str, ...]:
    packages = joined(
        (joined((str(p.count) if p.count is not None else "bulk", p.kind), " "))
        for p in item.packages
    )
    stowage = joined(
        joined((s.equipment_number, f"{s.packages} packages" if s.packages else None), " ")
        for s in item.stowage
    )
    return (
        joined((p.marks for p in item.packages), "\n"),
        joined(
            (
                packages,
                *(described(substance) for substance in item.dangerous_goods),
                f"In {stowage}" if stowage else None,
            ),
            "\n",
        ),
        plain(item.gross_mass_kg) if item.gross_mass_kg is not None else "",
        plain(item.net_mass_kg) if item.net_mass_kg is not None else "",
        plain(item.volume_m3) if item.volume_m3 is not None else "",
    )


def _units(consignment: Consignment) -> list[tuple[str, ...]]:
    holding = {
        stowed.equipment_number
        for item in consignment.goods_items
        if item.dangerous_goods
        for stowed in item.stowage
    }
    return [
        (
            unit.number,
            ", ".join(seal.number for seal in unit.seals),
            unit.size_type or "",
            plain(unit.tare_kg) if unit.tare_kg is not None else "",
            _gross(consignment, unit),
        )
        for unit in consignment.equipment
        if unit.number in holding or not holding
    ]


def _gross(consignment: Consignment, unit: TransportEquipment) -> str:
    """Return a unit's verified gross mass, else the sum of tare and what lies in it, if known."""
    if unit.verified_gross_mass is not None:
        return plain(unit.verified_gross_mass.mass_kg)
    masses = [
        stowed.gross_mass_kg
        for item in consignment.goods_items
        for stowed in item.stowage
        if stowed.equipment_number == unit.number
    ]
    if unit.tare_kg is None or not masses or any(mass is None for mass in masses):
        return ""
    return plain(sum((mass for mass in masses if mass is not None), unit.tare_kg))


def _texts(consignment: Consignment, handling: str) -> dict[str, str]:
    sea = next((m for m in consignment.movements if m.mode in ("sea", "ferry")), None)
    note = next((d for d in consignment.documents if d.role == "transport"), None)
    contacts = dict.fromkeys(
        substance.emergency_contact
        for item in consignment.goods_items
        for substance in item.dangerous_goods
        if substance.emergency_contact
    )
    carriers = {carrier.carrier_id: carrier for carrier in consignment.carriers}
    carrier = carriers.get(sea.carrier_id or "") if sea else None
    acceptance = consignment.acceptance
    if acceptance is None and consignment.movements:
        acceptance = consignment.movements[0].origin
    tunnels = dict.fromkeys(
        f"UN {substance.un_number} ({substance.tunnel_code})"
        for item in consignment.goods_items
        for substance in item.dangerous_goods
        if substance.tunnel_code
    )
    return {
        "1": _party(consignment.consignor),
        "2": note.number if note else "",
        "4": consignment.reference,
        "6": _party(consignment.consignee),
        "7": (carrier.party.name or "") if carrier and carrier.party else "",
        "8": "Not applicable: no carriage by air",
        "9": joined(
            (
                f"Emergency contact (24 h): {', '.join(contacts)}" if contacts else None,
                f"Tunnel codes (ADR): {', '.join(tunnels)}" if tunnels else None,
                handling,
            ),
            "\n",
        ),
        "10": _vessel(sea),
        "11": _place(sea.origin if sea else acceptance),
        "12": _place(sea.destination if sea else consignment.delivery),
        "13": _place(consignment.delivery),
    }


def _vessel(sea: Movement | None) -> str:
    if sea is None:
        return ""
    means = sea.means
    return joined(
        (
            joined((means.name, means.voyage), " ") if means else None,
            f"IMO {means.identity}" if means and means.identity else None,
            sea.departs.strftime("%Y-%m-%d") if sea.departs else None,
        )
    )


def _place(found: Place | None) -> str:
    """Return a place in Latin letters: the form is written in English."""
    if found is None:
        return ""
    return joined((found.name or found.place_id, found.terminal, found.country))


def _party(found: Party | None) -> str:
    if found is None:
        return ""
    lines = [found.name or next(iter(found.name_in.values()), "")]
    if found.address is not None:
        address = found.address
        lines.append(
            joined(
                (
                    address.street,
                    joined((address.postcode, address.city), " "),
                    address.region,
                    address.country,
                )
            )
        )
    if found.contact is not None:
        lines.append(joined((found.contact.name, found.contact.phone, found.contact.email)))
    return joined(lines, "\n")


def _table(
    drawing: Drawing,
    columns: tuple[TableColumn, ...],
    cells: list[tuple[str, ...]],
    room: tuple[float, float],
    box: str,
) -> list[Rest]:
    """Draw a table in its room; what does not fit goes to an additional sheet, all of it."""
    top, foot = room
    head = 7.0
    draw_headings(drawing, columns, _L, top, head)
    left = _L
    for column in columns:
        drawing.frame(left, top, column.wide, foot - top)
        left += column.wide
    rows: list[TableRow] = []
    size = 7.5
    for size in (7.5, 7.0, 6.5, 6.0):
        rows = [row for entry in cells for row in broken(columns, entry, size)]
        if sum(row.high for row in rows) <= foot - top - head:
            break
    drawn = draw_rows(drawing, columns, rows, _L, top + head, foot - 4.2, size)
    if drawn == len(rows):
        return []
    if sum(row.high for row in rows) <= foot - top - head:
        rest = rows[drawn:]
        used = sum(row.high for row in rows[:drawn])
        draw_rows(drawing, columns, rest, _L, top + head + used, foot, size)
        return []
    drawing.write(
        _L + columns[0].wide + 0.8, foot - 1.2, f"See additional sheet, box {box}", 6.5, bold=True
    )
    lines = ["; ".join(part.replace("\n", "; ") for part in entry if part) for entry in cells]
    return [Rest(box, "\n".join(lines))]


def _declarations(drawing: Drawing, consignment: Consignment, proof: Proof) -> list[Rest]:
    rest: list[Rest] = []
    shipper = set_text(_SHIPPER, _R - _MIDDLE - 1.6, 15.4, sizes=(6.6, 6.2, 5.8, 5.4))
    drawing.block(_MIDDLE + 0.8, 66.4, shipper)
    third = (_R - _L) / 3
    company = consignment.consignor.name if consignment.consignor else None
    issued = joined(
        (
            _place(consignment.issued_at),
            consignment.issued_on.isoformat() if consignment.issued_on else None,
        )
    )
    columns = (
        (_PACKER, "20 Name of company", "Name/status of declarant", "Place and date", "Signature"),
        (
            _RECEIPT,
            "Haulier's name",
            "Vehicle reg. No.",
            "Signature and date",
            "Driver's signature",
        ),
        (
            "",
            "22 Name of company (of shipper preparing this note)",
            "Name/status of declarant",
            "Place and date",
            "Signature of declarant",
        ),
    )
    head, line = 20.0, 10.5
    for number, (words, *labels) in enumerate(columns):
        x = _L + number * third
        drawing.frame(x, _UNITS_FOOT, third, _FOOT - _UNITS_FOOT)
        if words:
            setting = set_text(words, third - 1.6, head - 0.6, sizes=(6.2, 5.8, 5.4))
            drawing.block(x + 0.8, _UNITS_FOOT + 0.6, setting)
        for position, label in enumerate(labels):
            y = _UNITS_FOOT + head + position * line
            drawing.line(x, y, x + third, y)
            drawing.write(x + 0.8, y + 2.4, label, CAPTION_SIZE)
            known = {0: company, 2: issued}.get(position) if number == 2 else None
            if known:
                setting = set_text(known, third - 1.6, line - 3.4, sizes=(7, 6.5, 6, 5.6))
                drawing.block(x + 0.8, y + 3.0, setting)
                if not setting.complete:
                    rest.append(Rest("22", known))
            else:
                drawing.field(
                    f"{number}-{position}", label, x + 0.4, y + 3, third - 0.8, line - 3.4
                )
    x = _L + 2 * third
    side = 17.6
    drawing.squares(x + third - side - 1.6, _UNITS_FOOT + 1.4, side, qr_rows(proof.code))
    state = f"Signed by key {proof.claim.key_id}" if proof.claim.key_id else "Not signed"
    standing = set_text(
        f"{state}\nSHA-256 {proof.claim.sha256}", third - side - 4, 17, sizes=(5.6, 5.2, 4.8)
    )
    drawing.block(x + 0.8, _UNITS_FOOT + 1.2, standing)
    return rest


DANGEROUS_GOODS = Format(
    kind=KIND,
    title="Dangerous goods declaration",
    suffix=".pdf",
    standard="IMDG Code (IMO), 5.4.5: multimodal dangerous goods form",
    carries=CARRIES,
    render=render_dangerous_goods,
    read=reader(KIND, "IMDG 5.4.5"),
    recognises=recogniser(KIND),
    takes=frozenset({"key"}),
    wanted=dangerous,
)
"""The declaration as a paper."""
