"""The rules others roll back by, in our own words, on the same counts that Cupel's test gets.

Argo Rollouts (docs/features/analysis.md, utils/analysis): a measurement every `interval`; the run fails when more than
`failureLimit` measurements failed. Flagger (docs/usage/how-it-works.md): a check every `interval`; failed checks add up,
and `threshold` of them roll back. Kayenta (MannWhitneyClassifier.scala): Mann-Whitney of canary and concurrent
baseline, high when the lower end of the 98 % interval of the shift is above 0.25 times its Hodges-Lehmann estimate; asked
every minute from the tenth on. The limits are ours, the same for all: twice the baseline for errors, 1.2 times
for latency. CUSUM is told the truth: the baseline's share, and that it triples; its bound is what no test beats.
Arrays are (canaries, looks); each rule answers the look of its alarm, or -1.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Looks = NDArray[np.int64]
Z98 = 2.3263


def windows(counts: Array, looks: int) -> Array:
    """Sums over consecutive windows of so many looks."""
    whole = counts.shape[1] // looks * looks
    return counts[:, :whole].reshape(counts.shape[0], -1, looks).sum(axis=2)


def first(alarms: NDArray[np.bool_], looks: int) -> Looks:
    """The look at which the first window with an alarm ends."""
    return np.where(alarms.any(axis=1), (alarms.argmax(axis=1) + 1) * looks - 1, -1)


def failures_above(figures: Array, limit: Array | float, failures: int, looks: int) -> Looks:
    """So many windows, not necessarily in a row, above the limit."""
    return first((figures > limit).cumsum(axis=1) >= failures, looks)


def argo(figures: Array, limit: float, looks: int) -> Looks:
    """interval 60 s, failureLimit 3."""
    return failures_above(figures, limit, 4, looks)


def flagger(figures: Array, limit: float, looks: int) -> Looks:
    """interval 60 s, threshold 5."""
    return failures_above(figures, limit, 5, looks)


def window_rule(bad: Array, calls: Array, limit: float, looks: int) -> Looks:
    """The share of the last five minutes above the limit, asked every five."""
    return first(share(windows(bad, looks), windows(calls, looks)) > limit, looks)


def share(bad: Array, calls: Array) -> Array:
    return bad / np.maximum(calls, 1.0)


def kayenta(canary: Array, control: Array, looks: int) -> Looks:
    """Asked every minute from the tenth on, of all minutes so far."""
    alarms = np.zeros(canary.shape, dtype=np.bool_)
    for minutes in range(10, canary.shape[1] + 1):
        open_rows = np.flatnonzero(~alarms.any(axis=1))
        if not open_rows.size:
            break
        x, y = canary[open_rows, :minutes], control[open_rows, :minutes]
        alarms[open_rows, minutes - 1] = high(x, y)
    return first(alarms, looks)


def high(x: Array, y: Array) -> NDArray[np.bool_]:
    """Whether Kayenta calls x high: the interval by the order statistics of all differences."""
    n, m = x.shape[1], y.shape[1]
    differences = np.sort((x[:, :, None] - y[:, None, :]).reshape(x.shape[0], -1), axis=1)
    rank = int(n * m / 2 - Z98 * math.sqrt(n * m * (n + m + 1) / 12))
    lower = differences[:, max(rank, 0)]
    return lower > 0.25 * np.abs(np.median(differences, axis=1))


def cusum(bad: Array, calls: Array, before: float, after: float, arl_looks: float) -> Looks:
    """Told both shares; threshold ln(ARL0 in looks)."""
    gain, loss = math.log(after / before), math.log((1 - after) / (1 - before))
    steps = bad * gain + (calls - bad) * loss
    value, alarm = np.zeros(bad.shape[0]), np.full(bad.shape[0], -1, dtype=np.int64)
    for look in range(bad.shape[1]):
        value = np.maximum(value, 0.0) + steps[:, look]
        alarm = np.where((alarm < 0) & (value >= math.log(arl_looks)), look, alarm)
    return alarm


def information(before: float, after: float) -> float:
    """KL(after || before) of one call, in nats: no test is faster than ln(ARL0) of it (Lorden 1971)."""
    return after * math.log(after / before) + (1 - after) * math.log((1 - after) / (1 - before))
