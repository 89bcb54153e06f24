"""Sources against real HTTP servers that answer as strangers may: slow, huge, elsewhere, packed, broken."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import generate_latest

from cupel.api.autonomy_policy import PodMetrics, PrometheusQuery, Signal
from cupel.gateway.metrics import Metrics
from cupel.signals.fetching import Limits, Unreadable, fetch, pod_url, session
from cupel.signals.gateway import Gateway
from cupel.signals.pods import Pods
from cupel.signals.prometheus import Prometheus
from cupel.signals.reading import Key, Moment, PodAddress, Reading, Request

LIMITS = Limits(seconds=0.5, size=64 * 1024)
BOMB = gzip.compress(b"x 1\n" * 1_000_000, 1)
"""Made in advance: a busy machine takes longer to pack it than its reader waits."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with session() as opened:
        yield opened


@asynccontextmanager
async def served(handler: Handler) -> AsyncIterator[int]:
    """The port of a server that answers every request by `handler`."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def slow(_: web.Request) -> web.Response:
    await asyncio.sleep(30)
    return web.Response()


async def dripping(request: web.Request) -> web.StreamResponse:
    """A byte now and then, for ever: no read of it takes long."""
    answer = web.StreamResponse()
    await answer.prepare(request)
    while True:
        await answer.write(b"x")
        await asyncio.sleep(0.05)


async def huge(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    while True:
        await answer.write(b"x" * 65_536)


async def packed(_: web.Request) -> web.Response:
    return web.Response(body=BOMB, headers={"Content-Encoding": "gzip"})


async def moved(_: web.Request) -> web.Response:
    return web.Response(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"})


async def forbidding(_: web.Request) -> web.Response:
    return web.Response(status=403, text="a secret word")


STRANGERS = {
    "it never answers": (slow, "it did not answer within 0.5 s"),
    "it drips": (dripping, "it did not answer within 0.5 s"),
    "it never ends": (huge, "its answer is larger than 64 KiB"),
    "a packed bomb": (packed, "it answered packed, which was not asked for"),
    "it sends us elsewhere": (moved, "it answered with a redirect (302), which is not followed"),
    "it refuses": (forbidding, "it answered with status 403"),
}


@pytest.mark.parametrize(("handler", "problem"), STRANGERS.values(), ids=list(STRANGERS))
async def test_a_stranger_costs_no_more_than_its_share(
    http: aiohttp.ClientSession, handler: Handler, problem: str
) -> None:
    async with served(handler) as port:
        began = time.monotonic()
        with pytest.raises(Unreadable) as refused:
            await fetch(http, f"http://127.0.0.1:{port}/metrics", LIMITS)

    assert str(refused.value) == problem
    assert time.monotonic() - began < 5


async def test_nobody_listens(http: aiohttp.ClientSession) -> None:
    with pytest.raises(Unreadable) as refused:
        await fetch(http, "http://127.0.0.1:1/metrics", LIMITS)

    assert str(refused.value).startswith("it cannot be read: Client")


async def test_what_is_no_http_is_refused(http: aiohttp.ClientSession) -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.9\r\n" * 10)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        with pytest.raises(Unreadable):
            await fetch(http, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", LIMITS)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "169.254.169.254",
        "::1",
        "fe80::1",
        "0.0.0.0",
        "224.0.0.1",
        "",
        "evil.example",
        "10.0.0.1/x",
    ],
)
def test_an_address_that_no_pod_has_is_not_asked(host: str) -> None:
    with pytest.raises(Unreadable):
        pod_url(host, 80, "/metrics")


def test_a_path_cannot_leave_its_pod() -> None:
    assert pod_url("10.0.0.1", 80, "/@evil.example/") == "http://10.0.0.1:80/@evil.example/"
    assert pod_url("fd00::1", 80, "/") == "http://[fd00::1]:80/"


def here(_: str, port: int, path: str) -> str:
    """Every Pod of a test is this machine; its address names the port."""
    return f"http://127.0.0.1:{_ or port}{path}"


def asked(name: str = "queue", pods: tuple[PodAddress, ...] = (), **more: object) -> Request:
    metrics = PodMetrics.model_validate({"port": 1, "metric": "x", **more})
    signal = Signal(name=name, type="PodMetrics", pod_metrics=metrics)
    return Request(Key("team", "policy", name), signal, pods=pods)


async def read_pods(source: Pods, request: Request, steady: float = 0.0) -> Reading:
    return (await source.read([request], Moment(1000.0, steady)))[request.key]


@asynccontextmanager
async def saying(*texts: str) -> AsyncIterator[tuple[list[str], tuple[PodAddress, ...]]]:
    """Pods that expose these texts, which a test may change; their port stands where their address would."""
    said = list(texts)
    pods = []
    async with AsyncExitStack() as stack:
        for number in range(len(said)):

            async def answer(_: web.Request, number: int = number) -> web.Response:
                return web.Response(text=said[number])

            port = await stack.enter_async_context(served(answer))
            pods.append(PodAddress(f"pod-{number}", str(port)))
        yield said, tuple(pods)


@pytest.mark.parametrize(
    ("across", "scale", "expected"), [("Sum", 1, 9.0), ("Average", 1, 4.5), ("Maximum", 1000, 6000.0)]
)
async def test_the_figures_of_pods_become_one(
    http: aiohttp.ClientSession, across: str, scale: int, expected: float
) -> None:
    async with saying("x 3\n", 'x{a="1"} 4\nx{a="2"} 2\n') as (_, pods):
        reading = await read_pods(Pods(http, LIMITS, here), asked(pods=pods, across=across, scale=scale))

    assert reading == Reading(expected, 1000.0)


async def test_a_counter_becomes_a_rate_and_a_restart_a_gap(http: aiohttp.ClientSession) -> None:
    async with saying("x 100\n", "x 50\n") as (said, pods):
        source, request = Pods(http, LIMITS, here), asked(pods=pods, read="Rate")
        first = await read_pods(source, request, 0.0)
        said[:] = ["x 150\n", "x 75\n"]
        second = await read_pods(source, request, 5.0)
        said[:] = ["x 3\n", "x 80\n"]
        third = await read_pods(source, request, 10.0)
        said[:] = ["x 13\n", "x 90\n"]
        fourth = await read_pods(source, request, 15.0)

    assert "first time" in first.problem
    assert second.value == 15.0
    assert third == Reading.missing("the counters of pod-0 began anew")
    assert fourth.value == 4.0


async def test_one_pod_that_does_not_answer_leaves_the_sum_unknown(http: aiohttp.ClientSession) -> None:
    async with saying("x 3\n") as (_, pods):
        dead = PodAddress("pod-dead", "1")
        reading = await read_pods(Pods(http, LIMITS, here), asked(pods=(*pods, dead)))

    assert reading.value is None
    assert reading.problem.startswith("Pod pod-dead: it cannot be read")


async def test_a_slow_target_keeps_no_other_waiting(http: aiohttp.ClientSession) -> None:
    async with saying("x 3\n") as (_, pods), served(slow) as port:
        sleepy = tuple(PodAddress(f"slow-{number}", str(port)) for number in range(100))
        stuck = Request(Key("evil", "policy", "queue"), asked().signal, pods=sleepy)
        quick = asked(pods=pods)
        began = time.monotonic()
        found = await Pods(http, LIMITS, here).read([stuck, quick], Moment(1000.0, 0.0))

    assert found[quick.key].value == 3.0
    assert found[stuck.key].value is None
    assert time.monotonic() - began < 3


def gateway_asked(signal: str) -> Request:
    return Request(Key("tools", "policy", signal), Signal(name=signal, type="Gateway"), tool="count")


async def test_the_gateways_measurements_become_figures(http: aiohttp.ClientSession) -> None:
    metrics = [Metrics(), Metrics()]
    names = ("throughputPerSecond", "errorPerMille", "latencyMilliseconds", "inFlight")

    async def figures(request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(metrics[int(request.path.strip("/"))].registry))

    def url(host: str, port: int, _: str) -> str:
        return f"http://127.0.0.1:{port}/{host}"

    async with served(figures) as port:
        pods = (PodAddress("gateway-0", "0"), PodAddress("gateway-1", "1"))
        source = Gateway(http, lambda: pods, LIMITS, port, url)
        requests = [gateway_asked(name) for name in names]
        metrics[0].called("tools", "count", "ok", 1)
        first = await source.read(requests, Moment(1000.0, 0.0))
        for outcome in ("ok", "ok", "ok", "tool_error", "invalid_arguments"):
            for one in metrics:
                one.called("tools", "count", outcome, 0.15)
        metrics[1].in_flight.labels("tools", "count").set(4)
        second = await source.read(requests, Moment(1005.0, 5.0))

    assert {key.signal for key, reading in first.items() if reading.value is None} == {*names} - {"inFlight"}
    values = {key.signal: reading.value for key, reading in second.items()}
    assert values["throughputPerSecond"] == 2.0
    assert values["errorPerMille"] == 200.0
    assert 100 < (values["latencyMilliseconds"] or 0) <= 200
    assert values["inFlight"] == 4.0


async def test_a_gateway_pod_that_is_away_leaves_all_unknown(http: aiohttp.ClientSession) -> None:
    metrics = Metrics()
    metrics.in_flight.labels("tools", "count").inc()

    async def figures(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(metrics.registry))

    def url(host: str, port: int, _: str) -> str:
        return f"http://127.0.0.1:{port if host == 'up' else 1}/"

    request = gateway_asked("throughputPerSecond")
    async with served(figures) as port:
        both = Gateway(http, lambda: (PodAddress("a", "up"), PodAddress("b", "down")), LIMITS, port, url)
        nobody = Gateway(http, tuple, LIMITS, port, url)
        half = (await both.read([request], Moment(0.0, 0.0)))[request.key]
        none = (await nobody.read([request], Moment(0.0, 0.0)))[request.key]

    assert half.problem.startswith("gateway Pod b: it cannot be read")
    assert both.called.last == {("tools", "count"): 0.0}, "a call that waits is seen by whoever can be asked"
    assert none == Reading.missing("no Pod of the gateway is ready")


GOOD_TALLY = [0.0] * 27
WHO = '{"callers": {"token/a": %s}, "rest": %s}'
CALLERS = [
    ("both say", [(200, WHO % (GOOD_TALLY, GOOD_TALLY))] * 2, True),
    ("one does not know us", [(200, WHO % (GOOD_TALLY, GOOD_TALLY)), (403, "{}")], False),
    ("one is of another version", [(200, WHO % (GOOD_TALLY, GOOD_TALLY)), (404, "")], False),
    ("one says something else", [(200, WHO % (GOOD_TALLY, GOOD_TALLY)), (200, "[]")], False),
    ("a count below nothing", [(200, WHO % ([-1.0, *GOOD_TALLY[1:]], GOOD_TALLY))] * 2, False),
    ("a count without end", [(200, WHO % ([float("inf"), *GOOD_TALLY[1:]], GOOD_TALLY))] * 2, False),
    ("too few counts", [(200, WHO % ([1.0], GOOD_TALLY))] * 2, False),
    ("words for counts", [(200, WHO % (["x"] * 27, GOOD_TALLY))] * 2, False),
    ("brackets without end", [(200, "[" * 60_000)] * 2, False),
    ("nothing", [(200, "")] * 2, False),
]


@pytest.mark.parametrize(("answers", "known"), [one[1:] for one in CALLERS], ids=[one[0] for one in CALLERS])
async def test_who_calls_is_known_when_all_gateways_say_so(
    http: aiohttp.ClientSession, tmp_path: Path, answers: list[tuple[int, str]], known: bool
) -> None:
    token = tmp_path / "token"
    token.write_text("a.b.c\n")
    asked: list[tuple[str, str | None]] = []

    async def gateway(request: web.Request) -> web.Response:
        asked.append((request.path_qs.split("/", 2)[2], request.headers.get("Authorization")))
        status, text = answers[int(request.path.split("/")[1])]
        return web.Response(status=status, text=text)

    def url(host: str, port: int, path: str) -> str:
        return f"http://127.0.0.1:{port}/{host}{path}"

    async with served(gateway) as port:
        pods = (PodAddress("gateway-0", "0"), PodAddress("gateway-1", "1"))
        source = Gateway(http, lambda: pods, LIMITS, port, url, str(token))
        found = await source.callers(("tools", "count", "1" * 40), 24.6)

    assert (found is not None) is known
    assert set(asked) == {(f"callers/tools/count/{'1' * 40}?seconds=25", "Bearer a.b.c")}


async def test_what_the_gateways_say_of_who_calls_is_summed(http: aiohttp.ClientSession) -> None:
    async def gateway(request: web.Request) -> web.Response:
        first = request.path.startswith("/0")
        callers = {"token/a": [1.0, 2.0, *GOOD_TALLY[2:]], "token/b" if first else "token/c": GOOD_TALLY}
        return web.json_response({"callers": callers, "rest": [4.0, *GOOD_TALLY[1:]]})

    async with served(gateway) as port:
        pods = (PodAddress("gateway-0", "0"), PodAddress("gateway-1", "1"))
        source = Gateway(
            http, lambda: pods, LIMITS, port, lambda host, port, _: f"http://127.0.0.1:{port}/{host}"
        )
        nobody = Gateway(http, tuple, LIMITS, port)
        found = await source.callers(("tools", "count", "1" * 40), 30)
        none = await nobody.callers(("tools", "count", "1" * 40), 30)

    assert found is not None
    assert set(found.callers) == {"token/a", "token/b", "token/c"}
    assert (found.callers["token/a"][:3], found.rest[0]) == ((2.0, 4.0, 0.0), 8.0)
    assert none is None, "without a gateway nobody knows"


async def test_without_its_token_nobody_is_asked(http: aiohttp.ClientSession, tmp_path: Path) -> None:
    gateway = Gateway(http, lambda: (PodAddress("a", "a"),), LIMITS, token_file=str(tmp_path / "none"))

    assert await gateway.callers(("tools", "count", "1" * 40), 30) is None


def query(name: str, text: str) -> Request:
    signal = Signal(name=name, type="Prometheus", prometheus=PrometheusQuery(query=text))
    return Request(Key("team", "policy", name), signal)


class FakePrometheus:
    """Answers instant queries of numbers, joined or alone, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.tokens: set[str] = set()

    async def answer(self, request: web.Request) -> web.Response:
        text = (await request.post())["query"]
        assert isinstance(text, str)
        self.asked.append(text)
        self.tokens.add(request.headers.get("Authorization", ""))
        if "all" in text:
            return web.Response(body=b" " * (LIMITS.size + 1))
        if "wrong" in text:
            return web.json_response(
                {"status": "error", "errorType": "bad_data", "error": "parse error"}, status=400
            )
        parts = text.split(" or ") if "label_replace" in text else [text]
        rows = [
            {"metric": {"cupel_signal": str(number)}, "value": [1000.0, part.split("(")[-1].split(")")[0]]}
            for number, part in enumerate(parts)
        ]
        return web.json_response({"status": "success", "data": {"resultType": "vector", "result": rows}})


async def test_queries_go_together_and_a_wrong_one_spoils_only_one_look(http: aiohttp.ClientSession) -> None:
    fake = FakePrometheus()
    requests = [query("a", "vector(1)"), query("b", "vector(2)"), query("c", "wrong(3)")]
    async with served(fake.answer) as port:
        source = Prometheus(http, f"http://127.0.0.1:{port}", LIMITS)
        first = await source.read(requests, Moment(1000.0, 0.0))
        times, fake.asked = len(fake.asked), []
        second = await source.read(requests, Moment(1005.0, 5.0))

    assert [first[request.key].value for request in requests] == [1.0, 2.0, None]
    assert first[requests[2].key].problem == "Prometheus: it does not understand the query"
    assert times == 4, "together, and then each by itself"
    assert second == first
    assert len(fake.asked) == 2, "the right ones together, the wrong one by itself"


async def test_a_query_that_takes_too_much_blinds_the_others_for_a_few_looks_only(
    http: aiohttp.ClientSession,
) -> None:
    """Whoever may write one AutonomyPolicy would else blind all those of the cluster."""
    fake = FakePrometheus()
    requests = [query(f"q{n}", f"vector({n})") for n in range(7)] + [query("heavy", "all(9)")]
    async with served(fake.answer) as port:
        source = Prometheus(http, f"http://127.0.0.1:{port}", Limits(10, LIMITS.size))
        for look in range(4):
            await source.read(requests, Moment(1000.0 + look, float(look)))
        fake.asked = []
        found = await source.read(requests, Moment(1005.0, 5.0))
        late = await source.read(requests, Moment(1599.0, 599.0))
        later = await source.read(requests, Moment(1610.0, 610.0))

    values = [float(n) for n in range(7)] + [None]
    assert [found[each.key].value for each in requests] == values
    assert [late[each.key].value for each in requests] == values
    assert [later[each.key].value for each in requests] == values, "it took too much again, and stays apart"
    assert len(fake.asked) <= 3 * 4, "and the others go together again as far as they can"


async def test_a_query_that_would_answer_for_others_is_asked_by_itself(http: aiohttp.ClientSession) -> None:
    fake = FakePrometheus()
    hostile = 'vector(9), "cupel_signal", "0", "", "") or label_replace(vector(9)'
    async with served(fake.answer) as port:
        source = Prometheus(http, f"http://127.0.0.1:{port}", LIMITS)
        await source.read([query("a", "vector(1)"), query("b", hostile)], Moment(1000.0, 0.0))

    assert hostile in fake.asked
    assert not any("vector(1)" in text and "vector(9)" in text for text in fake.asked)


async def test_a_prometheus_that_is_away_is_said_of_each(http: aiohttp.ClientSession) -> None:
    requests = [query("a", "vector(1)"), query("b", "vector(2)")]
    found = await Prometheus(http, "http://127.0.0.1:1", LIMITS).read(requests, Moment(0.0, 0.0))

    assert all(reading.problem.startswith("Prometheus: it cannot be read") for reading in found.values())


async def test_its_token_is_read_anew_and_never_shown(http: aiohttp.ClientSession, tmp_path: Path) -> None:
    fake, file = FakePrometheus(), tmp_path / "token"
    async with served(fake.answer) as port:
        source = Prometheus(http, f"http://127.0.0.1:{port}", LIMITS, str(file))
        missing = await source.read([query("a", "vector(1)")], Moment(0.0, 0.0))
        for token in ("first", "second"):
            file.write_text(f"{token}\n")
            await source.read([query("a", "vector(1)")], Moment(0.0, 0.0))

    assert fake.tokens == {"Bearer first", "Bearer second"}
    assert [reading.problem for reading in missing.values()] == [
        "Prometheus: the file of its token cannot be read"
    ]
