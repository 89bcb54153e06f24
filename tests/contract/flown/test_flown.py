"""A tool flown on a real API server: real controllers, the operator's own process, the policies of manifests/base, each identity with its own rights.

The autopilot's process is not here: what it would decide comes from `decide`, and is written as it would write it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from math import nan
from pathlib import Path
from typing import Any

import pytest
from tests.contract.crash.api import CUPEL, Refused
from tests.contract.crash.stage import SANDBOX, SERVING, Stage, staged
from tests.contract.crash.workflow import ALICE, ZOE, Workflow

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.decide.autonomy import Plan, Row, World, Worse, decide

pytestmark = pytest.mark.apiserver
ACCOUNTS = ("system:serviceaccounts", "system:serviceaccounts:cupel-system", "system:authenticated")
AUTOPILOT = ("system:serviceaccount:cupel-system:cupel-autopilot", *ACCOUNTS)
TOOL, POLICY = "flown", f"{CUPEL}/{SERVING}/autonomypolicies/flown"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{SERVING}/deployments"
LEASE = "/apis/coordination.k8s.io/v1/namespaces/cupel-system/leases/cupel-operator"
MANIFEST = {
    "apiVersion": "cupel.dev/v1alpha1",
    "kind": "AutonomyPolicy",
    "metadata": {"name": TOOL, "namespace": SERVING},
    "spec": {
        "targetRef": {"kind": "GeneratedTool", "name": TOOL},
        "authority": "Act",
        "scaling": {"minReplicas": 1, "maxReplicas": 12},
        "rollback": {"enabled": True},
    },
}
UP = Row(
    action="ScaleUp", reason="ForecastAbovePods", replicas=2, confidence=0.9, level=28, level_sd=1, trend=0, capacity=10,
    expected=30, high=36, lead=15, omega=1, psi=0.95, beta=nan, eta=0.1, gamma=0.98, tau=15, blind=False,
)  # fmt: skip


class Story:
    """The stage, and what an autopilot does on it."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.api = stage, stage.api
        self.unready: list[str] = []

    async def tool(self) -> Any:
        return await self.api.ask("GET", f"{CUPEL}/{SERVING}/generatedtools/{TOOL}")

    async def counts(self) -> dict[str, int]:
        """Replicas of every Deployment of the tool."""
        found = await self.api.ask("GET", DEPLOYMENTS)
        return {one["metadata"]["name"]: one["spec"]["replicas"] for one in found["items"]}

    async def leads_since(self) -> str:
        """When the present holder took the operator's Lease."""
        return str((await self.api.ask("GET", LEASE))["spec"]["acquireTime"])

    async def plan(self, row: Row, worse: Worse | None = None) -> Plan:
        """What the autopilot decides now."""
        policy = AutonomyPolicy.parse(await self.api.ask("GET", POLICY, who=AUTOPILOT))
        serving = (await self.tool())["status"]["serving"]
        wanted = (await self.counts())[serving["revision"]]
        return decide(policy, row, World(wanted, serving=serving["digest"], worse=worse), datetime.now(UTC))

    async def flies(self, replicas: int) -> None:
        """One look that ends in so many Pods, written as the autopilot writes it."""
        status = (await self.plan(replace(UP, replicas=replicas))).status
        await self.api.patch(f"{POLICY}/status", {"status": status.wire()}, AUTOPILOT)

    async def runs(self, replicas: int) -> None:
        """Wait until what serves runs so many; meanwhile the tool is ready all along."""

        async def seen() -> bool:
            tool = await self.tool()
            ready = _condition(tool, "Ready")
            if ready["status"] != "True":
                self.unready.append(f"{ready['reason']}: {ready['message']}")
            serving = tool["status"]["serving"]
            return (await self.counts()).get(serving["revision"]) == serving["readyReplicas"] == replicas

        await until(f"{replicas} Pods run", seen, self.counts)


async def until(what: str, seen: Callable[[], Awaitable[Any]], why: Callable[[], Awaitable[Any]]) -> None:
    end = time.monotonic() + 60
    while not await seen():
        assert time.monotonic() < end, f"{what}: {await why()}"
        await asyncio.sleep(0.1)


def _condition(body: Any, kind: str) -> Any:
    return next(one for one in body["status"]["conditions"] if one["type"] == kind)


async def refused(asked: Awaitable[Any], said: str) -> None:
    with pytest.raises(Refused) as raised:
        await asked
    assert said in str(raised.value)


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    async with staged("flown", 20, tmp_path) as stage:
        stage.proxy.plan(0, "before")
        yield Story(stage)


async def test_a_tool_is_scaled_bounded_paused_rolled_back_and_let_go(story: Story) -> None:
    await story.api.patch(f"{CUPEL}/{SERVING}/toolpolicies/default", {"spec": {"maxReplicas": 8}}, ZOE)
    first, second = await Workflow(story.api, TOOL, SERVING, SANDBOX).grow()
    await story.api.ask("POST", POLICY.rsplit("/", 1)[0], MANIFEST, who=ZOE)
    await story.runs(1)
    await scaled(story)
    await bounded(story)
    await paused(story)
    assert story.unready == [], "Pods on their way are no reason not to be ready"
    await rolled_back(story, first, second)
    await story.api.ask("DELETE", POLICY, who=ZOE)
    await until("its own count", lambda: _counts(story, 1), story.counts)
    await story.api.ask("DELETE", f"{CUPEL}/{SERVING}/generatedtools/{TOOL}", who=ALICE)


async def scaled(story: Story) -> None:
    """The operator applies what is asked for, and says who scales."""
    for replicas in (2, 4):
        await story.flies(replicas)
        await story.runs(replicas)
    said = _condition(await story.tool(), "Available")["message"]
    assert f"AutonomyPolicy {TOOL} scales it, between 1 and 12 Pods" in said


async def bounded(story: Story) -> None:
    """What a stolen autopilot would write is refused by the API server, or bounded by the ToolPolicy."""
    for absurd in (0, 9, 13, 1000):
        await refused(story.api.patch(f"{POLICY}/status", _asks(absurd), AUTOPILOT), "desiredReplicas")
    await story.api.patch(f"{POLICY}/status", {"status": {"replicas": 12, "desiredReplicas": 12}}, AUTOPILOT)
    await story.runs(8)
    await story.flies(4)
    await story.runs(4)


async def paused(story: Story) -> None:
    """What runs stays, whatever is asked for, through a kill -9 of the operator."""
    await story.api.patch(POLICY, {"spec": {"paused": True}}, ZOE)
    await until("the pause shows", lambda: _says(story, "is paused"), story.tool)
    await story.api.patch(f"{POLICY}/status", _asks(2), AUTOPILOT)
    before = await story.leads_since()
    story.stage.operator.kill()
    await until("another process leads", lambda: _later(story, before), story.leads_since)
    await story.api.patch(
        f"{CUPEL}/{SERVING}/generatedtools/{TOOL}", {"spec": {"serving": {"timeoutSeconds": 6}}}, ALICE
    )
    await until("it looked again", lambda: _observed(story), story.tool)
    assert set((await story.counts()).values()) == {4}
    await story.api.patch(POLICY, {"spec": {"paused": False}}, ZOE)
    await story.runs(2)


async def rolled_back(story: Story, first: str, second: str) -> None:
    """The autopilot asks with its own rights, the operator condemns, the one before takes over with as many Pods."""
    worse = Worse(second, "the one before", first, "RevisionWorse", "20 % of calls failed, 1 % before")
    condemn = (await story.plan(UP, worse)).condemn
    assert condemn.startswith(f"{second}@")
    note = {"metadata": {"annotations": {"cupel.dev/condemn": condemn}}}
    await story.api.patch(f"{CUPEL}/{SERVING}/generatedtools/{TOOL}", note, AUTOPILOT)
    await until("the one before serves", lambda: _serves(story, first), story.tool)
    await until("as many Pods", lambda: _counts(story, 2), story.counts)


def _asks(replicas: int) -> Any:
    return {"status": {"desiredReplicas": replicas}}


async def _serves(story: Story, digest: str) -> bool:
    return ((await story.tool())["status"].get("serving") or {}).get("digest") == digest


async def _observed(story: Story) -> bool:
    tool = await story.tool()
    return bool(tool["status"]["observedGeneration"] == tool["metadata"]["generation"])


async def _later(story: Story, before: str) -> bool:
    return await story.leads_since() > before


async def _says(story: Story, text: str) -> bool:
    return text in _condition(await story.tool(), "Available")["message"]


async def _counts(story: Story, replicas: int) -> bool:
    return list((await story.counts()).values()) == [replicas]
