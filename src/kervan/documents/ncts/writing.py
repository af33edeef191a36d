"""A consignment written as the body of a declaration, in the order of the schema.

The text is built directly: a message has some hundreds of elements, and a tree built of them would
cost more than all the rest. Every message that is written is parsed again and held against its
schema before it is given out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

from kervan.cargo.consignment import Consignment
from kervan.cargo.parties import Party
from kervan.cargo.procedures import Guarantee, LocationOfGoods, Procedure
from kervan.cargo.seals import seals_now
from kervan.cargo.transport import Means, Movement, Place
from kervan.documents.format import DocumentError
from kervan.documents.ncts.part import (
    NO_MARKS,
    ROLES,
    Role,
    authorisations_of,
    cn_code,
    country_of,
    documents_of,
    has_consignor,
    is_container,
    is_simplified,
)
from kervan.documents.ncts.schema import NAMESPACE, PHASE

UN_LOCODE_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands at the head of every message.

    Attributes
    ----------
    sender, recipient
        As agreed with the authority; ``NTA.`` and its country is the usual recipient.
    prepared
        When, with an offset; written in UTC, to the second.
    identification
        Unique with the sender, at most 35 characters.
    correlation
        Identification of the message this one answers.
    """

    sender: str
    recipient: str
    prepared: datetime
    identification: str
    correlation: str | None = None


def head(kind: str, envelope: Envelope) -> str:
    """Return the root's beginning and the elements that every message begins with."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><ncts:{kind} xmlns:ncts="{NAMESPACE}" '
        f'PhaseID="{PHASE}">'
        f"{element('messageSender', envelope.sender)}"
        f"{element('messageRecipient', envelope.recipient)}"
        f"<preparationDateAndTime>{moment(envelope.prepared)}</preparationDateAndTime>"
        f"{element('messageIdentification', envelope.identification)}"
        f"<messageType>{kind}</messageType>"
        f"{element('correlationIdentifier', envelope.correlation)}"
    )


def tail(kind: str) -> str:
    """Return the root's end."""
    return f"</ncts:{kind}>"


def element(tag: str, value: str | None) -> str:
    """Return an element with a value, or nothing without one."""
    if value is None:
        return ""
    # Most values have nothing to escape, and asking is faster than replacing.
    if "&" in value or "<" in value or ">" in value:
        value = escape(value)
    return f"<{tag}>{value}</{tag}>"


def flag(tag: str, value: bool) -> str:
    """Return an element that says yes or no."""
    return f"<{tag}>{'1' if value else '0'}</{tag}>"


def number(tag: str, value: Decimal | None) -> str:
    """Return an element with a decimal, none of its digits changed."""
    return "" if value is None else f"<{tag}>{value:f}</{tag}>"


def moment(value: datetime) -> str:
    """Return a moment as NCTS writes it: in UTC, without saying so.

    NCTS keeps UTC (HMRC, CTC Traders known issues). Fractions of a second have no place.
    """
    if value.microsecond:
        raise DocumentError(
            f"NCTS takes moments to the second; {value.isoformat()} has a fraction. Leave it out."
        )
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def day(tag: str, value: date | None) -> str:
    """Return an element with a date."""
    return "" if value is None else f"<{tag}>{value.isoformat()}</{tag}>"


def office(tag: str, reference: str | None) -> str:
    """Return the element of a customs office."""
    return "" if reference is None else f"<{tag}>{element('referenceNumber', reference)}</{tag}>"


def party(tag: str, who: Party | None, *, contact: bool = True) -> str:
    """Return the element of a party, or nothing without one."""
    if who is None:
        return ""
    return (
        f"<{tag}>{element('identificationNumber', who.identifier('EORI'))}"
        f"{element('name', who.name)}{_address(who)}"
        f"{_contact(who) if contact else ''}</{tag}>"
    )


def types(procedure: Procedure) -> str:
    """Return the types of the declaration."""
    return element("declarationType", procedure.declaration_type) + element(
        "additionalDeclarationType", procedure.additional_declaration_type
    )


def conditions(procedure: Procedure, *, limit: bool = True, amends: str = "") -> str:
    """Return security, data set, itinerary, what is amended, and limit date of the procedure."""
    return (
        element("security", procedure.security)
        + flag("reducedDatasetIndicator", procedure.reduced_dataset)
        + flag("bindingItinerary", procedure.binding_itinerary)
        + amends
        + day("limitDate", procedure.limit_date if limit and is_simplified(procedure) else None)
    )


def offices_and_parties(procedure: Procedure) -> str:
    """Return authorisations, offices, holder and representative."""
    out = []
    for n, (code, reference) in enumerate(authorisations_of(procedure), 1):
        out.append(
            f"<Authorisation><sequenceNumber>{n}</sequenceNumber><type>{code}</type>"
            f"{element('referenceNumber', reference)}</Authorisation>"
        )
    start, end = procedure.office_of_departure, procedure.office_of_destination
    out.append(office("CustomsOfficeOfDeparture", start.reference if start else None))
    out.append(office("CustomsOfficeOfDestinationDeclared", end.reference if end else None))
    for n, through in enumerate(procedure.offices_of_transit, 1):
        arrives = through.arrives
        out.append(
            f"<CustomsOfficeOfTransitDeclared><sequenceNumber>{n}</sequenceNumber>"
            f"{element('referenceNumber', through.reference)}"
            + element("arrivalDateAndTimeEstimated", None if arrives is None else moment(arrives))
            + "</CustomsOfficeOfTransitDeclared>"
        )
    out.append(party("HolderOfTheTransitProcedure", procedure.holder))
    agent = procedure.representative
    if agent is not None:
        out.append(
            f"<Representative>{element('identificationNumber', agent.identifier('EORI'))}"
            f"<status>2</status>{_contact(agent)}</Representative>"
        )
    return "".join(out)


def guarantee_groups(guarantees: Sequence[Guarantee]) -> list[list[Guarantee]]:
    """Return guarantees that stand as references under one type: neighbours of the same kind."""
    groups: list[list[Guarantee]] = []
    for guarantee in guarantees:
        last = groups[-1] if groups else None
        joins = (
            last is not None
            and last[0].kind == guarantee.kind
            and guarantee.other_reference is None
            and _is_referenced(guarantee)
            and _is_referenced(last[0])
        )
        if joins and last is not None:
            last.append(guarantee)
        else:
            groups.append([guarantee])
    return groups


def guarantees(procedure: Procedure) -> str:
    """Return the guarantees."""
    out = []
    for n, group in enumerate(guarantee_groups(procedure.guarantees), 1):
        out.append(
            f"<Guarantee><sequenceNumber>{n}</sequenceNumber>"
            f"{element('guaranteeType', group[0].kind)}"
            f"{element('otherGuaranteeReference', group[0].other_reference)}"
        )
        for m, guarantee in enumerate(filter(_is_referenced, group), 1):
            out.append(
                f"<GuaranteeReference><sequenceNumber>{m}</sequenceNumber>"
                f"{element('GRN', guarantee.reference)}"
                f"{element('accessCode', guarantee.access_code)}"
                f"{number('amountToBeCovered', guarantee.amount)}"
                f"{element('currency', guarantee.currency)}</GuaranteeReference>"
            )
        out.append("</Guarantee>")
    return "".join(out)


def _is_referenced(guarantee: Guarantee) -> bool:
    return (guarantee.reference, guarantee.access_code, guarantee.amount, guarantee.currency) != (
        None,
        None,
        None,
        None,
    )


def goods(consignment: Consignment, procedure: Procedure, version: str, kind: str) -> str:
    """Return the element Consignment."""
    secure = procedure.security != "0"
    units = [u for u in consignment.equipment if is_container(u)]
    mass = sum((i.gross_mass_kg or Decimal(0) for i in consignment.goods_items), Decimal(0))
    papers, papers_of = _documents_by_item(consignment)
    stowed = _items_by_unit(consignment)
    seals_of = seals_now(consignment)
    unloading = consignment.delivery if secure else None
    out = [
        "<Consignment>",
        element("countryOfDispatch", _country(consignment.acceptance)),
        element("countryOfDestination", _country(consignment.delivery)),
        flag("containerIndicator", bool(units)),
        element("modeOfTransportAtTheBorder", procedure.border_mode),
        number("grossMass", mass),
        element("referenceNumberUCR", consignment.reference),
        party("Consignor", consignment.consignor if has_consignor(procedure) else None),
        party("Consignee", consignment.consignee, contact=False),
    ]
    for n, unit in enumerate(units, 1):
        seals = seals_of[unit.number]
        out.append(
            f"<TransportEquipment><sequenceNumber>{n}</sequenceNumber>"
            f"{element('containerIdentificationNumber', unit.number)}"
            f"<numberOfSeals>{len(seals)}</numberOfSeals>"
        )
        out += [
            f"<Seal><sequenceNumber>{m}</sequenceNumber>{element('identifier', seal)}</Seal>"
            for m, seal in enumerate(seals, 1)
        ]
        out += [
            f"<GoodsReference><sequenceNumber>{m}</sequenceNumber>"
            f"<declarationGoodsItemNumber>{item}</declarationGoodsItemNumber></GoodsReference>"
            for m, item in enumerate(stowed.get(unit.number, ()), 1)
        ]
        out.append("</TransportEquipment>")
    out.append(location(procedure.location_of_goods))
    out.append(_departure_means(consignment, procedure, version, kind))
    out += [
        f"<CountryOfRoutingOfConsignment><sequenceNumber>{n}</sequenceNumber>"
        f"{element('country', country)}</CountryOfRoutingOfConsignment>"
        for n, country in enumerate(procedure.countries_of_routing, 1)
    ]
    out.append(_border_means(consignment, procedure))
    out.append(_place("PlaceOfLoading", consignment.acceptance))
    out.append(_place("PlaceOfUnloading", unloading))
    out.append(_documents(papers))
    out.append("<HouseConsignment><sequenceNumber>1</sequenceNumber>")
    out.append(number("grossMass", mass))
    country = country_of(procedure)
    for n, item in enumerate(consignment.goods_items, 1):
        code = cn_code(item, country)
        net = None if procedure.reduced_dataset else item.net_mass_kg
        out.append(
            f"<ConsignmentItem><goodsItemNumber>{n}</goodsItemNumber>"
            f"<declarationGoodsItemNumber>{item.number}</declarationGoodsItemNumber><Commodity>"
            f"{element('descriptionOfGoods', item.description)}{element('cusCode', item.cus_code)}"
        )
        if item.hs_code is not None:
            out.append(
                "<CommodityCode>"
                f"{element('harmonizedSystemSubHeadingCode', item.hs_code)}"
                f"{element('combinedNomenclatureCode', code and code[6:])}</CommodityCode>"
            )
        out += [
            f"<DangerousGoods><sequenceNumber>{m}</sequenceNumber>"
            f"{element('UNNumber', substance.un_number)}</DangerousGoods>"
            for m, substance in enumerate(item.dangerous_goods, 1)
        ]
        units_of = None if kind == "CC029C" else item.supplementary_quantity
        if (item.gross_mass_kg, net, units_of) != (None, None, None):
            out.append(
                f"<GoodsMeasure>{number('grossMass', item.gross_mass_kg)}{number('netMass', net)}"
                f"{number('supplementaryUnits', units_of)}</GoodsMeasure>"
            )
        out.append("</Commodity>")
        for m, packages in enumerate(item.packages, 1):
            count = packages.count
            out.append(
                f"<Packaging><sequenceNumber>{m}</sequenceNumber>"
                f"{element('typeOfPackages', packages.kind)}"
                f"{element('numberOfPackages', None if count is None else str(count))}"
                f"{element('shippingMarks', packages.marks or NO_MARKS)}</Packaging>"
            )
        out.append(_documents(papers_of.get(item.number, ())))
        out.append("</ConsignmentItem>")
    out.append("</HouseConsignment></Consignment>")
    return "".join(out)


_Paper = tuple[Role, str, str]


def _documents_by_item(
    consignment: Consignment,
) -> tuple[list[_Paper], dict[int, list[_Paper]]]:
    """Return the documents of the whole, and those of each item."""
    whole: list[_Paper] = []
    of_item: dict[int, list[_Paper]] = {}
    for role, kind, reference, items in documents_of(consignment):
        if not items:
            whole.append((role, kind, reference))
        for item in items:
            of_item.setdefault(item, []).append((role, kind, reference))
    return whole, of_item


def _items_by_unit(consignment: Consignment) -> dict[str, list[int]]:
    """Return the numbers of the items in each unit, each once."""
    found: dict[str, list[int]] = {}
    for item in consignment.goods_items:
        for number in {s.equipment_number for s in item.stowage}:
            found.setdefault(number, []).append(item.number)
    return found


def _documents(here: Sequence[_Paper]) -> str:
    if not here:
        return ""
    out = []
    for role, tag in ROLES:
        of_role = [d for d in here if d[0] == role]
        out += [
            f"<{tag}><sequenceNumber>{n}</sequenceNumber>{element('type', document_type(kind))}"
            f"{element('referenceNumber', reference)}</{tag}>"
            for n, (_, kind, reference) in enumerate(of_role, 1)
        ]
    return "".join(out)


def document_type(kind: str) -> str:
    """Return the Union's code of a kind of document: ``N380`` of ``380``."""
    return f"N{kind}" if len(kind) == 3 else kind


def document_kind(code: str) -> str:
    """Return the kind of document of the Union's code."""
    return code[1:] if len(code) == 4 and code[0] == "N" else code


def _address(who: Party) -> str:
    where = who.address
    if where is None:
        return ""
    return (
        f"<Address>{element('streetAndNumber', where.street)}{element('postcode', where.postcode)}"
        f"{element('city', where.city)}{element('country', where.country)}</Address>"
    )


def _contact(who: Party) -> str:
    asked = who.contact
    if asked is None:
        return ""
    return (
        f"<ContactPerson>{element('name', asked.name or who.name)}"
        f"{element('phoneNumber', asked.phone)}{element('eMailAddress', asked.email)}"
        "</ContactPerson>"
    )


def is_un_locode(place_id: str) -> bool:
    """Return whether a place's code has the form of a UN/LOCODE."""
    return len(place_id) == UN_LOCODE_LENGTH and place_id.isalnum()


def _country(place: Place | None) -> str | None:
    return None if place is None else place.place_id[:2]


def _place(tag: str, place: Place | None) -> str:
    if place is None:
        return ""
    if is_un_locode(place.place_id):
        return f"<{tag}>{element('UNLocode', place.place_id)}</{tag}>"
    return (
        f"<{tag}>{element('country', _country(place))}{element('location', place.place_id)}</{tag}>"
    )


def location(where: LocationOfGoods | None) -> str:
    """Return the element LocationOfGoods, or nothing without one."""
    if where is None:
        return ""
    identity = {
        "U": lambda: element("UNLocode", where.identity),
        "V": lambda: office("CustomsOffice", where.identity),
        "X": lambda: (
            f"<EconomicOperator>{element('identificationNumber', where.identity)}"
            "</EconomicOperator>"
        ),
        "Y": lambda: element("authorisationNumber", where.identity),
    }.get(where.qualifier)
    return (
        f"<LocationOfGoods>{element('typeOfLocation', where.kind)}"
        f"{element('qualifierOfIdentification', where.qualifier)}"
        f"{identity() if identity else ''}</LocationOfGoods>"
    )


def means_identity(movement: Movement) -> tuple[str, str] | None:
    """Return type of identification (CL750) and identification of the means of a movement."""
    means = movement.means or Means()
    if movement.mode in ("sea", "ferry", "inland_waterway"):
        by_number, by_name = ("80", "81") if movement.mode == "inland_waterway" else ("10", "11")
        if means.identity:
            return by_number, means.identity.upper()
        return (by_name, means.name) if means.name else None
    if not means.identity:
        return None
    return ("21" if movement.mode == "rail" else "30"), means.identity.upper()


def departure_movement(consignment: Consignment, procedure: Procedure) -> Movement | None:
    """Return the first movement that begins or ends in the country of the office of departure."""
    country = country_of(procedure)
    return next(
        (
            m
            for m in consignment.movements
            if country in (m.origin.place_id[:2], m.destination.place_id[:2])
        ),
        None,
    )


def border_movement(consignment: Consignment, procedure: Procedure) -> Movement | None:
    """Return the first movement that leaves the country of the office of departure."""
    country = country_of(procedure)
    return next(
        (
            m
            for m in consignment.movements
            if m.origin.place_id[:2] == country != m.destination.place_id[:2]
        ),
        None,
    )


def has_border_means(procedure: Procedure) -> bool:
    """Return whether the active means at the border is asked for (C0806)."""
    return (
        procedure.security != "0"
        and procedure.additional_declaration_type == "A"
        and procedure.border_mode != "5"
    )


def _departure_means(
    consignment: Consignment, procedure: Procedure, version: str, kind: str
) -> str:
    movement = departure_movement(consignment, procedure)
    identity = means_identity(movement) if movement else None
    nationality = movement.means.nationality if movement and movement.means else None
    # 60.4 and releases take the three together or none of them; the group is not asked for.
    in_part = version == "51.8" and kind != "CC029C"
    if identity is None or (nationality is None and not in_part):
        return ""
    return (
        "<DepartureTransportMeans><sequenceNumber>1</sequenceNumber>"
        f"<typeOfIdentification>{identity[0]}</typeOfIdentification>"
        f"{element('identificationNumber', identity[1])}{element('nationality', nationality)}"
        "</DepartureTransportMeans>"
    )


def _border_means(consignment: Consignment, procedure: Procedure) -> str:
    if not has_border_means(procedure):
        return ""
    movement = border_movement(consignment, procedure)
    identity = means_identity(movement) if movement else None
    if movement is None or movement.means is None or identity is None:
        return ""
    crossed = (*procedure.offices_of_transit, procedure.office_of_destination)[0]
    reference = crossed.reference if crossed else None
    return (
        "<ActiveBorderTransportMeans><sequenceNumber>1</sequenceNumber>"
        + element("customsOfficeAtBorderReferenceNumber", reference)
        + f"<typeOfIdentification>{identity[0]}</typeOfIdentification>"
        f"{element('identificationNumber', identity[1])}"
        f"{element('nationality', movement.means.nationality)}</ActiveBorderTransportMeans>"
    )
