"""Every hour between hand-over and arrival, accounted for."""

from __future__ import annotations

from kervan.feed.tables import Place, Terminal, Transfer
from kervan.itinerary import Itinerary
from kervan.network import Network
from kervan.network.durations import CONSTANT, Duration
from kervan.network.model import Part
from kervan.offers.model import OfferLeg, TimeEntry


def offer_legs(network: Network, itinerary: Itinerary) -> tuple[OfferLeg, ...]:
    """Return the rides of an itinerary with what their time is made of.

    The entries of all legs, in minutes, add up to the planned time from hand-over to arrival.
    """
    legs: list[OfferLeg] = []
    crossings = {row.crossing_id: row.name for row in network.feed.border_crossings}
    released = itinerary.hand_over
    for index, ride in enumerate(itinerary.rides):
        way = network.way_of_leg(ride.leg)
        leg = network.leg(ride.leg)
        here, there = _place(network, leg.from_place_id), _place(network, leg.to_place_id)
        before: list[TimeEntry] = []
        if ride.ready > released:
            if index == 0:
                before.append(_closed(here, ride.ready - released))
            else:
                mode_before = network.way_of_leg(itinerary.rides[index - 1].leg).service.mode
                before.append(_dwell(network, here, mode_before, leg.mode, ride.ready - released))
        before += _waiting(network, here, itinerary, index)
        aboard = _riding(network, crossings, there, itinerary, index)
        legs.append(
            OfferLeg(
                leg=leg,
                ride=ride,
                service=way.service,
                carrier=network.carriers[leg.carrier_id],
                from_place=here,
                to_place=there,
                before=tuple(before),
                aboard=tuple(aboard),
            )
        )
        released = ride.arrives
    return tuple(legs)


def _place(network: Network, place_id: str) -> Place:
    return network.places[network.place_index[place_id]]


def _closed(place: Place, minutes: int) -> TimeEntry:
    return TimeEntry("closed", place.name, minutes, None, False)


def _dwell(network: Network, place: Place, from_mode: str, to_mode: str, minutes: int) -> TimeEntry:
    stated = network.docks.dwell(place.place_id, from_mode, to_mode)
    rows: list[Transfer | Terminal] = [*network.feed.transfers, *network.feed.terminals]
    estimated = any(row.is_estimate for row in rows if row.place_id == place.place_id)
    return TimeEntry("dwell", place.name, minutes, _tail(stated), estimated)


def _waiting(network: Network, place: Place, itinerary: Itinerary, index: int) -> list[TimeEntry]:
    """Return the time from readiness to departure: shut, then waiting for the service."""
    ride = itinerary.rides[index]
    waited = ride.departs - ride.ready
    part = network.wait_part(ride.leg)
    if part is None:
        return [TimeEntry("wait", place.name, waited, None, False)] if waited else []
    own = min(waited, round(part.duration.p50))
    entries = [_closed(place, waited - own)] if waited > own else []
    if own:
        entries.append(TimeEntry("wait", place.name, own, _tail(part.duration), part.is_estimate))
    return entries


def _riding(
    network: Network, crossings: dict[str, str], place: Place, itinerary: Itinerary, index: int
) -> list[TimeEntry]:
    """Return the time from departure to arrival, piece by piece."""
    ride = itinerary.rides[index]
    departure = ride.departure if ride.is_dated else None
    parts = [p for p in network.ride_parts(ride.leg, departure) if p.duration.p95 > 0]
    total = ride.arrives - ride.departs
    scheduled = min(total, round(sum(part.duration.p50 for part in parts)))
    entries = [
        TimeEntry(
            part.kind,
            _where(network, crossings, part),
            minutes,
            _tail(part.duration),
            part.is_estimate,
        )
        for part, minutes in zip(parts, _whole_minutes(parts, scheduled), strict=True)
    ]
    if total > scheduled:
        entries.append(_closed(place, total - scheduled))
    return entries


def _whole_minutes(parts: list[Part], total: int) -> list[int]:
    """Round the pieces to whole minutes that add up to a total."""
    ends = []
    reached = 0.0
    for part in parts:
        reached += part.duration.p50
        ends.append(min(total, round(reached)))
    if ends:
        ends[-1] = total
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def _where(network: Network, crossings: dict[str, str], part: Part) -> str:
    if part.kind in ("border", "gauge_change"):
        return crossings.get(part.where, part.where)
    ends = part.where.split(" - ")
    return " - ".join(
        _place(network, end).name if end in network.place_index else end for end in ends
    )


def _tail(duration: Duration | None) -> int | None:
    if duration is None or duration.shape == CONSTANT:
        return None
    return round(duration.p95)
