"""From a walk through the gates to the conditions people and tools read: the gates, then one summary.

Reconciling and Stalled are the words of kstatus (sigs.k8s.io/cli-utils), Suspended is Argo CD's; each is
present only while it is true.
"""

from __future__ import annotations

from datetime import datetime

from cupel.api.common import Condition

from .plan import Outcome, Status, Walk, condition

FOR_PEOPLE = frozenset({"AwaitingApproval", "Paused", "ScaledToZero", "Retired", "Closed", "NothingFits"})
"""Reasons of waiting that only a person ends: Ready is False and Suspended, with no clock running."""


def conditions(
    walk: Walk,
    before: tuple[Condition, ...],
    generation: int,
    now: datetime,
    ready_reason: str = "Ready",
    suffix: str = "",
    beside: tuple[tuple[str, Outcome], ...] = (),
) -> tuple[Condition, ...]:
    """The gates asked, what is said beside them, Reconciling, Stalled or Suspended where true, and Ready."""

    def one(kind: str, status: Status, reason: str, message: str = "") -> Condition:
        return condition(kind, status, reason, message, before, generation, now)

    gates = tuple(one(name, o.status, o.reason, o.message) for name, o in (*walk.outcomes, *beside))
    last = walk.last
    message = f"{last.message}{suffix}"
    if walk.arrived:
        return (*gates, one("Ready", "True", ready_reason, message))
    mark = one(_mark(last), "True", last.reason, message)
    return (*gates, mark, one("Ready", _ready(last), last.reason, message))


def _mark(last: Outcome) -> str:
    if last.status == "False":
        return "Stalled"
    return "Suspended" if last.reason in FOR_PEOPLE else "Reconciling"


def _ready(last: Outcome) -> Status:
    return "Unknown" if last.status == "Unknown" and last.reason not in FOR_PEOPLE else "False"
