"""The table of performed transports: its columns, and transports written in it.

One file, three kinds of row. A row ``transport`` opens a transport; the rows ``leg`` and ``charge``
below it, until the next, belong to it. Money is in whole minor units.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from kervan.errors import InvalidRequestError
from kervan.tariff.settlement.performed import Transport

RECORDS = ("transport", "leg", "charge")


@dataclass(frozen=True, slots=True)
class TransportColumn:
    """A column: its name, which rows need it, which may have it, and what it holds."""

    name: str
    required: tuple[str, ...]
    allowed: tuple[str, ...]
    description: str


def _column(name: str, required: str, optional: str, description: str) -> TransportColumn:
    needed = tuple(required.split())
    return TransportColumn(name, needed, (*needed, *optional.split()), description)


COLUMNS = (
    _column("transport_id", "transport leg charge", "", "Key of the transport."),
    _column("record", "transport leg charge", "", "transport, leg or charge."),
    _column(
        "revision",
        "",
        "transport",
        "0 as first recorded (or blank); 1, 2, … where it corrects the one before.",
    ),
    _column("performed_on", "transport", "", "Day the last leg was done, YYYY-MM-DD."),
    _column(
        "recorded_on",
        "",
        "transport",
        "Day it is entered in the accounts; blank: the day performed. A revision must have one.",
    ),
    _column("customer_id", "transport", "", "Whose goods were moved."),
    _column("carrier_id", "leg", "", "Who carried, a carrier of the feed."),
    _column("from_place_id", "leg", "", "Place of loading."),
    _column("to_place_id", "leg", "", "Place of discharge."),
    _column("distance_km", "leg", "", "Length of the leg, at most three decimals."),
    _column("cost_weight", "", "leg", "Stated share of the cost, any scale, six decimals at most."),
    _column("points", "", "leg", "Points of the fixed proration table."),
    _column(
        "section_rate_minor",
        "",
        "leg",
        "What the carrier would have charged for the leg alone, in currency.",
    ),
    _column("item_id", "charge", "", "Tariff item, surcharge or rebate charged by."),
    _column("kind", "charge", "", "freight, surcharge, rebate or capacity."),
    _column("legs", "charge", "", "Legs it covers, from 1, ascending: 1;2;3."),
    _column(
        "is_through",
        "charge",
        "",
        "true: divided among the carriers of its legs; false: due whole to due_to_id.",
    ),
    _column("payer_id", "", "charge", "Who pays; blank: the customer."),
    _column("collector_id", "charge", "", "Member that collects, a carrier of the feed."),
    _column("due_to_id", "", "charge", "Member it is due to; blank for a through charge."),
    _column(
        "rule", "", "charge", "Rule of proration agreed for it; blank: that of the settlement."
    ),
    _column(
        "amount_minor",
        "charge",
        "transport",
        "Minor units charged; on a transport what was invoiced in all, as a control.",
    ),
    _column("currency", "charge", "transport leg", "ISO 4217 code of the amount or section rate."),
)
NAMES = tuple(column.name for column in COLUMNS)


def cells_of(transports: Iterable[Transport]) -> Iterator[dict[str, object]]:
    """Yield the rows of transports, blank cells left out."""
    for transport in transports:
        head: dict[str, object] = {"transport_id": transport.transport_id}
        row = {
            **head,
            "record": "transport",
            "revision": transport.revision,
            "performed_on": transport.performed_on,
            "customer_id": transport.customer_id,
        }
        if transport.posted_on != transport.performed_on or transport.revision:
            row["recorded_on"] = transport.posted_on
        if transport.total is not None:
            row |= {
                "amount_minor": transport.total.minor,
                "currency": transport.total.currency,
            }
        yield row
        for leg in transport.legs:
            row = {
                **head,
                "record": "leg",
                "carrier_id": leg.carrier_id,
                "from_place_id": leg.from_place_id,
                "to_place_id": leg.to_place_id,
                "distance_km": Decimal(leg.distance_m).scaleb(-3),
            }
            if leg.cost_weight is not None:
                row["cost_weight"] = f"{leg.cost_weight:f}"
            if leg.points is not None:
                row["points"] = leg.points
            if leg.section_rate is not None:
                row |= {
                    "section_rate_minor": leg.section_rate.minor,
                    "currency": leg.section_rate.currency,
                }
            yield row
        for charge in transport.charges:
            yield {
                **head,
                "record": "charge",
                "item_id": charge.item_id,
                "kind": charge.kind,
                "legs": ";".join(str(k + 1) for k in charge.legs),
                "is_through": "true" if charge.is_through else "false",
                "payer_id": charge.payer_id,
                "collector_id": charge.collector_id,
                "due_to_id": charge.due_to_id or "",
                "rule": charge.rule or "",
                "amount_minor": charge.amount.minor,
                "currency": charge.amount.currency,
            }


def write_transports(transports: Iterable[Transport], path: Path, *, append: bool = False) -> None:
    """Write transports as CSV or, by the name of the file, Parquet.

    Parameters
    ----------
    transports
        What to write.
    path
        A name in ``.csv`` or ``.parquet``.
    append
        Add them to the end of a CSV file that is there already.

    Raises
    ------
    InvalidRequestError
        If the name has another ending, Parquet is not installed or asked to be added to.
    OSError
        If the file cannot be written.
    """
    if path.suffix.lower() == ".csv":
        started = append and path.exists() and path.stat().st_size > 0
        with path.open("a" if append else "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, NAMES, restval="", lineterminator="\n")
            if not started:
                writer.writeheader()
            writer.writerows(cells_of(transports))
    elif path.suffix.lower() == ".parquet" and not append:
        arrow = parquet()
        rows = list(cells_of(transports))
        filled = {
            name: [None if row.get(name) in (None, "") else str(row[name]) for row in rows]
            for name in NAMES
        }
        schema = arrow.schema([arrow.field(name, arrow.string()) for name in NAMES])
        arrow.parquet.write_table(arrow.table(filled, schema=schema), path)
    else:
        raise InvalidRequestError(
            f"'{path.name}' is no name for a table of transports; end it in .csv or .parquet"
            f"{', and add to CSV only' if append else ''}."
        )


def parquet() -> Any:
    """Return pyarrow with its Parquet part.

    Raises
    ------
    InvalidRequestError
        If it is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise InvalidRequestError(
            "Parquet needs the package pyarrow; install it with pip install 'kervan[parquet]', or "
            "use .csv."
        ) from error
    return pyarrow
