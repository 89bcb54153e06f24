"""Who has to say yes, who did, and whether a digest may serve: the ledger read as the API server reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cupel.api.approval_ledger import ApprovalLedger, CodeDecision, Entry, Review
from cupel.api.names import SERVICE_ACCOUNTS
from cupel.api.permissions import Permissions
from cupel.api.tool_policy import ToolPolicy
from cupel.api.tool_revision import ToolRevision

Risk = Literal["Low", "Medium", "High"]


def risk_of(permissions: Permissions) -> Risk:
    """High: may call out. Medium: may remember. Low: neither."""
    if permissions.egress:
        return "High"
    return "Medium" if permissions.state != "None" else "Low"


def askers(rev: ToolRevision) -> frozenset[str]:
    """Everybody whose request it is: none of them decides about it."""
    spec = rev.spec
    behind = {spec.on_behalf_of} if spec.on_behalf_of else set()
    return frozenset({spec.requested_by, *spec.contributors} | behind)


@dataclass(frozen=True)
class Tally:
    """What the ledger says about one digest."""

    needed: int
    given: int
    rejected_by: str = ""
    problem: str = ""
    """Why the decisions do not count as they stand; empty when they do."""

    @property
    def enough(self) -> bool:
        return self.given >= self.needed and not self.rejected_by and not self.problem


def channels(entry: Entry | None) -> tuple[Review | CodeDecision, ...]:
    """The decisions of an entry, one for each channel that spoke."""
    if entry is None:
        return ()
    return tuple(decision for decision in (entry.review, entry.code) if decision is not None)


def voiceless(ledger: ApprovalLedger, digest: str, needed: int) -> frozenset[str]:
    """The agent whose approval of this digest does not count: it is no second channel, nor one of two."""
    entry = ledger.spec.decisions.get(digest)
    if entry is None or entry.review is None or not entry.review.by.startswith(SERVICE_ACCOUNTS):
        return frozenset()
    counts = ledger.spec.agent_reviewers == "Harmless" and needed <= 1 and not entry.egress
    return frozenset() if counts else frozenset({entry.review.by})


def needed_channels(ledger: ApprovalLedger, policy: ToolPolicy | None, risk: Risk) -> int:
    """The ledger's floor, or what the policy asks for this risk where that is more."""
    floors = ledger.spec.floors
    floor = floors.with_egress if risk == "High" else floors.without_egress
    if policy is None:
        return floor
    asked = {
        "Low": policy.spec.approvals.low,
        "Medium": policy.spec.approvals.medium,
        "High": policy.spec.approvals.high,
    }[risk]
    return max(floor, asked)


def tally(
    ledger: ApprovalLedger,
    digest: str,
    egress: tuple[str, ...],
    needed: int,
    askers: frozenset[str] = frozenset(),
) -> Tally:
    """Count the channels that approved `digest`. Decisions of askers never count as approvals, those of
    agents only where one channel is enough.
    """
    askers = askers | voiceless(ledger, digest, needed)
    entry = ledger.spec.decisions.get(digest)
    decisions = channels(entry)
    rejected = next((d.by for d in decisions if d.decision == "Reject"), "")
    approvers = [d.by for d in decisions if d.decision == "Approve" and d.by not in askers]
    return Tally(needed, len(approvers), rejected, _problem(ledger, entry, egress, needed, approvers))


def _problem(
    ledger: ApprovalLedger, entry: Entry | None, egress: tuple[str, ...], needed: int, approvers: list[str]
) -> str:
    if entry is not None and approvers and tuple(entry.egress) != tuple(egress):
        return "the approval was given for other egress than the revision asks for"
    same_person = len(approvers) == 2 and len(set(approvers)) == 1
    if needed == 2 and same_person and ledger.spec.separation == "TwoPeople":
        return "both channels were answered by the same person and the ledger asks for two people"
    return ""


def may_serve(ledger: ApprovalLedger | None, digest: str, egress: tuple[str, ...]) -> str:
    """Empty when the ledger alone lets this digest run; otherwise one sentence why not."""
    if ledger is None:
        return "the namespace has no ApprovalLedger named `ledger`"
    if digest in ledger.status.condemned:
        return f"the digest is condemned: {ledger.status.condemned[digest]}"
    floors = ledger.spec.floors
    result = tally(ledger, digest, egress, floors.with_egress if egress else floors.without_egress)
    if result.rejected_by:
        return f"{result.rejected_by} rejected the digest"
    if result.problem:
        return result.problem
    if result.given < result.needed:
        return f"the digest is approved on {result.given} of {result.needed} channels"
    return ""
