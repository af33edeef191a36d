"""The identifier subset of eFTI: by which vehicle or container an authority finds a consignment.

It is an index and no consignment: it knows legs without their places. :class:`Identifiers` holds
all it can say; as a document it is the request by which a platform saves it with its gate, whose
data set identifier is the consignment's reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kervan.cargo.consignment import Consignment
from kervan.documents.efti import codes
from kervan.documents.efti.common import (
    as_xml,
    consignment_of,
    crosses_the_union,
    named,
    refuse_invalid,
    valid_element,
)
from kervan.documents.efti.reading import content_reference, moment_of
from kervan.documents.efti.schema import EDELIVERY, IDENTIFIER, VERSION
from kervan.documents.efti.tree import Node, child, children, element_of, left_over, text
from kervan.documents.efti.writing import category, moment
from kervan.documents.format import DocumentError, Format, ReadDocument
from kervan.documents.safe_xml import parse_xml

if TYPE_CHECKING:
    from lxml import etree


@dataclass(frozen=True, slots=True)
class Leg:
    """One movement of the main carriage.

    Attributes
    ----------
    mode
        UN/ECE Recommendation 19 digit (eFTI581).
    is_dangerous
        Whether dangerous goods are on it (eFTI1451).
    means, means_country
        Number of the vehicle, train or vessel (eFTI618) and where it is registered (eFTI620).
    """

    mode: str | None = None
    is_dangerous: bool | None = None
    means: str | None = None
    means_country: str | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A container, trailer or wagon.

    Attributes
    ----------
    number, country
        Its number (eFTI374) and where it is registered (eFTI578).
    category
        UN/EDIFACT 8053 code (eFTI378).
    carried
        Numbers of the units it carries (eFTI448).
    """

    number: str | None = None
    country: str | None = None
    category: str | None = None
    carried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What the identifier subset says of a consignment.

    Attributes
    ----------
    legs, units
        In their order.
    accepted, delivered
        When the carrier took it over (eFTI39) and when it was delivered (eFTI188).
    """

    legs: tuple[Leg, ...] = ()
    units: tuple[Unit, ...] = ()
    accepted: datetime | None = None
    delivered: datetime | None = None


def identifiers_of(
    consignment: Consignment, *, accepted: datetime | None = None, delivered: datetime | None = None
) -> Identifiers:
    """Return the identifiers of a consignment.

    A vehicle or train whose country of registration is not said is left out, for the subset has no
    number without a country.

    Parameters
    ----------
    consignment
        The consignment.
    accepted, delivered
        When the carrier took it over and when it was delivered, which it does not say itself.

    Raises
    ------
    DocumentError
        If a container or wagon has no country of registration.
    """
    dangerous = any(item.dangerous_goods for item in consignment.goods_items)
    legs = []
    for movement in consignment.movements:
        means = movement.means
        is_named = (
            means is not None and means.identity is not None and means.nationality is not None
        )
        legs.append(
            Leg(
                codes.MODES[movement.mode],
                dangerous,
                means.identity if means is not None and is_named else None,
                means.nationality if means is not None and is_named else None,
            )
        )
    for name in ("equipment", "wagons"):
        for i, unit in enumerate(getattr(consignment, name)):
            if unit.registration_country is None:
                raise DocumentError(
                    f"$.{name}[{i}].registration_country: is missing; the identifier subset of "
                    "eFTI has no number without its country. Say where "
                    f"{unit.number} is registered."
                )
    units = [
        Unit(u.number, u.registration_country, category(u.number)) for u in consignment.equipment
    ]
    units += [
        Unit(w.number, w.registration_country, codes.RAIL_CAR, w.equipment_numbers)
        for w in consignment.wagons
    ]
    return Identifiers(tuple(legs), tuple(units), accepted, delivered)


def identifiers_element(
    identifiers: Identifiers, name: str = "consignment", paths: Sequence[str] = ()
) -> etree._Element:
    """Return identifiers as an element of the subset, valid against its schema.

    Parameters
    ----------
    identifiers
        What is written.
    name
        Of the element.
    paths
        JSON paths of the units, for what may be wrong with them.

    Raises
    ------
    DocumentError
        If a value does not fit, or one that is asked for is missing.
    """
    root = Node(name, IDENTIFIER, is_kept=True)
    moment(root, "carrierAcceptanceDateTime", identifiers.accepted, "accepted")
    moment(
        root.add("deliveryEvent"), "actualOccurrenceDateTime", identifiers.delivered, "delivered"
    )
    for i, leg in enumerate(identifiers.legs):
        path = f"$.movements[{i}]"
        node = root.add("mainCarriageTransportMovement", path)
        if leg.is_dangerous is not None:
            node.put("dangerousGoodsIndicator", "true" if leg.is_dangerous else "false", path)
        node.put("modeCode", leg.mode, f"{path}.mode")
        means = node.add("usedTransportMeans", f"{path}.means")
        means.put("id", leg.means, f"{path}.means.identity")
        country = means.add("registrationCountry", f"{path}.means.nationality")
        country.put("code", leg.means_country, f"{path}.means.nationality")
    for i, unit in enumerate(identifiers.units):
        path = paths[i] if i < len(paths) else f"units[{i}]"
        for number in (unit.number, *unit.carried):
            codes.refuse_look_alikes(number, path)
        node = root.add("usedTransportEquipment", path)
        for j, number in enumerate(unit.carried):
            carried = node.add("carriedTransportEquipment", path)
            carried.put("id", number, f"{path}.equipment_numbers[{j}]")
            carried.put("sequenceNumber", str(j + 1), path)
        node.put("categoryCode", unit.category, path)
        node.put("id", unit.number, f"{path}.number")
        country = node.add("registrationCountry", path)
        country.put("code", unit.country, f"{path}.registration_country")
        node.put("sequenceNumber", str(i + 1), path)
    return valid_element(root, "consignment-identifier.xsd")


def read_identifiers(element: etree._Element) -> Identifiers:
    """Return the identifiers an element says; those it does not are None."""
    legs = []
    for leg in children(element, "mainCarriageTransportMovement"):
        said = text(leg, "dangerousGoodsIndicator")
        means = child(leg, "usedTransportMeans")
        legs.append(
            Leg(
                text(leg, "modeCode"),
                None if said is None else said in ("true", "1"),
                text(means, "id"),
                text(means, "registrationCountry", "code"),
            )
        )
    units = [
        Unit(
            text(unit, "id"),
            text(unit, "registrationCountry", "code"),
            text(unit, "categoryCode"),
            tuple(
                number
                for carried in children(unit, "carriedTransportEquipment")
                if (number := text(carried, "id")) is not None
            ),
        )
        for unit in children(element, "usedTransportEquipment")
    ]
    return Identifiers(
        tuple(legs),
        tuple(units),
        moment_of(child(element, "carrierAcceptanceDateTime")),
        moment_of(child(element, "deliveryEvent", "actualOccurrenceDateTime")),
    )


def render(consignment: Consignment, *, request_id: str | None = None) -> bytes:
    """Return the request by which a platform saves the identifiers of a consignment with its gate.

    Parameters
    ----------
    consignment
        The consignment; its reference is the identifier of the data set.
    request_id
        Of the request; the reference unless given.

    Raises
    ------
    DocumentError
        If a value does not fit the schema, or a unit has no country of registration.
    """
    from lxml import etree

    reference = consignment.reference
    for path, value in (("$.reference", reference), ("request_id", request_id or reference)):
        if value != " ".join(value.split()):
            raise DocumentError(
                f"{path}: {value!r} has line breaks or several spaces in a row, which XML does not "
                "keep in an attribute; write it with single spaces."
            )
    paths = [f"$.equipment[{i}]" for i in range(len(consignment.equipment))]
    paths += [f"$.wagons[{i}]" for i in range(len(consignment.wagons))]
    element = identifiers_element(identifiers_of(consignment), paths=paths)
    root = etree.Element(f"{{{EDELIVERY}}}saveIdentifiersRequest", nsmap={"ed": EDELIVERY})
    try:
        root.set("datasetId", reference)
        root.set("requestId", request_id or reference)
    except ValueError:
        raise DocumentError(
            f"$.reference: {reference!r} holds a character that XML cannot hold; take it out."
        ) from None
    root.append(element)
    return as_xml(root)


def read(data: bytes) -> ReadDocument:
    """Read identifiers, alone or in the request that saves them.

    What they say of legs comes back as left over, for a consignment has no leg without its places.

    Raises
    ------
    DocumentError
        If the file is none, or not valid against the schema.
    """
    root = parse_xml(data)
    if root.tag == f"{{{EDELIVERY}}}saveIdentifiersRequest":
        refuse_invalid(root, "edelivery/gate.xsd")
        inside, below = child(root, "consignment"), "/saveIdentifiersRequest"
        reference = " ".join((root.get("datasetId") or "").split())
    elif root.tag == f"{{{IDENTIFIER}}}consignment":
        refuse_invalid(root, "consignment-identifier.xsd")
        inside, below, reference = root, "", ""
    else:
        raise DocumentError(
            f"The root element is {named(root)}; the identifier subset of eFTI begins with "
            f"<consignment> of {IDENTIFIER} or <saveIdentifiersRequest> of {EDELIVERY}. An answer "
            "to an identifier query holds many of them: read it as such."
        )
    assert inside is not None  # the schema asks for it
    found = read_identifiers(inside)
    wagons = [u for u in found.units if u.category == codes.RAIL_CAR and u.number]
    others = [u for u in found.units if u.category != codes.RAIL_CAR and u.number]
    consignment = consignment_of(
        {
            "reference": reference or content_reference(root),
            "equipment": [{"number": u.number, "registration_country": u.country} for u in others],
            "wagons": [
                {
                    "number": u.number,
                    "registration_country": u.country,
                    "equipment_numbers": u.carried,
                }
                for u in wagons
            ],
        }
    )
    again = Identifiers(
        units=tuple(Unit(u.number, u.country, category(u.number or "")) for u in others)
        + tuple(wagons)
    )
    written = identifiers_element(again)
    if below:
        outer = element_of(Node("saveIdentifiersRequest", EDELIVERY, is_kept=True), {})
        outer.set("datasetId", reference)
        outer.append(written)
        written, below = outer, ""
    return ReadDocument(FORMAT.kind, VERSION, consignment, left_over(root, written, below=below))


def _recognises(head: bytes) -> bool:
    return IDENTIFIER.encode() in head


FORMAT = Format(
    kind="efti-identifiers",
    title="eFTI identifiers, as saved with a gate",
    suffix=".xml",
    standard=(
        f"Regulation (EU) 2020/1056, identifier subset, schemas {VERSION} of the EFTI4EU reference "
        "implementation"
    ),
    carries=frozenset(
        {
            "reference",
            "equipment.number",
            "equipment.registration_country",
            "wagons.number",
            "wagons.registration_country",
            "wagons.equipment_numbers",
        }
    ),
    render=render,
    read=read,
    recognises=_recognises,
    wanted=crosses_the_union,
    takes=frozenset({"request_id"}),
)
