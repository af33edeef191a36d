"""What carriage costs: items, surcharges, rebates, rates of exchange."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from kervan.feed.tables.columns import (
    KEY_PATTERN,
    RELATION,
    column,
    conditions,
    equipment,
    estimate_basis,
    identifier,
    instrument_id,
    is_estimate,
    is_withdrawal,
    loaded,
    only_mode,
    only_service_id,
    rate_conditions,
    recorded_on,
    source_id,
    supersedes,
    valid_from,
    valid_to,
    wagon,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A place or a country that belongs to a tariff zone."""

    TABLE: ClassVar[str] = "zones"
    KEY: ClassVar[tuple[str, ...]] = ("zone_id", "member")

    zone_id: str = column("The zone, in capitals.", pattern=r"[A-Z][A-Z0-9\-]*")
    member: str = column(
        "A place or a country in it.", pattern=r"[A-Z]{2}([A-Z2-9]{3}|-[A-Z0-9\-]+)?"
    )
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffItem:
    """One rate of one carrier, or of several together, for a relation.

    An item of scope ``leg`` prices a leg of its carrier whose ends lie in ``origin`` and
    ``destination``, in that direction. An item of scope ``through`` prices consecutive legs, the
    first from ``origin`` and the last to ``destination``, run by its carrier and its partners.
    A border pair is two places at borders.
    """

    TABLE: ClassVar[str] = "tariff_items"
    KEY: ClassVar[tuple[str, ...]] = ("item_id",)

    item_id: str = identifier("Key of the item.")
    carrier_id: str = column("Whose rate.", references="carriers.carrier_id")
    scope: str = column(
        "Whether it prices one leg or a through carriage over several.",
        choices=("leg", "through"),
        default="leg",
    )
    partner_ids: tuple[str, ...] = column(
        "Through rate: the other carriers whose legs it covers.",
        pattern=KEY_PATTERN,
        default=(),
    )
    origin: str = column(
        "Place, country, zone ('@' and its key) or '*' for anywhere.", pattern=RELATION
    )
    destination: str = column("As origin.", pattern=RELATION)
    direction: str = column(
        "Only legs that end east or west of where they begin.",
        choices=("any", "east", "west"),
        default="any",
    )
    service_id: str | None = only_service_id()
    mode: str | None = only_mode()
    equipment: tuple[str, ...] = equipment("it holds for")
    loaded: str = loaded()
    wagon: str = wagon()
    requires: tuple[str, ...] = rate_conditions()
    weight_from_kg: float | None = column(
        "Cargo weight a unit, from, included.", minimum=0.0, default=None
    )
    weight_to_kg: float | None = column(
        "Cargo weight a unit, to, not included.", minimum=0.0, default=None
    )
    from_km: float | None = column(
        "Length of the leg, from, included: a band of kilometres.", minimum=0.0, default=None
    )
    to_km: float | None = column("Length of the leg, to, not included.", minimum=0.0, default=None)
    commodity_prefixes: tuple[str, ...] = column(
        "Beginnings of the HS (GNG, NHM) codes it holds for; blank: all.",
        pattern=r"\d{2,10}",
        default=(),
    )
    basis: str = column(
        "What the amount is counted by; percent_of_value is of the declared value.",
        choices=(
            "per_container",
            "per_teu",
            "per_wagon",
            "per_tonne",
            "per_container_km",
            "per_teu_km",
            "per_wagon_km",
            "per_tonne_km",
            "percent_of_value",
        ),
    )
    amount: Decimal = column("Rate, in the currency's major unit, or percent.", minimum=0.0)
    currency: str = column("ISO 4217 code.", code="currency")
    minimum_amount: Decimal | None = column(
        "Least charge a unit of equipment.", minimum=0.0, default=None
    )
    maximum_amount: Decimal | None = column(
        "Highest charge a unit of equipment.", minimum=0.0, default=None
    )
    includes_surcharges: bool = column(
        "Through rate: the surcharges of the legs it covers are in it and not charged beside it.",
        default=False,
    )
    rounding_step: Decimal | None = column(
        "Amounts are rounded to multiples of this; blank: the currency's minor unit.",
        minimum=0.0,
        default=None,
    )
    rounding_mode: str = column(
        "How amounts are rounded.", choices=("half_up", "half_even", "up"), default="half_up"
    )
    exchange_rule: str = column(
        "Which day's rate of exchange brings it into another currency: that of the day of "
        "acceptance, or of the first day of its month.",
        choices=("acceptance_day", "month_start"),
        default="acceptance_day",
    )
    conditions: str | None = conditions()
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    recorded_on: date | None = recorded_on()
    supersedes: str | None = supersedes("Item", "tariff_items.item_id")
    is_withdrawal: bool = is_withdrawal("item", "prices")
    instrument_id: str | None = instrument_id()
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surcharge:
    """What is paid beside the freight: handling at a terminal, a border fee, a percentage."""

    TABLE: ClassVar[str] = "surcharges"
    KEY: ClassVar[tuple[str, ...]] = ("surcharge_id",)

    surcharge_id: str = identifier("Key of the surcharge.")
    name: str = column("What it is for.")
    event: str = column(
        "When it falls due: loading at a place, discharge at a place, crossing a border, on every "
        "leg, or for days a unit stands at a place.",
        choices=("load", "discharge", "border", "leg", "storage"),
    )
    carrier_id: str | None = column(
        "Who is paid; also limits it to that carrier's legs where event is leg.",
        references="carriers.carrier_id",
        default=None,
    )
    place_id: str | None = column(
        "Place, for load, discharge and storage.", references="places.place_id", default=None
    )
    crossing_id: str | None = column(
        "Crossing, for border.", references="border_crossings.crossing_id", default=None
    )
    origin: str = column(
        "Only on legs that begin there: place, country, zone ('@' and its key) or '*' for "
        "anywhere.",
        pattern=RELATION,
        default="*",
    )
    destination: str = column(
        "Only on legs that end there, as origin.", pattern=RELATION, default="*"
    )
    service_id: str | None = only_service_id()
    mode: str | None = only_mode()
    equipment: tuple[str, ...] = equipment("it holds for")
    loaded: str = loaded()
    wagon: str = wagon()
    requires: tuple[str, ...] = rate_conditions()
    basis: str = column(
        "What the amount is counted by; percent is of the leg's freight, or of another surcharge "
        "of the leg, percent_of_value of the declared value.",
        choices=(
            "per_container",
            "per_teu",
            "per_wagon",
            "per_tonne",
            "per_container_day",
            "percent",
            "percent_of_value",
        ),
    )
    amount: Decimal = column(
        "Rate in the currency's major unit, or percent; only a percent may be negative."
    )
    of_surcharge_id: str | None = column(
        "For percent: of this surcharge, where it falls due on the leg; blank: of the freight.",
        references="surcharges.surcharge_id",
        default=None,
    )
    currency: str | None = column(
        "ISO 4217 code; blank for percent.", code="currency", default=None
    )
    free_days: float | None = column(
        "Days that cost nothing, for per_container_day.", minimum=0.0, default=None
    )
    exclusive_group: str | None = column(
        "Of the surcharges of one group due at the same event only the highest is charged; blank: "
        "charged beside all others.",
        pattern=KEY_PATTERN,
        default=None,
    )
    conditions: str | None = conditions()
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    recorded_on: date | None = recorded_on()
    supersedes: str | None = supersedes("Surcharge", "surcharges.surcharge_id")
    is_withdrawal: bool = is_withdrawal("surcharge", "charges")
    instrument_id: str | None = instrument_id()
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebate:
    """What a customer gets back for a volume committed or reached."""

    TABLE: ClassVar[str] = "rebates"
    KEY: ClassVar[tuple[str, ...]] = ("rebate_id",)

    rebate_id: str = identifier("Key of the rebate.")
    name: str = column("What it is for.")
    carrier_id: str = column("Who grants it.", references="carriers.carrier_id")
    item_id: str | None = column(
        "Only on this tariff item; blank: on all of the carrier.",
        references="tariff_items.item_id",
        default=None,
    )
    customer_id: str | None = column(
        "Only for this customer; blank: for anyone who commits.", pattern=KEY_PATTERN, default=None
    )
    equipment: tuple[str, ...] = equipment("it holds for")
    period: str = column("Over what the volume is counted.", choices=("month", "quarter", "year"))
    from_teu: float = column("Volume of the period from which it is given, in TEU.", minimum=0.0)
    percent: Decimal = column("Share of the freight given back.", minimum=0.0, maximum=100.0)
    conditions: str | None = conditions()
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    recorded_on: date | None = recorded_on()
    supersedes: str | None = supersedes("Rebate", "rebates.rebate_id")
    is_withdrawal: bool = is_withdrawal("rebate", "gives")
    instrument_id: str | None = instrument_id()
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRate:
    """What one unit of a currency was worth in another on a day."""

    TABLE: ClassVar[str] = "exchange_rates"
    KEY: ClassVar[tuple[str, ...]] = ("from_currency", "to_currency", "rate_date")

    from_currency: str = column("ISO 4217 code.", code="currency")
    to_currency: str = column("ISO 4217 code.", code="currency")
    rate_date: date = column("Day of the rate.")
    rate: Decimal = column("Units of to_currency for one of from_currency.", minimum=0.0)
    source_id: str = source_id()
