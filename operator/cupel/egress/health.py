"""What probes and Prometheus ask, on a port of its own: /livez, /readyz, /metrics."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import generate_latest

from .metrics import Metrics

Question = Callable[[], str]
"""Answers an empty string when all is well, else one sentence what is not."""
TEXT = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}


def application(ready: Question, metrics: Metrics) -> web.Application:
    async def livez(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_: web.Request) -> web.Response:
        problem = ready()
        body = {"status": "not ok" if problem else "ok", "problem": problem}
        return web.json_response(body, status=503 if problem else 200)

    async def exposition(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(metrics.registry), headers=TEXT)

    app = web.Application()
    app.router.add_get("/livez", livez)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", exposition)
    return app


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve while inside. Gives the port, which the system chooses when `port` is 0."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
