"""The watches of `forecast` under way: they begin, see a peak, and end, when the law learns from them.

Arrays as in `forecast.Peaks`, of shape (N,) unless it says otherwise; `rows` are places in them.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from .forecast import (
    BINS,
    BLOCKS,
    NEVER,
    UPPER_EDGES,
    WATCH,
    Peaks,
    deviation,
)
from .rows import Floats

Indices = NDArray[np.intp]

MEMORY = 7200.0
"""Seconds over which what was learnt fades to 37 %."""
GAP = 3.0
"""Periods without a look after which a peak may have been missed."""
AT_ONCE = 512
"""Rows of the law that are moved together: as many as stay close to the processor."""
_STEPS = np.vstack([np.triu(np.ones((BINS, BINS))), np.zeros((1, BINS))])
"""(BINS + 1, BINS): the law of one peak, by the bin it is in."""


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
        peak = np.maximum(_largest(highest.take(rows, axis=0)), peaks.recent[rows])
        learnt[rows] = np.minimum(learnt[rows] + 1.0, MEMORY * BLOCKS / WATCH)
        rise = (peak - expected) / deviation(expected, period[rows])
        _learn(law, rows, rise, 1.0 / learnt[rows])
        highest.reshape(-1)[place] = 0.0
        oldest[rows] = _in_turn(oldest[rows] + 1)
        under_way[rows] -= 1
        ends = left[rows] + peaks.lasted.reshape(-1).take(place)
        left[rows] = np.where(under_way[rows] > 0, ends, NEVER)
        rows = rows[left[rows] <= 0]
    return replace(
        peaks, law=law, learnt=learnt, highest=highest, oldest=oldest, under_way=under_way, left=left
    )


def _learn(law: Floats, rows: Indices, rise: Floats, share: Floats) -> None:
    """A peak of so many deviations in each of these rows (n,) weighs its share in the law being made."""
    bins = np.searchsorted(UPPER_EDGES, np.arcsinh(rise))
    every = len(rows) == len(law)
    for start in range(0, len(rows), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        where: Indices | slice = part if every else rows[part]
        old, new = law[where], _STEPS.take(bins[part], axis=0)
        new -= old
        new *= share[part, None]
        new += old
        new[:, -1] = 1.0
        law[where] = new


def _begun(peaks: Peaks, rows: Indices, expected: Floats) -> Peaks:
    """A watch begins in these rows. Where all places are taken, the oldest one makes room."""
    full = rows[peaks.under_way[rows] >= BLOCKS]
    if full.size:
        peaks = _crowded(peaks, full)
    many = peaks.under_way[rows]
    start = rows * BLOCKS
    place = start + _in_turn(peaks.oldest[rows] + many).astype(np.intp)
    youngest = start + _in_turn(peaks.oldest[rows] + many - 1).astype(np.intp)
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
        oldest=_placed(peaks.oldest, rows, _in_turn(peaks.oldest[rows] + 1)),
        under_way=_placed(peaks.under_way, rows, peaks.under_way[rows] - 1),
        left=_placed(peaks.left, rows, peaks.left[rows] + peaks.lasted.reshape(-1).take(place)),
    )


def _in_turn(place: Floats) -> Floats:
    """The place (n,) itself, one turn back or on where it is beyond the last or before the first."""
    beyond = np.where(place >= BLOCKS, place - BLOCKS, place)
    return np.where(beyond < 0, beyond + BLOCKS, beyond)


def _largest(figures: Floats) -> Floats:
    """Of each row (n, BLOCKS) its largest; column by column, as rows are too short for numpy's maximum."""
    largest: Floats = np.maximum.reduce([figures[:, block] for block in range(BLOCKS)])
    return largest


def _placed(old: Floats, places: Indices, new: Floats | float) -> Floats:
    """A copy with `new` in these places of it, counted as if it were flat."""
    placed: Floats = old.copy()
    placed.reshape(-1)[places] = new
    return placed
