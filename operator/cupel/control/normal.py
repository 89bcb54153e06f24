"""The normal distribution for arrays: its share below, and the inverse. numpy has neither."""

from __future__ import annotations

import numpy as np

from .rows import Floats, either

_ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
_NUMERATOR = (2.50662823884, -18.61500062529, 41.39119773534, -25.44106049637)
_DENOMINATOR = (-8.47351093090, 23.08336743743, -21.06224101826, 3.13082909833)
LEAST_SHARE = 0.08
"""`deviations` is exact to 1e-6 between this share and its complement, and stops there."""


def share_below(deviations: Floats) -> Floats:
    """P(Z <= deviations), to 1e-7 (Abramowitz and Stegun, 7.1.26)."""
    x = np.abs(deviations) / np.sqrt(2.0)
    t = 1.0 / (1.0 + 0.3275911 * x)
    series = t * _polynomial(_ERF, t)
    half = 0.5 * series * np.exp(-x * x)
    return either(deviations < 0, half, 1.0 - half)


def deviations(share: Floats) -> Floats:
    """z with P(Z <= z) = share (Beasley and Springer 1977, the middle part)."""
    y = np.clip(share, LEAST_SHARE, 1.0 - LEAST_SHARE) - 0.5
    r = y * y
    found: Floats = y * _polynomial(_NUMERATOR, r) / (1.0 + r * _polynomial(_DENOMINATOR, r))
    return found


def _polynomial(coefficients: tuple[float, ...], x: Floats) -> Floats:
    """Its value at x by Horner's rule; coefficients from the constant on."""
    *rest, last = coefficients
    value = np.full_like(x, last)
    for coefficient in reversed(rest):
        value *= x
        value += coefficient
    return value
