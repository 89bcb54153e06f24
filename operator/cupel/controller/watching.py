"""Watching, by kopf: events only feed the stores.

No handler does work, nothing is written to objects, no finalizer is set.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import kopf

from cupel.kube.client import PAGE, Client
from cupel.kube.cluster import SELECTORS, Cluster, relist
from cupel.kube.connect import Access
from cupel.kube.errors import Weather
from cupel.kube.resources import Kind

from .forgetful import NoEssence, NoProgress

log = logging.getLogger("cupel.controller")
LONGEST_PAUSE = 30.0
ENDING = 5.0
NAME_IN_PEERING: Any = "cupel"
"""Peering is off, but kopf would ask /etc/passwd for a name, and an image may run under any user."""
SETTLE = 2.0
"""kopf lists a kind object by object; our own list waits until it has ended."""


class WatchingEnded(Exception):
    """Nothing feeds the stores any more."""


class Lists:
    """Keeps the stores true where events cannot: at the start, after a gap in a watch, and every now and
    then.
    """

    def __init__(self, client: Client, cluster: Cluster, every: float) -> None:
        self._client = client
        self._cluster = cluster
        self._every = every
        self._wanted = {kind: asyncio.Event() for kind in SELECTORS}

    async def first(self) -> None:
        """Return when everything was listed once."""
        for kind in SELECTORS:  # one after another: a list takes much more memory than what is kept of it
            await self._once(kind)

    def want(self, kind: Kind) -> None:
        """kopf has listed this kind anew: deletions may have been missed."""
        self._wanted[kind].set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for kind in SELECTORS:
                group.create_task(self._again(kind))

    async def _again(self, kind: Kind) -> None:
        while True:
            try:
                async with asyncio.timeout(self._every):
                    await self._wanted[kind].wait()
            except TimeoutError:
                pass
            while self._wanted[kind].is_set():
                self._wanted[kind].clear()
                await asyncio.sleep(SETTLE)
            await self._once(kind)

    async def _once(self, kind: Kind) -> None:
        pause = 0.5
        while True:
            try:
                return await relist(self._client, self._cluster, kind)
            except Weather as weather:
                log.warning("cannot list %s, again in %.0f s: %s", kind.plural, pause, weather)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


def registry_for(
    cluster: Cluster, lists: Lists, access: Callable[[], Awaitable[Access]]
) -> kopf.OperatorRegistry:
    """kopf's handlers: one `on.event` for each kind, and the login."""
    registry = kopf.OperatorRegistry()
    for kind in SELECTORS:
        group, _, version = kind.api_version.rpartition("/")
        kopf.on.event(group, version, kind.plural, registry=registry, id=kind.plural)(
            partial(_seen, cluster, lists, kind)
        )
    kopf.on.login(registry=registry, id="login")(partial(_login, access))
    return registry


async def _seen(cluster: Cluster, lists: Lists, kind: Kind, type: str | None, event: Any, **_: Any) -> None:
    """One event. `type` is None for what kopf listed rather than watched."""
    body = event["object"]
    if type == "DELETED":
        cluster.gone(kind, body)
        return
    if type is None:
        lists.want(kind)
    cluster.take(kind, body)


async def _login(access: Callable[[], Awaitable[Access]], **_: Any) -> kopf.ConnectionInfo:
    found = await access()
    return kopf.ConnectionInfo(
        server=found.server,
        ca_path=found.ca_file or None,
        insecure=found.insecure,
        certificate_path=found.certificate_file or None,
        private_key_path=found.key_file or None,
        token=found.token or None,
    )


def settings_for() -> kopf.OperatorSettings:
    """kopf as a watcher only. It posts nothing, remembers nothing and asks nobody for leave."""
    settings = kopf.OperatorSettings()
    settings.posting.enabled = False
    settings.peering.standalone = True
    settings.scanning.disabled = True  # the kinds are known; no leave to read CRDs is needed
    settings.persistence.diffbase_storage = NoEssence()
    settings.persistence.progress_storage = NoProgress()
    settings.process.ultimate_exiting_timeout = 30
    settings.watching.connect_timeout = 10
    settings.networking.request_timeout = 60
    settings.watching.chunk_size = PAGE
    settings.queueing.idle_timeout = 0.05  # a task for each object that changed is kept no longer than that
    for kind, selector in SELECTORS.items():
        if selector:
            group, _, version = kind.api_version.rpartition("/")
            settings.watching.label_selectors[group, version, kind.plural] = selector
    return settings


async def watch(registry: kopf.OperatorRegistry) -> None:
    """Watch until a signal asks the process to end. Raises when a watch fails for good: then the process
    must end.

    kopf's own `run_tasks` would also cancel every other task of the loop, ours among them.
    """
    tasks = await kopf.spawn_tasks(
        registry=registry,
        settings=settings_for(),
        standalone=True,
        clusterwide=True,
        identity=NAME_IN_PEERING,
    )
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    told = asyncio.create_task(asked.wait())
    try:
        ended, _ = await asyncio.wait([*tasks, told], return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
        if told not in ended:
            raise WatchingEnded("kopf has stopped watching")
    finally:
        asyncio.get_running_loop().set_exception_handler(_ending)
        for task in (*tasks, told):
            task.cancel()
        await asyncio.wait([*tasks, told], timeout=ENDING)


def _ending(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """kopf's generators do not all like to be closed half-way; at the end that is of no consequence."""
    if getattr(context.get("asyncgen"), "__name__", "") != "infinite_watch":
        loop.default_exception_handler(context)
