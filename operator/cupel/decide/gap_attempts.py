"""The story of the drafts made for a CapabilityGap: one attempt for each content its tool was given."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from cupel.api.capability_gap import CapabilityGap
from cupel.api.capability_gap_status import Attempt
from cupel.api.common import Condition
from cupel.api.generated_tool import GeneratedTool
from cupel.api.generation import Generator

from .gap_content import reworded
from .gap_world import World

KEPT = 10


def attempts(gap: CapabilityGap, world: World, now: datetime) -> tuple[Attempt, ...]:
    """Drafts so far, newest last. What came of the newest is what its tool says now."""
    before, tool = gap.status.attempts, world.tool
    generator = _generator(gap, tool)
    if tool is None:
        return superseded(before, "its GeneratedTool is gone, or no longer this gap's")
    if generator is None or not tool.status.digest:
        return before
    if tool.status.observed_generation != tool.metadata.generation:
        return before
    last = before[-1] if before else None
    same = last is not None and last.digest == tool.status.digest
    outcome, because = _outcome(gap, tool)
    found = Attempt(
        number=(last.number if last else 0) + (0 if same else 1),
        at=last.at if same and last else now,
        generator=generator,
        digest=tool.status.digest,
        outcome=outcome,
        because=because,
    )
    earlier = before[:-1] if same else superseded(before, f"attempt {found.number} took its place")
    return (*earlier, found)[-KEPT:]


def superseded(past: tuple[Attempt, ...], because: str) -> tuple[Attempt, ...]:
    """What neither waits nor serves any more; what was refused stays so."""
    over = {"outcome": "Superseded", "because": because}
    return tuple(
        one.model_copy(update=over) if one.outcome in ("Waiting", "Serving") else one for one in past
    )


def _generator(gap: CapabilityGap, tool: GeneratedTool | None) -> Generator | None:
    """Which made the content; None for what a person wrote."""
    return tool.spec.origin.generator if tool and tool.spec.origin else None


def _outcome(
    gap: CapabilityGap, tool: GeneratedTool
) -> tuple[Literal["Waiting", "Refused", "Serving", "Superseded"], str]:
    ready, stalled = _condition(tool, "Ready"), _condition(tool, "Stalled")
    if ready is not None and ready.status == "True":
        return "Serving", ""
    if reworded(gap, tool):
        return "Superseded", "the gap asks for something else since"
    if stalled is not None:
        return "Refused", f"{stalled.reason}: {stalled.message}"[:1024]
    return "Waiting", f"{ready.reason}: {ready.message}"[:1024] if ready else ""


def _condition(tool: GeneratedTool, kind: str) -> Condition | None:
    return next((c for c in tool.status.conditions if c.type == kind), None)
