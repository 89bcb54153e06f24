"""A tool asleep is woken whatever else is held still: whoever calls it waits, and nobody else would."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from cupel.api.autonomy_policy import AutonomyPolicy

from .autonomy_world import Row, World
from .plan import Outcome

UNSEEN = timedelta(seconds=30)
"""How long nobody may be able to say whether anybody calls."""


def woken(
    policy: AutonomyPolicy, row: Row, world: World, sees: Outcome, acts: Outcome, now: datetime
) -> Row | None:
    """The row that wakes it; None where nothing sleeps, or nobody calls.

    Of a policy that is `paused` the operator itself runs a Pod: what such a policy says is not listened to.
    """
    if world.replicas != 0 or not policy.spec.flies_a_tool or acts.reason == "Paused":
        return None
    if row.reason == "Woken":
        return row
    if sees.status == "True" or not _unseen_since(policy, now) >= UNSEEN:
        return None
    return replace(row, action="ScaleUp", reason="WokenUnseen", replicas=1.0, confidence=0.0)


def _unseen_since(policy: AutonomyPolicy, now: datetime) -> timedelta:
    """How long too little has been seen, as far as that was said."""
    said = next((one for one in policy.status.conditions if one.type == "Seeing"), None)
    return now - said.last_transition_time if said and said.status == "False" else timedelta(0)
