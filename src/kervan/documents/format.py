"""What a document or message is: how it is written, read, recognised, and what it carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kervan.cargo.consignment import Consignment
from kervan.cargo.element import Element
from kervan.errors import KervanError


class DocumentError(KervanError):
    """A document cannot be written from a consignment, or a file is no such document."""


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A value of a document that a consignment has no element for.

    Attributes
    ----------
    place
        Where it stands: an XPath, a segment and its position, a cell.
    value
        As written.
    """

    place: str
    value: str


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document read back.

    Attributes
    ----------
    kind
        Key of its format.
    version
        Of the standard it is written to: ``60.4``, ``D.95B``.
    consignment
        What it says of the consignment.
    left_over
        What it says besides: nothing that was read is lost.
    """

    kind: str
    version: str
    consignment: Consignment
    left_over: tuple[LeftOver, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """One document or message.

    Attributes
    ----------
    kind
        Key, as in ``kervan document render --as``: ``ncts-cc015c``.
    title
        Name in words.
    suffix
        Of its files: ``.xml``, ``.pdf``, ``.edi``.
    standard
        The standard and its version, and who publishes it.
    carries
        Elements of the consignment it carries, as dotted names without positions:
        ``goods_items.hs_code``; a name stands for all below it. What a document carries is what
        comes back from it: reading what was written gives ``carried(consignment, carries)``.
    render
        Writes it; raises :class:`DocumentError` where the consignment lacks what it cannot be
        without, naming the element's JSON path.
    read
        Reads it back; None where the format cannot be read, as a paper.
    recognises
        Whether a file is probably one, by its first 4,096 bytes.
    wanted
        Whether the way of a consignment asks for it.
    takes
        Options its ``render`` takes by name beside the consignment: ``version``, ``procedure``,
        ``key``.
    form_of
        Kind of the document that this is another form of, saying the same; None for a document of
        its own.
    part
        What of a consignment it says, where that hangs on more than the elements it carries; by
        ``carries`` alone unless given.
    """

    kind: str
    title: str
    suffix: str
    standard: str
    carries: frozenset[str]
    render: Callable[..., bytes]
    read: Callable[[bytes], ReadDocument] | None = None
    recognises: Callable[[bytes], bool] = field(default=lambda head: False)  # noqa: ARG005
    wanted: Callable[[Consignment], bool] = field(default=lambda consignment: True)  # noqa: ARG005
    takes: frozenset[str] = frozenset()
    form_of: str | None = None
    part: Callable[[Consignment], Consignment] | None = None

    def said(self, consignment: Consignment) -> Consignment:
        """Return what comes back when the document of a consignment is read."""
        if self.part is not None:
            return self.part(consignment)
        return carried(consignment, self.carries)


def carried(consignment: Consignment, names: frozenset[str]) -> Consignment:
    """Return the consignment with these elements alone.

    Parameters
    ----------
    consignment
        The whole.
    names
        Dotted names without positions: ``goods_items.packages.kind``, or ``goods_items.packages``
        for all of it. Fields that an element cannot be without must be among them; an element
        left out for holding none of the names takes with it what cannot be without it.
    """
    content = consignment.model_dump(exclude_defaults=True)
    return Consignment.model_validate(_kept(consignment, content, "", names))


def _kept(value: Any, content: Any, name: str, names: frozenset[str]) -> Any:
    """Return what is kept of the content of a value; None where nothing is."""
    if name in names:
        return content
    if isinstance(content, dict):
        below = {}
        for key, entry in content.items():
            at = f"{name}.{key}" if name else key
            kept = _kept(getattr(value, key, None), entry, at, names)
            if kept is not None:
                below[key] = kept
            elif _is_needed(value, key) and any(n.startswith(f"{at}.") for n in names):
                # A party of a role, say, of which there is nothing that the document carries:
                # it cannot be without one, and is not written.
                return None
        return below or None
    if isinstance(content, list | tuple):
        pairs = zip(value, content, strict=True)
        entries = [kept for v, c in pairs if (kept := _kept(v, c, name, names)) is not None]
        return entries or None
    return None


def _is_needed(value: Any, key: str) -> bool:
    """Return whether an element cannot be without a further element."""
    return (
        isinstance(value, Element)
        and isinstance(getattr(value, key), Element)
        and type(value).model_fields[key].is_required()
    )
