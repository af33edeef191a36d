"""``frequencies.txt``: departures at a headway, exact or only promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from kervan.feed.gtfs.files import Archive
from kervan.feed.gtfs.report import Tally
from kervan.feed.gtfs.values import BLANK, Columns, Times, known, plain, whole


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the service day in which a trip leaves at a headway; all in seconds."""

    start: int
    end: int
    headway: int
    exact: bool

    @property
    def departures(self) -> range:
        """Return when the trip leaves; the end of the window is no departure any more."""
        return range(self.start, self.end, self.headway)

    @property
    def words(self) -> str:
        """Return the window as one would say it."""
        minutes, seconds = divmod(self.headway, 60)
        every = f"every {minutes} min" if not seconds else f"every {self.headway} s"
        return f"{every} {_clock(self.start)}-{_clock(self.end)}"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def read_windows(
    archive: Archive, index: Mapping[str, int], tally: Tally
) -> dict[str, list[Window]]:
    """Return the windows of each imported trip by ``trip_id``, in the order of the day.

    Raises
    ------
    FeedError
        If a row is not sound, or names a trip that is not there.
    """
    found: dict[str, list[Window]] = defaultdict(list)
    if "frequencies.txt" not in archive:
        return found
    rows = 0
    times = Times()
    with archive.open("frequencies.txt") as table:
        columns = Columns(table)
        key, headway = columns("trip_id", required=True), columns("headway_secs", required=True)
        begins, ends = columns("start_time", required=True), columns("end_time", required=True)
        exact = columns("exact_times")
        for row in table:
            rows += 1
            trip_id = plain(key(row))
            known(trip_id, index, table, "trip_id", "trips.txt")
            start = times.seconds(begins(row), table, "start_time")
            end = times.seconds(ends(row), table, "end_time")
            every = whole(headway(row), table, "headway_secs")
            if BLANK in (start, end):
                raise table.problem("start_time or end_time is blank; give both, as HH:MM:SS.")
            if every == 0:
                raise table.problem("headway_secs is 0; give the seconds between departures.")
            is_exact = whole(exact(row), table, "exact_times", blank=0, most=1) == 1
            if index[trip_id] < 0:
                continue
            if end <= start:
                tally.add("empty_windows", trip_id)
                found.setdefault(trip_id, [])
            else:
                found[trip_id].append(Window(start, end, every, is_exact))
        tally.rows_read["frequencies.txt"] = rows
        columns.tell_unused(tally)
    for windows in found.values():
        windows.sort(key=lambda window: window.start)
    return found
