"""What to do about a forecast: ScaleUp, ScaleDown or NoOp, how sure that is, and when it may be done.

A ScaleUp is due when demand at the lead time is, by the filter's own covariance, more than the Pods there
are carry well. It is right when within WATCH seconds a peak is above that; a ScaleDown is right when none
comes that the Pods left could not carry. How sure either is comes from what peaks there were (`forecast`).
Nothing is done below the mode's sureness. Between the use at which Pods are added and the use they are
then brought to lies a band, and what ScaleDown leaves lies inside it: a constant load stands still.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from .carry import load_well, peak_for, peak_pods, pods_for, pods_well
from .forecast import Indices, Peaks, most_known, quantile
from .forecast import share_below as share_of_peaks
from .normal import share_below
from .policy import Settings
from .rows import Floats, Mask, either, first_of, known_or, within
from .settling import settled, slack


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
    period: Floats
    """Over which a peak was measured."""
    base: Floats
    """What peaks are measured from."""
    spread: Floats
    """What peaks are measured in."""
    surge: Floats
    """Load there surely is now, calls that wait included."""
    kept: Floats
    """Pods that were just not too few for what there surely was of late: fewer would be added to again."""
    capacity: Floats
    since_up: Floats
    since_down: Floats
    changes: Floats
    """Times the Pods were changed of late."""
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


def choose(case: Case, policy: Settings, peaks: Peaks) -> Choice:
    """The choice of every row."""
    carried = _carried(case.pods, case, policy)
    aims = _aims(case, policy, peaks, carried)
    up = _raised(case.pods, aims.above, policy)
    down = np.maximum(np.maximum(_lowered(case.pods, policy), aims.spare), aims.floor)
    idle = (case.quiet >= policy.idle) & (policy.least == 0)
    fewer = either(idle, 0.0, down) < case.pods
    down = either(idle, 0.0, np.maximum(down, case.kept))
    action, reason = _decided(case, policy, aims, fewer, down)
    replicas = either(action == Action.ScaleUp, up, either(action == Action.ScaleDown, down, case.pods))
    replicas = within(replicas, policy.least, policy.most)
    sure = _confidence(case, policy, peaks, carried, action, reason, replicas)
    return Choice(action, reason, replicas, sure, aims.high)


def no_peak_above(load: Floats, case: Case, peaks: Peaks, rows: Indices) -> Floats:
    """Chance that no peak comes above this load within WATCH, both of these rows only."""
    rise = known_or((load - case.base[rows]) / case.spread[rows], 0.0)
    return share_of_peaks(peaks, rise, rows)


def _aims(case: Case, policy: Settings, peaks: Peaks, carried: Floats) -> Aims:
    reach = policy.sure * case.deviation
    surely = np.maximum(case.expected - reach, 0.0)
    needed = pods_well(surely, case.capacity, policy.use)
    usual = case.expected / (policy.use * case.capacity)
    surge = np.ceil(pods_for(case.surge, case.capacity))
    enough = np.maximum(np.ceil(needed), surge) + policy.reserve
    surge = surge + policy.reserve
    full = _full(enough > case.pods, surge, case, policy, peaks, carried)
    most = np.maximum(enough, np.ceil(usual) + policy.reserve)
    above = either(full, most, np.minimum(enough, case.pods))
    spare = np.ceil(_left(case, policy, peaks) + slack(case.since_up)) + policy.reserve
    floor = np.maximum(policy.least, either(case.quiet >= policy.idle, 0.0, 1.0))
    return Aims(above, spare, surge, floor, case.expected + reach)


def _full(outgrown: Mask, surge: Floats, case: Case, policy: Settings, peaks: Peaks, carried: Floats) -> Mask:
    """Where the Pods are outgrown at the lead time, and either are by now, or surely by a peak."""
    rows = np.flatnonzero(outgrown)
    full = np.zeros_like(outgrown)
    if rows.size:
        above = 1.0 - no_peak_above(carried[rows], case, peaks, rows)
        full[rows] = (above >= policy.sureness[rows]) | (surge[rows] > case.pods[rows])
    return full


def _left(case: Case, policy: Settings, peaks: Peaks) -> Floats:
    """Pods (N,), with a fraction, that the peaks to come and the usual load surely take at most."""
    peak = case.base + case.spread * quantile(peaks, policy.sureness, policy.near)
    lasting = pods_for(np.maximum(case.expected, case.surge), case.capacity)
    usual = case.base / (policy.use * case.capacity)
    return np.maximum(np.maximum(peak_pods(peak, case.period, case.capacity), lasting), usual)


def _carried(pods: Floats, case: Case, policy: Settings) -> Floats:
    """The load (N,) at which so many Pods (N,) are just not too few."""
    return load_well(np.maximum(pods - policy.reserve, 0.0), case.capacity, policy.use)


def _raised(pods: Floats, above: Floats, policy: Settings) -> Floats:
    """At least one step, several where the forecast knows of more, at most twice the Pods there are."""
    most = np.minimum(np.maximum(2 * pods, 1.0), policy.most)
    return np.maximum(np.minimum(np.fmax(above, pods + policy.up), most), policy.least)


def _lowered(pods: Floats, policy: Settings) -> Floats:
    """Down to half at once, where the forecast says so; one step where that is more."""
    return np.minimum(np.ceil(pods / 2), pods - policy.down)


def _decided(
    case: Case, policy: Settings, aims: Aims, fewer: Mask, down: Floats
) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """The first row of this table that holds."""
    may_go = settled(case.pods - down, case.since_up, case.since_down, case.changes, policy)
    enough = np.ceil(pods_for(np.maximum(case.expected, 0.0), case.capacity)) < case.pods
    table = [
        (case.pods < policy.least, Action.ScaleUp, Reason.BelowLeast),
        (case.pods > policy.most, Action.ScaleDown, Reason.AboveMost),
        ((case.pods == 0) & (case.quiet == 0), Action.ScaleUp, Reason.Woken),  # one call is all it takes
        (case.blind, Action.NoOp, Reason.SignalsMissing),
        (case.pods == 0, Action.NoOp, Reason.Idle),
        ((case.quiet >= policy.idle) & (policy.least == 0), Action.ScaleDown, Reason.Idle),
        (~(case.capacity > 0), Action.NoOp, Reason.CapacityUnknown),
        ((aims.above > case.pods) & (case.pods >= policy.most), Action.NoOp, Reason.AtMost),
        (aims.surge > case.pods, Action.ScaleUp, Reason.SurgeAbovePods),
        (aims.above > case.pods, Action.ScaleUp, Reason.ForecastAbovePods),
        (fewer & may_go, Action.ScaleDown, Reason.ForecastBelowPods),
        (fewer, Action.NoOp, Reason.Settling),
        (enough, Action.NoOp, Reason.NotSureEnough),
    ]
    table.append((np.True_, Action.NoOp, Reason.WithinForecast))
    row = first_of([condition for condition, _, _ in table])
    return np.array([a for _, a, _ in table], np.int8)[row], np.array([r for _, _, r in table], np.int8)[row]


def _confidence(
    case: Case,
    policy: Settings,
    peaks: Peaks,
    carried: Floats,
    action: NDArray[np.int8],
    reason: NDArray[np.int8],
    replicas: Floats,
) -> Floats:
    """Chance that the choice proves right. What was measured, and what the bounds ask for, is certain;
    blind, nothing is."""
    sure = 1.0 - share_below((case.expected - carried) / case.deviation)
    rises = action == Action.ScaleUp
    moves = np.flatnonzero(rises | (action == Action.ScaleDown))
    if moves.size:
        sure[moves] = _sure_of_moves(case, policy, peaks, carried, rises[moves], replicas, moves)
    unknown = case.blind | ~(case.capacity > 0)
    sure = either(unknown, 0.0, np.clip(known_or(sure, 0.0), 0.0, 1.0))
    return either(_CERTAIN[reason], 1.0, sure)


def _sure_of_moves(
    case: Case, policy: Settings, peaks: Peaks, carried: Floats, rises: Mask, replicas: Floats, rows: Indices
) -> Floats:
    """Chance that a peak comes for which Pods are added, or that none comes that those left do not carry."""
    reserve, sureness = policy.reserve[rows], policy.sureness[rows]
    left = peak_for(np.maximum(replicas[rows] - reserve, 0.0), case.period[rows], case.capacity[rows])
    below = no_peak_above(either(rises, carried[rows], left), case, peaks, rows)
    vouched = np.minimum(below, np.maximum(most_known(peaks)[rows], sureness))
    return either(rises, 1.0 - below, vouched)
