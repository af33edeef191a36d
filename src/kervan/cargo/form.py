"""The first depth: code lists, check digits, characters, numbers that count, references.

Every element is visited once. What a value is judged by is kept as long as it is good, so that a
code that comes again costs a look into a set; the way back to an element, its path, is only made
where something is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from kervan.cargo.consignment import Consignment
from kervan.cargo.element import Element
from kervan.cargo.goods import Amount, DangerousGoods, GoodsItem, NationalCode, Packages
from kervan.cargo.parties import Address, Authorisation, Contact, Identifier
from kervan.cargo.problems import Step
from kervan.cargo.procedures import CustomsOffice, Document, Guarantee, Procedure, Remark
from kervan.cargo.rules import elements, numbers, values
from kervan.cargo.rules.basics import basics
from kervan.cargo.rules.elements import Found
from kervan.cargo.rules.findings import Findings
from kervan.cargo.rules.references import references
from kervan.cargo.rules.values import Judge
from kervan.cargo.shape import shapes
from kervan.cargo.transport import (
    Carrier,
    Means,
    Movement,
    Place,
    Seal,
    SealChange,
    TransportEquipment,
    Wagon,
)

CODES: dict[type[Element], dict[str, Judge]] = {
    Consignment: {"incoterm": values.incoterm},
    Address: {"country": values.country},
    Identifier: {"country": values.country},
    Authorisation: {"country": values.country},
    Contact: {"phone": values.phone, "email": values.email},
    Place: {
        "place_id": values.place_id,
        "country": values.country,
        "station_code": values.station,
    },
    Carrier: {"railway_code": values.railway},
    Means: {"nationality": values.country},
    Seal: {"number": values.seal},
    SealChange: {"removed": values.seal, "affixed": values.seal},
    TransportEquipment: {
        "size_type": values.size_type,
        "registration_country": values.country,
    },
    Wagon: {"number": numbers.wagon_fault, "registration_country": values.country},
    Amount: {"currency": values.currency},
    Packages: {"kind": values.packages},
    NationalCode: {"territory": values.territory},
    DangerousGoods: {
        "un_number": values.un_number,
        "hazard_class": values.hazard_class,
        "subsidiary_hazards": values.hazard_class,
        "packing_group": values.packing_group,
        "tunnel_code": values.tunnel,
        "ems": values.ems,
        "emergency_contact": values.phone,
    },
    GoodsItem: {
        "hs_code": values.hs_code,
        "nhm_code": values.nhm,
        "cus_code": values.cus,
        "supplementary_unit": values.unit,
        "origin_country": values.country,
    },
    CustomsOffice: {"country": values.country},
    Guarantee: {"currency": values.currency, "not_valid_in": values.country},
    Procedure: {
        "territory": values.territory,
        "countries_of_routing": values.country,
        "border_mode": values.border_mode,
    },
    Document: {"kind": values.document_kind},
    Remark: {"territory": values.territory},
}
"""What each code is judged by; one that is not here, by its characters alone."""

WHOLE: dict[type[Element], Callable[[Any], Found]] = {
    TransportEquipment: elements.unit,
    Identifier: elements.identifier,
    Place: elements.place,
    NationalCode: elements.national_code,
    GoodsItem: elements.goods_item,
    Procedure: elements.procedure,
}
"""Rules over several fields of one element."""

MAY_BE_NEGATIVE = frozenset({"temperature_c", "flash_point_c"})
_MOST_KEPT = 50_000


def check_form(consignment: Consignment, found: Findings) -> None:
    """Note every fault of form of a consignment."""
    if not _is_well(consignment):
        _say_all(consignment, (), found)
    basics(consignment, found)
    references(consignment, found)
    _ships(consignment, found)


class _Good(set[str]):
    """Values a judge has found nothing wrong with."""

    __slots__ = ("judge",)

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self.judge = judge

    def passes(self, value: str) -> bool:
        """Judge a value that has not been seen, and keep it where it is good."""
        if self.judge(value) is not None:
            return False
        if len(self) >= _MOST_KEPT:
            self.clear()
        self.add(value)
        return True


_CHARACTERS = _Good(values.characters)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to look at in the elements of one class."""

    codes: tuple[tuple[str, _Good], ...]
    plain_codes: tuple[str, ...]
    code_lists: tuple[tuple[str, _Good], ...]
    texts: tuple[str, ...]
    translations: tuple[str, ...]
    numbers: tuple[str, ...]
    elements: tuple[str, ...]
    whole: Callable[[Any], Found] | None
    languages: _Good = field(default_factory=lambda: _Good(values.language))


@lru_cache(maxsize=1)
def _plans() -> dict[type[Element], _Plan]:
    good: dict[Judge, _Good] = {}

    def of(kind: type[Element], name: str) -> _Good:
        judge = CODES.get(kind, {}).get(name, values.characters)
        return good.setdefault(judge, _Good(judge))

    return {
        kind: _Plan(
            tuple((n, of(kind, n)) for n in (*shape.codes, *shape.texts) if _is_judged(kind, n)),
            tuple(n for n in shape.codes if not _is_judged(kind, n)),
            tuple((n, of(kind, n)) for n in shape.code_lists),
            tuple(n for n in shape.texts if not _is_judged(kind, n)),
            shape.translations,
            tuple(n for n in shape.quantities if n not in MAY_BE_NEGATIVE),
            shape.elements,
            WHOLE.get(kind),
        )
        for kind, shape in shapes().items()
    }


def _is_judged(kind: type[Element], name: str) -> bool:
    return name in CODES.get(kind, {})


def _is_well(consignment: Consignment) -> bool:
    plans = _plans()
    open_: list[Element] = [consignment]
    while open_:
        element = open_.pop()
        plan = plans[element.__class__]
        at = element.__dict__
        for name, good in plan.codes:
            value = at[name]
            if value is not None and value not in good and not good.passes(value):
                return False
        for name in plan.plain_codes:
            value = at[name]
            if (
                value is not None
                and not (value.isascii() and value.isprintable())
                and values.characters(value) is not None
            ):
                return False
        for name in plan.texts:
            value = at[name]
            if value is not None and not value.isprintable() and values.words(value) is not None:
                return False
        for name in plan.numbers:
            value = at[name]
            if value is not None and value < 0:
                return False
        if plan.whole is not None:
            for _ in plan.whole(element):
                return False
        for name in plan.translations:
            value = at[name]
            if value:
                for language, text in value.items():
                    if language not in plan.languages and not plan.languages.passes(language):
                        return False
                    if not text.isprintable() and values.words(text) is not None:
                        return False
        for name, good in plan.code_lists:
            for value in at[name]:
                if value not in good and not good.passes(value):
                    return False
        for name in plan.elements:
            value = at[name]
            if value:
                if value.__class__ is tuple:
                    open_.extend(value)
                else:
                    open_.append(value)
    return True


def _say_all(element: Element, steps: tuple[Step, ...], found: Findings) -> None:
    """Do the same with the path of everything at hand, and name all that is wrong."""
    plan = _plans()[element.__class__]
    whole = dict(plan.whole(element)) if plan.whole is not None else {}
    for name, value, good in _codes(element, plan):
        fault = good.judge(value) or values.characters(value)
        if fault is not None and name not in whole:
            found.add((*steps, *name), fault)
    for name, text in _texts(element, plan):
        fault = values.words(text)
        if fault is not None:
            found.add((*steps, *name), fault)
    for field_ in plan.translations:
        for language in getattr(element, field_):
            fault = plan.languages.judge(language)
            if fault is not None:
                found.add((*steps, field_, language), fault)
    for field_ in plan.numbers:
        number = getattr(element, field_)
        if number is not None and number < 0:
            found.error(
                "negative",
                (*steps, field_),
                f"{field_} is {number:f}; it cannot be less than nothing.",
                "Write it without the sign.",
            )
    for below, fault in whole.items():
        found.add((*steps, *below), fault)
    for field_ in plan.elements:
        value = getattr(element, field_)
        if isinstance(value, tuple):
            for position, child in enumerate(value):
                _say_all(child, (*steps, field_, position), found)
        elif value is not None:
            _say_all(value, (*steps, field_), found)


def _codes(element: Element, plan: _Plan) -> Iterator[tuple[tuple[Step, ...], str, _Good]]:
    for name, good in plan.codes:
        value = getattr(element, name)
        if value is not None:
            yield (name,), value, good
    for name in plan.plain_codes:
        value = getattr(element, name)
        if value is not None:
            yield (name,), value, _CHARACTERS
    for name, good in plan.code_lists:
        for position, value in enumerate(getattr(element, name)):
            yield (name, position), value, good


def _texts(element: Element, plan: _Plan) -> Iterator[tuple[tuple[Step, ...], str]]:
    for name in plan.texts:
        value = getattr(element, name)
        if value is not None:
            yield (name,), value
    for name in plan.translations:
        for language, text in getattr(element, name).items():
            yield (name, language), text


def _ships(consignment: Consignment, found: Findings) -> None:
    for position, movement in enumerate(consignment.movements):
        means = movement.means
        if means is not None and means.identity is not None and _is_at_sea(movement):
            fault = numbers.ship_fault(means.identity)
            if fault is not None:
                found.add(("movements", position, "means", "identity"), fault)


def _is_at_sea(movement: Movement) -> bool:
    return movement.mode in ("sea", "ferry")
