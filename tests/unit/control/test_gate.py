"""One absurd sample moves nothing that lasts; two on the same side are a jump, and believed."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import default_rng

from cupel.control.belief import Belief
from cupel.control.bounds import LEAST_SIGNAL_TO_NOISE, MOST_SIGNAL_TO_NOISE
from cupel.control.kalman import GATE, step
from cupel.control.tuning import Tuning

N, LOAD, PERIOD = 200, 100.0, 5.0
DT = np.full(N, PERIOD)
TUNING = Tuning.default(N, PERIOD)


def settled(seed: int = 1) -> Belief:
    rng, belief = default_rng(seed), Belief.blank(N)
    for _ in range(100):
        belief, _ = step(belief, rng.poisson(LOAD * PERIOD, N) / PERIOD, DT, TUNING)
    return belief


# fmt: off
GLITCHES = [
    ("ten times too much",      1e3),
    ("a million times",         1e8),
    ("the largest taken",       1e15),
    ("suddenly nothing",        0.0),
    ("infinite",                np.inf),
    ("negative",                -5.0),
]
# fmt: on


@pytest.mark.parametrize("glitch", [row[1] for row in GLITCHES], ids=[row[0] for row in GLITCHES])
def test_one_glitch_moves_no_noise_and_the_level_by_no_more_than_the_gate(glitch: float) -> None:
    before = settled()
    after, seen = step(before, np.full(N, glitch), DT, TUNING)
    assert (seen.doubted | ~seen.used).all() and not seen.shifted.any()
    for name in ("signal_to_noise", "nis", "whiteness"):
        assert np.array_equal(getattr(after, name), getattr(before, name))
    assert np.all(after.scale / after.shape <= 1.3 * before.scale / before.shape + 0.3)
    most = GATE * np.sqrt(np.where(seen.used, seen.S, 0.0)) + np.abs(before.trend) * PERIOD
    assert np.all(np.abs(after.level - before.level) <= most + 1e-9)


def test_a_glitch_is_forgotten() -> None:
    """Twenty samples later, rows that had a glitch and rows that had none believe the same."""
    rng, clean = default_rng(2), settled()
    dirty, _ = step(clean, np.full(N, 1e9), DT, TUNING)
    for _ in range(20):
        z = rng.poisson(LOAD * PERIOD, N) / PERIOD
        clean, dirty = step(clean, z, DT, TUNING)[0], step(dirty, z, DT, TUNING)[0]
    assert np.all(np.abs(dirty.level - clean.level) < 0.5 * clean.deviation)
    assert np.mean(np.abs(np.log(dirty.signal_to_noise / clean.signal_to_noise))) < 0.1


@pytest.mark.parametrize("to", [1000.0, 5.0], ids=["up to tenfold", "down to a twentieth"])
def test_a_second_sample_on_the_same_side_is_a_jump(to: float) -> None:
    rng, belief = default_rng(3), settled()
    first, seen = step(belief, rng.poisson(to * PERIOD, N) / PERIOD, DT, TUNING)
    assert seen.doubted.all()
    z = rng.poisson(to * PERIOD, N) / PERIOD
    second, seen = step(first, z, DT, TUNING)
    assert seen.shifted.all()
    assert np.all(np.abs(second.level - to) <= 0.1 * abs(to - LOAD))
    _, seen = step(second, rng.poisson(to * PERIOD, N) / PERIOD, DT, TUNING)
    assert seen.doubted.mean() < 0.1


def test_glitches_to_both_sides_in_turn_are_noise_and_become_it() -> None:
    belief = settled()
    for k in range(60):
        belief, seen = step(belief, np.full(N, 400.0 if k % 2 else 10.0), DT, TUNING)
    assert not seen.doubted.any() and not seen.shifted.any()
    assert np.all((belief.level > 10) & (belief.level < 400))


def test_process_noise_is_scaled_by_at_most_e_to_the_eta_and_within_bounds() -> None:
    rng, belief = default_rng(4), settled()
    for k in range(400):
        load = LOAD * np.exp(np.cumsum(rng.normal(0, 0.5, N)) / 10) * (10 if k % 50 < 25 else 1)
        after, _ = step(belief, rng.poisson(load * PERIOD) / PERIOD, DT, TUNING)
        change = np.abs(np.log(after.signal_to_noise / belief.signal_to_noise))
        assert np.all(change <= TUNING.eta + 1e-12)
        belief = after
        assert np.all(
            (belief.signal_to_noise >= LEAST_SIGNAL_TO_NOISE)
            & (belief.signal_to_noise <= MOST_SIGNAL_TO_NOISE)
        )


def test_at_eta_zero_the_noise_is_held() -> None:
    rng, before = default_rng(5), settled()
    held = Tuning(np.zeros(N), TUNING.gamma, TUNING.tau, TUNING.period, TUNING.counts)
    belief = before
    for _ in range(30):
        belief, _ = step(belief, rng.poisson(3 * LOAD * PERIOD, N) / PERIOD, DT, held)
    for name in ("signal_to_noise", "shape", "scale"):
        assert np.array_equal(getattr(belief, name), getattr(before, name))
