"""The load one Pod carries, learnt while it carries it; nothing is claimed before a Pod was seen busy.

Two ways, each a random walk of log capacity: by processor (the utilisation law, U = X·D), and by how much
queueing stretches latency. The smaller known one binds. Formulas: docs/control.md, "Capacity".
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .bounds import MOST_LOAD, MOST_SECONDS
from .rows import Floats, Mask, either

ENOUGH = 5.0
"""Samples of one way before it is believed."""
SURE = 0.3
"""Relative deviation above which a way is not known."""
BUSY_PERCENT = 10.0
"""Processor use of a Pod below which it says nothing of its limit."""
BASE_PERCENT = 5.0
"""Processor use, at most, that is not caused by load."""
STRETCH = 1.5
"""Latency over that of an idle Pod, from which on Pods queue."""
OCCUPIED = 1.0
"""Calls in flight in a Pod, below which a long latency is no queue."""
MODEL = 0.1
"""Relative deviation of any single sample: Pods differ, and windows do not match."""
DRIFT = 0.1**2 / 3600
"""Variance that log capacity gains a second: a tenth in an hour."""
UNKNOWN = 1e4
LEAST_LOAD = 1e-12
LOWER, RISE, CARRY = 0.1, 1 / 1800, 1 / 3600
"""How fast the idle latency falls (a sample), rises (a second), and how fast a carried load is forgotten."""
QUEUEING = 0.1
"""How much slower it rises while calls queue, which is what long latencies then come of."""


@dataclass(frozen=True)
class Capacity:
    """Arrays of shape (N,). A way is known where it has seen enough; see `known`."""

    by_cpu: Floats
    """Log of load a second and Pod at which the processor is full."""
    cpu_variance: Floats
    cpu_samples: Floats
    by_latency: Floats
    """Log of load a second and Pod at which queues would grow without end."""
    latency_variance: Floats
    latency_samples: Floats
    idle: Floats
    """Latency of a Pod that queues nothing, in seconds; 0 where none was seen."""
    carried: Floats
    """Largest load a second and Pod that was carried without a queue, slowly forgotten; 0: none."""

    @classmethod
    def blank(cls, n: int) -> Capacity:
        zero, unknown = np.zeros(n), np.full(n, UNKNOWN)
        return cls(zero, unknown, zero, zero, unknown, zero, zero, zero)


@dataclass(frozen=True)
class Busy:
    """What Pods did over the last period; arrays (N,), NaN where not measured."""

    load: Floats
    """Calls answered a second, by all of them. Calls that failed are no evidence: leave them out."""
    ready: Floats
    """Pods that were ready."""
    latency: Floats
    """Of a call, in milliseconds."""
    in_flight: Floats
    """Calls in all of them together."""
    cpu: Floats
    """Processor use of a Pod, in percent of what it may use."""


def known(capacity: Capacity) -> tuple[Floats, Floats]:
    """Load a second that one Pod carries, and its standard deviation, (N,) each; NaN where not known."""
    cpu = _believed(capacity.by_cpu, capacity.cpu_variance, capacity.cpu_samples)
    latency = _believed(capacity.by_latency, capacity.latency_variance, capacity.latency_samples)
    least = np.fmin(cpu, latency)
    variance = either(cpu == least, capacity.cpu_variance, capacity.latency_variance)
    estimate = np.fmax(least, either(np.isnan(least), np.nan, capacity.carried))
    return estimate, estimate * np.sqrt(variance)


def observe(capacity: Capacity, busy: Busy, dt: Floats) -> Capacity:
    """What is known after `dt` seconds (N,) with these figures; what is missing teaches nothing."""
    dt = np.minimum(np.fmax(dt, 0.0), MOST_SECONDS)
    if not any(np.isfinite(figure).any() for figure in (busy.latency, busy.in_flight, busy.cpu)):
        return _faded(capacity, dt)
    load, latency = _per_pod(busy)
    occupied = either(np.isfinite(busy.in_flight), _over(busy.in_flight, busy.ready), load * latency)
    ratio = _over(latency, capacity.idle)
    queues = (ratio >= STRETCH) & (occupied >= OCCUPIED)
    idle = _idle(capacity.idle, latency, load, either(queues, QUEUEING, 1.0) * dt)
    chance = 1.0 / np.sqrt(np.maximum(either(load > 0, busy.load, 0.0) * dt, 1.0))
    cpu = _cpu_says(load, busy.cpu)
    knee = _latency_says(load, either(queues, ratio, np.nan), load * idle)
    drift = DRIFT * dt
    by_cpu = capacity.by_cpu, capacity.cpu_variance, capacity.cpu_samples
    by_latency = capacity.by_latency, capacity.latency_variance, capacity.latency_samples
    free = (load > 0) & (ratio < STRETCH)
    carried = capacity.carried * np.exp(-CARRY * dt)
    if free.any():
        more = np.fmax(carried, carried + LOWER * (load * (1 - 2 * chance) - carried))
        carried = either(free, more, carried)
    return Capacity(
        *_taken(*by_cpu, *cpu, chance, drift), *_taken(*by_latency, *knee, chance, drift), idle, carried
    )


def _faded(capacity: Capacity, dt: Floats) -> Capacity:
    """Where nothing is measured of any Pod."""
    return replace(
        capacity,
        cpu_variance=np.minimum(capacity.cpu_variance + DRIFT * dt, UNKNOWN),
        latency_variance=np.minimum(capacity.latency_variance + DRIFT * dt, UNKNOWN),
        carried=capacity.carried * np.exp(-CARRY * dt),
    )


def _per_pod(busy: Busy) -> tuple[Floats, Floats]:
    """Load a second and Pod, and latency in seconds (Little's law, where only calls in flight are known)."""
    load = _over(busy.load, busy.ready)
    measured = either(busy.latency > 0, busy.latency / 1000.0, np.nan)
    by_little = _over(busy.in_flight, busy.load)
    latency = either(np.isfinite(measured), measured, either(by_little > 0, by_little, np.nan))
    return load, either(latency <= MOST_SECONDS, latency, np.nan)


def _cpu_says(load: Floats, cpu: Floats) -> tuple[Floats, Floats]:
    """Log of the load at which the processor is full, if use grows with load, and its deviation."""
    usable = (cpu >= BUSY_PERCENT) & (cpu <= 1e4) & (load > 0)
    if not usable.any():
        return np.full_like(load, np.nan), load
    use = either(usable, cpu, np.nan)
    return np.log(100.0 * either(usable, np.maximum(load, LEAST_LOAD), 1.0) / use), MODEL + BASE_PERCENT / use


def _latency_says(load: Floats, ratio: Floats, offered: Floats) -> tuple[Floats, Floats]:
    """Log of load / use, and its deviation; NaN where nothing queues.

    A Pod that works on c calls at a time stretches them to ratio = 1 + use / (c·(1 - use)) when busy: exact
    for c = 1 and processor sharing (M/G/1), the heavy-traffic limit for more (M/M/c; Sakasegawa 1977). c is
    at least `offered`, the calls a Pod would have in flight if none queued.
    """
    usable = np.isfinite(ratio) & np.isfinite(offered) & (load > 0)
    if not usable.any():
        return np.full_like(load, np.nan), load
    at_once = np.maximum(np.where(usable, offered, 1.0), 1.0)
    use = 1.0 - 1.0 / (1.0 + at_once * (np.where(usable, ratio, 2.0) - 1.0))
    says = np.log(np.where(usable, np.maximum(load, LEAST_LOAD), 1.0) / use)
    return np.where(usable, says, np.nan), np.sqrt(MODEL**2 + (1.0 - use) ** 2 / 4)


def _taken(
    log: Floats, variance: Floats, samples: Floats, says: Floats, doubt: Floats, chance: Floats, drift: Floats
) -> tuple[Floats, Floats, Floats]:
    """One step of a scalar Kalman filter of log capacity, gated as Huber does; NaN says nothing.

    Samples err together (the same Pods, the same bounds): ten of them are never surer than four that do not.
    """
    there = np.isfinite(says)
    P = np.minimum(variance + drift, UNKNOWN)
    if not there.any():
        return log, P, samples
    y = either(there, says - log, 0.0)
    R = either(there, np.sqrt(doubt**2 + chance**2), 1.0) ** 2
    R = np.maximum(R, np.abs(y) * np.sqrt(P + R) / 3.0 - P)
    K = either(there, P / (P + R), 0.0)
    after = np.maximum((1 - K) ** 2 * P + K**2 * R, np.minimum(P, R / 4))
    return log + K * y, either(there, after, P), samples + there


def _idle(idle: Floats, latency: Floats, load: Floats, dt: Floats) -> Floats:
    """Of an idle Pod: follows shorter ones in ten samples, longer ones in half an hour if none queue."""
    there: Mask = np.isfinite(latency) & (load > 0)
    if not there.any():
        return either(idle > 0, idle, 0.0)
    seconds = either(there, latency, idle)
    share = either(seconds < idle, LOWER, -np.expm1(-RISE * dt))
    return either(idle > 0, idle + share * (seconds - idle), either(there, seconds, 0.0))


def _believed(log: Floats, variance: Floats, samples: Floats) -> Floats:
    enough = (samples >= ENOUGH) & (variance <= SURE**2)
    return either(enough, np.exp(either(enough, log, 0.0)), np.nan)


def _over(above: Floats, below: Floats) -> Floats:
    """The quotient; NaN where either is missing, negative, absurd, or nothing is below."""
    usable = (above >= 0) & (above <= MOST_LOAD) & (below >= 1 / MOST_LOAD) & (below <= MOST_LOAD)
    return either(usable, above, np.nan) / either(usable, below, 1.0)
