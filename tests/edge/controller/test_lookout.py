"""Asking gateways which tools are called: what is known after a look, who is woken, and what never archives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from prometheus_client import generate_latest
from tests.edge.controller.test_passes import SPEC, thing

from cupel.controller.lookout import Lookout
from cupel.controller.workqueue import Key
from cupel.gateway.metrics import Metrics
from cupel.kube.calls_seen import CallsSeen
from cupel.kube.cluster import Cluster
from cupel.kube.errors import Weather
from cupel.kube.resources import GENERATED_TOOL, TOOL_POLICY
from cupel.signals.fetching import Unreadable, session
from cupel.signals.gateway_calls import HELD_PATH, PATH, calls_told

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
AT = NOON.timestamp()
KEY = Key("GeneratedTool", "tools", "t")


class Scene:
    """Gateways by address, the API server's word of where they are, and who is woken."""

    def __init__(self) -> None:
        self.gateways: dict[str, Metrics | None] = {}
        self.weather = False
        self.cluster = Cluster()
        self.seen = CallsSeen()
        self.woken: list[Key] = []
        self.lookout = Lookout(
            self, "cupel-system", self.cluster, self.seen, self.woken.append, lambda: NOON, self.url
        )
        self.port = 0

    def url(self, host: str, port: int, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{host}{path}"

    async def list(self, *_: Any) -> dict[str, Any]:
        if self.weather:
            raise Weather("the API server does not answer")
        gone = {"metadata": {"deletionTimestamp": "x"}, "status": {"phase": "Running", "podIP": "gone"}}
        new = {"metadata": {}, "status": {"phase": "Pending"}}
        pods = [{"metadata": {}, "status": {"phase": "Running", "podIP": ip}} for ip in self.gateways]
        return {"items": [*pods, gone, new]}

    async def answer(self, request: web.Request) -> web.Response:
        metrics = self.gateways[request.match_info["host"]]
        if metrics is None:
            return web.Response(status=503)
        names = request.query.getall("name[]")
        return web.Response(body=generate_latest(metrics.registry.restricted_registry(names)))

    def gateway(self, ip: str, called: float = 0.0, held: int = 0, tool: str = "t") -> None:
        metrics = self.gateways[ip] = Metrics()
        if called:
            metrics.last_call.labels("tools", tool).set(called)
        metrics.holds.held.labels("tools", tool).set(held)

    def tool(self, sleep: str, version: int) -> None:
        body = thing("GeneratedTool", "t", version, SPEC)
        serving = {"revision": "t-1", "digest": "sha256-" + "1" * 64, "since": "2029-01-01T00:00:00Z"}
        self.cluster.take(GENERATED_TOOL, body | {"status": {"serving": serving | {"sleep": sleep}}})

    async def look(self, path: str = PATH) -> None:
        self.woken.clear()
        async with session() as http:
            await self.lookout.look(http, path)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    found = Scene()
    app = web.Application()
    app.router.add_get("/{host}/metrics", found.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.port = runner.addresses[0][1]
    yield found
    await runner.cleanup()


async def test_the_newest_call_of_all_gateways_counts(scene: Scene) -> None:
    scene.gateway("one", AT - 50)
    scene.gateway("two", AT - 10)
    await scene.look()
    use = scene.seen.of("tools", "t")

    assert use.looked_at == NOON and use.last_call is not None and use.last_call.timestamp() == AT - 10
    assert scene.seen.of("tools", "other").last_call is None


async def test_what_a_gateway_said_outlives_it(scene: Scene) -> None:
    scene.gateway("one", AT - 10)
    await scene.look()
    scene.gateway("one")
    await scene.look()

    assert scene.seen.of("tools", "t").last_call is not None


@pytest.mark.parametrize("why", ["one does not answer", "none stands", "the API server does not answer"])
async def test_a_look_that_is_not_whole_is_none(scene: Scene, why: str) -> None:
    if why != "none stands":
        scene.gateway("one", AT)
    if why == "one does not answer":
        scene.gateways["two"] = None
    scene.weather = why == "the API server does not answer"
    await scene.look()

    assert scene.seen.looked_at is None


async def test_an_archived_tool_is_woken_by_a_call_that_waits(scene: Scene) -> None:
    scene.gateway("one", held=1)
    scene.tool("Asleep", 5)
    await scene.look(HELD_PATH)
    assert scene.woken == [], "whoever put it to sleep wakes it"

    scene.tool("Archived", 6)
    await scene.look(HELD_PATH)
    assert scene.woken == [KEY] and scene.seen.of("tools", "t").waits
    assert scene.seen.looked_at is None, "a look at those that wait knows of no other calls"

    scene.gateway("one")
    await scene.look(HELD_PATH)
    assert scene.woken == [] and not scene.seen.of("tools", "t").waits


async def test_the_first_look_is_written_down_by_every_policy(scene: Scene) -> None:
    scene.cluster.take(TOOL_POLICY, thing("ToolPolicy", "default", 3, {}))
    scene.gateway("one")
    await scene.look()
    assert scene.woken == [Key("ToolPolicy", "tools", "default")]
    await scene.look()
    assert scene.woken == []


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<html>",
        b'# TYPE cupel_gateway_held_calls gauge\ncupel_gateway_held_calls{namespace="a",tool="b"} x\n',
    ],
)
def test_a_page_that_is_none_says_so(text: bytes) -> None:
    with pytest.raises(Unreadable):
        calls_told(text)


async def test_a_call_wakes_an_archived_tool_once(scene: Scene) -> None:
    scene.gateway("a", called=AT - 60)
    scene.tool("Archived", 1)
    await scene.look()
    assert scene.woken == [KEY]

    await scene.look()

    assert scene.woken == [], "the same call is no news"
    scene.gateway("a", called=AT)
    await scene.look()
    assert scene.woken == [KEY]
