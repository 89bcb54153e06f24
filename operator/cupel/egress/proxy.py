"""One connection of a tool: one request, read strictly, judged, made, answered; then it ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter

from cupel.settings.egress import EgressLimits

from .answering import answer, refusal
from .body import Gone, TooLong, read_body, read_head
from .credentials import add
from .directory import Caller, Directory
from .limits import Meter
from .message import Head, Malformed, end_to_end, framing, request_line, without
from .metrics import Metrics, Record
from .outcome import Failure, Refusal
from .target import PORTS, Target, target, url
from .tunnel import carry
from .upstream import Streams, Upstream, request_bytes
from .vault import Vault

log = logging.getLogger(__name__)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LINGER_SECONDS = 1.0
LINGER_BYTES = 262_144


class Proxy:
    """All connections of one process, and the means to end those whose right has ended."""

    def __init__(
        self, directory: Directory, vault: Vault, upstream: Upstream, limits: EgressLimits, metrics: Metrics
    ) -> None:
        self._directory = directory
        self._vault = vault
        self._upstream = upstream
        self._limits = limits
        self._metrics = metrics
        self._meter = Meter(limits.per_minute, limits.at_once)
        self._open: dict[asyncio.Task[None], Record] = {}
        self._by_address: Counter[str] = Counter()
        directory.on_change(self._judge_again)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a new connection, or drop it when there are too many."""
        address = str(writer.get_extra_info("peername", ("",))[0]).removeprefix("::ffff:")
        crowded = self._by_address[address] >= 2 * self._limits.at_once
        if crowded or len(self._open) >= self._limits.connections:
            writer.transport.abort()
            return
        record = Record(address, asyncio.get_running_loop().time())
        task = asyncio.create_task(self._serve((reader, writer), record))
        self._open[task] = record
        self._by_address[address] += 1
        self._metrics.open.set(len(self._open))
        task.add_done_callback(self._ended)

    async def settle(self, seconds: float) -> None:
        """Wait for calls under way, at most so long, then end them."""
        if self._open:
            await asyncio.wait(set(self._open), timeout=seconds)
        for task, record in self._open.items():
            record.outcome = record.outcome or "lost"
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        record = self._open.pop(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a call ended in an error of ours", exc_info=error)
        self._by_address[record.address] -= 1
        if not self._by_address[record.address]:
            del self._by_address[record.address]
        self._metrics.open.set(len(self._open))

    def _judge_again(self) -> None:
        """End every call whose Pod, approval or target is no longer what it was when it began."""
        for task, record in self._open.items():
            if record.caller is not None and not self._still(record, record.caller):
                task.cancel()

    def _still(self, record: Record, before: Caller) -> bool:
        try:
            now = self._directory.caller(record.address)
        except Refusal:
            return False
        return now.key == before.key and (not record.allowed or str(record.target) in now.targets)

    async def _serve(self, tool: Streams, record: Record) -> None:
        try:
            await self._told(tool, record)
            await _linger(tool)
        finally:
            tool[1].transport.abort()

    async def _told(self, tool: Streams, record: Record) -> None:
        """Answer; count and log what became of the call."""
        try:
            await self._answered(tool, record)
        except Gone:
            return  # a probe of the port: there was no call
        except (ConnectionError, TimeoutError):
            record.outcome = record.outcome or "lost"
        except asyncio.CancelledError:
            record.outcome = record.outcome or "revoked"
            raise
        finally:
            if record.outcome or record.status:
                self._metrics.told(record, asyncio.get_running_loop().time() - record.began)

    async def _answered(self, tool: Streams, record: Record) -> None:
        """What is not read yet still counts as under way: it takes memory of ours."""
        try:
            reply = await self._reply(tool, record)
            if reply:
                tool[1].write(reply)
                async with asyncio.timeout(self._limits.request_seconds):
                    await tool[1].drain()
        finally:
            if record.metered is not None:
                self._meter.leave(record.metered)

    async def _reply(self, tool: Streams, record: Record) -> bytes:
        try:
            return await self._judged(tool, record)
        except (Refusal, Failure) as why:
            record.outcome = why.reason
            if record.status:  # the tunnel stands: nothing can be said in it
                return b""
            record.status = 403 if isinstance(why, Refusal) else why.status
            return refusal(why)

    async def _judged(self, tool: Streams, record: Record) -> bytes:
        """The answer's bytes. Raises Refusal, Failure."""
        head = await self._head(tool[0])
        caller = record.caller = self._directory.caller(record.address)
        try:
            method, wanted = request_line(head)
            framing(head)
        except Malformed as error:
            raise Refusal("malformed", str(error)) from None
        if method not in METHODS | {"CONNECT"}:
            raise Refusal("malformed", f"the method must be CONNECT or one of {', '.join(sorted(METHODS))}")
        record.method = method
        if head.all("expect"):
            raise Refusal("malformed", "Expect is not supported; send the body at once")
        self._meter.enter(caller.key, asyncio.get_running_loop().time())
        record.metered = caller.key
        if method == "CONNECT":
            return await self._tunnelled(tool, caller, head, wanted, record)
        return await self._forwarded(tool[0], caller, head, wanted, record)

    async def _head(self, reader: asyncio.StreamReader) -> Head:
        try:
            async with asyncio.timeout(self._limits.head_seconds):
                return await read_head(reader)
        except TimeoutError:
            raise Refusal("malformed", "the request did not come in time") from None
        except (Malformed, TooLong) as error:
            raise Refusal("malformed", str(error)) from None

    async def _forwarded(
        self, reader: asyncio.StreamReader, caller: Caller, head: Head, wanted: str, record: Record
    ) -> bytes:
        place = url(wanted)
        record.target = place.target
        _host_agrees(head, place.target, PORTS[place.scheme])
        _approved(caller, place.target, record)
        try:
            async with asyncio.timeout(self._limits.request_seconds):
                body = await self._body(reader, head)
                record.received = len(body)
                host = place.target.host if place.target.port == PORTS[place.scheme] else str(place.target)
                fields = (("Host", host), *without(end_to_end(head), ["host"]))
                sent = add(self._vault.fitting(caller, place), place.path, fields)
                request = request_bytes(record.method, sent.path, sent.fields, body)
                secure = place.scheme == "https"
                found = await self._upstream.ask(
                    place.target, tls=secure, method=record.method, request=request
                )
        except TimeoutError:
            raise Failure("timeout", f"{place.target} did not answer in time") from None
        reply = answer(found, record.method, sent.secrets)
        record.status, record.returned = found.status, len(found.body)
        return reply

    async def _body(self, reader: asyncio.StreamReader, head: Head) -> bytes:
        try:
            return await read_body(reader, framing(head), self._limits.request_bytes)
        except TooLong as error:
            raise Refusal("limit", f"the request is too large: {error}") from None
        except Malformed as error:
            raise Refusal("malformed", str(error)) from None

    async def _tunnelled(
        self, tool: Streams, caller: Caller, head: Head, wanted: str, record: Record
    ) -> bytes:
        place = record.target = target(wanted)
        if head.all("host"):
            _host_agrees(head, place, None)
        if framing(head).chunked or framing(head).length:
            raise Refusal("malformed", "a CONNECT has no body")
        _approved(caller, place, record)
        limits = self._limits
        try:
            async with (
                asyncio.timeout(limits.tunnel_seconds),
                self._upstream.connected(place, tls=False) as far,
            ):
                await carry(tool, far, place, record, limits.tunnel_bytes, limits.head_seconds)
        except TimeoutError:
            raise Failure("timeout", f"the tunnel to {place} lasted too long") from None
        return b""


def _host_agrees(head: Head, wanted: Target, default_port: int | None) -> None:
    """One Host field, and it says what the URL says: a target must not see another name than was judged."""
    hosts = head.all("host")
    if len(hosts) != 1 or target(hosts[0], default_port) != wanted:
        raise Refusal("malformed", "the Host header must be there once and name the host and port of the URL")


def _approved(caller: Caller, wanted: Target, record: Record) -> None:
    if str(wanted) not in caller.targets:
        approved = ", ".join(sorted(caller.targets))
        raise Refusal("target", f"{wanted} was not approved for this tool; approved: {approved}")
    record.allowed = True


async def _linger(tool: Streams) -> None:
    """Wait a moment for the tool to close: an early end would cut off what it still reads (RFC 9112, 9.6)."""
    reader, writer = tool
    left = LINGER_BYTES
    with contextlib.suppress(OSError):
        async with asyncio.timeout(LINGER_SECONDS):
            writer.write_eof()
            while left > 0 and (piece := await reader.read(65_536)):
                left -= len(piece)
