"""Gaps that would be answered by the same tool: of one template, one set of parameters and one policy. Pure.

Wishes in other words come to one plan; one tool answers them all, and people decide about it once.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from cupel.api.bundle import canonical
from cupel.api.capability_gap import CapabilityGap
from cupel.api.capability_gap_status import Plan
from cupel.api.common import JsonObject

from .plan import Outcome, passed, waiting

SURE = 1000


class Twin(NamedTuple):
    """The gap that came first to the same plan."""

    gap: str
    tool_name: str = ""
    """MCP name of the tool made for it; empty while there is none."""
    serves: bool = False


def same_plan(policy: str, template: str, parameters: JsonObject | None) -> str:
    """What gaps with one plan have in common, as a name to find them by."""
    return hashlib.sha256(canonical([policy, template, parameters or {}])).hexdigest()[:16]


def answered_by_twin(gap: CapabilityGap, twin: Twin | None, content: str) -> Outcome | None:
    """The other gap's tool, or waiting for it; none for who names a tool, or has looked at that one."""
    if twin is None or gap.spec.tool_name or twin.tool_name in gap.spec.checked:
        return None
    same = f"CapabilityGap {twin.gap} is answered by the same template with the same parameters"
    if twin.serves:
        because = f"{twin.tool_name} serves: {same}; if it does not do, name it in `spec.checked`"
        plan = Plan(
            generator="Existing", tool_name=twin.tool_name, because=because, content=content,
            confidence_per_mille=SURE,
        )  # fmt: skip
        return passed("ToolExists", because, plan=plan)
    tool = f"its tool {twin.tool_name}" if twin.tool_name else "its tool"
    return waiting("SamePlan", f"{same}: this one is, too, once {tool} serves", plan=None)
