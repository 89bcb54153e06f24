"""Trial Pods: what the operator makes passes; every deviation is refused."""

from __future__ import annotations

import copy

import pytest

from cupel.api.tool_policy import ValidationPolicy

from .objects import IMAGE, Change, at, both, digest, more, serving_pod, trial_pod
from .server import GATEWAY, OPERATOR, PATHS, SANDBOX, Body
from .zone import Zone

pytestmark = pytest.mark.apiserver
BOTH = pytest.mark.parametrize("operator", [OPERATOR, OPERATOR + "-any"], ids=["rbac", "any"])
GOOD = digest("trial")
H, T = ("spec", "containers", 0), ("spec", "containers", 1)


@BOTH
def test_what_the_operator_makes_passes(zone: Zone, operator: str) -> None:
    zone.soon(operator, trial_pod(GOOD), allowed=True)


@pytest.mark.parametrize(
    "limits",
    [
        ValidationPolicy(memory_mebibytes=512, cpu_millicores=2000, deadline_seconds=300, timeout_seconds=60),
        ValidationPolicy(memory_mebibytes=32, cpu_millicores=50, deadline_seconds=10),
    ],
    ids=["largest", "smallest"],
)
def test_with_any_policy(zone: Zone, limits: ValidationPolicy) -> None:
    zone.soon(OPERATOR, trial_pod(GOOD, limits=limits), allowed=True)


def third(body: Body) -> None:
    body["spec"]["containers"].append(copy.deepcopy(body["spec"]["containers"][1]) | {"name": "x"})


def swapped(body: Body) -> None:
    body["spec"]["containers"].reverse()


CHANGES: dict[str, Change] = {
    "no deadline": at("spec", "activeDeadlineSeconds"),
    "a deadline of 301 s": at("spec", "activeDeadlineSeconds", value=301),
    "a restart": at("spec", "restartPolicy", value="OnFailure"),
    "a service": at("spec", "restartPolicy", value="Always"),
    "the same user": at(*T, "securityContext", "runAsUser", value=65531),
    "users swapped": both(at(*H, "securityContext", "runAsUser", value=65532), at(*T, "securityContext", "runAsUser", value=65531)),
    "another group": at(*T, "securityContext", "runAsGroup", value=65531),
    "no user": at(*T, "securityContext", "runAsUser"),
    "one container": lambda b: b["spec"]["containers"].pop(),
    "a third container": third,
    "containers swapped": swapped,
    "an init container": at("spec", "initContainers", value=[{"name": "i", "image": IMAGE, "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsUser": 65531}}]),
    "tests in the tool": more(*T, "volumeMounts", value={"name": "tests", "mountPath": "/tests", "readOnly": True}),
    "shared scratch space": at(*T, "volumeMounts", 1, "name", value="tmp"),
    "a writable bundle": at(*T, "volumeMounts", 0, "readOnly", value=False),
    "subPath": at(*T, "volumeMounts", 0, "subPath", value="x"),
    "no mounts": at(*T, "volumeMounts"),
    "shared processes": at("spec", "shareProcessNamespace", value=True),
    "env in the tool": at(*T, "env", value=[{"name": "A", "value": "b"}]),
    "env in the harness": at(*H, "env", value=[{"name": "A", "value": "b"}]),
    "a port": at(*T, "ports", value=[{"containerPort": 8080}]),
    "a probe": at(*T, "readinessProbe", value={"httpGet": {"path": "/healthz", "port": 8080}}),
    "a hook": at(*T, "lifecycle", value={"postStart": {"exec": {"command": ["id"]}}}),
    "workingDir": at(*H, "workingDir", value="/tmp"),
    "the tool's report as the Pod's": at(*T, "terminationMessagePath", value="/tmp/x"),
    "logs as the report": at(*H, "terminationMessagePolicy", value="FallbackToLogsOnError"),
    "another command": at(*H, "command", value=["/bin/sh"]),
    "no command": at(*H, "command"),
    "no args": at(*T, "args"),
    "other tests in the harness's args": at(*H, "args", value=["validate", "--tests", "/tmp/tests.json"]),
    "the tool serving": at(*T, "args", 0, value="serve"),
    "another digest in the tool's args": at(*T, "args", 4, value="0" * 64),
    "the tool's args in the harness": at(*H, "args", value=["trial", "--bundle", "/bundle/bundle.json", "--sha256", "0" * 64]),
    "two images": at(*T, "image", value=IMAGE[:-1] + "2"),
    "another image": both(at(*H, "image", value="python:3.11"), at(*T, "image", value="python:3.11")),
    "another digest of the image": both(at(*H, "image", value=IMAGE[:-1] + "2"), at(*T, "image", value=IMAGE[:-1] + "2")),
    "a pull on every start": at(*H, "imagePullPolicy", value="Always"),
    "no gvisor": at("spec", "runtimeClassName"),
    "the token": at("spec", "automountServiceAccountToken", value=True),
    "the token by default": at("spec", "automountServiceAccountToken"),
    "service links": at("spec", "enableServiceLinks", value=True),
    "no labels": at("metadata", "labels"),
    "another digest label": at("metadata", "labels", "cupel.dev/digest", value="0" * 40),
    "the egress label": at("metadata", "labels", "cupel.dev/egress", value="true"),
    "a foreign label": at("metadata", "labels", "sidecar.istio.io/inject", value="true"),
    "a gVisor annotation": at("metadata", "annotations", value={"dev.gvisor.x": "y"}),
    "an owner": at("metadata", "ownerReferences", value=[{"apiVersion": "v1", "kind": "Pod", "name": "x", "uid": "1"}]),
    "a finalizer": at("metadata", "finalizers", value=["x.test/stay"]),
    "a generated name": at("metadata", "generateName", value="x-"),
    "a node name": at("spec", "nodeName", value="node"),
    "a secret": at("spec", "volumes", 0, value={"name": "bundle", "secret": {"secretName": "x"}}),
    "a projected token": more("spec", "volumes", value={"name": "s", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}),
    "another bundle": at("spec", "volumes", 0, "configMap", "name", value="bundle-" + "0" * 40),
    "a bundle as tests": at("spec", "volumes", 1, "configMap", "name", value="bundle-" + "0" * 40),
    "tests of any name": at("spec", "volumes", 1, "configMap", "name", value="tests-x"),
    "the bundle without items": at("spec", "volumes", 0, "configMap", "items"),
    "an executable bundle": at("spec", "volumes", 0, "configMap", "defaultMode", value=0o555),
    "optional tests": at("spec", "volumes", 1, "configMap", "optional", value=True),
    "scratch space in memory": at("spec", "volumes", 3, "emptyDir", "medium", value="Memory"),
    "scratch space of 1Gi": at("spec", "volumes", 2, "emptyDir", "sizeLimit", value="1Gi"),
    "a fifth volume": more("spec", "volumes", value={"name": "x", "emptyDir": {"sizeLimit": "1Mi"}}),
    "no resources": at(*T, "resources"),
    "no memory limit": at(*T, "resources", value={"limits": {"cpu": "1", "ephemeral-storage": "1Mi"}, "requests": {"cpu": "1m"}}),
    "memory of 577Mi": at(*T, "resources", "limits", "memory", value="577Mi"),
    "cpu of 2001m": at(*H, "resources", "limits", "cpu", value="2001m"),
    "storage of 129Mi": at(*H, "resources", "limits", "ephemeral-storage", value="129Mi"),
    "a toleration": at("spec", "tolerations", value=[{"operator": "Exists"}]),
    "a Pod user": at("spec", "securityContext", "runAsUser", value=65532),
    "a writable root": at(*T, "securityContext", "readOnlyRootFilesystem", value=False),
    "a host alias": at("spec", "hostAliases", value=[{"ip": "1.1.1.1", "hostnames": ["x"]}]),
    "own DNS": at("spec", "dnsConfig", value={"nameservers": ["6.6.6.6"]}),
    "an hour of grace": at("spec", "terminationGracePeriodSeconds", value=3600),
}  # fmt: skip


@BOTH
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_refused(zone: Zone, change: str, operator: str) -> None:
    pod = trial_pod(GOOD, CHANGES[change])
    zone.server.create(pod, operator, dry=True).refused("cupel-sandbox-pod", "cupel-sandbox-image")


@pytest.mark.parametrize(
    ("change", "policy"),
    [
        ("another image", "cupel-sandbox-image"),
        ("two images", "cupel-sandbox-"),
        ("a port", "cupel-sandbox-pod"),
    ],
)
def test_each_policy_holds_alone(zone: Zone, change: str, policy: str) -> None:
    zone.server.create(trial_pod(GOOD, CHANGES[change]), OPERATOR, dry=True).refused(policy)


def test_without_a_ledger_no_trial_starts(zone: Zone) -> None:
    path = PATHS["ApprovalLedger"].format(SANDBOX) + "/ledger"
    before = zone.server.get(path)
    zone.server.delete(path, "zoe").allowed()
    zone.soon(OPERATOR, trial_pod(GOOD), allowed=False, fragment="param")
    kept = {"apiVersion": before["apiVersion"], "kind": before["kind"], "spec": before["spec"]}
    zone.server.create(kept | {"metadata": {"name": "ledger", "namespace": SANDBOX}}, "zoe").allowed()
    zone.soon(OPERATOR, trial_pod(GOOD), allowed=True)


def test_a_serving_pod_does_not_fit_the_sandbox(zone: Zone) -> None:
    pod = serving_pod(GOOD)
    pod["metadata"]["namespace"] = SANDBOX
    zone.server.create(pod, OPERATOR, dry=True).refused("cupel-sandbox-pod")


def test_nobody_adds_an_image_but_the_administrator(zone: Zone) -> None:
    path = PATHS["ApprovalLedger"].format(SANDBOX) + "/ledger"
    patch = {"spec": {"launcherImages": ["x@sha256:" + "0" * 64]}}
    for user in (OPERATOR + "-any", GATEWAY + "-any", "bob", "alice"):
        zone.server.patch(path, patch, user).refused()
    zone.server.patch(path + "?dryRun=All", patch, "zoe").allowed()
