"""Objects the matrix starts from: tools, revisions, and the very Pods the operator makes, from its own builders."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from typing import Any

from cupel.api.bundle import bundle_of, revision_name, short
from cupel.api.generated_tool import GeneratedTool
from cupel.api.serving import Serving
from cupel.api.tool_policy import ValidationPolicy
from cupel.api.tool_revision import ToolRevision
from cupel.decide import desired, pods

from .server import CODES, SANDBOX, SERVING, Body

IMAGE = "localhost/cupel-sandbox@sha256:" + "11" * 32
Change = Callable[[Body], Any]
VERSIONS = {
    "Namespace": "v1", "Pod": "v1", "ConfigMap": "v1", "Secret": "v1", "Service": "v1", "Event": "v1", "Deployment": "apps/v1",
    "NetworkPolicy": "networking.k8s.io/v1", "Lease": "coordination.k8s.io/v1",
}  # fmt: skip


def obj(kind: str, name: str, spec: Body | None = None, namespace: str = SERVING, **more: Any) -> Body:
    """A manifest; the name of the kind says its API version."""
    body = {
        "apiVersion": VERSIONS.get(kind, "cupel.dev/v1alpha1"),
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace},
        **more,
    }
    return body if spec is None else body | {"spec": spec}


def tool(name: str, text: str = "", egress: tuple[str, ...] = (), **spec: Any) -> Body:
    """A GeneratedTool; `text` makes its content another."""
    return obj(
        "GeneratedTool",
        name,
        {
            "description": f"Count the words of a text. {text}".strip(),
            "interface": {
                "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}},
                "outputSchema": {"type": "object", "properties": {"words": {"type": "integer"}}},
            },
            "examples": [
                {"name": "two", "arguments": {"text": "a b"}, "result": {"words": 2}},
                {"name": "none", "arguments": {"text": ""}, "result": {"words": 0}},
            ],
            "source": {
                "type": "Inline",
                "inline": {"code": "def run(text):\n    return {'words': len(text.split())}\n"},
            },
            "permissions": {"egress": list(egress)},
            **spec,
        },
    )


def revision(stored: Body) -> Body:
    """The ToolRevision the operator makes of a stored tool."""
    parsed = GeneratedTool.parse(stored)
    return desired.revision(parsed, bundle_of(parsed), "1.0.0")


def digest_of(stored: Body) -> str:
    return bundle_of(GeneratedTool.parse(stored)).digest()


def digest(text: str) -> str:
    """A digest of nothing in particular."""
    return "sha256-" + hashlib.sha256(text.encode()).hexdigest()


def _parsed_revision(key: str) -> ToolRevision:
    """A revision whose digest we choose: Pods are judged by the digest alone."""
    stored = tool("matrix")
    stored["metadata"] |= {"uid": "0", "generation": 1}
    stored["spec"]["requestedBy"] = "alice"
    body = revision(stored)
    body["metadata"] |= {"name": revision_name("matrix", key), "uid": "0"}
    body["spec"]["digest"] = key
    return ToolRevision.parse(body)


def serving_pod(key: str, change: Change | None = None, *, egress: bool = False, image: str = IMAGE) -> Body:
    """The Pod of the operator's Deployment for this digest."""
    deployment = desired_deployment(key, image=image)
    pod = obj("Pod", "matrix-pod", deployment["spec"]["template"]["spec"])
    pod["metadata"]["labels"] = deployment["spec"]["template"]["metadata"]["labels"]
    if egress:
        pod["metadata"]["labels"]["cupel.dev/egress"] = "true"
    return changed(pod, change)


def desired_deployment(
    key: str, nudged: str = "", *, image: str = IMAGE, serving: Serving | None = None
) -> Body:
    rev = _parsed_revision(key)
    return copy.deepcopy(pods.serving_deployment(rev, serving or Serving(), image, 1, nudged))


def trial_pod(
    key: str, change: Change | None = None, *, image: str = IMAGE, limits: ValidationPolicy | None = None
) -> Body:
    """The operator's trial Pod for this digest."""
    tests = "tests-" + short(digest("tests"))
    pod = pods.trial_pod(
        _parsed_revision(key), SANDBOX, "matrix-trial", image, limits or ValidationPolicy(), tests
    )
    return changed(copy.deepcopy(pod), change)


def changed(body: Body, change: Change | None) -> Body:
    body = copy.deepcopy(body)
    if change is not None:
        change(body)
    return body


def at(*path: str | int, value: Any = None) -> Change:
    """Set the field at this path, or with None take it away."""

    def change(body: Any) -> None:
        for part in path[:-1]:
            body = body.setdefault(part, {}) if isinstance(body, dict) else body[part]
        if value is None:
            body.pop(path[-1], None)
        else:
            body[path[-1]] = value

    return change


def more(*path: str | int, value: Any) -> Change:
    """Append to the list at this path."""

    def change(body: Any) -> None:
        for part in path[:-1]:
            body = body[part]
        body.setdefault(path[-1], []).append(value)

    return change


def both(*changes: Change) -> Change:
    def change(body: Body) -> None:
        for one in changes:
            one(body)

    return change


def review(by: str, decision: str = "Approve", **entry: Any) -> Body:
    return {"review": {"decision": decision, "by": by}, **entry}


def code(by: str, decision: str = "Approve", vouched: str = "", **entry: Any) -> Body:
    return {"code": {"decision": decision, "by": by, "vouchedBy": vouched or CODES}, **entry}
