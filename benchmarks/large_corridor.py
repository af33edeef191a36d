"""A generated corridor with a million dated departures in a year.

Three trunk axes run from Europe to China, 37 hubs each, with two seas across the middle one. Block
trains run along the axes with many calls, cross trains between them, ferries over the seas; every
hub has four feeder places, reached by branch trains and by lorry line-hauls several times a day.
Beside the timetable there are rolling services: lorries on demand, ferries that leave when full,
trains so many times a week. Hubs have terminals with a dwell, a cut-off and, one in four, opening
hours; places lie in seven time zones, two of which keep summer time.

The same seed gives the same feed. Nothing in it is a fact of any real corridor.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import numpy as np

from kervan.feed.tables import (
    Calendar,
    Call,
    Carrier,
    Feed,
    FeedInfo,
    Link,
    MinuteOfDay,
    Place,
    Service,
    Source,
    Terminal,
    Transfer,
)
from kervan.itinerary import Weights
from kervan.network import Network

FIRST_DAY, LAST_DAY = date(2026, 1, 1), date(2026, 12, 31)
SOURCE = "generated"
AXES = "NMS"
HUBS = 37
FEEDERS = 4
SEAS = ((9, 10), (18, 19))
"""Hubs of the middle axis with a sea between them."""
ZONES = (
    # Last hub, country, zone, hours ahead of UTC in winter.
    (4, "DE", "Europe/Berlin", 1),
    (9, "RO", "Europe/Bucharest", 2),
    (14, "TR", "Europe/Istanbul", 3),
    (18, "AZ", "Asia/Baku", 4),
    (26, "KZ", "Asia/Almaty", 5),
    (29, "KG", "Asia/Bishkek", 6),
    (HUBS, "CN", "Asia/Shanghai", 8),
)
SHARES = {"trunk": 0.30, "cross": 0.08, "ferry": 0.04, "branch": 0.26, "lorry": 0.32}
"""Share of each kind of service among the dated ones."""
WEEKDAYS = ((1,) * 7, (1, 1, 1, 1, 1, 1, 0), (1, 1, 1, 1, 1, 0, 0), (1, 0, 1, 0, 1, 0, 1))
CARRIERS = {
    "rail": ("EAST", "STEPPE", "CAUC", "WEST"),
    "ferry": ("CASP", "PONT"),
    "road": ("HAUL",),
}
SPEEDS = {"rail": 38.0, "ferry": 20.0, "road": 55.0}
PRICES = {
    # Minor units a km, and for lifting on and off, for one 40-foot container.
    "EAST": (48, 9_000),
    "STEPPE": (44, 10_500),
    "CAUC": (61, 8_000),
    "WEST": (72, 12_000),
    "CASP": (90, 30_000),
    "PONT": (75, 26_000),
    "HAUL": (118, 4_000),
}
GRAMS_PER_KM = {"rail": 420, "ferry": 690, "road": 1_480}


def large_corridor(departures: int = 1_000_000, seed: int = 2026) -> Feed:
    """Return a feed with at least so many dated departures in the year 2026.

    Parameters
    ----------
    departures
        Dated departures from the first to the last day of 2026, at least.
    seed
        Seed of the generator.
    """
    build = _Build(random.Random(seed))
    build.lay_out()
    build.run_rolling()
    build.run_dated(departures)
    return build.feed()


def leg_weights(network: Network) -> Weights:
    """Return a price and an emission for every leg of a generated corridor.

    A leg costs its carrier's rate a km, with a rebate on the part over 1,000 km, and a lift; it
    emits so much a km by its mode.
    """
    price = np.zeros(len(network.leg_calls), np.int64)
    emission = np.zeros(len(network.leg_calls), np.int64)
    leg = 0
    for way in network.line_ways:
        rate, lift = PRICES[way.service.carrier_id]
        grams = GRAMS_PER_KM[way.service.mode]
        km = [sum(step.link.distance_km for step in path) for path in way.paths]
        for board in range(len(way.calls)):
            ridden = 0.0
            for section in km[board:]:
                ridden += section
                charged = min(ridden, 1_000.0) + 0.8 * max(ridden - 1_000.0, 0.0)
                price[leg] = lift + round(rate * charged)
                emission[leg] = round(grams * ridden)
                leg += 1
    return Weights(price, emission)


def questions(feed: Feed, count: int, seed: int = 7) -> list[tuple[str, str, int]]:
    """Return origins, destinations and minutes after the year's start at which cargo is ready.

    Origins and destinations are drawn from all places, at least ten hubs apart; the days lie in
    the first three quarters of the year, so that no answer is cut by the horizon.
    """
    rng = random.Random(seed)
    ids = [place.place_id for place in feed.places]
    hub_of = {place.place_id: place.longitude_deg for place in feed.places}
    asked: list[tuple[str, str, int]] = []
    while len(asked) < count:
        here, there = rng.sample(ids, 2)
        if abs(hub_of[here] - hub_of[there]) >= 10 * _DEGREES:
            asked.append((here, there, rng.randrange(275 * 1440)))
    return asked


_DEGREES = 2.8
"""Longitude between two hubs of an axis."""


@dataclass
class _Build:
    rng: random.Random
    places: list[Place] = field(default_factory=list)
    terminals: list[Terminal] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    links: dict[tuple[str, str, str], Link] = field(default_factory=dict)
    services: list[Service] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    hours_ahead: dict[str, int] = field(default_factory=dict)
    hubs: dict[tuple[str, int], str] = field(default_factory=dict)
    feeders: dict[str, list[str]] = field(default_factory=dict)

    def lay_out(self) -> None:
        """Lay the places, terminals and links."""
        for axis in AXES:
            for hub in range(HUBS):
                place_id = self._place(axis, hub, None)
                self.hubs[axis, hub] = place_id
                self.feeders[place_id] = []
                self._terminal(place_id, hub)
                for feeder in range(FEEDERS):
                    near = self._place(axis, hub, feeder)
                    self.feeders[place_id].append(near)
                    km = self.rng.uniform(40, 220)
                    self._link(place_id, near, "rail", km)
                    self._link(place_id, near, "road", km * 0.9)
        for axis in AXES:
            for hub in range(HUBS - 1):
                here, there = self.hubs[axis, hub], self.hubs[axis, hub + 1]
                mode = "ferry" if axis == "M" and (hub, hub + 1) in SEAS else "rail"
                km = self.rng.uniform(190, 330)
                self._link(here, there, mode, km)
                if mode == "rail":
                    self._link(here, there, "road", km * 1.05)
        for hub in range(0, HUBS, 4):
            for one, other in pairwise(AXES):
                self._link(
                    self.hubs[one, hub], self.hubs[other, hub], "rail", self.rng.uniform(300, 600)
                )

    def _place(self, axis: str, hub: int, feeder: int | None) -> str:
        country, zone, ahead = next(row[1:] for row in ZONES if hub < row[0] or row[0] == HUBS)
        place_id = f"{country}-{axis}{hub}" + ("" if feeder is None else f"-{feeder}")
        self.hours_ahead[place_id] = ahead
        self.places.append(
            Place(
                place_id=place_id,
                name=f"{'Hub' if feeder is None else 'Feeder'} {place_id[3:]}",
                country=country,
                latitude_deg={"N": 52.0, "M": 43.0, "S": 36.0}[axis] + 0.5 * (feeder or 0),
                longitude_deg=9.0 + _DEGREES * hub,
                coordinates_basis="known",
                timezone=zone,
                type="city",
                source_id=SOURCE,
            )
        )
        return place_id

    def _terminal(self, place_id: str, hub: int) -> None:
        p50 = float(self.rng.randint(3, 14))
        hours = self.rng.random() < 0.25
        self.terminals.append(
            Terminal(
                terminal_id=f"T-{place_id}",
                place_id=place_id,
                name=place_id,
                modes=("rail", "road", "ferry"),
                dwell_p50_hours=p50,
                dwell_p95_hours=2 * p50,
                cut_off_hours=float(self.rng.randint(1, 5)),
                opens_local=MinuteOfDay(6 * 60) if hours else None,
                closes_local=MinuteOfDay(20 * 60) if hours else None,
                open_days=("mon", "tue", "wed", "thu", "fri", "sat") if hours else (),
                source_id=SOURCE,
            )
        )
        if hub % 5 == 0:
            self.transfers.append(
                Transfer(
                    place_id=place_id,
                    from_mode="rail",
                    to_mode="rail",
                    dwell_p50_hours=p50 / 2,
                    dwell_p95_hours=p50,
                    source_id=SOURCE,
                )
            )

    def _link(self, here: str, there: str, mode: str, km: float) -> None:
        self.links[here, there, mode] = Link(
            link_id=f"L{len(self.links)}",
            from_place_id=here,
            to_place_id=there,
            mode=mode,
            distance_km=round(km, 1),
            source_id=SOURCE,
        )

    def run_dated(self, departures: int) -> None:
        """Add timetabled services until there are departures enough."""
        days = np.arange(FIRST_DAY.toordinal(), LAST_DAY.toordinal() + 1)
        in_year = [int(np.array(mask)[(days - 1) % 7].sum()) for mask in WEEKDAYS]
        kinds, shares = list(SHARES), list(SHARES.values())
        made = 0
        for hub, near in self.feeders.items():
            for place_id in near:  # every place can be reached and left
                for way in ([hub, place_id], [place_id, hub]):
                    self._timetable("road", way, "C0")
                    made += in_year[0]
        while made < departures:
            kind = self.rng.choices(kinds, shares)[0]
            mode, way = getattr(self, f"_{kind}")()
            if self.rng.random() < 0.5:
                way = way[::-1]
            mask = self.rng.choices(range(len(WEEKDAYS)), (5, 2, 2, 2))[0]
            self._timetable(mode, way, f"C{mask}")
            made += in_year[mask]

    def _trunk(self) -> tuple[str, list[str]]:
        axis = self.rng.choice(AXES)
        low, high = 0, HUBS - 1
        if axis == "M":
            shores = (0, *(k for sea in SEAS for k in sea), HUBS - 1)
            low, high = self.rng.choices(
                list(zip(shores[::2], shores[1::2], strict=True)), (10, 9, 18)
            )[0]
        length = min(self.rng.randint(7, 16), high - low + 1)
        start = self.rng.randint(low, high - length + 1)
        ends = {start, start + length - 1}
        hubs = [h for h in range(start, start + length) if h in ends or self.rng.random() < 0.8]
        return "rail", [self.hubs[axis, hub] for hub in hubs]

    def _cross(self) -> tuple[str, list[str]]:
        hub = 4 * self.rng.randint(0, (HUBS - 1) // 4)
        return "rail", [self.hubs[axis, hub] for axis in AXES]

    def _ferry(self) -> tuple[str, list[str]]:
        here, there = self.rng.choice(SEAS)
        return "ferry", [self.hubs["M", here], self.hubs["M", there]]

    def _branch(self) -> tuple[str, list[str]]:
        hub = self.rng.choice(list(self.feeders))
        near = self.rng.sample(self.feeders[hub], 2)
        # Half the branch trains run through the hub, from one feeder place to another.
        return "rail", [near[0], hub, near[1]] if self.rng.random() < 0.5 else [hub, near[0]]

    def _lorry(self) -> tuple[str, list[str]]:
        if self.rng.random() < 0.25:
            roads = [(a, b) for a, b, mode in self.links if mode == "road" and b in self.feeders]
            return "road", list(self.rng.choice(roads))
        hub = self.rng.choice(list(self.feeders))
        return "road", [hub, self.rng.choice(self.feeders[hub])]

    def _hours(self, mode: str, here: str, there: str) -> float:
        link = self.links.get((here, there, mode)) or self.links.get((there, here, mode))
        # A train that does not call at a hub in between still runs over its links.
        km = link.distance_km if link is not None else 520.0
        return round(km / SPEEDS[mode] * self.rng.uniform(0.9, 1.2), 2)

    def _add(self, mode: str, pattern: str, **more: object) -> str:
        service_id = f"S{len(self.services)}"
        self.services.append(
            Service(
                service_id=service_id,
                carrier_id=self.rng.choice(CARRIERS[mode]),
                name=f"Service {len(self.services)}",
                mode=mode,
                pattern=pattern,
                source_id=SOURCE,
                **more,
            )
        )
        return service_id

    def _timetable(self, mode: str, way: Sequence[str], calendar_id: str) -> None:
        service_id = self._add(mode, "timetable", calendar_id=calendar_id)
        # Counted in winter time of the first place; the last minute of the day never moves a day.
        minute = self.rng.randrange(0, 1440, 5)
        start_ahead = self.hours_ahead[way[0]]
        for k, place_id in enumerate(way):
            shift = 60 * (self.hours_ahead[place_id] - start_ahead)
            arrive = depart = minute
            if k:
                arrive = minute + max(10, round(60 * self._hours(mode, way[k - 1], place_id)))
                depart = arrive + self.rng.choice((20, 45, 90, 180))
            minute = depart
            first, last = k == 0, k == len(way) - 1
            self.calls.append(
                Call(
                    service_id=service_id,
                    sequence=k,
                    place_id=place_id,
                    arrival_day=None if first else (arrive + shift) // 1440,
                    arrival_time_local=None if first else MinuteOfDay((arrive + shift) % 1440),
                    departure_day=None if last else (depart + shift) // 1440,
                    departure_time_local=None if last else MinuteOfDay((depart + shift) % 1440),
                    source_id=SOURCE,
                )
            )

    def run_rolling(self) -> None:
        """Add the services that keep no timetable."""
        for (here, there), mode in [(sea, "ferry") for sea in SEAS for _ in range(2)]:
            self._rolling(mode, "when_full", [self.hubs["M", here], self.hubs["M", there]], 36.0)
        for hub, near in self.feeders.items():
            if self.rng.random() < 0.3:
                self._rolling("road", "on_demand", [hub, near[0]], 8.0)
        for axis in AXES:
            for start in range(0, HUBS - 6, 9):
                if axis != "M":
                    way = [self.hubs[axis, start + k] for k in range(5)]
                    self._rolling("rail", "frequency", way, None)

    def _rolling(self, mode: str, pattern: str, way: list[str], wait: float | None) -> None:
        for places in (way, way[::-1]):
            service_id = self._add(
                mode,
                pattern,
                wait_p50_hours=wait,
                wait_p95_hours=None if wait is None else 2 * wait,
                departures_per_week=4.0 if wait is None else None,
            )
            for k, place_id in enumerate(places):
                run = self._hours(mode, places[k - 1], place_id) if k else None
                self.calls.append(
                    Call(
                        service_id=service_id,
                        sequence=k,
                        place_id=place_id,
                        run_p50_hours=run,
                        run_p95_hours=None if run is None else 1.5 * run,
                        source_id=SOURCE,
                    )
                )

    def feed(self) -> Feed:
        """Return the feed."""
        days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        types = {"rail": "railway", "ferry": "ferry", "road": "road"}
        return Feed(
            info=FeedInfo(name="large-corridor", title="Generated corridor", version="1"),
            sources=(Source(source_id=SOURCE, title="Made by benchmarks/large_corridor.py"),),
            carriers=tuple(
                Carrier(carrier_id=key, name=key, type=types[mode], source_id=SOURCE)
                for mode, keys in CARRIERS.items()
                for key in keys
            ),
            places=tuple(self.places),
            terminals=tuple(self.terminals),
            transfers=tuple(self.transfers),
            links=tuple(self.links.values()),
            calendars=tuple(
                Calendar(
                    calendar_id=f"C{row}",
                    source_id=SOURCE,
                    **{day: bool(runs) for day, runs in zip(days, mask, strict=True)},
                )
                for row, mask in enumerate(WEEKDAYS)
            ),
            services=tuple(self.services),
            calls=tuple(self.calls),
        )
