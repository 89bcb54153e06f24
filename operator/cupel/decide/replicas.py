"""How many Pods a tool runs, and who says so: its own spec, or the AutonomyPolicy that flies it.

One owner of `replicas`: the operator. A policy's status only asks, and is bounded here whatever it says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.common import Condition
from cupel.api.generated_tool import GeneratedTool

from .archive import archived
from .tool_world import World

FRESH = timedelta(seconds=90)
"""A count confirmed less long ago is obeyed; of a slow policy, one confirmed within three periods."""
FRESH_ASLEEP = timedelta(seconds=45)
"""A count of none is believed half as long: meanwhile whoever calls waits in vain."""
HOLD = timedelta(minutes=10)
"""How long the last count stays once it is no longer confirmed."""
STEP = timedelta(minutes=1)
"""After that, one Pod goes at once and one more each such time, down to what the tool's spec says."""


@dataclass(frozen=True)
class Count:
    """Pods a tool should run."""

    replicas: int
    why: str = ""
    """Who scales it and how it comes to this count, as a clause; empty: the tool's own spec."""
    least: int = 0
    """Ready Pods from which the tool counts as available while others start. 0: all must be ready."""
    revisit: timedelta | None = None
    """When time alone changes this."""
    may_sleep: bool = False
    """The policy that flies it lets it run no Pod, or it comes out of the archive: calls wait for a Pod."""
    archived: bool = False
    """None of it runs, and agents are not shown it."""


def fresh_for(policy: AutonomyPolicy) -> timedelta:
    """How long a confirmed count is obeyed."""
    fresh = FRESH if policy.status.desired_replicas else FRESH_ASLEEP
    return max(fresh, 3 * timedelta(seconds=policy.spec.period_seconds))


def count(tool: GeneratedTool, world: World, now: datetime) -> Count:
    """What the tool's spec and the policies that name it come to. A spec of 0 is a person's: nothing runs."""
    own = 0 if switched_off(tool) else min(tool.spec.serving.replicas, _most(tool, world))
    if own == 0:
        return Count(own)
    policy = flier(world)
    if policy is None or policy.spec.authority != "Act":
        return _archived(tool, world, now) or _own(tool, own)
    sleeps = policy.spec.scaling.min_replicas == 0 and not policy.spec.paused
    if sleeps and (archive := _archived(tool, world, now)):
        return archive
    found = _paused(policy, tool, world, own) if policy.spec.paused else _asked(policy, tool, world, now, own)
    return replace(found, may_sleep=policy.spec.scaling.min_replicas == 0)


def flier(world: World) -> AutonomyPolicy | None:
    """The policy that flies the tool: the oldest. The others are refused (AlreadyFlown)."""
    return min(world.flown_by, key=_age, default=None)


def switched_off(tool: GeneratedTool) -> bool:
    """A person wants no Pod of it."""
    return tool.spec.serving.replicas == 0 or tool.spec.lifecycle == "Retired"


def _archived(tool: GeneratedTool, world: World, now: datetime) -> Count | None:
    why = archived(tool, world.policy, world.use, now)
    return Count(0, why, may_sleep=True, archived=True) if why else None


def _own(tool: GeneratedTool, own: int) -> Count:
    """By its own spec. What comes out of the archive goes on holding calls until its Pod answers."""
    serving = tool.status.serving
    if serving is None or serving.sleep not in ("Archived", "Waking"):
        return Count(own)
    return Count(own, "it slept, and is wanted again", may_sleep=True)


def _paused(policy: AutonomyPolicy, tool: GeneratedTool, world: World, own: int) -> Count:
    there = max((d.wanted for d in world.deployments), default=own)
    held = min(max(there, 1), _most(tool, world))
    return Count(held, f"AutonomyPolicy {policy.name} is paused: the count stays", least=1)


def _most(tool: GeneratedTool, world: World) -> int:
    return world.policy.spec.max_replicas if world.policy else tool.spec.serving.replicas


def _age(policy: AutonomyPolicy) -> tuple[float, str]:
    """The oldest flies; of two of one second the first by name."""
    made = policy.metadata.creation_timestamp
    return (made.timestamp() if made else 0.0, policy.name)


def _asked(policy: AutonomyPolicy, tool: GeneratedTool, world: World, now: datetime, own: int) -> Count:
    """The count in the policy's status, as long as somebody stands behind it."""
    status, ready = policy.status, _ready(policy)
    if status.desired_replicas is None or status.desired_at is None or ready is None:
        return Count(own, f"AutonomyPolicy {policy.name} has not said a count yet")
    wanted = _bounded(status.desired_replicas, policy, tool, world)
    if ready.status != "True":
        why = f"AutonomyPolicy {policy.name} does not scale it: {ready.reason}"
        return _fading(wanted, own, ready.last_transition_time, now, why)
    stale_at = status.desired_at + fresh_for(policy)
    if now >= stale_at:
        return _unconfirmed(policy, wanted, own, stale_at, now)
    replicas = _risen(wanted, own, world)
    spec = policy.spec.scaling
    why = f"AutonomyPolicy {policy.name} scales it, between {spec.min_replicas} and {spec.max_replicas} Pods"
    return Count(replicas, why, least=max(1, min(spec.min_replicas, replicas)), revisit=stale_at - now)


def _unconfirmed(policy: AutonomyPolicy, held: int, own: int, since: datetime, now: datetime) -> Count:
    """Nobody confirms the count any more: it stays for a while, then goes back to the tool's own."""
    why = f"the autopilot has not confirmed the count of AutonomyPolicy {policy.name} since {since:%H:%M:%S}"
    if now < since + HOLD:
        return Count(max(held, 1), f"{why}: it stays for ten minutes", least=1, revisit=since + HOLD - now)
    return _fading(held, own, since + HOLD, now, why)


def _fading(held: int, own: int, since: datetime, now: datetime, why: str) -> Count:
    """Back to the tool's own count: up at once, down a Pod at a time."""
    steps = 1 + max(now - since, timedelta(0)) // STEP
    replicas = max(own, held - steps)
    if replicas == own:
        return Count(own, why)
    return Count(replicas, why, least=own, revisit=steps * STEP - max(now - since, timedelta(0)))


def _bounded(desired: int, policy: AutonomyPolicy, tool: GeneratedTool, world: World) -> int:
    """Inside the policy's bounds and the ToolPolicy's, which is the stronger. Only what served may sleep."""
    most = min(policy.spec.scaling.max_replicas, _most(tool, world))
    least = policy.spec.scaling.min_replicas
    if least == 0 and not tool.status.serving:
        least = 1
    return min(max(desired, least), most)


def _risen(wanted: int, own: int, world: World) -> int:
    """Up to twice as many as are ready: a count that is too high shows in Pods that never are."""
    ready = max((d.ready for d in world.deployments), default=0)
    there = max((d.wanted for d in world.deployments), default=0)
    return min(wanted, max(there, 2 * ready, own, 1))


def _ready(policy: AutonomyPolicy) -> Condition | None:
    return next((c for c in policy.status.conditions if c.type == "Ready"), None)
