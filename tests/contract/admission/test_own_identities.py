"""What our own identities may write at all: refused with their own rights, and by a policy with every other right there is."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

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
    OPERATOR,
    PATHS,
    SANDBOX,
    SERVING,
    Answer,
    Body,
    Server,
    eventually,
)  # fmt: skip
from .zone import LEDGER, Zone

pytestmark = pytest.mark.apiserver
BOTH = pytest.mark.parametrize("operator", [OPERATOR, OPERATOR + "-any"], ids=["rbac", "any"])
Ask = Callable[[Zone, str], Answer]
NAMESPACE = f"{PATHS['Namespace']}/{SERVING}"
POD = PATHS["Pod"].format(SERVING) + "/matrix-run"
RUNNING = digest("running")
DRY = "?dryRun=All"


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


def raw(method: str, path: str, body: Any = None, mime: str = "application/json") -> Ask:
    return lambda zone, user: zone.server.call(method, path, body, user, mime)


def make(kind: str, namespace: str = SERVING, spec: Body | None = None, name: str = "x", **more: Any) -> Ask:
    return lambda zone, user: zone.server.create(obj(kind, name, spec, namespace, **more), user, dry=True)


def patch(path: str, body: Body) -> Ask:
    return lambda zone, user: zone.server.patch(path, body, user)


def in_group(group: str, plural: str, body: Body, namespace: str = "", version: str = "v1") -> Ask:
    root = f"/apis/{group}/{version}" + (f"/namespaces/{namespace}" if namespace else "")
    full = {"apiVersion": f"{group}/{version}", "metadata": {"name": "x"}, **body}
    return raw("POST", f"{root}/{plural}{DRY}", full)


def signing_request() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bob")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return base64.b64encode(request.public_bytes(serialization.Encoding.PEM)).decode()


SECURE: Body = {
    "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True, "runAsUser": 1,
    "seccompProfile": {"type": "RuntimeDefault"},
}  # fmt: skip
BARE_POD: Body = {"containers": [{"name": "x", "image": "x", "securityContext": SECURE}]}
"""Good enough for Pod Security, so that our policies have to speak."""
TEMPLATE: Body = {"metadata": {"labels": {"a": "b"}}, "spec": BARE_POD}
WORKLOAD: Body = {"selector": {"matchLabels": {"a": "b"}}, "template": TEMPLATE}
CERTIFICATE: Body = {
    "request": signing_request(), "signerName": "kubernetes.io/kube-apiserver-client", "usages": ["client auth"],
}  # fmt: skip
APPROVER: Body = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cupel-approver"}
ROLE = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
TOKEN: Body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": []}}
TOKEN_SECRET = obj("Secret", "t", namespace=HOME, type="kubernetes.io/service-account-token")
TOKEN_SECRET["metadata"]["annotations"] = {"kubernetes.io/service-account.name": "cupel-codes"}
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
POLICY = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/cupel-serving-shape"
RBAC = "rbac.authorization.k8s.io"
ROLES = f"/apis/{RBAC}/v1/clusterroles"
WALL = PATHS["NetworkPolicy"].format(SERVING) + "/default-deny"
FREE: Body = {"floors": {"withoutEgress": 0, "withEgress": 0}, "separation": "TwoPeople"}
OWNER = [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "0"}]


def some_revision(namespace: str) -> Body:
    stored = tool("x")
    stored["metadata"] |= {"namespace": namespace, "uid": "0"}
    stored["spec"]["requestedBy"] = "alice"
    return revision(stored)


OPERATOR_TABLE: dict[str, Ask] = {
    # the ledger
    "writes a review": lambda z, u: z.decide(digest("o"), review(OPERATOR), u),
    "writes a review in bob's name": lambda z, u: z.decide(digest("o"), review("bob"), u),
    "writes a code decision": lambda z, u: z.decide(digest("o"), code("bob"), u),
    "writes a code decision as its own voucher": lambda z, u: z.decide(digest("o"), code("bob", vouched=OPERATOR), u),
    "rewrites a decision": lambda z, u: z.decide(digest("kept"), review("bob", "Reject"), u),
    "removes an entry": lambda z, u: z.decide(digest("kept"), None, u),
    "lowers the floors": patch(LEDGER, {"spec": {"floors": {"withoutEgress": 0, "withEgress": 0}}}),
    "adds a launcher image": patch(LEDGER, {"spec": {"launcherImages": ["x@sha256:" + "0" * 64]}}),
    "weakens separation": patch(LEDGER, {"spec": {"separation": "OnePersonTwoChannels"}}),
    "deletes the ledger": raw("DELETE", LEDGER + DRY),
    "makes a ledger elsewhere": make("ApprovalLedger", "default", FREE, "ledger"),
    "gives the ledger an owner": patch(LEDGER, {"metadata": {"ownerReferences": OWNER}}),
    "gives the ledger a finalizer": patch(LEDGER, {"metadata": {"finalizers": ["x.test/x"]}}),
    # tools and their policy
    "asks for a tool": lambda z, u: z.server.create(tool("x"), u, dry=True),
    "edits a tool": patch(PATHS["GeneratedTool"].format(SERVING) + "/matrix-tool", {"spec": {"description": "x"}}),
    "marks a tool to be condemned": patch(PATHS["GeneratedTool"].format(SERVING) + "/matrix-tool", {"metadata": {"annotations": {"cupel.dev/condemn": "x"}}}),
    "deletes a tool": raw("DELETE", PATHS["GeneratedTool"].format(SERVING) + "/matrix-tool" + DRY),
    "weakens the tool policy": patch(PATHS["ToolPolicy"].format(SERVING) + "/default", {"spec": {"approvals": {"low": 0}}}),
    "makes a revision outside the zones": lambda z, u: z.server.create(some_revision("default"), u, dry=True),
    # zones
    "takes away the zone": patch(NAMESPACE, {"metadata": {"labels": {"cupel.dev/zone": None}}}),
    "makes the zone a sandbox": patch(NAMESPACE, {"metadata": {"labels": {"cupel.dev/zone": "sandbox"}}}),
    "names another sandbox": patch(NAMESPACE, {"metadata": {"labels": {"cupel.dev/sandbox": "default"}}}),
    "lowers Pod Security": patch(NAMESPACE, {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}}),
    "deletes the namespace": raw("DELETE", NAMESPACE + DRY),
    "makes a namespace": raw("POST", PATHS["Namespace"] + DRY, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x-zone"}}),
    # Pods by other ways
    "starts a Pod outside the zones": make("Pod", "default", BARE_POD),
    "starts a Pod beside the code service": make("Pod", HOME, BARE_POD | {"serviceAccountName": "cupel-codes"}),
    "starts a Deployment outside the zones": make("Deployment", "default", WORKLOAD),
    "starts a Deployment in a sandbox": make("Deployment", SANDBOX, WORKLOAD),
    "starts a Job in a zone": in_group("batch", "jobs", {"kind": "Job", "spec": {"template": {"spec": BARE_POD | {"restartPolicy": "Never"}}}}, SERVING),
    "starts a DaemonSet in a zone": in_group("apps", "daemonsets", {"kind": "DaemonSet", "spec": WORKLOAD}, SERVING),
    "starts a StatefulSet in a zone": in_group("apps", "statefulsets", {"kind": "StatefulSet", "spec": WORKLOAD | {"serviceName": "x"}}, SERVING),
    "starts a bare ReplicaSet": in_group("apps", "replicasets", {"kind": "ReplicaSet", "spec": WORKLOAD}, SERVING),
    "makes a PodTemplate": raw("POST", f"/api/v1/namespaces/{SERVING}/podtemplates{DRY}", {"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "x"}, "template": TEMPLATE}),
    "makes a node": raw("POST", f"/api/v1/nodes{DRY}", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "x"}}),
    "makes a RuntimeClass": in_group("node.k8s.io", "runtimeclasses", {"kind": "RuntimeClass", "handler": "runc"}),
    "makes a priority class": in_group("scheduling.k8s.io", "priorityclasses", {"kind": "PriorityClass", "value": 1, "globalDefault": True}),
    # other identities
    "takes the code service's token": raw("POST", f"/api/v1/namespaces/{HOME}/serviceaccounts/cupel-codes/token", TOKEN),
    "takes a token in a zone": raw("POST", f"/api/v1/namespaces/{SERVING}/serviceaccounts/tool/token", TOKEN),
    "makes a service account": raw("POST", f"/api/v1/namespaces/{SERVING}/serviceaccounts{DRY}", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "x"}}),
    "makes a Secret at home": make("Secret", HOME),
    "makes a Secret in a zone": make("Secret"),
    "makes a service account's token Secret": lambda z, u: z.server.create(TOKEN_SECRET, u, dry=True),
    "asks for a certificate": in_group("certificates.k8s.io", "certificatesigningrequests", {"kind": "CertificateSigningRequest", "spec": CERTIFICATE}),
    "binds a role": in_group(RBAC, "rolebindings", {"kind": "RoleBinding", "roleRef": APPROVER, "subjects": []}, SERVING),
    "binds a cluster role": in_group(RBAC, "clusterrolebindings", {"kind": "ClusterRoleBinding", "roleRef": APPROVER, "subjects": []}),
    "makes a cluster role": in_group(RBAC, "clusterroles", {"kind": "ClusterRole", "rules": ROLE}),
    "widens its own role": patch(f"{ROLES}/cupel-operator", {"rules": ROLE}),
    "asks whose a token is": raw("POST", "/apis/authentication.k8s.io/v1/tokenreviews", {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": "x"}}),
    "asks what others may do": raw("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": {"user": "bob", "resourceAttributes": {"verb": "get", "resource": "pods"}}}),
    # the rules themselves
    "drops the ledger's CRD": raw("DELETE", f"{CRDS}/approvalledgers.cupel.dev{DRY}"),
    "rewrites the ledger's CRD": patch(f"{CRDS}/approvalledgers.cupel.dev{DRY}", {"metadata": {"annotations": {"a": "b"}}}),
    "drops a policy": raw("DELETE", POLICY + DRY),
    "edits a policy": patch(POLICY + DRY, {"spec": {"failurePolicy": "Ignore"}}),
    "drops a binding": raw("DELETE", POLICY.replace("policies/", "policybindings/") + DRY),
    "makes a webhook": in_group("admissionregistration.k8s.io", "mutatingwebhookconfigurations", {"kind": "MutatingWebhookConfiguration"}),
    "adds an API service": in_group("apiregistration.k8s.io", "apiservices", {"kind": "APIService", "metadata": {"name": "v1.x.test"}, "spec": {"group": "x.test", "version": "v1", "groupPriorityMinimum": 1, "versionPriority": 1}}),
    # doors
    "execs into a Pod": raw("POST", f"{POD}/exec?command=id&stdout=1"),
    "attaches": raw("POST", f"{POD}/attach?stdout=1"),
    "forwards a port": raw("POST", f"{POD}/portforward?ports=80"),
    "proxies to a Pod": raw("GET", f"{POD}/proxy/"),
    "adds an ephemeral container": patch(f"{POD}/ephemeralcontainers", {"spec": {"ephemeralContainers": [{"name": "d", "image": "x", "securityContext": SECURE}]}}),
    "resizes": patch(f"{POD}/resize", {"metadata": {"labels": {"a": "b"}}}),
    "forges a Pod's address": patch(f"{POD}/status", {"status": {"podIP": "6.6.6.6"}}),
    "evicts": raw("POST", f"{POD}/eviction{DRY}", {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "matrix-run", "namespace": SERVING}}),
    "binds a Pod to a node": raw("POST", f"{POD}/binding{DRY}", {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "matrix-run"}, "target": {"kind": "Node", "name": "node"}}),
    # network
    "makes a Service": make("Service", spec={"ports": [{"port": 80}]}),
    "makes a Service with an outside address": make("Service", spec={"ports": [{"port": 80}], "externalIPs": ["1.2.3.4"]}),
    "makes an EndpointSlice": in_group("discovery.k8s.io", "endpointslices", {"kind": "EndpointSlice", "addressType": "IPv4", "endpoints": []}, SERVING),
    "makes an Ingress": in_group("networking.k8s.io", "ingresses", {"kind": "Ingress", "spec": {"defaultBackend": {"service": {"name": "x", "port": {"number": 80}}}}}, SERVING),
    "removes default-deny": raw("DELETE", WALL + DRY),
    "replaces default-deny": patch(WALL, {"spec": {"policyTypes": ["Ingress"]}}),
    "removes allow-from-cupel": raw("DELETE", WALL.replace("default-deny", "allow-from-cupel") + DRY),
    # the rest
    "lifts the quota": raw("POST", f"/api/v1/namespaces/{SERVING}/resourcequotas{DRY}", {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "x"}, "spec": {"hard": {"pods": "1"}}}),
    "scales a Deployment": patch(PATHS["Deployment"].format(SERVING) + "/x/scale", {"spec": {"replicas": 2}}),
    "makes a ConfigMap at home": make("ConfigMap", HOME, data={"a": "b"}),
    "takes a lease elsewhere": make("Lease", "kube-system", {"holderIdentity": "x"}),
}  # fmt: skip
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


def scale(replicas: int) -> Ask:
    return patch(PATHS["Deployment"].format(SERVING) + "/x/scale" + DRY, {"spec": {"replicas": replicas}})


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
    ("the autopilot condemns", AUTOPILOT, patch(f"{LEDGER}/status{DRY}", {"status": {"condemned": {digest("x"): "x"}}}), False),
    ("the autopilot marks a tool to be condemned", AUTOPILOT, OPERATOR_TABLE["marks a tool to be condemned"], False),
    ("the autopilot edits a tool", AUTOPILOT, OPERATOR_TABLE["edits a tool"], False),
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


class TestAutopilot:
    PATH = PATHS["Deployment"].format(SERVING) + "/scaled"

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def deployment(cls, zone: Zone) -> None:
        body = desired_deployment(digest("scaled"))
        body["metadata"] = {"name": "scaled", "namespace": SERVING}
        body["spec"]["replicas"] = 4
        zone.server.create(body, OPERATOR).allowed()

    @pytest.mark.parametrize(
        ("now", "allowed"),
        [(8, True), (4, True), (0, False), (9, False), (20, False), (1, False), (2, True), (3, True)],
    )
    def test_scale_from_four(self, zone: Zone, now: int, allowed: bool) -> None:
        answer = zone.server.patch(f"{self.PATH}/scale{DRY}", {"spec": {"replicas": now}}, AUTOPILOT + "-any")
        _ = answer.allowed() if allowed else answer.refused("factor of two")

    def test_nobody_passes_twenty(self, zone: Zone) -> None:
        for path in (f"{self.PATH}/scale", self.PATH):
            for user in ("zoe-any", OPERATOR + "-any", ""):
                zone.server.patch(path + DRY, {"spec": {"replicas": 21}}, user).refused(
                    "at most 20", "may not"
                )
        zone.server.patch(self.PATH + DRY, {"spec": {"replicas": 20}}, OPERATOR).allowed()

    @pytest.mark.parametrize("user", [AUTOPILOT, AUTOPILOT + "-any"], ids=["rbac", "any"])
    def test_writes_no_deployment_in_a_zone(self, zone: Zone, user: str) -> None:
        image = [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "x"}]
        zone.server.patch(self.PATH + DRY, {"spec": {"replicas": 5}}, user).refused()
        zone.server.patch(self.PATH + DRY, image, user, "application/json-patch+json").refused()

    def test_without_a_binding_it_scales_nothing(self, zone: Zone) -> None:
        zone.server.patch(f"{self.PATH}/scale{DRY}", {"spec": {"replicas": 5}}, AUTOPILOT).refused(
            "forbidden"
        )


def test_a_running_pod_is_what_we_think(zone: Zone) -> None:
    """The Pod the doors are tried on exists: a refusal that says 404 would prove nothing."""
    assert zone.server.get(POD)["metadata"]["labels"]["cupel.dev/digest"] == RUNNING[7:47]
