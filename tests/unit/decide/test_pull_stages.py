"""Which revisions are shown, whose merge counts, and why an open pull request is closed."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.decide.builders import NOON, code_of, ledger, review, revision, tool, window

from cupel.api.approval_ledger import ApprovalLedger, PullRequests
from cupel.api.common import Condition
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_revision import ToolRevision
from cupel.decide.pull_stages import closing, looked_at, seen_revision, seen_tool


def gate(status: str, reason: str) -> tuple[Condition, ...]:
    return (Condition.model_validate({"type": "Approved", "status": status, "reason": reason, "lastTransitionTime": NOON}),)  # fmt: skip


WAITS = gate("Unknown", "AwaitingApproval")
DIGEST = revision().spec.digest


def book(decisions: Any = None, condemned: Any = None, on: bool = True) -> ApprovalLedger:
    made = ledger(decisions, condemned)
    where = PullRequests(repository="acme/tools") if on else None
    return made.model_copy(update={"spec": made.spec.model_copy(update={"pull_requests": where})})


def rev(conditions: tuple[Condition, ...] = WAITS) -> ToolRevision:
    return revision(conditions=conditions, approval=window("Waiting"))


DELETED = tool(meta={"deletionTimestamp": "2030-01-01T12:00:00Z"})
ROWS: list[tuple[str, ToolRevision | None, GeneratedTool | None, ApprovalLedger | None, bool, str]] = [
    ("it waits", rev(), tool(), book(), True, ""),
    ("one channel is still lacking after a code", rev(), tool(), book({DIGEST: code_of()}), True, ""),
    ("its trials run", rev(()), tool(), book(), False, ""),
    ("it is judged anew", rev(gate("Unknown", "Validating")), tool(), book(), False, ""),
    ("nobody decided in time", rev(gate("False", "ApprovalExpired")), tool(), book(), True, "in time"),
    ("it has its approvals", rev(gate("True", "Approved")), tool(), book(), False, "all the approvals"),
    ("it was refused", rev(gate("False", "TrialsFailed")), tool(), book(), False, "TrialsFailed"),
    ("a person reviewed it", rev(), tool(), book({DIGEST: review()}), False, "approved by `bob`"),
    ("a person rejected it", rev(), tool(), book({DIGEST: review("bob", "Reject")}), False, "rejected by `bob`"),
    ("a code rejected it", rev(), tool(), book({DIGEST: code_of("carol", "Reject")}), False, "one-time code of `carol`"),
    ("it was condemned", rev(), tool(), book(condemned={DIGEST: "errors"}), False, "condemned"),
    ("the tool asks for something else", rev(), tool(code="def run(text: str) -> dict:\n    return {}\n"), book(), False, "superseded"),
    ("the tool is being deleted", rev(), DELETED, book(), False, "tool was deleted"),
    ("the tool is gone", rev(), None, book(), False, "tool was deleted"),
    ("the revision is gone", None, tool(), book(), False, "not there any more"),
    ("it was turned off", rev(), tool(), book(on=False), True, "turned off"),
    ("the ledger is gone", rev(), tool(), None, False, "turned off"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "asks", "kept", "looked", "why"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_stages(
    given: ToolRevision | None,
    asks: GeneratedTool | None,
    kept: ApprovalLedger | None,
    looked: bool,
    why: str,
) -> None:
    seen, wants = seen_revision(given) if given else None, seen_tool(asks) if asks else None

    said = closing(seen, wants, kept)

    assert why in said and bool(why) == bool(said)
    if seen is not None and kept is not None:
        assert looked_at(seen, wants, kept) == looked
