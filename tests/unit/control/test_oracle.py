"""The batch against filterpy, row by row and step by step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from filterpy.kalman import KalmanFilter
from numpy.random import Generator, default_rng
from tests.unit.control.plants import log_uniform

from cupel.control import kalman
from cupel.control.belief import Belief
from cupel.control.kalman import Innovation, Motion
from cupel.control.rows import Floats, take
from cupel.control.tuning import Tuning

ROWS, STEPS, CLOSE = 16, 100, 1e-9


def models(rng: Generator, eta: float) -> tuple[Tuning, Belief]:
    """Random tunings, half of them counts, and beliefs from which to start."""
    period, eta_of_each = log_uniform(rng, (1.0, 60.0), ROWS), np.full(ROWS, eta)
    gamma, tau, counts = rng.uniform(0.5, 0.999, ROWS), np.full(ROWS, 10.0), rng.random(ROWS) < 0.5
    R = np.where(counts, log_uniform(rng, (1.0, 10.0), ROWS), log_uniform(rng, (1e-3, 1e4), ROWS))
    start = {
        "level": rng.uniform(0, 1000, ROWS),
        "trend": rng.normal(0, 1, ROWS),
        "p00": log_uniform(rng, (1e-2, 1e4), ROWS),
        "p01": np.zeros(ROWS),
        "p11": log_uniform(rng, (1e-4, 1e2), ROWS),
        "shape": np.full(ROWS, 5.0),
        "scale": 5.0 * R,
        "signal_to_noise": log_uniform(rng, (0.09, 100.0), ROWS),
        "steps": np.ones(ROWS),
    }
    return Tuning(eta_of_each, gamma, tau, period, counts), replace(Belief.blank(ROWS), **start)


def oracle(belief: Belief, row: int) -> KalmanFilter:
    filter_ = KalmanFilter(dim_x=2, dim_z=1)
    filter_.x = np.array([[belief.level[row]], [belief.trend[row]]])
    filter_.P = covariance(belief, row)
    filter_.H = np.array([[1.0, 0.0]])
    return filter_


def covariance(belief: Belief, row: int) -> Floats:
    off = belief.p01[row]
    return np.array([[belief.p00[row], off], [off, belief.p11[row]]])


def oracle_step(filter_: KalmanFilter, m: Motion, seen: Innovation, z: float) -> None:
    """The same step with the matrices written out; NaN: filterpy is told nothing."""
    f, e, q00, q01, q11 = (float(column[0]) for column in (m.f, m.e, m.q00, m.q01, m.q11))
    filter_.predict(F=np.array([[1.0, f], [0.0, e]]), Q=np.array([[q00, q01], [q01, q11]]))
    if seen.used[0]:
        filter_.update(np.array([[z]]), R=np.array([[float(seen.R[0])]]))


def demand(rng: Generator) -> Floats:
    """Walks, jumps, glitches and gaps: everything the filter has a rule for."""
    walk = 500 + np.cumsum(rng.normal(0, 10, (STEPS, ROWS)), axis=0)
    walk[STEPS // 2 :] *= log_uniform(rng, (0.1, 10.0), ROWS)
    walk[rng.random((STEPS, ROWS)) < 0.02] *= 50
    walk[rng.random((STEPS, ROWS)) < 0.1] = np.nan
    return np.abs(walk)


@pytest.mark.parametrize(("eta", "seed"), [(0.0, 1), (0.0, 2), (0.3, 3), (0.3, 4)])
def test_every_step_is_filterpys_with_the_same_noise(eta: float, seed: int) -> None:
    rng = default_rng(seed)
    tuning, belief = models(rng, eta)
    oracles = [oracle(belief, row) for row in range(ROWS)]
    met = {"doubted": False, "shifted": False, "missing": False}
    for z in demand(rng):
        dt = tuning.period * rng.uniform(0.2, 3.0, ROWS)
        m = kalman.motion(belief, dt, tuning)
        belief, seen = kalman.step(belief, z, dt, tuning)
        met = {
            "doubted": met["doubted"] or seen.doubted.any(),
            "shifted": met["shifted"] or seen.shifted.any(),
            "missing": met["missing"] or not seen.used.all(),
        }
        for row, filter_ in enumerate(oracles):
            one = np.array([row])
            if seen.shifted[row]:  # belief begins anew, and so does the oracle
                oracles[row] = oracle(belief, row)
                continue
            oracle_step(filter_, take(m, one), take(seen, one), z[row])
            expected = np.array([belief.level[row], belief.trend[row]])
            scale = np.sqrt(np.diag(filter_.P)) + np.abs(expected)
            assert np.all(np.abs(filter_.x[:, 0] - expected) <= CLOSE * scale)
            bound = CLOSE * np.sqrt(np.outer(np.diag(filter_.P), np.diag(filter_.P)))
            assert np.all(np.abs(filter_.P - covariance(belief, row)) <= bound)
    assert all(met.values())


def test_the_normalised_innovation_is_filterpys_too() -> None:
    rng = default_rng(5)
    tuning, belief = models(rng, 0.0)
    tuning = replace(tuning, counts=np.zeros(ROWS, dtype=np.bool_))
    z = belief.level + np.sqrt(belief.p00 + belief.scale / belief.shape) * rng.uniform(-2, 2, ROWS)
    _, seen = kalman.correct(belief, z, tuning.period, tuning)
    for row in range(ROWS):
        filter_ = oracle(belief, row)
        filter_.update(np.array([[z[row]]]), R=np.array([[seen.R[row]]]))
        assert seen.nis[row] == pytest.approx(filter_.mahalanobis**2, rel=CLOSE)
        assert seen.S[row] == pytest.approx(filter_.S[0, 0], rel=CLOSE)


def test_two_short_predictions_are_one_long_one() -> None:
    rng = default_rng(6)
    tuning, belief = models(rng, 0.1)
    belief = replace(belief, trend=np.zeros(ROWS))  # R hangs on the level: it must stay for Q to stay
    once = kalman.predict(belief, 3 * tuning.period, tuning)
    twice = kalman.predict(kalman.predict(belief, tuning.period, tuning), 2 * tuning.period, tuning)
    for name in ("level", "trend", "p00", "p01", "p11"):
        np.testing.assert_allclose(getattr(twice, name), getattr(once, name), rtol=1e-9, atol=1e-12)
