"""One proxy process: reflectors, the vault, the two listeners, and an orderly end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from prometheus_client import generate_latest

from cupel.decide.addresses import Walls
from cupel.settings.egress import EgressSettings
from cupel.telemetry.endpoints import application, serving

from .body import MOST_HEAD
from .directory import Directory
from .metrics import Metrics
from .proxy import Proxy
from .upstream import Resolver, Upstream, client_context
from .vault import Vault

log = logging.getLogger(__name__)

Feeders = Callable[[Directory], Iterable[Coroutine[Any, Any, None]]]
"""What keeps a directory up to date; each runs as long as the process does."""
BACKLOG = 512


@dataclass
class Process:
    """A proxy that listens."""

    directory: Directory
    metrics: Metrics
    proxy: Proxy
    vault: Vault
    port: int = 0
    health_port: int = 0
    stopping: bool = False

    def ready(self) -> str:
        """Empty when calls can be judged, else why not."""
        if self.stopping:
            return "stopping"
        waiting = self.directory.waiting_for()
        return f"still reading {', '.join(waiting)}" if waiting else ""


def assembled(settings: EgressSettings, resolver: Resolver) -> Process:
    """All parts, nothing running. Raises OSError when the extra authorities cannot be read."""
    directory, metrics = Directory(), Metrics()
    vault = Vault(settings.credentials_file, lambda current: metrics.credentials.set(int(current)))
    walls = Walls(settings.allowed_networks, settings.allowed_names, settings.cluster_networks)
    upstream = Upstream(resolver, walls, client_context(settings.ca_file), settings.limits.response_bytes)
    return Process(directory, metrics, Proxy(directory, vault, upstream, settings.limits, metrics), vault)


@asynccontextmanager
async def running(settings: EgressSettings, resolver: Resolver, feed: Feeders) -> AsyncIterator[Process]:
    """A proxy that serves while inside; on leaving it turns new calls away and waits for those under way."""
    process = assembled(settings, resolver)
    process.vault.look()
    app = application(process.ready, partial(generate_latest, process.metrics.registry))
    tasks = [asyncio.create_task(each) for each in (*feed(process.directory), process.vault.watch())]
    try:
        async with serving(app, settings.host, settings.health_port) as process.health_port:
            server = await asyncio.start_server(
                process.proxy.accept, settings.host, settings.port, limit=MOST_HEAD, backlog=BACKLOG
            )
            process.port = server.sockets[0].getsockname()[1]
            log.info("listening on port %d", process.port)
            try:
                yield process
            finally:
                process.stopping = True
                await asyncio.sleep(settings.drain_seconds)  # until no Service sends anything here
                server.close()
                await process.proxy.settle(settings.limits.request_seconds)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
