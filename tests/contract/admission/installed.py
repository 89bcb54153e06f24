"""manifests/base and manifests/zone on a real API server, in namespaces of the matrix's own, and their removal."""

from __future__ import annotations

import subprocess
from typing import Any

import yaml
from tests.support.kustomize import rendered
from tests.support.waiting import until

from .objects import IMAGE, obj
from .server import ANY_RIGHT, HOME, OPERATOR, PATHS, SANDBOX, SERVING, Body, Server, eventually

ADMISSION = "/apis/admissionregistration.k8s.io/v1"
ADMISSION_KINDS = (
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "mutatingadmissionpolicies",
    "mutatingadmissionpolicybindings",
)
RBAC = "/apis/rbac.authorization.k8s.io/v1"
STRANGER = "cupel-matrix-stranger"
NOT_HERE = frozenset(
    {"Deployment", "CronJob", "Service", "PodDisruptionBudget", "NetworkPolicy", "ConfigMap"}
)
"""Kinds of the base that no admission rule needs."""


def apply(server: Server, manifests: list[Body]) -> None:
    subprocess.run(
        ["kubectl", f"--kubeconfig={server.kubeconfig}", "apply", "--server-side", "--force-conflicts", "-f", "-"],
        input=yaml.safe_dump_all(manifests), text=True, check=True, capture_output=True,
    )  # fmt: skip


def base() -> list[Body]:
    """manifests/base without its processes."""
    return [body for body in rendered("base") if body["kind"] not in NOT_HERE]


def zone_manifests() -> list[Body]:
    """manifests/zone under our names. No quota: without its controller the API server would refuse every Pod."""
    renamed = {"tools": SERVING, "tools-sandbox": SANDBOX}
    bodies = [body for body in rendered("zone") if body["kind"] != "ResourceQuota"]
    for body in bodies:
        meta = body["metadata"]
        meta["namespace"] = renamed.get(meta.get("namespace", ""), "")
        if body["kind"] == "Namespace":
            del meta["namespace"]
            meta["name"] = renamed[meta["name"]]
            if "cupel.dev/sandbox" in meta["labels"]:
                meta["labels"]["cupel.dev/sandbox"] = SANDBOX
        if body["kind"] == "ApprovalLedger":
            body["spec"]["launcherImages"] = [IMAGE]
            body["spec"]["floors"] = {"withoutEgress": 2, "withEgress": 2}
    return bodies


def any_right(server: Server) -> list[Body]:
    """Cluster-admin as a list, minus admissionregistration.k8s.io and impersonate."""
    served = {group["name"] for group in server.get("/apis")["groups"]}
    groups = served - {"admissionregistration.k8s.io"} | {
        "cupel.dev"
    }  # a fresh server does not serve ours yet
    verbs = "get list watch create update patch delete deletecollection approve revoke administer pardon restore call close"
    rules: list[Any] = [
        {
            "apiGroups": ["", *sorted(groups)],
            "resources": ["*"],
            "verbs": [*verbs.split(), "escalate", "bind", "sign"],
        },
        {"nonResourceURLs": ["*"], "verbs": ["*"]},
    ]
    version, group = "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io"
    name = {"metadata": {"name": ANY_RIGHT}}
    return [
        {"apiVersion": version, "kind": "ClusterRole", **name, "rules": rules},
        {
            "apiVersion": version, "kind": "ClusterRoleBinding", **name,
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": ANY_RIGHT},
            "subjects": [{"kind": "Group", "apiGroup": group, "name": ANY_RIGHT}],
        },
    ]  # fmt: skip


def nadia() -> list[Body]:
    """Rights of somebody who may edit namespaces, Pods, ConfigMaps and walls everywhere, but administers no zone."""
    version, group = "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io"
    name: Body = {"apiVersion": version, "metadata": {"name": STRANGER}}
    rules = [
        {"apiGroups": [""], "resources": ["*"], "verbs": ["*"]},
        {"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"], "verbs": ["*"]},
    ]
    ref = {"apiGroup": group, "kind": "ClusterRole", "name": STRANGER}
    subjects = [{"kind": "User", "apiGroup": group, "name": "nadia"}]
    return [
        name | {"kind": "ClusterRole", "rules": rules},
        name | {"kind": "ClusterRoleBinding", "roleRef": ref, "subjects": subjects},
    ]


def policies(server: Server) -> list[str]:
    return [p["metadata"]["name"] for p in server.get(f"{ADMISSION}/validatingadmissionpolicies")["items"]]


def default_accounts() -> list[Body]:
    """What a controller manager would make; without them the API server refuses Pods before it asks a policy."""
    spaces = ("default", "cupel-system", SERVING, SANDBOX)
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": n}}
        for n in spaces
    ]


def install(server: Server) -> bool:
    """Everything of the base and the zone. Answers whether the policies were not there before."""
    fresh = "cupel-serving-shape" not in policies(server)
    apply(server, [*base(), *any_right(server)])
    _in_force(server)
    apply(server, [*zone_manifests(), *default_accounts()])
    stamping(server)
    return fresh


def stamping(server: Server) -> None:
    """Wait until who asks is stamped: right after the CRDs are made, the stamps answer that they know no such kind."""
    for kind, namespace in (
        ("GeneratedTool", "default"),
        ("CodeEnrollment", HOME),
        ("CapabilityGap", "default"),
    ):
        probe = obj(kind, "probe", {}, namespace)
        until(lambda probe=probe: server.create(probe, dry=True).code != 503, 30, f"{kind} is stamped")


def _in_force(server: Server) -> None:
    """Wait until the policies applied last are asked."""
    probe = obj("Secret", "x", namespace="cupel-system")
    eventually(
        lambda: server.create(probe, OPERATOR + "-any", dry=True), allowed=False, fragment="may not"
    ).refused("may not")


def clear(server: Server) -> None:
    """Empty both namespaces, but for what the zone itself is made of."""
    for namespace in (SERVING, SANDBOX):
        for kind in (
            "Deployment", "Pod", "ToolRevision", "GeneratedTool", "CapabilityGap", "AutonomyPolicy", "NetworkPolicy",
        ):  # fmt: skip
            server.delete(PATHS[kind].format(namespace) + "?gracePeriodSeconds=0")
        for body in server.get(PATHS["ConfigMap"].format(namespace))["items"]:
            if body["metadata"]["name"] != "kube-root-ca.crt":
                server.delete(f"{PATHS['ConfigMap'].format(namespace)}/{body['metadata']['name']}")
    apply(server, [body for body in zone_manifests() if body["kind"] == "NetworkPolicy"])
    for body in zone_manifests():
        if body["kind"] == "ApprovalLedger":
            server.delete(f"{PATHS['ApprovalLedger'].format(body['metadata']['namespace'])}/ledger")
            server.create(body).allowed()


def remove(server: Server, *, admission: bool) -> None:
    """Our namespaces and roles and, when we brought them, the policies: other tests share the server."""
    clear(server)
    for namespace in (SERVING, SANDBOX):
        server.delete(f"{PATHS['ApprovalLedger'].format(namespace)}/ledger")
        path = f"{PATHS['Namespace']}/{namespace}"
        gone = server.delete(path).body
        if isinstance(gone, dict) and gone.get("kind") == "Namespace":
            # Where only the control plane runs, no controller does this.
            server.call("PUT", f"{path}/finalize", gone | {"spec": {"finalizers": []}})
    for kind in ("clusterrolebindings", "clusterroles"):
        for name in (ANY_RIGHT, STRANGER):
            server.delete(f"{RBAC}/{kind}/{name}")
    if admission:
        remove_policies(server)


def remove_policies(server: Server) -> None:
    """Take every policy of ours off the server."""
    for resource in reversed(ADMISSION_KINDS):
        for item in server.get(f"{ADMISSION}/{resource}")["items"]:
            if item["metadata"]["name"].startswith("cupel-"):
                server.delete(f"{ADMISSION}/{resource}/{item['metadata']['name']}")
