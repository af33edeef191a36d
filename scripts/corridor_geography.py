"""Compare the shipped corridor's lengths with the straight line, and its positions with UN/LOCODE.

``python scripts/corridor_geography.py [CODE_LIST.csv]``: the optional file is a UN/LOCODE list as
datahub packages it, with the columns ``LOCODE`` (or ``Country`` and ``Location``), ``Name`` and
``Coordinates``. Prints every link whose length is below the great circle or above twice of it, and
every place more than five kilometres from where the list has it. Exits 1 if a link is too short.
"""

from __future__ import annotations

import csv
import math
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from kervan.feed import read_feed_tables
from kervan.feed.tables import Feed

FEED = Path(__file__).resolve().parent.parent / "feeds" / "middle-corridor"
EARTH_RADIUS_KM = 6371.0088
COORDINATES = re.compile(r"(\d{2})(\d{2})([NS]) (\d{3})(\d{2})([EW])")
FAR_KM = 5.0

Position = tuple[float, float]


def great_circle_km(one: Position, other: Position) -> float:
    """Return the distance over the sphere between two (latitude, longitude) in degrees, in km."""
    (lat_a, lon_a), (lat_b, lon_b) = ((math.radians(x), math.radians(y)) for x, y in (one, other))
    chord = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(chord))


def ratios(feed: Feed) -> Iterator[tuple[str, float, float]]:
    """Yield each link with its length and the great circle between its ends, in km."""
    places = {p.place_id: (p.latitude_deg, p.longitude_deg) for p in feed.places}
    for link in feed.links:
        straight = great_circle_km(places[link.from_place_id], places[link.to_place_id])
        yield link.link_id, link.distance_km, straight


def code_list(path: Path) -> dict[str, tuple[str, Position]]:
    """Return name and position of each code that has one."""
    found = {}
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            code = row.get("LOCODE") or f"{row.get('Country', '')}{row.get('Location', '')}"
            match = COORDINATES.match((row.get("Coordinates") or "").strip())
            if match is None:
                continue
            north, north_min, n_s, east, east_min, e_w = match.groups()
            latitude = (int(north) + int(north_min) / 60) * (1 if n_s == "N" else -1)
            longitude = (int(east) + int(east_min) / 60) * (1 if e_w == "E" else -1)
            found[code.replace(" ", "")] = ((row.get("Name") or "").strip(), (latitude, longitude))
    return found


def main(arguments: list[str]) -> int:
    """Print what is off and return 1 if a link is shorter than the straight line."""
    feed = read_feed_tables(FEED)
    short = 0
    for link_id, length, straight in ratios(feed):
        if length < straight or length > 2 * straight:
            short += length < straight
            print(f"{link_id}: {length:g} km, {straight:.0f} km straight")
    if arguments:
        listed = code_list(Path(arguments[0]))
        for place in feed.places:
            if place.place_id not in listed:
                continue
            name, position = listed[place.place_id]
            off = great_circle_km(position, (place.latitude_deg, place.longitude_deg))
            if off > FAR_KM:
                print(f"{place.place_id} {place.name}: {off:.0f} km from '{name}' of the code list")
    return int(short > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
