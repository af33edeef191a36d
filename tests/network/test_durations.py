"""Durations are the distributions their median and 95th percentile say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kervan.network.durations import CONSTANT, LOGNORMAL, UNIFORM, Duration, pmf_of_sum

hours = st.floats(0.1, 200.0)
spreads = st.floats(1.0, 6.0)


@given(hours, spreads)
def test_the_median_and_the_tail_are_those_of_the_feed(p50: float, spread: float) -> None:
    duration = Duration.of_hours(p50, p50 * spread)
    at = np.array([duration.p50, duration.p95])
    below = duration.cdf(at)
    if duration.shape == LOGNORMAL:
        assert below == pytest.approx([0.5, 0.95], abs=1e-6)
    else:
        assert duration.shape == CONSTANT
        assert list(below) == [1.0, 1.0]


def test_a_lognormal_has_the_mean_of_its_formula() -> None:
    duration = Duration.of_hours(10.0, 30.0)
    sample = duration.sample(np.random.default_rng(1), 400_000)
    assert sample.mean() == pytest.approx(duration.mean, rel=0.01)
    assert np.quantile(sample, [0.5, 0.95]) == pytest.approx([600.0, 1800.0], rel=0.01)


def test_the_wait_for_so_many_departures_a_week_is_uniform_up_to_the_headway() -> None:
    wait = Duration.of_headway(7 * 1440 / 2)
    assert wait.shape == UNIFORM
    assert wait.mean == 7 * 1440 / 4
    assert list(wait.cdf(np.array([0.0, wait.p50, 2 * wait.p50]))) == [0.0, 0.5, 1.0]


@given(hours, spreads, st.sampled_from([15, 30, 60]))
def test_a_discretised_duration_loses_no_probability_and_keeps_its_mean(
    p50: float, spread: float, step: int
) -> None:
    duration = Duration.of_hours(p50, p50 * spread)
    mass = duration.pmf(step)
    assert mass.sum() == pytest.approx(1.0)
    assert mass.min() >= 0.0
    mean = float((mass * np.arange(len(mass))).sum()) * step
    assert mean == pytest.approx(duration.mean, abs=step / 2 + 0.01 * duration.mean)


def test_the_sum_of_durations_is_that_of_their_samples() -> None:
    parts = (
        Duration.of_hours(20.0, 50.0),
        Duration.of_hours(6.0, 6.0),
        Duration.of_headway(2880.0),
        Duration.of_hours(0.25, 0.25),
    )
    mass = pmf_of_sum(parts, 30)
    rng = np.random.default_rng(2)
    sample = sum(part.sample(rng, 200_000) for part in parts)
    grid = np.arange(len(mass)) * 30.0
    assert mass.sum() == pytest.approx(1.0)
    assert (mass * grid).sum() == pytest.approx(float(np.mean(sample)), rel=0.01)
    for share in (0.5, 0.95):
        at = grid[np.searchsorted(np.cumsum(mass), share)]
        assert at == pytest.approx(float(np.quantile(sample, share)), rel=0.02)
