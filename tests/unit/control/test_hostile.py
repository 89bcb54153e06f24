"""Whatever the filter is fed, what it believes stays finite and bounded, and it comes back when the signal does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.random import Generator, default_rng

from cupel.control.belief import Belief, possible
from cupel.control.bounds import MOST_VARIANCE
from cupel.control.kalman import predict, step
from cupel.control.rows import Floats
from cupel.control.tuning import Tuning

N, LOAD, PERIOD = 32, 100.0, 5.0
Fed = Callable[[Generator, int], Floats]


def tuning() -> Tuning:
    """Half counts and half gauges, each with short and long memory, slow and fast."""
    parts = np.arange(N)
    gamma, eta = np.where(parts % 4 < 2, 0.5, 0.999), np.where(parts % 8 < 4, 0.01, 1.0)
    return replace(Tuning.default(N, PERIOD), gamma=gamma, eta=eta, counts=parts % 2 == 0)


def honest(rng: Generator, k: int) -> Floats:
    return rng.poisson(LOAD * PERIOD, N) / PERIOD


def steadily(value: float) -> Fed:
    return lambda rng, k: np.full(N, value)


def wildly(rng: Generator, k: int) -> Floats:
    return 10 ** rng.uniform(-300, 300, N) * rng.choice([-1.0, 1.0], N)


def absurd_mix(rng: Generator, k: int) -> Floats:
    figures = [np.nan, np.inf, -np.inf, 1e308, -1e308, 0.0, -0.0, 5e-324, 1e15, 1e14, LOAD]
    return rng.choice(figures, N)


# fmt: off
SAMPLES: list[tuple[str, Fed]] = [
    ("honest",                          honest),
    ("missing",                         steadily(np.nan)),
    ("infinite",                        steadily(np.inf)),
    ("1e308",                           steadily(1e308)),
    ("minus 1e308",                     steadily(-1e308)),
    ("the largest that is taken",       steadily(1e15)),
    ("the smallest there is",           steadily(5e-324)),
    ("nothing but zero",                steadily(0.0)),
    ("frozen",                          steadily(LOAD)),
    ("1e15 and 0 in turn",              lambda rng, k: np.full(N, 1e15 * (k % 2))),
    ("600 orders of magnitude",         wildly),
    ("all of it mixed",                 absurd_mix),
    ("doubling at every step",          lambda rng, k: np.full(N, 2.0 ** min(k, 1000))),
]
TIMES: list[tuple[str, Fed]] = [
    ("on time",                         steadily(PERIOD)),
    ("no time passes",                  steadily(0.0)),
    ("time runs back",                  steadily(-PERIOD)),
    ("time is NaN",                     steadily(np.nan)),
    ("time is infinite",                steadily(np.inf)),
    ("1e308 seconds",                   steadily(1e308)),
    ("a nanosecond",                    steadily(1e-9)),
    ("a day",                           steadily(86_400.0)),
    ("all of it mixed",                 lambda rng, k: rng.choice([0.0, -1.0, np.nan, np.inf, 1e-9, PERIOD, 1e6], N)),
]
# fmt: on


@pytest.mark.parametrize("seconds", [row[1] for row in TIMES], ids=[row[0] for row in TIMES])
@pytest.mark.parametrize("fed", [row[1] for row in SAMPLES], ids=[row[0] for row in SAMPLES])
@pytest.mark.filterwarnings("error")
def test_belief_stays_finite_and_bounded_and_recovers(fed: Fed, seconds: Fed) -> None:
    rng, belief, tuned = default_rng(1), Belief.blank(N), tuning()
    for k in range(60):
        belief, _ = step(belief, fed(rng, k), seconds(rng, k), tuned)
        assert possible(belief).all()
    for k in range(150):
        belief, _ = step(belief, honest(rng, k), np.full(N, PERIOD), tuned)
    assert np.all(np.abs(belief.level - LOAD) < 6 * np.sqrt(LOAD / PERIOD))


def test_a_missing_sample_only_widens_the_belief() -> None:
    rng, belief, tuned = default_rng(2), Belief.blank(N), tuning()
    for k in range(50):
        belief, _ = step(belief, honest(rng, k), np.full(N, PERIOD), tuned)
    for _ in range(50):
        blind, seen = step(belief, np.full(N, np.nan), np.full(N, PERIOD), tuned)
        assert not seen.used.any()
        assert np.all(blind.p00 > belief.p00)
        for name in ("steps", "signal_to_noise", "nis", "whiteness", "doubt"):
            assert np.array_equal(getattr(blind, name), getattr(belief, name))
        belief = blind


def test_no_silence_is_long_enough_to_lose_bounds() -> None:
    rng, belief, tuned = default_rng(3), Belief.blank(N), tuning()
    for k in range(50):
        belief, _ = step(belief, honest(rng, k), np.full(N, PERIOD), tuned)
    for _ in range(5000):
        belief = predict(belief, np.full(N, 86_400.0), tuned)
    assert possible(belief).all() and np.all(belief.p00 < MOST_VARIANCE)


def test_time_that_stands_still_or_runs_back_changes_nothing() -> None:
    rng, belief, tuned = default_rng(4), Belief.blank(N), tuning()
    for k in range(50):
        belief, _ = step(belief, honest(rng, k), np.full(N, PERIOD), tuned)
    for seconds in (0.0, -5.0, np.nan, -np.inf):
        after, seen = step(belief, honest(rng, 0), np.full(N, seconds), tuned)
        assert not seen.used.any()
        for name in ("level", "trend", "p00", "p01", "p11", "shape", "steps"):
            np.testing.assert_allclose(getattr(after, name), getattr(belief, name), rtol=1e-12)
