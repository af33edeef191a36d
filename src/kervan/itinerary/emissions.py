"""Greenhouse gases of a leg, well to wheel, by mode, traction and country.

The transport activity of a stretch is its freight mass times its length, and the emission is the
activity times the factor of the feed that fits the stretch best (ISO 14083:2023, clause 8; GLEC
Framework v3, section 2: emission = intensity x tonnes x kilometres). Where a mode only has a factor
by TEU, the activity is TEU-kilometres. A factor for the traction and the country the stretch begins
in wins over one for the traction alone, and that over the mode's default. Kilometres are those of
the links, the way actually run.

Transshipment at terminals is not counted: the feed has no factors for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kervan.feed.tables import EmissionFactor
from kervan.feed.validity import holds_on
from kervan.network import Network
from kervan.network.legs import Leg, Stretch
from kervan.shipment import Shipment


@dataclass(frozen=True, slots=True)
class EmissionLine:
    """What the stretches of a leg that share a factor emit.

    Attributes
    ----------
    leg_index
        Which leg of the itinerary, from 0.
    factor
        Row of the feed.
    distance_km
        Length of the stretches.
    activity
        Tonne-km or TEU-km of the whole shipment, as the factor counts.
    kg_co2e
        Emission of the whole shipment.
    """

    leg_index: int
    factor: EmissionFactor
    distance_km: float
    activity: float
    kg_co2e: float


@dataclass(frozen=True, slots=True)
class Emission:
    """What an itinerary emits.

    Attributes
    ----------
    kg_co2e
        Whole shipment, well to wheel.
    lines
        What it is made of.
    missing_legs
        Legs with a stretch no factor holds for; their emission is not in the sum.
    """

    kg_co2e: float
    lines: tuple[EmissionLine, ...]
    missing_legs: tuple[int, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every leg could be counted."""
        return not self.missing_legs


class EmissionFactors:
    """The factors that hold on a day, found by mode, traction and country."""

    def __init__(self, factors: Iterable[EmissionFactor], day: date) -> None:
        self._by_mode: dict[str, list[EmissionFactor]] = defaultdict(list)
        for factor in factors:
            if holds_on(factor, day):
                self._by_mode[factor.mode].append(factor)
        self._find = lru_cache(maxsize=None)(self._search)

    def factor(
        self, mode: str, traction: str | None, country: str, empty: bool
    ) -> EmissionFactor | None:
        """Return the factor that fits best, None where the mode has none."""
        return self._find(mode, traction, country, empty)

    def _search(
        self, mode: str, traction: str | None, country: str, empty: bool
    ) -> EmissionFactor | None:
        fitting = [
            factor
            for factor in self._by_mode.get(mode, ())
            if factor.traction in (None, traction) and factor.country in (None, country)
        ]
        # A box without cargo takes a slot all the same: TEU tell more of it than its tare does.
        wanted = "teu_km" if empty else "tonne_km"
        return min(
            fitting,
            key=lambda factor: (
                factor.traction is None,
                factor.country is None,
                factor.basis != wanted,
                factor.factor_id,
            ),
            default=None,
        )

    def grams_per_unit(self, mode: str, stretch: Stretch, shipment: Shipment) -> float | None:
        """Return the grams of CO2e of one unit over a stretch, None where no factor holds."""
        factor = self.factor(mode, stretch.traction, stretch.from_country, shipment.is_empty)
        if factor is None:
            return None
        return _activity(factor, shipment) * stretch.distance_km * factor.wtw_g_co2e_per_basis


def leg_grams(
    network: Network, shipment: Shipment, day: date, *, legs: Sequence[Leg] | None = None
) -> NDArray[np.int64]:
    """Return grams of CO2e of one unit for every leg of a network; shape (legs,).

    ``legs`` are those of the network, where the caller has made them already. A stretch no factor
    holds for counts nothing; :func:`emission_of` names such legs.
    """
    factors = EmissionFactors(network.feed.emission_factors, day)
    grams = np.zeros(len(network.leg_calls), np.int64)
    for index, leg in enumerate(network.legs if legs is None else legs):
        parts = (factors.grams_per_unit(leg.mode, s, shipment) for s in leg.stretches)
        grams[index] = round(sum(part for part in parts if part is not None))
    return grams


def emission_of(
    legs: tuple[Leg, ...], factors: Iterable[EmissionFactor], shipment: Shipment, day: date
) -> Emission:
    """Return what a shipment emits on its legs.

    Parameters
    ----------
    legs
        In the order they are run.
    factors
        The feed's rows.
    shipment
        What is carried.
    day
        Day whose factors are taken.
    """
    table = EmissionFactors(factors, day)
    lines: list[EmissionLine] = []
    missing: list[int] = []
    for index, leg in enumerate(legs):
        km_by_factor: dict[EmissionFactor, float] = {}
        for stretch in leg.stretches:
            found = table.factor(
                leg.mode, stretch.traction, stretch.from_country, shipment.is_empty
            )
            if found is None:
                missing.append(index)
                continue
            km_by_factor[found] = km_by_factor.get(found, 0.0) + stretch.distance_km
        for factor, km in km_by_factor.items():
            activity = _activity(factor, shipment) * shipment.count * km
            kg = activity * factor.wtw_g_co2e_per_basis / 1000.0
            lines.append(EmissionLine(index, factor, km, activity, kg))
    return Emission(
        sum(line.kg_co2e for line in lines), tuple(lines), tuple(dict.fromkeys(missing))
    )


def _activity(factor: EmissionFactor, shipment: Shipment) -> float:
    """Return tonnes or TEU of one unit, as the factor counts."""
    if factor.basis == "teu_km":
        return float(shipment.equipment.teu)
    return shipment.freight_kg / 1000.0
