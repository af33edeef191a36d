"""What the one who imports a GTFS feed may choose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kervan.errors import FeedError
from kervan.feed.codes import countries
from kervan.feed.gtfs.modes import DEFAULT_MODES, MODE_CHOICES
from kervan.feed.gtfs.zones import checked_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Choices of an import.

    Attributes
    ----------
    modes
        Modes to import, of :data:`~kervan.feed.gtfs.modes.MODE_CHOICES`.
    country
        Country (ISO 3166-1 alpha-2) of the places in the agency's time zone; unless given, every
        place is in the country of its time zone.
    timezone_default
        Time zone of agencies that state none.
    unlocode_column
        Column of ``stops.txt`` that holds UN/LOCODEs.
    min_transfer_minutes
        Dwell of the terminal that every place is given.
    max_trips
        Trips to import at most, the first of ``trips.txt``; None for all.
    first_day, last_day
        Service days to import, both included; None for all.
    name, title, version, licence
        What the descriptor says; unless given, it is made from the file's name, the agencies and
        ``feed_info.txt``.
    """

    modes: tuple[str, ...] = DEFAULT_MODES
    country: str | None = None
    timezone_default: str | None = None
    unlocode_column: str | None = None
    min_transfer_minutes: float = 60.0
    max_trips: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    name: str | None = None
    title: str | None = None
    version: str | None = None
    licence: str | None = None

    def checked(self) -> Options:
        """Return the options, once they are known to be sound.

        Raises
        ------
        FeedError
            If one is not.
        """
        for mode in self.modes or ("",):
            if mode not in MODE_CHOICES:
                raise FeedError(
                    f"{mode!r} is no mode to import; choose of {', '.join(MODE_CHOICES)}."
                )
        if self.country is not None and self.country not in countries():
            raise FeedError(
                f"{self.country!r} is no country; give its ISO 3166-1 alpha-2 code, such as KZ."
            )
        if self.timezone_default is not None:
            checked_zone(self.timezone_default, "The default time zone")
        if not 0 <= self.min_transfer_minutes <= 525_600:
            raise FeedError(
                f"A least transfer of {self.min_transfer_minutes:g} minutes cannot be; give 0 or "
                "more, and less than a year."
            )
        if self.max_trips is not None and self.max_trips < 1:
            raise FeedError(f"{self.max_trips} trips make no timetable; give 1 or more.")
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise FeedError(
                f"The last day, {self.last_day}, is before the first, {self.first_day}; "
                "exchange them."
            )
        return self
