"""Calling tools: bare JSON-RPC as curl sends it."""

from __future__ import annotations

from .conftest import RunningGateway
from .zone import Zone, tool_body


async def test_a_bare_post_lists_and_calls_a_tool(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(tool_body("word-count"))
    await gateway.listed("word-count")

    result = await gateway.call("word-count", {"text": "one two three"})

    assert result["structuredContent"] == {"words": 3}
    assert result["content"] == [{"type": "text", "text": '{"words":3}'}]
    assert not result["isError"]
