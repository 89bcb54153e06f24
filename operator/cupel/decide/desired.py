"""The objects we want, but Pods: manifests named after the content they serve. See docs/contracts.md."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from cupel.api import names
from cupel.api.bundle import Bundle, canonical, hexdigits, revision_name, short
from cupel.api.common import API_VERSION, JsonObject
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_policy import ValidationPolicy
from cupel.api.tool_revision import ToolRevision

from .plan import Manifest


def labels(tool: str, revision: str, digest: str) -> dict[str, str]:
    """What every object of a tool carries, so that one label query finds all of it."""
    return {
        names.TOOL: tool,
        names.REVISION: revision,
        names.DIGEST: short(digest),
        names.PART_OF: "cupel",
        names.MANAGED_BY: names.FIELD_MANAGER,
    }


def owned_by(kind: str, name: str, uid: str) -> list[JsonObject]:
    return [
        {
            "apiVersion": API_VERSION,
            "kind": kind,
            "name": name,
            "uid": uid,
            "controller": True,
            "blockOwnerDeletion": True,
        }
    ]


def revision(tool: GeneratedTool, bundle: Bundle, version: str) -> Manifest:
    """The ToolRevision of what a tool's spec asks for now."""
    digest = bundle.digest()
    name = revision_name(tool.name, digest)
    spec: JsonObject = {
        "tool": tool.name,
        "digest": digest,
        "version": version,
        "bundle": bundle.wire(),
        "egress": list(bundle.permissions.egress),
        "requestedBy": tool.spec.requested_by,
        "contributors": list(tool.spec.contributors),
    }
    if tool.spec.on_behalf_of:
        spec["onBehalfOf"] = tool.spec.on_behalf_of
    return {
        "apiVersion": API_VERSION,
        "kind": "ToolRevision",
        "metadata": {
            "name": name,
            "namespace": tool.namespace,
            "labels": labels(tool.name, name, digest),
            "ownerReferences": owned_by("GeneratedTool", tool.name, tool.metadata.uid),
        },
        "spec": spec,
    }


def serving_bundle(rev: ToolRevision) -> Manifest:
    """The immutable ConfigMap with the bundle, beside the Pods that serve it."""
    manifest = _bundle(rev, rev.namespace, labels(rev.spec.tool, rev.name, rev.spec.digest))
    manifest["metadata"]["ownerReferences"] = owned_by("ToolRevision", rev.name, rev.metadata.uid)
    return manifest


def sandbox_labels(rev: ToolRevision) -> dict[str, str]:
    base = labels(rev.spec.tool, rev.name, rev.spec.digest)
    return base | {names.SERVING_NAMESPACE: rev.namespace}


def sandbox_bundle(rev: ToolRevision, sandbox: str) -> Manifest:
    """The same bundle in the sandbox namespace; owner references do not cross namespaces."""
    return _bundle(rev, sandbox, sandbox_labels(rev))


def _bundle(rev: ToolRevision, namespace: str, marks: dict[str, str]) -> Manifest:
    content = rev.spec.bundle.content().decode()
    return _config_map(f"bundle-{short(rev.spec.digest)}", namespace, marks, {"bundle.json": content})


def _config_map(name: str, namespace: str, marks: dict[str, str], data: Mapping[str, str]) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, "labels": marks},
        "immutable": True,
        "data": dict(data),
    }


def trial_name(rev: ToolRevision, attempt: int, run: int) -> str:
    """Name of a trial Pod: at most 63 characters, so that it fits a label."""
    return f"{rev.spec.tool[:34].rstrip('-')}-{hexdigits(rev.spec.digest)[:10]}-t{attempt}-{run}"


def nonce(rev: ToolRevision, run: str) -> str:
    """Known to operator and harness only: the uid is drawn after the code is fixed by its digest."""
    return hashlib.sha256(f"{rev.metadata.uid}/{run}".encode()).hexdigest()[:32]


def tests_file(rev: ToolRevision, run: str, limits: ValidationPolicy, targets: tuple[str, ...]) -> str:
    """What the harness alone is given: nonce, limits, every trial, and one that must fail."""
    bundle = rev.spec.bundle
    secret = nonce(rev, run)
    kinds = [("Example", trial) for trial in bundle.examples] + [("Test", trial) for trial in bundle.tests]
    planted = {"name": "planted", "arguments": bundle.examples[0].arguments, "result": {"planted": secret}}
    content = {
        "format": "cupel.dev/tests/v1",
        "nonce": secret,
        "digest": rev.spec.digest,
        "targets": list(targets),
        "callSeconds": limits.timeout_seconds,
        "memoryMebibytes": limits.memory_mebibytes,
        "deadlineSeconds": limits.deadline_seconds,
        "trials": [{"kind": kind, **trial.wire()} for kind, trial in kinds],
        "planted": planted,
    } | _proof(bundle, limits)
    return canonical(content).decode()


def _proof(bundle: Bundle, limits: ValidationPolicy) -> JsonObject:
    """What the harness needs to go beyond the trials; nothing where the policy gives no time for it."""
    if not limits.proof_seconds:
        return {}
    schemas = {"inputSchema": bundle.interface.input_schema, "outputSchema": bundle.interface.output_schema}
    egress, seconds = bool(bundle.permissions.egress), limits.proof_seconds
    return {"proof": {"code": bundle.code, **schemas, "egress": egress, "seconds": seconds}}


def trial_tests(rev: ToolRevision, sandbox: str, content: str) -> Manifest:
    """The immutable ConfigMap with the tests file, named after its content."""
    name = f"tests-{hashlib.sha256(content.encode()).hexdigest()[:40]}"
    return _config_map(name, sandbox, sandbox_labels(rev), {"tests.json": content})
