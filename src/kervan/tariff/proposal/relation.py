"""What a through rate is to be set for: the carriers and their costs, the rivals, the customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kervan.equipment import Equipment


@dataclass(frozen=True, slots=True)
class Section:
    """One carrier's carriage from one place to another.

    Attributes
    ----------
    carrier_id
        Who carries.
    origin, destination
        Ends of the section. Sections with the same ends are alternatives to each other.
    km
        Length, km, as it counts when a rate is divided by distance.
    cost
        Variable cost of one loaded unit of the relation's equipment, in its currency.
    """

    carrier_id: str
    origin: str
    destination: str
    km: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way for the cargo, not the corridor's.

    Attributes
    ----------
    name
        In words: ``Sea by Suez``.
    price, days
        What a unit costs the customer that way and how long it takes, now.
    price_then, days_then
        The same when the shares of the segments were observed.
    origin
        Where the figures come from, in words.
    """

    name: str
    price: float
    days: float
    price_then: float
    days_then: float
    origin: str


@dataclass(frozen=True, slots=True)
class Segment:
    """Customers who answer to price and time alike.

    Attributes
    ----------
    name
        In words.
    teu
        What they move in a year by all ways together, TEU.
    share, at_rate
        The part of it that took the corridor, above 0 and below 1, when a unit cost this.
    price_coefficient
        Utility lost with each unit of currency, above 0.
    value_of_time
        What a day less is worth for a unit, in the currency.
    commits_teu
        What one customer commits to in a year, which decides the rebate, TEU.
    shares
        The parts of the alternatives then, in their order; None to let price and time decide.
    """

    name: str
    teu: float
    share: float
    at_rate: float
    price_coefficient: float
    value_of_time: float
    commits_teu: float
    shares: tuple[float, ...] | None

    @property
    def elasticity(self) -> float:
        """Own-price elasticity of the volume at ``at_rate``."""
        return -self.price_coefficient * self.at_rate * (1 - self.share)


@dataclass(frozen=True, slots=True)
class Step:
    """A rebate to be found for customers who commit to a volume.

    Attributes
    ----------
    from_teu
        From which volume of the year, TEU.
    least, most, step
        Percent: the bounds, and what it is a multiple of above the least.
    """

    from_teu: float
    least: Decimal
    most: Decimal
    step: Decimal

    @property
    def count(self) -> int:
        """How many percentages may be proposed."""
        return int((self.most - self.least) / self.step) + 1

    @property
    def choices(self) -> tuple[Decimal, ...]:
        """Every percentage that may be proposed."""
        return tuple(self.least + k * self.step for k in range(self.count))


@dataclass(frozen=True, slots=True)
class RateBounds:
    """What the rate may be.

    Attributes
    ----------
    least, most, step
        Of a unit, in the currency; the rate is the least and a multiple of the step.
    current
        The rate of today; None where there is none.
    least_contribution
        What must be earned in a year above the variable cost.
    """

    least: Decimal
    most: Decimal
    step: Decimal
    current: Decimal | None
    least_contribution: Decimal

    @property
    def count(self) -> int:
        """How many rates may be proposed."""
        return int((self.most - self.least) / self.step) + 1

    @property
    def choices(self) -> tuple[Decimal, ...]:
        """Every rate that may be proposed."""
        return tuple(self.least + k * self.step for k in range(self.count))


@dataclass(frozen=True, slots=True)
class ItemTerms:
    """What a tariff item needs beside the rate.

    Attributes
    ----------
    item_id, carrier_id, source_id
        As in the feed's ``tariff_items``.
    equipment
        Beginnings of the size-type codes it shall hold for.
    partners
        Carriers whose legs it covers beside those of the sections.
    includes_surcharges
        Whether handling and borders are in the rate.
    supersedes, valid_from, valid_to, instrument_id, conditions
        As in the feed.
    """

    item_id: str
    carrier_id: str
    source_id: str
    equipment: tuple[str, ...]
    partners: tuple[str, ...]
    includes_surcharges: bool
    supersedes: str | None
    valid_from: date | None
    valid_to: date | None
    instrument_id: str | None
    conditions: str | None


@dataclass(frozen=True, slots=True)
class Relation:
    """All that a proposal is made from.

    Attributes
    ----------
    origin, destination
        Place ids.
    equipment
        What one unit is.
    currency
        ISO 4217 code of every amount.
    days, days_then
        From hand-over to arrival by the corridor: now, and when the shares were observed.
    capacity_teu
        Most that can be carried in a year, TEU; None without a limit.
    rate
        Bounds of the rate.
    sections, alternatives, segments, steps
        See there. Steps are in the order of their volumes.
    item
        Terms of the tariff item; None where none is to be written.
    """

    origin: str
    destination: str
    equipment: Equipment
    currency: str
    days: float
    days_then: float
    capacity_teu: float | None
    rate: RateBounds
    sections: tuple[Section, ...]
    alternatives: tuple[Alternative, ...]
    segments: tuple[Segment, ...]
    steps: tuple[Step, ...]
    item: ItemTerms | None

    @property
    def teu(self) -> float:
        """TEU of one unit."""
        return float(self.equipment.teu)
