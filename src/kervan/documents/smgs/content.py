"""What a consignment says in the words of a rail consignment note, whichever form it is on.

The note's languages are Russian, Chinese and that of the sender (SMGS, annex 1, section I): names
are written in Russian where the consignment has it, then as they are in Latin letters, then in
Chinese.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kervan.cargo.consignment import Consignment
from kervan.cargo.goods import DangerousGoods, GoodsItem
from kervan.cargo.parties import Party
from kervan.cargo.procedures import Document
from kervan.cargo.transport import Carrier, Place, TransportEquipment, Wagon

_LOCODE = 5
LANGUAGES = ("ru", "zh")
"""Languages of the note beside the sender's."""

DOCUMENT_NAMES: Mapping[str, str] = {
    "271": "Упаковочный лист – Packing list",
    "315": "Договор – Contract",
    "325": "Проформа-инвойс – Pro forma invoice",
    "380": "Счет-фактура (инвойс) – Commercial invoice",
    "703": "Коносамент – House waybill",
    "705": "Коносамент – Bill of lading",
    "720": "Накладная ЦИМ – CIM consignment note",
    "722": "Накладная СМГС – SMGS consignment note",
    "730": "CMR",
    "830": "Экспортная декларация – Export declaration",
    "851": "Фитосанитарный сертификат – Phytosanitary certificate",
    "852": "Санитарный сертификат – Sanitary certificate",
    "853": "Ветеринарный сертификат – Veterinary certificate",
    "861": "Сертификат происхождения – Certificate of origin",
    "952": "Книжка МДП – TIR carnet",
}
"""Names of the commonest papers, by UN/EDIFACT 1001 code."""

PACKAGE_NAMES: Mapping[str, str] = {
    "BE": "связка",
    "BG": "мешок",
    "BX": "коробка",
    "CS": "ящик",
    "CT": "картонная коробка",
    "DR": "барабан",
    "PX": "поддон",
    "PK": "место",
    "RO": "рулон",
    "VR": "навалом",
}
"""Names of the commonest packages in Russian, by UN/ECE Recommendation 21 code."""

REGIME_NAMES: Mapping[str, str] = {
    "common_transit": "общий транзит – common transit",
    "union_transit": "транзит ЕС – Union transit",
    "eaeu_transit": "таможенный транзит ЕАЭС – EAEU transit",
    "national_transit": "транзит – transit",
    "tir": "МДП – TIR",
    "import": "импорт – import",
    "export": "экспорт – export",
    "re_export": "реэкспорт – re-export",
    "warehousing": "склад – warehousing",
    "transhipment": "перегрузка – transhipment",
}


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """One goods item as it stands in the boxes for goods.

    Attributes
    ----------
    description
        Name, codes, marks, what is dangerous in it, where it lies.
    packing, count, mass
        Kind of packages, how many, gross mass in kg.
    """

    description: str
    packing: str
    count: str
    mass: str


def plain(number: Decimal) -> str:
    """Return a quantity as it is written on paper: no exponent, no zeros behind the point."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def joined(parts: Iterable[str | None], between: str = ", ") -> str:
    """Return those parts that say something, with this between them."""
    return between.join(part for part in parts if part)


def named(name: str | None, name_in: Mapping[str, str], between: str = " / ") -> str:
    """Return a name in Russian, in Latin letters and in Chinese, each once."""
    names = dict.fromkeys(
        part for part in (name_in.get("ru"), name, name_in.get("zh")) if part is not None
    )
    # A name that is in none of the note's languages is still better than none.
    return between.join(names) or next(iter(name_in.values()), "")


def party(found: Party | None) -> str:
    """Return a party: name, address, numbers, contact, a line each."""
    if found is None:
        return ""
    lines = [named(found.name, found.name_in)]
    address = found.address
    if address is not None:
        lines.append(
            joined(
                (
                    named(address.street, address.street_in),
                    joined((address.postcode, named(address.city, address.city_in)), " "),
                    address.region,
                    address.country,
                )
            )
        )
    lines.append(joined(f"{i.scheme} {i.value}" for i in found.identifiers if i.scheme != "SMGS"))
    if found.contact is not None:
        lines.append(joined((found.contact.name, found.contact.phone, found.contact.email)))
    return joined(lines, "\n")


def party_address(found: Party | None) -> str:
    """Return a party's name and address."""
    return party(found.model_copy(update={"identifiers": (), "contact": None})) if found else ""


def party_contact(found: Party | None) -> str:
    """Return whom to ask."""
    if found is None or found.contact is None:
        return ""
    return joined((found.contact.name, found.contact.phone, found.contact.email))


def party_identifiers(*parties: Party | None) -> str:
    """Return the parties' numbers in registers, but not those of the railways."""
    return joined(
        f"{i.scheme} {i.value}" + (f" ({i.country})" if i.country else "")
        for found in parties
        if found is not None
        for i in found.identifiers
        if i.scheme != "SMGS"
    )


def party_code(found: Party | None) -> str:
    """Return a party's code with the railways, or nothing."""
    return (found.identifier("SMGS") or "") if found is not None else ""


def place(found: Place | None) -> str:
    """Return a place by name, with its country and terminal."""
    if found is None:
        return ""
    name = named(found.name, found.name_in) or found.place_id
    return joined((name, found.terminal, found.country))


def place_code(found: Place | None) -> str:
    """Return a station's code, else the place's UN/LOCODE, else nothing."""
    if found is None:
        return ""
    return found.station_code or (found.place_id if len(found.place_id) == _LOCODE else "")


def short(carrier: Carrier) -> str:
    """Return a carrier's short name: the Russian one, else its key."""
    if carrier.party is not None and (russian := carrier.party.name_in.get("ru")):
        return russian
    return carrier.carrier_id


def carrier_names(consignment: Consignment) -> dict[str, str]:
    """Return the short name of each carrier by key."""
    return {carrier.carrier_id: short(carrier) for carrier in consignment.carriers}


def contractual_carrier(consignment: Consignment) -> Carrier | None:
    """Return the carrier that concluded the contract, else the first."""
    carriers = consignment.carriers
    return next((c for c in carriers if c.contractual), carriers[0] if carriers else None)


def border_places(consignment: Consignment) -> list[Place]:
    """Return the places between two movements: where one carrier hands over to the next."""
    found: dict[str, Place] = {}
    for movement, following in zip(consignment.movements, consignment.movements[1:], strict=False):
        found.setdefault(movement.destination.place_id, movement.destination)
        found.setdefault(following.origin.place_id, following.origin)
    return list(found.values())


def sections(consignment: Consignment) -> list[tuple[str, str, str, str]]:
    """Return for each movement: carrier, its code, the section, the codes of its ends."""
    carriers = {carrier.carrier_id: carrier for carrier in consignment.carriers}
    found = []
    for movement in consignment.movements:
        carrier = carriers.get(movement.carrier_id or "")
        means = movement.means
        found.append(
            (
                carrier_line(carrier) if carrier else movement.carrier_id or "",
                joined((means.name, means.voyage, means.identity) if means else (), " "),
                f"{place(movement.origin)} –\n{place(movement.destination)}",
                f"{place_code(movement.origin)}\n{place_code(movement.destination)}",
            )
        )
    return found


def carrier_line(carrier: Carrier) -> str:
    """Return a carrier's names and code in one line."""
    name = named(carrier.party.name, carrier.party.name_in) if carrier.party else ""
    return joined((name or carrier.carrier_id, carrier.railway_code))


def payments(consignment: Consignment) -> str:
    """Return who pays for which carrier's section, a line each."""
    names = carrier_names(consignment)
    lines = [
        f"{names.get(p.carrier_id, p.carrier_id)}: " + joined((p.payer, p.payer_code, p.basis))
        for p in consignment.payments
    ]
    method = {"prepaid": "франко – prepaid", "collect": "с получателя – collect"}
    if consignment.payment_method:
        lines.append(method[consignment.payment_method])
    return "\n".join(lines)


def documents(consignment: Consignment, leave_out: Document | None = None) -> str:
    """Return the papers that go with the consignment, a line each."""
    return "\n".join(
        joined(
            (
                f"{DOCUMENT_NAMES.get(document.kind, document.kind)} № {document.number}",
                document.issued.strftime("%d.%m.%Y") if document.issued else None,
                document.issuer,
                f"поз. {', '.join(map(str, document.items))}" if document.items else None,
            )
        )
        for document in consignment.documents
        if document is not leave_out
    )


def note_number(consignment: Consignment, kind: str) -> Document | None:
    """Return the transport document of this kind: the note itself, once it has a number."""
    return next(
        (d for d in consignment.documents if d.role == "transport" and d.kind == kind), None
    )


def remarks(consignment: Consignment, *kinds: str) -> str:
    """Return the remarks of these kinds, a line each."""
    return "\n".join(
        f"{remark.territory}: {remark.text}" if remark.territory else remark.text
        for remark in consignment.remarks
        if remark.kind in kinds
    )


def customs(consignment: Consignment) -> str:
    """Return procedures and remarks for customs, a line each."""
    lines = [
        joined(
            (
                f"{procedure.territory}: {REGIME_NAMES[procedure.regime]}",
                procedure.declaration_type,
                f"MRN {procedure.mrn}" if procedure.mrn else None,
                f"LRN {procedure.lrn}" if procedure.lrn and not procedure.mrn else None,
            )
        )
        for procedure in consignment.procedures
    ]
    return joined((*lines, remarks(consignment, "customs")), "\n")


def container(unit: TransportEquipment) -> str:
    """Return a container as box 15 asks: number, size-type, tare, its limit, its owner."""
    return joined(
        (
            joined((unit.number, unit.size_type), " "),
            f"тара {plain(unit.tare_kg)} кг" if unit.tare_kg is not None else None,
            f"макс. {plain(unit.max_gross_kg)} кг" if unit.max_gross_kg is not None else None,
            f"{plain(unit.temperature_c)} °C" if unit.temperature_c is not None else None,
            unit.owner,
            "порожний – empty" if unit.is_empty else None,
            "собственность отправителя – SOC" if unit.shipper_owned else None,
            overhang(unit),
        )
    )


def overhang(unit: TransportEquipment) -> str | None:
    """Return by how much cargo stands over its unit, or None."""
    over = unit.overhang
    if over is None:
        return None
    sides = ("front", "back", "left", "right", "top")
    return "негабарит – out of gauge " + " ".join(
        f"{side} {value} cm" for side in sides if (value := getattr(over, f"{side}_cm"))
    )


def containers(consignment: Consignment) -> str:
    """Return all containers, a line each."""
    return "\n".join(map(container, consignment.equipment))


def danger(substance: DangerousGoods) -> str:
    """Return a substance as SMGS annex 2 and RID (5.4.1.1.1) order it."""
    name = joined((substance.proper_shipping_name, substance.technical_name), " / ")
    hazards = substance.hazard_class or ""
    if substance.subsidiary_hazards:
        hazards += f" ({', '.join(substance.subsidiary_hazards)})"
    return joined(
        (
            joined((f"UN {substance.un_number}", name), " "),
            hazards,
            substance.packing_group,
            f"({substance.tunnel_code})" if substance.tunnel_code else None,
            "ограниченное количество – limited quantity" if substance.limited_quantity else None,
            "загрязнитель моря – marine pollutant" if substance.marine_pollutant else None,
            f"т. всп. {plain(substance.flash_point_c)} °C"
            if substance.flash_point_c is not None
            else None,
            f"нетто {plain(substance.net_mass_kg)} кг"
            if substance.net_mass_kg is not None
            else None,
            f"тел. {substance.emergency_contact}" if substance.emergency_contact else None,
        )
    )


def goods_line(item: GoodsItem) -> GoodsLine:
    """Return a goods item as it stands on the note."""
    codes = joined(
        (
            f"ГНГ {item.nhm_code}" if item.nhm_code else None,
            f"HS {item.hs_code}" if item.hs_code else None,
            *(f"{code.territory} {code.code}" for code in item.national_codes),
        )
    )
    marks = joined((p.marks for p in item.packages), "; ")
    stowage = joined(
        joined(
            (
                stowed.equipment_number,
                f"{stowed.packages} м." if stowed.packages is not None else None,
                f"{plain(stowed.gross_mass_kg)} кг" if stowed.gross_mass_kg is not None else None,
            ),
            " ",
        )
        for stowed in item.stowage
    )
    description = joined(
        (
            f"{item.number}. {named(item.description, item.description_in)}",
            codes,
            f"марки {marks}" if marks else None,
            f"нетто {plain(item.net_mass_kg)} кг" if item.net_mass_kg is not None else None,
            f"{plain(item.volume_m3)} м³" if item.volume_m3 is not None else None,
            f"страна происх. {item.origin_country}" if item.origin_country else None,
            stowage,
            *(danger(substance) for substance in item.dangerous_goods),
            item.remarks,
        ),
        "; ",
    )
    return GoodsLine(
        description,
        joined((joined((PACKAGE_NAMES.get(p.kind), p.kind), " ") for p in item.packages), "\n"),
        joined((str(p.count) if p.count is not None else "–" for p in item.packages), "\n"),
        plain(item.gross_mass_kg) if item.gross_mass_kg is not None else "",
    )


def totals(consignment: Consignment) -> tuple[int, Decimal, Decimal]:
    """Return packages, gross mass of the goods and tare of the containers, in kg."""
    items = consignment.goods_items
    return (
        sum(item.package_count for item in items),
        sum((item.gross_mass_kg or Decimal(0) for item in items), Decimal(0)),
        sum((unit.tare_kg or Decimal(0) for unit in consignment.equipment), Decimal(0)),
    )


def seals(consignment: Consignment) -> list[tuple[str, str]]:
    """Return for each sealed unit how many seals it has and their marks."""
    return [
        (str(len(unit.seals)), f"{unit.number}: " + ", ".join(s.number for s in unit.seals))
        for unit in consignment.equipment
        if unit.seals
    ]


def wagon_load_limit_t(wagon: Wagon) -> str:
    """Return a wagon's load limit in tonnes, as the note asks."""
    return plain(wagon.load_limit_kg / 1000) if wagon.load_limit_kg is not None else ""


def wagon_tare_t(wagon: Wagon) -> str:
    """Return a wagon's tare in tonnes, as the note asks."""
    return plain(wagon.tare_kg / 1000) if wagon.tare_kg is not None else ""
