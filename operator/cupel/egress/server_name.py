"""The server name in a TLS ClientHello (RFC 8446, RFC 6066), read before a tunnel carries anything. Pure."""

from __future__ import annotations

from dataclasses import dataclass

HANDSHAKE, CLIENT_HELLO = 22, 1
SERVER_NAME, ENCRYPTED_HELLO = 0, 0xFE0D
MOST_HELLO = 16_384
MOST_RECORDS = 8


class NoHello(ValueError):
    """The first bytes are no ClientHello that can be read."""


class Incomplete(Exception):
    """More bytes are needed."""


@dataclass
class Bytes:
    """Reads numbers and vectors off the front. Raises NoHello beyond the end."""

    left: bytes

    def take(self, count: int) -> bytes:
        if len(self.left) < count:
            raise NoHello("the ClientHello is cut")
        found, self.left = self.left[:count], self.left[count:]
        return found

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def vector(self, width: int) -> bytes:
        return self.take(self.number(width))


def server_name(raw: bytes) -> str:
    """The name asked for, lower case; empty when none is. Raises Incomplete, NoHello."""
    return _name(_extensions(_hello(raw)))


def _hello(raw: bytes) -> bytes:
    """The body of the ClientHello, put together from its records."""
    found = b""
    for _ in range(MOST_RECORDS):
        content, raw = _record(raw)
        found += content
        if found[0] != CLIENT_HELLO:
            raise NoHello("the first message is no ClientHello")
        length = int.from_bytes(found[1:4], "big")
        if length > MOST_HELLO:
            raise NoHello("the ClientHello is too large")
        if len(found) >= 4 + length:
            return found[4 : 4 + length]
    raise NoHello("too many records")


def _record(raw: bytes) -> tuple[bytes, bytes]:
    """The first record's content, and what follows it."""
    if raw[:1] not in (b"", bytes([HANDSHAKE])) or raw[1:2] not in (b"", b"\x03"):
        raise NoHello("the first bytes are no TLS handshake")
    if len(raw) < 5 or len(raw) < 5 + (size := int.from_bytes(raw[3:5], "big")):
        raise Incomplete
    if not 0 < size <= MOST_HELLO:
        raise NoHello("a TLS record of a size that cannot be")
    return raw[5 : 5 + size], raw[5 + size :]


def _extensions(hello: bytes) -> dict[int, bytes]:
    body = Bytes(hello)
    body.take(2 + 32)  # version, random
    body.vector(1)  # session
    body.vector(2)  # cipher suites
    body.vector(1)  # compression
    rest = Bytes(body.vector(2)) if body.left else Bytes(b"")
    found: dict[int, bytes] = {}
    while rest.left:
        kind = rest.number(2)
        if kind in found:
            raise NoHello("an extension is there twice")
        found[kind] = rest.vector(2)
    return found


def _name(extensions: dict[int, bytes]) -> str:
    if ENCRYPTED_HELLO in extensions:
        raise NoHello("an encrypted ClientHello hides where it goes")
    if SERVER_NAME not in extensions:
        return ""
    names = Bytes(Bytes(extensions[SERVER_NAME]).vector(2))
    kind, name = names.number(1), names.vector(2)
    if kind != 0 or names.left:
        raise NoHello("more than one server name")
    try:
        return name.decode("ascii").lower()
    except UnicodeDecodeError:
        raise NoHello("the server name is not ASCII") from None
