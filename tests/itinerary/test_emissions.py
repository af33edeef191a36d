"""Emissions are mass times way times the factor that fits best."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kervan.feed import EmissionFactor
from kervan.itinerary.emissions import EmissionFactors, emission_of, leg_grams
from kervan.network import compile_network
from kervan.network.legs import Leg, Section, Stretch
from kervan.shipment import shipment
from tests.corridors import Corridor

DAY = date(2026, 12, 1)


def factor(key: str, grams: float, **more: Any) -> EmissionFactor:
    return EmissionFactor(
        **{
            "factor_id": key,
            "mode": "rail",
            "description": key,
            "basis": "tonne_km",
            "wtw_g_co2e_per_basis": grams,
            "source_id": "test",
            **more,
        }
    )


def rail(*stretches: tuple[str, str, float, str | None]) -> Leg:
    made = tuple(
        Stretch("L", here, there, here[:2], there[:2], km, traction, None)
        for here, there, km, traction in stretches
    )
    here, there = made[0].from_place_id, made[-1].to_place_id
    return Leg("S", "C", "rail", (Section(here, there, here[:2], there[:2], made),))


FACTORS = [
    factor("default", 18.0),
    factor("electric", 13.0, traction="electric"),
    factor("electric-KZ", 22.0, traction="electric", country="KZ"),
    factor("old", 99.0, traction="electric", country="KZ", valid_to=date(2020, 1, 1)),
]


def test_each_stretch_takes_the_factor_of_its_traction_and_country() -> None:
    leg = rail(("KZAAA", "KZBBB", 100.0, "electric"), ("UZAAA", "UZBBB", 50.0, "electric"))
    diesel = rail(("UZAAA", "UZBBB", 10.0, "diesel"))
    cargo = shipment("45G1", count=2, weight_kg=10_000)
    found = emission_of((leg, diesel), FACTORS, cargo, DAY)
    assert found.is_complete
    assert [(line.leg_index, line.factor.factor_id) for line in found.lines] == [
        (0, "electric-KZ"),
        (0, "electric"),
        (1, "default"),
    ]
    # 20 t x (100 km x 22 g + 50 km x 13 g + 10 km x 18 g)
    assert found.kg_co2e == pytest.approx(20 * (100 * 22 + 50 * 13 + 10 * 18) / 1000)


def test_an_empty_box_counts_by_teu_where_there_is_such_a_factor_and_by_its_tare_else() -> None:
    leg = rail(("KZAAA", "KZBBB", 100.0, None))
    empty = shipment("45G1")
    by_tare = emission_of((leg,), FACTORS, empty, DAY)
    assert by_tare.kg_co2e == pytest.approx(3.8 * 100 * 18 / 1000)
    by_teu = emission_of((leg,), [*FACTORS, factor("teu", 90.0, basis="teu_km")], empty, DAY)
    assert by_teu.kg_co2e == pytest.approx(2 * 100 * 90 / 1000)


def test_a_mode_without_a_factor_is_named_and_not_counted_as_nothing() -> None:
    leg = rail(("KZAAA", "KZBBB", 100.0, None))
    found = emission_of((leg, leg), [factor("sea", 8.0, mode="sea")], shipment("22G1"), DAY)
    assert found.missing_legs == (0, 1)
    assert not found.is_complete


def test_the_search_weighs_legs_by_the_same_grams() -> None:
    corridor = Corridor()
    for place in ("KZAAA", "KZBBB", "AZCCC"):
        corridor.place(place)
    corridor.rolling("R", ["KZAAA", "KZBBB", "AZCCC"], [10.0, 20.0], traction="electric")
    feed = corridor.feed(emission_factors=tuple(FACTORS))
    network = compile_network(feed, DAY, DAY)
    cargo = shipment("45G1", count=7, weight_kg=12_345)
    grams = leg_grams(network, cargo, DAY)
    for index, leg in enumerate(network.legs):
        whole = emission_of((leg,), FACTORS, cargo, DAY)
        assert grams[index] == pytest.approx(whole.kg_co2e * 1000 / 7, abs=1)
    assert EmissionFactors(FACTORS, DAY).factor("air", None, "KZ", False) is None
