"""GTFS route types, basic and extended, as the corridor feed's modes."""

from __future__ import annotations

DEFAULT_MODES = ("rail", "ferry", "road")
"""Modes imported unless others are asked for."""

MODE_CHOICES = ("rail", "ferry", "road", "air", "all")
"""What may be asked for; ``all`` adds trams, metros, lifts and taxis to the nearest mode."""

_BASIC = {2: "rail", 3: "road", 4: "ferry", 11: "road"}
# Bus, trolleybus and coach carry by road; 10xx and 12xx are two codes for one thing.
_EXTENDED = {
    1: "rail",
    2: "road",
    3: "rail",
    7: "road",
    8: "road",
    10: "ferry",
    11: "air",
    12: "ferry",
}
_BASIC_OTHER = {0: "rail", 1: "rail", 5: "rail", 6: "rail", 7: "rail", 12: "rail"}
_EXTENDED_OTHER = {
    4: "rail",
    5: "rail",
    6: "rail",
    9: "rail",
    13: "rail",
    14: "rail",
    15: "road",
    16: "road",
    17: "road",
}


def mode_of(route_type: int, wanted: frozenset[str]) -> str | None:
    """Return the mode of a route type, or None where it is not wanted.

    Parameters
    ----------
    route_type
        GTFS ``route_type``: basic (0 to 12) or extended (100 to 1799), the hundreds of which give
        the kind: 100 railway, 200 coach, 700 bus, 1000 water.
    wanted
        Modes asked for, of :data:`MODE_CHOICES`.
    """
    mode = _BASIC.get(route_type) or _EXTENDED.get(route_type // 100)
    if mode is not None:
        return mode if mode in wanted or "all" in wanted else None
    if "all" not in wanted:
        return None
    return _BASIC_OTHER.get(route_type) or _EXTENDED_OTHER.get(route_type // 100, "road")
