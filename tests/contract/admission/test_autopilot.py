"""The autopilot, with its own rights and with every other right there is: replicas, templates, a tool's annotation, its own status."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cupel.decide.deployment_history import undo

from .attempts import DRY, WORKLOAD, patch
from .installed import apply
from .objects import at, both, changed, desired_deployment, digest, more, obj, tool
from .server import AUTOPILOT, HOME, JSON_PATCH, OPERATOR, PATHS, SERVING, Answer, Body, eventually
from .zone import Zone

pytestmark = pytest.mark.apiserver
APPS, BARE, EMPTY = "matrix-apps", "matrix-bare", "matrix-empty"
"""A namespace with policies that opted in and is labelled, one with nothing of these, one with the label alone."""
COUNTERS = {"port": 9090, "calls": {"metric": "calls_total"}, "failed": {"metric": "failed_total"}}
ROLLS: Body = {"enabled": True, "counters": COUNTERS}
WEB = PATHS["Deployment"].format(APPS) + "/web"
ANY = AUTOPILOT + "-any"
POLICIES: dict[str, Body] = {
    "web": {
        "authority": "Act",
        "scaling": {"minReplicas": 3, "maxReplicas": 7},
        "rollback": ROLLS,
    },
    "watched": {"authority": "Recommend", "rollback": ROLLS},
    "paused": {"authority": "Act", "paused": True, "rollback": ROLLS},
    "steady": {"authority": "Act"},
}
"""Deployments of the namespace, each with a policy of its name; `free` has none."""
SIGNALS = [{"name": "load", "type": "Prometheus", "prometheus": {"query": "up"}}]
HOST_PORT: Body = {"containerPort": 9090, "hostPort": 9090, "protocol": "TCP"}
NOTED = {"prometheus.io/port": "9090"}
CONTAINER: Body = WORKLOAD["template"]["spec"]["containers"][0] | {
    "env": [
        {"name": "A", "value": "b"},
        {"name": "SECRET", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
    ],
    "envFrom": [{"secretRef": {"name": "known"}}],
    "ports": [HOST_PORT],
}
VOLUMES = [
    {"name": "config", "configMap": {"name": "config-2"}},
    {"name": "keys", "secret": {"secretName": "keys"}},
]


def workload(name: str) -> Body:
    body = changed(obj("Deployment", name, WORKLOAD, APPS), at("spec", "replicas", value=4))
    body["spec"]["template"]["spec"] = {"containers": [CONTAINER], "volumes": VOLUMES}
    body["spec"]["template"]["metadata"] = {
        "labels": {"a": "b", "tier": "web", "app.kubernetes.io/version": "2"}, "annotations": NOTED,
    }  # fmt: skip
    return body


def policy(name: str, spec: Body) -> Body:
    scaling: Body = {"minReplicas": 1, "maxReplicas": 100, "load": "load", **spec.get("scaling", {})}
    target = {"kind": "Deployment", "name": name}
    return obj(
        "AutonomyPolicy", name, {"signals": SIGNALS, **spec, "targetRef": target, "scaling": scaling}, APPS
    )


def bound(role: str) -> Body:
    group = "rbac.authorization.k8s.io"
    account = {"kind": "ServiceAccount", "name": "cupel-autopilot", "namespace": HOME}
    return {
        "apiVersion": f"{group}/v1", "kind": "RoleBinding", "metadata": {"name": role, "namespace": APPS},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": role}, "subjects": [account],
    }  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def apps(zone: Zone) -> Iterator[None]:
    """Two namespaces outside the zones; one has opted in."""
    server = zone.server
    marks = {APPS: {"cupel.dev/autopilot": "bounded"}, BARE: {}, EMPTY: {"cupel.dev/autopilot": "bounded"}}
    spaces = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
        for name, labels in marks.items()
    ]
    roles = [bound("cupel-autopilot-scale"), bound("cupel-autopilot-rollback")]
    bodies = [workload(name) for name in (*POLICIES, "free")]
    bare = [changed(workload("web"), at("metadata", "namespace", value=space)) for space in (BARE, EMPTY)]
    apply(server, [*spaces, *roles, *bodies, *bare, *(policy(name, spec) for name, spec in POLICIES.items())])
    eventually(lambda: scale(zone, "web", 5, AUTOPILOT), allowed=True).allowed()
    yield
    for space in (APPS, BARE, EMPTY):
        for kind in ("Deployment", "AutonomyPolicy"):
            server.delete(PATHS[kind].format(space))
        path = f"{PATHS['Namespace']}/{space}"
        server.delete(path)
        server.call("PUT", f"{path}/finalize", server.get(path) | {"spec": {"finalizers": []}})


def scale(zone: Zone, name: str, replicas: int, user: str, namespace: str = APPS) -> Answer:
    path = f"{PATHS['Deployment'].format(namespace)}/{name}/scale{DRY}"
    return zone.server.patch(path, {"spec": {"replicas": replicas}}, user)


BOTH = pytest.mark.parametrize("user", [AUTOPILOT, ANY], ids=["rbac", "any"])
SCALES = [
    ("web", 5, ""), ("web", 7, ""), ("web", 4, ""), ("web", 3, ""),
    ("web", 8, "allows 3 to 7 replicas"), ("web", 2, "allows 3 to 7 replicas"),
    ("web", 9, "factor of two"), ("web", 1, "factor of two"), ("web", 0, "factor of two"), ("web", 1000, "factor of two"),
    ("watched", 5, "does not let the autopilot act now"), ("paused", 5, "does not let the autopilot act now"),
    ("steady", 8, ""), ("steady", 2, ""), ("steady", 9, "factor of two"), ("steady", 0, "factor of two"),
    ("free", 8, ""), ("free", 9, "factor of two"), ("free", 0, "factor of two"),
]  # fmt: skip
"""`free` has no policy of its own: what cannot be held is in docs/admission.md."""


class TestScale:
    @BOTH
    @pytest.mark.parametrize(("name", "replicas", "said"), SCALES)
    def test_from_four(self, zone: Zone, name: str, replicas: int, said: str, user: str) -> None:
        answer = scale(zone, name, replicas, user)
        _ = answer.refused(said, "allows") if said else answer.allowed()  # either policy may speak first

    @pytest.mark.parametrize("space", [BARE, EMPTY])
    def test_where_no_policy_is_the_factor_of_two_holds(self, zone: Zone, space: str) -> None:
        scale(zone, "web", 8, ANY, space).allowed()
        scale(zone, "web", 9, ANY, space).refused("factor of two")

    @pytest.mark.parametrize("space", [APPS, BARE, EMPTY])
    def test_nobody_else_is_asked_for_policies(self, zone: Zone, space: str) -> None:
        """Where no AutonomyPolicy is, people and the operator work as ever."""
        scale(zone, "web", 100, "zoe-any", space).allowed()
        put(zone, "web", at("spec", "replicas", value=100), "zoe-any", space).allowed()
        put(zone, "web", at(*FIRST, "securityContext", value={}), "", space).allowed()

    def test_without_a_binding_it_scales_nothing(self, zone: Zone) -> None:
        scale(zone, "web", 5, AUTOPILOT, BARE).refused("is forbidden: User")

    @pytest.mark.parametrize(
        ("there", "now", "said"), [(40, 20, ""), (40, 41, "allows"), (1, 2, ""), (1, 1, "allows")]
    )
    def test_a_count_outside_the_bounds_is_brought_nearer(
        self, zone: Zone, there: int, now: int, said: str
    ) -> None:
        path = f"{WEB}/scale"
        zone.server.patch(path, {"spec": {"replicas": there}}).allowed()
        try:
            answer = scale(zone, "web", now, AUTOPILOT)
            _ = answer.refused(said) if said else answer.allowed()
        finally:
            zone.server.patch(path, {"spec": {"replicas": 4}}).allowed()

    @BOTH
    def test_a_tools_deployment_is_the_operators(self, zone: Zone, user: str) -> None:
        body = desired_deployment(digest("scaled"))
        body["metadata"] = {"name": "scaled", "namespace": SERVING}
        zone.server.create(body, OPERATOR)
        scale(zone, "scaled", 2, user, SERVING).refused(
            "may not UPDATE apps/deployments/scale", "is forbidden: User"
        )

    def test_nobody_passes_twenty_in_a_zone(self, zone: Zone) -> None:
        path = PATHS["Deployment"].format(SERVING) + "/scaled"
        for where in (f"{path}/scale", path):
            for user in ("zoe-any", OPERATOR + "-any", ""):
                zone.server.patch(where + DRY, {"spec": {"replicas": 21}}, user).refused(
                    "at most 20", "may not"
                )
        zone.server.patch(path + DRY, {"spec": {"replicas": 20}}, OPERATOR).allowed()

    @BOTH
    def test_writes_no_deployment_in_a_zone(self, zone: Zone, user: str) -> None:
        path = PATHS["Deployment"].format(SERVING) + "/scaled" + DRY
        image = [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "x"}]
        zone.server.patch(path, {"spec": {"replicas": 5}}, user).refused()
        zone.server.patch(path, image, user, JSON_PATCH).refused()

    def test_nothing_of_ours_is_scaled(self, zone: Zone) -> None:
        own = changed(workload("cupel-operator"), at("metadata", "namespace", value=HOME))
        zone.server.create(own).allowed()
        try:
            scale(zone, "cupel-operator", 2, ANY, HOME).refused("may not")
        finally:
            zone.server.delete(PATHS["Deployment"].format(HOME) + "/cupel-operator")


POD = ("spec", "template", "spec")
FIRST = (*POD, "containers", 0)
LABELS, NOTES = ("spec", "template", "metadata", "labels"), ("spec", "template", "metadata", "annotations")
PUTS_BACK = {
    "an image": at(*FIRST, "image", value="web:1"),
    "a command": at(*FIRST, "command", value=["serve"]),
    "arguments and an environment": both(
        at(*FIRST, "args", value=["-v"]), at(*FIRST, "env", value=[{"name": "A", "value": "c"}])
    ),
    "a Secret it had": at(*FIRST, "env", value=[CONTAINER["env"][1]]),
    "resources": at(*FIRST, "resources", value={"limits": {"memory": "64Mi"}}),
    "a ConfigMap": at(*POD, "volumes", 0, "configMap", "name", value="config-1"),
    "a ConfigMap as environment": at(*FIRST, "envFrom", value=[{"configMapRef": {"name": "config-1"}}]),
    "no volumes": at(*POD, "volumes"),
    "a restart": at(*NOTES, value=NOTED | {"kubectl.kubernetes.io/restartedAt": "2026-11-27T12:00:00Z"}),
    "the sum of a configuration": at(*NOTES, value=NOTED | {"checksum/config": "1f"}),
    "a version": at(*LABELS, "app.kubernetes.io/version", value="1"),
    "no version": at(*LABELS, value={"a": "b", "tier": "web"}),
    "ports": at(*FIRST, "ports", value=[HOST_PORT, {"containerPort": 8080}]),
    "a probe": at(*FIRST, "livenessProbe", value={"httpGet": {"path": "/", "port": 8080}}),
}
TAKES = {
    "more Pods": (at("spec", "replicas", value=5), "nothing of a Deployment but its template"),
    "another strategy": (
        at("spec", "strategy", value={"type": "Recreate"}),
        "nothing of a Deployment but its template",
    ),
    "a pause": (at("spec", "paused", value=True), "nothing of a Deployment but its template"),
    "another account": (
        both(at(*POD, "serviceAccountName", value="admin"), at(*POD, "serviceAccount", value="admin")),
        "containers and volumes only",
    ),
    "a token": (at(*POD, "automountServiceAccountToken", value=True), "containers and volumes only"),
    "the node's network": (at(*POD, "hostNetwork", value=True), "containers and volumes only"),
    "root": (at(*POD, "securityContext", value={"runAsUser": 0}), "containers and volumes only"),
    "a sidecar": (more(*POD, "containers", value={"name": "side", "image": "x"}), "of a container"),
    "a container before": (at(*POD, "initContainers", value=[{"name": "i", "image": "x"}]), "of a container"),
    "a container's name": (at(*FIRST, "name", value="other"), "of a container"),
    "a container's privileges": (at(*FIRST, "securityContext", value={"privileged": True}), "of a container"),
    "a mount": (at(*FIRST, "volumeMounts", value=[{"name": "config", "mountPath": "/x"}]), "of a container"),
    "another Secret": (
        more(
            *FIRST, "env", value={"name": "T", "valueFrom": {"secretKeyRef": {"name": "other", "key": "k"}}}
        ),
        "of a container",
    ),
    "a whole Secret": (more(*FIRST, "envFrom", value={"secretRef": {"name": "other"}}), "of a container"),
    "the node's disk": (
        more(*POD, "volumes", value={"name": "h", "hostPath": {"path": "/"}}),
        "but ConfigMaps",
    ),
    "a Secret to mount": (at(*POD, "volumes", 1, "secret", "secretName", value="other"), "but ConfigMaps"),
    "a label for its Pods": (at(*LABELS, "admin", value="yes"), "labels of Pods"),
    "another value of a label": (at(*LABELS, "tier", value="admin"), "labels of Pods"),
    "a label less": (at(*LABELS, value={"a": "b", "app.kubernetes.io/version": "2"}), "labels of Pods"),
    "an annotation": (at(*NOTES, value=NOTED | {"inject": "yes"}), "annotations of Pods"),
    "another value of an annotation": (at(*NOTES, value={"prometheus.io/port": "1"}), "annotations of Pods"),
    "an annotation less": (at(*NOTES, value={}), "annotations of Pods"),
    "a finalizer of its Pods": (
        at("spec", "template", "metadata", "finalizers", value=["x.test/x"]),
        "name, owner or finalizer",
    ),
    "a port of the node": (
        at(*FIRST, "ports", value=[HOST_PORT, {"containerPort": 80, "hostPort": 80}]),
        "no port of the node",
    ),
    "another port of the node": (at(*FIRST, "ports", 0, "hostPort", value=8081), "no port of the node"),
    "a probe of another host": (
        at(*FIRST, "livenessProbe", value={"httpGet": {"path": "/", "port": 80, "host": "169.254.169.254"}}),
        "no other host",
    ),
    "a connection to another host": (
        at(*FIRST, "readinessProbe", value={"tcpSocket": {"port": 80, "host": "10.0.0.1"}}),
        "no other host",
    ),
    "a label": (at("metadata", "labels", value={"a": "b"}), "metadata"),
    "an owner": (
        at(
            "metadata",
            "ownerReferences",
            value=[{"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "0"}],
        ),
        "metadata",
    ),
}


def put(zone: Zone, name: str, change: Any, user: str, namespace: str = APPS) -> Answer:
    """The Deployment changed, as a whole (the role gives `patch`; every right gives both)."""
    path = f"{PATHS['Deployment'].format(namespace)}/{name}"
    body = changed(zone.server.get(path), change)
    return zone.server.call("PUT", path + DRY, body, user)


class TestRollback:
    @pytest.mark.parametrize("change", PUTS_BACK.values(), ids=PUTS_BACK)
    def test_may_put_back(self, zone: Zone, change: Any) -> None:
        put(zone, "web", change, ANY).allowed()

    def test_may_by_its_own_rights_where_the_namespace_opted_in(self, zone: Zone) -> None:
        image = [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "web:1"}]
        zone.server.patch(WEB + DRY, image, AUTOPILOT, JSON_PATCH).allowed()
        elsewhere = PATHS["Deployment"].format(BARE) + "/web"
        zone.server.patch(elsewhere + DRY, image, AUTOPILOT, JSON_PATCH).refused("is forbidden: User")

    def test_may_by_the_patch_it_writes(self, zone: Zone) -> None:
        seen = zone.server.get(WEB)
        template = changed(seen, at(*FIRST, "image", value="web:1"))["spec"]["template"]
        kept = changed(template, at("metadata", "labels", "pod-template-hash", value="6f9d7c"))
        zone.server.patch(
            WEB + DRY, undo(kept, seen["metadata"]["resourceVersion"]), AUTOPILOT, JSON_PATCH
        ).allowed()

    @pytest.mark.parametrize(("change", "said"), TAKES.values(), ids=TAKES)
    def test_may_not_take(self, zone: Zone, change: Any, said: str) -> None:
        put(zone, "web", change, ANY).refused(said)

    @pytest.mark.parametrize("name", ["watched", "paused", "steady"])
    def test_only_where_the_policy_says_so(self, zone: Zone, name: str) -> None:
        put(zone, name, PUTS_BACK["an image"], ANY).refused("does not let the autopilot roll back now")

    def test_where_no_policy_is_the_shape_holds(self, zone: Zone) -> None:
        put(zone, "web", PUTS_BACK["an image"], ANY, BARE).allowed()
        put(zone, "web", TAKES["another account"][0], ANY, BARE).refused("containers and volumes only")

    def test_at_home_nothing_is_rolled_back(self, zone: Zone) -> None:
        own = changed(workload("cupel-gateway"), at("metadata", "namespace", value=HOME))
        zone.server.create(own).allowed()
        try:
            put(zone, "cupel-gateway", PUTS_BACK["an image"], ANY, HOME).refused("may not")
        finally:
            zone.server.delete(PATHS["Deployment"].format(HOME) + "/cupel-gateway")


TOOL = PATHS["GeneratedTool"].format(SERVING) + "/flown"
SERVES, CANARY, OTHER = digest("serves"), digest("gets a share"), digest("served before")
NOON, SOON, LATER = "2026-11-26T12:00:00Z", "2026-11-26T12:09:59.5Z", "2026-11-26T12:10:00Z"
ASKS = [
    ("what serves now", f"{SERVES}@{LATER}", ""),
    ("its canary", f"{CANARY}@{LATER}", ""),
    ("... with parts of a second", f"{SERVES}@2026-11-26T12:10:00.123456Z", ""),
    (
        "... ten minutes after the last is soon enough",
        f"{SERVES}@{SOON}",
        "one rollback of a tool in ten minutes",
    ),
    ("... and not before it", f"{SERVES}@2026-11-26T11:00:00Z", "one rollback of a tool in ten minutes"),
    ("what serves not", f"{OTHER}@{LATER}", "nothing but what serves now"),
    ("a digest without a time", SERVES, "must be a digest, @ and a time"),
    ("a time that is none", f"{SERVES}@2026-13-45T99:00:00Z", "cupel-autopilot-tools"),
    ("nothing any more", None, "takes none away"),
]


class TestCondemnation:
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def flown(cls, zone: Zone) -> None:
        body = changed(
            tool("flown"),
            at("metadata", "annotations", value={"team": "a", "cupel.dev/condemn": f"{OTHER}@{NOON}"}),
        )
        zone.server.create(body, "alice").allowed()
        serving = {"revision": "flown-1", "digest": SERVES, "since": NOON, "readyReplicas": 1}
        canary = {"revision": "flown-2", "digest": CANARY, "since": NOON, "percent": 10}
        status = {"observedGeneration": 1, "serving": serving, "canary": canary}
        zone.server.patch(f"{TOOL}/status", {"status": status}, OPERATOR).allowed()

    @BOTH
    @pytest.mark.parametrize(("request_", "said"), [row[1:] for row in ASKS], ids=[row[0] for row in ASKS])
    def test_asks_for(self, zone: Zone, request_: str | None, said: str, user: str) -> None:
        answer = patch(TOOL + DRY, {"metadata": {"annotations": {"cupel.dev/condemn": request_}}})(zone, user)
        _ = answer.refused(said) if said else answer.allowed()

    WRITES: dict[str, Body] = {
        "code": {"spec": {"source": {"inline": {"code": "def run(): return {}"}}}},
        "replicas": {"spec": {"serving": {"replicas": 5}}},
        "an attempt": {"spec": {"attempt": 1}},
        "a label": {"metadata": {"labels": {"a": "b"}}},
        "another annotation": {"metadata": {"annotations": {"team": "b"}}},
        "a new annotation": {"metadata": {"annotations": {"cupel.dev/x": "b"}}},
        "an annotation less": {"metadata": {"annotations": {"team": None}}},
        "a finalizer": {"metadata": {"finalizers": ["x.test/x"]}},
        "an owner": {
            "metadata": {
                "ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "0"}]
            }
        },
    }

    @BOTH
    @pytest.mark.parametrize("body", WRITES.values(), ids=WRITES)
    def test_writes_nothing_else(self, zone: Zone, body: Body, user: str) -> None:
        patch(TOOL + DRY, body)(zone, user).refused("no more of a tool than annotation")

    def test_what_people_ask_for_is_not_bounded_so(self, zone: Zone) -> None:
        patch(TOOL + DRY, {"metadata": {"annotations": {"cupel.dev/condemn": f"{OTHER}@{SOON}"}}})(
            zone, "alice"
        ).allowed()


STATUS = [
    ("within bounds", {"desiredReplicas": 6}, ""),
    ("twice what was wanted", {"desiredReplicas": 8}, ""),
    ("more than twice", {"desiredReplicas": 9}, "at most doubles"),
    ("twice what there is", {"replicas": 5, "desiredReplicas": 10}, ""),
    ("above the most", {"replicas": 10, "desiredReplicas": 13}, "must be 2 to 12"),
    ("below the fewest", {"desiredReplicas": 1}, "must be 2 to 12"),
    ("an absurd count", {"desiredReplicas": 1000}, "must be 2 to 12"),
    ("nothing of counts", {"observedGeneration": 1}, ""),
]


class TestStatus:
    PATH = PATHS["AutonomyPolicy"].format(SERVING) + "/bounded"

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def bounded(cls, zone: Zone) -> None:
        spec = {
            "targetRef": {"kind": "GeneratedTool", "name": "flown"},
            "scaling": {"minReplicas": 2, "maxReplicas": 12},
        }
        zone.server.create(obj("AutonomyPolicy", "bounded", spec), "zoe").allowed()
        zone.server.patch(
            cls.PATH + "/status", {"status": {"desiredReplicas": 2, "replicas": 2}}, AUTOPILOT
        ).allowed()
        zone.server.patch(cls.PATH + "/status", {"status": {"desiredReplicas": 4}}, AUTOPILOT).allowed()

    @BOTH
    @pytest.mark.parametrize(("status", "said"), [row[1:] for row in STATUS], ids=[row[0] for row in STATUS])
    def test_wants(self, zone: Zone, status: Body, said: str, user: str) -> None:
        answer = zone.server.patch(f"{self.PATH}/status{DRY}", {"status": status}, user)
        _ = answer.refused(said) if said else answer.allowed()

    @pytest.mark.parametrize(
        "user", ["zoe-any", OPERATOR + "-any", ""], ids=["an administrator", "the operator", "cluster-admin"]
    )
    def test_nobody_else_writes_it(self, zone: Zone, user: str) -> None:
        zone.server.patch(f"{self.PATH}/status{DRY}", {"status": {"desiredReplicas": 5}}, user).refused(
            "by the autopilot only", "may not"
        )

    def test_bounds_that_are_edited_do_not_stop_it_from_saying_what_it_sees(self, zone: Zone) -> None:
        zone.server.patch(self.PATH, {"spec": {"scaling": {"minReplicas": 6}}}, "zoe").allowed()
        try:
            for status in ({"observedGeneration": 2}, {"desiredReplicas": 6}):
                zone.server.patch(f"{self.PATH}/status{DRY}", {"status": status}, AUTOPILOT).allowed()
        finally:
            zone.server.patch(self.PATH, {"spec": {"scaling": {"minReplicas": 2}}}, "zoe").allowed()
