"""Predictive HPA with its linear model (jthomperoo/predictive-horizontal-pod-autoscaler): the HPA's answer, extrapolated."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from tests.bench.baselines.hpa import SYNC, Hpa, by_requests

from cupel.control.plant import Seen

Floats = npt.NDArray[np.float64]
HISTORY, AHEAD = 6, 10.0
"""Of the project's own example: six past evaluations, looking ten seconds ahead; decisionType `maximum`."""


class Phpa:
    period = int(SYNC)

    def __init__(self, capacity: Floats, target: Floats, most: Floats) -> None:
        self.goal = capacity * target
        self.hpa = Hpa(np.ones(len(capacity)), most)
        self.past: list[Floats] = []

    def __call__(self, seen: Seen) -> Floats:
        now = by_requests(seen.arrived, self.goal, seen.wanted)
        self.past = [*self.past, now][-HISTORY:]
        return self.hpa.decide(np.maximum(now, self._line(now)), seen.wanted, seen.seconds)

    def _line(self, now: Floats) -> Floats:
        """Ordinary least squares of Pods on time, AHEAD seconds from now."""
        if len(self.past) < 2:
            return now
        history = np.stack(self.past)
        times = (np.arange(len(history)) - (len(history) - 1)) * SYNC
        centred = times - times.mean()
        slope = (centred[:, None] * history).sum(axis=0) / (centred**2).sum()
        return np.ceil(history.mean(axis=0) + slope * (AHEAD - times.mean()) - 1e-9)
