"""ISO 6346 size-type codes: how long a container is, what it weighs, what it may carry.

A code has four characters: length, height and width, and two for the type (ISO 6346:2022, annexes
D and E). Forwarders also say 20DV, 40HC, 40RF; those names are understood and turned into a code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from kervan.errors import InvalidRequestError

_CODE = re.compile(r"[1-9A-Z][0-9A-Z]{3}")

_FEET = {
    "1": 10,
    "2": 20,
    "3": 30,
    "4": 40,
    "B": 24,
    "C": 24.5,
    "G": 41,
    "H": 43,
    "L": 45,
    "M": 48,
    "N": 49,
    "P": 53,
}
"""Nominal length in feet by the first character (ISO 6346, table D.1)."""

_TYPES = {
    "G": "general purpose",
    "V": "ventilated",
    "B": "dry bulk",
    "S": "named cargo",
    "R": "refrigerated",
    "H": "thermal, removable equipment",
    "U": "open top",
    "P": "platform",
    "T": "tank",
    "K": "tank",
    "A": "air-surface",
}
"""Type by the third character (ISO 6346, table E.1)."""

_TRADE_NAMES = {
    "20": "22G1",
    "20DC": "22G1",
    "20DV": "22G1",
    "20GP": "22G1",
    "20ST": "22G1",
    "20HC": "25G1",
    "20RF": "22R1",
    "20OT": "22U1",
    "20FR": "22P1",
    "20TK": "22T1",
    "40": "42G1",
    "40DC": "42G1",
    "40DV": "42G1",
    "40GP": "42G1",
    "40ST": "42G1",
    "40HC": "45G1",
    "40HQ": "45G1",
    "40RF": "45R1",
    "40RH": "45R1",
    "40OT": "42U1",
    "40FR": "42P1",
    "45": "L5G1",
    "45HC": "L5G1",
    "45HQ": "L5G1",
    "45PW": "L5G1",
}

LARGEST_GROSS_KG = 36_000.0
"""Rating of a 20- to 45-foot container under ISO 668:2020, table 2."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """One type of transport equipment.

    Attributes
    ----------
    code
        ISO 6346 size-type code.
    length_feet
        Nominal length.
    teu
        Twenty-foot equivalents: the length over twenty feet.
    tare_kg
        Usual weight of the empty container; of the order of what carriers print on the door.
    """

    code: str
    length_feet: float
    teu: Decimal
    tare_kg: float

    @property
    def payload_kg(self) -> float:
        """Most cargo it may hold, in kg, by ISO 668's largest rating less the tare."""
        return LARGEST_GROSS_KG - self.tare_kg

    @property
    def description(self) -> str:
        """What the code says, in words."""
        height = {"0": "8'", "2": "8'6\"", "5": "9'6\"", "E": "9'6\"", "C": "8'6\"", "6": ">9'6\""}
        parts = [f"{self.length_feet:g}'"]
        if self.code[1] in height:
            parts.append(f"{height[self.code[1]]} high")
        parts.append(_TYPES.get(self.code[2], "container"))
        return " ".join(parts)


def equipment(text: str) -> Equipment:
    """Return the equipment a code or trade name means.

    Parameters
    ----------
    text
        ISO 6346 size-type code (``45G1``) or a trade name (``40HC``), in either case.

    Raises
    ------
    InvalidRequestError
        If it is neither.
    """
    code = text.strip().upper()
    code = _TRADE_NAMES.get(code.replace("'", "").replace(" ", ""), code)
    if not _CODE.fullmatch(code) or code[0] not in _FEET or code[2] not in _TYPES:
        raise InvalidRequestError(
            f"'{text}' is no container type. Give an ISO 6346 size-type code such as 22G1 (20' "
            "standard), 42G1 (40'), 45G1 (40' high cube) or L5G1 (45'), or a name such as 40HC."
        )
    feet = _FEET[code[0]]
    return Equipment(code, feet, Decimal(str(feet)) / 20, _tare_kg(code, feet))


def _tare_kg(code: str, feet: float) -> float:
    # Doors of common dry boxes read 2.2-2.4 t (22G1), 3.7-3.9 t (45G1) and 4.7-4.9 t (L5G1).
    tare = 2_300.0 if feet <= 24.5 else 3_800.0 if feet <= 43 else 4_800.0
    return tare + 900.0 if code[2] == "R" else tare
