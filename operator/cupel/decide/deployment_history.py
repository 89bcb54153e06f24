"""The revisions of a Deployment, which of them serves, to which it is rolled back and by which patch. Pure.

Its history are its ReplicaSets, as `kubectl rollout undo` reads it: annotation
deployment.kubernetes.io/revision, label pod-template-hash. Kubernetes does not keep whether a revision ever
worked; the policy's status does (`autonomy_revisions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cupel.control.rollback import Known

REVISION = "deployment.kubernetes.io/revision"
TEMPLATE_HASH = "pod-template-hash"


@dataclass(frozen=True)
class ReplicaSetSeen:
    """One revision of the history. Its template stays where it is."""

    namespace: str
    name: str
    uid: str
    owner: str
    """The uid of the Deployment that controls it."""
    revision: int
    template_hash: str
    ready: int
    """Its Pods that are ready."""

    @property
    def title(self) -> str:
        return f"revision {self.revision} ({self.name})"


def replicaset(body: Mapping[str, Any]) -> ReplicaSetSeen:
    """Read a ReplicaSet. Raises KeyError, TypeError, AttributeError or ValueError when it is none.

    One that nobody controls, or that is no revision (yet), has no owner: it is nobody's history.
    """
    metadata, status = body["metadata"], body.get("status") or {}
    owners = metadata.get("ownerReferences") or []
    owner = next((str(one.get("uid", "")) for one in owners if one.get("controller")), "")
    number = str((metadata.get("annotations") or {}).get(REVISION, ""))
    digits = str((metadata.get("labels") or {}).get(TEMPLATE_HASH, ""))
    known = number.isascii() and number.isdigit() and bool(digits)
    return ReplicaSetSeen(
        namespace=metadata["namespace"],
        name=metadata["name"],
        uid=str(metadata.get("uid", "")),
        owner=owner if known else "",
        revision=int(number) if known else 0,
        template_hash=digits,
        ready=int(status.get("readyReplicas") or 0),
    )


def history(replicasets: Iterable[ReplicaSetSeen], deployment_uid: str) -> tuple[ReplicaSetSeen, ...]:
    """The revisions of one Deployment, newest first."""
    mine = [one for one in replicasets if deployment_uid and one.owner == deployment_uid]
    return tuple(sorted(mine, key=lambda one: one.revision, reverse=True))


def serving(revisions: Sequence[ReplicaSetSeen], before: str) -> ReplicaSetSeen | None:
    """The newest revision with a ready Pod; one that served goes on to until a newer one does.

    Without this a new revision whose Pods come and go would be judged as two.
    """
    able = (one for one in revisions if one.ready > 0 or one.template_hash == before)
    return next(able, None)


def known(revisions: Sequence[ReplicaSetSeen], good: frozenset[str]) -> tuple[Known, ...]:
    """For `cupel.control.rollback.judged`. `good`: template hashes that served well."""
    return tuple(Known(one.title, one.template_hash, one.template_hash in good) for one in revisions)


def undo(template: Mapping[str, Any], resource_version: str) -> list[dict[str, Any]]:
    """The JSON patch on the Deployment: its template becomes that of an earlier ReplicaSet.

    The resourceVersion is replaced by itself rather than tested: the API server then answers a conflict
    where somebody was faster, and no failed patch that cannot be told from a refused one.
    """
    return [
        {"op": "replace", "path": "/metadata/resourceVersion", "value": resource_version},
        {"op": "replace", "path": "/spec/template", "value": plain(template)},
    ]


def plain(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template as the Deployment had it, without the label of its hash."""
    found = {**template}
    metadata = {**(found.get("metadata") or {})}
    metadata["labels"] = {k: v for k, v in (metadata.get("labels") or {}).items() if k != TEMPLATE_HASH}
    found["metadata"] = metadata
    return found


def moved(deployment: Mapping[str, Any], revision: int) -> str:
    """Why a Deployment is not, or not known to be, at this revision any more; empty when it is."""
    metadata, status = deployment["metadata"], deployment.get("status") or {}
    if int(status.get("observedGeneration") or 0) < int(metadata.get("generation") or 0):
        return "its last change was not rolled out yet"
    if str((metadata.get("annotations") or {}).get(REVISION, "")) != str(revision):
        return "it is at another revision by now"
    return ""


def obstacle(deployment: Mapping[str, Any]) -> str:
    """Why this Deployment cannot be rolled back now; empty when it can."""
    spec = deployment["spec"]
    if spec.get("paused"):
        return "`spec.paused` of the Deployment is true: its rollouts are held, by a person"
    if spec.get("revisionHistoryLimit") == 0:
        return "`spec.revisionHistoryLimit` of the Deployment is 0: it keeps no revision to go back to"
    return ""
