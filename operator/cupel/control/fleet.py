"""One tick of every policy: what was seen goes in, what to do and what is believed come out.

The autopilot's process and the replay call this same function. Arrays of shape (N,), float64; NaN is
missing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from . import capacity as pods
from . import indices, lately, retune
from .bounds import MOST_SECONDS
from .carry import pods_well
from .choose import Action, Case, Choice, Reason, choose
from .demand import Demand, demand, surge, trusted
from .forecast import STEADY, deviation
from .growth import followed
from .kalman import Innovation, Span, correct, forecast, predict, span
from .memory import Memory
from .objectives import kept
from .policy import FIGURES, Outcome, Settings, Sighting
from .rows import Floats, either
from .settling import counted, forgotten
from .tuning import Tuning
from .watches import watch

__all__ = ["ACTIONS", "FIGURES", "REASONS", "Memory", "Outcome", "Settings", "Sighting", "tick"]

ACTIONS = tuple(action.name for action in Action)
REASONS = (*(reason.name for reason in Reason), *retune.REASONS[1:])
BLIND_PERIODS = 3.0
"""Periods without a usable load after which nothing is changed any more."""
AHEAD = 2.0
"""How many times further a policy looks that acts ahead of need."""


@dataclass(frozen=True)
class _Look:
    """What one tick found; arrays (N,)."""

    arrived: Demand
    innovation: Innovation
    expected: Floats
    """Level at the lead time, at least 0."""
    variance: Floats
    """Its variance."""
    ahead: Floats
    capacity: Floats
    capacity_sd: Floats
    omega: Floats
    base: Floats
    """What peaks are measured from."""


def tick(memory: Memory, settings: Settings, seen: Sighting) -> tuple[Memory, Outcome]:
    """One look at every row. Pure: the same arguments give the same answer."""
    memory = replace(memory, tuning=settings.bounds.hold(_tuned(memory, settings)))
    memory, look = _look(memory, settings, seen.usable())
    case = _case(memory, settings, look)
    choice = choose(case, settings, memory.peaks)
    memory, choice = _retuned(memory, settings, look, choice)
    memory = _decided(memory, choice)
    return memory, _outcome(memory, look, case, choice)


def _look(memory: Memory, settings: Settings, seen: Sighting) -> tuple[Memory, _Look]:
    """Observe and orient."""
    tuning = memory.tuning
    learnt, each_sd = pods.known(memory.capacity)
    told = np.isfinite(settings.capacity)
    capacity = either(told, settings.capacity, learnt)
    arrived = demand(memory, settings, capacity, seen)
    before = predict(memory.belief, arrived.seconds, tuning)
    belief, innovation = correct(before, arrived.load, arrived.seconds, tuning)
    ahead, over = _horizon(settings, tuning)
    level, variance = forecast(belief, over, tuning)
    load = trusted(arrived, before, innovation)
    expected = np.maximum(level, 0.0)
    usual = _usual(memory, load, arrived.seconds)
    base = np.fmax(expected, usual)
    now, then = belief.level - settings.sure * belief.deviation, level - settings.sure * np.sqrt(variance)
    omega = kept(settings, seen, belief, memory.resilience.beta)
    after = replace(
        _looked(memory, arrived, seen, innovation),
        belief=belief,
        peaks=watch(memory.peaks, load, base, arrived.seconds, settings.period),
        usual=usual,
        lately=lately.after(memory.lately, np.fmax(now, then), arrived.seconds),
        growth=followed(memory.growth, load, arrived.seconds, settings, innovation.begun),
        capacity=pods.observe(memory.capacity, _busy(seen), arrived.seconds),
        omega=indices.averaged(memory.omega, omega, arrived.seconds),
    )
    sd = either(told, 0.0, each_sd)
    return after, _Look(arrived, innovation, expected, variance, ahead, capacity, sd, omega, base)


def _usual(memory: Memory, load: Floats, seconds: Floats) -> Floats:
    """Load averaged over the last STEADY seconds, (N,)."""
    share = -np.expm1(-seconds / STEADY)
    moved = either(np.isfinite(memory.usual), memory.usual + share * (load - memory.usual), load)
    return either(np.isfinite(load), moved, memory.usual)


def _tuned(memory: Memory, settings: Settings) -> Tuning:
    """What RETUNE made of it; where it made nothing, or may not, what the policy's own figures say."""
    known = memory.tuning
    fresh = memory.belief.steps == 0
    if known.period is not settings.period or known.counts is not settings.counts or fresh.any():
        tau = np.where(fresh | ~settings.retune, settings.lead + settings.period, known.tau)
        return replace(known, tau=tau, period=settings.period, counts=settings.counts)
    return known


def _horizon(settings: Settings, tuning: Tuning) -> tuple[Floats, Span]:
    """Seconds: what is decided now is ready after `lead`, what is decided at the next look one period
    later. The same object as long as both are."""

    def worked_out() -> tuple[Floats, Span]:
        reach = np.maximum(settings.lead + settings.period, tuning.tau)
        ahead = either(settings.ahead, AHEAD * reach, reach)
        return ahead, span(np.minimum(ahead, MOST_SECONDS), tuning)

    return tuning.kept(settings, worked_out)


def _busy(seen: Sighting) -> pods.Busy:
    good = seen.load * (1.0 - np.fmax(seen.error_per_mille, 0.0) / 1000.0)
    return pods.Busy(good, seen.ready, seen.latency, seen.in_flight, seen.cpu)


def _looked(memory: Memory, arrived: Demand, seen: Sighting, innovation: Innovation) -> Memory:
    seconds = arrived.seconds
    called = (arrived.load > 0) | (seen.in_flight > 0) | (seen.called > 0)
    return replace(
        memory,
        in_flight=seen.in_flight,
        residence=arrived.residence,
        since_up=np.minimum(memory.since_up + seconds, 1e6),
        since_down=np.minimum(memory.since_down + seconds, 1e6),
        changes=forgotten(memory.changes, seconds),
        quiet=either(called, 0.0, either(innovation.used, memory.quiet + seconds, memory.quiet)),
        missing=either(innovation.used, 0.0, np.minimum(memory.missing + seconds, 1e6)),
    )


def _case(memory: Memory, settings: Settings, look: _Look) -> Case:
    return Case(
        pods=look.arrived.pods,
        expected=look.expected,
        deviation=np.sqrt(look.variance),
        base=look.base,
        period=settings.period,
        spread=deviation(look.base, settings.period),
        surge=surge(look.arrived, memory, look.innovation, settings, look.capacity),
        kept=np.ceil(pods_well(lately.most(memory.lately), look.capacity, settings.use)) + settings.reserve,
        capacity=look.capacity,
        since_up=memory.since_up,
        since_down=memory.since_down,
        changes=memory.changes,
        quiet=memory.quiet,
        blind=(memory.missing >= BLIND_PERIODS * settings.period) | (memory.belief.steps == 0),
    )


def _retuned(memory: Memory, settings: Settings, look: _Look, choice: Choice) -> tuple[Memory, Choice]:
    """RETUNE where nothing else is to be done; and what the indices make of this tick."""
    evidence = retune.Evidence(look.arrived.load, 1.0 - memory.omega, settings.lead + settings.period)
    trial = retune.note(memory.trial, look.innovation, evidence)
    bounds = settings.bounds
    idle = replace(bounds, enabled=bounds.enabled & (choice.action == Action.NoOp))
    trial, tuning, why = retune.retune(trial, memory.tuning, idle, evidence)
    now = indices.performance(look.omega, trial.error_ratio)
    resilience = indices.resilience(memory.resilience, now, look.innovation.shifted, look.arrived.seconds)
    memory = replace(memory, trial=trial, tuning=tuning, resilience=resilience)
    moves = why > 0
    if not moves.any():
        return memory, choice
    action = np.where(moves, int(Action.Retune), choice.action).astype(np.int8)
    reason = np.where(moves, len(Reason) - 1 + why, choice.reason).astype(np.int8)
    return memory, replace(choice, action=action, reason=reason)


def _decided(memory: Memory, choice: Choice) -> Memory:
    ups, downs = choice.action == Action.ScaleUp, choice.action == Action.ScaleDown
    return replace(
        memory,
        changes=counted(memory.changes, (ups | downs) & (choice.replicas != memory.decided)),
        since_up=either(ups, 0.0, memory.since_up),
        since_down=either(downs, 0.0, memory.since_down),
        decided=choice.replicas,
    )


def _outcome(memory: Memory, look: _Look, case: Case, choice: Choice) -> Outcome:
    belief, tuning = memory.belief, memory.tuning
    return Outcome(
        action=choice.action,
        reason=choice.reason,
        replicas=choice.replicas,
        confidence=choice.confidence,
        demand=look.arrived.load,
        level=belief.level,
        level_sd=belief.deviation,
        trend=belief.trend,
        capacity=look.capacity,
        capacity_sd=look.capacity_sd,
        expected=case.expected,
        high=choice.high,
        lead=look.ahead,
        nis=look.innovation.nis,
        omega=memory.omega,
        psi=indices.psi_index(belief),
        beta=memory.resilience.beta,
        eta=tuning.eta,
        gamma=tuning.gamma,
        tau=tuning.tau,
        blind=case.blind,
    )
