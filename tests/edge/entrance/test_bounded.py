"""What reaches an application of what is sent to it: bounds of a head, no upgrade, nothing that reads two ways."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import pytest
import uvicorn

from cupel.entrance import CONNECT, INVALID, LARGE, TWICE, Bounded

Message = dict[str, Any]


class Counted(Bounded):
    """Says how much arrived, so that a test sends a part once the one before was taken, or the connection ended."""

    arrived: ClassVar[int] = 0
    ended: ClassVar[bool] = False

    def connection_lost(self, exc: Exception | None) -> None:
        type(self).ended = True
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        type(self).arrived += len(data)
        super().data_received(data)


class Hasty(Counted):
    head_seconds = 0.8
    body_seconds = 0.8


class Server(uvicorn.Server):
    """In this process: the test's signals stay the test's."""

    def install_signal_handlers(self) -> None:
        pass


class Echo:
    """Answers with the body, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bytes, bytes]] = []
        self.headers: list[list[tuple[bytes, bytes]]] = []
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body, more = body + message.get("body", b""), message.get("more_body", False)
        await self.goes_on.wait()
        self.asked.append((scope["method"], scope["raw_path"], body))
        self.headers.append(list(scope["headers"]))
        length = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": body})


class Stage:
    def __init__(self, echo: Echo, port: int, protocol: type[Counted]) -> None:
        self.echo, self.port, self.protocol = echo, port, protocol

    async def sent(self, *parts: bytes, ends: bool = True) -> bytes:
        """All that comes back for these parts, each sent by itself, until the other side closes or is asked to."""
        self.protocol.ended = False
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for part in parts:
                await self._taken(writer, part)
            if ends:
                writer.write(b"GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            return await asyncio.wait_for(reader.read(), 20)
        except ConnectionError:
            return b""
        finally:
            writer.close()

    async def _taken(self, writer: asyncio.StreamWriter, part: bytes) -> None:
        due = self.protocol.arrived + len(part)
        writer.write(part)
        async with asyncio.timeout(20):
            while self.protocol.arrived < due and not self.protocol.ended:
                await asyncio.sleep(0)


async def served(protocol: type[Counted]) -> AsyncIterator[Stage]:
    echo = Echo()
    quiet: dict[str, Any] = {"log_config": None, "access_log": False, "lifespan": "off"}
    server = Server(uvicorn.Config(echo, port=0, http=protocol, **quiet))
    running = asyncio.create_task(server._serve(None))
    async with asyncio.timeout(20):
        while not server.started:
            await asyncio.sleep(0.01)
    yield Stage(echo, server.servers[0].sockets[0].getsockname()[1], protocol)
    server.should_exit = True
    await running


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async for one in served(Counted):
        yield one


@pytest.fixture
async def hasty() -> AsyncIterator[Stage]:
    async for one in served(Hasty):
        yield one


def post(*fields: str, body: bytes = b"mine", line: str = "POST /mine HTTP/1.1") -> bytes:
    length = (
        ()
        if any("ncoding" in field or "Length" in field for field in fields)
        else (f"Content-Length: {len(body)}",)
    )
    return "\r\n".join([line, "Host: a", *fields, *length, "", ""]).encode() + body


ENDED = ("GET", b"/end", b"")
SECOND = post(body=b"second", line="POST /second HTTP/1.1")
H2C = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__")
PLAIN: dict[str, list[bytes]] = {
    "a plain request": [post()],
    "a body that comes later": [
        post(body=b"", line="POST /mine HTTP/1.1").replace(b"Length: 0", b"Length: 4"),
        b"mine",
    ],
    "an upgrade, as Java's client offers it": [post(*H2C)],
    "... whose body comes later": [post(*H2C, "Content-Length: 4", body=b""), b"mine"],
    "... in chunks": [post(*H2C, "Transfer-Encoding: chunked", body=b"4\r\nmine\r\n0\r\n\r\n")],
    "... byte by byte": [*(bytes([each]) for each in post(*H2C)[:40]), post(*H2C)[40:]],
    "an upgrade to WebSockets": [
        post("Connection: upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
    ],
}


@pytest.mark.parametrize("parts", PLAIN.values(), ids=list(PLAIN))
async def test_a_request_reaches_the_application_whole_and_once(stage: Stage, parts: list[bytes]) -> None:
    answer = await stage.sent(*parts)

    assert stage.echo.asked == [("POST", b"/mine", b"mine"), ENDED]
    assert answer.count(b"HTTP/1.1 200") == 2


async def test_the_body_of_an_upgrade_is_never_the_next_request(stage: Stage) -> None:
    """A proxy in front of it takes it as a body."""
    hidden = post(*H2C, f"Content-Length: {len(SECOND)}", body=b"")
    await stage.sent(hidden, SECOND)

    assert stage.echo.asked == [("POST", b"/mine", SECOND), ENDED]


async def test_many_upgrades_in_one_breath_are_as_many_requests(stage: Stage) -> None:
    answer = await stage.sent(post(*H2C) * 300)

    assert answer.count(b"HTTP/1.1 200") == 301
    assert stage.echo.asked == [("POST", b"/mine", b"mine")] * 300 + [ENDED]


async def test_a_trailer_is_no_header(stage: Stage) -> None:
    chunks = b"4\r\nmine\r\n0\r\nAuthorization: Bearer other\r\nX-Late: 1\r\n\r\n"
    await stage.sent(post("Authorization: Bearer mine", "Transfer-Encoding: chunked", body=chunks))

    names = [name for name, _ in stage.echo.headers[0]]
    assert names == [b"host", b"authorization", b"transfer-encoding"]


REFUSED: dict[str, tuple[list[bytes], str]] = {
    "two names of a host": ([post("Host: b")], TWICE),
    "two credentials": ([post("Authorization: Bearer a", "authorization: Bearer b")], TWICE),
    "a length, and chunks": ([post("Content-Length: 4", "Transfer-Encoding: chunked", body=b"0\r\n\r\n")], INVALID),
    "two lengths": ([post("Content-Length: 4", "Content-Length: 0")], INVALID),
    "chunks by another name": ([post("Transfer-Encoding: xchunked", body=b"0\r\n\r\n")], INVALID),
    "a folded header": ([post("X-A: b\r\n c")], INVALID),
    "lines that end in LF": ([post().replace(b"\r\n", b"\n")], INVALID),
    "a CR inside a header": ([post("X-A: b\rContent-Length: 0")], INVALID),
    "a space before the colon": ([post("Content-Length : 4")], INVALID),
    "a tunnel": ([b"CONNECT 10.0.0.1:443 HTTP/1.1\r\nHost: a\r\n\r\n"], CONNECT),
    "a large header": ([post("X-A: " + "a" * 70_000)], LARGE),
    "many headers": ([post(*(f"X-{n}: {n}" for n in range(10_000)))], LARGE),
    "a long address": ([post(line="POST /" + "a" * 70_000 + " HTTP/1.1")], LARGE),
    "an address without end": ([b"POST /", *[b"a" * 30_000] * 4], LARGE),
    "headers without end": ([b"POST / HTTP/1.1\r\n", *[b"X-A: " + b"a" * 20_000 + b"\r\n"] * 5], LARGE),
}  # fmt: skip


@pytest.mark.parametrize(("parts", "says"), REFUSED.values(), ids=list(REFUSED))
async def test_what_is_refused_ends_the_connection_and_reaches_nobody(
    stage: Stage, parts: list[bytes], says: str
) -> None:
    answer = await stage.sent(*parts)

    assert stage.echo.asked == []
    assert answer == b"" or (answer.startswith(b"HTTP/1.1 400") and answer.endswith(says.encode()))


async def test_what_is_wrong_behind_a_request_is_not_its_answer(stage: Stage) -> None:
    stage.echo.goes_on.clear()
    answer = await stage.sent(post() + b"NONSENSE\r\n\r\n", ends=False)
    stage.echo.goes_on.set()

    assert b"400" not in answer


async def test_nobody_waits_for_a_head_for_ever(hasty: Stage) -> None:
    assert await hasty.sent(ends=False) == b""
    assert await hasty.sent(b"POST / HTTP/1.1\r\nHost", ends=False) == b""
    answer = await hasty.sent(post(), b"POST / HTTP", ends=False)
    assert answer.count(b"HTTP/1.1") == 1 and answer.endswith(b"mine")


async def test_nobody_waits_for_a_body_for_ever(hasty: Stage) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"

    assert await hasty.sent(head + b"half", ends=False) == b""
    assert hasty.echo.asked == []


async def test_an_answer_may_take_longer_than_a_head_or_a_body(hasty: Stage) -> None:
    hasty.echo.goes_on.clear()
    asyncio.get_running_loop().call_later(2 * Hasty.head_seconds, hasty.echo.goes_on.set)

    answer = await hasty.sent(
        post(), b"GET /end HTTP/1.1\r\n", b"Host: a\r\nConnection: close\r\n\r\n", ends=False
    )

    assert answer.count(b"HTTP/1.1 200") == 2
