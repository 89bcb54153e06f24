"""How much a CapabilityGap matters, and what is best done about it. All of them are ranked elsewhere."""

from __future__ import annotations

from cupel.api.capability_gap import CapabilityGap
from cupel.api.capability_gap_status import Answer, Recommendation

from .plan import Walk

OFTEN, MANY = 10, 3
"""So many reports, and so many callers, weigh half of what any number could."""
EXTENDS = 350
"""From this score (in thousandths) on a tool that does not answer the wish is worth extending."""


def priority(gap: CapabilityGap, taken: Walk) -> int:
    """Thousandths: reports / (reports + 10) x callers / (callers + 3). 0 for what is answered or closed."""
    if taken.arrived or gap.spec.closed is not None:
        return 0
    reports, callers = gap.reports, max(1, len(gap.askers))
    return round(1000 * reports / (reports + OFTEN) * callers / (callers + MANY))


def recommendation(gap: CapabilityGap, taken: Walk) -> Recommendation | None:
    """None (absent) while nobody knows; the word None for what a person decided against."""
    if gap.spec.closed is not None:
        return "None"
    if "plan" not in taken.evidence:
        return gap.status.recommendation
    plan = taken.evidence["plan"]
    if plan is not None:
        return "Reuse" if plan.generator == "Existing" else "Build"
    nearest: tuple[Answer, ...] = taken.evidence.get("answered_by", ())
    return "Extend" if nearest and nearest[0].score_per_mille >= EXTENDS else "Build"
