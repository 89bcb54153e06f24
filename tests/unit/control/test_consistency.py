"""The belief is as sure as it should be: 95 % of what comes lies where it says 95 % lie. And it learns both noises."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.random import default_rng
from tests.unit.control.plants import log_uniform, tuning_for
from tests.unit.control.truth import Truth

from cupel.control import noise
from cupel.control.belief import Belief
from cupel.control.kalman import step
from cupel.control.rows import Floats
from cupel.control.tuning import Tuning

N, SETTLED, STEPS = 600, 100, 300
INSIDE = 3.841
"""Chi-square of one degree at 95 %."""


@dataclass
class Followed:
    """Shares of (row, step) after settling, and the last belief."""

    nis_inside: float
    window_inside: float
    level_inside: float
    squared_error: float
    least_row: float
    belief: Belief


def follow(truth: Truth, belief: Belief, tuning: Tuning) -> Followed:
    nis, window, level, error = ([] for _ in range(4))
    for k, (true, z) in enumerate(truth.loads(STEPS)):
        belief, seen = step(belief, z, tuning.period, tuning)
        if k >= SETTLED:
            nis.append(seen.nis <= INSIDE)
            window.append((belief.nis >= noise.LOW_NIS) & (belief.nis <= noise.HIGH_NIS))
            level.append((true - belief.level) ** 2 <= INSIDE * belief.p00)
            error.append((true - belief.level) ** 2 / truth.R)
    inside = np.array(nis)
    shares = (inside.mean(), np.mean(window), np.mean(level), np.mean(error))
    return Followed(*(float(share) for share in shares), float(inside.mean(axis=0).min()), belief)


def test_with_the_right_noise_95_percent_are_inside() -> None:
    truth = Truth(N, (0.09, 100.0), seed=11)
    known = follow(truth, truth.known, truth.held)
    assert known.nis_inside == pytest.approx(0.95, abs=0.005)
    assert known.level_inside == pytest.approx(0.95, abs=0.005)
    assert 0.95 <= known.window_inside <= 0.975  # an exponential window is not quite a chi-square


# fmt: off
FAMILIES = [
    ("level that hardly walks",       (0.09, 0.3)),
    ("level that walks",              (0.3, 3.0)),
    ("level that walks more",         (3.0, 30.0)),
    ("all of these",                  (0.09, 30.0)),
]
# fmt: on


@pytest.mark.parametrize("ratio", [row[1] for row in FAMILIES], ids=[row[0] for row in FAMILIES])
def test_with_noise_it_must_learn_95_percent_are_inside(ratio: tuple[float, float]) -> None:
    learnt = follow(Truth(N, ratio, seed=12), Belief.blank(N), Truth(N, ratio, seed=12).tuning)
    best = follow(twin := Truth(N, ratio, seed=12), twin.known, twin.held)
    assert 0.94 <= learnt.nis_inside <= 0.965
    assert learnt.least_row >= 0.87
    assert learnt.level_inside >= 0.93
    assert learnt.squared_error <= 1.2 * best.squared_error


def test_it_learns_both_noises() -> None:
    truth = Truth(N, (0.1, 10.0), seed=13)
    belief = follow(truth, Belief.blank(N), truth.tuning).belief
    off_R = np.log(belief.scale / belief.shape / truth.R)
    off_Q = np.log(belief.signal_to_noise / truth.known.signal_to_noise)
    assert abs(np.median(off_R)) < 0.25 and np.quantile(np.abs(off_R), 0.9) < np.log(2.5)
    assert abs(np.median(off_Q)) < 0.5 and np.quantile(np.abs(off_Q), 0.9) < np.log(5)


# fmt: off
COUNTS = [
    ("a call in ten seconds",  0.1,     1.0),
    ("one a second",           1.0,     1.0),
    ("a hundred a second",     100.0,   1.0),
    ("ten thousand a second",  1e4,     1.0),
    ("bursts, four times",     100.0,   4.0),
    ("bursts, nine times",     1e4,     9.0),
]
# fmt: on


@pytest.mark.parametrize(("load", "spread"), [c[1:] for c in COUNTS], ids=[c[0] for c in COUNTS])
def test_counts_are_never_taken_to_be_steadier_than_poissons(load: float, spread: float) -> None:
    rng = default_rng(14)
    tuning = tuning_for(log_uniform(rng, (1.0, 60.0), N))
    belief, inside = Belief.blank(N), []
    for _ in range(STEPS):
        z = counts(rng, load * tuning.period, spread) / tuning.period
        belief, seen = step(belief, z, tuning.period, tuning)
        floor = np.maximum(belief.level, noise.FEW / tuning.period) / tuning.period
        inside.append(seen.nis <= INSIDE)
        assert np.all(noise.dispersion(belief, tuning) >= 1.0) and np.all(seen.R >= 0.0)
        assert np.all(
            noise.dispersion(belief, tuning) * noise.unit(belief.level, tuning.period, tuning) >= floor
        )
    assert np.mean(inside[SETTLED:]) >= 0.94
    assert np.median(noise.dispersion(belief, tuning)) == pytest.approx(spread, rel=0.35)


def counts(rng: np.random.Generator, mean: Floats, spread: float) -> Floats:
    mixed = mean if spread == 1.0 else rng.gamma(mean / (spread - 1), spread - 1)
    return rng.poisson(mixed).astype(np.float64)
