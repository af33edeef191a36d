"""Customs' own view of a consignment: how complete, how risky and why, what secures it.

No black box: a score is the sum of the weights of the rules that fired, and each says on which
values it did. The rules are the authority's own file; those shipped are an example.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kervan.cargo.assessment.conditions import Case, OtherDocument
from kervan.cargo.assessment.guarantee import GuaranteeNeed
from kervan.cargo.assessment.past import Past
from kervan.cargo.assessment.rules import Fired, RuleBook, fire
from kervan.cargo.assessment.selection import Selection
from kervan.cargo.assessment.simplifications import Simplification, simplifications_of
from kervan.cargo.consignment import Consignment
from kervan.cargo.law import Requirement, pre_arrival_share, requirements_of
from kervan.feed.tables import Instrument

__all__ = ["Assessment", "Lane", "OtherDocument", "assess"]

Lane = Literal["green", "amber", "red"]


@dataclass(frozen=True, slots=True)
class Assessment:
    """What customs may make of a consignment.

    Attributes
    ----------
    reference, day
        Of what, and when.
    lane
        ``green`` to pass, ``amber`` to look at the papers, ``red`` to look at the goods.
    score
        Sum of the weights of the rules that fired, not below zero.
    fired
        Those rules, the heaviest first, with the values they fired on.
    not_asked
        Rules that are not valid on the day.
    requirements
        What has to be filed beforehand, in order of time.
    elements_present, elements_asked
        How many elements of those are there, and are asked for.
    selection
        Whether chance selected it; None where none was drawn.
    simplifications
        What it may claim, those in force first.
    guarantees
        What each transit has to be secured for.
    """

    reference: str
    day: date
    lane: Lane
    score: int
    fired: tuple[Fired, ...]
    not_asked: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    elements_present: int
    elements_asked: int
    selection: Selection | None
    simplifications: tuple[Simplification, ...]
    guarantees: tuple[GuaranteeNeed, ...]


def assess(
    consignment: Consignment,
    rules: RuleBook,
    *,
    day: date,
    past: Past | None = None,
    documents: Sequence[OtherDocument] = (),
    instruments: Iterable[Instrument] = (),
    selection: Selection | None = None,
    guarantees: tuple[GuaranteeNeed, ...] = (),
) -> Assessment:
    """Assess a consignment.

    Parameters
    ----------
    consignment
        As declared.
    rules
        To score it by.
    day
        Whose rules, instruments and history count; of the history, what lies before it.
    past
        Past consignments.
    documents
        Other documents of it, and how they differ.
    instruments
        A feed's, whose status goes before what is on file here.
    selection
        What chance said. A consignment it selects is not green, whatever its score.
    guarantees
        As :func:`kervan.cargo.assessment.guarantee.guarantee_needs` gives them.
    """
    requirements = requirements_of(consignment, day=day)
    simplifications = simplifications_of(consignment, day=day, instruments=instruments)
    case = Case(
        consignment,
        day,
        (past or Past()).before(day),
        requirements,
        simplifications,
        tuple(documents),
    )
    valid = [rule for rule in rules.rules if rule.is_valid_on(day)]
    fired = [found for rule in valid if (found := fire(rule, case)) is not None]
    fired.sort(key=lambda f: (-abs(f.rule.weight), f.rule.rule_id))
    score = max(0, sum(f.rule.weight for f in fired))
    lane: Lane = "red" if score >= rules.red else "amber" if score >= rules.amber else "green"
    if lane == "green" and selection is not None and selection.is_selected:
        lane = "amber"
    present, asked = pre_arrival_share(requirements)
    return Assessment(
        consignment.reference,
        day,
        lane,
        score,
        tuple(fired),
        tuple(rule.rule_id for rule in rules.rules if not rule.is_valid_on(day)),
        requirements,
        present,
        asked,
        selection,
        simplifications,
        guarantees,
    )
