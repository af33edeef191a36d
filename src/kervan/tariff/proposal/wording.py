"""A proposal in words and plain tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from kervan.tariff.money import Money
from kervan.tariff.proposal.curve import Point
from kervan.tariff.proposal.decision import OBJECTIVES
from kervan.tariff.proposal.division import RULES, percent
from kervan.tariff.proposal.propose import Proposal
from kervan.tariff.proposal.shapley import EXACT_UP_TO

CURVE_HEAD = ("rate", "share", "TEU a year", "revenue", "contribution", "elasticity", "")
SCENARIO_HEAD = ("if", "best rate", "TEU a year", "contribution", "the proposal misses")
PART_HEAD = ("carrier", "share", "of the rate", "a year", "variable cost", "contribution")


def proposal_lines(proposal: Proposal, names: Mapping[str, str]) -> Iterator[str]:
    """Tell a proposal, a line at a time.

    Parameters
    ----------
    proposal
        The proposal.
    names
        Names of places and carriers by their ids; an id without a name stands for itself.
    """
    yield title(proposal, names)
    yield f"for {OBJECTIVES[proposal.objective]}"
    yield ""
    yield from _head(proposal)
    yield ""
    yield "The curve, rebates as proposed:"
    yield from table(CURVE_HEAD, curve_rows(proposal))
    yield ""
    yield from _response(proposal)
    yield ""
    yield "If the customers answer otherwise, or the alternatives change their price:"
    yield from table(SCENARIO_HEAD, scenario_rows(proposal))
    yield ""
    yield from _division(proposal, names)


def title(proposal: Proposal, names: Mapping[str, str]) -> str:
    """Return the heading: relation and equipment."""
    relation = proposal.relation
    here, there = (f"{names.get(p, p)} ({p})" for p in (relation.origin, relation.destination))
    return f"Through rate {here} to {there}, {relation.equipment.code}"


def _head(proposal: Proposal) -> Iterator[str]:
    relation, found = proposal.relation, proposal.proposed
    code = relation.currency
    yield f"  rate           {Money.of(proposal.decision.rate, code)} a unit"
    for step, rebate in zip(relation.steps, proposal.decision.rebates, strict=True):
        net = Money.of(proposal.decision.rate * (1 - rebate / 100), code)
        granted = f"{rebate.normalize():f} % from {step.from_teu:,.0f} TEU a year: {net}"
        yield f"  rebate         {granted if rebate else f'none from {step.from_teu:,.0f} TEU'}"
    potential = sum(segment.teu for segment in relation.segments)
    share = percent(found.share, 1)
    yield f"  volume         {found.teu:,.0f} TEU a year, {share} of {potential:,.0f}"
    yield f"  revenue        {whole(found.revenue, code)} a year"
    yield f"  contribution   {whole(found.contribution, code)} a year"
    even = Money.of(Decimal(proposal.break_even), code)
    yield f"  break-even     {even}; a unit costs {Money.of(Decimal(proposal.unit_cost), code)}"
    yield ""
    yield from _today(proposal)
    tried = f"{proposal.decisions_tried:,} decision{'' if proposal.decisions_tried == 1 else 's'}"
    sentence = f"All {tried} on the steps were tried: none within the bounds is better."
    if proposal.off_the_steps is not None:
        sentence += (
            f" A rate between the steps earns at most {whole(proposal.off_the_steps, code)} a year "
            "more."
        )
    yield sentence
    if proposal.closed_form is not None and proposal.objective == "contribution":
        best = Money.of(Decimal(proposal.closed_form), code)
        yield f"Without bounds, steps and rebates the best rate is {best} (closed form)."
    if proposal.bounds_met:
        yield f"It is bounded by {' and '.join(proposal.bounds_met)}."


def _today(proposal: Proposal) -> Iterator[str]:
    now, found, code = proposal.current, proposal.proposed, proposal.relation.currency
    if now is None:
        return
    more = found.contribution - now.contribution
    yield (
        f"Today's {Money.of(now.rate, code)} brings {now.teu:,.0f} TEU and a contribution of "
        f"{whole(now.contribution, code)}: the proposal is {whole(abs(more), code)} "
        f"{'above' if more >= 0 else 'below'} it."
    )
    if found.contribution > 0 and now.contribution > 0 and found.teu and now.teu:
        needed = now.contribution / (found.contribution / found.teu)
        change, expected = (100 * teu / now.teu - 100 for teu in (needed, found.teu))
        yield (
            f"At the proposed rate {needed:,.0f} TEU ({change:+.0f} %) would earn as much as "
            f"today; {found.teu:,.0f} ({expected:+.0f} %) are expected."
        )


def _response(proposal: Proposal) -> Iterator[str]:
    relation = proposal.relation
    yield (
        f"A rate higher by 1 % changes the volume by {proposal.proposed.elasticity:+.2f} %. "
        "The alternatives:"
    )
    rows = [
        (
            alternative.name,
            f"{alternative.price:,.2f}",
            f"{alternative.days:g}",
            f"{teu:,.0f}",
            f"{elasticity:+.2f} %",
            alternative.origin,
        )
        for alternative, teu, elasticity in zip(
            relation.alternatives, proposal.rival_teu, proposal.cross_elasticities, strict=True
        )
    ]
    head = (
        "alternative",
        relation.currency,
        "days",
        "TEU a year",
        "our volume if it adds 1 %",
        "from",
    )
    yield from table(head, rows, left=(0, 5))


def _division(proposal: Proposal, names: Mapping[str, str]) -> Iterator[str]:
    yield f"Divided by {proposal.rule}: {RULES[proposal.rule]}."
    yield from table(PART_HEAD, part_rows(proposal))
    game = proposal.game
    if game is not None:
        if game.value.orders:
            widest = max(part.margin for part in proposal.parts)
            yield (
                f"With more than {EXACT_UP_TO} carriers the value is the mean of "
                f"{game.value.orders:,} orders drawn at random: 95 % of the time within "
                f"{whole(widest, proposal.relation.currency)} a year for each."
            )
        together = Money(game.together, proposal.relation.currency)
        if abs(game.together - sum(part.contribution.minor for part in proposal.parts)) > 100:
            yield (
                f"All together could earn {together} at best; what this proposal earns is divided "
                "in the same proportions."
            )
    yield ""
    for part in proposal.parts:
        yield f"{names.get(part.carrier_id, part.carrier_id)}: {part.reason}"


def curve_rows(proposal: Proposal) -> list[tuple[str, ...]]:
    """Return the curve as texts, a row a rate."""
    return [
        (
            f"{point.rate:,.2f}",
            percent(point.share, 1),
            f"{point.teu:,.0f}",
            f"{point.revenue:,.0f}",
            f"{point.contribution:,.0f}",
            f"{point.elasticity:.2f}",
            ", ".join(marks(proposal, point)),
        )
        for point in proposal.curve
    ]


def marks(proposal: Proposal, point: Point) -> list[str]:
    """Return what is to be said of a rate of the curve."""
    capacity = proposal.relation.capacity_teu
    said = []
    if point.rate == proposal.decision.rate:
        said.append("proposed")
    if proposal.current is not None and point.rate == proposal.current.rate:
        said.append("today's rate")
    if capacity is not None and point.teu > capacity:
        said.append("over capacity")
    if point.contribution < 0:
        said.append("below cost")
    return said


def scenario_rows(proposal: Proposal) -> list[tuple[str, ...]]:
    """Return the scenarios as texts."""
    rows: list[tuple[str, ...]] = []
    for scenario in proposal.scenarios:
        best, lost = scenario.best, scenario.lost
        missed = "over capacity" if scenario.over_capacity else "-"
        if lost is not None and proposal.objective == "contribution":
            missed = f"{max(0.0, lost):,.0f}"
        elif lost is not None and best is not None:
            missed = f"{best.teu - scenario.proposed.teu:,.0f} TEU"
        rows.append(
            (
                scenario.changed,
                "none lawful" if best is None else f"{best.rate:,.2f}",
                "-" if best is None else f"{best.teu:,.0f}",
                "-" if best is None else f"{best.contribution:,.0f}",
                missed,
            )
        )
    return rows


def part_rows(proposal: Proposal) -> list[tuple[str, ...]]:
    """Return the parts as texts, the sum in the last row."""
    code = proposal.relation.currency
    rows = [
        (
            part.carrier_id,
            percent(float(part.share), 2),
            *(f"{money.major:,}" for money in (part.unit, part.year, part.cost, part.contribution)),
        )
        for part in proposal.parts
    ]
    sums = [
        Money(sum(minors), code)
        for minors in (
            [p.unit.minor for p in proposal.parts],
            [p.year.minor for p in proposal.parts],
            [p.cost.minor for p in proposal.parts],
            [p.contribution.minor for p in proposal.parts],
        )
    ]
    return [*rows, ("together", "100.00 %", *(f"{money.major:,}" for money in sums))]


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)
) -> Iterator[str]:
    """Yield a plain table; columns in ``left`` and those without a name are set flush left."""
    widths = [max(len(row[k]) for row in (head, *rows)) for k in range(len(head))]
    for row in (head, *rows):
        cells = [
            text.ljust(width) if k in left or not head[k] else text.rjust(width)
            for k, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield f"  {'  '.join(cells)}".rstrip()


def whole(amount: float, currency: str) -> str:
    """Return an amount of a year, in whole units of the currency."""
    return f"{currency} {round(amount):,}"
