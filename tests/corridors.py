"""Small corridors to test with: a few lines of Python make a feed."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kervan.feed.tables import (
    BorderCrossing,
    Calendar,
    CalendarException,
    Call,
    Carrier,
    Closure,
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

EVERY_DAY = "1111111"


def clock(text: str) -> MinuteOfDay:
    """Turn ``HH:MM`` into minutes after midnight."""
    hours, minutes = text.split(":")
    return MinuteOfDay(int(hours) * 60 + int(minutes))


@dataclass
class Corridor:
    """A feed under construction."""

    places: list[Place] = field(default_factory=list)
    terminals: list[Terminal] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    crossings: list[BorderCrossing] = field(default_factory=list)
    calendars: list[Calendar] = field(default_factory=list)
    exceptions: list[CalendarException] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)

    def place(self, place_id: str, zone: str = "UTC", lat: float = 40.0, lon: float = 50.0) -> str:
        self.places.append(
            Place(
                place_id=place_id,
                name=place_id,
                country=place_id[:2],
                latitude_deg=lat,
                longitude_deg=lon,
                coordinates_basis="known",
                timezone=zone,
                type="city",
                source_id="test",
            )
        )
        return place_id

    def terminal(
        self, place_id: str, modes: Sequence[str], p50: float, p95: float | None = None, **more: Any
    ) -> None:
        self.terminals.append(
            Terminal(
                terminal_id=f"T{len(self.terminals)}",
                place_id=place_id,
                name=place_id,
                modes=tuple(modes),
                dwell_p50_hours=p50,
                dwell_p95_hours=p50 if p95 is None else p95,
                source_id="test",
                **more,
            )
        )

    def transfer(
        self, place_id: str, from_mode: str, to_mode: str, p50: float, p95: float | None = None
    ) -> None:
        self.transfers.append(
            Transfer(
                place_id=place_id,
                from_mode=from_mode,
                to_mode=to_mode,
                dwell_p50_hours=p50,
                dwell_p95_hours=p50 if p95 is None else p95,
                source_id="test",
            )
        )

    def link(
        self, here: str, there: str, mode: str = "rail", km: float = 100.0, **more: Any
    ) -> None:
        if any(
            {here, there} == {row.from_place_id, row.to_place_id} and row.mode == mode
            for row in self.links
        ):
            return
        self.links.append(
            Link(
                link_id=f"L{len(self.links)}",
                from_place_id=here,
                to_place_id=there,
                mode=mode,
                distance_km=km,
                source_id="test",
                **more,
            )
        )

    def crossing(
        self,
        here: str,
        there: str,
        mode: str,
        p50: float,
        p95: float | None = None,
        **more: Any,
    ) -> None:
        self.crossings.append(
            BorderCrossing(
                crossing_id=f"B{len(self.crossings)}",
                name=f"{here} - {there}",
                from_place_id=here,
                to_place_id=there,
                mode=mode,
                dwell_p50_hours=p50,
                dwell_p95_hours=p50 if p95 is None else p95,
                source_id="test",
                **more,
            )
        )

    def calendar(self, days: str = EVERY_DAY, **more: Any) -> str:
        key = f"C{len(self.calendars)}"
        self.calendars.append(
            Calendar(
                calendar_id=key,
                monday=days[0] == "1",
                tuesday=days[1] == "1",
                wednesday=days[2] == "1",
                thursday=days[3] == "1",
                friday=days[4] == "1",
                saturday=days[5] == "1",
                sunday=days[6] == "1",
                source_id="test",
                **more,
            )
        )
        return key

    def timetable(
        self,
        service_id: str,
        calls: Sequence[tuple[str, str | None, str | None]],
        *,
        days: str = EVERY_DAY,
        mode: str = "rail",
        carrier: str = "RAIL",
        call_options: dict[int, dict[str, Any]] | None = None,
        **more: Any,
    ) -> None:
        """Add a timetabled service; a call is (place, arrival, departure) as ``day HH:MM``."""
        calendar_id = more.pop("calendar_id", None) or self.calendar(days)
        self.services.append(
            Service(
                service_id=service_id,
                carrier_id=carrier,
                name=service_id,
                mode=mode,
                pattern="timetable",
                calendar_id=calendar_id,
                source_id="test",
                **more,
            )
        )
        for sequence, (place_id, arrival, departure) in enumerate(calls):
            arrival_day, arrival_time = _day_and_time(arrival)
            departure_day, departure_time = _day_and_time(departure)
            self.calls.append(
                Call(
                    service_id=service_id,
                    sequence=sequence,
                    place_id=place_id,
                    arrival_day=arrival_day,
                    arrival_time_local=arrival_time,
                    departure_day=departure_day,
                    departure_time_local=departure_time,
                    source_id="test",
                    **(call_options or {}).get(sequence, {}),
                )
            )
        for (here, _, _), (there, _, _) in itertools.pairwise(calls):
            self.link(here, there, mode)

    def rolling(
        self,
        service_id: str,
        places: Sequence[str],
        run_hours: Sequence[float],
        *,
        run_p95_hours: Sequence[float] | None = None,
        mode: str = "rail",
        carrier: str = "RAIL",
        pattern: str = "on_demand",
        wait: tuple[float, float] | None = (0.0, 0.0),
        call_options: dict[int, dict[str, Any]] | None = None,
        **more: Any,
    ) -> None:
        """Add a service without clock times."""
        self.services.append(
            Service(
                service_id=service_id,
                carrier_id=carrier,
                name=service_id,
                mode=mode,
                pattern=pattern,
                wait_p50_hours=wait[0] if wait else None,
                wait_p95_hours=wait[1] if wait else None,
                source_id="test",
                **more,
            )
        )
        p95 = run_hours if run_p95_hours is None else run_p95_hours
        for sequence, place_id in enumerate(places):
            self.calls.append(
                Call(
                    service_id=service_id,
                    sequence=sequence,
                    place_id=place_id,
                    run_p50_hours=run_hours[sequence - 1] if sequence else None,
                    run_p95_hours=p95[sequence - 1] if sequence else None,
                    source_id="test",
                    **(call_options or {}).get(sequence, {}),
                )
            )
        for here, there in itertools.pairwise(places):
            self.link(here, there, mode)

    def closure(self, subject: str, subject_id: str, first: date, last: date | None) -> None:
        self.closures.append(
            Closure(
                closure_id=f"X{len(self.closures)}",
                subject=subject,
                subject_id=subject_id,
                valid_from=first,
                valid_to=last,
                reason="test",
                source_id="test",
            )
        )

    def feed(self, **more: Any) -> Feed:
        """Return the feed."""
        carriers = {service.carrier_id for service in self.services}
        return Feed(
            info=FeedInfo(name="test", title="Test", version="1"),
            sources=(Source(source_id="test", title="Made for a test"),),
            carriers=tuple(
                Carrier(carrier_id=key, name=key, type="railway", source_id="test")
                for key in sorted(carriers)
            ),
            places=tuple(self.places),
            terminals=tuple(self.terminals),
            transfers=tuple(self.transfers),
            links=tuple(self.links),
            border_crossings=tuple(self.crossings),
            calendars=tuple(self.calendars),
            calendar_exceptions=tuple(self.exceptions),
            services=tuple(self.services),
            calls=tuple(self.calls),
            closures=tuple(self.closures),
            **more,
        )


def _day_and_time(text: str | None) -> tuple[int | None, MinuteOfDay | None]:
    if text is None:
        return None, None
    day, _, time = text.partition(" ")
    return int(day), clock(time) if time else None


COUNTRIES = ("CN", "KZ", "AZ", "GE", "TR")


def random_corridor(seed: int, *, spread: bool = False) -> Feed:
    """Return a small corridor in which everything the network knows of happens now and then.

    Times fall on whole hours, so that a brute force over hours finds what a search over minutes
    finds. With ``spread`` durations are distributions, else constants.
    """
    rng = random.Random(seed)
    corridor = Corridor()
    zones = ["UTC", "Asia/Shanghai", "Europe/Bucharest", "Asia/Almaty"]
    count = rng.randint(3, 6)
    for k in range(count):
        corridor.place(
            f"{rng.choice(COUNTRIES)}P{'ABCDEFGH'[k]}A",
            rng.choice(zones),
            lat=rng.uniform(35, 50),
            lon=20.0 + 10 * k,
        )
    ids = [place.place_id for place in corridor.places]

    def pair(p50: float) -> tuple[float, float]:
        return (p50, p50 * rng.uniform(1.3, 2.5)) if spread and p50 else (p50, p50)

    for place_id in ids:
        if rng.random() < 0.85:
            hours: dict[str, Any] = {}
            if rng.random() < 0.25:
                hours["opens_local"] = MinuteOfDay(60 * rng.randint(4, 9))
                hours["closes_local"] = MinuteOfDay(60 * rng.randint(14, 22))
            if rng.random() < 0.15:
                hours["open_days"] = ("mon", "wed", "fri")
            if rng.random() < 0.3:
                hours["cut_off_hours"] = float(rng.randint(1, 6))
            modes = rng.choice([("rail", "sea"), ("rail", "sea", "road"), ("rail",)])
            corridor.terminal(place_id, modes, *pair(rng.randint(0, 12)), **hours)
        if rng.random() < 0.3:
            corridor.transfer(place_id, "rail", "sea", *pair(rng.randint(0, 8)))
    for number in range(rng.randint(3, 8)):
        mode = rng.choice(["rail", "rail", "sea", "road"])
        length = rng.randint(2, min(4, count))
        way = rng.sample(ids, length)
        carrier = rng.choice(["KTZ", "ADY", "GR"])
        options: dict[int, dict[str, Any]] = {}
        if rng.random() < 0.2 and length > 2:
            options[1] = {rng.choice(["can_load", "can_discharge"]): False}
        if rng.random() < 0.5:
            hour, calls = rng.randint(0, 23), []
            for k, place_id in enumerate(way):
                # Local clocks differ by up to eight hours: leave room so that no time runs back.
                arrive = hour + rng.randint(10, 30) if k else hour
                leave = arrive + rng.randint(0, 4)
                calls.append(
                    (
                        place_id,
                        None if k == 0 else _stamp(arrive),
                        None if k == length - 1 else _stamp(leave),
                    )
                )
                hour = leave
            days = "".join(rng.choice("01") for _ in range(7))
            corridor.timetable(
                f"S{number}", calls, days=days, mode=mode, carrier=carrier, call_options=options
            )
            if rng.random() < 0.3:
                corridor.exceptions.append(
                    CalendarException(
                        calendar_id=corridor.calendars[-1].calendar_id,
                        exception_date=date(2026, 3, rng.randint(25, 31)),
                        type=rng.choice(["added", "removed"]),
                        source_id="test",
                    )
                )
        else:
            pattern = rng.choice(["on_demand", "when_full", "frequency"])
            runs = [pair(rng.randint(3, 30)) for _ in range(length - 1)]
            more: dict[str, Any] = {}
            wait: tuple[float, float] | None = pair(rng.randint(0, 24))
            if pattern == "frequency":
                wait, more = None, {"departures_per_week": rng.choice([1.0, 2.0, 7.0])}
            if rng.random() < 0.2:
                more["valid_from"] = date(2026, 3, rng.randint(26, 31))
            corridor.rolling(
                f"S{number}",
                way,
                [p50 for p50, _ in runs],
                run_p95_hours=[p95 for _, p95 in runs],
                mode=mode,
                carrier=carrier,
                pattern=pattern,
                wait=wait,
                call_options=options,
                **more,
            )
    for link in list(corridor.links):
        if rng.random() < 0.25:
            corridor.crossing(
                link.from_place_id, link.to_place_id, link.mode, *pair(rng.randint(1, 20))
            )
    if rng.random() < 0.3:
        corridor.closure(
            "place", rng.choice(ids), date(2026, 3, 28), date(2026, 3, rng.randint(28, 30))
        )
    if rng.random() < 0.3 and corridor.links:
        corridor.closure(
            "link",
            rng.choice(corridor.links).link_id,
            date(2026, 3, 29),
            rng.choice([date(2026, 3, 31), None]),
        )
    if rng.random() < 0.15:
        corridor.closure("service", "S0", date(2026, 3, 27), date(2026, 3, 29))
    return corridor.feed()


def _stamp(hour: int) -> str:
    return f"{hour // 24} {hour % 24:02d}:00"
