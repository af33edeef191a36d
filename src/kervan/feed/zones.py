"""Time zones from the ``tzdata`` package, not from whatever the machine happens to have.

An old machine does not know that Kazakhstan has kept a single zone since 1 March 2024.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WEEK = 7 * 24 * 60


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return every IANA zone name."""
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split())


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """Return a time zone.

    Raises
    ------
    ZoneInfoNotFoundError
        If there is no zone of that name.
    """
    if name not in zone_names():
        raise ZoneInfoNotFoundError(f"'{name}' is no IANA time zone; use one like Asia/Almaty.")
    resource = files("tzdata").joinpath("zoneinfo").joinpath(*name.split("/"))
    with resource.open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def offset_changes(name: str, first: int, last: int) -> tuple[list[int], list[int]]:
    """Find when a zone's offset from UTC changes.

    Parameters
    ----------
    name
        IANA name.
    first, last
        Where to look, in minutes since 1970-01-01T00:00 UTC.

    Returns
    -------
    The minutes at which it changes, ascending, and the minutes to add to UTC before the first
    change and after each: one more than there are changes.

    Raises
    ------
    ZoneInfoNotFoundError
        If there is no zone of that name.
    """
    tz = zone(name)
    changes: list[int] = []
    offsets = [_offset_at(tz, first)]
    # Two changes never fall within the same week, so a weekly look misses none.
    for low in range(first, last, _WEEK):
        high = min(low + _WEEK, last)
        offset = _offset_at(tz, high)
        if offset != offsets[-1]:
            changes.append(_change_between(tz, low, high))
            offsets.append(offset)
    return changes, offsets


def _offset_at(tz: tzinfo, minute: int) -> int:
    offset = (_EPOCH + timedelta(minutes=minute)).astimezone(tz).utcoffset()
    return 0 if offset is None else int(offset / timedelta(minutes=1))


def _change_between(tz: tzinfo, low: int, high: int) -> int:
    before = _offset_at(tz, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_at(tz, middle) == before:
            low = middle
        else:
            high = middle
    return high
