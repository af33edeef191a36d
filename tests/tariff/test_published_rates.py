"""The rates the corridor published stand in the shipped feed, and price to the cent."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kervan import read_feed
from kervan.shipment import shipment
from kervan.tariff import Money, TariffBook
from tests.tariff.rows import leg

FEED = read_feed().feed
RATES = list(csv.DictReader(Path(__file__).with_name("published_rates.csv").open(encoding="utf-8")))


@pytest.mark.parametrize("row", RATES, ids=lambda row: f"{row['item_id']}-{row['from_place_id']}")
def test_a_published_rate_prices_to_the_cent(row: dict[str, str]) -> None:
    cargo = shipment(
        row["equipment"],
        count=int(row["count"]),
        weight_kg=float(row["weight_kg"]),
        private_wagons=row["private_wagons"] == "true",
        block_train=row["block_train"] == "true",
    )
    way = leg(
        row["from_place_id"],
        row["to_place_id"],
        float(row["km"]),
        carrier_id=row["carrier_id"],
        mode=row["mode"],
    )
    book = TariffBook(
        FEED, date.fromisoformat(row["day"]), row["currency"], combination="through_first"
    )
    (freight,) = [line for line in book.price([way], cargo).lines if line.kind == "freight"]
    assert freight.item_id == row["item_id"]
    assert freight.amount == Money.of(Decimal(row["amount"]), row["currency"])


def test_a_rate_for_private_wagons_in_block_trains_is_for_them_alone() -> None:
    way = leg("KZ-ALTYNKOL", "TM-SERHETYAKA", 3800.0, carrier_id="KTZ")
    book = TariffBook(FEED, date(2015, 6, 1), "USD")
    wagons = shipment("45G1", weight_kg=18_000, private_wagons=True)
    assert all(line.item_id != "ktz-cn-ir-40" for line in book.price([way], wagons).lines)


def test_quotes_use_through_rates() -> None:
    quote = read_feed().quote("KZ-ALTYNKOL", "TRIST", weight_kg=18_000, ready="2026-12-01")
    through = [line for o in quote.offers for line in o.price.lines if line.is_through]
    assert through
    for line in through:
        assert line.item_id == "titr-alt-ist-40"
        assert line.amount == Money.of(Decimal(3474), "USD")
