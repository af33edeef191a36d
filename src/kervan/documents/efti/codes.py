"""The words of the consignment and the code lists that eFTI asks for.

Sources: UN/ECE Recommendation 19 (modes of transport) and 28 (types of means of transport);
UN/EDIFACT data elements 3035 (party function), 1153 (reference), 8169 (full or empty), 8053
(equipment), 8339 (packaging danger level), 4237 (payment) and 9303 (sealing party), in directory
D.23A.
"""

from __future__ import annotations

import re
import unicodedata

from kervan.documents.format import DocumentError

MODES = {"sea": "1", "ferry": "1", "rail": "2", "road": "3", "inland_waterway": "8"}
"""Recommendation 19 has no code for a ferry: it is a sea-going ship of the type :data:`FERRY`."""
FERRY = "1512"
"""Recommendation 28: ro-ro vessel, onto which wagons and trucks roll."""
MODE_OF = {"1": "sea", "2": "rail", "3": "road", "8": "inland_waterway"}

NOTIFY = "NI"
ROLES = {
    "declarant": "DT",
    "representative": "AE",
    "holder_of_transit_procedure": "AF",
    "forwarder": "FW",
    "freight_payer": "FP",
    "seller": "SE",
    "buyer": "BY",
    "warehouse": "WH",
    "customs_broker": "CB",
}
"""Roles of other parties; 3035 has no code for a guarantor that is known here."""

SEALERS = {"consignor": "SH", "carrier": "CA", "customs": "CU", "terminal": "TO", "other": "AB"}
"""AB is a sealing party unknown to the list."""

UCR = "UCN"
REFERENCES = {"transport": "AAS", "previous": "ACW", "reference": "ACD"}
"""A document's role; a supporting one has none."""

FULL, EMPTY = "5", "4"
CONTAINER, RAIL_CAR, TRAILER = "CN", "RR", "TE"
DANGER_LEVELS = {"I": "1", "II": "2", "III": "3"}
PAYMENTS = {"prepaid": "P", "collect": "C"}


def code(codes: dict[str, str], value: str | None, path: str, list_name: str) -> str | None:
    """Return the code of a word.

    Raises
    ------
    DocumentError
        If the list has none for it.
    """
    if value is None:
        return None
    if value not in codes:
        raise DocumentError(
            f"{path}: {list_name} has no code for '{value}'; there are {', '.join(codes)}. Say it "
            "with one of them, or leave it out of the eFTI data set."
        )
    return codes[value]


def refuse_look_alikes(number: str | None, place: str) -> None:
    """Refuse the number of a container with a letter that only looks Latin.

    Raises
    ------
    DocumentError
        If there is one; the message names it.
    """
    odd = next((c for c in number or "" if not c.isascii()), None)
    if odd and re.fullmatch(r"[^\W\d_]{4}\d{7}", number or ""):
        raise DocumentError(
            f"{place}: the container's number '{number}' holds {unicodedata.name(odd, odd)} "
            f"(U+{ord(odd):04X}) where it must have Latin letters; write it anew in Latin ones."
        )


def word(codes: dict[str, str], value: str | None) -> str | None:
    """Return the word of a code; None where the list has none."""
    return next((name for name, found in codes.items() if found == value), None)
