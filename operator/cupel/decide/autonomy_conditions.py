"""Whether a policy is flown (Ready), sees (Seeing) and may act (Acting): why not, and what would help."""

from __future__ import annotations

from datetime import datetime

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.common import Condition

from .autonomy_world import Row, World
from .plan import Outcome, Status, condition, passed, refused, waiting

FOR_PEOPLE = frozenset({"Paused", "AllPaused"})
"""Reasons that a person gave and takes away."""
LONGEST = 2000
ALL_PAUSED = "ConfigMap cupel-autopilot in cupel-system says `paused`, and every policy holds what there is"
GO_ON = """kubectl -n cupel-system patch cm cupel-autopilot -p '{"data":{"paused":"false"}}'"""


def flown(policy: AutonomyPolicy, world: World) -> Outcome:
    """Whether there is something to fly, and nobody else flies it."""
    target = f"{policy.spec.target_ref.kind} {policy.spec.target_ref.name}"
    if world.rival:
        text = f"AutonomyPolicy {world.rival} flies {target} already: delete one of the two"
        return refused("AlreadyFlown", text)
    if world.scaler:
        text = f"HorizontalPodAutoscaler {world.scaler} scales {target}, too: delete one of the two"
        return refused("SharedWithAutoscaler", text)
    if world.off:
        off = "is retired, or its `spec.serving.replicas` is 0"
        text = f"{target} {off}: nothing is scaled until a person wants Pods again"
        return waiting("SwitchedOff", text)
    if world.replicas is None:
        return waiting("TargetMissing", world.absent or f"there is no {target}")
    return passed("Flown", f"{target} is flown as written")


def seeing(row: Row, world: World) -> Outcome:
    """Whether enough is seen to decide on. One signal that is missing is named, and no reason to stop."""
    missing = "; ".join(f"{one.name}: {one.problem}" for one in world.seen if one.problem)[:LONGEST]
    if row.blind:
        text = f"too little is seen, so the last safe count holds: {missing or 'no sample of the load yet'}"
        return refused("SignalsMissing", text)
    return passed("SignalsUsable", missing or "every signal has a usable sample")


def acting(policy: AutonomyPolicy, world: World) -> Outcome:
    """Whether it may do what it decides."""
    spec = policy.spec
    if world.all_paused:
        return refused("AllPaused", f"{ALL_PAUSED}: {GO_ON} lets them go on")
    if spec.paused:
        return refused("Paused", "`spec.paused` is true: what there is stays")
    if spec.authority != "Act":
        text = f"`spec.authority` is {spec.authority}: nothing is changed; `Act` would let it"
        return refused("NotAllowed", text)
    if not spec.flies_a_tool and not (world.may_scale and (world.may_roll_back or not spec.rollback.enabled)):
        return refused("NotOptedIn", _opt_in(policy, "roll back" if world.may_scale else "scale"))
    if world.denied:
        return refused("WriteDenied", f"the API server refuses: {world.denied}"[:LONGEST])
    return passed("Allowed", "what is decided is done")


def _opt_in(policy: AutonomyPolicy, act: str) -> str:
    role = f"cupel-autopilot-{act.replace(' ', '')}"
    return (
        f"namespace {policy.namespace} did not let the autopilot {act}, which is only said: "
        f"kubectl create rolebinding {role} -n {policy.namespace} --clusterrole={role} "
        "--serviceaccount=cupel-system:cupel-autopilot"
    )


def conditions(
    policy: AutonomyPolicy, able: Outcome, sees: Outcome, acts: Outcome, now: datetime
) -> tuple[Condition, ...]:
    """The three, and the one word of kstatus or Argo CD that holds, if one does."""
    before, generation = policy.status.conditions, policy.metadata.generation

    def one(kind: str, status: Status, reason: str, message: str) -> Condition:
        return condition(kind, status, reason, message, before, generation, now)

    found = tuple(
        one(kind, outcome.status, outcome.reason, outcome.message)
        for kind, outcome in (("Seeing", sees), ("Acting", acts))
    )
    for kind, outcome, holds in (
        ("Stalled", able, able.status == "False"),
        ("Reconciling", able, able.status == "Unknown"),
        ("Suspended", acts, acts.reason in FOR_PEOPLE),
    ):
        if holds:
            found = (*found, one(kind, "True", outcome.reason, outcome.message))
            break
    return (*found, one("Ready", able.status, able.reason, able.message))
