"""A price that follows the places left: up where they are scarce, down on the empty way back.

Nothing changes unless a rule is given. With one, the *freight* of a price (its lines of freight
less its rebates, as far as they cover a departure that is known; surcharges stay as they are) is
held against what the places are *worth*: the sum, over those departures, of the other sales that
the group displaces and of what carrying it costs there.

Raise
    Freight below that worth is raised towards it: by the part of the gap that the rule follows, and
    by no more than its highest percentage.
Backhaul discount
    Freight above that worth is lowered on lines all of whose departures are expected to leave
    emptier than a threshold. The discount grows evenly from nothing at the threshold to the most
    the rule allows at its lower mark, and stays the same below. It never takes a line below the
    worth of its own places, nor the whole freight below the worth of all.

Both come as one line of the price, of the kind ``capacity``, with sentences that say why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal

from kervan.errors import InvalidRequestError
from kervan.tariff.lines import Price, PriceLine
from kervan.tariff.money import Money
from kervan.tariff.revenue.decomposition import PlaceValues

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class BackhaulRule:
    """When the empty way back is sold for less, and for how much less.

    Attributes
    ----------
    below_load
        A departure counts as backhaul where less than this part of it is expected to be sold.
    full_discount_at_load
        Expected part sold at and below which the whole discount is given.
    most_percent
        The whole discount, in per cent of the line of freight.
    """

    below_load: Decimal = Decimal("0.5")
    full_discount_at_load: Decimal = Decimal("0.2")
    most_percent: Decimal = Decimal(20)

    def __post_init__(self) -> None:
        if not 0 <= self.full_discount_at_load < self.below_load <= 1:
            raise InvalidRequestError(
                f"A backhaul rule from load {self.below_load} down to {self.full_discount_at_load} "
                "cannot be; give 0 <= full_discount_at_load < below_load <= 1."
            )
        if not 0 <= self.most_percent <= 100:
            raise InvalidRequestError(
                f"A backhaul discount of {self.most_percent} % cannot be; give 0 to 100."
            )

    def percent(self, load: float) -> Decimal:
        """Return the discount for a departure of which this part is expected to be sold."""
        # Twelve decimals: a load is a quotient of floats, a rule is not.
        above = self.below_load - round(Decimal(load), 12)
        part = above / (self.below_load - self.full_discount_at_load)
        return self.most_percent * min(Decimal(1), max(Decimal(0), part))


@dataclass(frozen=True, slots=True)
class CapacityRule:
    """How far a price follows the places left.

    Attributes
    ----------
    rule_id
        Key, to be shown with the line.
    source_id
        Who set the rule.
    follow
        Part of the gap between freight and worth that a raise closes, 0 to 1.
    most_raise_percent
        Highest raise, in per cent of the freight; 0 for none.
    backhaul
        The discount rule; None for no discounts.
    """

    rule_id: str
    source_id: str
    follow: Decimal = Decimal(1)
    most_raise_percent: Decimal = Decimal(25)
    backhaul: BackhaulRule | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.follow <= 1 or self.most_raise_percent < 0:
            raise InvalidRequestError(
                f"Capacity rule '{self.rule_id}' follows {self.follow} of the gap, at most "
                f"{self.most_raise_percent} %; give 0 to 1, and zero or more."
            )


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of one leg's departure when a price is asked for.

    Attributes
    ----------
    leg
        Which leg of the itinerary, from 0.
    name
        The departure in words.
    capacity_teu, left_teu
        Places in all and left.
    teu
        Size of the group asked for.
    displacement
        Other sales the group displaces, major units of ``currency``; infinite where it does not
        fit.
    carrying_cost
        What carrying the group costs on this leg, beyond running the departure anyway; major units.
    expected_load
        Part of the departure expected to be sold when it leaves, without this group.
    currency
        ISO 4217 code.
    """

    leg: int
    name: str
    capacity_teu: float
    left_teu: float
    teu: float
    displacement: float
    carrying_cost: Decimal
    expected_load: float
    currency: str

    @property
    def worth(self) -> Decimal:
        """Least that the group must earn on this leg."""
        return Decimal(str(round(self.displacement, 6))) + self.carrying_cost

    @property
    def fits(self) -> bool:
        """Whether there are places enough for the group."""
        return math.isfinite(self.displacement)

    def as_written(self) -> Outlook:
        """Return it with the decimals that are kept of it: six of money, twelve of the load."""
        return replace(
            self,
            displacement=round(self.displacement, 6) if self.fits else math.inf,
            carrying_cost=round(self.carrying_cost, 6),
            expected_load=round(self.expected_load, 12),
        )

    def converted(self, factor: Decimal, currency: str) -> Outlook:
        """Return it in another currency, of which one unit of its own is worth ``factor``."""
        return replace(
            self,
            displacement=float(Decimal(str(self.displacement)) * factor) if self.fits else math.inf,
            carrying_cost=self.carrying_cost * factor,
            currency=currency,
        ).as_written()


@dataclass(frozen=True, slots=True)
class CapacityChange:
    """What a rule makes of a price.

    Attributes
    ----------
    line
        The line to add; None where the price stays as it is.
    sentences
        Why, in words, a sentence each.
    """

    line: PriceLine | None
    sentences: tuple[str, ...]


def outlook(
    values: PlaceValues,
    leg: int,
    departure_id: str,
    teu: float,
    *,
    period: float,
    left_teu: float | None = None,
    carrying_cost_per_teu: Decimal = Decimal(0),
) -> Outlook:
    """Return what bid prices say of one leg's departure.

    Parameters
    ----------
    values
        Bid prices.
    leg
        Which leg of the itinerary, from 0.
    departure_id, teu, period, left_teu
        As in :meth:`PlaceValues.displacement`.
    carrying_cost_per_teu
        Major units of the problem's currency.

    Notes
    -----
    The load expected is what is sold plus what the linear program sells of the rest, at the moment
    the bid prices were made.
    """
    problem = values.problem
    row = problem.row(departure_id)
    departure = problem.departures[row]
    unit = float(problem.unit_teu)
    units = values.tables[row].shape[1] - 1
    # Places too few for a whole unit are left all the same, though no group can have them.
    at_start = departure.left_teu if units == problem.arrays.left[row] else units * unit
    left = at_start if left_teu is None else left_teu
    sold = departure.capacity_teu - at_start + float(values.plan.sold[row]) * unit
    return Outlook(
        leg=leg,
        name=departure.name or departure.departure_id,
        capacity_teu=departure.capacity_teu,
        left_teu=left,
        teu=teu,
        displacement=values.displacement(departure_id, teu, period, left),
        carrying_cost=carrying_cost_per_teu * Decimal(str(teu)),
        expected_load=max(sold, departure.capacity_teu - left) / max(departure.capacity_teu, unit),
        currency=problem.currency,
    )


def capacity_line(
    price: Price, outlooks: Sequence[Outlook], rule: CapacityRule | None = None
) -> CapacityChange | None:
    """Return the line that a rule adds to a price, and why; None without a rule.

    Parameters
    ----------
    price
        A complete price.
    outlooks
        One for each leg whose departure is known. Lines that cover none of these stay out of it;
        in a line that covers others too, those are worth nothing, and it gets no discount.
    rule
        The rule. Without one prices do not depend on capacity.

    Raises
    ------
    InvalidRequestError
        If the price is incomplete, an outlook is in another currency, or the group does not fit.
    """
    if rule is None:
        return None
    _check(price, outlooks)
    known = {found.leg for found in outlooks}
    lines = [
        line
        for line in price.lines
        if line.kind in ("freight", "rebate") and not known.isdisjoint(line.legs)
    ]
    freight = sum(line.in_total.minor for line in lines if line.in_total is not None)
    worth = Money.of(
        sum((found.worth for found in outlooks), Decimal(0)), price.currency, ROUND_CEILING
    )
    sentences = [_told(found) for found in outlooks]
    places = "Together the places" if len(outlooks) > 1 else "The places"
    sentences.append(
        f"{places} are worth {worth}; the freight there by the tariff, rebates taken off, is "
        f"{Money(freight, price.currency)}."
    )
    if freight <= 0:
        return CapacityChange(None, (*sentences, "There is no freight to change."))
    if freight < worth.minor:
        percent, why = _raise(freight, worth.minor, rule)
    else:
        percent, why = _discount(price, freight, worth.minor, outlooks, rule)
    if percent == 0:
        return CapacityChange(None, (*sentences, why))
    line = _line(price, lines, freight, percent, rule)
    return CapacityChange(line, (*sentences, f"{why} This makes {line.amount}."))


def with_capacity(price: Price, change: CapacityChange | None) -> Price:
    """Return the price with the line added, if there is one."""
    if change is None or change.line is None:
        return price
    return replace(price, lines=(*price.lines, change.line))


def _check(price: Price, outlooks: Sequence[Outlook]) -> None:
    if not price.is_complete:
        raise InvalidRequestError(
            "The price lacks a leg or a rate of exchange, so its freight cannot be held against "
            "the worth of the places; complete the tariff first."
        )
    for found in outlooks:
        if found.currency != price.currency:
            raise InvalidRequestError(
                f"{found.name} has its bid price in {found.currency}, the price is in "
                f"{price.currency}; make both in one currency."
            )
        if not found.fits:
            raise InvalidRequestError(
                f"{found.name} has {found.left_teu:g} TEU left, and {found.teu:g} are asked for; "
                "choose another departure."
            )


def _raise(freight: int, worth: int, rule: CapacityRule) -> tuple[Decimal, str]:
    gap = Decimal(100 * (worth - freight)) / freight
    wanted = gap * rule.follow
    percent = min(wanted, rule.most_raise_percent).quantize(_HUNDREDTH, ROUND_DOWN)
    if percent == 0:
        return percent, f"Rule {rule.rule_id} allows no raise, so the price stays."
    how = f"{_plain(rule.follow * 100)} % of the gap of {gap:.2f} %"
    if wanted > rule.most_raise_percent:
        how += f", held to the most that rule {rule.rule_id} allows"
    return percent, f"The freight is raised by {_plain(percent)} %: {how}."


def _discount(
    price: Price, freight: int, worth: int, outlooks: Sequence[Outlook], rule: CapacityRule
) -> tuple[Decimal, str]:
    if rule.backhaul is None:
        return Decimal(0), "The freight covers that, and the rule gives no discount: it stays."
    by_leg = {found.leg: found for found in outlooks}
    off, legs, held = 0, 0, False
    for line in price.lines:
        if line.kind != "freight" or line.in_total is None or not by_leg.keys() >= set(line.legs):
            continue
        covered = [by_leg[leg] for leg in line.legs]
        # The fullest departure decides: a through rate is lowered only if all of it runs empty.
        percent = rule.backhaul.percent(max(found.expected_load for found in covered))
        least = Money.of(
            sum((found.worth for found in covered), Decimal(0)), price.currency, ROUND_CEILING
        )
        wanted = int((line.in_total.minor * percent / 100).to_integral_value(ROUND_FLOOR))
        given = min(wanted, max(0, line.in_total.minor - least.minor))
        held |= given < wanted
        off += given
        legs += len(covered) if percent > 0 else 0
    held |= off > freight - worth
    off = min(off, freight - worth)
    percent = (Decimal(100 * off) / freight).quantize(_HUNDREDTH, ROUND_DOWN)
    if legs == 0:
        return Decimal(0), (
            f"No departure is expected to leave less than {_plain(rule.backhaul.below_load * 100)}"
            " % full, so there is no backhaul discount."
        )
    if percent == 0:
        return Decimal(0), "The places are worth the freight, so there is no backhaul discount."
    text = (
        f"Backhaul rule {rule.rule_id}: on departures expected to leave less than "
        f"{_plain(rule.backhaul.below_load * 100)} % full the freight is lowered, by up to "
        f"{_plain(rule.backhaul.most_percent)} % at "
        f"{_plain(rule.backhaul.full_discount_at_load * 100)} % full and below. "
        f"For {legs} of {len(outlooks)} departures this comes to {_plain(percent)} % of the freight"
    )
    return -percent, text + (", held at what the places are worth." if held else ".")


def _line(
    price: Price, lines: Sequence[PriceLine], freight: int, percent: Decimal, rule: CapacityRule
) -> PriceLine:
    base = Money(freight, price.currency)
    amount = Money.of(base.major * percent / 100, price.currency)
    carriers = {line.carrier_id for line in lines if line.kind == "freight"}
    legs = {leg for line in lines for leg in line.legs}
    return PriceLine(
        legs=tuple(sorted(legs)),
        kind="capacity",
        carrier_id=carriers.pop() if len(carriers) == 1 else None,
        item_id=rule.rule_id,
        name="Scarce capacity" if percent > 0 else "Backhaul discount",
        where="",
        basis="percent",
        rate=percent,
        quantity=base.major,
        amount=amount,
        in_total=amount,
        rates=(),
        limit=None,
        rounding=f"half_up to {Money(1, price.currency).major}",
        exchange_rule="acceptance_day",
        instrument_id=None,
        conditions=None,
        is_estimate=True,
        source_id=rule.source_id,
    )


def _told(found: Outlook) -> str:
    displaced = Money.of(Decimal(str(round(found.displacement, 6))), found.currency)
    each = Money.of(Decimal(str(round(found.displacement / found.teu, 6))), found.currency)
    text = (
        f"{found.name}: {found.left_teu:g} of {found.capacity_teu:g} TEU left, "
        f"{100 * found.expected_load:.0f} % expected to be sold in the end; {found.teu:g} TEU "
        f"displace other sales of {displaced}, a bid price of {each} a TEU"
    )
    if found.carrying_cost:
        text += f", and cost {Money.of(found.carrying_cost, found.currency)} to carry"
    return text + "."


def _plain(value: Decimal) -> str:
    whole = value == value.to_integral_value()
    return f"{value.to_integral_value() if whole else value.normalize():,f}"
