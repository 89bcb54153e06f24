"""The autopilot on a real node: load through the gateway, tools in gVisor, and all that it has to stand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.demo.cluster import Cluster
from tests.demo.load import Load

from cupel.control.fleet import Memory

from .conftest import Agent
from .stage import Stage, condition
from .tools import tool

pytestmark = pytest.mark.node
Body = dict[str, Any]
TOOL = "flown"
SYSTEM = "cupel-system"
GOOD = (
    "def run(text: str) -> dict:\n    return {'words': len([w for w in text.split() if not w.isdigit()])}\n"
)
WORSE = "def run(text: str) -> dict:\n    return {'words': len([w for w in text.split() if not w[0].isdigit() or int(w) < 0])}\n"
TEXTS = [{"text": text} for text in ("a b", "one 2", "to be or not", "the 3rd of them", "words")]
"""One in five makes WORSE raise; its example does not."""
CAPACITY, QUIET, BUSY, STEADY = 6.0, 1.0, 14.0, 8.0
"""Calls a second: what the policy says a Pod carries, and what is called."""


def policy(authority: str) -> Body:
    """Short periods, so that all of it takes minutes; the decisions are those of any policy."""
    scaling = {
        "minReplicas": 1,
        "maxReplicas": 4,
        "capacityPerReplica": round(1000 * CAPACITY),
        "startSeconds": 5,
        "settleSeconds": 10,
    }
    return {
        "apiVersion": "cupel.dev/v1alpha1",
        "kind": "AutonomyPolicy",
        "metadata": {"name": TOOL},
        "spec": {
            "targetRef": {"kind": "GeneratedTool", "name": TOOL},
            "authority": authority,
            "mode": "Aggressive",
            "periodSeconds": 1,
            "scaling": scaling,
            "rollback": {"enabled": True},
        },
    }


@dataclass(frozen=True)
class Flown:
    """A tool that is flown, and called all the while."""

    stage: Stage
    load: Load

    @property
    def cluster(self) -> Cluster:
        return self.stage.cluster

    def fly(self, authority: str) -> None:
        text = json.dumps(policy(authority))
        self.cluster.run("apply", "-n", self.cluster.zone, "-f", "-", text=text)

    def status(self) -> Body:
        done = self.cluster.run("get", "apol", TOOL, "-n", self.cluster.zone, "-o", "json")
        found: Body = json.loads(done.stdout).get("status", {})
        return found

    def moves(self, action: str, authority: str = "Act") -> list[Body]:
        """Decisions of this kind, oldest first."""
        history = self.status().get("history", [])
        return [one for one in reversed(history) if (one["action"], one["authority"]) == (action, authority)]

    def says(self, kind: str, reason: str) -> bool:
        return bool(condition({"status": self.status()}, kind).get("reason") == reason)

    def believed(self) -> Body:
        found: Body = self.status().get("believed") or {}
        return found

    def quiet(self) -> bool:
        """It is believed that few call."""
        return 0 < float(self.believed().get("level", 0)) < CAPACITY / 2

    def serving(self) -> Body:
        found: Body = self.stage.tools.body(TOOL).get("status", {}).get("serving") or {}
        return found

    def wanted(self) -> int:
        """Pods that the tool's Deployments ask for."""
        return sum(one["spec"]["replicas"] for one in self.stage.objects("deployments", TOOL))

    def ready(self) -> int:
        return int(self.serving().get("readyReplicas", 0))

    def wait(self, what: str, seen: Any, seconds: float = 90) -> Any:
        return self.stage.wait(what, seen, seconds)


@pytest.fixture(scope="module")
def flown(stage: Stage, agent: Agent) -> Iterator[Flown]:
    stage.serve(tool(TOOL, GOOD))
    with Load(agent.url, agent.token, TOOL, TEXTS, QUIET) as load:
        yield Flown(stage, load)
    stage.cluster.run("delete", "apol", TOOL, "-n", stage.cluster.zone, "--ignore-not-found")
    stage.gone(TOOL)


def test_recommend_says_what_it_would_do_and_changes_nothing(flown: Flown) -> None:
    flown.fly("Recommend")
    flown.wait("a belief", flown.believed)
    flown.load.ramp(BUSY, 5)

    said = flown.wait("a recommendation", lambda: flown.moves("ScaleUp", "Recommend"))[0]

    assert said["replicas"] > said["before"] == 1
    assert flown.says("Acting", "NotAllowed")
    flown.wait("what came of it", lambda: flown.moves("ScaleUp", "Recommend")[0]["outcome"] != "Pending")
    assert flown.wanted() == 1
    assert not flown.moves("ScaleUp")
    flown.load.ramp(QUIET)
    flown.wait("calls to be few again", flown.quiet)
    flown.cluster.run("delete", "apol", TOOL, "-n", flown.cluster.zone)


def test_it_scales_up_ahead_of_a_ramp_and_comes_back_down(flown: Flown) -> None:
    flown.fly("Act")
    flown.wait("a belief in few calls and one Pod", lambda: flown.quiet() and flown.wanted() == 1)
    failed = len(flown.load.failures)

    flown.load.ramp(BUSY, 20)
    up = flown.wait("more Pods to be asked for", lambda: flown.moves("ScaleUp"))[0]
    asked_at = flown.load.rate
    flown.wait("more than two to serve", lambda: flown.ready() > 2, 120)

    assert up["before"] == 1, up
    assert up["reason"] == "ForecastAbovePods", up
    assert asked_at < BUSY, "the ramp was over before Pods were asked for"
    flown.load.ramp(QUIET)
    down = flown.wait("fewer to be asked for", lambda: flown.moves("ScaleDown"))[0]
    flown.wait("fewer to serve", lambda: 0 < flown.ready() < down["before"])
    assert len(flown.load.failures) == failed, flown.load.failures[-3:]


def test_killed_it_goes_on_from_what_it_believed(flown: Flown) -> None:
    before = flown.believed()
    pods = ["delete", "pods", "-n", SYSTEM, "-l", "app.kubernetes.io/component=autopilot"]

    flown.cluster.run(*pods, "--grace-period=0", "--force", "--wait=false")

    after = flown.wait("a belief by another", lambda: _later(flown.believed(), before), 120)
    assert _steps(after) >= _steps(before) > 1, "it began anew"
    assert flown.says("Ready", "Flown")


def _later(after: Body, before: Body) -> Body:
    """A belief written since, by another process: the killed one may have written once more."""
    return after if after and after["at"] > before["at"] and _steps(after) > _steps(before) + 3 else {}


def _steps(believed: Body) -> float:
    """Looks that the belief rests on."""
    return float(Memory.unpack(believed["saved"]).belief.steps[0])


def test_a_canary_that_fails_every_fifth_call_is_condemned_and_what_served_never_stopped(
    flown: Flown,
) -> None:
    before = flown.serving()
    flown.load.ramp(STEADY)
    shared = tool(TOOL, WORSE)
    shared["spec"]["serving"] = {"canary": {"percent": 50, "minutes": 60}}
    flown.stage.apply(shared)
    flown.stage.until(TOOL, "AwaitingApproval")
    flown.stage.decide(TOOL)
    worse = flown.stage.digest(TOOL)
    flown.stage.until(TOOL, "CanaryRunning")

    flown.stage.until(TOOL, "Condemned", seconds=150)

    kept = {key: before[key] for key in ("revision", "digest", "since")}
    assert kept.items() <= flown.serving().items()
    flown.wait("it to be told", lambda: flown.moves("Rollback"))
    rollback = flown.moves("Rollback")[0]
    assert (rollback["digest"], rollback["reason"]) == (worse, "RevisionWorse")
    assert "of calls failed" in rollback["message"]
    ledger = flown.cluster.run("get", "approvalledger", "ledger", "-n", flown.cluster.zone, "-o", "json")
    assert worse in json.loads(ledger.stdout)["status"]["condemned"]
    answered, failed = flown.load.answered, len(flown.load.failures)
    flown.wait("calls of what serves", lambda: flown.load.answered > answered + 30)
    assert len(flown.load.failures) - failed <= 2, flown.load.failures[-3:]
    described = flown.cluster.run("describe", "apol", TOOL, "-n", flown.cluster.zone).stdout
    assert rollback["message"] in described


def test_without_any_signal_it_holds_and_says_so(flown: Flown) -> None:
    """Last: without the gateway nobody can call any more."""
    flown.load.stop()
    gateway = ["-n", SYSTEM, "scale", "deployment/cupel-gateway"]
    try:
        flown.cluster.run(*gateway, "--replicas=0")
        flown.wait("it to see nothing", lambda: flown.says("Seeing", "SignalsMissing"))

        held = flown.status()
        assert "gateway" in condition({"status": held}, "Seeing")["message"]
        later = flown.wait("it to confirm the count", lambda: _confirmed(flown.status(), held))
        assert later["desiredReplicas"] == held["desiredReplicas"] == flown.wanted() == later["replicas"]
        assert later["history"][:1] == held["history"][:1]
    finally:
        flown.cluster.run(*gateway, "--replicas=1")
        flown.cluster.run("-n", SYSTEM, "rollout", "status", "deployment/cupel-gateway", "--timeout=120s")
    flown.wait("it to see again", lambda: flown.says("Seeing", "SignalsUsable"))


def _confirmed(status: Body, before: Body) -> Body:
    return status if status["desiredAt"] > before["desiredAt"] else {}
