"""What a policy remembers of a Deployment's revisions: which served, which are good, which are condemned.

A rollback is written here before it is done, so that whoever is killed in between does it all the same, and
nobody twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import MOST_REVISIONS, RevisionServed
from cupel.control.rollback import PAUSE, Past

from .autonomy_world import Told, World

AGAIN = timedelta(hours=1)
"""What was gone back to and fails as well says that it was no revision's fault: the way does not lead on into
the past."""
Revisions = tuple[RevisionServed, ...]


def good(revisions: Revisions) -> frozenset[str]:
    """Template hashes that may be gone back to."""
    return frozenset(one.template_hash for one in revisions if one.good_at and not one.condemned_at)


def past(revisions: Revisions, serving: str) -> Past:
    """What was rolled back before. One that serves on, since its rollback is not done yet, is still to be."""
    condemned = [one for one in revisions if one.condemned_at]
    gone = frozenset(one.template_hash for one in condemned if one.left_at or one.template_hash != serving)
    left = [one for one in condemned if one.template_hash in gone]
    last = max(left, key=lambda one: one.condemned_at or one.since, default=None)
    if last is None:
        return Past(gone)
    here = next((one for one in revisions if one.template_hash == serving), None)
    gone_back = here is not None and here.since < last.since
    return Past(gone, last.condemned_at, AGAIN if gone_back else PAUSE)


def remembered(policy: AutonomyPolicy, world: World, leaving: str, now: datetime) -> Revisions:
    """The memory after this look. `leaving`: what is being rolled back now, if anything."""
    before = policy.status.revisions
    if policy.spec.flies_a_tool or not policy.spec.rollback.enabled or not world.serving:
        return before
    known = next((one for one in before if one.template_hash == world.serving), None)
    here = known or RevisionServed(template_hash=world.serving, name=world.serving_name[:253], since=now)
    others = tuple(
        _left(one, _went_back(policy, known), now) for one in before if one.template_hash != world.serving
    )
    return _bounded((_here(here, world, leaving, now), *others), world.revisions)


def _here(one: RevisionServed, world: World, leaving: str, now: datetime) -> RevisionServed:
    """The revision that serves."""
    fields: dict[str, datetime | None] = {}
    if one.left_at and not one.returned_at:
        fields["returned_at"] = now
    if world.good is not None:
        fields["good_at"] = (one.good_at or now) if world.good and not one.condemned_at else None
    if leaving == one.template_hash and not one.condemned_at:
        fields |= {"condemned_at": now, "good_at": None}
    return one.model_copy(update=fields) if fields else one


def _went_back(policy: AutonomyPolicy, known: RevisionServed | None) -> str:
    """What people went back from, if they did: it served until now, and what serves now did before it."""
    was = policy.status.evidence.identity if policy.status.evidence else ""
    newest = next((one for one in policy.status.revisions if one.template_hash == was), None)
    gone_back = known is not None and newest is not None and known.since < newest.since
    return was if gone_back else ""


def _left(one: RevisionServed, went_back_from: str, now: datetime) -> RevisionServed:
    """A revision that does not serve. Whoever went back from it had a reason: it is not known to be good."""
    if one.condemned_at and not one.left_at:
        return one.model_copy(update={"left_at": now})
    if one.good_at and one.template_hash == went_back_from:
        return one.model_copy(update={"good_at": None})
    return one


def _bounded(found: Revisions, standing: Sequence[str]) -> Revisions:
    """As many as a status holds: those go first that nothing can be gone back to, then the oldest."""
    kept = list(found)
    while len(kept) > MOST_REVISIONS:
        idle = [one for one in kept[1:] if one.template_hash not in standing and not one.condemned_at]
        kept.remove((idle or kept)[-1])
    return tuple(kept)


def told(before: Revisions, after: Revisions) -> tuple[Told, ...]:
    """An Event when what was left is brought back: nobody takes it away again."""
    old = {one.template_hash: one.returned_at for one in before}
    return tuple(
        Told("Warning", "Rollback", "BroughtBack", f"{one.name} {BROUGHT_BACK}")
        for one in after
        if one.returned_at and not old.get(one.template_hash)
    )


BROUGHT_BACK = (
    "was rolled back, and somebody brought its template back: it is not taken away a second time. Where Git "
    "says so, change it there"
)
