"""What one Pod carries is learnt from busy Pods only, with an honest deviation, and not claimed before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.random import Generator, default_rng

from cupel.control.capacity import Busy, Capacity, known, observe
from cupel.control.rows import Floats, columns

N, PERIOD = 100, 5.0
DT = np.full(N, PERIOD)
Sight = Callable[[Generator, Floats], Busy]


def missing() -> Floats:
    return np.full(N, np.nan)


def worked(rng: Generator, share: Floats, capacity: float, ready: float = 4.0) -> Busy:
    """Pods that take one call at a time (M/G/1, processor sharing) and carry `capacity`, at this share of it."""
    load = share * capacity * ready
    latency = 1000 / (capacity * (1 - share)) * rng.lognormal(0, 0.1, N)
    counted = rng.poisson(load * PERIOD) / PERIOD
    return Busy(counted, np.full(N, ready), latency, missing(), missing())


def side_by_side(rng: Generator, share: Floats, capacity: float) -> Busy:
    """Pods that take 16 calls at once: no queue until all 16 are taken (Erlang C of 16 servers)."""
    one = capacity / 16
    waiting = erlang_c(16, 16 * share) / (16 * one * (1 - share))
    return replace(
        worked(rng, share, capacity), latency=1000 * (1 / one + waiting) * rng.lognormal(0, 0.05, N)
    )


def erlang_c(servers: int, offered: Floats) -> Floats:
    blocked = np.ones_like(offered)
    for k in range(1, servers + 1):
        blocked = offered * blocked / (k + offered * blocked)
    return blocked / (1 - offered / servers * (1 - blocked))


def by_cpu(rng: Generator, share: Floats, capacity: float) -> Busy:
    use = 2.0 + 98.0 * share * rng.lognormal(0, 0.05, N)
    return replace(worked(rng, share, capacity), latency=missing(), cpu=use)


def by_in_flight(rng: Generator, share: Floats, capacity: float) -> Busy:
    seen = worked(rng, share, capacity)
    return replace(seen, in_flight=seen.load * seen.latency / 1000, latency=missing())


def day(low: float, high: float, sight: Callable[[Generator, Floats, float], Busy], true: float) -> Capacity:
    """An hour of load that swings between these shares of capacity."""
    rng, capacity = default_rng(1), Capacity.blank(N)
    for k in range(720):
        share = np.full(N, low + (high - low) * (0.5 - 0.5 * np.cos(k / 40)))
        capacity = observe(capacity, sight(rng, share, true), DT)
    return capacity


# fmt: off
LEARNT = [
    ("one at a time, up to nine tenths, by latency",       worked,            0.05, 0.9,  0.75, 1.25),
    ("one at a time, by calls in flight (Little)",         by_in_flight,      0.05, 0.9,  0.75, 1.25),
    ("by processor, up to nine tenths",                    by_cpu,            0.05, 0.9,  0.85, 1.15),
    ("by processor, never above a third",                  by_cpu,            0.05, 0.33, 0.75, 1.15),
    ("sixteen at once, up to 98 %, by latency",            side_by_side,      0.05, 0.98, 0.85, 1.25),
]
# fmt: on


# fmt: off
SIZES = [
    ("seven calls a second",       7.0,     1.0),
    ("two thousand",               2000.0,  1.0),
    ("one in two, ten a period",   0.5,     1.45),  # so few calls that chance widens it, and busy periods weigh more
]
# fmt: on


@pytest.mark.parametrize(("true", "spread"), [c[1:] for c in SIZES], ids=[c[0] for c in SIZES])
@pytest.mark.parametrize("way", [c[1:] for c in LEARNT], ids=[c[0] for c in LEARNT])
def test_capacity_is_learnt(
    way: tuple[Callable[..., Busy], float, float, float, float], true: float, spread: float
) -> None:
    sight, low, high, least, most = way
    estimate, deviation = known(day(low, high, sight, true))
    assert np.mean(np.isfinite(estimate)) > 0.95
    sure = np.isfinite(estimate)
    inside = (estimate[sure] > least * true / spread) & (estimate[sure] < most * true * spread)
    assert np.mean(inside) > 0.95
    assert np.mean(np.abs(estimate - true)[sure] <= 3 * deviation[sure]) > 0.9
    assert np.all(deviation[sure] >= 0.03 * estimate[sure])


# fmt: off
IGNORANT = [
    ("nothing was ever seen",                  lambda r, s: Busy(missing(), missing(), missing(), missing(), missing())),
    ("load alone",                             lambda r, s: replace(worked(r, s, 7.0), latency=missing())),
    ("idle Pods, latency flat",                lambda r, s: replace(worked(r, s, 7.0), latency=np.full(N, 140.0))),
    ("a processor that hardly works",          lambda r, s: replace(worked(r, s, 7.0), latency=missing(), cpu=np.full(N, 4.0))),
    ("no Pod is ready",                        lambda r, s: replace(worked(r, s, 7.0), ready=np.zeros(N), cpu=np.full(N, 90.0))),
    ("nobody calls",                           lambda r, s: replace(worked(r, s, 7.0), load=np.zeros(N), cpu=np.full(N, 90.0))),
    ("absurd figures",                         lambda r, s: Busy(np.full(N, np.inf), np.full(N, -1.0), np.full(N, 1e308), np.full(N, -np.inf), np.full(N, 1e308))),
]
# fmt: on


@pytest.mark.parametrize("sight", [row[1] for row in IGNORANT], ids=[row[0] for row in IGNORANT])
@pytest.mark.filterwarnings("error")
def test_ignorance_is_said(sight: Sight) -> None:
    rng, capacity = default_rng(2), Capacity.blank(N)
    for k in range(200):
        capacity = observe(capacity, sight(rng, np.full(N, 0.2 + 0.1 * (k % 2))), DT)
    estimate, deviation = known(capacity)
    assert np.all(np.isnan(estimate)) and np.all(np.isnan(deviation))
    assert all(np.isfinite(column).all() for column in columns(capacity).values())


def test_a_few_samples_are_not_enough() -> None:
    rng, capacity = default_rng(3), Capacity.blank(N)
    for _ in range(4):
        capacity = observe(capacity, by_cpu(rng, np.full(N, 0.8), 7.0), DT)
    assert np.all(np.isnan(known(capacity)[0]))


def test_a_new_revision_that_carries_half_is_noticed() -> None:
    rng, capacity = default_rng(4), day(0.05, 0.9, by_cpu, 10.0)
    for _ in range(120):
        capacity = observe(capacity, by_cpu(rng, np.full(N, 0.6), 5.0), DT)
    assert np.all(np.abs(known(capacity)[0] - 5.0) < 1.0)


def test_one_absurd_sample_moves_it_by_little() -> None:
    rng, before = default_rng(5), day(0.05, 0.9, by_cpu, 10.0)
    for load in (1e12, 1e-9):
        absurd = replace(by_cpu(rng, np.full(N, 0.5), 10.0), load=np.full(N, load))
        after = known(observe(before, absurd, DT))[0]
        assert np.all(np.abs(np.log(after / known(before)[0])) < 0.2)


@pytest.mark.filterwarnings("error")
def test_hostile_figures_leave_finite_state() -> None:
    rng, capacity = default_rng(6), Capacity.blank(N)
    figures = [np.nan, np.inf, -np.inf, 0.0, -1.0, 5e-324, 1e-300, 1e308, 7.0, 100.0]
    for _ in range(500):
        busy = Busy(*(rng.choice(figures, N) for _ in range(5)))
        capacity = observe(capacity, busy, rng.choice([0.0, -5.0, np.nan, np.inf, 1e308, PERIOD], N))
        assert all(np.isfinite(column).all() for column in columns(capacity).values())
    estimate, deviation = known(capacity)
    assert not np.isinf(estimate).any() and np.array_equal(np.isnan(estimate), np.isnan(deviation))


def test_the_second_look_changes_nothing() -> None:
    """No time and no figures: what is known stays as it was."""
    before = day(0.05, 0.9, worked, 7.0)
    nothing = Busy(*(missing() for _ in range(5)))
    after = observe(before, nothing, np.zeros(N))
    assert all(
        np.array_equal(a, b) for a, b in zip(columns(before).values(), columns(after).values(), strict=True)
    )
