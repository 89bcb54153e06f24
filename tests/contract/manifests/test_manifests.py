"""The manifests against what they are about: builders, models, settings; and roles that hold no more than they should."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support.kustomize import MANIFESTS, rendered

from cupel.api import names
from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.capability_gap import CapabilityGap
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_policy import ToolPolicy
from cupel.decide.pods import HARNESS_USER, TOOL_USER
from cupel.decide.zone import Settings, Zones, default_policy, ledgers, walls
from cupel.settings.cloudwatch import ALLOWED
from cupel.settings.codes import codes_settings
from cupel.settings.egress import egress_settings
from cupel.settings.gateway import gateway_settings
from cupel.settings.operator import operator_settings
from cupel.settings.pulls import pulls_settings
from cupel.signals.aws_identity import AGENTS

Body = dict[str, Any]
BASE = rendered("base")
ROLES = [body for body in BASE if body["kind"] in ("Role", "ClusterRole")]
EXAMPLES = sorted((MANIFESTS / "examples").glob("*.yaml"))
CODES = rendered("components/codes")
AUTOPILOT = rendered("components/autopilot")
PULLS = rendered("components/pull-requests")
MODELS = {
    "GeneratedTool": GeneratedTool, "ToolPolicy": ToolPolicy, "AutonomyPolicy": AutonomyPolicy, "CapabilityGap": CapabilityGap,
}  # fmt: skip
TEMPLATES = {
    body["metadata"]["name"]: body["spec"]["template"] for body in BASE if body["kind"] == "Deployment"
}
PROCESSES = TEMPLATES | {
    body["metadata"]["name"]: body["spec"]["template"]
    for body in (*CODES, *AUTOPILOT, *PULLS)
    if body["kind"] == "Deployment"
}
THROUGH_THE_API_SERVER = {
    "apiGroups": [""],
    "resources": ["services/proxy"],
    "resourceNames": [f"http:{names.CODES_SERVICE}:{names.CODES_PORT}"],
    "verbs": ["create"],
}
"""The one door there is: people's way to the code service, which judges every request by its code."""


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
            if rule != THROUGH_THE_API_SERVER:
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

    REVIEWS = {
        "tokenreviews": {"cupel-gateway"},
        "subjectaccessreviews": {"cupel-gateway", "cupel-codes", "cupel-pulls"},
    }
    OWN_VERBS = {
        "approve": {"cupel-approver"}, "revoke": {"cupel-revoker"}, 
        "administer": {"cupel-zone-administrator", "cupel-code-administrator"},
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
                if subject["kind"] == "Group":
                    assert body["roleRef"]["name"].startswith("cupel-code-")
                    continue
                assert subject["kind"] == "ServiceAccount" and subject["namespace"] == names.SYSTEM_NAMESPACE
                assert body["roleRef"]["name"].startswith(subject["name"])


class TestProcesses:
    @pytest.mark.parametrize("name", [*PROCESSES, *JOBS])
    def test_run_with_little(self, name: str) -> None:
        spec = (PROCESSES.get(name) or JOBS[name]["jobTemplate"]["spec"]["template"])["spec"]
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
            assert name in JOBS or {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container)

    @pytest.mark.parametrize("name", PROCESSES)
    def test_a_slow_first_start_is_not_taken_for_a_process_that_is_stuck(self, name: str) -> None:
        for container in PROCESSES[name]["spec"]["containers"]:
            start, live = container["startupProbe"], container["livenessProbe"]
            assert start["httpGet"] == live["httpGet"]
            assert start["periodSeconds"] * start["failureThreshold"] >= 300
            assert "initialDelaySeconds" not in live

    @pytest.mark.parametrize("name", JOBS)
    def test_jobs_end_and_never_run_twice_at_once(self, name: str) -> None:
        job = JOBS[name]["jobTemplate"]["spec"]
        assert JOBS[name]["concurrencyPolicy"] == "Forbid"
        assert 0 < job["activeDeadlineSeconds"] < 3600 and job["backoffLimit"] == 0
        assert job["template"]["spec"]["restartPolicy"] == "Never"
        assert job["template"]["spec"]["serviceAccountName"] == name

    @pytest.mark.parametrize("name", [*PROCESSES, *JOBS])
    def test_each_is_let_out_by_a_network_policy(self, name: str) -> None:
        template = PROCESSES.get(name) or JOBS[name]["jobTemplate"]["spec"]["template"]
        component = template["metadata"]["labels"][names.COMPONENT]
        selectors = [
            body["spec"]["podSelector"]
            for body in (*BASE, *CODES, *AUTOPILOT, *PULLS)
            if body["kind"] == "NetworkPolicy" and body["spec"].get("egress")
        ]
        assert any(component in str(selector) for selector in selectors)

    def test_ports_are_those_of_the_settings(self) -> None:
        image = "cupel-sandbox@sha256:" + "0" * 64
        operator = operator_settings({"CUPEL_SANDBOX_IMAGE": image, "CUPEL_PROBE_TARGETS": "10.96.0.1:443"})
        ports = {
            "cupel-operator": operator.port,
            "cupel-gateway": gateway_settings({}).port,
        }
        for name, port in ports.items():
            assert PROCESSES[name]["spec"]["containers"][0]["ports"] == [
                {"name": "http", "containerPort": port}
            ]

    def test_the_code_service_listens_where_its_settings_say_and_shows_callers_no_metrics(self) -> None:
        settings, container = codes_settings({}), PROCESSES["cupel-codes"]["spec"]["containers"][0]
        assert {port["name"]: port["containerPort"] for port in container["ports"]} == {
            "codes": settings.port,
            "http": settings.health_port,
        }
        (into,) = [body for body in CODES if body["metadata"]["name"] == "callers-to-codes"]
        (rule,) = into["spec"]["ingress"]
        assert [port["port"] for port in rule["ports"]] == [settings.port]
        (prometheus,) = [
            body for body in rendered("components/monitoring") if body["kind"] == "NetworkPolicy"
        ]
        opened = {port["port"] for port in prometheus["spec"]["ingress"][0]["ports"]}
        assert settings.health_port in opened and settings.port not in opened

    def test_the_code_service_finds_its_store_and_its_keys_where_they_are_mounted(self) -> None:
        (container,) = PROCESSES["cupel-codes"]["spec"]["containers"]
        mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
        settings = codes_settings({})
        assert str(Path(settings.keys_file).parent) in mounts
        assert str(Path(settings.store.removeprefix("sqlite:///")).parent) in mounts

    def test_the_code_service_is_where_people_look_for_it(self) -> None:
        (service,) = [body for body in CODES if body["kind"] == "Service"]
        assert service["metadata"]["name"] == names.CODES_SERVICE
        assert service["metadata"]["namespace"] == names.SYSTEM_NAMESPACE
        assert [port["port"] for port in service["spec"]["ports"]] == [names.CODES_PORT]

    def test_the_pull_request_service_finds_its_token_where_it_is_mounted(self) -> None:
        (container,) = PROCESSES["cupel-pulls"]["spec"]["containers"]
        mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
        settings = pulls_settings({})
        assert str(Path(settings.token_file).parent) in mounts
        assert [port["containerPort"] for port in container["ports"]] == [settings.port]

    def test_the_operator_gets_the_settings_it_must_have(self) -> None:
        given = {entry["name"] for entry in TEMPLATES["cupel-operator"]["spec"]["containers"][0]["env"]}
        assert {"CUPEL_SANDBOX_IMAGE"} <= given

    def test_components_are_those_zones_let_in_and_out(self) -> None:
        components = {template["metadata"]["labels"][names.COMPONENT] for template in TEMPLATES.values()}
        policies = (body for body in rendered("zone") if body["kind"] == "NetworkPolicy")
        walls = {body["metadata"]["name"]: body["spec"] for body in policies if "spec" in body}
        peers = [
            *walls["allow-from-cupel"]["ingress"][0]["from"],
            *walls["allow-to-egress"]["egress"][0]["to"],
        ]
        assert {peer["podSelector"]["matchLabels"][names.COMPONENT] for peer in peers} == components

    def test_the_egress_proxy_listens_where_its_settings_and_every_wall_say(self) -> None:
        settings, container = egress_settings({}), TEMPLATES["cupel-egress"]["spec"]["containers"][0]
        assert {port["name"]: port["containerPort"] for port in container["ports"]} == {
            "proxy": settings.port,
            "http": settings.health_port,
        }
        service = next(b for b in BASE if key(b) == ("Service", names.SYSTEM_NAMESPACE, "cupel-egress"))
        into = next(b for b in BASE if b["metadata"]["name"] == "tools-to-egress")
        out_of = next(b for b in rendered("zone") if b["metadata"]["name"] == "allow-to-egress")
        assert service["spec"]["ports"] == [{"name": "proxy", "port": settings.port, "targetPort": "proxy"}]
        for rule in (into["spec"]["ingress"][0], out_of["spec"]["egress"][0]):
            assert rule["ports"] == [{"protocol": "TCP", "port": settings.port}]

    def test_no_setting_has_a_name_the_kubelet_gives_away(self) -> None:
        """A Service's variables are in every Pod beside it: CUPEL_EGRESS_PORT is one, and no number."""
        services = [b["metadata"]["name"] for b in BASE if b["kind"] == "Service"]
        assert {"cupel-egress", "cupel-gateway"} <= set(services)
        for service in services:
            prefix = service.upper().replace("-", "_")
            taken = re.compile(rf"{prefix}_(PORT|SERVICE_HOST|SERVICE_PORT)(_|$)")
            for page in (MANIFESTS.parent / "docs").glob("*.md"):
                named = set(re.findall(r"`(CUPEL_[A-Z_]+)`", page.read_text(encoding="utf-8")))
                assert not [name for name in named if taken.match(name)]


class TestAutopilot:
    def test_the_switch_is_the_one_object_it_may_read_at_home(self) -> None:
        (switch,) = [body for body in AUTOPILOT if body["kind"] == "ConfigMap"]
        (role,) = [
            body for body in ROLES if body["kind"] == "Role" and body["metadata"]["name"] == "cupel-autopilot"
        ]
        (rule,) = [rule for rule in role["rules"] if "configmaps" in rule["resources"]]
        assert rule["resourceNames"] == [switch["metadata"]["name"]]
        assert set(rule["verbs"]) == {"get", "list", "watch"}
        assert switch["data"] == {"paused": "false"}

    def test_what_a_namespace_binds_is_bound_to_nobody_by_us(self) -> None:
        bound = {body["roleRef"]["name"] for body in BASE if body["kind"].endswith("RoleBinding")}
        assert not {"cupel-autopilot-scale", "cupel-autopilot-rollback"} & bound

    def test_of_tools_and_workloads_it_patches_and_never_makes_or_deletes(self) -> None:
        for role in ROLES:
            for rule in role["rules"]:
                if role["metadata"]["name"].startswith("cupel-autopilot") and {"apps", "cupel.dev"} & set(
                    rule["apiGroups"]
                ):
                    assert not {"create", "delete"} & set(rule["verbs"])


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
def test_codes_and_their_delivery_are_components_of_an_overlay(tmp_path: Path) -> None:
    bodies = overlaid(tmp_path, "codes", "codes-delivery")
    (deployment,) = [b for b in bodies if key(b) == ("Deployment", names.SYSTEM_NAMESPACE, "cupel-codes")]
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert {"name": "CUPEL_CODES_CONTACTS_FILE", "value": "/contacts/contacts.json"} in container["env"]
    assert {key(body) for body in rendered("components/codes-delivery")} <= {key(body) for body in bodies}


def overlaid(folder: Path, *components: str) -> list[Body]:
    """An overlay of the base with these components, rendered by kubectl."""
    up = "/".join([".."] * len(folder.resolve().parts[1:]))
    named = ", ".join(f"{up}{MANIFESTS / 'components' / name}" for name in components)
    (folder / "kustomization.yaml").write_text(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        f"resources: [{up}{MANIFESTS / 'base'}]\ncomponents: [{named}]\n"
    )
    command = ["kubectl", "kustomize", str(folder)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return list(yaml.safe_load_all(text))


def test_the_way_to_pod_identity_is_the_autopilots_alone_and_leads_nowhere_else() -> None:
    (policy,) = rendered("components/cloudwatch")
    (autopilot,) = [body for body in AUTOPILOT if body["kind"] == "Deployment"]
    chosen = policy["spec"]["podSelector"]["matchLabels"]
    assert chosen.items() <= autopilot["spec"]["template"]["metadata"]["labels"].items()
    assert policy["spec"]["policyTypes"] == ["Egress"]
    (rule,) = policy["spec"]["egress"]
    assert {peer["ipBlock"]["cidr"].partition("/")[0] for peer in rule["to"]} == AGENTS - {"169.254.170.2"}
    assert rule["ports"] == [{"protocol": "TCP", "port": 80}]


def test_who_may_read_cloudwatch_is_said_in_the_settings_of_the_platform() -> None:
    (container,) = PROCESSES["cupel-autopilot"]["spec"]["containers"]
    (said,) = [one for one in container["env"] if one["name"] == ALLOWED]
    assert said["valueFrom"]["configMapKeyRef"] == {
        "name": "cupel-settings",
        "key": "cloudWatchAllowed",
        "optional": True,
    }


@pytest.mark.apiserver
def test_monitoring_is_a_component_of_an_overlay(tmp_path: Path) -> None:
    kinds = {body["kind"] for body in overlaid(tmp_path, "monitoring")}
    assert {"PodMonitor", "PrometheusRule"} <= kinds
