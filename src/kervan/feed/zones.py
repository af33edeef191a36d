"""Time zones from the ``tzdata`` package, not from whatever the machine happens to have.

An old machine does not know that Kazakhstan has kept a single zone since 1 March 2024.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


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
