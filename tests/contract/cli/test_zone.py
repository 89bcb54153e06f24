"""`zone init` on a real API server: what it makes, what it leaves alone, who may not."""

from __future__ import annotations

import pytest

from .stage import LAUNCHER, Stage

pytestmark = pytest.mark.apiserver
DIGEST = "sha256-" + "ab" * 32


def test_a_second_run_resets_nothing(stage: Stage) -> None:
    stage.server.patch(
        stage.path("ApprovalLedger", "ledger"),
        {"spec": {"decisions": {DIGEST: {"egress": [], "review": {"decision": "Approve", "by": "bob"}}}}},
        "bob",
    ).allowed()
    stage.condemn(DIGEST, "for the test")
    before = stage.ledger
    again = stage.cupel("zone", "init", stage.namespace)
    assert again.exit_code == 0, again.output
    assert "kept as it is" in again.output
    assert stage.ledger["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"]


def test_flags_change_settings_and_keep_decisions(stage: Stage) -> None:
    other = "other@sha256:" + "1" * 64
    args = (
        "--floors",
        "0,1",
        "--separation",
        "OnePersonTwoChannels",
        "--launcher",
        LAUNCHER,
        "--launcher",
        other,
    )
    before = stage.ledger
    assert stage.cupel("zone", "init", stage.namespace, *args).exit_code == 0
    after = stage.ledger
    assert after["spec"]["floors"] == {"withoutEgress": 0, "withEgress": 1}
    assert after["spec"]["separation"] == "OnePersonTwoChannels"
    assert after["spec"]["launcherImages"] == [LAUNCHER, other]
    assert after["spec"].get("decisions") == before["spec"].get("decisions")
    assert after.get("status") == before.get("status")
    back = ("--floors", "1,2", "--separation", "TwoPeople", "--launcher", LAUNCHER)
    assert stage.cupel("zone", "init", stage.namespace, *back).exit_code == 0


def test_the_namespaces_are_what_admission_asks_for(stage: Stage) -> None:
    serving = stage.server.get(f"/api/v1/namespaces/{stage.namespace}")["metadata"]["labels"]
    assert serving["cupel.dev/zone"] == "serving"
    assert serving["cupel.dev/sandbox"] == f"{stage.namespace}-sandbox"
    sandbox = stage.server.get(f"/api/v1/namespaces/{stage.namespace}-sandbox")["metadata"]["labels"]
    assert sandbox["cupel.dev/zone"] == "sandbox"
    assert sandbox["pod-security.kubernetes.io/enforce"] == "restricted"
    managers = {each["manager"] for each in stage.ledger["metadata"]["managedFields"]}
    assert "cupel-cli" in managers and "cupel-operator" not in managers - {"cupel-operator"}


def test_a_requester_makes_no_zones_and_is_told_why(stage: Stage) -> None:
    refused = stage.cupel("zone", "init", stage.namespace, person="alice")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("error: alice may not get namespaces")
    assert refused.stderr.count("\n") == 1


def test_another_zones_sandbox_becomes_no_serving_zone(stage: Stage) -> None:
    sandbox = f"{stage.namespace}-sandbox"
    result = stage.cupel("zone", "init", sandbox, "--launcher", LAUNCHER)
    assert result.exit_code == 2, result.output
    assert f"is the sandbox of serving zone {stage.namespace}" in result.stderr
    labels = stage.server.get(f"/api/v1/namespaces/{sandbox}")["metadata"]["labels"]
    assert labels["cupel.dev/zone"] == "sandbox"
    assert not stage.server.call("GET", f"/api/v1/namespaces/{sandbox}-sandbox").ok


def test_a_namespace_with_pods_of_others_is_taken_only_when_asked_to(
    stage: Stage, request: pytest.FixtureRequest
) -> None:
    name = f"{stage.namespace}-shop"
    place = "/api/v1/namespaces"
    request.addfinalizer(lambda: stage.server.delete(f"{place}/{name}/pods/web"))
    stage.server.call("POST", place, {"metadata": {"name": name}}).allowed()
    spec = {"automountServiceAccountToken": False, "containers": [{"name": "web", "image": "web"}]}
    account = {"metadata": {"name": "default"}}
    stage.server.call("POST", f"{place}/{name}/serviceaccounts", account)
    stage.server.call("POST", f"{place}/{name}/pods", {"metadata": {"name": "web"}, "spec": spec}).allowed()
    result = stage.cupel("zone", "init", name, "--launcher", LAUNCHER)
    assert result.exit_code == 2, result.output
    assert "has Pods that are no tools (web)" in result.stderr and "--adopt" in result.stderr
    assert stage.cupel("zone", "init", name, "--launcher", LAUNCHER, "--adopt").exit_code == 0


def test_a_new_zone_without_launcher_changes_nothing(stage: Stage) -> None:
    name = f"{stage.namespace}-new"
    result = stage.cupel("zone", "init", name)
    assert result.exit_code == 2, result.output
    assert "--launcher" in result.stderr and "nothing was changed" in result.stderr
    assert not stage.server.call("GET", f"/api/v1/namespaces/{name}").ok


def test_a_new_zone_needs_a_launcher(stage: Stage) -> None:
    result = stage.cupel(
        "zone", "init", f"{stage.namespace}-x", "--sandbox", f"{stage.namespace}-sandbox", "--print"
    )
    assert result.exit_code == 2
    assert "--launcher" in result.stderr
