"""How much a CapabilityGap matters, and what is best done about it: its row of the ranking.

As of the last report, because a status says what is, and must not move with the clock.
"""

from __future__ import annotations

from datetime import UTC, datetime

from cupel.api.capability_gap import CapabilityGap
from cupel.api.capability_gap_status import Answer, Recommendation
from cupel.wishes.rank import Gap, Ranked, ranked

from .plan import Walk

ALWAYS = datetime.min.replace(tzinfo=UTC)


def priority(gap: CapabilityGap, taken: Walk) -> int:
    """Thousandths. 0 for what is answered or closed."""
    if taken.arrived or gap.spec.closed is not None:
        return 0
    return max(0, min(1000, round(1000 * _row(gap, taken).priority)))


def recommendation(gap: CapabilityGap, taken: Walk) -> Recommendation | None:
    """None (absent) while nobody knows; the word None for what a person decided against, or is an attack."""
    if gap.spec.closed is not None or ("Planned", "WishRefused") in _reasons(taken):
        return "None"
    if taken.arrived:
        return "Reuse"
    if "plan" not in taken.evidence:
        return gap.status.recommendation
    plan = taken.evidence["plan"]
    if plan is None:
        return _row(gap, taken).recommendation.value
    return "Reuse" if plan.generator == "Existing" else "Build"


def _reasons(taken: Walk) -> list[tuple[str, str]]:
    return [(gate, outcome.reason) for gate, outcome in taken.outcomes]


def _row(gap: CapabilityGap, taken: Walk) -> Ranked:
    at = gap.spec.demand.last_at if gap.spec.demand else ALWAYS
    near: tuple[Answer, ...] = taken.evidence.get("answered_by", gap.status.answered_by)
    nearest, score = (near[0].tool_name, near[0].score_per_mille / 1000) if near else ("", 0.0)
    seen = Gap(gap.name, gap.reports, max(1, gap.callers), 1, at, nearest, score)
    return ranked((seen,), at)[0]
