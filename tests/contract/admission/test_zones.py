"""What a zone is made of: labels of the namespace, running Pods, bundles, walls, and doors that stay shut for everybody."""

from __future__ import annotations

import pytest

from .installed import RBAC
from .objects import Change, at, both, digest, obj, serving_pod
from .server import ANY_RIGHT, JSON_PATCH, OPERATOR, PATHS, SANDBOX, SERVING, Body, eventually
from .zone import Zone

pytestmark = pytest.mark.apiserver
BOTH = pytest.mark.parametrize("operator", [OPERATOR, OPERATOR + "-any"], ids=["rbac", "any"])
NAMESPACES = PATHS["Namespace"]
NAMESPACE = f"{NAMESPACES}/{SERVING}"
POD = PATHS["Pod"].format(SERVING) + "/matrix-run"
DRY = "?dryRun=All"


@pytest.fixture(scope="module", autouse=True)
def running(zone: Zone) -> None:
    zone.settings(floors={"withoutEgress": 0, "withEgress": 0})
    pod = serving_pod(digest("running"))
    pod["metadata"]["name"] = "matrix-run"
    eventually(lambda: zone.server.create(pod, OPERATOR), allowed=True).allowed()
    zone.settings(floors={"withoutEgress": 2, "withEgress": 2})


def labelled(labels: Body) -> Body:
    return {"metadata": {"labels": labels}}


def owner(user: str) -> Body:
    """Every right, in the serving namespace alone."""
    group = "rbac.authorization.k8s.io"
    return {
        "apiVersion": f"{group}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": user},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": ANY_RIGHT},
        "subjects": [{"kind": "User", "apiGroup": group, "name": user}],
    }


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

    def test_the_owner_of_a_namespace_may_not_spend_a_sandbox_of_others(self, zone: Zone) -> None:
        bindings = f"{RBAC}/namespaces/{SERVING}/rolebindings"
        zone.server.call("POST", bindings, owner("mona")).allowed()
        try:
            eventually(
                lambda: zone.server.patch(NAMESPACE + DRY, labelled({"team": "x"}), "mona"), allowed=True
            ).allowed()
            answer = zone.server.patch(NAMESPACE + DRY, labelled({"cupel.dev/sandbox": "default"}), "mona")
            answer.refused("its maker administers")
        finally:
            zone.server.delete(f"{bindings}/mona")

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


class TestRunningPod:
    TABLE: list[tuple[str, Body, str]] = [
        ("a label of somebody else", labelled({"revoked": "true"}), ""),
        ("the tool's label is removed", labelled({"cupel.dev/tool": None}), "stay as they are"),
        ("the digest label is removed", labelled({"cupel.dev/digest": None}), "stay as they are"),
        ("the revision's label is removed", labelled({"cupel.dev/revision": None}), "stay as they are"),
        (
            "the operator's label is removed",
            {"metadata": {"labels": {"app.kubernetes.io/managed-by": None}}},
            "stay as they are",
        ),
        ("its Deployment is made to lose it", labelled({"pod-template-hash": "x"}), "stay as they are"),
        ("owners are removed", {"metadata": {"ownerReferences": None}}, ""),
        ("an annotation of ours", {"metadata": {"annotations": {"cupel.dev/x": "y"}}}, ""),
        (
            "an annotation of a network",
            {"metadata": {"annotations": {"cni.projectcalico.org/podIP": "1.1.1.1"}}},
            "",
        ),
        ("the egress label", labelled({"cupel.dev/egress": "true"}), "not set"),
        ("another digest", labelled({"cupel.dev/digest": "0" * 40}), "stay as they are"),
        ("another tool", labelled({"cupel.dev/tool": "x"}), "stay as they are"),
        ("another revision", labelled({"cupel.dev/revision": "x"}), "stay as they are"),
        ("a trial's label", labelled({"cupel.dev/run": "x"}), "stay as they are"),
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


def test_outside_the_zones_nothing_of_this_holds(zone: Zone) -> None:
    """Policies that bind by label leave the rest of the cluster alone."""
    change: Change = both(
        at("metadata", "namespace", value="default"), at("spec", "serviceAccountName", value="default")
    )
    bodies = [
        obj("ConfigMap", "x", namespace="default", data={"x": ""}),
        obj("Secret", "x", namespace="default"),
        obj("NetworkPolicy", "x", {"podSelector": {}, "egress": [{}]}, "default"),
    ]
    for body in bodies:
        zone.server.create(body, "nadia", dry=True).allowed()
    pod = serving_pod(digest("x"), change)
    answer = zone.server.create(pod, "nadia", dry=True)
    assert "cupel-" not in str(answer.body.get("message")), answer.text
