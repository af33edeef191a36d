"""Read an inventory from its TOML file: every key is checked, and all that is wrong is told.

The page ``docs/how-to/price-by-capacity.md`` tells what each key means.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from kervan.errors import InvalidRequestError
from kervan.feed.codes import currencies
from kervan.feed.tables import Feed
from kervan.tariff.proposal.fields import Fields
from kervan.tariff.revenue.capacity import BackhaulRule, CapacityRule
from kervan.tariff.revenue.expected import read_demand
from kervan.tariff.revenue.faults import Faults, InvalidInventoryError, known
from kervan.tariff.revenue.inventory import QUARTER_TEU, CountedRun, ExpectedDemand, Inventory
from kervan.tariff.revenue.runs import read_runs

EARLIEST, LATEST = date(1971, 1, 1), date(2198, 12, 31)
"""Days on which places may have been counted: the clock knows days up to a year later."""

MOST_VALUES = 20_000_000
"""Days times quarters of a TEU that bid prices are kept for, over all departures."""


def read_inventory(path: Path | str, feed: Feed) -> Inventory:
    """Read the places of departures, what is expected to be sold, and the rule of prices.

    Parameters
    ----------
    path
        A TOML file.
    feed
        The corridor whose services are meant.

    Raises
    ------
    InvalidInventoryError
        If something in the file is wrong; it lists all that is.
    InvalidRequestError
        If the file cannot be read at all.
    """
    path = Path(path)
    try:
        content = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    except OSError as error:
        raise InvalidRequestError(
            f"{path} cannot be read: {error.strerror or error}. Give the TOML file of the places."
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidRequestError(
            f"{path} is not UTF-8: byte {error.start} is no letter. Save it as UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidRequestError(f"{path} is no TOML: {error}. Mend that line.") from error
    return inventory_of(content, path.name, feed)


def inventory_of(content: Mapping[str, Any], file: str, feed: Feed) -> Inventory:
    """Return the inventory that the content of a TOML file means; as :func:`read_inventory`."""
    top, faults = Fields(content, "", file), Faults()
    about = faults.take(lambda: _table(top, "places", "counted_on and currency"), None)
    counted_on, currency = date.min, ""
    if about is not None:
        counted_on = faults.take(lambda: _counted_on(about), date.min)
        currency = faults.take(lambda: _currency(about), "")
        faults.end(about)
    rule = _rule(top, feed, faults)
    none: list[Fields] = []
    tables = faults.take(lambda: top.tables("departures"), none)
    groups = faults.take(lambda: top.tables("demand"), none)
    faults.end(top)
    if not tables:
        faults.append(
            f"{file} has no [[departures]]; at least one was expected. Add it, with name, service, "
            "from, to and departs."
        )
    if counted_on == date.min:
        raise InvalidInventoryError(file, faults)
    before = len(faults)
    runs = read_runs(tables, feed, counted_on, faults)
    sound = bool(tables) and len(faults) == before
    demand = read_demand(groups, feed, counted_on, runs, sound, faults)
    _check_size(runs, demand, counted_on, file, faults)
    if faults or rule is None:
        raise InvalidInventoryError(file, faults)
    return Inventory(counted_on, currency, rule, runs, demand)


def _table(top: Fields, key: str, keys: str) -> Fields:
    found = top.table(key)
    if found is None:
        raise InvalidRequestError(
            f"{top.file} has no table [{key}]; {keys} were expected in it. Write [{key}] on a line "
            "of its own, and them below it."
        )
    return found


def _counted_on(fields: Fields) -> date:
    day: date = fields.day("counted_on")
    if not EARLIEST <= day <= LATEST:
        fields.refuse(
            "counted_on", f"it is {day}; a day from {EARLIEST} to {LATEST} was expected. Mend it."
        )
    return day


def _currency(fields: Fields) -> str:
    return known(fields, "currency", currencies(), "currency of ISO 4217", "ISO 4217")


def _rule(top: Fields, feed: Feed, faults: Faults) -> CapacityRule | None:
    fields = faults.take(lambda: _table(top, "rule", "rule_id and source_id"), None)
    if fields is None:
        return None
    rule = CapacityRule(
        rule_id=faults.take(lambda: fields.text("rule_id"), ""),
        source_id=faults.take(
            lambda: known(
                fields,
                "source_id",
                [row.source_id for row in feed.sources],
                "source of the feed",
                "the feed's table 'sources'",
            ),
            "",
        ),
        follow=faults.take(
            lambda: fields.number("follow", Decimal(1), least=0, most=1), Decimal(1)
        ),
        most_raise_percent=faults.take(
            lambda: fields.number("most_raise_percent", Decimal(25), least=0), Decimal(25)
        ),
        backhaul=faults.take(lambda: _backhaul(fields, faults), None),
    )
    faults.end(fields)
    return rule


def _backhaul(rule: Fields, faults: Faults) -> BackhaulRule | None:
    fields = rule.table("backhaul")
    if fields is None:
        return None
    usual = BackhaulRule()
    below = fields.number("below_load", usual.below_load, above=0, most=1)
    full = fields.number("full_discount_at_load", usual.full_discount_at_load, least=0, most=1)
    most = fields.number("most_percent", usual.most_percent, least=0, most=100)
    faults.end(fields)
    if full >= below:
        fields.refuse(
            "full_discount_at_load",
            f"it is {full}, and below_load is {below}; a lower load was expected. Lower the one or "
            "raise the other.",
        )
    return BackhaulRule(below, full, most)


def _check_size(
    runs: Sequence[CountedRun],
    demand: Sequence[ExpectedDemand],
    counted_on: date,
    file: str,
    faults: Faults,
) -> None:
    days = 2 + max(((row.last_day - counted_on).days for row in demand), default=0)
    values = sum(int(run.capacity_teu / QUARTER_TEU) + 1 for run in runs) * days
    if values > MOST_VALUES:
        faults.append(
            f"{file}: {len(runs)} [[departures]] over {days} days are too many to work out at "
            "once. Put those that share no demand into files of their own."
        )
