"""One autopilot put together: it watches always, flies while it leads, and ends when it must not go on."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
from collections.abc import Mapping
from contextlib import AsyncExitStack

import aiohttp

from cupel import clock
from cupel.kube.client import Client
from cupel.kube.connect import Permit, api_client, configuration
from cupel.kube.lease import Election, Terms
from cupel.kube.may import May
from cupel.kube.recorder import Recorder
from cupel.settings.autopilot import AutopilotSettings
from cupel.signals.cloudwatch import CloudWatch
from cupel.signals.fetching import Limits, session
from cupel.signals.gateway import Gateway
from cupel.signals.pods import Pods
from cupel.signals.prometheus import Prometheus
from cupel.signals.reading import Source
from cupel.telemetry.endpoints import application, serving

from .acting import Acting
from .flying import Flying
from .hands import Hands
from .looking import Eyes, UsageSource
from .metrics import Metrics
from .sights import Sights
from .telling import Telling

log = logging.getLogger("cupel.autopilot")
CONTROLLER = "cupel.dev/autopilot"
STUCK_SECONDS = 60.0
BEAT_SECONDS = 1.0


class Stopped(Exception):
    """A signal asked us to end."""


class Autopilot:
    """The parts of one process."""

    def __init__(self, settings: AutopilotSettings, values: Mapping[str, str]) -> None:
        self.settings = settings
        self.values = values
        self.identity = f"{settings.identity}_{secrets.token_hex(4)}"
        self.metrics = Metrics()
        self.sights = Sights(settings.namespace, clock.steady)
        lease = settings.lease
        terms = Terms(lease.namespace, lease.name, self.identity, lease.duration, lease.renew, lease.retry)
        self.election = Election(terms, clock.steady, clock.now)
        self._beat = clock.steady()
        self.metrics.leader.set_function(lambda: float(self.election.leading()))
        self.metrics.paused.set_function(lambda: float(self.sights.all_paused))

    async def run(self) -> None:
        """Fly until a signal (returns), or until this process must not go on (raises a group)."""
        app = application(self._unready, self.metrics.text, alive=self._stuck, state=self._state)
        async with AsyncExitStack() as stack:
            client = await self._client(stack, self.election.leading)
            leases = await self._client(stack, self.election.may_write_lease)
            http = await stack.enter_async_context(session())
            port = await stack.enter_async_context(serving(app, self.settings.host, self.settings.port))
            log.info("autopilot %s serves /livez, /readyz and /metrics on port %s", self.identity, port)
            try:
                await self._work(client, leases, http)
            except* Stopped:
                await self.election.release(leases)
                log.info("autopilot %s was asked to end", self.identity)

    async def _client(self, stack: AsyncExitStack, permit: Permit) -> Client:
        """Connections of its own, whose writes ask `permit`."""
        found = await configuration(self.values)
        client = Client(
            api_client(found, permit, f"cupel-autopilot/{self.identity}"), self.metrics.count_write
        )
        stack.push_async_callback(client.close)
        return client

    async def _work(self, client: Client, leases: Client, http: aiohttp.ClientSession) -> None:
        async with asyncio.TaskGroup() as group:
            for loop in self.sights.reflectors(client):
                group.create_task(loop)
            group.create_task(self._pulse())
            group.create_task(self._lead(client, leases, http))
            group.create_task(_told_to_stop())

    async def _lead(self, client: Client, leases: Client, http: aiohttp.ClientSession) -> None:
        """Wait for the lease, then fly. Ends only by raising."""
        await self.election.win(leases)
        log.info("autopilot %s leads", self.identity)
        recorder = Recorder(client, self.identity, self.metrics.events_lost.inc, lambda: False, CONTROLLER)
        telling = Telling(recorder, self.metrics)
        eyes = Eyes(self._sources(client, http), self.settings.sight.seconds)
        acting = Acting(self.sights, Hands(client), telling, self.metrics, self.settings)
        flying = Flying(self.sights, eyes, acting, May(client, clock.steady), self.metrics)
        async with asyncio.TaskGroup() as group:
            group.create_task(self.election.keep(leases))
            group.create_task(recorder.run())
            group.create_task(flying.run())

    def _sources(self, client: Client, http: aiohttp.ClientSession) -> dict[str, Source]:
        sight = self.settings.sight
        limits = Limits(sight.seconds, sight.kibibytes * 1024)
        may = sight.cloudwatch.cover
        found: dict[str, Source] = {
            "Gateway": Gateway(
                http,
                self.sights.gateways,
                limits,
                sight.gateway_port,
                token_file=sight.gateway_token_file,
            ),
            "PodMetrics": Pods(http, limits),
            "Resource": UsageSource(client, self.sights.pods_of),
            "CloudWatch": CloudWatch(http, may, self.values, limits, self.metrics.count_billed),
        }
        if sight.prometheus_url:
            found["Prometheus"] = Prometheus(http, sight.prometheus_url, limits, sight.prometheus_token_file)
        return found

    async def _pulse(self) -> None:
        while True:
            self._beat = clock.steady()
            await asyncio.sleep(BEAT_SECONDS)

    def _stuck(self) -> str:
        return "the event loop is stuck" if clock.steady() - self._beat > STUCK_SECONDS else ""

    def _unready(self) -> str:
        missing = self.sights.unlisted()
        return f"not listed yet: {', '.join(missing)}" if missing else ""

    def _state(self) -> dict[str, object]:
        return {
            "identity": self.identity,
            "leading": self.election.leading(),
            "paused": self.sights.all_paused,
            "policies": sum(len(here) for here in self.sights.policies.objects.values()),
        }


async def _told_to_stop() -> None:
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()
    raise Stopped
