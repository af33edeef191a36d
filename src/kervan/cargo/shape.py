"""Which fields of each element hold further elements, codes or words: made from the classes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, get_args

from pydantic.fields import FieldInfo

from kervan.cargo.consignment import Consignment
from kervan.cargo.element import Code, Element, Text, Translations


@dataclass(frozen=True, slots=True)
class Shape:
    """Names of the fields of one class of element, by what they hold.

    Attributes
    ----------
    elements
        One further element, or several.
    translations
        Words by language.
    codes, code_lists, texts
        A code, several, or words.
    quantities
        A number with decimals.
    """

    elements: tuple[str, ...]
    translations: tuple[str, ...]
    codes: tuple[str, ...]
    code_lists: tuple[str, ...]
    texts: tuple[str, ...]
    quantities: tuple[str, ...]


@lru_cache(maxsize=1)
def shapes() -> dict[type[Element], Shape]:
    """Return the shape of every class that a consignment is made of."""
    found: dict[type[Element], Shape] = {}
    open_: list[type[Element]] = [Consignment]
    while open_:
        kind = open_.pop()
        if kind in found:
            continue
        by_use: dict[str, list[str]] = {}
        for name, declared in kind.model_fields.items():
            use, below = _use(declared)
            by_use.setdefault(use, []).append(name)
            open_ += below
        found[kind] = Shape(
            *(
                tuple(by_use.get(use, ()))
                for use in ("element", "translations", "code", "codes", "text", "quantity")
            )
        )
    return found


def fields_set(consignment: Consignment) -> int:
    """Return how many fields were given, of the consignment and of all elements in it."""
    below = _below()
    count = 0
    open_: list[Element] = [consignment]
    while open_:
        element = open_.pop()
        count += len(element.__pydantic_fields_set__)
        held = element.__dict__
        for name in below[element.__class__]:
            value = held[name]
            if value:
                kind = value.__class__
                if kind is tuple:
                    open_ += value
                elif kind is dict:
                    count += len(value)
                else:
                    open_.append(value)
    return count


def element_below(kind: type[Element], field: str) -> type[Element] | None:
    """Return the class of the elements a field of a class holds, None where it holds none."""
    declared = kind.model_fields.get(field)
    return None if declared is None else next(iter(_elements(declared.annotation)), None)


@lru_cache(maxsize=1)
def _below() -> dict[type[Element], tuple[str, ...]]:
    return {kind: (*shape.elements, *shape.translations) for kind, shape in shapes().items()}


_LONGEST_CODE = 70


def _use(declared: FieldInfo) -> tuple[str, list[type[Element]]]:
    below = list(_elements(declared.annotation))
    if below:
        return "element", below
    parts = set(_parts(declared.annotation))
    if Decimal in parts:
        return "quantity", []
    if get_args(Translations)[0] in parts:
        return "translations", []
    if Code in parts:
        return ("codes" if tuple in _origins(declared.annotation) else "code"), []
    if Text in parts:
        return "text", []
    # Annotated without "| None" is taken apart by pydantic; its constraints are left to tell by.
    longest = {getattr(c, "max_length", None) for c in declared.metadata}
    if declared.annotation is str and longest - {None}:
        return ("code" if _LONGEST_CODE in longest else "text"), []
    return "other", []


def _elements(annotation: Any) -> list[type[Element]]:
    return [
        part for part in _parts(annotation) if isinstance(part, type) and issubclass(part, Element)
    ]


def _parts(annotation: Any) -> list[Any]:
    # Code and Text are the same str with other constraints: they must not be taken apart here.
    found = [annotation]
    if annotation not in (Code, Text):
        for part in get_args(annotation):
            found += _parts(part)
    return found


def _origins(annotation: Any) -> set[Any]:
    return {getattr(part, "__origin__", None) for part in _parts(annotation)}
