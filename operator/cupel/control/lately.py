"""The load there surely was within the last minutes: what was needed so lately is not taken away yet.

The law of peaks says how high demand may rise for one period, at any time. This says what it rose to and
stayed at: load that goes and comes back every few minutes finds its Pods still there. The Horizontal Pod
Autoscaler does the same (`stabilizationWindowSeconds`, 300 by default).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .rows import Floats, either, known_or

KEPT = 300.0
"""Seconds, at least; at most one BLOCKS-th more."""
BLOCKS = 5
"""Stretches whose largest load is remembered, besides the one under way."""


@dataclass(frozen=True)
class Lately:
    """Arrays (N,), but `earlier`: loads a second, seconds."""

    highest: Floats
    """Since the stretch under way began."""
    earlier: Floats
    """(N, BLOCKS): in the stretches before it, the latest first."""
    since: Floats
    """Seconds since it began."""

    @classmethod
    def blank(cls, n: int) -> Lately:
        """Nothing seen yet."""
        return cls(np.zeros(n), np.zeros((n, BLOCKS)), np.zeros(n))


def after(lately: Lately, needed: Floats, seconds: Floats) -> Lately:
    """After so many seconds (N,), at the end of which so much (N,) surely is needed. NaN says nothing."""
    needed = known_or(np.fmax(needed, 0.0), 0.0)
    since = lately.since + seconds
    full = since >= KEPT / BLOCKS
    highest = either(full, needed, np.maximum(lately.highest, needed))
    if not full.any():
        return Lately(highest, lately.earlier, since)
    moved = np.column_stack([lately.highest, lately.earlier[:, :-1]])
    return Lately(highest, np.where(full[:, None], moved, lately.earlier), either(full, 0.0, since))


def most(lately: Lately) -> Floats:
    """The largest load (N,) of all that is remembered."""
    earlier = [lately.earlier[:, block] for block in range(BLOCKS)]
    largest: Floats = np.maximum.reduce([lately.highest, *earlier])
    return largest
