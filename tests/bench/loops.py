"""Whole loops of the autopilot with one policy, on a real API server; beside each what is not the autopilot's.

Taken in turn in one run: a loop; a bare write of the very status that it wrote, to another policy; and a sum that is always
the same, whose tail is the machine's. Prometheus is played by a process of its own, so that processor time is ours alone.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from tests.bench.figures import told
from tests.contract.autopilot.stage import Prometheus as Told

from cupel import clock
from cupel.autopilot import garbage
from cupel.autopilot.acting import Acting
from cupel.autopilot.flight import Flight
from cupel.autopilot.flying import Flying, moment
from cupel.autopilot.hands import Hands
from cupel.autopilot.look import Look
from cupel.autopilot.looking import Eyes
from cupel.autopilot.metrics import STAGES, Metrics
from cupel.autopilot.sights import Sights
from cupel.autopilot.steps import Step
from cupel.autopilot.telling import Telling
from cupel.decide.autonomy import Plan
from cupel.kube.client import Client
from cupel.kube.may import May
from cupel.kube.recorder import Recorder
from cupel.kube.resources import AUTONOMY_POLICY, DEPLOYMENT
from cupel.settings.autopilot import autopilot_settings
from cupel.signals.fetching import Limits, session
from cupel.signals.prometheus import Prometheus

Body = dict[str, Any]
WARM = 20
"""Loops that are not counted."""


PODS = 4
"""There are before every loop."""
MOVING, HEAVY = (20.0, 15.0), (100.0, 5.0)
"""Calls a second, and how far they swing; a Pod carries ten. Under HEAVY every loop sets replicas."""
Load = tuple[float, float]


class Moving(Told):
    """A Prometheus whose load is another at every query."""

    def __init__(self, load: Load) -> None:
        self.load = load
        super().__init__()

    def answer(self, query: str) -> Body:
        mean, swing = self.load
        self.figures["load_web"] = mean + swing * float(np.sin(self.queries / 20)) + self.queries % 3
        return super().answer(query)


def _play(pipe: Connection, load: Load) -> None:
    prometheus = Moving(load)
    pipe.send(prometheus.url)
    pipe.recv()
    prometheus.close()


@contextmanager
def played(load: Load) -> Iterator[str]:
    """The URL of a Prometheus in a process of its own."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_play, args=(there, load), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        here.send("end")
        process.join()


class Timed(Client):
    """Sums the milliseconds that its writes waited for the API server."""

    waited = 0.0

    async def _send(self, method: str, *rest: Any) -> Body:
        began = time.perf_counter()
        try:
            return await super()._send(method, *rest)
        finally:
            self.waited += 0.0 if method == "GET" else 1000 * (time.perf_counter() - began)


class Marked(Acting):
    """Knows when the acts of its last look were done, and whether replicas were among them."""

    ended = 0.0
    scaled = False
    taken = 0

    async def act(self, look: Look, plans: Sequence[Plan]) -> list[Step]:
        left = await super().act(look, plans)
        self.ended, self.scaled = time.perf_counter(), any(plan.scale is not None for plan in plans)
        self.taken = taken()
        return left


@dataclass
class Times:
    """Milliseconds of every loop, and of what was done beside it."""

    acted: list[float] = field(default_factory=list)
    scaled: list[float] = field(default_factory=list)
    undisturbed: list[float] = field(default_factory=list)
    """Those in which the processor was not taken away from us."""
    loop: list[float] = field(default_factory=list)
    loop_used: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    same: list[float] = field(default_factory=list)

    def shown(self) -> Body:
        rows = {
            "from signals to acts done, ms": self.acted,
            "... where replicas were set, ms": self.scaled,
            "... where nobody took the processor from us meanwhile, ms": self.undisturbed,
            "from signals to the status written, ms": self.loop,
            "... less its waits for the API server, ms": self.ours,
            "its processor time, ms": self.loop_used,
            "a bare write of the same status, ms": self.bare,
            "a sum that is always the same, processor ms": self.same,
        }
        shown = {name: told(figures[WARM:]) for name, figures in rows.items() if len(figures) > WARM}
        return shown | {"loops in which nobody took it": len(self.undisturbed)}


class Beside:
    """A policy that nobody flies, which gets every status that the flown one got."""

    def __init__(self, client: Client, space: str, stored: Body) -> None:
        self._client = client
        self._space = space
        self._version = stored["metadata"]["resourceVersion"]

    async def write(self, status: Body) -> float:
        """Milliseconds that it took."""
        metadata = {"name": "web", "namespace": self._space, "resourceVersion": self._version}
        kind = {"apiVersion": AUTONOMY_POLICY.api_version, "kind": AUTONOMY_POLICY.name}
        began = time.perf_counter()
        stored = await self._client.replace_status({**kind, "metadata": metadata, "status": status})
        took = 1000 * (time.perf_counter() - began)
        self._version = stored["resourceVersion"]
        return took


def taken() -> int:
    """How often the processor was taken from this process, rather than given away."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw


def same() -> float:
    """Processor milliseconds of what never changes."""
    at = time.process_time()
    sum(range(40_000))
    return 1000 * (time.process_time() - at)


@asynccontextmanager
async def reflected(client: Client, space: str) -> AsyncIterator[Sights]:
    """What the autopilot sees, once it has seen the policy."""
    sights = Sights("cupel-system", clock.steady)
    watched = [asyncio.create_task(loop) for loop in sights.reflectors(client)]
    while (
        sights.unlisted() or not sights.policies.get(space, "web") or not sights.deployments.get(space, "web")
    ):
        await asyncio.sleep(0.1)
    yield sights
    for task in watched:
        task.cancel()
    await asyncio.gather(*watched, return_exceptions=True)


async def loops(client: Timed, space: str, beside: Beside, count: int, load: Load) -> Body:
    """Every loop writes a status; where one set replicas, they are put back before the next."""
    metrics, times = Metrics(), Times()
    settings = autopilot_settings({"CUPEL_AUTOPILOT_STATUS_SECONDS": "0"})
    telling = Telling(Recorder(client, "bench", metrics.events_lost.inc, lambda: False), metrics)
    async with reflected(client, space) as sights, session() as http:
        with played(load) as url:
            eyes = Eyes({"Prometheus": Prometheus(http, url, Limits(1, 1 << 20))}, 1.0)
            acting = Marked(sights, Hands(client), telling, metrics, settings)
            flying = Flying(sights, eyes, acting, May(client, clock.steady), metrics)
            flight = Flight(1.0, moment())
            garbage.set_aside()  # as the process does before it flies
            for _ in range(count + WARM):
                flight.crew(sights.policies.within(space), moment())
                await _once(flying, flight, acting, client, times)
                if acting.scaled:
                    await put_back(client, sights, space)
                await asyncio.sleep(0.01)
                policy = sights.policies.get(space, "web")
                times.bare.append(await beside.write(policy.status.wire() if policy else {}))
                times.same.append(same())
                await asyncio.sleep(0.01)
    stages = {stage: _mean(stage, metrics) for stage in STAGES}
    return times.shown() | {"mean of each stage, ms": stages, "loops": count}


async def put_back(client: Client, sights: Sights, space: str) -> None:
    """As many Pods as before, and the autopilot knows."""
    patch = {"spec": {"replicas": PODS}}
    answer = await client.merge_patch(DEPLOYMENT, space, "web", patch, "scale")
    version = int(answer["metadata"]["resourceVersion"])
    while (found := sights.deployments.get(space, "web")) is None or int(found.version) < version:
        await asyncio.sleep(0.002)


async def _once(flying: Flying, flight: Flight, acting: Marked, client: Timed, times: Times) -> None:
    began, at, waited, before = time.perf_counter(), time.process_time(), client.waited, taken()
    await flying.tick(flight)
    took = 1000 * (time.perf_counter() - began)
    acted = 1000 * (acting.ended - began)
    times.acted.append(acted)
    if acting.taken == before:
        times.undisturbed.append(acted)
    if acting.scaled:
        times.scaled.append(acted)
    times.loop.append(took)
    times.loop_used.append(1000 * (time.process_time() - at))
    times.ours.append(took - (client.waited - waited))


def _mean(stage: str, metrics: Metrics) -> float:
    def read(kind: str) -> float:
        name = f"cupel_autopilot_stage_seconds_{kind}"
        return metrics.registry.get_sample_value(name, {"stage": stage}) or 0.0

    return round(1000 * read("sum") / read("count"), 2)
