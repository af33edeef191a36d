"""Equipment codes are understood, and a shipment that cannot be is refused with what would do."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kervan.equipment import equipment
from kervan.errors import InvalidRequestError
from kervan.shipment import shipment


@pytest.mark.parametrize(
    ("text", "code", "teu"),
    [
        ("22G1", "22G1", "1"),
        ("45g1", "45G1", "2"),
        ("L5G1", "L5G1", "2.25"),
        ("40HC", "45G1", "2"),
        ("20'DV", "22G1", "1"),
        ("40 rf", "45R1", "2"),
        ("45", "L5G1", "2.25"),
        ("M5G1", "M5G1", "2.4"),
    ],
)
def test_codes_and_trade_names_say_how_long_the_box_is(text: str, code: str, teu: str) -> None:
    found = equipment(text)
    assert (found.code, found.teu) == (code, Decimal(teu))


@pytest.mark.parametrize("text", ["", "45G", "45G11", "04G1", "45X1", "forty", "45Г1"])
def test_what_is_no_container_type_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequestError, match="no container type"):
        equipment(text)


def test_a_box_is_described_in_words() -> None:
    assert equipment("45G1").description == "40' 9'6\" high general purpose"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"count": 0}, "from 1 to"),
        ({"count": 10_001}, "from 1 to"),
        ({"weight_kg": -1.0}, "from 0"),
        ({"weight_kg": 40_000.0}, "does not go into one 45G1"),
        ({"weight_kg": float("nan")}, "does not go into"),
        ({"weight_kg": 1.0, "commodity": "85-17"}, "no HS code"),
        ({"weight_kg": 1.0, "commodity": "8"}, "no HS code"),
        ({"weight_kg": 0.0, "commodity": "8517"}, "empty unit"),
        ({"weight_kg": 1.0, "commodity": "7701"}, "no commodity 7701"),
        ({"weight_kg": 1.0, "commodity": "851799"}, "no commodity"),
        ({"weight_kg": 26_300.0, "max_gross_kg": 24_000.0}, "rated for 24,000"),
        ({"weight_kg": 1.0, "max_gross_kg": 40_000.0}, "safety plate"),
        ({"weight_kg": 1.0, "value_usd": Decimal("NaN")}, "declared value"),
        ({"weight_kg": 1.0, "value_usd": Decimal(-1)}, "declared value"),
    ],
)
def test_a_shipment_that_cannot_be_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        shipment("45G1", **wrong)


def test_an_empty_box_is_its_own_freight() -> None:
    empty = shipment("22G1", count=3)
    assert empty.is_empty
    assert empty.freight_kg == empty.equipment.tare_kg
    assert empty.teu == 3
