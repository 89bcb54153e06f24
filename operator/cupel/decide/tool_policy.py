"""The life of a ToolPolicy: it is in use as written, or its tools are told what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cupel.api.tool_policy import ToolPolicy

from .archive import calls_known
from .plan import Outcome, Plan, passed, waiting, walk
from .summary import conditions


@dataclass(frozen=True)
class World:
    """Everything one pass saw."""

    tools: int = 0
    """GeneratedTools of the namespace that name this policy."""
    looked_at: datetime | None = None
    """When every gateway last said which tools are called."""


def decide(policy: ToolPolicy | None, world: World, now: datetime) -> Plan:
    """One pass over one policy."""
    if policy is None or policy.metadata.deletion_timestamp is not None:
        return Plan(None)
    generation = policy.metadata.generation
    found = conditions(
        walk([("Accepted", in_use(policy))]),
        policy.status.conditions,
        generation,
        now,
        "InUse",
    )
    update = {"observed_generation": generation, "tools": world.tools, "conditions": found}
    update |= {"calls": calls_known(policy.status.calls, world.looked_at)}
    return Plan(policy.status.model_copy(update=update))


def in_use(policy: ToolPolicy) -> Outcome:
    """Active, or paused by a person."""
    if policy.spec.mode == "Paused":
        return waiting("Paused", "`spec.mode` is Paused: nothing new starts; what serves goes on serving")
    return passed("Active", "tools that name this policy are judged by it")
