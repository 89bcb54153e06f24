"""The two shapes of Pod the API server admits: a trial in the sandbox, and an approved digest that serves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from cupel.api import names
from cupel.api.bundle import canonical, hexdigits, short
from cupel.api.common import JsonObject
from cupel.api.serving import Serving
from cupel.api.tool_policy import ValidationPolicy
from cupel.api.tool_revision import ToolRevision

from .desired import labels, owned_by, sandbox_labels
from .plan import Manifest

HARNESS_USER = 65531
TOOL_USER = 65532
HARNESS_MEMORY = "128Mi"
LAUNCHER_MEBIBYTES = 64
"""What launcher and interpreter need besides the tool's own memory."""


def trial_pod(
    rev: ToolRevision, sandbox: str, run: str, image: str, limits: ValidationPolicy, tests: str
) -> Manifest:
    """The single-use validation Pod: harness and tool, two users, no token, gVisor. `tests`: a ConfigMap."""
    cpu = f"{limits.cpu_millicores}m"
    memory = f"{limits.memory_mebibytes + LAUNCHER_MEBIBYTES}Mi"
    hexes = hexdigits(rev.spec.digest)
    harness = _container(
        "harness", image, ("validate", "--tests", names.TESTS_PATH), cpu, HARNESS_MEMORY, HARNESS_USER
    )
    tool = _container(
        "tool", image, ("trial", "--bundle", names.BUNDLE_PATH, "--sha256", hexes), cpu, memory, TOOL_USER
    )
    harness["volumeMounts"] = [_mount("tests"), {"name": "tmp", "mountPath": "/tmp"}]  # noqa: S108  # in the Pod
    tool["volumeMounts"] = [_mount("bundle"), {"name": "tool-tmp", "mountPath": "/tmp"}]  # noqa: S108  # same
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": run,
            "namespace": sandbox,
            "labels": sandbox_labels(rev) | {names.RUN: run, names.COMPONENT: "trial"},
        },
        "spec": _pod_spec()
        | {
            "restartPolicy": "Never",
            "activeDeadlineSeconds": limits.deadline_seconds,
            "terminationGracePeriodSeconds": 1,
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [harness, tool],
            "volumes": [
                _volume("bundle", f"bundle-{short(rev.spec.digest)}"),
                _volume("tests", tests),
                {"name": "tmp", "emptyDir": {"sizeLimit": "16Mi"}},
                {"name": "tool-tmp", "emptyDir": {"sizeLimit": "16Mi"}},
            ],
        },
    }


def _pod_spec() -> JsonObject:
    return {
        "runtimeClassName": names.RUNTIME_CLASS,
        "serviceAccountName": names.TOOL_SERVICE_ACCOUNT,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
    }


def _container(
    name: str, image: str, args: tuple[str, ...], cpu: str, memory: str, user: int | None
) -> JsonObject:
    security: JsonObject = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    if user is not None:
        security |= {"runAsUser": user, "runAsGroup": user}
    return {
        "name": name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": list(names.LAUNCHER),
        "args": list(args),
        "resources": {
            "limits": {"cpu": cpu, "memory": memory, "ephemeral-storage": "64Mi"},
            "requests": {"cpu": "50m", "memory": "48Mi", "ephemeral-storage": "16Mi"},
        },
        "securityContext": security,
    }


def _mount(name: str) -> JsonObject:
    return {"name": name, "mountPath": f"/{name}", "readOnly": True}


def _volume(name: str, config_map: str) -> JsonObject:
    key = f"{name}.json"
    return {
        "name": name,
        "configMap": {"name": config_map, "defaultMode": 0o444, "items": [{"key": key, "path": key}]},
    }


def serving_pod_template(rev: ToolRevision, serving: Serving, image: str) -> Manifest:
    """The Pod template admission allows for an approved digest, and nothing else."""
    return _template(_asked_of(rev), serving, image)


@dataclass(frozen=True)
class _Asked:
    """All of a revision that its Pods differ by."""

    tool: str
    revision: str
    digest: str
    calls_out: bool


def _asked_of(rev: ToolRevision) -> _Asked:
    return _Asked(rev.spec.tool, rev.name, rev.spec.digest, bool(rev.spec.egress))


def _template(asked: _Asked, serving: Serving, image: str) -> Manifest:
    hexes = hexdigits(asked.digest)
    args = ("serve", "--bundle", names.BUNDLE_PATH, "--sha256", hexes)
    memory = f"{min(serving.memory_mebibytes + LAUNCHER_MEBIBYTES, 512)}Mi"
    container = _container("tool", image, args, f"{serving.cpu_millicores}m", memory, None)
    container |= {
        "ports": [{"name": "http", "containerPort": names.TOOL_PORT, "protocol": "TCP"}],
        "readinessProbe": _probe(period=1, failures=3),
        "livenessProbe": _probe(period=10, failures=3),
        "volumeMounts": [_mount("bundle"), {"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108  # in the Pod
    }
    marks = labels(asked.tool, asked.revision, asked.digest) | {names.COMPONENT: "tool"}
    if asked.calls_out:
        marks |= {names.EGRESS: "true"}
    user = {"runAsNonRoot": True, "runAsUser": TOOL_USER, "runAsGroup": TOOL_USER}
    return {
        "metadata": {"labels": marks},
        "spec": _pod_spec()
        | {
            "terminationGracePeriodSeconds": 30,
            "securityContext": user | {"seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [container],
            "volumes": [
                _volume("bundle", f"bundle-{short(asked.digest)}"),
                {"name": "tmp", "emptyDir": {"sizeLimit": "16Mi"}},
            ],
        },
    }


def _probe(period: int, failures: int) -> JsonObject:
    return {
        "httpGet": {"path": "/healthz", "port": names.TOOL_PORT, "scheme": "HTTP"},
        "periodSeconds": period,
        "timeoutSeconds": 2,
        "failureThreshold": failures,
    }


def template_hash(rev: ToolRevision, serving: Serving, image: str) -> str:
    """Short hash of a Pod template: what a live check was made of. Nudging does not change it."""
    return _template_hash(_asked_of(rev), serving, image)


@lru_cache(maxsize=8192)  # every pass over a tool that serves asks
def _template_hash(asked: _Asked, serving: Serving, image: str) -> str:
    template = _template(asked, serving, image)
    return hashlib.sha256(canonical(template)).hexdigest()[:16]


def serving_deployment(
    rev: ToolRevision, serving: Serving, image: str, replicas: int, nudged: str
) -> Manifest:
    """The Deployment of one revision; surge first, so that a change of template loses no call."""
    pod = serving_pod_template(rev, serving, image)
    if nudged:
        pod["metadata"]["annotations"] = {names.NUDGED: nudged}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": rev.name,
            "namespace": rev.namespace,
            "labels": labels(rev.spec.tool, rev.name, rev.spec.digest),
            "annotations": {names.TEMPLATE: template_hash(rev, serving, image)},
            "ownerReferences": owned_by("ToolRevision", rev.name, rev.metadata.uid),
        },
        "spec": {
            "replicas": replicas,
            "revisionHistoryLimit": 0,
            "progressDeadlineSeconds": 600,
            "selector": {"matchLabels": {names.TOOL: rev.spec.tool, names.REVISION: rev.name}},
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
            },
            "template": pod,
        },
    }
