"""The compiled network: arrays for the search, and the records that explain them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kervan.feed.tables import Call, Carrier, Feed, Place, Service
from kervan.network.arrays import ROLLING, Arrays, Int32
from kervan.network.docks import Docks
from kervan.network.durations import CONSTANT, Duration
from kervan.network.legs import Leg, Section, Stretch
from kervan.network.ways import DirectedLink


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of the time a leg takes."""

    kind: str
    """``wait``, ``run``, ``border``, ``gauge_change`` or ``stand``."""
    where: str
    """Place, border crossing or stretch it happens at."""
    duration: Duration
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class ServiceWay:
    """A service laid over its links: one entry a section between consecutive calls."""

    service: Service
    calls: tuple[Call, ...]
    paths: tuple[tuple[DirectedLink, ...], ...]
    section_parts: tuple[tuple[Part, ...], ...]
    """Time of each section of a rolling service; for a dated one the spread of its running time."""


@dataclass(frozen=True)
class Network:
    """A corridor feed over a horizon, compiled.

    Attributes
    ----------
    feed
        The feed it was made from.
    first_day, last_day
        Horizon, as day numbers (1970-01-01 is 0), both included.
    include_planned
        Whether services and links that are only planned are in it.
    arrays
        What the search runs over.
    place_index
        Row of each place in the arrays.
    warnings
        Services left out, and why, one sentence each.
    """

    feed: Feed
    first_day: int
    last_day: int
    include_planned: bool
    arrays: Arrays
    places: tuple[Place, ...]
    place_index: dict[str, int]
    dock_modes: tuple[str, ...]
    line_ways: tuple[ServiceWay, ...]
    """Service of each line."""
    leg_calls: Int32
    """Boarding and discharge call of each leg; shape (legs, 2)."""
    docks: Docks
    warnings: tuple[str, ...]
    carriers: dict[str, Carrier] = field(default_factory=dict)

    @property
    def departure_count(self) -> int:
        """Number of dated departures."""
        counts = self.arrays.line_departures
        return int(counts[counts != ROLLING].sum())

    @property
    def legs(self) -> Sequence[Leg]:
        """Every leg, in the order of the arrays of prices and emissions; made when asked for."""
        return LegSequence(self)

    def line_of_leg(self, leg: int) -> int:
        """Return the line a leg rides on."""
        return int(self.arrays.call_line[self.leg_calls[leg, 0]])

    def positions(self, leg: int) -> tuple[int, int]:
        """Return which of its line's calls a leg begins and ends at, counted from 0."""
        base = int(self.arrays.line_call_ptr[self.line_of_leg(leg)])
        board, alight = self.leg_calls[leg]
        return int(board) - base, int(alight) - base

    def way_of_leg(self, leg: int) -> ServiceWay:
        """Return the service a leg rides on."""
        return self.line_ways[self.line_of_leg(leg)]

    def leg(self, leg: int) -> Leg:
        """Return what the tariff and the emissions may know of a leg."""
        way = self.way_of_leg(leg)
        first, last = self.positions(leg)
        return Leg(
            service_id=way.service.service_id,
            carrier_id=way.service.carrier_id,
            mode=way.service.mode,
            sections=tuple(self._section(way, k) for k in range(first, last)),
            heading=self._heading(way.calls[first].place_id, way.calls[last].place_id),
        )

    def _heading(self, here: str, there: str) -> str:
        start, end = (self.places[self.place_index[p]].longitude_deg for p in (here, there))
        # The shorter way around decides, so that the date line is no border.
        return "east" if (end - start) % 360.0 < 180.0 else "west"

    def _section(self, way: ServiceWay, k: int) -> Section:
        return Section(
            from_place_id=way.calls[k].place_id,
            to_place_id=way.calls[k + 1].place_id,
            from_country=self._country(way.calls[k].place_id),
            to_country=self._country(way.calls[k + 1].place_id),
            stretches=tuple(
                Stretch(
                    link_id=step.link.link_id,
                    from_place_id=step.from_place_id,
                    to_place_id=step.to_place_id,
                    from_country=self._country(step.from_place_id),
                    to_country=self._country(step.to_place_id),
                    distance_km=step.link.distance_km,
                    traction=way.service.traction or step.link.traction,
                    crossing_id=step.crossing.crossing_id if step.crossing else None,
                )
                for step in way.paths[k]
            ),
        )

    def _country(self, place_id: str) -> str:
        return self.places[self.place_index[place_id]].country

    def wait_part(self, leg: int) -> Part | None:
        """Return the wait before a rolling leg, or None for a dated one."""
        line = self.line_of_leg(leg)
        if self.arrays.line_departures[line] != ROLLING:
            return None
        way = self.line_ways[line]
        place_id = way.calls[self.positions(leg)[0]].place_id
        return Part("wait", place_id, wait_of(way.service), way.service.is_estimate)

    def ride_parts(self, leg: int, departure: int | None = None) -> tuple[Part, ...]:
        """Return the pieces of a leg's time from departure to arrival.

        Parameters
        ----------
        leg
            The leg.
        departure
            Which departure of a dated line; its scheduled time is then the median.
        """
        way = self.way_of_leg(leg)
        first, last = self.positions(leg)
        if departure is None:
            parts: list[Part] = []
            for k in range(first, last):
                if k > first:
                    parts.extend(_stand(way, k))
                parts.extend(way.section_parts[k])
            return tuple(parts)
        return self._dated_parts(leg, departure)

    def _dated_parts(self, leg: int, departure: int) -> tuple[Part, ...]:
        arrays, line = self.arrays, self.line_of_leg(leg)
        way, count = self.line_ways[line], int(self.arrays.line_departures[line])
        base = int(arrays.line_times[line]) + departure
        first, last = self.positions(leg)
        parts: list[Part] = []
        for k in range(first, last):
            if k > first:
                stands = int(arrays.departs[base + k * count] - arrays.arrives[base + k * count])
                duration = Duration(CONSTANT, stands, stands)
                parts.append(Part("stand", way.calls[k].place_id, duration, False))
            planned = float(
                arrays.arrives[base + (k + 1) * count] - arrays.departs[base + k * count]
            )
            spread = sum(p.duration.p95 - p.duration.p50 for p in way.section_parts[k])
            duration = Duration.of_hours(planned / 60.0, (planned + spread) / 60.0)
            where = f"{way.calls[k].place_id} - {way.calls[k + 1].place_id}"
            parts.append(Part("run", where, duration, way.calls[k + 1].is_estimate))
        return tuple(parts)


class LegSequence(Sequence[Leg]):
    """The legs of a network, made one by one when asked for."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def __len__(self) -> int:
        return len(self._network.leg_calls)

    def __getitem__(self, index: int) -> Leg:  # type: ignore[override]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self._network.leg(index % len(self))

    def __iter__(self) -> Iterator[Leg]:
        return (self._network.leg(index) for index in range(len(self)))


def wait_of(service: Service) -> Duration:
    """Return the wait for a service that has no clock times."""
    if service.pattern == "frequency" and service.wait_p50_hours is None:
        if service.departures_per_week is None:
            return Duration(CONSTANT, 0.0, 0.0)
        return Duration.of_headway(7 * 24 * 60 / service.departures_per_week)
    return Duration.of_hours(service.wait_p50_hours, service.wait_p95_hours)


def _stand(way: ServiceWay, k: int) -> tuple[Part, ...]:
    call = way.calls[k]
    if not call.dwell_p50_hours:
        return ()
    duration = Duration.of_hours(call.dwell_p50_hours, call.dwell_p95_hours)
    return (Part("stand", call.place_id, duration, call.is_estimate),)
