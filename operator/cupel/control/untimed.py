"""Forgetting how long calls took, where they are timed otherwise from now on: in other buckets. Pure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .counts import SLOW, SLOWEST, TIMED
from .watch import Watch

Array = NDArray[np.float64]
COLUMNS = (TIMED, SLOW, SLOWEST)


def untimed(watch: Watch, rows: NDArray[np.bool_]) -> Watch:
    """The same without latency in these rows (N,): what was timed is no baseline any more."""
    which = np.flatnonzero(rows)
    if not which.size:
        return watch
    old = watch.take(which)
    levels = tuple((_cleared(newer), _cleared(older)) for newer, older in old.ladder.levels)
    new = replace(
        old,
        ladder=replace(old.ladder, levels=levels),
        base=_cleared(old.base),
        beside=_cleared(old.beside),
        histogram=np.zeros_like(old.histogram),
        fresh=np.zeros_like(old.fresh),
        marks=np.full_like(old.marks, -1),
    )
    return watch.put(which, new)


def _cleared(counts: Array) -> Array:
    new = counts.copy()
    new[np.array(COLUMNS)] = 0.0
    return new
