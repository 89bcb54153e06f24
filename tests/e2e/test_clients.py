"""Clients nobody here wrote list and call a tool through the gateway: on a real cluster, and the conformance suite."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from tests.bench import gateway as bench
from tests.demo.cluster import ZONE, Cluster
from tests.demo.install import agent_token, install
from tests.edge.gateway.fake_api import FakeApi
from tests.edge.gateway.zone import Zone, tool_body

from .outside_clients import Outside, installed

TOOL = Path(__file__).parent / "shout.yaml"
pytestmark = pytest.mark.node


@dataclass(frozen=True)
class Endpoint:
    """The gateway of the cluster, and a token that is good for it."""

    url: str
    token: str

    @property
    def header(self) -> str:
        return f"Authorization: Bearer {self.token}"


@pytest.fixture(scope="module")
def endpoint(node_kubeconfig: Path, sandbox_image: str, operator_image: str) -> Iterator[Endpoint]:
    """Cupel installed as its users do it, one tool applied by alice and approved by bob."""
    kubectl = os.environ.get("CUPEL_KUBECTL", "kubectl")
    cluster = Cluster(str(node_kubeconfig), kubectl, sandbox_image, operator_image)
    install(cluster)
    cluster.apply_as("alice", TOOL)
    if cluster.reason("shout", "AwaitingApproval", "Serving")["reason"] == "AwaitingApproval":
        cluster.cupel("approve", "shout", "-n", ZONE, "--yes", person="bob")
    cluster.reason("shout", "Serving")
    with cluster.gateway() as url:
        yield Endpoint(url, agent_token(cluster))
    cluster.run("delete", "generatedtool", "shout", "-n", ZONE)


@pytest.fixture(scope="module")
def outside() -> Outside:
    return installed()


def inspect(outside: Outside, endpoint: Endpoint, *arguments: str) -> Any:
    """What MCP Inspector prints."""
    done = outside.run(
        "mcp-inspector", "--cli", endpoint.url, "--transport", "http", "--header", endpoint.header, *arguments
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_inspector_lists_the_tool_as_it_was_applied(outside: Outside, endpoint: Endpoint) -> None:
    listed = inspect(outside, endpoint, "--method", "tools/list")

    tool = next(tool for tool in listed["tools"] if tool["name"] == "shout")
    assert tool["description"] == "Say a text louder."
    assert tool["inputSchema"]["properties"] == {"text": {"type": "string", "maxLength": 1000}}
    assert tool["annotations"]["readOnlyHint"] is True


def test_the_inspector_calls_the_tool(outside: Outside, endpoint: Endpoint) -> None:
    result = inspect(
        outside, endpoint, "--method", "tools/call", "--tool-name", "shout", "--tool-arg", "text=hello"
    )

    assert result["structuredContent"] == {"said": "HELLO"}


@pytest.mark.parametrize("mode", ["2026-07-28", "legacy"])
async def test_the_official_client_lists_and_calls(endpoint: Endpoint, mode: str) -> None:
    async with create_mcp_http_client(headers={"authorization": f"Bearer {endpoint.token}"}) as http:
        transport = streamable_http_client(endpoint.url, http_client=http)
        async with Client(transport, mode=mode) as client:
            names = [tool.name for tool in (await client.list_tools()).tools]
            result = await client.call_tool("shout", {"text": "hello"})
            refused = await client.call_tool("shout", {})

    assert "shout" in names
    assert (result.structured_content, result.is_error) == ({"said": "HELLO"}, False)
    assert refused.is_error and "`text` is required" in str(refused.content)


def test_curl_calls_without_a_handshake(endpoint: Endpoint) -> None:
    params = {"name": "shout", "arguments": {"text": "hello"}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    kind = "Content-Type: application/json"
    command = ["curl", "-sS", "-d", json.dumps(message), "-H", kind, "-H", endpoint.header, endpoint.url]

    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    assert answer["result"]["structuredContent"] == {"said": "HELLO"}


SCENARIOS: dict[tuple[str, str], set[str]] = {
    ("http-header-validation", "2026-07-28"): set(),
    ("http-custom-header-server-validation", "2026-07-28"): set(),
    ("server-session-lifecycle", "2025-11-25"): set(),
}
"""What the suite tries besides what a revision requires (that is in tests/edge/gateway/test_conformance.py)."""


@asynccontextmanager
async def open_door(url: str) -> AsyncIterator[str]:
    """The suite knows no tokens: a proxy that adds one to every request. Hosts and origins pass as they are."""

    async def forward(request: web.Request) -> web.StreamResponse:
        headers = [(k, v) for k, v in request.headers.items() if k.lower() not in HOP_BY_HOP]
        headers.append(("Authorization", f"Bearer {bench.TOKEN}"))
        body = await request.read()
        async with session.request(
            request.method, url + request.path_qs, headers=headers, data=body
        ) as answer:
            kept = [(k, v) for k, v in answer.headers.items() if k.lower() not in HOP_BY_HOP]
            response = web.StreamResponse(status=answer.status, headers=kept)
            await response.prepare(request)
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
            return response

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", forward)
    runner = web.AppRunner(app, shutdown_timeout=1)
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        await runner.cleanup()


HOP_BY_HOP = {"content-length", "transfer-encoding", "connection"}


async def failures(outside: Outside, url: str, scenario: str, revision: str, folder: Path) -> set[str]:
    """The checks of one scenario that failed; at least one must have passed."""
    out = folder / f"{scenario}-{revision}"
    wanted = ["--url", url, "--scenario", scenario, "--spec-version", revision, "--output-dir", str(out)]
    done = await asyncio.to_thread(outside.run, "conformance", "server", *wanted)
    (report,) = out.rglob("checks.json")
    checks = json.loads(report.read_text())
    assert any(check["status"] == "SUCCESS" for check in checks), done.stdout + done.stderr
    return {check["id"] for check in checks if check["status"] == "FAILURE"}


async def test_the_conformance_suite_finds_nothing_but_what_is_known(
    outside: Outside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against a gateway over a fake API server: the suite is about the protocol, not about Kubernetes."""
    monkeypatch.setenv("CUPEL_GATEWAY_ORIGINS", "http://127.0.0.1:*,http://localhost:*")
    schema = {"type": "object", "properties": {"text": {"type": "string", "x-mcp-header": "Text"}}}
    api = FakeApi()
    await api.start()
    zone = Zone(api, tmp_path)
    found = {}
    try:
        async with bench.gateway(tmp_path, api) as (url, _), aiohttp.ClientSession() as session:
            await zone.publish(tool_body("word-count", input_schema=schema))
            await bench.ready(session, url)
            async with open_door(url) as door:
                for scenario, revision in SCENARIOS:
                    found[scenario, revision] = await failures(
                        outside, f"{door}/mcp", scenario, revision, tmp_path
                    )
    finally:
        await zone.stop()
        await api.stop()

    assert found == SCENARIOS
