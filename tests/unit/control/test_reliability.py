"""Confidence is a probability: of what is chosen at 0.8, about 80 % proves right, on loads the engine was not tuned on."""

from __future__ import annotations

import numpy as np
import pytest

from cupel.control.carry import BAND, load_for, peak_for
from cupel.control.fleet import REASONS, Memory, Settings, Sighting, tick
from cupel.control.forecast import WATCH
from cupel.control.policy import USE

PERIOD, CAPACITY = 5.0, 1.0
TICKS, ROWS = 2400, 24
AHEAD = int(WATCH / PERIOD)
Judged = tuple[str, float, bool]


def wandering(rng: np.random.Generator) -> np.ndarray:
    """Counts a second (TICKS, ROWS): Poisson about a rate that wanders by a fifth in some minutes."""
    rate = np.zeros((TICKS, ROWS))
    kept = np.exp(-PERIOD / 200.0)
    for step in range(1, TICKS):
        rate[step] = kept * rate[step - 1] + 0.2 * np.sqrt(1 - kept**2) * rng.normal(size=ROWS)
    return rng.poisson(np.exp(rng.uniform(1.0, 3.5, ROWS) + rate) * PERIOD) / PERIOD


def bursty(rng: np.random.Generator) -> np.ndarray:
    """A steady rate, and bursts to two or three times it that come when they like."""
    rate = np.full((TICKS, ROWS), 8.0)
    for row in range(ROWS):
        at = 0
        while (at := at + int(rng.exponential(900.0 / PERIOD))) < TICKS:
            rate[at : at + int(rng.integers(4, 24)), row] *= rng.uniform(2.0, 3.0)
    return rng.poisson(rate * PERIOD) / PERIOD


def judged(loads: np.ndarray) -> list[Judged]:
    """Every forecast ScaleUp and ScaleDown of a flight whose Pods follow at once: what, how sure, and whether it was right."""
    policy = Settings.default(ROWS, period=PERIOD, capacity=CAPACITY, most=1000.0)
    memory, pods, found = Memory.blank(ROWS), np.ceil(loads[:20].mean(axis=0) / USE), []
    for step in range(TICKS - AHEAD):
        seen = Sighting.blank(ROWS, seconds=PERIOD, load=loads[step], in_flight=0, ready=pods, wanted=pods)
        memory, outcome = tick(memory, policy, seen)
        highest = loads[step + 1 :][:AHEAD].max(axis=0)
        well = np.minimum(load_for(pods, np.full(ROWS, CAPACITY)), BAND * USE * pods * CAPACITY)
        able = peak_for(outcome.replicas, np.full(ROWS, PERIOD), np.full(ROWS, CAPACITY))
        for name, right in (("ForecastAbovePods", highest > well), ("ForecastBelowPods", highest <= able)):
            rows = np.flatnonzero(outcome.reason == REASONS.index(name))
            found += [(name, float(outcome.confidence[row]), bool(right[row])) for row in rows]
        pods = outcome.replicas
    return found


@pytest.mark.parametrize("load", [wandering, bursty])
def test_of_what_is_chosen_at_a_confidence_so_many_prove_right(load) -> None:
    decisions = judged(load(np.random.default_rng(20261127)))

    for name in ("ForecastAbovePods", "ForecastBelowPods"):
        sure = np.array([confidence for one, confidence, _ in decisions if one == name])
        right = np.array([good for one, _, good in decisions if one == name])
        assert len(sure) > 100
        assert right.mean() == pytest.approx(sure.mean(), abs=0.1), name
        for least in (0.7, 0.8, 0.9):
            there = (least <= sure) & (sure < least + 0.1)
            if there.sum() >= 40:
                assert right[there].mean() > sure[there].mean() - 0.12, f"{name} at {least}"


def test_a_scale_down_is_no_surer_than_so_few_stretches_can_vouch_for() -> None:
    """After 25 minutes in which no peak came, the law says "never"; that is two and a half independent stretches, and says 0.86."""
    policy = Settings.default(1, period=PERIOD, capacity=CAPACITY, most=1000.0)
    memory, pods, sure = Memory.blank(1), np.array([40.0]), []
    for step in range(480):
        load = 20.0 if step < 300 else 10.0
        seen = Sighting.blank(1, seconds=PERIOD, load=load, in_flight=0, ready=pods, wanted=pods)
        memory, outcome = tick(memory, policy, seen)
        if step >= 300 and REASONS[int(outcome.reason[0])] == "ForecastBelowPods":
            sure.append(float(outcome.confidence[0]))
        pods = outcome.replicas

    assert sure and 0.8 < min(sure) <= max(sure) < 0.9
