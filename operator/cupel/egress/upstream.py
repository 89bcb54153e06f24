"""The way to a target: its name resolved once, every answer judged, the connection made to one of them."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from cupel.decide.addresses import Forbidden, Walls

from .body import MOST_HEAD, Gone, TooLong, read_body, read_head, read_rest
from .message import Head, Malformed, encode, framing, status_of
from .outcome import Failure, Refusal
from .target import Target

CONNECT_SECONDS = 5.0
MOST_ADDRESSES = 8
MOST_INTERIM = 8
NO_BODY = frozenset({204, 304})
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


LookUp = Callable[[str, int], list[str]]


class Resolver(Protocol):
    """Turns names into addresses. Asked once for each request."""

    async def addresses(self, host: str, port: int) -> list[str]:
        """Raises OSError when there are none."""


def _look_up(host: str, port: int) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(f"{host}.", port, type=socket.SOCK_STREAM)]


class SystemResolver:
    """This machine's resolver, in threads of its own; names are absolute, so that no search list applies.

    A name whose servers are silent holds a thread for long: those who ask meanwhile share its one look-up.
    """

    def __init__(self, threads: int, look_up: LookUp = _look_up) -> None:
        self._look_up = look_up
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="resolve")
        self._under_way: dict[str, asyncio.Future[list[str]]] = {}

    async def addresses(self, host: str, port: int) -> list[str]:
        found = self._under_way.get(host)
        if found is None:
            loop = asyncio.get_running_loop()
            found = self._under_way[host] = loop.run_in_executor(self._threads, self._look_up, host, port)
            found.add_done_callback(lambda ended: self._ended(host, ended))
        return list(dict.fromkeys(await asyncio.shield(found)))

    def _ended(self, host: str, ended: asyncio.Future[list[str]]) -> None:
        del self._under_way[host]
        if not ended.cancelled():
            ended.exception()  # perhaps nobody waits for it any more


def client_context(ca_file: str = "") -> ssl.SSLContext:
    """The system's authorities, and those of `ca_file`. Raises OSError when that cannot be read."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


@dataclass(frozen=True)
class Answer:
    """What a target answered."""

    status: int
    head: Head
    body: bytes


@dataclass(frozen=True)
class Upstream:
    """Connects to targets that were judged to be allowed."""

    resolver: Resolver
    walls: Walls
    tls: ssl.SSLContext
    response_bytes: int

    @asynccontextmanager
    async def connected(self, target: Target, *, tls: bool) -> AsyncIterator[Streams]:
        """A connection to the target, cut off on leaving. Raises Refusal for its addresses, else Failure."""
        streams = await self._connect(target, await self._resolved(target), self.tls if tls else None)
        try:
            yield streams
        finally:
            streams[1].transport.abort()

    async def ask(self, target: Target, *, tls: bool, method: str, request: bytes) -> Answer:
        """Send one request and read its one answer. Raises Refusal, Failure."""
        async with self.connected(target, tls=tls) as (reader, writer):
            try:
                writer.write(request)
                await _drained(writer)
                return await _answer(reader, method, self.response_bytes)
            except TooLong as error:
                raise Failure("too_large", f"the answer of {target} is too large: {error}") from None
            except (Malformed, Gone) as error:
                raise Failure("bad_answer", f"the answer of {target} is no HTTP: {error}") from None
            except OSError as error:
                raise Failure("unreachable", f"{target} broke off: {type(error).__name__}") from None

    async def _resolved(self, target: Target) -> tuple[str, ...]:
        if target.literal:
            return self._permitted(target, [target.host])
        try:
            answers = await self.resolver.addresses(target.host, target.port)
        except (OSError, UnicodeError):
            answers = []
        if not answers:
            raise Failure("unresolved", f"{target.host} has no address")
        return self._permitted(target, answers)

    def _permitted(self, target: Target, answers: list[str]) -> tuple[str, ...]:
        try:
            return self.walls.permitted(target.host, answers)
        except Forbidden as problem:
            raise Refusal("address", str(problem)) from None

    async def _connect(
        self, target: Target, addresses: tuple[str, ...], context: ssl.SSLContext | None
    ) -> Streams:
        name = target.host if context else None
        for address in addresses[:MOST_ADDRESSES]:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await asyncio.open_connection(
                        address, target.port, ssl=context, server_hostname=name, limit=MOST_HEAD
                    )
            except ssl.SSLCertVerificationError as error:
                raise Failure(
                    "tls", f"the certificate of {target} is not trusted: {error.verify_message}"
                ) from None
            except ssl.SSLError as error:
                raise Failure("tls", f"TLS with {target} failed: {error.reason or 'closed'}") from None
            except (OSError, TimeoutError):
                continue
        raise Failure("unreachable", f"{target} does not accept connections")


async def _drained(writer: asyncio.StreamWriter) -> None:
    """A server may answer and close before it read everything; then its answer counts."""
    try:
        await writer.drain()
    except ConnectionError:
        return


async def _answer(reader: asyncio.StreamReader, method: str, most: int) -> Answer:
    for _ in range(MOST_INTERIM):
        head = await read_head(reader)
        status = status_of(head)
        if status == 101:
            raise Malformed("it switches to another protocol")
        if status >= 200:
            return Answer(status, head, await _content(reader, head, status, method, most))
    raise Malformed("too many interim answers")


async def _content(reader: asyncio.StreamReader, head: Head, status: int, method: str, most: int) -> bytes:
    ends = framing(head)
    if method == "HEAD" or status in NO_BODY:
        return b""
    if ends.chunked or ends.length is not None:
        return await read_body(reader, ends, most)
    return await read_rest(reader, most)


def request_bytes(method: str, path: str, fields: tuple[tuple[str, str], ...], body: bytes) -> bytes:
    """One request that asks the target to close after it."""
    length = (("Content-Length", str(len(body))),) if body or method in ("POST", "PUT", "PATCH") else ()
    return encode(f"{method} {path} HTTP/1.1", (*fields, *length, ("Connection", "close"))) + body
