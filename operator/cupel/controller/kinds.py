"""The kinds this process takes passes over: how each is looked at and decided.

A new kind is one more entry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cupel.api.tool_revision import ToolRevision
from cupel.decide import capability_gap, generated_tool, revision_world, tool_policy, tool_revision
from cupel.decide.plan import Plan
from cupel.kube import observe, observe_gaps
from cupel.kube.observe import Sight
from cupel.kube.resources import CAPABILITY_GAP, GENERATED_TOOL, TOOL_POLICY, TOOL_REVISION, Kind


@dataclass(frozen=True)
class Reconciled:
    """One kind. `find` answers None for what is gone; `decide` takes that None."""

    kind: Kind
    find: Callable[[Sight, str, str], Any]
    observe: Callable[[Sight, str, str], Any]
    decide: Callable[[Any, Any, datetime], Plan]


def _revision(rev: ToolRevision | None, world: revision_world.World, now: datetime) -> Plan:
    """Of a revision that is gone, what it left in the sandbox goes too."""
    return Plan(None, world.leftovers) if rev is None else tool_revision.decide(rev, world, now)


RECONCILED = {
    one.kind.name: one
    for one in (
        Reconciled(GENERATED_TOOL, observe.tool, observe.generated_tool, generated_tool.decide),
        Reconciled(TOOL_REVISION, observe.revision, observe.tool_revision, _revision),
        Reconciled(TOOL_POLICY, observe.policy, observe.tool_policy, tool_policy.decide),
        Reconciled(CAPABILITY_GAP, observe.gap, observe_gaps.capability_gap, capability_gap.decide),
    )
}
