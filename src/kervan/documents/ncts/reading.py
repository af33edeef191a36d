"""An NCTS message read: its element of the consignment each, and all the rest left over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kervan.cargo.consignment import Consignment
from kervan.documents.format import DocumentError, LeftOver, ReadDocument
from kervan.documents.ncts.part import (
    AUTHORISATION_KINDS,
    NO_MARKS,
    ROLES,
    is_container,
    regime_of,
    territory_of,
)
from kervan.documents.ncts.schema import (
    NAMESPACE,
    RELEASES,
    TITLES,
    Fault,
    MessageSchema,
    message_schema,
    versions_at_hand,
)
from kervan.documents.ncts.writing import document_kind, is_un_locode
from kervan.documents.safe_xml import MOST_BYTES, parse_xml

if TYPE_CHECKING:
    from lxml import etree

DEEPEST = 32
LONGEST_NUMBER = 40
LONGEST_SHOWN = 60


def read_message(data: bytes) -> ReadDocument:
    """Read any NCTS message, in XML or in the JSON of HMRC's interface.

    Returns
    -------
    ReadDocument
        Of the kind ``ncts-`` and the message's name in small letters. What a consignment has no
        element for is left over, by its XPath.

    Raises
    ------
    DocumentError
        If it is no NCTS message, or not valid by the XSD of any version.
    """
    root, schema = parsed(data)
    return _Reader(root, schema).document()


def parsed(data: bytes) -> tuple[etree._Element, MessageSchema]:
    """Return the root of a valid message and the schema it is valid by, the latest that is.

    Raises
    ------
    DocumentError
        As :func:`read_message`.
    """
    if len(data) > MOST_BYTES:
        raise DocumentError(
            f"The message has {len(data) / 2**20:.0f} MB; up to {MOST_BYTES // 2**20} MB are read."
        )
    root = _from_json(data) if data.lstrip()[:1] == b"{" else parse_xml(data)
    kind = _kind(root)
    at_hand = versions_at_hand()
    schemas = [message_schema(kind, version) for version in at_hand]
    for schema in schemas:
        if schema.is_valid(root):
            return root, schema
    # XSD 1.0 is the stricter where they differ at all, as on the year 0; 1.1 has the last word.
    for schema in schemas:
        faults = schema.exact_faults(root, most=1)
        if not faults:
            return root, schema
    latest = schemas[0]
    fault = latest.exact_faults(root, most=1)[0]
    raise DocumentError(
        f"The {kind} ({TITLES[kind]}) is valid by no XSD from "
        f"{', '.join(RELEASES[version] for version in at_hand)}; by "
        f"that of {RELEASES[latest.version]}: {_explained(fault, latest)} Ask its sender to mend "
        "it."
    )


def _explained(fault: Fault, schema: MessageSchema) -> str:
    names = tuple(step.partition("[")[0] for step in fault.place.split("/")[2:])
    leaf = schema.leaf(names)
    if leaf is None or fault.value is None:
        return f"{fault.place}: {fault.reason}"
    shown = fault.value if len(fault.value) <= LONGEST_SHOWN else f"{fault.value[:57]}…"
    # What the processor says of a pattern is the pattern, and that is said anyway.
    more = "" if fault.reason.startswith("value doesn't match") else f" ({fault.reason})"
    return f"{fault.place}: '{shown}' does not fit{more}; expected is {leaf.words()}."


def _kind(root: etree._Element) -> str:
    from lxml import etree

    name = etree.QName(root)
    if name.namespace != NAMESPACE:
        raise DocumentError(
            f"The root <{name.localname[:60]}> is of the namespace "
            f"'{(name.namespace or '')[:80]}'; NCTS messages are of '{NAMESPACE}'."
        )
    if name.localname not in TITLES:
        raise DocumentError(
            f"<{name.localname[:60]}> is no NCTS message that is read; there are "
            f"{', '.join(TITLES)}."
        )
    return str(name.localname)


class _Reader:
    """Takes the elements it knows out of a message, and knows what was not taken."""

    def __init__(self, root: etree._Element, schema: MessageSchema) -> None:
        self.root = root
        self.schema = schema
        # Held, so that lxml gives the same object for an element each time.
        self.elements = list(root.iter())
        self.taken: set[Any] = set()

    def document(self) -> ReadDocument:
        content = self._consignment()
        left_over = tuple(self._left_over())
        kind = f"ncts-{self.schema.kind.lower()}"
        return ReadDocument(
            kind, self.schema.version, Consignment.model_validate(content), left_over
        )

    # Taking

    def text(self, parent: etree._Element | None, *path: str) -> str | None:
        """Take the value of an element; None, and nothing taken, where there is none."""
        found = parent
        for tag in path:
            found = None if found is None else found.find(tag)
        if found is None or len(found) or not (found.text or "").strip():
            return None
        self.taken.add(found)
        return str(found.text)

    def text_if(self, expected: str | None, parent: etree._Element | None, *path: str) -> None:
        """Take an element that says what follows from the rest anyway."""
        found = parent
        for tag in path:
            found = None if found is None else found.find(tag)
        if found is not None and not len(found) and found.text == expected:
            self.taken.add(found)

    def mass_if(self, expected: Decimal, parent: etree._Element | None, *path: str) -> None:
        """Take a mass that is the sum of others anyway."""
        found = parent
        for tag in path:
            found = None if found is None else found.find(tag)
        if found is not None and Decimal(found.text) == expected:
            self.taken.add(found)

    def groups(self, parent: etree._Element | None, tag: str) -> list[etree._Element]:
        """Return the groups of a name, the sequence number of each taken where it is in order."""
        found = [] if parent is None else parent.findall(tag)
        for position, group in enumerate(found, 1):
            self.text_if(str(position), group, "sequenceNumber")
        return found

    def flag(self, parent: etree._Element | None, tag: str) -> bool | None:
        value = self.text(parent, tag)
        return None if value is None else value == "1"

    def _left_over(self) -> Iterator[LeftOver]:
        tree = self.root.getroottree()
        for element in self.elements:
            if len(element) or element in self.taken or element is self.root:
                continue
            place = tree.getpath(element)
            _, _, below = place[1:].partition("/")
            yield LeftOver(f"/{self.schema.kind}/{below}", element.text or "")

    # What they mean

    def _consignment(self) -> dict[str, Any]:
        root = self.root
        self.text_if(self.schema.kind, root, "messageType")
        whole = root.find("Consignment")
        lrn = self.text(root, "TransitOperation", "LRN")
        mrn = self.text(root, "TransitOperation", "MRN")
        procedure = self._procedure(root, whole, lrn, mrn)
        houses = self.groups(whole, "HouseConsignment")
        documents = _Documents()
        self._documents(whole, documents, None)
        items = self._items(whole, houses, documents)
        equipment = self._equipment(whole, items)
        acceptance = self._place(whole, "PlaceOfLoading")
        delivery = self._place(whole, "PlaceOfUnloading")
        for place, tag in ((acceptance, "countryOfDispatch"), (delivery, "countryOfDestination")):
            if place is not None:
                self.text_if(place["place_id"][:2], whole, tag)
        own = self.text(whole, "referenceNumberUCR")
        named = own or lrn or mrn or self.root.findtext("messageIdentification")
        content = {
            "reference": named,
            "procedures": [procedure],
            "consignor": self._party(whole, "Consignor"),
            "consignee": self._party(whole, "Consignee"),
            "acceptance": acceptance,
            "delivery": delivery,
            "equipment": equipment,
            "goods_items": items,
            "documents": documents.entries,
        }
        return {k: v for k, v in content.items() if v not in (None, [])}

    def _procedure(
        self,
        root: etree._Element,
        whole: etree._Element | None,
        lrn: str | None,
        mrn: str | None,
    ) -> dict[str, Any]:
        of = root.find("TransitOperation")
        holder = self._party(root, "HolderOfTheTransitProcedure")
        granted = self._authorisations(root)
        if granted:
            holder = {**(holder or {}), "authorisations": granted}
        through: list[dict[str, Any]] = []
        for group in self.groups(root, "CustomsOfficeOfTransitDeclared"):
            reference = self.text(group, "referenceNumber")
            arrives = self._moment(group, "arrivalDateAndTimeEstimated")
            if reference is not None:
                through.append({"reference": reference, "arrives": arrives})
        start = self.text(root, "CustomsOfficeOfDeparture", "referenceNumber")
        end = self.text(root, "CustomsOfficeOfDestinationDeclared", "referenceNumber")
        if end is None:
            end = self.text(root, "CustomsOfficeOfDestinationActual", "referenceNumber")
        offices = [o for o in (start, *(t["reference"] for t in through), end) if o]
        # A message of destination alone names no office of departure; its MRN has the country.
        country = (start or (mrn or "")[2:4] or end or "EU")[:2]
        content = {
            "number": 1,
            "territory": "EU" if country == "EU" else territory_of(country),
            "regime": regime_of(offices or [country]),
            "lrn": lrn,
            "mrn": mrn,
            "declaration_type": self.text(of, "declarationType"),
            "additional_declaration_type": self.text(of, "additionalDeclarationType"),
            "security": self.text(of, "security"),
            "reduced_dataset": self.flag(of, "reducedDatasetIndicator") or False,
            "binding_itinerary": self.flag(of, "bindingItinerary") or False,
            "limit_date": self.text(of, "limitDate"),
            "office_of_departure": start and {"reference": start},
            "offices_of_transit": through,
            "office_of_destination": end and {"reference": end},
            "countries_of_routing": [
                routed
                for group in self.groups(whole, "CountryOfRoutingOfConsignment")
                if (routed := self.text(group, "country"))
            ],
            "holder": holder,
            "representative": self._representative(root),
            "location_of_goods": self._location(whole),
            "guarantees": self._guarantees(root),
            "border_mode": self.text(whole, "modeOfTransportAtTheBorder"),
        }
        return {k: v for k, v in content.items() if v is not None}

    def _authorisations(self, root: etree._Element) -> list[dict[str, Any]]:
        found = []
        for group in self.groups(root, "Authorisation"):
            kind = AUTHORISATION_KINDS.get(group.findtext("type") or "")
            number = group.findtext("referenceNumber") or ""
            if kind is None or not number[:2].isalpha() or number != number.strip():
                continue
            self.text(group, "type")
            self.text(group, "referenceNumber")
            found.append({"kind": kind, "number": number, "country": number[:2]})
        return found

    def _party(self, parent: etree._Element | None, tag: str) -> dict[str, Any] | None:
        group = None if parent is None else parent.find(tag)
        if group is None:
            return None
        eori = self.text(group, "identificationNumber")
        content = {
            "name": self.text(group, "name"),
            "identifiers": [{"scheme": "EORI", "value": eori}] if eori else None,
            "address": self._address(group),
            "contact": self._contact(group),
        }
        return {k: v for k, v in content.items() if v} or None

    def _address(self, group: etree._Element) -> dict[str, Any] | None:
        where = group.find("Address")
        if where is None:
            return None
        content = {
            "street": self.text(where, "streetAndNumber"),
            "postcode": self.text(where, "postcode"),
            "city": self.text(where, "city"),
            "country": self.text(where, "country"),
        }
        return {k: v for k, v in content.items() if v} or None

    def _contact(self, group: etree._Element) -> dict[str, Any] | None:
        asked = group.find("ContactPerson")
        if asked is None:
            return None
        content = {
            "name": self.text(asked, "name"),
            "phone": self.text(asked, "phoneNumber"),
            "email": self.text(asked, "eMailAddress"),
        }
        return {k: v for k, v in content.items() if v} or None

    def _representative(self, root: etree._Element) -> dict[str, Any] | None:
        agent = self._party(root, "Representative")
        if agent is not None:
            self.text_if("2", root, "Representative", "status")
        return agent

    def _guarantees(self, root: etree._Element) -> list[dict[str, Any]]:
        found = []
        for group in self.groups(root, "Guarantee"):
            kind = self.text(group, "guaranteeType")
            other = None if kind is None else self.text(group, "otherGuaranteeReference")
            references = self.groups(group, "GuaranteeReference")
            if kind is None:
                continue
            for position, reference in enumerate(references or [group]):
                content = {
                    "kind": kind,
                    "other_reference": None if position else other,
                    "reference": self.text(reference, "GRN"),
                    "access_code": self.text(reference, "accessCode"),
                    "amount": self.text(reference, "amountToBeCovered"),
                    "currency": self.text(reference, "currency"),
                }
                found.append({k: v for k, v in content.items() if v is not None})
        return found

    def _location(self, whole: etree._Element | None) -> dict[str, Any] | None:
        where = None if whole is None else whole.find("LocationOfGoods")
        # At destination it is another location than the one of the declaration.
        if where is None or self.schema.kind == "CC007C":
            return None
        path = {
            "U": ("UNLocode",),
            "V": ("CustomsOffice", "referenceNumber"),
            "X": ("EconomicOperator", "identificationNumber"),
            "Y": ("authorisationNumber",),
        }.get(where.findtext("qualifierOfIdentification") or "")
        identity = self.text(where, *path) if path else None
        if identity is None:
            return None
        return {
            "kind": self.text(where, "typeOfLocation"),
            "qualifier": self.text(where, "qualifierOfIdentification"),
            "identity": identity,
        }

    def _place(self, whole: etree._Element | None, tag: str) -> dict[str, Any] | None:
        group = None if whole is None else whole.find(tag)
        if group is None:
            return None
        code = group.findtext("UNLocode")
        if code is not None and is_un_locode(code):
            self.text_if(code[:2], group, "country")
            return {"place_id": self.text(group, "UNLocode")}
        name = group.findtext("location") or ""
        # Another words for a place than its code of two letters and more has no field of its own.
        if name[:2] != group.findtext("country") or name != name.strip():
            return None
        self.text_if(name[:2], group, "country")
        return {"place_id": self.text(group, "location")}

    def _items(
        self, whole: etree._Element | None, houses: list[etree._Element], documents: _Documents
    ) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        total = Decimal(0)
        for house in houses:
            self._documents(house, documents, None)
            mass = Decimal(0)
            for position, group in enumerate(house.findall("ConsignmentItem"), 1):
                self.text_if(str(position), group, "goodsItemNumber")
                number = self.text(group, "declarationGoodsItemNumber")
                item = self._item(group, int(number) if number else len(items) + 1)
                items.append(item)
                mass += Decimal(item.get("gross_mass_kg", 0))
                self._documents(group, documents, item["number"])
            self.mass_if(mass, house, "grossMass")
            total += mass
        self.mass_if(total, whole, "grossMass")
        return items

    def _item(self, group: etree._Element, number: int) -> dict[str, Any]:
        goods = group.find("Commodity")
        codes = None if goods is None else goods.find("CommodityCode")
        hs_code = self.text(codes, "harmonizedSystemSubHeadingCode")
        ending = self.text(codes, "combinedNomenclatureCode") if hs_code else None
        content = {
            "number": number,
            "description": self.text(goods, "descriptionOfGoods"),
            "cus_code": self.text(goods, "cusCode"),
            "hs_code": hs_code,
            "national_codes": [{"territory": "EU", "code": f"{hs_code}{ending}"}] if ending else [],
            "dangerous_goods": [
                {"un_number": un_number}
                for substance in self.groups(goods, "DangerousGoods")
                if (un_number := self.text(substance, "UNNumber"))
            ],
            "gross_mass_kg": self.text(goods, "GoodsMeasure", "grossMass"),
            "net_mass_kg": self.text(goods, "GoodsMeasure", "netMass"),
            "supplementary_quantity": self.text(goods, "GoodsMeasure", "supplementaryUnits"),
            "packages": self._packages(group),
            "stowage": [],
        }
        return {k: v for k, v in content.items() if v is not None}

    def _packages(self, group: etree._Element) -> list[dict[str, Any]]:
        found = []
        for packaging in self.groups(group, "Packaging"):
            kind = self.text(packaging, "typeOfPackages")
            if kind is None:
                continue
            marks = self.text(packaging, "shippingMarks")
            content = {
                "kind": kind,
                "count": self.text(packaging, "numberOfPackages"),
                "marks": None if marks == NO_MARKS else marks,
            }
            found.append({k: v for k, v in content.items() if v is not None})
        return found

    def _equipment(
        self, whole: etree._Element | None, items: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        by_number: dict[str, list[dict[str, Any]]] = {}
        for item in items:
            by_number.setdefault(str(item["number"]), []).append(item)
        found: list[dict[str, Any]] = []
        for group in self.groups(whole, "TransportEquipment"):
            number = self.text(group, "containerIdentificationNumber")
            seals = self.groups(group, "Seal")
            references = self.groups(group, "GoodsReference")
            # A unit without a number cannot be told from another; all of it is left over.
            if number is None:
                continue
            names = [self.text(seal, "identifier") for seal in seals]
            numbers = [name for name in names if name]
            self.text_if(str(len(numbers)), group, "numberOfSeals")
            for reference in references:
                named = reference.findtext("declarationGoodsItemNumber") or ""
                for item in by_number.get(named, ()):
                    self.text(reference, "declarationGoodsItemNumber")
                    item["stowage"].append({"equipment_number": number})
            unit: dict[str, Any] = {"number": number}
            if numbers:
                unit["seals"] = [{"number": n} for n in numbers]
            found.append(unit)
        if whole is not None:
            containers = any(_looks_contained(u["number"]) for u in found)
            self.text_if("1" if containers else "0", whole, "containerIndicator")
        return found

    def _documents(
        self, group: etree._Element | None, documents: _Documents, item: int | None
    ) -> None:
        for role, tag in ROLES:
            for entry in self.groups(group, tag):
                reference = entry.findtext("referenceNumber") or ""
                if not reference.strip() or not (entry.findtext("type") or "").strip():
                    continue
                kind = document_kind(self.text(entry, "type") or "")
                self.text(entry, "referenceNumber")
                documents.add(role, kind, reference, item)

    def _moment(self, parent: etree._Element, tag: str) -> datetime | None:
        written = parent.findtext(tag)
        if written is None:
            return None
        try:
            found = datetime.fromisoformat(written.strip()).replace(tzinfo=UTC)
        except ValueError:
            return None
        self.text(parent, tag)
        return found


def _looks_contained(number: str) -> bool:
    from kervan.cargo.transport import TransportEquipment

    return is_container(TransportEquipment(number=number))


@dataclass(slots=True)
class _Documents:
    """Documents as they are met: one of several items is listed once, with all of them."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    _of_items: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)

    def add(self, role: str, kind: str, number: str, item: int | None) -> None:
        entry: dict[str, Any] = {"role": role, "kind": kind, "number": number}
        if item is not None:
            known = self._of_items.setdefault((role, kind, number), entry)
            known.setdefault("items", []).append(item)
            if known is not entry:
                return
        self.entries.append(entry)


def _from_json(data: bytes) -> etree._Element:
    """Return the message of a JSON document in the form of HMRC's interface.

    An element is a field, its attributes are fields beginning with ``@``, groups that repeat are
    lists. The order of fields says nothing; that of the schema is taken.
    """
    from lxml import etree

    try:
        content = json.loads(data, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError) as error:
        said = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise DocumentError(f"The message begins like JSON and is none: {said}.") from None
    names = [name for name in content if not name.startswith("@")]
    if len(names) != 1 or not isinstance(content[names[0]], dict):
        raise DocumentError(
            f"The JSON has the fields {', '.join(names[:5]) or 'of nothing'} at its top; one is "
            "expected, the name of the message, such as 'n1:CC015C', with an object."
        )
    kind = names[0].rpartition(":")[2]
    if kind not in TITLES:
        raise DocumentError(
            f"'{names[0][:60]}' is no NCTS message that is read; there are {', '.join(TITLES)}."
        )
    root = etree.Element(f"{{{NAMESPACE}}}{kind}", nsmap={"ncts": NAMESPACE})
    _add(root, content[names[0]], message_schema(kind, next(iter(RELEASES))), ())
    return root


def _add(
    parent: etree._Element, content: dict[str, Any], schema: MessageSchema, path: tuple[str, ...]
) -> None:
    from lxml import etree

    if len(path) > DEEPEST:
        raise DocumentError("The JSON is nested too deep to be an NCTS message.")
    order = {name: position for position, name in enumerate(schema.children(path))}
    for name in sorted(content, key=lambda n: order.get(n, len(order))):
        value = content[name]
        for one in value if isinstance(value, list) else [value]:
            try:
                if name.startswith("@"):
                    if not name.startswith("@xmlns"):
                        parent.set(name[1:], _written(one))
                    continue
                child = etree.SubElement(parent, name)
                if isinstance(one, dict):
                    _add(child, one, schema, (*path, name))
                else:
                    child.text = _written(one)
            except (ValueError, TypeError):
                place = "/".join((schema.kind, *path, name[:60]))
                raise DocumentError(
                    f"/{place} of the JSON cannot be an element of a message: its name or value is "
                    "none of XML's."
                ) from None


def _written(value: Any) -> str:
    if isinstance(value, Decimal):
        # No number of a message has so many digits, and writing them all could take any room.
        return f"{value:f}" if abs(value.adjusted()) <= LONGEST_NUMBER else str(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str):
        return value
    raise TypeError
