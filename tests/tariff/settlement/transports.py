"""Performed transports to test with: one in a line, or any sequence with its corrections."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from kervan.feed import ExchangeRate
from kervan.tariff.money import Money
from kervan.tariff.settlement import Charge, DayRates, PerformedLeg, Transport

MEMBERS = ("ADY", "ASCO", "GR", "KTZ", "MCM", "TCDDT")
DAY = date(2026, 11, 10)
RATES = DayRates(
    ExchangeRate(
        from_currency=here,
        to_currency=there,
        rate_date=day,
        rate=Decimal(rate),
        source_id="test",
    )
    for here, there, day, rate in (
        ("USD", "CNY", date(2026, 6, 1), "6.7758"),
        ("USD", "KZT", date(2026, 6, 1), "505.05"),
        ("EUR", "USD", date(2026, 6, 1), "1.1515"),
        ("EUR", "USD", date(2026, 11, 20), "1.1601"),
        ("JPY", "USD", date(2026, 6, 1), "0.00667"),
        ("USD", "IQD", date(2026, 6, 1), "1310"),
    )
)
CURRENCIES = ("USD", "EUR", "CNY", "KZT", "JPY", "IQD")


def leg(carrier: str = "KTZ", km: int = 100, **more: Any) -> PerformedLeg:
    given: dict[str, Any] = {"from_place_id": "A", "to_place_id": "B", "distance_m": km * 1000}
    return PerformedLeg(carrier, **given | more)


def charge(minor: int = 1000, currency: str = "USD", **more: Any) -> Charge:
    given: dict[str, Any] = {
        "item_id": "through",
        "kind": "freight",
        "legs": (0,),
        "payer_id": "shipper",
        "collector_id": "MCM",
        "due_to_id": None,
    }
    return Charge(amount=Money(minor, currency), **given | more)


def transport(
    key: str = "T1",
    legs: tuple[PerformedLeg, ...] = (leg(), leg("ASCO", 400), leg("ADY", 500)),
    charges: tuple[Charge, ...] | None = None,
    **more: Any,
) -> Transport:
    if charges is None:
        charges = (charge(100_001, legs=(0, 1, 2)),)
    day = more.pop("day", DAY)
    given: dict[str, Any] = {
        "revision": 0,
        "performed_on": day,
        "posted_on": more.pop("posted_on", day),
        "customer_id": "shipper",
    }
    return Transport(key, legs=legs, charges=charges, **given | more)


_money = st.builds(Money, st.integers(0, 10**7), st.sampled_from(CURRENCIES))
_legs = st.builds(
    PerformedLeg,
    carrier_id=st.sampled_from(MEMBERS[:-1]),
    from_place_id=st.sampled_from("AB"),
    to_place_id=st.sampled_from("CD"),
    distance_m=st.integers(1, 10**7),
    cost_weight=st.decimals("0.000001", "100", places=6),
    points=st.integers(1, 1000),
    section_rate=st.builds(Money, st.integers(10**4, 10**9), st.sampled_from(CURRENCIES)),
)


@st.composite
def charges_for(draw: st.DrawFn, legs: int) -> Charge:
    covered = tuple(sorted(draw(st.sets(st.integers(0, legs - 1), min_size=1))))
    through = draw(st.booleans())
    return Charge(
        item_id=draw(st.sampled_from(("through", "ferry-loading", "rebate"))),
        kind=draw(st.sampled_from(("freight", "surcharge", "rebate"))),
        legs=covered,
        payer_id=draw(st.sampled_from(("shipper", "forwarder"))),
        collector_id=draw(st.sampled_from(MEMBERS)),
        due_to_id=None if through else draw(st.sampled_from(MEMBERS)),
        amount=Money(draw(st.integers(-(10**9), 10**12)), draw(st.sampled_from(CURRENCIES))),
        rule=draw(st.sampled_from((None, "distance", "cost", "points", "section")))
        if through
        else None,
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Transport]:
    """Transports of three months, some of them corrected, some more than once."""
    found: list[Transport] = []
    for k in range(draw(st.integers(1, 6))):
        day = date(2026, 9, 1) + timedelta(days=draw(st.integers(0, 90)))
        posted = day
        for revision in range(draw(st.integers(1, 3))):
            legs = tuple(draw(st.lists(_legs, min_size=1, max_size=5)))
            count = draw(st.integers(0, 3))
            posted += timedelta(days=draw(st.integers(0, 20)) if revision else 0)
            found.append(
                Transport(
                    transport_id=f"T{k}",
                    revision=revision,
                    performed_on=day,
                    posted_on=posted,
                    customer_id="shipper",
                    legs=legs,
                    charges=tuple(draw(charges_for(len(legs))) for _ in range(count)),
                )
            )
    return found
