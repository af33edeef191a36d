"""Where cargo changes: a terminal for every place, and what ``transfers.txt`` states."""

from __future__ import annotations

from collections.abc import Mapping

from kervan.feed.gtfs.files import Archive
from kervan.feed.gtfs.report import Tally
from kervan.feed.gtfs.stops import Spot
from kervan.feed.gtfs.values import Columns, known, plain, whole
from kervan.feed.tables import Place, Terminal, Transfer

_NARROWING = ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id")
_WITH_TIME, _FORBIDDEN, _IN_SEAT = 2, 3, (4, 5)


def terminals_of(
    places: Mapping[str, Place],
    modes: Mapping[str, set[str]],
    minutes: float,
    source_id: str,
    tally: Tally,
) -> tuple[Terminal, ...]:
    """Return one terminal a place, with the dwell the importer chose."""
    dwell = round(minutes / 60, 4)
    found = []
    for key, place in places.items():
        tally.add("terminals_by_default", place.place_id)
        found.append(
            Terminal(
                terminal_id=f"{place.place_id}-T",
                place_id=place.place_id,
                name=place.name,
                modes=tuple(sorted(modes[key])),
                dwell_p50_hours=dwell,
                dwell_p95_hours=dwell,
                is_estimate=True,
                estimate_basis=f"{minutes:g} minutes chosen at import; GTFS gives no dwell",
                source_id=source_id,
            )
        )
    return tuple(found)


def read_transfers(
    archive: Archive,
    spots: Mapping[str, Spot | None],
    places: Mapping[str, Place],
    modes: Mapping[str, set[str]],
    source_id: str,
    tally: Tally,
) -> tuple[Transfer, ...]:
    """Return the changes within a place that ``transfers.txt`` gives a time for.

    Parameters
    ----------
    spots
        Spot of every stop, by ``stop_id``.
    places
        Place of each spot in use, by the spot's own ``stop_id``.

    Raises
    ------
    FeedError
        If a row is not sound, or names a stop that is not there.
    """
    if "transfers.txt" not in archive:
        return ()
    longest: dict[str, int] = {}
    rows = 0
    with archive.open("transfers.txt") as table:
        columns = Columns(table)
        start, end = columns("from_stop_id"), columns("to_stop_id")
        kind, least = columns("transfer_type"), columns("min_transfer_time")
        narrowing = [columns(name) for name in _NARROWING]
        for row in table:
            rows += 1
            ends = (plain(start(row)), plain(end(row)))
            for stop_id, column in zip(ends, ("from_stop_id", "to_stop_id"), strict=True):
                if stop_id:
                    known(stop_id, spots, table, column, "stops.txt")
            how = whole(kind(row), table, "transfer_type", blank=0, most=5)
            seconds = whole(least(row), table, "min_transfer_time", blank=-1, most=10**8)
            label = f"{ends[0]} - {ends[1]}"
            at = _spot_of(ends, spots)
            if how in _IN_SEAT:
                tally.add("transfers_in_seat", label)
            elif any(cell(row) for cell in narrowing):
                tally.add("transfers_narrowed", label)
            elif how == _FORBIDDEN:
                tally.add("transfers_forbidden", label)
            elif how != _WITH_TIME or seconds < 0:
                tally.add("transfers_without_time", label)
            elif at is None:
                tally.add("transfers_between_places", label)
            elif at not in places:
                tally.add("transfers_unused", label)
            else:
                longest[at] = max(longest.get(at, 0), seconds)
        tally.rows_read["transfers.txt"] = rows
        columns.tell_unused(tally)
    found = []
    for key, seconds in longest.items():
        hours = round(seconds / 3600, 4)
        for here in sorted(modes[key]):
            for there in sorted(modes[key]):
                tally.add("transfers_stated", places[key].place_id)
                found.append(
                    Transfer(
                        place_id=places[key].place_id,
                        from_mode=here,
                        to_mode=there,
                        dwell_p50_hours=hours,
                        dwell_p95_hours=hours,
                        is_estimate=True,
                        estimate_basis="the longest min_transfer_time of transfers.txt here, "
                        "as median and as 95th percentile",
                        source_id=source_id,
                    )
                )
    return tuple(found)


def _spot_of(ends: tuple[str, str], spots: Mapping[str, Spot | None]) -> str | None:
    """Return the spot a change takes place at, None where it is a walk between two."""
    here, there = (spots.get(stop_id) for stop_id in ends)
    if here is None or there is None or here.stop_id != there.stop_id:
        return None
    return here.stop_id
