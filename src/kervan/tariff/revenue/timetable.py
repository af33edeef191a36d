"""What a feed says of the rides that places are counted for: their calls, and when they leave."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from kervan.feed.tables import Feed, Service
from kervan.network import Network, compile_network
from kervan.network.clock import local_datetime
from kervan.tariff.revenue.dated import dated_runs

_TIMETABLE = "timetable"


@dataclass(frozen=True, slots=True)
class Times:
    """When a ride leaves.

    Attributes
    ----------
    has_clock
        Whether the feed gives clock times.
    moments
        Local moments, in order; empty without clock times.
    """

    has_clock: bool
    moments: tuple[datetime, ...]

    def nearest(self, moment: date | datetime) -> str:
        """Return a sentence with the departure next to a moment."""
        if not self.moments:
            return "It has no departure near that day."
        midnight = datetime.min.time()
        at = moment if isinstance(moment, datetime) else datetime.combine(moment, midnight)
        found = min(self.moments, key=lambda other: abs(other - at))
        return f"The nearest departure is {found:%Y-%m-%dT%H:%M}."


@dataclass(frozen=True, slots=True)
class Rides:
    """Services over a span of days.

    Attributes
    ----------
    feed
        The services alone.
    network
        The same, compiled.
    services, timezones
        Services and zones of places, by key.
    """

    feed: Feed
    network: Network
    services: Mapping[str, Service]
    timezones: Mapping[str, str]

    def calls(self, service_id: str) -> tuple[str, ...]:
        """Return the places a service calls at, in order."""
        calls = [call for call in self.feed.calls if call.service_id == service_id]
        return tuple(call.place_id for call in sorted(calls, key=lambda call: call.sequence))

    def departures(self, service_id: str, here: str, there: str) -> Times | None:
        """Return when a ride leaves, None where there is no such ride in the span of days."""
        wanted = (service_id, here, there)
        if all(
            (leg.service_id, leg.from_place_id, leg.to_place_id) != wanted
            for leg in self.network.legs
        ):
            return None
        if self.services[service_id].pattern != _TIMETABLE:
            return Times(False, ())
        zone = self.timezones[here]
        # Places do not matter here, and the feed may not say how many there are.
        runs = dated_runs(self.network, service_id, here, there, capacity_teu=0)
        moments = (local_datetime(run.departs, zone).replace(tzinfo=None) for run in runs)
        return Times(True, tuple(moments))


def rides_of(feed: Feed, service_ids: Collection[str], first_day: date, last_day: date) -> Rides:
    """Return what a feed says about services over a span of days, and a week around it."""
    alone = replace(
        feed,
        services=tuple(row for row in feed.services if row.service_id in service_ids),
        calls=tuple(row for row in feed.calls if row.service_id in service_ids),
    )
    week = timedelta(days=7)
    network = compile_network(alone, first_day - week, last_day + week, include_planned=True)
    return Rides(
        feed=alone,
        network=network,
        services={row.service_id: row for row in alone.services},
        timezones={row.place_id: row.timezone for row in feed.places},
    )
