"""What probes and Prometheus ask: /livez, /readyz, /metrics."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

Question = Callable[[], str]
"""Answers an empty string when all is well, else one sentence what is not."""


def application(alive: Question, ready: Question, metrics: Callable[[], bytes]) -> web.Application:
    async def livez(_: web.Request) -> web.Response:
        return _answer(alive())

    async def readyz(_: web.Request) -> web.Response:
        return _answer(ready())

    async def exposition(_: web.Request) -> web.Response:
        kind = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        return web.Response(body=metrics(), headers=kind)

    app = web.Application()
    app.router.add_get("/livez", livez)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", exposition)
    return app


def _answer(problem: str) -> web.Response:
    body = {"status": "ok" if not problem else "not ok", "problem": problem}
    return web.json_response(body, status=503 if problem else 200)


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve while inside. Gives the port, which the system chooses when `port` is 0."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, shutdown_timeout=2).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
