"""A price as a tariff clerk would write it down: item, rule, rate, rounding, instrument, source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from kervan.feed.tables import Feed, Rebate, Surcharge, TariffItem
from kervan.network.legs import Leg
from kervan.shipment import Shipment
from kervan.tariff.lines import Price, PriceLine

_COUNTED = {
    "per_container": "container",
    "per_teu": "TEU",
    "per_wagon": "wagon",
    "per_tonne": "tonne",
    "per_container_km": "container-kilometre",
    "per_teu_km": "TEU-kilometre",
    "per_wagon_km": "wagon-kilometre",
    "per_tonne_km": "tonne-kilometre",
    "per_container_day": "container-day",
}
_ROUNDED = {"half_up": "half up", "half_even": "half to even", "up": "up"}
_COMBINED = {
    "lowest": "Of the lawful combinations of through rates and sections the lowest was taken.",
    "through_first": "Through rates went before sections, and of what was left the lowest was "
    "taken.",
}


def clerk_lines(
    price: Price,
    legs: Sequence[Leg],
    shipment: Shipment,
    feed: Feed | Names,
    reasons: Sequence[str] = (),
) -> Iterator[str]:
    """Yield the lines of the explanation of a price.

    Parameters
    ----------
    price
        From :meth:`kervan.tariff.TariffBook.price`.
    legs, shipment
        What was priced.
    feed
        The feed it was priced by, or its names where several prices are explained.
    reasons
        Why the places left change the price, or do not, a sentence each.
    """
    names = feed if isinstance(feed, Names) else Names(feed)
    yield (
        f"Accepted on {_day(price.day)}, by the tariff "
        + (
            "as it stands on record."
            if price.known_on is None
            else f"on record on {_day(price.known_on)}."
        )
    )
    yield (
        f"{shipment.count} × {shipment.equipment.code}, "
        + ("empty" if shipment.is_empty else f"{shipment.weight_kg:,.0f} kg of cargo each")
        + (f", commodity {shipment.commodity}" if shipment.commodity else "")
        + (", in the shipper's own wagons" if shipment.private_wagons else "")
        + f"; {', '.join(sorted(kind.replace('_', ' ') for kind in shipment.kinds))}."
    )
    yield ""
    for number, line in enumerate(price.lines, 1):
        if line.kind == "capacity":
            yield from _capacity(number, line, legs, names, reasons)
        else:
            yield from _line(number, line, legs, names)
        yield ""
    if reasons and all(line.kind != "capacity" for line in price.lines):
        yield from reasons
        yield ""
    for index in price.unpriced_legs:
        leg = legs[index]
        yield (
            f"No item of {names.carrier(leg.carrier_id)} applies to "
            f"{names.place(leg.from_place_id)} - {names.place(leg.to_place_id)}: this leg is not "
            "in the price."
        )
    for currency in price.unconverted:
        yield (
            f"Amounts in {currency} are not in the price: no rate of exchange leads to "
            f"{price.currency}."
        )
    if any(line.is_through for line in price.lines):
        yield _COMBINED[price.combination]
    count = len(price.lines)
    yield (
        (f"The {count} lines come to" if count != 1 else "The line comes to")
        + f" {price.known}"
        + ("." if price.is_complete else ", which is not the whole price.")
    )


class Names:
    """The words of a feed for its keys."""

    def __init__(self, feed: Feed) -> None:
        self._carriers = {row.carrier_id: row.name for row in feed.carriers}
        self._places = {row.place_id: row.name for row in feed.places}
        self._crossings = {row.crossing_id: row.name for row in feed.border_crossings}
        self._instruments = {row.instrument_id: row.title for row in feed.instruments}
        self._sources = {row.source_id: row.title for row in feed.sources}
        self.items = {row.item_id: row for row in feed.tariff_items}
        self._surcharges = {row.surcharge_id: row for row in feed.surcharges}
        self._rebates = {row.rebate_id: row for row in feed.rebates}

    def carrier(self, key: str | None) -> str:
        """Return the name of a carrier."""
        return "whoever does it" if key is None else self._carriers.get(key, key)

    def place(self, key: str) -> str:
        """Return the name of a place or a border crossing."""
        return self._places.get(key) or self._crossings.get(key) or key

    def instrument(self, key: str) -> str:
        """Return the title of an instrument."""
        return self._instruments.get(key, key)

    def source(self, key: str) -> str:
        """Return the title of a source."""
        return self._sources.get(key, key)

    def basis_of_estimate(self, line: PriceLine) -> str | None:
        """Return how the row of a line was estimated; None where it does not say."""
        row: TariffItem | Surcharge | Rebate | None
        match line.kind:
            case "freight":
                row = self.items.get(line.item_id)
            case "rebate":
                row = self._rebates.get(line.item_id)
            case _:
                row = self._surcharges.get(line.item_id)
        return None if row is None else row.estimate_basis

    def base_of(self, line: PriceLine) -> str | None:
        """Return the surcharge that a percentage is of; None where it is of the freight."""
        row = self._surcharges.get(line.item_id) if line.kind == "surcharge" else None
        return None if row is None else row.of_surcharge_id

    def end(self, end: str) -> str:
        """Return one end of a relation in words."""
        if end == "*":
            return "anywhere"
        return f"zone {end[1:]}" if end.startswith("@") else self.place(end)


def _line(number: int, line: PriceLine, legs: Sequence[Leg], names: Names) -> Iterator[str]:
    first, last = legs[line.legs[0]], legs[line.legs[-1]]
    way = f"{names.place(first.from_place_id)} - {names.place(last.to_place_id)}"
    if line.kind == "freight":
        km = sum(legs[index].distance_km for index in line.legs)
        through = " through, as one" if line.is_through else ""
        yield f"{number}. {names.carrier(line.carrier_id)}: {way}{through}, {km:,.0f} km."
    elif line.kind == "rebate":
        yield f"{number}. {line.name}, granted by {names.carrier(line.carrier_id)} on {way}."
    else:
        where = names.place(line.where) if line.where else way
        yield f"{number}. {line.name}, {where}, due to {names.carrier(line.carrier_id)}."
    yield f"   {_title(line)} {line.item_id}: {_rate(line, names)}"
    item = names.items.get(line.item_id) if line.kind == "freight" else None
    if item is not None:
        yield f"   It holds {_scope(item, names)}."
    if line.conditions:
        yield f"   Conditions: {line.conditions}."
    yield f"   {_reckoning(line)}"
    if line.rates:
        chain = "; ".join(
            f"1 {rate.from_currency} = {rate.rate} {rate.to_currency} on {_day(rate.rate_date)}"
            f" ({names.source(rate.source_id)})"
            for rate in line.rates
        )
        rule = {
            "acceptance_day": "the rate of the day of acceptance",
            "month_start": "the rate of the first of the month",
        }[line.exchange_rule]
        yield f"   By {rule}, the last published: {chain}: {line.in_total}."
    if line.instrument_id:
        yield f"   It rests on: {names.instrument(line.instrument_id)}."
    estimate = names.basis_of_estimate(line) if line.is_estimate else None
    if line.is_estimate:
        yield f"   An estimate, not a published rate: {estimate or 'no basis is given'}."
    else:
        yield f"   Source: {names.source(line.source_id)}."


def _capacity(
    number: int, line: PriceLine, legs: Sequence[Leg], names: Names, reasons: Sequence[str]
) -> Iterator[str]:
    ways = ", ".join(
        f"{names.place(legs[index].from_place_id)} - {names.place(legs[index].to_place_id)}"
        for index in line.legs
    )
    yield f"{number}. {line.name}, {ways}."
    yield f"   Rule {line.item_id}: {_rate(line, names)}"
    for reason in reasons:
        yield f"   {reason}"
    yield f"   {_reckoning(line)}"
    yield f"   Set by: {names.source(line.source_id)}."


def _title(line: PriceLine) -> str:
    return {"freight": "Tariff item", "surcharge": "Surcharge", "rebate": "Rebate"}[line.kind]


def _rate(line: PriceLine, names: Names) -> str:
    if line.basis == "percent":
        of = names.base_of(line)
        return f"{_plain(line.rate)} % of {'the freight' if of is None else f'surcharge {of}'}."
    if line.basis == "percent_of_value":
        return f"{_plain(line.rate)} % of the declared value."
    return f"{_plain(line.rate)} {line.amount.currency} a {_COUNTED[line.basis]}."


def _scope(item: TariffItem, names: Names) -> str:
    parts = [f"from {names.end(item.origin)} to {names.end(item.destination)}"]
    if item.direction != "any":
        parts.append(f"{item.direction}bound")
    if item.mode is not None:
        parts.append(f"by {item.mode.replace('_', ' ')}")
    if item.equipment:
        parts.append(f"for equipment {', '.join(item.equipment)}")
    if item.loaded != "any":
        parts.append(item.loaded)
    if item.wagon != "any":
        parts.append(f"in {'the carrier’s' if item.wagon == 'carrier' else 'private'} wagons")
    if item.requires:
        parts.append(f"only {', '.join(kind.replace('_', ' ') for kind in item.requires)}")
    if item.commodity_prefixes:
        parts.append(f"for commodities {', '.join(item.commodity_prefixes)}")
    if item.weight_from_kg is not None or item.weight_to_kg is not None:
        parts.append(_band("cargo", item.weight_from_kg, item.weight_to_kg, "kg a unit"))
    if item.from_km is not None or item.to_km is not None:
        parts.append(_band("a way", item.from_km, item.to_km, "km"))
    since = "" if item.valid_from is None else f"from {_day(item.valid_from)} "
    until = "until further notice" if item.valid_to is None else f"to {_day(item.valid_to)}"
    return ", ".join(parts) + f", {since}{until}"


def _band(what: str, start: float | None, end: float | None, unit: str) -> str:
    bounds = ([f"from {start:,g}"] if start else []) + ([f"below {end:,g}"] if end else [])
    return f"for {what} {' and '.join(bounds)} {unit}"


def _reckoning(line: PriceLine) -> str:
    mode, _, step = line.rounding.partition(" to ")
    rounded = f"rounded {_ROUNDED[mode]} to {step}"
    if line.limit is not None:
        word = "least" if line.limit == "minimum" else "highest"
        return f"The {word} charge takes the place of the rate: {line.amount}, {rounded}."
    if line.basis.startswith("percent"):
        return (
            f"{_plain(line.rate)} % of {line.amount.currency} {_plain(line.quantity)} is "
            f"{line.amount}, {rounded}."
        )
    return (
        f"{_plain(line.quantity)} × {_plain(line.rate)} {line.amount.currency} = {line.amount}, "
        f"{rounded}."
    )


def _plain(value: Decimal) -> str:
    whole = value == value.to_integral_value()
    return f"{value.to_integral_value() if whole else value.normalize():,f}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
