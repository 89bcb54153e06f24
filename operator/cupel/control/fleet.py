"""One tick of every policy: what was seen goes in, what to do and what is believed come out.

The autopilot's process and the replay call this same function. Arrays of shape (N,), float64; NaN is
missing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from . import capacity as pods
from . import indices, retune
from .belief import Belief
from .choose import Action, Case, Choice, Reason, choose
from .demand import Demand, demand, surge, trusted
from .forecast import STEADY, deviation, watch
from .kalman import Innovation, correct, predict
from .memory import Memory
from .policy import FIGURES, Outcome, Settings, Sighting
from .rows import Floats
from .tuning import Bounds, Tuning

__all__ = ["ACTIONS", "FIGURES", "REASONS", "Memory", "Outcome", "Settings", "Sighting", "tick"]

ACTIONS = tuple(action.name for action in Action)
REASONS = (*(reason.name for reason in Reason), *retune.REASONS[1:])
BLIND_PERIODS = 3.0
"""Periods without a usable load after which nothing is changed any more."""
AHEAD = 2.0
"""How many times further a policy looks that acts ahead of need."""
LEAST_ETA, LEAST_GAMMA = 0.01, 0.5


@dataclass(frozen=True)
class _Look:
    """What one tick found; arrays (N,)."""

    arrived: Demand
    innovation: Innovation
    then: Belief
    """The belief at the lead time."""
    ahead: Floats
    capacity: Floats
    capacity_sd: Floats
    omega: Floats
    base: Floats
    """What peaks are measured from."""


def tick(memory: Memory, settings: Settings, seen: Sighting) -> tuple[Memory, Outcome]:
    """One look at every row. Pure: the same arguments give the same answer."""
    memory = replace(memory, tuning=_bounds(settings).hold(_tuned(memory, settings)))
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
    capacity = np.where(np.isfinite(settings.capacity), settings.capacity, learnt)
    arrived = demand(memory, settings, capacity, seen)
    before = predict(memory.belief, arrived.seconds, tuning)
    belief, innovation = correct(before, arrived.load, arrived.seconds, tuning)
    ahead = _horizon(settings, tuning)
    then = predict(belief, ahead, tuning)
    load = trusted(arrived, before, innovation)
    usual = _usual(memory, load, arrived.seconds)
    base = np.fmax(np.maximum(then.level, 0.0), usual)
    omega = _kept(memory, belief, settings, seen)
    after = replace(
        _looked(memory, arrived, seen, innovation),
        belief=belief,
        peaks=watch(memory.peaks, load, base, arrived.seconds, settings.period),
        usual=usual,
        capacity=pods.observe(memory.capacity, _busy(seen), arrived.seconds),
        omega=indices.averaged(memory.omega, omega, arrived.seconds),
    )
    sd = np.where(np.isfinite(settings.capacity), 0.0, each_sd)
    return after, _Look(arrived, innovation, then, ahead, capacity, sd, omega, base)


def _kept(memory: Memory, belief: Belief, settings: Settings, seen: Sighting) -> Floats:
    """omega_score of this look, (N,). An objective on omega is judged by the share of all others."""
    psi, beta = 1000 * indices.psi_index(belief), 1000 * memory.resilience.beta
    unknown = np.full_like(psi, np.nan)
    figures = np.column_stack([seen.figures(), unknown, psi, beta, seen.own])
    place = len(FIGURES)
    if settings.weights[:, place].any():
        others = indices.omega_score(figures, settings.at_least, settings.at_most, settings.weights)
        figures[:, place] = 1000 * others
    return indices.omega_score(figures, settings.at_least, settings.at_most, settings.weights)


def _usual(memory: Memory, load: Floats, seconds: Floats) -> Floats:
    """Load averaged over the last STEADY seconds, (N,)."""
    share = -np.expm1(-seconds / STEADY)
    moved = np.where(np.isfinite(memory.usual), memory.usual + share * (load - memory.usual), load)
    return np.where(np.isfinite(load), moved, memory.usual)


def _tuned(memory: Memory, settings: Settings) -> Tuning:
    """What RETUNE made of it; of a policy that has seen nothing, what its own figures say."""
    fresh = memory.belief.steps == 0
    tau = np.where(fresh, settings.lead + settings.period, memory.tuning.tau)
    return replace(memory.tuning, tau=tau, period=settings.period, counts=settings.counts)


def _bounds(settings: Settings) -> Bounds:
    least_eta = np.minimum(LEAST_ETA, settings.most_eta)
    least_gamma = np.minimum(LEAST_GAMMA, settings.most_gamma)
    return Bounds(
        least_eta,
        settings.most_eta,
        least_gamma,
        settings.most_gamma,
        settings.least_tau,
        settings.most_tau,
        settings.retune,
    )


def _horizon(settings: Settings, tuning: Tuning) -> Floats:
    """Seconds: what is decided now is ready after `lead`, what is decided at the next look one period
    later."""
    reach = np.maximum(settings.lead + settings.period, tuning.tau)
    return np.where(settings.ahead, AHEAD * reach, reach)


def _busy(seen: Sighting) -> pods.Busy:
    good = seen.load * (1.0 - np.nan_to_num(seen.error_per_mille, nan=0.0) / 1000.0)
    return pods.Busy(good, seen.ready, seen.latency, seen.in_flight, seen.cpu)


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


def _case(memory: Memory, settings: Settings, look: _Look) -> Case:
    expected = np.maximum(look.then.level, 0.0)
    return Case(
        pods=look.arrived.pods,
        expected=expected,
        deviation=np.sqrt(look.then.p00),
        base=look.base,
        period=settings.period,
        spread=deviation(look.base, settings.period),
        surge=surge(look.arrived, memory.belief, look.innovation, settings),
        capacity=look.capacity,
        since_up=memory.since_up,
        since_down=memory.since_down,
        quiet=memory.quiet,
        blind=(memory.missing >= BLIND_PERIODS * settings.period) | (memory.belief.steps == 0),
    )


def _retuned(memory: Memory, settings: Settings, look: _Look, choice: Choice) -> tuple[Memory, Choice]:
    """RETUNE where nothing else is to be done; and what the indices make of this tick."""
    evidence = retune.Evidence(look.arrived.load, 1.0 - memory.omega, settings.lead + settings.period)
    trial = retune.note(memory.trial, look.innovation, evidence)
    bounds = _bounds(settings)
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
    return replace(
        memory,
        since_up=np.where(choice.action == Action.ScaleUp, 0.0, memory.since_up),
        since_down=np.where(choice.action == Action.ScaleDown, 0.0, memory.since_down),
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
