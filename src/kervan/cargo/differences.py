"""What differs between two consignments, element by element and not line by line.

Entries of a list are told apart by what names them (a goods item by its number, a container by its
own), so that one put in front does not make all that follow look changed. Entries that nothing
names are compared as a bag: those in one and not the other were added or removed. Order counts only
where it says the way: of carriers, countries of routing and offices of transit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel

from kervan.cargo.consignment import Consignment
from kervan.cargo.problems import Step, json_path

_NAMED_BY: dict[str, tuple[str, ...]] = {
    "goods_items": ("number",),
    "movements": ("number",),
    "procedures": ("number",),
    "equipment": ("number",),
    "wagons": ("number", "movement"),
    "carriers": ("carrier_id",),
    "payments": ("carrier_id",),
    "seals": ("number",),
    "seal_changes": ("equipment_number", "at"),
    "documents": ("kind", "number"),
    "packages": ("kind", "marks"),
    "stowage": ("equipment_number",),
    "dangerous_goods": ("un_number",),
    "national_codes": ("territory",),
    "identifiers": ("scheme", "country"),
    "authorisations": ("kind", "country"),
    "other_parties": ("role",),
    "notify_parties": ("name",),
    "guarantees": ("kind", "reference"),
    "offices_of_transit": ("reference",),
    "remarks": ("kind", "territory"),
}
"""By what the entries of a list are told apart."""

_IN_ORDER = frozenset({"carriers", "countries_of_routing", "offices_of_transit"})
"""Lists whose order is that of the way; movements and procedures are numbered."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One element that is not the same.

    Attributes
    ----------
    kind
        ``added``, ``removed`` or ``changed``.
    path
        JSON path: of the newer consignment, or of the older where the element was removed.
    name
        Dotted name without positions, as in what a document carries: ``goods_items.hs_code``.
    where
        Which entry of its lists, in words: ``goods item 3``; empty outside lists.
    before, after
        Values as JSON has them; None on the side where there is none.
    change
        By how much a number changed.
    """

    kind: Literal["added", "removed", "changed"]
    path: str
    name: str
    where: str
    before: Any
    after: Any
    change: Decimal | None = None

    def __str__(self) -> str:
        """The difference as a sentence."""
        what = self.name.rpartition(".")[2].replace("_", " ")
        subject = f"{self.where}: {what}" if self.where else what
        if self.kind == "added":
            return f"{subject} added: {_said(self.after)}"
        if self.kind == "removed":
            return f"{subject} removed: {_said(self.before)}"
        by = "" if self.change is None else f" ({self.change:+f})"
        return f"{subject}: {_said(self.before)} → {_said(self.after)}{by}"


def differences(before: Consignment, after: Consignment) -> tuple[Difference, ...]:
    """Return every difference, in the order of the elements; none where both are equal.

    The version is not compared: it says only that something was.
    """
    return tuple(_Comparison().elements(before, after, skip=("version",)))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Where a comparison is: its paths on both sides, its name and its entries in words."""

    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()
    name: str = ""
    where: str = ""

    def below(self, field: str) -> _Comparison:
        name = f"{self.name}.{field}" if self.name else field
        return _Comparison((*self.before, field), (*self.after, field), name, self.where)

    def entry(self, before: int, after: int, word: str) -> _Comparison:
        where = f"{self.where}, {word}" if self.where else word
        return _Comparison((*self.before, before), (*self.after, after), self.name, where)

    def elements(
        self, before: BaseModel, after: BaseModel, skip: tuple[str, ...] = ()
    ) -> Iterator[Difference]:
        for field in type(before).model_fields:
            if field not in skip:
                yield from self.below(field).values(getattr(before, field), getattr(after, field))

    def values(self, before: Any, after: Any) -> Iterator[Difference]:
        if before == after:
            return
        if isinstance(before, tuple) and isinstance(after, tuple):
            found = tuple(self.lists(before, after))
            yield from found
            if not found and self.name.rpartition(".")[2] in _IN_ORDER:
                yield self.difference("changed", before, after)
        elif isinstance(before, dict) and isinstance(after, dict):
            for key in sorted({*before, *after}):
                yield from self.below(key).values(before.get(key), after.get(key))
        elif isinstance(before, BaseModel) and isinstance(after, BaseModel):
            yield from self.elements(before, after)
        elif before is None:
            yield self.difference("added", None, after)
        elif after is None:
            yield self.difference("removed", before, None)
        else:
            yield self.difference("changed", before, after)

    def lists(self, before: tuple[Any, ...], after: tuple[Any, ...]) -> Iterator[Difference]:
        field = self.name.rpartition(".")[2]
        names = _NAMED_BY.get(field)
        key: Callable[[Any], Any] = (
            (lambda entry: tuple(getattr(entry, name) for name in names)) if names else _as_said
        )
        old, new = _numbered(before, key), _numbered(after, key)
        word = _SINGULAR.get(field, field.replace("_", " ").removesuffix("s"))
        for named, position in old.items():
            title = _title(word, named)
            if named in new:
                here = self.entry(position, new[named], title)
                yield from here.values(before[position], after[new[named]])
            else:
                here = self.entry(position, position, title)
                yield here.difference("removed", before[position], None)
        for named, position in new.items():
            if named not in old:
                here = self.entry(position, position, _title(word, named))
                yield here.difference("added", None, after[position])

    def difference(
        self, kind: Literal["added", "removed", "changed"], before: Any, after: Any
    ) -> Difference:
        steps = self.before if kind == "removed" else self.after
        change = Decimal(after) - Decimal(before) if _counts(before) and _counts(after) else None
        return Difference(
            kind, json_path(*steps), self.name, self.where, _plain(before), _plain(after), change
        )


_SINGULAR = {
    "goods_items": "goods item",
    "equipment": "equipment",
    "notify_parties": "notify party",
    "other_parties": "party",
    "stowage": "stowage in",
    "packages": "packages",
    "dangerous_goods": "dangerous goods UN",
    "countries_of_routing": "country of routing",
    "offices_of_transit": "office of transit",
}


def _numbered(entries: tuple[Any, ...], key: Callable[[Any], Any]) -> dict[Any, int]:
    """Return the position of each entry by its name; one that stands again is counted along."""
    found: dict[Any, int] = {}
    times: Counter[Any] = Counter()
    for position, entry in enumerate(entries):
        name = key(entry)
        found[name, times[name]] = position
        times[name] += 1
    return found


def _counts(value: Any) -> bool:
    return isinstance(value, Decimal | int) and not isinstance(value, bool)


def _as_said(entry: Any) -> Any:
    return entry.model_dump_json() if isinstance(entry, BaseModel) else entry


def _title(word: str, named: tuple[Any, int]) -> str:
    name, again = named
    parts = name if isinstance(name, tuple) else (name,)
    said = " ".join(str(part) for part in parts if part is not None)
    return f"{word} {said}" + (f" ({again + 1})" if again else "")


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_said(entry)}" for key, entry in value.items())
    if isinstance(value, list):
        return "; ".join(map(_said, value))
    return str(value)
