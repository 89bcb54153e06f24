"""What is said and done about one policy at one look: from its row of the outcome and the world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import isfinite, isnan

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import (
    AutonomyPolicyStatus,
    Believed,
    Decided,
    Forecast,
    Indices,
    SignalSeen,
    Tuned,
)
from cupel.api.common import Condition

from .plan import Outcome, condition, passed, refused, waiting

MOVES = ("ScaleUp", "ScaleDown")
KEPT = 10


@dataclass(frozen=True)
class Row:
    """One policy's row of the engine's outcome. Loads a second; NaN is not known."""

    action: str
    reason: str
    replicas: float
    confidence: float
    level: float
    level_sd: float
    trend: float
    capacity: float
    expected: float
    high: float
    lead: float
    omega: float
    psi: float
    beta: float
    eta: float
    gamma: float
    tau: float
    blind: bool


@dataclass(frozen=True)
class World:
    """What stands around it: the target, what is in the way, what was seen, what the API server refused."""

    replicas: int | None
    """Pods wanted of the target now; None: there is no Deployment."""
    absent: str
    """Why there is no Deployment, in words."""
    scaler: str
    rival: str
    all_paused: bool
    seen: tuple[SignalSeen, ...]
    saved: str
    denied: str
    """What the API server said when it last refused a write for this policy; empty when it did not."""


@dataclass(frozen=True)
class Plan:
    """What to write. `scale`: the Deployment's replicas; None: leave them."""

    status: AutonomyPolicyStatus
    scale: int | None = None


def decide(policy: AutonomyPolicy, row: Row, world: World, now: datetime) -> Plan:
    """Nothing is done for a policy that is not flown as written, not seeing, or not let act."""
    able = _ready(policy, world)
    acting = _acting(policy, world)
    free = able.status == "True" and not row.blind and world.replicas is not None
    wanted = _wanted(policy, row, world) if free else None
    moves = wanted is not None and row.action in MOVES and wanted != world.replicas
    says = moves and policy.spec.authority != "Observe"
    decided = _decided(row, world, acting, now)
    status = policy.status.model_copy(
        update={
            "observed_generation": policy.metadata.generation,
            "conditions": _conditions(
                policy, (("Ready", able), ("Seeing", _seeing(row, world)), ("Acting", acting)), now
            ),
            "seen": world.seen,
            **_figures(row, world, wanted, now),
            "replicas": world.replicas,
            "desired_replicas": wanted if wanted is not None else policy.status.desired_replicas,
            "desired_at": now if wanted is not None else policy.status.desired_at,
            "decision": decided,
            "history": ((decided, *policy.status.history)[:KEPT] if says else policy.status.history),
        }
    )
    act = moves and acting.status == "True" and not policy.spec.flies_a_tool
    return Plan(status, wanted if act else None)


def _ready(policy: AutonomyPolicy, world: World) -> Outcome:
    if world.rival:
        return refused(
            "AlreadyFlown", f"AutonomyPolicy {world.rival} flies this target already: delete one of the two"
        )
    if world.scaler:
        return refused(
            "SharedWithAutoscaler",
            f"HorizontalPodAutoscaler {world.scaler} scales this target, too: delete one of the two",
        )
    if world.replicas is None:
        return waiting("TargetMissing", world.absent)
    return passed("Flown", "flown as written")


def _seeing(row: Row, world: World) -> Outcome:
    missing = [f"{one.name}: {one.problem}" for one in world.seen if one.problem]
    if row.blind:
        return refused(
            "SignalsMissing", f"too little is seen, so the last safe state holds: {'; '.join(missing)}"[:4000]
        )
    return passed("SignalsUsable", "; ".join(missing)[:4000])


def _acting(policy: AutonomyPolicy, world: World) -> Outcome:
    if world.all_paused:
        return refused("AllPaused", "the switch in ConfigMap cupel-autopilot holds every policy still")
    if policy.spec.paused:
        return refused("Paused", "`paused` is true")
    if policy.spec.authority != "Act":
        return refused("NotAllowed", f"`authority` is {policy.spec.authority}: nothing is changed")
    if world.denied:
        return refused("WriteDenied", f"the API server refused: {world.denied}"[:4000])
    return passed("Allowed", "")


def _conditions(
    policy: AutonomyPolicy, found: tuple[tuple[str, Outcome], ...], now: datetime
) -> tuple[Condition, ...]:
    before, generation = policy.status.conditions, policy.metadata.generation
    return tuple(
        condition(kind, one.status, one.reason, one.message, before, generation, now) for kind, one in found
    )


def _wanted(policy: AutonomyPolicy, row: Row, world: World) -> int | None:
    scaling = policy.spec.scaling
    if isnan(row.replicas):
        return None
    return max(scaling.min_replicas, min(scaling.max_replicas, round(row.replicas)))


def _decided(row: Row, world: World, acting: Outcome, now: datetime) -> Decided:
    return Decided(
        at=now,
        action=row.action,
        reason=row.reason,
        message=_why(row, world),
        confidence_percent=_whole(row.confidence, 100, 100) or 0,
        authority="Act" if acting.status == "True" else "Recommend",
        before=world.replicas,
        replicas=_whole(row.replicas, 1, 1000),
    )


def _why(row: Row, world: World) -> str:
    if row.blind or not isfinite(row.high) or not isfinite(row.capacity):
        return "what the load or one Pod's capacity is, is not known"
    able = (world.replicas or 0) * row.capacity
    carried = f"{world.replicas} Pods carry {able:.3g} a second"
    return (
        f"in {row.lead:.0f} s {row.expected:.3g} a second are expected, not above {row.high:.3g}; {carried}"
    )


def _figures(row: Row, world: World, wanted: int | None, now: datetime) -> dict[str, object]:
    """What is believed and forecast, where it is known at all."""
    found: dict[str, object] = {
        "tuned": Tuned(
            adaptation_per_mille=_whole(row.eta, 1000, 10_000) or 0,
            memory_per_mille=_whole(row.gamma, 1000, 10_000) or 0,
            horizon_seconds=_whole(max(row.tau, 1.0), 1, 3600) or 1,
        ),
        "indices": Indices(
            omega_per_mille=_whole(row.omega, 1000, 10_000),
            psi_per_mille=_whole(row.psi, 1000, 10_000),
            beta_per_mille=_whole(row.beta, 1000, 10_000),
        ),
    }
    if not all(map(isfinite, (row.level, row.level_sd, row.trend, row.capacity))):
        return found
    found["believed"] = Believed(
        at=now,
        level=figure(row.level),
        level_deviation=figure(row.level_sd),
        trend=figure(row.trend),
        capacity=figure(row.capacity),
        summary=f"{row.level:.3g} ± {row.level_sd:.2g} a second; one Pod carries {row.capacity:.3g}",
        saved=world.saved,
    )
    if wanted is not None and isfinite(row.expected) and isfinite(row.high):
        found["forecast"] = Forecast(
            seconds_ahead=_whole(row.lead, 1, 3600) or 0,
            expected=figure(row.expected),
            high=figure(row.high),
            replicas=wanted,
        )
    return found


def figure(value: float) -> str:
    """A decimal number as a status shows it."""
    return f"{value:.6g}"


def _whole(value: float, scale: float, most: int) -> int | None:
    return max(0, min(most, round(value * scale))) if isfinite(value) else None
