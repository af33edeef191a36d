"""IFTMIN, the transport instruction: what is sent to a carrier, a port or a ferry line."""

from __future__ import annotations

from datetime import datetime

from kervan.cargo.consignment import Consignment
from kervan.cargo.goods import GoodsItem
from kervan.cargo.parties import Party
from kervan.cargo.transport import Movement, Place, Wagon
from kervan.documents.edifact import units
from kervan.documents.edifact.draft import (
    Draft,
    Said,
    envelope,
    lines_of,
    moment,
    place_code,
    said,
)
from kervan.documents.edifact.iftmin_codes import MODES, PAYMENT, REMARKS, ROLES
from kervan.documents.edifact.iftmin_reading import read, read_all
from kervan.documents.edifact.interchange import is_interchange
from kervan.documents.format import DocumentError, Format

__all__ = ["CARRIES", "FORMAT", "read", "read_all", "render"]

_PLACE = ("place_id", "name", "station_code", "terminal")
_PARTY = (
    "name",
    "address.street",
    "address.city",
    "address.postcode",
    "address.country",
    "contact.name",
    "contact.phone",
    "contact.email",
)


def _below(name: str, fields: tuple[str, ...]) -> set[str]:
    return {f"{name}.{field}" for field in fields}


CARRIES: frozenset[str] = frozenset(
    {
        "reference",
        "issued_on",
        "incoterm",
        "incoterm_place",
        "payment_method",
        "carriers.carrier_id",
        "carriers.party.name",
        "other_parties.role",
        "remarks.kind",
        "remarks.text",
        "documents.kind",
        "documents.number",
        "equipment.temperature_c",
        "movements.number",
        "movements.mode",
        "movements.carrier_id",
        "movements.means",
        "movements.departs",
        "movements.arrives",
        "wagons.number",
        "wagons.provided_by",
        "wagons.tare_kg",
        "wagons.equipment_numbers",
        "goods_items.number",
        "goods_items.hs_code",
        "goods_items.description",
        "goods_items.packages",
        "goods_items.gross_mass_kg",
        "goods_items.net_mass_kg",
        "goods_items.volume_m3",
        "goods_items.value",
        "goods_items.origin_country",
        "goods_items.stowage",
    }
    | _below("issued_at", _PLACE)
    | _below("acceptance", _PLACE)
    | _below("delivery", _PLACE)
    | _below("movements.origin", _PLACE)
    | _below("movements.destination", _PLACE)
    | _below("consignor", _PARTY)
    | _below("consignee", _PARTY)
    | _below("notify_parties", _PARTY)
    | _below("other_parties.party", _PARTY)
    | _below("equipment", units.CARRIED)
    | _below(
        "goods_items.dangerous_goods",
        (
            "un_number",
            "hazard_class",
            "subsidiary_hazards",
            "packing_group",
            "flash_point_c",
            "proper_shipping_name",
            "technical_name",
            "emergency_contact",
            "net_mass_kg",
            "ems",
        ),
    )
)


def render(
    consignment: Consignment,
    *,
    version: str = "D.00B",
    sender: str | None = None,
    recipient: str | None = None,
    prepared: datetime | None = None,
    charset: str | None = None,
) -> bytes:
    """Return a consignment as transport instruction.

    Parameters
    ----------
    version
        Directory: ``D.00B`` or ``D.95B``. The older one has 17 characters for the name of a place,
        25 for an e-mail address and 10 for a seal.
    sender, recipient
        Of the interchange; ``KERVAN`` and the contracting carrier's key unless given.
    prepared
        When; the day of issue unless given, or the first departure.
    charset
        Syntax identifier, ``UNOA`` to ``UNOW``; the narrowest that holds every character.

    Raises
    ------
    DocumentError
        If a value does not fit the directory; the message names its JSON path.
    """
    draft = Draft("IFTMIN", version)
    draft.add("BGM", "340", said(consignment.reference, "$.reference"), _function(consignment))
    if consignment.issued_on is not None:
        day = consignment.issued_on
        draft.add("DTM", ("137", f"{day.year:04d}{day:%m%d}", "102"))
    for at, remark in enumerate(consignment.remarks):
        draft.text(REMARKS[remark.kind], Said(remark.text, f"$.remarks[{at}].text"))
    for at, document in enumerate(consignment.documents):
        path = f"$.documents[{at}]"
        draft.add(
            "DOC", said(document.kind, f"{path}.kind"), said(document.number, f"{path}.number")
        )
    for code, place, path in (
        ("91", consignment.issued_at, "$.issued_at"),
        ("88", consignment.acceptance, "$.acceptance"),
        ("7", consignment.delivery, "$.delivery"),
    ):
        if place is not None:
            _add_place(draft, code, place, path)
    if consignment.incoterm or consignment.incoterm_place:
        words = consignment.incoterm_place
        draft.add(
            "TOD",
            "5",
            "",
            (
                said(consignment.incoterm, "$.incoterm"),
                "",
                "",
                *(lines_of(Said(words, "$.incoterm_place"), 70, 2) if words else ()),
            ),
        )
    if consignment.payment_method is not None:
        draft.add("CPI", "4", "", PAYMENT[consignment.payment_method])
    _add_movements(draft, consignment)
    _add_parties(draft, consignment)
    for at, item in enumerate(consignment.goods_items):
        _add_goods(draft, item, f"$.goods_items[{at}]", _regulation(consignment))
    for at, unit in enumerate(consignment.equipment):
        path = f"$.equipment[{at}]"
        units.add_head(draft, unit, path)
        units.add_masses(draft, unit, path)
        units.add_overhang(draft, unit, path)
        units.add_seals(draft, unit, path)
        units.add_temperature(draft, unit, path)
        units.add_owner(draft, unit, path)
    for at, wagon in enumerate(consignment.wagons):
        _add_wagon(draft, wagon, f"$.wagons[{at}]")
    return draft.render(
        envelope(
            consignment, sender=sender, recipient=recipient, prepared=prepared, charset=charset
        )
    )


def _function(consignment: Consignment) -> str:
    """Return message function (1225): original, or replacing what was sent before."""
    return "9" if consignment.version == 1 else "5"


def _regulation(consignment: Consignment) -> str:
    """Return under whose rules dangerous goods travel (8273): the sea's, else rail's or road's."""
    modes = {movement.mode for movement in consignment.movements}
    if modes & {"sea", "ferry"}:
        return "IMD"
    return "RID" if "rail" in modes else "ADR"


def _add_place(draft: Draft, code: str, place: Place, path: str) -> None:
    draft.add(
        "LOC",
        code,
        (*place_code(place.place_id, f"{path}.place_id"), said(place.name, f"{path}.name")),
        said(place.station_code, f"{path}.station_code"),
        ("", "", "", said(place.terminal, f"{path}.terminal")),
    )


def _add_movements(draft: Draft, consignment: Consignment) -> None:
    movements = consignment.movements
    for at, movement in enumerate(movements):
        if movement.number != at + 1:
            raise DocumentError(
                f"$.movements[{at}].number: {movement.number} stands where {at + 1} was expected; "
                "the message numbers movements by their order. Number them from 1."
            )
    main = next((at for at, m in enumerate(movements) if m.mode in ("sea", "ferry")), 0)
    for at, movement in enumerate(movements):
        stage = "20" if at == main else "10" if at < main else "30"
        _add_movement(draft, movement, f"$.movements[{at}]", stage)


def _add_movement(draft: Draft, movement: Movement, path: str, stage: str) -> None:
    means = movement.means
    mode, kind = MODES[movement.mode]
    where = f"{path}.means"
    draft.add(
        "TDT",
        stage,
        said(means.voyage if means else None, f"{where}.voyage"),
        mode,
        kind,
        said(movement.carrier_id, f"{path}.carrier_id"),
        "",
        "",
        (
            said(means.identity if means else None, f"{where}.identity"),
            "",
            "",
            said(means.name if means else None, f"{where}.name"),
            said(means.nationality if means else None, f"{where}.nationality"),
        ),
    )
    for code, place, qualifier, when, name in (
        ("5", movement.origin, "133", movement.departs, "departs"),
        ("8", movement.destination, "132", movement.arrives, "arrives"),
    ):
        _add_place(draft, code, place, f"{path}.{'origin' if code == '5' else 'destination'}")
        if when is not None:
            draft.add("DTM", (qualifier, moment(when, f"{path}.{name}"), "205"))


def _add_parties(draft: Draft, consignment: Consignment) -> None:
    before = len(draft.segments)
    if consignment.consignor is not None:
        _add_party(draft, "CZ", consignment.consignor, "$.consignor")
    if consignment.consignee is not None:
        _add_party(draft, "CN", consignment.consignee, "$.consignee")
    for at, party in enumerate(consignment.notify_parties):
        _add_party(draft, "NI", party, f"$.notify_parties[{at}]")
    for at, carrier in enumerate(consignment.carriers):
        path = f"$.carriers[{at}]"
        name = carrier.party.name if carrier.party else None
        draft.add(
            "NAD",
            "CA",
            said(carrier.carrier_id, f"{path}.carrier_id"),
            "",
            lines_of(Said(name, f"{path}.party.name"), 35, 5) if name else "",
        )
    for at, other in enumerate(consignment.other_parties):
        path = f"$.other_parties[{at}]"
        if other.role not in ROLES:
            raise DocumentError(
                f"{path}.role: the directory has no code for '{other.role}'. Leave the party out, "
                "or name it with the guarantee."
            )
        if not _add_party(draft, ROLES[other.role], other.party, f"{path}.party"):
            raise DocumentError(f"{path}.party: it has neither name nor address. Give its name.")
    if len(draft.segments) == before:
        raise DocumentError(
            "$.consignor: the message names at least one party; give the consignor's name."
        )


def _add_party(draft: Draft, role: str, party: Party, path: str) -> bool:
    address, contact = party.address, party.contact
    parts = {
        "name": lines_of(Said(party.name, f"{path}.name"), 35, 5) if party.name else "",
        "street": "",
        "city": "",
        "postcode": "",
        "country": "",
    }
    if address is not None:
        street = address.street
        if street:
            most = 3 if draft.version == "D.95B" else 4
            parts["street"] = lines_of(Said(street, f"{path}.address.street"), 35, most)
        for name in ("city", "postcode", "country"):
            parts[name] = said(getattr(address, name), f"{path}.address.{name}")
    contacts = (contact.name, contact.phone, contact.email) if contact else (None, None, None)
    if not any(parts.values()) and not any(contacts):
        return False
    draft.add(
        "NAD",
        role,
        "",
        "",
        parts["name"],
        parts["street"],
        parts["city"],
        "",
        parts["postcode"],
        parts["country"],
    )
    if any(contacts):
        draft.add("CTA", "IC", ("", said(contacts[0], f"{path}.contact.name")))
        for value, kind, name in ((contacts[1], "TE", "phone"), (contacts[2], "EM", "email")):
            if value:
                draft.add("COM", (said(value, f"{path}.contact.{name}"), kind))
    return True


def _add_goods(draft: Draft, item: GoodsItem, path: str, regulation: str) -> None:
    draft.add(
        "GID",
        said(item.number, f"{path}.number"),
        *(
            (
                said(package.count, f"{path}.packages[{at}].count"),
                said(package.kind, f"{path}.packages[{at}].kind"),
            )
            for at, package in enumerate(item.packages)
        ),
    )
    if item.origin_country is not None:
        draft.add("LOC", "27", said(item.origin_country, f"{path}.origin_country"))
    if item.value is not None:
        draft.add(
            "MOA",
            (
                "38",
                said(item.value.value, f"{path}.value.value"),
                said(item.value.currency, f"{path}.value.currency"),
            ),
        )
    if item.hs_code is not None:
        draft.add("PIA", "5", (said(item.hs_code, f"{path}.hs_code"), "HS"))
    if item.description is not None:
        draft.text("AAA", Said(item.description, f"{path}.description"))
    for value, kind, unit, name in (
        (item.gross_mass_kg, "G", "KGM", "gross_mass_kg"),
        (item.net_mass_kg, "N", "KGM", "net_mass_kg"),
        (item.volume_m3, "AAW", "MTQ", "volume_m3"),
    ):
        if value is not None:
            units.add_mass(draft, kind, said(value, f"{path}.{name}"), unit)
    if any(package.marks for package in item.packages):
        for at, package in enumerate(item.packages):
            marks = package.marks
            where = f"{path}.packages[{at}].marks"
            draft.add("PCI", "24", lines_of(Said(marks, where), 35, 10) if marks else "")
    for at, place in enumerate(item.stowage):
        where = f"{path}.stowage[{at}]"
        draft.add(
            "SGP",
            said(place.equipment_number, f"{where}.equipment_number"),
            said(place.packages, f"{where}.packages"),
        )
        if place.gross_mass_kg is not None:
            units.add_mass(draft, "G", said(place.gross_mass_kg, f"{where}.gross_mass_kg"))
    for at, substance in enumerate(item.dangerous_goods):
        where = f"{path}.dangerous_goods[{at}]"
        units.add_dangerous(draft, substance, where, regulation)
        for text, qualifier, name in (
            (substance.proper_shipping_name, "AAD", "proper_shipping_name"),
            (substance.technical_name, "AAC", "technical_name"),
        ):
            if text:
                draft.text(qualifier, Said(text, f"{where}.{name}"))
        if substance.emergency_contact is not None:
            phone = said(substance.emergency_contact, f"{where}.emergency_contact")
            draft.add("CTA", "HE")
            draft.add("COM", (phone, "TE"))
        if substance.net_mass_kg is not None:
            units.add_mass(draft, "N", said(substance.net_mass_kg, f"{where}.net_mass_kg"))


def _add_wagon(draft: Draft, wagon: Wagon, path: str) -> None:
    draft.add(
        "EQD",
        "RR",
        said(wagon.number, f"{path}.number"),
        "",
        "1" if wagon.provided_by == "consignor" else "2",
    )
    if wagon.tare_kg is not None:
        units.add_mass(draft, "T", said(wagon.tare_kg, f"{path}.tare_kg"))
    for at, number in enumerate(wagon.equipment_numbers):
        draft.add("EQA", "CN", said(number, f"{path}.equipment_numbers[{at}]"))


FORMAT = Format(
    kind="iftmin",
    title="Transport instruction IFTMIN",
    suffix=".edi",
    standard="UN/EDIFACT IFTMIN, directories D.95B and D.00B (UN/ECE)",
    carries=CARRIES,
    render=render,
    read=read,
    recognises=lambda head: is_interchange(head, "IFTMIN"),
    wanted=lambda consignment: any(m.mode in ("sea", "ferry") for m in consignment.movements),
    takes=frozenset({"version", "sender", "recipient", "prepared", "charset"}),
)
