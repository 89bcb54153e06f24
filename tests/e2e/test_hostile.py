"""Tools that the analyser lets pass, or would have: the sandbox stops each, and says what it did."""

from __future__ import annotations

import json

import pytest

from .stage import Stage, condition
from .tools import ENDLESS, FORKS, HOG, REGEX, tool

pytestmark = pytest.mark.node
TOOLS = {"memory-hog": HOG, "endless-loop": ENDLESS, "slow-regex": REGEX, "fork-bomb": FORKS}
OPERATOR = ("--as", "system:serviceaccount:cupel-system:cupel-operator")


def overlooked(stage: Stage, name: str) -> None:
    """Have the evidence say what it would if the analyser had missed the code: only the operator could write it."""
    stage.until(name, "CodeRefused")
    revision = stage.revision(name, lambda body: body["status"].get("analysis"))
    verdict = {"analysis": revision["status"]["analysis"] | {"verdict": "Accepted", "findings": []}}
    patch = ["patch", "toolrevision", revision["metadata"]["name"], "--subresource=status", "--type=merge"]
    body = json.dumps({"status": verdict})
    stage.cluster.run(*patch, "-n", stage.cluster.zone, "-p", body, *OPERATOR)


@pytest.fixture(scope="module")
def tried(stage: Stage) -> Stage:
    """All of them at once: they share the node, and each gets its own verdict."""
    stage.apply(*(tool(name, code) for name, code in TOOLS.items()))
    overlooked(stage, "fork-bomb")
    return stage


CASES = {
    "memory-hog": ("OutOfMemory", "two-words"),
    "endless-loop": ("ToolTimeout", "two-words"),
    "slow-regex": ("ToolTimeout", "two-words"),
    "fork-bomb": ("TrialsFailed", "Resource temporarily unavailable"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_sandbox_stops_it_with_its_own_reason(tried: Stage, name: str) -> None:
    reason, words = CASES[name]

    refused = tried.until(name, reason, seconds=120)

    assert refused["status"] == "False"
    assert words in refused["message"]
    assert "Correct the tool" in refused["message"] and "spec.attempt" not in refused["message"]


def test_the_node_and_what_else_is_asked_for_are_well_afterwards(tried: Stage) -> None:
    nodes = json.loads(tried.cluster.run("get", "nodes", "-o", "json").stdout)["items"]
    assert {condition(node)["status"] for node in nodes} == {"True"}

    tried.apply(tool("neighbour"))
    tried.until("neighbour", "AwaitingApproval")
    tried.gone("neighbour", *TOOLS)
