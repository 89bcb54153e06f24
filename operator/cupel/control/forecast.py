"""How far demand rises above what was expected of it: an empirical distribution per policy, learnt from
its own past.

What is learnt is the *peak*: the largest load of one period within the next WATCH seconds, less the load
that was expected when those began, in deviations. Its quantile is the head-room (nonparametric prediction
limits, Conformal style: the past errors of the forecast are the law of its next one); a slope is never
multiplied into one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from .rows import Floats, Mask

Indices = NDArray[np.intp]

WATCH = 300.0
"""Seconds over which a peak is awaited."""
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
RELATIVE = 0.05
"""Deviation of a load that is not Poisson's, as a share of it."""
NEVER = 1e30
"""Seconds until what does not come."""
_UPPER_EDGES = LEAST + WIDTH * np.arange(1, BINS + 1)
_STEPS = np.vstack([np.triu(np.ones((BINS, BINS))), np.zeros((1, BINS))])
"""(BINS + 1, BINS): the law of one peak, by the bin it is in."""


@dataclass(frozen=True)
class Peaks:
    """What was learnt, and the watches under way: BLOCKS places, taken in turn and left in that order.

    A look touches only what is one figure a policy. What a place holds is about the time from its watch's
    beginning to the next one's, so that it is written once, and a watch's peak is looked for when it ends.
    """

    law: Floats
    """(N, BINS): the share of peaks that were in this bin or a lower one."""
    learnt: Floats
    """(N,): watches it rests on."""
    expected: Floats
    """(N, BLOCKS): load expected when the watch in this place began."""
    highest: Floats
    """(N, BLOCKS): the largest load from then until the next watch began; 0 where none is under way."""
    lasted: Floats
    """(N, BLOCKS): seconds between the two."""
    oldest: Floats
    """(N,): place of the oldest watch under way."""
    under_way: Floats
    """(N,): how many there are, in the places from there on."""
    recent: Floats
    """(N,): the largest load since the youngest one began."""
    since: Floats
    """(N,): seconds since then."""
    left: Floats
    """(N,): seconds until the oldest one ends; NEVER where there is none."""
    due: Floats
    """(N,): seconds until the next one begins."""

    @classmethod
    def blank(cls, n: int) -> Peaks:
        """Nothing learnt: a peak is assumed to be 3 deviations above, give or take as many."""
        zero, places = np.zeros(n), np.zeros((n, BLOCKS))
        return cls(
            law=np.tile(_assumed(), (n, 1)),
            learnt=np.full(n, PRIOR),
            expected=np.full((n, BLOCKS), np.nan),
            highest=places,
            lasted=places,
            left=np.full(n, NEVER),
            **dict.fromkeys(("oldest", "under_way", "recent", "since", "due"), zero),
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
    seen = np.isfinite(load)
    known = seen & (dt <= GAP * period)
    after = replace(
        peaks,
        recent=np.fmax(peaks.recent, load),
        since=peaks.since + dt,
        left=peaks.left - dt,
        due=peaks.due - dt,
    )
    for rows, change in (
        (~known & (peaks.under_way > 0), _lost),
        (known & (after.left <= 0), partial(_ended, period=period)),
        (seen & (after.due <= 0) & np.isfinite(expected), partial(_begun, expected=expected)),
    ):
        after = change(after, np.flatnonzero(rows)) if rows.any() else after
    return after


def _lost(peaks: Peaks, rows: Indices) -> Peaks:
    """Watches of these rows end, and nothing is learnt."""
    highest = peaks.highest.copy()
    highest[rows] = 0.0
    under_way, left = _placed(peaks.under_way, rows, 0.0), _placed(peaks.left, rows, NEVER)
    return replace(peaks, highest=highest, under_way=under_way, left=left)


def _ended(peaks: Peaks, rows: Indices, period: Floats) -> Peaks:
    """The oldest watch of these rows has lasted long enough, and so, where looks are rare, may the next."""
    law, learnt, highest = peaks.law.copy(), peaks.learnt.copy(), peaks.highest.copy()
    oldest, under_way, left = peaks.oldest.copy(), peaks.under_way.copy(), peaks.left.copy()
    while rows.size:
        place = rows * BLOCKS + oldest[rows].astype(np.intp)
        expected = peaks.expected.reshape(-1).take(place)
        peak = np.maximum(highest.take(rows, axis=0).max(axis=1), peaks.recent[rows])
        learnt[rows] = np.minimum(learnt[rows] + 1.0, MEMORY * BLOCKS / WATCH)
        rise = (peak - expected) / deviation(expected, period[rows])
        _learn(law, rows, rise, 1.0 / learnt[rows])
        highest.reshape(-1)[place] = 0.0
        oldest[rows] = (oldest[rows] + 1) % BLOCKS
        under_way[rows] -= 1
        ends = left[rows] + peaks.lasted.reshape(-1).take(place)
        left[rows] = np.where(under_way[rows] > 0, ends, NEVER)
        rows = rows[left[rows] <= 0]
    return replace(
        peaks, law=law, learnt=learnt, highest=highest, oldest=oldest, under_way=under_way, left=left
    )


def _learn(law: Floats, rows: Indices, rise: Floats, share: Floats) -> None:
    """A peak of so many deviations in each of these rows weighs its share in the law, which is being made."""
    moved = _STEPS.take(np.searchsorted(_UPPER_EDGES, np.arcsinh(rise)), axis=0)
    which: Indices | slice = slice(None) if len(rows) == len(law) else rows
    moved -= law[which]
    moved *= share[:, None]
    law[which] += moved
    law[which, -1] = 1.0


def _begun(peaks: Peaks, rows: Indices, expected: Floats) -> Peaks:
    """A watch begins in these rows. Where all places are taken, the oldest one makes room."""
    full = rows[peaks.under_way[rows] >= BLOCKS]
    if full.size:
        peaks = _crowded(peaks, full)
    many = peaks.under_way[rows]
    start = rows * BLOCKS
    place = start + ((peaks.oldest[rows] + many) % BLOCKS).astype(np.intp)
    youngest = start + ((peaks.oldest[rows] + many - 1) % BLOCKS).astype(np.intp)
    alone = many == 0
    recent = np.where(alone, 0.0, peaks.recent[rows])
    highest = _placed(peaks.highest, youngest, recent)
    highest.reshape(-1)[place] = 0.0
    return replace(
        peaks,
        expected=_placed(peaks.expected, place, expected[rows]),
        highest=highest,
        lasted=_placed(peaks.lasted, youngest, peaks.since[rows]),
        under_way=_placed(peaks.under_way, rows, many + 1),
        left=_placed(peaks.left, rows, np.where(alone, WATCH, peaks.left[rows])),
        recent=_placed(peaks.recent, rows, 0.0),
        since=_placed(peaks.since, rows, 0.0),
        due=_placed(peaks.due, rows, WATCH / BLOCKS),
    )


def _crowded(peaks: Peaks, rows: Indices) -> Peaks:
    """The oldest watch of these rows ends, and nothing is learnt."""
    place = rows * BLOCKS + peaks.oldest[rows].astype(np.intp)
    return replace(
        peaks,
        highest=_placed(peaks.highest, place, 0.0),
        oldest=_placed(peaks.oldest, rows, (peaks.oldest[rows] + 1) % BLOCKS),
        under_way=_placed(peaks.under_way, rows, peaks.under_way[rows] - 1),
        left=_placed(peaks.left, rows, peaks.left[rows] + peaks.lasted.reshape(-1).take(place)),
    )


def _placed(old: Floats, places: Indices, new: Floats | float) -> Floats:
    """A copy with `new` in these places of it, counted as if it were flat."""
    placed: Floats = old.copy()
    placed.reshape(-1)[places] = new
    return placed


def quantile(peaks: Peaks, share: Floats) -> Floats:
    """Deviations (N,) that this share (N,) of peaks did not exceed."""
    place = _first_at_least(peaks.law, share)
    lower, upper = _around(peaks.law, place)
    part = np.clip((share - lower) / np.maximum(upper - lower, 1e-9), 0.0, 1.0)
    return np.sinh(LEAST + WIDTH * (place + part))


def share_below(peaks: Peaks, deviations: Floats, rows: Indices | None = None) -> Floats:
    """Share (N,) of peaks that did not exceed so many deviations (N,); with `rows`, of those only."""
    where = np.clip((np.arcsinh(deviations) - LEAST) / WIDTH, 0.0, BINS - 1e-9)
    place = where.astype(np.intp)
    lower, upper = _around(peaks.law, place, rows)
    return lower + (upper - lower) * (where - place)


def _around(law: Floats, place: Indices, rows: Indices | None = None) -> tuple[Floats, Floats]:
    """The law just below these bins (N,), and at their upper ends."""
    at = (np.arange(len(law)) if rows is None else rows) * BINS + place
    flat = law.reshape(-1)
    lower = flat.take(np.maximum(at - 1, 0))
    return np.where(place > 0, lower, 0.0), flat.take(at)


def _first_at_least(law: Floats, share: Floats) -> Indices:
    """The first bin of each row (N,) that holds at least the share, else the last; by bisection, as a law
    never falls."""
    flat, first = law.reshape(-1), np.arange(len(law)) * BINS
    at, size = first, BINS - 1
    while size > 0:
        half = (size + 1) // 2
        at = at + half * (flat.take(at + (half - 1)) < share)
        size -= half
    return at - first


def _assumed() -> Floats:
    centres = np.sinh(_UPPER_EDGES - WIDTH / 2)
    mass = np.exp(-0.5 * ((centres - 3.0) / 3.0) ** 2) * np.cosh(_UPPER_EDGES - WIDTH / 2)
    law: Floats = np.cumsum(mass) / mass.sum()
    law[-1] = 1.0
    return law
