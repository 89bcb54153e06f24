"""Pods that are only ever tried (dry run), to see that admission judges them as it should. None of them is
stored.

A good one is exactly what decisions make; each bad one differs from it in a single field.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

from cupel.api.bundle import Bundle
from cupel.api.common import JsonObject, ObjectMeta
from cupel.api.generated_tool import Interface
from cupel.api.permissions import Permissions
from cupel.api.serving import Serving
from cupel.api.tool_policy import ValidationPolicy
from cupel.api.tool_revision import ToolRevision, ToolRevisionSpec
from cupel.api.trial import Trial
from cupel.decide import pods

CANARY = "cupel.dev/canary"
"""Label that lets a dry run pass the approval policy, so that the shape can be tried without an approved
digest.
"""
NAME = "cupel-canary"


@dataclass(frozen=True)
class Canary:
    """One Pod to try. `policies`: who has to refuse it, one of them; empty: it has to pass."""

    deviation: str
    manifest: JsonObject
    policies: tuple[str, ...] = ()


def sandbox(namespace: str, image: str) -> tuple[Canary, ...]:
    """What a sandbox zone has to let through, and to refuse."""
    tests = f"tests-{'0' * 40}"
    good = pods.trial_pod(_revision(namespace), namespace, NAME, image, ValidationPolicy(), tests)
    shape = ("cupel-sandbox-pod",)
    return (
        Canary("a trial as it should be", good),
        _bad("no gVisor", good, shape, lambda spec: spec.pop("runtimeClassName")),
        _bad("with a token", good, shape, lambda spec: spec.update(automountServiceAccountToken=True)),
        _bad("without a deadline", good, shape, lambda spec: spec.pop("activeDeadlineSeconds")),
        _bad("tests shown to the tool", good, shape, _share_tests),
        _bad("with an environment", good, shape, _environment),
        _bad("another image", good, ("cupel-sandbox-image", *shape), _other_image),
    )


def serving(namespace: str, image: str, floor: int) -> tuple[Canary, ...]:
    """What a serving zone has to let through, and to refuse. `floor`: channels a digest needs there."""
    template = pods.serving_pod_template(_revision(namespace), Serving(), image)
    marks = template["metadata"]["labels"]
    unapproved = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": NAME, "namespace": namespace, "labels": marks},
        "spec": template["spec"],
    }
    good = copy.deepcopy(unapproved)
    good["metadata"]["labels"] = marks | {CANARY: "shape"}
    shape, approval = ("cupel-serving-shape",), ("cupel-serving-approval",)
    return (
        Canary("a tool as it should be", good),
        *([Canary("a digest nobody approved", unapproved, approval)] if floor else []),
        _bad("another image", unapproved, approval, _other_image),
        _bad("no gVisor", good, shape, lambda spec: spec.pop("runtimeClassName")),
        _bad("with a token", good, shape, lambda spec: spec.update(automountServiceAccountToken=True)),
        _bad("with service links", good, shape, lambda spec: spec.update(enableServiceLinks=True)),
        _bad("with an environment", good, shape, _environment),
        _bad("with another key of the bundle", good, shape, _other_key),
        _bad("with a hook", good, shape, _hook),
    )


def _bad(
    deviation: str, good: JsonObject, policies: tuple[str, ...], change: Callable[[JsonObject], object]
) -> Canary:
    manifest = copy.deepcopy(good)
    change(manifest["spec"])
    return Canary(deviation, manifest, policies)


def _share_tests(spec: JsonObject) -> None:
    spec["containers"][1]["volumeMounts"].append({"name": "tests", "mountPath": "/tests", "readOnly": True})


def _environment(spec: JsonObject) -> None:
    spec["containers"][0]["env"] = [{"name": "LD_PRELOAD", "value": "/tmp/x.so"}]  # noqa: S108  in the Pod


def _other_image(spec: JsonObject) -> None:
    for container in spec["containers"]:
        container["image"] = f"cupel-canary@sha256:{'0' * 64}"


def _other_key(spec: JsonObject) -> None:
    spec["volumes"][0]["configMap"]["items"].append({"key": "cupel_sandbox", "path": "cupel_sandbox"})


def _hook(spec: JsonObject) -> None:
    spec["containers"][0]["lifecycle"] = {"postStart": {"exec": {"command": ["/bin/true"]}}}


def _revision(namespace: str) -> ToolRevision:
    """A version of a tool that does not exist: nobody can have approved its digest."""
    schema = {"type": "object"}
    bundle = Bundle(
        tool=NAME,
        description="Tried by the operator to see that admission holds; never started.",
        interface=Interface(tool_name=NAME, input_schema=schema, output_schema=schema),
        code="def run() -> dict:\n    return {}\n",
        permissions=Permissions(),
        examples=(Trial(name="canary", result={}),),
    )
    digest = bundle.digest()
    spec = ToolRevisionSpec(tool=NAME, digest=digest, bundle=bundle, requested_by="cupel-operator")
    return ToolRevision(metadata=ObjectMeta(name=NAME, namespace=namespace), spec=spec)
