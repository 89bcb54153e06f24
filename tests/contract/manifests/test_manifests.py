"""The manifests against what they are about: builders, models, settings; and roles that hold no more than they should."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support.kustomize import MANIFESTS, rendered

from cupel.api import names
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_policy import ToolPolicy
from cupel.decide.pods import HARNESS_USER, TOOL_USER
from cupel.decide.zone import Settings, Zones, default_policy, ledgers, walls
from cupel.settings.gateway import gateway_settings
from cupel.settings.operator import operator_settings

Body = dict[str, Any]
BASE = rendered("base")
ROLES = [body for body in BASE if body["kind"] in ("Role", "ClusterRole")]
EXAMPLES = sorted((MANIFESTS / "examples").glob("*.yaml"))
MODELS = {"GeneratedTool": GeneratedTool, "ToolPolicy": ToolPolicy}
TEMPLATES = {
    body["metadata"]["name"]: body["spec"]["template"] for body in BASE if body["kind"] == "Deployment"
}


JOBS = {body["metadata"]["name"]: body["spec"] for body in BASE if body["kind"] == "CronJob"}


def key(body: Body) -> tuple[str, str, str]:
    return body["kind"], body["metadata"].get("namespace", ""), body["metadata"]["name"]


class TestZone:
    def test_it_is_what_zone_init_makes(self) -> None:
        launcher = "cupel-sandbox@sha256:" + "0" * 64
        zones = Zones("tools", "tools-sandbox")
        made = [*walls(zones), *ledgers(zones, Settings((launcher,))), default_policy("tools")]
        written = {key(body): body for body in rendered("zone")}
        assert {key(body) for body in made} == set(written)
        for body in made:
            assert written[key(body)] == body


class TestRoles:
    @pytest.mark.parametrize("role", ROLES, ids=lambda role: role["metadata"]["name"])
    def test_name_everything_they_give(self, role: Body) -> None:
        for rule in role["rules"]:
            assert "*" not in rule["apiGroups"] + rule["resources"] + rule["verbs"]

    FORBIDDEN_GROUPS = frozenset(
        {"rbac.authorization.k8s.io", "certificates.k8s.io", "apiregistration.k8s.io"}
    )
    FORBIDDEN_VERBS = frozenset({"impersonate", "escalate", "bind", "sign", "deletecollection"})
    DOORS = frozenset({"pods/exec", "pods/attach", "pods/portforward", "pods/proxy", "pods/ephemeralcontainers", "pods/status",
                       "serviceaccounts/token", "nodes/proxy", "services/proxy"})  # fmt: skip

    @pytest.mark.parametrize("role", ROLES, ids=lambda role: role["metadata"]["name"])
    def test_open_no_door(self, role: Body) -> None:
        for rule in role["rules"]:
            assert not self.FORBIDDEN_GROUPS & set(rule["apiGroups"])
            assert not self.FORBIDDEN_VERBS & set(rule["verbs"])
            assert not self.DOORS & set(rule["resources"])

    @pytest.mark.parametrize("role", ROLES, ids=lambda role: role["metadata"]["name"])
    def test_only_read_admission_and_namespaces(self, role: Body) -> None:
        for rule in role["rules"]:
            if {"admissionregistration.k8s.io", "apiextensions.k8s.io"} & set(
                rule["apiGroups"]
            ) or "namespaces" in rule["resources"]:
                assert set(rule["verbs"]) <= {"get", "list", "watch"}

    def test_one_secret_is_read_by_the_egress_proxy_alone(self) -> None:
        readers = {
            role["metadata"]["name"]: rule
            for role in ROLES
            for rule in role["rules"]
            if "secrets" in rule["resources"]
        }
        assert set(readers) == {"cupel-egress-credentials"}
        assert readers["cupel-egress-credentials"]["resourceNames"] == ["cupel-egress-credentials"]

    REVIEWS = {"tokenreviews": {"cupel-gateway"}, "subjectaccessreviews": {"cupel-gateway", "cupel-codes"}}
    OWN_VERBS = {
        "approve": {"cupel-approver"}, "revoke": {"cupel-revoker"}, "administer": {"cupel-zone-administrator"},
        "pardon": {"cupel-zone-administrator"}, "restore": {"cupel-ledger-restorer"}, "call": {"cupel-caller"},
    }  # fmt: skip

    def test_who_asks_about_others(self) -> None:
        for resource, wanted in self.REVIEWS.items():
            assert {
                r["metadata"]["name"] for r in ROLES for rule in r["rules"] if resource in rule["resources"]
            } == wanted

    def test_who_holds_the_verbs_of_ours(self) -> None:
        for verb, wanted in self.OWN_VERBS.items():
            assert {
                r["metadata"]["name"] for r in ROLES for rule in r["rules"] if verb in rule["verbs"]
            } == wanted

    def test_machines_are_bound_to_roles_of_their_own_name(self) -> None:
        """No binding gives one identity another's role."""
        for body in BASE:
            if body["kind"] in ("RoleBinding", "ClusterRoleBinding"):
                (subject,) = body["subjects"]
                assert subject["kind"] == "ServiceAccount" and subject["namespace"] == names.SYSTEM_NAMESPACE
                assert body["roleRef"]["name"].startswith(subject["name"])


class TestProcesses:
    @pytest.mark.parametrize("name", [*TEMPLATES, *JOBS])
    def test_run_with_little(self, name: str) -> None:
        spec = (TEMPLATES.get(name) or JOBS[name]["jobTemplate"]["spec"]["template"])["spec"]
        assert (
            spec["securityContext"]["runAsNonRoot"]
            and spec["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
        )
        assert spec["securityContext"]["runAsUser"] not in (0, HARNESS_USER, TOOL_USER)
        for container in spec["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
            }  # fmt: skip
            assert set(container["resources"]["limits"]) == {"cpu", "memory", "ephemeral-storage"}
            assert name in JOBS or {"livenessProbe", "readinessProbe"} <= set(container)

    @pytest.mark.parametrize("name", JOBS)
    def test_jobs_end_and_never_run_twice_at_once(self, name: str) -> None:
        job = JOBS[name]["jobTemplate"]["spec"]
        assert JOBS[name]["concurrencyPolicy"] == "Forbid"
        assert 0 < job["activeDeadlineSeconds"] < 3600 and job["backoffLimit"] == 0
        assert job["template"]["spec"]["restartPolicy"] == "Never"
        assert job["template"]["spec"]["serviceAccountName"] == name

    @pytest.mark.parametrize("name", [*TEMPLATES, *JOBS])
    def test_each_is_let_out_by_a_network_policy(self, name: str) -> None:
        template = TEMPLATES.get(name) or JOBS[name]["jobTemplate"]["spec"]["template"]
        component = template["metadata"]["labels"][names.COMPONENT]
        selectors = [
            body["spec"]["podSelector"]
            for body in BASE
            if body["kind"] == "NetworkPolicy" and body["spec"].get("egress")
        ]
        assert any(component in str(selector) for selector in selectors)

    def test_ports_are_those_of_the_settings(self) -> None:
        image = "cupel-sandbox@sha256:" + "0" * 64
        operator = operator_settings({"CUPEL_SANDBOX_IMAGE": image, "CUPEL_PROBE_TARGETS": "10.96.0.1:443"})
        ports = {"cupel-operator": operator.port, "cupel-gateway": gateway_settings({}).port}
        for name, port in ports.items():
            assert TEMPLATES[name]["spec"]["containers"][0]["ports"] == [
                {"name": "http", "containerPort": port}
            ]

    def test_the_operator_gets_the_settings_it_must_have(self) -> None:
        given = {entry["name"] for entry in TEMPLATES["cupel-operator"]["spec"]["containers"][0]["env"]}
        assert {"CUPEL_SANDBOX_IMAGE"} <= given

    def test_components_are_those_zones_let_in(self) -> None:
        components = {template["metadata"]["labels"][names.COMPONENT] for template in TEMPLATES.values()}
        let_in = next(body for body in rendered("zone") if body["metadata"]["name"] == "allow-from-cupel")
        peers = let_in["spec"]["ingress"][0]["from"]
        assert {peer["podSelector"]["matchLabels"][names.COMPONENT] for peer in peers} == components


class TestExamples:
    @pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
    def test_are_of_their_kind(self, path: Path) -> None:
        for body in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            assert MODELS[body["kind"]].parse(body)

    @pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
    def test_may_be_applied_to_a_zone_that_works(self, path: Path) -> None:
        """-n says where; no ledger, and not the policy that a zone's tools already use."""
        for body in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            assert "namespace" not in body["metadata"]
            assert body["kind"] != "ApprovalLedger" and body["metadata"]["name"] != "default"

    @pytest.mark.parametrize(
        "path", [p for p in EXAMPLES if "kind: GeneratedTool" in p.read_text()], ids=lambda path: path.stem
    )
    def test_tools_pass_the_offline_check(self, path: Path) -> None:
        answer = subprocess.run(
            [sys.executable, "-m", "cupel.cli", "check", str(path)], capture_output=True, text=True, check=False,
            env={"PYTHONPATH": "operator", "PATH": "/usr/bin:/bin"}, cwd=MANIFESTS.parent,
        )  # fmt: skip
        assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.apiserver
@pytest.mark.parametrize("folder", ["base", "zone"])
def test_kustomize_reads_them_as_we_do(folder: str) -> None:
    """kubectl's own rendering has the objects our reading has, besides what it generates."""
    text = subprocess.run(
        ["kubectl", "kustomize", str(MANIFESTS / folder)], check=True, capture_output=True, text=True
    ).stdout
    theirs = {
        key(body)
        for body in yaml.safe_load_all(text)
        if not body["metadata"]["name"].startswith("cupel-settings")
    }
    assert theirs == {key(body) for body in rendered(folder)}


@pytest.mark.apiserver
def test_monitoring_is_a_component_of_an_overlay(tmp_path: Path) -> None:
    overlay = MANIFESTS / "base"
    up = "/".join([".."] * len(tmp_path.resolve().parts[1:]))
    (tmp_path / "kustomization.yaml").write_text(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        f"resources: [{up}{overlay}]\ncomponents: [{up}{MANIFESTS / 'components/monitoring'}]\n"
    )
    text = subprocess.run(
        ["kubectl", "kustomize", str(tmp_path)], check=True, capture_output=True, text=True
    ).stdout
    kinds = {body["kind"] for body in yaml.safe_load_all(text)}
    assert {"PodMonitor", "PrometheusRule"} <= kinds
