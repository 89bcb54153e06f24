"""What is said and done about one AutonomyPolicy at one look: from its row of the engine's outcome and the
world.

Conditions: `autonomy_conditions`. Sentences and figures: `autonomy_words`. What came of it:
`autonomy_history`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil, isfinite
from typing import Literal

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import AutonomyPolicyStatus, Decided

from . import autonomy_revisions
from .autonomy_conditions import FOR_PEOPLE, acting, conditions, flown, seeing
from .autonomy_history import SWAP, remembered
from .autonomy_waking import woken
from .autonomy_words import believed, figure, forecast, indices, pods, sureness, tuned, whole, why
from .autonomy_world import Plan, Row, Told, World, Worse
from .plan import Outcome

__all__ = ["Plan", "Row", "Told", "World", "Worse", "decide", "figure"]

Authority = Literal["Act", "Recommend"]
MOVES = ("ScaleUp", "ScaleDown")
CONFIRM = timedelta(seconds=15)
"""How often a count that stays is confirmed: well below what `replicas.FRESH` allows."""
PAUSE = timedelta(minutes=10)
"""Between two rollbacks of one target."""


def decide(policy: AutonomyPolicy, row: Row, world: World, now: datetime) -> Plan:
    """One look. Nothing is done for a policy that is not flown as written, sees too little or may not act."""
    able, sees, acts = flown(policy, world), seeing(row, world), acting(policy, world)
    free = able.status == "True" and acts.reason not in FOR_PEOPLE
    worse = world.worse if free and _may_roll_back(policy, world, now) else None
    wakes = woken(policy, row, world, sees, acts, now) if able.status == "True" and worse is None else None
    load, only_said = row, worse is not None and not world.may_roll_back
    world, row = replace(world, worse=worse), wakes or _fewest(policy, _held(row, worse, acts), world)
    counted = load if only_said else row
    wanted = _wanted(policy, counted, world) if wakes or (free and not row.blind) else None
    row = _moved(row, wanted, world)
    authority = _authority(acts, row, world)
    decided = _decided(policy, row, world, wanted, authority, now) if able.status == "True" else None
    leaving = worse.identity if worse is not None and authority == "Act" else ""
    status = policy.status.model_copy(
        update={
            "observed_generation": policy.metadata.generation,
            "conditions": conditions(policy, able, sees, acts, now),
            "seen": world.seen,
            "believed": believed(row, world, policy.status.believed, now),
            "forecast": forecast(row, wanted),
            "tuned": tuned(row),
            "indices": indices(row),
            "revisions": autonomy_revisions.remembered(policy, world, leaving, now),
            "replicas": world.replicas,
            "decision": decided,
            "history": remembered(policy, decided if free or wakes else None, row, world, now),
            **_desired(policy, wanted, able.status == "True", now),
        }
    )
    plan = Plan(status, told=_told(policy, status))
    if only_said and _authority(acts, load, world) == "Act":
        return _scaled(policy, plan, world, wanted)
    return _doing(policy, plan, row, world, wanted, now) if authority == "Act" else plan


def _authority(acts: Outcome, row: Row, world: World) -> Authority:
    """Whether what is decided is done, or only said. What was refused is tried again.

    Where a namespace bound one role of two, that one counts: who turns rollbacks on loses no scaling.
    """
    bound = world.may_roll_back if row.action == "Rollback" else world.may_scale
    may = acts.status == "True" or acts.reason == "WriteDenied" or (acts.reason == "NotOptedIn" and bound)
    return "Act" if may else "Recommend"


def _held(row: Row, worse: Worse | None, acts: Outcome) -> Row:
    """The row as it counts: a rollback goes before anything else, and what is held still decides nothing."""
    if worse is not None:
        return replace(row, action="Rollback", reason=worse.reason, confidence=worse.confidence)
    if acts.reason in FOR_PEOPLE:
        return replace(row, action="NoOp", reason=acts.reason)
    return replace(row, action="NoOp", reason="SignalsMissing") if row.blind else row


def _fewest(policy: AutonomyPolicy, row: Row, world: World) -> Row:
    """Where the fewest Pods there may be run, no doubt keeps them: there is none to take away."""
    fewest = world.replicas is not None and world.replicas <= max(policy.spec.scaling.min_replicas, 1)
    return replace(row, reason="WithinForecast") if fewest and row.reason == "NotSureEnough" else row


def _moved(row: Row, wanted: int | None, world: World) -> Row:
    """A move is what the bounds left of it, which may be none."""
    if row.action not in MOVES or wanted is None or world.replicas is None:
        return row
    if wanted != world.replicas:
        return replace(row, action="ScaleUp" if wanted > world.replicas else "ScaleDown")
    return replace(row, action="NoOp", reason="AtMost" if row.action == "ScaleUp" else "WithinForecast")


def _may_roll_back(policy: AutonomyPolicy, world: World, now: datetime) -> bool:
    """Whether evidence is followed: enabled, about what serves, and not within ten minutes of the last.

    One that was asked for shows until another serves, or ten minutes; it is not asked for again.
    """
    if not policy.spec.rollback.enabled or world.worse is None or world.worse.identity != world.serving:
        return False
    if not policy.spec.flies_a_tool:  # the status remembers what was left, and when: see autonomy_revisions
        return True
    recent = [one for one in _rollbacks(policy) if now - one.at < PAUSE]
    same = [one for one in recent if one.left == world.worse.identity]
    return bool(same) or not (recent or _asked(policy, world, world.worse))


def _rollbacks(policy: AutonomyPolicy) -> list[Decided]:
    """Those that were asked for. What the API server refused was not, and is asked for again."""
    acted = (one for one in policy.status.history if one.action == "Rollback" and one.authority == "Act")
    return [one for one in acted if one.outcome != "NotTaken"]


def _asked(policy: AutonomyPolicy, world: World, worse: Worse) -> bool:
    """Whether this was done once: what a person pardons afterwards stays pardoned."""
    return world.asked == worse.identity or any(one.left == worse.identity for one in _rollbacks(policy))


def _wanted(policy: AutonomyPolicy, row: Row, world: World) -> int | None:
    """Pods wanted: inside the bounds, at most twice what there is. NoOp and the like: what there is."""
    if world.replicas is None:
        return None
    there, scaling = world.replicas, policy.spec.scaling
    asked = round(row.replicas) if row.action in MOVES and isfinite(row.replicas) else there
    most = scaling.max_replicas if world.most is None else min(scaling.max_replicas, world.most)
    least = min(scaling.min_replicas, most)
    if policy.spec.flies_a_tool:
        return min(most, max(least, min(asked, 2 * max(there, 1))))
    nearer = max(ceil(there / 2), min(2 * max(there, 1), max(least, min(most, asked))))
    return max(1, nearer)


def _desired(
    policy: AutonomyPolicy, wanted: int | None, able: bool, now: datetime
) -> dict[str, int | datetime | None]:
    """The count the operator applies. What is held (blind, paused) stays, and is confirmed as well."""
    before, at = policy.status.desired_replicas, policy.status.desired_at
    if policy.spec.authority == "Observe":
        return {"desired_replicas": None, "desired_at": None}
    if not able:
        return {"desired_replicas": before, "desired_at": at}
    scaling = policy.spec.scaling
    count = before if wanted is None else max(scaling.min_replicas, min(scaling.max_replicas, wanted))
    recent = at is not None and timedelta(0) <= now - at < CONFIRM
    stays = count == before and recent
    return {"desired_replicas": count, "desired_at": at if stays else now if count is not None else None}


def _decided(
    policy: AutonomyPolicy, row: Row, world: World, wanted: int | None, authority: Authority, now: datetime
) -> Decided | None:
    """The decision of this period; one that says the same keeps its time until it is judged."""
    if policy.spec.authority == "Observe":
        return None
    found = Decided(
        at=now,
        action=row.action,
        reason=row.reason,
        message=why(policy, row, world),
        confidence_percent=whole(row.confidence, 100, 100) or 0,
        authority=authority,
        before=world.replicas,
        replicas=wanted,
        consistency_per_mille=whole(row.psi, 1000, 10_000),
        judged_at=now + _horizon(row),
        digest=world.worse.identity if world.worse and policy.spec.flies_a_tool else None,
        left=world.worse.identity if world.worse else None,
    )
    before = policy.status.decision
    if before is None or before.judged_at is None or now >= before.judged_at:
        return found
    kept = {"at": before.at, "judged_at": before.judged_at}
    return before if found.model_copy(update=kept) == before else found


def _horizon(row: Row) -> timedelta:
    """When it shows whether this was right: once Pods are ready, once a rollback is through."""
    if row.action == "Rollback" or not isfinite(row.lead):
        return SWAP
    return timedelta(seconds=max(1.0, row.lead))


def _doing(
    policy: AutonomyPolicy, plan: Plan, row: Row, world: World, wanted: int | None, now: datetime
) -> Plan:
    """The writes beside the status, for a policy that may."""
    if row.action == "Rollback" and world.worse is not None:
        if not policy.spec.flies_a_tool:
            return replace(plan, back_to=world.worse.target)  # at every look, until another serves
        if _asked(policy, world, world.worse) and not world.denied:
            return plan
        return replace(plan, condemn=f"{world.worse.identity}@{now:%Y-%m-%dT%H:%M:%SZ}")
    return _scaled(policy, plan, world, wanted)


def _scaled(policy: AutonomyPolicy, plan: Plan, world: World, wanted: int | None) -> Plan:
    if wanted is None or policy.spec.flies_a_tool or wanted == world.replicas:
        return plan
    return replace(plan, scale=wanted)


def _told(policy: AutonomyPolicy, after: AutonomyPolicyStatus) -> tuple[Told, ...]:
    """Events: a decision that is news, and what came of earlier ones."""
    found, before = [], policy.status.history
    known = {(one.at, one.action): one for one in before}
    for one in after.history:
        old = known.get((one.at, one.action))
        if old is None:
            found.append(Told("Normal", one.action, one.reason, _said(one)))
        elif old.outcome != one.outcome:
            text = f"{one.action} of {one.at:%H:%M:%S}: {one.outcome}, {one.outcome_message}"
            bad = one.outcome in ("Wrong", "NotTaken")
            found.append(Told("Warning" if bad else "Normal", one.action, "Judged", text))
    return (*found, *autonomy_revisions.told(policy.status.revisions, after.revisions))


def _said(one: Decided) -> str:
    would = "" if one.authority == "Act" else "would be done: "
    moved = f"{one.before} to {pods(one.replicas or 0)}, " if one.action in MOVES else ""
    return f"{would}{moved}{sureness(one.reason, one.confidence_percent)}: {one.message}"
