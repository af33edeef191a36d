"""The tables of the corridor feed: one frozen dataclass a table, one field a column.

Everything else that speaks of the format is made from these classes: the reader, the checker, the
``datapackage.json`` descriptor, the Excel workbook and the reference page in the documentation.

Conventions
-----------
- A field without ``None`` in its type is a required column and may not be blank.
- Units stand in the column's name (``_hours``, ``_km``, ``_kg``, ``_deg``, ``_mm``).
- Durations come in pairs, the median ``_p50_hours`` and the 95th percentile ``_p95_hours``.
- Clock times are local to the place of the row; a ``_day`` column counts calendar days from the
  day the service starts (0). Dates are ISO 8601, ``YYYY-MM-DD``.
- Validity is ``valid_from`` to ``valid_to``, both days included; blank means open-ended.
- ``source_id`` names the row of ``sources`` a fact comes from. ``is_estimate`` says the figure is
  ours and not the source's, and ``estimate_basis`` then says how it was made.
- A tuple is written with semicolons: ``KZ;AZ;GE``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, NewType

MinuteOfDay = NewType("MinuteOfDay", int)
"""A clock time, written ``HH:MM`` in the feed, held as minutes after midnight (0 to 1440)."""

MODES = ("rail", "road", "sea", "ferry", "inland_waterway", "air")
"""``sea`` is a container or feeder vessel; ``ferry`` carries wagons or trucks on deck."""

PATTERNS = ("timetable", "frequency", "when_full", "on_demand")
"""How a service runs.

``timetable``
    On the days of a calendar, at clock times; a blank clock time means "that day, hour unknown".
``frequency``
    So many departures a week, no clock time published.
``when_full``
    Leaves when there is cargo enough; the wait is a distribution.
``on_demand``
    Called when needed; the wait is the time until it comes.
"""

STATUSES = ("open", "planned", "closed")

_KEY_PATTERN = r"[A-Za-z0-9][A-Za-z0-9_.\-]*"
_RELATION = r"\*|@[A-Z][A-Z0-9\-]*|[A-Z]{2}([A-Z2-9]{3}|-[A-Z0-9\-]+)?"


def column(
    description: str,
    *,
    references: str | None = None,
    choices: tuple[str, ...] | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    pattern: str | None = None,
    code: str | None = None,
    default: Any = dataclasses.MISSING,
) -> Any:
    """Declare a column.

    Parameters
    ----------
    description
        What the column holds, for the reference and the descriptor.
    references
        ``"table.column"`` that every value must exist in.
    choices
        The only values allowed.
    minimum, maximum
        Bounds on a number, both included.
    pattern
        Regular expression a text must match whole.
    code
        A published code list the value must be in: ``"country"`` (ISO 3166-1 alpha-2),
        ``"currency"`` (ISO 4217), ``"timezone"`` (IANA).
    default
        Value of a blank cell. ``None`` for every optional column.
    """
    metadata = {
        "description": description,
        "references": references,
        "choices": choices,
        "minimum": minimum,
        "maximum": maximum,
        "pattern": pattern,
        "code": code,
    }
    return dataclasses.field(default=default, metadata=metadata)


def identifier(description: str) -> Any:
    """Declare a key column: letters, digits, ``-``, ``_`` and ``.`` only."""
    return column(description, pattern=_KEY_PATTERN)


def hours(description: str, **kwargs: Any) -> Any:
    """Declare an optional duration in hours, zero or more."""
    return column(description, minimum=0.0, default=None, **kwargs)


def valid_from() -> Any:
    """Declare the first day a row holds."""
    return column("First day the row holds; blank: since ever.", default=None)


def valid_to() -> Any:
    """Declare the last day a row holds."""
    return column("Last day the row holds, included; blank: until further notice.", default=None)


def recorded_on() -> Any:
    """Declare the day a row was put on record."""
    return column(
        "Day the row was put on record; blank: from the beginning. Rows are never changed "
        "afterwards: a new one supersedes the old.",
        default=None,
    )


def rate_conditions() -> Any:
    """Declare the conditions a shipment must meet for a row to apply."""
    return column(
        "The row holds only for shipments of all these kinds; blank: for any.",
        choices=("dangerous", "reefer", "out_of_gauge", "block_train", "single_wagon"),
        default=(),
    )


def is_estimate() -> Any:
    """Declare the flag that tells an estimate from a sourced fact."""
    return column(
        "true where the figures of the row are an estimate and not the source's own.", default=False
    )


def estimate_basis() -> Any:
    """Declare how an estimate was made."""
    return column("How the estimate was made; required where is_estimate is true.", default=None)


def source_id() -> Any:
    """Declare the source a row comes from."""
    return column("Where the fact comes from.", references="sources.source_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publication that facts are taken from."""

    TABLE: ClassVar[str] = "sources"
    KEY: ClassVar[tuple[str, ...]] = ("source_id",)

    source_id: str = identifier("Key of the source.")
    title: str = column("Title of the publication, page or data set.")
    publisher: str | None = column("Who published it.", default=None)
    url: str | None = column("Where it can be read.", default=None)
    published_date: date | None = column("Day of publication, where known.", default=None)
    licence: str | None = column("Licence of the data, where stated.", default=None)
    note: str | None = column("Anything a reader should know of it.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A treaty, agreement or memorandum that allows a thing."""

    TABLE: ClassVar[str] = "instruments"
    KEY: ClassVar[tuple[str, ...]] = ("instrument_id",)

    instrument_id: str = identifier("Key of the instrument.")
    title: str = column("Title of the instrument.")
    type: str = column(
        "Kind of instrument.",
        choices=("treaty", "agreement", "memorandum", "protocol", "decision", "convention"),
    )
    parties: tuple[str, ...] = column("Parties, as country codes.", code="country", default=())
    status: str = column(
        "Whether it binds today.", choices=("in_force", "signed", "planned", "lapsed")
    )
    signed_date: date | None = column("Day of signature, where known.", default=None)
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    note: str | None = column("What it allows or sets.", default=None)
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A railway, shipping line, road haulier, port or terminal operator."""

    TABLE: ClassVar[str] = "carriers"
    KEY: ClassVar[tuple[str, ...]] = ("carrier_id",)

    carrier_id: str = identifier("Key of the carrier, its usual abbreviation.")
    name: str = column("Full name.")
    type: str = column(
        "What it does.",
        choices=("railway", "ferry", "feeder", "ocean", "road", "terminal", "port", "operator"),
    )
    country: str | None = column("Country of its seat.", code="country", default=None)
    url: str | None = column("Its page.", default=None)
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place cargo starts from, passes or ends at."""

    TABLE: ClassVar[str] = "places"
    KEY: ClassVar[tuple[str, ...]] = ("place_id",)

    place_id: str = column(
        "UN/LOCODE without the space where there is one (CNXIY); else the country code, a hyphen "
        "and a name (KZ-ALTYNKOL).",
        pattern=r"[A-Z]{2}([A-Z2-9]{3}|-[A-Z0-9\-]+)",
    )
    name: str = column("Name in English.")
    alt_names: tuple[str, ...] = column("Other names and spellings, any script.", default=())
    country: str = column("Country, ISO 3166-1 alpha-2.", code="country")
    latitude_deg: float = column("WGS 84 latitude.", minimum=-90.0, maximum=90.0)
    longitude_deg: float = column("WGS 84 longitude.", minimum=-180.0, maximum=180.0)
    coordinates_basis: str = column(
        "Whose coordinates: UN/LOCODE's, another published source's, or well known.",
        choices=("unlocode", "published", "known"),
    )
    timezone: str = column("IANA time zone.", code="timezone")
    type: str = column(
        "What kind of place.",
        choices=("city", "rail_station", "seaport", "river_port", "border", "dry_port", "airport"),
    )
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where cargo changes from one service to another.

    Cargo changes services only at a place that has a terminal or a row in ``transfers``.
    """

    TABLE: ClassVar[str] = "terminals"
    KEY: ClassVar[tuple[str, ...]] = ("terminal_id",)

    terminal_id: str = identifier("Key of the terminal.")
    place_id: str = column("Place it stands at.", references="places.place_id")
    name: str = column("Name in English.")
    carrier_id: str | None = column("Its operator.", references="carriers.carrier_id", default=None)
    modes: tuple[str, ...] = column("Modes it serves.", choices=MODES)
    dwell_p50_hours: float = column(
        "Median time from arrival of one service to readiness for the next.", minimum=0.0
    )
    dwell_p95_hours: float = column("95th percentile of the same.", minimum=0.0)
    cut_off_hours: float | None = hours(
        "Cargo must be ready this long before a timetabled departure, unless the call says else."
    )
    open_days: tuple[str, ...] = column(
        "Days it handles cargo; blank: every day.",
        choices=("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        default=(),
    )
    opens_local: MinuteOfDay | None = column("Opening time; blank: 00:00.", default=None)
    closes_local: MinuteOfDay | None = column("Closing time; blank: 24:00.", default=None)
    capacity_teu_per_year: float | None = column(
        "Container handling capacity.", minimum=0.0, default=None
    )
    capacity_tonnes_per_year: float | None = column(
        "Cargo handling capacity.", minimum=0.0, default=None
    )
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """The dwell of one pair of modes at a place, where it differs from the terminal's own."""

    TABLE: ClassVar[str] = "transfers"
    KEY: ClassVar[tuple[str, ...]] = ("place_id", "from_mode", "to_mode")

    place_id: str = column("Place of the change.", references="places.place_id")
    from_mode: str = column("Mode the cargo comes by.", choices=MODES)
    to_mode: str = column("Mode it goes on by.", choices=MODES)
    dwell_p50_hours: float = column("Median time for the change.", minimum=0.0)
    dwell_p95_hours: float = column("95th percentile of the same.", minimum=0.0)
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A stretch of way between two places, in one mode."""

    TABLE: ClassVar[str] = "links"
    KEY: ClassVar[tuple[str, ...]] = ("link_id",)

    link_id: str = identifier("Key of the link.")
    from_place_id: str = column("One end.", references="places.place_id")
    to_place_id: str = column("The other end.", references="places.place_id")
    mode: str = column("Mode of transport.", choices=MODES)
    distance_km: float = column("Length of the way, not of the crow.", minimum=0.001)
    both_ways: bool = column("Whether it can be used in both directions.", default=True)
    gauge_mm: int | None = column("Track gauge.", minimum=600, maximum=1676, default=None)
    traction: str | None = column(
        "Traction of the line.", choices=("electric", "diesel"), default=None
    )
    status: str = column("Whether it is in use.", choices=STATUSES, default="open")
    capacity_trains_per_day: float | None = column(
        "Trains a day in one direction.", minimum=0.0, default=None
    )
    capacity_tonnes_per_year: float | None = column(
        "Cargo a year, both directions.", minimum=0.0, default=None
    )
    waypoints: str | None = column(
        "Points between the ends, for drawing: 'lon lat;lon lat'.",
        pattern=r"-?\d+(\.\d+)? -?\d+(\.\d+)?(;-?\d+(\.\d+)? -?\d+(\.\d+)?)*",
        default=None,
    )
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    instrument_id: str | None = column(
        "Instrument it rests on.", references="instruments.instrument_id", default=None
    )
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderCrossing:
    """One direction of a border crossing, laid over the link between its two places.

    Every service that runs over that link in that direction spends this time there, unless its
    call says the border is already in the running time, or it has a timetable.
    """

    TABLE: ClassVar[str] = "border_crossings"
    KEY: ClassVar[tuple[str, ...]] = ("crossing_id",)

    crossing_id: str = identifier("Key of the crossing in this direction.")
    name: str = column("Usual name, leaving side first.")
    from_place_id: str = column("Place on the leaving side.", references="places.place_id")
    to_place_id: str = column("Place on the entering side.", references="places.place_id")
    mode: str = column("Mode of transport.", choices=MODES)
    dwell_p50_hours: float = column(
        "Median time for controls and handover, gauge change not included.", minimum=0.0
    )
    dwell_p95_hours: float = column("95th percentile of the same.", minimum=0.0)
    gauge_from_mm: int | None = column("Gauge before.", minimum=600, maximum=1676, default=None)
    gauge_to_mm: int | None = column("Gauge after.", minimum=600, maximum=1676, default=None)
    gauge_change_p50_hours: float | None = hours("Median time of the gauge change.")
    gauge_change_p95_hours: float | None = hours("95th percentile of the same.")
    procedure: str | None = column(
        "Customs and consignment note procedure at the crossing.", default=None
    )
    capacity_trains_per_day: float | None = column(
        "Trains a day in this direction.", minimum=0.0, default=None
    )
    capacity_tonnes_per_year: float | None = column("Cargo a year.", minimum=0.0, default=None)
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    instrument_id: str | None = column(
        "Instrument it rests on.", references="instruments.instrument_id", default=None
    )
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The weekdays and the season a timetable runs on."""

    TABLE: ClassVar[str] = "calendars"
    KEY: ClassVar[tuple[str, ...]] = ("calendar_id",)

    calendar_id: str = identifier("Key of the calendar.")
    monday: bool = column("Runs on Mondays.")
    tuesday: bool = column("Runs on Tuesdays.")
    wednesday: bool = column("Runs on Wednesdays.")
    thursday: bool = column("Runs on Thursdays.")
    friday: bool = column("Runs on Fridays.")
    saturday: bool = column("Runs on Saturdays.")
    sunday: bool = column("Runs on Sundays.")
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarException:
    """A single day added to a calendar or taken from it."""

    TABLE: ClassVar[str] = "calendar_exceptions"
    KEY: ClassVar[tuple[str, ...]] = ("calendar_id", "exception_date")

    calendar_id: str = column("Calendar it changes.", references="calendars.calendar_id")
    exception_date: date = column("The day.")
    type: str = column("Whether the day is added or removed.", choices=("added", "removed"))
    reason: str | None = column("Why.", default=None)
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A regular offer of transport by one carrier, in one mode."""

    TABLE: ClassVar[str] = "services"
    KEY: ClassVar[tuple[str, ...]] = ("service_id",)

    service_id: str = identifier("Key of the service.")
    carrier_id: str = column("Who runs it.", references="carriers.carrier_id")
    name: str = column("Usual name.")
    mode: str = column("Mode of transport.", choices=MODES)
    pattern: str = column("How it runs.", choices=PATTERNS)
    calendar_id: str | None = column(
        "Days of a timetable.", references="calendars.calendar_id", default=None
    )
    departures_per_week: float | None = column(
        "Departures a week, for a frequency.", minimum=0.001, default=None
    )
    frequency_as_published: str | None = column(
        "The source's own words: 'twice a week', 'leaves when full'.", default=None
    )
    wait_p50_hours: float | None = hours(
        "Median wait from readiness to departure, for when_full and on_demand."
    )
    wait_p95_hours: float | None = hours("95th percentile of the same.")
    capacity_teu: float | None = column(
        "Containers a departure takes, in TEU.", minimum=0.0, default=None
    )
    capacity_wagons: float | None = column("Wagons a departure takes.", minimum=0.0, default=None)
    equipment: tuple[str, ...] = column(
        "Beginnings of the ISO 6346 size-type codes taken ('2', '4', 'L5', '45R1'); blank: all.",
        pattern=r"[1-9A-Z][0-9A-Z]{0,3}",
        default=(),
    )
    dangerous_goods: str = column(
        "Whether dangerous goods are taken.",
        choices=("accepted", "on_request", "refused"),
        default="on_request",
    )
    traction: str | None = column(
        "Traction, where it is not the links'.",
        choices=("electric", "diesel"),
        default=None,
    )
    status: str = column("Whether it runs.", choices=STATUSES, default="open")
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    instrument_id: str | None = column(
        "Instrument it rests on.", references="instruments.instrument_id", default=None
    )
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A stop of a service, in the order of the way.

    A timetabled service gives days and, where published, clock times. Any other service gives the
    running time from the call before.
    """

    TABLE: ClassVar[str] = "calls"
    KEY: ClassVar[tuple[str, ...]] = ("service_id", "sequence")

    service_id: str = column("The service.", references="services.service_id")
    sequence: int = column("Order of the call; rising along the way.", minimum=0)
    place_id: str = column("Where it calls.", references="places.place_id")
    arrival_day: int | None = column(
        "Timetable: days after the start day, local.", minimum=0, default=None
    )
    arrival_time_local: MinuteOfDay | None = column(
        "Timetable: clock time of arrival; blank: hour unknown.", default=None
    )
    departure_day: int | None = column(
        "Timetable: days after the start day, local.", minimum=0, default=None
    )
    departure_time_local: MinuteOfDay | None = column(
        "Timetable: clock time of departure; blank: hour unknown.", default=None
    )
    run_p50_hours: float | None = hours(
        "Median running time from the departure of the call before."
    )
    run_p95_hours: float | None = hours("95th percentile of the same.")
    dwell_p50_hours: float | None = hours(
        "Median time the service stands here before going on; blank: none."
    )
    dwell_p95_hours: float | None = hours("95th percentile of the same.")
    cut_off_hours: float | None = hours(
        "Cargo must be ready this long before departure; blank: the terminal's."
    )
    can_load: bool = column("Cargo may be loaded here.", default=True)
    can_discharge: bool = column("Cargo may be discharged here.", default=True)
    border_included: bool = column(
        "The running time from the call before already holds the border's time.", default=False
    )
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Days on which a place, link, crossing or service is shut: a storm, a strike, a decision."""

    TABLE: ClassVar[str] = "closures"
    KEY: ClassVar[tuple[str, ...]] = ("closure_id",)

    closure_id: str = identifier("Key of the closure.")
    subject: str = column("What is shut.", choices=("place", "link", "border_crossing", "service"))
    subject_id: str = column("Key of what is shut, in its own table.")
    valid_from: date = column("First day shut, local to the subject.")
    valid_to: date | None = valid_to()
    reason: str = column("Why.")
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


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
        pattern=_KEY_PATTERN,
        default=(),
    )
    origin: str = column(
        "Place, country, zone ('@' and its key) or '*' for anywhere.", pattern=_RELATION
    )
    destination: str = column("As origin.", pattern=_RELATION)
    direction: str = column(
        "Only legs that end east or west of where they begin.",
        choices=("any", "east", "west"),
        default="any",
    )
    service_id: str | None = column(
        "Only on this service.", references="services.service_id", default=None
    )
    mode: str | None = column("Only in this mode.", choices=MODES, default=None)
    equipment: tuple[str, ...] = column(
        "Beginnings of the ISO 6346 size-type codes it holds for; blank: all.",
        pattern=r"[1-9A-Z][0-9A-Z]{0,3}",
        default=(),
    )
    loaded: str = column(
        "Loaded or empty equipment.", choices=("loaded", "empty", "any"), default="any"
    )
    wagon: str = column(
        "Whose wagons: the carrier's, private ones, or any.",
        choices=("carrier", "private", "any"),
        default="any",
    )
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
    conditions: str | None = column("Conditions, in the source's words.", default=None)
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    recorded_on: date | None = recorded_on()
    supersedes: str | None = column(
        "Item this one takes the place of, from the day it is recorded.",
        references="tariff_items.item_id",
        default=None,
    )
    is_withdrawal: bool = column(
        "The row only ends the item it supersedes, and prices nothing itself.", default=False
    )
    instrument_id: str | None = column(
        "Instrument it rests on.", references="instruments.instrument_id", default=None
    )
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
    service_id: str | None = column(
        "Only on this service.", references="services.service_id", default=None
    )
    mode: str | None = column("Only in this mode.", choices=MODES, default=None)
    equipment: tuple[str, ...] = column(
        "Beginnings of the ISO 6346 size-type codes it holds for; blank: all.",
        pattern=r"[1-9A-Z][0-9A-Z]{0,3}",
        default=(),
    )
    loaded: str = column(
        "Loaded or empty equipment.", choices=("loaded", "empty", "any"), default="any"
    )
    wagon: str = column(
        "Whose wagons: the carrier's, private ones, or any.",
        choices=("carrier", "private", "any"),
        default="any",
    )
    requires: tuple[str, ...] = rate_conditions()
    basis: str = column(
        "What the amount is counted by; percent is of the leg's freight, percent_of_value of the "
        "declared value.",
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
    currency: str | None = column(
        "ISO 4217 code; blank for percent.", code="currency", default=None
    )
    free_days: float | None = column(
        "Days that cost nothing, for per_container_day.", minimum=0.0, default=None
    )
    exclusive_group: str | None = column(
        "Of the surcharges of one group due at the same event only the highest is charged; blank: "
        "charged beside all others.",
        pattern=_KEY_PATTERN,
        default=None,
    )
    conditions: str | None = column("Conditions, in the source's words.", default=None)
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    recorded_on: date | None = recorded_on()
    supersedes: str | None = column(
        "Surcharge this one takes the place of, from the day it is recorded.",
        references="surcharges.surcharge_id",
        default=None,
    )
    is_withdrawal: bool = column(
        "The row only ends the surcharge it supersedes, and charges nothing itself.", default=False
    )
    instrument_id: str | None = column(
        "Instrument it rests on.", references="instruments.instrument_id", default=None
    )
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
        "Only for this customer; blank: for anyone who commits.", pattern=_KEY_PATTERN, default=None
    )
    equipment: tuple[str, ...] = column(
        "Beginnings of the ISO 6346 size-type codes it holds for; blank: all.",
        pattern=r"[1-9A-Z][0-9A-Z]{0,3}",
        default=(),
    )
    period: str = column("Over what the volume is counted.", choices=("month", "quarter", "year"))
    from_teu: float = column("Volume of the period from which it is given, in TEU.", minimum=0.0)
    percent: Decimal = column("Share of the freight given back.", minimum=0.0, maximum=100.0)
    conditions: str | None = column("Conditions, in the source's words.", default=None)
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    recorded_on: date | None = recorded_on()
    supersedes: str | None = column(
        "Rebate this one takes the place of, from the day it is recorded.",
        references="rebates.rebate_id",
        default=None,
    )
    is_withdrawal: bool = column(
        "The row only ends the rebate it supersedes, and gives nothing itself.", default=False
    )
    instrument_id: str | None = column(
        "Instrument it rests on.", references="instruments.instrument_id", default=None
    )
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EmissionFactor:
    """Well-to-wheel greenhouse gas intensity of a mode and traction."""

    TABLE: ClassVar[str] = "emission_factors"
    KEY: ClassVar[tuple[str, ...]] = ("factor_id",)

    factor_id: str = identifier("Key of the factor.")
    mode: str = column("Mode of transport.", choices=MODES)
    traction: str | None = column(
        "Traction it holds for; blank: the mode's default.",
        choices=("electric", "diesel"),
        default=None,
    )
    country: str | None = column(
        "Country whose grid or fleet it holds for; blank: any.", code="country", default=None
    )
    description: str = column("Vehicle, load and fuel assumed.")
    basis: str = column(
        "Tonne of cargo or container TEU the factor counts.", choices=("tonne_km", "teu_km")
    )
    wtw_g_co2e_per_basis: float = column(
        "Grams of CO2e a tonne-km or TEU-km, well to wheel.", minimum=0.0
    )
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Cargo counted, forecast or aimed at between two places or countries."""

    TABLE: ClassVar[str] = "demand"
    KEY: ClassVar[tuple[str, ...]] = ("demand_id",)

    demand_id: str = identifier("Key of the row.")
    type: str = column("What the figure is.", choices=("counted", "forecast", "target"))
    origin: str = column(
        "Place, country or '*'.", pattern=r"\*|[A-Z]{2}([A-Z2-9]{3}|-[A-Z0-9\-]+)?"
    )
    destination: str = column(
        "Place, country or '*'.", pattern=r"\*|[A-Z]{2}([A-Z2-9]{3}|-[A-Z0-9\-]+)?"
    )
    route: str | None = column("Route counted, in words: 'TITR', 'Aktau - Alat'.", default=None)
    commodity: str | None = column("Commodity, in words or HS.", default=None)
    period_from: date = column("First day counted.")
    period_to: date = column("Last day counted, included.")
    teu: float | None = column("Containers, in TEU.", minimum=0.0, default=None)
    tonnes: float | None = column("Cargo, in tonnes.", minimum=0.0, default=None)
    value_usd: float | None = column("Value of the trade.", minimum=0.0, default=None)
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFigure:
    """A transit time or price somebody published, to hold the feed's own offers against."""

    TABLE: ClassVar[str] = "published_figures"
    KEY: ClassVar[tuple[str, ...]] = ("figure_id",)

    figure_id: str = identifier("Key of the figure.")
    quantity: str = column(
        "What is given.", choices=("transit_days", "price_usd_per_20ft", "price_usd_per_40ft")
    )
    origin: str = column("Place or country.", pattern=r"[A-Z]{2}([A-Z2-9]{3}|-[A-Z0-9\-]+)?")
    destination: str = column("Place or country.", pattern=r"[A-Z]{2}([A-Z2-9]{3}|-[A-Z0-9\-]+)?")
    route: str = column(
        "Route meant.",
        choices=("middle_corridor", "northern", "sea_suez", "southern", "other"),
    )
    low: float = column("Lower figure.", minimum=0.0)
    high: float = column("Upper figure.", minimum=0.0)
    as_of: date | None = column("Day it was said.", default=None)
    note: str | None = column("What it covers.", default=None)
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


ROW_TYPES: Mapping[str, type[Any]] = {
    row.TABLE: row
    for row in (
        Source,
        Instrument,
        Carrier,
        Place,
        Terminal,
        Transfer,
        Link,
        BorderCrossing,
        Calendar,
        CalendarException,
        Service,
        Call,
        Closure,
        Zone,
        TariffItem,
        Surcharge,
        Rebate,
        ExchangeRate,
        EmissionFactor,
        Demand,
        PublishedFigure,
    )
}
"""Row class of each table, in the order the tables are written."""


@dataclass(frozen=True)
class FeedInfo:
    """What the descriptor says of the feed as a whole.

    ``valid_from`` and ``valid_to`` are the first and last day the feed means to speak for, both
    included; None where it does not say.
    """

    name: str
    title: str
    version: str
    description: str = ""
    licence: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Feed:
    """A corridor feed in memory: one tuple of rows a table, in the order of the file."""

    info: FeedInfo
    sources: tuple[Source, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    carriers: tuple[Carrier, ...] = ()
    places: tuple[Place, ...] = ()
    terminals: tuple[Terminal, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    links: tuple[Link, ...] = ()
    border_crossings: tuple[BorderCrossing, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    calendar_exceptions: tuple[CalendarException, ...] = ()
    services: tuple[Service, ...] = ()
    calls: tuple[Call, ...] = ()
    closures: tuple[Closure, ...] = ()
    zones: tuple[Zone, ...] = ()
    tariff_items: tuple[TariffItem, ...] = ()
    surcharges: tuple[Surcharge, ...] = ()
    rebates: tuple[Rebate, ...] = ()
    exchange_rates: tuple[ExchangeRate, ...] = ()
    emission_factors: tuple[EmissionFactor, ...] = ()
    demand: tuple[Demand, ...] = ()
    published_figures: tuple[PublishedFigure, ...] = ()

    def table(self, name: str) -> tuple[Any, ...]:
        """Return the rows of one table.

        Raises
        ------
        KeyError
            If there is no table of that name.
        """
        if name not in ROW_TYPES:
            raise KeyError(name)
        rows: tuple[Any, ...] = getattr(self, name)
        return rows
