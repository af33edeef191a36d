"""What no border and no paper does without."""

from __future__ import annotations

from kervan.cargo.consignment import Consignment
from kervan.cargo.rules.findings import Findings

_GIVE = "Give it; no border and no paper does without."
_EMPTIES = (
    "Empty containers are goods themselves: give one item for them, of HS code 860900, with their "
    "tare as its mass."
)


def basics(consignment: Consignment, found: Findings) -> None:
    """Note what every consignment needs and this one has not."""
    for name, what in (
        ("consignor", "who sends the goods"),
        ("consignee", "who gets the goods"),
    ):
        party = getattr(consignment, name)
        if party is None:
            _missing(found, (name,), what)
        elif party.name is None and not party.name_in:
            _missing(found, (name, "name"), f"the name of the {name}")
    for name, what in (
        ("acceptance", "where the first carrier takes the goods over"),
        ("delivery", "where the last carrier delivers them"),
        ("movements", "how they get there"),
        ("goods_items", "what the goods are"),
    ):
        if not getattr(consignment, name):
            _missing(found, (name,), what, _EMPTIES if _is_of_empties(consignment, name) else _GIVE)
    for i, item in enumerate(consignment.goods_items):
        for name, what in (
            ("hs_code", "its HS code"),
            ("gross_mass_kg", "its gross mass"),
            ("packages", "its packages"),
        ):
            if not getattr(item, name) and getattr(item, name) != 0:
                _missing(found, ("goods_items", i, name), what)
        if item.description is None and not item.description_in:
            _missing(found, ("goods_items", i, "description"), "what it is, in words")


def _is_of_empties(consignment: Consignment, name: str) -> bool:
    units = consignment.equipment
    return name == "goods_items" and bool(units) and all(unit.is_empty for unit in units)


def _missing(
    found: Findings, steps: tuple[str | int, ...], what: str, mending: str = _GIVE
) -> None:
    found.error(
        "missing",
        steps,
        f"'{steps[-1]}' is missing: {what}.",
        mending,
    )
