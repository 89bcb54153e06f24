"""How the estimator is tuned, one row a policy; RETUNE moves it within the policy's bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .belief import Floats, Mask


@dataclass(frozen=True)
class Tuning:
    """Arrays of shape (N,)."""

    eta: Floats
    """How fast the noise estimates adapt: largest change of log Q at one sample. 0: Q and R are held as they are."""
    gamma: Floats
    """Memory: the share of the past that is kept over one period, of the trend and of the evidence on R. 0.5 to 0.999."""
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
