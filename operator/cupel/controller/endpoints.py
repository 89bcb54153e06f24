"""What probes and Prometheus ask: /livez, /readyz, /metrics."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from cupel.telemetry.metrics import Metrics

Question = Callable[[], str]
"""Answers an empty string when all is well, else one sentence what is not."""


def application(
    alive: Question, ready: Question, state: Callable[[], dict[str, object]], metrics: Metrics
) -> web.Application:
    """The three endpoints. `state` is shown by /readyz, whatever the answer."""

    async def livez(_: web.Request) -> web.Response:
        return _answer(alive(), {})

    async def readyz(_: web.Request) -> web.Response:
        return _answer(ready(), state())

    async def exposition(_: web.Request) -> web.Response:
        return web.Response(
            body=metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        )

    app = web.Application()
    app.router.add_get("/livez", livez)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", exposition)
    return app


def _answer(problem: str, state: dict[str, object]) -> web.Response:
    body: dict[str, object] = {"status": "ok" if not problem else "not ok", "problem": problem, **state}
    return web.json_response(body, status=503 if problem else 200)


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve while inside. Gives the port, which the system chooses when `port` is 0."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, shutdown_timeout=2)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


class Heartbeat:
    """Notices that the event loop, or every worker, is stuck."""

    def __init__(self, steady: Callable[[], float], idle: Callable[[], bool], longest: float = 60.0) -> None:
        self._steady = steady
        self._idle = idle
        self._longest = longest
        self._beat = steady()
        self._worked = steady()

    async def run(self) -> None:
        while True:
            self._beat = self._steady()
            if self._idle():
                self._worked = self._beat
            await asyncio.sleep(1)

    def worked(self) -> None:
        """A pass has ended."""
        self._worked = self._steady()

    def problem(self) -> str:
        """Empty while all is well."""
        if self._steady() - self._beat > self._longest:
            return "the event loop is stuck"
        if self._steady() - self._worked > self._longest:
            return "there is work, but no pass has ended for a minute"
        return ""
