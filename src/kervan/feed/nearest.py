"""The word somebody most likely meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like a word, None where none is much like it.

    Upper and lower case are taken as alike; of words equally alike the first wins.
    """
    # Imported here because a sound feed never asks.
    from rapidfuzz import fuzz, process

    found = process.extractOne(
        word, list(known), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=60
    )
    return None if found is None else found[0]


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return a sentence that offers the nearest known word, or another where there is none."""
    found = nearest(word, known)
    return otherwise if found is None else f"Did you mean '{found}'? {otherwise}"
