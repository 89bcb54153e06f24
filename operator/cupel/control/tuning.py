"""How the estimator is tuned, one row a policy. What moves it, and takes that back, is in `retune`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from .bounds import LEAST_DISPERSION, MOST_DISPERSION, MOST_LOAD, MOST_OVERDISPERSION
from .rows import Floats, Mask, within

Kept = TypeVar("Kept")

TREND_SHARE = 0.01
"""Variance the trend gains in one period, over what the level gains, a period squared."""


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

    @cached_property
    def fading(self) -> Floats:
        """Rate at which the trend and the evidence on R fade, a second."""
        return -np.log(self.gamma) / self.period

    @cached_property
    def fading_squared(self) -> Floats:
        squared: Floats = self.fading**2
        return squared

    @cached_property
    def trend_ceiling(self) -> Floats:
        """Variance of a trend of which nothing is known, over what the level gains in a period.

        Where the random walk of the trend and its fading balance.
        """
        return TREND_SHARE / (self.period**2 * (1 - self.gamma**2))

    @cached_property
    def learns(self) -> Mask:
        """Whether noise adapts at all."""
        return self.eta > 0

    @cached_property
    def dispersions(self) -> tuple[Floats, Floats]:
        """Least and most R in the unit of `noise.unit`; counts are never steadier than Poisson's."""
        least = np.where(self.counts, 1.0, LEAST_DISPERSION)
        return least, np.where(self.counts, MOST_OVERDISPERSION, MOST_DISPERSION)

    @cached_property
    def least_load(self) -> Floats:
        """What a sample must be at least to be one."""
        return np.where(self.counts, 0.0, -MOST_LOAD)

    def kept(self, of: object, worked_out: Callable[[], Kept]) -> Kept:
        """What was worked out of this tuning and of something else, once for as long as both are the same."""
        known = self.__dict__.get("_kept")
        if known is None or known[0] is not of:
            known = self.__dict__["_kept"] = (of, worked_out())
        found: Kept = known[1]
        return found

    def is_at(self, eta: Floats, gamma: Floats, tau: Floats) -> bool:
        """Whether every row is tuned so already: what was worked out of it then need not be again."""
        same = (self.eta == eta) & (self.gamma == gamma) & (self.tau == tau)
        return bool(same.all())

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
        eta = within(tuning.eta, self.least_eta, self.most_eta)
        gamma = within(tuning.gamma, self.least_gamma, self.most_gamma)
        tau = within(tuning.tau, self.least_tau, self.most_tau)
        if tuning.is_at(eta, gamma, tau):
            return tuning
        return replace(tuning, eta=eta, gamma=gamma, tau=tau)
