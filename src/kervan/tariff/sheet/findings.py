"""What a check of a tariff finds."""

from __future__ import annotations

from dataclasses import dataclass

ERROR, WARNING = "error", "warning"

RULES = {
    "gap": "a leg that runs has no price",
    "overlap": "two items claim the same, and nothing but their keys decides",
    "longer-cheaper": "a longer way of a service is cheaper than a part of it",
    "forty-cheaper": "a 40-foot unit is cheaper than a 20-foot one",
    "loaded-cheaper": "a loaded unit is cheaper than an empty one",
    "heavier-cheaper": "a heavier unit is cheaper than a lighter one",
    "expired": "a rate no longer holds, and nothing took its place on record",
    "expiring": "a rate soon holds no longer, and nothing took its place on record",
    "superseded-reference": "a row names an item that has been superseded or withdrawn",
    "superseded-twice": "two rows take the place of one",
    "superseded-early": "a row took the place of another and holds later, with days between",
    "no-exchange-rate": "no rate of exchange of the day leads to the currency of the totals",
    "no-such-chapter": "a commodity begins with no chapter of the Harmonized System",
}
"""Every rule, in words."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a tariff.

    Attributes
    ----------
    severity
        ``error``: a customer would meet it; ``warning``: it deserves a look.
    rule
        One of RULES.
    table, items, field
        Table, keys of the rows concerned, and column; no keys where a row is wanting.
    what
        What is wrong, with the figures.
    mending
        How to mend it.
    """

    severity: str
    rule: str
    table: str
    items: tuple[str, ...]
    field: str
    what: str
    mending: str
