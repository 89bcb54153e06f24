"""Heads and bodies from a stream, each within a limit."""

from __future__ import annotations

import asyncio
import re

from .message import Framing, Head, Malformed, parse_head

MOST_HEAD = 32_768
SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(;[\t \x21-\x7e]{0,256})?\r\n")
CHUNK_LINE = 512
MOST_TRAILERS = 32


class TooLong(ValueError):
    """A head or body is larger than its limit."""


class Gone(Exception):
    """The other end closed before it said anything."""


async def read_head(reader: asyncio.StreamReader) -> Head:
    """The next head; the reader's own limit must be MOST_HEAD. Raises Gone, TooLong, Malformed."""
    try:
        return parse_head(await reader.readuntil(b"\r\n\r\n"))
    except asyncio.LimitOverrunError:
        raise TooLong(f"the head is larger than {MOST_HEAD} bytes") from None
    except asyncio.IncompleteReadError as cut:
        if not cut.partial:
            raise Gone from None
        raise Malformed("the head is cut") from None


async def read_body(reader: asyncio.StreamReader, framing: Framing, most: int) -> bytes:
    """The body that `framing` describes; empty when it describes none. Raises TooLong, Malformed."""
    try:
        if framing.chunked:
            return await _chunks(reader, most)
        if (framing.length or 0) > most:
            raise TooLong(f"the body is larger than {most} bytes")
        return await reader.readexactly(framing.length or 0)
    except asyncio.IncompleteReadError:
        raise Malformed("the body is cut") from None
    except asyncio.LimitOverrunError:
        raise Malformed("a chunk's size line is too long") from None


async def read_rest(reader: asyncio.StreamReader, most: int) -> bytes:
    """Everything until the other end closes. Raises TooLong."""
    found = bytearray()
    while chunk := await reader.read(65_536):
        found += chunk
        if len(found) > most:
            raise TooLong(f"the body is larger than {most} bytes")
    return bytes(found)


async def _chunks(reader: asyncio.StreamReader, most: int) -> bytes:
    found = bytearray()
    extensions = 0
    while True:
        line = await reader.readuntil(b"\r\n")
        match = SIZE.fullmatch(line) if len(line) <= CHUNK_LINE else None
        if match is None:
            raise Malformed("a chunk's size line is none")
        size = int(match[1], 16)
        extensions += len(match[2] or b"")
        if len(found) + size + extensions > most:
            raise TooLong(f"the body is larger than {most} bytes")
        if size == 0:
            await _trailers(reader)
            return bytes(found)
        found += await reader.readexactly(size)
        if await reader.readexactly(2) != b"\r\n":
            raise Malformed("a chunk does not end where it says")


async def _trailers(reader: asyncio.StreamReader) -> None:
    """What follows the last chunk is dropped: nothing of it was judged."""
    for _ in range(MOST_TRAILERS):
        if await reader.readuntil(b"\r\n") == b"\r\n":
            return
    raise Malformed("too many trailers")
