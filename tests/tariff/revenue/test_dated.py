from __future__ import annotations

import itertools
from datetime import date

import pytest

import kervan
from kervan.errors import InvalidRequestError
from kervan.network import Network
from kervan.network.clock import MINUTES_PER_DAY, datetime_of
from kervan.tariff.revenue import dated_runs

FIRST, LAST = date(2026, 12, 1), date(2026, 12, 28)


@pytest.fixture(scope="module")
def network() -> Network:
    return kervan.read_feed().network(FIRST, LAST)


def test_a_frequency_is_spread_evenly_over_the_horizon(network: Network) -> None:
    runs = dated_runs(network, "KMTF-AAU-ALA-W", "KZAAU", "AZ-ALAT")
    assert len(runs) == 20  # five a week for four weeks
    assert {run.departure.capacity_teu for run in runs} == {225.0}
    assert all(run.is_spread for run in runs)
    assert runs[0].departure.name.endswith("departure about 1 December 2026")
    gaps = {later.departs - run.departs for run, later in itertools.pairwise(runs)}
    assert max(gaps) - min(gaps) <= 1
    start = network.first_day * MINUTES_PER_DAY
    assert runs[0].departs - start == start + 28 * MINUTES_PER_DAY - runs[-1].departs
    assert {run.arrives - run.departs for run in runs} == {22 * 60}
    assert len({run.departure.departure_id for run in runs}) == len(runs)


def test_a_timetable_keeps_its_days(network: Network) -> None:
    runs = dated_runs(network, "UKF-VAR-BUS", "BGVAR", "GEBUS", capacity_teu=100)
    moments = [datetime_of(run.departs) for run in runs]
    assert [moment.date().day for moment in moments] == [1, 8, 15, 22]
    assert {moment.hour for moment in moments} == {16}  # 18:00 at Varna
    assert not any(run.is_spread for run in runs)
    assert runs[0].departure.name.endswith("departure of 1 December 2026")
    assert all(run.arrives > run.departs for run in runs)


def test_what_leaves_when_full_asks_how_often(network: Network) -> None:
    ride = ("PEL-ALA-IST-E", "TRIST", "AZ-ALAT")
    with pytest.raises(InvalidRequestError, match="give per_week"):
        dated_runs(network, *ride)
    assert len(dated_runs(network, *ride, per_week=3)) == 12


def test_what_has_no_capacity_asks_for_it(network: Network) -> None:
    with pytest.raises(InvalidRequestError, match="give capacity_teu"):
        dated_runs(network, "UKF-VAR-BUS", "BGVAR", "GEBUS")


def test_a_ride_that_is_not_offered_is_refused(network: Network) -> None:
    with pytest.raises(InvalidRequestError, match="from AZ-ALAT to KZAAU"):
        dated_runs(network, "KMTF-AAU-ALA-W", "AZ-ALAT", "KZAAU")
