"""Import of GTFS, the timetable format of passenger transport.

Railways and ferry lines publish their timetables as GTFS; trains that take wagons and ships that
take trucks are among them. An import keeps what a corridor feed has a column for, and counts in its
report everything that it left out, changed, guessed or estimated.

>>> from kervan.feed.gtfs import import_gtfs
>>> feed, report = import_gtfs("ferries.zip", modes=("ferry",))  # doctest: +SKIP
>>> print(*report.sentences, sep="\\n")  # doctest: +SKIP
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kervan.feed.gtfs.convert import convert
from kervan.feed.gtfs.modes import DEFAULT_MODES, MODE_CHOICES
from kervan.feed.gtfs.options import Options
from kervan.feed.gtfs.report import ImportReport, Note
from kervan.feed.gtfs.trips import Progress
from kervan.feed.tables import Feed

__all__ = ["DEFAULT_MODES", "MODE_CHOICES", "ImportReport", "Note", "import_gtfs"]


def import_gtfs(
    path: Path | str,
    *,
    modes: tuple[str, ...] = DEFAULT_MODES,
    country: str | None = None,
    timezone_default: str | None = None,
    unlocode_column: str | None = None,
    min_transfer_minutes: float = 60.0,
    max_trips: int | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    name: str | None = None,
    title: str | None = None,
    version: str | None = None,
    licence: str | None = None,
    progress: Progress | None = None,
) -> tuple[Feed, ImportReport]:
    """Turn a GTFS feed into a corridor feed.

    Every trip becomes a timetabled service on the local clocks of its places; trips alike in all
    but their days become one. A GTFS time counts from noon minus twelve hours in the agency's time
    zone, so on days when clocks change the same trip is another service.

    Parameters
    ----------
    path
        A folder of GTFS files, or a zip of them.
    modes
        Modes to import, of :data:`MODE_CHOICES`.
    country
        Country (ISO 3166-1 alpha-2) of places in the agency's time zone; otherwise that of the
        time zone.
    timezone_default
        Time zone (IANA) of agencies that state none.
    unlocode_column
        Column of ``stops.txt`` that holds UN/LOCODEs.
    min_transfer_minutes
        Dwell, in minutes, of the terminal that every place is given.
    max_trips
        Import no more than the first so many trips.
    first_day, last_day
        Import these service days only, both included.
    name, title, version, licence
        What the new feed's descriptor says, where the GTFS feed does not say it well.
    progress
        Called now and then with file, rows read, and how much is done of how much (0: not known).

    Returns
    -------
    tuple[Feed, ImportReport]
        The corridor feed, free of errors, and what was lost, changed and estimated on the way.

    Raises
    ------
    FeedError
        If there is no GTFS at ``path``, a file is wrong (the message names file and line), an
        option is, or nothing is left to import.

    Notes
    -----
    Time is linear in the number of stop times; memory holds them as flat arrays and the rows of
    the feed that comes out.

    References
    ----------
    GTFS Schedule reference, https://gtfs.org/documentation/schedule/reference/.
    """
    options = Options(
        modes=tuple(modes),
        country=country,
        timezone_default=timezone_default,
        unlocode_column=unlocode_column,
        min_transfer_minutes=min_transfer_minutes,
        max_trips=max_trips,
        first_day=first_day,
        last_day=last_day,
        name=name,
        title=title,
        version=version,
        licence=licence,
    )
    return convert(Path(path), options, progress)
