"""One notifier put together, and the loops that keep it going: none waits for another."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import timedelta
from typing import Any

from cupel import clock
from cupel.kube.connect import api_client, configuration
from cupel.kube.resources import CAPABILITY_GAP, GENERATED_TOOL, TOOL_REVISION
from cupel.kube.watch import Feed, reflect
from cupel.messages import send
from cupel.settings.notify import NotifySettings
from cupel.store.engine import opened
from cupel.store.notice_letters import Letters
from cupel.store.notices import Notices, StoreFailed
from cupel.telemetry.endpoints import application, serving

from .metrics import Metrics
from .routes import RoutesFile
from .sending import Clocks, Sending
from .sights import Sights
from .telling import Telling

log = logging.getLogger("cupel.notify")
POLL_SECONDS = 1.0
"""How often it is seen whether there is something to send, of this process or of another."""
ROUTES_SECONDS = 2.0
COUNT_SECONDS = 5.0
FORGET_SECONDS = 3600.0
STORE_SECONDS = 60.0
"""After this long what the store was asked for counts as failed."""
STUCK_SECONDS = 150.0
Loop = Coroutine[Any, Any, None]


class Vitals:
    """Whether the loops go round, and whether the store answers them."""

    def __init__(self, metrics: Metrics) -> None:
        self._problem = metrics.problem.labels("store")
        self._beats: dict[str, float] = {}
        self._failing: dict[str, str] = {}

    def beat(self, loop: str, problem: str) -> None:
        """`problem`: what the store said; empty when all is well."""
        self._beats[loop] = clock.steady()
        if problem and not self._failing:
            log.warning("the store fails: %s", problem)
        self._failing.pop(loop, None)
        if problem:
            self._failing[loop] = problem
        self._problem.set(bool(self._failing))

    def failing(self) -> str:
        return "; ".join(sorted({f"the store fails: {problem}" for problem in self._failing.values()}))

    def stuck(self) -> str:
        now = clock.steady()
        late = [loop for loop, at in self._beats.items() if loop != "forget" and now - at > STUCK_SECONDS]
        return f"stuck: {', '.join(late)}" if late else ""


class Notifier:
    """The parts of one process."""

    def __init__(self, settings: NotifySettings, routes: RoutesFile) -> None:
        self.settings = settings
        self.routes = routes
        self.identity = f"{settings.identity}_{secrets.token_hex(4)}"
        self.metrics = Metrics()
        self.vitals = Vitals(self.metrics)
        self.sights = Sights(settings.namespaces, self._wake)
        self.metrics.problem.labels("watch").set_function(lambda: float(not self.sights.listed))
        self.metrics.problem.labels("routes").set_function(lambda: float(bool(self.routes.problem)))
        self._telling: Telling | None = None
        self._begun = False

    async def run(self, values: Mapping[str, str]) -> None:
        """Until SIGTERM or SIGINT; then what is being sent is finished. Raises StoreUnusable."""
        stopped = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        app = application(self._unready, self.metrics.text, alive=self.vitals.stuck)
        client = api_client(await configuration(values), agent=f"cupel-notifier/{self.identity}")
        try:
            async with (
                opened(self.settings.store_url, "notices") as engine,
                serving(app, self.settings.host, self.settings.port) as port,
            ):
                log.info("notifier %s serves /livez, /readyz and /metrics on port %s", self.identity, port)
                await self._work(self._reflectors(client), Notices(engine), Letters(engine), stopped)
        finally:
            await client.rest_client.close()

    async def _work(
        self, reflectors: list[Loop], notices: Notices, letters: Letters, stopped: asyncio.Event
    ) -> None:
        settings, routing = self.settings, lambda: self.routes.routing
        telling = Telling(self.sights, notices, routing, settings.cluster, settings.pace.batch, clock.now)
        self._telling = telling
        who = (self.identity, settings.cluster)
        clocks = Clocks(clock.now, clock.steady, clock.jittered)
        sending = Sending(letters, routing, send, settings.pace, who, clocks, self.metrics)
        loops: list[Loop] = [
            *reflectors,
            self._tell(telling),
            self._every("send", POLL_SECONDS, sending.once),
            self._every("count", COUNT_SECONDS, sending.count),
            self._every("forget", FORGET_SECONDS, lambda: self._forget(notices, telling)),
            self._look(),
        ]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(loop) for loop in loops]
            await stopped.wait()
            for task in tasks:
                task.cancel()
        await sending.finish()
        log.info("notifier %s was asked to end", self.identity)

    def _reflectors(self, client: Any) -> list[Loop]:
        sights = self.sights
        all_shelves = (
            (GENERATED_TOOL, sights.tools),
            (TOOL_REVISION, sights.revisions),
            (CAPABILITY_GAP, sights.gaps),
        )
        return [
            reflect(client, Feed(kind, namespace=namespace), shelf)
            for kind, shelves in all_shelves
            for namespace, shelf in shelves.items()
        ]

    async def _tell(self, telling: Telling) -> None:
        await telling.listed()
        while not await self._tried("tell", telling.begin):
            await asyncio.sleep(POLL_SECONDS)
        self._begun = True
        while True:
            if await self._tried("tell", telling.once):
                await telling.wait()
            else:
                await asyncio.sleep(clock.jittered(POLL_SECONDS))

    async def _every(self, name: str, pause: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await self._tried(name, work)
            await asyncio.sleep(clock.jittered(pause))

    async def _tried(self, name: str, work: Callable[[], Awaitable[None]]) -> bool:
        try:
            async with asyncio.timeout(STORE_SECONDS):
                await work()
        except (StoreFailed, TimeoutError) as error:
            self.vitals.beat(name, type(error).__name__)
            return False
        self.vitals.beat(name, "")
        return True

    async def _forget(self, notices: Notices, telling: Telling) -> None:
        """Nothing is dropped before everything was listed: what is not seen yet is not gone."""
        if self.sights.listed:
            uids = self.sights.uids
            await notices.forget(uids, clock.now() - timedelta(seconds=self.settings.keep_seconds))
            telling.forget(uids)

    async def _look(self) -> None:
        while True:
            self.routes.look()
            await asyncio.sleep(ROUTES_SECONDS)

    def _wake(self) -> None:
        if self._telling is not None:
            self._telling.wake()

    def _unready(self) -> str:
        if not self.sights.listed:
            return "GeneratedTools, ToolRevisions and CapabilityGaps were not listed yet"
        return self.vitals.failing() or ("" if self._begun else "what was told before was not read yet")
