"""A clairvoyant: knows every request beforehand, but its Pods take as long to start as everybody's."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cupel.control.plant import Seen

Floats = npt.NDArray[np.float64]


class Oracle:
    """n(t) = the largest ceil(load / capacity) from t to t + start, divided by the target use."""

    period = 1

    def __init__(self, plan: Floats) -> None:
        self.plan = plan
        self.step = 0

    def __call__(self, seen: Seen) -> Floats:
        self.step += 1
        return np.asarray(self.plan[min(self.step, len(self.plan) - 1)])


def plan(arrivals: Floats, capacity: float, start: int) -> Floats:
    """Pods (steps, rows) for arrivals (steps, rows): the largest need of the `start` + 1 steps that follow."""
    need = np.maximum(np.ceil(arrivals / capacity), 1.0)
    largest = need.copy()
    for ahead in range(1, start + 1):
        largest[:-ahead] = np.maximum(largest[:-ahead], need[ahead:])
    return largest
