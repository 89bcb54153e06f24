"""E-values pay what they promise, however often one looks; and find what is worse."""

from __future__ import annotations

import numpy as np
import pytest

from cupel.control.sequential import averaged, baseline, log_evidence, may_reach, most_evidence

ROWS = 3000
LOOKS = 120

# fmt: off
HEALTHY = [
    ("a-long-baseline",                       0.01, 100_000, 100, 1.0),
    ("a-baseline-of-a-hundred-bad-calls",     0.01,  10_000, 100, 1.0),
    ("a-baseline-of-ten-bad-calls",           0.01,   1_000, 100, 1.0),
    ("a-baseline-of-one-bad-call",            0.01,     100, 100, 1.0),
    ("hardly-any-baseline",                   0.01,      10, 100, 1.0),
    ("one-in-three-is-bad",                   0.33,   2_000,  20, 1.0),
    ("hardly-any-are-bad",                    0.001, 20_000, 200, 1.0),
    ("none-are-bad",                          0.0,    1_000, 100, 1.0),
    ("it-is-better-than-before",              0.01,  10_000, 100, 0.5),
]
# fmt: on


@pytest.mark.parametrize(
    ("share", "before", "calls", "times"), [h[1:] for h in HEALTHY], ids=[h[0] for h in HEALTHY]
)
def test_one_that_is_no_worse_reaches_twenty_at_most_once_in_twenty_though_looked_at_all_the_time(
    share: float, before: int, calls: int, times: float
) -> None:
    """Ville's bound, with both samples drawn and a baseline of fixed length."""
    dice = np.random.default_rng(20)
    known = np.full(ROWS, float(before))
    bad_before = baseline(dice.binomial(before, share, ROWS).astype(float), known)
    bad = dice.binomial(calls, share * times, (LOOKS, ROWS)).cumsum(axis=0)
    reached = np.full(ROWS, -np.inf)
    for number in range(LOOKS):
        value = log_evidence(bad[number], np.full(ROWS, calls * (number + 1.0)), bad_before, known)
        reached = np.maximum(reached, value)

    often = (reached >= np.log(20)).mean()

    assert often <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / ROWS)


# fmt: off
BESIDE = [
    #  nothing before it                  share   before   of the canary, a look   beside it, a look
    ("as-many-beside-it",                 0.01,        0,  (100, 100),             (100, 100)),
    ("a-tenth-of-the-calls",              0.01,        0,  (10, 10),               (90, 90)),
    ("hardly-any-beside-it",              0.01,        0,  (100, 100),             (1, 1)),
    ("one-in-five-is-bad",                0.2,         0,  (5, 5),                 (45, 45)),
    ("its-share-is-raised",               0.05,        0,  (10, 50),               (90, 50)),
    ("its-share-is-lowered",              0.05,        0,  (50, 10),               (50, 90)),
    ("beside-it-comes-later",             0.05,        0,  (100, 100),             (0, 100)),
    # besides a past
    ("a-short-past",                      0.01,      100,  (100, 100),             (100, 100)),
    ("a-long-past",                       0.01,   10_000,  (100, 100),             (100, 100)),
    ("one-in-three-is-bad",               0.33,      200,  (20, 20),               (20, 20)),
    ("a-past-and-beside-it-comes-later",  0.05,      200,  (100, 100),             (0, 400)),
]
# fmt: on


def beside(
    share: float, before: int, calls: tuple[int, int], others: tuple[int, int], worse: float = 1.0
) -> float:
    """How often twenty is reached where the baseline grows along: calls a look until a third of the looks, and
    after; both revisions `worse` times as bad from there on.
    """
    dice = np.random.default_rng(21)
    known, bad_before = np.full(ROWS, float(before)), dice.binomial(before, share, ROWS).astype(float)
    n, bad, reached = np.zeros(ROWS), np.zeros(ROWS), np.full(ROWS, -np.inf)
    for number in range(LOOKS):
        later = int(number >= LOOKS // 3)
        now = share * (worse if later else 1.0)
        bad, n = bad + dice.binomial(calls[later], now, ROWS), n + calls[later]
        bad_before, known = bad_before + dice.binomial(others[later], now, ROWS), known + others[later]
        reached = np.maximum(reached, log_evidence(bad, n, baseline(bad_before, known), known))
    return float((reached >= np.log(20)).mean())


@pytest.mark.parametrize(
    ("share", "before", "calls", "others"), [b[1:] for b in BESIDE], ids=[b[0] for b in BESIDE]
)
def test_the_bound_holds_where_the_baseline_grows_along(
    share: float, before: int, calls: tuple[int, int], others: tuple[int, int]
) -> None:
    assert beside(share, before, calls, others) <= 0.05


@pytest.mark.parametrize("others", [10, 50, 450], ids=["a-sixth", "half", "nine-tenths"])
def test_what_befalls_both_is_no_evidence_where_all_of_the_baseline_is_of_the_same_time(others: int) -> None:
    """Of every bad call the chance that it was the canary's is its share of the calls, whatever the rate."""
    assert beside(0.02, 0, (50, 50), (others, others), worse=10.0) <= 0.05


def test_against_a_past_what_befalls_both_is_evidence_and_needs_its_excuse() -> None:
    assert beside(0.02, 1000, (50, 50), (50, 50), worse=10.0) > 0.2


def test_a_look_at_one_fixed_time_would_not_show_that_a_fixed_test_is_fooled_by_peeking() -> None:
    """The other side of the coin: a test of one time, at 5 %, used at every look, is wrong far more often."""
    dice = np.random.default_rng(20)
    bad = dice.poisson(1.0, (LOOKS, ROWS)).cumsum(axis=0)
    expected = np.arange(1.0, LOOKS + 1)[:, None]
    fooled = ((bad - expected) > 1.645 * np.sqrt(expected)).any(axis=0).mean()

    assert fooled > 0.3


def test_the_closed_form_is_the_ratio_of_two_integrals_over_the_unknown_rate() -> None:
    bad, calls, bad_before, before = 9.0, 300.0, 6.0, 1000.0
    rates = np.linspace(1e-6, 0.2, 400_001)
    weight = (bad_before - 1) * np.log(rates) - rates * before

    def likelihood(ratio: float) -> float:
        log = bad * np.log(ratio * rates * calls) - ratio * rates * calls + weight
        return float(np.exp(log + 60).sum())

    ratios = (1.3, 2.25, 3.9, 6.75, 11.7, 20.0)
    expected = np.mean([likelihood(ratio) for ratio in ratios]) / likelihood(1.0)

    found = log_evidence(np.array(bad), np.array(calls), np.array(bad_before), np.array(before))

    assert float(np.exp(found)) == pytest.approx(expected, rel=1e-6)


def test_what_is_screened_out_could_not_have_reached_its_price() -> None:
    dice = np.random.default_rng(7)
    before = dice.uniform(0, 5000, 20_000)
    bad_before = baseline(dice.poisson(before * 0.02).astype(float), before)
    calls = dice.uniform(1, 2000, before.size)
    bad = dice.poisson(calls * dice.uniform(0, 0.2, before.size)).astype(float)
    price = dice.uniform(0.1, 20, before.size)

    value = log_evidence(bad, calls, bad_before, before)
    most = most_evidence(bad, calls, bad_before, before)

    assert (value <= most + 1e-9)[before >= 1].all()
    assert may_reach(bad, calls, bad_before, before, price)[(value > price) & (before >= 1)].all()
    assert (value > price).sum() > 1000


def test_an_average_of_e_values_is_one_and_one_metric_alone_can_carry_it() -> None:
    nothing = np.zeros((4, 1))
    one = np.array([[20.0], [-5.0], [-5.0], [-5.0]])

    assert averaged(nothing)[0] == pytest.approx(0.0)
    assert averaged(one)[0] == pytest.approx(20.0 + np.log(0.5), abs=1e-6)


def test_without_a_baseline_nothing_is_evidence() -> None:
    bad, calls = np.array([50.0]), np.array([50.0])
    none = np.zeros(1)

    assert log_evidence(bad, calls, baseline(none, none), none)[0] <= 0.0


def test_three_times_as_many_bad_calls_are_found_within_a_thousand_calls() -> None:
    found = log_evidence(np.array(30.0), np.array(1000.0), np.array(1000.0), np.array(100_000.0))

    assert found > 10
