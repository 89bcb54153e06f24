"""Nobody can use more than their share: rate, calls of one tool, size of a request."""

from __future__ import annotations

import asyncio
import json

import pytest

from .conftest import ALICE, ANN, RunningGateway
from .zone import OBJECT, Zone, tool_body

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


@pytest.fixture
def environment() -> dict[str, str]:
    return {
        "CUPEL_GATEWAY_BURST": "20",
        "CUPEL_GATEWAY_CALLS_PER_SECOND": "0.1",
        "CUPEL_GATEWAY_CALLS_PER_TOOL": "4",
        "CUPEL_GATEWAY_BODY_BYTES": "4096",
    }


async def test_a_caller_past_the_allowance_is_told_when_to_come_back(
    zone: Zone, gateway: RunningGateway
) -> None:
    await zone.publish(tool_body("word-count"))
    await gateway.listed("word-count")
    for _ in range(20):
        result = await gateway.call("word-count", {"text": "a"})

    _, listing = await gateway.post(LIST)

    assert result["isError"]
    assert result["content"][0]["text"].startswith("too many requests; try again in ")
    assert (listing["error"]["code"], listing["error"]["data"]["retryAfterSeconds"] > 0) == (-32029, True)


@pytest.mark.parametrize("name", ["nothing", "word-count@9.9.9"])
async def test_calls_of_what_is_not_there_take_from_the_allowance(
    zone: Zone, gateway: RunningGateway, name: str
) -> None:
    await zone.publish(tool_body("word-count"))
    await gateway.listed("word-count")
    execute = f"/api/v1/tools/tools/{name}/execute"

    refused = [(await gateway.call(name, {}))["code"] for _ in range(21)]
    status, problem = await gateway.post({"arguments": {}}, path=execute)

    assert refused[-1] == -32029 and refused[0] in (-32602, -32031)
    assert (status, json.loads(problem)["code"]) == (429, "rate-limited")


async def test_calls_of_one_tool_beyond_its_share_are_told_so(zone: Zone, gateway: RunningGateway) -> None:
    slow = "import time\ndef run(**given):\n    time.sleep(1)\n    return {}\n"
    await zone.publish(tool_body("slow", code=slow, input_schema=OBJECT, output_schema=OBJECT))
    await gateway.listed("slow")

    sides = [ALICE] * 3 + [ANN] * 2
    results = await asyncio.gather(*(gateway.call("slow", {}, token=token) for token in sides))

    refused = [result["content"][0]["text"] for result in results if result["isError"]]
    assert refused == ["too many calls of this tool are under way; try again in a second"]


async def test_one_caller_leaves_calls_of_a_tool_to_others(zone: Zone, gateway: RunningGateway) -> None:
    slow = "import time\ndef run(**given):\n    time.sleep(3)\n    return {}\n"
    await zone.publish(tool_body("slow", code=slow, input_schema=OBJECT, output_schema=OBJECT))
    await gateway.listed("slow")

    mine = [asyncio.create_task(gateway.call("slow", {})) for _ in range(6)]
    refused = (await next(asyncio.as_completed(mine)))["content"][0]["text"]
    other = await gateway.call("slow", {}, token=ANN)
    results = await asyncio.gather(*mine)

    assert refused == "too many calls of yours of this tool are under way; try again in a second"
    assert sum(result["isError"] for result in results) == 3
    assert not other["isError"]


@pytest.mark.parametrize("headers", [{}, {"mcp-protocol-version": "2026-07-28"}, {"mcp-session-id": "x"}])
async def test_a_body_over_the_limit_is_413(gateway: RunningGateway, headers: dict[str, str]) -> None:
    status, _ = await gateway.post(b" " * 4097, headers=headers)

    assert status == 413
