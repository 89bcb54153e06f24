"""A load generator: calls a tool through the gateway at a rate that may change, by the official MCP client.

It is an open loop: calls begin when they are due, whether or not earlier ones were answered, as many callers do.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

MOST_UNDER_WAY = 24
"""Callers that wait at once; a call that would be one more is not made, and counted as left out.

Fewer than the gateway takes of one tool (`CUPEL_GATEWAY_CALLS_PER_TOOL`, 32): on a machine that is busy
otherwise calls pile up, and what is turned away then says nothing about the tool.
"""


class Load:
    """Calls in the background while its context lasts; `arguments` are taken in turn."""

    def __init__(
        self, url: str, token: str, tool: str, arguments: Sequence[dict[str, Any]], rate: float
    ) -> None:
        self.answered = 0
        self.left_out = 0
        self.failures: list[str] = []
        self._tool, self._arguments = tool, arguments
        self._stop = threading.Event()
        self._from, self._to, self._began, self._takes = rate, rate, time.monotonic(), 1.0
        self._under_way: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(url, token)))

    @property
    def rate(self) -> float:
        """Calls a second now."""
        part = min(1.0, (time.monotonic() - self._began) / self._takes)
        return self._from + part * (self._to - self._from)

    def ramp(self, rate: float, seconds: float = 1.0) -> None:
        """Go to this rate, evenly over so many seconds."""
        self._from, self._to, self._began, self._takes = self.rate, rate, time.monotonic(), seconds

    @property
    def calls(self) -> int:
        return self.answered + len(self.failures)

    async def _run(self, url: str, token: str) -> None:
        async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
            async with Client(streamable_http_client(url, http_client=http)) as client:
                await self._loop(client)

    async def _loop(self, client: Client) -> None:
        number, due = 0, time.monotonic()
        while not self._stop.is_set():
            due = max(due + 1.0 / max(self.rate, 0.1), time.monotonic() - 1.0)
            if len(self._under_way) < MOST_UNDER_WAY:
                call = asyncio.create_task(self._once(client, self._arguments[number % len(self._arguments)]))
                self._under_way.add(call)
                call.add_done_callback(self._under_way.discard)
                number += 1
            else:
                self.left_out += 1
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await asyncio.gather(*self._under_way)

    async def _once(self, client: Client, arguments: dict[str, Any]) -> None:
        try:
            result = await client.call_tool(self._tool, arguments)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is a failed call, and counted
            self.failures.append(repr(error))
            return
        if result.is_error:
            self.failures.append(str(result.content))
        else:
            self.answered += 1

    def __enter__(self) -> Load:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Call no more, once what is under way was answered."""
        self._stop.set()
        self._thread.join(40)
