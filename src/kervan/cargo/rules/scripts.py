"""Characters that steer instead of being read, and letters of one script drawn like another's."""

from __future__ import annotations

import unicodedata

from kervan.cargo.rules.findings import Fault

_LOOKALIKES = str.maketrans(
    dict(
        zip(
            "АВЕЅІЈКМНОРСТУХҮҺԚԜаеѕіјорсухһԛԝ",
            "ABESIJKMHOPCTYXYHQWaesijopcyxhqw",
            strict=True,
        )
    )
    | dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo", strict=True))
    | {chr(0xFEE0 + code): chr(code) for code in range(0x21, 0x7F)}
)
"""Cyrillic, Greek and full-width characters that are drawn like a Latin one (Unicode TR 39)."""

_JOINERS = "\u200c\u200d"
"""Persian and Kurdish spelling needs them."""


def latin_twin(text: str) -> str:
    """Return a text with the letters that only look Latin turned into what they look like."""
    return text if text.isascii() else text.translate(_LOOKALIKES)


def lookalikes(text: str, meant_by: str | None = None) -> str:
    """Return a sentence that names each letter of a text that only looks Latin; empty if none.

    What was meant, of the same length, may be handed in where more is known of it.
    """
    twin = latin_twin(text) if meant_by is None else meant_by
    said = [
        f"character {position} '{is_}' is {_name(is_)}, where {_kind(meant)} '{meant}' was meant"
        for position, (is_, meant) in enumerate(zip(text, twin, strict=True), start=1)
        if is_ != meant and not is_.isascii()
    ]
    return "; ".join(said)


def _kind(character: str) -> str:
    return "the digit" if character.isdigit() else "Latin"


def text_fault(text: str) -> Fault | None:
    """Return what is wrong with the characters of words; line breaks and tabs are well."""
    if text.isprintable():
        return None
    for position, character in enumerate(text, start=1):
        if _steers(character) and character not in "\n\r\t" + _JOINERS:
            return _control(character, position)
    return None


def code_fault(code: str) -> Fault | None:
    """Return what is wrong with the characters of a code: steering, or mixed from two scripts.

    A code all in Cyrillic (``ТТ``) is well; letters of two scripts in one word are not, for no
    reader and no system would find it again.
    """
    if code.isascii() and code.isprintable():
        return None
    for position, character in enumerate(code, start=1):
        if _steers(character):
            return _control(character, position)
    word: set[str] = set()
    for character in code + " ":
        if character.isalpha():
            word.add(_script(character))
        elif not character.isdigit():
            if "LATIN" in word and word & {"CYRILLIC", "GREEK", "FULLWIDTH"}:
                said = lookalikes(code) or "the word has letters of two scripts"
                return Fault(
                    "mixed-scripts",
                    f"'{code}' mixes scripts: {said}.",
                    f"Write '{latin_twin(code)}', in one script.",
                )
            word = set()
    return None


def _steers(character: str) -> bool:
    return not character.isprintable() and unicodedata.category(character)[0] == "C"


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0].removesuffix("-")


def _name(character: str) -> str:
    words = unicodedata.name(character, f"U+{ord(character):04X}").lower().split()
    words[0] = words[0].capitalize()
    return " ".join(words)


def _control(character: str, position: int) -> Fault:
    return Fault(
        "control-character",
        f"Character {position} is the control character U+{ord(character):04X}, which cannot be "
        "read or printed.",
        "Take it out.",
    )
