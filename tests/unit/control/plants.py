"""The loads on which the estimator must converge, as docs/control.md published them before it was tuned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, default_rng

from cupel.control.belief import Belief, Floats
from cupel.control.kalman import step
from cupel.control.tuning import Tuning

PLANTS, SEED, SEED_OF_SMALL = 1000, 20261126, 20261127
BEFORE, AFTER = 100, 200
LOAD, RATIO, PERIOD, DISPERSION = (0.1, 1e4), (1 / 20, 20.0), (1.0, 60.0), (1.0, 9.0)
LATE, MISSING = 0.1, 0.2


@dataclass(frozen=True)
class Plants:
    """Loads with one step. Shape (N,), and (N, BEFORE + AFTER) for `dt` and `z`; NaN is a missing sample."""

    period: Floats
    before: Floats
    after: Floats
    dispersion: Floats
    dt: Floats
    z: Floats
    excluded: int

    @property
    def deviation(self) -> Floats:
        """Of one sample, the larger of before and after."""
        return np.sqrt(self.dispersion * np.maximum(self.before, self.after) / self.period)


def log_uniform(rng: Generator, bounds: tuple[float, float], n: int) -> Floats:
    return np.exp(rng.uniform(np.log(bounds[0]), np.log(bounds[1]), n))


def draw(seed: int, least: float, most: float) -> Plants:
    """A thousand whose step is `least` to `most` deviations of a sample; the others are drawn again, and counted."""
    rng = default_rng(seed)
    kept: list[Floats] = []
    excluded = 0
    while sum(len(part) for part in kept) < PLANTS:
        period, before, ratio = (log_uniform(rng, bounds, PLANTS) for bounds in (PERIOD, LOAD, RATIO))
        noisy = rng.random(PLANTS) < 0.5
        dispersion = np.where(noisy, log_uniform(rng, DISPERSION, PLANTS), 1.0)
        columns = np.stack([period, before, before * ratio, dispersion], axis=1)
        deviation = np.sqrt(dispersion * before * np.maximum(1, ratio) / period)
        steps = before * np.abs(ratio - 1) / deviation
        fits = (steps >= least) & (steps < most)
        needed = PLANTS - sum(len(part) for part in kept)
        drawn = int(np.searchsorted(np.cumsum(fits), needed)) + 1
        excluded += int((~fits[:drawn]).sum())
        kept.append(columns[:drawn][fits[:drawn]])
    return _sampled(rng, np.concatenate(kept), excluded)


def _sampled(rng: Generator, columns: Floats, excluded: int) -> Plants:
    period, before, after, dispersion = columns.T
    n, length = len(columns), BEFORE + AFTER
    ticks = (np.arange(length + 1) + rng.uniform(-LATE, LATE, (n, length + 1))) * period[:, None]
    dt = np.diff(ticks, axis=1)
    load = np.where(np.arange(length) < BEFORE, before[:, None], after[:, None])
    z = counted(rng, load * dt, dispersion[:, None]) / dt
    z[rng.random((n, length)) < rng.uniform(0, MISSING, n)[:, None]] = np.nan
    return Plants(period, before, after, dispersion, dt, z, excluded)


def counted(rng: Generator, mean: Floats, dispersion: Floats) -> Floats:
    """Poisson, or negative binomial where the dispersion is above 1."""
    spread = np.maximum(dispersion - 1, 1e-9)
    mixed = np.where(dispersion > 1, rng.gamma(mean / spread, spread), mean)
    return rng.poisson(mixed).astype(np.float64)


def tuning_for(period: Floats) -> Tuning:
    """The default, at each plant's own period."""
    from dataclasses import replace

    return replace(Tuning.default(len(period)), period=period)


def believed(plants: Plants) -> Floats:
    """Believed level after each tick, (N, BEFORE + AFTER)."""
    tuning, belief = tuning_for(plants.period), Belief.blank(len(plants.period))
    levels = np.empty_like(plants.z)
    for k in range(plants.z.shape[1]):
        belief, _ = step(belief, plants.z[:, k], plants.dt[:, k], tuning)
        levels[:, k] = belief.level
    return levels


def errors(plants: Plants) -> list[Floats]:
    """For each plant: its error after each sample since the step, as a share of the step; 1 is no movement."""
    share = (believed(plants) - plants.after[:, None]) / (plants.before - plants.after)[:, None]
    seen = np.isfinite(plants.z[:, BEFORE:])
    return [row[BEFORE:][there] for row, there in zip(share, seen, strict=True)]
