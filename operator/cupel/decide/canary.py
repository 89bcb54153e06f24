"""The gate Canary: a new revision gets a share of the calls for a while, beside the one that serves.

Nobody here judges it. Whoever does (an AutonomyPolicy with `rollback.enabled`, a person) condemns its digest,
and the one that serves never stopped; a canary that nobody condemns takes over when its time is up
(`canary_time`). Where the
policy holds something against it and may not condemn it yet, it has its share for longer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import CanaryCalls
from cupel.api.generated_tool import GeneratedTool
from cupel.api.generated_tool_status import ServingStatus
from cupel.api.serving import Canary, CanaryStatus
from cupel.api.tool_revision import ToolRevision

from .approvals import may_serve
from .canary_time import trial
from .plan import Outcome, again, passed, waiting
from .replicas import flier
from .tool_world import World

SOON = timedelta(seconds=1)
HOLDING = ("RevisionWorse", "RolledBackRecently", "OneCaller")
"""Verdicts of an AutonomyPolicy by which a canary does not take over: that it is worse, whether or not it may
be condemned now; that it is so for one caller alone, whom people look at."""


def canary(tool: GeneratedTool, rev: ToolRevision, world: World, now: datetime) -> Outcome | None:
    """What the gate says of a revision that is ready to take over; None where there is nothing to share."""
    wanted, serving = tool.spec.serving.canary, tool.status.serving
    if wanted is None or serving is None or serving.digest == rev.spec.digest:
        return None
    if why := obstacle(rev, serving, world):
        return passed("CanarySkipped", f"revision {rev.name} takes over at once: {why}")
    known = under_way(tool, rev)
    since = known.since if known else now
    found = CanaryStatus(revision=rev.name, digest=rev.spec.digest, since=since, percent=wanted.percent)
    stands = trial(found, wanted, counted(found, world), now)
    if stands.over:
        if against := held_against(rev, world):
            return waiting("CanaryRunning", _held(found, serving, against), canary=found)
        reason = "CanaryPassed" if stands.tried else "CanaryUntried"
        return passed(reason, f"revision {rev.name} {stands.over}")
    says = f"{_says(found, serving)}, {stands.says}{judges(tool, world)}"
    return again(waiting("CanaryRunning", says, canary=found), max(stands.left, SOON))


def counted(found: CanaryStatus, world: World) -> CanaryCalls | None:
    """How much the canary was called, as far as a policy that flies the tool counts it."""
    policy = flier(world)
    if policy is None or not policy.spec.rollback.enabled or policy.status.evidence is None:
        return None
    evidence = policy.status.evidence
    about = evidence.digest == found.digest and evidence.canary is not None
    return evidence.canary if about and evidence.canary and evidence.canary.since == found.since else None


def _says(found: CanaryStatus, serving: ServingStatus) -> str:
    return f"revision {found.revision} gets {found.percent} % of the calls beside {serving.revision}"


def _held(found: CanaryStatus, serving: ServingStatus, against: str) -> str:
    return (
        f"revision {found.revision} goes on getting {found.percent} % of the calls beside {serving.revision} "
        f"and does not take over: {against}"
    )


def judges(tool: GeneratedTool, world: World) -> str:
    """Who condemns it if it is worse, as the end of a sentence."""
    by_hand = f"kubectl cupel rollback {tool.name} -n {tool.namespace}"
    policy = _judge(world)
    if policy is None:
        return f". Only people judge it ({by_hand}): no AutonomyPolicy that may act has `rollback.enabled`"
    return f". AutonomyPolicy {policy.name} judges it; by hand: {by_hand}"


def held_against(rev: ToolRevision, world: World) -> str:
    """What the policy that may condemn the revision holds against it, and has not condemned it for."""
    policy = _judge(world)
    evidence = policy.status.evidence if policy else None
    if (
        policy is None
        or evidence is None
        or evidence.digest != rev.spec.digest
        or evidence.reason not in HOLDING
    ):
        return ""
    return f"AutonomyPolicy {policy.name}: {evidence.message}"


def _judge(world: World) -> AutonomyPolicy | None:
    policy = flier(world)
    if policy is None or policy.spec.authority != "Act" or policy.spec.paused:
        return None
    return policy if policy.spec.rollback.enabled else None


def obstacle(rev: ToolRevision, serving: ServingStatus, world: World) -> str:
    """Why the calls cannot be shared; empty when they can."""
    old = world.revision_of(serving.digest)
    if old is None or may_serve(world.ledger, old.spec.digest, old.spec.egress):
        return f"revision {serving.revision} may not serve any more"
    if old.spec.bundle.interface != rev.spec.bundle.interface:
        return "the interface changed, and callers see one at a time"
    if old.spec.bundle.permissions != rev.spec.bundle.permissions:
        return "the permissions changed, and callers are told those of one at a time"
    if rev.spec.bundle.permissions.state != "None":
        return "two revisions would write the same state"
    return ""


def under_way(tool: GeneratedTool, rev: ToolRevision | None) -> CanaryStatus | None:
    """What was stored of this revision as a canary, while it is one: a look that comes not as far as its gate
    takes nothing away, or its time would begin anew with every Pod that ends.
    """
    known, serving = tool.status.canary, tool.status.serving
    if known is None or rev is None or known.digest != rev.spec.digest or tool.spec.serving.canary is None:
        return None
    return None if serving is None or serving.digest == rev.spec.digest else known


def pods_of_share(tool: GeneratedTool, rev: ToolRevision, replicas: int, world: World, now: datetime) -> int:
    """Pods a revision needs for the calls it gets, of so many for all of them."""
    found = canary(tool, rev, world, now)
    wanted = tool.spec.serving.canary
    if found is None or found.status == "True" or wanted is None:
        return replicas
    return _share(wanted, replicas)


def _share(wanted: Canary, replicas: int) -> int:
    return min(replicas, max(1, ceil(replicas * wanted.percent / 100)))
