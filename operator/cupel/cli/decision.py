"""`approve`, `reject`, `revoke`: a person's decision in the ledger, under their own name."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Literal

import typer

from cupel.api.approval_ledger import LEDGER_NAME, Entry, Review
from cupel.api.common import JsonObject
from cupel.api.tool_policy import ToolPolicy
from cupel.api.tool_revision import ToolRevision
from cupel.clock import now
from cupel.decide.approvals import askers, needed_channels, risk_of
from cupel.decide.channels import missing, ways
from cupel.decide.harmless import one_line
from cupel.kube.cli_access import who_am_i
from cupel.kube.errors import Denied
from cupel.kube.resources import APPROVAL_LEDGER, TOOL_POLICY

from .dossier import dossier, extent
from .options import Given
from .output import Exit, Failure, console
from .seen import Seen, look, parsed
from .session import MANAGER, Session

Verdict = Literal["Approve", "Reject"]
PAST = {"Approve": "approved", "Reject": "rejected"}


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    tool: str
    verdict: Verdict
    digest: str = ""
    sure: bool = False
    code: str = ""
    """A one-time code: the decision then goes through the code service."""
    prefix: str = ""
    although_refused: bool = False
    full: bool = False
    """Show everything, not the brief."""
    reason: str = ""
    """Why, to stand in the ledger beside a review."""

    def __repr__(self) -> str:
        return f"Asked({self.tool}, {self.verdict})"


def asked_by(given: Given, verdict: Verdict, although_refused: bool = False, reason: str = "") -> Asked:
    """What the options of the command line say."""
    return Asked(
        given.tool, verdict, given.digest, given.yes, given.code, given.digest_prefix, although_refused,
        given.full, reason,
    )  # fmt: skip


async def decide(session: Session, asked: Asked) -> Exit:
    """Show what it is, ask, write. Raises Failure where nothing must be decided."""
    seen = await look(session, asked.tool)
    rev = chosen(seen, asked.digest)
    genuine(rev)
    require_ledger(seen)
    me = await who_am_i(session.client)
    given = seen.entry(rev.spec.digest)
    if given is not None and given.review is not None:
        return _decided_before(given.review, asked, me, session.namespace)
    out = console()
    dossier(out, seen, rev, await extent(session, seen, asked.full))
    out.print()
    but = refused_by(rev) if asked.verdict == "Approve" else ""
    if but and asked.sure and not asked.although_refused:
        raise Failure(f"{rev.name} {but}: nothing was decided; give --although-refused to approve it")
    warning = f"{rev.name} {but}. " if but else ""
    confirm(f"{warning}{asked.verdict} {rev.name} as {me}?", asked.sure)
    await _write(session, rev, review_patch(rev, asked, me), me)
    out.print(f"{PAST[asked.verdict]} {rev.spec.digest} as {one_line(me)}")
    if asked.verdict == "Approve":
        await _say_what_is_missing(session, seen, rev, me)
    return Exit.OK


async def _write(session: Session, rev: ToolRevision, patch: JsonObject, me: str) -> None:
    """Raises Failure where an asker was refused: what else they lack would not help them."""
    try:
        await session.client.merge_patch(
            APPROVAL_LEDGER, session.namespace, LEDGER_NAME, patch, manager=MANAGER
        )
    except Denied as denied:
        if me not in askers(rev):
            raise
        raise Failure(own_request(rev, me)) from denied


def own_request(rev: ToolRevision, me: str) -> str:
    """Who may decide instead of an asker, then how."""
    others = ", ".join(sorted(askers(rev) - {me}))
    but = f", and who is none of {one_line(others)}" if others else ""
    return (
        f"nobody decides about their own request, and {one_line(me)} asked for this. Who may: somebody else "
        f"with the ClusterRole cupel-approver in namespace {rev.namespace} (the group cupel-approvers){but}. "
        f"How: kubectl cupel approve {rev.spec.tool} -n {rev.namespace}"
    )


def chosen(seen: Seen, digest: str) -> ToolRevision:
    """The revision meant: the one named, else the one the spec asks for now."""
    if digest:
        return seen.named(digest)
    if seen.revision is None:
        raise Failure(
            f"there is no revision of what {seen.tool.name} asks for now: see kubectl cupel explain "
            f"{seen.tool.name} -n {seen.tool.namespace}, or name one with --digest"
        )
    return seen.revision


def genuine(rev: ToolRevision) -> None:
    """What is shown must be what the digest stands for. Raises Failure."""
    found = rev.spec.bundle.digest()
    if found != rev.spec.digest:
        raise Failure(
            f"revision {rev.name} is not what it says: its bundle hashes to {found}, its digest is "
            f"{rev.spec.digest}. Decide nothing about it, and tell an administrator"
        )


def refused_by(rev: ToolRevision) -> str:
    """What the machine found against it; a yes of people does not make it serve. Empty: nothing."""
    found = {c.type: c for c in rev.status.conditions if c.status == "False"}
    stopped = found.get("Analyzed") or found.get("Validated")
    if stopped is None:
        return ""
    return f"was refused at {stopped.type} ({stopped.reason}) and does not serve, whoever approves it"


def require_ledger(seen: Seen) -> None:
    if seen.ledger is None:
        raise Failure(
            f"namespace {seen.tool.namespace} has no ApprovalLedger that you may read: ask for the "
            "ClusterRole cupel-approver, or an administrator to run kubectl cupel zone init"
        )


def _decided_before(review: Review, asked: Asked, me: str, namespace: str) -> Exit:
    """A decision is never rewritten; giving the same again is no error."""
    when = f" at {review.at:%Y-%m-%d %H:%M} UTC" if review.at else ""
    if review.by == me and review.decision == asked.verdict:
        console().print(f"you {PAST[asked.verdict]} it already{when}")
        return Exit.OK
    raise Failure(
        f"{one_line(review.by)} {PAST[review.decision]} this digest{when} on this channel; a decision is "
        f"never rewritten. To take it back: kubectl cupel revoke {asked.tool} -n {namespace}"
    )


def confirm(question: str, sure: bool) -> None:
    """Ask on a terminal; without one only `--yes` will do. Raises Failure when the answer is no."""
    if sure:
        return
    if not sys.stdin.isatty():
        raise Failure(f"{one_line(question)} Nobody is there to answer: give --yes", Exit.UNUSABLE)
    if not typer.confirm(one_line(question)):
        raise Failure("nothing was changed")


def review_patch(rev: ToolRevision, asked: Asked, me: str) -> JsonObject:
    """A merge patch, so that the other channel's decision, and all other entries, stay as they are."""
    review = {"decision": asked.verdict, "by": me, "at": now().isoformat(timespec="seconds")}
    review |= {"reason": asked.reason} if asked.reason else {}
    entry = {"egress": list(rev.spec.egress), "review": review}
    return {"spec": {"decisions": {rev.spec.digest: entry}}}


async def _say_what_is_missing(session: Session, seen: Seen, rev: ToolRevision, me: str) -> None:
    """Which channels are still needed, and how; silent where the policy may not be read."""
    assert seen.ledger is not None  # noqa: S101  # require_ledger stands before
    name = seen.tool.spec.policy_ref.name
    try:
        body = await session.client.get(TOOL_POLICY, session.namespace, name)
    except Denied:
        body = None
    policy = parsed(ToolPolicy, body) if body else None
    needed = needed_channels(seen.ledger, policy, risk_of(rev.spec.bundle.permissions))
    entry = seen.entry(rev.spec.digest)
    said = Entry(review=Review(decision="Approve", by=me), code=entry.code if entry else None)
    if lacking := missing(said, needed):
        how = ways(lacking, (me,), seen.ledger.spec.separation, rev.spec.tool, rev.namespace)
        console().print(
            f"{len(lacking)} more of {needed} channels must approve before it serves: {one_line(how)}"
        )


async def revoke(session: Session, tool: str, digest: str, sure: bool) -> Exit:
    """Remove the whole entry of one digest. What serves only under it stops."""
    seen = await look(session, tool)
    require_ledger(seen)
    key = chosen(seen, digest).spec.digest
    entry = seen.entry(key)
    if entry is None:
        raise Failure(f"nothing was decided about {key}: kubectl cupel get {tool} -n {session.namespace}")
    given = [each for each in (entry.review, entry.code) if each is not None]
    said = ", ".join(f"{each.decision} by {one_line(each.by)}" for each in given)
    serving = seen.tool.status.serving
    effect = " It serves now and will stop." if serving and serving.digest == key else ""
    confirm(f"Take back what was decided about {key} ({said})?{effect}", sure)
    patch = {"spec": {"decisions": {key: None}}}
    await session.client.merge_patch(APPROVAL_LEDGER, session.namespace, LEDGER_NAME, patch, manager=MANAGER)
    console().print(f"revoked: {said}, about {key}")
    return Exit.OK
