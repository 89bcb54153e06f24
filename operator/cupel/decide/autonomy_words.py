"""How a policy's status reads: figures as text, what is believed and forecast, and why not the others."""

from __future__ import annotations

from datetime import datetime
from math import isfinite

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import Believed, Forecast, Indices, Tuned
from cupel.control.policy import USE

from .autonomy_world import Row, World

BECAUSE = {
    "ForecastAbovePods": "the forecast is more than the Pods carry well",
    "SurgeAbovePods": "demand is already more than the Pods carry",
    "ForecastBelowPods": "fewer Pods carry the forecast",
    "WithinForecast": "the Pods fit the forecast",
    "NotSureEnough": "fewer Pods carry what is expected, but not so surely a peak like those before",
    "Settling": "the last change has to show first",
    "SignalsMissing": "too little is seen, so what there is stays",
    "CapacityUnknown": "what one Pod carries is not known yet",
    "BelowLeast": "there are fewer Pods than `minReplicas`",
    "AboveMost": "there are more Pods than `maxReplicas`",
    "AtMost": "more would be needed, but `maxReplicas` are there",
    "Idle": "nobody has called for `idleSeconds`",
    "Woken": "somebody calls, and nothing runs",
    "WokenUnseen": "nothing runs, and for half a minute nobody could see whether somebody calls",
    "Paused": "the policy is paused",
    "AllPaused": "every policy is paused",
    "TunedForFit": "the estimator did not fit what was seen",
}
"""Why the engine chose what it chose."""


BY_RULE = frozenset({"Idle", "Woken", "WokenUnseen", "BelowLeast", "AboveMost"})
"""Chosen by what is, and by no estimate: there is nothing to be more or less sure of."""


def sureness(reason: str, percent: int) -> str:
    """How sure a decision was, for people."""
    return "by rule" if reason in BY_RULE else f"{percent} % sure"


def pods(count: int) -> str:
    """So many Pods, in words."""
    return f"{count} Pod" if count == 1 else f"{count} Pods"


def figure(value: float) -> str:
    """A decimal number as a status shows it."""
    return f"{value:.6g}"


def whole(value: float, scale: float, most: int) -> int | None:
    """`value` in units of 1/`scale`, from 0 to `most`; None when it is not known."""
    return max(0, min(most, round(value * scale))) if isfinite(value) else None


def why(policy: AutonomyPolicy, row: Row, world: World) -> str:
    """Why this, and why not the others."""
    if world.worse is not None and row.action == "Rollback":
        waits = f"; scaling waits for {world.worse.back_to}" if world.may_roll_back else ""
        return f"{world.worse.message}{waits}"[:512]
    because = BECAUSE.get(row.reason, row.reason)
    if world.replicas == 0:  # by rule: no figure speaks for or against it
        return f"{because}: it sleeps until somebody does" if row.reason == "Idle" else because
    if row.blind or not isfinite(row.high) or not row.capacity > 0 or world.replicas is None:
        return because
    carried = _carried(world.replicas, row.capacity)
    ahead = f"in {row.lead:.0f} s {row.expected:.3g}/s are expected, at most {row.high:.3g}/s"
    others = "; ".join(_others(policy, row, world, world.replicas))
    now = f"{row.demand:.3g}/s arrive; " if row.reason == "SurgeAbovePods" and isfinite(row.demand) else ""
    return f"{because}: {now}{ahead}; {carried}. Not {others}"[:512]


def _carried(count: int, capacity: float) -> str:
    """What so many Pods carry, and what of it demand should use: Pods are added before it is all."""
    able = count * capacity
    carry = "carries" if count == 1 else "carry"
    well = f"{USE * able:.3g}/s at the use that is aimed for ({100 * USE:.0f} %)"
    return f"{pods(count)} {carry} {able:.3g}/s, {well}"


def _others(policy: AutonomyPolicy, row: Row, world: World, replicas: int) -> list[str]:
    """For each action that was not chosen, why not."""
    found = []
    scaling = policy.spec.scaling
    if row.action != "ScaleUp":
        enough = row.high <= replicas * row.capacity
        full = replicas >= scaling.max_replicas
        found.append(f"up: {'that is enough' if enough else '`maxReplicas`' if full else BECAUSE_NOT}")
    if row.action != "ScaleDown":
        least = replicas <= scaling.min_replicas
        less = f"{replicas - 1} would carry {(replicas - 1) * row.capacity:.3g}/s"
        found.append(f"down: {'`minReplicas`' if least else less}")
    if row.action != "Retune":
        found.append("retuned: " + ("the estimator fits" if policy.spec.tuning.enabled else "not enabled"))
    found.append(
        "rolled back: " + ("nothing became worse" if policy.spec.rollback.enabled else "not enabled")
    )
    return found


BECAUSE_NOT = "not sure enough, or too soon after the last change"


def tuned(row: Row) -> Tuned | None:
    """Where RETUNE has moved the estimator; None while there is none."""
    eta, gamma = whole(row.eta, 1000, 10_000), whole(row.gamma, 1000, 10_000)
    tau = whole(max(row.tau, 1.0), 1, 3600)
    if eta is None or gamma is None or tau is None:
        return None
    return Tuned(adaptation_per_mille=eta, memory_per_mille=gamma, horizon_seconds=tau)


def indices(row: Row) -> Indices:
    """The three indices, in thousandths."""
    return Indices(
        omega_per_mille=whole(row.omega, 1000, 10_000),
        psi_per_mille=whole(row.psi, 1000, 10_000),
        beta_per_mille=whole(row.beta, 1000, 10_000),
    )


def believed(row: Row, world: World, before: Believed | None, now: datetime) -> Believed | None:
    """What is believed. The same belief keeps its time; one that is not known any more stays as it was."""
    if not all(map(isfinite, (row.level, row.level_sd, row.trend))):
        return before
    known = isfinite(row.capacity) and row.capacity > 0
    carries = f"a Pod carries {row.capacity:.3g}/s" if known else BECAUSE["CapacityUnknown"]
    found = Believed(
        at=now,
        level=figure(row.level),
        level_deviation=figure(row.level_sd),
        trend=figure(row.trend),
        capacity=figure(row.capacity) if known else None,
        summary=f"{row.level:.3g} ± {row.level_sd:.2g}/s, {_moving(row)}; {carries}",
        saved=world.saved,
    )
    same = before is not None and found == before.model_copy(update={"at": now})
    return before if same else found


def _moving(row: Row) -> str:
    """Steady below what would move it by its own deviation within the horizon."""
    if abs(row.trend) * row.lead < row.level_sd:
        return "steady"
    return f"{'rising' if row.trend > 0 else 'falling'} by {abs(60 * row.trend):.2g}/s a minute"


def forecast(row: Row, wanted: int | None) -> Forecast | None:
    """Demand when a Pod decided on now is ready; None when it is not known."""
    lead = whole(row.lead, 1, 3600)
    if wanted is None or lead is None or not (isfinite(row.expected) and isfinite(row.high)):
        return None
    return Forecast(seconds_ahead=lead, expected=figure(row.expected), high=figure(row.high), replicas=wanted)
