"""A tool asleep between two looks: who is listened for, what wakes it, and gateways that are away, hang or lie."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from copy import deepcopy
from typing import Any

import aiohttp
import numpy as np
import pytest
from aiohttp import web
from kubernetes.aio.client.configuration import Configuration
from prometheus_client import generate_latest
from tests.edge.controller.test_passes import SPEC

from cupel.autopilot.acting import Acting
from cupel.autopilot.flight import Flight
from cupel.autopilot.hands import Hands
from cupel.autopilot.looking import Eyes
from cupel.autopilot.metrics import Metrics
from cupel.autopilot.sights import Sights
from cupel.autopilot.telling import Telling
from cupel.autopilot.waking import Waking
from cupel.gateway.metrics import Metrics as GatewayMetrics
from cupel.kube.client import Client
from cupel.kube.connect import api_client
from cupel.kube.recorder import Recorder
from cupel.settings.autopilot import autopilot_settings
from cupel.signals.fetching import Limits, session
from cupel.signals.gateway import Gateway
from cupel.signals.reading import Moment, Reading

Body = dict[str, Any]
NOON = 1_800_000_000.0
SERVING = {"revision": "t-1", "digest": "sha256-" + "1" * 64, "since": "2027-01-01T00:00:00Z"}
SPACE = {"namespace": "tools", "name": "t", "uid": "uid-t", "generation": 1, "resourceVersion": "7"}
POLICY: Body = {
    "metadata": SPACE,
    "spec": {
        "targetRef": {"kind": "GeneratedTool", "name": "t"},
        "authority": "Act",
        "scaling": {"minReplicas": 0},
    },
    "status": {"desiredReplicas": 0, "desiredAt": "2027-01-15T07:59:58Z"},
}
TOOL: Body = {
    "metadata": SPACE,
    "spec": SPEC,
    "status": {"serving": SERVING | {"sleep": "Asleep"}},
}
DEPLOYMENT: Body = {
    "metadata": SPACE | {"name": "t-1"},
    "spec": {"replicas": 0, "selector": {"matchLabels": {"app": "t"}}},
}


def moment(seconds: float) -> Moment:
    return Moment(NOON + seconds, 100.0 + seconds)


class Scene:
    """Gateways by address, an API server that stores one policy, and one flight of it."""

    def __init__(self) -> None:
        self.gateways: dict[str, GatewayMetrics | str] = {}
        self.asked: list[str] = []
        self.written: list[Body] = []
        self.refuses = False
        self.sights = Sights("cupel-system", lambda: 100.0)
        self.port = 0

    def see(self, policy: Body = POLICY, tool: Body = TOOL, deployment: Body = DEPLOYMENT) -> None:
        self.policy = policy
        self.sights.policies.replace([policy])
        self.sights.tools.replace([tool])
        self.sights.deployments.replace([deployment])
        self.sights.scalers.replace([])
        self.sights.pods.replace([_gateway(ip) for ip in self.gateways])

    def gateway(self, ip: str, held: int = 0, tool: str = "t") -> None:
        metrics = self.gateways[ip] = GatewayMetrics()
        metrics.holds.held.labels("tools", tool).set(held)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if request.method == "PUT":
            return await self._stored(request)
        ip = request.match_info["rest"].split("/")[0]
        self.asked.append(ip)
        found = self.gateways[ip]
        if found == "hangs":
            await asyncio.sleep(30)
        if isinstance(found, str):
            return web.Response(text=found, status=503 if found == "away" else 200)
        names = request.query.getall("name[]")
        return web.Response(body=generate_latest(found.registry.restricted_registry(names)))

    async def _stored(self, request: web.Request) -> web.Response:
        if self.refuses:
            return web.json_response({"message": "a restart"}, status=503)
        status = (await request.json())["status"]
        self.written.append(status)
        version = str(7 + len(self.written))
        return web.json_response({"metadata": self.policy["metadata"] | {"resourceVersion": version}})

    def flight(self) -> Flight:
        """Of the policy, looked at once: nothing that can be read was called."""
        found = Flight(2.0, moment(0))
        found.crew(self.sights.policies.within("tools"), moment(0))
        missing = [Reading.missing("nobody called")] * len(found.judged.roster.signals)
        found.tick(missing, moment(2), np.zeros(1), np.zeros(1), np.array([-np.inf]))
        return found

    def waking(self, client: Client, http: aiohttp.ClientSession) -> Waking:
        gateway = Gateway(http, self.sights.gateways, Limits(0.5, 65_536), url=self._url)
        metrics, eyes = Metrics(), Eyes({"Gateway": gateway}, 1.0)
        telling = Telling(Recorder(client, "a", metrics.events_lost.inc, lambda: False), metrics)
        return Waking(
            self.sights, eyes, Acting(self.sights, Hands(client), telling, metrics, autopilot_settings({}))
        )

    def _url(self, host: str, _: int, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{host}{path}"

    async def listen(self, flight: Flight, times: int = 1) -> None:
        """So often, a quarter of a second apart by the clock that the autopilot is told."""
        client = Client(api_client(Configuration(host=f"http://127.0.0.1:{self.port}")))
        async with session() as http:
            waking = self.waking(client, http)
            for number in range(times):
                await waking.listen([flight], moment(2.25 + number / 4), 0.5)
        await client.close()


def _gateway(ip: str) -> Body:
    labels = {"app.kubernetes.io/component": "gateway"}
    metadata = {"namespace": "cupel-system", "name": f"gateway-{ip}", "labels": labels}
    ready = {"podIP": ip, "conditions": [{"type": "Ready", "status": "True"}]}
    return {"metadata": metadata, "spec": {"containers": []}, "status": ready}


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    found = Scene()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", found.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.port = runner.addresses[0][1]
    yield found
    await runner.cleanup()


async def test_a_call_that_waits_wakes_its_tool_once(scene: Scene) -> None:
    scene.gateway("one", held=3)
    scene.see()
    flight = scene.flight()
    await scene.listen(flight, times=3)

    (status,) = scene.written
    assert status["desiredReplicas"] == 1
    assert [status["decision"][key] for key in ("action", "reason", "replicas")] == ["ScaleUp", "Woken", 1]
    assert scene.asked == ["one"], "it is asked for a Pod: nobody sleeps any more"


async def test_nobody_calls_and_nothing_is_written(scene: Scene) -> None:
    scene.gateway("one")
    scene.see()
    await scene.listen(scene.flight(), times=2)

    assert scene.asked == ["one", "one"]
    assert scene.written == []


def but(body: Body, path: str, value: Any) -> Body:
    """The body with one field of another value."""
    changed = deepcopy(body)
    *way, last = path.split(".")
    part = changed
    for name in way:
        part = part[name]
    part[last] = value
    return changed


UNHEARD: dict[str, Body] = {
    "it runs a Pod": {"deployment": but(DEPLOYMENT, "spec.replicas", 1)},
    "a Pod was asked for": {"policy": but(POLICY, "status.desiredReplicas", 1)},
    "no count was said yet": {"policy": but(POLICY, "status", {})},
    "it may not sleep": {"policy": but(POLICY, "spec.scaling.minReplicas", 1)},
    "its policy may only recommend": {"policy": but(POLICY, "spec.authority", "Recommend")},
    "its policy is paused, and the operator runs a Pod": {"policy": but(POLICY, "spec.paused", True)},
    "it is archived, and the operator wakes it": {"tool": but(TOOL, "status.serving.sleep", "Archived")},
    "nothing of it serves": {"tool": but(TOOL, "status", {})},
}


@pytest.mark.parametrize("seen", UNHEARD.values(), ids=list(UNHEARD))
async def test_who_is_not_listened_for_costs_no_question(scene: Scene, seen: Body) -> None:
    scene.gateway("one", held=1)
    scene.see(**seen)
    await scene.listen(scene.flight())

    assert (scene.asked, scene.written) == ([], [])


async def test_who_was_not_looked_at_yet_is_not_listened_for(scene: Scene) -> None:
    scene.gateway("one", held=1)
    scene.see()
    flight = Flight(2.0, moment(0))
    flight.crew(scene.sights.policies.within("tools"), moment(0))
    await scene.listen(flight)

    assert (scene.asked, scene.written) == ([], [])


STRANGERS = {
    "is away": "away",
    "hangs": "hangs",
    "is no gateway": "<html>",
    "says what is no number": '# TYPE cupel_gateway_\ncupel_gateway_held_calls{namespace="tools",tool="t"} x\n',
    "says more than anybody reads": "x" * 100_000,
}


@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=list(STRANGERS))
async def test_a_gateway_that_cannot_be_heard_wakes_nobody_and_hides_no_other(
    scene: Scene, stranger: str
) -> None:
    scene.gateways["stranger"] = stranger
    scene.see()
    flight = scene.flight()
    await scene.listen(flight)
    assert scene.written == []

    scene.gateway("honest", held=1)
    scene.see()
    await scene.listen(flight)
    assert [status["desiredReplicas"] for status in scene.written] == [1]


async def test_a_call_of_a_tool_that_nobody_flies_wakes_nobody(scene: Scene) -> None:
    scene.gateway("one", held=1, tool="other")
    scene.see()
    await scene.listen(scene.flight())

    assert (scene.asked, scene.written) == (["one"], [])


async def test_what_could_not_be_written_is_tried_again(scene: Scene) -> None:
    scene.gateway("one", held=1)
    scene.see()
    flight = scene.flight()
    scene.refuses = True
    await scene.listen(flight)
    scene.refuses = False
    await scene.listen(flight)

    assert [status["desiredReplicas"] for status in scene.written] == [1]
