"""A check of a tariff on one day: what a customer would find, found before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from kervan.feed.codes import commodities
from kervan.feed.tables import Feed, Rebate, Surcharge, TariffItem
from kervan.feed.validity import holds_on
from kervan.network.legs import Leg
from kervan.tariff.record import key_of, on_record, was_recorded
from kervan.tariff.sheet.compiled import CompiledTariff
from kervan.tariff.sheet.findings import ERROR, WARNING, Finding
from kervan.tariff.sheet.inversions import gaps_and_inversions
from kervan.tariff.sheet.overlaps import overlaps

WARN_DAYS = 30
_NATIONAL = ("98", "99")


def check_tariff(
    feed: Feed,
    legs: Sequence[Leg],
    day: date,
    *,
    currency: str = "USD",
    known_on: date | None = None,
    warn_days: int = WARN_DAYS,
) -> list[Finding]:
    """Find what is wrong with a tariff.

    Parameters
    ----------
    feed
        The feed.
    legs
        Legs that run.
    day
        Day of acceptance.
    currency
        Currency of the totals.
    known_on
        Day of the record; None for all that has been recorded.
    warn_days
        A rate that ends within so many days is told of.

    Returns
    -------
    list[Finding]
        Errors first, then by rule.

    Raises
    ------
    InvalidRequestError
        If there is no such currency.
    """
    tariff = CompiledTariff(feed, day, currency, known_on=known_on)
    found = [
        *gaps_and_inversions(tariff, legs),
        *overlaps(tariff.items, feed.zones),
        *_ends(feed, day, known_on, warn_days),
        *_references(feed, known_on),
        *_early(feed, day, known_on),
        *_exchange(tariff),
        *_chapters(feed, known_on),
    ]
    return sorted(found, key=lambda finding: (finding.severity != ERROR, finding.rule))


def _ends(feed: Feed, day: date, known_on: date | None, warn_days: int) -> Iterator[Finding]:
    soon = day + timedelta(days=warn_days)
    for table in ("tariff_items", "surcharges", "rebates"):
        rows: list[Any] = on_record(feed.table(table), known_on)
        for row in rows:
            last = row.valid_to
            if last is None or last > soon or _goes_on(row, rows):
                continue
            over = last < day
            yield Finding(
                WARNING,
                "expired" if over else "expiring",
                table,
                (key_of(row),),
                "valid_to",
                f"It held until {last}" + (f", before {day}." if over else "; after it, nothing."),
                "Record a row that supersedes it for the days after, or one that withdraws it if "
                "the rate has ended for good.",
            )


def _goes_on(row: Any, rows: list[Any]) -> bool:
    """Tell whether a row alike but for its amount holds on the day after."""
    after = row.valid_to + timedelta(days=1)
    return any(
        other is not row and holds_on(other, after) and _claim(other) == _claim(row)
        for other in rows
    )


def _claim(row: TariffItem | Surcharge | Rebate) -> tuple[Any, ...]:
    names = {
        TariffItem: (
            "carrier_id", "scope", "partner_ids", "origin", "destination", "direction",
            "service_id", "mode", "equipment", "loaded", "wagon", "requires", "weight_from_kg",
            "weight_to_kg", "from_km", "to_km", "commodity_prefixes",
        ),
        Surcharge: (
            "name", "event", "carrier_id", "place_id", "crossing_id", "service_id", "mode",
            "equipment", "loaded", "wagon", "requires",
        ),
        Rebate: ("carrier_id", "item_id", "customer_id", "equipment", "period", "from_teu"),
    }[type(row)]  # fmt: skip
    # Partners are a set: in which order they stand says nothing.
    return tuple(
        frozenset(value) if name == "partner_ids" else value
        for name, value in ((name, getattr(row, name)) for name in names)
    )


def _early(feed: Feed, day: date, known_on: date | None) -> Iterator[Finding]:
    """Tell of rows superseded by one that begins later, with nothing on record until then."""
    for table in ("tariff_items", "surcharges", "rebates"):
        known: dict[str, Any] = {key_of(row): row for row in feed.table(table)}
        rows: list[Any] = on_record(feed.table(table), known_on)
        for row in rows:
            old, begins = known.get(row.supersedes or ""), row.valid_from
            if old is None or begins is None or begins <= day:
                continue
            before = begins - timedelta(days=1)
            if not holds_on(old, before) or any(
                holds_on(other, before) and _claim(other) == _claim(old) for other in rows
            ):
                continue
            yield Finding(
                WARNING,
                "superseded-early",
                table,
                (key_of(row), key_of(old)),
                "valid_from",
                f"{key_of(row)} holds from {begins}, and from the day of its record {key_of(old)} "
                f"holds no more: until {before} there is neither.",
                f"Record {key_of(old)} anew, ended on {before}, to supersede the old row, and let "
                f"{key_of(row)} supersede none.",
            )


def _references(feed: Feed, known_on: date | None) -> Iterator[Finding]:
    recorded = [row for row in feed.tariff_items if was_recorded(row, known_on)]
    successor = {row.supersedes: row for row in recorded if row.supersedes is not None}
    for rebate in on_record(feed.rebates, known_on):
        if rebate.item_id in successor:
            after = successor[rebate.item_id]
            yield Finding(
                ERROR,
                "superseded-reference",
                "rebates",
                (rebate.rebate_id,),
                "item_id",
                f"It is given on {rebate.item_id}, which {after.item_id} has "
                + ("withdrawn." if after.is_withdrawal else "superseded."),
                "Record a withdrawal of the rebate."
                if after.is_withdrawal
                else f"Record a rebate that supersedes it, on {after.item_id}.",
            )
    for table in ("tariff_items", "surcharges", "rebates"):
        first: dict[str, str] = {}
        rows: tuple[Any, ...] = feed.table(table)
        for row in rows:
            if row.supersedes is None or not was_recorded(row, known_on):
                continue
            if row.supersedes in first:
                yield Finding(
                    ERROR,
                    "superseded-twice",
                    table,
                    (first[row.supersedes], key_of(row)),
                    "supersedes",
                    f"Both take the place of {row.supersedes}, so both are on record.",
                    f"Let {key_of(row)} supersede {first[row.supersedes]}.",
                )
            first.setdefault(row.supersedes, key_of(row))


def _exchange(tariff: CompiledTariff) -> Iterator[Finding]:
    book = tariff.book
    wanting: dict[tuple[str, str, str], list[str]] = {}
    for item in tariff.items:
        if book.exchange[item.exchange_rule].conversion(item.currency, book.currency) is None:
            key = ("tariff_items", item.currency, item.exchange_rule)
            wanting.setdefault(key, []).append(item.item_id)
    for row in tariff.charges:
        if row.currency is None:
            continue
        if book.exchange["acceptance_day"].conversion(row.currency, book.currency) is None:
            key = ("surcharges", row.currency, "acceptance_day")
            wanting.setdefault(key, []).append(row.surcharge_id)
    for (table, currency, rule), keys in wanting.items():
        day = book.exchange[rule].day
        yield Finding(
            ERROR,
            "no-exchange-rate",
            table,
            tuple(keys),
            "currency",
            f"No rate of exchange of {day} or before leads from {currency} to {book.currency}"
            + (f" (the rule of exchange is {rule})." if rule != "acceptance_day" else "."),
            f"Add the rate of {currency} to {book.currency}, or to a currency that leads there, to "
            "exchange_rates.",
        )


def _chapters(feed: Feed, known_on: date | None) -> Iterator[Finding]:
    chapters = {code for code in commodities() if len(code) == 2} | set(_NATIONAL)
    for item in on_record(feed.tariff_items, known_on):
        wrong = [p for p in item.commodity_prefixes if p[:2] not in chapters]
        if wrong:
            yield Finding(
                ERROR,
                "no-such-chapter",
                "tariff_items",
                (item.item_id,),
                "commodity_prefixes",
                f"{', '.join(wrong)}: the Harmonized System has chapters 01 to 97 without 77, and "
                "leaves 98 and 99 to the countries.",
                "Check the first two digits; a leading zero may have been lost, as in 0805.",
            )
