"""What Argo CD shows of our kinds: the health script, run under Lua on conditions as the operator writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from lupa.lua51 import LuaRuntime

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.capability_gap import CapabilityGap
from cupel.api.kinds import KINDS
from cupel.api.tool_policy import ToolPolicy
from cupel.decide import capability_gap, gap_world
from cupel.decide.autonomy import Row, World, decide
from cupel.decide.gap_world import Near, Proposal, Way
from cupel.decide.plan import Outcome, passed, refused, waiting
from cupel.decide.plan import walk as walked
from cupel.decide.summary import conditions

ARGOCD = Path(__file__).parents[3] / "manifests" / "argocd"
SCRIPT = (ARGOCD / "health.lua").read_text("utf-8")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def health(body: dict[str, Any], script: str = SCRIPT) -> tuple[str, str]:
    """Status and message, as Argo CD would read them."""
    lua = LuaRuntime()
    lua.globals().obj = lua.table_from(body, recursive=True)
    answer = lua.execute(script)
    return answer["status"], answer["message"]


def tool(*outcomes: tuple[str, Outcome], seen: int = 3, kind: str = "GeneratedTool") -> dict[str, Any]:
    """A tool of generation 3 that came as far as these gates."""
    held = conditions(walked(iter(outcomes)), (), seen, NOW, "Serving")
    status = {"observedGeneration": seen, "conditions": [each.wire() for each in held]}
    return {"kind": kind, "metadata": {"name": "t", "generation": 3}, "status": status}


def flown(**world: Any) -> dict[str, Any]:
    """An AutonomyPolicy of generation 3 after one look at this world."""
    spec = {"targetRef": {"kind": "GeneratedTool", "name": "t"}, "authority": "Act"}
    body: dict[str, Any] = {
        "kind": "AutonomyPolicy",
        "metadata": {"name": "p", "generation": 3},
        "spec": spec,
    }
    figures = dict.fromkeys(
        "replicas confidence level level_sd trend capacity expected high lead".split(), 1.0
    )
    indices = dict.fromkeys("omega psi beta eta gamma tau".split(), 1.0)
    row = Row(action="NoOp", reason="WithinForecast", blind=False, **figures, **indices)
    plan = decide(AutonomyPolicy.parse(body), row, World(**{"replicas": 1} | world), NOW)
    return body | {"status": plan.status.wire()}


def gap(**world: Any) -> dict[str, Any]:
    """A CapabilityGap of generation 3 after one look at this world."""
    spec = {"wish": "the median of a list", "requestedBy": "alice"}
    body: dict[str, Any] = {"kind": "CapabilityGap", "metadata": {"name": "g", "generation": 3}, "spec": spec}
    policy = ToolPolicy.parse({"metadata": {"name": "default"}})
    seen = gap_world.World(**{"zone": "serving", "policy": policy} | world)
    return body | {"status": capability_gap.decide(CapabilityGap.parse(body), seen, NOW).status.wire()}


ACCEPTED = ("Accepted", passed("Accepted"))
ROWS = [
    ("just applied, the status not defaulted", {"kind": "GeneratedTool", "metadata": {"generation": 1}}, "Progressing", "Waiting"),
    ("just applied", {"kind": "GeneratedTool", "metadata": {"generation": 1}, "status": {"observedGeneration": 0, "conditions": []}}, "Progressing", "Waiting"),
    ("looked at, nothing found out", {"kind": "GeneratedTool", "metadata": {"generation": 1}, "status": {"observedGeneration": 1}}, "Progressing", "verdict"),
    ("served", tool(ACCEPTED, ("Verified", passed("Verified"))), "Healthy", "Serving"),
    ("in validation", tool(ACCEPTED, ("Validated", waiting("Validating", "trial 1 runs"))), "Progressing", "Validating: trial 1 runs"),
    ("waiting for a person", tool(ACCEPTED, ("Approved", waiting("AwaitingApproval", "1 of 2"))), "Suspended", "AwaitingApproval: 1 of 2"),
    ("paused", tool(("Accepted", waiting("Paused", "the policy is paused"))), "Suspended", "Paused"),
    ("scaled to zero", tool(ACCEPTED, ("Available", waiting("ScaledToZero"))), "Suspended", "ScaledToZero"),
    ("refused", tool(ACCEPTED, ("Analyzed", refused("CodeRefused", "line 3: eval"))), "Degraded", "CodeRefused: line 3: eval"),
    ("expired", tool(ACCEPTED, ("Approved", refused("ApprovalExpired", "24 h are over"))), "Degraded", "ApprovalExpired"),
    ("edited, the old verdict stands", tool(ACCEPTED, ("Verified", passed("Verified")), seen=2), "Progressing", "Waiting"),
    ("edited after a refusal", tool(("Analyzed", refused("CodeRefused", "no")), seen=2), "Progressing", "Waiting"),
    ("a revision approved", tool(("Approved", passed("Approved")), kind="ToolRevision"), "Healthy", "Serving"),
    ("a policy in use", tool(("Accepted", passed("Active")), kind="ToolPolicy"), "Healthy", "Serving"),
    ("a policy of the autopilot, flown", flown(), "Healthy", "Flown"),
    ("... refused", flown(scaler="hpa"), "Degraded", "SharedWithAutoscaler"),
    ("... paused", flown(all_paused=True), "Suspended", "AllPaused"),
    ("... with nothing to fly yet", flown(replicas=None), "Progressing", "TargetMissing"),
    ("a gap whose tool is being made", gap(proposal=Proposal("", Way("Template", "fits", "statistics", {}))), "Progressing", "AwaitingAuthor"),
    ("... that a tool answers", gap(near=(Near("median", 700, True),)), "Healthy", "Answered: agents call median"),
    ("... that nothing fits", gap(), "Suspended", "NothingFits: no served tool and no template answers it"),
    ("... where none are taken", gap(policy=None), "Degraded", "PolicyNotFound"),
    ("a ledger", {"kind": "ApprovalLedger", "metadata": {"generation": 1}, "spec": {}}, "Healthy", ""),
    ("a ledger with a condemnation", {"kind": "ApprovalLedger", "metadata": {"generation": 1}, "status": {"condemned": {"d": "r"}}}, "Healthy", ""),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "said"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_health_follows_the_conditions(body: dict[str, Any], status: str, said: str) -> None:
    found, message = health(body)
    assert found == status
    assert said in message


@pytest.mark.parametrize("body", [row[1] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_being_deleted_is_progressing(body: dict[str, Any]) -> None:
    going = {**body, "metadata": {**body["metadata"], "deletionTimestamp": "2026-11-21T12:00:00Z"}}
    assert health(going) == ("Progressing", "Being deleted")


def test_a_message_is_never_missing() -> None:
    """Argo CD shows nothing but `nil` for a message that is none."""
    assert all(isinstance(health(row[1])[1], str) for row in ROWS)


def test_every_kind_has_the_script_under_its_own_key() -> None:
    data = yaml.safe_load((ARGOCD / "kinds" / "argocd-cm.yaml").read_text("utf-8"))["data"]
    assert data == {f"resource.customizations.health.cupel.dev_{kind.name}": SCRIPT for kind in KINDS}


def test_the_wildcard_form_holds_the_script_for_the_whole_group() -> None:
    data = yaml.safe_load((ARGOCD / "wildcard" / "argocd-cm.yaml").read_text("utf-8"))["data"]
    assert yaml.safe_load(data["resource.customizations"]) == {"cupel.dev/*": {"health.lua": SCRIPT}}
