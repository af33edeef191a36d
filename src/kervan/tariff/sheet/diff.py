"""What changed between two tariffs: row by row, field by field, and price by price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from kervan.feed.tables import Feed
from kervan.tariff.record import key_of, on_record, was_recorded
from kervan.tariff.sheet.matrix import SheetRow, TariffSheet

TABLES = ("tariff_items", "surcharges", "rebates", "exchange_rates", "zones")
_BOOKKEEPING = ("recorded_on", "supersedes", "is_withdrawal")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a row that has another value."""

    field: str
    old: str
    new: str
    percent: Decimal | None
    """By how much, of the old value, where both are numbers and the old is not zero."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that was added, removed or changed.

    Attributes
    ----------
    table, key
        Where it is; the new key where a row took the place of another.
    kind
        ``added``, ``removed`` or ``changed``.
    was
        Key of the row it took the place of, where that is another.
    fields
        What changed of it.
    """

    table: str
    key: str
    kind: str
    was: str | None = None
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A price of a sheet that is another; None where it had, or has, none."""

    old: SheetRow | None
    new: SheetRow | None

    @property
    def row(self) -> SheetRow:
        """The row as it is now, or was at last."""
        row = self.new or self.old
        assert row is not None
        return row

    @property
    def percent(self) -> Decimal | None:
        """By how much the price changed, in percent of the old one."""
        old = self.old.price if self.old else None
        new = self.new.price if self.new else None
        if old is None or new is None or old.currency != new.currency or old.minor == 0:
            return None
        return _percent(Decimal(old.minor), Decimal(new.minor))


def changed_rows(
    old: Feed, new: Feed, *, old_known_on: date | None = None, new_known_on: date | None = None
) -> list[RowChange]:
    """Return what changed in the tables a price is made of.

    A row that supersedes one of the old record is that row changed, whatever its key.

    Parameters
    ----------
    old, new
        The feeds; may be the same.
    old_known_on, new_known_on
        Days of the records compared; None for all that has been recorded.
    """
    found = []
    for table in TABLES:
        before = _on_record(old, table, old_known_on)
        after = _on_record(new, table, new_known_on)
        place_of = _successors(new, table, new_known_on) if table in TABLES[:3] else {}
        taken = {}
        for key in before:
            successor, seen = key, {key}
            while successor not in after and place_of.get(successor, successor) not in seen:
                successor = place_of[successor]
                seen.add(successor)
            if successor in after:
                taken[successor] = key
        for key, row in after.items():
            was = taken.get(key)
            if was is None:
                found.append(RowChange(table, key, "added"))
                continue
            changes = _changes(before[was], row)
            if changes or was != key:
                found.append(RowChange(table, key, "changed", None if was == key else was, changes))
        gone = [key for key in before if key not in taken.values()]
        found += [RowChange(table, key, "removed") for key in gone]
    return found


def changed_prices(old: TariffSheet, new: TariffSheet) -> list[PriceChange]:
    """Return the prices of two sheets that differ, in the order of the new one."""
    before = {row.key: row for row in old.rows}
    after = {row.key: row for row in new.rows}
    found = [
        PriceChange(before.get(key), row)
        for key, row in after.items()
        if row.price != (before[key].price if key in before else None)
    ]
    found += [
        PriceChange(row, None)
        for key, row in before.items()
        if key not in after and row.price is not None
    ]
    return found


def _on_record(feed: Feed, table: str, known_on: date | None) -> Mapping[str, Any]:
    rows = feed.table(table)
    if table in TABLES[:3]:
        return {key_of(row): row for row in on_record(rows, known_on)}
    if table == "exchange_rates" and known_on is not None:
        rows = tuple(row for row in rows if row.rate_date <= known_on)
    return {" ".join(str(getattr(row, part)) for part in type(row).KEY): row for row in rows}


def _successors(feed: Feed, table: str, known_on: date | None) -> dict[str, str]:
    return {
        row.supersedes: key_of(row)
        for row in feed.table(table)
        if row.supersedes is not None and was_recorded(row, known_on)
    }


def _changes(old: Any, new: Any) -> tuple[FieldChange, ...]:
    found = []
    for field in fields(old):
        if field.name in _BOOKKEEPING or field.name in type(old).KEY:
            continue
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before != after:
            found.append(FieldChange(field.name, _text(before), _text(after), _by(before, after)))
    return tuple(found)


def _by(old: Any, new: Any) -> Decimal | None:
    for value in (old, new):
        if isinstance(value, bool) or not isinstance(value, Decimal | int | float):
            return None
    return _percent(Decimal(str(old)), Decimal(str(new))) if old else None


def _percent(old: Decimal, new: Decimal) -> Decimal:
    return ((new - old) * 100 / old).quantize(Decimal("0.01"))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ";".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
