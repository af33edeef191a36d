"""Faults that show in one element alone, by the fields it has together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kervan.cargo.goods import GoodsItem, NationalCode
from kervan.cargo.parties import Identifier
from kervan.cargo.problems import Step
from kervan.cargo.procedures import Procedure
from kervan.cargo.rules.findings import Fault
from kervan.cargo.rules.lists import known
from kervan.cargo.rules.numbers import container_fault, grn_fault, identifier_fault, mrn_fault
from kervan.cargo.transport import Place, TransportEquipment

Found = Iterator[tuple[tuple[Step, ...], Fault]]

EU_TRANSIT = frozenset({"common_transit", "union_transit"})
_NATIONAL_DIGITS = {"EAEU": (10,), "TR": (12,), "EU": (8, 10), "CN": (8, 10, 13), "GE": (10, 11)}
"""Digits of the tariffs of the Middle Corridor; others are not known here and not looked at."""


def unit(unit: TransportEquipment) -> Found:
    """The number of a container: its form and check digit."""
    fault = container_fault(unit.number, unit.size_type is not None)
    if fault is not None:
        yield ("number",), fault


def identifier(identifier: Identifier) -> Found:
    """A number in a register of which the rule is public."""
    fault = identifier_fault(identifier.scheme, identifier.value, identifier.country)
    if fault is not None:
        yield ("value",), fault


def place(place: Place) -> Found:
    """The country of a place and that of its code."""
    if place.country is not None and place.place_id[:2] != place.country:
        yield (
            ("country",),
            Fault(
                "place-country",
                f"The place {place.place_id} is not in {place.country}.",
                "Write the country its code begins with, or the code of the place meant.",
            ),
        )


def national_code(code: NationalCode) -> Found:
    """Digits of a national tariff."""
    lengths = _NATIONAL_DIGITS.get(code.territory)
    good = re.fullmatch(r"[0-9]{6,14}", code.code)
    if good and (lengths is None or len(code.code) in lengths):
        return
    expected = " or ".join(map(str, lengths)) if lengths else "6 to 14"
    yield (
        ("code",),
        Fault(
            "national-code",
            f"'{code.code}' is no commodity code of {code.territory}: expected {expected} digits.",
            "Write all digits of that tariff, without points.",
        ),
    )


def goods_item(item: GoodsItem) -> Found:
    """Codes of one item that must begin alike."""
    # What is no code is said once, where it stands.
    if item.hs_code is None or not re.fullmatch("[0-9]{6}", item.hs_code):
        return
    for position, national in enumerate(item.national_codes):
        if national.code[:6] != item.hs_code and national.code[:6].isdigit():
            yield (
                ("national_codes", position, "code"),
                Fault(
                    "commodity-codes-differ",
                    f"The code {national.code} of {national.territory} does not begin with the HS "
                    f"code {item.hs_code}.",
                    "Classify the goods again: the first six digits are the same everywhere.",
                ),
            )
    nhm = item.nhm_code
    # NHM chapter 99 is the railways' own: collective loads, empties.
    if nhm is not None and nhm[:6] != item.hs_code and nhm[:2] != "99" and nhm[:6].isdigit():
        yield (
            ("nhm_code",),
            Fault(
                "commodity-codes-differ",
                f"The NHM code {nhm} does not begin with the HS code {item.hs_code}.",
                "Classify the goods again, or use a code of NHM chapter 99.",
                "warning",
            ),
        )


_EU_LISTS = (
    ("security", "ncts-security"),
    ("additional_declaration_type", "ncts-additional-declaration-types"),
    ("declaration_type", "ncts-declaration-types"),
)


def procedure(procedure: Procedure) -> Found:
    """Codes and references of common and Union transit; other territories have their own."""
    if procedure.regime not in EU_TRANSIT:
        return
    for field, list_id in _EU_LISTS:
        code = getattr(procedure, field)
        if code is not None and code not in known(list_id):
            yield (
                (field,),
                Fault(
                    "unknown-code",
                    f"'{code}' is no {field.replace('_', ' ')} of transit in phase 5.",
                    f"Write one of {', '.join(sorted(known(list_id)))}.",
                ),
            )
    if procedure.mrn is not None and (fault := mrn_fault(procedure.mrn)):
        yield ("mrn",), fault
    where = procedure.location_of_goods
    if where is not None:
        for field, list_id in (
            ("kind", "ncts-location-types"),
            ("qualifier", "ncts-location-qualifiers"),
        ):
            code = getattr(where, field)
            if code not in known(list_id):
                yield (
                    ("location_of_goods", field),
                    Fault(
                        "unknown-code",
                        f"'{code}' is no {field} of a location of goods.",
                        f"Write one of {', '.join(sorted(known(list_id)))}.",
                    ),
                )
    for position, guarantee in enumerate(procedure.guarantees):
        at: tuple[Step, ...] = ("guarantees", position)
        if guarantee.kind not in known("ncts-guarantee-types"):
            yield (
                (*at, "kind"),
                Fault(
                    "unknown-code",
                    f"'{guarantee.kind}' is no type of guarantee (CL251).",
                    f"Write one of {', '.join(sorted(known('ncts-guarantee-types')))}.",
                ),
            )
        if guarantee.reference is not None and guarantee.kind in ("0", "1", "2", "4"):
            fault = grn_fault(guarantee.reference)
            if fault is not None:
                yield (*at, "reference"), fault
        code = guarantee.access_code
        if code is not None and not re.fullmatch(r"[!-~]{4}", code):
            yield (
                (*at, "access_code"),
                Fault(
                    "access-code",
                    f"'{code}' is no access code: expected four characters.",
                    "Write it as the customs office gave it.",
                ),
            )
