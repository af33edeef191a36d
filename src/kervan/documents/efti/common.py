"""The eFTI common data set: a consignment as the XML that platforms hand to authorities, and back.

It carries less of the goods than a consignment says: it knows goods items by their volume, their
dangerous substances and the units they lie in, and describes and weighs the consignment as a whole.
So commodity codes, masses and values of items are not in it. What each element is called there, and
its number in the data set, is in the mapping table of the reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from kervan.cargo.consignment import Consignment
from kervan.cargo.territories import EU_MEMBERS
from kervan.documents.efti.reading import consignment_fields
from kervan.documents.efti.schema import (
    COMMON,
    EDELIVERY,
    FEW_ELEMENTS,
    VERSION,
    Schema,
    faults,
    streamed_faults,
)
from kervan.documents.efti.tree import Node, child, element_of, left_over, text
from kervan.documents.efti.writing import consignment_node
from kervan.documents.format import DocumentError, Format, ReadDocument
from kervan.documents.safe_xml import parse_xml

if TYPE_CHECKING:
    from lxml import etree

MOST_ELEMENTS = 100_000
"""In a file that is read."""

_PLACE = ("place_id", "name", "country")
_PARTY = (
    "name",
    "identifiers.scheme",
    "identifiers.value",
    "address.street",
    "address.city",
    "address.postcode",
    "address.region",
    "address.country",
    "contact.name",
    "contact.phone",
    "contact.email",
)
_PARTS: dict[str, tuple[str, ...]] = {
    "issued_at": _PLACE,
    "consignor": _PARTY,
    "consignee": _PARTY,
    "notify_parties": _PARTY,
    "other_parties.party": _PARTY,
    "carriers.party": _PARTY,
    "acceptance": _PLACE,
    "delivery": _PLACE,
    "movements": ("number", "mode", "departs", "arrives"),
    "movements.means": ("identity", "name", "voyage", "nationality"),
    "movements.origin": _PLACE,
    "movements.destination": _PLACE,
    "equipment": ("number", "size_type", "is_empty", "owner", "registration_country"),
    "equipment.seals": ("number", "affixed_by"),
    "wagons": ("number", "keeper", "equipment_numbers", "registration_country"),
    "goods_items": ("number", "description", "volume_m3"),
    "goods_items.packages": ("kind", "count", "marks"),
    "goods_items.stowage": ("equipment_number",),
    "goods_items.dangerous_goods": (
        "un_number",
        "proper_shipping_name",
        "technical_name",
        "hazard_class",
        "packing_group",
        "tunnel_code",
        "net_mass_kg",
        "net_explosive_mass_kg",
    ),
    "documents": ("kind", "role", "number", "issued", "issuer"),
    "remarks": ("text",),
}
CARRIES = frozenset(
    {"reference", "issued_on", "other_parties.role", "carriers.carrier_id", "payment_method"}
    | {f"{part}.{name}" for part, names in _PARTS.items() for name in names}
)


def render(consignment: Consignment) -> bytes:
    """Return a consignment as the common data set, valid against its schema.

    Raises
    ------
    DocumentError
        If a value does not fit the schema, or has no place in it.
    """
    return as_xml(consignment_element(consignment))


def consignment_element(consignment: Consignment) -> etree._Element:
    """Return the root element of a consignment, valid against the schema.

    Raises
    ------
    DocumentError
        If a value does not fit the schema, or has no place in it.
    """
    return valid_element(consignment_node(consignment), "consignment-common.xsd")


def valid_element(node: Node, name: Schema) -> etree._Element:
    """Return the element of a node, held against a schema.

    Raises
    ------
    DocumentError
        If it is not valid; the message names the JSON path of the value.
    """
    paths: dict[etree._Element, str] = {}
    root = element_of(node, paths)
    for fault in faults(root, name):
        found = root.getroottree().xpath(fault.place)
        at = found[0] if isinstance(found, list) and found else root
        value = (at.text or "") if len(at) == 0 else ""
        said = f"{value[:80]!r} does not fit" if value else "does not fit"
        raise DocumentError(
            f"{paths.get(at, '$')}: {said} <{at.tag.rpartition('}')[2]}> of eFTI: {fault.reason}. "
            "Shorten or correct it."
        )
    return root


def as_xml(root: etree._Element) -> bytes:
    """Return an element as a file."""
    from lxml import etree

    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def read(data: bytes) -> ReadDocument:
    """Read the common data set, alone or in the answer to a query for it.

    A file without a reference of its own is given one made of its content.

    Raises
    ------
    DocumentError
        If it is none, or not valid against the schema.
    """
    root = parse_xml(data)
    if root.tag == f"{{{EDELIVERY}}}uilResponse":
        refuse_invalid(root, "edelivery/gate.xsd")
        inside = child(root, "consignment")
        if inside is None:
            said = text(root, "description")
            raise DocumentError(
                f"The answer holds no consignment: status {root.get('status')}"
                + (f", '{said}'." if said else ".")
            )
    elif root.tag == f"{{{COMMON}}}consignment":
        refuse_invalid(root, "consignment-common.xsd")
        inside = root
    else:
        raise DocumentError(
            f"The root element is {named(root)}; the eFTI common data set begins with "
            f"<consignment> of {COMMON}."
        )
    consignment = consignment_of(consignment_fields(inside))
    written = element_of(consignment_node(consignment), {})
    return ReadDocument(
        FORMAT.kind, VERSION, consignment, left_over(root, written, below="/uilResponse")
    )


def refuse_invalid(root: etree._Element, name: Schema) -> None:
    """Refuse a message that is not valid.

    Raises
    ------
    DocumentError
        With the first fault, its place and how many more there are.
    """
    elements = sum(1 for _ in root.iter())
    if elements > MOST_ELEMENTS:
        raise DocumentError(
            f"The file has {elements:,} elements; of eFTI, up to {MOST_ELEMENTS:,} are read."
        )
    found = faults(root, name) if elements <= FEW_ELEMENTS else streamed_faults(root, name)
    if found:
        more = f" There are {len(found) - 1} more faults." if len(found) > 1 else ""
        raise DocumentError(
            f"The file is not valid against {name}, version {VERSION}: at {found[0].place}, "
            f"{found[0].reason}.{more}"
        )


def consignment_of(fields: dict[str, object]) -> Consignment:
    """Return the consignment of fields that were read.

    Raises
    ------
    DocumentError
        If a value is longer than any consignment holds.
    """
    try:
        return Consignment.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise DocumentError(
            f"What would be {place} of the consignment is not read: {first['msg']}."
        ) from None


def named(root: etree._Element) -> str:
    """Return the name of an element and its namespace, cut to what can be shown."""
    namespace, _, name = str(root.tag).rpartition("}")
    return f"<{name[:60]}>" + (f" of {namespace[1:120]}" if namespace else " of no namespace")


def crosses_the_union(consignment: Consignment) -> bool:
    """Return whether a consignment moves in the European Union."""
    places = [place for m in consignment.movements for place in (m.origin, m.destination)]
    return any(place.country in EU_MEMBERS for place in places) or any(
        procedure.territory == "EU" or procedure.territory in EU_MEMBERS
        for procedure in consignment.procedures
    )


def _recognises(head: bytes) -> bool:
    return COMMON.encode() in head or (EDELIVERY.encode() in head and b"uilResponse" in head)


FORMAT = Format(
    kind="efti-common",
    title="eFTI common data set",
    suffix=".xml",
    standard=(
        f"Regulation (EU) 2020/1056, common data set, schemas {VERSION} of the EFTI4EU reference "
        "implementation (UN/CEFACT Multi-Modal Transport reference data model)"
    ),
    carries=CARRIES,
    render=render,
    read=read,
    recognises=_recognises,
    wanted=crosses_the_union,
)
