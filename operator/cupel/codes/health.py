"""What probes and Prometheus ask, on a port of its own: /livez, /readyz, /metrics.

People who may reach the service must not read here what came of their guesses.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import generate_latest

from .service import Service

TEXT = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}


def health(service: Service) -> web.Application:
    async def livez(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_: web.Request) -> web.Response:
        problem = await unready(service)
        return web.json_response({"status": problem or "ok"}, status=503 if problem else 200)

    async def exposition(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(service.metrics.registry), headers=TEXT)

    app = web.Application()
    app.router.add_get("/livez", livez)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", exposition)
    return app


async def unready(service: Service) -> str:
    """Empty when all is well."""
    if not service.enrollments.synced:
        return "syncing"
    return "" if await service.store.alive() else "the store does not answer"


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[None]:
    """Serve while inside."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()
