"""Whether an alarm rests on one caller alone, while the others of the same revision show that it is fine.

Asked only of the few rows with an alarm that nothing else excuses. It takes alarms away and raises none, so
the bound on false alarms holds. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .counting import Tally
from .counts import BUCKETS, CALLS, Tick, bad, counted
from .evidence import LEAST_BAD, LEAST_CALLS, Evidence
from .incident import recent
from .sequential import averaged, baseline, log_evidence
from .watch import Watch, count_of

Array = NDArray[np.float64]

SURE = log(100.0)
"""The others can tell when the odds are so many to one that one caller spoils it, not that all are as bad."""
PATIENCE_SECONDS = 30.0
"""So old a worsening is, at most, while others are waited for who call often enough to tell by then."""
VERDICTS = 3
"""Of a tally: runs that went well, that failed, that answered what they may not; then good ones by bucket."""


@dataclass(frozen=True)
class Heard:
    """Who called a revision of late, summed over all gateways: tallies by caller, and of those not named."""

    callers: Mapping[str, Tally]
    rest: Tally


@dataclass(frozen=True)
class Alone:
    """The caller that an alarm rests on, and the others, who are fine."""

    name: str
    bad: float
    calls: float
    others_bad: float
    others_calls: float


Found = Alone | Literal["Others", "Unknown"]
"""The one caller it is; or that the others speak against the revision as well; or that nobody can tell."""


@dataclass(frozen=True)
class _Counts:
    """All that is compared, of one row. (COLUMNS,) or, of the spread, (4,)"""

    everyone: Array
    others: Array
    before: Array
    spread: Array


def alone(watch: Watch, found: Evidence, row: int, heard: Heard) -> Found:
    """Whether the alarm of this row rests on one caller, while the others show that they are fine."""
    if not heard.callers:
        return "Unknown"
    one, metric, since = watch.take(np.array([row])), int(found.metric[row]), float(found.since[row])
    counts = _counts([*heard.callers.values(), heard.rest], one.marks)
    most = int(bad(counts)[metric, :-1].argmax())
    who, everyone = counts[:, most], counts.sum(axis=1)
    before = (one.everything() - recent(one.ladder, since))[:, 0]
    compared = _Counts(everyone, everyone - who, before, one.dispersion()[:, 0])
    odds = _odds(compared, metric)
    if odds < 0 or _proof(compared) >= found.log_needed[row]:
        return "Others"
    if bad(who)[metric] < LEAST_BAD or not _tell(odds, SURE * float(compared.spread[metric]), since):
        return "Unknown"
    return _named(list(heard.callers)[most], who, compared.others, metric)


def _named(name: str, who: Array, others: Array, metric: int) -> Alone:
    spoilt, calls = bad(who)[metric], counted(who)[metric]
    return Alone(
        name, float(spoilt), float(calls), float(bad(others)[metric]), float(counted(others)[metric])
    )


def _counts(tallies: list[Tally], marks: NDArray[np.int64]) -> Array:
    """Counts of each, as of a look at a revision that they alone call. (COLUMNS, tallies)"""
    width, many = VERDICTS + BUCKETS, len(tallies)
    columns = np.array([(*tally, *(0.0,) * (width - len(tally))) for tally in tallies], float).T
    calls = columns[:VERDICTS].sum(axis=0)
    tick = Tick(np.ones(many), calls, columns[1], columns[2], columns[VERDICTS:])
    return count_of(tick, tick.timed, np.repeat(marks, many, axis=1))


def _tell(odds: float, wanted: float, since: float) -> bool:
    """Whether the others tell that they are fine; or call so often that they will have, one way or the other,
    before the worsening is half a minute old.
    """
    soon = since < PATIENCE_SECONDS and odds * PATIENCE_SECONDS >= wanted * max(since, 1.0)
    return odds >= wanted or soon


def _odds(compared: _Counts, metric: int) -> float:
    """The log odds of "one spoils it, and the others are as before" against "all alike are this bad".

    Poisson's likelihood ratio of both parts. Of the one who is left out the share is what was seen, so that
    where all are alike the chance of c is not quite 1/c at most: tests/bench/rollback_callers.py measures it.
    """
    everyone, others, before = compared.everyone, compared.others, compared.before
    share = _share(everyone, metric)
    usual = float(baseline(bad(before), counted(before))[metric] / max(counted(before)[metric], 1.0))
    if usual <= 0 or share <= usual:
        return 0.0
    who = everyone - others
    return _ratio(who, metric, _share(who, metric), share) + _ratio(others, metric, usual, share)


def _share(count: Array, metric: int) -> float:
    return float(bad(count)[metric] / max(counted(count)[metric], 1.0))


def _ratio(count: Array, metric: int, share: float, other: float) -> float:
    """How much better one share explains a count than another."""
    if share <= 0:
        return float(counted(count)[metric]) * other
    calls, spoilt = float(counted(count)[metric]), float(bad(count)[metric])
    return spoilt * log(share / other) - calls * (share - other)


def _proof(compared: _Counts) -> float:
    """The log e-value of the others by themselves: worth its price, it proves the revision worse."""
    others, spread = compared.others, compared.spread
    if others[CALLS] < LEAST_CALLS or bad(others).max() < LEAST_BAD:
        return 0.0
    n0 = counted(compared.before) / spread
    k0 = baseline(bad(compared.before) / spread, n0)
    return float(averaged(log_evidence(bad(others) / spread, counted(others) / spread, k0, n0)))
