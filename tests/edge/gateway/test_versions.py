"""Agents see which version serves, and a call that names one is answered by that one or not at all."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cupel.gateway.naming import AT

from .conftest import ANN, RunningGateway, until
from .zone import Zone, tool_body

BODY = tool_body("word-count")
NEW = tool_body("word-count", code="def run(text: str) -> dict:\n    return {'words': 7}\n")


async def definition(gateway: RunningGateway) -> dict[str, Any]:
    _, answer = await gateway.post({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    (tool,) = answer["result"]["tools"]
    return dict(tool)


async def test_a_version_shows_and_may_be_named(zone: Zone, gateway: RunningGateway) -> None:
    bundle = await zone.publish(BODY)
    await gateway.listed("word-count")
    assert "_meta" not in await definition(gateway), "made before there were versions"
    refused = await gateway.call(f"word-count{AT}1.0.0", {"text": "a b"})
    assert "has no version yet" in refused["message"]

    zone.serve(BODY, bundle, version="1.2.0")

    async def told() -> bool:
        return (await definition(gateway)).get("_meta") == {"cupel.dev/version": "1.2.0"}

    await until(told, "the version is shown")
    for name in ("word-count", "word-count@1.2.0", "tools.word-count@1.2.0"):
        assert (await gateway.call(name, {"text": "a b"}))["structuredContent"] == {"words": 2}

    refused = await gateway.call("word-count@1.1.0", {"text": "a b"})
    assert (refused["code"], refused["data"]) == (-32031, {"serves": "1.2.0"})
    assert "version '1.1.0' of word-count does not serve: version 1.2.0 serves" in refused["message"]


async def test_a_call_under_way_never_goes_on_with_another_version(
    zone: Zone, gateway: RunningGateway
) -> None:
    bundle = await zone.publish(BODY)
    zone.serve(BODY, bundle, version="1.0.0")

    async def told() -> bool:
        return (await definition(gateway)).get("_meta") == {"cupel.dev/version": "1.0.0"}

    await until(told, "the version is shown")
    for pod in zone.launched:
        zone.api.put(pod.pod(ready=False))
    backends = gateway.application.catalogue.backends

    async def gone() -> bool:
        return backends.count("tools", bundle.digest()) == 0

    await until(gone, "no Pod takes calls")
    named = asyncio.create_task(gateway.call("word-count@1.0.0", {"text": "a"}))
    plain = asyncio.create_task(gateway.call("word-count", {"text": "a"}))

    async def waits() -> bool:
        return (
            'cupel_gateway_in_flight{namespace="tools",tool="word-count"} 2.0'
            in (await gateway.get("/metrics"))[1]
        )

    await until(waits, "both calls wait for a Pod")
    newer = zone.propose(NEW)
    zone.approve(newer.digest())
    await zone.launch(newer)
    zone.serve(NEW, newer, version="1.0.1")

    assert (await plain)["structuredContent"] == {"words": 7}
    refused = await named
    assert refused["isError"] and "no longer served" in refused["content"][0]["text"]


@pytest.mark.parametrize(
    ("version", "code", "serves"), [("2.0.0", 200, None), ("1.0.0", 409, "version 2.0.0 serves")]
)
async def test_rest_takes_a_version_in_the_name(
    zone: Zone, gateway: RunningGateway, version: str, code: int, serves: str | None
) -> None:
    bundle = await zone.publish(BODY)
    zone.serve(BODY, bundle, version="2.0.0")
    await gateway.listed("word-count")
    path = f"/api/v1/tools/tools/word-count@{version}"
    status, text = await gateway.get(path, authorization=f"Bearer {ANN}")

    assert status == code and (serves or '"version":"2.0.0"') in text
    assert '"name":"word-count"' in text or code != 200
