"""Archived tools answer though nobody lists them; retired ones say what to use instead."""

from __future__ import annotations

import asyncio
import json
import time

from .asked import ask, policy, ready, user
from .conftest import ANN, RunningGateway, until
from .zone import Zone, tool_body

BODY = tool_body("word-count")
PLAIN = tool_body("line-count", description="Count the lines of a text.")


async def test_an_archived_tool_is_found_and_woken_but_not_listed(
    zone: Zone, gateway: RunningGateway
) -> None:
    await zone.publish(PLAIN)
    policy(zone.api)
    token = user(zone.api)
    bundle = zone.propose(BODY)
    zone.approve(bundle.digest())
    zone.serve(BODY, bundle, "Archived")
    await gateway.listed("line-count")
    await ready(gateway)

    found = await ask(gateway, "Count the words of a text", token=token)
    assert "word-count" in {each["name"] for each in found["structuredContent"]["tools"]}

    call = asyncio.create_task(gateway.call("word-count", {"text": "a b"}))

    async def held() -> bool:
        text = (await gateway.get("/metrics?name[]=cupel_gateway_held_calls"))[1]
        return 'cupel_gateway_held_calls{namespace="tools",tool="word-count"} 1.0' in text

    await until(held, "the call is held, where the operator looks")
    zone.serve(BODY, bundle, "Waking")
    await gateway.listed("line-count", "word-count")
    await zone.launch(bundle)
    assert (await call)["structuredContent"] == {"words": 2}


async def test_when_a_tool_was_called_last_is_told(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(BODY)
    await gateway.listed("word-count")
    path = "/metrics?name[]=cupel_gateway_last_call_timestamp_seconds"
    assert "word-count" not in (await gateway.get(path))[1], "never called: nothing is said"

    began = int(time.time())
    await gateway.call("word-count", {"text": "a b"})
    (line,) = [each for each in (await gateway.get(path))[1].splitlines() if each[0] != "#"]
    assert line.startswith('cupel_gateway_last_call_timestamp_seconds{namespace="tools",tool="word-count"} ')
    assert began <= float(line.split()[-1]) <= time.time()


async def test_a_retired_tool_names_its_successor(zone: Zone, gateway: RunningGateway) -> None:
    heir = tool_body("line-count", tool_name="count_lines")
    await zone.publish(heir)
    bundle = await zone.publish(BODY)
    await gateway.listed("count_lines", "word-count")

    retired = {**BODY, "spec": {**BODY["spec"], "lifecycle": "Retired", "successor": "line-count"}}
    zone.serve(retired, bundle)
    await gateway.listed("count_lines")
    for name in ("word-count", "tools.word-count"):
        refused = await gateway.call(name, {"text": "a b"})
        assert refused["isError"]
        assert "this tool was retired: use count_lines instead" in refused["content"][0]["text"]
    own = await gateway.names(path="/mcp/tools/word-count")
    assert own == []

    alone = {**BODY, "spec": {**BODY["spec"], "lifecycle": "Retired"}}
    zone.serve(alone, bundle)

    async def unnamed() -> bool:
        refused = await gateway.call("word-count", {"text": "a b"})
        return "no other was named for it" in refused["content"][0]["text"]

    await until(unnamed, "no successor is named any more")
    headers = {"authorization": f"Bearer {ANN}"}
    status, text = await gateway.get("/api/v1/search?q=count%20words", **headers)
    names = {each["name"] for each in json.loads(text)["tools"]}
    assert status == 200 and "word-count" not in names

    zone.serve(BODY, bundle)
    await gateway.listed("count_lines", "word-count")
    assert (await gateway.call("word-count", {"text": "a b"}))["structuredContent"] == {"words": 2}


async def test_over_rest_no_wait_brings_a_retired_tool_back(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(tool_body("line-count", tool_name="count_lines"))
    bundle = await zone.publish(BODY)
    await gateway.listed("count_lines", "word-count")
    headers, place = {"authorization": f"Bearer {ANN}"}, "/api/v1/tools/tools/word-count"
    assert "retired" not in json.loads((await gateway.get(place, **headers))[1])

    zone.serve({**BODY, "spec": {**BODY["spec"], "lifecycle": "Retired", "successor": "line-count"}}, bundle)
    await gateway.listed("count_lines")
    called = {"json": {"arguments": {"text": "a"}}, "headers": headers}
    async with gateway.session.post(f"{gateway.url}{place}/execute", **called) as said:
        assert said.status == 503 and "Retry-After" not in said.headers
        assert "retryAfterSeconds" not in await said.json()
    shown = json.loads((await gateway.get(place, **headers))[1])
    assert "use count_lines instead" in shown["retired"]
