"""The law of peaks: what it learns, what it does not, and that its shares are what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cupel.control.forecast import (
    BINS,
    BLOCKS,
    PRIOR,
    WATCH,
    Near,
    Peaks,
    deviation,
    most_known,
    quantile,
    share_below,
)
from cupel.control.watches import watch

ONE = np.ones(1)


def flown(loads: np.ndarray, expected: float, period: float = 5.0) -> Peaks:
    peaks = Peaks.blank(1)
    for load in loads:
        peaks = watch(peaks, np.array([load]), expected * ONE, period * ONE, period * ONE)
    return peaks


def test_a_load_as_expected_teaches_that_no_peaks_come() -> None:
    peaks = flown(np.full(4000, 20.0), 20.0)

    assert share_below(peaks, np.array([0.5]))[0] > 0.95
    assert quantile(peaks, np.array([0.9]))[0] < 0.5


def test_a_burst_every_other_watch_is_in_the_law_long_after_the_last_one() -> None:
    one = np.full(2 * int(WATCH / 5), 20.0)
    one[60:64] = 60.0
    peaks = flown(np.tile(one, 30), 20.0)
    rise = (60.0 - 20.0) / deviation(np.array([20.0]), 5.0 * ONE)

    between = share_below(peaks, rise * 0.9)[0]

    assert 0.35 < between < 0.6  # half the watches saw one
    assert quantile(peaks, np.array([0.8]))[0] == pytest.approx(rise[0], rel=0.2)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95])
def test_a_quantile_is_not_exceeded_as_often_as_it_says(share: float) -> None:
    """Over many policies: of one, the last two hours hold no more than a dozen watches."""
    rng, rows = np.random.default_rng(7), 24
    peaks, ones = Peaks.blank(rows), np.ones(rows)
    for loads in rng.poisson(100.0, (4000, rows)) / 5.0:
        peaks = watch(peaks, loads, 20.0 * ones, 5.0 * ones, 5.0 * ones)
    level = 20.0 + quantile(peaks, share * ones) * deviation(20.0 * ones, 5.0 * ones)
    fresh = (rng.poisson(100.0, (1000, int(WATCH / 5))) / 5.0).max(axis=1)

    assert (fresh[:, None] <= level).mean() == pytest.approx(share, abs=0.08)


def test_quantile_and_share_are_each_others_inverse() -> None:
    peaks = flown(np.random.default_rng(3).poisson(100.0, 6000) / 5.0, 20.0)
    shares = np.linspace(0.05, 0.95, 19)
    many = Peaks(*(np.repeat(column, 19, axis=0) for column in vars(peaks).values()))

    assert share_below(many, quantile(many, shares)) == pytest.approx(shares, abs=1e-9)


@pytest.mark.parametrize("loads", [[np.nan], [20.0, np.nan]])
def test_a_watch_with_a_gap_in_it_teaches_nothing(loads: list[float]) -> None:
    peaks = flown(np.tile(loads, 200), 20.0)

    assert np.array_equal(peaks.law, Peaks.blank(1).law)


def test_a_long_sleep_ends_the_watches() -> None:
    peaks = flown(np.full(30, 20.0), 20.0)
    assert peaks.under_way[0] > 1

    slept = watch(peaks, 20.0 * ONE, 20.0 * ONE, 900.0 * ONE, 5.0 * ONE)

    assert np.array_equal(slept.law, peaks.law)
    assert slept.under_way[0] == 1  # one began anew


def test_a_law_stays_one_whatever_is_fed() -> None:
    rng = np.random.default_rng(11)
    peaks = Peaks.blank(50)
    for _ in range(1500):
        load = np.where(rng.random(50) < 0.002, np.nan, rng.exponential(10.0 ** rng.integers(0, 9), 50))
        peaks = watch(peaks, load, rng.exponential(50.0, 50), rng.uniform(0.5, 9.0, 50), np.full(50, 5.0))

    assert (np.diff(peaks.law, axis=1) >= -1e-12).all()
    assert (peaks.law[:, -1] == 1.0).all()
    assert peaks.expected.shape == (50, BLOCKS)


def test_few_peaks_vouch_for_little() -> None:
    """Nothing seen: what is assumed is worth half a stretch. Two hours of stretches vouch for 0.96."""
    peaks = replace(Peaks.blank(3), learnt=np.array([PRIOR, 2.0 * BLOCKS, 12.0 * BLOCKS]))

    assert most_known(peaks) == pytest.approx([1.0 / 1.5, 2.5 / 3.0, 12.5 / 13.0])


def test_where_a_quantile_was_found_last_changes_no_answer() -> None:
    """Guesses that are right, out by a bin, far out, or of another number of rows."""
    dice, near = np.random.default_rng(5), Near()
    for rows in (40, 40, 40, 7):
        mass = dice.random((rows, BINS)) ** 8
        law = np.cumsum(mass, axis=1) / mass.sum(axis=1, keepdims=True)
        law[:, -1] = 1.0
        peaks = replace(Peaks.blank(rows), law=law)
        for share in (0.0, 0.5, 0.51, 0.7, 1.0):
            asked = np.full(rows, share)
            np.testing.assert_array_equal(quantile(peaks, asked, near), quantile(peaks, asked))
