"""What to do about a forecast: ScaleUp, ScaleDown or NoOp, how sure that is, and when it may be done.

A ScaleUp is right when demand at the lead time is more than the Pods there are carry well; how sure that
is comes from the filter's own covariance. A ScaleDown is right when for JUDGED_DOWN seconds no peak comes
that the Pods left could not carry; how sure that is comes from what peaks there have been (`forecast`).
Nothing is done below the mode's sureness. Between the use at which Pods are added and the use they are
then brought to lies a band, and what ScaleDown leaves lies inside it: a constant load stands still.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from .forecast import WATCH, Peaks, quantile
from .forecast import share_below as share_of_peaks
from .limits import JUDGED_DOWN, Limits
from .normal import share_below
from .rows import Floats, Mask, either, first_of, known_or, within

PATIENCE = 0.5
"""Seconds that a call may wait for a Pod."""
CHANCE = 1.5
"""-ln of the chance that a call waits longer."""
BAND = 1.2
"""Pods are added when they are used this much more than they should be."""
SETTLE_DOWN = 0.2
"""Part of `settle` between two ScaleDowns: a minute by default."""
SLACK = 0.5
"""Part of a Pod that must be to spare before one goes: no load can stand on the edge between two counts."""


class Action(IntEnum):
    """As in the status of an AutonomyPolicy."""

    ScaleUp = 0
    ScaleDown = 1
    Retune = 2
    Rollback = 3
    NoOp = 4


class Reason(IntEnum):
    """Why; stable CamelCase words. Those of RETUNE follow them in `fleet.REASONS`."""

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


_CERTAIN = np.isin(
    np.arange(len(Reason)), (Reason.SurgeAbovePods, Reason.BelowLeast, Reason.AboveMost, Reason.Woken)
)
"""By reason: whether it was measured, or is what the bounds ask for."""


@dataclass(frozen=True)
class Case:
    """All that a choice rests on; arrays (N,). Loads a second, times in seconds."""

    pods: Floats
    expected: Floats
    deviation: Floats
    """Standard deviation of what is expected."""
    spread: Floats
    """What peaks are measured in."""
    surge: Floats
    """Load there surely is now, calls that wait included."""
    capacity: Floats
    since_up: Floats
    since_down: Floats
    quiet: Floats
    """Seconds without a call."""
    blind: Mask


@dataclass(frozen=True)
class Choice:
    """Arrays (N,): action, reason, Pods wanted, confidence 0 to 1, and the demand that the Pods are for."""

    action: NDArray[np.int8]
    reason: NDArray[np.int8]
    replicas: Floats
    confidence: Floats
    high: Floats


def pods_for(load: Floats, capacity: Floats) -> Floats:
    """Pods (N,), with a fraction, that keep calls from waiting longer than PATIENCE at a Poisson load
    (N,) a second.

    A queue of rate C and load a exceeds C·PATIENCE with chance exp(-2·PATIENCE·C·(C-a)/a) in heavy
    traffic (Kingman 1962); that solved for C. For large loads it is the load and a constant, for small
    ones a multiple.
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
    down = np.maximum(np.maximum(_lowered(case.pods, limits), aims.spare), aims.floor)
    down = either((case.quiet >= limits.idle) & (limits.least == 0), 0.0, down)
    action, reason = _decided(case, limits, aims, down)
    replicas = either(action == Action.ScaleUp, up, either(action == Action.ScaleDown, down, case.pods))
    replicas = within(replicas, limits.least, limits.most)
    sure = _confidence(case, limits, peaks, action, reason, replicas)
    return Choice(action, reason, replicas, sure, aims.high)


def sure_up(load: Floats, case: Case) -> Floats:
    """Chance (N,) that demand at the lead time is above this load (N,)."""
    return share_below((case.expected - load) / case.deviation)


def sure_down(load: Floats, case: Case, peaks: Peaks) -> Floats:
    """Chance (N,) that no peak comes above this load (N,) within JUDGED_DOWN."""
    rise = known_or((load - case.expected) / case.spread, 0.0)
    return share_of_peaks(peaks, rise) ** (JUDGED_DOWN / WATCH)


def _aims(case: Case, limits: Limits, peaks: Peaks) -> Aims:
    z = limits.sure
    surely = np.maximum(case.expected - z * case.deviation, 0.0)
    needed = np.maximum(pods_for(surely, case.capacity), surely / (BAND * limits.use * case.capacity))
    usual = case.expected / (limits.use * case.capacity)
    surge = np.ceil(pods_for(case.surge, case.capacity))
    enough = np.maximum(np.ceil(needed), surge) + limits.reserve
    full = enough > case.pods
    above = either(full, np.maximum(enough, np.ceil(usual) + limits.reserve), enough)
    peak = case.expected + case.spread * quantile(peaks, limits.share)
    left = np.maximum(pods_for(np.maximum(peak, case.surge), case.capacity), usual)
    spare = np.ceil(left + SLACK) + limits.reserve
    floor = np.maximum(limits.least, either(case.quiet >= limits.idle, 0.0, 1.0))
    return Aims(above, spare, surge + limits.reserve, floor, case.expected + z * case.deviation)


def _carried(pods: Floats, case: Case, limits: Limits) -> Floats:
    """The load (N,) at which so many Pods (N,) are just not too few."""
    able = np.maximum(pods - limits.reserve, 0.0)
    return np.minimum(load_for(able, case.capacity), BAND * limits.use * able * case.capacity)


def _raised(pods: Floats, above: Floats, limits: Limits) -> Floats:
    """At least one step, several where the forecast knows of more, at most twice the Pods there are."""
    most = np.minimum(np.maximum(2 * pods, 1.0), limits.most)
    return np.maximum(np.minimum(np.fmax(above, pods + limits.up), most), limits.least)


def _lowered(pods: Floats, limits: Limits) -> Floats:
    """Down to half at once, where the forecast says so; one step where that is more."""
    return np.minimum(np.ceil(pods / 2), pods - limits.down)


def _decided(
    case: Case, limits: Limits, aims: Aims, down: Floats
) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """The first row of this table that holds."""
    settled = (case.since_up >= limits.settle) & (case.since_down >= SETTLE_DOWN * limits.settle)
    fewer = down < case.pods
    enough = np.ceil(pods_for(np.maximum(case.expected, 0.0), case.capacity)) < case.pods
    table = [
        (case.pods < limits.least, Action.ScaleUp, Reason.BelowLeast),
        (case.pods > limits.most, Action.ScaleDown, Reason.AboveMost),
        ((case.pods == 0) & (case.quiet == 0), Action.ScaleUp, Reason.Woken),  # one call is all it takes
        (case.blind, Action.NoOp, Reason.SignalsMissing),
        (case.pods == 0, Action.NoOp, Reason.Idle),
        ((case.quiet >= limits.idle) & (limits.least == 0), Action.ScaleDown, Reason.Idle),
        (~(case.capacity > 0), Action.NoOp, Reason.CapacityUnknown),
        ((aims.above > case.pods) & (case.pods >= limits.most), Action.NoOp, Reason.AtMost),
        (aims.surge > case.pods, Action.ScaleUp, Reason.SurgeAbovePods),
        (aims.above > case.pods, Action.ScaleUp, Reason.ForecastAbovePods),
        (fewer & settled, Action.ScaleDown, Reason.ForecastBelowPods),
        (fewer, Action.NoOp, Reason.Settling),
        (enough, Action.NoOp, Reason.NotSureEnough),
    ]
    table.append((np.True_, Action.NoOp, Reason.WithinForecast))
    row = first_of([condition for condition, _, _ in table])
    return np.array([a for _, a, _ in table], np.int8)[row], np.array([r for _, _, r in table], np.int8)[row]


def _confidence(
    case: Case,
    limits: Limits,
    peaks: Peaks,
    action: NDArray[np.int8],
    reason: NDArray[np.int8],
    replicas: Floats,
) -> Floats:
    """Chance that the choice proves right. What was measured, and what the bounds ask for, is certain;
    blind, nothing is."""
    up = sure_up(_carried(case.pods, case, limits), case)
    sure = either(action == Action.ScaleUp, up, 1.0 - up)
    falls = action == Action.ScaleDown
    if falls.any():
        left = load_for(np.maximum(replicas - limits.reserve, 0.0), case.capacity)
        sure = np.where(falls, sure_down(left, case, peaks), sure)
    unknown = case.blind | ~(case.capacity > 0)
    sure = either(unknown, 0.0, np.clip(known_or(sure, 0.0), 0.0, 1.0))
    return either(_CERTAIN[reason], 1.0, sure)
