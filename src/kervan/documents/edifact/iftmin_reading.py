"""IFTMIN read back: an instruction as a consignment, and what it says besides."""

from __future__ import annotations

from typing import Any

from kervan.documents.edifact import units
from kervan.documents.edifact.directory import Group
from kervan.documents.edifact.iftmin_codes import (
    FERRY,
    MODES_BACK,
    PAYMENT_BACK,
    REMARKS,
    ROLES_BACK,
)
from kervan.documents.edifact.taking import Taking, messages, only
from kervan.documents.format import ReadDocument


def read(data: bytes) -> ReadDocument:
    """Read the one instruction of an interchange.

    Raises
    ------
    DocumentError
        If it is none, or several; `read_all` reads several.
    """
    return _read(only(data, "IFTMIN"))


def read_all(data: bytes) -> tuple[ReadDocument, ...]:
    """Read every instruction of an interchange, each a consignment."""
    return tuple(map(_read, messages(data, "IFTMIN")))


def _read(taking: Taking) -> ReadDocument:
    root = taking.root
    content: dict[str, Any] = {
        "carriers": [],
        "notify_parties": [],
        "other_parties": [],
        "movements": [],
        "goods_items": [],
        "equipment": [],
        "wagons": [],
    }
    for group in root.all("BGM"):
        taking.expect(group.head, 0, 0, "340")
        taking.expect(group.head, 2, 0, "9", "5")
        content["reference"] = taking.value(group.head, 1) or taking.message.reference
    for group in root.all("DTM"):
        if group.head.value(0) == "137" and "issued_on" not in content:
            day = taking.day(group.head)
            if day:
                content["issued_on"] = day
    content["remarks"] = _remarks(taking)
    content["documents"] = [
        {"kind": taking.value(group.head, 0), "number": taking.value(group.head, 1)}
        for group in root.all("DOC")
        if group.head.value(0).strip() and group.head.value(1).strip()
    ]
    for group in root.all("LOC"):
        name = {"91": "issued_at", "88": "acceptance", "7": "delivery"}.get(group.head.value(0))
        if name and name not in content and (place := _place(taking, group)):
            content[name] = place
    for group in root.all("TOD"):
        _take_terms(taking, group, content)
    for group in root.all("CPI"):
        code = group.head.value(2)
        if code in PAYMENT_BACK and "payment_method" not in content:
            content["payment_method"] = PAYMENT_BACK[code]
            taking.expect(group.head, 0, 0, "4")
            taking.value(group.head, 2)
    for group in root.all("TDT"):
        if movement := _movement(taking, group, len(content["movements"]) + 1):
            content["movements"].append(movement)
    for group in root.all("NAD"):
        _take_party(taking, group, content)
    for group in root.all("GID"):
        if item := _goods(taking, group):
            content["goods_items"].append(item)
    for group in root.all("EQD"):
        if group.head.value(0) == "RR":
            if group.head.value(1).strip():
                content["wagons"].append(_wagon(taking, group))
        elif unit := units.take_unit(taking, group):
            content["equipment"].append(unit)
    return taking.document("iftmin", content)


def _remarks(taking: Taking) -> list[dict[str, Any]]:
    """Return the remarks in the order they stand in, a full FTX going on in the next."""
    kinds = {code: kind for kind, code in REMARKS.items()}
    runs: list[tuple[str, list[Group]]] = []
    for group in taking.root.all("FTX"):
        code = group.head.value(0)
        if runs and runs[-1][0] == code:
            runs[-1][1].append(group)
        else:
            runs.append((code, [group]))
    return [
        {"kind": kinds[code], "text": text}
        for code, groups in runs
        if code in kinds
        for text in taking.texts(iter(groups), code)
    ]


def _place(taking: Taking, group: Group) -> dict[str, Any] | None:
    head = group.head
    if not head.value(1).strip():
        return None
    taking.value(head, 0)
    taking.expect(head, 1, 1, "139")
    taking.expect(head, 1, 2, "6", "ZZZ")
    return {
        "place_id": taking.value(head, 1),
        "name": taking.value(head, 1, 3),
        "station_code": taking.value(head, 2),
        "terminal": taking.value(head, 3, 3),
    }


def _take_terms(taking: Taking, group: Group, content: dict[str, Any]) -> None:
    if "incoterm" in content:
        return
    taking.expect(group.head, 0, 0, "5")
    content["incoterm"] = taking.value(group.head, 2)
    content["incoterm_place"] = taking.lines(group.head, 2, 70, first=3)


def _movement(taking: Taking, group: Group, number: int) -> dict[str, Any] | None:
    head = group.head
    mode = MODES_BACK.get(head.value(2))
    ends: dict[str, Group] = {}
    for below in group.all("LOC"):
        name = {"5": "origin", "9": "origin", "8": "destination", "11": "destination"}.get(
            below.head.value(0)
        )
        if name and name not in ends and below.head.value(1).strip():
            ends[name] = below
    if mode is None or len(ends) < 2:
        return None
    taking.expect(head, 0, 0, "10", "20", "30")
    taking.value(head, 2)
    if mode == "sea" and head.value(3) == FERRY:
        mode = "ferry"
        taking.value(head, 3)
    movement: dict[str, Any] = {
        "number": number,
        "mode": mode,
        "carrier_id": taking.value(head, 4),
        "means": {
            "voyage": taking.value(head, 1),
            "identity": taking.value(head, 7),
            "name": taking.value(head, 7, 3),
            "nationality": taking.value(head, 7, 4),
        },
        "origin": _place(taking, ends["origin"]),
        "destination": _place(taking, ends["destination"]),
    }
    if not any(movement["means"].values()):
        movement["means"] = None
    for end, qualifier, name in (("origin", "133", "departs"), ("destination", "132", "arrives")):
        for below in ends[end].all("DTM"):
            if below.head.value(0) == qualifier and name not in movement:
                when = taking.moment(below.head)
                if when is not None:
                    movement[name] = when
    return movement


def _take_party(taking: Taking, group: Group, content: dict[str, Any]) -> None:
    role = group.head.value(0)
    if role == "CA":
        if group.head.value(1).strip():
            name = taking.lines(group.head, 3, 35, 5)
            content["carriers"].append(
                {
                    "carrier_id": taking.value(group.head, 1),
                    "party": {"name": name} if name else None,
                }
            )
            taking.value(group.head, 0)
    elif role in ("CZ", "CN"):
        name = "consignor" if role == "CZ" else "consignee"
        if name not in content:
            content[name] = _party(taking, group)
    elif role == "NI":
        if party := _party(taking, group):
            content["notify_parties"].append(party)
    elif role in ROLES_BACK and (party := _party(taking, group)):
        content["other_parties"].append({"role": ROLES_BACK[role], "party": party})


def _party(taking: Taking, group: Group) -> dict[str, Any] | None:
    head = group.head
    party: dict[str, Any] = {"name": taking.lines(head, 3, 35, 5)}
    address = {
        "street": taking.lines(head, 4, 35),
        "city": taking.value(head, 5),
        "postcode": taking.value(head, 7),
        "country": taking.value(head, 8),
    }
    if any(address.values()):
        party["address"] = address
    contact: dict[str, Any] = {}
    for below in group.all("CTA"):
        if contact or below.head.value(0) != "IC":
            continue
        contact["name"] = taking.value(below.head, 1, 1)
        for channel in below.all("COM"):
            name = {"TE": "phone", "EM": "email"}.get(channel.head.value(0, 1))
            if name and name not in contact:
                contact[name] = taking.value(channel.head, 0)
                taking.value(channel.head, 0, 1)
        if any(contact.values()):
            taking.value(below.head, 0)
    if any(contact.values()):
        party["contact"] = contact
    if not any(party.values()):
        return None
    taking.value(head, 0)
    return party


def _goods(taking: Taking, group: Group) -> dict[str, Any] | None:
    head = group.head
    number = taking.count(head, 0)
    if not number:
        return None
    item: dict[str, Any] = {"number": number, "packages": [], "stowage": [], "dangerous_goods": []}
    for at in range(1, len(head.elements)):
        if head.value(at, 1).strip():
            item["packages"].append(
                {"count": taking.count(head, at, 0), "kind": taking.value(head, at, 1)}
            )
    for below in group.all("LOC"):
        if below.head.value(0) == "27" and "origin_country" not in item:
            item["origin_country"] = taking.value(below.head, 1)
            taking.value(below.head, 0)
    for below in group.all("MOA"):
        money = below.head
        if money.value(0) == "38" and money.value(0, 2).strip() and "value" not in item:
            amount = taking.number(money, 0, 1)
            if amount is not None:
                item["value"] = {"value": amount, "currency": taking.value(money, 0, 2)}
                taking.value(money, 0)
    for below in group.all("PIA"):
        code = below.head
        if code.value(0) == "5" and code.value(1, 1) == "HS" and "hs_code" not in item:
            item["hs_code"] = taking.value(code, 1)
            taking.value(code, 1, 1)
            taking.value(code, 0)
    descriptions = list(taking.texts(group.all("FTX"), "AAA"))
    if descriptions:
        item["description"] = " ".join(descriptions)
    units.take_masses(taking, group, item, {"G": "gross_mass_kg", "N": "net_mass_kg"})
    units.take_masses(taking, group, item, {"AAW": "volume_m3"}, "MTQ")
    _take_marks(taking, group, item)
    for below in group.all("SGP"):
        if below.head.value(0).strip():
            place: dict[str, Any] = {
                "equipment_number": taking.value(below.head, 0),
                "packages": taking.count(below.head, 1),
            }
            units.take_masses(taking, below, place, {"G": "gross_mass_kg"})
            item["stowage"].append(place)
    for below in group.all("DGS"):
        if substance := _substance(taking, below):
            item["dangerous_goods"].append(substance)
    return item


def _take_marks(taking: Taking, group: Group, item: dict[str, Any]) -> None:
    """Marks of the first kind of packages stand in the first PCI, and so on."""
    for package, below in zip(item["packages"], group.all("PCI"), strict=False):
        taking.expect(below.head, 0, 0, "24")
        package["marks"] = taking.lines(below.head, 1, 35)


def _substance(taking: Taking, group: Group) -> dict[str, Any] | None:
    substance = units.take_dangerous(taking, group, ("IMD", "RID", "ADR"))
    if substance is None:
        return None
    for qualifier, name in (("AAD", "proper_shipping_name"), ("AAC", "technical_name")):
        texts = list(taking.texts(group.all("FTX"), qualifier))
        if texts:
            substance[name] = " ".join(texts)
    for below in group.all("CTA"):
        for channel in below.all("COM"):
            emergency = below.head.value(0) == "HE" and channel.head.value(0, 1) == "TE"
            if emergency and "emergency_contact" not in substance:
                substance["emergency_contact"] = taking.value(channel.head, 0)
                taking.value(channel.head, 0, 1)
                taking.value(below.head, 0)
    units.take_masses(taking, group, substance, {"N": "net_mass_kg"})
    return substance


def _wagon(taking: Taking, group: Group) -> dict[str, Any]:
    head = group.head
    taking.value(head, 0)
    taking.expect(head, 3, 0, "1", "2")
    wagon: dict[str, Any] = {
        "number": taking.value(head, 1),
        "provided_by": "consignor" if head.value(3) == "1" else "carrier",
        "equipment_numbers": [],
    }
    units.take_masses(taking, group, wagon, {"T": "tare_kg"})
    for below in group.all("EQA"):
        if below.head.value(1).strip():
            taking.expect(below.head, 0, 0, "CN")
            wagon["equipment_numbers"].append(taking.value(below.head, 1))
    return wagon
