"""Tariff rows, legs and feeds to test with, in a line each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from kervan.feed import ExchangeRate, Feed, FeedInfo, Rebate, Surcharge, TariffItem, Zone
from kervan.network.legs import Leg, Section, Stretch
from kervan.tariff import TariffBook

DAY = date(2026, 12, 1)


def leg(here: str = "KZAAU", there: str = "AZ-ALAT", km: float = 100.0, **more: Any) -> Leg:
    stretch = Stretch(
        link_id="L",
        from_place_id=here,
        to_place_id=there,
        from_country=here[:2],
        to_country=there[:2],
        distance_km=km,
        traction=None,
        crossing_id=more.pop("crossing_id", None),
    )
    section = Section(here, there, here[:2], there[:2], (stretch,))
    given = {"service_id": "S", "carrier_id": "C", "mode": "rail", **more}
    return Leg(**given, sections=(section,))


def item(key: str, amount: str = "100", **more: Any) -> TariffItem:
    given: dict[str, Any] = {
        "item_id": key,
        "carrier_id": "C",
        "origin": "*",
        "destination": "*",
        "basis": "per_container",
        "amount": Decimal(amount),
        "currency": "USD",
        "source_id": "test",
    }
    return TariffItem(**given | more)


def surcharge(key: str, amount: str = "10", **more: Any) -> Surcharge:
    given: dict[str, Any] = {
        "surcharge_id": key,
        "name": key,
        "event": "leg",
        "basis": "per_container",
        "amount": Decimal(amount),
        "currency": "USD",
        "source_id": "test",
    }
    return Surcharge(**given | more)


def rebate(key: str, percent: str = "10", **more: Any) -> Rebate:
    given: dict[str, Any] = {
        "rebate_id": key,
        "name": key,
        "carrier_id": "C",
        "period": "year",
        "from_teu": 0.0,
        "percent": Decimal(percent),
        "source_id": "test",
    }
    return Rebate(**given | more)


def feed(*rows: Any, rates: tuple[ExchangeRate, ...] = ()) -> Feed:
    return Feed(
        info=FeedInfo("test", "Test", "1"),
        tariff_items=tuple(row for row in rows if isinstance(row, TariffItem)),
        surcharges=tuple(row for row in rows if isinstance(row, Surcharge)),
        rebates=tuple(row for row in rows if isinstance(row, Rebate)),
        zones=tuple(row for row in rows if isinstance(row, Zone)),
        exchange_rates=rates,
    )


def book(
    *rows: Any,
    currency: str = "USD",
    rates: tuple[ExchangeRate, ...] = (),
    day: date = DAY,
    **more: Any,
) -> TariffBook:
    return TariffBook(feed(*rows, rates=rates), day, currency, **more)
