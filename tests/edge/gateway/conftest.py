"""A gateway in this process, over a fake API server and real launchers."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import uvicorn
from kubernetes.aio.client.configuration import Configuration

from cupel.api.names import DIGEST
from cupel.gateway.application import Application
from cupel.gateway.callers import TokenFile
from cupel.gateway.front import Cluster
from cupel.kube.access import Reviewer
from cupel.kube.borrowed import borrower
from cupel.kube.client import Client
from cupel.kube.connect import api_client
from cupel.kube.existing import Existing
from cupel.kube.resources import (
    APPROVAL_LEDGER,
    CAPABILITY_GAP,
    GENERATED_TOOL,
    NAMESPACE,
    POD,
    TOOL_POLICY,
    TOOL_REVISION,
)
from cupel.kube.watch import Feed, reflect
from cupel.settings.gateway import gateway_settings

from .fake_api import FakeApi
from .zone import Zone, free_port

# Before Python 3.12 the policy makes a loop when pytest-asyncio asks for the present one, and nobody closes it.
asyncio.set_event_loop(None)

ALICE = "alice-token"
MALLORY = "mallory-token"
ANN = "ann-token"
"""May also ask for tools and give feedback."""


def sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass
class RunningGateway:
    """A gateway that listens, and the means to call it."""

    application: Application
    url: str
    tokens: Path
    session: aiohttp.ClientSession = field(repr=False)

    async def post(
        self, message: Any, *, token: str = ALICE, path: str = "/mcp", headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """POST one JSON-RPC message as curl would; (status, parsed body or text)."""
        sent = {"authorization": f"Bearer {token}", "content-type": "application/json", **(headers or {})}
        data = message if isinstance(message, bytes) else json.dumps(message)
        async with self.session.post(f"{self.url}{path}", data=data, headers=sent) as response:
            text = await response.text()
            kind = response.headers.get("content-type", "")
            return response.status, json.loads(text) if kind.startswith("application/json") else text

    async def call(self, name: str, arguments: dict[str, Any], **how: Any) -> Any:
        """The `result` of a bare tools/call, or its `error`."""
        message = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": name, "arguments": arguments},
        }
        _, answer = await self.post(message, **how)
        return answer.get("result") or answer["error"]

    async def names(self, **how: Any) -> list[str]:
        """The names of a bare tools/list."""
        _, answer = await self.post({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, **how)
        return [tool["name"] for tool in answer["result"]["tools"]]

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.session.get(f"{self.url}{path}", headers=headers) as response:
            return response.status, await response.text()

    async def listed(self, *names: str, **how: Any) -> None:
        """Wait until exactly these are listed."""
        await until(lambda: self._lists(list(names), how), f"tools {names} listed")

    async def _lists(self, names: list[str], how: dict[str, Any]) -> bool:
        return await self.names(**how) == names


async def until(holds: Callable[[], Awaitable[bool]], what: str, seconds: float = 10) -> None:
    """Wait until a condition holds; fails after `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            while not await holds():
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"not within {seconds} s: {what}")


@pytest.fixture
async def api() -> AsyncIterator[FakeApi]:
    api = FakeApi()
    await api.start()
    yield api
    await api.stop()


@pytest.fixture
async def zone(api: FakeApi, tmp_path: Path) -> AsyncIterator[Zone]:
    zone = Zone(api, tmp_path)
    yield zone
    await zone.stop()


@pytest.fixture
def environment() -> dict[str, str]:
    """Settings of the gateway under test; a module may override this."""
    return {}


@pytest.fixture
async def gateway(
    api: FakeApi, zone: Zone, tmp_path: Path, environment: dict[str, str]
) -> AsyncIterator[RunningGateway]:
    tokens = tmp_path / "tokens"
    tokens.write_text(
        json.dumps({"name": "alice", "sha256": sha256(ALICE), "namespaces": ["*"]})
        + "\n"
        + json.dumps({"name": "mallory", "sha256": sha256(MALLORY), "namespaces": ["elsewhere"]})
        + "\n"
        + json.dumps(
            {
                "name": "ann",
                "sha256": sha256(ANN),
                "namespaces": ["*"],
                "scopes": ["read", "call", "ask", "feedback"],
            }
        )
    )
    values = {
        "CUPEL_GATEWAY_TOKENS_FILE": str(tokens),
        "CUPEL_GATEWAY_CALLS_PER_SECOND": "10000",
    } | environment
    values = {"CUPEL_GATEWAY_BURST": "10000", **values}
    configuration = Configuration()
    configuration.host = api.url
    client = api_client(configuration)
    kinds = {
        "zones": Feed(NAMESPACE, "cupel.dev/zone=serving"),
        "tools": Feed(GENERATED_TOOL),
        "revisions": Feed(TOOL_REVISION),
        "ledgers": Feed(APPROVAL_LEDGER),
        "pods": Feed(POD, DIGEST),
        "policies": Feed(TOOL_POLICY),
    }
    application = Application(
        gateway_settings(values),
        TokenFile(str(tokens)),
        Reviewer(client),
        Existing(client),
        lambda catalogue, gaps: [
            reflect(client, Feed(CAPABILITY_GAP), gaps.store),
            *(reflect(client, feed, getattr(catalogue, name)) for name, feed in kinds.items()),
        ],
        Cluster(Client(client), Reviewer(client), borrower(configuration)),
    )
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(
            application.app, host="127.0.0.1", port=port, log_config=None, timeout_graceful_shutdown=5
        )
    )
    serving = asyncio.create_task(server.serve())
    async with aiohttp.ClientSession() as session:
        running = RunningGateway(application, f"http://127.0.0.1:{port}", tokens, session)
        await until(lambda: _healthy(running, serving), "gateway healthy")
        yield running
        application.drain()
        server.should_exit = True
    await serving
    await client.rest_client.close()


async def _healthy(running: RunningGateway, serving: asyncio.Task[None]) -> bool:
    if serving.done():
        serving.result()
        pytest.fail("the gateway stopped")
    try:
        return (await running.get("/health"))[0] == 200
    except aiohttp.ClientConnectorError:
        return False
