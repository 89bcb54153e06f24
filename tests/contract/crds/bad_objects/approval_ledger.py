"""ApprovalLedgers the API server must refuse."""

from __future__ import annotations

from tests.contract.crds.edits import ABSENT, Bad
from tests.contract.crds.good_objects import DIGEST, entry

ENTRY = f"spec.decisions.{DIGEST}"
MANY = {f"sha256-{n:064x}": entry() for n in range(2001)}

BAD = (
    Bad("another name", {"metadata.name": "approvals"}, "`metadata.name`", offline=False),
    Bad("no spec", {"spec": ABSENT}),
    Bad("no floors", {"spec.floors": ABSENT}),
    Bad("no floor without egress", {"spec.floors.withoutEgress": ABSENT}),
    Bad("no floor with egress", {"spec.floors.withEgress": ABSENT}),
    Bad("three channels", {"spec.floors.withEgress": 3}),
    Bad("less than no channel", {"spec.floors.withoutEgress": -1}),
    Bad("a floor as text", {"spec.floors.withEgress": "2"}),
    Bad(
        "egress needs less",
        {"spec.floors.withEgress": 0},
        "spec.floors.withEgress: Invalid value: `withEgress`",
        offline=False,
    ),
    Bad("no separation", {"spec.separation": ABSENT}),
    Bad("unknown separation", {"spec.separation": "OnePerson"}),
    Bad("launcher image by tag", {"spec.launcherImages": ["localhost/sandbox:v1"]}, "spec.launcherImages[0]"),
    Bad("nine launcher images", {"spec.launcherImages": ["a@sha256:" + "a" * 64] * 9}),
    Bad("decisions as a list", {"spec.decisions": [entry()]}),
    Bad("2,001 decisions", {"spec.decisions": MANY}),
    Bad("a decision by tool name", {"spec.decisions": {"word-count": entry()}}, "spec.decisions"),
    Bad("a decision by short digest", {"spec.decisions": {DIGEST[:47]: entry()}}, "spec.decisions"),
    Bad("an entry without decision", {f"{ENTRY}.review": ABSENT, f"{ENTRY}.code": ABSENT}, DIGEST, offline=False),
    Bad("an entry that is text", {ENTRY: "Approve"}, DIGEST),
    Bad("an unknown channel", {f"{ENTRY}.vote": {"decision": "Approve", "by": "a"}}, "vote"),
    Bad("a review without decision", {f"{ENTRY}.review.decision": ABSENT}, "review.decision"),
    Bad("a review that says perhaps", {f"{ENTRY}.review.decision": "Perhaps"}, "review.decision"),
    Bad("a review by nobody", {f"{ENTRY}.review.by": ""}, "review.by"),
    Bad("a review by a long name", {f"{ENTRY}.review.by": "b" * 129}, "review.by"),
    Bad("a review at no time", {f"{ENTRY}.review.at": "noon"}, "review.at"),
    Bad("a pull request without number", {f"{ENTRY}.review.pullRequest": 0}, "review.pullRequest"),
    Bad("a reason too long", {f"{ENTRY}.review.reason": "r" * 65}, "review.reason"),
    Bad("a reason without words", {f"{ENTRY}.review.reason": ""}, "review.reason"),
    Bad("agents that review anything", {"spec.agentReviewers": "Anything"}, "agentReviewers"),
    Bad("pull requests nowhere", {"spec.pullRequests.repository": ABSENT}, "pullRequests.repository"),
    Bad("an address for a repository", {"spec.pullRequests.repository": "https://x.test/a/b"}, "pullRequests.repository"),
    Bad("a reviewer without account", {"spec.pullRequests.reviewers": [{"login": "a", "person": "a"}]}, "account"),
    Bad("a reviewer by login alone", {"spec.pullRequests.reviewers": [{"account": "octo", "login": "a", "person": "a"}]}, "account"),
    Bad("a reviewer who is nobody", {"spec.pullRequests.reviewers": [{"account": 1, "login": "a", "person": ""}]}, "person"),
    Bad("an account twice", {"spec.pullRequests.reviewers": [{"account": 1, "login": "a", "person": "a"}] * 2}, "reviewers", offline=False),
    Bad("a code nobody vouched for", {f"{ENTRY}.code.vouchedBy": ABSENT}, "code.vouchedBy"),
    Bad("egress in capitals", {f"{ENTRY}.egress": ["API.example.com:443"]}, "egress[0]"),
    Bad("17 targets", {f"{ENTRY}.egress": [f"a{n}.b:1" for n in range(17)]}, "egress"),
)  # fmt: skip

BAD_STATUS = (
    Bad("condemned by tool name", {"status.condemned": {"word-count": "bad"}}, "status.condemned"),
    Bad("a reason too long", {f"status.condemned.{DIGEST}": "r" * 257}, "status.condemned"),
    Bad("a reason that is no text", {f"status.condemned.{DIGEST}": True}, "status.condemned"),
    Bad("unknown status field", {"status.pardoned": {}}),
)
