"""Validity: ranges that end before they begin, days that never come, rows that claim the same."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

from kervan.feed.parse import ParsedTable, Tables
from kervan.feed.validity import overlap, within

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_RANGES = (("valid_from", "valid_to"), ("period_from", "period_to"))

# Rows alike in all of these claim the same, and may not do so on the same day.
_CLAIMS = {
    "links": ("from_place_id", "to_place_id", "mode", "gauge_mm", "both_ways"),
    "border_crossings": ("from_place_id", "to_place_id", "mode"),
    "emission_factors": ("mode", "traction", "country", "basis"),
    "tariff_items": (
        "carrier_id",
        "origin",
        "destination",
        "service_id",
        "mode",
        "equipment",
        "loaded",
        "scope",
        "partner_ids",
        "direction",
        "wagon",
        "requires",
        "weight_from_kg",
        "weight_to_kg",
        "from_km",
        "to_km",
        "commodity_prefixes",
        "basis",
    ),
}


def ranges(tables: Tables) -> None:
    """Nothing ends before it begins."""
    for table in tables:
        names = {column.name for column in table.schema.columns}
        for first, last in _RANGES:
            if first not in names:
                continue
            for line, row in table.sound(first, last):
                start, end = getattr(row, first), getattr(row, last)
                if start is not None and end is not None and end < start:
                    table.problem(
                        "range-reversed",
                        line,
                        last,
                        end,
                        f"{last} {end} is before {first} {start}.",
                        "Exchange the two days, or correct the one that is wrong.",
                    )


def calendars(tables: Tables) -> None:
    """A calendar has a day on which something can run."""
    table = tables["calendars"]
    exceptions = tables["calendar_exceptions"]
    added = {
        row.calendar_id for _, row in exceptions.sound("calendar_id", "type") if row.type == "added"
    }
    for line, row in table.sound("calendar_id", *WEEKDAYS, "valid_from", "valid_to"):
        if row.calendar_id not in added and not runs_between(row, row.valid_from, row.valid_to):
            table.problem(
                "calendar-without-days",
                line,
                "calendar_id",
                row.calendar_id,
                "The calendar excludes every day.",
                "Set a weekday to true, widen its validity, or add days in calendar_exceptions.",
            )


def calendar_exceptions(tables: Tables) -> None:
    """An exception changes something."""
    table = tables["calendar_exceptions"]
    by_key = tables["calendars"].by_key()
    for line, row in table.sound("calendar_id", "exception_date", "type"):
        calendar = by_key.get(row.calendar_id)
        if calendar is None or any(getattr(calendar, day) is None for day in WEEKDAYS):
            continue
        day = row.exception_date
        inside = within(day, calendar.valid_from, calendar.valid_to)
        if not inside:
            table.warn(
                "exception-outside-calendar",
                line,
                "exception_date",
                day,
                f"{day} lies outside the validity of calendar {row.calendar_id}.",
                "Correct the day, or widen the calendar's validity.",
            )
        elif getattr(calendar, WEEKDAYS[day.weekday()]) == (row.type == "added"):
            table.warn(
                "exception-without-effect",
                line,
                "exception_date",
                day,
                f"{day} is {row.type}, but calendar {row.calendar_id} "
                f"{'already runs' if row.type == 'added' else 'does not run'} on a "
                f"{WEEKDAYS[day.weekday()].capitalize()}.",
                "Correct the day, or remove the row.",
            )


def instruments(tables: Tables) -> None:
    """What rests on an instrument holds only while the instrument does."""
    by_key = tables["instruments"].by_key()
    for table in tables:
        if table.schema.name == "instruments" or "instrument_id" not in {
            column.name for column in table.schema.columns
        }:
            continue
        for line, row in table.sound("instrument_id", "valid_from", "valid_to"):
            instrument = by_key.get(row.instrument_id)
            if instrument is not None:
                _against_instrument(table, line, row, instrument)


def _against_instrument(table: ParsedTable, line: int, row: Any, instrument: Any) -> None:
    key = row.instrument_id
    if not overlap(row.valid_from, row.valid_to, instrument.valid_from, instrument.valid_to):
        table.problem(
            "instrument-not-in-force",
            line,
            "instrument_id",
            key,
            f"The row holds {_span(row.valid_from, row.valid_to)}, its instrument {key} "
            f"{_span(instrument.valid_from, instrument.valid_to)}: never on the same day.",
            "Correct one of the validities, or name the instrument that is in force.",
        )
    elif instrument.valid_to is not None and (
        row.valid_to is None or row.valid_to > instrument.valid_to
    ):
        table.warn(
            "instrument-lapses",
            line,
            "valid_to",
            row.valid_to,
            f"The row holds after its instrument {key} lapses on {instrument.valid_to}.",
            "End the row's validity with the instrument's, or name the one that follows it.",
        )
    elif (
        row.valid_from is not None
        and instrument.valid_from is not None
        and row.valid_from < instrument.valid_from
    ):
        table.warn(
            "instrument-not-yet-in-force",
            line,
            "valid_from",
            row.valid_from,
            f"The row holds before its instrument {key} comes into force on "
            f"{instrument.valid_from}.",
            "Begin the row's validity with the instrument's.",
        )
    elif instrument.status == "lapsed" and row.valid_to is None:
        table.warn(
            "instrument-lapses",
            line,
            "instrument_id",
            key,
            f"The row holds until further notice, but its instrument {key} has lapsed.",
            "Give the row a last day, or name the instrument that is in force.",
        )


def overlaps(tables: Tables) -> None:
    """No two rows claim the same on the same day."""
    for name, columns in _CLAIMS.items():
        table = tables[name]
        claim_of = attrgetter(*columns)
        claims: dict[Any, list[tuple[int, Any]]] = defaultdict(list)
        superseded = {getattr(row, "supersedes", None) for row in table.rows}
        for line, row in table.sound(*columns, "valid_from", "valid_to"):
            if getattr(row, "is_withdrawal", False) or getattr(row, table.schema.key[0]) in (
                superseded
            ):
                continue  # it claims nothing any more
            earlier = claims[claim_of(row)]
            # A file with thousands of rows for one claim would take thousands squared to compare.
            for other_line, other in earlier[-50:]:
                if overlap(row.valid_from, row.valid_to, other.valid_from, other.valid_to):
                    table.warn(
                        "overlapping-rows",
                        line,
                        None,
                        None,
                        f"Rows {other_line} and {line} say different things of the same: "
                        f"{_claim(columns, row)}.",
                        "Give them validities that do not overlap, or remove one.",
                    )
                    break
            earlier.append((line, row))


def _claim(columns: tuple[str, ...], row: Any) -> str:
    given = ((name, getattr(row, name)) for name in columns)
    return ", ".join(f"{name} {value}" for name, value in given if value not in (None, ()))


def runs_between(calendar: Any, first: date | None, last: date | None) -> bool:
    """Return whether a calendar's weekdays fall between two days, its exceptions not counted."""
    if first is None or last is None or (last - first).days >= 6:
        return any(getattr(calendar, day) for day in WEEKDAYS) and not (
            first is not None and last is not None and last < first
        )
    days = (first + timedelta(days=k) for k in range((last - first).days + 1))
    return any(getattr(calendar, WEEKDAYS[day.weekday()]) for day in days)


def _span(first: date | None, last: date | None) -> str:
    if first is None and last is None:
        return "always"
    if first is None:
        return f"until {last}"
    return f"from {first} on" if last is None else f"from {first} to {last}"
