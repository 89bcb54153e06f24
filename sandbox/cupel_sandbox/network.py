"""Does a packet get out? All ways are tried at once for a second; only silence or "unreachable" is a wall."""

from __future__ import annotations

import errno
import select
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack

SECONDS = 1.0
METADATA = ("169.254.169.254", 80)
GATEWAY_PORTS = (53, 443, 10250)
SILENT = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES, errno.EPERM, errno.ETIMEDOUT, errno.ENETDOWN}
)
QUESTION = (
    b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x0akubernetes\x07default\x03svc\x00\x00\x01\x00\x01"
)
MAX_NAMED = 4
Address = tuple[str, int]


def reached(targets: Iterable[str]) -> str:
    """Empty when nothing answers. Otherwise what did, or why the attempt proves nothing."""
    try:
        given = [parse_target(target) for target in targets]
    except ValueError as error:
        return str(error)
    if not given:
        return "no targets were named, so isolation was not proved"
    if not _loopback_works():
        return "not even loopback can be reached, so silence proves nothing"
    servers = [(server, 53) for server in _name_servers()]
    streams = {
        *given,
        *servers,
        METADATA,
        *((gateway, port) for gateway in _gateways() for port in GATEWAY_PORTS),
    }
    questions = {*servers, *(address for address in given if address[1] == 53)}
    answered = _try_all(streams, questions)
    return f"packets got out to {', '.join(answered[:MAX_NAMED])}" if answered else ""


def parse_target(target: str) -> Address:
    """`address:port`, with an IPv6 address in brackets. Raises ValueError: names would need a resolver."""
    host, _, port = target.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    try:
        socket.getaddrinfo(host, int(port), flags=socket.AI_NUMERICHOST)
    except (OSError, ValueError, OverflowError):
        raise ValueError(f"not an address and port: {target[:80]!r}") from None
    return host, int(port)


def _try_all(streams: set[Address], questions: set[Address]) -> list[str]:
    """Names of what answered within a second. A refusal is an answer: a packet went there and back."""
    answered: list[str] = []
    waiting: dict[socket.socket, str] = {}
    with ExitStack() as opened:
        for kind, addresses in ((socket.SOCK_STREAM, streams), (socket.SOCK_DGRAM, questions)):
            for address in sorted(addresses):
                name = f"{address[0]}:{address[1]}" + ("/udp" if kind == socket.SOCK_DGRAM else "")
                attempt = opened.enter_context(_open(address[0], kind))
                match _send(attempt, address, kind):
                    case errno.EINPROGRESS:
                        waiting[attempt] = name
                    case 0 | errno.ECONNREFUSED:
                        answered.append(name)
        answered.extend(_who_answers(waiting))
    return sorted(answered)


def _who_answers(waiting: dict[socket.socket, str]) -> Iterator[str]:
    deadline = time.monotonic() + SECONDS
    while waiting and (remaining := deadline - time.monotonic()) > 0:
        streams = [s for s in waiting if s.type == socket.SOCK_STREAM]
        questions = [s for s in waiting if s.type == socket.SOCK_DGRAM]
        readable, writable, _ = select.select(questions, streams, [], remaining)
        for attempt in (*readable, *writable):
            name = waiting.pop(attempt)
            error = attempt.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error not in SILENT:
                yield name


def _open(host: str, kind: socket.SocketKind) -> socket.socket:
    attempt = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind)
    attempt.setblocking(False)
    return attempt


def _send(attempt: socket.socket, address: Address, kind: socket.SocketKind) -> int:
    """The errno of the first step: 0 when a connection stood at once, EINPROGRESS when it takes time."""
    error = attempt.connect_ex(address)
    if kind == socket.SOCK_STREAM or error:
        return error
    try:
        attempt.send(QUESTION)
    except OSError as refused:
        return refused.errno or errno.EIO
    return errno.EINPROGRESS


def _loopback_works() -> bool:
    try:
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            socket.create_connection(server.getsockname(), SECONDS),
        ):
            return True
    except OSError:
        return False


def _gateways() -> set[str]:
    """IPv4 default gateways, from /proc/net/route (addresses are little-endian hexadecimal)."""
    try:
        with open("/proc/net/route", encoding="ascii") as file:
            rows = [line.split() for line in file.readlines()[1:]]
    except OSError:
        return set()
    raw = {row[2] for row in rows if len(row) > 2 and row[1] == "00000000" and row[2] != "00000000"}
    return {socket.inet_ntoa(struct.pack("<I", int(gateway, 16))) for gateway in raw}


def _name_servers() -> set[str]:
    """Addresses in /etc/resolv.conf."""
    try:
        with open("/etc/resolv.conf", encoding="utf-8", errors="replace") as file:
            rows = [line.split() for line in file]
    except OSError:
        return set()
    return {row[1] for row in rows if len(row) > 1 and row[0] == "nameserver"}
