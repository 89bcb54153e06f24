"""What is believed of the demand of every policy, in arrays. P is the covariance of (level, trend).

How a belief changes is in `kalman`; one row of it goes as text into its policy's status, to survive restarts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from . import rows
from .bounds import MOST_DISPERSION, MOST_LOAD, MOST_SIGNAL_TO_NOISE, MOST_VARIANCE
from .rows import Floats, Mask, Rows

__all__ = ["Belief", "Floats", "Mask", "Rows", "pack", "possible", "unpack"]

VERSION = 1
UNKNOWN_VARIANCE = 1e12
"""Variance of a level nobody has measured: a million a second either way."""


@dataclass(frozen=True)
class Belief:
    """One row a policy; every field has shape (N,), float64, and is finite."""

    level: Floats
    """Demand, a second."""
    trend: Floats
    """Growth of demand, a second each second."""
    p00: Floats
    """Variance of the level."""
    p01: Floats
    """Covariance of level and trend."""
    p11: Floats
    """Variance of the trend."""
    shape: Floats
    """Inverse gamma of R: its shape, half the number of samples it remembers."""
    scale: Floats
    """Inverse gamma of R: its scale, in the unit of `noise.unit`."""
    signal_to_noise: Floats
    """Variance the level gains in one period, over R: what Q is scaled by."""
    nis: Floats
    """Windowed normalised innovation squared: 1 where the belief is as sure as it should be."""
    whiteness: Floats
    """Windowed product of neighbouring normalised innovations: 0 where nothing is left to learn from them."""
    previous: Floats
    """Normalised innovation of the sample before; 0 where that was no ordinary one."""
    doubt: Floats
    """Side (1, -1) on which the sample before was an outlier; 0 where it was none."""
    steps: Floats
    """Samples taken in."""

    @classmethod
    def blank(cls, n: int) -> Belief:
        """Nothing seen yet."""
        return cls(**{name: np.full(n, value) for name, value in _BLANK.items()})

    def __len__(self) -> int:
        return len(self.level)

    def take(self, which: Rows) -> Belief:
        """Those rows, copied."""
        return rows.take(self, which)

    def put(self, which: Rows, other: Belief) -> Belief:
        """This belief with `other` in those rows."""
        return rows.put(self, which, other)

    @property
    def deviation(self) -> Floats:
        """Standard deviation of the level."""
        return np.sqrt(self.p00)


_BLANK: Mapping[str, float] = {
    "level": 0.0,
    "trend": 0.0,
    "p00": UNKNOWN_VARIANCE,
    "p01": 0.0,
    "p11": UNKNOWN_VARIANCE,
    "shape": 0.5,
    "scale": 0.5,
    "signal_to_noise": 0.3,
    "nis": 1.0,
    "whiteness": 0.0,
    "previous": 0.0,
    "doubt": 0.0,
    "steps": 0.0,
}


def pack(belief: Belief, row: int) -> str:
    """One row as text of 148 characters, as `rows.pack` writes it."""
    return rows.pack(belief, row, VERSION)


def unpack(text: str) -> Belief:
    """The row that `pack` wrote; a blank one where the text is damaged, of another version, or cannot be."""
    figures = rows.unpack(text, len(fields(Belief)), VERSION)
    if figures is None:
        return Belief.blank(1)
    read = Belief(*figures)
    return read if possible(read)[0] else Belief.blank(1)


def possible(belief: Belief) -> Mask:
    """Which rows can have come of filtering: finite, bounded, with a positive semidefinite covariance."""
    every = np.stack(list(rows.columns(belief).values()))
    positive = np.stack([belief.p00, belief.p11, belief.shape, belief.scale, belief.signal_to_noise])
    with np.errstate(invalid="ignore", over="ignore"):
        can: Mask = (
            np.isfinite(every).all(axis=0)
            & (positive > 0).all(axis=0)
            & (np.maximum(np.abs(belief.level), np.abs(belief.trend)) <= MOST_LOAD)
            & (np.maximum(belief.p00, belief.p11) <= MOST_VARIANCE)
            & (belief.p01**2 <= belief.p00 * belief.p11 * (1 + 1e-9))
            & (belief.scale <= belief.shape * MOST_DISPERSION * (1 + 1e-9))
            & (belief.signal_to_noise <= MOST_SIGNAL_TO_NOISE)
        )
    return can
