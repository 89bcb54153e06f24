"""Loads that are just what the filter assumes: for asking whether its belief is as sure as it should be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.random import Generator, default_rng
from tests.unit.control.plants import log_uniform

from cupel.control import noise
from cupel.control.belief import Belief
from cupel.control.kalman import Motion, motion
from cupel.control.rows import Floats
from cupel.control.tuning import Tuning


class Truth:
    """Gauges with a random period, noise and share of it by which the level walks."""

    def __init__(self, n: int, signal_to_noise: tuple[float, float], seed: int) -> None:
        self.rng = default_rng(seed)
        period = log_uniform(self.rng, (1.0, 60.0), n)
        self.R = log_uniform(self.rng, (1e-4, 1e6), n)
        start = log_uniform(self.rng, (3.0, 300.0), n) * np.sqrt(self.R)
        self.tuning = replace(Tuning.default(n), period=period, counts=np.zeros(n, dtype=np.bool_))
        self.held = replace(self.tuning, eta=np.zeros(n))
        known = {"shape": np.ones(n), "scale": self.R, "steps": np.ones(n)}
        ratio = log_uniform(self.rng, signal_to_noise, n)
        self.known = replace(Belief.blank(n), level=start, signal_to_noise=ratio, **known)
        spread = noise.level_variance(self.known, self.tuning) * self.tuning.trend_ceiling
        self.known = replace(self.known, trend=np.zeros(n), p00=self.R, p01=np.zeros(n), p11=spread)

    def loads(self, steps: int) -> Iterator[tuple[Floats, Floats]]:
        """The true level, and a sample of it, after each period."""
        m = motion(self.known, self.tuning.period, self.tuning)
        level, trend = self.known.level, np.sqrt(self.known.p11) * self.rng.standard_normal(len(self.R))
        for _ in range(steps):
            shaken, turned = pushes(self.rng, m)
            level, trend = level + m.f * trend + shaken, m.e * trend + turned
            yield level, level + np.sqrt(self.R) * self.rng.standard_normal(len(self.R))


def pushes(rng: Generator, m: Motion) -> tuple[Floats, Floats]:
    """One draw of the process noise, of covariance Q."""
    one, other = rng.standard_normal((2, len(m.f)))
    spread = np.sqrt(m.q00)
    shared = m.q01 / spread
    return spread * one, shared * one + np.sqrt(np.maximum(m.q11 - shared**2, 0.0)) * other
