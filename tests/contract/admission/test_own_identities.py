"""What our own identities may write at all: refused with their own rights, and by a policy with every other right there is."""

from __future__ import annotations

import pytest

from .attempts import (
    BARE_POD,
    DRY,
    FREE,
    OPERATOR_TABLE,
    POD,
    RUNNING,
    WORKLOAD,
    Ask,
    in_group,
    make,
    patch,
    raw,
    some_revision,
)
from .objects import (
    code,
    desired_deployment,
    digest,
    digest_of,
    obj,
    review,
    revision,
    serving_pod,
    tool,
    trial_pod,
)
from .server import (
    AUTOPILOT,
    CODES,
    EGRESS,
    GATEWAY,
    HOME,
    JANITOR,
    NOTIFIER,
    OPERATOR,
    PATHS,
    PULLS,
    SANDBOX,
    SERVING,
    Body,
    Server,
    eventually,
)  # fmt: skip
from .zone import LEDGER, Zone

pytestmark = pytest.mark.apiserver
ENROLMENT = PATHS["CodeEnrollment"].format(HOME) + "/matrix-enrolment"
FLOWN = PATHS["AutonomyPolicy"].format(SERVING) + "/matrix-policy"
KEY = "A" * 43 + "="
BOTH = pytest.mark.parametrize("operator", [OPERATOR, OPERATOR + "-any"], ids=["rbac", "any"])


@pytest.fixture(scope="module", autouse=True)
def running(zone: Zone) -> None:
    """A Pod that runs, a tool, and a decision to tamper with."""
    zone.settings(floors={"withoutEgress": 0, "withEgress": 0})
    pod = serving_pod(RUNNING)
    pod["metadata"]["name"] = "matrix-run"
    eventually(lambda: zone.server.create(pod, OPERATOR), allowed=True).allowed()
    zone.settings(floors={"withoutEgress": 2, "withEgress": 2})
    zone.decide(digest("kept"), review("bob"), "bob").allowed()
    zone.server.create(tool("matrix-tool"), "alice").allowed()
    flown = obj(
        "AutonomyPolicy", "matrix-policy", {"targetRef": {"kind": "GeneratedTool", "name": "matrix-tool"}}
    )
    zone.server.create(flown, "zoe").allowed()
    zone.condemn(digest("condemned"), "errors", OPERATOR).allowed()
    enrolment = obj("CodeEnrollment", "matrix-enrolment", {"purpose": "Enroll", "publicKey": KEY}, HOME)
    eventually(lambda: zone.server.create(enrolment, "bob"), allowed=True)


NO_POLICY_NEEDED = ("a policy", "a binding", "a webhook", "scales")
"""RBAC withholds admission objects even from `-any`; the Deployment to scale does not exist."""
NO_POLICY_ASKED = ("asks whose", "asks what")
"""The API server asks no policy about reviews: RBAC alone withholds them, and they change nothing."""


class TestOperator:
    @BOTH
    @pytest.mark.parametrize("what", OPERATOR_TABLE)
    def test_may_not(self, zone: Zone, what: str, operator: str) -> None:
        if operator.endswith("-any") and what.startswith(NO_POLICY_ASKED):
            operator = OPERATOR
        answer = OPERATOR_TABLE[what](zone, operator)
        assert answer.code in (403, 404, 409, 422), answer.text
        if operator.endswith("-any") and not any(word in what for word in NO_POLICY_NEEDED):
            assert "ValidatingAdmissionPolicy" in answer.text, answer.text

    @BOTH
    def test_may_not_impersonate(self, zone: Zone, operator: str) -> None:
        for resource, name in (
            ("users", "bob"),
            ("groups", "system:masters"),
            ("serviceaccounts", "cupel-codes"),
        ):
            wanted = {"verb": "impersonate", "resource": resource, "name": name}
            body = {
                "apiVersion": "authorization.k8s.io/v1",
                "kind": "SelfSubjectAccessReview",
                "spec": {"resourceAttributes": wanted},
            }
            answer = zone.server.call(
                "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body, operator
            )
            assert answer.allowed().body["status"]["allowed"] is False

    @BOTH
    def test_may_what_it_does(self, zone: Zone, operator: str) -> None:
        """The other side: everything one pass writes, as the operator writes it."""
        server = zone.server
        stored = server.get(PATHS["GeneratedTool"].format(SERVING) + "/matrix-tool")
        eventually(lambda: server.create(revision(stored), operator, dry=True), allowed=True).allowed()
        key = digest_of(stored)
        apply_all(server, operator, key)
        condemned = {"status": {"condemned": {digest("bad"): "errors"}}}
        server.patch(f"{LEDGER}/status{DRY}", condemned, operator).allowed()
        status = {"status": {"observedGeneration": 1}}
        server.patch(
            f"{PATHS['GeneratedTool'].format(SERVING)}/matrix-tool/status{DRY}", status, operator
        ).allowed()
        event: Body = {"involvedObject": {"namespace": SERVING}, "reason": "Validated", "type": "Normal"}
        server.create(obj("Event", "x", **event), operator, dry=True).allowed()
        lease = obj("Lease", "cupel-operator", {"holderIdentity": "a"}, HOME)
        server.create(lease, operator, dry=True).allowed()
        server.delete(f"{POD}{DRY}", operator).allowed()


def apply_all(server: Server, operator: str, key: str) -> None:
    """Server-side apply of the objects of one digest, as the operator's client sends them."""
    short = key[7:47]
    labels = {"cupel.dev/tool": "matrix-tool"}
    objects = [
        obj("ConfigMap", f"bundle-{short}", data={"bundle.json": "{}"}, immutable=True),
        obj("ConfigMap", f"bundle-{short}", namespace=SANDBOX, data={"bundle.json": "{}"}, immutable=True),
        obj("ConfigMap", f"tests-{short}", namespace=SANDBOX, data={"tests.json": "{}"}, immutable=True),
        trial_pod(key),
        desired_deployment(key),
    ]
    for body in objects:
        namespace = body["metadata"].setdefault("namespace", SERVING) or SERVING
        body["metadata"] |= {"namespace": namespace, "labels": labels | body["metadata"].get("labels", {})}
        path = f"{PATHS[body['kind']].format(namespace)}/{body['metadata']['name']}"
        query = "?dryRun=All&fieldManager=cupel-operator&force=true"
        server.call("PATCH", path + query, body, operator, "application/apply-patch+yaml").allowed()


OTHERS: list[tuple[str, str, Ask, bool]] = [
    ("the gateway asks for a tool in a zone", GATEWAY, lambda z, u: z.server.create(tool("g", onBehalfOf="bob"), u, dry=True), True),
    ("the gateway asks for a tool outside the zones", GATEWAY, lambda z, u: z.server.create(tool("g", onBehalfOf="bob") | {"metadata": {"name": "g", "namespace": "default"}}, u, dry=True), False),
    ("the gateway asks for a tool in a sandbox", GATEWAY, lambda z, u: z.server.create(tool("g", onBehalfOf="bob") | {"metadata": {"name": "g", "namespace": SANDBOX}}, u, dry=True), False),
    ("the gateway edits a tool", GATEWAY, patch(PATHS["GeneratedTool"].format(SERVING) + "/matrix-tool" + DRY, {"spec": {"description": "x", "onBehalfOf": "bob"}}), False),
    ("the gateway deletes a tool", GATEWAY, raw("DELETE", PATHS["GeneratedTool"].format(SERVING) + "/matrix-tool" + DRY), False),
    ("the gateway makes a revision", GATEWAY, lambda z, u: z.server.create(some_revision(SERVING), u, dry=True), False),
    ("the gateway starts a Pod", GATEWAY, make("Pod", spec=BARE_POD), False),
    ("the gateway starts a trial", GATEWAY, lambda z, u: z.server.create(trial_pod(digest("x")), u, dry=True), False),
    ("the gateway decides", GATEWAY, lambda z, u: z.decide(digest("x"), review(GATEWAY), u), False),
    ("the gateway decides for a caller", GATEWAY, lambda z, u: z.decide(digest("x"), review("bob"), u), False),
    ("the gateway asks whose a token is", GATEWAY, OPERATOR_TABLE["asks whose a token is"], True),
    ("the gateway asks what others may do", GATEWAY, OPERATOR_TABLE["asks what others may do"], True),
    ("the gateway forges status", GATEWAY, patch(PATHS["GeneratedTool"].format(SERVING) + "/matrix-tool/status" + DRY, {"status": {"observedGeneration": 9}}), False),
    ("the code service vouches", CODES, lambda z, u: z.server.patch(LEDGER + DRY, {"spec": {"decisions": {digest("v"): code("carol")}}}, u), True),
    ("the code service reviews", CODES, lambda z, u: z.decide(digest("x"), review(CODES), u), False),
    ("the code service asks whose a token is", CODES, OPERATOR_TABLE["asks whose a token is"], True),
    ("the code service asks what others may do", CODES, OPERATOR_TABLE["asks what others may do"], True),
    ("the code service makes a ledger", CODES, make("ApprovalLedger", "default", FREE, "ledger"), False),
    ("the code service deletes the ledger", CODES, raw("DELETE", LEDGER + DRY), False),
    ("the code service condemns", CODES, patch(f"{LEDGER}/status{DRY}", {"status": {"condemned": {digest("x"): "x"}}}), False),
    ("the code service asks for a tool", CODES, lambda z, u: z.server.create(tool("c"), u, dry=True), False),
    ("the code service answers an enrolment", CODES, patch(ENROLMENT + "/status" + DRY, {"status": {"sealed": "x"}}), True),
    ("the code service removes an enrolment", CODES, raw("DELETE", ENROLMENT + DRY), True),
    ("the code service enrolls somebody", CODES, make("CodeEnrollment", HOME, {"publicKey": KEY}), False),
    ("the code service changes an enrolment", CODES, patch(ENROLMENT + DRY, {"metadata": {"labels": {"a": "b"}}}), False),
    ("the gateway answers an enrolment", GATEWAY, patch(ENROLMENT + "/status" + DRY, {"status": {"sealed": "x"}}), False),
    ("the operator removes an enrolment", OPERATOR, raw("DELETE", ENROLMENT + DRY), False),
    ("the pull-request service reviews where that is off", PULLS, lambda z, u: z.decide(digest("x"), review("bob", pullRequest=7), u), False),
    ("the pull-request service turns it on", PULLS, patch(LEDGER, {"spec": {"pullRequests": {"repository": "a/b"}}}), False),
    ("the pull-request service vouches", PULLS, lambda z, u: z.decide(digest("x"), code("carol", vouched=PULLS), u), False),
    ("the pull-request service condemns", PULLS, patch(f"{LEDGER}/status{DRY}", {"status": {"condemned": {digest("x"): "x"}}}), False),
    ("the pull-request service asks for a tool", PULLS, lambda z, u: z.server.create(tool("c"), u, dry=True), False),
    ("the pull-request service starts a Pod", PULLS, make("Pod", spec=BARE_POD), False),
    ("the pull-request service reads a token", PULLS, OPERATOR_TABLE["takes a token in a zone"], False),
    ("the pull-request service asks what others may do", PULLS, OPERATOR_TABLE["asks what others may do"], True),
    ("the code service starts a Pod", CODES, make("Pod", spec=BARE_POD), False),
    ("the code service reads a token", CODES, OPERATOR_TABLE["takes a token in a zone"], False),
    ("the egress proxy writes an event", EGRESS, lambda z, u: z.server.create(obj("Event", "x", involvedObject={"namespace": SERVING}), u, dry=True), True),
    ("the egress proxy decides", EGRESS, lambda z, u: z.decide(digest("x"), review(EGRESS), u), False),
    ("the egress proxy starts a Pod", EGRESS, make("Pod", spec=BARE_POD), False),
    ("the egress proxy makes a Secret", EGRESS, make("Secret", HOME), False),
    ("the egress proxy opens the network", EGRESS, make("NetworkPolicy", spec={"podSelector": {}}), False),
    ("the egress proxy edits a tool", EGRESS, OPERATOR_TABLE["edits a tool"], False),
    ("the janitor deletes a serving Pod", JANITOR, raw("DELETE", POD + DRY), False),
    ("the janitor makes a Pod", JANITOR, make("Pod", SANDBOX, BARE_POD), False),
    ("the janitor makes a ConfigMap", JANITOR, make("ConfigMap", SANDBOX, data={"a": "b"}), False),
    ("the janitor deletes a ledger", JANITOR, raw("DELETE", LEDGER + DRY), False),
    ("the janitor deletes a tool", JANITOR, OPERATOR_TABLE["deletes a tool"], False),
    ("the notifier writes an event", NOTIFIER, lambda z, u: z.server.create(obj("Event", "x", involvedObject={"namespace": SERVING}), u, dry=True), False),
    ("the notifier edits a tool", NOTIFIER, OPERATOR_TABLE["edits a tool"], False),
    ("the notifier forges status", NOTIFIER, patch(PATHS["GeneratedTool"].format(SERVING) + "/matrix-tool/status" + DRY, {"status": {"observedGeneration": 9}}), False),
    ("the notifier decides", NOTIFIER, lambda z, u: z.decide(digest("x"), review(NOTIFIER), u), False),
    ("the notifier makes a lease", NOTIFIER, make("Lease", HOME, {"holderIdentity": "a"}), False),
    ("the notifier makes a Secret", NOTIFIER, make("Secret", HOME), False),
    ("the notifier starts a Pod", NOTIFIER, make("Pod", spec=BARE_POD), False),
    ("the autopilot condemns", AUTOPILOT, patch(f"{LEDGER}/status{DRY}", {"status": {"condemned": {digest("x"): "x"}}}), False),
    ("the autopilot marks a tool to be condemned", AUTOPILOT, OPERATOR_TABLE["marks a tool to be condemned"], False),
    ("the autopilot edits a tool", AUTOPILOT, OPERATOR_TABLE["edits a tool"], False),
    ("the autopilot writes an event", AUTOPILOT, lambda z, u: z.server.create(obj("Event", "x", involvedObject={"namespace": SERVING}), u, dry=True), True),
    ("the autopilot writes what it sees", AUTOPILOT, patch(FLOWN + "/status" + DRY, {"status": {"desiredReplicas": 2}}), True),
    ("the autopilot widens its policy", AUTOPILOT, patch(FLOWN + DRY, {"spec": {"scaling": {"maxReplicas": 20}}}), False),
    ("the autopilot makes itself a policy", AUTOPILOT, make("AutonomyPolicy", spec={"targetRef": {"kind": "GeneratedTool", "name": "x"}}), False),
    ("the autopilot deletes a policy", AUTOPILOT, raw("DELETE", FLOWN + DRY), False),
    ("the autopilot deletes a tool", AUTOPILOT, OPERATOR_TABLE["deletes a tool"], False),
    ("the autopilot asks for a tool", AUTOPILOT, lambda z, u: z.server.create(tool("x"), u, dry=True), False),
    ("the autopilot forges status", AUTOPILOT, patch(PATHS["GeneratedTool"].format(SERVING) + "/matrix-tool/status" + DRY, {"status": {"observedGeneration": 9}}), False),
    ("the autopilot scales the tool itself", AUTOPILOT, patch(PATHS["GeneratedTool"].format(SERVING) + "/matrix-tool/scale" + DRY, {"spec": {"replicas": 2}}), False),
    ("the autopilot decides", AUTOPILOT, lambda z, u: z.decide(digest("x"), review(AUTOPILOT), u), False),
    ("the autopilot lifts a condemnation", AUTOPILOT, patch(f"{LEDGER}/status{DRY}", {"status": {"condemned": {digest("condemned"): None}}}), False),
    ("the autopilot takes a decision away", AUTOPILOT, lambda z, u: z.decide(digest("kept"), None, u), False),
    ("the autopilot lowers the floors", AUTOPILOT, OPERATOR_TABLE["lowers the floors"], False),
    ("the autopilot turns its switch", AUTOPILOT, make("ConfigMap", HOME, name="cupel-autopilot", data={"paused": "false"}), False),
    ("the autopilot makes an autoscaler", AUTOPILOT, in_group("autoscaling", "horizontalpodautoscalers", {"kind": "HorizontalPodAutoscaler", "spec": {"maxReplicas": 20, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}}}, SERVING, "v2"), False),
    ("the autopilot takes a lease elsewhere", AUTOPILOT, OPERATOR_TABLE["takes a lease elsewhere"], False),
    ("the operator says what the autopilot wants", OPERATOR, patch(FLOWN + "/status" + DRY, {"status": {"desiredReplicas": 2}}), False),
    ("the gateway says what the autopilot wants", GATEWAY, patch(FLOWN + "/status" + DRY, {"status": {"desiredReplicas": 2}}), False),
    ("the operator writes a policy of the autopilot", OPERATOR, patch(FLOWN + DRY, {"spec": {"authority": "Act"}}), False),
    ("the autopilot starts a Pod", AUTOPILOT, make("Pod", spec=BARE_POD), False),
    ("the autopilot starts a Deployment", AUTOPILOT, make("Deployment", "default", WORKLOAD), False),
    ("the autopilot makes a Secret", AUTOPILOT, make("Secret", "default"), False),
    ("an unknown identity of ours writes", "system:serviceaccount:cupel-system:cupel-other", make("ConfigMap", "default", data={"a": "b"}), False),
    ("the default account of our namespace writes", "system:serviceaccount:cupel-system:default", make("ConfigMap", "default", data={"a": "b"}), False),
]  # fmt: skip


class TestOthers:
    @pytest.mark.parametrize(
        ("user", "ask", "allowed"), [row[1:] for row in OTHERS], ids=[row[0] for row in OTHERS]
    )
    def test_with_every_right(self, zone: Zone, user: str, ask: Ask, allowed: bool) -> None:
        answer = ask(zone, user + "-any")
        if allowed:
            answer.allowed()
        else:
            answer.refused("ValidatingAdmissionPolicy")

    @pytest.mark.parametrize(
        "row", [row for row in OTHERS if not row[3]], ids=[row[0] for row in OTHERS if not row[3]]
    )
    def test_with_their_own(self, zone: Zone, row: tuple[str, str, Ask, bool]) -> None:
        row[2](zone, row[1]).refused()

    def test_the_janitor_cleans_a_sandbox(self, zone: Zone) -> None:
        name = "tests-" + "c" * 40
        body = obj("ConfigMap", name, namespace=SANDBOX, data={"tests.json": "{}"}, immutable=True)
        zone.server.create(body, OPERATOR).allowed()
        zone.server.delete(f"{PATHS['ConfigMap'].format(SANDBOX)}/{name}", JANITOR).allowed()


def test_a_running_pod_is_what_we_think(zone: Zone) -> None:
    """The Pod the doors are tried on exists: a refusal that says 404 would prove nothing."""
    assert zone.server.get(POD)["metadata"]["labels"]["cupel.dev/digest"] == RUNNING[7:47]
