"""The rates the corridor published stand in the shipped feed, and price to the cent."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kervan import read_feed
from kervan.shipment import Shipment, shipment
from kervan.tariff import Money, TariffBook
from tests.tariff.rows import item, leg

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


FACTS = list(csv.DictReader(Path(__file__).with_name("published_facts.csv").open(encoding="utf-8")))
REPRODUCED = {
    kind: [row for row in FACTS if row["reproduced_as"] == kind]
    for kind in ("item", "percent_of_surcharge", "coefficient", "")
}


def test_every_published_fact_is_reproduced_or_says_why_it_is_no_tariff() -> None:
    assert sum(len(rows) for rows in REPRODUCED.values()) == len(FACTS)
    priced = {row["item_id"] for row in RATES}
    assert {row["item"] for row in REPRODUCED["item"]} <= priced
    for row in FACTS:
        assert bool(row["reproduced_as"]) != bool(row["reason_it_is_no_tariff"])


@pytest.mark.parametrize("row", REPRODUCED["item"], ids=lambda row: row["item"])
def test_a_published_rate_a_kilometre_is_the_item_s(row: dict[str, str]) -> None:
    (item,) = (item for item in FEED.tariff_items if item.item_id == row["item"])
    assert (item.carrier_id, item.amount, item.currency, item.is_estimate) == (
        row["carrier"],
        Decimal(row["amount"]),
        row["currency"],
        False,
    )


@pytest.mark.parametrize("row", REPRODUCED["percent_of_surcharge"], ids=lambda row: row["item"])
@pytest.mark.parametrize("count", [1, 3, 40])
def test_a_published_discount_is_taken_off_the_charge_for_the_wagon(
    row: dict[str, str], count: int
) -> None:
    way = leg("KZALA", "KZAAU", 500.0, carrier_id=row["carrier"], mode="rail")
    book = TariffBook(FEED, date(int(row["year"]), 6, 1), "USD")
    lines = {line.item_id: line for line in book.price([way], _boxes(count)).lines}
    discount = lines[row["item"]]
    (definition,) = (s for s in FEED.surcharges if s.surcharge_id == row["item"])
    assert definition.of_surcharge_id is not None
    charge = lines[definition.of_surcharge_id]
    # The charge is an estimate and says so; the percentage of it is the published one.
    assert (charge.is_estimate, discount.is_estimate) == (True, False)
    assert discount.amount == Money.of(
        charge.amount.major * Decimal(row["amount"]) / 100, charge.amount.currency
    )
    freight = next(line for line in lines.values() if line.kind == "freight")
    assert freight.legs == discount.legs
    # Own wagons pay for no platform, and the year after nothing is known.
    private = shipment("45G1", count=count, weight_kg=18_000, private_wagons=True)
    assert row["item"] not in {line.item_id for line in book.price([way], private).lines}
    after = TariffBook(FEED, date(int(row["year"]) + 1, 6, 1), "USD")
    assert row["item"] not in {line.item_id for line in after.price([way], _boxes(count)).lines}


@pytest.mark.parametrize("row", REPRODUCED["coefficient"], ids=lambda row: row["item"])
@pytest.mark.parametrize("transit", ["1000", "733.35", "0.04"])
def test_a_published_coefficient_makes_of_a_transit_tariff_what_it_says(
    row: dict[str, str], transit: str
) -> None:
    # The transit tariff it is of was not published with it: any will do.
    base = item("transit", transit, carrier_id=row["carrier"])
    with_base = replace(FEED, tariff_items=(*FEED.tariff_items, base))
    book = TariffBook(with_base, date(int(row["year"]), 6, 1), "USD")
    way = leg("UZ-KELES", "UZ-KUDUKLI", 700.0, carrier_id=row["carrier"], mode="rail")
    total = book.price([way], _boxes(1)).total
    exact = Decimal(transit) * Decimal(row["amount"])
    assert total is not None
    assert abs(total.major - exact) <= Decimal("0.005")
    back = leg("UZ-KUDUKLI", "UZ-KELES", 700.0, carrier_id=row["carrier"], mode="rail")
    assert all(line.item_id != row["item"] for line in book.price([back], _boxes(1)).lines)


def _boxes(count: int) -> Shipment:
    return shipment("45G1", count=count, weight_kg=18_000)
