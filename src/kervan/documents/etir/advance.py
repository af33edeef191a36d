"""Advance TIR data, written from a consignment and read back without loss."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from kervan.cargo.consignment import Consignment
from kervan.documents.etir.layout import LAYOUT, NAMESPACE, Part, names
from kervan.documents.etir.schema import schema
from kervan.documents.format import DocumentError, Format, ReadDocument, carried
from kervan.documents.safe_xml import parse_xml

if TYPE_CHECKING:
    from lxml import etree

VERSION = "1"
"""Of our own schema."""

FEW_ELEMENTS = 5_000
"""Up to so many, a fault is told with its place."""

_ROOT = f"{{{NAMESPACE}}}AdvanceTIRData"


def tir_part(consignment: Consignment) -> Consignment:
    """Return a consignment with its TIR procedures alone."""
    procedures = tuple(p for p in consignment.procedures if p.regime == "tir")
    return consignment.model_copy(update={"procedures": procedures})


def render(consignment: Consignment) -> bytes:
    """Return the advance TIR data of a consignment; its other procedures are not in them.

    Raises
    ------
    DocumentError
        If it does not go under TIR, or holds what XML cannot.
    """
    from lxml import etree

    if not consignment.procedures:
        raise DocumentError(
            "$.procedures: is missing; advance TIR data are of a transport under TIR. Add the "
            "procedure of each customs territory, with the regime 'tir'."
        )
    under_tir = tir_part(consignment)
    if not under_tir.procedures:
        regimes = ", ".join(dict.fromkeys(p.regime for p in consignment.procedures))
        raise DocumentError(
            f"$.procedures: are {regimes}; advance TIR data are of a transport under TIR. Where "
            "the goods go under a carnet, add a procedure with the regime 'tir' for each territory."
        )
    root = etree.Element(_ROOT, nsmap={None: NAMESPACE})
    _write(root, LAYOUT, under_tir, "$")
    if not schema().validate(root):
        error = schema().error_log[0]
        raise DocumentError(
            f"The advance TIR data are not valid at {error.path}: "
            f"{error.message.replace(f'{{{NAMESPACE}}}', '')}"
        )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _write(element: etree._Element, parts: tuple[Part, ...], source: Any, path: str) -> None:
    for part in parts:
        value, at = getattr(source, part.field), f"{path}.{part.field}"
        if isinstance(value, dict):
            for language, said in value.items():
                _add(element, part.tag, said, f"{at}.{language}").set("languageID", language)
        elif isinstance(value, tuple):
            for i, entry in enumerate(value):
                _write_one(element, part, entry, f"{at}[{i}]")
        elif value is not None:
            _write_one(element, part, value, at)


def _write_one(element: etree._Element, part: Part, value: Any, path: str) -> None:
    from lxml import etree

    if not part.parts:
        _add(element, part.tag, _text(value), path)
        return
    child = etree.SubElement(element, f"{{{NAMESPACE}}}{part.tag}")
    _write(child, part.parts, value, path)
    if len(child) == 0:
        # A party of whom nothing is said that the message holds.
        element.remove(child)


def _add(element: etree._Element, tag: str, value: str, path: str) -> etree._Element:
    from lxml import etree

    child = etree.SubElement(element, f"{{{NAMESPACE}}}{tag}")
    try:
        child.text = value
    except ValueError:
        raise DocumentError(
            f"{path}: {value[:80]!r} holds a character that XML cannot hold; take it out."
        ) from None
    return child


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def read(data: bytes) -> ReadDocument:
    """Read advance TIR data.

    Raises
    ------
    DocumentError
        If the file is none, or not valid against our schema.
    """
    root = parse_xml(data)
    if root.tag != _ROOT:
        raise DocumentError(
            f"The root element is {str(root.tag)[:120]!r}; advance TIR data in Kervan's form begin "
            f"with <AdvanceTIRData> of {NAMESPACE}. Messages of UNECE's own form are not read."
        )
    _refuse_invalid(root)
    try:
        consignment = Consignment.model_validate(_read(root, LAYOUT, Consignment))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise DocumentError(f"{place} of the consignment is not read: {first['msg']}.") from None
    return ReadDocument(FORMAT.kind, VERSION, consignment)


def _refuse_invalid(root: etree._Element) -> None:
    from lxml import etree

    if sum(1 for _ in root.iter()) > FEW_ELEMENTS:
        # Telling the place of every fault takes time that grows with the square of their number;
        # read as a stream, they have none.
        parser = etree.XMLParser(schema=schema(), no_network=True, resolve_entities=False)
        try:
            etree.fromstring(etree.tostring(root), parser)
        except etree.XMLSyntaxError as error:
            said = (error.msg or "").replace(f"{{{NAMESPACE}}}", "")
            raise DocumentError(f"The advance TIR data are not valid: {said[:300]}") from None
    elif not schema().validate(root):
        first = schema().error_log[0]
        raise DocumentError(
            f"The advance TIR data are not valid at {first.path}: "
            f"{first.message.replace(f'{{{NAMESPACE}}}', '')[:300]}"
        )


def _read(element: etree._Element, parts: tuple[Part, ...], kind: Any) -> dict[str, Any]:
    from kervan.documents.etir.schema import inside, is_many

    found: dict[str, Any] = {}
    for part in parts:
        elements = element.findall(f"{{{NAMESPACE}}}{part.tag}")
        annotation = kind.model_fields[part.field].annotation
        below = inside(annotation)
        if below is dict:
            found[part.field] = {e.get("languageID"): e.text for e in elements}
            continue
        values = [_read(e, part.parts, below) if part.parts else e.text for e in elements]
        if is_many(annotation):
            found[part.field] = values
        elif values:
            found[part.field] = values[0]
    return found


FORMAT = Format(
    kind="etir-advance",
    title="Advance TIR data, in Kervan's own form",
    suffix=".xml",
    standard=(
        "What advance TIR data hold (UNECE eTIR, TIR Convention, annex 11) in a schema of our own, "
        "for the published ones could not be had"
    ),
    carries=frozenset(names()),
    render=render,
    read=read,
    recognises=lambda head: NAMESPACE.encode() in head,
    part=lambda consignment: carried(tir_part(consignment), frozenset(names())),
    wanted=lambda consignment: any(p.regime == "tir" for p in consignment.procedures),
)
