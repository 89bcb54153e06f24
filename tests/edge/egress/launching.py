"""A proxy as a process of its own, over a fake API server that holds one approved tool."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.edge.gateway.fake_api import FakeApi

from .conftest import approval, bundle, ledger, pod, revision

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Launched:
    process: asyncio.subprocess.Process
    port: int
    health_port: int

    async def asked(self, path: str) -> tuple[int, str]:
        """Status and body of one of the health port's endpoints; status 0 while nothing listens."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.health_port)
        except OSError:
            return 0, ""
        try:
            writer.write(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            head, _, body = (await reader.read()).partition(b"\r\n\r\n")
            return int(head.split(b" ")[1]), body.decode()
        except OSError:
            return 0, ""
        finally:
            writer.transport.abort()

    async def until(self, path: str, status: int, seconds: float = 30) -> str:
        async with asyncio.timeout(seconds):
            while True:
                found, body = await self.asked(path)
                if found == status:
                    return body
                await asyncio.sleep(0.05)


def cluster(api: FakeApi, *egress: str) -> str:
    """One tool, approved for this egress, whose Pod has the address 127.0.0.1; its digest."""
    made = bundle("caller", egress)
    digest = made.digest()
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("Namespace", {"metadata": {"name": "tools", "labels": {"cupel.dev/zone": "serving"}}}),
        ("ToolRevision", revision(made)),
        ("ApprovalLedger", ledger({digest: approval(egress)})),
        ("Pod", pod(digest)),
    ]
    for kind, body in kinds:
        api.put(body | {"kind": kind})
    return digest


@asynccontextmanager
async def launched(folder: Path, url: str, **settings: str) -> AsyncIterator[Launched]:
    """`python -m cupel.egress` against the API server at `url`."""
    config = {
        "clusters": [{"name": "x", "cluster": {"server": url}}],
        "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
        "users": [{"name": "x", "user": {}}],
        "current-context": "x",
    }
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(json.dumps(config))
    port, health = _free_port(), _free_port()
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "operator"),
        "KUBECONFIG": str(kubeconfig),
        "CUPEL_HTTP_HOST": "127.0.0.1",
        "CUPEL_HTTP_PORT": str(health),
        "CUPEL_EGRESS_LISTEN_PORT": str(port),
        "CUPEL_EGRESS_ALLOW_NETWORKS": "127.0.0.0/8",
        "CUPEL_EGRESS_DRAIN_SECONDS": "0.2",
    }
    log = (folder / "log").open("wb")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cupel.egress", env=environment | settings, stderr=log
    )
    log.close()
    try:
        yield Launched(process, port, health)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
