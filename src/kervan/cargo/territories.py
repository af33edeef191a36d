"""Customs territories: which countries are one, as members of a customs union."""

from __future__ import annotations

EU_MEMBERS = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)
"""States of the European Union."""

EAEU_MEMBERS = frozenset({"AM", "BY", "KG", "KZ", "RU"})
"""States of the Eurasian Economic Union."""

UNIONS: dict[str, str] = {
    **dict.fromkeys(sorted(EAEU_MEMBERS), "EAEU"),
    **dict.fromkeys(sorted(EU_MEMBERS), "EU"),
}
"""Customs unions by country."""


def territory_of(country: str) -> str:
    """Return the customs territory of a country: its union, or itself."""
    return UNIONS.get(country, country)
