"""Knative's KPA: serving/pkg/autoscaler/scaling/autoscaler.go, with the defaults of config-autoscaler, on requests a second."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cupel.control.plant import Seen

Floats = npt.NDArray[np.float64]
STABLE, PANIC, TICK = 60, 6, 2
UP, DOWN, THRESHOLD = 1000.0, 2.0, 2.0


class Kpa:
    """Every 2 s: the mean of 60 s, or of 6 s in panic, over the target."""

    period = TICK

    def __init__(self, capacity: Floats, target: Floats, most: Floats) -> None:
        self.goal, self.most = capacity * target, most
        n = len(capacity)
        self.loads: list[Floats] = []
        self.calm = np.full(n, np.inf)
        self.highest = np.zeros(n)

    def __call__(self, seen: Seen) -> Floats:
        self.loads = [*self.loads, seen.arrived][-STABLE // TICK :]
        pods = np.maximum(1.0, seen.ready)
        most, least = np.ceil(UP * pods), np.floor(pods / DOWN)
        stable = self._wanted(STABLE, least, most)
        panic = self._wanted(PANIC, least, most)
        over = np.ceil(np.mean(self.loads[-PANIC // TICK :], axis=0) / self.goal) / pods >= THRESHOLD
        self.calm = np.where(over, 0.0, self.calm + seen.seconds)
        panicking = self.calm < STABLE
        self.highest = np.where(panicking, np.maximum(self.highest, np.maximum(stable, panic)), 0.0)
        wanted = np.where(panicking, self.highest, stable)
        return np.clip(wanted, 1.0, self.most)

    def _wanted(self, seconds: int, least: Floats, most: Floats) -> Floats:
        mean = np.mean(self.loads[-seconds // TICK :], axis=0)
        return np.asarray(np.clip(np.ceil(mean / self.goal), least, most))
