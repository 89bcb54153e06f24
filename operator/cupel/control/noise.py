"""Q and R of the filter in `kalman`, and how they adapt to the innovations. Letters as in the books.

R by variational Bayes (Särkkä and Nummenmaa 2009): an inverse gamma that forgets, which cannot lose its sign, as Sage and Husa's
recursion can; and it needs no stationary stretch of data, as Mehra's autocorrelations do. Q by a bounded multiplicative step.
"""

from __future__ import annotations

import numpy as np

from .belief import Belief, Floats, Mask
from .bounds import (
    LEAST_DISPERSION,
    LEAST_SIGNAL_TO_NOISE,
    MOST_DISPERSION,
    MOST_SIGNAL_TO_NOISE,
)
from .tuning import Tuning

FEW = 0.375
"""Events in an interval below which its Poisson variance is not believed to fall: Anscombe's 3/8."""
TREND_SHARE = 0.01
"""Variance the trend gains in one period, over that of the level, a period squared."""
LEAST_SHAPE = 2.0
"""The evidence on R never fades below this, so that one sample never decides it."""
WINDOW = 0.9
"""Weight of the past in the windowed NIS and whiteness: a window of 19 samples (equal variance)."""
LOW_NIS, HIGH_NIS = 0.47, 1.73
"""The band that the windowed NIS of a right filter keeps 95 % of the time: chi-square of 19 degrees, over 19."""
ROUNDS = 2
"""Fixed-point rounds of the variational update; a third changes R by less than a percent."""


def unit(level: Floats, seconds: Floats, tuning: Tuning) -> Floats:
    """Variance of a sample over `seconds` at dispersion 1: Poisson's, level / seconds, for counts; 1 for gauges."""
    return np.where(tuning.counts, np.maximum(level, FEW / seconds) / seconds, 1.0)


def dispersion(belief: Belief, tuning: Tuning) -> Floats:
    """Expected R in that unit; at least 1 for counts, which are never steadier than Poisson's."""
    return bounded(belief.scale / belief.shape, tuning)


def bounded(dispersion: Floats, tuning: Tuning) -> Floats:
    return np.clip(dispersion, np.where(tuning.counts, 1.0, LEAST_DISPERSION), MOST_DISPERSION)


def level_variance(belief: Belief, tuning: Tuning) -> Floats:
    """Variance that the level gains in one period."""
    R = dispersion(belief, tuning) * unit(belief.level, tuning.period, tuning)
    return belief.signal_to_noise * R


def trend_variance(belief: Belief, tuning: Tuning) -> Floats:
    """Variance of a trend of which nothing is known: where its random walk and its fading balance."""
    gained = level_variance(belief, tuning) * TREND_SHARE / tuning.period**2
    return gained / (1 - tuning.gamma**2)


def forget(belief: Belief, dt: Floats, tuning: Tuning) -> tuple[Floats, Floats]:
    """Shape and scale of R after `dt` seconds: the same expectation, on less evidence (their equation 14)."""
    kept = tuning.gamma ** (dt / tuning.period)
    shape = np.where(
        tuning.eta > 0, np.maximum(kept * belief.shape, np.minimum(belief.shape, LEAST_SHAPE)), belief.shape
    )
    return shape, belief.scale * (shape / belief.shape)


def measure(
    prior: Belief, innovation: Floats, P: Floats, unit: Floats, tuning: Tuning
) -> tuple[Floats, Floats, Floats]:
    """R, and its new shape and scale, of a level of variance P that was missed by `innovation` (their algorithm 1)."""
    learns = tuning.eta > 0
    phi = dispersion(prior, tuning)
    R = phi * unit
    shape = prior.shape + 0.5
    scale = prior.scale + 0.5 * phi * innovation**2 / (P + R)
    return R, np.where(learns, shape, prior.shape), np.where(learns, scale, prior.scale)


def signal_to_noise(belief: Belief, nis: Floats, whiteness: Floats, moves: Mask, tuning: Tuning) -> Floats:
    """Q's scale: up where innovations follow each other or are too large, down where they alternate or are too small.

    At most a factor of e^eta at one sample, and always inside its bounds.
    """
    outside = nis - np.clip(nis, LOW_NIS, HIGH_NIS)
    drive = np.clip(whiteness + outside, -1.0, 1.0)
    scaled = belief.signal_to_noise * np.exp(tuning.eta * drive)
    moved = np.clip(scaled, LEAST_SIGNAL_TO_NOISE, MOST_SIGNAL_TO_NOISE)
    return np.where(moves & (tuning.eta > 0), moved, belief.signal_to_noise)
