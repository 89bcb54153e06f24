"""The claims of docs/control.md, "Convergence", on the plants published there; run it with -s to see the figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.random import Generator, default_rng
from tests.unit.control.plants import (
    PLANTS,
    SEED,
    SEED_OF_SMALL,
    Plants,
    draw,
    errors,
    log_uniform,
    tuning_for,
)

from cupel.control import noise
from cupel.control.belief import Belief
from cupel.control.bounds import LEAST_SIGNAL_TO_NOISE, MOST_SIGNAL_TO_NOISE
from cupel.control.kalman import motion, predict, step
from cupel.control.rows import Floats
from cupel.control.tuning import Tuning

RATE, WITHIN, STEADY, GAIN = 0.27, 8.5, 0.05, 3.7
SETTLED = 50


@pytest.fixture(scope="module")
def answers() -> list[Floats]:
    plants = draw(SEED, 10.0, np.inf)
    assert len(plants.period) == PLANTS
    print(f"\n{plants.excluded} plants excluded, {PLANTS} kept")
    return errors(plants)


def t90(answer: Floats) -> int:
    """The first iteration with at most a tenth of the step left; one after the last if there is none."""
    near = np.abs(answer) <= 0.1
    return int(np.argmax(near)) + 1 if near.any() else len(answer) + 1


def rate(answer: Floats) -> float:
    k = min(t90(answer), len(answer))
    return float(-np.log(np.maximum(np.abs(answer[k - 1]), 1e-12)) / k)


def told(name: str, figures: Floats) -> None:
    low, middle, high = np.quantile(figures, [0.05, 0.5, 0.95])
    print(
        f"{name}: least {figures.min():.4f}, 5 % {low:.4f}, p50 {middle:.4f}, 95 % {high:.4f}, most {figures.max():.4f}"
    )


def test_ninety_percent_within_eight_and_a_half_iterations(answers: list[Floats]) -> None:
    iterations = np.array([t90(answer) for answer in answers], dtype=np.float64)
    told("t90", iterations)
    assert np.all(iterations <= WITHIN)


def test_rate_an_iteration(answers: list[Floats]) -> None:
    rates = np.array([rate(answer) for answer in answers])
    told("rate", rates)
    assert np.all(rates >= RATE)


def test_steady_state_error(answers: list[Floats]) -> None:
    steady = np.array([abs(answer[SETTLED:].mean()) for answer in answers])
    told("steady-state error", steady)
    told("its RMS", np.array([np.sqrt((answer[SETTLED:] ** 2).mean()) for answer in answers]))
    assert np.all(steady < STEADY)


def test_small_steps_in_the_mean() -> None:
    """Steps that one run cannot show: the mean over a thousand plants follows the same envelope."""
    plants = draw(SEED_OF_SMALL, 1.0, 10.0)
    answers = errors(plants)
    length = min(len(answer) for answer in answers)
    mean = np.mean([answer[:length] for answer in answers], axis=0)
    iterations = np.arange(1, 9)
    print(f"\nmean error of small steps: {np.round(mean[:8], 3)}; {plants.excluded} excluded")
    assert np.all(np.abs(mean[:8]) <= np.exp(-RATE * iterations) + 0.01)
    assert np.all(np.abs(mean[8:]) <= 0.1)
    assert abs(mean[SETTLED:].mean()) < STEADY


def steady_gain(gamma: float, n: int) -> tuple[Belief, Tuning]:
    """Beliefs whose gain no longer moves, over every ratio of noises the filter can come to, at a fixed memory."""
    ratio = np.geomspace(LEAST_SIGNAL_TO_NOISE, MOST_SIGNAL_TO_NOISE, n)
    tuning = replace(
        Tuning.default(n), eta=np.zeros(n), gamma=np.full(n, gamma), counts=np.zeros(n, dtype=np.bool_)
    )
    ones = np.ones(n)
    belief = replace(
        Belief.blank(n), signal_to_noise=ratio, shape=ones, scale=ones, p00=ones, p11=ones, steps=ones
    )
    for _ in range(1500):
        belief, _ = step(belief, np.zeros(n), tuning.period, tuning)
    return belief, tuning


@pytest.mark.parametrize("gamma", [0.5, 0.8, 0.97, 0.999])
def test_every_gain_the_filter_can_reach_is_fast_and_bounded(gamma: float) -> None:
    """The linear filter at each fixed gain, by its response to one impulse: l1 norm, and time to 90 % of a step."""
    belief, tuning = steady_gain(gamma, 60)
    prior, m = predict(belief, tuning.period, tuning), motion(belief, tuning.period, tuning)
    S = prior.p00 + noise.dispersion(prior, tuning)
    K0, K1 = prior.p00 / S, prior.p01 / S
    level, trend = np.zeros(60), np.zeros(60)
    impulse = []
    for k in range(2500):
        y = (k == 0) - (level + m.f * trend)
        level, trend = level + m.f * trend + K0 * y, m.e * trend + K1 * y
        impulse.append(level)
    answer = np.array(impulse)
    stepped = np.cumsum(answer, axis=0)
    late = 1 + np.argmax(stepped >= 0.9, axis=0)
    gain = np.abs(answer).sum(axis=0)
    print(
        f"\ngamma {gamma}: gain at most {gain.max():.2f}, t90 at most {late.max()}, overshoot {stepped.max() - 1:.3f}"
    )
    assert gain.max() <= GAIN
    assert late.max() <= WITHIN
    np.testing.assert_allclose(stepped[-1], 1.0, atol=1e-3)


def bang_bang(rng: Generator, centre: Floats, height: Floats, steps: int) -> Floats:
    """Inputs at plus or minus their height, each row with its own chance to change sides; shape (steps, N)."""
    turns = rng.random((steps, len(centre))) < log_uniform(rng, (0.01, 1.0), len(centre))
    return centre + height * np.where(np.cumsum(turns, axis=0) % 2, 1.0, -1.0)


def test_a_bounded_input_moves_the_belief_by_a_bounded_factor() -> None:
    rng, plants = default_rng(31), draw(SEED, 10.0, np.inf)
    tuning, centre = tuning_for(plants.period), plants.before
    height = np.minimum(plants.deviation * log_uniform(rng, (1.0, 100.0), PLANTS), centre)
    belief, furthest = Belief.blank(PLANTS), np.zeros(PLANTS)
    for k, z in enumerate(bang_bang(rng, centre, height, 400)):
        belief, _ = step(belief, z if k > SETTLED else centre, plants.period, tuning)
        furthest = np.maximum(furthest, np.abs(belief.level - centre))
    told("\nBIBO gain", furthest / height)
    assert np.all(furthest <= GAIN * height)


def anywhere(rng: Generator, load: Floats, plants: Plants) -> Belief:
    """Beliefs a filter could have come to on some other load."""
    n = len(load)
    p00, p11 = (
        load**2 * log_uniform(rng, (1e-6, 1e2), n),
        (load / plants.period) ** 2 * log_uniform(rng, (1e-8, 1.0), n),
    )
    shape = log_uniform(rng, (0.5, 20.0), n)
    return replace(
        Belief.blank(n),
        level=load * log_uniform(rng, (0.01, 100.0), n),
        trend=load / plants.period * rng.normal(0, 0.3, n),
        p00=p00,
        p01=rng.uniform(-0.9, 0.9, n) * np.sqrt(p00 * p11),
        p11=p11,
        shape=shape,
        scale=shape * log_uniform(rng, (1.0, 1e3), n),
        signal_to_noise=log_uniform(rng, (LEAST_SIGNAL_TO_NOISE, MOST_SIGNAL_TO_NOISE), n),
        nis=log_uniform(rng, (0.05, 9.0), n),
        whiteness=rng.uniform(-1, 1, n),
        previous=rng.uniform(-3, 3, n),
        doubt=rng.integers(-1, 2, n).astype(np.float64),
        steps=np.full(n, 100.0),
    )


def test_a_constant_input_leaves_no_limit_cycle() -> None:
    rng, plants = default_rng(32), draw(SEED, 10.0, np.inf)
    load, tuning = plants.before, tuning_for(plants.period)
    belief, levels = anywhere(rng, load, plants), []
    for _ in range(200):
        belief, _ = step(belief, load, plants.period, tuning)
        levels.append(belief.level)
    cycle = np.ptp(np.array(levels[150:]), axis=0) / load
    told("\npeak to peak", cycle)
    assert np.all(cycle < 1e-6)
    np.testing.assert_allclose(belief.level, load, rtol=1e-6)
