"""What is remembered of a revision: only what was really counted, and its own past as its baseline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.control.revisions import known, look, tick

from cupel.control import watch
from cupel.control.counts import BUCKETS, CALLS, FAILED, LATENCY_EDGES, SECONDS, SLOW, TIMED, Tick, growth
from cupel.control.ladder import LEVELS
from cupel.control.watch import Watch

NAN = float("nan")
ALL = np.array([True])
# fmt: off
NO_COUNTS = [
    ("missing",                       tick(calls=NAN)),
    ("part-of-it-missing",            tick(calls=10, failed=NAN)),
    ("infinitely-many",               tick(calls=float("inf"))),
    ("negative",                      tick(calls=10, failed=-1)),
    ("more-bad-ones-than-calls",      tick(calls=10, failed=6, invalid=5)),
    ("more-timed-than-calls",         tick(calls=10, timed=11)),
    ("no-time-went-by",               tick(calls=10, seconds=0)),
    ("time-went-backwards",           tick(calls=10, seconds=-5)),
]
COUNTERS = [
    ("grew",                  10.0, 15.0,  5.0),
    ("stood-still",           10.0, 10.0,  0.0),
    ("began-anew",            10.0,  3.0,  3.0),
    ("began-anew-at-nought",  10.0,  0.0,  0.0),
    ("was-not-seen-before",    NAN, 15.0,  NAN),
    ("is-not-seen-now",       10.0,  NAN,  NAN),
]
# fmt: on


@pytest.mark.parametrize("seen", [n[1] for n in NO_COUNTS], ids=[n[0] for n in NO_COUNTS])
def test_what_is_no_count_changes_nothing(seen: Tick) -> None:
    state = watch.looked(known(1), tick(calls=20, failed=1, timed=19))

    after = watch.looked(state, seen)

    assert same(state, after)


@pytest.mark.parametrize(
    ("before", "after", "grown"), [c[1:] for c in COUNTERS], ids=[c[0] for c in COUNTERS]
)
def test_counters_become_counts(before: float, after: float, grown: float) -> None:
    assert growth(np.array(before), np.array(after)) == pytest.approx(grown, nan_ok=True)


def test_calls_that_were_counted_are_there() -> None:
    state = watch.looked(known(1), tick(calls=20, failed=2, invalid=1, timed=17))

    total = state.ladder.total()
    assert [total[c, 0] for c in (SECONDS, CALLS, FAILED, TIMED)] == [5, 20, 2, 17]


def test_calls_above_the_marks_are_slow() -> None:
    state = replace(known(1), marks=np.array([[5], [6]]))

    total = watch.looked(state, tick(calls=20, timed=17)).ladder.total()

    assert list(total[SLOW:, 0]) == [17, 0]


def test_marks_are_where_a_third_and_a_twentieth_of_calls_are_slower() -> None:
    histogram = np.zeros((BUCKETS, 1))
    histogram[[2, 3, 4, 5, 6], 0] = (10, 60, 24, 3, 3)

    first, second = watch.marks_of(histogram)[:, 0]

    assert (LATENCY_EDGES[first], LATENCY_EDGES[second]) == (0.015, 0.03)


def test_a_first_revision_has_no_marks_until_it_made_enough_calls() -> None:
    state = watch.blank(1)
    for _ in range(9):
        state = watch.looked(state, tick(calls=20, timed=20))
    early = state.marks.copy()
    state = watch.looked(watch.looked(state, tick(calls=20, timed=20)), tick(calls=20, timed=20))

    assert list(early[:, 0]) == [-1, -1]
    assert state.marks[0, 0] >= 0 and state.ladder.total()[TIMED, 0] == 20


def test_what_a_revision_did_is_the_baseline_of_its_successor() -> None:
    state = watch.blank(1)
    for _ in range(20):
        state = watch.looked(state, tick(calls=40, failed=2, timed=38))

    state = watch.succeeded(state, ALL)

    assert [state.base[c, 0] for c in (CALLS, FAILED, TIMED)] == [800, 40, 760]
    assert state.ladder.looks[0] == 0 and state.ladder.total().sum() == 0
    assert state.histogram[6, 0] == 760 and state.fresh.sum() == 0


def test_what_a_worse_revision_did_is_no_baseline() -> None:
    before = known(1)
    state = before
    for _ in range(20):
        state = watch.looked(state, tick(calls=40, failed=30, timed=10))

    state = watch.restored(state, ALL)

    assert np.array_equal(state.base, before.base) and state.ladder.looks[0] == 0 and state.fresh.sum() == 0


def test_only_the_rows_named_begin_anew() -> None:
    state = watch.looked(known(3), tick(3, calls=20, timed=20))

    after = watch.succeeded(state, np.array([False, True, False]))

    assert list(after.ladder.looks) == [1, 0, 1]
    assert same(after.take(np.array([0, 2])), state.take(np.array([0, 2])))


def test_a_baseline_halves_in_a_day() -> None:
    state = known(1)
    block = np.zeros_like(state.base)
    block[SECONDS] = 86_400.0 / 2**LEVELS
    for _ in range(2 ** (LEVELS + 1) - 1):
        state = watch.counted_in(state, block, ALL)

    assert state.base[CALLS, 0] == pytest.approx(50_000.0)


def test_rows_taken_and_put_back_are_the_same() -> None:
    dice = np.random.default_rng(1)
    state = known(4)
    for _ in range(40):
        state = watch.counted_in(state, look(dice, 4, 5.0), np.ones(4, dtype=np.bool_))
    rows = np.array([2, 0])

    assert same(state.put(rows, state.take(rows)), state)


def test_bad_calls_that_come_in_bursts_are_known_to() -> None:
    dice = np.random.default_rng(1)
    even, bursty = known(30), known(30)
    everyone = np.ones(30, dtype=np.bool_)
    for _ in range(3000):
        even = watch.counted_in(even, look(dice, 30, 5.0), everyone)
        count = look(dice, 30, 5.0)
        burst = dice.random(30) < 0.02
        count[FAILED] = np.where(burst, 10.0, count[FAILED])
        bursty = watch.counted_in(bursty, count, everyone)

    assert np.median(even.dispersion()[0]) == 1.0
    assert np.median(bursty.dispersion()[0]) > 2.0
    assert np.median(bursty.dispersion()[2]) < 1.3


def same(one: Watch, other: Watch) -> bool:
    ladders = zip(one.ladder.levels, other.ladder.levels, strict=True)
    blocks = all(np.array_equal(a, c) and np.array_equal(b, d) for (a, b), (c, d) in ladders)
    names = ("base", "spread", "spread_of", "histogram", "fresh", "marks")
    arrays = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)
    return blocks and arrays and np.array_equal(one.ladder.looks, other.ladder.looks)
