"""Whether a revision is to have a pull request, and why an open one is closed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cupel.api.approval_ledger import ApprovalLedger, Entry
from cupel.api.bundle import bundle_of, short
from cupel.api.generated_tool import GeneratedTool
from cupel.api.generation import Origin
from cupel.api.tool_revision import ToolRevision

from .harmless import one_line

Stage = Literal["Early", "Waiting", "Expired", "Approved", "Refused"]
"""Early: not judged yet, or being judged anew."""
PAST = {"Approve": "approved", "Reject": "rejected"}


@dataclass(frozen=True)
class RevisionSeen:
    """A ToolRevision, as far as it matters whether it waits."""

    namespace: str
    name: str
    tool: str
    digest: str
    stage: Stage
    reason: str

    @property
    def digits(self) -> str:
        return short(self.digest)


@dataclass(frozen=True)
class ToolSeen:
    """A GeneratedTool: what it asks for now, what serves, and where its content comes from."""

    digest: str
    serving: str
    origin: Origin | None


def seen_revision(rev: ToolRevision) -> RevisionSeen:
    gate = next((c for c in rev.status.conditions if c.type == "Approved"), None)
    stage: Stage = "Early"
    if gate is not None:
        known: dict[str, Stage] = {"AwaitingApproval": "Waiting", "ApprovalExpired": "Expired"}
        stage = known.get(gate.reason, {"True": "Approved", "False": "Refused"}.get(gate.status, "Early"))  # type: ignore[arg-type]
    reason = gate.reason if gate else ""
    return RevisionSeen(rev.namespace, rev.name, rev.spec.tool, rev.spec.digest, stage, reason)


def seen_tool(tool: GeneratedTool) -> ToolSeen:
    serving = tool.status.serving
    gone = tool.metadata.deletion_timestamp is not None
    digest = "" if gone else bundle_of(tool).digest()
    return ToolSeen(digest, serving.digest if serving else "", tool.spec.origin)


def looked_at(rev: RevisionSeen, tool: ToolSeen | None, ledger: ApprovalLedger) -> bool:
    """Whether a merge or a close decides about it.

    One that expired counts, too: somebody may have merged in time, while nobody looked.
    """
    return rev.stage in ("Waiting", "Expired") and not _settled(rev, tool, ledger)


def closing(rev: RevisionSeen | None, tool: ToolSeen | None, ledger: ApprovalLedger | None) -> str:
    """Why an open pull request of ours is closed, in a sentence; empty while it stays open."""
    if ledger is None or ledger.spec.pull_requests is None:
        return "Review by pull request was turned off for this namespace."
    if rev is None:
        return "The revision is not there any more: its tool was deleted, or its revisions were cleared away."
    if why := _settled(rev, tool, ledger):
        return why
    return {
        "Early": "",
        "Waiting": "",
        "Expired": "Nobody decided in time. To ask again, somebody raises `spec.attempt` of the tool.",
        "Approved": "It has all the approvals that were asked for.",
        "Refused": f"It was refused ({rev.reason}) and waits for nobody any more.",
    }[rev.stage]


def _settled(rev: RevisionSeen, tool: ToolSeen | None, ledger: ApprovalLedger) -> str:
    if tool is None or not tool.digest:
        return "The tool was deleted."
    if tool.digest != rev.digest:
        return "It was superseded: the tool asks for other content now."
    if rev.digest in ledger.status.condemned:
        return "The digest was condemned."
    return _said(ledger.spec.decisions.get(rev.digest))


def _said(entry: Entry | None) -> str:
    if entry is None:
        return ""
    if entry.review is not None:
        by = f"`{one_line(entry.review.by).replace('`', '')}`"
        return f"A review of this digest was given: {PAST[entry.review.decision]} by {by}."
    if entry.code is not None and entry.code.decision == "Reject":
        return f"It was rejected by a one-time code of `{one_line(entry.code.by).replace('`', '')}`."
    return ""
