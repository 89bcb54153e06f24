"""One operator process: watches always, works while it leads, ends when it must not go on."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Iterator, Mapping
from functools import partial

from cupel import clock
from cupel.kube.act import Hands
from cupel.kube.client import Client
from cupel.kube.cluster import Change, Cluster
from cupel.kube.connect import access, api_client, configuration
from cupel.kube.evidence import Evidence
from cupel.kube.gatecheck import GateCheck
from cupel.kube.lease import Election, LeaseLost, Terms
from cupel.kube.observe import Sight, ledger_sizes, tool
from cupel.kube.recorder import Recorder
from cupel.settings.operator import OperatorSettings
from cupel.signals.fetching import session
from cupel.telemetry.endpoints import application, serving
from cupel.telemetry.metrics import Metrics
from cupel.telemetry.tracing import Tracing, exporter_for

from .heartbeat import Heartbeat
from .lookout import Lookout
from .passes import Passes
from .probes import analyze, verify
from .senses import Senses
from .telling import Telling
from .wake import all_keys, concerned
from .watching import Lists, registry_for, watch
from .workqueue import WorkQueue

log = logging.getLogger("cupel.controller")


class Stopped(Exception):
    """A signal asked us to end."""


class Operator:
    """The parts of one process, put together."""

    def __init__(self, settings: OperatorSettings, values: Mapping[str, str]) -> None:
        self.settings = settings
        self.values = values
        self.identity = f"{settings.identity}_{secrets.token_hex(4)}"
        self.metrics = Metrics()
        self.queue = WorkQueue()
        self.evidence = Evidence()
        self.cluster = Cluster(self._changed)
        self.check = GateCheck(self.cluster, settings.sandbox_image)
        self.sight = Sight(
            self.cluster, self.evidence, settings.sandbox_image, settings.targets, self.check.problem
        )
        lease = settings.lease
        terms = Terms(lease.namespace, lease.name, self.identity, lease.duration, lease.renew, lease.retry)
        self.election = Election(terms, clock.steady, clock.second)
        self.heartbeat = Heartbeat(clock.steady, lambda: not self.election.leading() or not len(self.queue))
        self.tracing = Tracing(exporter_for(settings.otlp_endpoint), self.identity)
        self.metrics.leader.set_function(lambda: float(self.election.leading()))
        self.metrics.ledgers.look = partial(ledger_sizes, self.cluster)
        self.metrics.queue_depth.set_function(lambda: float(len(self.queue)))
        self.metrics.admission_ready.set_function(lambda: float(not self.check.everywhere))

    def _changed(self, change: Change) -> None:
        for key in concerned(self.cluster, change):
            self.queue.add(key)

    async def run(self) -> None:
        """Work until a signal (returns), or until this process must not go on (raises)."""
        found = await configuration(self.values)
        agent = f"cupel-operator/{self.identity}"
        client = Client(api_client(found, self.election.leading, agent), self.metrics.count_write)
        leases = Client(api_client(await configuration(self.values), self.election.may_write_lease, agent))
        lists = Lists(client, self.cluster, self.settings.relist_seconds)
        app = application(self._unready, self.metrics.text, alive=self.heartbeat.problem, state=self._state)
        try:
            async with serving(app, self.settings.host, self.settings.port) as port:
                log.info("operator %s serves /livez, /readyz and /metrics on port %s", self.identity, port)
                await lists.first()
                async with asyncio.TaskGroup() as group:
                    group.create_task(self.heartbeat.run())
                    group.create_task(lists.run())
                    group.create_task(self._lead(client, leases))
                    group.create_task(self._watch(registry_for(self.cluster, lists, partial(access, found))))
        except* Stopped:
            await self.election.release(leases)
        finally:
            self.tracing.close()
            await client.close()
            await leases.close()

    async def _watch(self, registry: object) -> None:
        await watch(registry)  # type: ignore[arg-type]  # kopf's own type stays in `watching`
        raise Stopped

    async def _lead(self, client: Client, leases: Client) -> None:
        """Wait for the lease; then everything that writes. Ends only by raising."""
        await self.election.win(leases)
        log.info("operator %s leads", self.identity)
        recorder = Recorder(client, self.identity, self.metrics.events_lost.inc, self._crowded)
        hands = Hands(client, self.cluster, self.evidence)
        telling = Telling(recorder, self.metrics, self.tracing, partial(tool, self.sight))
        limits = (self.settings.analyses, self.settings.verifications)
        senses = Senses(self.evidence, analyze, verify, limits, self.queue.add, self._failed, clock.second)
        self.passes = Passes(
            self.queue, self.sight, hands, senses, telling, self.metrics, clock.second, self.heartbeat.worked
        )
        try:
            async with session() as http, asyncio.TaskGroup() as group:
                group.create_task(self.election.keep(leases))
                group.create_task(self._lookout(client).run(http))
                group.create_task(recorder.run())
                await self._recheck(client)
                group.create_task(self._resync(client))
                for _ in range(self.settings.concurrency):
                    group.create_task(self.passes.work())
        finally:
            await senses.close()

    def _lookout(self, client: Client) -> Lookout:
        namespace = self.settings.lease.namespace
        return Lookout(client, namespace, self.cluster, self.sight.calls, self.queue.add, clock.second)

    def _crowded(self) -> bool:
        """More wants a pass than there are workers."""
        return len(self.queue) > self.settings.concurrency

    def _failed(self, key: object, error: BaseException) -> None:
        self.passes.failed(key, error)  # type: ignore[arg-type]  # a Key

    async def _resync(self, client: Client) -> None:
        """Recompute everything now and then; before that, see whether admission still holds."""
        while True:
            for key in all_keys(self.cluster):
                self.queue.add(key)
            await asyncio.sleep(self.settings.resync_seconds)
            await self._recheck(client)

    async def _recheck(self, client: Client) -> None:
        before = self.check.everywhere
        await self.check.run(client)
        now = self.check.everywhere
        if now != before:
            log.log(logging.WARNING if now else logging.INFO, "admission: %s", now or "the policies hold")

    def _unready(self) -> str:
        missing = [store.kind.plural for store in self.cluster.stores.values() if not store.listed]
        return f"not listed yet: {', '.join(missing)}" if missing else ""

    def _state(self) -> dict[str, object]:
        return {
            "identity": self.identity,
            "leading": self.election.leading(),
            "admission": self.check.everywhere,
            "queue": len(self.queue),
        }


async def operate(settings: OperatorSettings, values: Mapping[str, str]) -> int:
    """Run one operator; the exit code of the process."""
    code = 0
    try:
        await Operator(settings, values).run()
    except* LeaseLost as lost:
        log.error("ending: %s", "; ".join(str(one) for one in _leaves(lost)))
        code = 1
    return code


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    """What really happened, out of groups of groups."""
    for one in group.exceptions:
        if isinstance(one, BaseExceptionGroup):
            yield from _leaves(one)
        else:
            yield one
