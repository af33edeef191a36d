"""The SMGS and the CIM/SMGS note as data: XML and JSON of our own schema, ``smgs.v1``.

No schema of the electronic note could be had that may be used freely; the page on SMGS in the
reference says what was looked for. This one names each box by its number and what is in it by the
words of the consignment, and is read back without loss.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from kervan.cargo.consignment import SCHEMA as CONSIGNMENT_SCHEMA
from kervan.cargo.consignment import Consignment
from kervan.cargo.problems import Step, json_path
from kervan.cargo.reading import CargoError, read_consignment
from kervan.documents.format import DocumentError, Format, LeftOver, ReadDocument, carried
from kervan.documents.safe_xml import parse_xml
from kervan.documents.smgs.boxes import BOXES, CARRIES, HEAD, SCHEMA, Form
from kervan.documents.smgs.ways import needs_common_note, needs_smgs

if TYPE_CHECKING:
    from lxml import etree

NAMESPACE = "urn:kervan:smgs:v1"
_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_MOST_BYTES = 16 * 2**20


def render_json(consignment: Consignment, *, form: Form = "smgs") -> bytes:
    """Return a note as JSON of ``smgs.v1``.

    Parameters
    ----------
    consignment
        What it is of.
    form
        Which of the notes: ``smgs`` or ``cim-smgs``.
    """
    text = json.dumps(_content(consignment, form), ensure_ascii=False, indent=2)
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise DocumentError(
            "The note holds half a character (a surrogate); mend the text."
        ) from None


def render_xml(consignment: Consignment, *, form: Form = "smgs") -> bytes:
    """Return a note as XML of ``smgs.v1``.

    Parameters
    ----------
    consignment
        What it is of.
    form
        Which of the notes: ``smgs`` or ``cim-smgs``.

    Raises
    ------
    DocumentError
        If a text has a character that no XML may hold, naming the element.
    """
    from lxml import etree

    content = _content(consignment, form)
    root = etree.Element(_tag("note"), {"form": form}, nsmap={None: NAMESPACE})
    for name in HEAD:
        if name in content:
            _write(root, name, content[name], (name,))
    for number, box in content["boxes"].items():
        element = etree.SubElement(root, _tag("box"), {"number": number})
        for name, value in box.items():
            _write(element, name, value, (name,))
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return found


def read_json(data: bytes) -> ReadDocument:
    """Read a note from JSON of ``smgs.v1``.

    Raises
    ------
    DocumentError
        If it is no such JSON, or larger than is read.
    """
    if len(data) > _MOST_BYTES:
        raise DocumentError(
            f"The JSON has {len(data) / 2**20:.0f} MB; up to {_MOST_BYTES // 2**20} MB are read."
        )
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"The note is no JSON: {str(error)[:200]}.") from None
    if not isinstance(content, dict) or content.get("format") != SCHEMA:
        raise DocumentError(f"The JSON is no note: its field 'format' would be '{SCHEMA}'.")
    form = _form(content.get("form"))
    boxes = content.get("boxes", {})
    if not isinstance(boxes, dict) or not all(isinstance(box, dict) for box in boxes.values()):
        raise DocumentError("The JSON is no note: 'boxes' would hold one object for each box.")
    found: dict[str, Any] = {name: content[name] for name in HEAD if name in content}
    left: list[LeftOver] = []
    for name, value in content.items():
        if name not in (*HEAD, "format", "form", "boxes"):
            left += _leaves(value, (name,))
    for number, box in boxes.items():
        known = BOXES[form].get(number, ())
        for name, value in box.items():
            if name in known:
                found[name] = value
            else:
                left += _leaves(value, ("boxes", number, name))
    return ReadDocument(f"{form}-json", "v1", _consignment(found), tuple(left))


def read_xml(data: bytes) -> ReadDocument:
    """Read a note from XML of ``smgs.v1``; its signature is not verified here.

    Raises
    ------
    DocumentError
        If it is no such XML, or of those that are refused.
    """
    root = parse_xml(data)
    if root.tag != _tag("note"):
        raise DocumentError(
            f"The XML is no note: its root is <{str(root.tag)[:80]}>; <note> of {NAMESPACE} was "
            "expected."
        )
    form = _form(root.get("form"))
    found: dict[str, Any] = {}
    left: list[LeftOver] = []
    _left_attributes(root, ("form",), "/note", left)
    for element in root:
        name = _name(element)
        if name in HEAD:
            found[name] = _read(element, _annotation(Consignment, name), f"/note/{name}", left)
        elif name == "box":
            _read_box(element, form, found, left)
        elif element.tag != _SIGNATURE:
            left += _left_elements(element, f"/note/{name or element.tag}")
    return ReadDocument(f"{form}-xml", "v1", _consignment(found), tuple(left))


def _read_box(box: etree._Element, form: Form, found: dict[str, Any], left: list[LeftOver]) -> None:
    number = box.get("number", "")
    place = f"/note/box[@number='{number[:8]}']"
    _left_attributes(box, ("number",), place, left)
    known = BOXES[form].get(number, ())
    for element in box:
        name = _name(element)
        here = f"{place}/{name or element.tag}"
        if name is None or name not in known:
            left += _left_elements(element, here)
            continue
        _put(found, name, element, _annotation(Consignment, name), here, left)


def _content(consignment: Consignment, form: Form) -> dict[str, Any]:
    _form(form)
    whole = carried(consignment, CARRIES).model_dump(mode="json", exclude_defaults=True)
    boxes = {
        number: {name: whole[name] for name in names if name in whole}
        for number, names in BOXES[form].items()
    }
    return {
        "format": SCHEMA,
        "form": form,
        **{name: whole[name] for name in HEAD if name in whole},
        "boxes": {number: box for number, box in boxes.items() if box},
    }


def _form(form: Any) -> Form:
    if form not in BOXES:
        raise DocumentError(
            f"The form '{str(form)[:40]}' is not known; there are {', '.join(BOXES)}."
        )
    found: Form = form
    return found


def _consignment(found: Mapping[str, Any]) -> Consignment:
    try:
        return read_consignment({"format": CONSIGNMENT_SCHEMA, **found})
    except CargoError as error:
        raise DocumentError(f"The note cannot be read: {error}") from None


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _name(element: etree._Element) -> str | None:
    """Return the name of an element of ours, else None."""
    start = f"{{{NAMESPACE}}}"
    return element.tag[len(start) :] if element.tag.startswith(start) else None


def _write(parent: etree._Element, name: str, value: Any, steps: tuple[Step, ...]) -> None:
    from lxml import etree

    if isinstance(value, list):
        for position, entry in enumerate(value):
            _write(parent, name, entry, (*steps, position))
        return
    element = etree.SubElement(parent, _tag(name))
    if isinstance(value, dict):
        if name.endswith("_in"):
            # Words in other languages: an element for each, named by its language.
            parent.remove(element)
            for language, words in value.items():
                element = etree.SubElement(parent, _tag(name), {"lang": language})
                _set(element, words, (*steps, language))
            return
        for key, entry in value.items():
            _write(element, key, entry, (*steps, key))
        return
    _set(element, _text(value), steps)


def _set(element: etree._Element, text: str, steps: tuple[Step, ...]) -> None:
    try:
        element.text = text
    except ValueError:
        raise DocumentError(
            f"The note cannot be written as XML: {json_path(*steps)} holds a control character, "
            "which no XML may. Take it out."
        ) from None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _read(element: etree._Element, annotation: Any, place: str, left: list[LeftOver]) -> Any:
    model = _model(annotation)
    if model is None:
        _left_attributes(element, (), place, left)
        for child in element:
            left += _left_elements(child, f"{place}/{_name(child) or child.tag}")
        return element.text or ""
    _left_attributes(element, (), place, left)
    if element.text and element.text.strip():
        left.append(LeftOver(place, element.text.strip()))
    found: dict[str, Any] = {}
    for child in element:
        name = _name(child)
        here = f"{place}/{name or child.tag}"
        if name is None or name not in model.model_fields:
            left += _left_elements(child, here)
            continue
        _put(found, name, child, _annotation(model, name), here, left)
    return found


def _put(
    found: dict[str, Any],
    name: str,
    element: etree._Element,
    annotation: Any,
    place: str,
    left: list[LeftOver],
) -> None:
    origin = get_origin(_bare(annotation))
    if origin is tuple:
        inner = get_args(_bare(annotation))[0]
        found.setdefault(name, []).append(_read(element, inner, place, left))
    elif origin is dict:
        _left_attributes(element, ("lang",), place, left)
        for child in element:
            left += _left_elements(child, f"{place}/{_name(child) or child.tag}")
        language = element.get("lang", "")
        words = found.setdefault(name, {})
        if language in words:
            raise DocumentError(f"The XML says {place} twice in the language '{language[:8]}'.")
        words[language] = element.text or ""
    elif name in found:
        raise DocumentError(f"The XML says {place} twice; it was expected once.")
    else:
        found[name] = _read(element, annotation, place, left)


@lru_cache(maxsize=512)
def _annotation(model: type[BaseModel], name: str) -> Any:
    return model.model_fields[name].annotation


def _bare(annotation: Any) -> Any:
    """Return a type without what is said about it, and without None."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            annotation = next(arg for arg in get_args(annotation) if arg is not type(None))
        else:
            return annotation


def _model(annotation: Any) -> type[BaseModel] | None:
    bare = _bare(annotation)
    return bare if isinstance(bare, type) and issubclass(bare, BaseModel) else None


def _left_attributes(
    element: etree._Element, known: tuple[str, ...], place: str, left: list[LeftOver]
) -> None:
    left += [
        LeftOver(f"{place}/@{name}", value)
        for name, value in element.attrib.items()
        if name not in known and not str(name).startswith("{http://www.w3.org/2001/XMLSchema-inst")
    ]


def _left_elements(element: etree._Element, place: str) -> Iterator[LeftOver]:
    if element.text and element.text.strip():
        yield LeftOver(place, element.text.strip())
    yield from (LeftOver(f"{place}/@{name}", value) for name, value in element.attrib.items())
    for child in element:
        yield from _left_elements(child, f"{place}/{_name(child) or child.tag}")


def _leaves(value: Any, steps: tuple[Step, ...]) -> Iterator[LeftOver]:
    if isinstance(value, dict | list) and value:
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for step, entry in entries:
            yield from _leaves(entry, (*steps, step))
    else:
        yield LeftOver(json_path(*steps), value if isinstance(value, str) else json.dumps(value))


def _is_json(form: Form, head: bytes) -> bool:
    return f'"{SCHEMA}"'.encode() in head and f'"form": "{form}"'.encode() in head


def _is_xml(form: Form, head: bytes) -> bool:
    return NAMESPACE.encode() in head and f'form="{form}"'.encode() in head


def _read_one(read: Callable[[bytes], ReadDocument], kind: str, data: bytes) -> ReadDocument:
    found = read(data)
    if found.kind != kind:
        raise DocumentError(f"The note is of the kind '{found.kind}'; '{kind}' was expected.")
    return found


def _format(form: Form, title: str, suffix: str) -> Format:
    kind = f"{form}-{suffix[1:]}"
    as_json = suffix == ".json"
    return Format(
        kind=kind,
        title=title,
        suffix=suffix,
        standard=f"{SCHEMA}, published with Kervan",
        carries=CARRIES,
        render=partial(render_json if as_json else render_xml, form=form),
        read=partial(_read_one, read_json if as_json else read_xml, kind),
        recognises=partial(_is_json if as_json else _is_xml, form),
        wanted=needs_smgs if form == "smgs" else needs_common_note,
        form_of=form,
    )


SMGS_XML = _format("smgs", "SMGS consignment note as XML", ".xml")
"""The SMGS note as XML."""
SMGS_JSON = _format("smgs", "SMGS consignment note as JSON", ".json")
"""The SMGS note as JSON."""
CIM_SMGS_XML = _format("cim-smgs", "CIM/SMGS consignment note as XML", ".xml")
"""The CIM/SMGS note as XML."""
CIM_SMGS_JSON = _format("cim-smgs", "CIM/SMGS consignment note as JSON", ".json")
"""The CIM/SMGS note as JSON."""
