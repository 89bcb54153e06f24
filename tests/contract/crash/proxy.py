"""A proxy between operator and API server that counts writes, and fails one of them in a chosen way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from .api import OPERATOR, OPERATOR_GROUPS, Api, identity

Mode = Literal["before", "after", "lost"]
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
HOP = frozenset({"host", "connection", "transfer-encoding", "content-length", "authorization", "keep-alive"})


class FaultProxy:
    """Speaks to the API server as the operator. Leases, events and dry runs are no writes of the workflow."""

    def __init__(self, api: Api, kill: Callable[[], None]) -> None:
        self.api = api
        self.kill = kill
        self.writes: list[str] = []
        self.fail_at = 0
        self.mode: Mode = "before"
        self.port = 0

    def plan(self, fail_at: int, mode: Mode) -> None:
        """Count anew; fail the write of this number (from 1; 0: none)."""
        self.writes = []
        self.fail_at, self.mode = fail_at, mode

    async def __aenter__(self) -> FaultProxy:
        app = web.Application(client_max_size=8 << 20)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.port = self.runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if not _counts(request):
            return await self._forward(request, body)
        self.writes.append(f"{request.method} {request.path}")
        if len(self.writes) != self.fail_at:
            return await self._forward(request, body)
        return await self._fail(request, body)

    async def _fail(self, request: web.Request, body: bytes) -> web.StreamResponse:
        if self.mode == "before":
            self.kill()
        elif self.mode == "after":
            await self._store(request, body)
            self.kill()
        else:
            await self._store(request, body)
        if request.transport is not None:
            request.transport.abort()
        raise asyncio.CancelledError

    async def _store(self, request: web.Request, body: bytes) -> None:
        async with self._send(request, body) as answer:
            await answer.read()

    def _send(self, request: web.Request, body: bytes) -> aiohttp.client._RequestContextManager:
        assert self.api.session is not None
        headers: CIMultiDict[str] = CIMultiDict(
            (k, v) for k, v in request.headers.items() if k.lower() not in HOP
        )
        for key, value in identity(OPERATOR, *OPERATOR_GROUPS):
            headers.add(key, value)
        url = self.api.server + request.raw_path
        return self.api.session.request(request.method, url, data=body or None, headers=headers)

    async def _forward(self, request: web.Request, body: bytes) -> web.StreamResponse:
        async with self._send(request, body) as answer:
            headers = {k: v for k, v in answer.headers.items() if k.lower() not in HOP}
            response = web.StreamResponse(status=answer.status, headers=headers)
            await response.prepare(request)
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
            await response.write_eof()
            return response


def _counts(request: web.Request) -> bool:
    if request.method not in WRITES or "dryRun" in request.query:
        return False
    return "/leases" not in request.path and "/events" not in request.path
