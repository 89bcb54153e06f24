"""How far demand rises above what was expected of it: an empirical distribution per policy, learnt from
its own past.

What is learnt is the *peak*: the largest load of one period within the next WATCH seconds, less the load
that was expected when those began, in deviations. Its quantile is the head-room (nonparametric prediction
limits, Conformal style: the past errors of the forecast are the law of its next one); a slope is never
multiplied into one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .rows import Floats, Mask

WATCH = 600.0
"""Seconds over which a peak is awaited: as long as a ScaleDown is judged by."""
BLOCKS = 16
"""Watches under way at once, begun one after the other: a sample of the peak every WATCH / BLOCKS seconds."""
BINS, LEAST, WIDTH = 56, -2.5, 0.15
"""Bins of asinh(peak in deviations): narrow near 0, and up to 250 deviations far out."""
MEMORY = 7200.0
"""Seconds over which what was learnt fades to 37 %."""
PRIOR = 8.0
"""Watches that what is assumed at first is worth."""
GAP = 3.0
"""Periods without a look after which a peak may have been missed."""
STEADY = 60.0
"""Seconds over which load is averaged for what peaks are measured from."""
RELATIVE = 0.05
"""Deviation of a load that is not Poisson's, as a share of it."""
_UPPER_EDGES = LEAST + WIDTH * np.arange(1, BINS + 1)


@dataclass(frozen=True)
class Peaks:
    """What was learnt, and the watches under way."""

    law: Floats
    """(N, BINS): the share of peaks that were in this bin or a lower one."""
    learnt: Floats
    """(N,): watches it rests on."""
    expected: Floats
    """(N, BLOCKS): load expected when the watch began; NaN where none is under way."""
    highest: Floats
    """(N, BLOCKS): the largest load since."""
    age: Floats
    """(N, BLOCKS): seconds since."""
    due: Floats
    """(N,): seconds until the next watch begins."""

    @classmethod
    def blank(cls, n: int) -> Peaks:
        """Nothing learnt: a peak is assumed to be 3 deviations above, give or take as many."""
        empty = np.full((n, BLOCKS), np.nan)
        law = np.tile(_assumed(), (n, 1))
        return cls(
            law,
            np.full(n, PRIOR),
            empty,
            np.zeros((n, BLOCKS)),
            np.zeros((n, BLOCKS)),
            np.zeros(n),
        )


def deviation(expected: Floats, period: Floats) -> Floats:
    """What peaks are measured in (N,): Poisson's deviation of a period's load, and RELATIVE of the load
    itself."""
    load = np.maximum(expected, 0.0)
    return np.sqrt(np.maximum(load, 1.0 / period) / period + (RELATIVE * load) ** 2)


def watch(peaks: Peaks, load: Floats, expected: Floats, dt: Floats, period: Floats) -> Peaks:
    """The peaks after `dt` seconds at `load` (N,), with `expected` (N,) from now on. A NaN load, or a
    gap, ends the watches of its row: it may hide a peak.
    """
    known = np.isfinite(load) & (dt <= GAP * period)
    highest = np.maximum(peaks.highest, np.where(known, load, 0.0)[:, None])
    age = peaks.age + dt[:, None]
    begun = np.where(known[:, None], peaks.expected, np.nan)
    done = (age >= WATCH) & np.isfinite(begun)
    law, learnt = peaks.law, peaks.learnt
    if done.any():
        law, learnt = _learn(peaks, begun, highest, done, period)
        begun = np.where(done, np.nan, begun)
    due = peaks.due - dt
    after = replace(peaks, law=law, learnt=learnt, expected=begun, highest=highest, age=age, due=due)
    return _begin(after, (due <= 0) & np.isfinite(load) & np.isfinite(expected), expected)


def quantile(peaks: Peaks, share: Floats) -> Floats:
    """Deviations (N,) that this share (N,) of peaks did not exceed."""
    place = np.minimum(_first_at_least(peaks.law, share), BINS - 1)
    rows = np.arange(len(place))
    upper = peaks.law[rows, place]
    lower = np.where(place > 0, peaks.law[rows, np.maximum(place - 1, 0)], 0.0)
    part = np.clip((share - lower) / np.maximum(upper - lower, 1e-9), 0.0, 1.0)
    return np.sinh(LEAST + WIDTH * (place + part))


def share_below(peaks: Peaks, deviations: Floats) -> Floats:
    """Share (N,) of peaks that did not exceed so many deviations (N,)."""
    where = np.clip((np.arcsinh(deviations) - LEAST) / WIDTH, 0.0, BINS - 1e-9)
    place = where.astype(np.intp)
    rows = np.arange(len(place))
    upper = peaks.law[rows, place]
    lower = np.where(place > 0, peaks.law[rows, np.maximum(place - 1, 0)], 0.0)
    return lower + (upper - lower) * (where - place)


def _first_at_least(law: Floats, share: Floats) -> NDArray[np.intp]:
    """How many bins of each row (N,) hold less than the share; by bisection, as a law never falls."""
    rows = np.arange(len(share))
    place = np.zeros(len(share), np.intp)
    for step in (32, 16, 8, 4, 2, 1):
        further = place + step
        place = np.where(
            (further <= BINS) & (law[rows, np.minimum(further, BINS) - 1] < share), further, place
        )
    return place


def _learn(peaks: Peaks, begun: Floats, highest: Floats, done: Mask, period: Floats) -> tuple[Floats, Floats]:
    law, learnt = peaks.law.copy(), peaks.learnt.copy()
    for block in np.flatnonzero(done.any(axis=0)):
        rows = np.flatnonzero(done[:, block])
        expected = begun[rows, block]
        rise = (highest[rows, block] - expected) / deviation(expected, period[rows])
        learnt[rows] = np.minimum(learnt[rows] + 1.0, MEMORY * BLOCKS / WATCH)
        share = (1.0 / learnt[rows])[:, None]
        law[rows] += share * ((np.arcsinh(rise)[:, None] <= _UPPER_EDGES) - law[rows])
    law[:, -1] = 1.0
    return law, learnt


def _begin(peaks: Peaks, rows: Mask, expected: Floats) -> Peaks:
    """A watch begins in these rows, where one is free."""
    if not rows.any():
        return peaks
    chosen = np.flatnonzero(rows)
    under_way = np.isfinite(peaks.expected[chosen])
    free = np.where(under_way, peaks.age[chosen], np.inf).argmax(axis=1)
    begun, highest, age, due = (a.copy() for a in (peaks.expected, peaks.highest, peaks.age, peaks.due))
    begun[chosen, free] = expected[chosen]
    highest[chosen, free] = 0.0
    age[chosen, free] = 0.0
    due[chosen] = WATCH / BLOCKS
    return replace(peaks, expected=begun, highest=highest, age=age, due=due)


def _assumed() -> Floats:
    centres = np.sinh(_UPPER_EDGES - WIDTH / 2)
    mass = np.exp(-0.5 * ((centres - 3.0) / 3.0) ** 2) * np.cosh(_UPPER_EDGES - WIDTH / 2)
    law: Floats = np.cumsum(mass) / mass.sum()
    law[-1] = 1.0
    return law
