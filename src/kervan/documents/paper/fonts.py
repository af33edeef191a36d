"""Letters for every language of the corridor, and a word about the one that no font has.

Latin with the Turkish and Azerbaijani letters, Cyrillic with the Kazakh ones, Georgian and Armenian
are set in DejaVu Sans, embedded as far as it is used. Chinese is set in STSong-Light, one of the
fonts readers of PDF bring for Chinese (ISO 32000-1, 9.7.5.2, Adobe-GB1), which is not embedded; or,
where the variable KERVAN_CHINESE_FONT names a TrueType file, in that font, embedded.
A character that neither has is never drawn as an empty box: the paper is refused, and says which.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kervan.documents.format import DocumentError
from kervan.tariff.settlement.pdf import font_files

OWN_CHINESE = "KERVAN_CHINESE_FONT"
"""Variable of the environment that names a TrueType file with Chinese characters."""

REGULAR, BOLD, CHINESE = "DejaVuSans", "DejaVuSans-Bold", "STSong-Light"

_INSTALL = "Install what it needs with pip install 'kervan[documents]'."
_BLANKS = "\n\t\r"


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one text that are set in one font."""

    font: str
    text: str


@lru_cache(maxsize=1)
def advances() -> dict[str, dict[str, int]]:
    """Return how wide each character is, in thousandths of the size, by font.

    The fonts are made known to reportlab on the way.

    Raises
    ------
    DocumentError
        If reportlab or the fonts are not installed.
    """
    try:
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont
        from reportlab.pdfbase.pdfmetrics import registerFont
        from reportlab.pdfbase.ttfonts import TTFont
    except ImportError:
        raise DocumentError(f"A PDF needs the package reportlab. {_INSTALL}") from None
    found: dict[str, dict[str, int]] = {}
    for name, file in zip((REGULAR, BOLD), font_files(), strict=True):
        font: Any = TTFont(name, str(file))
        registerFont(font)
        widths = font.face.charWidths
        found[name] = {
            chr(code): int(widths[code]) for code in font.face.charToGlyph if code >= ord(" ")
        }
    own = os.environ.get(OWN_CHINESE)
    if own:
        found[CHINESE] = _register_own(own)
    else:
        registerFont(UnicodeCIDFont(CHINESE))
        found[CHINESE] = {}
    return found


def _register_own(path: str) -> dict[str, int]:
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    try:
        font: Any = TTFont(CHINESE, path)
    except (TTFError, OSError) as error:
        raise DocumentError(
            f"The Chinese font {path}, named by {OWN_CHINESE}, cannot be read: {error}. Name a "
            "TrueType file (.ttf, .ttc), or take the variable out."
        ) from None
    registerFont(font)
    widths = font.face.charWidths
    return {chr(code): int(widths[code]) for code in font.face.charToGlyph if code >= 0x2E80}


def ready() -> None:
    """Load the fonts, so that the first paper does not wait for them."""
    advances()


def missing(text: str) -> str:
    """Return the characters of a text that no font has, each once."""
    plain = advances()[REGULAR]
    return "".join(
        dict.fromkeys(
            character
            for character in text
            if character not in plain and character not in _BLANKS and not _chinese(character)
        )
    )


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is, in the unit of its size."""
    known = advances()[BOLD if bold else REGULAR]
    total = 0
    for character in text:
        advance = known.get(character)
        total += _wide(character) if advance is None else advance
    return total * size / 1000


def runs(text: str, *, bold: bool = False) -> list[Run]:
    """Return a text, which has no missing characters, as runs of one font each."""
    first = BOLD if bold else REGULAR
    known = advances()[first]
    if all(character in known for character in text):
        return [Run(first, text)] if text else []
    found: list[Run] = []
    for character in text:
        font = first if character in known else _other(character)
        if found and found[-1].font == font:
            found[-1] = Run(font, found[-1].text + character)
        else:
            found.append(Run(font, character))
    return found


def breaks_anywhere(character: str) -> bool:
    """Tell whether a line may end before this character, as before every Chinese one."""
    return character >= "\u2e80"


def _other(character: str) -> str:
    # A letter of DejaVu Sans that its bold cut lacks is set in the regular one.
    return REGULAR if character in advances()[REGULAR] else CHINESE


def _wide(character: str) -> int:
    fonts = advances()
    return fonts[REGULAR].get(character) or fonts[CHINESE].get(character, 1000)


@lru_cache(maxsize=20_000)
def _chinese(character: str) -> bool:
    """Tell whether a character is in the Chinese font: those of GBK, as Adobe-GB1 has them."""
    if character < "\u2e80":
        return False
    if own := advances()[CHINESE]:
        return character in own
    try:
        return len(character.encode("gbk")) == 2
    except UnicodeEncodeError:
        return False
