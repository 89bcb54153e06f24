"""Several gateway processes over one fake API server, and a balancer in front, as a Service is."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from tests.edge.gateway.conftest import ALICE, sha256, until
from tests.edge.gateway.zone import free_port

ROOT = Path(__file__).parents[3]


@dataclass
class Replica:
    """One gateway process, which may be killed and started again on its port."""

    values: dict[str, str]
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None
    ready: bool = False

    async def start(self, tools: int) -> None:
        """Start it, and wait until it is ready and knows so many tools."""
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "operator"),
            "CUPEL_HTTP_HOST": "127.0.0.1",
            "CUPEL_HTTP_PORT": str(self.port),
            "CUPEL_GATEWAY_CALLS_PER_SECOND": "100000",
            "CUPEL_GATEWAY_BURST": "100000",
            "CUPEL_LOG_LEVEL": "WARNING",
            **self.values,
        }
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cupel.gateway", cwd=ROOT, env=environment
        )
        await until(lambda: self._knows(tools), f"gateway {self.port} is ready", 120)
        self.ready = True

    async def kill(self) -> None:
        """As by kill -9; nobody is told beforehand."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.kill()
        self.ready = False
        await self.process.wait()

    async def _knows(self, tools: int) -> bool:
        assert self.process is not None and self.process.returncode is None, "the gateway ended"
        url = f"http://127.0.0.1:{self.port}"
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
                async with session.get(f"{url}/health") as health, session.get(f"{url}/metrics") as metrics:
                    known = f'cupel_gateway_tools{{namespace="tools"}} {tools}.0' in await metrics.text()
                    store = (await health.json()).get("store", "ok") == "ok"
                    return health.status == 200 and known and store
        except (aiohttp.ClientConnectionError, TimeoutError):
            return False


def settings(directory: Path, api_url: str, store_url: str) -> dict[str, str]:
    """What every replica is told: whom to watch, whom to let in, where to keep state."""
    tokens, kubeconfig = directory / "tokens", directory / "kubeconfig"
    tokens.write_text(json.dumps([{"name": "alice", "sha256": sha256(ALICE), "namespaces": ["*"]}]))
    cluster = {"name": "fake", "cluster": {"server": api_url}}
    context = {"name": "fake", "context": {"cluster": "fake", "user": "fake"}}
    config = {"current-context": "fake", "clusters": [cluster], "contexts": [context]}
    kubeconfig.write_text(json.dumps(config | {"users": [{"name": "fake", "user": {}}]}))
    return {
        "KUBECONFIG": str(kubeconfig),
        "CUPEL_GATEWAY_TOKENS_FILE": str(tokens),
        "CUPEL_STORE_URL": store_url,
    }


@asynccontextmanager
async def running(replicas: list[Replica], tools: int) -> AsyncIterator[None]:
    try:
        await asyncio.gather(*(replica.start(tools) for replica in replicas))
        yield
    finally:
        await asyncio.gather(*(replica.kill() for replica in replicas if replica.process))


@dataclass
class Balancer:
    """Sends connections to the replicas that are ready, in turn, as a Service does; who takes none is passed over."""

    replicas: list[Replica]
    turn: int = 0

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.turn += 1
        first = self.turn % len(self.replicas)
        for replica in self.replicas[first:] + self.replicas[:first]:
            if not replica.ready:
                continue
            try:
                theirs, to_them = await asyncio.open_connection("127.0.0.1", replica.port)
            except ConnectionError:
                continue
            await asyncio.gather(carry(reader, to_them), carry(theirs, writer))
            return
        writer.close()


async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Bytes, until either side has enough."""
    try:
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
    except ConnectionError:
        pass
    finally:
        sink.close()


@asynccontextmanager
async def balanced(replicas: list[Replica]) -> AsyncIterator[int]:
    """The port of a balancer."""
    server = await asyncio.start_server(Balancer(replicas).connect, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
