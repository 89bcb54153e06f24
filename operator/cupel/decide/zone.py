"""A pair of zones as manifests: what `cupel zone init` applies, and manifests/zone writes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cupel.api import names
from cupel.api.approval_ledger import LEDGER_NAME
from cupel.api.common import API_VERSION, JsonObject

from .plan import Manifest

Separation = Literal["TwoPeople", "OnePersonTwoChannels"]
RBAC = "rbac.authorization.k8s.io"
OPERATOR_ROLE = "cupel-operator-zone"
JANITOR_ROLE = "cupel-janitor"
JANITOR_LEDGER_ROLE = "cupel-janitor-ledger"
CODES_ROLE = "cupel-codes-zone"
PULLS_ROLE = "cupel-pulls-zone"
PEOPLE = (
    ("cupel-requesters", "cupel-requester"),
    ("cupel-callers", "cupel-caller"),
    ("cupel-askers", "cupel-asker"),
    ("cupel-gap-curators", "cupel-gap-curator"),
    ("cupel-approvers", "cupel-approver"),
    ("cupel-revokers", "cupel-revoker"),
    ("cupel-zone-administrators", "cupel-zone-administrator"),
)
"""Groups, and the ClusterRoles they get in a serving zone; each RoleBinding is named after its group."""
ADMINISTRATORS = PEOPLE[-1]
SERVING_QUOTA = {
    "pods": "200",
    "requests.cpu": "20",
    "requests.memory": "40Gi",
    "limits.memory": "100Gi",
    "requests.ephemeral-storage": "20Gi",
    "count/configmaps": "2000",
}
SANDBOX_QUOTA = {
    "pods": "20",
    "requests.cpu": "10",
    "requests.memory": "20Gi",
    "limits.memory": "40Gi",
    "requests.ephemeral-storage": "10Gi",
    "count/configmaps": "500",
}


@dataclass(frozen=True)
class Settings:
    """The administrator's part of a ledger."""

    launchers: tuple[str, ...]
    without_egress: int = 1
    with_egress: int = 2
    separation: Separation = "TwoPeople"


@dataclass(frozen=True)
class Zones:
    """A serving namespace and the sandbox namespace it names."""

    serving: str
    sandbox: str


def walls(zones: Zones) -> tuple[Manifest, ...]:
    """Everything that may be applied again and again, namespaces first; no ledger and no policy."""
    serving_labels = {names.ZONE: "serving", names.SANDBOX_NAMESPACE: zones.sandbox}
    return (
        _namespace(zones.sandbox, {names.ZONE: "sandbox"}),
        _namespace(zones.serving, serving_labels),
        *_inside(zones.serving, SERVING_QUOTA),
        _allow_from_cupel(zones.serving),
        _allow_to_egress(zones.serving),
        _to_account(zones.serving, OPERATOR_ROLE, "cupel-operator"),
        _to_account(zones.serving, JANITOR_LEDGER_ROLE, "cupel-janitor"),
        _to_account(zones.serving, CODES_ROLE, names.CODES_SERVICE),
        _to_account(zones.serving, PULLS_ROLE, names.PULLS_SERVICE),
        *(_to_group(zones.serving, group, role) for group, role in PEOPLE),
        *_inside(zones.sandbox, SANDBOX_QUOTA),
        _to_account(zones.sandbox, OPERATOR_ROLE, "cupel-operator"),
        _to_account(zones.sandbox, JANITOR_ROLE, "cupel-janitor"),
        _to_group(zones.sandbox, *ADMINISTRATORS),
    )


def ledgers(zones: Zones, settings: Settings) -> tuple[Manifest, Manifest]:
    """The ledgers as they are made, empty: the serving one; the sandbox's only says what may launch."""
    highest = Settings(settings.launchers, without_egress=2, with_egress=2)
    return _ledger(zones.serving, settings), _ledger(zones.sandbox, highest)


def default_policy(namespace: str) -> Manifest:
    """The ToolPolicy tools get that name none: nothing may call out until somebody allows it."""
    return {
        "apiVersion": API_VERSION,
        "kind": "ToolPolicy",
        "metadata": {"name": "default", "namespace": namespace},
        "spec": {
            "permissions": {"egress": [], "state": "Allowed"},
            "approvals": {"low": 1, "medium": 2, "high": 2, "deadlineSeconds": 86_400},
            "validation": {"memoryMebibytes": 128, "timeoutSeconds": 5},
            "maxReplicas": 5,
        },
    }


def _namespace(name: str, marks: dict[str, str]) -> Manifest:
    levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": marks | {names.PART_OF: "cupel"} | levels},
    }


def _inside(namespace: str, quota: dict[str, str]) -> Iterable[Manifest]:
    """What both zones have: the tools' identity without rights or token, no network, a quota."""
    yield {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": names.TOOL_SERVICE_ACCOUNT, "namespace": namespace},
        "automountServiceAccountToken": False,
    }
    yield _network_policy(
        namespace, "default-deny", {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    )
    yield {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "zone", "namespace": namespace},
        "spec": {"hard": quota},
    }


def _network_policy(namespace: str, name: str, spec: JsonObject) -> Manifest:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def _allow_from_cupel(namespace: str) -> Manifest:
    peers = [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": names.SYSTEM_NAMESPACE}},
            "podSelector": {"matchLabels": {names.COMPONENT: component}},
        }
        for component in ("gateway", "operator")
    ]
    ports = [{"protocol": "TCP", "port": names.TOOL_PORT}]
    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": peers, "ports": ports}]}
    return _network_policy(namespace, "allow-from-cupel", spec)


def _allow_to_egress(namespace: str) -> Manifest:
    """Pods of tools with approved egress may reach the proxy, and nothing else."""
    peer = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": names.SYSTEM_NAMESPACE}},
        "podSelector": {"matchLabels": {names.COMPONENT: "egress"}},
    }
    ports = [{"protocol": "TCP", "port": names.EGRESS_PORT}]
    spec = {
        "podSelector": {"matchLabels": {names.EGRESS: "true"}},
        "policyTypes": ["Egress"],
        "egress": [{"to": [peer], "ports": ports}],
    }
    return _network_policy(namespace, "allow-to-egress", spec)


def _ledger(namespace: str, settings: Settings) -> Manifest:
    floors = {"withoutEgress": settings.without_egress, "withEgress": settings.with_egress}
    return {
        "apiVersion": API_VERSION,
        "kind": "ApprovalLedger",
        "metadata": {"name": LEDGER_NAME, "namespace": namespace},
        "spec": {
            "floors": floors,
            "separation": settings.separation,
            "launcherImages": list(settings.launchers),
        },
    }


def _to_account(namespace: str, role: str, account: str) -> Manifest:
    subject = {"kind": "ServiceAccount", "name": account, "namespace": names.SYSTEM_NAMESPACE}
    return _binding(namespace, role, role, subject)


def _to_group(namespace: str, group: str, role: str) -> Manifest:
    return _binding(namespace, group, role, {"apiGroup": RBAC, "kind": "Group", "name": group})


def _binding(namespace: str, name: str, role: str, subject: JsonObject) -> Manifest:
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": name, "namespace": namespace},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [subject],
    }
