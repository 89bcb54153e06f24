"""manifests/base on the API server of the tests, and a stage of our own in it."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.contract.admission.installed import stamping
from tests.contract.admission.server import PATHS, Server, connect

from .stage import LAUNCHER, Stage

BASE = Path(__file__).parents[3] / "manifests" / "base"
ADMISSION = "/apis/admissionregistration.k8s.io/v1"
NOT_HERE = frozenset(
    {"Deployment", "CronJob", "Service", "PodDisruptionBudget", "NetworkPolicy", "ConfigMap"}
)
"""Kinds of the base that a control plane alone has no use for."""


@pytest.fixture(scope="package")
def server(apiserver_kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With CRDs, roles and admission policies; policies that we brought go again: others share the server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUBECONFIG", str(apiserver_kubeconfig))
        here = connect(apiserver_kubeconfig, tmp_path_factory.mktemp("kubeconfig"))
        present = [
            item["metadata"]["name"] for item in here.get(f"{ADMISSION}/validatingadmissionpolicies")["items"]
        ]
        brought = _install(apiserver_kubeconfig)
        stamping(here)
        yield here
        for kind, name in brought if "cupel-ledger" not in present else ():
            here.delete(f"{ADMISSION}/{kind}/{name}")


def _install(kubeconfig: Path) -> list[tuple[str, str]]:
    """Apply the base; answers plural and name of its admission objects, bindings first."""
    kubectl = ["kubectl", f"--kubeconfig={kubeconfig}"]
    text = subprocess.run(
        [*kubectl, "kustomize", str(BASE)], check=True, capture_output=True, text=True
    ).stdout
    bodies = [body for body in yaml.safe_load_all(text) if body and body["kind"] not in NOT_HERE]
    command = [*kubectl, "apply", "--server-side", "--force-conflicts", "-f", "-"]
    subprocess.run(command, input=yaml.safe_dump_all(bodies), check=True, capture_output=True, text=True)
    plurals = {
        "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
        "MutatingAdmissionPolicyBinding": "mutatingadmissionpolicybindings",
        "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
        "MutatingAdmissionPolicy": "mutatingadmissionpolicies",
    }
    return [
        (plural, body["metadata"]["name"])
        for kind, plural in plurals.items()
        for body in bodies
        if body["kind"] == kind
    ]


@pytest.fixture(scope="module")
def stage(server: Server) -> Iterator[Stage]:
    """Zones made by the command under test, with one channel for tools without egress."""
    name = f"cli-{uuid.uuid4().hex[:8]}"
    here = Stage(server, name)
    made = here.cupel("zone", "init", name, "--launcher", LAUNCHER, "--floors", "1,2")
    assert made.exit_code == 0, made.output
    yield here
    for namespace in (name, f"{name}-sandbox"):
        for kind in ("GeneratedTool", "ToolRevision", "ApprovalLedger", "ToolPolicy"):
            server.delete(PATHS[kind].format(namespace))
        _remove(server, f"{PATHS['Namespace']}/{namespace}")


def _remove(server: Server, path: str) -> None:
    """Where only the control plane runs, no controller finishes the removal of a namespace."""
    gone = server.delete(path).body
    if isinstance(gone, dict) and gone.get("kind") == "Namespace":
        server.call("PUT", f"{path}/finalize", gone | {"spec": {"finalizers": []}})
