"""Letters of other scripts that look like Latin ones, in numbers that are Latin by their standard.

``СSQU3054383`` with a Cyrillic ``С`` is another number than ``CSQU3054383`` for every computer and
the same for every eye; so it is named and refused, never mended in silence.
"""

from __future__ import annotations

import unicodedata

# Capital and small Cyrillic and Greek letters by the Latin letter of the same shape.
_LATIN = {
    **dict(zip("АВЕЅКМНОРСТУХІЈҮҺԚԜ", "ABESKMHOPCTYXIJYHQW", strict=True)),
    **dict(zip("аеорсухіјѕһ", "aeopcyxijsh", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),
}


def look_alikes(text: str) -> tuple[tuple[int, str, str], ...]:
    """Return the look-alikes in a text: position from 1, letter, the Latin one of its shape."""
    return tuple(
        (at, letter, _LATIN[letter]) for at, letter in enumerate(text, start=1) if letter in _LATIN
    )


def as_latin(text: str) -> str:
    """Return a text with every look-alike letter as the Latin one: what was probably meant."""
    return "".join(_LATIN.get(letter, letter) for letter in text)


def refusal(text: str) -> str | None:
    """Return why a number cannot be taken for its look-alike letters, or None where it has none."""
    found = look_alikes(text)
    if not found:
        return None
    named = ", ".join(
        f"'{letter}' at position {at} ({unicodedata.name(letter, 'unknown').title()}, looks like "
        f"Latin {latin})"
        for at, letter, latin in found[:4]
    )
    return (
        f"'{text[:40]}' has letters that are not Latin: {named}. If {as_latin(text)[:40]} is "
        "meant, write it with Latin letters."
    )
