"""The official client, in both revisions of MCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import mcp_types as types
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.exceptions import MCPError
from mcp.shared.subscriptions import ToolsListChanged

from .conftest import ALICE, MALLORY, RunningGateway
from .zone import Zone, tool_body

MODES = pytest.mark.parametrize("mode", ["2026-07-28", "legacy", "auto"])


@asynccontextmanager
async def client_of(
    gateway: RunningGateway, mode: str, *, token: str = ALICE, path: str = "/mcp", **how: Any
) -> AsyncIterator[Client]:
    async with create_mcp_http_client(headers={"authorization": f"Bearer {token}"}) as http:
        transport = streamable_http_client(f"{gateway.url}{path}", http_client=http)
        async with Client(transport, mode=mode, cache=None, **how) as client:
            yield client


@MODES
async def test_lists_and_calls(zone: Zone, gateway: RunningGateway, mode: str) -> None:
    body = tool_body("word-count")
    await zone.publish(body)
    await gateway.listed("word-count")

    async with client_of(gateway, mode) as client:
        listed = await client.list_tools()
        result = await client.call_tool("word-count", {"text": "a b c d"})
        spoken = client.protocol_version

    (tool,) = listed.tools
    assert tool.input_schema == body["spec"]["interface"]["inputSchema"]
    assert tool.output_schema == body["spec"]["interface"]["outputSchema"]
    assert tool.description == "Count the words of a text."
    assert tool.annotations == types.ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    assert (result.structured_content, result.is_error) == ({"words": 4}, False)
    assert spoken == ("2025-11-25" if mode == "legacy" else "2026-07-28")


@MODES
async def test_an_unknown_tool_is_a_protocol_error(gateway: RunningGateway, mode: str) -> None:
    async with client_of(gateway, mode) as client:
        with pytest.raises(MCPError, match="Unknown tool: nothing") as raised:
            await client.call_tool("nothing", {})

    assert raised.value.code == types.INVALID_PARAMS


@MODES
async def test_a_tools_own_path_shows_that_tool_alone(zone: Zone, gateway: RunningGateway, mode: str) -> None:
    await zone.publish(tool_body("word-count"))
    await zone.publish(tool_body("other"))
    await gateway.listed("other", "word-count")

    async with client_of(gateway, mode, path="/mcp/tools/word-count") as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        result = await client.call_tool("word-count", {"text": "a"})
        with pytest.raises(MCPError, match="Unknown tool"):
            await client.call_tool("other", {"text": "a"})

    assert names == ["word-count"]
    assert result.structured_content == {"words": 1}


async def test_lists_carry_how_long_they_may_be_kept(zone: Zone, gateway: RunningGateway) -> None:
    async with client_of(gateway, "2026-07-28") as client:
        listed = await client.list_tools()

    assert (listed.ttl_ms, listed.cache_scope) == (60_000, "private")


async def test_a_listener_hears_that_its_tools_changed(zone: Zone, gateway: RunningGateway) -> None:
    async with (
        client_of(gateway, "2026-07-28") as client,
        client.listen(tools_list_changed=True) as events,
    ):
        await zone.publish(tool_body("word-count"))
        async with asyncio.timeout(10):
            event = await anext(aiter(events))

    assert event == ToolsListChanged()


async def test_a_session_hears_that_its_tools_changed(zone: Zone, gateway: RunningGateway) -> None:
    heard = asyncio.Event()

    async def hear(message: Any) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            heard.set()

    async with client_of(gateway, "legacy", message_handler=hear) as client:
        assert client.server_capabilities.tools == types.ToolsCapability(list_changed=True)
        await zone.publish(tool_body("word-count"))
        await gateway.listed("word-count")
        async with asyncio.timeout(10):
            while not heard.is_set():  # the stream may open after the first change: change again
                zone.api.remove("GeneratedTool", "tools", "word-count")
                await gateway.listed()
                zone.serve(tool_body("word-count"), zone.bundle(tool_body("word-count")))
                await gateway.listed("word-count")


async def test_strangers_hear_nothing(zone: Zone, gateway: RunningGateway) -> None:
    async with (
        client_of(gateway, "2026-07-28", token=MALLORY) as mallory,
        client_of(gateway, "2026-07-28") as alice,
        mallory.listen(tools_list_changed=True) as whispers,
        alice.listen(tools_list_changed=True) as news,
    ):
        await zone.publish(tool_body("word-count"))
        async with asyncio.timeout(10):
            await anext(aiter(news))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await anext(aiter(whispers))


async def test_another_caller_cannot_use_a_session(zone: Zone, gateway: RunningGateway) -> None:
    params = {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "x", "version": "1"},
    }
    hello = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
    headers = {
        "authorization": f"Bearer {ALICE}",
        "content-type": "application/json",
        "accept": "application/json",
    }
    async with gateway.session.post(f"{gateway.url}/mcp", json=hello, headers=headers) as response:
        session = response.headers["mcp-session-id"]
    ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}

    owner, _ = await gateway.post(ping, headers={"mcp-session-id": session})
    thief, _ = await gateway.post(ping, headers={"mcp-session-id": session}, token=MALLORY)

    assert (owner, thief) == (200, 404)
