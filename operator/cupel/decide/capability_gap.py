"""The life of a CapabilityGap: every gate in order.

Whether it is accepted: `gap_acceptance`. What is planned: `gap_plan`. What was tried: `gap_attempts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from cupel.api.capability_gap import CapabilityGap
from cupel.api.capability_gap_status import Attempt
from cupel.api.capability_gap_status import Plan as GapPlan
from cupel.api.common import Condition, JsonObject
from cupel.api.generated_tool import GeneratedTool
from cupel.api.names import AUTHOR

from .authoring import changed, tried
from .gap_acceptance import accepted
from .gap_attempts import attempts
from .gap_content import reworded
from .gap_plan import planned
from .gap_remedies import remedy
from .gap_twin import also_asked_by
from .gap_weight import priority, recommendation
from .gap_world import World
from .plan import Outcome, Plan, Walk, passed, refused, waiting, walk
from .summary import FOR_PEOPLE, conditions

__all__ = ["World", "decide"]


def decide(gap: CapabilityGap | None, world: World, now: datetime) -> Plan:
    """One pass over one gap. Nothing is made here: the author carries the plan out."""
    if gap is None or gap.metadata.deletion_timestamp is not None:
        return Plan(None)
    tried = attempts(gap, world, now)
    taken = walk(_gates(gap, world, tried))
    generation = gap.metadata.generation
    found = conditions(taken, gap.status.conditions, generation, now, "Answered")
    update = _facts(gap, world, taken, tried) | {"observed_generation": generation, "conditions": found}
    return Plan(gap.status.model_copy(update=update))


def _gates(gap: CapabilityGap, world: World, tried: tuple[Attempt, ...]) -> Iterator[tuple[str, Outcome]]:
    yield "Accepted", accepted(gap, world)
    outcome = with_old_tool(planned(gap, world), gap, world)
    yield "Planned", outcome
    plan: GapPlan = outcome.evidence["plan"]
    yield "Built", built(gap, plan, world)
    yield "Answered", answered(gap, plan, world, tried)


def with_old_tool(outcome: Outcome, gap: CapabilityGap, world: World) -> Outcome:
    """Where nothing answers the words a gap has now: also what became of the tool made for earlier ones."""
    tool = world.tool
    if outcome.status == "True" or tool is None or not reworded(gap, tool):
        return outcome
    held = "is held (GapReworded): delete it, or make it yours by changing its content"
    fate = "serves on" if tool.status.serving else held
    said = f"{outcome.message}; GeneratedTool {tool.name}, made for its earlier words, {fate}"
    return replace(outcome, message=said)


def built(gap: CapabilityGap, plan: GapPlan, world: World) -> Outcome:
    """There is a tool: one that was there before, or one made for this gap."""
    if plan.generator == "Existing":
        return passed("ToolExists", f"{plan.tool_name} is there already")
    if (stuck := undrafted(gap, plan, world)) is not None:
        return stuck
    if world.tool is None:
        return waiting(
            "AwaitingAuthor",
            f"the author is to make GeneratedTool {plan.tool_name} by {_by(plan)}; it does so where it runs "
            "and the namespace binds ClusterRole cupel-author-drafts",
        )
    if outdated(plan, world.tool):
        return waiting("AwaitingRedraft", f"GeneratedTool {world.tool.name} was made by an earlier plan")
    return passed("ToolMade", f"GeneratedTool {world.tool.name} was made for it")


def undrafted(gap: CapabilityGap, plan: GapPlan, world: World) -> Outcome | None:
    """What the author says of a draft that did not come: why, and whether it goes on trying."""
    last = next((one for one in reversed(gap.status.drafting) if one.plan == plan.content), None)
    if last is None or last.outcome in ("Writing", "Made", "Lost"):
        return None
    if world.tool is not None and not outdated(plan, world.tool) and last.outcome != "Repeated":
        return None
    most = world.policy.spec.generation.attempts if world.policy else 0
    said = f"no draft came of {_by(plan)}: {last.because}"
    if last.outcome != "Held" and (last.outcome == "Repeated" or len(tried(gap, plan)) >= most):
        return refused("AttemptsExhausted", f"{said}. Change what is asked for, or apply a GeneratedTool")
    return waiting("DraftFailed", said)


def outdated(plan: GapPlan, tool: GeneratedTool) -> bool:
    """Whether the author made it by an earlier plan. What a person has written since is theirs."""
    return tool.spec.requested_by == AUTHOR and changed(plan, tool)


def answered(gap: CapabilityGap, plan: GapPlan, world: World, told: tuple[Attempt, ...]) -> Outcome:
    """The tool serves. Until then this says what the tool itself says."""
    if world.tool is None or plan.generator == "Existing":
        return passed("Serving", f"agents call {plan.tool_name}")
    ready = ready_of(world.tool)
    if ready is None:
        return waiting("Pending", f"the operator has not judged GeneratedTool {world.tool.name} yet")
    if ready.status == "True":
        return passed("Serving", f"agents call {world.tool.tool_name}")
    said = f"GeneratedTool {world.tool.name}: {ready.message or ready.reason}"
    said += remedy(gap, ready.reason, ready.message)
    if ready.status == "Unknown" or ready.reason in FOR_PEOPLE:
        return waiting(ready.reason, said)
    return _refused_draft(gap, plan, world, told, ready.reason, said)


def _refused_draft(
    gap: CapabilityGap, plan: GapPlan, world: World, told: tuple[Attempt, ...], reason: str, said: str
) -> Outcome:
    """A model may try again, as often as the policy says. A template would only make the same again."""
    most = world.policy.spec.generation.attempts if world.policy else 0
    drafts = tried(gap, plan)  # more than contents: a draft that brought nothing is an attempt, too
    number = max(told[-1].number if told else 0, len(drafts))
    if drafts and drafts[-1].outcome == "Failed":
        said = f"{said}. The last draft against that brought nothing: {drafts[-1].because}"
    if plan.generator != "Model":
        return refused(reason, said)
    if number < most:
        return waiting("AwaitingRedraft", f"attempt {number} of {most} was refused ({reason}): {said}")
    return refused(
        "AttemptsExhausted", f"{number} of {most} attempts were refused, the last ({reason}): {said}"
    )


def ready_of(tool: GeneratedTool) -> Condition | None:
    """What the tool says of itself; None while that is about an older spec."""
    if tool.status.observed_generation != tool.metadata.generation:
        return None
    return next((c for c in tool.status.conditions if c.type == "Ready"), None)


def _by(plan: GapPlan) -> str:
    return f"template {plan.template}" if plan.template else f"generator {plan.generator}"


def _facts(gap: CapabilityGap, world: World, taken: Walk, tried: tuple[Attempt, ...]) -> JsonObject:
    """A gap that is not judged so far keeps the plan it had: what is paused goes on where it was."""
    kept = {"plan": gap.status.plan, "answered_by": gap.status.answered_by, "same_as": None}
    return {
        **kept,
        **taken.evidence,
        "also_asked_by": also_asked_by(gap, world.alike),
        "tool": world.tool.name if world.tool else None,
        "attempts": tried,
        "reports": gap.reports,
        "callers": gap.callers,
        "recommendation": recommendation(gap, taken),
        "priority_per_mille": priority(gap, taken),
    }
