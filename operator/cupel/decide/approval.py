"""The gate Approved: people said yes on enough channels, in time, and nobody said no."""

from __future__ import annotations

from datetime import datetime, timedelta

from cupel.api.approval_ledger import ApprovalLedger
from cupel.api.tool_revision import ApprovalEvidence, ToolRevision

from .approvals import Tally, askers, needed_channels, risk_of, tally, voiceless
from .channels import approvers, missing, ways
from .digits import grouped
from .harmless import one_line
from .plan import Outcome, again, passed, refused, waiting
from .revision_world import World

AGENTS = "it would where one channel is enough, and agentReviewers of the ledger is Harmless"


def approved(rev: ToolRevision, world: World, now: datetime) -> Outcome:
    """The ledger holds what its floors, and the policy, ask for; 24 h without is a recorded refusal."""
    if world.ledger is None:
        return waiting(
            "LedgerMissing", "the namespace has no ApprovalLedger named `ledger`: kubectl cupel zone init"
        )
    if why := world.ledger.status.condemned.get(rev.spec.digest):
        return refused("Condemned", condemned_message(why, rev))
    count = _count(rev, world, world.ledger)
    if count.rejected_by:
        return refused("Rejected", f"{count.rejected_by} rejected {rev.spec.digest}{_why(rev, world.ledger)}")
    window = _window(rev, world, count, now)
    if window.verdict == "Expired":
        message = (
            f"not approved by {window.deadline.isoformat()}. To ask again: raise spec.attempt of the tool"
        )
        return refused("ApprovalExpired", message, approval=window)
    if window.verdict == "Approved":
        return passed("Approved", _approvers(world.ledger, rev.spec.digest), approval=window)
    return again(
        waiting("AwaitingApproval", _ask(rev, world.ledger, count, window), approval=window),
        window.deadline - now,
    )


def _count(rev: ToolRevision, world: World, ledger: ApprovalLedger) -> Tally:
    spec = rev.spec
    needed = needed_channels(ledger, world.policy, risk_of(spec.bundle.permissions))
    return tally(ledger, spec.digest, spec.egress, needed, askers(rev))


def _window(rev: ToolRevision, world: World, count: Tally, now: datetime) -> ApprovalEvidence:
    """The window of this attempt. A deadline that passed before approval was seen stays passed."""
    old = rev.status.approval
    seconds = world.policy.spec.approvals.deadline_seconds if world.policy else 86_400
    withdrawn = old is not None and old.verdict == "Approved" and not count.enough
    if old is None or old.attempt != world.attempt or withdrawn:
        old = ApprovalEvidence(
            attempt=world.attempt,
            asked_at=now,
            deadline=now + timedelta(seconds=seconds),
            verdict="Waiting",
            needed=count.needed,
            given=count.given,
        )
    verdict = old.verdict
    if verdict == "Waiting":
        verdict = "Expired" if now >= old.deadline else "Approved" if count.enough else "Waiting"
    return old.model_copy(update={"verdict": verdict, "needed": count.needed, "given": count.given})


def _why(rev: ToolRevision, ledger: ApprovalLedger) -> str:
    """The words of a reviewer who said no; a code says no more than that."""
    entry = ledger.spec.decisions.get(rev.spec.digest)
    said = entry.review if entry else None
    return f": {one_line(said.reason)}" if said and said.decision == "Reject" and said.reason else ""


def _approvers(ledger: ApprovalLedger, digest: str) -> str:
    entry = ledger.spec.decisions.get(digest)
    if entry is None:
        return "the ledger's floors ask for no approval"
    said = [("review", entry.review), ("code", entry.code)]
    return "approved by " + ", ".join(f"{d.by} ({channel})" for channel, d in said if d is not None)


def _ask(rev: ToolRevision, ledger: ApprovalLedger, count: Tally, window: ApprovalEvidence) -> str:
    tool, namespace, digest = rev.spec.tool, rev.namespace, rev.spec.digest
    entry = ledger.spec.decisions.get(digest)
    silent = voiceless(ledger, digest, count.needed)
    lacking = missing(entry, count.needed, askers(rev) | silent)
    if silent:
        agent = next(iter(silent))
        return (
            f"the review of the agent {agent} does not count here ({AGENTS}); for a person's: kubectl cupel "
            f"revoke {tool} -n {namespace}, then kubectl cupel approve {tool} -n {namespace}"
        )
    how = (
        ways(lacking, approvers(entry), ledger.spec.separation, tool, namespace)
        if lacking
        else f"{count.problem}. To decide again: kubectl cupel revoke {tool} -n {namespace}"
    )
    if "review" in lacking and ledger.spec.pull_requests is not None:
        how = f"{how}; a merge of its pull request in {ledger.spec.pull_requests.repository} is a review, too"
    until = window.deadline.isoformat(timespec="seconds")
    left = len(lacking) or 1
    return f"waits for {left} more of {count.needed} approvals of {grouped(digest)} until {until}: {how}"


def condemned_message(why: str, rev: ToolRevision) -> str:
    """Why, and the two ways on."""
    spec = rev.spec
    pardon = f"kubectl cupel pardon {spec.tool} --digest {spec.digest} -n {rev.namespace}"
    return f"condemned: {why}. Edit the tool, or: {pardon}"
