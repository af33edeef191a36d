"""A consignment as the elements of the eFTI common data set."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from kervan.cargo.consignment import Consignment
from kervan.cargo.goods import DangerousGoods, GoodsItem, Packages
from kervan.cargo.parties import Party
from kervan.cargo.procedures import Document
from kervan.cargo.transport import Movement, Place, TransportEquipment, Wagon, has_container_form
from kervan.documents.efti import codes
from kervan.documents.efti.codes import code
from kervan.documents.efti.schema import COMMON
from kervan.documents.efti.tree import Node
from kervan.documents.format import DocumentError

UNSPECIFIED = "unspecified"
"""Scheme of an identifier whose register is not said."""
LONGEST_ID = 17
"""Characters of a party's own number in eFTI."""


def consignment_node(consignment: Consignment) -> Node:
    """Return the root element of a consignment.

    Raises
    ------
    DocumentError
        If something of it has no code, or cannot be told from its place.
    """
    root = Node("consignment", COMMON, is_kept=True)
    _documents(root, consignment)
    _parties(root, consignment)
    place(root, "carrierAcceptanceLocation", consignment.acceptance, "$.acceptance")
    place(root, "consigneeReceiptLocation", consignment.delivery, "$.delivery")
    dangerous = any(item.dangerous_goods for item in consignment.goods_items)
    for i, movement in enumerate(consignment.movements):
        _movement(root, movement, f"$.movements[{i}]", dangerous)
    position = 0
    for i, unit in enumerate(consignment.equipment):
        position += 1
        _equipment(root, unit, f"$.equipment[{i}]", position)
    for i, wagon in enumerate(consignment.wagons):
        position += 1
        _wagon(root, wagon, f"$.wagons[{i}]", position)
    _goods(root, consignment.goods_items)
    for i, remark in enumerate(consignment.remarks):
        root.put("information", remark.text, f"$.remarks[{i}].text")
    path = "$.payment_method"
    payment = code(codes.PAYMENTS, consignment.payment_method, path, "UN/EDIFACT 4237")
    root.put("paymentArrangementCode", payment, path)
    return root


def category(number: str) -> str:
    """Return the code of the kind of unit: a container where its number is of ISO 6346's form."""
    return codes.CONTAINER if has_container_form(number) else codes.TRAILER


def place(node: Node, name: str, found: Place | None, path: str) -> None:
    """Add a location: its code, its name and its country."""
    if found is None:
        return
    location = node.add(name, path)
    location.put("id", found.place_id, f"{path}.place_id")
    location.put("name", found.name, f"{path}.name")
    location.add("postalAddress").put("countryCode", found.country, f"{path}.country")


def moment(node: Node, name: str, value: datetime | None, path: str) -> None:
    """Add a moment with its offset: form 205 of UN/EDIFACT 2379, CCYYMMDDHHMMZHHMM.

    Raises
    ------
    DocumentError
        If it has seconds, which the form does not.
    """
    if value is None:
        return
    offset = value.utcoffset()
    assert offset is not None  # a Moment has one
    minutes, rest = divmod(int(offset.total_seconds()), 60)
    if value.second or value.microsecond or rest:
        raise DocumentError(
            f"{path}: {value.isoformat()} has seconds; eFTI gives times to the minute. Round it."
        )
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    day = f"{value.year:04d}{value:%m%d%H%M}"
    node.put(name, f"{day}{sign}{minutes // 60:02d}{minutes % 60:02d}", path, formatId="205")


def _day(node: Node, name: str, value: date | None, path: str) -> None:
    if value is not None:
        node.put(name, f"{value.year:04d}{value:%m%d}", path, formatId="102")


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _documents(root: Node, consignment: Consignment) -> None:
    reference = root.add("associatedDocument", "$.reference")
    reference.put("id", consignment.reference, "$.reference")
    reference.put("referenceTypeCode", codes.UCR, "$.reference")
    for i, document in enumerate(consignment.documents):
        _document(root, document, f"$.documents[{i}]")
    note = root.add("transportContractDocument")
    _day(note, "formattedIssueDateTime", consignment.issued_on, "$.issued_on")
    place(note, "issueLocation", consignment.issued_at, "$.issued_at")
    first = next((d for d in consignment.documents if d.role == "transport"), None)
    if first is not None:
        path = f"$.documents[{consignment.documents.index(first)}]"
        note.put("id", first.number, f"{path}.number")
        note.put_token("typeCode", first.kind, f"{path}.kind")


def _document(root: Node, document: Document, path: str) -> None:
    node = root.add("associatedDocument", path)
    node.put("id", document.number, f"{path}.number")
    node.put_token("typeCode", document.kind, f"{path}.kind")
    node.put("referenceTypeCode", codes.REFERENCES.get(document.role), f"{path}.role")
    _day(node, "formattedIssueDateTime", document.issued, f"{path}.issued")
    node.add("issuer").put("name", document.issuer, f"{path}.issuer")


def _parties(root: Node, consignment: Consignment) -> None:
    for name, party in (("consignor", consignment.consignor), ("consignee", consignment.consignee)):
        if party is not None:
            _party(root.add(name), party, f"$.{name}")
    for i, party in enumerate(consignment.notify_parties):
        _role(root, "associatedParty", party, f"$.notify_parties[{i}]", codes.NOTIFY)
    for i, other in enumerate(consignment.other_parties):
        path = f"$.other_parties[{i}]"
        role = code(codes.ROLES, other.role, f"{path}.role", "UN/EDIFACT 3035")
        # eFTI has an element for one forwarder; the order of the parties is kept by giving it to a
        # forwarder that is first.
        name = "freightForwarder" if i == 0 and other.role == "forwarder" else "associatedParty"
        _role(root, name, other.party, f"{path}.party", role)
    for i, carrier in enumerate(consignment.carriers):
        path = f"$.carriers[{i}]"
        node = root.add("carrier" if i == 0 else "connectingCarrier", path)
        node.put("id", carrier.carrier_id, f"{path}.carrier_id")
        if carrier.party is not None:
            _party(node, carrier.party, f"{path}.party", has_id=True)


def _role(root: Node, name: str, party: Party, path: str, role: str | None) -> None:
    node = Node(name, root.namespace, path=path)
    _party(node, party, path)
    if node.is_empty():
        return
    node.put("roleCode", role, path)
    root.children.append(node)


def _party(node: Node, party: Party, path: str, *, has_id: bool = False) -> None:
    """Fill a party. Its first identifier is its number, the others are its registrations."""
    node.put("name", party.name, f"{path}.name")
    for i, identifier in enumerate(party.identifiers):
        at = f"{path}.identifiers[{i}]"
        scheme = None if identifier.scheme == UNSPECIFIED else identifier.scheme
        if scheme is not None and scheme != " ".join(scheme.split()):
            raise DocumentError(
                f"{at}.scheme: {scheme!r} has line breaks or several spaces in a row, which eFTI "
                "drops; write it with single spaces."
            )
        if i == 0 and not has_id and len(identifier.value) <= LONGEST_ID:
            node.put("id", identifier.value, f"{at}.value", schemeAgencyId=scheme)
        else:
            registration = node.add("taxRegistration", at)
            registration.put("id", identifier.value, f"{at}.value", schemeAgencyId=scheme)
    if party.address is not None:
        address, at = party.address, f"{path}.address"
        found = node.add("postalAddress", at)
        found.put_lines("streetName", address.street, f"{at}.street", 35)
        found.put("cityName", address.city, f"{at}.city")
        found.put_token("postcode", address.postcode, f"{at}.postcode")
        found.put("countrySubDivisionName", address.region, f"{at}.region")
        found.put("countryCode", address.country, f"{at}.country")
    if party.contact is not None:
        contact, at = party.contact, f"{path}.contact"
        found = node.add("definedContactDetails", at)
        found.put("personName", contact.name, f"{at}.name")
        found.add("telephone").put("completeNumber", contact.phone, f"{at}.phone")
        found.add("emailAddress").put("uRI", contact.email, f"{at}.email")


def _movement(root: Node, movement: Movement, path: str, dangerous: bool) -> None:
    node = root.add("mainCarriageTransportMovement", path)
    node.put("sequenceNumber", str(movement.number), f"{path}.number")
    node.put("modeCode", codes.MODES[movement.mode], f"{path}.mode")
    node.put("dangerousGoodsIndicator", "true" if dangerous else "false", "$.goods_items")
    place(node.add("loadingEvent"), "occurrenceLocation", movement.origin, f"{path}.origin")
    at = f"{path}.destination"
    place(node.add("unloadingEvent"), "occurrenceLocation", movement.destination, at)
    name = "scheduledOccurrenceDateTime"
    moment(node.add("departureEvent"), name, movement.departs, f"{path}.departs")
    moment(node.add("arrivalEvent"), name, movement.arrives, f"{path}.arrives")
    means = node.add("usedTransportMeans", f"{path}.means")
    if movement.mode == "ferry":
        means.put("typeCode", codes.FERRY, f"{path}.mode")
    if movement.means is not None:
        found, at = movement.means, f"{path}.means"
        node.put("id", found.voyage, f"{at}.voyage")
        means.put("id", found.identity, f"{at}.identity")
        means.put("name", found.name, f"{at}.name")
        country = means.add("registrationCountry")
        country.put("code", found.nationality, f"{at}.nationality")


def _equipment(root: Node, unit: TransportEquipment, path: str, position: int) -> None:
    codes.refuse_look_alikes(unit.number, f"{path}.number")
    node = root.add("usedTransportEquipment", path)
    node.put("id", unit.number, f"{path}.number")
    node.put("sequenceNumber", str(position), path)
    node.put("categoryCode", category(unit.number), f"{path}.number")
    node.put_token("sizeTypeCode", unit.size_type, f"{path}.size_type")
    node.put("fullEmptyCode", codes.EMPTY if unit.is_empty else codes.FULL, f"{path}.is_empty")
    node.add("ownerParty").put("name", unit.owner, f"{path}.owner")
    country = node.add("registrationCountry")
    country.put("code", unit.registration_country, f"{path}.registration_country")
    node.put("sealQuantity", str(len(unit.seals)), f"{path}.seals")
    for i, seal in enumerate(unit.seals):
        at = f"{path}.seals[{i}]"
        found = node.add("affixedSeal", at)
        found.put("id", seal.number, f"{at}.number")
        found.put("sealingPartyRoleCode", codes.SEALERS[seal.affixed_by], f"{at}.affixed_by")


def _wagon(root: Node, wagon: Wagon, path: str, position: int) -> None:
    node = root.add("usedTransportEquipment", path)
    node.put("id", wagon.number, f"{path}.number")
    node.put("sequenceNumber", str(position), path)
    node.put("categoryCode", codes.RAIL_CAR, path)
    node.add("ownerParty").put("name", wagon.keeper, f"{path}.keeper")
    country = node.add("registrationCountry")
    country.put("code", wagon.registration_country, f"{path}.registration_country")
    for i, number in enumerate(wagon.equipment_numbers):
        codes.refuse_look_alikes(number, f"{path}.equipment_numbers[{i}]")
        found = node.add("carriedTransportEquipment")
        found.put("id", number, f"{path}.equipment_numbers[{i}]")
        found.put("sequenceNumber", str(i + 1), f"{path}.equipment_numbers[{i}]")


def _goods(root: Node, items: tuple[GoodsItem, ...]) -> None:
    described = sum(item.description is not None for item in items)
    cargo = root.add("natureIdentificationCargo")
    packages = 0
    for i, item in enumerate(items):
        path = f"$.goods_items[{i}]"
        if item.number != i + 1:
            raise DocumentError(
                f"{path}.number: is {item.number}; eFTI knows goods items by their order alone, so "
                f"it must be {i + 1}. Number them from 1 in their order."
            )
        if item.description is None and described:
            raise DocumentError(
                f"{path}.description: is missing; eFTI lists descriptions in the order of the "
                "goods items, so either all have one or none. Describe it."
            )
        cargo.put("identificationText", item.description, f"{path}.description")
        _item(root.add("includedConsignmentItem", path, is_kept=True), item, path)
        for j, found in enumerate(item.packages):
            _packages(root, found, f"{path}.packages[{j}]", item.number)
        packages += item.package_count
    if packages:
        root.put("numberOfPackages", str(packages), "$.goods_items")
    masses = [item.gross_mass_kg for item in items if item.gross_mass_kg is not None]
    if items and len(masses) == len(items):
        total = sum(masses, Decimal())
        root.put("grossWeight", _number(total), "$.goods_items", unitId="KGM")


def _item(node: Node, item: GoodsItem, path: str) -> None:
    node.put("grossVolume", _number(item.volume_m3), f"{path}.volume_m3", unitId="MTQ")
    for i, stowage in enumerate(item.stowage):
        at = f"{path}.stowage[{i}].equipment_number"
        codes.refuse_look_alikes(stowage.equipment_number, at)
        node.add("associatedTransportEquipment").put("id", stowage.equipment_number, at)
    for i, substance in enumerate(item.dangerous_goods):
        at = f"{path}.dangerous_goods[{i}]"
        _dangerous(node.add("transportDangerousGoods", at), substance, at)


def _packages(root: Node, found: Packages, path: str, item: int) -> None:
    node = root.add("transportPackage", path)
    node.put_token("typeCode", found.kind, f"{path}.kind")
    count = None if found.count is None else str(found.count)
    node.put("itemQuantity", count, f"{path}.count")
    marks = node.add("shippingMarks")
    marks.put_lines("markingText", found.marks, f"{path}.marks", 70)
    # Packages stand beside the goods items in eFTI, not in them.
    node.put("information", f"Goods item {item}", path)


def _dangerous(node: Node, substance: DangerousGoods, path: str) -> None:
    node.put_token("uNDGID", substance.un_number, f"{path}.un_number")
    name = substance.proper_shipping_name
    node.put("properShippingName", name, f"{path}.proper_shipping_name")
    node.put("technicalName", substance.technical_name, f"{path}.technical_name")
    node.put("hazardClassificationID", substance.hazard_class, f"{path}.hazard_class")
    at = f"{path}.packing_group"
    level = code(codes.DANGER_LEVELS, substance.packing_group, at, "UN/EDIFACT 8339")
    node.put("packagingDangerLevelCode", level, at)
    node.put_token("tunnelRestrictionCode", substance.tunnel_code, f"{path}.tunnel_code")
    net = _number(substance.net_mass_kg)
    node.put("netWeight", net, f"{path}.net_mass_kg", unitId="KGM")
    at = f"{path}.net_explosive_mass_kg"
    explosive = _number(substance.net_explosive_mass_kg)
    node.put("explosiveCargoNetWeight", explosive, at, unitId="KGM")
