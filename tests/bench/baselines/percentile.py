"""A moving-window recommender as Autopilot's (Rzadca et al., EuroSys 2020): a percentile of the last ten minutes' load."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cupel.control.plant import Seen

Floats = npt.NDArray[np.float64]
WINDOW, TICK, SHARE = 600, 10, 0.95


class Percentile:
    """Every 10 s: the 95th percentile of 10 s means over ten minutes, over the target."""

    period = TICK

    def __init__(self, capacity: Floats, target: Floats, most: Floats) -> None:
        self.goal, self.most = capacity * target, most
        self.loads: list[Floats] = []

    def __call__(self, seen: Seen) -> Floats:
        self.loads = [*self.loads, seen.arrived][-WINDOW // TICK :]
        recent = np.sort(np.stack(self.loads), axis=0)
        place = int(np.ceil(SHARE * len(recent))) - 1
        return np.clip(np.ceil(recent[place] / self.goal), 1.0, self.most)
