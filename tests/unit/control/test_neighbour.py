"""A canary is judged by what serves beside it: with no past at all, in incidents, and within its budget."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.unit.control.revisions import LOOK, accepted, known

from cupel.control import evidence, ladder, neighbour, watch
from cupel.control.counts import BUCKETS, CALLS, FAILED, METRICS, Tick
from cupel.control.ladder import Ladder

Array = NDArray[np.float64]
ROWS, FEW = 300, 40
FAST, SLOW = 6, 12


def tick(dice: np.random.Generator, rows: int, calls: int, failed: float = 0.01, slow: float = 0.1) -> Tick:
    """A look at so many revisions: of so many calls each these shares fail, and are slow if not."""
    bad = dice.binomial(calls, failed, rows).astype(float)
    late = dice.binomial((calls - bad).astype(int), slow).astype(float)
    timed = np.zeros((BUCKETS, rows))
    timed[FAST], timed[SLOW] = calls - bad - late, late
    return Tick(np.full(rows, LOOK), np.full(rows, float(calls)), bad, np.zeros(rows), timed)


class Pair:
    """Canaries, each with what serves beside it, and when each was first found worse."""

    def __init__(self, past: int, seed: int, rows: int = ROWS) -> None:
        state = before(past, rows)
        self.rows = rows
        self.dice = np.random.default_rng(seed)
        self.state = state
        self.theirs: Ladder = ladder.blank(rows)
        self.found = evidence.weighed(state, accepted(rows))
        self.alarmed = np.zeros(rows, np.bool_)
        self.condemned = np.zeros(rows, np.bool_)

    def looks(
        self, many: int, calls: int, others: int, mine: dict[str, float], theirs: dict[str, float]
    ) -> None:
        """`mine` and `theirs`: shares as of `tick`."""
        for _ in range(many):
            self.state = watch.looked(self.state, tick(self.dice, self.rows, calls, **mine))
            self.state, count = neighbour.beside(self.state, tick(self.dice, self.rows, others, **theirs))
            self.theirs, _ = ladder.pushed(self.theirs, count, np.ones(self.rows, np.bool_))
            self.found = evidence.weighed(self.state, accepted(self.rows))
            self.alarmed |= self.found.alarm
            for row in np.flatnonzero(self.found.alarm & ~self.condemned):
                self.condemned[row] = not self.excused(int(row))

    def excused(self, row: int) -> bool:
        own = Ladder(
            self.theirs.looks[[row]],
            tuple((newer[:, [row]], older[:, [row]]) for newer, older in self.theirs.levels),
        )
        return neighbour.shares_it(self.state, self.found, row, own)


def budget(rows: int) -> float:
    """Ville's price for a release is one in 104."""
    return float(rows / 104 + 3 * np.sqrt(rows / 104))


# fmt: off
HEALTHY = [
    #  share of the calls         calls of the canary and beside it, a look
    ("a-tenth",                    5,  45),
    ("a-half",                    25,  25),
    ("what-serves-is-not-called", 25,   0),
    ("it-alone-is-called",        50,   1),
]
# fmt: on


@pytest.mark.parametrize(("calls", "others"), [h[1:] for h in HEALTHY], ids=[h[0] for h in HEALTHY])
@pytest.mark.parametrize("failed", [0.0, 0.01, 0.2])
def test_a_healthy_canary_without_a_past_is_left_alone(calls: int, others: int, failed: float) -> None:
    pair = Pair(0, 31)
    pair.looks(100, calls, others, {"failed": failed}, {"failed": failed})

    assert pair.alarmed.sum() <= budget(ROWS)


# fmt: off
WORSE = [
    ("a-fifth-fails",         50,  50, {"failed": 0.2},               {},                4, "errors"),
    ("a-fifth-of-a-tenth",    10,  90, {"failed": 0.2},               {},               14, "errors"),
    ("beside-none-that-fail", 28,  70, {"failed": 0.2},               {"failed": 0.0},   4, "errors"),
    ("more-are-slow",         50,  50, {"slow": 0.4},                 {},               16, "latency"),
    ("all-are-slow",          50,  50, {"slow": 1.0},                 {},               10, "latency"),
]
# fmt: on


@pytest.mark.parametrize(
    ("calls", "others", "mine", "theirs", "by", "metric"), [w[1:] for w in WORSE], ids=[w[0] for w in WORSE]
)
def test_a_worse_canary_without_a_past_is_found_within_a_few_looks(
    calls: int, others: int, mine: dict[str, float], theirs: dict[str, float], by: int, metric: str
) -> None:
    pair = Pair(0, 32)
    pair.looks(by, calls, others, mine, theirs)

    assert pair.condemned.mean() >= 0.9
    assert METRICS[int(np.median(pair.found.metric[pair.found.alarm]))] == metric


# fmt: off
INCIDENTS = [
    #  before it                       calls in the past    looks until it
    ("nothing-was-known",                      0,              0),
    ("as-soon-as-it-is-a-canary",         20_000,              0),
    ("after-a-while",                     20_000,             60),
    ("after-a-while-without-a-past",           0,             60),
]
SPOILT = [("errors", {"failed": 0.2}), ("latency", {"slow": 0.6})]
# fmt: on


@pytest.mark.parametrize(("past", "quiet"), [i[1:] for i in INCIDENTS], ids=[i[0] for i in INCIDENTS])
@pytest.mark.parametrize("spoilt", [s[1] for s in SPOILT], ids=[s[0] for s in SPOILT])
@pytest.mark.parametrize("calls", [10, 50])
def test_what_befalls_both_condemns_no_canary(
    calls: int, spoilt: dict[str, float], past: int, quiet: int
) -> None:
    """Of a hundred calls a look so many are the canary's."""
    pair = Pair(past, 33, FEW)
    pair.looks(quiet, calls, 100 - calls, {}, {})
    pair.looks(24, calls, 100 - calls, spoilt, spoilt)

    assert pair.condemned.sum() <= budget(FEW)
    if past:
        assert pair.alarmed.mean() > 0.9, "an excuse was needed"


def before(calls: int, rows: int) -> watch.Watch:
    """A predecessor of so many calls, as healthy as `tick`."""
    if not calls:
        return watch.blank(rows)
    state = known(rows, float(calls))
    histogram = np.zeros((BUCKETS, rows))
    histogram[FAST], histogram[SLOW] = 0.9 * calls, 0.1 * calls
    base = state.base.copy()
    base[-2:] = 0.1 * calls
    return replace(state, base=base, histogram=histogram, marks=np.full((2, rows), FAST, np.int64))


def test_a_canary_far_worse_than_what_fails_beside_it_is_condemned_in_an_incident_too() -> None:
    pair = Pair(20_000, 34, FEW)
    pair.looks(12, 25, 75, {"failed": 0.6}, {"failed": 0.1})

    assert pair.condemned.mean() > 0.9


def test_what_serves_beside_it_is_baseline_until_it_turns_out_not_to_be() -> None:
    pair = Pair(0, 35)
    pair.looks(3, 10, 90, {}, {"failed": 1.0})

    gone = neighbour.forgotten(pair.state, np.ones(ROWS, np.bool_))

    assert (pair.state.beside[CALLS] == 270).all() and (pair.state.beside[FAILED] == 270).all()
    assert not gone.beside.any()
    assert np.array_equal(gone.ladder.total(), pair.state.ladder.total())
