"""The elements of the eFTI common data set as a consignment.

What is read here is what :mod:`writing` writes. All else, and all that a consignment cannot hold,
is found by writing the consignment again and comparing: see
:func:`kervan.documents.efti.tree.left_over`.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kervan.documents.efti import codes
from kervan.documents.efti.codes import word
from kervan.documents.efti.tree import child, children, joined, leaves, text, token
from kervan.documents.efti.writing import UNSPECIFIED

if TYPE_CHECKING:
    from lxml import etree

_MOMENT = re.compile(r"(\d{12})([+-])(\d{2})(\d{2})")
_ITEM = re.compile(r"Goods item ([1-9]\d{0,3})")
_KG = {"KGM": Decimal(1), "TNE": Decimal(1000), "GRM": Decimal("0.001")}
_M3 = {"MTQ": Decimal(1), "LTR": Decimal("0.001")}

Fields = dict[str, Any]


def consignment_fields(root: etree._Element) -> Fields:
    """Return the fields of a consignment, those that are not said as None."""
    documents, reference = _documents(root)
    note = child(root, "transportContractDocument")
    return {
        "reference": reference or content_reference(root),
        "issued_on": _day(child(note, "formattedIssueDateTime")),
        "issued_at": _place(child(note, "issueLocation")),
        **_parties(root),
        "acceptance": _place(child(root, "carrierAcceptanceLocation")),
        "delivery": _place(child(root, "consigneeReceiptLocation")),
        "movements": _movements(root),
        **_equipment(root),
        "goods_items": _goods(root),
        "documents": documents,
        "remarks": [
            {"text": said} for e in children(root, "information") if (said := text(e)) is not None
        ],
        "payment_method": word(codes.PAYMENTS, text(root, "paymentArrangementCode")),
    }


def content_reference(root: etree._Element) -> str:
    """Return a reference made of what stands in a file that has none of its own.

    The same content always gives the same reference, whatever its layout.
    """
    said = "\n".join(f"{place}={value}" for place, _, value in leaves(root))
    return f"sha256:{hashlib.sha256(said.encode()).hexdigest()[:24]}"


def moment_of(element: etree._Element | None) -> datetime | None:
    """Return a moment that says its offset; None where it does not, or is none."""
    found = _MOMENT.fullmatch(text(element) or "")
    if found is None or element is None or element.get("formatId") != "205":
        return None
    offset = timedelta(hours=int(found[3]), minutes=int(found[4]))
    try:
        zone = timezone(-offset if found[2] == "-" else offset)
        return datetime.strptime(found[1], "%Y%m%d%H%M").replace(tzinfo=zone)
    except ValueError:
        return None


def _day(element: etree._Element | None) -> date | None:
    said = text(element) or ""
    if element is None or element.get("formatId") != "102" or not re.fullmatch(r"\d{8}", said):
        return None
    try:
        return date(int(said[:4]), int(said[4:6]), int(said[6:]))
    except ValueError:
        return None


def _measure(element: etree._Element | None, units: dict[str, Decimal]) -> Decimal | None:
    said = text(element)
    if element is None or said is None or element.get("unitId") not in units:
        return None
    unit = units[element.get("unitId", "")]
    # A figure in the unit of the consignment keeps its digits as written.
    value = Decimal(said) if unit == 1 else (Decimal(said) * unit).normalize()
    return round(value, 6) if value.as_tuple().exponent < -6 else value  # type: ignore[operator]


def _place(element: etree._Element | None) -> Fields | None:
    place_id = text(element, "id")
    if place_id is None:
        return None
    return {
        "place_id": place_id,
        "name": text(element, "name"),
        "country": text(element, "postalAddress", "countryCode"),
    }


def _documents(root: etree._Element) -> tuple[list[Fields], str | None]:
    """Return the documents and the consignment's reference among them."""
    found: list[Fields] = []
    reference = None
    for element in children(root, "associatedDocument"):
        number = text(element, "id")
        if number is None:
            continue
        role = text(element, "referenceTypeCode")
        if role == codes.UCR:
            reference = reference or number
            continue
        kind = token(element, "typeCode")
        if kind is not None and (role is None or role in codes.REFERENCES.values()):
            found.append(
                {
                    "kind": kind,
                    "role": word(codes.REFERENCES, role) or "supporting",
                    "number": number,
                    "issued": _day(child(element, "formattedIssueDateTime")),
                    "issuer": text(element, "issuer", "name"),
                }
            )
    note = child(root, "transportContractDocument")
    number, kind = text(note, "id"), token(note, "typeCode")
    is_named = any(document["role"] == "transport" for document in found)
    if number is not None and kind is not None and not is_named:
        found.insert(0, {"kind": kind, "role": "transport", "number": number})
    return found, reference


def _parties(root: etree._Element) -> Fields:
    notified, others = [], []
    forwarder = _party(child(root, "freightForwarder"))
    if forwarder is not None:
        others.append({"role": "forwarder", "party": forwarder})
    for element in children(root, "associatedParty"):
        role, party = text(element, "roleCode"), _party(element)
        if party is not None and role == codes.NOTIFY:
            notified.append(party)
        elif party is not None and (name := word(codes.ROLES, role)) is not None:
            others.append({"role": name, "party": party})
    carriers: list[Fields] = []
    for element in [*children(root, "carrier"), *children(root, "connectingCarrier")]:
        party = _party(element, has_id=True)
        carrier_id = text(element, "id")
        if carrier_id is not None or party is not None:
            carriers.append(
                {"carrier_id": carrier_id or f"carrier {len(carriers) + 1}", "party": party}
            )
    return {
        "consignor": _party(child(root, "consignor")),
        "consignee": _party(child(root, "consignee")),
        "notify_parties": notified,
        "other_parties": others,
        "carriers": carriers,
    }


def _party(element: etree._Element | None, *, has_id: bool = False) -> Fields | None:
    if element is None:
        return None
    numbers = [] if has_id else children(element, "id")
    numbers += [
        e
        for registration in children(element, "taxRegistration")
        for e in children(registration, "id")
    ]
    identifiers = [
        {"scheme": " ".join((e.get("schemeAgencyId") or "").split()) or UNSPECIFIED, "value": value}
        for e in numbers
        if (value := text(e)) is not None
    ]
    at = child(element, "postalAddress")
    address = {
        "street": joined([line.text or "" for line in children(at, "streetName")]),
        "city": text(at, "cityName"),
        "postcode": token(at, "postcode"),
        "region": text(at, "countrySubDivisionName"),
        "country": text(at, "countryCode"),
    }
    ask = child(element, "definedContactDetails")
    contact = {
        "name": text(ask, "personName"),
        "phone": text(ask, "telephone", "completeNumber"),
        "email": text(ask, "emailAddress", "uRI"),
    }
    found = {
        "name": text(element, "name"),
        "identifiers": identifiers,
        "address": address if any(address.values()) else None,
        "contact": contact if any(contact.values()) else None,
    }
    return found if any(found.values()) else None


def _movements(root: etree._Element) -> list[Fields]:
    found = []
    for i, element in enumerate(children(root, "mainCarriageTransportMovement"), 1):
        means = child(element, "usedTransportMeans")
        mode = codes.MODE_OF.get(text(element, "modeCode") or "")
        if mode == "sea" and text(means, "typeCode") == codes.FERRY:
            mode = "ferry"
        origin = _place(child(element, "loadingEvent", "occurrenceLocation"))
        destination = _place(child(element, "unloadingEvent", "occurrenceLocation"))
        if mode is None or origin is None or destination is None:
            continue
        how = {
            "identity": text(means, "id"),
            "name": text(means, "name"),
            "voyage": text(element, "id"),
            "nationality": text(means, "registrationCountry", "code"),
        }
        number = int(text(element, "sequenceNumber") or i)
        scheduled = "scheduledOccurrenceDateTime"
        found.append(
            {
                "number": number if 1 <= number <= 999 else i,
                "mode": mode,
                "means": how if any(how.values()) else None,
                "origin": origin,
                "destination": destination,
                "departs": moment_of(child(element, "departureEvent", scheduled)),
                "arrives": moment_of(child(element, "arrivalEvent", scheduled)),
            }
        )
    return found


def _equipment(root: etree._Element) -> Fields:
    units, wagons = [], []
    for element in children(root, "usedTransportEquipment"):
        number = text(element, "id")
        if number is None:
            continue
        shared = {
            "number": number,
            "registration_country": text(element, "registrationCountry", "code"),
        }
        owner = text(element, "ownerParty", "name")
        if text(element, "categoryCode") == codes.RAIL_CAR:
            carried = children(element, "carriedTransportEquipment")
            numbers = [n for e in carried if (n := text(e, "id")) is not None]
            wagons.append({**shared, "keeper": owner, "equipment_numbers": numbers})
            continue
        seals = [
            {
                "number": seal,
                "affixed_by": word(codes.SEALERS, text(e, "sealingPartyRoleCode")) or "other",
            }
            for e in children(element, "affixedSeal")
            if (seal := text(e, "id")) is not None
        ]
        units.append(
            {
                **shared,
                "size_type": token(element, "sizeTypeCode"),
                "is_empty": text(element, "fullEmptyCode") == codes.EMPTY,
                "owner": owner,
                "seals": seals,
            }
        )
    return {"equipment": units, "wagons": wagons}


def _goods(root: etree._Element) -> list[Fields]:
    elements = children(root, "includedConsignmentItem")
    cargo = child(root, "natureIdentificationCargo")
    texts = [said for e in children(cargo, "identificationText") if (said := text(e)) is not None]
    packages = children(root, "transportPackage")
    # A file that lists packages or descriptions alone has goods all the same.
    count = len(elements) or len(texts) or min(len(packages), 1)
    items: list[Fields] = [{"number": n, "packages": []} for n in range(1, count + 1)]
    for item, element in zip(items, elements, strict=False):
        item |= {
            "volume_m3": _measure(child(element, "grossVolume"), _M3),
            "stowage": [
                {"equipment_number": number}
                for e in children(element, "associatedTransportEquipment")
                if (number := text(e, "id")) is not None
            ],
            "dangerous_goods": [
                _dangerous(e)
                for e in children(element, "transportDangerousGoods")
                if text(e, "uNDGID") is not None
            ],
        }
    if len(texts) == count:
        for item, said in zip(items, texts, strict=True):
            item["description"] = said
    for element in packages:
        kind = token(element, "typeCode")
        of_item = _ITEM.fullmatch(text(element, "information") or "")
        position = int(of_item[1]) if of_item else count
        # Without a word on whose they are, packages belong to the only item or to none.
        if kind is None or position > count or (of_item is None and count > 1):
            continue
        quantity = text(element, "itemQuantity")
        marks = children(child(element, "shippingMarks"), "markingText")
        items[position - 1]["packages"].append(
            {
                "kind": kind,
                "count": None if quantity is None else int(quantity),
                "marks": joined([line.text or "" for line in marks]),
            }
        )
    return items


def _dangerous(element: etree._Element) -> Fields:
    return {
        "un_number": token(element, "uNDGID"),
        "proper_shipping_name": text(element, "properShippingName"),
        "technical_name": text(element, "technicalName"),
        "hazard_class": text(element, "hazardClassificationID"),
        "packing_group": word(codes.DANGER_LEVELS, text(element, "packagingDangerLevelCode")),
        "tunnel_code": token(element, "tunnelRestrictionCode"),
        "net_mass_kg": _measure(child(element, "netWeight"), _KG),
        "net_explosive_mass_kg": _measure(child(element, "explosiveCargoNetWeight"), _KG),
    }
