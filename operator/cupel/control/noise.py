"""Q and R of the filter in `kalman`, and how innovations move them. Letters as in the books.

R is a dispersion times `unit`, and Q is `signal_to_noise` times R: one scale for the whole model. Its
posterior is an inverse gamma that forgets, as in the variational filter of Särkkä and Nummenmaa (2009); with
Q in proportion to R the update needs no fixed-point rounds, but is exact (West and Harrison 1997, 4.5:
variance learning). Why not theirs as it stands, Mehra's or Sage and Husa's: docs/control.md, "Estimation".
"""

from __future__ import annotations

import numpy as np

from .belief import Belief
from .bounds import (
    LEAST_DISPERSION,
    LEAST_SIGNAL_TO_NOISE,
    MOST_DISPERSION,
    MOST_OVERDISPERSION,
    MOST_SIGNAL_TO_NOISE,
)
from .rows import Floats, Mask
from .tuning import Tuning

FEW = 0.375
"""Events in an interval below which its Poisson variance is not believed to fall: Anscombe's 3/8."""
TREND_SHARE = 0.01
"""Variance the trend gains in one period, over what the level gains, a period squared."""
LEAST_SHAPE = 2.0
"""Evidence on R does not fade below this, so that after a silence no single sample decides it."""
WINDOW = 0.9
"""Weight of the past in the windowed NIS and whiteness: as many as 19 equally weighted samples."""
STRANGE_NIS = 0.2, 2.6
"""Where it is less than once in ten thousand samples."""
LOW_NIS, HIGH_NIS = 0.47, 1.73
"""Where the windowed NIS of a right filter is 95 % of the time: chi-square of 19 degrees, over 19."""


def unit(level: Floats, seconds: Floats, tuning: Tuning) -> Floats:
    """Variance of a sample over `seconds` at dispersion 1: Poisson's level / seconds, and 1 of gauges."""
    return np.where(tuning.counts, np.maximum(level, FEW / seconds) / seconds, 1.0)


def dispersion(belief: Belief, tuning: Tuning) -> Floats:
    """Expected R in that unit; at least 1 for counts, which are never steadier than Poisson's."""
    least = np.where(tuning.counts, 1.0, LEAST_DISPERSION)
    most = np.where(tuning.counts, MOST_OVERDISPERSION, MOST_DISPERSION)
    return np.minimum(np.maximum(belief.scale / belief.shape, least), most)


def level_variance(belief: Belief, tuning: Tuning) -> Floats:
    """Variance that the level gains in one period."""
    R = dispersion(belief, tuning) * unit(belief.level, tuning.period, tuning)
    return belief.signal_to_noise * R


def trend_variance(gained: Floats, tuning: Tuning) -> Floats:
    """Variance of a trend of which nothing is known: where its random walk and its fading balance.

    `gained` is `level_variance`.
    """
    return gained * (TREND_SHARE / (tuning.period**2 * (1 - tuning.gamma**2)))


def forget(belief: Belief, kept: Floats, tuning: Tuning) -> tuple[Floats, Floats]:
    """Shape and scale of R when the share `kept` of the evidence is left: the same expectation, less sure."""
    faded = np.maximum(kept * belief.shape, np.minimum(belief.shape, LEAST_SHAPE))
    shape = np.where(tuning.eta > 0, faded, belief.shape)
    return shape, belief.scale * (shape / belief.shape)


def learn(belief: Belief, square: Floats, nis: Floats, tuning: Tuning) -> tuple[Floats, Floats]:
    """Shape and scale of R after an innovation of that square over S, which the gate bounds.

    Where the windowed NIS is beyond doubt wrong, what was learnt before counts for little.
    """
    phi, learns = dispersion(belief, tuning), tuning.eta > 0
    strange = learns & ((nis < STRANGE_NIS[0]) | (nis > STRANGE_NIS[1]))
    kept = np.where(strange, np.minimum(belief.shape, LEAST_SHAPE), belief.shape)
    shape = kept + 0.5
    scale = np.minimum(phi * (kept + 0.5 * square), MOST_DISPERSION * shape)
    return np.where(learns, shape, belief.shape), np.where(learns, scale, belief.scale)


def signal_to_noise(belief: Belief, nis: Floats, whiteness: Floats, moves: Mask, tuning: Tuning) -> Floats:
    """Q's scale: up where innovations follow each other or are too large, down where the contrary.

    At most a factor of e^eta at one sample, and always inside its bounds.
    """
    outside = nis - np.minimum(np.maximum(nis, LOW_NIS), HIGH_NIS)
    drive = np.minimum(np.maximum(whiteness + outside, -1.0), 1.0)
    scaled = belief.signal_to_noise * np.exp(tuning.eta * drive * moves)
    moved = np.minimum(np.maximum(scaled, LEAST_SIGNAL_TO_NOISE), MOST_SIGNAL_TO_NOISE)
    return np.where(tuning.eta > 0, moved, belief.signal_to_noise)
