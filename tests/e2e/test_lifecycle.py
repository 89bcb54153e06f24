"""A tool's life on a real node, from `kubectl apply` to nothing left, and what may cross it on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import Agent
from .stage import Stage, condition
from .tools import LINES, tool

pytestmark = pytest.mark.node
UNDER_WAY = ("TrialStarting", "TrialRunning")


def ready_pods(stage: Stage, name: str) -> list[str]:
    pods = stage.objects("pods", name)
    return [p["metadata"]["name"] for p in pods if condition(p).get("status") == "True"]


def answers(agent: Agent, name: str, wanted: dict[str, Any]) -> bool:
    try:
        return agent.call(name, text="a b\nc") == wanted
    except RuntimeError:
        return False


def test_from_apply_to_nothing_left(stage: Stage, agent: Agent) -> None:
    stage.apply(tool("whole-life"))
    stage.until("whole-life", "AwaitingApproval")
    stage.cluster.cupel("approve", "whole-life", "-n", stage.cluster.zone, "--yes", person="bob")
    stage.until("whole-life", "Serving")
    stage.wait("the gateway to list it", lambda: "whole-life" in agent.listed(), 20)
    assert agent.call("whole-life", text="to be or not") == {"words": 4}
    first = stage.digest("whole-life")

    swapped_under_load(stage, agent)

    stage.cluster.cupel("rollback", "whole-life", "-n", stage.cluster.zone)
    stage.wait("the answer of before", lambda: answers(agent, "whole-life", {"words": 3}), 30)
    rolled = stage.fresh("whole-life")
    assert rolled["status"]["serving"]["digest"] == first
    assert condition(rolled)["reason"] == "Condemned"
    assert rolled["spec"]["source"]["inline"]["code"] == LINES, "a rollback wrote a spec"

    stage.gone("whole-life")
    stage.wait("the gateway to forget it", lambda: "whole-life" not in agent.listed(), 20)


def swapped_under_load(stage: Stage, agent: Agent) -> None:
    """An edit takes over while an agent calls without pause, and no call fails."""
    with agent.steady("whole-life", text="a b\nc") as calls:
        stage.apply(tool("whole-life", LINES))
        waiting = stage.until("whole-life", "AwaitingApproval")
        assert "serves meanwhile" in waiting["message"]
        stage.decide("whole-life")
        stage.until("whole-life", "Serving")
        stage.wait("the new answer", lambda: any("lines" in answer for answer in calls.answers[-3:]), 30)
        stage.wait("the old one to go", lambda: len(stage.objects("deployments", "whole-life")) == 1)
        stage.wait("its Pods to go", lambda: len(stage.objects("pods", "whole-life")) == 1)
    assert calls.answers and not calls.failures


def test_an_edit_while_the_trial_runs_is_what_is_judged_and_served(stage: Stage) -> None:
    stage.apply(tool("edited-midway"))
    stage.until("edited-midway", *UNDER_WAY)
    before = stage.digest("edited-midway")

    stage.apply(tool("edited-midway", LINES))
    stage.until("edited-midway", "AwaitingApproval")
    after = stage.digest("edited-midway")
    stage.decide("edited-midway")
    stage.until("edited-midway", "Serving")

    assert before != after
    assert stage.fresh("edited-midway")["status"]["serving"]["digest"] == after
    stage.wait("both trials to go", lambda: not stage.objects("pods", "edited-midway", sandbox=True))
    old = next(r for r in stage.objects("toolrevisions", "edited-midway") if r["spec"]["digest"] == before)
    assert condition(old)["status"] != "True", "nobody proved or approved what was asked for first"
    stage.gone("edited-midway")


def test_a_tool_deleted_while_its_trial_runs_leaves_nothing(stage: Stage) -> None:
    stage.apply(tool("short-life"))
    stage.until("short-life", *UNDER_WAY)
    stage.wait("its trial", lambda: stage.objects("pods", "short-life", sandbox=True))

    stage.gone("short-life")


def leader(stage: Stage) -> str:
    done = stage.cluster.run("get", "lease", "cupel-operator", "-n", "cupel-system", "-o", "json")
    holder = str(json.loads(done.stdout)["spec"].get("holderIdentity") or "")
    pods = stage.cluster.run("get", "pods", "-n", "cupel-system", "-o", "name").stdout.split()
    return next((p for p in pods if holder.startswith(p.removeprefix("pod/"))), "")


def test_the_leader_killed_during_a_trial_changes_nothing_about_its_result(stage: Stage) -> None:
    stage.apply(tool("survivor"))
    stage.until("survivor", *UNDER_WAY)
    stage.wait("its trial", lambda: stage.objects("pods", "survivor", sandbox=True))
    killed = leader(stage)
    stage.cluster.run("delete", killed, "-n", "cupel-system", "--force", "--grace-period=0")

    stage.until("survivor", "AwaitingApproval")

    evidence = stage.revision("survivor", lambda body: body["status"].get("validation"))["status"][
        "validation"
    ]
    assert (evidence["verdict"], evidence["report"]["passed"]) == ("Passed", 1)
    assert evidence["run"].endswith("-t0-0"), "the trial that ran was forgotten, and run again"
    assert stage.wait("another to lead", lambda: leader(stage)) != killed
    stage.decide("survivor")
    stage.until("survivor", "Serving")
    stage.gone("survivor")


def test_a_name_of_63_characters_goes_all_the_way(stage: Stage, agent: Agent) -> None:
    name = "the-longest-name-that-kubernetes-lets-a-label-carry-is-63-chars"
    assert len(name) == 63

    stage.serve(tool(name))

    stage.wait("the gateway to list it", lambda: name in agent.listed(), 20)
    assert agent.call(name, text="one two") == {"words": 2}
    stage.gone(name)


def test_taking_an_approval_back_stops_what_runs_and_giving_it_again_starts_it(stage: Stage) -> None:
    stage.serve(tool("revoked"))

    stage.cluster.cupel("revoke", "revoked", "-n", stage.cluster.zone, "--yes", person="rita")
    stage.wait("its Pods to stop", lambda: not stage.objects("pods", "revoked"), 45)
    stage.until("revoked", "AwaitingApproval", "ApprovalWithdrawn")
    assert "serving" not in stage.fresh("revoked")["status"]

    stage.decide("revoked", "carol")
    stage.until("revoked", "Serving")
    stage.gone("revoked")


def launchers(stage: Stage) -> list[str]:
    done = stage.cluster.run("get", "ledger", "ledger", "-n", stage.cluster.zone, "-o", "json")
    return list(json.loads(done.stdout)["spec"].get("launcherImages", []))


def test_pods_the_ledger_denies_are_told_and_come_back_once_it_allows_them(stage: Stage) -> None:
    stage.serve(tool("launched"))
    allowed = launchers(stage)
    stage.patch_ledger({"launcherImages": []})
    try:
        pods = ready_pods(stage, "launched")
        stage.cluster.run("delete", "pod", *pods, "-n", stage.cluster.zone, "--wait=false")
        denied = stage.until("launched", "PodsDenied")
        assert "image is not a launcher of the ledger" in denied["message"]
    finally:
        stage.patch_ledger({"launcherImages": allowed})

    stage.until("launched", "Serving", seconds=30)
    stage.gone("launched")
