"""The component `notifications`: it runs with little, reads two kinds, and its example is one."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support.kustomize import MANIFESTS, rendered

from cupel.notify.routes import parsed
from cupel.settings.notify import notify_settings

COMPONENT = MANIFESTS / "components/notifications"
OBJECTS = {body["kind"]: body for body in rendered("components/notifications")}
POD: dict[str, Any] = OBJECTS["Deployment"]["spec"]["template"]["spec"]
(CONTAINER,) = POD["containers"]


def test_it_may_read_three_kinds_and_nothing_else() -> None:
    assert OBJECTS["ClusterRole"]["rules"] == [
        {
            "apiGroups": ["cupel.dev"],
            "resources": ["generatedtools", "toolrevisions", "capabilitygaps"],
            "verbs": ["get", "list", "watch"],
        }
    ]
    (subject,) = OBJECTS["ClusterRoleBinding"]["subjects"]
    assert subject["name"] == OBJECTS["ServiceAccount"]["metadata"]["name"] == POD["serviceAccountName"]
    assert OBJECTS["ClusterRoleBinding"]["roleRef"]["name"] == OBJECTS["ClusterRole"]["metadata"]["name"]


def test_it_runs_with_little() -> None:
    assert POD["securityContext"]["runAsNonRoot"]
    assert POD["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert CONTAINER["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert set(CONTAINER["resources"]["limits"]) == {"cpu", "memory", "ephemeral-storage"}
    assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(CONTAINER)


def test_it_listens_reads_and_writes_where_the_settings_say() -> None:
    settings = notify_settings({})
    mounts = {mount["mountPath"] for mount in CONTAINER["volumeMounts"]}

    assert CONTAINER["ports"] == [{"name": "http", "containerPort": settings.port}]
    assert str(Path(settings.routes_file).parent) in mounts
    assert str(Path(settings.store_url.removeprefix("sqlite:///")).parent) in mounts
    assert settings.pace.send < POD["terminationGracePeriodSeconds"]


def test_the_example_of_routes_is_one() -> None:
    secret = yaml.safe_load((COMPONENT / "example-secret.yaml").read_text())
    volume = next(v for v in POD["volumes"] if v["name"] == "routes")

    routing = parsed(secret["stringData"]["routes.yaml"])

    assert len(routing.channels) == 2
    assert volume["secret"]["secretName"] == secret["metadata"]["name"]


def test_the_example_of_the_docs_is_one() -> None:
    page = (MANIFESTS.parent / "docs/notifications.md").read_text()
    block = page.split("```yaml\n")[1].split("```")[0]

    assert [route.name for route in parsed(block).routes] == ["approvals", "ends", "walls-that-do-not-hold"]


@pytest.mark.apiserver
def test_kustomize_takes_it_into_an_overlay(tmp_path: Path) -> None:
    up = "/".join([".."] * len(tmp_path.resolve().parts[1:]))
    (tmp_path / "kustomization.yaml").write_text(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        f"resources: [{up}{MANIFESTS / 'base'}]\ncomponents: [{up}{COMPONENT}]\n"
    )
    command = ["kubectl", "kustomize", str(tmp_path)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    names = {(body["kind"], body["metadata"]["name"]) for body in yaml.safe_load_all(text)}
    assert {(kind, body["metadata"]["name"]) for kind, body in OBJECTS.items()} <= names
