"""CONNECT: bytes carried both ways, once the first of them are TLS for the host that was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .metrics import Record
from .outcome import Failure, Refusal
from .server_name import MOST_HELLO, Incomplete, NoHello, server_name
from .target import Target
from .upstream import Streams

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
PIECE = 65_536


async def carry(
    tool: Streams, far: Streams, target: Target, record: Record, most: int, hello_seconds: float
) -> None:
    """Carry bytes until both sides end. Raises Refusal for no TLS to this host, Failure over `most`."""
    tool[1].write(ESTABLISHED)
    record.status = 200
    async with asyncio.timeout(hello_seconds):
        hello = await _hello(tool[0], "" if target.literal else target.host)
    far[1].write(hello)
    record.received += len(hello)
    out = asyncio.create_task(_pump(tool[0], far[1], _count_out(record)))
    back = asyncio.create_task(_pump(far[0], tool[1], _count_back(record, most)))
    try:
        await asyncio.wait({out, back}, return_when=asyncio.FIRST_EXCEPTION)
        for ended in (out, back):
            if ended.done():
                ended.result()
    finally:
        for task in (out, back):
            task.cancel()
        await asyncio.gather(out, back, return_exceptions=True)


async def _hello(reader: asyncio.StreamReader, host: str) -> bytes:
    """The tool's first bytes, when they ask for exactly this host."""
    raw = b""
    while True:
        raw += await _some(reader)
        try:
            name = server_name(raw)
        except Incomplete:
            if len(raw) > MOST_HELLO:
                raise Refusal("server_name", "the ClientHello is too large") from None
            continue
        except NoHello as error:
            raise Refusal("server_name", f"a tunnel carries TLS only: {error}") from None
        if name != host:
            raise Refusal("server_name", f"the TLS server name is not {host or 'absent, as for an address'}")
        return raw


async def _some(reader: asyncio.StreamReader) -> bytes:
    found = await reader.read(4096)
    if not found:
        raise Refusal("server_name", "the tunnel was closed before it said anything")
    return found


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: Callable[[int], None]
) -> None:
    """Raises ConnectionError when either end breaks."""
    while piece := await reader.read(PIECE):
        count(len(piece))
        writer.write(piece)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


def _count_out(record: Record) -> Callable[[int], None]:
    def count(size: int) -> None:
        record.received += size

    return count


def _count_back(record: Record, most: int) -> Callable[[int], None]:
    def count(size: int) -> None:
        record.returned += size
        if record.returned > most:
            raise Failure("too_large", f"the tunnel brought back more than {most} bytes")

    return count
