"""RETUNE: moves eta, gamma or tau for a reason, and takes it back where it did not help.

Each reason is what a right filter shows in less than one of a thousand windows. A move of eta or gamma is
judged by the error of the forecast against the naive one's, a move of tau by the objectives missed. What was
taken back is tried again ever more seldom.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from .kalman import Innovation
from .rows import Floats, Mask, chosen, either, first_of, put, take
from .tuning import Bounds, Tuning

REASONS = (
    "",
    "InnovationsFollowEachOther",
    "InnovationsTooLarge",
    "InnovationsTooSmall",
    "InnovationsAlternate",
    "InnovationsFit",
    "PodsStartSlower",
    "PodsStartFaster",
    "DidNotHelp",
)
"""Words for the index that `retune` answers; "" is no move."""
NONE, FOLLOW, LARGE, SMALL, ALTERNATE, FIT, SLOWER, FASTER, UNDONE = range(len(REASONS))
SLOW = 0.98
"""Weight of the past in the averages that are tested: as many as 99 equally weighted samples."""
FOLLOWING, ALTERNATING = 0.33, -0.33
"""3.3 deviations (0.1) of the mean product of neighbouring innovations of a right filter."""
TOO_LARGE, TOO_SMALL = 1.47, 0.53
"""3.3 deviations (0.142) of its mean NIS."""
FITS, CALM = 0.1, 4.0
"""Deviation that counts as none, and for how many times PATIENCE, before a longer memory is tried."""
STEP = 1.5
"""Factor of one move, of eta and of the memory 1 / (1 - gamma)."""
LEADS = 1.2
"""How much longer than tau Pods must take to start, or shorter, before tau moves."""
PATIENCE, TRIAL = 200.0, 200.0
"""Samples before the first move and between moves, and from a move to its judgement."""
HELPED = 0.98
"""Error after over error before, at most, of a move that helped."""
HARMED = 0.02
"""Share of objectives that more are missed after a move of tau that is taken back."""
LONGEST = 64.0
"""Most times that PATIENCE is doubled into after moves that did not help."""


@dataclass(frozen=True)
class Trial:
    """What RETUNE remembers; arrays of shape (N,)."""

    nis: Floats
    """Slow average of the NIS."""
    chain: Floats
    """Slow average of the product of neighbouring normalised innovations."""
    previous: Floats
    """Normalised innovation of the sample before."""
    sample: Floats
    """The sample before; NaN where there was none."""
    error: Floats
    """Slow average of the squared residual, in units of the naive forecast's: see `error_ratio`."""
    naive: Floats
    """Slow average of the squared difference of neighbouring samples."""
    missed: Floats
    """Slow average of the share of objectives missed."""
    age: Floats
    """Samples since the last move."""
    patience: Floats
    """Times PATIENCE that must pass before the next one."""
    moved: Floats
    """The reason of the move that is on trial, 0: none is."""
    eta: Floats
    """Eta, gamma and tau before that move; the error and the objectives missed, then."""
    gamma: Floats
    tau: Floats
    error_then: Floats
    missed_then: Floats

    @classmethod
    def blank(cls, n: int) -> Trial:
        zero, one = np.zeros(n), np.ones(n)
        return cls(one, zero, zero, np.full(n, np.nan), *(zero,) * 4, one, *(zero,) * 6)

    @cached_property
    def error_ratio(self) -> Floats:
        """RMS error of the forecast of the next sample, over that of "as the last"; 1 without evidence."""
        known = self.naive > 0
        with np.errstate(over="ignore"):
            ratio = self.error / either(known, self.naive, 1.0)
        return either(known, np.sqrt(np.minimum(ratio, 1e6)), 1.0)


@dataclass(frozen=True)
class Evidence:
    """What one tick says; arrays of shape (N,), NaN where not known."""

    z: Floats
    """The sample."""
    missed: Floats
    """Share of the objectives missed: 1 - omega_score."""
    lead: Floats
    """Time from a decision to a ready Pod as it is now, in seconds, the period included."""


def note(trial: Trial, seen: Innovation, evidence: Evidence) -> Trial:
    """The averages, one sample later; a sample that was missing, or doubted, changes none of them."""
    counts = seen.used & ~seen.doubted & ~seen.begun
    pairs, judged = counts & np.isfinite(trial.sample), np.isfinite(evidence.missed)
    nu = either(counts, seen.residual / np.sqrt(seen.S), 0.0)
    return replace(
        trial,
        nis=_averaged(trial.nis, nu**2, counts),
        chain=_averaged(trial.chain, nu * trial.previous, counts),
        previous=nu,
        sample=either(seen.used, evidence.z, np.nan),
        error=_averaged(trial.error, seen.residual**2, pairs),
        naive=_averaged(trial.naive, (evidence.z - trial.sample) ** 2, pairs),
        missed=_averaged(trial.missed, evidence.missed, judged) if judged.any() else trial.missed,
        age=trial.age + seen.used,
    )


def retune(trial: Trial, tuning: Tuning, bounds: Bounds, evidence: Evidence) -> tuple[Trial, Tuning, Floats]:
    """The tuning from now on, and the index into REASONS of why it moved; at most one move a row and tick."""
    tried = (trial.moved > 0) & (trial.age >= TRIAL)
    reason = _reason(trial, tuning, evidence)
    rows = np.flatnonzero(tried | (bounds.enabled & (reason > 0)))
    why = np.zeros_like(trial.age)
    if not rows.size:
        return trial, tuning, why
    few = take(trial, rows), take(tuning, rows), take(bounds, rows), take(evidence, rows)
    tried_on, retuned, why[rows] = _judged(*few, reason[rows])
    if why.any():
        tuning = put(tuning, rows, retuned)
    return put(trial, rows, tried_on), tuning, why


def _judged(
    trial: Trial, tuning: Tuning, bounds: Bounds, evidence: Evidence, reason: Floats
) -> tuple[Trial, Tuning, Floats]:
    """The same of rows that have been tried long enough, or have a reason to move."""
    undo = _undo(trial)
    keep = (trial.moved > 0) & (trial.age >= TRIAL) & ~undo
    reason = np.where(undo, UNDONE, reason)
    before = replace(tuning, eta=trial.eta, gamma=trial.gamma, tau=trial.tau)
    wanted = bounds.hold(chosen(undo, before, _moved(tuning, evidence, reason)))
    same = (wanted.eta == tuning.eta) & (wanted.gamma == tuning.gamma) & (wanted.tau == tuning.tau)
    moves = bounds.enabled & (reason > 0) & ~same
    after = _remembered(trial, tuning, moves & ~undo, reason)
    patience = np.where(undo, np.minimum(trial.patience * 2, LONGEST), np.where(keep, 1.0, trial.patience))
    ended = undo | keep
    after = replace(
        after,
        patience=patience,
        moved=np.where(ended, 0.0, after.moved),
        age=np.where(ended, 0.0, after.age),
    )
    return after, chosen(moves, wanted, tuning), np.where(moves, reason, float(NONE))


def _undo(trial: Trial) -> Mask:
    """Which moves, at the end of their trial, did not help."""
    useless = trial.error_ratio > HELPED * trial.error_then
    harmful = trial.missed > trial.missed_then + HARMED
    horizon = (trial.moved == SLOWER) | (trial.moved == FASTER)
    judged: Mask = (trial.moved > 0) & (trial.age >= TRIAL) & np.where(horizon, harmful, useless)
    return judged


def _reason(trial: Trial, tuning: Tuning, evidence: Evidence) -> Floats:
    """The first reason that holds, of rows that may move now."""
    waited = trial.age / (PATIENCE * trial.patience)
    due = (trial.moved == 0) & (waited >= 1)
    fits = (np.abs(trial.chain) < FITS) & (np.abs(trial.nis - 1) < FITS)
    holds = {
        SLOWER: evidence.lead > LEADS * tuning.tau,
        FASTER: evidence.lead * LEADS < tuning.tau,
        FOLLOW: trial.chain > FOLLOWING,
        ALTERNATE: trial.chain < ALTERNATING,
        LARGE: trial.nis > TOO_LARGE,
        SMALL: trial.nis < TOO_SMALL,
        FIT: fits & (waited >= CALM),
    }
    first = first_of([*(due & test for test in holds.values()), np.True_])
    return np.array([*holds, NONE], np.float64)[first]


def _moved(tuning: Tuning, evidence: Evidence, reason: Floats) -> Tuning:
    """Eta up where Q lags, down where it swings; memory down where R lags, up where all fits; tau to lead."""
    faster, slower = reason == FOLLOW, reason == ALTERNATE
    lag = (reason == LARGE) | (reason == SMALL)
    memory = np.where(lag, STEP, np.where(reason == FIT, 1 / STEP, 1.0))
    eta = tuning.eta * np.where(faster, STEP, np.where(slower, 1 / STEP, 1.0))
    gamma = np.where(memory == 1.0, tuning.gamma, 1 - np.minimum((1 - tuning.gamma) * memory, 1.0))
    follows = (reason == SLOWER) | (reason == FASTER)
    return replace(tuning, eta=eta, gamma=gamma, tau=np.where(follows, evidence.lead, tuning.tau))


def _remembered(trial: Trial, tuning: Tuning, moves: Mask, reason: Floats) -> Trial:
    """What was before a move that is now on trial."""
    started = replace(
        trial,
        moved=reason,
        age=np.zeros_like(reason),
        eta=tuning.eta,
        gamma=tuning.gamma,
        tau=tuning.tau,
        error_then=trial.error_ratio,
        missed_then=trial.missed,
    )
    return chosen(moves, started, trial)


def _averaged(average: Floats, figure: Floats, known: Mask) -> Floats:
    moved: Floats = figure - average
    moved *= 1 - SLOW
    moved += average
    np.copyto(moved, average, where=~known)
    return moved
