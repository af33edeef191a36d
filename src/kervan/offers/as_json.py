"""A quote as JSON, in the schema ``kervan/schemas/quote.v1.json``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, timedelta
from math import isnan
from typing import TYPE_CHECKING, Any

from kervan.feed.tables import Place
from kervan.network.clock import datetime_of
from kervan.offers.model import Offer, OfferLeg, Quote
from kervan.offers.wording import runs_text
from kervan.tariff import Money, Price, PriceLine

if TYPE_CHECKING:
    from kervan.itinerary.decisions import Decision
    from kervan.itinerary.reliability import Connection
    from kervan.itinerary.strategy import Strategy

SCHEMA = "quote.v1"


def quote_as_json(quote: Quote) -> dict[str, Any]:
    """Return a quote as plain values.

    Times are ISO 8601 with the local offset of the place; amounts are texts of major units with all
    decimals of the currency, so that nothing is lost on the way; durations are minutes.
    """
    return {
        "schema": SCHEMA,
        "ok": True,
        "feed": {
            "name": quote.feed.name,
            "title": quote.feed.title,
            "version": quote.feed.version,
        },
        "request": _request(quote),
        "offers": [_offer(quote, offer) for offer in quote.offers],
        "strategy": None if quote.strategy is None else _strategy(quote.strategy),
        "notes": list(quote.notes),
    }


def _request(quote: Quote) -> dict[str, Any]:
    limits = quote.constraints
    shipment = quote.shipment
    return {
        "origin": _place(quote.origin),
        "destination": _place(quote.destination),
        "equipment": shipment.equipment.code,
        "count": shipment.count,
        "teu": float(shipment.teu),
        "weight_kg": shipment.weight_kg,
        "commodity": shipment.commodity,
        "dangerous_goods": shipment.dangerous_goods,
        "out_of_gauge": shipment.out_of_gauge,
        "block_train": shipment.block_train,
        "private_wagons": shipment.private_wagons,
        "value_usd": None if shipment.value_usd is None else str(shipment.value_usd),
        "customer_id": shipment.customer_id,
        "committed_teu": quote.committed_teu,
        "ready": quote.ready.isoformat(),
        "window_days": quote.window / timedelta(days=1),
        "arrive_by": limits.latest_arrival.isoformat() if limits.latest_arrival else None,
        "via": sorted(
            {*limits.via_places, *limits.via_countries, *limits.via_carriers, *limits.via_modes}
        ),
        "avoid": sorted(
            {
                *limits.avoid_places,
                *limits.avoid_countries,
                *limits.avoid_carriers,
                *limits.avoid_modes,
            }
        ),
        "max_transshipments": limits.max_transshipments,
        "currency": quote.currency,
        "tariff_day": quote.tariff_day.isoformat(),
    }


def _offer(quote: Quote, offer: Offer) -> dict[str, Any]:
    found = offer.reliability
    limit = quote.constraints.latest_arrival
    content = {
        "number": offer.number,
        "best_at": list(offer.best_at),
        "hand_over_by": offer.hand_over_at.isoformat(),
        "arrives": offer.arrives_at.isoformat(),
        "transit_minutes": round(offer.transit / timedelta(minutes=1)),
        "transshipments": offer.itinerary.transshipments,
        "distance_km": round(offer.distance_km, 3),
        "has_estimates": offer.has_estimates,
        "legs": [_leg(leg) for leg in offer.legs],
        "price": price_as_json(offer.price),
        "co2e": {
            "kg": round(offer.emission.kg_co2e, 3),
            "complete": offer.emission.is_complete,
            "missing_legs": list(offer.emission.missing_legs),
            "lines": [
                {
                    "leg": line.leg_index,
                    "factor_id": line.factor.factor_id,
                    "basis": line.factor.basis,
                    "g_per_basis": line.factor.wtw_g_co2e_per_basis,
                    "activity": round(line.activity, 3),
                    "distance_km": round(line.distance_km, 3),
                    "kg": round(line.kg_co2e, 3),
                    "is_estimate": line.factor.is_estimate,
                    "source_id": line.factor.source_id,
                }
                for line in offer.emission.lines
            ],
        },
        "reliability": {
            "arrival_p50": _utc(found.p50),
            "arrival_p95": _utc(found.p95),
            "arrival_mean": _utc(None if isnan(found.mean) else found.mean),
            "chance_unfinished": round(found.chance_unfinished, 6),
            "chance_by_arrive_by": None
            if limit is None
            else round(found.chance_by(round(limit.timestamp() / 60)), 6),
            "connections": [_connection(c) for c in found.connections],
        },
    }
    if offer.capacity is not None:
        from kervan.offers.capacity import capacity_as_json

        content["capacity"] = capacity_as_json(offer.capacity)
    return content


def _leg(leg: OfferLeg) -> dict[str, Any]:
    return {
        "service_id": leg.service.service_id,
        "service": leg.service.name,
        "carrier_id": leg.carrier.carrier_id,
        "carrier": leg.carrier.name,
        "mode": leg.leg.mode,
        "from": _place(leg.from_place),
        "to": _place(leg.to_place),
        "pattern": leg.service.pattern,
        "runs": runs_text(leg.service),
        "dangerous_goods": leg.service.dangerous_goods,
        "departs": leg.departs_at.isoformat(),
        "arrives": leg.arrives_at.isoformat(),
        "distance_km": round(leg.leg.distance_km, 3),
        "crossing_ids": list(leg.leg.crossing_ids),
        "link_ids": [stretch.link_id for stretch in leg.leg.stretches],
        "before": [asdict(entry) for entry in leg.before],
        "aboard": [asdict(entry) for entry in leg.aboard],
    }


def price_as_json(price: Price) -> dict[str, Any]:
    """Return a price as plain values."""
    return {
        "complete": price.is_complete,
        "total": _money(price.total),
        "known": _money(price.known),
        "unpriced_legs": list(price.unpriced_legs),
        "unconverted": list(price.unconverted),
        "lines": [_price_line(line) for line in price.lines],
    }


def _price_line(line: PriceLine) -> dict[str, Any]:
    return {
        "legs": list(line.legs),
        "kind": line.kind,
        "carrier_id": line.carrier_id,
        "item_id": line.item_id,
        "name": line.name,
        "where": line.where,
        "basis": line.basis,
        "rate": str(line.rate),
        "quantity": str(line.quantity),
        "amount": _money(line.amount),
        "in_total": _money(line.in_total),
        "exchange": [
            {
                "from": rate.from_currency,
                "to": rate.to_currency,
                "rate": str(rate.rate),
                "rate_date": rate.rate_date.isoformat(),
                "source_id": rate.source_id,
            }
            for rate in line.rates
        ],
        "limit": line.limit,
        "rounding": line.rounding,
        "exchange_rule": line.exchange_rule,
        "instrument_id": line.instrument_id,
        "conditions": line.conditions,
        "is_estimate": line.is_estimate,
        "source_id": line.source_id,
    }


def _connection(connection: Connection) -> dict[str, Any]:
    chance, delay = connection.chance_missed, connection.delay_hours
    return {
        "leg": connection.ride,
        "miss_chance": None if chance is None else round(chance, 6),
        "next_departure": _utc(connection.next_departure),
        "added_hours": None if delay is None else round(delay, 2),
        "ready_p50": _utc(connection.ready_p50),
        "ready_p95": _utc(connection.ready_p95),
    }


def _strategy(strategy: Strategy) -> dict[str, Any]:
    return {
        "arrival_expected": strategy.expected_at.isoformat(),
        "arrival_p50": _utc(strategy.arrival.p50),
        "arrival_p95": _utc(strategy.arrival.p95),
        "chance_unfinished": round(strategy.chance_unfinished, 6),
        "decisions": [_decision(strategy, decision) for decision in strategy.decisions],
    }


def _decision(strategy: Strategy, decision: Decision) -> dict[str, Any]:
    service = None
    if decision.leg is not None:
        service = strategy.network.way_of_leg(decision.leg).service.service_id
    return {
        "place_id": decision.place_id,
        "mode": decision.mode,
        "ready_from": _utc(decision.ready_from),
        "ready_until": _utc(decision.ready_until),
        "chance": round(decision.probability, 6),
        "do": "change" if decision.is_change else "board",
        "service_id": service,
        "departs": _utc(decision.departs),
        "next_mode": decision.next_mode,
        "to_place_id": decision.to_place_id,
    }


def _money(money: Money | None) -> dict[str, str] | None:
    return None if money is None else {"amount": str(money.major), "currency": money.currency}


def _place(place: Place) -> dict[str, Any]:
    return {
        "place_id": place.place_id,
        "name": place.name,
        "country": place.country,
        "timezone": place.timezone,
    }


def _utc(minute: float | None) -> str | None:
    return None if minute is None else datetime_of(round(minute)).astimezone(UTC).isoformat()
