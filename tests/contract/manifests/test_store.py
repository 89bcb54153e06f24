"""The gateway's store in the manifests: a file in a volume for one replica, PostgreSQL for several."""

from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml
from tests.support.kustomize import MANIFESTS, rendered

from cupel.gateway.__main__ import LONGEST_CALL_SECONDS
from cupel.settings.gateway import gateway_settings
from cupel.store.backup import database

Body = dict[str, Any]


def of(bodies: list[Body], kind: str, name: str = "cupel-gateway") -> Body:
    return next(b for b in bodies if (b["kind"], b["metadata"]["name"]) == (kind, name))


def template(bodies: list[Body]) -> Body:
    spec: Body = of(bodies, "Deployment")["spec"]["template"]["spec"]
    return spec


def container(bodies: list[Body]) -> Body:
    (found,) = template(bodies)["containers"]
    return dict(found)


BASE = rendered("base")


def test_the_file_lies_in_the_claimed_volume() -> None:
    values = {entry["name"]: entry.get("value", "") for entry in container(BASE)["env"]}
    path = PurePosixPath(database(gateway_settings(values).store_url))
    mounts = {mount["mountPath"]: mount["name"] for mount in container(BASE)["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in template(BASE)["volumes"]}

    claim = volumes[mounts[str(path.parent)]]["persistentVolumeClaim"]["claimName"]

    assert of(BASE, "PersistentVolumeClaim", claim)["spec"]["accessModes"] == ["ReadWriteOnce"]


def test_a_volume_of_one_node_is_never_waited_for_by_two_pods() -> None:
    spec = of(BASE, "Deployment")["spec"]

    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


def test_the_volume_is_writable_for_the_user_it_runs_as() -> None:
    security = template(BASE)["securityContext"]

    assert security["fsGroup"] == security["runAsGroup"]


def test_a_pod_is_given_the_time_its_longest_call_may_take() -> None:
    drain = gateway_settings({}).drain_seconds

    assert template(BASE)["terminationGracePeriodSeconds"] > LONGEST_CALL_SECONDS + drain


@pytest.fixture(scope="module")
def with_postgresql(tmp_path_factory: pytest.TempPathFactory) -> list[Body]:
    """The base with the component, as kubectl renders an overlay of it."""
    folder: Path = tmp_path_factory.mktemp("overlay")
    up = "/".join([".."] * len(folder.resolve().parts[1:]))
    (folder / "kustomization.yaml").write_text(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        f"resources: [{up}{MANIFESTS / 'base'}]\ncomponents: [{up}{MANIFESTS / 'components/postgresql'}]\n"
    )
    command = ["kubectl", "kustomize", str(folder)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [body for body in yaml.safe_load_all(text) if body]


@pytest.mark.apiserver
class TestPostgresql:
    def test_the_url_comes_from_a_secret_and_stands_nowhere_else(self, with_postgresql: list[Body]) -> None:
        (entry,) = [e for e in container(with_postgresql)["env"] if e["name"] == "CUPEL_STORE_URL"]

        assert entry == {
            "name": "CUPEL_STORE_URL",
            "valueFrom": {"secretKeyRef": {"name": "cupel-store", "key": "url"}},
        }

    def test_no_volume_is_left_to_wait_for(self, with_postgresql: list[Body]) -> None:
        kinds = {body["kind"] for body in with_postgresql}

        assert "PersistentVolumeClaim" not in kinds
        assert [volume["name"] for volume in template(with_postgresql)["volumes"]] == ["tmp"]
        assert [mount["name"] for mount in container(with_postgresql)["volumeMounts"]] == ["tmp"]

    def test_two_replicas_roll_without_a_gap(self, with_postgresql: list[Body]) -> None:
        spec = of(with_postgresql, "Deployment")["spec"]

        assert (spec["replicas"], spec["strategy"]["type"]) == (2, "RollingUpdate")
        assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
        assert of(with_postgresql, "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1
        assert of(with_postgresql, "Service")["spec"]["sessionAffinity"] == "ClientIP"

    def test_its_selectors_are_the_gateways_own(self, with_postgresql: list[Body]) -> None:
        labels = of(with_postgresql, "Deployment")["spec"]["template"]["metadata"]["labels"]
        selectors = [
            of(with_postgresql, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
            of(with_postgresql, "NetworkPolicy", "gateway-to-postgresql")["spec"]["podSelector"][
                "matchLabels"
            ],
        ]

        assert all(selector.items() <= labels.items() for selector in selectors)
