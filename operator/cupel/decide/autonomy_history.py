"""The last ten decisions that were not NoOp, and what came of each, judged once at its horizon.

What was only recommended is judged by the same question, so that trust can be had before authority is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil, isfinite

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import Decided
from cupel.control.carry import pods_well_of_one
from cupel.control.policy import USE

from .autonomy_words import pods
from .autonomy_world import Row, World

KEPT = 10
OVERDUE = timedelta(minutes=5)
"""What could not be judged this long after its horizon never will be."""
SWAP = timedelta(minutes=1)
"""When it shows whether a rollback was right."""
SLACK = 0.05
"""Part of a Pod that demand may be above what the Pods carry before one more counts as needed."""


def remembered(
    policy: AutonomyPolicy, decided: Decided | None, row: Row, world: World, now: datetime
) -> tuple[Decided, ...]:
    """The history after this look: what was due is judged, a new decision goes first."""
    reserve = policy.spec.scaling.warm_reserve
    past = policy.status.history
    judged = tuple(_judged(one, row, world, reserve, now, past) for one in past)
    if decided is None or decided.action == "NoOp" or (judged and _same(decided, judged[0])):
        return judged
    return (decided, *judged)[:KEPT]


def _same(new: Decided, newest: Decided) -> bool:
    """The decision of the period before, still waiting for what comes of it, or refused and tried again."""
    if new.action == newest.action == "Rollback":
        return (new.left, new.authority) == (newest.left, newest.authority)
    asked = (new.action, new.before, new.replicas, new.digest, new.authority)
    return newest.outcome in ("Pending", "NotTaken") and asked == (
        newest.action, newest.before, newest.replicas, newest.digest, newest.authority,
    )  # fmt: skip


def _judged(
    one: Decided, row: Row, world: World, reserve: int, now: datetime, others: Sequence[Decided]
) -> Decided:
    if one.outcome == "NotTaken" and one.action == "Rollback" and one.left and one.left == world.asked:
        opened = {"outcome": "Pending", "outcome_message": "", "judged_at": now + SWAP}
        return one.model_copy(update=opened)  # it was asked for after all
    if one.outcome != "Pending" or one.judged_at is None:
        return one
    of_a_tool = one.action == "Rollback" and one.digest is not None
    if world.denied and one.authority == "Act" and (of_a_tool or one.action in ("ScaleUp", "ScaleDown")):
        return _closed(one, "NotTaken", f"the API server refused: {world.denied}"[:512])
    if now < one.judged_at:
        return one
    if world.denied and one.authority == "Act" and one.action == "Rollback":
        return _closed(one, "NotTaken", f"the API server refused: {world.denied}"[:512])
    found = _verdict(one, row, world, reserve) or _slept(one, others)
    if found is None:
        late = now >= one.judged_at + OVERDUE
        return _closed(one, "Unknown", "too little was seen by then to say") if late else one
    right, message = found
    return _closed(one, "Right" if right else "Wrong", message)


def _closed(one: Decided, outcome: str, message: str) -> Decided:
    return one.model_copy(update={"outcome": outcome, "outcome_message": message})


def _verdict(one: Decided, row: Row, world: World, reserve: int) -> tuple[bool, str] | None:
    """Whether it was right, and what happened; None while that cannot be said."""
    match one.action:
        case "ScaleUp" | "ScaleDown":
            return _scaled(one, row, reserve)
        case "Retune" if one.consistency_per_mille is not None and isfinite(row.psi):
            now, then = round(1000 * row.psi), one.consistency_per_mille
            return now >= then, f"psi_index went from {then / 1000:.3g} to {now / 1000:.3g}"
        case "Rollback" if world.serving:
            return _gone(one, world)
    return None


def _slept(one: Decided, others: Sequence[Decided]) -> tuple[bool, str] | None:
    """Sleep and waking where no load tells: whether anybody called is seen all the same."""
    if one.reason == "Woken":
        return True, "somebody called, and nothing ran"
    if one.reason != "Idle" or one.judged_at is None:
        return None
    woke = [other for other in others if other.reason == "Woken" and one.at < other.at <= one.judged_at]
    return (False, "somebody called soon after") if woke else (True, "nobody called until it was judged")


def _gone(one: Decided, world: World) -> tuple[bool, str] | None:
    """Right if another revision serves; not known while a Deployment's is on its way."""
    left = one.left or one.digest
    if world.serving != left:
        return True, "another revision serves"
    newest = next(iter(world.revisions), left)
    return (False, "the same revision still serves") if newest == left else None


def _scaled(one: Decided, row: Row, reserve: int) -> tuple[bool, str] | None:
    """Up: right if those there were would not have been enough, by what Pods are added for: `control.choose`
    adds them before they are used up, and keeps a reserve. Down: right if those left are enough.

    Any call takes a Pod. Whether somebody called whom nobody could see is never known.
    """
    if row.blind or one.reason == "WokenUnseen" or one.before is None or one.replicas is None:
        return None
    if not isfinite(row.level) or not row.capacity > 0:
        return None
    least = 1 if one.reason == "Woken" else 0
    if one.action == "ScaleUp":
        needed = max(least, ceil(pods_well_of_one(max(row.level, 0.0), row.capacity, USE) - SLACK)) + reserve
        right, took = needed > one.before, f"to carry demand well took {pods(needed)}"
    else:
        needed = max(least, ceil(row.level / row.capacity - SLACK))
        right, took = needed <= one.replicas, f"demand took {pods(needed)}"
    said = f"{took}; there were {one.before}, {one.replicas} were chosen"
    return right, said if one.authority == "Act" else f"{said}, had it been done"
