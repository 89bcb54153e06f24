"""What is remembered of the revision that serves, one row a tool: its recent past, and what it is measured
by.

The baseline is everything older than the moment at which a change is looked for: this revision's own past,
and before that its predecessors', which halves in a day, so that it follows what callers ask for; and, of a
canary, what the revision that serves beside it does at the same time (`beside` takes that in). Pure,
immutable.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from . import ladder
from .counts import (
    BUCKETS,
    CALLS,
    COLUMNS,
    FAILED,
    INVALID,
    SECONDS,
    SLOW,
    TIMED,
    Tick,
    bad,
    counted,
)
from .ladder import LEVELS, Ladder, Merged, Rows
from .marks import ENOUGH_TIMED, marked, marks_of

Array = NDArray[np.float64]
Kind = TypeVar("Kind", bound=np.generic)

HALF_LIFE_SECONDS = 86_400.0
BATCH_LEVEL = 4
"""Blocks of 16 looks are compared with their neighbours for how bursty bad calls are."""
SPREAD_KEPT = 0.999
SPREAD_MOST = 25.0


@dataclass(frozen=True)
class Watch:
    """All that must survive a restart. N rows."""

    ladder: Ladder
    base: Array
    """Counts older than the ladder. (COLUMNS, N)"""
    beside: Array
    """Counts of what serves beside a canary, since that began: baseline as well. (COLUMNS, N)"""
    spread: Array
    """Sum of squared differences of neighbouring blocks, over what Poisson counts would give. (4, N)"""
    spread_of: Array
    """How many were summed. (4, N)"""
    histogram: Array
    """Latency of the baseline's successful calls, by bucket. (BUCKETS, N)"""
    fresh: Array
    """The same of the revision that serves. (BUCKETS, N)"""
    marks: NDArray[np.int64]
    """The buckets above which a call is slow, and very slow; -1 while there is no baseline. (2, N)"""

    def take(self, rows: NDArray[np.int64]) -> Watch:
        """These rows, in this order."""
        levels = tuple((newer[:, rows], older[:, rows]) for newer, older in self.ladder.levels)
        rest = {f.name: getattr(self, f.name)[:, rows] for f in fields(self) if f.name != "ladder"}
        return Watch(ladder=Ladder(self.ladder.looks[rows], levels), **rest)

    def put(self, rows: NDArray[np.int64], other: Watch) -> Watch:
        """The same with these rows replaced by all rows of `other`."""
        pairs = zip(self.ladder.levels, other.ladder.levels, strict=True)
        levels = tuple((_put(a, rows, c), _put(b, rows, d)) for (a, b), (c, d) in pairs)
        looks = self.ladder.looks.copy()
        looks[rows] = other.ladder.looks
        rest = {
            f.name: _put(getattr(self, f.name), rows, getattr(other, f.name))
            for f in fields(self)
            if f.name != "ladder"
        }
        return Watch(ladder=Ladder(looks, levels), **rest)

    def everything(self) -> Array:
        """All counts there are, of whatever revision. (COLUMNS, N)"""
        return self.base + self.beside + self.ladder.total()

    def dispersion(self) -> Array:
        """How much burstier than Poisson bad calls come, at least 1: evidence is divided by it. (4, N)

        Two standard errors of its estimate are taken off: what is not known to be bursty is not held back.
        """
        return _dispersion(self.spread, self.spread_of)

    def dispersion_of(self, rows: NDArray[np.int64]) -> Array:
        """The same of some rows. (4, rows)"""
        return _dispersion(self.spread[:, rows], self.spread_of[:, rows])


def _dispersion(spread: Array, of: Array) -> Array:
    of = np.maximum(of, 1.0)
    return np.clip(spread / of - 2.0 * np.sqrt(3.0 / of), 1.0, SPREAD_MOST)


def _put(array: NDArray[Kind], rows: NDArray[np.int64], values: NDArray[Kind]) -> NDArray[Kind]:
    new = array.copy()
    new[..., rows] = values
    return new


def blank(rows: int) -> Watch:
    """Nothing known."""

    def empty(first: int) -> Array:
        return np.zeros((first, rows))

    return Watch(
        ladder=ladder.blank(rows),
        base=empty(COLUMNS),
        beside=empty(COLUMNS),
        spread=empty(4),
        spread_of=empty(4),
        histogram=empty(BUCKETS),
        fresh=empty(BUCKETS),
        marks=np.full((2, rows), -1, dtype=np.int64),
    )


def looked(watch: Watch, tick: Tick) -> Watch:
    """Take in one look. Rows that are missing or absurd stay as they are: no evidence for anything."""
    rows = tick.usable()
    if not rows.any():
        return watch
    timed = tick.timed if rows.all() else np.where(rows, tick.timed, 0.0)
    fresh = watch.fresh + timed
    marks = marked(watch.marks, watch.histogram, fresh)
    return counted_in(replace(watch, fresh=fresh, marks=marks), count_of(tick, timed, watch.marks), rows)


def counted_in(watch: Watch, count: Array, rows: Rows) -> Watch:
    """Take in counts whose slow calls are known: (COLUMNS, N), for these rows (N,)."""
    new, merges = ladder.pushed(watch.ladder, count, rows)
    watch = replace(watch, ladder=new)
    for merged in merges:
        if merged.level == BATCH_LEVEL:
            watch = _spread(watch, merged)
        if merged.level == LEVELS - 1:
            watch = replace(watch, base=_left(watch.base, merged))
    return watch


def count_of(tick: Tick, timed: Array, marks: NDArray[np.int64]) -> Array:
    """A look as counts (COLUMNS, N), by these marks (2, N); nothing is timed while there is no mark."""
    count = np.zeros((COLUMNS, tick.calls.size))
    count[SECONDS], count[CALLS] = tick.seconds, tick.calls
    count[FAILED], count[INVALID] = tick.failed, tick.invalid
    marked = marks[0] >= 0
    count[TIMED] = np.where(marked, timed.sum(axis=0), 0.0)
    count[SLOW:] = np.where(marked, _above(timed, marks), 0.0)
    return count


def _above(histogram: Array, marks: NDArray[np.int64]) -> Array:
    """Calls in buckets above each mark. (BUCKETS, N), (2, N) -> (2, N)"""
    beyond = histogram[::-1].cumsum(axis=0)[::-1]
    first = np.maximum(marks, 0) + 1
    above = np.take_along_axis(beyond, np.minimum(first, BUCKETS - 1), axis=0)
    return np.where(first < BUCKETS, above, 0.0)


def _spread(watch: Watch, merged: Merged) -> Watch:
    """Compare two neighbouring blocks: (k1/n1 - k2/n2)^2 over its variance if calls were independent."""
    n1, n2 = counted(merged.older), counted(merged.newer)
    k1, k2 = bad(merged.older), bad(merged.newer)
    share = (k1 + k2) / np.maximum(n1 + n2, 1.0)
    usable = (k1 + k2 >= 1.0) & (n1 > 0) & (n2 > 0) & (share < 0.999)
    n1, n2 = np.maximum(n1, 1.0), np.maximum(n2, 1.0)
    variance = np.maximum(share * (1.0 - share) * (1.0 / n1 + 1.0 / n2), 1e-12)
    square = np.minimum((k1 / n1 - k2 / n2) ** 2 / variance, SPREAD_MOST)
    spread, of = watch.spread.copy(), watch.spread_of.copy()
    spread[:, merged.rows] = SPREAD_KEPT * spread[:, merged.rows] + np.where(usable, square, 0.0)
    of[:, merged.rows] = SPREAD_KEPT * of[:, merged.rows] + usable
    return replace(watch, spread=spread, spread_of=of)


def _left(base: Array, merged: Merged) -> Array:
    """The baseline with what the ladder gave up."""
    block = merged.older + merged.newer
    new = base.copy()
    new[:, merged.rows] = base[:, merged.rows] * _faded(block[SECONDS]) + block
    return new


def _faded(seconds: Array) -> Array:
    faded: Array = 0.5 ** (seconds / HALF_LIFE_SECONDS)
    return faded


def succeeded(watch: Watch, rows: Rows) -> Watch:
    """Another revision serves from now on in these rows (N,): what these did becomes its baseline.

    Its latency marks are set anew, and the baseline's slow calls counted by them. For rows with an alarm,
    where somebody replaced a worse revision by a new one, it is `restored` instead.
    """
    total = watch.ladder.total()
    own = watch.fresh.sum(axis=0) >= ENOUGH_TIMED
    histogram = np.where(own, watch.fresh, watch.histogram + watch.fresh)
    marks = np.where(histogram.sum(axis=0) >= ENOUGH_TIMED, marks_of(histogram), -1)
    base = (watch.base + watch.beside) * _faded(total[SECONDS]) + total
    base[TIMED] = np.where(marks[0] >= 0, histogram.sum(axis=0), 0.0)
    base[SLOW:] = np.where(marks[0] >= 0, _above(histogram, marks), 0.0)
    new = replace(watch, base=base, histogram=histogram, marks=marks)
    return _begun(watch, new, rows)


def restored(watch: Watch, rows: Rows) -> Watch:
    """An earlier revision took over from a worse one in these rows: the worse one's counts are no
    baseline; those of what served beside it are."""
    return _begun(watch, replace(watch, base=watch.base + watch.beside), rows)


def _begun(old: Watch, new: Watch, rows: Rows) -> Watch:
    which = np.flatnonzero(rows)
    if not which.size:
        return old
    first = blank(which.size)
    begun = replace(new.take(which), ladder=first.ladder, beside=first.beside, fresh=first.fresh)
    return old.put(which, begun)
