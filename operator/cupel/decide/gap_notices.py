"""What there is to tell people about a CapabilityGap: that it needs one. Of its tool the tool's own tell."""

from __future__ import annotations

from dataclasses import dataclass

from cupel.api.capability_gap import CapabilityGap
from cupel.api.common import Condition

from .notices import Key, Notice

TOLD = frozenset({"NothingFits", "AttemptsExhausted"})
"""Reasons to wait for a person, and the one refusal of Answered, that are the gap's own."""
AT_REST = frozenset({"Closed", "Paused"})


@dataclass(frozen=True)
class GapSeen:
    """A CapabilityGap, as far as notices need it."""

    uid: str
    generation: int
    namespace: str
    name: str
    requesters: tuple[str, ...]
    wish: str
    mark: Condition | None
    """Stalled or Suspended, where that is about the gap itself and this generation."""


def seen_gap(gap: CapabilityGap) -> GapSeen:
    status, metadata = gap.status, gap.metadata
    current = status.observed_generation == metadata.generation and metadata.deletion_timestamp is None
    mark = next((c for c in status.conditions if c.type in ("Stalled", "Suspended")), None)
    gates = {c.type for c in status.conditions}
    own = mark is not None and (mark.reason in TOLD or "Answered" not in gates)
    return GapSeen(
        metadata.uid,
        metadata.generation,
        metadata.namespace,
        metadata.name,
        gap.askers[:3],
        gap.spec.wish,
        mark if current and own else None,
    )


def gap_notices(gap: GapSeen) -> tuple[Notice, ...]:
    """At most one: it waits for a person, or a person must change something."""
    if gap.mark is None or gap.mark.reason in AT_REST:
        return ()
    where = f"{gap.name} -n {gap.namespace}"
    commands = (
        f"kubectl describe gap {where}",
        f"kubectl edit gap {where}   # name spec.template, word spec.wish otherwise, or set spec.closed",
    )
    notice = Notice(
        Key(gap.uid, gap.generation, gap.mark.reason),
        "Waiting" if gap.mark.type == "Suspended" else "Refused",
        gap.namespace,
        gap.name,
        gap.mark.last_transition_time,
        gap.mark.message,
        (f"wish: {gap.wish}",),
        gap.requesters,
        commands=commands,
        kind="CapabilityGap",
    )
    return (notice,)
