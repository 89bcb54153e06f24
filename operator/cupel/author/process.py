"""One author put together: reflectors, workers, a resync. Two do no harm: the gap is their lock."""

from __future__ import annotations

import asyncio
import logging
import random
import signal
from collections.abc import Mapping

from cupel import clock
from cupel.api.names import AUTHOR
from cupel.kube.client import Client
from cupel.kube.connect import api_client, configuration
from cupel.kube.resources import CAPABILITY_GAP, GENERATED_TOOL, TOOL_POLICY, TOOL_REVISION
from cupel.kube.watch import Feed, reflect
from cupel.settings.author import AuthorSettings
from cupel.telemetry.endpoints import application, serving

from .carrying import UNFINISHED, Carrier
from .making import Maker
from .metrics import Metrics
from .seen import Key, Seen
from .turns import Turns

log = logging.getLogger("cupel.author")
RETRY_SECONDS = 2.0
"""About this long after what failed; a gap that keeps failing also gets its turn at every resync only."""
MOST_RETRY_SECONDS = 300.0


class Author:
    """The parts of one process."""

    def __init__(self, settings: AuthorSettings, maker: Maker, who: str = AUTHOR) -> None:
        self.settings = settings
        self.maker = maker
        self.metrics = Metrics()
        self.turns = Turns()
        self.seen = Seen(who, self._wake)
        self._failed: dict[Key, int] = {}

    async def run(self, values: Mapping[str, str]) -> None:
        """Until SIGTERM or SIGINT."""
        stopped = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        agent = f"cupel-author/{self.settings.identity}"
        client = Client(api_client(await configuration(values), agent=agent), self.metrics.count_write)
        app = application(self._unready, self.metrics.text)
        try:
            async with serving(app, self.settings.host, self.settings.port) as port:
                log.info("the author serves /livez, /readyz and /metrics on port %s", port)
                await self._work(client, stopped)
        finally:
            self.turns.stop()
            await client.close()

    async def _work(self, client: Client, stopped: asyncio.Event) -> None:
        seen = self.seen
        feeds = (
            (CAPABILITY_GAP, seen.gaps), (GENERATED_TOOL, seen.tools),
            (TOOL_REVISION, seen.revisions), (TOOL_POLICY, seen.policies),
        )  # fmt: skip
        carrier = Carrier(client, seen, self.maker, self.metrics)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(reflect(client.api, Feed(kind), store)) for kind, store in feeds]
            tasks += [group.create_task(self._worker(carrier)) for _ in range(self.settings.workers)]
            tasks.append(group.create_task(self._resync()))
            await stopped.wait()
            for task in tasks:
                task.cancel()

    async def _worker(self, carrier: Carrier) -> None:
        while True:
            key = await self.turns.take()
            try:
                await self._look(carrier, key)
            finally:
                self.turns.done(key)

    async def _look(self, carrier: Carrier, key: Key) -> None:
        """Nothing is begun before everything was listed: a tool not seen yet is not missing."""
        if self.seen.waiting_for():
            self.turns.later(key, 1.0)
            return
        try:
            until = await carrier.carry(key)
        except UNFINISHED as weather:
            log.info("gap %s/%s is looked at again: %s", *key, weather)
            return self._retry(key)
        except Exception:  # the top of a worker: our own mistake must not end the others' work
            self.metrics.failures.inc()
            log.exception("a look at gap %s/%s failed", *key)
            return self._retry(key)
        self._failed.pop(key, None)
        if until is not None:
            self.turns.later(key, (until - clock.now()).total_seconds())

    def _retry(self, key: Key) -> None:
        failed = self._failed[key] = self._failed.get(key, 0) + 1
        pause = min(RETRY_SECONDS * 2 ** min(failed - 1, 10), MOST_RETRY_SECONDS)
        self.turns.later(key, pause * random.uniform(0.5, 1.0))  # noqa: S311  # spreads load, guards nothing

    async def _resync(self) -> None:
        while True:
            await asyncio.sleep(self.settings.resync_seconds)
            self.seen.wake_all()

    def _wake(self, key: Key) -> None:
        self.turns.add(key)

    def _unready(self) -> str:
        missing = self.seen.waiting_for()
        return f"not listed yet: {', '.join(missing)}" if missing else ""
