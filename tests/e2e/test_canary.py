"""Canaries on a real node, judged by people alone: one is stopped, one takes over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.demo.load import Load

from .conftest import Agent
from .stage import Body, Stage
from .tools import tool

pytestmark = pytest.mark.node
STOPPED, PASSES = "canary-stopped", "canary-passes"
MINUTES = {STOPPED: 60, PASSES: 1}
TEXTS = [{"text": "a b"}]


def version(name: str, number: int) -> Body:
    """Both versions count words; calls cannot tell them apart, but their revisions can."""
    code = f"def run(text: str) -> dict:\n    return {{'words': len(text.split())}}  # {number}\n"
    made = tool(name, code)
    made["spec"]["serving"] = {"canary": {"percent": 50, "minutes": MINUTES[name]}}
    return made


@pytest.fixture
def both(stage: Stage) -> Iterator[Stage]:
    stage.serve(*(version(name, 1) for name in MINUTES))
    yield stage
    stage.delete(*MINUTES)


def test_one_is_stopped_by_a_person_and_one_takes_over_and_no_call_fails(both: Stage, agent: Agent) -> None:
    first = {name: serving(both, name) for name in MINUTES}
    with Load(agent.url, agent.token, STOPPED, TEXTS, 5.0) as load:
        both.apply(*(version(name, 2) for name in MINUTES))
        for name in MINUTES:
            both.until(name, "AwaitingApproval")
            both.decide(name)
        for name in MINUTES:
            both.until(name, "CanaryRunning")
        digest = both.digest(STOPPED)
        assert {serving(both, name) for name in MINUTES} == set(first.values())
        assert canary(both, STOPPED) == digest
        assert "gets 50 % of the calls" in both.until(STOPPED, "CanaryRunning", gate="Canary")["message"]

        asked = f"cupel.dev/condemn={digest}@by-hand"
        both.cluster.run("annotate", "gtool", STOPPED, asked, "-n", both.cluster.zone)
        both.until(STOPPED, "Condemned")

        assert serving(both, STOPPED) == first[STOPPED]
        assert not canary(both, STOPPED)
        both.until(PASSES, "Serving", seconds=120)
    assert serving(both, PASSES) == both.digest(PASSES) != first[PASSES]
    assert not load.failures


def serving(stage: Stage, name: str) -> str:
    return str(stage.tools.body(name)["status"]["serving"]["digest"])


def canary(stage: Stage, name: str) -> str:
    return str(stage.tools.body(name)["status"].get("canary", {}).get("digest", ""))
