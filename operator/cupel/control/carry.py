"""What so many Pods carry, and how many carry so much, while nobody waits longer than PATIENCE: load that
lasts, and a peak of one period. Arrays (N,): loads a second, seconds, Pods with a fraction.
"""

from __future__ import annotations

import numpy as np

from .rows import Floats

PATIENCE = 0.5
"""Seconds that a call may wait for a Pod."""
CHANCE = 1.5
"""-ln of the chance that a call waits longer."""
BAND = 1.18
"""Pods are added when they are used this much more than they should be."""


def pods_for(load: Floats, capacity: Floats) -> Floats:
    """Pods (N,) for a Poisson load (N,) that lasts.

    A queue of rate C and load a exceeds C·PATIENCE with chance exp(-2·PATIENCE·C·(C-a)/a) in heavy
    traffic (Kingman 1962); that solved for C. For large loads it is the load and a constant, for small
    ones a multiple.
    """
    extra = CHANCE / (2 * PATIENCE)
    half = load / 2
    return (half + np.sqrt(half * half + load * extra)) / capacity


def load_for(pods: Floats, capacity: Floats) -> Floats:
    """The load (N,) that so many Pods (N,) carry: the inverse of `pods_for`."""
    extra = CHANCE / (2 * PATIENCE)
    able = np.maximum(pods, 0.0) * capacity
    return able * able / (able + extra)


def pods_well(load: Floats, capacity: Floats, use: Floats) -> Floats:
    """Pods (N,) that a load (N,) that lasts takes before more are added."""
    return np.maximum(pods_for(load, capacity), load / (BAND * use * capacity))


def load_well(pods: Floats, capacity: Floats, use: Floats) -> Floats:
    """The load (N,) at which so many Pods (N,) are just not too few: the inverse of `pods_well`."""
    return np.minimum(load_for(pods, capacity), BAND * use * pods * capacity)


def pods_well_of_one(load: float, capacity: float, use: float) -> float:
    """`pods_well` of a single policy."""
    return float(pods_well(np.array([load]), np.array([capacity]), np.array([use]))[0])


def peak_pods(peak: Floats, period: Floats, capacity: Floats) -> Floats:
    """Pods (N,) for a load (N,) that lasts one period: what waits at its end is served within PATIENCE."""
    return peak * period / ((period + PATIENCE) * capacity)


def peak_for(pods: Floats, period: Floats, capacity: Floats) -> Floats:
    """The peak (N,) that so many Pods (N,) carry: the inverse of `peak_pods`."""
    return pods * capacity * (1.0 + PATIENCE / period)
