"""Relations to test with, in a line each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from kervan.equipment import equipment
from kervan.tariff.proposal.demand import DemandCurves
from kervan.tariff.proposal.relation import (
    Alternative,
    RateBounds,
    Relation,
    Section,
    Segment,
    Step,
)


def section(carrier: str, here: str, there: str, cost: float, km: float = 100) -> Section:
    return Section(carrier, here, there, Decimal(str(km)), Decimal(str(cost)))


def alternative(
    name: str = "Sea", price: float = 3000, days: float = 30, **more: Any
) -> Alternative:
    given = {"price_then": price, "days_then": days, "origin": "test", **more}
    return Alternative(name=name, price=price, days=days, **given)


def segment(name: str = "All", **more: Any) -> Segment:
    given: dict[str, Any] = {
        "teu": 10_000.0,
        "share": 0.3,
        "at_rate": 4000.0,
        "price_coefficient": 0.001,
        "value_of_time": 0.0,
        "commits_teu": 0.0,
        "shares": None,
    }
    return Segment(name=name, **given | more)


def step(from_teu: float, most: float, by: float = 1) -> Step:
    return Step(from_teu, Decimal(0), Decimal(str(most)), Decimal(str(by)))


def bounds(least: Any = 2000, most: Any = 8000, by: Any = 1, **more: Any) -> RateBounds:
    given: dict[str, Any] = {"current": None, "least_contribution": Decimal(0), **more}
    return RateBounds(Decimal(str(least)), Decimal(str(most)), Decimal(str(by)), **given)


def relation(*rows: Any, **more: Any) -> Relation:
    """Return a relation from AAAAA to ZZZZZ with the rows given, or a plain one of each."""
    sections = tuple(row for row in rows if isinstance(row, Section))
    alternatives = tuple(row for row in rows if isinstance(row, Alternative))
    segments = tuple(row for row in rows if isinstance(row, Segment))
    given: dict[str, Any] = {
        "origin": "AAAAA",
        "destination": "ZZZZZ",
        "equipment": equipment("40HC"),
        "currency": "USD",
        "days": 16.0,
        "days_then": 16.0,
        "capacity_teu": None,
        "rate": bounds(),
        "sections": sections or (section("C", "AAAAA", "ZZZZZ", 2500),),
        "alternatives": alternatives or (alternative(),),
        "segments": segments or (segment(),),
        "steps": tuple(row for row in rows if isinstance(row, Step)),
        "item": None,
    }
    return Relation(**given | more)


def curves(*segments: tuple[float, float, float, int]) -> DemandCurves:
    """Return demand from units, coefficient, intercept and step of each segment."""
    units, coefficient, intercept, steps = (np.array(row) for row in zip(*segments, strict=True))
    return DemandCurves(
        units=units.astype(float),
        coefficient=coefficient.astype(float),
        intercept=intercept.astype(float),
        rival_shares=np.ones((len(segments), 1)),
        step=steps.astype(np.intp),
    )
