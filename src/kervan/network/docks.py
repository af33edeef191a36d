"""Docks: one mode at one place, with its opening hours and the dwell from it to the others.

A dock is where cargo arrives by a mode or leaves by one. The sea side and the rail side of Aktau
are two docks of one place; changing from one to the other takes the transfer's dwell.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from kervan.feed.tables import Feed, Place, Terminal
from kervan.feed.validity import overlap
from kervan.network.clock import MINUTES_PER_DAY, day_of, zone_offsets
from kervan.network.durations import Duration
from kervan.network.intervals import ALWAYS, Spans, complement, intersection, union
from kervan.network.ways import Ways, days_open

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WHOLE_DAY = (0, MINUTES_PER_DAY)


class Docks:
    """Opening hours, dwell and cut-offs of every dock of a feed over a span of days."""

    def __init__(self, feed: Feed, ways: Ways, first_day: int, last_day: int) -> None:
        self._ways = ways
        self._first_day, self._last_day = first_day, last_day
        self._places: dict[str, Place] = {place.place_id: place for place in feed.places}
        self._terminals: dict[str, list[Terminal]] = defaultdict(list)
        first, last = day_of(first_day), day_of(last_day)
        for terminal in feed.terminals:
            if overlap(terminal.valid_from, terminal.valid_to, first, last):
                self._terminals[terminal.place_id].append(terminal)
        self._transfers = {
            (row.place_id, row.from_mode, row.to_mode): Duration.of_hours(
                row.dwell_p50_hours, row.dwell_p95_hours
            )
            for row in feed.transfers
        }

    def dwell(self, place_id: str, from_mode: str, to_mode: str) -> Duration | None:
        """Return the time of a change at a place, or None where there is no change there.

        A row of ``transfers`` says it; else the quickest terminal that serves both modes; else,
        between two terminals, the slower of them.
        """
        stated = self._transfers.get((place_id, from_mode, to_mode))
        if stated is not None:
            return stated
        terminals = self._terminals.get(place_id, ())
        both = [t for t in terminals if from_mode in t.modes and to_mode in t.modes]
        if both:
            quickest = min(both, key=lambda t: (t.dwell_p50_hours, t.dwell_p95_hours))
            return Duration.of_hours(quickest.dwell_p50_hours, quickest.dwell_p95_hours)
        giving = [t for t in terminals if from_mode in t.modes]
        taking = [t for t in terminals if to_mode in t.modes]
        if not giving or not taking:
            return None
        slower = max(
            (min(side, key=lambda t: t.dwell_p50_hours) for side in (giving, taking)),
            key=lambda t: t.dwell_p50_hours,
        )
        return Duration.of_hours(slower.dwell_p50_hours, slower.dwell_p95_hours)

    def cut_off_minutes(self, place_id: str, mode: str) -> int:
        """Return how long before a timetabled departure cargo must be ready; the least stated."""
        stated = [
            t.cut_off_hours
            for t in self._terminals.get(place_id, ())
            if mode in t.modes and t.cut_off_hours is not None
        ]
        return round(min(stated) * 60) if stated else 0

    def place_shut(self, place_id: str) -> Spans:
        """Return when closures shut the whole place."""
        return self._ways.shut_spans("place", place_id, self._places[place_id].timezone)

    def open_spans(self, place_id: str, mode: str) -> Spans:
        """Return when the dock takes cargo in and gives it out.

        A place without a terminal for the mode is open unless a closure shuts it: cargo may start
        and end anywhere.
        """
        serving = [t for t in self._terminals.get(place_id, ()) if mode in t.modes]
        spans = ALWAYS if not serving else union(s for t in serving for s in self._hours(t))
        shut = self.place_shut(place_id)
        return intersection(spans, complement(shut)) if shut else spans

    def _hours(self, terminal: Terminal) -> Spans:
        zone_name = self._places[terminal.place_id].timezone
        validity = days_open(terminal.valid_from, terminal.valid_to, zone_name)
        opens = terminal.opens_local if terminal.opens_local is not None else 0
        closes = terminal.closes_local if terminal.closes_local is not None else MINUTES_PER_DAY
        if not terminal.open_days and (opens, closes) == _WHOLE_DAY:
            return validity
        if closes <= opens:  # open over midnight
            closes += MINUTES_PER_DAY
        days = np.arange(self._first_day - 1, self._last_day + 2, dtype=np.int64)
        if terminal.open_days:
            # 1970-01-01 was a Thursday, weekday 3.
            wanted = [WEEKDAYS.index(day) for day in terminal.open_days]
            days = days[np.isin((days + 3) % 7, wanted)]
        offsets = zone_offsets(zone_name, self._first_day - 2, self._last_day + 3)
        starts = offsets.to_utc(days * MINUTES_PER_DAY + opens)
        ends = offsets.to_utc(days * MINUTES_PER_DAY + closes)
        return intersection(union(zip(starts.tolist(), ends.tolist(), strict=True)), validity)
