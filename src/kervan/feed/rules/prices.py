"""Prices: surcharges that say what they are of, tariff items that can apply, money that adds up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from kervan.feed.parse import ParsedTable, Tables

_PLACE_OF_EVENT = {
    "load": "place_id",
    "discharge": "place_id",
    "storage": "place_id",
    "border": "crossing_id",
}


def _is_of_another(table: ParsedTable, line: int) -> bool:
    return any(
        row.of_surcharge_id is not None for at, row in table.sound("of_surcharge_id") if at == line
    )


def surcharges(tables: Tables) -> None:
    """A surcharge says where it falls due, and a percentage has no currency."""
    table = tables["surcharges"]
    for line, row in table.sound("event", "place_id", "crossing_id"):
        needed = _PLACE_OF_EVENT.get(row.event)
        if needed is not None and getattr(row, needed) is None:
            table.problem(
                "surcharge-without-place",
                line,
                needed,
                None,
                f"A surcharge that falls due on {row.event} needs {needed}.",
                "Say where it falls due; one that falls due on every leg has the event 'leg'.",
            )
        for other in ("place_id", "crossing_id"):
            if other != needed and getattr(row, other) is not None:
                table.warn(
                    "surcharge-ignores",
                    line,
                    other,
                    getattr(row, other),
                    f"{other} says nothing for a surcharge that falls due on {row.event}.",
                    "Clear it, or correct the event.",
                )
    for line, row in table.sound("basis", "currency"):
        if row.basis == "percent_of_value":
            continue
        if row.basis == "percent" and row.currency is not None:
            table.problem(
                "percent-with-currency",
                line,
                "currency",
                row.currency,
                "A percentage has no currency of its own.",
                "Clear the currency, or correct the basis.",
            )
        elif row.basis != "percent" and row.currency is None:
            table.problem(
                "amount-without-currency",
                line,
                "currency",
                None,
                f"An amount {row.basis} needs a currency.",
                "Give its ISO 4217 code.",
            )
    for line, row in table.sound("basis", "of_surcharge_id"):
        if row.of_surcharge_id is None:
            continue
        base = table.index.get(row.of_surcharge_id)
        if row.basis != "percent" or (base is not None and _is_of_another(table, base)):
            table.problem(
                "percent-of-what",
                line,
                "of_surcharge_id",
                row.of_surcharge_id,
                "Only a percentage is of another surcharge, and that one is of none itself.",
                "Correct the basis, clear the cell, or name the surcharge at the bottom of it.",
            )
    for line, row in table.sound("basis", "amount"):
        if row.amount < 0 and not row.basis.startswith("percent"):
            table.problem(
                "negative-money",
                line,
                "amount",
                row.amount,
                "Only a percentage may be negative.",
                "Remove the minus sign, or write the rebate as a percentage.",
            )


def tariff_items(tables: Tables) -> None:
    """A tariff item can apply to something its carrier runs."""
    table = tables["tariff_items"]
    for line, row in table.sound("weight_from_kg", "weight_to_kg"):
        if (
            row.weight_from_kg is not None
            and row.weight_to_kg is not None
            and row.weight_to_kg <= row.weight_from_kg
        ):
            table.problem(
                "range-reversed",
                line,
                "weight_to_kg",
                row.weight_to_kg,
                f"No weight is {row.weight_from_kg:g} kg or more and less than "
                f"{row.weight_to_kg:g} kg.",
                "weight_from_kg is included, weight_to_kg is not; correct one of them.",
            )
    _applicable(tables, table)
    for line, row in table.sound("commodity_prefixes"):
        odd = [prefix for prefix in row.commodity_prefixes if len(prefix) % 2]
        if odd:
            table.warn(
                "leading-zero-lost",
                line,
                "commodity_prefixes",
                odd[0],
                f"'{odd[0]}' has an odd number of digits; HS codes have 2, 4, 6, 8 or 10.",
                f"If a spreadsheet dropped a leading zero, write 0{odd[0]}.",
            )
    demand = tables["demand"]
    for line, row in demand.sound("commodity"):
        text = row.commodity
        if text is not None and len(text) % 2 and text.isdecimal() and re.fullmatch(r"\d+", text):
            demand.warn(
                "leading-zero-lost",
                line,
                "commodity",
                text,
                f"'{text}' has an odd number of digits; HS codes have 2, 4, 6, 8 or 10.",
                f"If a spreadsheet dropped a leading zero, write 0{text}.",
            )


def _applicable(tables: Tables, table: ParsedTable) -> None:
    services = tables["services"]
    if services.unread or services.missing:
        return  # a service that could not be read may be the one that seems missing
    by_key = services.by_key()
    running = {row.carrier_id for row in by_key.values()}
    modes = {(row.carrier_id, row.mode) for row in by_key.values()}
    known = tables["carriers"].index
    for line, row in table.sound("carrier_id", "scope", "service_id", "mode"):
        if row.scope == "through":
            continue  # its seller need not run anything himself
        service = by_key.get(row.service_id)
        if row.carrier_id in known and row.carrier_id not in running:
            column, why = "carrier_id", f"{row.carrier_id} runs no service"
        elif service is not None and service.carrier_id != row.carrier_id:
            column, why = "service_id", f"{row.service_id} is run by {service.carrier_id}"
        elif row.mode is not None and service is not None and service.mode != row.mode:
            column, why = "mode", f"{row.service_id} runs by {service.mode}"
        elif (
            row.mode is not None
            and row.carrier_id in running
            and (row.carrier_id, row.mode) not in modes
        ):
            column, why = "mode", f"{row.carrier_id} runs no service by {row.mode}"
        else:
            continue
        table.warn(
            "never-applies",
            line,
            column,
            getattr(row, column),
            f"The item never applies: {why}.",
            "Add the service, or correct the item.",
        )


def exchange_rates(tables: Tables) -> None:
    """A rate of exchange is more than nothing, between two currencies."""
    table = tables["exchange_rates"]
    for line, row in table.sound("rate"):
        if row.rate == 0:
            table.problem(
                "rate-of-zero",
                line,
                "rate",
                row.rate,
                "The rate is zero.",
                "Give the rate, with more decimals if need be, or remove the row.",
            )
    for line, row in table.sound("from_currency", "to_currency"):
        if row.from_currency == row.to_currency:
            table.problem(
                "rate-to-itself",
                line,
                "to_currency",
                row.to_currency,
                "The rate is from a currency to itself.",
                "Correct one of the two.",
            )


def currencies(tables: Tables) -> None:
    """Prices can be brought into one currency."""
    group: dict[str, str] = {}

    def root(currency: str) -> str:
        while group.setdefault(currency, currency) != currency:
            currency = group[currency]
        return currency

    for _, row in tables["exchange_rates"].sound("from_currency", "to_currency"):
        group[root(row.from_currency)] = root(row.to_currency)
    prices = [
        (table, line, currency)
        for table in (tables["tariff_items"], tables["surcharges"])
        for line, currency in _currencies(table)
    ]
    used = Counter(currency for _, _, currency in prices)
    if len({root(currency) for currency in used}) < 2:
        return
    base = "USD" if "USD" in used else used.most_common(1)[0][0]
    told = set()
    for table, line, currency in prices:
        if root(currency) != root(base) and currency not in told:
            told.add(currency)
            table.warn(
                "no-exchange-rate",
                line,
                "currency",
                currency,
                f"No exchange rates lead from {currency} to {base}, so the two cannot be added up.",
                "Add a row to exchange_rates.",
            )


def _currencies(table: ParsedTable) -> Iterator[tuple[int, str]]:
    for line, row in table.sound("currency"):
        if row.currency is not None:
            yield line, row.currency
