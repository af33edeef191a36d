"""Tariffs, ways and shipments made at random, small enough to meet one another often."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from kervan.equipment import equipment
from kervan.feed import ExchangeRate, Feed, Zone
from kervan.network.legs import Leg
from kervan.shipment import Shipment
from tests.tariff.rows import DAY, feed, item, leg, rebate, surcharge

PLACES = ("CNXIY", "KZ-ALTYNKOL", "KZAAU", "AZ-ALAT", "GETBS", "TRIST")
CARRIERS = ("A", "B", "C")
SERVICES = ("S1", "S2", "S3")
MODES = ("rail", "sea")
CODES = ("22G1", "42G1", "45G1", "L5G1", "45R1", "22R1", "2CG1")
CURRENCIES = ("USD", "EUR", "KZT", "JPY", "KWD", "GEL")
KINDS = ("dangerous", "reefer", "out_of_gauge", "block_train", "single_wagon")
BASES = ("per_container", "per_teu", "per_wagon", "per_tonne")


def random_feed(rng: random.Random) -> Feed:
    """Return a feed of some items, surcharges, rebates, zones and rates of exchange."""
    rows: list[Any] = [
        Zone(zone_id="GATES", member=member, source_id="test")
        for member in rng.sample(["KZ-ALTYNKOL", "KZAAU", "AZ"], rng.randint(1, 2))
    ]
    rows += [_anywhere(rng, f"a{n}", carrier) for n, carrier in enumerate(CARRIERS * 2)]
    rows += [_item(rng, f"i{n}") for n in range(rng.randint(1, 14))]
    rows += [_through(rng, f"t{n}") for n in range(rng.choice([0, 0, 1, 4, 8]))]
    rows += _of_each_other(rng, [_surcharge(rng, f"s{n}") for n in range(rng.randint(0, 10))])
    for n in range(rng.choice([0, 0, 3])):
        rows.append(
            rebate(
                f"r{n}",
                rng.choice(["2.5", "10", "33.333"]),
                carrier_id=rng.choice(CARRIERS),
                customer_id=rng.choice([None, None, "c1"]),
                from_teu=rng.choice([0.0, 100.0]),
                equipment=rng.choice([(), ("4",)]),
            )
        )
    return feed(*rows, rates=_rates(rng))


def random_way(rng: random.Random) -> list[Leg]:
    """Return consecutive legs."""
    stops = rng.sample(PLACES, rng.randint(2, 6))
    return [
        leg(
            here,
            there,
            rng.choice([100.0, 1234.567, 0.4445, 3050.25, 812.0]),
            carrier_id=rng.choice(CARRIERS),
            service_id=rng.choice(SERVICES),
            mode=rng.choice(MODES),
            heading=rng.choice(["east", "west", None]),
            crossing_id=rng.choice([None, "X1"]),
        )
        for here, there in pairwise(stops)
    ]


def random_shipment(rng: random.Random) -> Shipment:
    """Return a shipment, empty or loaded, seldom with a weight that is no whole gram."""
    weight = rng.choice([0.0, 0.0, 18_000.0, 24_500.5, 12_345.678, 21_700.0])
    if rng.random() < 0.05:
        weight = 9_999.99951
    storage: tuple[tuple[str, float], ...] = ()
    if rng.random() < 0.2:
        storage = tuple((p, rng.choice([0.0, 2.5, 10.0])) for p in rng.sample(PLACES, 2))
    return Shipment(
        equipment(rng.choice(CODES)),
        count=rng.choice([1, 1, 2, 7, 9999]),
        weight_kg=weight,
        commodity=None if weight == 0 else rng.choice([None, "8517", "870323", "72"]),
        dangerous_goods=rng.random() < 0.3,
        out_of_gauge=rng.random() < 0.2,
        block_train=rng.random() < 0.3,
        private_wagons=rng.random() < 0.3,
        value_usd=rng.choice([None, None, Decimal("123456.78"), Decimal(0)]),
        customer_id=rng.choice([None, "c1"]),
        storage_days=storage,
    )


def _rates(rng: random.Random) -> tuple[ExchangeRate, ...]:
    given = [
        ("USD", "EUR", "0.8684"),
        ("KZT", "USD", "0.00198"),
        ("USD", "JPY", "151.37"),
        ("EUR", "KWD", "0.333"),
        ("USD", "GEL", "2.8130"),
        ("USD", "GEL", "2.5"),
    ]
    chosen = rng.sample(given, rng.choice([2, len(given)]))
    return tuple(
        ExchangeRate(
            from_currency=here,
            to_currency=there,
            rate_date=rng.choice([date(2026, 11, 1), date(2026, 12, 1), date(2026, 6, 1 + n)]),
            rate=Decimal(rate),
            source_id="test",
        )
        for n, (here, there, rate) in enumerate(chosen)
    )


def _amount(rng: random.Random) -> str:
    return rng.choice(["0", "0.125", "0.005", "1", "3.335", "17", "100", "0.24", "99.995", "1250"])


def _fitting(rng: random.Random) -> dict[str, Any]:
    return {
        "service_id": rng.choice([None, None, None, "S1"]),
        "mode": rng.choice([None, None, "rail"]),
        "equipment": rng.choice([(), (), ("2",), ("4", "L"), ("45",), ("45R1",)]),
        "loaded": rng.choice(["any", "any", "loaded", "empty"]),
        "wagon": rng.choice(["any", "any", "private", "carrier"]),
        "requires": tuple(rng.sample(KINDS, 1)) if rng.random() < 0.2 else (),
    }


def _item(rng: random.Random, key: str, **more: Any) -> Any:
    ends = ["*", "*", "*", "@GATES", "KZ", "AZ", *PLACES]
    weight = rng.choice([(None, None), (None, None), (None, 21_700.0), (21_700.0, None)])
    band = rng.choice([(None, None), (None, None), (None, 1000.0), (812.0, None)])
    given: dict[str, Any] = {
        "carrier_id": rng.choice(CARRIERS),
        "origin": rng.choice(ends),
        "destination": rng.choice(ends),
        "direction": rng.choice(["any", "any", "east", "west"]),
        "weight_from_kg": weight[0],
        "weight_to_kg": weight[1],
        "from_km": band[0],
        "to_km": band[1],
        "commodity_prefixes": rng.choice([(), (), (), ("85",), ("87", "8703"), ("8517",)]),
        "basis": rng.choice([*BASES, *(f"{b}_km" for b in BASES), "percent_of_value"]),
        "currency": rng.choice(CURRENCIES),
        "minimum_amount": rng.choice([None, None, Decimal("250.5"), Decimal(0)]),
        "maximum_amount": rng.choice([None, None, Decimal("400"), Decimal("99.999")]),
        "rounding_step": rng.choice(
            [
                None,
                None,
                Decimal(0),
                Decimal("0.05"),
                Decimal(10),
                Decimal("0.03"),
                Decimal("0.007"),
            ]
        ),
        "rounding_mode": rng.choice(["half_up", "half_even", "up"]),
        "exchange_rule": rng.choice(["acceptance_day", "month_start"]),
        "is_estimate": rng.random() < 0.3,
        "valid_from": rng.choice([None, None, date(2026, 1, 1), date(2026, 6, 1)]),
        **_fitting(rng),
    }
    amount = "0.1234567890123456789" if rng.random() < 0.02 else _amount(rng)
    return item(key, amount, **given | more)


def _anywhere(rng: random.Random, key: str, carrier_id: str) -> Any:
    """Return an item that holds nearly everywhere, so that most ways have a price."""
    basis = rng.choice([*BASES, *(f"{b}_km" for b in BASES)])
    more = {"equipment": (), "mode": None, "service_id": None, "requires": (), "wagon": "any"}
    wide = {"weight_from_kg": None, "weight_to_kg": None, "from_km": None, "to_km": None}
    return _item(
        rng,
        key,
        carrier_id=carrier_id,
        origin="*",
        destination="*",
        direction="any",
        commodity_prefixes=rng.choice([(), (), ("85", "8517")]),
        basis=basis,
        loaded=rng.choice(["any", "any", "loaded"]),
        currency=rng.choice(["USD", "EUR", rng.choice(CURRENCIES)]),
        **more,
        **wide,
    )


def _through(rng: random.Random, key: str) -> Any:
    return _item(
        rng,
        key,
        scope="through",
        partner_ids=CARRIERS,
        includes_surcharges=rng.random() < 0.4,
        service_id=None,
        origin=rng.choice(["*", "@GATES", *PLACES]),
        destination=rng.choice(["*", "AZ", *PLACES]),
        direction="any",
        mode=None,
        weight_from_kg=None,
        weight_to_kg=None,
        requires=(),
    )


def _surcharge(rng: random.Random, key: str) -> Any:
    event = rng.choice(["load", "discharge", "border", "leg", "storage"])
    basis = rng.choice([*BASES, "per_container_day", "percent", "percent", "percent_of_value"])
    amount = rng.choice(["-5", "7.125", "33.3"]) if basis == "percent" else _amount(rng)
    return surcharge(
        key,
        amount,
        event=event,
        basis=basis,
        carrier_id=rng.choice([None, "A", "B"]),
        place_id=rng.choice(PLACES) if event in ("load", "discharge", "storage") else None,
        crossing_id="X1" if event == "border" else None,
        currency=rng.choice([*CURRENCIES, None]) if basis != "percent" else None,
        free_days=rng.choice([None, 3.0]) if basis == "per_container_day" else None,
        exclusive_group=rng.choice([None, None, "g", "h"]),
        origin=rng.choice(["*", "*", "*", "KZ", "@GATES", rng.choice(PLACES)]),
        destination=rng.choice(["*", "*", "*", "AZ", rng.choice(PLACES)]),
        **_fitting(rng),
    )


def _of_each_other(rng: random.Random, rows: list[Any]) -> list[Any]:
    """Make some percentages of other surcharges, so that what the sheet leaves out is met too."""
    bases = [row.surcharge_id for row in rows if row.basis != "percent"]
    return [
        replace(row, of_surcharge_id=rng.choice(bases))
        if row.basis == "percent" and bases and rng.random() < 0.2
        else row
        for row in rows
    ]


__all__ = ["DAY", "random_feed", "random_shipment", "random_way"]
