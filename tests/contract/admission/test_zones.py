"""What a zone is made of: labels of the namespace, running Pods, bundles, walls, and doors that stay shut for everybody."""

from __future__ import annotations

from typing import Any

import pytest

from .objects import Change, at, both, digest, obj, serving_pod
from .server import AUTOPILOT, GATEWAY, HOME, JSON_PATCH, OPERATOR, PATHS, SANDBOX, SERVING, Body, eventually
from .zone import Zone

pytestmark = pytest.mark.apiserver
BOTH = pytest.mark.parametrize("operator", [OPERATOR, OPERATOR + "-any"], ids=["rbac", "any"])
NAMESPACES = PATHS["Namespace"]
NAMESPACE = f"{NAMESPACES}/{SERVING}"
POD = PATHS["Pod"].format(SERVING) + "/matrix-run"
DRY = "?dryRun=All"
STRANGER = "cupel-matrix-strangers"


@pytest.fixture(scope="module", autouse=True)
def running(zone: Zone) -> None:
    zone.settings(floors={"withoutEgress": 0, "withEgress": 0})
    pod = serving_pod(digest("running"))
    pod["metadata"]["name"] = "matrix-run"
    eventually(lambda: zone.server.create(pod, OPERATOR), allowed=True).allowed()
    zone.settings(floors={"withoutEgress": 2, "withEgress": 2})


def labelled(labels: Body) -> Body:
    return {"metadata": {"labels": labels}}


class TestLabels:
    TABLE: list[tuple[str, Body, bool]] = [
        ("the zone is taken away", {"cupel.dev/zone": None, "cupel.dev/sandbox": None}, False),
        ("the zone becomes a sandbox", {"cupel.dev/zone": "sandbox", "cupel.dev/sandbox": None}, False),
        ("another sandbox", {"cupel.dev/sandbox": "default"}, False),
        ("no sandbox", {"cupel.dev/sandbox": None}, False),
        ("an unknown label of ours", {"cupel.dev/other": "x"}, False),
        ("Pod Security is lowered", {"pod-security.kubernetes.io/enforce": "baseline"}, False),
        ("Pod Security is taken away", {"pod-security.kubernetes.io/enforce": None}, False),
        ("an old version of Pod Security", {"pod-security.kubernetes.io/enforce-version": "v1.20"}, False),
        ("a label of somebody else", {"team": "x"}, True),
    ]

    @pytest.mark.parametrize("subresource", ["", "/status"])
    @pytest.mark.parametrize(("labels", "allowed"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
    def test_by_somebody_who_may_edit_namespaces(
        self, zone: Zone, labels: Body, allowed: bool, subresource: str
    ) -> None:
        answer = zone.server.patch(f"{NAMESPACE}{subresource}{DRY}", labelled(labels), "nadia")
        _ = answer.allowed() if allowed else answer.refused("administrator's")

    @pytest.mark.parametrize("labels", [row[1] for row in TABLE], ids=[row[0] for row in TABLE])
    def test_by_a_cluster_administrator(self, zone: Zone, labels: Body) -> None:
        zone.server.patch(NAMESPACE + DRY, labelled(labels)).allowed()

    @pytest.mark.parametrize(
        ("labels", "says"),
        [
            ({"cupel.dev/zone": "other"}, "serving and sandbox"),
            ({"cupel.dev/zone": "sandbox"}, "names its sandbox"),
            ({"cupel.dev/zone": None}, "names its sandbox"),
        ],
    )
    def test_that_nobody_may_set(self, zone: Zone, labels: Body, says: str) -> None:
        whole = {"cupel.dev/sandbox": SANDBOX} | labels
        zone.server.patch(NAMESPACE + DRY, labelled(whole)).refused(says)

    @pytest.mark.parametrize("label", ["cupel.dev/zone", "cupel.dev/sandbox", "cupel.dev/x"])
    def test_a_new_namespace_of_a_stranger(self, zone: Zone, label: str) -> None:
        body: Body = {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": "matrix-new", "labels": {label: "serving"}},
        }
        zone.server.call("POST", NAMESPACES + DRY, body, "nadia").refused("administrator's")
        body["metadata"]["labels"] = {"pod-security.kubernetes.io/enforce": "privileged"}
        zone.server.call("POST", NAMESPACES + DRY, body, "nadia").allowed()

    @BOTH
    def test_by_finalizing(self, zone: Zone, operator: str) -> None:
        body = zone.server.get(NAMESPACE)
        body["metadata"]["labels"]["cupel.dev/zone"] = "sandbox"
        for user in (operator, "nadia"):
            zone.server.call("PUT", f"{NAMESPACE}/finalize{DRY}", body, user).refused()


@pytest.fixture(scope="module", autouse=True)
def nadia(zone: Zone) -> Any:
    """Somebody who may edit namespaces, Pods and ConfigMaps everywhere, but administers no zone."""
    group = "rbac.authorization.k8s.io"
    name: Body = {"apiVersion": f"{group}/v1", "metadata": {"name": STRANGER}}
    rules = [
        {"apiGroups": [""], "resources": ["*"], "verbs": ["*"]},
        {"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"], "verbs": ["*"]},
    ]
    subjects = [{"kind": "User", "apiGroup": group, "name": "nadia"}]
    ref = {"apiGroup": group, "kind": "ClusterRole", "name": STRANGER}
    root = f"/apis/{group}/v1"
    zone.server.call("POST", f"{root}/clusterroles", name | {"kind": "ClusterRole", "rules": rules})
    binding = name | {"kind": "ClusterRoleBinding", "roleRef": ref, "subjects": subjects}
    zone.server.call("POST", f"{root}/clusterrolebindings", binding)
    eventually(lambda: zone.server.call("GET", NAMESPACE, user="nadia"), allowed=True).allowed()
    yield
    zone.server.delete(f"{root}/clusterrolebindings/{STRANGER}")
    zone.server.delete(f"{root}/clusterroles/{STRANGER}")


class TestRunningPod:
    TABLE: list[tuple[str, Body, str]] = [
        ("a label of somebody else", labelled({"revoked": "true"}), ""),
        ("the tool's label is removed", labelled({"cupel.dev/tool": None}), ""),
        ("the digest label is removed", labelled({"cupel.dev/digest": None}), ""),
        ("owners are removed", {"metadata": {"ownerReferences": None}}, ""),
        ("an annotation of ours", {"metadata": {"annotations": {"cupel.dev/x": "y"}}}, ""),
        (
            "an annotation of a network",
            {"metadata": {"annotations": {"cni.projectcalico.org/podIP": "1.1.1.1"}}},
            "",
        ),
        ("the egress label", labelled({"cupel.dev/egress": "true"}), "not set"),
        ("another digest", labelled({"cupel.dev/digest": "0" * 40}), "not set"),
        ("another tool", labelled({"cupel.dev/tool": "x"}), "not set"),
        ("another revision", labelled({"cupel.dev/revision": "x"}), "not set"),
        ("a trial's label", labelled({"cupel.dev/run": "x"}), "not set"),
        (
            "a gVisor annotation",
            {"metadata": {"annotations": {"dev.gvisor.flag.network": "host"}}},
            "annotation",
        ),
        ("another annotation", {"metadata": {"annotations": {"x.test/x": "y"}}}, "annotation"),
    ]

    @pytest.mark.parametrize("user", [OPERATOR + "-any", "nadia"], ids=["the operator", "somebody"])
    @pytest.mark.parametrize(("patch", "says"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
    def test_metadata(self, zone: Zone, patch: Body, says: str, user: str) -> None:
        answer = zone.server.patch(POD + DRY, patch, user)
        _ = answer.refused(says) if says else answer.allowed()

    @pytest.mark.parametrize(("patch", "says"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
    def test_metadata_by_way_of_status(self, zone: Zone, patch: Body, says: str) -> None:
        answer = zone.server.patch(f"{POD}/status{DRY}", patch, "nadia")
        _ = answer.refused(says) if says else answer.allowed()

    SPEC: dict[str, list[Body]] = {
        "image": [{"op": "replace", "path": "/spec/containers/0/image", "value": "evil"}],
        "deadline": [{"op": "add", "path": "/spec/activeDeadlineSeconds", "value": 5}],
        "toleration": [
            {"op": "add", "path": "/spec/tolerations/-", "value": {"key": "x", "operator": "Exists"}}
        ],
    }

    @pytest.mark.parametrize("user", [OPERATOR + "-any", "nadia"], ids=["the operator", "somebody"])
    @pytest.mark.parametrize("field", SPEC)
    def test_spec(self, zone: Zone, field: str, user: str) -> None:
        zone.server.patch(POD + DRY, self.SPEC[field], user, JSON_PATCH).refused("does not change")

    @BOTH
    def test_deleted_after_a_revocation(self, zone: Zone, operator: str) -> None:
        zone.server.delete(POD + DRY, operator).allowed()


class TestDoors:
    DOORS = {
        "exec": ("POST", "/exec?command=id&stdout=1"), "attach": ("POST", "/attach?stdout=1"),
        "portforward": ("POST", "/portforward?ports=80"), "proxy": ("GET", "/proxy/"),
    }  # fmt: skip

    @pytest.mark.parametrize(
        "user", ["nadia", "zoe-any", ""], ids=["somebody", "a zone administrator", "a cluster administrator"]
    )
    @pytest.mark.parametrize("door", DOORS)
    def test_are_shut_for_everybody(self, zone: Zone, door: str, user: str) -> None:
        method, path = self.DOORS[door]
        zone.server.call(method, POD + path, user=user).refused("not available")

    def test_debugging(self, zone: Zone) -> None:
        container = {
            "name": "d",
            "image": "x",
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        }
        patch = {"spec": {"ephemeralContainers": [container]}}
        zone.server.patch(f"{POD}/ephemeralcontainers{DRY}", patch, "nadia").refused("not available")
        resources = [{"op": "replace", "path": "/spec/containers/0/resources/limits/cpu", "value": "600m"}]
        zone.server.patch(f"{POD}/resize{DRY}", resources, "nadia", JSON_PATCH).refused("not available")

    @pytest.mark.parametrize("namespace", [SERVING, SANDBOX])
    def test_secrets_and_tokens(self, zone: Zone, namespace: str) -> None:
        zone.server.create(obj("Secret", "x", namespace=namespace), "nadia", dry=True).refused(
            "not available"
        )
        token = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/tool/token"
        zone.server.call("POST", path, token, "nadia").refused("not available")

    @pytest.mark.parametrize(
        ("metadata", "says"),
        [
            ({"annotations": {"dev.gvisor.flag.network": "host"}}, "no annotations"),
            ({"annotations": {"x.test/x": "y"}}, "no annotations"),
            ({"labels": {"cupel.dev/egress": "true"}}, "no labels"),
        ],
    )
    def test_a_binding_brings_nothing(self, zone: Zone, metadata: Body, says: str) -> None:
        body: Body = {
            "apiVersion": "v1", "kind": "Binding", "metadata": {"name": "matrix-run"} | metadata,
            "target": {"kind": "Node", "name": "node"},
        }  # fmt: skip
        zone.server.call("POST", f"{POD}/binding{DRY}", body, "nadia").refused(says)
        zone.server.call("POST", f"/api/v1/namespaces/{SERVING}/bindings{DRY}", body, "nadia").refused(says)
        body["metadata"] = {"name": "matrix-run", "labels": {"topology.kubernetes.io/zone": "a"}}
        zone.server.call("POST", f"{POD}/binding{DRY}", body, "system:kube-scheduler").allowed()


def bundle(name: str = "bundle-" + "a" * 40, namespace: str = SERVING, **fields: Any) -> Body:
    content: Body = {"data": {"bundle.json": "{}"}, "immutable": True} | fields
    return obj("ConfigMap", name, namespace=namespace, **content)


class TestBundles:
    TESTS = "tests-" + "a" * 40
    TABLE: list[tuple[str, Body, str]] = [
        ("a bundle", bundle(), ""),
        ("a bundle in the sandbox", bundle(namespace=SANDBOX), ""),
        ("tests in the sandbox", bundle(TESTS, SANDBOX, data={"tests.json": "{}"}), ""),
        ("bytes instead of text", bundle(data={}, binaryData={"bundle.json": "e30="}), ""),
        ("tests in the serving zone", bundle(TESTS, data={"tests.json": "{}"}), "live in the sandbox"),
        ("a bundle that may change", bundle(immutable=False), "immutable"),
        ("a bundle with another key", bundle(data={"bundle.json": "", "sitecustomize.py": ""}), "one key"),
        ("a bundle with bytes besides", bundle(binaryData={"x": "e30="}), "one key"),
        ("a bundle under another key", bundle(data={"x": ""}), "bundle.json"),
        ("tests under another key", bundle(TESTS, SANDBOX, data={"x": ""}), "tests.json"),
        ("no bundle at all", bundle(data={}), "one key"),
        ("another name", bundle("x"), "named"),
        ("a short digest", bundle("bundle-" + "a" * 39), "named"),
        ("more behind the digest", bundle("bundle-" + "a" * 40 + "-x"), "named"),
    ]

    @BOTH
    @pytest.mark.parametrize(("body", "says"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
    def test_made_by_the_operator(self, zone: Zone, body: Body, says: str, operator: str) -> None:
        answer = zone.server.create(body, operator, dry=True)
        _ = answer.refused(says) if says else answer.allowed()

    @pytest.mark.parametrize("user", ["nadia", "zoe-any", GATEWAY + "-any", AUTOPILOT + "-any", ""])
    def test_made_by_nobody_else(self, zone: Zone, user: str) -> None:
        zone.server.create(bundle(), user, dry=True).refused("only the operator", "may not CREATE")

    @pytest.mark.parametrize("name", ["kube-root-ca.crt"])
    def test_but_the_clusters_own(self, zone: Zone, name: str) -> None:
        path = f"{PATHS['ConfigMap'].format(SERVING)}/{name}"
        body = obj("ConfigMap", name, data={"ca.crt": "x"})
        answer = zone.server.create(body, "nadia", dry=True)
        assert answer.ok or answer.code == 409, f"{path}: {answer.text}"

    @BOTH
    def test_stay_as_they_are(self, zone: Zone, operator: str) -> None:
        name = "bundle-" + digest(operator)[7:47]
        path = f"{PATHS['ConfigMap'].format(SERVING)}/{name}"
        zone.server.create(bundle(name), operator).allowed()
        for user in (operator, "nadia", ""):
            zone.server.patch(path + DRY, {"data": {"bundle.json": "x"}}, user).refused()
            zone.server.patch(path + DRY, {"immutable": None}, user).refused()
            zone.server.patch(path + DRY, {"binaryData": {"x": "e30="}}, user).refused()
        zone.server.patch(path + DRY, labelled({"a": "b"}), "nadia").allowed()


COMPONENT = "app.kubernetes.io/component"
OURS: Body = {"matchLabels": {"kubernetes.io/metadata.name": HOME}}


def to(component: str) -> Body:
    return {"namespaceSelector": OURS, "podSelector": {"matchLabels": {COMPONENT: component}}}


def wall(name: str = "n", namespace: str = SERVING, selector: Body | None = None, **rules: Any) -> Body:
    marked = {"matchLabels": {"cupel.dev/egress": "true"}}
    spec = {"podSelector": marked if selector is None else selector, "policyTypes": ["Egress"], **rules}
    return obj("NetworkPolicy", name, spec, namespace)


class TestWalls:
    TABLE: list[tuple[str, Body, str]] = [
        ("out to the egress proxy", wall(egress=[{"to": [to("egress")]}]), ""),
        (
            "in from the gateway and the operator",
            wall(ingress=[{"from": [to("gateway"), to("operator")]}]),
            "",
        ),
        ("a wall more", wall(selector={}, egress=[]), ""),
        ("out to everywhere", wall(egress=[{}]), "egress proxy"),
        ("out to every address", wall(egress=[{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]), "egress proxy"),
        (
            "out to the metadata service",
            wall(egress=[{"to": [{"ipBlock": {"cidr": "169.254.169.254/32"}}]}]),
            "egress proxy",
        ),
        (
            "out to every namespace",
            wall(egress=[{"to": [{"namespaceSelector": {}, "podSelector": {}}]}]),
            "egress proxy",
        ),
        ("out to another component of ours", wall(egress=[{"to": [to("gateway")]}]), "egress proxy"),
        ("out to the proxy and to everywhere", wall(egress=[{"to": [to("egress")]}, {}]), "egress proxy"),
        ("out for every Pod", wall(selector={}, egress=[{"to": [to("egress")]}]), "egress label"),
        ("out of the sandbox", wall(namespace=SANDBOX, egress=[{"to": [to("egress")]}]), "egress label"),
        ("in from everywhere", wall(ingress=[{}]), "gateway and the operator"),
        (
            "in from an address",
            wall(ingress=[{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]),
            "gateway and the operator",
        ),
        (
            "in from every namespace",
            wall(ingress=[{"from": [{"namespaceSelector": {}}]}]),
            "gateway and the operator",
        ),
        ("in from other tools", wall(ingress=[{"from": [{"podSelector": {}}]}]), "gateway and the operator"),
        ("in from the egress proxy", wall(ingress=[{"from": [to("egress")]}]), "gateway and the operator"),
        ("default-deny of one's own", wall("default-deny"), "administrators"),
        ("allow-from-cupel of one's own", wall("allow-from-cupel"), "administrators"),
    ]

    @pytest.mark.parametrize("user", [OPERATOR + "-any", "nadia"], ids=["the operator", "somebody"])
    @pytest.mark.parametrize(("body", "says"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
    def test_who_opens_them(self, zone: Zone, body: Body, says: str, user: str) -> None:
        if says == "administrators" and body["metadata"]["namespace"] == SERVING:
            path = f"{PATHS['NetworkPolicy'].format(SERVING)}/{body['metadata']['name']}"
            answer = zone.server.patch(path + DRY, {"spec": body["spec"]}, user)
        else:
            answer = zone.server.create(body, user, dry=True)
        _ = answer.refused(says) if says else answer.allowed()

    @pytest.mark.parametrize("name", ["default-deny", "allow-from-cupel"])
    def test_who_takes_them_down(self, zone: Zone, name: str) -> None:
        path = f"{PATHS['NetworkPolicy'].format(SERVING)}/{name}"
        for user in (OPERATOR + "-any", "nadia", AUTOPILOT + "-any"):
            zone.server.delete(path + DRY, user).refused("administrators", "may not")
        zone.server.delete(path + DRY, "zoe").allowed()

    def test_the_administrator_may_open_them(self, zone: Zone) -> None:
        zone.server.create(wall(selector={}, egress=[{}]), "zoe", dry=True).allowed()


def test_outside_the_zones_nothing_of_this_holds(zone: Zone) -> None:
    """Policies that bind by label leave the rest of the cluster alone."""
    change: Change = both(
        at("metadata", "namespace", value="default"), at("spec", "serviceAccountName", value="default")
    )
    bodies = [
        bundle("x", "default", immutable=False),
        obj("Secret", "x", namespace="default"),
        wall(namespace="default", egress=[{}]),
    ]
    for body in bodies:
        zone.server.create(body, "nadia", dry=True).allowed()
    pod = serving_pod(digest("x"), change)
    answer = zone.server.create(pod, "nadia", dry=True)
    assert "cupel-" not in str(answer.body.get("message")), answer.text
