"""Sessions and streams that stay open are places, and no caller takes all of them."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest
from mcp.shared.exceptions import MCPError

from .conftest import ALICE, MALLORY, RunningGateway, until
from .test_clients import client_of
from .zone import Zone

PARAMS = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "x", "version": "1"},
}
HELLO = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": PARAMS}
ACCEPT = {"accept": "application/json, text/event-stream"}


@pytest.fixture
def environment() -> dict[str, str]:
    return {"CUPEL_GATEWAY_SESSIONS": "4", "CUPEL_GATEWAY_SESSIONS_PER_CALLER": "3"}


async def opened(gateway: RunningGateway, token: str) -> int:
    return (await gateway.post(HELLO, token=token, headers=ACCEPT))[0]


async def test_one_caller_leaves_sessions_to_others(zone: Zone, gateway: RunningGateway) -> None:
    assert [await opened(gateway, ALICE) for _ in range(5)] == [200, 200, 200, 503, 503]
    assert [await opened(gateway, MALLORY) for _ in range(2)] == [200, 503]


async def test_one_caller_leaves_streams_to_others(zone: Zone, gateway: RunningGateway) -> None:
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(client_of(gateway, "2026-07-28"))
        for _ in range(3):
            await stack.enter_async_context(client.listen(tools_list_changed=True))
        with pytest.raises(MCPError, match="too many streams of yours"):
            await stack.enter_async_context(client.listen(tools_list_changed=True))
        other = await stack.enter_async_context(client_of(gateway, "2026-07-28", token=MALLORY))
        await stack.enter_async_context(other.listen(tools_list_changed=True))

    async def again() -> bool:
        try:
            async with client_of(gateway, "2026-07-28") as client, client.listen(tools_list_changed=True):
                return True
        except MCPError:
            return False

    await until(again, "the places of streams that ended are free")
