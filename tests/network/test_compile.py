"""What the feed says of days, clocks, opening hours and borders is what the network holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kervan import read_feed
from kervan.errors import FeedError, InvalidRequestError
from kervan.feed import CalendarException, Feed
from kervan.itinerary import Itinerary, earliest_arrival
from kervan.network import Network, compile_network
from kervan.network.arrays import ROLLING
from kervan.network.clock import datetime_of
from tests.corridors import Corridor, clock

SPRING = (date(2026, 3, 20), date(2026, 4, 10))


def departures(network: Network, service_id: str) -> list[datetime]:
    """Return the first departure of every run of a dated service."""
    arrays, found = network.arrays, []
    for line, way in enumerate(network.line_ways):
        if way.service.service_id == service_id:
            count, base = int(arrays.line_departures[line]), int(arrays.line_times[line])
            found += [datetime_of(int(arrays.departs[base + d])) for d in range(count)]
    return sorted(found)


def ask(feed: Feed, ready: str, **more: object) -> Itinerary:
    network = compile_network(feed, *SPRING, **more)
    ids = [place.place_id for place in feed.places]
    return earliest_arrival(network, ids[0], ids[-1], datetime.fromisoformat(ready))


def pair(*modes: str, **terminal: object) -> Corridor:
    corridor = Corridor()
    for place in ("AZAAA", "GEBBB"):
        corridor.place(place)
        corridor.terminal(place, modes or ("rail",), 2.0, **terminal)
    return corridor


def test_a_timetable_keeps_its_local_clock_through_summer_time() -> None:
    corridor = Corridor()
    corridor.place("ROAAA", "Europe/Bucharest")
    corridor.place("ROBBB", "Europe/Bucharest")
    corridor.timetable("S", [("ROAAA", None, "0 12:00"), ("ROBBB", "0 18:00", None)])
    network = compile_network(corridor.feed(), date(2026, 3, 28), date(2026, 3, 29))
    assert departures(network, "S")[-2:] == [
        datetime(2026, 3, 28, 10, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 9, 0, tzinfo=UTC),
    ]


def test_weekdays_exceptions_and_validity_decide_the_days() -> None:
    corridor = pair()
    corridor.timetable(
        "S",
        [("AZAAA", None, "0 08:00"), ("GEBBB", "1 08:00", None)],
        days="0100100",
        valid_to=date(2026, 4, 3),
    )
    key = corridor.calendars[-1].calendar_id
    for day, kind in ((date(2026, 3, 24), "removed"), (date(2026, 3, 25), "added")):
        corridor.exceptions.append(
            CalendarException(calendar_id=key, exception_date=day, type=kind, source_id="test")
        )
    found = {moment.date() for moment in departures(compile_network(corridor.feed(), *SPRING), "S")}
    # Tuesdays and Fridays, less the 24th, with the 25th, up to 3 April.
    assert found == {date(2026, 3, d) for d in (20, 25, 27, 31)} | {date(2026, 4, 3)}


def test_what_started_before_the_horizon_still_calls_within_it() -> None:
    corridor = Corridor()
    for place in ("CNAAA", "KZBBB", "AZCCC"):
        corridor.place(place)
    corridor.timetable(
        "S",
        [("CNAAA", None, "0 08:00"), ("KZBBB", "5 06:00", "5 10:00"), ("AZCCC", "9 08:00", None)],
        days="1000000",
    )
    network = compile_network(corridor.feed(), date(2026, 3, 20), date(2026, 3, 22))
    found = earliest_arrival(network, "KZBBB", "AZCCC", datetime(2026, 3, 20, 12, tzinfo=UTC))
    assert datetime_of(found.rides[0].departs) == datetime(2026, 3, 21, 10, 0, tzinfo=UTC)


def test_cargo_ready_after_the_cut_off_takes_the_next_departure() -> None:
    corridor = pair(cut_off_hours=6.0)
    corridor.timetable("S", [("AZAAA", None, "0 12:00"), ("GEBBB", "0 20:00", None)])
    feed = corridor.feed()
    assert ask(feed, "2026-03-23T06:00+00:00").arrives_at.day == 23
    assert ask(feed, "2026-03-23T06:01+00:00").arrives_at.day == 24


def test_the_hour_nobody_published_is_not_promised() -> None:
    corridor = pair()
    corridor.timetable("S", [("AZAAA", None, "0"), ("GEBBB", "1", None)], days="0100000")
    feed = corridor.feed()
    found = ask(feed, "2026-03-23T00:00+00:00")
    # Ready by the beginning of Tuesday the 24th, planned to leave and arrive at the days' ends.
    assert datetime_of(found.rides[0].departs) == datetime(2026, 3, 25, tzinfo=UTC)
    assert found.arrives_at == datetime(2026, 3, 26, tzinfo=UTC)
    assert ask(feed, "2026-03-24T00:01+00:00").arrives_at == datetime(2026, 4, 2, tzinfo=UTC)


def test_a_frequency_waits_half_its_headway_and_full_trains_their_median() -> None:
    corridor = pair()
    corridor.rolling(
        "F", ["AZAAA", "GEBBB"], [10.0], pattern="frequency", wait=None, departures_per_week=2.0
    )
    found = ask(corridor.feed(), "2026-03-23T00:00+00:00")
    assert found.arrives_at - found.hand_over_at == timedelta(hours=7 * 24 / 2 / 2 + 10)
    corridor = pair()
    corridor.rolling("W", ["AZAAA", "GEBBB"], [10.0], pattern="when_full", wait=(30.0, 90.0))
    found = ask(corridor.feed(), "2026-03-23T00:00+00:00")
    assert found.arrives_at - found.hand_over_at == timedelta(hours=40)


def test_borders_and_gauge_changes_take_their_time_unless_the_run_holds_them() -> None:
    corridor = pair()
    corridor.rolling("R", ["AZAAA", "GEBBB"], [10.0])
    corridor.crossing(
        "AZAAA", "GEBBB", "rail", 5.0, gauge_change_p50_hours=4.0, gauge_change_p95_hours=6.0
    )
    found = ask(corridor.feed(), "2026-03-23T00:00+00:00")
    assert found.arrives_at - found.hand_over_at == timedelta(hours=19)
    feed = corridor.feed()
    held = tuple(replace(call, border_included=True) for call in feed.calls)
    found = ask(replace(feed, calls=held), "2026-03-23T00:00+00:00")
    assert found.arrives_at - found.hand_over_at == timedelta(hours=10)


def test_a_shut_terminal_makes_cargo_wait_for_its_opening() -> None:
    corridor = pair(
        opens_local=clock("08:00"), closes_local=clock("18:00"), open_days=("mon", "wed")
    )
    corridor.rolling("R", ["AZAAA", "GEBBB"], [4.0])
    # Monday 16:00: boards at once, comes at 20:00, is taken in on Wednesday at 08:00.
    found = ask(corridor.feed(), "2026-03-23T16:00+00:00")
    assert found.arrives_at == datetime(2026, 3, 25, 8, 0, tzinfo=UTC)


def test_a_place_open_over_midnight_is_open_at_midnight() -> None:
    corridor = pair(opens_local=clock("20:00"), closes_local=clock("06:00"))
    corridor.rolling("R", ["AZAAA", "GEBBB"], [1.0])
    found = ask(corridor.feed(), "2026-03-23T23:30+00:00")
    assert found.arrives_at == datetime(2026, 3, 24, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("subject", "key"), [("link", "L0"), ("border_crossing", "B0"), ("service", "R")]
)
def test_a_closure_keeps_services_from_starting_while_it_lasts(subject: str, key: str) -> None:
    corridor = pair()
    corridor.rolling("R", ["AZAAA", "GEBBB"], [4.0])
    corridor.crossing("AZAAA", "GEBBB", "rail", 0.0)
    corridor.closure(subject, key, date(2026, 3, 23), date(2026, 3, 25))
    found = ask(corridor.feed(), "2026-03-23T10:00+00:00")
    assert found.arrives_at == datetime(2026, 3, 26, 4, 0, tzinfo=UTC)


def test_planned_ways_are_there_only_when_asked_for() -> None:
    corridor = pair()
    corridor.rolling("SLOW", ["AZAAA", "GEBBB"], [40.0])
    corridor.rolling("NEW", ["AZAAA", "GEBBB"], [4.0], status="planned")
    feed = corridor.feed()
    assert ask(feed, "2026-03-23T00:00+00:00").arrives_at.day == 24
    assert ask(feed, "2026-03-23T00:00+00:00", include_planned=True).arrives_at.hour == 4


def test_a_service_that_runs_today_keeps_off_planned_ways() -> None:
    corridor = Corridor()
    for place in ("AZAAA", "AZBBB", "GECCC"):
        corridor.place(place)
    corridor.link("AZAAA", "AZBBB", km=100)
    corridor.link("AZBBB", "GECCC", km=100)
    corridor.link("AZAAA", "GECCC", km=50, status="planned")
    corridor.rolling("OLD", ["AZAAA", "GECCC"], [40.0])
    corridor.rolling("NEW", ["AZAAA", "GECCC"], [4.0], status="planned")
    network = compile_network(corridor.feed(), *SPRING, include_planned=True)
    lengths = {leg.service_id: leg.distance_km for leg in network.legs}
    assert lengths == {"OLD": 200, "NEW": 50}


def test_a_later_departure_that_overtakes_is_caught() -> None:
    corridor = pair()
    slow = [("AZAAA", None, "0 08:00"), ("GEBBB", "3 08:00", None)]
    fast = [("AZAAA", None, "0 10:00"), ("GEBBB", "0 20:00", None)]
    corridor.timetable("SLOW", slow)
    corridor.timetable("FAST", fast)
    assert ask(corridor.feed(), "2026-03-23T00:00+00:00").arrives_at.day == 23


def test_a_service_without_a_way_is_left_out_with_a_word_why() -> None:
    corridor = pair()
    corridor.rolling("R", ["AZAAA", "GEBBB"], [4.0])
    feed = replace(corridor.feed(), links=())
    (warning,) = compile_network(feed, *SPRING).warnings
    assert "no open rail link leads from AZAAA to GEBBB" in warning


def test_a_horizon_that_cannot_be_is_refused() -> None:
    feed = pair().feed()
    with pytest.raises(InvalidRequestError, match="swap the two days"):
        compile_network(feed, date(2026, 2, 1), date(2026, 1, 1))
    with pytest.raises(InvalidRequestError, match="days long"):
        compile_network(feed, date(2026, 1, 1), date(2036, 1, 1))
    with pytest.raises(FeedError, match="0 services"):
        compile_network(feed, *SPRING)


def test_the_parts_of_every_leg_of_the_shipped_corridor_add_up_to_its_time() -> None:
    network = compile_network(read_feed().feed, date(2026, 12, 1), date(2027, 1, 31))
    assert network.warnings == ()
    arrays = network.arrays
    for leg in range(len(network.leg_calls)):
        line = network.line_of_leg(leg)
        if arrays.line_departures[line] == ROLLING:
            parts = network.ride_parts(leg)
            assert sum(p.duration.p50 for p in parts) == pytest.approx(
                float(arrays.leg_ride[leg]), abs=1.0
            )
            wait = network.wait_part(leg)
            assert wait is not None
            assert round(wait.duration.p50) == arrays.line_wait[line]
        assert network.leg(leg).distance_km > 0
