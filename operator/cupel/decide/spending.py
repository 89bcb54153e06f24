"""Whether a model may be asked once more: what was used so far against the policy's budget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from cupel.api.capability_gap import CapabilityGap
from cupel.api.capability_gap_status import Drafting
from cupel.api.generation import ModelBudget


@dataclass(frozen=True)
class Spent:
    """Tokens, and cost in millionths."""

    tokens: int = 0
    micros: int = 0

    def with_(self, other: Spent) -> Spent:
        return Spent(self.tokens + other.tokens, self.micros + other.micros)


def spent(draftings: Iterable[Drafting]) -> Spent:
    found = tuple(draftings)
    return Spent(sum(one.tokens for one in found), sum(one.micros for one in found))


def today(gaps: Iterable[CapabilityGap], policy: str, now: datetime) -> Spent:
    """What all gaps of a policy used since midnight, UTC. Gaps of one namespace."""
    every = ((one, one.policy or gap.spec.policy_ref.name) for gap in gaps for one in of_day(gap, now))
    return spent(one for one, counts_for in every if counts_for == policy)


def of_day(gap: CapabilityGap, now: datetime) -> tuple[Drafting, ...]:
    """What was drafted for one gap on the day that `now` is of, UTC."""
    day = now.astimezone(UTC).date()
    return tuple(one for one in gap.status.drafting if one.at.astimezone(UTC).date() == day)


def overspent(budget: ModelBudget, tool: Spent, day: Spent, next_: Spent) -> str:
    """Which limit the next request could break, in words; empty when it cannot break any."""
    after_tool, after_day = tool.with_(next_), day.with_(next_)
    for used, limit, name in (
        (after_tool.tokens, budget.tokens_per_tool, "tokensPerTool"),
        (after_tool.micros, budget.micros_per_tool, "microsPerTool"),
        (after_day.tokens, budget.tokens_per_day, "tokensPerDay"),
        (after_day.micros, budget.micros_per_day, "microsPerDay"),
    ):
        if used > limit:
            return f"it could use {used}; generation.budget.{name} of the ToolPolicy is {limit}"
    return ""
