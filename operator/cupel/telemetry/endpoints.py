"""What probes and Prometheus ask of every process, on a port of its own: /livez, /readyz, /metrics."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

Question = Callable[[], str]
"""Answers an empty string when all is well, else one sentence what is not."""
TEXT = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
NOTHING: Mapping[str, object] = {}


def application(
    ready: Callable[[], str | Awaitable[str]],
    metrics: Callable[[], bytes],
    *,
    alive: Question = str,
    state: Callable[[], Mapping[str, object]] = lambda: NOTHING,
) -> web.Application:
    """The three endpoints. `ready` may be awaited; `state` is shown by /readyz, whatever the answer."""

    async def livez(_: web.Request) -> web.Response:
        return _answer(alive(), NOTHING)

    async def readyz(_: web.Request) -> web.Response:
        said = ready()
        return _answer(said if isinstance(said, str) else await said, state())

    async def exposition(_: web.Request) -> web.Response:
        return web.Response(body=metrics(), headers=TEXT)

    app = web.Application()
    app.router.add_get("/livez", livez)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", exposition)
    return app


def _answer(problem: str, state: Mapping[str, object]) -> web.Response:
    body: dict[str, object] = {"status": "ok" if not problem else "not ok", "problem": problem, **state}
    return web.json_response(body, status=503 if problem else 200)


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve while inside. Gives the port, which the system chooses when `port` is 0."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
