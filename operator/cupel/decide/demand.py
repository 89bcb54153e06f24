"""How often a gap was reported and by whom: each report counts, one a minute of each caller. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from cupel.api.capability_gap import MAX_CALLERS, Caller, CapabilityGap, Demand

PAUSE = timedelta(minutes=1)
"""Between two reports of one caller that are counted: a loop is no demand."""


def first(by: str, now: datetime) -> Demand:
    """The demand of a gap that is reported for the first time."""
    return Demand(reports=1, callers=(Caller(by=by, reports=1, last_at=now),), first_at=now, last_at=now)


def again(demand: Demand | None, by: str, now: datetime) -> Demand | None:
    """With one more report of `by`; None when their last one is not a minute old.

    The first 32 callers are kept by name, and stay: they may not review what is made for the gap. Of whoever
    comes later the reports count, and nothing tells how long ago they came last.
    """
    if demand is None:
        return first(by, now)
    known = next((each for each in demand.callers if each.by == by), None)
    if known is not None and now - known.last_at < PAUSE:
        return None
    mine = Caller(by=by, reports=(known.reports if known else 0) + 1, last_at=now)
    others = tuple(each for each in demand.callers if each.by != by)
    return Demand(
        reports=demand.reports + 1,
        callers=(*others, mine) if len(others) < MAX_CALLERS else others,
        first_at=demand.first_at,
        last_at=max(demand.last_at, now),
    )


def counted(demand: Demand | None, callers: Iterable[str], now: datetime) -> Demand | None:
    """With one more report of each of them; None when none of these counts."""
    found, before = demand, demand
    for by in dict.fromkeys(callers):
        found = again(found, by, now) or found
    return found if found != before else None


def is_open(gap: CapabilityGap) -> bool:
    """Whether it still asks for something: nothing answers it, and no person said no."""
    if gap.spec.closed is not None:
        return False
    return not any(each.type == "Ready" and each.status == "True" for each in gap.status.conditions)


def how_many_open(gaps: Iterable[CapabilityGap], policy: str) -> int:
    """Open gaps that this policy judges."""
    return sum(is_open(gap) and gap.spec.policy_ref.name == policy for gap in gaps)
