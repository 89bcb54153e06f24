"""Reviews that are not a person's own write: by pull request, and by agents. One sentence a row; rows build on those before them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .objects import code, digest, digest_of, obj, review, revision, serving_pod, tool
from .server import CODES, GATEWAY, OPERATOR, PULLS, SERVING, Answer, Body, eventually
from .zone import LEDGER, Zone

pytestmark = pytest.mark.apiserver
AGENT = "system:serviceaccount:agents:reviewer"
OTHER = "system:serviceaccount:agents:other"
REVIEWERS = [{"account": 12, "login": "octo-bob", "person": "bob"}, {"account": 15, "login": "octo-dana", "person": "dana"}]  # fmt: skip
WHERE: Body = {"repository": "acme/tools", "reviewers": REVIEWERS}
MACHINE: Body = {"account": 16, "login": "octo-agent", "person": AGENT}
ONE: Body = {"withoutEgress": 1, "withEgress": 2}
TWO: Body = {"withoutEgress": 2, "withEgress": 2}
EGRESS = ["api.test:443"]
TOOLS: dict[str, tuple[str, Body]] = {
    "by-dana": ("dana", {}),
    "harmless": ("alice", {}),
    "by-the-agent": (AGENT + "-any", {}),
    "for-the-agent": (GATEWAY + "-any", {"onBehalfOf": AGENT}),
    "once-the-agent": (AGENT + "-any", {}),
    "with-egress": ("alice", {"egress": EGRESS}),
    "with-state": ("alice", {"state": "PerTenant"}),
}
DIGESTS: dict[str, str] = {}
"""Of the tools above, as stored."""
REVISIONS: dict[str, Body] = {}


@pytest.fixture(scope="module", autouse=True)
def revisions(zone: Zone) -> None:
    """One revision of each tool; once-the-agent was edited by alice."""
    for name, (user, asked) in TOOLS.items():
        body = tool(name, egress=tuple(asked.get("egress", ())))
        body["spec"] |= {"onBehalfOf": asked["onBehalfOf"]} if "onBehalfOf" in asked else {}
        body["spec"]["permissions"] |= {"state": asked["state"]} if "state" in asked else {}
        stored = zone.server.create(body, user).allowed().body
        if name.startswith("once-"):
            path = f"/apis/cupel.dev/v1alpha1/namespaces/{SERVING}/generatedtools/{name}"
            stored = zone.server.patch(path, {"spec": {"description": "Another."}}, "alice").allowed().body
        DIGESTS[name] = digest_of(stored)
        REVISIONS[name] = revision(stored)
        eventually(lambda name=name: zone.server.create(REVISIONS[name], OPERATOR), allowed=True).allowed()
    own = review("dana")
    asked_by_dana = lambda: zone.server.patch(LEDGER + "?dryRun=All", {"spec": {"decisions": {DIGESTS["with-state"]: own | {"egress": ["x:1"]}}}}, "dana")  # fmt: skip  # noqa: E731
    eventually(asked_by_dana, allowed=False, fragment="exactly the egress")


def decide(key: str, entry: Body | None, user: str) -> Callable[[Zone], Answer]:
    return lambda zone: zone.decide(DIGESTS.get(key) or digest(key), entry, user)


def settings(user: str, **spec: object) -> Callable[[Zone], Answer]:
    return lambda zone: zone.server.patch(LEDGER, {"spec": spec}, user)


def pulled(by: str, number: int = 7, decision: str = "Approve", **more: object) -> Body:
    entry = review(by, decision, **more)
    entry["review"]["pullRequest"] = number
    return entry


ANY, YES, NO = AGENT + "-any", True, False
TABLE: list[tuple[str, bool, Callable[[Zone], Answer], str]] = [
    # by pull request: off until the administrator turns it on
    ("the service reviews where nobody turned it on", NO, decide("p0", pulled("bob"), PULLS), "spec.pullRequests"),
    ("... with every right", NO, decide("p0", pulled("bob"), PULLS + "-any"), "spec.pullRequests"),
    ("the service turns it on", NO, settings(PULLS + "-any", pullRequests=WHERE), "administrator"),
    ("an approver turns it on", NO, settings("bob", pullRequests=WHERE), "administrator"),
    ("an administrator turns it on", YES, settings("zoe", pullRequests=WHERE | {"reviewers": [*REVIEWERS, MACHINE]}), ""),
    ("an approver names a reviewer", NO, settings("bob", pullRequests={"reviewers": [{"account": 1, "login": "x", "person": "bob"}]}), "administrator"),
    ("the service names a reviewer", NO, settings(PULLS + "-any", pullRequests={"reviewers": []}), "administrator"),
    ("a repository that is none", NO, settings("zoe", pullRequests={"repository": "https://example.com/a/b"}), "repository"),
    ("an account twice", NO, settings("zoe", pullRequests={"reviewers": [REVIEWERS[0], REVIEWERS[0]]}), "Duplicate"),
    ("the service reviews for whom the table names", YES, decide("p1", pulled("bob"), PULLS), ""),
    ("the service rejects for whom the table names", YES, decide("p2", pulled("bob", decision="Reject"), PULLS), ""),
    ("... for somebody it does not name", NO, decide("p3", pulled("carol"), PULLS), "spec.pullRequests.reviewers"),
    ("... for a machine, though it is named", NO, decide("p3", pulled(AGENT), PULLS), "spec.pullRequests.reviewers"),
    ("... in its own name", NO, decide("p3", pulled(PULLS), PULLS + "-any"), "spec.pullRequests.reviewers"),
    ("... without a pull request", NO, decide("p3", review("bob"), PULLS), "spec.pullRequests.reviewers"),
    ("... for who asked for it", NO, decide("by-dana", pulled("dana"), PULLS), "own request"),
    ("... for who asked for it, with every right", NO, decide("by-dana", pulled("dana"), PULLS + "-any"), "own request"),
    ("... and turns it round", NO, decide("p1", pulled("bob", decision="Reject"), PULLS), "never rewritten"),
    ("... over a review given by kubectl", NO, lambda z: decide("k1", review("carol"), "carol")(z).allowed() and decide("k1", pulled("bob"), PULLS)(z), "never rewritten"),
    ("... and a code beside it", NO, decide("p4", pulled("bob") | code("dana", vouched=PULLS), PULLS), "code service only"),
    ("... and a code of the same person comes", NO, decide("p1", code("bob"), CODES), "two different people"),
    ("... and a code of another person comes", YES, decide("p1", code("carol"), CODES), ""),
    ("... about other egress than asked for", NO, decide("with-egress", pulled("bob"), PULLS), "exactly the egress"),
    ("... about the egress asked for", YES, decide("with-egress", pulled("bob", egress=EGRESS), PULLS), ""),
    ("the service takes a decision back", NO, decide("p1", None, PULLS + "-any"), "verb revoke"),
    ("the service lowers the floors", NO, settings(PULLS + "-any", floors={"withoutEgress": 0, "withEgress": 0}), "administrator"),
    ("a person claims a pull request", NO, decide("p5", pulled("bob"), "bob"), "own name"),
    ("the code service claims a pull request", NO, decide("p5", pulled("bob"), CODES + "-any"), "verb approve"),
    ("an administrator turns it off", YES, settings("zoe", pullRequests=None), ""),
    ("then the service reviews no more", NO, decide("p6", pulled("bob"), PULLS), "spec.pullRequests"),
    # agents: forbidden until the administrator lets them
    ("an agent reviews where nobody lets it", NO, decide("harmless", review(AGENT), ANY), "agentReviewers"),
    ("an agent lets itself", NO, lambda z: z.server.patch(LEDGER, {"spec": {"agentReviewers": "Harmless", "decisions": {digest("a0"): review(AGENT)}}}, ANY.replace(AGENT, OTHER)), "own name"),
    ("an approver lets agents", NO, settings("bob", agentReviewers="Harmless"), "administrator"),
    ("an administrator lets agents", YES, settings("zoe", agentReviewers="Harmless"), ""),
    ("... where two channels are needed it reviews nothing", NO, decide("harmless", review(AGENT), ANY), "one channel is enough"),
    ("... one channel is enough", YES, settings("zoe", floors=ONE), ""),
    ("an agent with no right reviews", NO, decide("harmless", review(AGENT), AGENT), "forbidden"),
    ("an agent reviews under another name", NO, decide("harmless", review(OTHER), ANY), "own name"),
    ("an agent reviews under a person's name", NO, decide("harmless", review("bob"), ANY), "own name"),
    ("an agent reviews what it asked for", NO, decide("by-the-agent", review(AGENT), ANY), "own request"),
    ("an agent reviews what was asked for on its behalf", NO, decide("for-the-agent", review(AGENT), ANY), "own request"),
    ("an agent reviews what it asked for once", NO, decide("once-the-agent", review(AGENT), ANY), "own request"),
    ("an agent reviews what calls out", NO, lambda z: decide("with-egress", None, "ruth")(z).allowed() and decide("with-egress", review(AGENT, egress=EGRESS), ANY)(z), "calls out"),
    ("an agent reviews what keeps state", NO, decide("with-state", review(AGENT), ANY), "keeps state"),
    ("an agent rejects what keeps state", NO, decide("with-state", review(AGENT, "Reject"), ANY), "keeps state"),
    ("an agent writes the code channel", NO, decide("harmless", code(AGENT), ANY), "code service only"),
    ("an agent's code is vouched for", NO, decide("harmless", code(AGENT), CODES), "names the person"),
    ("an agent writes both channels", NO, decide("harmless", review(AGENT) | code("carol"), ANY), "code service only"),
    ("an agent reviews what is harmless", YES, decide("harmless", review(AGENT) | {}, ANY), ""),
    ("another agent turns it round", NO, decide("harmless", review(OTHER, "Reject"), ANY.replace(AGENT, OTHER)), "never rewritten"),
    ("an agent rejects with a reason", YES, decide("a2", {"review": {"decision": "Reject", "by": AGENT, "reason": "it does not do what it says"}}, ANY), ""),
    ("a reason that is a novel", NO, decide("a3", {"review": {"decision": "Reject", "by": "bob", "reason": "x" * 65}}, "bob"), "reason"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("allowed", "ask", "fragment"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_reviews(zone: Zone, allowed: bool, ask: Callable[[Zone], Answer], fragment: str) -> None:
    answer = ask(zone)
    _ = answer.allowed() if allowed else answer.refused(*([fragment] if fragment else []))


def test_a_review_by_pull_request_and_a_code_start_what_two_channels_are_needed_for(zone: Zone) -> None:
    """`p1` has both, of two people; `p2` was rejected by pull request."""
    zone.settings(floors=TWO)
    zone.soon(OPERATOR, serving_pod(digest("p1")), allowed=True)
    zone.soon(OPERATOR, serving_pod(digest("p2")), allowed=False, fragment="0 of 2 channels")
    zone.settings(floors=ONE)


class TestPods:
    """What an agent reviewed starts where one channel is enough and the zone lets agents, and nowhere else."""

    def test_it_starts(self, zone: Zone) -> None:
        zone.soon(OPERATOR, serving_pod(DIGESTS["harmless"]), allowed=True)

    def test_not_with_a_way_out(self, zone: Zone) -> None:
        pod = serving_pod(DIGESTS["harmless"], egress=True)
        zone.soon(OPERATOR, pod, allowed=False, fragment="approved on 0 of 2 channels")

    def test_not_where_two_channels_are_needed_though_a_person_gave_the_other(self, zone: Zone) -> None:
        zone.decide(DIGESTS["harmless"], code("carol"), CODES).allowed()
        zone.settings(floors=TWO)
        zone.soon(OPERATOR, serving_pod(DIGESTS["harmless"]), allowed=False, fragment="1 of 2 channels")
        zone.settings(floors=ONE)
        zone.decide(DIGESTS["harmless"], {"code": None}, "ruth").allowed()
        zone.soon(OPERATOR, serving_pod(DIGESTS["harmless"]), allowed=True)

    def test_not_once_agents_are_forbidden_again(self, zone: Zone) -> None:
        zone.settings(agentReviewers="Forbidden")
        zone.soon(OPERATOR, serving_pod(DIGESTS["harmless"]), allowed=False, fragment="0 of 1 channels")
        zone.settings(agentReviewers="Harmless")
        zone.soon(OPERATOR, serving_pod(DIGESTS["harmless"]), allowed=True)


def test_a_revision_that_keeps_state_is_not_made_for_a_digest_an_agent_approved_first(zone: Zone) -> None:
    body = tool("approved-first")
    body["spec"]["permissions"]["state"] = "PerTenant"
    stored = zone.server.create(body, "alice").allowed().body
    zone.decide(digest_of(stored), review(AGENT), ANY).allowed()
    made = obj("ToolRevision", revision(stored)["metadata"]["name"], revision(stored)["spec"])

    answer = eventually(
        lambda: zone.server.create(made, OPERATOR, dry=True), allowed=False, fragment="agents review nothing"
    )

    answer.refused("agents review nothing that keeps state")
