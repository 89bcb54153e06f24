"""What people take back stops: no call gets through, and what runs ends within ten seconds, measured on the node."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.demo.cluster import as_person
from tests.support.watched import Watched

from . import pods as life
from .conftest import Agent
from .stage import Stage
from .tools import tool

pytestmark = pytest.mark.node
WITHIN = 10.0
"""Seconds. Of them the launcher takes two, so that gateways turn away; the rest is the cluster's."""
BUSY_WITHIN = 25.0
"""With a tool that fills one of the node's two cores: 5 s where nothing else runs, over 10 s beside other work."""
ENDLESS = "def run(text: str) -> dict:\n    words = 0\n    while text:\n        words += 1\n    return {'words': words}\n"
"""Answers at once to an empty text, and never to another."""


@pytest.fixture(scope="module")
def pods(stage: Stage) -> Iterator[Watched]:
    with Watched([stage.cluster.kubectl], "pods", stage.cluster.zone, stage.cluster.environment()) as found:
        yield found


def answer(agent: Agent, name: str) -> str:
    """What a call comes to, refusals included: the client wraps them in groups of groups."""
    try:
        return str(agent.call(name, text=""))
    except Exception as error:  # noqa: BLE001  # its text is looked at
        return "".join(traceback.format_exception(error))


def take_back(stage: Stage, name: str) -> None:
    """What `kubectl cupel revoke` writes, without the seconds Python takes to start on a busy machine."""
    stage.patch_ledger({"decisions": {stage.digest(name): None}}, *as_person("rita"))


def stops(agent: Agent, pods: Watched, name: str, act: Callable[[], Any], within: float = WITHIN) -> None:
    """Do it; hold that in time nobody lists the tool, nothing answers, and no Pod of it runs."""
    assert name in agent.listed()
    assert life.first(pods, name, life.runs), "no Pod of it was seen to run"
    began = time.monotonic()
    act()
    acted = time.monotonic() - began
    while name in agent.listed():
        assert time.monotonic() - began < WITHIN, "the gateway still lists it"
    unlisted = time.monotonic() - began
    assert "Unknown tool" in answer(agent, name), "the gateway still calls it"
    ended = pods.wait(lambda: life.last_ended(pods, name), within - (time.monotonic() - began))
    assert ended, f"a Pod of {name} still runs after {within:.0f} s"
    print(
        f"\n{name}: {acted:.2f} s the command, {unlisted:.2f} s not listed, {ended - began:.2f} s no Pod runs"
    )
    assert ended - began < within


def test_a_decision_taken_back_ends_what_serves_under_it(stage: Stage, agent: Agent, pods: Watched) -> None:
    stage.serve(tool("taken-back"))
    stops(agent, pods, "taken-back", lambda: take_back(stage, "taken-back"))
    stage.until("taken-back", "ApprovalWithdrawn", "AwaitingApproval")
    stage.decide("taken-back", "carol")
    stage.until("taken-back", "Serving")
    stage.gone("taken-back")


def test_a_condemnation_ends_what_serves_when_nothing_came_before(
    stage: Stage, agent: Agent, pods: Watched
) -> None:
    stage.serve(tool("condemned"))
    digest = stage.digest("condemned")
    mark = ("annotate", "generatedtool", "condemned", "-n", stage.cluster.zone, f"cupel.dev/condemn={digest}")
    stops(agent, pods, "condemned", lambda: stage.cluster.run(*mark))
    stage.until("condemned", "Condemned")
    stage.gone("condemned")


def test_a_call_under_way_does_not_hold_it_up(stage: Stage, agent: Agent, pods: Watched) -> None:
    """The tool may take a minute for a call, and its Pod half a minute to end; a revocation waits for neither."""
    source = {"type": "Inline", "inline": {"code": ENDLESS}}
    examples = [{"name": "empty", "arguments": {"text": ""}, "result": {"words": 0}}]
    stage.serve(tool("endless", source=source, examples=examples, serving={"timeoutSeconds": 60}))
    failed: list[Exception] = []

    def call() -> None:
        try:
            agent.call("endless", text="x")
        except Exception as error:  # noqa: BLE001  # whatever it is, the call came to an end
            failed.append(error)

    caller = threading.Thread(target=call)
    caller.start()
    stops(agent, pods, "endless", lambda: take_back(stage, "endless"), BUSY_WITHIN)
    caller.join(20)
    assert not caller.is_alive() and failed, "the call went on, or was answered"
    stage.gone("endless")


def test_an_operator_that_was_away_catches_up(stage: Stage, agent: Agent, pods: Watched) -> None:
    """The gateway asks the ledger itself, so calls end at once; the Pod ends as soon as an operator leads again."""
    stage.serve(tool("meanwhile"))
    scale = ("scale", "deployment", "cupel-operator", "-n", "cupel-system")
    stage.cluster.run(*scale, "--replicas=0")
    try:
        label = "app.kubernetes.io/component=operator"
        query = ("get", "pods", "-n", "cupel-system", "-l", label, "-o", "name")
        stage.wait("the operators to be gone", lambda: not stage.cluster.run(*query).stdout.strip(), 60)
        take_back(stage, "meanwhile")
        stage.wait("the gateway to turn away", lambda: "meanwhile" not in agent.listed(), WITHIN)
        assert not life.last_ended(pods, "meanwhile"), "somebody else ended it"
    finally:
        stage.cluster.run(*scale, "--replicas=2")
    ended = pods.wait(lambda: life.last_ended(pods, "meanwhile"), 90)
    assert ended, "it still runs"
    stage.gone("meanwhile")
