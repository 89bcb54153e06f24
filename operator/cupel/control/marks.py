"""Above which latency a call counts as slow, or very slow: bucket edges, set once by the baseline. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MARKS = (0.35, 0.05)
"""The latency marks are the first edges that at most so much of the baseline is slower than."""
ENOUGH_TIMED = 200.0
"""Timed calls before latency marks are set."""
ENOUGH_BEFORE = 50.0
"""Of these, so many of the baseline set them alone: what is judged does not say by what."""


def marked(marks: NDArray[np.int64], before: Array, fresh: Array) -> NDArray[np.int64]:
    """Marks for rows that have none yet and enough timed calls; the others keep theirs. (2, N)"""
    none = marks[0] < 0
    if not none.any():
        return marks
    histogram = before + fresh
    need = none & (histogram.sum(axis=0) >= ENOUGH_TIMED)
    if not need.any():
        return marks
    known = before.sum(axis=0) >= ENOUGH_BEFORE
    return np.where(need, marks_of(np.where(known, before, histogram)), marks)


def marks_of(histogram: Array) -> NDArray[np.int64]:
    """For each row the first bucket edges that at most MARKS of the calls are above. (2, N)"""
    total = np.maximum(histogram.sum(axis=0), 1e-9)
    beyond = 1.0 - histogram.cumsum(axis=0) / total
    return np.stack([(beyond <= share + 1e-12).argmax(axis=0) for share in MARKS])
