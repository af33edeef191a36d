"""How a column is declared, and the words several tables share."""

from __future__ import annotations

import dataclasses
from typing import Any, NewType

MinuteOfDay = NewType("MinuteOfDay", int)
"""A clock time, written ``HH:MM`` in the feed, held as minutes after midnight (0 to 1440)."""

MODES = ("rail", "road", "sea", "ferry", "inland_waterway", "air")
"""``sea`` is a container or feeder vessel; ``ferry`` carries wagons or trucks on deck."""

PATTERNS = ("timetable", "frequency", "when_full", "on_demand")
"""How a service runs.

``timetable``
    On the days of a calendar, at clock times; a blank clock time means "that day, hour unknown".
``frequency``
    So many departures a week, no clock time published.
``when_full``
    Leaves when there is cargo enough; the wait is a distribution.
``on_demand``
    Called when needed; the wait is the time until it comes.
"""

STATUSES = ("open", "planned", "closed")

KEY_PATTERN = r"[A-Za-z0-9][A-Za-z0-9_.\-]*"
RELATION = r"\*|@[A-Z][A-Z0-9\-]*|[A-Z]{2}([A-Z2-9]{3}|-[A-Z0-9\-]+)?"


def column(
    description: str,
    *,
    references: str | None = None,
    choices: tuple[str, ...] | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    pattern: str | None = None,
    code: str | None = None,
    default: Any = dataclasses.MISSING,
) -> Any:
    """Declare a column.

    Parameters
    ----------
    description
        What the column holds, for the reference and the descriptor.
    references
        ``"table.column"`` that every value must exist in.
    choices
        The only values allowed.
    minimum, maximum
        Bounds on a number, both included.
    pattern
        Regular expression a text must match whole.
    code
        A published code list the value must be in: ``"country"`` (ISO 3166-1 alpha-2),
        ``"currency"`` (ISO 4217), ``"timezone"`` (IANA).
    default
        Value of a blank cell. ``None`` for every optional column.
    """
    metadata = {
        "description": description,
        "references": references,
        "choices": choices,
        "minimum": minimum,
        "maximum": maximum,
        "pattern": pattern,
        "code": code,
    }
    return dataclasses.field(default=default, metadata=metadata)


def identifier(description: str) -> Any:
    """Declare a key column: letters, digits, ``-``, ``_`` and ``.`` only."""
    return column(description, pattern=KEY_PATTERN)


def hours(description: str, **kwargs: Any) -> Any:
    """Declare an optional duration in hours, zero or more."""
    return column(description, minimum=0.0, default=None, **kwargs)


def mode() -> Any:
    """Declare the mode of transport."""
    return column("Mode of transport.", choices=MODES)


def only_mode() -> Any:
    """Declare the one mode a row is limited to."""
    return column("Only in this mode.", choices=MODES, default=None)


def only_service_id() -> Any:
    """Declare the one service a row is limited to."""
    return column("Only on this service.", references="services.service_id", default=None)


def equipment(what_for: str) -> Any:
    """Declare the types of equipment a row is limited to, and say what they are: ``taken``."""
    return column(
        f"Beginnings of the ISO 6346 size-type codes {what_for}; blank: all.",
        pattern=r"[1-9A-Z][0-9A-Z]{0,3}",
        default=(),
    )


def loaded() -> Any:
    """Declare whether a row holds for loaded or for empty equipment."""
    return column("Loaded or empty equipment.", choices=("loaded", "empty", "any"), default="any")


def wagon() -> Any:
    """Declare whose wagons a row holds for."""
    return column(
        "Whose wagons: the carrier's, private ones, or any.",
        choices=("carrier", "private", "any"),
        default="any",
    )


def valid_from() -> Any:
    """Declare the first day a row holds."""
    return column("First day the row holds; blank: since ever.", default=None)


def valid_to() -> Any:
    """Declare the last day a row holds."""
    return column("Last day the row holds, included; blank: until further notice.", default=None)


def recorded_on() -> Any:
    """Declare the day a row was put on record."""
    return column(
        "Day the row was put on record; blank: from the beginning. Rows are never changed "
        "afterwards: a new one supersedes the old.",
        default=None,
    )


def supersedes(noun: str, references: str) -> Any:
    """Declare the earlier row of the same table, a noun and its key, that a row replaces."""
    return column(
        f"{noun} this one takes the place of, from the day it is recorded.",
        references=references,
        default=None,
    )


def is_withdrawal(noun: str, does: str) -> Any:
    """Declare the flag of a row that only ends a superseded one; say what else rows do."""
    return column(
        f"The row only ends the {noun} it supersedes, and {does} nothing itself.", default=False
    )


def conditions() -> Any:
    """Declare the conditions of a row in words."""
    return column("Conditions, in the source's words.", default=None)


def instrument_id() -> Any:
    """Declare the legal instrument a row rests on."""
    return column("Instrument it rests on.", references="instruments.instrument_id", default=None)


def rate_conditions() -> Any:
    """Declare the conditions a shipment must meet for a row to apply."""
    return column(
        "The row holds only for shipments of all these kinds; blank: for any.",
        choices=("dangerous", "reefer", "out_of_gauge", "block_train", "single_wagon"),
        default=(),
    )


def is_estimate() -> Any:
    """Declare the flag that tells an estimate from a sourced fact."""
    return column(
        "true where the figures of the row are an estimate and not the source's own.", default=False
    )


def estimate_basis() -> Any:
    """Declare how an estimate was made."""
    return column("How the estimate was made; required where is_estimate is true.", default=None)


def source_id() -> Any:
    """Declare the source a row comes from."""
    return column("Where the fact comes from.", references="sources.source_id")
