"""A Deployment's Pods as real HTTP servers: each page asked once, and a Pod that hangs takes only its part away."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from cupel.api.autonomy_policy import PodMetrics, Signal
from cupel.api.autonomy_rollback import RevisionCounters
from cupel.control.counting import gained
from cupel.signals.fetching import Limits, session
from cupel.signals.pods import MOST_PODS, Pods
from cupel.signals.reading import Key, Moment, PodAddress, Request
from cupel.signals.revision_pods import PodCounters

LIMITS = Limits(seconds=0.5, size=64 * 1024)
PLACE = ("shop", "web")
COUNTERS = RevisionCounters.model_validate(
    {"port": 9090, "calls": {"metric": "calls"}, "failed": {"metric": "failures"}}
)
PODS = tuple(PodAddress(name, name, revision="bbb") for name in ("good", "stuck"))
SIGNAL = Signal(
    name="calls", type="PodMetrics", pod_metrics=PodMetrics(port=9090, metric="calls", read="Rate")
)


class Target:
    """Two Pods by their path; the second may hang."""

    def __init__(self) -> None:
        self.calls, self.hangs, self.asked = 10, False, Counter[str]()

    async def answer(self, request: web.Request) -> web.Response:
        pod = request.path.strip("/")
        self.asked[pod] += 1
        if self.hangs and pod == "stuck":
            await asyncio.sleep(30)
        return web.Response(text=f"calls {self.calls}\nfailures {self.calls // 10}\n")


@pytest.fixture
async def target() -> AsyncIterator[tuple[Target, Pods]]:
    found, app = Target(), web.Application()
    app.router.add_route("GET", "/{rest:.*}", found.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    async with session() as http:
        yield found, Pods(http, LIMITS, lambda host, _, __: f"http://127.0.0.1:{port}/{host}")
    await runner.cleanup()


async def test_a_pod_that_hangs_takes_only_its_part_away(target: tuple[Target, Pods]) -> None:
    app, source = target
    await source.read([], Moment(1000.0, 0.0), {PLACE: PodCounters(COUNTERS, PODS)})
    first, _ = source.runs[PLACE].of("bbb", None)
    app.calls, app.hangs = 30, True
    await source.read([], Moment(1002.0, 2.0), {PLACE: PodCounters(COUNTERS, PODS)})
    second, problem = source.runs[PLACE].of("bbb", first)
    app.calls, app.hangs = 50, False
    await source.read([], Moment(1004.0, 4.0), {PLACE: PodCounters(COUNTERS, PODS)})
    third, _ = source.runs[PLACE].of("bbb", second)

    assert problem == ""
    assert gained(first, second).by_source["good"][:2] == (20.0, 2.0)
    assert gained(second, third).by_source == {
        "good": (20.0, 2.0, *[0.0] * 24),
        "stuck": (40.0, 4.0, *[0.0] * 24),
    }


async def test_a_page_is_asked_once_for_a_signal_and_the_counters(target: tuple[Target, Pods]) -> None:
    app, source = target
    request = Request(Key(*PLACE, "calls"), SIGNAL, pods=PODS)
    await source.read([request], Moment(1000.0, 0.0), {PLACE: PodCounters(COUNTERS, PODS)})

    assert app.asked == {"good": 1, "stuck": 1}


async def test_pods_without_number_are_not_asked(target: tuple[Target, Pods]) -> None:
    app, source = target
    many = tuple(PodAddress(f"pod-{number}", "good", revision="bbb") for number in range(MOST_PODS + 1))
    await source.read([], Moment(1000.0, 0.0), {PLACE: PodCounters(COUNTERS, many)})

    assert app.asked == {}
    assert "more than 200 ready Pods" in source.runs[PLACE].of("bbb", None)[1]


async def test_nobody_wanted_is_nobody_asked(target: tuple[Target, Pods]) -> None:
    app, source = target
    assert await source.read([], Moment(1000.0, 0.0)) == {}
    assert (app.asked, source.runs) == ({}, {})
