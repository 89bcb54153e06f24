"""One tick of every policy: what was seen goes in, what to do and what is believed come out.

The autopilot's process and the replay call this same function. Arrays of shape (N,), float64; NaN is missing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .belief import Belief, Floats
from .choose import Action, Case, Choice, Limits, Reason, choose
from .demand import Demand, demand, surge, trusted
from .forecast import deviation, watch
from .kalman import Innovation, correct, predict
from .memory import Memory
from .policy import Outcome, Settings, Sighting
from .tuning import Tuning

__all__ = ["ACTIONS", "REASONS", "Memory", "Outcome", "Settings", "Sighting", "tick"]

ACTIONS = tuple(action.name for action in Action)
REASONS = tuple(reason.name for reason in Reason)
BLIND_PERIODS = 3.0
"""Periods without a usable load after which nothing is changed any more."""
AHEAD = 2.0
"""How many times further a policy looks that acts ahead of need."""


def tick(memory: Memory, settings: Settings, seen: Sighting) -> tuple[Memory, Outcome]:
    """One look at every row. Pure: the same arguments give the same answer."""
    tuning = replace(memory.tuning, period=settings.period, counts=settings.counts)
    arrived = demand(memory, settings, seen)
    before = predict(memory.belief, arrived.seconds, tuning)
    belief, innovation = correct(before, arrived.load, arrived.seconds, tuning)
    ahead = _horizon(settings, tuning)
    then = predict(belief, ahead, tuning)
    expected = np.maximum(then.level, 0.0)
    load = trusted(arrived, before, innovation)
    peaks = watch(memory.peaks, load, expected, arrived.seconds, settings.period)
    memory = _looked(memory, arrived, seen, innovation)
    memory = replace(memory, belief=belief, tuning=tuning, peaks=peaks)
    case = _case(memory, settings, arrived, then, surge(arrived, belief, innovation, settings))
    choice = choose(case, _limits(settings), peaks)
    outcome = _outcome(choice, case, arrived, belief, innovation, tuning, ahead)
    return _decided(memory, choice), outcome


def _horizon(settings: Settings, tuning: Tuning) -> Floats:
    """Seconds: what is decided now is ready after `lead`, what is decided at the next look one period later."""
    reach = np.maximum(settings.lead, tuning.tau) + settings.period
    return np.where(settings.ahead, AHEAD * reach, reach)


def _looked(memory: Memory, arrived: Demand, seen: Sighting, innovation: Innovation) -> Memory:
    seconds = arrived.seconds
    called = (arrived.load > 0) | (seen.in_flight > 0)
    return replace(
        memory,
        in_flight=seen.in_flight,
        residence=arrived.residence,
        since_up=np.minimum(memory.since_up + seconds, 1e6),
        since_down=np.minimum(memory.since_down + seconds, 1e6),
        quiet=np.where(called, 0.0, np.where(innovation.used, memory.quiet + seconds, memory.quiet)),
        missing=np.where(innovation.used, 0.0, np.minimum(memory.missing + seconds, 1e6)),
    )


def _case(memory: Memory, settings: Settings, arrived: Demand, then: Belief, surely: Floats) -> Case:
    expected = np.maximum(then.level, 0.0)
    return Case(
        pods=arrived.pods,
        expected=expected,
        deviation=np.sqrt(then.p00),
        spread=deviation(expected, settings.period),
        surge=surely,
        capacity=settings.capacity,
        since_up=memory.since_up,
        since_down=memory.since_down,
        quiet=memory.quiet,
        blind=(memory.missing >= BLIND_PERIODS * settings.period) | (memory.belief.steps == 0),
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        settings.least,
        settings.most,
        settings.up,
        settings.down,
        settings.reserve,
        settings.sureness,
        settings.use,
        settings.idle,
    )


def _decided(memory: Memory, choice: Choice) -> Memory:
    return replace(
        memory,
        since_up=np.where(choice.action == Action.ScaleUp, 0.0, memory.since_up),
        since_down=np.where(choice.action == Action.ScaleDown, 0.0, memory.since_down),
        decided=choice.replicas,
    )


def _outcome(
    choice: Choice,
    case: Case,
    arrived: Demand,
    belief: Belief,
    innovation: Innovation,
    tuning: Tuning,
    ahead: Floats,
) -> Outcome:
    unknown = np.full(len(belief), np.nan)
    return Outcome(
        action=choice.action,
        reason=choice.reason,
        replicas=choice.replicas,
        confidence=choice.confidence,
        demand=arrived.load,
        level=belief.level,
        level_sd=np.sqrt(belief.p00),
        trend=belief.trend,
        capacity=case.capacity,
        expected=case.expected,
        high=choice.high,
        lead=ahead,
        nis=innovation.nis,
        omega=unknown,
        psi=unknown,
        beta=unknown,
        eta=tuning.eta,
        gamma=tuning.gamma,
        tau=tuning.tau,
        blind=case.blind,
    )
