"""From stored objects of Kubernetes' own kinds to the small views decisions are made of.

What a field lacks is empty.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cupel.api import names
from cupel.api.common import JsonObject
from cupel.decide.plan import Delete
from cupel.decide.tool_world import DeploymentView, PodView
from cupel.decide.trials import ContainerView, TrialPod

from .resources import Kind
from .stores import Stored


def delete(kind: Kind, found: Stored) -> Delete:
    """Delete exactly this object."""
    return Delete(kind.api_version, kind.name, found.namespace, found.name, found.uid)


def deployment(found: Stored) -> DeploymentView:
    """A Deployment.

    Complete: everything wanted is updated and ready, nothing is left over, as of this generation.
    """
    body = found.body()
    spec, status, metadata = body.get("spec", {}), body.get("status", {}), body["metadata"]
    template = spec.get("template", {})
    wanted = spec.get("replicas", 1)
    counts = [
        status.get(key, 0) for key in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
    ]
    seen = status.get("observedGeneration", 0) >= metadata.get("generation", 0)
    return DeploymentView(
        name=found.name,
        uid=found.uid,
        template=metadata.get("annotations", {}).get(names.TEMPLATE, ""),
        image=_image(template.get("spec", {})),
        nudged=(template.get("metadata", {}).get("annotations") or {}).get(names.NUDGED, ""),
        complete=seen and all(count == wanted for count in counts),
        wanted=wanted,
        ready=status.get("readyReplicas", 0),
        failure=_message(status, "ReplicaFailure", "True"),
    )


def serving_pod(found: Stored) -> PodView:
    """A Pod of a Deployment."""
    body = found.body()
    status = body.get("status", {})
    tool = _container(status, "tool")
    state, last = tool.get("state", {}), tool.get("lastState", {}).get("terminated", {})
    address = status.get("podIP", "")
    return PodView(
        name=found.name,
        digest=found.labels.get(names.DIGEST, ""),
        address=f"{_host(address)}:{names.TOOL_PORT}" if address else "",
        ready=any(
            c.get("type") == "Ready" and c.get("status") == "True" for c in status.get("conditions", [])
        ),
        terminating="deletionTimestamp" in body["metadata"],
        grace_seconds=body["metadata"].get("deletionGracePeriodSeconds", 0),
        uid=found.uid,
        waiting=state.get("waiting", {}).get("reason", ""),
        last_exit=_exit(last or state.get("terminated", {})),
        unschedulable=_message(status, "PodScheduled", "False"),
        created_at=_time(body["metadata"].get("creationTimestamp", "")),
        namespace=found.namespace,
    )


def trial_pod(found: Stored) -> TrialPod:
    """A Pod of a trial."""
    body = found.body()
    status = body.get("status", {})
    return TrialPod(
        name=found.name,
        uid=found.uid,
        phase=status.get("phase", ""),
        created_at=_time(body["metadata"].get("creationTimestamp", "")),
        image=_image(body.get("spec", {})),
        pod_reason=status.get("reason", ""),
        unschedulable=_message(status, "PodScheduled", "False"),
        deleting="deletionTimestamp" in body["metadata"],
        harness=_view(_container(status, "harness")),
        tool=_view(_container(status, "tool")),
    )


def _view(container: JsonObject) -> ContainerView:
    state = container.get("state", {})
    ended = state.get("terminated")
    waiting = state.get("waiting", {})
    if ended is None:
        reason = waiting.get("reason", "")
        return ContainerView(waiting="" if reason in ("ContainerCreating", "PodInitializing") else reason)
    return ContainerView(
        terminated=True,
        exit_code=ended.get("exitCode", -1),
        reason=ended.get("reason", ""),
        message=ended.get("message", ""),
    )


def _container(status: JsonObject, name: str) -> JsonObject:
    found: JsonObject = next((c for c in status.get("containerStatuses", []) if c.get("name") == name), {})
    return found


def _image(spec: JsonObject) -> str:
    """The image of the container `tool`, else of the first."""
    containers: list[Any] = spec.get("containers", [])
    chosen = next((c for c in containers if c.get("name") == "tool"), containers[0] if containers else {})
    return str(chosen.get("image", ""))


def _message(status: JsonObject, kind: str, value: str) -> str:
    """The message (else the reason) of a condition, if it has this status."""
    for one in status.get("conditions", []):
        if one.get("type") == kind and one.get("status") == value:
            return str(one.get("message") or one.get("reason") or kind)
    return ""


def _exit(ended: JsonObject) -> str:
    if not ended:
        return ""
    reason = ended.get("reason", "")
    return f"exit code {ended.get('exitCode', '?')}" + (f", {reason}" if reason not in ("", "Error") else "")


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text) if text else datetime.min.replace(tzinfo=UTC)
