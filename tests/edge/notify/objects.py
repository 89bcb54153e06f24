"""Tools and revisions as the API server stores them, in the states that are told of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.unit.decide.builders import revision, tool

from cupel.api.common import API_VERSION
from cupel.api.tool_revision import ApprovalEvidence

Body = dict[str, Any]


def noon() -> datetime:
    """A moment ago: reminders go by the clock of the process."""
    return datetime.now(UTC).replace(microsecond=0)


def tool_body(
    name: str,
    ready: str,
    reason: str,
    mark: str = "",
    *,
    namespace: str = "tools",
    generation: int = 1,
    message: str = "",
) -> Body:
    """`ready` and `reason` of its condition Ready; `mark`: Stalled or Suspended beside it."""
    made = tool(name, meta={"namespace": namespace})
    at = noon().isoformat()
    pairs = [*([(mark, "True")] if mark else []), ("Ready", ready)]
    conditions = [
        {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": at}
        for kind, status in pairs
    ]
    return {
        "apiVersion": API_VERSION,
        "kind": "GeneratedTool",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": f"uid-{namespace}-{name}",
            "generation": generation,
        },
        "spec": made.spec.wire(),
        "status": {
            "observedGeneration": generation,
            "conditions": conditions,
            "digest": revision(made).spec.digest,
        },
    }


def served(name: str, **more: Any) -> Body:
    return tool_body(name, "True", "Serving", **more)


def refused(name: str, reason: str = "CodeRefused", **more: Any) -> Body:
    return tool_body(name, "False", reason, "Stalled", **more)


def waits(name: str, reason: str = "AwaitingApproval", **more: Any) -> Body:
    return tool_body(name, "False", reason, "Suspended", **more)


def going(name: str, **more: Any) -> Body:
    return tool_body(name, "Unknown", "TrialRunning", "Reconciling", **more)


def revision_body(name: str, asked: datetime, namespace: str = "tools") -> Body:
    """The revision the tool of this name asks for, waiting for approval since `asked`."""
    made = revision(tool(name, meta={"namespace": namespace}))
    window = ApprovalEvidence(
        attempt=0, asked_at=asked, deadline=asked + timedelta(days=1), verdict="Waiting", needed=1, given=0
    )
    return {
        "apiVersion": API_VERSION,
        "kind": "ToolRevision",
        "metadata": {"name": made.name, "namespace": namespace, "uid": f"rev-{name}", "generation": 1},
        "spec": made.spec.wire(),
        "status": {"observedGeneration": 1, "approval": window.wire()},
    }


def gap_body(name: str, mark: str, reason: str) -> Body:
    """A CapabilityGap with this mark beside its Ready."""
    at = noon().isoformat()
    conditions = [
        {"type": kind, "status": status, "reason": reason, "message": "m", "lastTransitionTime": at}
        for kind, status in ((mark, "True"), ("Ready", "False"))
    ]
    return {
        "apiVersion": API_VERSION,
        "kind": "CapabilityGap",
        "metadata": {"name": name, "namespace": "tools", "uid": f"uid-gap-{name}", "generation": 1},
        "spec": {"wish": "w", "requestedBy": "alice"},
        "status": {"observedGeneration": 1, "conditions": conditions},
    }
