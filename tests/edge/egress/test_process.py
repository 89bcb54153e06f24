"""The process: real reflectors over an API server, its health port, its log, and its end."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.edge.gateway.fake_api import FakeApi

from .conftest import Reply, Tool, approval, ledger
from .launching import cluster, launched
from .targets import plain, serving


@pytest.fixture
async def api() -> AsyncIterator[FakeApi]:
    found = FakeApi()
    await found.start()
    yield found
    await found.stop()


async def answered(tool: Tool, url: str, status: int) -> Reply:
    """Ask until the answer has this status."""
    async with asyncio.timeout(10):
        while (reply := await tool.get(url)).status != status:
            await asyncio.sleep(0.05)
        return reply


async def test_a_process_learns_its_callers_serves_them_and_says_so(api: FakeApi, tmp_path: Path) -> None:
    async with serving(plain(b"hello")) as target, launched(tmp_path, api.url) as proxy:
        pair = f"127.0.0.1:{target.port}"
        digest = cluster(api, pair)
        await proxy.until("/readyz", 200)
        tool = Tool(proxy.port)
        assert (await answered(tool, f"http://{pair}/p?secret=1", 200)).body == b"hello"

        metrics = await proxy.until("/metrics", 200)
        who = f'digest="{digest[7:47]}",method="GET",namespace="tools",outcome="2xx",target="{pair}",tool="caller"'
        assert f"cupel_egress_calls_total{{{who}}} 1.0" in metrics

        ended = ledger({digest: approval((pair,))}, {digest: "rolled back"})
        api.put(ended | {"kind": "ApprovalLedger"})
        assert "condemned" in (await answered(tool, f"http://{pair}/", 403)).refused

    text = (tmp_path / "log").read_text()
    calls = [line for line in map(json.loads, text.splitlines()) if line["message"] == "call"]
    told = {
        "namespace": "tools",
        "tool": "caller",
        "digest": digest,
        "target": pair,
        "method": "GET",
        "bytesIn": 5,
    }
    assert any(told.items() <= line.items() for line in calls)
    assert "secret=1" not in text


async def test_a_call_under_way_is_finished_before_the_process_ends(api: FakeApi, tmp_path: Path) -> None:
    async def slow(request: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.8)
        await plain(b"late")(request, writer)

    async with serving(slow) as target, launched(tmp_path, api.url) as proxy:
        pair = f"127.0.0.1:{target.port}"
        cluster(api, pair)
        await proxy.until("/readyz", 200)
        call = asyncio.create_task(Tool(proxy.port).get(f"http://{pair}/"))
        async with asyncio.timeout(10):
            while not target.requests:
                await asyncio.sleep(0.02)
        proxy.process.send_signal(signal.SIGTERM)

        assert (await call).body == b"late"
        async with asyncio.timeout(15):
            assert await proxy.process.wait() == 0


# fmt: off
BAD = [
    ("no-number",    {"CUPEL_EGRESS_REQUEST_SECONDS": "soon"},       "CUPEL_EGRESS_REQUEST_SECONDS must be a number"),
    ("no-ca-file",   {"CUPEL_EGRESS_CA_FILE": "/no/such/file.pem"},  "CUPEL_EGRESS_CA_FILE cannot be used: No such file"),
    ("empty-ca",     {"CUPEL_EGRESS_CA_FILE": "/dev/null"},          "CUPEL_EGRESS_CA_FILE cannot be used"),
]
# fmt: on


@pytest.mark.parametrize(("settings", "words"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
async def test_settings_that_cannot_work_end_the_process(
    tmp_path: Path, settings: dict[str, str], words: str
) -> None:
    async with launched(tmp_path, "http://127.0.0.1:1", **settings) as proxy:
        async with asyncio.timeout(30):
            assert await proxy.process.wait() == 78
    assert words in (tmp_path / "log").read_text()
