"""Whether a revision became worse: every moment at which it could have begun, weighed against a budget of
false alarms.

An e-detector (Shin, Ramdas and Rinaldo 2024): an e-value is begun at every look, and each may raise the
alarm once it is worth its price. Prices are chosen so that the sum of 1/price over a year is the budget; by
Ville's bound and the union of all beginnings that sum is the most false alarms a healthy revision has. Half
is spent where regressions come from, the moment a revision takes over; half evenly over time, and, since
beginnings at looks divisible by 2^l are the only ones that live to be 2^l looks old, evenly over l, so that
long windows are cheap.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .counts import CALLS, LATENCY_EDGES, SECONDS, TIMED, bad, counted
from .ladder import LEVELS, Rows
from .sequential import averaged, baseline, log_evidence, may_reach, most_evidence
from .watch import Watch

Array = NDArray[np.float64]

YEAR_SECONDS = 31_557_600.0
RELEASES_A_YEAR = 52.0
"""For how many revisions a year a tool's budget has to do; who makes more has more to be wrong about."""
LOG_MARGIN = float(np.log(20.0))
"""A worsening counts when the odds are 20 to 1 that it is more than the smallest one that does."""
ALMOST_ALL = 1.0 - 1e-9
"""Sums of the same seconds in another order differ in their last digits."""
LEAST_CALLS = 20.0
LEAST_BAD = 3.0
GLANCE = 1.5
"""E-values are worked out where they may come this near their price, as logarithms; nearer ones are told."""


@dataclass(frozen=True)
class Settings:
    """What is accepted, by row. Shapes (N,)."""

    per_year: Array
    """False alarms a year."""
    period: Array
    """Seconds from look to look."""
    margin: Array
    """Smallest relative worsening that counts: 0.1 is 10 %."""

    @cached_property
    def prices(self) -> tuple[Array, Array]:
        """As `prices` says."""
        return prices(self)


@dataclass(frozen=True)
class Evidence:
    """The strongest case against each row. Shapes (N,)."""

    alarm: Rows
    log_value: Array
    """ln of the e-value; 0 where nothing comes near its price."""
    log_needed: Array
    """ln of its price."""
    metric: NDArray[np.int64]
    """Index of METRICS that says most."""
    observed: Array
    """Its share of bad calls since then."""
    expected: Array
    """Its share of bad calls before."""
    calls: Array
    """Calls since then."""
    since: Array
    """Seconds since the worsening began, as far as it can be told."""


def prices(settings: Settings) -> tuple[Array, Array]:
    """ln of what an e-value must be worth: of one begun with the revision (N,), of later ones (LEVELS, N)."""
    release = np.minimum(settings.per_year / 2.0 / RELEASES_A_YEAR, 0.01)
    a_look = settings.per_year / 2.0 * settings.period / YEAR_SECONDS
    live_long = 2.0 ** (np.arange(LEVELS) + 1.0) / LEVELS
    return -np.log(release), -np.log(np.minimum(live_long[:, None] * a_look, 0.01))


def weighed(watch: Watch, settings: Settings) -> Evidence:
    """Weigh every beginning that the ladder still has, the newest first."""
    if not watch.ladder.reached():
        return _none(watch.ladder.looks.size)
    release, later = settings.prices
    whole, total, spread = watch.ladder.whole(), watch.ladder.total(), watch.dispersion()
    all_there_is = watch.base + watch.beside + total
    since = np.zeros_like(total)
    best = _none(total.shape[1])
    for level, blocks in enumerate(watch.ladder.reached()):
        for block in blocks:
            since = since + block
            oldest = whole & (since[SECONDS] >= total[SECONDS] * ALMOST_ALL)
            needed = np.where(oldest, release, later[level]) if oldest.any() else later[level]
            before = all_there_is - since
            rows = _near(since, before, spread, needed - GLANCE)
            if rows.size:
                _weigh(best, rows, watch, (since, before), needed, settings)
    return best


def _near(since: Array, before: Array, spread: Array, log_value: Array) -> NDArray[np.int64]:
    """Rows whose e-value may be this large, for any metric: first cheaply, then exactly for those that are
    left."""
    samples = _samples(since, before)
    wanted = (spread * log_value).reshape(2, 2, -1)
    rows = np.flatnonzero(may_reach(*samples, wanted).any(axis=(0, 1)))
    if not rows.size:
        return rows
    most = most_evidence(*_samples(since[:, rows], before[:, rows]))
    return rows[(most > wanted[:, :, rows]).any(axis=(0, 1))]


def _samples(since: Array, before: Array) -> tuple[Array, Array, Array, Array]:
    """Bad calls and calls, now and before, as (2, 2, N) and (2, 1, N): errors and validity, latency and its
    tail."""
    pairs = (2, 2, since.shape[1])
    known = before[CALLS : TIMED + 1, None, :]
    before_bad = baseline(bad(before).reshape(pairs), known)
    return bad(since).reshape(pairs), since[CALLS : TIMED + 1, None, :], before_bad, known


def _none(rows: int) -> Evidence:
    def zeros() -> Array:
        return np.zeros(rows)

    needed = np.full(rows, np.inf)
    return Evidence(
        np.zeros(rows, dtype=np.bool_),
        zeros(),
        needed,
        np.zeros(rows, dtype=np.int64),
        zeros(),
        zeros(),
        zeros(),
        zeros(),
    )


def _weigh(
    best: Evidence,
    rows: NDArray[np.int64],
    watch: Watch,
    counts: tuple[Array, Array],
    needed: Array,
    settings: Settings,
) -> None:
    """Work these rows out for one beginning and keep, in `best`, which is being built, the stronger case."""
    spread = watch.dispersion_of(rows)
    now, then, price = counts[0][:, rows], counts[1][:, rows], needed[rows]
    k, n = bad(now) / spread, counted(now) / spread
    n0 = counted(then) / spread
    k0 = baseline(bad(then) / spread, n0)
    by_metric = log_evidence(k, n, k0, n0)
    value = averaged(by_metric)
    metric = (by_metric + np.log(np.array((4.0, 2.0, 1.0, 1.0)))[:, None]).argmax(axis=0)
    enough = (now[CALLS] >= LEAST_CALLS) & (_of(bad(now), metric) >= LEAST_BAD)
    alarm = (value >= price) & enough
    if alarm.any():
        worse = _counting(watch, rows, settings.margin[rows])
        alarm &= averaged(log_evidence(k, n * worse, k0, n0)) >= LOG_MARGIN
    nearer = value - price > best.log_value[rows] - best.log_needed[rows]
    stronger = (alarm & ~best.alarm[rows]) | ((alarm == best.alarm[rows]) & nearer)
    kept = rows[stronger]
    found = {
        "alarm": alarm,
        "log_value": value,
        "log_needed": price,
        "metric": metric,
        "observed": _of(bad(now) / np.maximum(counted(now), 1.0), metric),
        "expected": _of(bad(then) / np.maximum(counted(then), 1.0), metric),
        "calls": _of(counted(now), metric),
        "since": now[SECONDS],
    }
    for name, values in found.items():
        getattr(best, name)[kept] = values[stronger]


def _of(by_metric: Array, metric: NDArray[np.int64]) -> Array:
    chosen: Array = np.take_along_axis(by_metric, metric[None, :], axis=0)[0]
    return chosen


def _counting(watch: Watch, rows: NDArray[np.int64], margin: Array) -> Array:
    """By how much the share of bad calls grows at the smallest worsening that counts. (4, rows)

    Of errors simply 1 + margin. Of latency the share above a mark grows to the share that is now above
    mark / (1 + margin), read off the baseline's histogram, straight between the edges on a logarithmic scale.
    """
    errors = np.broadcast_to(1.0 + margin, (2, rows.size))
    histogram = watch.histogram[:, rows] + watch.fresh[:, rows]
    at = np.maximum(watch.marks[:, rows], 0)
    beyond = 1.0 - histogram.cumsum(axis=0) / np.maximum(histogram.sum(axis=0), 1e-9)
    below = np.concatenate((np.ones((1, rows.size)), beyond))
    edges = np.log(np.array((LATENCY_EDGES[0] / 2.0, *LATENCY_EDGES, LATENCY_EDGES[-1] * 2.0)))
    width = edges[at + 1] - edges[at]
    back = np.minimum(np.log1p(margin)[None, :] / width, 1.0)
    upper = np.take_along_axis(beyond, at, axis=0)
    lower = np.take_along_axis(below, at, axis=0)
    grown = (upper + back * (lower - upper)) / np.maximum(upper, 1e-6)
    return np.concatenate((errors, np.clip(grown, 1.0 + margin, 20.0)))
