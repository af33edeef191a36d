"""What an import read, wrote, changed, guessed and left out, counted and said in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

EXAMPLES = 5
"""How many identifiers a note names."""

KINDS = ("lost", "estimated", "changed", "told")
"""What a note is about.

``lost``
    In the GTFS feed, not in the corridor feed.
``estimated``
    In the corridor feed, made by us and not by the GTFS feed.
``changed``
    Said in another way, to a known effect.
``told``
    Worth knowing; nothing was changed.
"""

_SENTENCES: dict[str, tuple[str, str]] = {
    "files_not_read": ("lost", "Files that a corridor feed has no table for, not read"),
    "columns_not_read": ("lost", "Columns that a corridor feed has no column for, not read"),
    "routes_of_other_modes": (
        "lost",
        "Routes left out because their mode was not asked for (see --modes)",
    ),
    "trips_of_other_modes": ("lost", "Trips of those routes, left out"),
    "trips_over_limit": ("lost", "Trips left out because of --max-trips"),
    "trips_without_days": ("lost", "Trips left out because their calendar has no day"),
    "days_not_asked_for": (
        "lost",
        "Service days left out because they lie outside --from and --to",
    ),
    "trips_without_stop_times": (
        "lost",
        "Trips left out because stop_times.txt has no row of them",
    ),
    "trips_with_one_call": (
        "lost",
        "Trips left out because fewer than two calls at different places remain",
    ),
    "trips_without_end_times": (
        "lost",
        "Trips left out because the first or the last stop has no time",
    ),
    "trips_back_in_time": ("lost", "Trips left out because a time is before the one before it"),
    "trips_on_demand": (
        "lost",
        "Trips left out because they serve zones on booking (GTFS-Flex), not stops",
    ),
    "calls_without_coordinates": (
        "lost",
        "Calls left out because neither the stop nor its station has usable coordinates",
    ),
    "stops_without_coordinates": ("lost", "Stops without usable coordinates, left out"),
    "stops_unused": ("lost", "Stops left out because no imported trip calls there"),
    "routes_unused": ("lost", "Routes left out because no trip of them is imported"),
    "calendars_unused": ("lost", "Calendars left out because no imported trip runs on them"),
    "empty_windows": (
        "lost",
        "Rows of frequencies.txt left out because they end before they start",
    ),
    "headway_windows": (
        "lost",
        "Hours of the day of headway services, kept in words only (frequency_as_published): rows",
    ),
    "transfers_unused": (
        "lost",
        "Rows of transfers.txt at stops that no imported trip calls at, left out",
    ),
    "shapes_not_drawn": (
        "lost",
        "Shapes used for the length of links at most; their points are not kept",
    ),
    "identical_trips": (
        "changed",
        "Trips merged into another with the same route, days, stops and times; the corridor feed "
        "keeps one departure of each",
    ),
    "trips_joined": (
        "changed",
        "Trips joined with another of the same route, number, stops and times that runs on other "
        "days",
    ),
    "platforms_merged": (
        "changed",
        "Calls at a second platform of the same station, merged with the call before",
    ),
    "stops_merged": ("changed", "Stops merged into the place of their parent station"),
    "arrivals_rounded_up": (
        "changed",
        "Arrivals with seconds, rounded up to the minute so that none is promised early",
    ),
    "departures_rounded_down": (
        "changed",
        "Departures with seconds, rounded down to the minute so that none is missed",
    ),
    "arrivals_rounded_down": (
        "changed",
        "Arrivals with seconds, taken at the minute of their own departure because the stop is "
        "shorter than a minute: less than a minute early",
    ),
    "trips_split_by_clock": (
        "changed",
        "Trips written as several services because a change of the clocks gives some of their days "
        "other local times",
    ),
    "calls_in_repeated_hour": (
        "changed",
        "Calls that fall in the second pass of the hour repeated in autumn, which a clock time "
        "cannot tell from the first: up to an hour early, or late where that would be before what "
        "went before it",
    ),
    "calendars_moved": (
        "changed",
        "Services whose calendar names the local day they start on, not the GTFS service day "
        "(start after 24:00:00, or another time zone)",
    ),
    "one_time_for_two": (
        "changed",
        "Stop times with only an arrival or only a departure, taken for both",
    ),
    "on_request": (
        "changed",
        "Calls on request (pickup or drop-off type 2 or 3), taken as ordinary calls",
    ),
    "trips_expanded": (
        "changed",
        "Departures written out from frequencies.txt with exact_times=1",
    ),
    "names_in_ascii": (
        "changed",
        "GTFS identifiers written with other characters, because ours allow A-Z a-z 0-9 - _ . only",
    ),
    "places_distinguished": (
        "changed",
        "Places of one country with the same name, told apart by their stop_id",
    ),
    "times_interpolated": (
        "estimated",
        "Calls without a time, interpolated between the timed calls around them",
    ),
    "times_approximate": ("estimated", "Calls that GTFS marks as approximate (timepoint=0)"),
    "headway_services": (
        "estimated",
        "Headway services (exact_times=0): departures a week counted from headway, hours and days; "
        "running times are the timetable's, the 95th percentile equal to the median",
    ),
    "links_by_great_circle": (
        "estimated",
        "Links whose length is the great circle times 1.2, because no shape gives it",
    ),
    "links_along_shapes": ("estimated", "Links whose length was measured along shapes.txt"),
    "links_too_short": (
        "estimated",
        "Links between places at one spot, given the least length, 1 m",
    ),
    "shape_lengths_implausible": (
        "lost",
        "Lengths from shape_dist_traveled or shapes.txt that do not fit the places, not used",
    ),
    "distance_unit_unknown": (
        "lost",
        "Feeds whose shape_dist_traveled is in no unit that fits the places (m, km, mile, foot); "
        "not used",
    ),
    "links_by_stated_distance": (
        "told",
        "Links whose length is shape_dist_traveled, in the unit that fits the places",
    ),
    "links_both_ways_differ": (
        "changed",
        "Links whose length differs by trip or direction; the median is given",
    ),
    "place_types": ("estimated", "Places whose kind is told from the modes that call there"),
    "terminals_by_default": (
        "estimated",
        "Terminals whose dwell is --min-transfer-minutes, because GTFS gives none",
    ),
    "transfers_stated": (
        "estimated",
        "Transfers with the min_transfer_time of transfers.txt, the longest of the place, as "
        "median and as 95th percentile",
    ),
    "transfers_between_places": (
        "lost",
        "Rows of transfers.txt between two places (walks), left out: cargo changes within a place",
    ),
    "transfers_without_time": (
        "lost",
        "Rows of transfers.txt that give no time (recommended or timed change), left out",
    ),
    "transfers_forbidden": ("lost", "Rows of transfers.txt that forbid a change, left out"),
    "transfers_in_seat": ("lost", "Rows of transfers.txt that join two trips, left out"),
    "transfers_narrowed": (
        "lost",
        "Rows of transfers.txt for one route or one trip only, left out",
    ),
    "trips_in_blocks": (
        "lost",
        "Trips whose vehicle goes on as another trip (block_id); cargo that stays aboard is taken "
        "to change there",
    ),
    "unlocodes_refused": (
        "lost",
        "Values of the UN/LOCODE column that are no UN/LOCODE or are given twice, not used",
    ),
    "zones_defaulted": ("estimated", "Agencies without a time zone, given --timezone-default"),
    "agency_zones_differ": (
        "told",
        "Time zones of the agencies, where GTFS allows one; each trip is read in its own agency's, "
        "and stops without a zone take the first",
    ),
    "countries_by_zone": (
        "estimated",
        "Places whose country is that of their time zone; give --country where that is wrong",
    ),
    "countries_by_option": (
        "estimated",
        "Places in the agency's time zone, whose country is --country",
    ),
    "licence_not_stated": ("told", "Feeds that state no licence; ask the publisher before use"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """One thing an import did to the feed."""

    code: str
    """Name of the thing, stable, for programs."""
    kind: str
    """One of :data:`KINDS`."""
    count: int
    """How many rows it concerns."""
    sentence: str
    """The same in words, with the count."""
    examples: tuple[str, ...] = ()
    """The first few identifiers it concerns."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import read, wrote, changed, guessed and left out."""

    rows_read: Mapping[str, int]
    """Rows of each GTFS file that was read."""
    rows_written: Mapping[str, int]
    """Rows of each table of the corridor feed that has any."""
    notes: tuple[Note, ...]
    """Everything that is not carried over as it stands."""

    @property
    def counts(self) -> dict[str, int]:
        """Return the count of each note by its code."""
        return {note.code: note.count for note in self.notes}

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return the notes in words."""
        return tuple(note.sentence for note in self.notes)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        return {
            "rows_read": dict(self.rows_read),
            "rows_written": dict(self.rows_written),
            "notes": [
                {
                    "code": note.code,
                    "kind": note.kind,
                    "count": note.count,
                    "sentence": note.sentence,
                    "examples": list(note.examples),
                }
                for note in self.notes
            ],
        }


class Tally:
    """Counts notes while an import runs."""

    def __init__(self) -> None:
        self.rows_read: dict[str, int] = {}
        self._counts: dict[str, int] = {}
        self._examples: dict[str, list[str]] = {}

    def add(self, code: str, example: str | None = None, count: int = 1) -> None:
        """Count one more (or ``count`` more) of a note."""
        self._counts[code] = self._counts.get(code, 0) + count
        if example is not None:
            named = self._examples.setdefault(code, [])
            if len(named) < EXAMPLES and example not in named:
                named.append(example)

    def report(self, rows_written: Mapping[str, int]) -> ImportReport:
        """Return the report, notes by kind, losses first."""
        notes = [self._note(code) for code in _SENTENCES if self._counts.get(code)]
        notes.sort(key=lambda note: KINDS.index(note.kind))
        return ImportReport(dict(self.rows_read), dict(rows_written), tuple(notes))

    def _note(self, code: str) -> Note:
        kind, text = _SENTENCES[code]
        count, examples = self._counts[code], self._examples.get(code, [])
        named = ""
        if examples:
            more = ", …" if count > len(examples) else ""
            named = f" ({', '.join(examples)}{more})"
        return Note(code, kind, count, f"{text}: {count}{named}.", tuple(examples))
