"""A fluid queue with Pods that take time to start: what a replay flies. Many policies at once, one row
each.

Requests arrive evenly within a step, wait in one queue in order, and are served at the rate of the ready
Pods. The wait of a request is the queue it finds divided by that rate (Newell, *Applications of Queueing
Theory*, 1982, chapter 2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
REVERSAL_SECONDS = 600.0
"""A change of direction within this time of the change before counts as a reversal."""


@dataclass(frozen=True)
class Plant:
    """`capacity` (N,): requests a second of one Pod; `start`: steps from decision to ready Pod;
    `objective`: seconds a request may wait; `step`: seconds of one step."""

    capacity: Floats
    start: int = 10
    objective: float = 0.5
    step: float = 1.0


@dataclass(frozen=True)
class Seen:
    """What a policy sees at the end of its period; arrays (N,).

    arrived, served: requests a second over the period; waiting: requests in the queue; ready, wanted: Pods;
    busy: share of the ready Pods' time that was used, at most 1.
    """

    seconds: float
    arrived: Floats
    served: Floats
    waiting: Floats
    ready: Floats
    wanted: Floats
    busy: Floats


@dataclass(frozen=True)
class Score:
    """What came of a flight; arrays (N,). Pod-seconds count from the decision, as a bill does."""

    total: Floats
    missed: Floats
    pod_seconds: Floats
    least_seconds: Floats
    actions: Floats
    reversals: Floats
    turns: Floats
    """Changes of direction, however long after the change before."""
    seconds: float

    @property
    def violation_percent(self) -> Floats:
        return 100.0 * self.missed / np.maximum(self.total, 1.0)

    @property
    def cost_ratio(self) -> Floats:
        return self.pod_seconds / np.maximum(self.least_seconds, 1.0)


Policy = Callable[[Seen], Floats]
"""Pods wanted (N,), from what was seen."""


def fly(plant: Plant, arrivals: Floats, first: Floats, period: int, policy: Policy, warm: int = 0) -> Score:
    """Fly `policy` every `period` steps over `arrivals` (steps, N), beginning with `first` (N,) Pods.

    The first `warm` steps are flown and not counted.
    """
    flight = Flight(plant, first)
    for step, arrived in enumerate(arrivals):
        if step == warm:
            flight.forget()
        if step and step % period == 0:
            flight.want(policy(flight.seen()))
        flight.advance(arrived)
    return flight.score()


class Flight:
    """The plant under way: the one object here that changes."""

    def __init__(self, plant: Plant, first: Floats) -> None:
        self.plant = plant
        self.wanted = first.astype(np.float64)
        self.ready = self.wanted.copy()
        self._asked = np.tile(self.wanted, (plant.start + 1, 1))
        self._place = 0
        self._queue = np.zeros_like(self.wanted)
        self._clock = 0.0
        self._turned = np.full_like(self.wanted, -np.inf)
        self._direction = np.zeros_like(self.wanted)
        self._begin_period()
        self.forget()

    def forget(self) -> None:
        """Count from here on."""
        zero = np.zeros_like(self.wanted)
        self._total, self._missed, self._paid = zero.copy(), zero.copy(), zero.copy()
        self._least, self._actions, self._reversals = zero.copy(), zero.copy(), zero.copy()
        self._turns = zero.copy()
        self._since = self._clock

    def _begin_period(self) -> None:
        self._arrived = np.zeros_like(self.wanted)
        self._served = np.zeros_like(self.wanted)
        self._offered = np.zeros_like(self.wanted)
        self._passed = 0.0

    def seen(self) -> Seen:
        """What happened since it was asked last."""
        seconds = max(self._passed, 1e-9)
        seen = Seen(
            seconds,
            self._arrived / seconds,
            self._served / seconds,
            self._queue.copy(),
            self.ready.copy(),
            self.wanted.copy(),
            self._served / np.maximum(self._offered, 1e-9),
        )
        self._begin_period()
        return seen

    def want(self, pods: Floats) -> None:
        """Ask for so many Pods from now on."""
        change = np.sign(pods - self.wanted)
        acts = change != 0
        again = self._clock - self._turned < REVERSAL_SECONDS
        self._reversals += acts & again & (change == -self._direction)
        self._turns += acts & (change == -self._direction)
        self._actions += acts
        self._turned = np.where(acts, self._clock, self._turned)
        self._direction = np.where(acts, change, self._direction)
        self.wanted = np.asarray(pods, dtype=np.float64)

    def advance(self, arrived: Floats) -> None:
        """One step with `arrived` (N,) requests."""
        step, capacity = self.plant.step, self.plant.capacity
        self._place = (self._place + 1) % len(self._asked)
        self._asked[self._place] = self.wanted
        # a Pod is ready when it was wanted all through the start-up time; the newest go first
        self.ready = self._asked.min(axis=0)
        able = self.ready * capacity * step
        before, after = self._queue, np.maximum(self._queue + arrived - able, 0.0)
        self._missed += arrived * self._late(before, before + arrived - able, able / step)
        served = before + arrived - after
        self._queue = after
        self._arrived += arrived
        self._served += served
        self._offered += able
        self._total += arrived
        self._paid += self.wanted * step
        self._least += np.ceil(arrived / (capacity * step) - 1e-9) * step
        self._passed += step
        self._clock += step

    def _late(self, before: Floats, after: Floats, rate: Floats) -> Floats:
        """Share of a step's arrivals that waits longer than the objective: the queue goes evenly from
        before to after."""
        allowed = self.plant.objective * rate
        low, high = np.minimum(before, after), np.maximum(before, after)
        share = (high - allowed) / np.maximum(high - low, 1e-12)
        return np.where(low > allowed, 1.0, np.clip(share, 0.0, 1.0))

    def score(self) -> Score:
        """So far."""
        counts = (
            self._total,
            self._missed,
            self._paid,
            self._least,
            self._actions,
            self._reversals,
            self._turns,
        )
        return Score(
            *(count.copy() for count in counts),
            self._clock - self._since,
        )
