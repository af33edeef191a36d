"""Identifiers of the corridor feed from GTFS names and ids, unique and the same every time."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

_LONGEST = 48
_LETTERS = str.maketrans(
    {
        **dict(zip("øØłŁđĐıİæÆœŒþÞðÐəƏ", "oOlLdDiIaAoOtTdDaA", strict=True)),
        "ß": "ss",
        # Cyrillic with the letters of Kazakh, Kyrgyz, Tajik, Ukrainian and Uzbek.
        **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True)),
        **dict(zip("іїєґәғқңөұүһҳҷҝӣӯў", "iyegagqnouuhhjgiuo", strict=True)),
        **{"ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch"},
        **{"ъ": "", "ь": "", "ю": "yu", "я": "ya"},
        # Georgian, by the national system.
        **dict(zip("აბგდევზთიკლმნოპრსტუფქყჯჰ", "abgdevztiklmnoprstupkqjh", strict=True)),
        **{"ჟ": "zh", "ღ": "gh", "შ": "sh", "ჩ": "ch", "ც": "ts", "ძ": "dz", "წ": "ts"},
        **{"ჭ": "ch", "ხ": "kh"},
    }
)


def ascii_words(text: str) -> str:
    """Return a text in ASCII, Latin accents dropped, Cyrillic and Georgian written in Latin."""
    composed = unicodedata.normalize("NFC", text)
    written = "".join(
        char if char.isascii() else char.lower().translate(_LETTERS) for char in composed
    )
    plain = unicodedata.normalize("NFKD", written)
    return "".join(char for char in plain if char.isascii())


def digest(text: str) -> str:
    """Return six characters that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def identifier(text: str) -> str:
    """Return a text as an identifier: letters, digits, ``-``, ``_`` and ``.``."""
    kept = re.sub(r"[^A-Za-z0-9_.\-]+", "-", ascii_words(text)).strip("-_.")
    return kept or f"x{digest(text)}"


def place_name(text: str) -> str:
    """Return a name as the second half of a place's key: capitals, digits and ``-``."""
    words = re.sub(r"[^A-Z0-9]+", "-", ascii_words(text).upper().replace("'", "")).strip("-")
    return words[:_LONGEST].strip("-")


def identifiers(originals: Iterable[str]) -> dict[str, str]:
    """Return a different identifier for each text, whatever their order.

    Texts that would come out alike each get six characters made from the original.
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for original in dict.fromkeys(originals):
        alike[identifier(original)].append(original)
    chosen: dict[str, str] = {}
    for wanted, group in alike.items():
        for original in group:
            chosen[original] = wanted if len(group) == 1 else f"{wanted}-{digest(original)}"
    return chosen


class Claims:
    """Identifiers of one table that are taken."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def claim(self, wanted: str) -> str:
        """Take an identifier, or the first free one made from it."""
        free, tries = wanted, 1
        while free in self._taken:
            tries += 1
            free = f"{wanted}-{tries}"
        self._taken.add(free)
        return free


def place_ids(names: Mapping[str, tuple[str, str]]) -> tuple[dict[str, str], list[str]]:
    """Return the key of each place, and the stops whose name was not enough.

    Parameters
    ----------
    names
        Country and name of each stop, by ``stop_id``.
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for stop_id, (country, name) in names.items():
        wanted = place_name(name) or place_name(stop_id) or digest(stop_id).upper()
        alike[f"{country}-{wanted}"].append(stop_id)
    chosen: dict[str, str] = {}
    told_apart: list[str] = []
    # Names that are alone first, so that none of the longer ones takes theirs.
    used = {wanted for wanted, group in alike.items() if len(group) == 1}
    for wanted, group in sorted(alike.items()):
        if len(group) == 1:
            chosen[group[0]] = wanted
            continue
        told_apart.extend(group)
        for stop_id in sorted(group):
            longer = f"{wanted}-{place_name(stop_id) or digest(stop_id).upper()}"
            if longer in used:
                longer = f"{longer}-{digest(stop_id).upper()}"
            used.add(longer)
            chosen[stop_id] = longer
    return chosen, told_apart
