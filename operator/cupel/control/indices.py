"""The three indices: omega_score, psi_index and beta_antifragile. Formulas: docs/control.md, "Indices"."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .belief import Belief
from .noise import HIGH_NIS, LOW_NIS
from .rows import Floats, Mask, chosen, either

WHITE = 0.45
"""The band that the windowed whiteness of a right filter keeps 95 % of the time: 1.96 deviations of 0.23."""
MEMORY = 300.0
"""Seconds over which omega and performance are averaged."""
RECOVERY = 120.0
"""Seconds given to a disturbance before what comes after it is judged."""
AFTERMATH = 300.0
"""Seconds that are judged."""
SETBACK = 0.2
"""Share by which performance falls below its average where that is a disturbance."""
LATEST = 0.3
"""Weight of the last disturbance in beta."""
LEAST_PERFORMANCE = 0.05
"""Performance before a disturbance below which a ratio to it says nothing."""


def omega_score(figures: Floats, at_least: Floats, at_most: Floats, weights: Floats) -> Floats:
    """Weighted share of objectives that are met, 0 to 1, (N,); all arguments (N, objectives).

    omega = sum of w over those met / sum of w over those measured. A bound of -inf or inf does not bind;
    weight 0 is no objective; a NaN figure is not measured. NaN where nothing is measured. Which figures
    there are: `policy.INDICES`.
    """
    measured = ~np.isnan(figures)
    with np.errstate(invalid="ignore"):
        met = measured & (figures >= at_least) & (figures <= at_most)
    total = np.sum(weights * measured, axis=1)
    return either(total > 0, np.sum(weights * met, axis=1) / either(total > 0, total, 1.0), np.nan)


def psi_index(belief: Belief) -> Floats:
    """Consistency of belief with what then happened, 0 to 1, (N,); NaN before there were two samples.

    psi = min(1, nis / 0.47, 1.73 / nis) · min(1, 0.45 / |whiteness|): 1 inside both 95 % bands of a right
    filter, otherwise how far outside, as a ratio.
    """
    nis = np.maximum(belief.nis, 1e-12)
    size = np.minimum(1.0, np.minimum(nis / LOW_NIS, HIGH_NIS / nis))
    order = np.minimum(1.0, WHITE / np.maximum(np.abs(belief.whiteness), 1e-12))
    return either(belief.steps >= 2, size * order, np.nan)


def performance(omega: Floats, error_ratio: Floats) -> Floats:
    """What beta compares, 0 to 1, (N,): objectives met, and how much better than naive the load is foreseen.

    omega / (1 + error_ratio), the latter from `retune.Trial`: unlike omega alone it has room above, so that a
    policy that learns from a disturbance can show it.
    """
    return omega / (1.0 + np.maximum(error_ratio, 0.0))


@dataclass(frozen=True)
class Resilience:
    """What beta_antifragile remembers; arrays of shape (N,)."""

    usual: Floats
    """Performance averaged over MEMORY while nothing disturbs; NaN before any."""
    before: Floats
    """The usual when the disturbance began; NaN where none is open."""
    since: Floats
    """Seconds since it began."""
    total: Floats
    """Performance after recovery, times seconds."""
    judged: Floats
    """Those seconds."""
    beta: Floats
    """beta_antifragile; NaN before a first disturbance was judged."""

    @classmethod
    def blank(cls, n: int) -> Resilience:
        unknown, zero = np.full(n, np.nan), np.zeros(n)
        return cls(unknown, unknown, zero, zero, zero, unknown)


def resilience(memory: Resilience, now: Floats, shifted: Mask, dt: Floats) -> Resilience:
    """One tick of `dt` seconds with performance `now`, (N,) each; NaN is none. `shifted`: the load jumped.

    A disturbance begins with a jump of the load, or where performance falls a fifth below the usual. It is
    given RECOVERY; then AFTERMATH is averaged, and beta = LATEST · after / before + (1 - LATEST) · beta. What
    else happens until then belongs to it.
    """
    there = np.isfinite(now) & (dt > 0)
    if not there.any() and not np.isfinite(memory.before).any():
        return memory
    seconds = either(there, np.minimum(dt, MEMORY), 0.0)
    figure = either(there, now, 0.0)
    ended = memory.judged >= AFTERMATH
    memory = chosen(ended, _closed(memory), memory) if ended.any() else memory
    fell = figure < (1 - SETBACK) * memory.usual
    begins = there & ~np.isfinite(memory.before) & (memory.usual >= LEAST_PERFORMANCE) & (fell | shifted)
    memory = chosen(begins, _opened(memory), memory) if begins.any() else memory
    open_ = np.isfinite(memory.before)
    usual = averaged(memory.usual, either(there, now, np.nan), seconds)
    if not open_.any():
        return replace(memory, usual=usual)
    since = np.where(open_, memory.since + seconds, 0.0)
    counts = np.where(open_ & (since > RECOVERY), seconds, 0.0)
    return replace(
        memory,
        usual=np.where(open_, memory.usual, usual),
        since=since,
        total=memory.total + counts * figure,
        judged=memory.judged + counts,
    )


def averaged(average: Floats, figure: Floats, seconds: Floats) -> Floats:
    """An exponential average over MEMORY, (N,); a NaN figure changes nothing, a NaN average begins at it."""
    known = np.isfinite(figure)
    if not known.any():
        return average
    share = -np.expm1(-seconds / MEMORY)
    moved = either(np.isfinite(average), average + share * (figure - average), figure)
    return either(known, moved, average)


def _opened(memory: Resilience) -> Resilience:
    zero: NDArray[np.float64] = np.zeros_like(memory.since)
    return Resilience(memory.usual, memory.usual, zero, zero, zero, memory.beta)


def _closed(memory: Resilience) -> Resilience:
    """The disturbance is over: what came after it is the usual from now on."""
    after = memory.total / np.maximum(memory.judged, 1e-9)
    ratio = after / np.maximum(memory.before, LEAST_PERFORMANCE)
    beta = np.where(np.isfinite(memory.beta), memory.beta + LATEST * (ratio - memory.beta), ratio)
    unknown, zero = np.full_like(memory.since, np.nan), np.zeros_like(memory.since)
    return Resilience(after, unknown, zero, zero, zero, beta)
