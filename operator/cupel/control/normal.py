"""The normal distribution for arrays: its share below, and the inverse. numpy has neither."""

from __future__ import annotations

import numpy as np

from .rows import Floats

_ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
_NUMERATOR = (2.50662823884, -18.61500062529, 41.39119773534, -25.44106049637)
_DENOMINATOR = (-8.47351093090, 23.08336743743, -21.06224101826, 3.13082909833)
LEAST_SHARE = 0.08
"""`deviations` is exact to 1e-6 between this share and its complement, and stops there."""


def share_below(deviations: Floats) -> Floats:
    """P(Z <= deviations), to 1e-7 (Abramowitz and Stegun, 7.1.26)."""
    x = np.abs(deviations) / np.sqrt(2.0)
    t = 1.0 / (1.0 + 0.3275911 * x)
    series = t * np.polyval(_ERF[::-1], t)
    half = 0.5 * series * np.exp(-x * x)
    return np.where(deviations < 0, half, 1.0 - half)


def deviations(share: Floats) -> Floats:
    """z with P(Z <= z) = share (Beasley and Springer 1977, the middle part)."""
    y = np.clip(share, LEAST_SHARE, 1.0 - LEAST_SHARE) - 0.5
    r = y * y
    return y * np.polyval(_NUMERATOR[::-1], r) / (1.0 + r * np.polyval(_DENOMINATOR[::-1], r))
