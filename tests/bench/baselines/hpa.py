"""Kubernetes' HorizontalPodAutoscaler (autoscaling/v2, v1.36): pkg/controller/podautoscaler, many of them at once.

`tests/unit/control/test_hpa.py` holds it equal to the real package's golden vectors (`tests/bench/golden`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from cupel.control.plant import Seen

Floats = npt.NDArray[np.float64]
SYNC = 15.0
TOLERANCE = 0.1
WINDOW = 300.0
HISTORY = 64
"""Recommendations and scale events remembered: more than fit into the longest window at one a sync."""
PODS, PERCENT = 1, 2
MAX, MIN, DISABLED = 0, 1, 2
HUGE = 2.0**31


@dataclass(frozen=True)
class Rules:
    """One direction of `spec.behavior`; arrays (N,), policies (P, N), kind 0 where there is none."""

    window: Floats
    select: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]
    value: Floats
    period: Floats


@dataclass(frozen=True)
class Behavior:
    up: Rules
    down: Rules

    @classmethod
    def default(cls, n: int) -> Behavior:
        """What the API server makes of `behavior: {}`."""
        return cls(
            _rules(n, 0.0, [(PODS, 4.0, 15.0), (PERCENT, 100.0, 15.0)]),
            _rules(n, WINDOW, [(PERCENT, 100.0, 15.0)]),
        )


def _rules(n: int, window: float, policies: list[tuple[int, float, float]]) -> Rules:
    columns = [np.repeat(np.array(column)[:, None], n, axis=1) for column in zip(*policies, strict=True)]
    kind, value, period = columns
    return Rules(np.full(n, window), np.full(n, MAX), kind.astype(np.int64), value, period)


@dataclass
class Past:
    """What happened, and when: a ring of the last HISTORY of each row."""

    n: int
    value: Floats = field(init=False)
    at: Floats = field(init=False)
    place: int = 0

    def __post_init__(self) -> None:
        self.value = np.zeros((HISTORY, self.n))
        self.at = np.full((HISTORY, self.n), -np.inf)

    def add(self, value: Floats, now: Floats, rows: npt.NDArray[np.bool_]) -> None:
        self.value[self.place] = value
        self.at[self.place] = np.where(rows, now, -np.inf)
        self.place = (self.place + 1) % HISTORY

    def store(self, value: Floats, now: Floats, rows: npt.NDArray[np.bool_], kept: Floats) -> None:
        """storeScaleEvent: in the place of the last event older than `kept` seconds, else in a free one.

        Such an event may still be asked for by the other direction's rules, if a period of theirs is longer:
        Kubernetes forgets it all the same, and at one time or another, depending on what came before.
        """
        outdated, free = self.at < now - kept, self.at == -np.inf
        oldest = np.where(free.any(axis=0), free.argmax(axis=0), self.at.argmin(axis=0))
        last = HISTORY - 1 - (outdated & ~free)[::-1].argmax(axis=0)
        place = np.where((outdated & ~free).any(axis=0), last, oldest)
        self.value[place[rows], rows] = value[rows]
        self.at[place[rows], rows] = now[rows]


class Hpa:
    """N autoscalers: what metrics propose becomes what is decided (normalizeDesiredReplicas)."""

    def __init__(self, least: Floats, most: Floats, behavior: Behavior | None = None) -> None:
        self.least, self.most, self.behavior = least, most, behavior
        n = len(least)
        self.clock = np.zeros(n)
        self.recommended, self.ups, self.downs = Past(n), Past(n), Past(n)

    def decide(self, proposed: Floats, current: Floats, seconds: Floats | float) -> Floats:
        """Pods (N,) from a proposal, `seconds` after the last one."""
        self.clock = self.clock + seconds
        decided = self._plain(proposed, current) if self.behavior is None else self._ruled(proposed, current)
        self.recommended.add(proposed, self.clock, np.ones(len(current), np.bool_))
        if self.behavior is not None:
            up, down = self.behavior.up, self.behavior.down
            self.ups.store(decided - current, self.clock, decided > current, up.period.max(axis=0))
            self.downs.store(current - decided, self.clock, decided < current, down.period.max(axis=0))
        return decided

    def _plain(self, proposed: Floats, current: Floats) -> Floats:
        recent = self.recommended.at >= self.clock - WINDOW
        stable = np.maximum(proposed, np.where(recent, self.recommended.value, -HUGE).max(axis=0))
        limit = np.minimum(self.most, np.maximum(2 * current, 4))
        return np.where(stable < self.least, self.least, np.minimum(stable, limit))

    def _ruled(self, proposed: Floats, current: Floats) -> Floats:
        assert self.behavior is not None
        up, down = self.behavior.up, self.behavior.down
        past = self.recommended
        lowest = np.where(past.at > self.clock - up.window, past.value, HUGE).min(axis=0)
        highest = np.where(past.at > self.clock - down.window, past.value, -HUGE).max(axis=0)
        stable = np.maximum(current, np.minimum(proposed, lowest))
        stable = np.minimum(stable, np.maximum(proposed, highest))
        ceiling = np.minimum(self.most, np.maximum(self._limit(up, current, rising=True), current))
        floor = np.maximum(self.least, np.minimum(self._limit(down, current, rising=False), current))
        raised = np.where(stable > ceiling, ceiling, stable)
        lowered = np.where(stable < floor, floor, stable)
        return np.select([stable > current, stable < current], [raised, lowered], stable)

    def _limit(self, rules: Rules, current: Floats, *, rising: bool) -> Floats:
        """calculateScaleUpLimitWithScalingRules and its counterpart."""
        proposals = []
        for kind, value, period in zip(rules.kind, rules.value, rules.period, strict=True):
            start = current - self._changed(self.ups, period) + self._changed(self.downs, period)
            share = 1 + value / 100 if rising else 1 - value / 100
            percent = np.ceil(start * share) if rising else np.trunc(start * share)
            pods = start + value if rising else start - value
            proposals.append(np.where(kind == PODS, pods, np.where(kind == PERCENT, percent, np.nan)))
        stacked = np.stack(proposals)
        most, least = np.nanmax(stacked, axis=0), np.nanmin(stacked, axis=0)
        widest, narrowest = (most, least) if rising else (least, most)
        return np.select(
            [rules.select == DISABLED, rules.select == MIN], [current, narrowest], widest
        ).astype(np.float64)

    def _changed(self, past: Past, period: Floats) -> Floats:
        return np.where(past.at > self.clock - period, past.value, 0.0).sum(axis=0)


def within(ratio: Floats) -> npt.NDArray[np.bool_]:
    return (1.0 - TOLERANCE <= ratio) & (ratio <= 1.0 + TOLERANCE)


def by_requests(usage: Floats, target: Floats, current: Floats) -> Floats:
    """GetExternalPerPodMetricReplicas: an AverageValue of `target` (N,)."""
    return np.where(within(usage / (target * current)), current, np.ceil(usage / target))


def by_cpu(use: Floats, ready: Floats, unready: Floats, missing: Floats, target: Floats) -> Floats:
    """GetResourceReplicas: `use` thousandths of a core by `ready` Pods that each request one; target in percent."""
    current = ready + unready + missing
    ratio = np.floor(use * 100 / (1000 * ready)) / target
    rising = (unready > 0) & (ratio > 1)
    simple = ~rising & (missing == 0)
    filled = np.where((missing > 0) & (ratio != 1), missing, 0.0)
    assumed = np.where(ratio < 1, np.floor(1000 * np.maximum(100, target) / 100), 0.0)
    pods = ready + filled + np.where(rising, unready, 0.0)
    again = np.floor((use + filled * assumed) * 100 / (1000 * pods)) / target
    flips = ((ratio < 1) & (again > 1)) | ((ratio > 1) & (again < 1))
    wanted = np.ceil(again * pods)
    against = ((again < 1) & (wanted > current)) | ((again > 1) & (wanted < current))
    careful = np.where(within(again) | flips | against, current, wanted)
    return np.where(simple, np.where(within(ratio), current, np.ceil(ratio * ready)), careful)


class Requests:
    """HPA on requests a second and Pod, as KEDA and the Prometheus adapter set it up."""

    period = int(SYNC)

    def __init__(self, capacity: Floats, target: Floats, most: Floats, behavior: bool = False) -> None:
        n = len(capacity)
        self.goal = capacity * target
        self.hpa = Hpa(np.ones(n), most, Behavior.default(n) if behavior else None)

    def __call__(self, seen: Seen) -> Floats:
        proposed = by_requests(seen.arrived, self.goal, seen.wanted)
        return self.hpa.decide(proposed, seen.wanted, seen.seconds)


class Cpu:
    """HPA on processor use: starting Pods are unready, use cannot exceed what there is."""

    period = int(SYNC)

    def __init__(self, capacity: Floats, target: Floats, most: Floats) -> None:
        self.target = np.round(target * 100)
        self.hpa = Hpa(np.ones(len(capacity)), most)

    def __call__(self, seen: Seen) -> Floats:
        ready = np.maximum(seen.ready, 1.0)
        use = np.round(seen.busy * 1000 * ready)
        nothing = np.zeros_like(ready)
        proposed = by_cpu(use, ready, np.maximum(seen.wanted - ready, 0.0), nothing, self.target)
        return self.hpa.decide(proposed, seen.wanted, seen.seconds)
