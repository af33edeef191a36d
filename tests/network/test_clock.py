"""Local clocks become minutes as the zone database says, through changes of zone and of season."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kervan.feed.zones import zone
from kervan.network.clock import (
    datetime_of,
    day_number,
    day_of,
    local_datetime,
    minute_of,
    zone_offsets,
)

EPOCH = datetime(1970, 1, 1)
ZONES = ["UTC", "Asia/Shanghai", "Asia/Almaty", "Asia/Aqtau", "Europe/Istanbul", "Europe/Berlin"]
moments = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1))


@given(moments)
def test_minutes_and_datetimes_are_one_and_the_same(moment: datetime) -> None:
    aware = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    assert datetime_of(minute_of(aware)) == aware
    assert day_of(day_number(moment.date())) == moment.date()


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        minute_of(datetime(2026, 1, 1))


@given(moments, st.sampled_from(ZONES))
def test_whole_columns_are_converted_as_single_times_are(moment: datetime, name: str) -> None:
    wall = moment.replace(second=0, microsecond=0)
    local = int((wall - EPOCH) // timedelta(minutes=1))
    day = day_number(wall.date())
    (found,) = zone_offsets(name, day - 40, day + 40).to_utc(np.array([local], np.int64))
    assert found == minute_of(wall.replace(tzinfo=zone(name)))


def test_kazakhstan_has_kept_one_zone_since_the_first_of_march_2024() -> None:
    for name, before in (("Asia/Almaty", 6), ("Asia/Aqtau", 5)):
        first = zone_offsets(name, day_number(date(2024, 2, 1)), day_number(date(2024, 4, 1)))
        assert first.offsets[0] == before * 60
        assert first.offsets[-1] == 300
    noon = minute_of(datetime(2026, 12, 1, 7, 0, tzinfo=UTC))
    assert local_datetime(noon, "Asia/Almaty").hour == 12
    assert local_datetime(noon, "Asia/Aqtau").hour == 12


def test_summer_time_moves_the_clocks_of_the_eu_and_not_of_turkiye() -> None:
    span = (day_number(date(2027, 3, 1)), day_number(date(2027, 4, 30)))
    assert len(zone_offsets("Europe/Bucharest", *span).changes) == 1
    assert len(zone_offsets("Europe/Istanbul", *span).changes) == 0
