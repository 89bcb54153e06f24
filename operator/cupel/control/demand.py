"""What arrived since the last look, told from what was finished and what waits; and what of it is surely
more than a moment's noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .belief import Belief
from .carry import PATIENCE
from .forecast import RELATIVE
from .growth import rising
from .kalman import GATE, Innovation
from .memory import Memory
from .policy import Settings, Sighting
from .rows import Floats, either, known_or, within

SURELY = 2.0
"""Deviations by which a load is taken to be smaller than measured, where it alone would raise the Pods."""
WORKED_OFF = 0.25
"""Of a lead. Every call is late until what waits is worked off: a quarter longer than it must be."""
LEARN = 0.1
"""Weight of a new residence time."""
CALM = 0.8
"""Use of the Pods below which calls hardly wait: only then is the time that one takes learnt."""


@dataclass(frozen=True)
class Demand:
    """What arrived; arrays (N,), NaN is not known."""

    seconds: Floats
    load: Floats
    """Calls that arrived, a second."""
    waiting: Floats
    """Calls beyond those that are just being served, and those that arrive within PATIENCE."""
    residence: Floats
    """Seconds a call stays when none waits."""
    pods: Floats
    ready: Floats


def demand(memory: Memory, settings: Settings, capacity: Floats, seen: Sighting) -> Demand:
    """What arrived: what was finished, and what is in flight more than before."""
    seconds = either(seen.seconds > 0, seen.seconds, settings.period)
    grown = known_or((seen.in_flight - memory.in_flight) / seconds, 0.0)
    load = np.maximum(seen.load + grown, 0.0)
    pods = either(np.isfinite(seen.wanted), seen.wanted, memory.decided)
    pods = either(np.isfinite(pods), pods, seen.ready)
    ready = either(np.isfinite(seen.ready), seen.ready, pods)
    residence = _residence(memory, seen, load, ready * capacity)
    usual = (residence + PATIENCE) * np.maximum(load, seen.load)
    waiting = known_or(np.fmax(seen.in_flight - usual, 0.0), 0.0)
    return Demand(seconds, load, waiting, residence, pods, ready)


def trusted(seen: Demand, before: Belief, innovation: Innovation) -> Floats:
    """The load (N,), a doubted one no further from what was expected than the filter's gate lets it; NaN
    where missing."""
    load = seen.load
    if innovation.doubted.any():
        reach = GATE * np.sqrt(known_or(innovation.S, 0.0))
        gated = within(load, before.level - reach, before.level + reach)
        load = np.where(innovation.doubted, gated, load)
    return either(innovation.used, load, np.nan)


def surge(
    seen: Demand, memory: Memory, innovation: Innovation, settings: Settings, capacity: Floats
) -> Floats:
    """The load (N,) there surely is now, and what it takes to work off what waits.

    A single outlier is believed only when calls wait for it, or when the next sample says the same. Where
    calls wait too long already the Pods are surely too few: then the filter's level is believed, as far as it
    was measured, to grow on as it does; and what will wait when new Pods are ready is worked off in
    WORKED_OFF of a lead. Else what waits now is, within a lead.
    """
    belief = memory.belief
    noise = np.sqrt(np.maximum(seen.load, 0.0) / seen.seconds + (RELATIVE * seen.load) ** 2)
    surely = np.maximum(seen.load - SURELY * noise, 0.0)
    late = (seen.waiting > 0) & (seen.ready * capacity >= 0)
    surely = either(late, np.fmax(surely, np.minimum(belief.level, seen.load)), surely)
    alone = innovation.doubted & (seen.waiting <= 0)
    now = either(alone, np.minimum(surely, np.maximum(belief.level, 0.0)), surely)
    now = either(innovation.used, now, 0.0)
    lead = np.maximum(settings.lead, settings.period)
    if not late.any():
        return now + seen.waiting / lead
    growth = rising(memory.growth, settings)
    foreseen = _backlog(seen, now, growth, capacity, lead, memory.since_up) / WORKED_OFF
    return now + either(late, growth * lead + foreseen / lead, seen.waiting / lead)


def _backlog(
    seen: Demand, now: Floats, growth: Floats, capacity: Floats, lead: Floats, since_up: Floats
) -> Floats:
    """Calls (N,) that wait one lead from now at a load (N,) that grows (N,), no more Pods being added."""
    left = either(seen.ready < seen.pods, within(lead - since_up, 0.0, lead), 0.0)
    first, second = now + growth * left / 2, now + growth * (lead + left) / 2
    then = np.maximum(seen.waiting + (first - seen.ready * capacity) * left, 0.0)
    waits: Floats = np.maximum(then + (second - seen.pods * capacity) * (lead - left), 0.0)
    return waits


def _residence(memory: Memory, seen: Sighting, load: Floats, able: Floats) -> Floats:
    """Little's law, while the Pods are not busy: calls in flight over calls a second."""
    calm = (load > 0) & (seen.load > 0) & (load < CALM * able)
    measured = either(calm, seen.in_flight / np.maximum(seen.load, 1e-9), np.nan)
    old = memory.residence
    moved = either(np.isfinite(old), old + LEARN * (measured - old), measured)
    return either(np.isfinite(moved), moved, old)
