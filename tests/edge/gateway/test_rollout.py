"""Pods come and go; calls do not notice."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from typing import Any

from cupel.api.bundle import short

from .conftest import RunningGateway, until
from .zone import OBJECT, Zone, free_port, tool_body

SLOW = "import time\ndef run(**given):\n    time.sleep(1.5)\n    return {}\n"


def version(number: int) -> dict[str, Any]:
    return tool_body("word-count", code=f"def run(text: str) -> dict:\n    return {{'words': {number}}}\n")


class Load:
    """Calls a tool without pause, from several sides, and keeps what came of it."""

    def __init__(self, gateway: RunningGateway, sides: int = 6) -> None:
        self.answers: Counter[int] = Counter()
        self.failures: list[Any] = []
        self._gateway = gateway
        self._sides = sides
        self._go_on = True
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Load:
        self._tasks = [asyncio.create_task(self._call()) for _ in range(self._sides)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._go_on = False
        await asyncio.gather(*self._tasks)

    async def _call(self) -> None:
        while self._go_on:
            result = await self._gateway.call("word-count", {"text": "a"})
            if result.get("isError", True):
                self.failures.append(result)
            else:
                self.answers[result["structuredContent"]["words"]] += 1

    async def answered(self, number: int, times: int = 20) -> None:
        """Wait for this many more answers of a version."""
        goal = self.answers[number] + times

        async def reached() -> bool:
            return self.answers[number] >= goal

        await until(reached, f"{times} answers of version {number}", 20)


async def test_a_swap_of_revisions_under_load_loses_no_call(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(version(1))
    (old,) = zone.launched
    await gateway.listed("word-count")

    async with Load(gateway) as load:
        await load.answered(1)
        await zone.publish(version(2))
        zone.api.put(old.pod(deleting=True))
        await old.end(signal.SIGTERM)
        zone.api.remove("Pod", "tools", old.name)
        await load.answered(2)

    assert load.failures == []


async def test_a_pod_replaced_under_load_loses_no_call(zone: Zone, gateway: RunningGateway) -> None:
    bundle = await zone.publish(version(1))
    (old,) = zone.launched
    await gateway.listed("word-count")

    async with Load(gateway) as load:
        await load.answered(1)
        await zone.launch(bundle)
        zone.api.put(old.pod(deleting=True))
        await old.end(signal.SIGTERM)
        await load.answered(1)

    assert load.failures == []


async def test_a_pod_killed_under_load_loses_no_call(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(version(1), pods=2)
    await gateway.listed("word-count")

    async with Load(gateway) as load:
        await load.answered(1)
        await zone.launched[0].end(signal.SIGKILL)
        await load.answered(1)

    assert load.failures == []


async def test_a_single_pod_dying_mid_call_is_said_to_the_agent(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(tool_body("slow", code=SLOW, input_schema=OBJECT, output_schema=OBJECT))
    await gateway.listed("slow")
    call = asyncio.create_task(gateway.call("slow", {}))
    await until(lambda: under_way(gateway), "the call is under way")

    await zone.launched[0].end(signal.SIGKILL)
    result = await call

    assert result["isError"]
    assert "try again" in result["content"][0]["text"]


async def under_way(gateway: RunningGateway) -> bool:
    backends = gateway.application.catalogue.backends._by_namespace
    return any(
        b.in_flight for digests in backends.values() for found in digests.values() for b in found.values()
    )


async def test_a_call_waits_for_the_pod_that_is_coming(zone: Zone, gateway: RunningGateway) -> None:
    bundle = await zone.publish(version(1), pods=0)
    await gateway.listed("word-count")
    call = asyncio.create_task(gateway.call("word-count", {"text": "a"}))

    await zone.launch(bundle)

    assert (await call)["structuredContent"] == {"words": 1}


async def test_pods_that_do_not_count_are_not_called(zone: Zone, gateway: RunningGateway) -> None:
    """Another digest, another namespace, not ready, terminating: none of them may answer."""
    wrong = zone.propose(version(2))
    await zone.launch(wrong)
    bundle = await zone.publish(version(1))
    launched = zone.launched[-1]
    for name, pod in {
        "elsewhere": launched.pod() | {"metadata": launched.pod()["metadata"] | {"namespace": "elsewhere"}},
        "unready": launched.pod(ready=False),
        "leaving": launched.pod(deleting=True),
    }.items():
        pod["metadata"]["name"] = name
        pod["spec"] = {"containers": [{"ports": [{"name": "http", "containerPort": free_port()}]}]}
        zone.api.put(pod)
    await gateway.listed("word-count")

    results = [await gateway.call("word-count", {"text": "a"}) for _ in range(10)]

    assert {result["structuredContent"]["words"] for result in results} == {1}
    assert gateway.application.catalogue.backends.count("tools", bundle.digest()) == 1
    assert short(wrong.digest()) != short(bundle.digest())


async def test_load_is_spread_over_pods(zone: Zone, gateway: RunningGateway) -> None:
    code = "import os\ndef run(text: str) -> dict:\n    return {'words': os.getppid()}\n"
    await zone.publish(tool_body("word-count", code=code), pods=2)
    await gateway.listed("word-count")

    results = [await gateway.call("word-count", {"text": "a"}) for _ in range(10)]

    assert sorted(Counter(r["structuredContent"]["words"] for r in results).values()) == [5, 5]
