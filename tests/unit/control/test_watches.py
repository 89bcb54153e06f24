"""Watches are kept together, and teach what each would by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from cupel.control.forecast import BINS, BLOCKS, LEAST, WATCH, WIDTH, Peaks, deviation
from cupel.control.watches import GAP, MEMORY, watch

ROWS, LOOKS = 12, 700
EDGES = LEAST + WIDTH * np.arange(1, BINS + 1)


@dataclass
class Watch:
    """One by itself, as the book would have it."""

    expected: float
    highest: float = 0.0
    age: float = 0.0


class Plain:
    """One policy's law, look by look and watch by watch."""

    def __init__(self, law: np.ndarray, learnt: float) -> None:
        self.law, self.learnt = law.copy(), learnt
        self.watches: list[Watch] = []
        self.due = 0.0

    def look(self, load: float, expected: float, dt: float, period: float) -> None:
        if not (np.isfinite(load) and dt <= GAP * period):
            self.watches = []
        for one in self.watches:
            one.age += dt
            one.highest = max(one.highest, load)
        for one in [one for one in self.watches if one.age >= WATCH]:
            self.learn((one.highest - one.expected) / deviation(np.array(one.expected), np.array(period)))
            self.watches.remove(one)
        self.due -= dt
        if self.due <= 0 and np.isfinite(load) and np.isfinite(expected):
            self.watches.append(Watch(expected))
            self.due = WATCH / BLOCKS

    def learn(self, rise: float) -> None:
        self.learnt = min(self.learnt + 1.0, MEMORY * BLOCKS / WATCH)
        self.law += ((np.arcsinh(rise) <= EDGES) - self.law) / self.learnt
        self.law[-1] = 1.0


@pytest.mark.parametrize(
    ("periods", "missing"),
    [([2.0, 5.0], 0.0), ([2.0, 5.0, 15.0, 60.0], 0.01), ([30.0, 200.0], 0.0), ([1.0], 0.2)],
    ids=["steady", "with gaps", "seldom looked at", "mostly blind"],
)
def test_kept_together_they_teach_what_each_would_by_itself(periods: list[float], missing: float) -> None:
    rng = np.random.default_rng(20261127)
    period = rng.choice(periods, ROWS)
    peaks = Peaks.blank(ROWS)
    plain = [Plain(law, learnt) for law, learnt in zip(peaks.law, peaks.learnt, strict=True)]
    for _ in range(LOOKS):
        dt = period * rng.choice([1.0, 1.0, 0.5, 2.0, 4.0], ROWS, p=[0.5, 0.2, 0.2, 0.095, 0.005])
        load = np.where(rng.random(ROWS) < missing, np.nan, rng.poisson(100.0, ROWS) / 5.0)
        expected = np.where(rng.random(ROWS) < 0.01, np.nan, rng.uniform(10.0, 30.0, ROWS))
        peaks = watch(peaks, load, expected, dt, period)
        for row, one in enumerate(plain):
            one.look(load[row], expected[row], dt[row], period[row])

    assert np.array_equal(peaks.under_way, [len(one.watches) for one in plain])
    assert np.array_equal(peaks.learnt, [one.learnt for one in plain])
    np.testing.assert_allclose(peaks.law, [one.law for one in plain], rtol=1e-12, atol=1e-12)


def test_more_watches_than_places_lose_the_oldest() -> None:
    """A beginning comes due by rounding before the oldest one ends: the row has no place left, and goes on."""
    rows = np.ones(3)
    peaks = Peaks.blank(3)
    for _ in range(BLOCKS + 3):
        peaks = watch(Peaks(**{**vars(peaks), "due": 0.0 * rows}), 20.0 * rows, 20.0 * rows, rows, rows)

    assert (peaks.under_way == BLOCKS).all()
    assert (peaks.left < WATCH).all() and (peaks.left > WATCH - BLOCKS - 1).all()
    assert (peaks.highest == 20.0).sum() == 3 * (BLOCKS - 1)
