"""The chapters of the autopilot: load scales a tool, and a revision that is worse in service is rolled back."""

from __future__ import annotations

import json
from typing import Any

from .cluster import ZONE, Cluster
from .load import Load
from .narration import Narrator
from .story import TOOLS, expect

TOOL = "add-up"
TEXTS = ("2 apples", "no number", "7 8 9", "the 3rd of 4", "10 green bottles")
"""One in five holds a word that begins with a digit and is no number: no example of the tool does."""
QUIET, BUSY, STEADY = 1.0, 14.0, 8.0
"""Calls a second. The policy says that a Pod carries 6."""
RAMP_SECONDS = 18.0


def arguments() -> list[dict[str, Any]]:
    return [{"text": text} for text in TEXTS]


def policy(cluster: Cluster) -> dict[str, Any]:
    done = cluster.run("get", "autonomypolicy", TOOL, "-n", cluster.zone, "-o", "json")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def moves(cluster: Cluster, action: str) -> list[dict[str, Any]]:
    """Decisions of this kind that are remembered, newest first."""
    history = policy(cluster).get("status", {}).get("history", [])
    return [one for one in history if one["action"] == action]


def ready_pods(cluster: Cluster) -> int:
    return int(cluster.tool(TOOL).get("status", {}).get("serving", {}).get("readyReplicas", 0))


def scaled(cluster: Cluster, tell: Narrator, load: Load) -> None:
    """The tool is served, flown, called ever more, and then hardly any more."""
    tell.part("Load scales a tool: more Pods before they are needed, fewer after")
    cluster.run("apply", "-n", ZONE, "-f", str(TOOLS / "add-up-policy.yaml"))
    tell.say("an AutonomyPolicy flies add-up: 1 to 4 Pods, each carries 6 calls a second, authority Act")
    cluster.wait("the autopilot to believe something", lambda: policy(cluster)["status"].get("believed"), 60)
    load.ramp(BUSY, RAMP_SECONDS)
    tell.say(f"agents call add-up: from {QUIET:.0f} to {BUSY:.0f} calls a second in {RAMP_SECONDS:.0f} s")
    up = cluster.wait("the autopilot to ask for more Pods", lambda: moves(cluster, "ScaleUp"), 60)[-1]
    tell.say(f"{up['before']} to {up['replicas']} Pods, {up['reason']}, while {load.rate:.1f}/s arrived:")
    tell.quote(up["message"])
    most = cluster.wait("more Pods to serve", lambda: _more_than(cluster, 2), 60)
    tell.say(f"{most} Pods serve at {load.rate:.1f} calls a second")
    load.ramp(QUIET)
    tell.say("and now hardly anybody calls:")
    down = cluster.wait("the autopilot to let go of Pods", lambda: moves(cluster, "ScaleDown"), 60)[0]
    tell.quote(down["message"])
    most = max(most, down["before"])
    cluster.wait("fewer Pods", lambda: 0 < ready_pods(cluster) < most, 60)
    expect(not load.failures, f"{len(load.failures)} calls failed: {load.failures[:3]}")
    tell.result(
        f"load scaled add-up from 1 to {most} Pods and back to {ready_pods(cluster)}: {load.calls} calls, none failed"
    )


def _more_than(cluster: Cluster, pods: int) -> int:
    ready = ready_pods(cluster)
    return ready if ready > pods else 0


def served(cluster: Cluster) -> None:
    """Alice's tool, approved by bob."""
    cluster.apply_as("alice", TOOLS / "add-up.yaml")
    approved(cluster)


def approved(cluster: Cluster) -> str:
    """The digest that was approved, and serves."""
    cluster.reason(TOOL, "AwaitingApproval")
    digest = str(cluster.tool(TOOL)["status"]["digest"])
    cluster.cupel("approve", TOOL, "-n", ZONE, "--yes", person="bob")
    cluster.wait("it to serve", lambda: serving(cluster) == digest, 90)
    return digest


def serving(cluster: Cluster) -> str:
    return str(cluster.tool(TOOL).get("status", {}).get("serving", {}).get("digest", ""))


def condemned_by_evidence(cluster: Cluster, tell: Narrator, load: Load) -> None:
    """A revision that passes every example and fails every fifth call in service."""
    tell.part("A revision that is worse in service is rolled back by the autopilot, on evidence")
    good = serving(cluster)
    load.ramp(STEADY)
    cluster.apply_as("alice", TOOLS / "add-up-worse.yaml")
    worse = approved(cluster)
    tell.say("alice taught add-up negative numbers; every example passes, bob approved, it serves:")
    tell.say("but 'the 3rd of 4' is no number, and one call in five says so")
    cluster.wait("the one before to serve again", lambda: serving(cluster) == good, 90)
    rollback = moves(cluster, "Rollback")[0]
    expect(rollback["digest"] == worse, f"condemned was {rollback['digest']}")
    tell.say(f"condemned after {len(load.failures)} failed calls; kubectl describe apol add-up:")
    tell.quote(telling(cluster.run("describe", "autonomypolicy", TOOL, "-n", ZONE).stdout))
    before = load.calls, len(load.failures)
    cluster.wait("calls of the one before", lambda: load.calls >= before[0] + 20, 60)
    expect(len(load.failures) - before[1] <= 2, f"calls still fail: {load.failures[-3:]}")
    tell.result(
        "a revision that failed 20 % of its calls was condemned by the autopilot; the one before serves"
    )


def telling(described: str) -> str:
    """Of `kubectl describe`: the newest rollback of the history."""
    lines = [line for line in described.splitlines() if line.strip()]
    lines = lines[next(place for place, line in enumerate(lines) if line.strip() == "History:") :]
    begins = [place for place, line in enumerate(lines) if line.split()[:1] == ["Action:"]]
    start = next(place for place in begins if lines[place].split()[-1] == "Rollback")
    end = next((place for place in begins if place > start), start + 1)
    while end < len(lines) and end not in begins and lines[end].startswith("    "):
        end += 1
    return "\n".join([lines[0], *lines[start:end]])
