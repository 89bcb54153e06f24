"""The tick as a whole: what it decides, what it survives, and that a constant load stands still."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from cupel.control.fleet import ACTIONS, REASONS, Memory, Outcome, Settings, Sighting, tick
from cupel.control.saved import leaves

PERIOD = 2.0


def steadily(
    load: np.ndarray, pods: np.ndarray, ticks: int, memory: Memory | None = None, **asked: Any
) -> tuple[Memory, list[Outcome], np.ndarray]:
    """`ticks` looks at a load (N,) that does not change, the Pods following at once."""
    n = len(load)
    memory = memory or Memory.blank(n)
    policy = Settings.default(n, **({"period": PERIOD, "capacity": 1.0, "most": 1000.0} | asked))
    outcomes = []
    for _ in range(ticks):
        seen = Sighting.blank(n, seconds=policy.period, load=load, in_flight=0, ready=pods, wanted=pods)
        memory, outcome = tick(memory, policy, seen)
        outcomes.append(outcome)
        pods = outcome.replicas
    return memory, outcomes, pods


def test_a_constant_load_does_not_oscillate() -> None:
    """Whatever the policy: from any number of Pods they become as many as it takes, then only fewer, then stand still."""
    rng = np.random.default_rng(20261126)
    n, ticks = 150, 1200
    drawn: dict[str, Any] = {
        "capacity": np.exp(rng.uniform(np.log(0.05), np.log(500.0), n)),
        "period": rng.choice([2.0, 5.0, 15.0, 60.0], n),
        "lead": rng.choice([2.0, 10.0, 30.0], n),
        "sureness": rng.choice([0.5, 0.7, 0.85], n),
        "use": rng.uniform(0.5, 0.9, n),
        "ahead": rng.random(n) < 0.5,
        "up": rng.integers(1, 20, n),
        "down": rng.integers(1, 20, n),
        "reserve": rng.integers(0, 5, n),
    }
    load = np.exp(rng.uniform(np.log(0.01), np.log(5e4), n))
    first = rng.integers(1, 400, n).astype(np.float64)
    _, outcomes, _ = steadily(load, first, ticks, most=1e7, **drawn)
    path = np.stack([first, *(outcome.replicas for outcome in outcomes)])

    turns = [(np.diff(moves[moves != 0]) != 0).sum() for moves in np.sign(np.diff(path, axis=0)).T]

    assert max(turns) <= 1
    assert (path[-ticks // 4 :] == path[-1]).all()


def test_the_pods_for_a_constant_load_carry_it_and_are_not_many_more() -> None:
    load = np.array([0.5, 5.0, 50.0, 500.0])
    _, _, pods = steadily(load, np.ones(4), 700)

    assert (pods >= load).all()
    assert (pods[2:] <= load[2:] / 0.6 + 1).all()


@pytest.mark.parametrize("sees", ["everything", "nothing", "nonsense"])
def test_bounds_hold_whatever_is_seen(sees: str) -> None:
    rng = np.random.default_rng(5)
    n = 64
    policy = Settings.default(n, period=PERIOD, capacity=1.0, least=2.0, most=30.0)
    memory, pods = Memory.blank(n), np.full(n, 4.0)
    for _ in range(200):
        load = {
            "everything": rng.exponential(10.0, n),
            "nothing": np.full(n, np.nan),
            "nonsense": rng.choice([np.nan, np.inf, -np.inf, -1.0, 1e300, 0.0, 5.0], n),
        }[sees]
        seen = Sighting.blank(
            n, seconds=PERIOD, load=load, in_flight=rng.exponential(5.0, n), ready=pods, wanted=pods
        )
        memory, outcome = tick(memory, policy, seen)
        assert (outcome.replicas >= 2.0).all() and (outcome.replicas <= 30.0).all()
        assert (outcome.replicas <= 2 * pods).all()
        assert ((outcome.confidence >= 0) & (outcome.confidence <= 1)).all()
        pods = outcome.replicas


def test_blind_it_holds_the_last_safe_action_and_says_so() -> None:
    memory, _, pods = steadily(np.array([8.0]), np.array([4.0]), 300)
    _, outcomes, after = steadily(np.array([np.nan]), pods, 300, memory)

    assert (after == pods).all()
    assert outcomes[-1].blind[0]
    assert REASONS[outcomes[-1].reason[0]] == "SignalsMissing"
    assert outcomes[-1].level_sd[0] > outcomes[0].level_sd[0]


def test_an_unknown_capacity_changes_nothing_and_says_so() -> None:
    _, outcomes, pods = steadily(np.array([8.0]), np.array([4.0]), 100, capacity=np.nan)

    assert pods[0] == 4.0
    assert REASONS[outcomes[-1].reason[0]] == "CapacityUnknown"


def test_a_jump_is_answered_at_once_and_by_at_most_twice_the_pods() -> None:
    memory, _, pods = steadily(np.array([8.0]), np.array([12.0]), 400)
    policy = Settings.default(1, period=PERIOD, capacity=1.0, most=1000.0)
    seen = Sighting.blank(1, seconds=PERIOD, load=pods, in_flight=2 * (60.0 - pods), ready=pods, wanted=pods)

    _, outcome = tick(memory, policy, seen)

    assert ACTIONS[outcome.action[0]] == "ScaleUp"
    assert REASONS[outcome.reason[0]] == "SurgeAbovePods"
    assert outcome.replicas[0] == 2 * pods[0]


def test_it_sleeps_only_after_the_idle_time_and_wakes_at_the_first_call() -> None:
    memory, _, pods = steadily(np.array([3.0]), np.array([4.0]), 100, least=0.0, idle=120.0)
    memory, outcomes, pods = steadily(np.array([0.0]), pods, 600, memory, least=0.0, idle=120.0)
    asleep = [outcome.replicas[0] == 0 for outcome in outcomes]

    assert not any(asleep[:59]) and asleep[-1]
    policy = Settings.default(1, period=PERIOD, capacity=1.0, least=0.0, idle=120.0)
    waits = Sighting.blank(1, seconds=PERIOD, load=0.0, in_flight=1.0, ready=0.0, wanted=0.0)
    _, woken = tick(memory, policy, waits)
    assert woken.replicas[0] == 1.0 and REASONS[woken.reason[0]] == "Woken"


def test_what_one_pod_carries_need_not_be_known_to_sleep_and_to_wake() -> None:
    """Nobody has called it yet, as after it was first served."""
    policy = Settings.default(1, period=PERIOD, least=0.0, idle=120.0)
    memory = Memory.blank(1)
    served = Sighting.blank(1, seconds=PERIOD, load=0.0, in_flight=0.0, ready=1.0, wanted=1.0)
    for _ in range(70):
        memory, outcome = tick(memory, policy, served)
    assert (outcome.replicas[0], REASONS[outcome.reason[0]]) == (0.0, "Idle")

    waits = Sighting.blank(1, seconds=PERIOD, load=0.0, in_flight=1.0, ready=0.0, wanted=0.0)
    _, woken = tick(memory, policy, waits)

    assert (woken.replicas[0], REASONS[woken.reason[0]]) == (1.0, "Woken")


def test_a_call_wakes_a_tool_though_too_little_else_is_seen() -> None:
    """The look after a restart: how much was finished since is not known yet."""
    memory, _, _ = steadily(np.array([0.0]), np.array([1.0]), 100, least=0.0, idle=120.0)
    policy = Settings.default(1, period=PERIOD, capacity=1.0, least=0.0, idle=120.0)
    waits = Sighting.blank(1, seconds=600.0, in_flight=1.0, ready=0.0, wanted=0.0)

    _, woken = tick(memory, policy, waits)

    assert woken.blind[0]
    assert (woken.replicas[0], REASONS[woken.reason[0]]) == (1.0, "Woken")


def test_conservative_acts_later_than_balanced_and_balanced_later_than_aggressive() -> None:
    sureness = np.array([0.85, 0.7, 0.5])
    memory, _, pods = steadily(np.full(3, 8.0), np.full(3, 12.0), 600, sureness=sureness)
    pods = np.full(3, pods.max())
    first = np.full(3, np.inf)
    policy = Settings.default(3, period=PERIOD, capacity=1.0, most=1000.0, sureness=sureness)
    for step in range(400):
        load = np.full(3, 8.0 + 0.04 * step)
        seen = Sighting.blank(3, seconds=PERIOD, load=load, in_flight=0, ready=pods, wanted=pods)
        memory, outcome = tick(memory, policy, seen)
        acts = outcome.action == ACTIONS.index("ScaleUp")
        first = np.where(acts & np.isinf(first), step, first)

    assert np.isfinite(first).all()
    assert first[0] >= first[1] >= first[2] and first[0] > first[2]


def test_nothing_but_what_was_measured_acts_below_the_modes_sureness() -> None:
    rng = np.random.default_rng(9)
    sureness = np.repeat([0.85, 0.7, 0.5], 30)
    n = len(sureness)
    policy = Settings.default(n, period=PERIOD, capacity=1.0, most=1000.0, sureness=sureness)
    memory, pods, low = Memory.blank(n), np.full(n, 12.0), 0
    for _ in range(200):
        seen = Sighting.blank(
            n, seconds=PERIOD, load=rng.poisson(16.0, n) / PERIOD, in_flight=0, ready=pods, wanted=pods
        )
        memory, outcome = tick(memory, policy, seen)
        acts = np.isin(outcome.action, [ACTIONS.index("ScaleUp"), ACTIONS.index("ScaleDown")])
        low += int((acts & (outcome.confidence < sureness - 0.01)).sum())
        pods = outcome.replicas

    assert low == 0


def test_a_restart_goes_on_where_it_was() -> None:
    memory, _, pods = steadily(np.array([8.0, 30.0]), np.array([12.0, 40.0]), 500)
    saved = [memory.pack_row(row) for row in range(2)]
    assert all(len(text) <= 2048 and re.fullmatch("[A-Za-z0-9+/=]+", text) for text in saved)
    read = Memory.blank(2)
    for row, text in enumerate(saved):
        read = read.put(np.array([row]), Memory.unpack(text))

    _, (straight,), _ = steadily(np.array([9.0, 31.0]), pods, 1, memory)
    _, (restarted,), _ = steadily(np.array([9.0, 31.0]), pods, 1, read)

    for field in fields(Outcome):
        assert getattr(restarted, field.name) == pytest.approx(
            getattr(straight, field.name), rel=1e-4, abs=1e-4, nan_ok=True
        )


@pytest.mark.parametrize("text", ["", "AAAA", "no base64!", "é", "A" * 2048])
def test_a_damaged_memory_is_a_blank_one(text: str) -> None:
    read, blank = dict(leaves(Memory.unpack(text))), dict(leaves(Memory.blank(1)))

    assert all(np.array_equal(read[name], blank[name], equal_nan=True) for name in blank)


def test_one_flipped_character_of_a_memory_is_noticed() -> None:
    text = Memory.blank(1).pack_row(0)
    for place in range(0, len(text) - 4, 37):
        other = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        assert np.isnan(Memory.unpack(other).decided[0])


def test_rows_do_not_know_of_each_other() -> None:
    rng = np.random.default_rng(2)
    loads = rng.poisson(20.0, (200, 5)) / PERIOD
    together = _flown(loads)
    alone = np.concatenate([_flown(loads[:, [row]]) for row in range(5)], axis=1)

    assert np.array_equal(together, alone)


def _flown(loads: np.ndarray) -> np.ndarray:
    n = loads.shape[1]
    memory, pods, path = Memory.blank(n), np.full(n, 8.0), []
    policy = Settings.default(n, period=PERIOD, capacity=1.0, most=100.0)
    for load in loads:
        seen = Sighting.blank(n, seconds=PERIOD, load=load, in_flight=0, ready=pods, wanted=pods)
        memory, outcome = tick(memory, policy, seen)
        pods = outcome.replicas
        path.append(pods)
    return np.array(path)


@pytest.mark.parametrize("retuned", [True, False])
def test_a_lead_that_is_told_otherwise_is_how_far_ahead_is_looked(retuned: bool) -> None:
    """Where tau may be moved, a Retune shortens it for a reason that is told; where not, nobody else would."""
    load, pods = np.array([5.0]), np.array([3.0])
    memory, _, _ = steadily(load, pods, 20, lead=30.0, retune=retuned)
    memory, outcomes, _ = steadily(load, pods, 2, memory, lead=5.0, retune=retuned)
    assert outcomes[-1].lead[0] == (30.0 + PERIOD if retuned else 5.0 + PERIOD)

    _, outcomes, _ = steadily(load, pods, 500, memory, lead=5.0, retune=retuned)
    assert outcomes[-1].lead[0] == 5.0 + PERIOD
    told = {REASONS[outcome.reason[0]] for outcome in outcomes}
    assert ("PodsStartFaster" in told) is retuned
