"""How the estimator is tuned, one row a policy. What moves it, and takes that back, is in `retune`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .rows import Floats, Mask


@dataclass(frozen=True)
class Tuning:
    """Arrays of shape (N,)."""

    eta: Floats
    """How fast noise adapts: the largest change of log Q at one sample. 0: Q and R are held as they are."""
    gamma: Floats
    """Memory: the share kept over one period of the trend and of the evidence on R. 0.5 to 0.999."""
    tau: Floats
    """Horizon: how far ahead to forecast, in seconds."""
    period: Floats
    """Time between two looks, in seconds."""
    counts: Mask
    """Whether load is a rate of counted events, whose variance is at least Poisson's; False: a gauge."""

    @classmethod
    def default(cls, n: int, period: float = 5.0, tau: float = 10.0) -> Tuning:
        """One untuned default for every load."""
        eta, gamma, ahead, every = (np.full(n, value) for value in (0.1, 0.97, tau, period))
        return cls(eta, gamma, ahead, every, np.ones(n, dtype=np.bool_))


@dataclass(frozen=True)
class Bounds:
    """Inside which RETUNE may move a row; arrays of shape (N,). `enabled` False: not at all."""

    least_eta: Floats
    most_eta: Floats
    least_gamma: Floats
    most_gamma: Floats
    least_tau: Floats
    most_tau: Floats
    enabled: Mask

    @classmethod
    def default(cls, n: int) -> Bounds:
        """Those that a policy has which names none."""
        eta, gamma, tau = (0.01, 0.5), (0.5, 0.995), (5.0, 120.0)
        lows = [np.full(n, low) for low, _ in (eta, gamma, tau)]
        highs = [np.full(n, high) for _, high in (eta, gamma, tau)]
        enabled = np.ones(n, dtype=np.bool_)
        return cls(lows[0], highs[0], lows[1], highs[1], lows[2], highs[2], enabled)

    def hold(self, tuning: Tuning) -> Tuning:
        """The tuning inside these bounds: what a policy's new bounds make of what RETUNE had moved."""
        return Tuning(
            np.clip(tuning.eta, self.least_eta, self.most_eta),
            np.clip(tuning.gamma, self.least_gamma, self.most_gamma),
            np.clip(tuning.tau, self.least_tau, self.most_tau),
            tuning.period,
            tuning.counts,
        )
