"""The ways services run over: shortest paths of links, and when each is open."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from kervan.feed.tables import BorderCrossing, Closure, Feed, Link, Place
from kervan.feed.validity import holds_on
from kervan.network.clock import MINUTES_PER_DAY, day_number, zone_offsets
from kervan.network.intervals import ALWAYS, DAWN, NEVER, Spans, complement, intersection, union


@dataclass(frozen=True, slots=True)
class DirectedLink:
    """A link in the direction it is run, with the border crossing laid over it."""

    link: Link
    from_place_id: str
    to_place_id: str
    crossing: BorderCrossing | None


def days_open(first: date | None, last: date | None, zone_name: str) -> Spans:
    """Return the span of a validity, both days included, in the local days of a zone."""
    start = DAWN if first is None else local_midnight(first, zone_name)
    end = NEVER if last is None else local_midnight(last + timedelta(days=1), zone_name)
    return ((start, end),) if start < end else ()


def local_midnight(day: date, zone_name: str) -> int:
    """Return the minute at which a local day begins."""
    import numpy as np

    number = day_number(day)
    offsets = zone_offsets(zone_name, number - 1, number + 1)
    return int(offsets.to_utc(np.array([number * MINUTES_PER_DAY], np.int64))[0])


class Ways:
    """Links, border crossings and closures of a feed, answered by place and mode.

    Parameters
    ----------
    feed
        The corridor feed.
    include_planned
        Count links and crossings whose status is ``planned`` as open within their validity.
    """

    def __init__(self, feed: Feed, *, include_planned: bool = False) -> None:
        self._statuses = {"open", "planned"} if include_planned else {"open"}
        self._places: dict[str, Place] = {place.place_id: place for place in feed.places}
        self._closures: dict[tuple[str, str], list[Closure]] = defaultdict(list)
        for closure in feed.closures:
            self._closures[closure.subject, closure.subject_id].append(closure)
        self._neighbours: dict[tuple[str, str], list[DirectedLink]] = defaultdict(list)
        crossings: dict[tuple[str, str, str], list[BorderCrossing]] = defaultdict(list)
        for row in feed.border_crossings:
            crossings[row.from_place_id, row.to_place_id, row.mode].append(row)
        for link in feed.links:
            if link.status not in self._statuses:
                continue
            ends = [(link.from_place_id, link.to_place_id)]
            if link.both_ways:
                ends.append((link.to_place_id, link.from_place_id))
            for here, there in ends:
                crossing = next(iter(crossings.get((here, there, link.mode), ())), None)
                self._neighbours[link.mode, here].append(DirectedLink(link, here, there, crossing))
        # Paths differ only between days on which some link's validity begins or ends.
        self._epochs = sorted(
            {link.valid_from for link in feed.links if link.valid_from}
            | {link.valid_to + timedelta(days=1) for link in feed.links if link.valid_to}
        )
        self._paths: dict[tuple[str, str, str, int, bool], tuple[DirectedLink, ...] | None] = {}
        self._open: dict[str, Spans] = {}
        self._crossing_open: dict[str, Spans] = {}

    def statuses(self) -> set[str]:
        """Return the statuses counted as running."""
        return self._statuses

    def path(
        self, mode: str, origin: str, destination: str, day: date, *, planned: bool = False
    ) -> tuple[DirectedLink, ...] | None:
        """Return the shortest way by links valid on a day, or None where there is none.

        With ``planned`` links that are only planned count too, where this object counts them at
        all: a planned service runs over them, one that runs today does not.
        """
        epoch = sum(1 for start in self._epochs if start <= day)
        key = (mode, origin, destination, epoch, planned)
        if key not in self._paths:
            self._paths[key] = self._shortest(mode, origin, destination, day, planned)
        return self._paths[key]

    def _shortest(
        self, mode: str, origin: str, destination: str, day: date, planned: bool
    ) -> tuple[DirectedLink, ...] | None:
        direct = [
            step
            for step in self._neighbours.get((mode, origin), ())
            if step.to_place_id == destination and _usable(step.link, day, planned)
        ]
        best: dict[str, float] = {origin: 0.0}
        came_by: dict[str, DirectedLink] = {}
        if direct:
            # A direct link is the way a service between neighbours runs, even where a chain of
            # shorter links would be a little shorter on paper.
            return (min(direct, key=lambda step: step.link.distance_km),)
        queue = [(0.0, origin)]
        while queue:
            km, here = heapq.heappop(queue)
            if here == destination:
                break
            if km > best[here]:
                continue
            for step in self._neighbours.get((mode, here), ()):
                if not _usable(step.link, day, planned):
                    continue
                longer = km + step.link.distance_km
                if longer < best.get(step.to_place_id, float("inf")):
                    best[step.to_place_id] = longer
                    came_by[step.to_place_id] = step
                    heapq.heappush(queue, (longer, step.to_place_id))
        if destination not in came_by:
            return None
        steps: list[DirectedLink] = []
        here = destination
        while here != origin:
            steps.append(came_by[here])
            here = came_by[here].from_place_id
        return tuple(reversed(steps))

    def open_spans(self, step: DirectedLink) -> Spans:
        """Return when a link can be run in a direction: its validity less every closure."""
        link = step.link
        if link.link_id not in self._open:
            zone_name = self._places[link.from_place_id].timezone
            self._open[link.link_id] = intersection(
                days_open(link.valid_from, link.valid_to, zone_name),
                complement(self.shut_spans("link", link.link_id, zone_name)),
            )
        spans = self._open[link.link_id]
        if step.crossing is None:
            return spans
        crossing = step.crossing
        if crossing.crossing_id not in self._crossing_open:
            zone_name = self._places[crossing.from_place_id].timezone
            self._crossing_open[crossing.crossing_id] = intersection(
                days_open(crossing.valid_from, crossing.valid_to, zone_name),
                complement(self.shut_spans("border_crossing", crossing.crossing_id, zone_name)),
            )
        return intersection(spans, self._crossing_open[crossing.crossing_id])

    def path_spans(self, steps: tuple[DirectedLink, ...]) -> Spans:
        """Return when every link of a way is open."""
        spans = ALWAYS
        for step in steps:
            if spans != ALWAYS or self.open_spans(step) != ALWAYS:
                spans = intersection(spans, self.open_spans(step))
        return spans

    def shut_spans(self, subject: str, subject_id: str, zone_name: str) -> Spans:
        """Return when closures shut a thing."""
        rows = self._closures.get((subject, subject_id), ())
        return union(
            span for row in rows for span in days_open(row.valid_from, row.valid_to, zone_name)
        )


def _usable(link: Link, day: date, planned: bool) -> bool:
    return (planned or link.status != "planned") and holds_on(link, day)
