"""Numbers with check digits: containers, wagons, ships, companies and customs references."""

from __future__ import annotations

import re
from functools import lru_cache

from kervan.cargo.check_digits import (
    bin_digit,
    imo_ship_digit,
    inn_digits,
    iso6346_digit,
    modulo10_digit,
    vkn_digit,
)
from kervan.cargo.rules.findings import Fault
from kervan.cargo.rules.lists import known
from kervan.cargo.rules.scripts import latin_twin, lookalikes

_CONTAINER = re.compile(r"[A-Z]{3}[UJZA-EK][0-9]{7}")
_CONTAINER_LIKE = re.compile(r"[A-Z]{4}[0-9OIL]{5,8}")
_GRN = re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{12}[0-9]([A-Z][0-9]{6})?")
_MRN = re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{13}[0-9]")
_EORI = re.compile(r"[A-Z]{2}[\x21-\x7e]{1,15}")


@lru_cache(maxsize=65_536)
def container_fault(number: str, is_container: bool) -> Fault | None:
    """Return what is wrong with the number of a unit.

    ISO 6346:2022 for containers, EN 13044-1 (the same check digit, other fourth letters) for swap
    bodies. What has no size-type and looks like neither is the plate of a trailer, which no rule
    binds.
    """
    if _CONTAINER.fullmatch(number):
        digit = iso6346_digit(number[:10])
        if digit == number[10]:
            return None
        return Fault(
            "check-digit",
            f"The container number {number} ends in {number[10]}; its check digit by ISO 6346 "
            f"is {digit}.",
            "Compare it with the door of the container: one character of it is wrong.",
        )
    twin = meant_container(number)
    if not number.isascii():
        said = lookalikes(number, twin)
        if _CONTAINER_LIKE.fullmatch(twin) or is_container:
            return Fault(
                "lookalike",
                f"The container number '{number}' has letters that only look Latin: {said}.",
                f"Write {twin}, in Latin letters and digits.",
            )
    plain = re.sub(r"[\s\-/.]", "", number.upper())
    if _CONTAINER.fullmatch(plain):
        return Fault(
            "container-number",
            f"The container number '{number}' is not written as ISO 6346 has it.",
            f"Write {plain}: capital letters and digits without anything between.",
        )
    if is_container or _CONTAINER_LIKE.fullmatch(plain):
        return Fault(
            "container-number",
            f"'{number}' is no container number: expected three letters of the owner, U, J or Z, "
            "six digits and a check digit.",
            f"Was {guess} meant, with nought and one for letters?"
            if _CONTAINER.fullmatch(guess := meant_container(plain))
            else "Write it as it stands on the door, such as CSQU3054383.",
        )
    return None


_DIGITS = str.maketrans("OIЗ", "013")


def is_container(number: str) -> bool:
    """Return whether a number is written as ISO 6346 has it, whatever its check digit."""
    return _CONTAINER.fullmatch(number) is not None


def meant_container(number: str) -> str:
    """Return the container number that was probably meant, of the same length."""
    # After the four letters come digits: there an O of any script is nought.
    twin = latin_twin(number).upper()
    return twin[:4] + twin[4:].translate(_DIGITS)


@lru_cache(maxsize=65_536)
def wagon_fault(number: str) -> Fault | None:
    """Return what is wrong with the number of a wagon: eight digits, or twelve (UIC 438-2)."""
    if not (number.isascii() and number.isdigit() and len(number) in (8, 12)):
        plain = re.sub(r"[\s\-]", "", latin_twin(number))
        good = plain.isascii() and plain.isdigit() and len(plain) in (8, 12)
        return Fault(
            "wagon-number",
            f"'{number}' is no wagon number: expected eight digits (1520 mm railways) or twelve "
            "(UIC).",
            f"Write {plain}." if good else "Write it as it stands on the wagon, digits alone.",
        )
    digit = modulo10_digit(number[:-1])
    if digit == number[-1]:
        return None
    return Fault(
        "check-digit",
        f"The wagon number {number} ends in {number[-1]}; its check digit is {digit}.",
        "Compare it with the side of the wagon: one digit of it is wrong.",
    )


@lru_cache(maxsize=65_536)
def ship_fault(identity: str) -> Fault | None:
    """Return what is wrong with an IMO ship number; other identities are not looked at here."""
    number = identity.upper().removeprefix("IMO").strip()
    if not re.fullmatch(r"[0-9]{7}", number):
        return None
    digit = imo_ship_digit(number[:6])
    if digit == number[6]:
        return None
    return Fault(
        "check-digit",
        f"The IMO ship number {number} ends in {number[6]}; its check digit is {digit}.",
        "Compare it with the ship's papers or the line's schedule.",
    )


@lru_cache(maxsize=65_536)
def identifier_fault(scheme: str, value: str, country: str | None) -> Fault | None:
    """Return what is wrong with a party's number in a register whose rule is public.

    EORI (Regulation (EU) 2015/2446, article 1(18)): the country and up to fifteen characters. VKN
    of Türkiye, BIN and IIN of Kazakhstan and INN of Russia have check digits; the INN of other
    countries has rules of its own and is not looked at.
    """
    if scheme == "EORI":
        if _EORI.fullmatch(value) and _gives_eori(value[:2]):
            return None
        return _no_number("EORI number", value, "the country's two letters and up to 15 characters")
    if scheme == "VKN":
        return _digits("tax number (VKN)", value, 10, vkn_digit(value[:-1]))
    if scheme in ("BIN", "IIN"):
        return _digits(scheme, value, 12, bin_digit(value[:-1]))
    if scheme == "INN" and country in (None, "RU"):
        if len(value) == 12:
            return _digits("INN", value, 12, inn_digits(value[:-2]))
        if len(value) == 10 or country == "RU":
            return _digits("INN", value, 10, inn_digits(value[:-1]))
    return None


def _digits(what: str, value: str, length: int, digit: str | None) -> Fault | None:
    if not (value.isascii() and value.isdigit() and len(value) == length):
        return _no_number(what, value, f"{length} digits")
    if digit is not None and value.endswith(digit):
        return None
    ends = "no number of this kind begins so" if digit is None else f"expected it to end in {digit}"
    return Fault(
        "check-digit",
        f"The check digit of the {what} {value} is wrong: {ends}.",
        "Compare it with the company's registration.",
    )


def _no_number(what: str, value: str, expected: str) -> Fault:
    said = lookalikes(value)
    if said:
        return Fault(
            "lookalike",
            f"The {what} '{value}' has letters that only look Latin: {said}.",
            f"Write {latin_twin(value)}.",
        )
    return Fault(
        "identifier",
        f"'{value}' is no {what}: expected {expected}.",
        "Write it as the register gives it, without spaces.",
    )


@lru_cache(maxsize=65_536)
def mrn_fault(mrn: str) -> Fault | None:
    """Return what is wrong with a movement reference number of common or Union transit.

    Year, country, thirteen letters and digits, of which the last tells the procedure in phase 5,
    and a check digit over the seventeen before it. The digit is that of ISO 6346.
    """
    if not _MRN.fullmatch(mrn):
        return Fault(
            "mrn",
            f"'{mrn}' is no MRN: expected 18 characters, the year, the country, 13 letters and "
            "digits and a check digit.",
            lookalikes(mrn) or "Copy it from the message or the accompanying document.",
        )
    digit = iso6346_digit(mrn[:17])
    if digit == mrn[17]:
        return None
    return Fault(
        "check-digit",
        f"The MRN {mrn} ends in {mrn[17]}; its check digit is {digit}.",
        "Copy it from the message or the accompanying document.",
    )


@lru_cache(maxsize=65_536)
def grn_fault(grn: str) -> Fault | None:
    """Return what is wrong with a guarantee reference number of common or Union transit.

    Year, country, twelve letters and digits, a check digit, and for a voucher a letter and six
    digits (Convention on a common transit procedure, appendix III, annex A2). The digit is made as
    that of an MRN (European Commission, *Check character algorithm for the MRN and GRN*,
    DGXXI/0879/99 rev. 1, 1999).
    """
    if not _GRN.fullmatch(grn):
        return Fault(
            "grn",
            f"'{grn}' is no GRN: expected 17 characters, the year, the country, 12 letters and "
            "digits and a check digit, or 24 with a voucher.",
            lookalikes(grn) or "Copy it from the guarantor's or the customs office's letter.",
        )
    digit = iso6346_digit(grn[:16])
    if digit == grn[16]:
        return None
    return Fault(
        "check-digit",
        f"The GRN {grn} has the check digit {grn[16]}; by the rule of ISO 6346 it is {digit}.",
        "Compare it with the guarantor's or the customs office's letter.",
    )


def _gives_eori(country: str) -> bool:
    # Northern Ireland and Kosovo have no code of ISO 3166-1 of their own.
    return country in known("countries") or country in ("XI", "XK")
