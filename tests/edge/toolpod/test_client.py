"""The client against Pods that misbehave in every way we could think of: bounded, and one exception."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from cupel.toolpod import Answer, RequestTooLarge, ToolPods, Unreachable, call_body

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
BODY = call_body({"text": "a"}, timeout_seconds=1)


@asynccontextmanager
async def pod(serve: Serve) -> AsyncIterator[str]:
    """A raw TCP server; its address."""

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except ConnectionError:
            pass  # the client had enough, as it should
        finally:
            writer.close()

    server = await asyncio.start_server(once, "127.0.0.1", 0)
    async with server:
        yield "127.0.0.1:" + str(server.sockets[0].getsockname()[1])


def unused_address() -> str:
    """Where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def saying(raw: bytes) -> Serve:
    """Read the request, say this, close."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()

    return serve


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Chunks without end."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b" " * 65536 + b"\r\n")
        await writer.drain()


async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A byte now and then, without end."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


GZIP_BOMB = http(b"\x1f\x8b" + b"0" * 100, "200 OK", "Content-Encoding: gzip")


@pytest.mark.parametrize(
    ("serve", "message"),
    [
        pytest.param(saying(b""), "the connection to the Pod broke", id="closes without an answer"),
        pytest.param(saying(b"SSH-2.0-OpenSSH\r\n\r\n"), "the connection to the Pod broke", id="speaks no HTTP"),
        pytest.param(saying(http(b"", "500 No")), "answered with status 500", id="answers 500"),
        pytest.param(saying(http(b"", "302 Go", "Location: http://10.0.0.1/")), "answered with status 302", id="redirects"),
        pytest.param(saying(http(b"{}")[:-1]), "the connection to the Pod broke", id="cuts its answer"),
        pytest.param(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"), "larger than 1 MiB", id="says it is huge"),
        pytest.param(endless, "larger than 1 MiB", id="never stops"),
        pytest.param(dripping, "did not answer within", id="drips"),
        pytest.param(silent, "did not answer within", id="says nothing"),
        pytest.param(
            saying(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000), "the connection to the Pod broke", id="sends endless headers"
        ),
    ],
)  # fmt: skip
async def test_a_pod_that_misbehaves_is_unreachable(serve: Serve, message: str) -> None:
    async with pod(serve) as address, ToolPods() as pods, asyncio.timeout(5):
        with pytest.raises(Unreachable, match=message) as raised:
            await pods.call(address, BODY, 0.5)

    assert raised.value.sent


@pytest.mark.parametrize(
    ("serve", "message"),
    [
        pytest.param(None, "does not accept connections", id="nobody listens"),
        pytest.param(saying(http(b"{}", "503 Busy")), "all the calls it takes", id="the Pod is busy"),
    ],
)
async def test_a_call_that_reached_no_tool_says_so(serve: Serve | None, message: str) -> None:
    async with AsyncExitStack() as opened:
        address = await opened.enter_async_context(pod(serve)) if serve else unused_address()
        pods = await opened.enter_async_context(ToolPods())
        with pytest.raises(Unreachable, match=message) as raised:
            await pods.call(address, BODY, 2)

    assert not raised.value.sent


RESULT = {"result": {"words": 1}, "state": {}, "milliseconds": 3, "memoryKibibytes": 9}


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        pytest.param(json.dumps(RESULT).encode(), Answer({"words": 1}, {}, milliseconds=3), id="a result"),
        pytest.param(
            b'{"error":{"type":"ToolError","message":"no\\u0000pe"},"milliseconds":1}',
            Answer(error="ToolError", message="nope", milliseconds=1),
            id="an error, cleaned of control characters",
        ),
        pytest.param(b'{"result":{"x":NaN}}', "did not answer in JSON", id="NaN"),
        pytest.param(b'{"result":{"x":"\\ud800"}}', "did not answer in JSON", id="a lone surrogate"),
        pytest.param(b'{"result":{"x":"\xff"}}', "did not answer in JSON", id="no UTF-8"),
        pytest.param(b'{"result":' + b"[" * 200_000, "did not answer in JSON", id="nested beyond reason"),
        pytest.param(b'{"result":{"x":' + b"9" * 5000 + b"}}", "did not answer in JSON", id="a number beyond reason"),
        pytest.param(b"[]", "did not answer with a JSON object", id="no object"),
        pytest.param(b"{}", "neither a result nor an error", id="an empty object"),
        pytest.param(b'{"result":[1]}', "neither a result nor an error", id="a result that is no object"),
        pytest.param(b'{"result":{},"state":7}', "neither a result nor an error", id="a state that is no object"),
        pytest.param(b'{"error":{"type":"Root","message":"x"}}', "an error of no known type", id="an unknown error"),
        pytest.param(b'{"error":"x"}', "an error of no known type", id="an error that is no object"),
        pytest.param(b'{"error":{"type":[]}}', "an error of no known type", id="an error whose type is no text"),
        pytest.param(GZIP_BOMB.split(b"\r\n\r\n")[1], "did not answer in JSON", id="compressed bytes"),
    ],
)  # fmt: skip
async def test_an_answer_is_read_or_refused(body: bytes, answer: Answer | str) -> None:
    async with pod(saying(http(body))) as address, ToolPods() as pods:
        found = await pods.call(address, BODY, 2)

    if isinstance(answer, str):
        assert found.error == "BadAnswer" and answer in found.message
    else:
        assert found == answer


async def test_a_long_error_is_cut() -> None:
    body = json.dumps({"error": {"type": "ToolError", "message": "x" * 5000}}).encode()
    async with pod(saying(http(body))) as address, ToolPods() as pods:
        found = await pods.call(address, BODY, 2)

    assert found.message == "x" * 1000


async def test_compressed_answers_are_not_unpacked() -> None:
    async with pod(saying(GZIP_BOMB)) as address, ToolPods() as pods:
        found = await pods.call(address, BODY, 2)

    assert found.error == "BadAnswer"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[]", id="no object"),
        pytest.param(b'{"digest":1}', id="a field of the wrong type"),
        pytest.param(b"{", id="cut"),
    ],
)
async def test_a_definition_that_is_none_is_unreachable(body: bytes) -> None:
    async with pod(saying(http(body))) as address, ToolPods() as pods:
        with pytest.raises(Unreachable, match="the Pod's definition cannot be read"):
            await pods.definition(address, 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"x": "y" * 1_048_576}, "larger than 1024 KiB", id="too large"),
        pytest.param({"x": float("nan")}, "not JSON", id="NaN"),
        pytest.param({"x": object()}, "not JSON", id="no JSON value"),
    ],
)
def test_arguments_that_cannot_be_sent(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(RequestTooLarge, match=message):
        call_body(arguments, timeout_seconds=1)
