"""Our schema of the advance TIR data, made of the layout and of what the consignment allows.

python -m kervan.documents.etir.schema > src/kervan/documents/etir/advance-tir-data.xsd
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import MaxLen
from pydantic import AwareDatetime, StringConstraints

from kervan.cargo.consignment import Consignment
from kervan.cargo.element import Element
from kervan.documents.etir.layout import LAYOUT, NAMESPACE, Part

if TYPE_CHECKING:
    from lxml import etree

_PLAIN: dict[Any, str] = {
    bool: "boolean",
    int: "integer",
    Decimal: "decimal",
    AwareDatetime: "dateTime",
    date: "date",
}


@cache
def schema() -> etree.XMLSchema:
    """Return the schema, compiled."""
    from lxml import etree

    data = files("kervan.documents.etir").joinpath("advance-tir-data.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(data))


def text() -> str:
    """Return the schema."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!-- Kervan's own form of advance TIR data; not a schema of UNECE. -->",
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{NAMESPACE}"',
        '    elementFormDefault="qualified">',
        '  <xs:element name="AdvanceTIRData">',
        *_type(LAYOUT, Consignment, "    "),
        "  </xs:element>",
        "</xs:schema>",
    ]
    return "\n".join(lines) + "\n"


def _type(parts: tuple[Part, ...], kind: type[Element], indent: str) -> Iterator[str]:
    yield f"{indent}<xs:complexType>"
    yield f"{indent}  <xs:sequence>"
    for part in parts:
        field = kind.model_fields[part.field]
        found = inside(field.annotation)
        many = "unbounded" if is_many(field.annotation) else "1"
        least = "1" if field.is_required() and many == "1" else "0"
        head = f'<xs:element name="{part.tag}" minOccurs="{least}" maxOccurs="{many}"'
        if part.parts:
            yield f"{indent}    {head}>"
            yield from _type(part.parts, found, f"{indent}      ")
            yield f"{indent}    </xs:element>"
        else:
            yield from (f"{indent}    {line}" for line in _value(head, field))
    yield f"{indent}  </xs:sequence>"
    yield f"{indent}</xs:complexType>"


def _value(head: str, field: Any) -> Iterator[str]:
    found = inside(field.annotation)
    if found is dict:
        yield f"{head}>"
        yield '  <xs:complexType><xs:simpleContent><xs:extension base="xs:string">'
        yield '    <xs:attribute name="languageID" type="xs:language" use="required"/>'
        yield "  </xs:extension></xs:simpleContent></xs:complexType>"
        yield "</xs:element>"
    elif get_origin(found) is Literal:
        yield f'{head}><xs:simpleType><xs:restriction base="xs:string">'
        yield from (f'  <xs:enumeration value="{word}"/>' for word in get_args(found))
        yield "</xs:restriction></xs:simpleType></xs:element>"
    elif found is str:
        yield f'{head}><xs:simpleType><xs:restriction base="xs:string">'
        yield f'  <xs:minLength value="1"/><xs:maxLength value="{_longest(field)}"/>'
        yield "</xs:restriction></xs:simpleType></xs:element>"
    else:
        yield f'{head} type="xs:{_PLAIN[found]}"/>'


def inside(annotation: Any) -> Any:
    """Return what a field holds, without what says that it may be missing or many."""
    if get_origin(annotation) is Annotated:
        return inside(get_args(annotation)[0])
    if get_origin(annotation) is dict:
        return dict
    if get_origin(annotation) in (Union, types.UnionType, tuple):
        held = [a for a in get_args(annotation) if a not in (type(None), ...)]
        return inside(held[0])
    return annotation


def is_many(annotation: Any) -> bool:
    """Return whether a field holds any number."""
    if get_origin(annotation) is Annotated:
        return is_many(get_args(annotation)[0])
    return get_origin(annotation) in (tuple, dict)


def _longest(field: Any) -> int:
    """Return how many characters a field allows."""
    wanted = [field.annotation, *field.metadata]
    while wanted:
        found = wanted.pop()
        if isinstance(found, MaxLen | StringConstraints) and found.max_length is not None:
            return found.max_length
        if not isinstance(found, MaxLen | StringConstraints):
            wanted += [*get_args(found), *getattr(found, "__metadata__", ())]
    raise AssertionError(field)


if __name__ == "__main__":
    print(text(), end="")
