"""What people see and do with kubectl: columns, explanations, selectors, scale."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.contract.crds import good_objects as good
from tests.contract.crds.apiserver import MERGE, Server
from tests.contract.crds.edits import changed
from tests.contract.crds.good_gaps import capability_gap
from tests.contract.crds.objects import STATUS, path, refusal, stored

pytestmark = pytest.mark.apiserver

SELECTED = [
    ("GeneratedTool", "spec.policyRef.name=other", ["selected"]),
    ("GeneratedTool", "status.risk=High", ["selected"]),
    ("GeneratedTool", "status.toolName=text.selected", ["selected"]),
    ("GeneratedTool", f"status.digest={good.DIGEST}", ["selected"]),
    ("GeneratedTool", "status.risk=Low", []),
    ("ToolPolicy", "spec.mode=Paused", ["paused"]),
    ("AutonomyPolicy", "spec.targetRef.kind=Deployment,spec.targetRef.name=selected", ["selected"]),
    ("AutonomyPolicy", "spec.authority=Act,spec.targetRef.name=selected", []),
    ("CapabilityGap", "spec.policyRef.name=other", ["selected"]),
    ("CapabilityGap", "spec.origin=Telemetry", []),
]


@pytest.mark.parametrize(("kind", "selector", "names"), SELECTED)
def test_objects_are_found_by_field(
    kind: str, selector: str, names: list[str], server: Server, namespace: str
) -> None:
    tool = changed(good.generated_tool("selected"), {"spec.policyRef.name": "other"})
    made = stored(server, namespace, tool)
    status = good.tool_status() | {"toolName": "text.selected"}
    server.call("PUT", path(namespace, "GeneratedTool", "selected") + "/status", {**made, "status": status})
    paused = {"metadata.name": "paused", "spec.mode": "Paused"}
    stored(server, namespace, changed(good.tool_policy(), paused))
    flown = {"metadata.name": "selected", "spec.targetRef.name": "selected"}
    stored(server, namespace, changed(good.deployment_policy(), flown))
    stored(server, namespace, changed(capability_gap("selected"), {"spec.policyRef.name": "other"}))
    found = server.call("GET", path(namespace, kind, "", f"fieldSelector={selector}")).good()
    assert [item["metadata"]["name"] for item in found["items"] if item["metadata"]["name"] in ("selected", "paused")] == names  # fmt: skip


@pytest.mark.parametrize(
    "selector", ["spec.tool=word-count", "spec.digest={digest}", "spec.tool=word-count,spec.digest={digest}"]
)
def test_revisions_are_found_by_tool_and_digest(selector: str, server: Server, namespace: str) -> None:
    revision = stored(server, namespace, good.tool_revision())
    wanted = selector.format(digest=revision["spec"]["digest"])
    found = server.call("GET", path(namespace, "ToolRevision", "", f"fieldSelector={wanted}")).good()
    assert revision["metadata"]["name"] in [item["metadata"]["name"] for item in found["items"]]
    none = server.call("GET", path(namespace, "ToolRevision", "", "fieldSelector=spec.tool=nobody")).good()
    assert none["items"] == []


def test_scaling_writes_replicas_and_nothing_else(server: Server, namespace: str) -> None:
    before = stored(server, namespace, good.generated_tool("scaled"))
    where = path(namespace, "GeneratedTool", "scaled")
    scale = {"spec": {"replicas": 3}}
    assert server.call("PATCH", where + "/scale", scale, MERGE).good()["spec"]["replicas"] == 3
    after = server.call("GET", where).good()
    assert after["spec"] == {**before["spec"], "serving": {**before["spec"]["serving"], "replicas": 3}}
    refused = server.call("PATCH", where + "/scale", {"spec": {"replicas": 21}}, MERGE)
    assert "spec.serving.replicas" in refusal(refused)


KUBECTL = shutil.which("kubectl")
needs_kubectl = pytest.mark.skipif(KUBECTL is None, reason="no kubectl on this machine")


def kubectl(server: Server, tmp_path: Path, *arguments: str) -> str:
    command = [str(KUBECTL), f"--kubeconfig={server.kubeconfig}", f"--cache-dir={tmp_path}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_kubectl
@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("generatedtool", "The tool wanted, and how far it is."),
        ("gtool.spec.permissions.egress", "Exact host:port pairs the tool may call"),
        ("gtool.status.conditions.reason", "Stable CamelCase word"),
        ("trev.spec.bundle.code", "One Python module that defines run()."),
        ("trev.status.validation.report.harness.kernel", "Empty when the kernel is gVisor's."),
        ("ledger.spec.decisions", "Write with merge patches."),
        ("tpol.spec.approvals.high", "Channels for risk High"),
        ("apol.spec.authority", "Observe: watch only. Recommend: say what it would do. Act: do it."),
        ("apol.status.believed.saved", "The whole belief"),
    ],
)
def test_kubectl_explains_every_field(
    field: str, said: str, server: Server, established: object, tmp_path: Path
) -> None:
    assert said in " ".join(kubectl(server, tmp_path, "explain", field).split())


@needs_kubectl
@pytest.mark.parametrize(
    ("kind", "name", "header", "row"),
    [
        (
            "gtool", "shown", "NAME READY REASON RISK APPROVED SERVES VERSION AGE",
            "shown True Serving High 1/2 word-count-0123456789",
        ),
        ("tpol", "default", "NAME MODE TOOLS READY REASON AGE", "default Active 3 True InUse"),
        (
            "apol", "word-count", "NAME TARGET AUTHORITY READY REASON ACTING DECISION PODS DESIRED AGE",
            "word-count word-count Act True Flying Allowed ScaleUp 2 4",
        ),
        (
            "gap", "gap-0123456789", "NAME READY REASON REPORTS CALLERS PLAN TOOL AGE",
            "gap-0123456789 True Answered 7 3 Template median",
        ),
        ("ledger", "ledger", "NAME SEPARATION FLOOR EGRESS FLOOR AGE", "ledger TwoPeople 1 2"),
    ],
)  # fmt: skip
def test_kubectl_shows_the_columns(
    kind: str, name: str, header: str, row: str, server: Server, namespace: str, tmp_path: Path
) -> None:
    shown = {
        "GeneratedTool": good.generated_tool("shown"),
        "ToolPolicy": good.tool_policy(),
        "AutonomyPolicy": good.autonomy_policy(),
        "CapabilityGap": capability_gap(),
    }
    for of, body in (shown | {"ApprovalLedger": good.approval_ledger()}).items():
        made = {**stored(server, namespace, body), "status": STATUS[of]()}
        server.call("PUT", path(namespace, of, body["metadata"]["name"]) + "/status", made).good()
    lines = kubectl(server, tmp_path, "get", kind, name, "-n", namespace).splitlines()
    assert " ".join(lines[0].split()) == header
    assert " ".join(lines[1].split()).startswith(row)


@needs_kubectl
def test_kubectl_gets_all_kinds_by_their_category(server: Server, namespace: str, tmp_path: Path) -> None:
    stored(server, namespace, good.tool_revision())
    stored(server, namespace, good.tool_policy())
    found = kubectl(server, tmp_path, "get", "cupel", "-n", namespace, "-o", "name")
    assert "toolpolicy.cupel.dev/default" in found
    assert "toolrevision.cupel.dev/word-count-" in found
