"""What the heading of a column means, in English, Russian, Turkish, Chinese or Azerbaijani.

The wordings are data (``headings.csv``): the first of a language is the one that is written, all of
them are read.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

WORDINGS = Path(__file__).with_name("headings.csv")
LANGUAGES = ("en", "ru", "tr", "zh")
"""Languages lists are written in; Azerbaijani headings are read as well."""

_LATIN = str.maketrans("şçğüöıəâîûё", "scguoieaiuе")
_KG = r"kgs?|кг|kilograms?|килограмм\w*|公斤|千克"
_TONNES = r"tons?|tonnes?|mt|t|тн|тонн\w*|т|ton|吨"
_VOLUME = r"m3|м3|cbm|куб ?м|立方米|方"
_UNIT = re.compile(rf"(?:^|[\s(\[,;:/])(?:in |в )?({_KG}|{_TONNES}|{_VOLUME})[.)\]\s]*$")
_IS_TONNES = re.compile(_TONNES)
_IS_KG = re.compile(_KG)


class Heading(NamedTuple):
    """What a column holds.

    Attributes
    ----------
    column
        Key, as in ``headings.csv``.
    unit
        ``kg``, ``t``, ``m3``, or empty where the heading names none.
    wording
        The heading as it stands.
    """

    column: str
    unit: str
    wording: str


@lru_cache(maxsize=8_192)
def heading(text: str) -> Heading | None:
    """Return what the heading of a column means; None where it is not known.

    A heading in two languages, with a slash or a line break between, means what the first part
    that is known means.
    """
    if not text or len(text) > 200:
        return None
    bare, unit = _without_unit(_plain(text))
    known = _known()
    candidates = [bare, *re.split(r"[\n/|]", bare), re.split(r"[(\[]", bare)[0]]
    for candidate in candidates:
        part, own_unit = _without_unit(candidate.strip())
        column = known.get(_words(part)) or known.get(_words(candidate))
        if column:
            return Heading(column, unit or own_unit, text)
    return None


def heading_of(parts: Sequence[str]) -> Heading | None:
    """Return what the heading of a column means that stands in several cells, one over another.

    *Weight, t* over *gross* is one heading, *gross weight* in tonnes.
    """
    said = list(dict.fromkeys(part for part in parts if part))
    if len(said) < 2:
        return heading(said[0]) if said else None
    bare = [_without_unit(_plain(part)) for part in said]
    unit = next((unit for _, unit in bare if unit), "")
    column = _known().get(_words(" ".join(text for text, _ in bare)))
    if column is None:
        last = heading(said[-1])
        column = last.column if last else None
    return Heading(column, unit, " ".join(said)) if column else None


def headings(texts: Sequence[str | Sequence[str]]) -> dict[int, Heading]:
    """Return what is known of a row of headings, by position; the first of a kind counts.

    Parameters
    ----------
    texts
        Of each column its text, or its texts where they stand one over another.
    """
    found: dict[int, Heading] = {}
    seen: set[str] = set()
    for at, text in enumerate(texts):
        meant = heading(text) if isinstance(text, str) else heading_of(text)
        if meant is not None and meant.column not in seen:
            seen.add(meant.column)
            found[at] = meant
    return found


@cache
def wording(column: str, language: str) -> str:
    """Return how a column is headed in a language."""
    for row in _rows():
        if (row["column"], row["language"]) == (column, language):
            return row["wording"].split("|")[0]
    raise KeyError(f"no wording of {column} in {language}")


@cache
def _known() -> dict[str, str]:
    known: dict[str, str] = {}
    for row in _rows():
        for words in row["wording"].split("|"):
            known.setdefault(_words(_plain(words)), row["column"])
    return known


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with WORDINGS.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def plain(text: str) -> str:
    """Return a text as it is compared: small letters without accents, one space between words."""
    return _words(_plain(text))


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u0307", "")
    return folded.translate(_LATIN)


def _words(text: str) -> str:
    return " ".join(re.sub(r"[^\w#]+", " ", text).split())


def _without_unit(text: str) -> tuple[str, str]:
    found = _UNIT.search(text)
    if not found or found.start() == 0:
        return text, ""
    said = found[1]
    unit = "kg" if _IS_KG.fullmatch(said) else "t" if _IS_TONNES.fullmatch(said) else "m3"
    return text[: found.start()].rstrip(" ,;:/([-"), unit
