"""A worse revision is found, soon and named; one that is not, within its budget of false alarms, is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.control.revisions import LOOK, accepted, alarms, known, look

from cupel.control import evidence, watch
from cupel.control.counts import BUCKETS, CALLS, FAILED, METRICS, SECONDS
from cupel.control.evidence import YEAR_SECONDS, Settings
from cupel.control.ladder import LEVELS

ROWS = 60
# fmt: off
WORSE = [
    #  what became worse       how much           calls a second   by then, s   the metric that says it
    ("errors-tripled",         {"failed": 3.0},   50.0,            30.0,        "errors"),
    ("errors-tripled-slowly",  {"failed": 3.0},    5.0,           260.0,        "errors"),
    ("errors-twenty-times",    {"failed": 20.0},   5.0,            15.0,        "errors"),
    ("results-not-allowed",    {"invalid": 10.0}, 50.0,            30.0,        "validity"),
    ("half-as-many-more-slow", {"slow": 1.5},     50.0,            60.0,        "latency"),
    ("the-tail-doubled",       {"slowest": 2.0},  50.0,            90.0,        "tail latency"),
]
# fmt: on


@pytest.mark.parametrize(
    ("times", "rate", "seconds", "metric"), [w[1:] for w in WORSE], ids=[w[0] for w in WORSE]
)
def test_a_revision_that_is_worse_from_its_first_call_is_found_soon_and_why_is_told(
    times: dict[str, float], rate: float, seconds: float, metric: str
) -> None:
    looks = int(2.5 * seconds / LOOK)
    _, first, found = alarms(known(ROWS), np.random.default_rng(4), looks, rate, **times)

    assert (first >= 0).all()
    assert np.median((first + 1) * LOOK) <= seconds
    assert {METRICS[m] for m in found.metric[found.alarm]} == {metric}
    assert (found.observed > found.expected)[found.alarm].all()
    assert (found.log_value >= found.log_needed)[found.alarm].all()


@pytest.mark.parametrize(
    "times", [{}, {"failed": 0.3, "slow": 0.5}, {"failed": 1.05}], ids=["as-before", "better", "5%-worse"]
)
def test_a_revision_that_is_not_worse_by_a_tenth_is_left_alone(times: dict[str, float]) -> None:
    _, first, _ = alarms(known(400, 1_000_000), np.random.default_rng(5), 90, 50.0, **times)

    assert (first >= 0).sum() <= 4


def test_a_regression_long_after_the_revision_took_over_is_measured_by_its_own_past() -> None:
    dice, state = np.random.default_rng(6), watch.blank(ROWS)
    state = replace(state, marks=known(ROWS).marks, histogram=known(ROWS).histogram)
    everyone = np.ones(ROWS, dtype=np.bool_)
    for _ in range(1500):
        state = watch.counted_in(state, look(dice, ROWS, 50.0), everyone)
    assert not evidence.weighed(state, accepted(ROWS)).alarm.any()

    _, first, found = alarms(state, dice, 20, 50.0, failed=3.0)

    assert (first >= 0).all() and np.median((first + 1) * LOOK) <= 50
    assert np.median(found.since) <= 150
    assert np.median(found.expected) == pytest.approx(0.01, rel=0.1)


def test_a_first_revision_with_no_past_at_all_is_not_judged() -> None:
    _, first, found = alarms(watch.blank(ROWS), np.random.default_rng(7), 10, 50.0, failed=30.0)

    assert (first == -1).all() and (found.log_value <= 0.0).all()


def test_a_handful_of_calls_is_not_enough_however_bad_they_are() -> None:
    state, count = known(1), np.zeros((7, 1))
    count[SECONDS], count[CALLS], count[FAILED] = 5.0, 15.0, 15.0

    few = evidence.weighed(watch.counted_in(state, count, np.array([True])), accepted(1))

    assert few.log_value[0] > few.log_needed[0] and not few.alarm[0]


def test_a_worsening_counts_from_the_margin_on_that_is_asked_for() -> None:
    dice = np.random.default_rng(8)
    state, everyone = known(20, 10_000_000), np.ones(20, dtype=np.bool_)
    for _ in range(60):
        state = watch.counted_in(state, look(dice, 20, 2000.0, failed=1.3), everyone)

    small, large = (evidence.weighed(state, accepted(20, margin=margin)) for margin in (0.1, 0.5))

    assert small.alarm.all() and not large.alarm.any()
    assert np.array_equal(small.log_value, large.log_value)


@pytest.mark.parametrize("per_year", [0.001, 0.1, 1.0])
def test_all_the_prices_of_a_year_add_up_to_its_budget(per_year: float) -> None:
    settings = Settings(np.array([per_year]), np.array([LOOK]), np.array([0.1]))

    release, later = evidence.prices(settings)

    looks = YEAR_SECONDS / LOOK
    begun = looks / 2.0 ** (np.arange(LEVELS) + 1)
    spent = evidence.RELEASES_A_YEAR * np.exp(-release[0]) + (begun * np.exp(-later[:, 0])).sum()
    assert spent <= per_year * (1 + 1e-9)
    assert spent >= 0.9 * per_year


def test_healthy_revisions_are_rolled_back_within_the_budget_of_their_first_hours() -> None:
    """2,000 releases, each watched for its first 12 minutes: Ville's price for a release is one in 104."""
    _, first, _ = alarms(known(2000, 20_000), np.random.default_rng(9), 144, 5.0)

    assert (first >= 0).sum() <= 2000 / 104 + 3 * np.sqrt(2000 / 104)


def test_bursts_that_are_known_to_come_are_no_regression() -> None:
    """The same counts with and without what was learnt of how bursty they are."""
    count = np.zeros((7, 1))
    count[SECONDS], count[CALLS], count[FAILED] = 5.0, 250.0, 25.0
    calm = known(1)
    wild = replace(calm, spread=np.full((4, 1), 12_000.0), spread_of=np.full((4, 1), 1000.0))

    told = [
        evidence.weighed(watch.counted_in(s, count, np.array([True])), accepted(1)).alarm[0]
        for s in (calm, wild)
    ]

    assert told == [True, False]


def test_a_latency_margin_is_read_off_the_histogram_between_two_edges() -> None:
    """All calls even over a factor of 1.5, one bucket: 10 % more latency moves ln 1.1 / ln 1.5 of it over the edge."""
    histogram = np.zeros((BUCKETS, 1))
    histogram[[9, 10, 11], 0] = (0.0, 100.0, 50.0)
    state = replace(known(1), histogram=histogram, marks=np.full((2, 1), 10))

    grown = evidence._counting(state, np.array([0]), np.array([0.1]))

    moved = 100.0 * np.log(1.1) / np.log(0.2 / 0.15)
    assert grown[:2, 0] == pytest.approx([1.1, 1.1])
    assert grown[2, 0] == pytest.approx((50.0 + moved) / 50.0)
