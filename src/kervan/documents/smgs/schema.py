"""The published schemas of ``smgs.v1``, made from the classes of the consignment.

``python -m kervan.documents.smgs.schema`` writes them anew; a test says when that is due.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from kervan.cargo.consignment import Consignment
from kervan.documents.smgs.boxes import BOXES, HEAD, SCHEMA
from kervan.documents.smgs.structured import NAMESPACE, _bare, _model

FOLDER = Path(__file__).parents[2] / "schemas"
XSD, JSON_SCHEMA = FOLDER / f"{SCHEMA}.xsd", FOLDER / f"{SCHEMA}.json"

_SIMPLE: dict[Any, str] = {
    bool: "xs:boolean",
    int: "xs:integer",
    str: "xs:string",
    Decimal: "xs:decimal",
    date: "xs:date",
    AwareDatetime: "Moment",
}


def xsd() -> str:
    """Return the schema of the XML."""
    models: dict[str, type[BaseModel]] = {}
    for name in _elements():
        _gather(Consignment.model_fields[name].annotation, models)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns="{NAMESPACE}" targetNamespace="{NAMESPACE}" elementFormDefault="qualified">',
        "  <xs:annotation><xs:documentation>SMGS and CIM/SMGS consignment notes by their boxes, "
        f"{SCHEMA}, published with Kervan.</xs:documentation></xs:annotation>",
        '  <xs:simpleType name="Moment"><xs:restriction base="xs:dateTime">'
        '<xs:pattern value=".*(Z|[+\\-][0-9]{2}:[0-9]{2})"/></xs:restriction></xs:simpleType>',
        '  <xs:complexType name="Words"><xs:simpleContent><xs:extension base="xs:string">'
        '<xs:attribute name="lang" type="xs:language" use="required"/>'
        "</xs:extension></xs:simpleContent></xs:complexType>",
        '  <xs:element name="note"><xs:complexType><xs:sequence>',
        *(_element(Consignment, name, 4) for name in HEAD),
        '    <xs:element name="box" type="Box" minOccurs="0" maxOccurs="unbounded"/>',
        '    <xs:any namespace="http://www.w3.org/2000/09/xmldsig#" processContents="lax" '
        'minOccurs="0" maxOccurs="unbounded"/>',
        "  </xs:sequence>",
        '    <xs:attribute name="form" use="required"><xs:simpleType>'
        '<xs:restriction base="xs:string">'
        + "".join(f'<xs:enumeration value="{form}"/>' for form in BOXES)
        + "</xs:restriction></xs:simpleType></xs:attribute>",
        "  </xs:complexType></xs:element>",
        '  <xs:complexType name="Box"><xs:choice minOccurs="0" maxOccurs="unbounded">',
        *(_element(Consignment, name, 4, alone=True) for name in _elements() if name not in HEAD),
        '  </xs:choice><xs:attribute name="number" use="required"><xs:simpleType>'
        '<xs:restriction base="xs:string">'
        + "".join(f'<xs:enumeration value="{number}"/>' for number in _numbers())
        + "</xs:restriction></xs:simpleType></xs:attribute></xs:complexType>",
    ]
    for name, model in sorted(models.items()):
        lines.append(f'  <xs:complexType name="{name}"><xs:sequence>')
        lines += [_element(model, field, 4) for field in model.model_fields]
        lines.append("  </xs:sequence></xs:complexType>")
    lines.append("</xs:schema>")
    return "\n".join(lines) + "\n"


def json_schema() -> str:
    """Return the schema of the JSON (draft 2020-12)."""
    whole = Consignment.model_json_schema(mode="serialization")
    fields = whole["properties"]

    def boxes(form: Any) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {
                number: {
                    "type": "object",
                    "properties": {name: fields[name] for name in names},
                    "additionalProperties": False,
                }
                for number, names in BOXES[form].items()
            },
            "additionalProperties": False,
        }

    head = {name: fields[name] for name in HEAD}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "SMGS and CIM/SMGS consignment notes by their boxes",
        "$defs": whole["$defs"],
        "oneOf": [
            {
                "type": "object",
                "properties": {
                    "format": {"const": SCHEMA},
                    "form": {"const": form},
                    **head,
                    "boxes": boxes(form),
                },
                "required": ["format", "form", "reference", "boxes"],
                "additionalProperties": False,
            }
            for form in BOXES
        ],
    }
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _elements() -> list[str]:
    return list(
        dict.fromkeys(
            (*HEAD, *(n for boxes in BOXES.values() for names in boxes.values() for n in names))
        )
    )


def _numbers() -> Iterable[str]:
    return sorted({number for boxes in BOXES.values() for number in boxes}, key=int)


def _gather(annotation: Any, models: dict[str, type[BaseModel]]) -> None:
    bare = _bare(annotation)
    if get_origin(bare) is tuple:
        _gather(get_args(bare)[0], models)
        return
    model = _model(bare)
    if model is not None and model.__name__ not in models:
        models[model.__name__] = model
        for field in model.model_fields.values():
            _gather(field.annotation, models)


def _element(model: type[BaseModel], name: str, indent: int, *, alone: bool = False) -> str:
    """Return the declaration of a field; ``alone`` in a choice, which says how often itself."""
    field = model.model_fields[name]
    bare = _bare(field.annotation)
    origin = get_origin(bare)
    many = origin in (tuple, dict)
    inner = _bare(get_args(bare)[0]) if origin is tuple else bare
    often = f' minOccurs="0" maxOccurs="{"unbounded" if many else "1"}"'
    if field.is_required():
        often = ""
    if alone:
        often = ""
    space = " " * indent
    if origin is dict:
        return f'{space}<xs:element name="{name}" type="Words"{often}/>'
    if get_origin(inner) is Literal:
        values = "".join(f'<xs:enumeration value="{v}"/>' for v in get_args(inner))
        return (
            f'{space}<xs:element name="{name}"{often}><xs:simpleType>'
            f'<xs:restriction base="xs:string">{values}</xs:restriction></xs:simpleType>'
            "</xs:element>"
        )
    found = _model(inner)
    kind = found.__name__ if found else _SIMPLE[inner]
    longest = _longest(field) if kind == "xs:string" else None
    if longest:
        return (
            f'{space}<xs:element name="{name}"{often}><xs:simpleType>'
            f'<xs:restriction base="xs:string"><xs:minLength value="1"/>'
            f'<xs:maxLength value="{longest}"/></xs:restriction></xs:simpleType></xs:element>'
        )
    return f'{space}<xs:element name="{name}" type="{kind}"{often}/>'


def _longest(field: FieldInfo) -> int | None:
    said = [*field.metadata]
    waiting = [field.annotation]
    while waiting:
        annotation: Any = waiting.pop()
        said += getattr(annotation, "__metadata__", ())
        waiting += [arg for arg in get_args(annotation) if get_args(arg)]
    return next((length for entry in said if (length := getattr(entry, "max_length", None))), None)


if __name__ == "__main__":
    XSD.write_text(xsd(), "utf-8")
    JSON_SCHEMA.write_text(json_schema(), "utf-8")
