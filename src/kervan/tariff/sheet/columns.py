"""The columns of a written sheet, in the order they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kervan.tariff.sheet.matrix import SheetRow

Cell = str | float | int | bool | Decimal | date | None


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: its name, what it holds, how wide Excel shows it, and how a row fills it."""

    name: str
    kind: str
    """``text``, ``decimal``, ``number``, ``boolean`` or ``date``."""
    width: int
    description: str
    cell: Callable[[SheetRow], Cell]


def columns(names: dict[str, str]) -> tuple[SheetColumn, ...]:
    """Return the columns.

    Parameters
    ----------
    names
        Name of every place by its id.
    """
    return (
        SheetColumn("origin", "text", 14, "Place of loading.", lambda r: r.origin),
        SheetColumn("origin_name", "text", 16, "Its name.", lambda r: names.get(r.origin, "")),
        SheetColumn("destination", "text", 14, "Place of discharge.", lambda r: r.destination),
        SheetColumn(
            "destination_name", "text", 16, "Its name.", lambda r: names.get(r.destination, "")
        ),
        SheetColumn(
            "direction",
            "text",
            9,
            "Whether the destination lies east or west of the origin.",
            lambda r: r.direction,
        ),
        SheetColumn(
            "equipment", "text", 10, "Group of equipment.", lambda r: r.shipments.equipment
        ),
        SheetColumn(
            "size_type",
            "text",
            9,
            "ISO 6346 size-type code the group is priced for.",
            lambda r: r.shipments.shipment.equipment.code,
        ),
        SheetColumn(
            "load",
            "text",
            8,
            "Loaded or empty.",
            lambda r: "loaded" if r.shipments.is_loaded else "empty",
        ),
        SheetColumn(
            "weight_from_kg",
            "number",
            10,
            "Cargo a unit, from, included; blank: no limit.",
            lambda r: r.shipments.weight_from_kg,
        ),
        SheetColumn(
            "weight_to_kg",
            "number",
            10,
            "Cargo a unit, to, not included; blank: no limit.",
            lambda r: r.shipments.weight_to_kg,
        ),
        SheetColumn(
            "priced_at_kg",
            "number",
            10,
            "Cargo a unit the price was worked out for.",
            lambda r: r.shipments.shipment.weight_kg,
        ),
        SheetColumn(
            "commodity",
            "text",
            10,
            "Beginning of the HS code; 'any': cargo no item names.",
            lambda r: r.shipments.commodity,
        ),
        SheetColumn(
            "price",
            "decimal",
            12,
            "Of one unit over the whole way; blank where it is incomplete.",
            lambda r: None if r.price is None else r.price.major,
        ),
        SheetColumn(
            "currency",
            "text",
            8,
            "ISO 4217 code.",
            lambda r: None if r.price is None else r.price.currency,
        ),
        SheetColumn(
            "transit_days",
            "number",
            8,
            "From hand-over to planned arrival.",
            lambda r: r.transit_days,
        ),
        SheetColumn(
            "valid_from",
            "date",
            11,
            "First day on which every row used holds; blank: since ever.",
            lambda r: r.valid_from,
        ),
        SheetColumn(
            "valid_to",
            "date",
            11,
            "Last such day, included; blank: until further notice.",
            lambda r: r.valid_to,
        ),
        SheetColumn(
            "is_through",
            "boolean",
            8,
            "Whether a through rate covers several legs.",
            lambda r: r.is_through,
        ),
        SheetColumn(
            "is_estimate",
            "boolean",
            8,
            "Whether a row used is an estimate of the feed.",
            lambda r: r.is_estimate,
        ),
        SheetColumn(
            "complete",
            "boolean",
            8,
            "Whether every leg has a price.",
            lambda r: r.price is not None,
        ),
        SheetColumn(
            "why_incomplete", "text", 30, "What is missing.", lambda r: r.why_incomplete or None
        ),
        SheetColumn(
            "conditions",
            "text",
            30,
            "Conditions of the rows used, in the sources' words.",
            lambda r: r.conditions or None,
        ),
        SheetColumn(
            "way",
            "text",
            50,
            "Legs: service from-to, in order.",
            lambda r: " | ".join(f"{s} {a}>{b}" for s, a, b in r.legs) or None,
        ),
        SheetColumn(
            "rows_used",
            "text",
            50,
            "Tariff items, surcharges and rebates that make the price.",
            lambda r: ";".join(key for _, key in r.rows) or None,
        ),
    )
