"""Tariffs: bands with something in them, through rates that can be one, versions that follow."""

from __future__ import annotations

from typing import Any

from kervan.feed.nearest import did_you_mean
from kervan.feed.parse import ParsedTable, Tables

_VERSIONED = ("tariff_items", "surcharges", "rebates")


def bands(tables: Tables) -> None:
    """A band of kilometres holds some, and the least charge is not above the highest."""
    table = tables["tariff_items"]
    for line, row in table.sound("from_km", "to_km"):
        if row.from_km is not None and row.to_km is not None and row.to_km <= row.from_km:
            table.problem(
                "range-reversed",
                line,
                "to_km",
                row.to_km,
                f"No way is {row.from_km:g} km or more and less than {row.to_km:g} km.",
                "from_km is included, to_km is not; correct one of them.",
            )
    for line, row in table.sound("minimum_amount", "maximum_amount"):
        least, most = row.minimum_amount, row.maximum_amount
        if least is not None and most is not None and most < least:
            table.problem(
                "range-reversed",
                line,
                "maximum_amount",
                most,
                f"The highest charge is below the least, {least}.",
                "Exchange the two, or correct the one that is wrong.",
            )
    for line, row in table.sound("rounding_step"):
        if row.rounding_step is not None and row.rounding_step == 0:
            table.problem(
                "range",
                line,
                "rounding_step",
                row.rounding_step,
                "Nothing can be rounded to multiples of zero.",
                "Leave it blank to round to the currency's minor unit.",
            )


def through_rates(tables: Tables) -> None:
    """Partners exist, and only a through rate has them."""
    table, carriers = tables["tariff_items"], tables["carriers"]
    for line, row in table.sound("scope", "partner_ids", "includes_surcharges"):
        for partner in row.partner_ids:
            if partner not in carriers.index:
                table.problem(
                    "dangling-reference",
                    line,
                    "partner_ids",
                    partner,
                    f"There is no carrier '{partner}'.",
                    did_you_mean(partner, carriers.index, "Add it to carriers, or correct it."),
                )
        if row.scope == "leg" and (row.partner_ids or row.includes_surcharges):
            column = "partner_ids" if row.partner_ids else "includes_surcharges"
            table.warn(
                "column-ignored",
                line,
                column,
                getattr(row, column),
                f"{column} says nothing for an item of one leg.",
                "Set scope to through, or clear the cell.",
            )


def surcharges(tables: Tables) -> None:
    """Days are counted where something is stored, and nowhere else."""
    table = tables["surcharges"]
    for line, row in table.sound("event", "basis"):
        if (row.event == "storage") != (row.basis == "per_container_day"):
            table.problem(
                "storage-by-days",
                line,
                "basis",
                row.basis,
                "A surcharge for storage is counted per_container_day, and only such a one is.",
                "Correct the event or the basis.",
            )
    for line, row in table.sound("basis", "free_days"):
        if row.free_days is not None and row.basis != "per_container_day":
            table.warn(
                "column-ignored",
                line,
                "free_days",
                row.free_days,
                f"free_days says nothing for a surcharge {row.basis}.",
                "Clear the cell, or count the surcharge per_container_day.",
            )


def versions(tables: Tables) -> None:
    """A version follows an older one, each old one is followed once, and none goes in rounds."""
    for name in _VERSIONED:
        table = tables[name]
        key = table.schema.key[0]
        rows = table.by_key() if not table.missing.intersection({key}) else {}
        followed: dict[str, int] = {}
        for line, row in table.sound(key, "supersedes", "recorded_on", "is_withdrawal"):
            if row.supersedes is None:
                if row.is_withdrawal:
                    table.problem(
                        "withdrawal-of-nothing",
                        line,
                        "supersedes",
                        None,
                        "A withdrawal ends an earlier row, and this one names none.",
                        "Name in supersedes the row that ends.",
                    )
                continue
            _version(table, key, line, row, rows, followed)


def _version(
    table: ParsedTable,
    key: str,
    line: int,
    row: Any,
    rows: dict[Any, Any],
    followed: dict[str, int],
) -> None:
    old = rows.get(row.supersedes)
    if old is None:
        return  # told as a dangling reference
    if row.supersedes in followed:
        table.problem(
            "superseded-twice",
            line,
            "supersedes",
            row.supersedes,
            f"'{row.supersedes}' is superseded on row {followed[row.supersedes]} already.",
            "Supersede the newer row instead.",
        )
        return
    followed[row.supersedes] = line
    seen, at = {getattr(row, key)}, row
    while at is not None and at.supersedes is not None:
        if at.supersedes in seen:
            table.problem(
                "superseded-in-rounds",
                line,
                "supersedes",
                row.supersedes,
                "The rows supersede each other in a round.",
                "A row may only supersede one recorded before it; break the round.",
            )
            return
        seen.add(at.supersedes)
        at = rows.get(at.supersedes)
    before, now = old.recorded_on, row.recorded_on
    if now is None or (before is not None and now < before):
        table.problem(
            "superseded-before-recorded",
            line,
            "recorded_on",
            now,
            f"The row supersedes '{row.supersedes}', recorded "
            f"{'from the beginning' if before is None else f'on {before}'}, and must be recorded "
            "later than it.",
            "Give the day it was put on record.",
        )
