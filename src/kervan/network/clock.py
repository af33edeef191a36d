"""Minutes and local time.

Inside the network every time is a whole number of minutes since 1970-01-01T00:00 UTC (int32, good
until the year 6053). Local clocks live at the edges only; this module is where they are turned
into minutes, with the zone's changes (a country moving its zone, summer time) taken from the zone
database the feed's zone names refer to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kervan.feed.zones import offset_changes, zone

MINUTES_PER_DAY = 1440
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()


def minute_of(moment: datetime) -> int:
    """Return the minute of an aware datetime, rounded down.

    Raises
    ------
    ValueError
        If ``moment`` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone; give one, as in 2026-12-01T08:00+06:00.")
    return int((moment - _EPOCH) // timedelta(minutes=1))


def datetime_of(minute: int) -> datetime:
    """Return the UTC datetime of a minute."""
    return _EPOCH + timedelta(minutes=int(minute))


def local_datetime(minute: int, zone_name: str) -> datetime:
    """Return the local datetime, with its zone, of a minute."""
    return datetime_of(minute).astimezone(zone(zone_name))


def day_number(day: date) -> int:
    """Return the day's number, 1970-01-01 being 0."""
    return day.toordinal() - _EPOCH_DAY


def day_of(number: int) -> date:
    """Return the day of a number."""
    return date.fromordinal(number + _EPOCH_DAY)


@dataclass(frozen=True)
class ZoneOffsets:
    """A zone's offsets from UTC over a span of days, as arrays for whole-column conversion."""

    changes: NDArray[np.int64]
    """Minutes (UTC) at which the offset changes, ascending; shape (n,)."""
    offsets: NDArray[np.int64]
    """Minutes to add to UTC before the first change and after each; shape (n + 1,)."""

    def to_utc(self, local: NDArray[np.int64]) -> NDArray[np.int64]:
        """Turn local minutes (wall clock counted from 1970-01-01T00:00) into minutes.

        A wall time that occurs twice is taken as the first; one that is skipped is read with the
        offset before the change, as PEP 495 does for ``fold=0``.
        """
        if len(self.changes) == 0:
            return local - int(self.offsets[0])
        # Up to the later of the two wall readings of a change, the old offset still explains it.
        wall = self.changes + np.maximum(self.offsets[:-1], self.offsets[1:])
        index = np.searchsorted(wall, local, side="right")
        utc: NDArray[np.int64] = local - self.offsets[index]
        return utc


@lru_cache(maxsize=512)
def zone_offsets(zone_name: str, first_day: int, last_day: int) -> ZoneOffsets:
    """Return the offsets of a zone from ``first_day`` to ``last_day`` (day numbers, included)."""
    first = (first_day - 1) * MINUTES_PER_DAY
    last = (last_day + 2) * MINUTES_PER_DAY
    changes, offsets = offset_changes(zone_name, first, last)
    return ZoneOffsets(np.array(changes, np.int64), np.array(offsets, np.int64))
