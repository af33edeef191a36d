"""HS code against description, where the published list's own words say otherwise.

Meant to be silent where it is not sure: it warns only where no word of the description is used
anywhere in the chapter of its code, while one heading of another chapter uses all the words the
list knows, and one of them is used in few chapters. What it finds and misses is measured on
``tests/cargo/hs_pairs.csv`` and told in the reference of the consignment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kervan.cargo.consignment import Consignment
from kervan.cargo.rules.findings import Fault, Findings
from kervan.feed.codes import commodities

TELLING = 4
"""A word used in so many chapters or fewer tells what goods are; ``parts`` and ``steel`` do not."""

_WORD = re.compile(r"[a-z]{3,}")
_NOT_ITSELF = re.compile(r"\([^)]*\)|\b(?:other than|excluding|except|not|for|containing)\b.*")
"""What a heading leaves out, and what its goods hold or are for, is named in it and is not it."""

_EMPTY = frozenset(
    """
    and for the with other than not excluding including whether containing item heading
    kind made any from parts used similar goods articles nec more less having products
    thereof their use exceeding type types set sets new spare various assorted general
    cargo material materials equipment machine machinery piece pieces
    """.split()  # noqa: SIM905
)


def descriptions(consignment: Consignment, found: Findings) -> None:
    """Warn of items whose description the list has in another chapter."""
    for position, item in enumerate(consignment.goods_items):
        if item.description is not None and item.hs_code in commodities():
            assert item.hs_code is not None
            fault = description_fault(item.hs_code, item.description)
            if fault is not None:
                found.add(("goods_items", position, "description"), fault)
        if item.origin_country is None:
            found.warning(
                "no-origin",
                ("goods_items", position),
                f"Item {item.number} has no country of origin.",
                "Give it under origin_country.",
            )


@lru_cache(maxsize=8_192)
def description_fault(hs_code: str, description: str) -> Fault | None:
    """Return a warning where the list has a description's words in another chapter."""
    index = _index()
    words = {word for word in _stems(description) if word in index.chapters}
    chapter = hs_code[:2]
    if not words or any(chapter in index.chapters[word] for word in words):
        return None
    if all(len(index.chapters[word]) > TELLING for word in words):
        return None
    headings = set.intersection(*(set(index.headings[word]) for word in words))
    if not headings:
        return None
    nearest = min(headings)
    names = commodities()
    return Fault(
        "hs-description",
        f"'{description}' is declared under {hs_code} ({_short(names.get(hs_code, '?'))}), and the "
        f"list has these words under {nearest} ({_short(names[nearest])}).",
        "Compare code and description; one of them may be of another item.",
        "warning",
    )


def _short(text: str) -> str:
    return text if len(text) <= 70 else text[:69] + "…"


@dataclass(frozen=True, slots=True)
class _Index:
    chapters: dict[str, frozenset[str]]
    headings: dict[str, frozenset[str]]


@lru_cache(maxsize=1)
def _index() -> _Index:
    chapters: dict[str, set[str]] = {}
    headings: dict[str, set[str]] = {}
    for code, text in commodities().items():
        for word in _stems(text):
            chapters.setdefault(word, set()).add(code[:2])
        if len(code) >= 4:
            for word in _stems(_NOT_ITSELF.sub("", text.lower())):
                headings.setdefault(word, set()).add(code[:4])
    for word in chapters:
        headings.setdefault(word, set())
    return _Index(
        {word: frozenset(found) for word, found in chapters.items()},
        {word: frozenset(found) for word, found in headings.items()},
    )


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(text.lower()) if word not in _EMPTY}


def _stem(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
