"""Colours of the offers and of the sheet, in a light and a dark set.

The eight offer colours stay apart for readers with protanopia, deuteranopia and tritanopia
(simulated after Machado, Oliveira and Fernandes 2009) and have a contrast of 3:1 or more against
land and water (WCAG 2.2, 1.4.11). From the ninth offer on they come again; the number on each line
tells offers apart without any colour.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """One set of colours, as ``#rrggbb``."""

    offers: tuple[str, ...]
    paper: str
    land: str
    water: str
    border: str
    ink: str
    quiet: str
    """Lettering of countries, seas and small print."""


LIGHT = Theme(
    offers=(
        "#105dd3",
        "#e1290c",
        "#246857",
        "#c54e92",
        "#2f242d",
        "#747848",
        "#727cbe",
        "#681395",
    ),
    paper="#ffffff",
    land="#f3f1ec",
    water="#dfe8ee",
    border="#c3bdb1",
    ink="#1b1f24",
    quiet="#5b626b",
)
DARK = Theme(
    offers=(
        "#44ccff",
        "#ff7608",
        "#2cb873",
        "#f399bd",
        "#f5ffe5",
        "#dcd231",
        "#5f6dea",
        "#9a8bdf",
    ),
    paper="#14181c",
    land="#23282e",
    water="#14181c",
    border="#4a525b",
    ink="#eef1f4",
    quiet="#a9b2bc",
)

DASHES = {
    "rail": (),
    "road": (7.0, 3.0),
    "ferry": (11.0, 3.0, 2.0, 3.0),
    "sea": (2.0, 4.0),
    "inland_waterway": (5.0, 3.0, 1.5, 3.0, 1.5, 3.0),
    "air": (14.0, 6.0),
}
"""Dash pattern of each mode, lengths of line and gap in px."""

LINE_PX = 3.0
CASING_PX = 5.0
GAP_PX = 4.5
"""Width of a line, of the pale edge around it, and from one lane to the next."""


def offer_colour(theme: Theme, number: int) -> str:
    """Return the colour of an offer by its number, from 1."""
    return theme.offers[(number - 1) % len(theme.offers)]
