"""To which revision of its history a Deployment is rolled back, and the patch that does it. Pure.

The history are its ReplicaSets, as `kubectl rollout undo` reads it: annotation
deployment.kubernetes.io/revision, label pod-template-hash. Kubernetes does not keep whether a revision ever
worked; the policy's status must.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cupel.control.rollback import Known

REVISION = "deployment.kubernetes.io/revision"
TEMPLATE_HASH = "pod-template-hash"


@dataclass(frozen=True)
class ReplicaSetSeen:
    """One revision of the history."""

    name: str
    revision: int
    template_hash: str
    template: Mapping[str, Any]
    """As it stands in the ReplicaSet, with the label of its hash."""


def parse_replicaset(body: Mapping[str, Any], deployment_uid: str) -> ReplicaSetSeen | None:
    """Read a ReplicaSet; None when it is not this Deployment's, or is no revision (yet)."""
    metadata = body["metadata"]
    owners = metadata.get("ownerReferences") or []
    ours = any(owner.get("controller") and owner.get("uid") == deployment_uid for owner in owners)
    number = (metadata.get("annotations") or {}).get(REVISION, "")
    digits = (metadata.get("labels") or {}).get(TEMPLATE_HASH, "")
    if not (ours and number.isascii() and number.isdigit() and digits):
        return None
    return ReplicaSetSeen(metadata["name"], int(number), digits, body["spec"]["template"])


def history(replicasets: Iterable[ReplicaSetSeen], good: frozenset[str]) -> tuple[Known, ...]:
    """Revisions for `cupel.control.rollback.judged`, newest first. `good`: template hashes that served
    well."""
    order = sorted(replicasets, key=lambda one: one.revision, reverse=True)
    return tuple(
        Known(f"revision {one.revision} ({one.name})", one.template_hash, one.template_hash in good)
        for one in order
    )


def undo(target: ReplicaSetSeen, resource_version: str) -> list[dict[str, Any]]:
    """The JSON patch on the Deployment: its template becomes the target's, if nobody changed it meanwhile."""
    template = {**target.template}
    metadata = {**template.get("metadata", {})}
    metadata["labels"] = {k: v for k, v in metadata.get("labels", {}).items() if k != TEMPLATE_HASH}
    template["metadata"] = metadata
    return [
        {"op": "test", "path": "/metadata/resourceVersion", "value": resource_version},
        {"op": "replace", "path": "/spec/template", "value": template},
    ]


def obstacle(deployment: Mapping[str, Any]) -> str:
    """Why this Deployment cannot be rolled back now; empty when it can."""
    spec = deployment["spec"]
    if spec.get("paused"):
        return "`spec.paused` of the Deployment is true: its rollouts are held, by a person"
    if spec.get("revisionHistoryLimit") == 0:
        return "`spec.revisionHistoryLimit` of the Deployment is 0: it keeps no revision to go back to"
    return ""
