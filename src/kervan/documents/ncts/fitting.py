"""A message held against its schema; what does not fit, named by its place in the consignment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kervan.cargo.consignment import Consignment
from kervan.cargo.problems import json_path
from kervan.cargo.seals import seals_now
from kervan.documents.format import DocumentError
from kervan.documents.ncts import writing
from kervan.documents.ncts.elements import DERIVED_FROM, ELEMENTS
from kervan.documents.ncts.part import ROLES, documents_of, is_container
from kervan.documents.ncts.schema import RELEASES, TITLES, Fault, MessageSchema

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS = re.compile("[\t\n\r]")
_STEP = re.compile(r"([^/\[\]]+)(?:\[(\d+)\])?")
LONGEST_SHOWN = 60


def finished(text: str, consignment: Consignment, index: int, schema: MessageSchema) -> bytes:
    """Return a message that was written, once it is known to be valid.

    Raises
    ------
    DocumentError
        If it is not: with the JSON path of what does not fit, the value, and what was expected.
    """
    from lxml import etree

    if "\n" in text or "\t" in text or "\r" in text:
        raise _unprintable(consignment, _BREAKS, "a tab or a line break; its texts have one line")
    try:
        data = text.encode()
        root = etree.fromstring(data)
    except (UnicodeEncodeError, etree.XMLSyntaxError):
        raise _unprintable(consignment, _ILLEGAL, "a character that XML has not") from None
    if schema.is_valid(root):
        return data
    fault = schema.first_fault(root)
    raise DocumentError(_explained(fault, consignment, index, schema))


def _explained(fault: Fault, consignment: Consignment, index: int, schema: MessageSchema) -> str:
    steps = _steps(fault.place)
    path = "/".join(name for name, _ in steps)
    where = json_place(consignment, index, fault.place)
    named = f"{schema.kind} ({TITLES[schema.kind]}) by the XSD {RELEASES[schema.version]}"
    leaf = schema.leaf(tuple(name for name, _ in steps))
    if leaf is None or fault.value is None:
        return f"{where}: /{path} of {named}: {fault.reason} Mend it in the consignment."
    shown, length = fault.value, ""
    if len(shown) > LONGEST_SHOWN:
        length = f", {len(shown)} characters,"
        shown = shown[: LONGEST_SHOWN - 3] + "…"
    return (
        f"{where}: '{shown}'{length} does not fit /{path} of {named}, which takes "
        f"{leaf.words()}. Mend it."
    )


def _steps(place: str) -> list[tuple[str, int]]:
    """Return names and positions (from 0) below the root."""
    found = [(m[1], int(m[2] or 1) - 1) for m in _STEP.finditer(place)]
    return found[1:]


def json_place(consignment: Consignment, index: int, place: str) -> str:
    """Return the JSON path of what an element of a message was written from."""
    steps = _steps(place)
    names = [name for name, _ in steps]
    while names:
        path = "/".join(names)
        name = ELEMENTS.get(path) or DERIVED_FROM.get(path)
        if name is None and path != "Consignment":
            below = next((v for k, v in ELEMENTS.items() if k.startswith(f"{path}/")), None)
            name = below and (below.rpartition(".")[0] or below)
        if name is not None:
            return _numbered(consignment, index, name, steps)
        names.pop()
    return "$"


def _numbered(consignment: Consignment, index: int, name: str, steps: list[tuple[str, int]]) -> str:
    positions = iter(_positions(consignment, index, name, steps))
    path: list[str | int] = []
    for part in name.split("."):
        path.append(part.removesuffix("[]"))
        if part.endswith("[]"):
            position = next(positions, None)
            if position is None:
                break
            path.append(position)
    return json_path(*path)


def _positions(
    consignment: Consignment, index: int, name: str, steps: list[tuple[str, int]]
) -> Iterator[int]:
    at = dict(steps)
    if name.startswith("procedures[]"):
        yield index
        of = consignment.procedures[index]
        if "guarantees[]" in name:
            groups = writing.guarantee_groups(of.guarantees)[: at.get("Guarantee", 0)]
            yield sum(map(len, groups)) + at.get("GuaranteeReference", 0)
        elif "identifiers[]" in name:
            return
        else:
            yield next((p for n, p in steps if n not in ("TransitOperation", "Consignment")), 0)
    elif name.startswith("documents[]"):
        yield from _document_position(consignment, at, steps)
    elif name.startswith("equipment[]"):
        kept = [p for p, u in enumerate(consignment.equipment) if is_container(u)]
        position = kept[at["TransportEquipment"]]
        yield position
        if "Seal" in at:
            unit = consignment.equipment[position]
            number = seals_now(consignment)[unit.number][at["Seal"]]
            yield from (p for p, s in enumerate(unit.seals) if s.number == number)
    elif name.startswith("goods_items[]"):
        yield at.get("ConsignmentItem", 0)
        for tag in ("Packaging", "DangerousGoods"):
            if tag in at:
                yield at[tag]


def _document_position(
    consignment: Consignment, at: dict[str, int], steps: list[tuple[str, int]]
) -> Iterator[int]:
    tags = {tag: role for role, tag in ROLES}
    tag = next(name for name, _ in steps if name in tags)
    item = (
        consignment.goods_items[at["ConsignmentItem"]].number if "ConsignmentItem" in at else None
    )
    here = [
        d
        for d in documents_of(consignment)
        if d[0] == tags[tag] and (not d[3] if item is None else item in d[3])
    ]
    role, kind, number, _ = here[at[tag]]
    for position, document in enumerate(consignment.documents):
        if (document.role, document.kind, document.number) == (role, kind, number):
            yield position
            return


def _unprintable(consignment: Consignment, pattern: re.Pattern[str], what: str) -> DocumentError:
    for path, text in _texts(consignment.model_dump(exclude_defaults=True), ()):
        if pattern.search(text):
            shown = "".join(c if c.isprintable() else "·" for c in text[:60])
            return DocumentError(
                f"{json_path(*path)}: '{shown}' has {what}. NCTS does not take it. Mend it."
            )
    return DocumentError(f"An option given to the message has {what}. NCTS does not take it.")


def _texts(content: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(content, str):
        yield path, content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield from _texts(value, (*path, key))
    elif isinstance(content, list | tuple):
        for position, value in enumerate(content):
            yield from _texts(value, (*path, position))
