"""What to do about a forecast: ScaleUp, ScaleDown or NoOp, how sure that is, and when it may be done.

A ScaleUp is right when demand outgrows the Pods there were within JUDGED_UP seconds; a ScaleDown, when it stays within the Pods that
are left for JUDGED_DOWN seconds. The confidence is that probability, from what peaks there have been. Nothing is done below the
mode's sureness. That ScaleDown must clear a higher quantile than ScaleUp is what keeps a constant load still.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from .belief import Floats, Mask
from .forecast import WATCH, Peaks, quantile, share_below

JUDGED_UP = 1800.0
JUDGED_DOWN = 600.0
APART = 0.5
"""The share of peaks that exceed what ScaleDown leaves is at most this part of the share at which ScaleUp begins."""
PATIENCE = 0.5
"""Seconds that a call may wait for a Pod."""
CHANCE = 1.5
"""-ln of the chance that, at the peak, a call waits longer."""
SETTLE_UP = 300.0
"""Seconds after a ScaleUp before Pods are taken away."""
SETTLE_DOWN = 60.0
"""Seconds between two ScaleDowns."""
SLACK = 0.25
"""Part of a Pod that must be to spare before one goes: no load can stand on the edge between two counts."""


class Action(IntEnum):
    """As in the status of an AutonomyPolicy."""

    ScaleUp = 0
    ScaleDown = 1
    Retune = 2
    Rollback = 3
    NoOp = 4


class Reason(IntEnum):
    """Why; stable CamelCase words."""

    ForecastAbovePods = 0
    SurgeAbovePods = 1
    ForecastBelowPods = 2
    WithinForecast = 3
    NotSureEnough = 4
    Settling = 5
    SignalsMissing = 6
    CapacityUnknown = 7
    BelowLeast = 8
    AboveMost = 9
    AtMost = 10
    Idle = 11
    Woken = 12
    TunedForFit = 13


@dataclass(frozen=True)
class Case:
    """All that a choice rests on; arrays (N,). Loads a second, times in seconds."""

    pods: Floats
    expected: Floats
    spread: Floats
    """What peaks are measured in."""
    surge: Floats
    """Load there surely is now, calls that wait included; what the forecast says does not matter below it."""
    capacity: Floats
    since_up: Floats
    since_down: Floats
    quiet: Floats
    """Seconds without a call."""
    blind: Mask


@dataclass(frozen=True)
class Limits:
    """What a policy allows; arrays (N,)."""

    least: Floats
    most: Floats
    up: Floats
    down: Floats
    reserve: Floats
    sureness: Floats
    idle: Floats


@dataclass(frozen=True)
class Choice:
    """Arrays (N,): action, reason, Pods wanted, confidence 0 to 1, and the demand that the Pods are for."""

    action: NDArray[np.int8]
    reason: NDArray[np.int8]
    replicas: Floats
    confidence: Floats
    high: Floats


def pods_for(load: Floats, capacity: Floats) -> Floats:
    """Pods (N,), with a fraction, that keep calls from waiting longer than PATIENCE at a Poisson load (N,) a second.

    A queue of rate C and load a exceeds C·PATIENCE with chance exp(-2·PATIENCE·C·(C-a)/a) in heavy traffic (Kingman 1962); that
    solved for C. For large loads it is the load and a constant, for small ones a multiple.
    """
    extra = CHANCE / (2 * PATIENCE)
    half = load / 2
    return (half + np.sqrt(half * half + load * extra)) / capacity


def load_for(pods: Floats, capacity: Floats) -> Floats:
    """The load (N,) that so many Pods (N,) carry: the inverse of `pods_for`."""
    extra = CHANCE / (2 * PATIENCE)
    able = np.maximum(pods, 0.0) * capacity
    return able * able / (able + extra)


@dataclass(frozen=True)
class Aims:
    """Pods that each consideration asks for; arrays (N,)."""

    above: Floats
    """So many at least, or demand is likely to outgrow them."""
    spare: Floats
    """So many at most are surely enough."""
    surge: Floats
    """So many for what there is now."""
    floor: Floats
    high: Floats
    """The demand that `above` is for."""


def choose(case: Case, limits: Limits, peaks: Peaks) -> Choice:
    """The choice of every row."""
    aims = _aims(case, limits, peaks)
    up = _raised(case.pods, aims.above, limits)
    down = np.maximum(np.maximum(case.pods - limits.down, aims.spare), aims.floor)
    down = np.where((case.quiet >= limits.idle) & (limits.least == 0), 0.0, down)
    action, reason = _decided(case, limits, aims, down)
    replicas = np.select([action == Action.ScaleUp, action == Action.ScaleDown], [up, down], case.pods)
    replicas = np.clip(replicas, limits.least, limits.most)
    sure = _confidence(case, limits, peaks, action, reason, replicas)
    return Choice(action, reason, replicas, sure, aims.high)


def thresholds(sureness: Floats) -> tuple[Floats, Floats]:
    """The share of peaks that ScaleUp provides for, and the share that ScaleDown must leave room for; (N,) both.

    `sure_up` and `sure_down` solved for the share; the second is always the larger.
    """
    up = (1.0 - sureness) ** (WATCH / JUDGED_UP)
    down = sureness ** (WATCH / JUDGED_DOWN)
    return up, np.maximum(down, 1.0 - APART * (1.0 - up))


def sure_up(below: Floats) -> Floats:
    """Chance (N,) that a peak comes above what this share (N,) of peaks stays below, within JUDGED_UP."""
    return 1.0 - below ** (JUDGED_UP / WATCH)


def sure_down(below: Floats) -> Floats:
    """Chance (N,) that none comes within JUDGED_DOWN."""
    return below ** (JUDGED_DOWN / WATCH)


def _aims(case: Case, limits: Limits, peaks: Peaks) -> Aims:
    provided, left = thresholds(limits.sureness)
    high = np.maximum(case.expected + case.spread * quantile(peaks, provided), 0.0)
    low = np.maximum(case.expected + case.spread * quantile(peaks, left), 0.0)
    wanted = np.ceil(pods_for(high, case.capacity)) + limits.reserve
    spare = np.ceil(pods_for(np.maximum(low, case.surge), case.capacity) + SLACK) + limits.reserve
    surge = np.ceil(pods_for(case.surge, case.capacity)) + limits.reserve
    floor = np.maximum(limits.least, np.where(case.quiet >= limits.idle, 0.0, 1.0))
    return Aims(np.maximum(wanted, surge), spare, surge, floor, high)


def _raised(pods: Floats, above: Floats, limits: Limits) -> Floats:
    """At least one step, several where the forecast says so, at most twice the Pods there are."""
    most = np.minimum(np.maximum(2 * pods, 1.0), limits.most)
    return np.maximum(np.minimum(np.maximum(above, pods + limits.up), most), limits.least)


def _decided(
    case: Case, limits: Limits, aims: Aims, down: Floats
) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """The first row of this table that holds."""
    settled = (case.since_up >= SETTLE_UP) & (case.since_down >= SETTLE_DOWN)
    fewer = down < case.pods
    enough = np.ceil(pods_for(np.maximum(case.expected, 0.0), case.capacity)) < case.pods
    table = [
        (case.pods < limits.least, Action.ScaleUp, Reason.BelowLeast),
        (case.pods > limits.most, Action.ScaleDown, Reason.AboveMost),
        (case.blind, Action.NoOp, Reason.SignalsMissing),
        ((case.pods == 0) & (case.quiet == 0), Action.ScaleUp, Reason.Woken),
        (case.pods == 0, Action.NoOp, Reason.Idle),
        (~(case.capacity > 0), Action.NoOp, Reason.CapacityUnknown),
        ((aims.above > case.pods) & (case.pods >= limits.most), Action.NoOp, Reason.AtMost),
        (aims.surge > case.pods, Action.ScaleUp, Reason.SurgeAbovePods),
        (aims.above > case.pods, Action.ScaleUp, Reason.ForecastAbovePods),
        ((case.quiet >= limits.idle) & (limits.least == 0), Action.ScaleDown, Reason.Idle),
        (fewer & settled, Action.ScaleDown, Reason.ForecastBelowPods),
        (fewer, Action.NoOp, Reason.Settling),
        (enough, Action.NoOp, Reason.NotSureEnough),
    ]
    conditions = [condition for condition, _, _ in table]
    action = np.select(conditions, [int(a) for _, a, _ in table], int(Action.NoOp))
    reason = np.select(conditions, [int(r) for _, _, r in table], int(Reason.WithinForecast))
    return action.astype(np.int8), reason.astype(np.int8)


def _confidence(
    case: Case,
    limits: Limits,
    peaks: Peaks,
    action: NDArray[np.int8],
    reason: NDArray[np.int8],
    replicas: Floats,
) -> Floats:
    """Chance that the choice proves right. What was measured, and what the bounds ask for, is certain; blind, nothing is."""
    judged = np.where(action == Action.ScaleDown, replicas, case.pods) - limits.reserve
    room = (load_for(judged, case.capacity) - case.expected) / case.spread
    below = share_below(peaks, np.nan_to_num(room, nan=0.0))
    sure = np.where(action == Action.ScaleUp, sure_up(below), sure_down(below))
    certain = np.isin(reason, [Reason.SurgeAbovePods, Reason.BelowLeast, Reason.AboveMost, Reason.Woken])
    unknown = case.blind | ~(case.capacity > 0)
    return np.select([certain, unknown], [1.0, 0.0], np.clip(sure, 0.0, 1.0))
