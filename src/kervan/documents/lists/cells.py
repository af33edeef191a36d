"""What a cell says: numbers with commas or points, numbers of containers and wagons, packages."""

from __future__ import annotations

import csv
import re
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from kervan.documents.lists.headings import plain
from kervan.documents.look_alikes import refusal

Cell = str | Decimal
"""A cell that is not empty: a text, or a number a workbook holds as one."""

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’]+")
_UNIT = re.compile(
    r"(kgs?|кг|tons?|tonnes?|mt|тн|тонн\w*|т|t|m3|м3|cbm|公斤|吨)\.?$", re.IGNORECASE
)
_THOUSANDS = re.compile(r"-?\d{1,3}([.,]\d{3})+")
_CONTAINER = re.compile(r"[A-Z]{4}\d{7}")
_SCIENTIFIC = re.compile(r"\d(?:[.,](\d+))?[eE]\+?(\d{1,2})")
_PACKING = re.compile(r"(?:(\d{1,8})\s+(?:[xх×]\s*)?)?(.+)")
_PACKING_CLOSE = re.compile(r"(\d{1,8})[xх×]?(\D+)")


class CellError(ValueError):
    """A cell does not say what its column asks for; the message is a sentence and the mending."""

    def __init__(self, message: str, mending: str) -> None:
        super().__init__(message)
        self.message = message
        self.mending = mending


def text(cell: Cell) -> str:
    """Return a cell as text; a whole number has no decimals."""
    if isinstance(cell, Decimal):
        whole = cell == cell.to_integral_value()
        return f"{cell:.0f}" if whole else f"{cell.normalize():f}"
    return cell.strip()


def number(cell: Cell, unit: str) -> tuple[Decimal, str]:
    """Return a number, and how it was mended where it could be taken in two ways.

    Parameters
    ----------
    cell
        ``12 345,6``, ``12,345.6`` and ``12.345,6`` are the same number.
    unit
        Of the column. One separator with three digits after it is a decimal mark in tonnes and
        cubic metres and separates thousands in kilograms.

    Raises
    ------
    CellError
        If it is none, or negative.
    """
    mended = ""
    if isinstance(cell, Decimal):
        found = cell
    else:
        bare = _UNIT.sub("", _SPACES.sub("", cell))
        if _THOUSANDS.fullmatch(bare):
            marks = {c for c in bare if c in ".,"}
            only = bare.count(next(iter(marks))) if len(marks) == 1 else 0
            if only == 1 and unit in ("t", "m3"):
                bare = bare.replace(",", ".")
            elif only:
                bare = re.sub(r"[.,]", "", bare)
                mended = f"was read as {bare}: the separator as one of thousands"
            else:
                bare = _last_mark_is_decimal(bare)
        else:
            bare = _last_mark_is_decimal(bare)
        try:
            found = Decimal(bare)
        except InvalidOperation:
            raise CellError(
                "is no number.", "Write digits, with one decimal mark where it is needed."
            ) from None
    if not found.is_finite() or abs(found) >= Decimal(10) ** 12:
        raise CellError("is no amount of any cargo.", "Mend the number.")
    if found < 0:
        raise CellError("is negative.", "Mend the number.")
    return found, mended


def count(cell: Cell) -> int:
    """Return a whole number from 0."""
    found, _ = number(cell, "count")
    if found != found.to_integral_value() or found > 99_999_999:
        raise CellError("is no count of packages.", "Write a whole number.")
    return int(found)


def container_number(cell: Cell) -> tuple[str, str]:
    """Return a container's number without spaces and dashes, and how it was mended.

    Raises
    ------
    CellError
        If it has letters that only look Latin, or is not four letters and seven digits.
    """
    said = text(cell)
    _refuse_look_alikes(said)
    bare = re.sub(r"[\s\-–—./_]+", "", said).upper()
    if not _CONTAINER.fullmatch(bare):
        raise CellError(
            "is no container number: four letters and seven digits, the last of them the check "
            "digit, were expected.",
            "Compare it with the container's door.",
        )
    return bare, "" if bare == said else f"was read as {bare}"


def plate(cell: Cell) -> str:
    """Return the plate of a trailer or truck.

    Raises
    ------
    CellError
        If it is longer than a plate.
    """
    said = text(cell)
    if len(said) > 70:
        raise CellError("is no plate: it is too long.", "Write the plate alone.")
    return said


def wagon_number(cell: Cell) -> tuple[str, str]:
    """Return a wagon's number of 8 or 12 digits, and how it was mended.

    Raises
    ------
    CellError
        If it has another number of digits, or digits were lost in scientific notation.
    """
    said = text(cell)
    _refuse_look_alikes(said)
    bare = re.sub(r"[\s\-–—_/]+", "", said)
    if found := _SCIENTIFIC.fullmatch(bare):
        kept, exponent = len(found[1] or ""), int(found[2])
        if kept < exponent:
            raise CellError(
                "is a number whose last digits were lost in scientific notation.",
                "Format the column as text and write the number again.",
            )
        bare = f"{Decimal(bare.replace(',', '.')):.0f}"
    elif isinstance(cell, str) and re.fullmatch(r"\d+[.,]0+", bare):
        bare = re.split(r"[.,]", bare)[0]
    if not (bare.isascii() and bare.isdigit() and len(bare) in (8, 12)):
        raise CellError(
            "is no wagon number: 8 digits (1520 mm railways) or 12 (UIC) were expected.",
            "Compare it with the wagon.",
        )
    return bare, "" if bare == said else f"was read as {bare}"


def seals(cell: Cell) -> list[str]:
    """Return the numbers of seals, separated by commas, semicolons, slashes or line breaks."""
    raw = cell if isinstance(cell, str) else text(cell)
    return [" ".join(part.split()) for part in re.split(r"[,;/\n]+", raw) if part.strip()]


def commodity_code(cell: Cell, lengths: tuple[int, ...]) -> tuple[str, str]:
    """Return a code of digits with one of these lengths, and how it was mended.

    A spreadsheet drops a zero in front of a number: it is put back where one digit is missing.

    Raises
    ------
    CellError
        If it has another length, or more than digits.
    """
    said = text(cell)
    bare = re.sub(r"[\s.\-]+", "", said)
    if not (bare.isascii() and bare.isdigit()):
        raise CellError("is no commodity code: it has more than digits.", "Write its digits.")
    if len(bare) not in lengths and len(bare) + 1 in lengths:
        return "0" + bare, f"was read as 0{bare}: its zero in front was lost"
    if len(bare) not in lengths:
        wanted = ", ".join(map(str, lengths))
        raise CellError(
            f"is no commodity code: it has {len(bare)} digits, {wanted} were expected.",
            "Look the code up.",
        )
    return bare, ""


def packing(cell: Cell) -> list[tuple[int | None, str]] | None:
    """Return packages by kind: ``10 PX + 30 cartons``; None where a word is not known."""
    found = []
    for part in text(cell).split("+"):
        words = part.strip()
        parsed = _PACKING.fullmatch(words)
        code = _package_code(parsed[2]) if parsed else None
        if code is None:
            parsed = _PACKING_CLOSE.fullmatch(words)
            code = _package_code(parsed[2]) if parsed else None
        if parsed is None or code is None:
            return None
        found.append((int(parsed[1]) if parsed[1] else None, code))
    return found


def _package_code(words: str) -> str | None:
    words = words.strip()
    return words if re.fullmatch(r"[A-Z0-9]{2}", words) else _package_words().get(plain(words))


def place(cell: Cell) -> dict[str, str] | None:
    """Return a place from its code, or its name with the code in brackets.

    None where there is a name alone: a place has a code.
    """
    said = text(cell)
    if found := re.fullmatch(r"(.*?) ?\(([^()]+)\)", said, re.DOTALL):
        name, inside = found[1], found[2]
        code, _, station = (part.strip() for part in inside.partition(","))
    elif re.fullmatch(r"[A-Z]{2}[A-Z2-9]{3}|\d{6}|[A-Z]{2}-[A-Z]+", said):
        name, code, station = "", said, ""
    else:
        return None
    if not code or len(code) > 70:
        return None
    if re.fullmatch(r"\d{6,8}", code) and not station:
        station = code
    whole = {"place_id": code, "name": name, "station_code": station}
    return {key: value for key, value in whole.items() if value}


@cache
def _package_words() -> dict[str, str]:
    with Path(__file__).with_name("package_words.csv").open(encoding="utf-8", newline="") as file:
        return {
            plain(word): row["code"]
            for row in csv.DictReader(file)
            for word in row["words"].split("|")
        }


def _refuse_look_alikes(said: str) -> None:
    if why := refusal(said):
        raise CellError(why.removeprefix(f"'{said[:40]}' "), "Write it with Latin letters.")


def _last_mark_is_decimal(bare: str) -> str:
    if "," in bare and "." in bare:
        thousands = "," if bare.rfind(".") > bare.rfind(",") else "."
        bare = bare.replace(thousands, "")
    return bare.replace(",", ".")
