"""An agent: the official MCP client, listing and calling, once or without pause."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client


async def _client_call(url: str, token: str, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
        async with Client(streamable_http_client(url, http_client=http)) as client:
            result = await client.call_tool(tool, arguments)
            if result.is_error:
                raise RuntimeError(str(result.content))
            return dict(result.structured_content or {})


async def _client_list(url: str, token: str) -> list[str]:
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
        async with Client(streamable_http_client(url, http_client=http)) as client:
            return sorted(tool.name for tool in (await client.list_tools()).tools)


def call(url: str, token: str, tool: str, /, **arguments: Any) -> dict[str, Any]:
    """One call by the official client; raises RuntimeError when the tool answers an error."""
    return asyncio.run(_client_call(url, token, tool, arguments))


def listed(url: str, token: str) -> list[str]:
    return asyncio.run(_client_list(url, token))


def innermost(error: BaseException) -> BaseException:
    """What ended a client, out of the groups that its tasks wrap around it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


class Steady:
    """Calls without pause in the background, and remembers what came of it."""

    def __init__(self, url: str, token: str, tool: str, **arguments: Any) -> None:
        self.answers: list[dict[str, Any]] = []
        self.failures: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(url, token, tool, arguments))

    def _run(self, url: str, token: str, tool: str, arguments: dict[str, Any]) -> None:
        """A connection that ends takes the client with it; that is one failed call, and the last one."""
        try:
            asyncio.run(self._loop(url, token, tool, arguments))
        except Exception as error:  # noqa: BLE001  # a group of whatever ended the client, and counted
            self.failures.append(repr(innermost(error)))

    async def _loop(self, url: str, token: str, tool: str, arguments: dict[str, Any]) -> None:
        async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
            async with Client(streamable_http_client(url, http_client=http)) as client:
                while not self._stop.is_set():
                    await self._once(client, tool, arguments)
                    await asyncio.sleep(0.02)

    async def _once(self, client: Client, tool: str, arguments: dict[str, Any]) -> None:
        try:
            result = await client.call_tool(tool, arguments)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is a failed call, and counted
            self.failures.append(repr(error))
            return
        if result.is_error:
            self.failures.append(str(result.content))
        else:
            self.answers.append(dict(result.structured_content or {}))

    def ended(self, seconds: float) -> bool:
        """Whether it stopped calling by itself within that time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def __enter__(self) -> Steady:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(40)
