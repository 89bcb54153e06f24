"""Revisions that are watched in tests: what they did before, and what a look at them finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cupel.control import evidence, watch
from cupel.control.counts import (
    BUCKETS,
    CALLS,
    COLUMNS,
    FAILED,
    INVALID,
    SECONDS,
    SLOW,
    SLOWEST,
    TIMED,
    Tick,
)  # fmt: skip

Array = NDArray[np.float64]
SHARES = {FAILED: 0.01, INVALID: 0.002, SLOW: 0.3, SLOWEST: 0.04}
"""Of a healthy revision."""
LOOK = 5.0


def known(rows: int, calls: float = 100_000.0, **shares: float) -> watch.Watch:
    """Rows whose predecessor made so many calls, exactly as often bad as SHARES or the given ones say."""
    base = np.zeros((COLUMNS, rows))
    base[SECONDS], base[CALLS], base[TIMED] = calls / 10, calls, calls
    for column, share in SHARES.items():
        base[column] = calls * share
    base[FAILED] = calls * shares.get("failed", SHARES[FAILED])
    marks = np.full((2, rows), 10, dtype=np.int64)
    return replace(watch.blank(rows), base=base, marks=marks, histogram=np.full((BUCKETS, rows), 100.0))


def look(dice: np.random.Generator, rows: int, rate: float, **times: float) -> Array:
    """The counts of one look at calls coming at this rate; `failed=3` fails three times as often as healthy."""
    count = np.zeros((COLUMNS, rows))
    count[SECONDS], count[CALLS], count[TIMED] = LOOK, rate * LOOK, rate * LOOK
    names = {"failed": FAILED, "invalid": INVALID, "slow": SLOW, "slowest": SLOWEST}
    for name, column in names.items():
        count[column] = dice.poisson(rate * LOOK * SHARES[column] * times.get(name, 1.0), rows)
    return count


def accepted(rows: int, per_year: float = 1.0, margin: float = 0.1) -> evidence.Settings:
    return evidence.Settings(np.full(rows, per_year), np.full(rows, LOOK), np.full(rows, margin))


def alarms(
    state: watch.Watch, dice: np.random.Generator, looks: int, rate: float, **times: float
) -> tuple[watch.Watch, NDArray[np.int64], evidence.Evidence]:
    """Watch for so many looks; the look of each row's first alarm, or -1, and the last evidence."""
    rows = state.base.shape[1]
    everyone, first = np.ones(rows, dtype=np.bool_), np.full(rows, -1)
    for number in range(looks):
        state = watch.counted_in(state, look(dice, rows, rate, **times), everyone)
        found = evidence.weighed(state, accepted(rows))
        first = np.where((first < 0) & found.alarm, number, first)
    return state, first, found


def tick(rows: int = 1, **columns: float) -> Tick:
    """A look with these figures in every row; `timed` are that many calls in the bucket up to 50 ms."""
    buckets = np.zeros((BUCKETS, rows))
    buckets[6] = columns.get("timed", 0.0)
    names = ("seconds", "calls", "failed", "invalid")
    values = [np.full(rows, columns.get(name, 5.0 if name == "seconds" else 0.0)) for name in names]
    return Tick(*values, buckets)
