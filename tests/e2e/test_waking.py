"""A tool without Pods, on a real node: it falls asleep, stays listed, and its first calls wake it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from .conftest import Agent
from .stage import Stage, condition
from .tools import tool

pytestmark = pytest.mark.node
Body = dict[str, Any]
TOOL = "sleeper"
SYSTEM = "cupel-system"
POLICY: Body = {
    "apiVersion": "cupel.dev/v1alpha1",
    "kind": "AutonomyPolicy",
    "metadata": {"name": TOOL},
    "spec": {
        "targetRef": {"kind": "GeneratedTool", "name": TOOL},
        "authority": "Act",
        "scaling": {"minReplicas": 0, "maxReplicas": 2, "idleSeconds": 30},
    },
}
CALLERS = 3


@pytest.fixture(scope="module")
def sleeper(stage: Stage) -> Iterator[Stage]:
    """Served, flown, and asleep for want of calls."""
    stage.serve(tool(TOOL))
    stage.cluster.run("apply", "-n", stage.cluster.zone, "-f", "-", text=json.dumps(POLICY))
    stage.until(TOOL, "Asleep", seconds=120)
    yield stage
    stage.cluster.run("delete", "apol", TOOL, "-n", stage.cluster.zone, "--ignore-not-found")
    stage.gone(TOOL)


def pods(stage: Stage) -> list[Body]:
    """Those that are not on their way out."""
    return [one for one in stage.objects("pods", TOOL) if "deletionTimestamp" not in one["metadata"]]


def history(stage: Stage) -> list[str]:
    """What the autopilot decided, newest first."""
    done = stage.cluster.run("get", "apol", TOOL, "-n", stage.cluster.zone, "-o", "json")
    status = json.loads(done.stdout).get("status", {})
    return [f"{one['action']} {one['reason']}" for one in status.get("history", [])]


def figures(stage: Stage, name: str) -> dict[str, float]:
    """A metric of the gateway about the tool, by the label that is neither namespace nor tool."""
    raw = f"/api/v1/namespaces/{SYSTEM}/services/cupel-gateway:8004/proxy/metrics?name[]={name}"
    lines = stage.cluster.run("get", "--raw", raw).stdout.splitlines()
    ours = [line for line in lines if line.startswith(f"{name}{{") and f'tool="{TOOL}"' in line]
    named = {line.partition('end="')[2].partition('"')[0]: float(line.rpartition(" ")[2]) for line in ours}
    return named


def test_asleep_it_runs_nothing_and_is_ready_and_listed(sleeper: Stage, agent: Agent) -> None:
    body = sleeper.fresh(TOOL)

    sleeper.wait("its Pods to be gone", lambda: not pods(sleeper))
    assert TOOL in agent.listed()
    ready = condition(body)
    assert (ready["status"], ready["reason"]) == ("True", "Asleep")
    assert "a call wakes it" in ready["message"]
    assert not condition(body, "Reconciling") and not condition(body, "Stalled")
    shown = sleeper.cluster.run("get", "gtool", TOOL, "-n", sleeper.cluster.zone).stdout
    assert shown.split("\n")[1].split()[:3] == [TOOL, "True", "Asleep"]
    assert history(sleeper)[0] == "ScaleDown Idle"


def test_the_first_calls_wake_it_and_every_one_is_answered(sleeper: Stage, agent: Agent) -> None:
    ready = condition(sleeper.fresh(TOOL))
    with ThreadPoolExecutor(CALLERS) as callers:
        answers = list(callers.map(lambda _: agent.call(TOOL, text="a b c"), range(CALLERS)))

    assert answers == [{"words": 3}] * CALLERS
    after = sleeper.until(TOOL, "Serving", seconds=30)
    assert after["lastTransitionTime"] == ready["lastTransitionTime"], "it was ready all the while"
    assert history(sleeper)[0] == "ScaleUp Woken"
    assert len(pods(sleeper)) == 1
    assert figures(sleeper, "cupel_gateway_holds_total") == {"woken": CALLERS}
    assert figures(sleeper, "cupel_gateway_held_calls") == {}


def test_awake_it_answers_at_once_and_is_not_held(sleeper: Stage, agent: Agent) -> None:
    assert agent.call(TOOL, text="a b") == {"words": 2}
    assert figures(sleeper, "cupel_gateway_holds_total") == {"woken": CALLERS}


OPERATOR = f"--as=system:serviceaccount:{SYSTEM}:cupel-operator"
FORGOTTEN = "forgotten"
LONG_AGO = "2020-01-01T00:00:00Z"


def told(stage: Stage, kind: str, name: str, status: Body) -> None:
    """The cluster as it is after a month: nothing of a status can be waited for that long."""
    patch = json.dumps({"status": status})
    where = ("-n", stage.cluster.zone, "--subresource=status", "--type=merge", OPERATOR)
    stage.cluster.run("patch", kind, name, *where, "-p", patch)


def test_a_tool_nobody_called_for_a_month_is_archived_and_a_call_brings_it_back(
    stage: Stage, agent: Agent
) -> None:
    stage.serve(tool(FORGOTTEN))
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    told(stage, "tpol", "default", {"calls": {"since": LONG_AGO, "lookedAt": now}})
    told(stage, "gtool", FORGOTTEN, {"serving": {"since": LONG_AGO}})
    stage.until(FORGOTTEN, "Archived", seconds=120)
    stage.wait("it to be listed no more", lambda: FORGOTTEN not in agent.listed())
    assert condition(stage.fresh(FORGOTTEN))["status"] == "True"

    assert agent.call(FORGOTTEN, text="a b c") == {"words": 3}
    stage.until(FORGOTTEN, "Serving", seconds=30)
    stage.wait("it to be listed again", lambda: FORGOTTEN in agent.listed())
    assert stage.fresh(FORGOTTEN)["status"]["lastUsed"] >= now
    stage.gone(FORGOTTEN)
