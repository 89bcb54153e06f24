"""Who may say yes to what: decisions that do not count, each with its own words, and those that come too late."""

from __future__ import annotations

import json

import pytest

from .stage import Stage
from .tools import example, policy, tool

pytestmark = pytest.mark.node
CODES = ("--as", "system:serviceaccount:cupel-system:cupel-codes")
VOUCHED = {"decision": "Approve", "vouchedBy": "system:serviceaccount:cupel-system:cupel-codes"}
ELSEWHERE = "sha256-" + "0" * 64
NAMES = ("for-another", "by-the-asker", "rejected", "kept-by-two", "calls-out")


def code(stage: Stage, name: str, by: str) -> None:
    """A one-time code, written as the code service writes it."""
    egress = stage.fresh(name)["spec"].get("permissions", {}).get("egress", [])
    entry = {"egress": egress, "code": VOUCHED | {"by": by}}
    stage.patch_ledger({"decisions": {stage.digest(name): entry}}, *CODES)


@pytest.fixture(scope="module")
def asked(stage: Stage) -> Stage:
    """All tools of this module wait for approval; proved side by side."""
    outward = policy("outward", permissions={"egress": ["api.weather.example:443"], "state": "Allowed"})
    stage.cluster.run("apply", "-n", stage.cluster.zone, "-f", "-", text=json.dumps(outward))
    # The code service is not part of this version; this is where it will stand.
    codes = ["--clusterrole=cupel-codes-zone", "--serviceaccount=cupel-system:cupel-codes"]
    stage.cluster.run("create", "rolebinding", "cupel-codes", "-n", stage.cluster.zone, *codes)
    stage.apply(
        tool("for-another"),
        tool("by-the-asker"),
        tool("rejected"),
        {**example("water-tracker"), "metadata": {"name": "kept-by-two"}},
        {**example("weather", policyRef={"name": "outward"}), "metadata": {"name": "calls-out"}},
    )
    for name in NAMES:
        stage.until(name, "AwaitingApproval", seconds=120)
    return stage


def test_an_approval_for_another_digest_moves_nothing(asked: Stage) -> None:
    asked.decide("for-another", digest=ELSEWHERE)

    assert asked.fresh("for-another")["status"]["approvals"] == "0/1"
    asked.decide("for-another")
    asked.until("for-another", "Serving")


def test_who_asked_cannot_approve(asked: Stage) -> None:
    said = asked.refused(lambda: asked.decide("by-the-asker", "alice"))

    assert "nobody decides about their own request" in said
    assert asked.until("by-the-asker", "AwaitingApproval")


def test_nobody_says_yes_in_the_name_of_somebody_else(asked: Stage) -> None:
    entry = {"egress": [], "review": {"decision": "Approve", "by": "carol"}}
    patch = {"decisions": {asked.digest("by-the-asker"): entry}}

    said = asked.refused(lambda: asked.patch_ledger(patch, "--as", "bob", "--as-group", "cupel-approvers"))

    assert "under one's own name" in said


def test_who_may_not_approve_cannot(asked: Stage) -> None:
    assert "verb approve" in asked.refused(lambda: asked.decide("by-the-asker", "rita"))


def test_a_rejected_digest_stays_rejected_until_the_decision_is_taken_back(asked: Stage) -> None:
    asked.decide("rejected", "bob", "Reject")
    assert "bob rejected" in asked.until("rejected", "Rejected")["message"]

    said = asked.refused(lambda: asked.decide("rejected", "carol"))
    assert "a decision is never rewritten" in said
    asked.until("rejected", "Rejected")

    asked.cluster.cupel("revoke", "rejected", "-n", asked.cluster.zone, "--yes", person="rita")
    asked.decide("rejected", "carol")
    asked.until("rejected", "Serving")


def test_one_person_on_two_channels_is_not_two_people(asked: Stage) -> None:
    """The example with state: its trials ran against recorded states, and risk Medium needs two channels."""
    evidence = asked.revision("kept-by-two", lambda body: body["status"].get("validation"))
    assert evidence["status"]["validation"]["report"]["passed"] == 2
    asked.decide("kept-by-two", "bob")
    assert asked.tools.wait(lambda: asked.fresh("kept-by-two")["status"]["approvals"] == "1/2", 30)
    assert "1 more of 2" in asked.until("kept-by-two", "AwaitingApproval")["message"]

    assert "two different people" in asked.refused(lambda: code(asked, "kept-by-two", "bob"))

    code(asked, "kept-by-two", "carol")
    asked.until("kept-by-two", "Serving")


def test_a_tool_that_calls_out_is_proved_against_its_recordings_and_needs_two_people(asked: Stage) -> None:
    evidence = asked.revision("calls-out", lambda body: body["status"].get("validation"))
    assert evidence["status"]["validation"]["report"]["passed"] == 2
    assert asked.fresh("calls-out")["status"]["risk"] == "High"
    said = asked.refused(lambda: asked.decide("calls-out", "bob", egress=["evil.example:443"]))
    assert "exactly the egress" in said

    asked.decide("calls-out", "bob")
    code(asked, "calls-out", "carol")

    asked.until("calls-out", "Serving")


def test_of_all_that_was_decided_about_nothing_is_left(asked: Stage) -> None:
    asked.gone(*NAMES)


def test_an_approval_after_the_deadline_is_too_late_until_it_is_asked_for_again(stage: Stage) -> None:
    hasty = policy("hasty", approvals={"low": 1, "medium": 2, "high": 2, "deadlineSeconds": 1})
    stage.cluster.run("apply", "-n", stage.cluster.zone, "-f", "-", text=json.dumps(hasty))
    stage.apply(tool("too-late", policyRef={"name": "hasty"}))
    expired = stage.until("too-late", "ApprovalExpired")
    assert "raise spec.attempt" in expired["message"]

    stage.decide("too-late", "bob")
    stage.revision("too-late", lambda body: body["status"]["approval"]["given"] == 1)
    seen = stage.until("too-late", "ApprovalExpired")
    assert seen["lastTransitionTime"] == expired["lastTransitionTime"], "a late approval moved something"

    stage.apply(tool("too-late", policyRef={"name": "hasty"}, attempt=1))
    stage.until("too-late", "Serving")
    stage.gone("too-late")
