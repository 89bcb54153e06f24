"""Bounds of what the estimator takes in and believes: they keep every figure finite, whatever it is fed."""

from __future__ import annotations

MOST_LOAD = 1e15
"""Largest figure taken for a measurement; what is larger is a missing one."""
MOST_VARIANCE = 1e30
"""Largest variance believed."""
LEAST_VARIANCE = 1e-30
"""Smallest variance believed: keeps the covariance positive."""
LEAST_SECONDS = 1e-3
"""Shortest time a sample can be about; a rate over less is a missing sample."""
MOST_SECONDS = 86_400.0
"""Longest time predicted over in one step; after a day of silence another day adds nothing."""
LEAST_DISPERSION = 1e-12
MOST_DISPERSION = 1e28
"""Variance of a gauge's noise: up to a tenth of the largest load, squared."""
MOST_OVERDISPERSION = 1e8
"""Variance of counts over Poisson's; it is at least 1."""
LEAST_SIGNAL_TO_NOISE = 0.09
"""A steady gain of 0.26: a change is believed to 90 % within eight samples, however steady it was before."""
MOST_SIGNAL_TO_NOISE = 100.0
"""A steady gain of 0.99: the last sample is all that counts."""
