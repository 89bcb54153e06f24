"""The official conformance suite against a gateway, at both revisions: what it finds is known, and only shrinks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from tests.e2e.outside_clients import installed

from .conftest import ALICE, RunningGateway
from .zone import Zone, free_port, tool_body

KNOWN = Path(__file__).parents[2] / "conformance"
PORT = free_port()
HOP = {"transfer-encoding", "content-length", "connection", "content-encoding", "keep-alive"}
NOTHING = {"type": "object", "properties": {}, "additionalProperties": False}
TOOLS = {
    "test_simple_text": "def run() -> dict:\n    return {'text': 'This is a simple text response for testing.'}\n",
    "test_error_handling": "def run() -> dict:\n    raise ValueError('This tool intentionally returns an error for testing')\n",
}
"""The tools of the suite's fixture that a tool of ours can be."""


@pytest.fixture
def environment() -> dict[str, str]:
    return {"CUPEL_GATEWAY_ORIGINS": f"http://127.0.0.1:{PORT}"}


@asynccontextmanager
async def let_in(url: str) -> AsyncIterator[str]:
    """A way into the gateway that adds a token and nothing else: the suite cannot bring one."""

    async def forward(request: web.Request) -> web.StreamResponse:
        kept = {name: value for name, value in request.headers.items() if name.lower() not in HOP}
        kept.setdefault("Authorization", f"Bearer {ALICE}")
        sent = {"headers": kept, "data": await request.read()}
        async with session.request(request.method, url + request.rel_url.path, **sent) as answer:
            told = {name: value for name, value in answer.headers.items() if name.lower() not in HOP}
            stream = web.StreamResponse(status=answer.status, headers=told)
            await stream.prepare(request)
            async for chunk in answer.content.iter_any():
                await stream.write(chunk)
            return stream

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", forward)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    async with aiohttp.ClientSession(auto_decompress=False, timeout=aiohttp.ClientTimeout(None)) as session:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", PORT).start()
        yield f"http://127.0.0.1:{PORT}/mcp"
        await runner.cleanup()


@pytest.mark.parametrize("revision", ["2025-11-25", "2026-07-28"])
async def test_conformance(gateway: RunningGateway, zone: Zone, revision: str, tmp_path: Path):
    outside = await asyncio.to_thread(installed)
    for name, code in TOOLS.items():
        bare = {
            "input_schema": NOTHING,
            "output_schema": {"type": "object"},
            "examples": [{"name": "one", "result": {}}],
        }
        await zone.publish(tool_body(name.replace("_", "-"), tool_name=name, code=code, **bare))
    await gateway.listed(*sorted(TOOLS))
    async with let_in(gateway.url) as url:
        known = KNOWN / f"known-{revision}.yml"
        options = [
            "--requirements",
            revision,
            "--expected-failures",
            str(known),
            "--output-dir",
            str(tmp_path / "out"),
        ]
        done = await asyncio.to_thread(outside.run, "conformance", "server", "--url", url, *options)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
