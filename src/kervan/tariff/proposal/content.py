"""A proposal as plain data, for JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kervan.tariff.money import Money
from kervan.tariff.proposal.curve import Point
from kervan.tariff.proposal.decision import OBJECTIVES
from kervan.tariff.proposal.division import RULES
from kervan.tariff.proposal.propose import Proposal


def proposal_content(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as ``kervan tariff propose --json`` prints it.

    Amounts that are exact are texts of the major unit; what is expected of the demand are numbers.
    """
    relation = proposal.relation
    code, game = relation.currency, proposal.game
    return {
        "origin": relation.origin,
        "destination": relation.destination,
        "equipment": relation.equipment.code,
        "currency": code,
        "objective": proposal.objective,
        "objective_in_words": OBJECTIVES[proposal.objective],
        "split": proposal.rule,
        "split_in_words": RULES[proposal.rule],
        "rate": str(Money.of(proposal.decision.rate, code).major),
        "rebates": [
            {
                "from_teu": step.from_teu,
                "percent": f"{percent.normalize():f}",
                "rate": str(Money.of(proposal.decision.rate * (1 - percent / 100), code).major),
            }
            for step, percent in zip(relation.steps, proposal.decision.rebates, strict=True)
        ],
        "proposed": _point(proposal.proposed, code),
        "today": None if proposal.current is None else _point(proposal.current, code),
        "unit_cost": proposal.unit_cost,
        "least_average": proposal.floor,
        "break_even": proposal.break_even,
        "decisions_tried": proposal.decisions_tried,
        "off_the_steps": proposal.off_the_steps,
        "closed_form": proposal.closed_form,
        "bounds_met": list(proposal.bounds_met),
        "curve": [_point(point, code) for point in proposal.curve],
        "segments": [
            {
                "name": segment.name,
                "elasticity_at_rate": segment.elasticity,
                "price_coefficient": segment.price_coefficient,
            }
            for segment in relation.segments
        ],
        "alternatives": [
            {
                **{k: v for k, v in asdict(alternative).items() if k != "origin"},
                "source": alternative.origin,
                "teu": teu,
                "cross_elasticity": elasticity,
            }
            for alternative, teu, elasticity in zip(
                relation.alternatives, proposal.rival_teu, proposal.cross_elasticities, strict=True
            )
        ],
        "scenarios": [
            {
                "changed": scenario.changed,
                "best": None if scenario.best is None else _point(scenario.best, code),
                "proposed": _point(scenario.proposed, code),
                "over_capacity": scenario.over_capacity,
                "lost": scenario.lost,
            }
            for scenario in proposal.scenarios
        ],
        "parts": [
            {
                "carrier_id": part.carrier_id,
                "share": float(part.share),
                "unit": str(part.unit.major),
                "year": str(part.year.major),
                "cost": str(part.cost.major),
                "contribution": str(part.contribution.major),
                "margin": part.margin,
                "reason": part.reason,
            }
            for part in proposal.parts
        ],
        "orders_drawn": 0 if game is None else game.value.orders,
    }


def _point(point: Point, code: str) -> dict[str, Any]:
    return {**asdict(point), "rate": str(Money.of(point.rate, code).major)}
