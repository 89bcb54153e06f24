"""Whether an agent's review counts, as operator and gateway read the ledger; the API server's rules are in tests/contract/admission."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.decide.builders import (
    ACCEPTED,
    IMAGE,
    NOON,
    PASSED,
    code_of,
    ledger,
    policy,
    review,
    revision,
)

from cupel.api.approval_ledger import ApprovalLedger
from cupel.decide import tool_revision
from cupel.decide.approvals import may_serve, tally
from cupel.decide.disclosure import disclose

AGENT = "system:serviceaccount:agents:reviewer"
REV = revision(analysis=ACCEPTED, validation=PASSED)
D = REV.spec.digest
TO = ["api.test:443"]


def book(entry: dict[str, Any], lets: str = "Harmless", floors: tuple[int, int] = (1, 2)) -> ApprovalLedger:
    made = ledger({D: entry}, floors=floors)
    return made.model_copy(update={"spec": made.spec.model_copy(update={"agent_reviewers": lets})})


BY_AGENT = review(AGENT)
ROWS: list[tuple[str, ApprovalLedger, int, int]] = [
    ("where the zone lets agents and one channel is enough", book(BY_AGENT), 1, 1),
    ("where the zone does not", book(BY_AGENT, "Forbidden"), 1, 0),
    ("where two channels are needed", book(BY_AGENT), 2, 0),
    ("where two are needed and a person gave the other", book(BY_AGENT | code_of()), 2, 1),
    ("where one is needed, beside a person's code", book(BY_AGENT | code_of()), 1, 2),
    ("about what calls out", book(BY_AGENT | {"egress": TO}), 1, 0),
    ("where no channel is needed", book(BY_AGENT), 0, 1),
    ("a person's, as ever", book(review()), 2, 1),
    ("a rejection stands, whatever is let", book(review(AGENT, "Reject"), "Forbidden"), 1, 0),
]


@pytest.mark.parametrize(("kept", "needed", "given"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_it_counts(kept: ApprovalLedger, needed: int, given: int) -> None:
    entry = kept.spec.decisions[D]

    assert tally(kept, D, tuple(entry.egress), needed).given == given


def test_a_rejection_by_an_agent_is_one() -> None:
    assert tally(book(review(AGENT, "Reject"), "Forbidden"), D, (), 1).rejected_by == AGENT


@pytest.mark.parametrize(
    ("kept", "serves"),
    [(book(BY_AGENT), True), (book(BY_AGENT, "Forbidden"), False), (book(BY_AGENT, floors=(2, 2)), False)],
    ids=["let", "forbidden", "two channels"],
)
def test_it_lets_serve(kept: ApprovalLedger, serves: bool) -> None:
    assert (may_serve(kept, D, ()) == "") == serves


def decided(kept: ApprovalLedger, low: int = 1) -> tuple[str, str]:
    world = tool_revision.World(
        policy=policy(approvals={"low": low}), ledger=kept, sandbox="sandbox", image=IMAGE
    )
    gate = next(c for c in tool_revision.decide(REV, world, NOON).status.conditions if c.type == "Approved")
    return gate.reason, gate.message


def test_the_gate_opens_by_it() -> None:
    assert decided(book(BY_AGENT)) == ("Approved", f"approved by {AGENT} (review)")


@pytest.mark.parametrize("given", [(book(BY_AGENT, "Forbidden"), 1), (book(BY_AGENT), 2)], ids=["forbidden", "policy"])  # fmt: skip
def test_where_it_does_not_count_the_message_says_what_does(given: tuple[ApprovalLedger, int]) -> None:
    reason, message = decided(*given)

    assert reason == "AwaitingApproval"
    assert "does not count here" in message and "kubectl cupel revoke word-count -n tools" in message


def test_a_rejection_tells_its_reason() -> None:
    no = {"review": {"decision": "Reject", "by": AGENT, "reason": "counts bytes,\nnot words"}}

    assert decided(book(no)) == ("Rejected", f"{AGENT} rejected {D}: counts bytes, not words")


def test_what_was_said_names_the_pull_request_and_the_reason() -> None:
    yes = {"review": {"decision": "Approve", "by": "bob", "pullRequest": 12, "reason": "as asked"}}
    kept = book(yes | code_of())

    told = disclose(REV, (REV,), kept).decisions

    assert told == ("Approve by bob (review, pull request 12): as asked", "Approve by carol (code)")
