"""The alert rules: well formed, with a runbook each, about metrics that exist, and firing on histories that ought to fire."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support.kustomize import rendered

from cupel.autopilot import metrics as autopilot_metrics
from cupel.codes import metrics as codes_metrics
from cupel.gateway import metrics as gateway_metrics
from cupel.notify import metrics as notify_metrics
from cupel.pulls import metrics as pulls_metrics
from cupel.telemetry.metrics import Metrics

ROOT = Path(__file__).parents[3]
MONITORING = ROOT / "manifests/components/monitoring"
RULES: list[dict[str, Any]] = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["spec"]["groups"][0][
    "rules"
]
NAMES = [rule["alert"] for rule in RULES]
needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool comes with Debian's prometheus"
)


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_every_alert_has_a_runbook(rule: dict[str, Any]) -> None:
    runbook = ROOT / rule["annotations"]["runbook"]
    assert runbook.name == f"{rule['alert']}.md"
    assert runbook.read_text().startswith(f"# {rule['alert']}\n")


def test_every_runbook_has_an_alert() -> None:
    assert {path.stem for path in (ROOT / "docs/runbooks").glob("*.md")} == set(NAMES)


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_alerts_are_about_metrics_that_exist(rule: dict[str, Any]) -> None:
    assert set(re.findall(r"cupel_[a-z_]+", rule["expr"])) <= exposed()


def exposed() -> set[str]:
    """Names of all series the processes can expose."""
    names: set[str] = set()
    for module in (
        Metrics,
        gateway_metrics.Metrics,
        notify_metrics.Metrics,
        codes_metrics.Metrics,
        pulls_metrics.Metrics,
        autopilot_metrics.Metrics,
    ):
        registry = module().registry
        for family in registry.collect():
            suffix = {"counter": "_total"}.get(family.type, "")
            names.add(family.name + suffix)
    return names


def test_ports_are_the_deployments() -> None:
    """The monitor names the port that the processes open."""
    monitor = yaml.safe_load((MONITORING / "pod-monitor.yaml").read_text())
    ports = {endpoint["port"] for endpoint in monitor["spec"]["podMetricsEndpoints"]}
    for process in (
        "base/operator",
        "base/gateway",
        "components/notifications",
        "components/autopilot",
        "components/pull-requests",
    ):
        path = ROOT / f"manifests/{process}/deployment.yaml"
        deployment = next(iter(yaml.safe_load_all(path.read_text())))
        container = deployment["spec"]["template"]["spec"]["containers"][0]
        assert ports == {port["name"] for port in container["ports"]}


LIMIT_OF_TOOLS = 'cupel_gateway_state_tenants_limit{of="tool"}'
LIMIT_OF_NAMESPACES = 'cupel_gateway_state_tenants_limit{of="namespace"}'
HISTORIES: dict[str, tuple[str, dict[str, str], str]] = {
    "one hostile tool is no alert": ("CupelToolsFailing", {'cupel_trials_total{verdict="Failed",reason="TrialFailed"}': "0x10 2x60"}, ""),
    "trials keep failing": ("CupelToolsFailing", {'cupel_trials_total{verdict="Failed",reason="TrialFailed"}': "0+1x60"}, "TrialFailed"),
    "generations keep failing": ("CupelToolsFailing", {'cupel_generation_failures_total{reason="RevisionDenied"}': "0+1x60"}, "RevisionDenied"),
    "trials keep passing": ("CupelToolsFailing", {'cupel_trials_total{verdict="Passed",reason="Passed"}': "0+5x60"}, ""),
    "a rollback is refused": ("CupelRollbackRefused", {'cupel_tool_gate{namespace="tools",gate="RolledBack",reason="CondemnDenied"}': "0x50 2x10"}, "CondemnDenied"),
    "other gates refuse": ("CupelRollbackRefused", {'cupel_tool_gate{namespace="tools",gate="Validated",reason="TrialsFailed"}': "2x60"}, ""),
    "a day is left": ("CupelApprovalExpiring", {'cupel_approval_deadline_timestamp_seconds{namespace="tools",tool="t"}': "86400x60"}, ""),
    "an hour and a half is left": ("CupelApprovalExpiring", {'cupel_approval_deadline_timestamp_seconds{namespace="tools",tool="t"}': "9000x60"}, "tools"),
    "nothing waits": ("CupelApprovalExpiring", {}, ""),
    "one leads": ("CupelOperatorNotLeading", {'cupel_leader{pod="a"}': "1x60", 'cupel_leader{pod="b"}': "0x60"}, ""),
    "leadership moves": ("CupelOperatorNotLeading", {'cupel_leader{pod="a"}': "1x59 0x1", 'cupel_leader{pod="b"}': "0x60 1x1"}, ""),
    "nobody leads": ("CupelOperatorNotLeading", {'cupel_leader{pod="a"}': "0x60", 'cupel_leader{pod="b"}': "0x60"}, "critical"),
    "nobody is scraped": ("CupelOperatorNotLeading", {}, "critical"),
    "a ledger has room": ("CupelLedgerFilling", {'cupel_ledger_entries{namespace="tools",list="decisions",pod="a"}': "1599x60"}, ""),
    "a ledger fills up": ("CupelLedgerFilling", {'cupel_ledger_entries{namespace="tools",list="decisions",pod="a"}': "1600x60", 'cupel_ledger_entries{namespace="tools",list="decisions",pod="b"}': "1600x60"}, "tools"),
    "two lead": ("CupelOperatorNotLeading", {'cupel_leader{pod="a"}': "1x60", 'cupel_leader{pod="b"}': "1x60"}, "critical"),
    "notices go out": ("CupelNotificationsFailing", {"cupel_notify_oldest_seconds": "0x30 12x30", 'cupel_notify_problem{problem="store"}': "0x60", 'cupel_notify_given_up_total{channel="chat"}': "3x60"}, ""),
    "there is no notifier": ("CupelNotificationsFailing", {}, ""),
    "a channel takes nothing": ("CupelNotificationsFailing", {"cupel_notify_oldest_seconds": "0+60x60"}, "none"),
    "a notice was given up": ("CupelNotificationsFailing", {'cupel_notify_given_up_total{channel="chat"}': "0x30 1x30"}, "none"),
    "the autopilot is not installed": ("CupelAutopilotNotFlying", {}, ""),
    "one autopilot leads": ("CupelAutopilotNotFlying", {'cupel_autopilot_leader{pod="a"}': "1x60", 'cupel_autopilot_leader{pod="b"}': "0x60", "cupel_autopilot_failures_total": "7x60"}, ""),
    "no autopilot leads": ("CupelAutopilotNotFlying", {'cupel_autopilot_leader{pod="a"}': "0x60", 'cupel_autopilot_leader{pod="b"}': "0x60"}, "critical"),
    "ticks end in mistakes": ("CupelAutopilotNotFlying", {'cupel_autopilot_leader{pod="a"}': "1x60", "cupel_autopilot_failures_total": "0x50 3x10"}, "critical"),
    "every policy sees": ("CupelAutopilotBlind", {'cupel_autopilot_blind{namespace="shop",policy="web",pod="a"}': "0x60"}, ""),
    "a policy was blind for a moment": ("CupelAutopilotBlind", {'cupel_autopilot_blind{namespace="shop",policy="web",pod="a"}': "0x55 1x5"}, ""),
    "a policy is blind": ("CupelAutopilotBlind", {'cupel_autopilot_blind{namespace="shop",policy="web",pod="a"}': "0x40 1x20"}, "web"),
    "a policy follows its load": ("CupelAutopilotNervous", {'cupel_autopilot_decisions_total{namespace="shop",policy="web",action="ScaleUp",reason="x"}': "0+0.5x60", 'cupel_autopilot_decisions_total{namespace="shop",policy="web",action="NoOp",reason="x"}': "0+12x60"}, ""),
    "a policy is nervous": ("CupelAutopilotNervous", {'cupel_autopilot_decisions_total{namespace="shop",policy="web",action="ScaleUp",reason="x"}': "0+1x60", 'cupel_autopilot_decisions_total{namespace="shop",policy="web",action="ScaleDown",reason="x"}': "0+1x60"}, "web"),
    "what serves is worse for all, or well": ("CupelAutopilotOneCaller", {'cupel_autopilot_rollback_one_caller{namespace="shop",policy="web",pod="a"}': "0x60"}, ""),
    "one caller failed for a moment": ("CupelAutopilotOneCaller", {'cupel_autopilot_rollback_one_caller{namespace="shop",policy="web",pod="a"}': "0x57 1x3"}, ""),
    "one caller fails": ("CupelAutopilotOneCaller", {'cupel_autopilot_rollback_one_caller{namespace="shop",policy="web",pod="a"}': "0x40 1x20"}, "web"),
    "ticks are in time": ("CupelAutopilotLate", {"cupel_autopilot_ticks_total": "0+12x60", "cupel_autopilot_late_ticks_total": "0+1x60"}, ""),
    "ticks are late": ("CupelAutopilotLate", {"cupel_autopilot_ticks_total": "0+12x60", "cupel_autopilot_late_ticks_total": "0+6x60"}, "warning"),
    "the file of routes is broken": ("CupelNotificationsFailing", {'cupel_notify_problem{problem="routes"}': "1x60"}, "routes"),
    "pull requests go on": ("CupelPullRequestsFailing", {'cupel_pulls_problem{problem="host",pod="a"}': "0x20 1x20 0x20"}, ""),
    "there is no pull-request service": ("CupelPullRequestsFailing", {}, ""),
    "the git host is away": ("CupelPullRequestsFailing", {'cupel_pulls_problem{problem="host",pod="a"}': "0x10 1x50"}, "host"),
    "nobody is locked for good": ("CupelApproverLockedForGood", {'cupel_codes_locked_for_good{pod="a"}': "1x30 0x30"}, ""),
    "an approver is locked for good": ("CupelApproverLockedForGood", {'cupel_codes_locked_for_good{pod="a"}': "0x30 1x30", 'cupel_codes_locked_for_good{pod="b"}': "0x60"}, "critical"),
    "there is no code service": ("CupelApproverLockedForGood", {}, ""),
    "a tool remembers few": ("CupelStateFilling", {LIMIT_OF_TOOLS: "100x60", LIMIT_OF_NAMESPACES: "300x60", 'cupel_gateway_state_tenants{namespace="tools",tool="t",pod="a"}': "79x60"}, ""),
    "a tool remembers nearly all it may": ("CupelStateFilling", {LIMIT_OF_TOOLS: "100x60", LIMIT_OF_NAMESPACES: "300x60", 'cupel_gateway_state_tenants{namespace="tools",tool="t",pod="a"}': "80x60", 'cupel_gateway_state_tenants{namespace="tools",tool="t",pod="b"}': "80x60"}, "t"),
    "a namespace remembers nearly all it may": ("CupelStateFilling", {LIMIT_OF_TOOLS: "1000x60", LIMIT_OF_NAMESPACES: "300x60", 'cupel_gateway_state_tenants{namespace="tools",tool="t"}': "140x60", 'cupel_gateway_state_tenants{namespace="tools",tool="u"}': "110x60"}, "none"),
    "calls wake a tool": ("CupelToolDoesNotWake", {'cupel_gateway_holds_total{namespace="tools",tool="t",end="woken"}': "0+1x60", 'cupel_gateway_holds_total{namespace="tools",tool="t",end="late"}': "0x60"}, ""),
    "one call waited in vain": ("CupelToolDoesNotWake", {'cupel_gateway_holds_total{namespace="tools",tool="t",end="late"}': "0x55 1x5"}, ""),
    "a tool does not wake": ("CupelToolDoesNotWake", {'cupel_gateway_holds_total{namespace="tools",tool="t",end="late",pod="a"}': "0x50 0+1x10", 'cupel_gateway_holds_total{namespace="tools",tool="t",end="late",pod="b"}': "0x50 0+1x10"}, "t"),
    "no gateway keeps state": ("CupelStateFilling", {}, ""),
}  # fmt: skip
LABELS: dict[str, dict[str, str]] = {
    "CupelToolsFailing": {"severity": "warning", "reason": ""},
    "CupelRollbackRefused": {"severity": "critical", "namespace": "tools", "reason": ""},
    "CupelApprovalExpiring": {"severity": "warning", "namespace": "tools", "tool": "t"},
    "CupelOperatorNotLeading": {"severity": "critical"},
    "CupelLedgerFilling": {"severity": "warning", "namespace": "tools", "list": "decisions"},
    "CupelNotificationsFailing": {"severity": "warning"},
    "CupelPullRequestsFailing": {"severity": "warning", "problem": ""},
    "CupelApproverLockedForGood": {"severity": "critical"},
    "CupelStateFilling": {"severity": "warning", "namespace": "tools"},
    "CupelToolDoesNotWake": {"severity": "warning", "namespace": "tools"},
    "CupelAutopilotNotFlying": {"severity": "critical"},
    "CupelAutopilotBlind": {"severity": "warning", "namespace": "shop", "policy": "web"},
    "CupelAutopilotNervous": {"severity": "warning", "namespace": "shop", "policy": "web"},
    "CupelAutopilotLate": {"severity": "warning"},
    "CupelAutopilotOneCaller": {"severity": "warning", "namespace": "shop", "policy": "web"},
}
NAMED = {
    "CupelToolsFailing": "reason",
    "CupelRollbackRefused": "reason",
    "CupelNotificationsFailing": "problem",
    "CupelPullRequestsFailing": "problem",
    "CupelStateFilling": "tool",
    "CupelToolDoesNotWake": "tool",
}
"""The label that names what fires; `none` where this history has none."""


@needs_promtool
def test_promtool_finds_nothing_wrong(tmp_path: Path) -> None:
    subprocess.run(["promtool", "check", "rules", rule_file(tmp_path)], check=True, capture_output=True)


@needs_promtool
@pytest.mark.parametrize("history", HISTORIES)
def test_what_fires(history: str, tmp_path: Path) -> None:
    """Looked at one hour in."""
    alert, series, fires = HISTORIES[history]
    rule = next(rule for rule in RULES if rule["alert"] == alert)
    labels = LABELS[alert] | ({NAMED[alert]: fires} if alert in NAMED and fires != "none" else {})
    expected = [{"exp_labels": labels, "exp_annotations": spoken(rule, history)}] if fires else []
    content = {
        "rule_files": [rule_file(tmp_path)],
        "evaluation_interval": "1m",
        "tests": [{
            "interval": "1m",
            "input_series": [{"series": name, "values": values} for name, values in series.items()],
            "alert_rule_test": [{"eval_time": "60m", "alertname": alert, "exp_alerts": expected}],
        }],
    }  # fmt: skip
    path = tmp_path / "test.yaml"
    path.write_text(yaml.safe_dump(content))
    answer = subprocess.run(
        ["promtool", "test", "rules", str(path)], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


NOT_FLYING = "Not exactly one autopilot leads, or its ticks end in mistakes. Deployments keep their Pods; tools fall back to their own count after ten minutes."
SAYS = {
    "a rollback is refused": "2 tools of namespace tools were to be rolled back, and were not: CondemnDenied.",
    "trials keep failing": "30 generations or trials failed in 30 minutes with reason TrialFailed.",
    "generations keep failing": "30 generations or trials failed in 30 minutes with reason RevisionDenied.",
    "an hour and a half is left": "Tool tools/t is refused in 1h 30m 0s unless it is approved.",
    "nobody leads": "0 operators lead.",
    "nobody is scraped": "0 operators lead.",
    "a ledger fills up": "The ledger of tools holds 1600 of 2000 entries in its list decisions.",
    "two lead": "2 operators lead.",
    "a channel takes nothing": "A channel does not take notices; cupel_notify_waiting says which.",
    "a notice was given up": "A channel does not take notices; cupel_notify_waiting says which.",
    "an approver is locked for good": "A hundred wrong codes in a row were tried in the name of each of 1 people: somebody guesses, or an authenticator is broken. They stay locked until an administrator resets them.",
    "a tool remembers nearly all it may": "Tool tools/t keeps the state of 80 tenants. When it is full, who is new gets the outcome state_full.",
    "a namespace remembers nearly all it may": "The tools of namespace tools keep the state of 250 tenants. When it is full, who is new gets the outcome state_full.",
    "no autopilot leads": NOT_FLYING,
    "one caller fails": "What AutonomyPolicy shop/web watches fails for one caller, and for others it does not. Its status names the caller.",
    "ticks end in mistakes": NOT_FLYING,
    "a policy is blind": "AutonomyPolicy shop/web has seen too little for ten minutes; its target keeps the Pods it has.",
    "a policy is nervous": "AutonomyPolicy shop/web chose 120 changes in an hour.",
    "ticks are late": "50% of its ticks begin more than half a period late.",
    "a tool does not wake": "18 calls of tool tools/t waited in vain within ten minutes for a Pod to start.",
    "the file of routes is broken": "The notifier cannot do its work: routes.",
    "the git host is away": "The pull-request service cannot do its work: host. Merges and closes wait; nothing is decided meanwhile.",
}


def spoken(rule: dict[str, Any], history: str) -> dict[str, str]:
    """The annotations a person reads: the fixed ones, and the sentence with this history's figures."""
    found: dict[str, str] = dict(rule["annotations"])
    rest = found["description"].partition(" operators lead.")[2]
    found["description"] = SAYS[history] + rest
    return found


def rule_file(folder: Path) -> str:
    path = folder / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "cupel", "rules": RULES}]}))
    return str(path)


def test_the_dashboard_asks_for_metrics_there_are() -> None:
    """Every name in its queries is one the autopilot exposes."""
    body = next(one for one in rendered("components/monitoring") if one["kind"] == "ConfigMap")
    board = json.loads(body["data"]["autopilot.json"])
    queries = " ".join(target["expr"] for panel in board["panels"] for target in panel["targets"])
    metrics = autopilot_metrics.Metrics()
    metrics.instruments.policies["shop", "web"] = dict.fromkeys(autopilot_metrics.FIGURES, 1.0)
    exposed = set(re.findall(r"# TYPE (\S+) ", metrics.text().decode()))
    asked = {name.removesuffix("_bucket") for name in re.findall(r"cupel_autopilot_[a-z_]+", queries)}

    assert asked
    assert asked <= exposed
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
