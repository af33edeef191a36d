"""Elements on their way into and out of XML: written in the order of the schema, read leaf by leaf.

In every type of the eFTI schemas the elements stand in the order of their names, so sorting them is
all that their order takes; a test holds the schemas to it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kervan.documents.format import DocumentError, LeftOver

if TYPE_CHECKING:
    from lxml import etree

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Node:
    """An element to be written.

    Attributes
    ----------
    name
        Local name.
    namespace
        Its namespace.
    text
        Its value, where it has one.
    path
        JSON path of what is written, for what may be wrong with it.
    attributes
        Its attributes.
    children
        Its elements, in any order; those of one name keep theirs.
    is_kept
        Whether it is written though nothing stands in it.
    """

    name: str
    namespace: str
    text: str | None = None
    path: str = "$"
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    is_kept: bool = False

    def add(self, name: str, path: str = "", *, is_kept: bool = False) -> Node:
        """Add an element that holds others and return it."""
        node = Node(name, self.namespace, path=path or self.path, is_kept=is_kept)
        self.children.append(node)
        return node

    def put(self, name: str, value: str | None, path: str, **attributes: str | None) -> None:
        """Add an element with a value, unless it is None."""
        if value is not None:
            said = {key: v for key, v in attributes.items() if v is not None}
            self.children.append(Node(name, self.namespace, value, path, said))

    def put_token(self, name: str, value: str | None, path: str) -> None:
        """Add an element whose value may not hold double spaces or line breaks (xsd:token).

        Raises
        ------
        DocumentError
            If it does.
        """
        if value is not None and value != " ".join(value.split()):
            raise DocumentError(
                f"{path}: {value!r} has line breaks or several spaces in a row, which <{name}> "
                "of eFTI drops; write it with single spaces."
            )
        self.put(name, value, path)

    def put_lines(self, name: str, value: str | None, path: str, most: int) -> None:
        """Add a text as so many elements of at most ``most`` characters, broken at spaces.

        Raises
        ------
        DocumentError
            If it cannot be broken so that joining the lines by a space gives it back.
        """
        if value is None:
            return
        lines = [value]
        if len(value) > most:
            lines = [""]
            for word in value.split(" "):
                if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
                    lines.append(word)
                else:
                    lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
        if any(len(line) > most for line in lines) or joined(lines) != value:
            raise DocumentError(
                f"{path}: {value[:80]!r} cannot be broken into lines of at most {most} characters, "
                f"as <{name}> of eFTI asks; put single spaces between its words."
            )
        for line in lines:
            self.put(name, line, path)

    def is_empty(self) -> bool:
        """Whether nothing would be written."""
        return not self.is_kept and not self.text and all(c.is_empty() for c in self.children)


def joined(lines: list[str]) -> str | None:
    """Return the text that lines are of: one as it is, several with single spaces throughout."""
    if len(lines) == 1:
        return lines[0].strip() or None
    return " ".join(" ".join(lines).split()) or None


def element_of(node: Node, paths: dict[etree._Element, str]) -> etree._Element:
    """Return the element of a node, and put the JSON path of each into ``paths``.

    Raises
    ------
    DocumentError
        If a value holds a character that XML cannot hold.
    """
    from lxml import etree

    element = etree.Element(f"{{{node.namespace}}}{node.name}", nsmap={None: node.namespace})
    _fill(element, node, paths)
    return element


def _fill(element: etree._Element, node: Node, paths: dict[etree._Element, str]) -> None:
    from lxml import etree

    paths[element] = node.path
    for name, value in node.attributes.items():
        element.set(name, legal(value, node.path))
    if node.text is not None:
        element.text = legal(node.text, node.path)
    for child in sorted(node.children, key=lambda child: child.name):
        if not child.is_empty():
            _fill(etree.SubElement(element, f"{{{child.namespace}}}{child.name}"), child, paths)


def legal(value: str, path: str) -> str:
    """Return a value that XML can hold.

    Raises
    ------
    DocumentError
        If it cannot.
    """
    found = _ILLEGAL.search(value)
    if found:
        raise DocumentError(
            f"{path}: {value[:80]!r} holds the character U+{ord(found[0]):04X}, which XML cannot "
            "hold; take it out."
        )
    return value


def child(element: etree._Element | None, *names: str) -> etree._Element | None:
    """Return the first element these names lead to, whatever its namespace."""
    for name in names:
        if element is None:
            return None
        element = element.find(f"{{*}}{name}")
    return element


def children(element: etree._Element | None, name: str) -> list[etree._Element]:
    """Return the elements of a name below an element."""
    return [] if element is None else element.findall(f"{{*}}{name}")


def text(element: etree._Element | None, *names: str) -> str | None:
    """Return the value these names lead to; None where there is none."""
    found = child(element, *names)
    return None if found is None else (found.text or "").strip() or None


def token(element: etree._Element | None, *names: str) -> str | None:
    """Return the value these names lead to with single spaces, as xsd:token means it."""
    return " ".join((text(element, *names) or "").split()) or None


def leaves(root: etree._Element) -> Iterator[tuple[str, str, str]]:
    """Yield every value: its XPath with positions, the same without, and the value.

    Where the schema lies (``xsi:schemaLocation``) is a hint to programs and no value.
    """
    yield from _leaves(root, f"/{_local(root)}", f"/{_local(root)}")


def _leaves(element: etree._Element, place: str, path: str) -> Iterator[tuple[str, str, str]]:
    for name, value in element.attrib.items():
        if not str(name).startswith(_XSI):
            yield f"{place}/@{name}", f"{path}/@{name}", _plain(str(value))
    if len(element) == 0:
        value = _plain(element.text or "")
        if value:
            yield place, path, value
        return
    many = Counter(_local(child) for child in element)
    seen: Counter[str] = Counter()
    for child in element:
        name = _local(child)
        seen[name] += 1
        position = f"[{seen[name]}]" if many[name] > 1 else ""
        yield from _leaves(child, f"{place}/{name}{position}", f"{path}/{name}")


def left_over(
    read: etree._Element, written: etree._Element, *, below: str = ""
) -> tuple[LeftOver, ...]:
    """Return the values of what was read that writing it again does not write.

    What is compared is the way to a value and the value, so nothing that a consignment did not keep
    can be overlooked.

    Parameters
    ----------
    read, written
        What was read, and what is written of what was understood.
    below
        Path of the element of ``read`` that holds what is written, where it is not the root.
    """
    kept = Counter((path, value) for _, path, value in leaves(written))
    found = []
    for place, whole, value in leaves(read):
        path = whole.removeprefix(below)
        if kept[path, value]:
            kept[path, value] -= 1
        else:
            found.append(LeftOver(place, value))
    return tuple(found)


def _plain(value: str) -> str:
    return " ".join(value.split())


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
