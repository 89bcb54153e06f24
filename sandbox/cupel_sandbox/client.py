"""A strict HTTP client for a hostile server: one request a connection, bounded in bytes and total time."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

MAX_ANSWER_BYTES = 524_288
Json = dict[str, Any]


class NoAnswer(Exception):
    """The tool container gave no usable answer; the text says how."""


class Late(NoAnswer):
    """It gave none in time."""


def ask(port: int, method: str, path: str, body: Json | None, seconds: float) -> tuple[int, Json]:
    """Status and JSON object. Raises NoAnswer; Late after `seconds`, whatever the server does."""
    deadline = time.monotonic() + seconds
    content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
    fields = ("Host: tool", "Connection: close", f"Content-Length: {len(content)}")
    head = "\r\n".join((f"{method} {path} HTTP/1.1", *fields, "", ""))
    try:
        with socket.create_connection(("127.0.0.1", port), _remaining(deadline)) as connection:
            connection.settimeout(_remaining(deadline))
            connection.sendall(head.encode() + content)
            return _parse(_read(connection, deadline))
    except TimeoutError as error:
        raise Late(f"no answer within {seconds:g} s") from error
    except OSError as error:
        raise NoAnswer(f"no connection: {error.strerror or error}") from error


def _remaining(deadline: float) -> float:
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise TimeoutError
    return remaining


def _read(connection: socket.socket, deadline: float) -> bytes:
    """All the server sends until it closes: drip by drip still ends at the deadline."""
    data = bytearray()
    while len(data) <= MAX_ANSWER_BYTES:
        connection.settimeout(_remaining(deadline))
        part = connection.recv(65_536)
        if not part:
            return bytes(data)
        data += part
    raise NoAnswer(f"the answer is larger than {MAX_ANSWER_BYTES} bytes")


def _parse(data: bytes) -> tuple[int, Json]:
    head, found, body = data.partition(b"\r\n\r\n")
    words = head[:32].split(b" ", 2)
    if not found or len(words) < 2 or words[0] not in (b"HTTP/1.1", b"HTTP/1.0") or not words[1].isdigit():
        raise NoAnswer("the answer is no HTTP")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise NoAnswer("the answer is no JSON") from None
    if not isinstance(told, dict):
        raise NoAnswer("the answer is no JSON object")
    return int(words[1]), told
