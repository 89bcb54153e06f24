"""What the rollback tests count of one revision in one look, and how counters become counts. Columns, rows
last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LATENCY_EDGES = (
    0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3,
    0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0, 60.0,
)  # fmt: skip
"""Upper bounds of latency buckets, in seconds: a shift is seen once it moves calls over one, so they lie
close."""
BUCKETS = len(LATENCY_EDGES) + 1

SECONDS, CALLS, TIMED, FAILED, INVALID, SLOW, SLOWEST = range(7)
"""Columns of a count: how long it covers, calls, how many were timed; then the bad ones by metric: calls that
failed, calls that answered what they may not, timed calls slower than the row's first and its second
latency mark."""
COLUMNS = 7
METRICS = ("errors", "validity", "latency", "tail latency")


def bad(count: Array) -> Array:
    """Bad calls of a count (COLUMNS, N) by metric: a view, (4, N)."""
    return count[FAILED:]


def counted(count: Array) -> Array:
    """The calls each metric is a share of, (4, N)."""
    return np.repeat(count[CALLS : TIMED + 1], 2, axis=0)


@dataclass(frozen=True)
class Tick:
    """What was counted since the last look. Shapes (N,), and (BUCKETS, N) for `timed`; NaN is missing."""

    seconds: Array
    calls: Array
    """Calls a revision is responsible for: not those the caller or the cluster spoiled."""
    failed: Array
    invalid: Array
    timed: Array
    """Successful calls by latency bucket; not cumulative."""

    def usable(self) -> NDArray[np.bool_]:
        """Rows that are counts: finite, none negative, no more bad ones than calls. Others are missing.
        (N,)"""
        with np.errstate(invalid="ignore"):
            least = np.minimum(np.minimum(self.failed, self.invalid), self.timed.min(axis=0))
            usable: NDArray[np.bool_] = (
                (self.failed + self.invalid <= self.calls)
                & (self.timed.sum(axis=0) <= self.calls)
                & (np.maximum(self.seconds, self.calls) < np.inf)
                & (self.seconds > 0)
                & (least >= 0)
            )
        return usable


def growth(before: Array, after: Array) -> Array:
    """How much counters grew, any shape. A counter that fell began anew from 0; NaN where either is NaN."""
    return np.where(after >= before, after - before, np.where(np.isnan(before), np.nan, after))
