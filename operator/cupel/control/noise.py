"""Q and R of the filter in `kalman`, and how innovations move them. Letters as in the books.

R is a dispersion times `unit`, and Q is `signal_to_noise` times R: one scale for the whole model. Its
posterior is an inverse gamma that forgets, as in the variational filter of Särkkä and Nummenmaa (2009); with
Q in proportion to R the update needs no fixed-point rounds, but is exact (West and Harrison 1997, 4.5:
variance learning). Why not theirs as it stands, Mehra's or Sage and Husa's: docs/control.md, "Estimation".
"""

from __future__ import annotations

import numpy as np

from .belief import Belief
from .bounds import LEAST_SIGNAL_TO_NOISE, MOST_DISPERSION, MOST_SIGNAL_TO_NOISE
from .rows import Floats, Mask, either, within
from .tuning import Tuning

FEW = 0.375
"""Events in an interval below which its Poisson variance is not believed to fall: Anscombe's 3/8."""
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
    return either(tuning.counts, np.maximum(level, FEW / seconds) / seconds, 1.0)


def dispersion(belief: Belief, tuning: Tuning) -> Floats:
    """Expected R in that unit; at least 1 for counts, which are never steadier than Poisson's."""
    return within(belief.scale / belief.shape, *tuning.dispersions)


def level_variance(belief: Belief, tuning: Tuning) -> Floats:
    """Variance that the level gains in one period."""
    R = dispersion(belief, tuning) * unit(belief.level, tuning.period, tuning)
    return belief.signal_to_noise * R


def forget(belief: Belief, kept: Floats, tuning: Tuning) -> tuple[Floats, Floats]:
    """Shape and scale of R when the share `kept` of the evidence is left: the same expectation, less sure."""
    faded = np.maximum(kept * belief.shape, np.minimum(belief.shape, LEAST_SHAPE))
    shape = either(tuning.learns, faded, belief.shape)
    return shape, belief.scale * (shape / belief.shape)


def learn(belief: Belief, square: Floats, nis: Floats, tuning: Tuning) -> tuple[Floats, Floats]:
    """Shape and scale of R after an innovation of that square over S, which the gate bounds.

    Where the windowed NIS is beyond doubt wrong, what was learnt before counts for little.
    """
    strange = (nis < STRANGE_NIS[0]) | (nis > STRANGE_NIS[1])
    kept = belief.shape
    if strange.any():
        kept = np.where(strange, np.minimum(kept, LEAST_SHAPE), kept)
    shape = kept + 0.5
    scale = np.minimum(dispersion(belief, tuning) * (kept + 0.5 * square), MOST_DISPERSION * shape)
    return either(tuning.learns, shape, belief.shape), either(tuning.learns, scale, belief.scale)


def signal_to_noise(belief: Belief, nis: Floats, whiteness: Floats, moves: Mask, tuning: Tuning) -> Floats:
    """Q's scale: up where innovations follow each other or are too large, down where the contrary.

    At most a factor of e^eta at one sample, and always inside its bounds.
    """
    outside = nis - np.clip(nis, LOW_NIS, HIGH_NIS)
    drive = np.clip(whiteness + outside, -1.0, 1.0)
    scaled = belief.signal_to_noise * np.exp(tuning.eta * either(moves, drive, 0.0))
    moved = np.clip(scaled, LEAST_SIGNAL_TO_NOISE, MOST_SIGNAL_TO_NOISE)
    return either(tuning.learns, moved, belief.signal_to_noise)
