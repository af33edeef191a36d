"""Time zones of a GTFS feed: checked, tied to a country, and their changes as minutes.

GTFS counts a trip's times from noon minus twelve hours of the service day, in the agency's zone;
the corridor feed says the local clock of each place. On most days the two differ by a constant. On
the days around a change of clocks, in either zone, they do not; this module tells the days apart.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

from kervan.errors import FeedError
from kervan.feed.zones import offset_changes, zone

MINUTES_PER_DAY = 1440
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def checked_zone(name: str, where: str) -> str:
    """Return the name of a time zone that exists.

    Raises
    ------
    FeedError
        If there is no such zone; ``where`` says where the name was read.
    """
    try:
        zone(name)
    except KeyError as error:
        raise FeedError(
            f"{where}: {name!r} is not a time zone of the IANA database; "
            "expected a name such as Asia/Almaty."
        ) from error
    return name


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and line[0] != "#")
    countries = {row[2]: row[0] for row in rows}
    # Old names (US/Pacific) are links to the names in the table.
    rules = files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text(encoding="utf-8")
    for line in rules.splitlines():
        if line.startswith("L "):
            _, target, alias = line.split()
            if target in countries:
                countries.setdefault(alias, countries[target])
    return countries


def country_of_zone(name: str) -> str | None:
    """Return the country a time zone lies in, or None for zones of no country, such as UTC."""
    return _countries().get(name)


class ZoneClock:
    """A zone's offsets from UTC over a span of days, in minutes since 1970-01-01T00:00 UTC.

    Attributes
    ----------
    changes
        Minutes at which the offset changes, ascending.
    offsets
        Minutes to add to UTC before the first change and after each.
    """

    def __init__(self, name: str, first: int, last: int) -> None:
        """Look the changes up.

        Parameters
        ----------
        name
            IANA name.
        first, last
            First and last day needed, as :meth:`datetime.date.toordinal` numbers them.
        """
        self.changes, self.offsets = offset_changes(
            name,
            (first - _EPOCH_ORDINAL - 3) * MINUTES_PER_DAY,
            (last - _EPOCH_ORDINAL + 3) * MINUTES_PER_DAY,
        )

    def offset_at(self, minute: int) -> int:
        """Return the minutes to add to UTC at a moment."""
        return self.offsets[bisect_right(self.changes, minute)]

    def start_of_service_day(self, day: int) -> int:
        """Return noon minus twelve hours of a day (its ordinal), in minutes UTC."""
        noon = (day - _EPOCH_ORDINAL) * MINUTES_PER_DAY + 720
        offset = self.offset_at(noon - self.offset_at(noon))
        return noon - offset - 720


Steps = tuple[int, tuple[tuple[int, int], ...]]
"""Minutes to add to a GTFS time to have the local clock: at first, and (from when, by how much)."""


def local_minute(steps: Steps, minute: int) -> int:
    """Return the local clock, in minutes from 00:00 of the service day, of a GTFS time."""
    added, changes = steps
    for at, by in changes:
        if minute < at:
            break
        added += by
    return minute + added


def is_repeated(steps: Steps, minute: int) -> bool:
    """Tell whether the local clock of a GTFS time shows that hour for the second time."""
    return any(by < 0 and at <= minute < at - by for at, by in steps[1])


@dataclass(frozen=True, slots=True)
class DayGroup:
    """Service days on which a GTFS time is the same local time in every zone of a trip."""

    days: tuple[int, ...]
    """Ordinals of the days, ascending."""
    steps: tuple[Steps, ...]
    """Of each zone."""


class ServiceClocks:
    """Groups the days of a calendar by what their GTFS times are on local clocks."""

    def __init__(self, first: int, last: int, longest_minutes: int) -> None:
        """Prepare.

        Parameters
        ----------
        first, last
            First and last service day of the feed, as ordinals.
        longest_minutes
            Latest GTFS time of the feed.
        """
        self._first, self._last, self._longest = first, last, longest_minutes
        self._clocks: dict[str, ZoneClock] = {}
        self._steps: dict[tuple[str, str, int], Steps] = {}
        self._groups: dict[tuple[str, tuple[str, ...], str], list[DayGroup]] = {}

    def groups(
        self, agency_zone: str, zones: tuple[str, ...], service_id: str, days: tuple[int, ...]
    ) -> list[DayGroup]:
        """Return the days of a calendar in groups; the whole of ``days`` among them.

        Parameters
        ----------
        agency_zone
            Zone the GTFS times are counted in.
        zones
            Zones of the places, each once.
        service_id
            Key of the calendar.
        days
            Its days, as ordinals, ascending.
        """
        key = (agency_zone, zones, service_id)
        if key not in self._groups:
            alike: dict[tuple[Steps, ...], list[int]] = {}
            for day in days:
                steps = tuple(self._steps_of(agency_zone, name, day) for name in zones)
                alike.setdefault(steps, []).append(day)
            self._groups[key] = [DayGroup(tuple(d), steps) for steps, d in alike.items()]
        return self._groups[key]

    def _clock(self, name: str) -> ZoneClock:
        if name not in self._clocks:
            extra = self._longest // MINUTES_PER_DAY + 2
            self._clocks[name] = ZoneClock(name, self._first, self._last + extra)
        return self._clocks[name]

    def _steps_of(self, agency_zone: str, place_zone: str, day: int) -> Steps:
        key = (agency_zone, place_zone, day)
        if key not in self._steps:
            start = self._clock(agency_zone).start_of_service_day(day)
            midnight = (day - _EPOCH_ORDINAL) * MINUTES_PER_DAY
            clock = self._clock(place_zone)
            # A change within the day before can still make the first hours a second pass.
            from_minute = start - MINUTES_PER_DAY
            first = bisect_right(clock.changes, from_minute)
            last = bisect_right(clock.changes, start + self._longest)
            changes = tuple(
                (clock.changes[i] - start, clock.offsets[i + 1] - clock.offsets[i])
                for i in range(first, last)
            )
            self._steps[key] = (start - midnight + clock.offsets[first], changes)
        return self._steps[key]


def steps_within(steps: Steps, earliest: int, latest: int) -> Steps:
    """Return the part of the steps that a trip between two GTFS times meets."""
    added, kept = steps[0], []
    for at, by in steps[1]:
        if at > latest:
            break
        if at > earliest or (by < 0 and at - by > earliest):
            kept.append((at, by))
        else:
            added += by
    return added, tuple(kept)
