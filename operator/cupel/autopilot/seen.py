"""Objects of Kubernetes' own kinds, as far as flying them needs: small views, read at the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cupel.api import names
from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.decide.deployment_history import obstacle

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Selector:
    """A label selector in full."""

    labels: Mapping[str, str]
    expressions: tuple[tuple[str, str, frozenset[str]], ...] = ()
    """(key, operator, values)"""

    def matches(self, labels: Mapping[str, str]) -> bool:
        """An empty one matches nothing: a target without a selector has no Pods."""
        if not self.labels and not self.expressions:
            return False
        same = all(labels.get(key) == value for key, value in self.labels.items())
        return same and all(_holds(labels, *one) for one in self.expressions)


def _holds(labels: Mapping[str, str], key: str, operator: str, values: frozenset[str]) -> bool:
    match operator:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return False


@dataclass(frozen=True)
class DeploymentSeen:
    """What scaling one takes."""

    namespace: str
    name: str
    uid: str
    version: str
    replicas: int
    ready: int
    selector: Selector
    tool: str
    """The GeneratedTool it serves; empty for a Deployment of somebody else."""
    revision: str
    obstacle: str = ""
    """Why it cannot be rolled back now, in words."""


@dataclass(frozen=True)
class ScalerSeen:
    """A HorizontalPodAutoscaler, as far as it may be in our way."""

    namespace: str
    name: str
    kind: str
    target: str


@dataclass(frozen=True)
class RevisionSeen:
    """What going back to one takes; its code stays where it is."""

    namespace: str
    name: str
    tool: str
    digest: str
    egress: tuple[str, ...]
    created: str
    approved: bool
    """It was proved, and approved in time: it served, or could have."""


@dataclass(frozen=True)
class PodSeen:
    """A Pod whose figures may be read."""

    namespace: str
    name: str
    labels: Mapping[str, str]
    host: str
    """Its own address; empty while it has none, and for a Pod on its node's network."""
    ready: bool
    cpu: str
    """Its limit, else what it asks for, as a quantity; empty where it has neither in every container."""
    memory: str
    owner: str = ""
    """The uid of what controls it, such as a ReplicaSet."""


def deployment(body: Body) -> DeploymentSeen:
    """Read a Deployment. Raises KeyError, TypeError, ValueError or AttributeError when it is none."""
    metadata, spec, status = body["metadata"], body["spec"], body.get("status") or {}
    labels = metadata.get("labels") or {}
    return DeploymentSeen(
        namespace=metadata["namespace"],
        name=metadata["name"],
        uid=str(metadata.get("uid", "")),
        version=str(metadata.get("resourceVersion", "")),
        replicas=int(spec.get("replicas", 1)),
        ready=int(status.get("readyReplicas") or 0),
        selector=selector(spec.get("selector") or {}),
        tool=labels.get(names.TOOL, ""),
        revision=labels.get(names.REVISION, ""),
        obstacle=obstacle(body),
    )


def selector(body: Body) -> Selector:
    expressions = tuple(
        (str(one["key"]), str(one["operator"]), frozenset(one.get("values") or ()))
        for one in body.get("matchExpressions") or ()
    )
    return Selector(dict(body.get("matchLabels") or {}), expressions)


def scaler(body: Body) -> ScalerSeen:
    """Read a HorizontalPodAutoscaler. Raises as `deployment`."""
    metadata, reference = body["metadata"], body["spec"]["scaleTargetRef"]
    return ScalerSeen(metadata["namespace"], metadata["name"], reference["kind"], reference["name"])


def revision(body: Body) -> RevisionSeen:
    """Read a ToolRevision. Raises as `deployment`."""
    metadata, spec, status = body["metadata"], body["spec"], body.get("status") or {}
    verdicts = (
        (status.get("validation") or {}).get("verdict"),
        (status.get("approval") or {}).get("verdict"),
    )
    return RevisionSeen(
        namespace=metadata["namespace"],
        name=metadata["name"],
        tool=spec["tool"],
        digest=spec["digest"],
        egress=tuple(map(str, spec.get("egress") or ())),
        created=str(metadata.get("creationTimestamp", "")),
        approved=verdicts == ("Passed", "Approved"),
    )


def pod(body: Body) -> PodSeen:
    """Read a Pod. Raises as `deployment`."""
    metadata, spec, status = body["metadata"], body.get("spec") or {}, body.get("status") or {}
    conditions = status.get("conditions") or []
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
    owners = metadata.get("ownerReferences") or []
    containers = [one.get("resources") or {} for one in spec.get("containers") or ()]
    return PodSeen(
        namespace=metadata["namespace"],
        name=metadata["name"],
        labels=dict(metadata.get("labels") or {}),
        host="" if spec.get("hostNetwork") else str(status.get("podIP") or ""),
        ready=ready and not metadata.get("deletionTimestamp"),
        cpu=_allowed(containers, "cpu"),
        memory=_allowed(containers, "memory"),
        owner=next((str(one.get("uid", "")) for one in owners if one.get("controller")), ""),
    )


def _allowed(containers: list[Body], resource: str) -> str:
    """Quantities of all containers, joined by `+`; empty unless every container has one."""
    found = [
        (one.get("limits") or {}).get(resource) or (one.get("requests") or {}).get(resource) or ""
        for one in containers
    ]
    return "+".join(map(str, found)) if found and all(found) else ""


def paused(body: Body) -> bool:
    """Whether the switch for all policies is off. What is neither true nor false holds all still."""
    said = str((body.get("data") or {}).get("paused", "false")).strip().lower()
    return said != "false"


def version(policy: AutonomyPolicy) -> int:
    """Which of two views is newer: resourceVersions of one kind are comparable numbers (KEP-5504)."""
    return int(policy.metadata.resource_version or 0)
