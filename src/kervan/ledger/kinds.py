"""All kinds of entry there are, by name."""

from __future__ import annotations

from collections.abc import Mapping

from kervan.errors import InvalidEntryError
from kervan.ledger import (
    bookings,
    consignments,
    declarations,
    departures,
    events,
    invoices,
    load_plans,
    members,
    offers,
)
from kervan.ledger.reduction import Kind

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for module in (
        members,
        departures,
        offers,
        bookings,
        consignments,
        declarations,
        load_plans,
        events,
        invoices,
    )
    for kind in module.KINDS
}
"""Every kind, by its name."""


def kind_named(name: str) -> Kind:
    """Return a kind of entry.

    Raises
    ------
    InvalidEntryError
        If there is none of this name.
    """
    if name not in KINDS:
        raise InvalidEntryError(
            f"There is no kind of entry '{name}'; there are {', '.join(sorted(KINDS))}."
        )
    return KINDS[name]
