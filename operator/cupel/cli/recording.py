"""A recording proxy on loopback: makes a tool's requests for it, and keeps what was asked and answered."""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, urlsplit

from cupel.api.common import JsonObject
from cupel.decide.asked import target_of

MOST_TEXT = 16_384
"""Characters of a body that a trial can hold."""
MOST_ANSWER = 1_048_576
MOST_HEADERS = 16
SECONDS = 15.0
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
OF_ONE_ANSWER = frozenset({
    "accept-ranges", "age", "alt-svc", "cache-control", "connection", "content-length", "date", "etag",
    "content-security-policy", "expires", "keep-alive", "last-modified", "nel", "pragma", "report-to",
    "server", "server-timing", "set-cookie", "strict-transport-security", "trailer", "transfer-encoding",
    "vary", "via", "www-authenticate", "x-powered-by",
})  # fmt: skip
PREFIXES = (
    "access-control-",
    "cf-",
    "cupel-",
    "x-amz-",
    "x-cache",
    "x-content-type-",
    "x-frame-",
    "x-request-",
    "x-served-",
    "x-timer",
)
"""Headers that differ with every answer, or say nothing to a tool."""


@dataclass(frozen=True)
class Credential:
    """A header for one target; its value comes from the environment and is never recorded."""

    target: str
    header: str
    value: str = field(repr=False)

    def removed(self, text: str) -> str:
        for spelling in {self.value, quote(self.value, safe="")}:
            text = text.replace(spelling, "[removed]")
        return text


@dataclass
class Tape:
    """What was recorded since it was last taken, and what was refused."""

    allowed: frozenset[str]
    credentials: tuple[Credential, ...]
    tls: ssl.SSLContext
    exchanges: list[JsonObject] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def taken(self) -> tuple[list[JsonObject], list[str]]:
        with self.lock:
            found = (self.exchanges, self.notes)
            self.exchanges, self.notes = [], []
        return found


class Refused(Exception):
    """The request is not made; says why."""


@contextmanager
def recorder(tape: Tape) -> Iterator[str]:
    """The proxy's URL while it records."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.tape = tape
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    tape: Tape

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A tool that breaks its own connection is seen in its result."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = SECONDS
    server: _Server

    def record(self) -> None:
        self.close_connection = True
        try:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(min(length, MOST_TEXT * 4)).decode("utf-8", "replace")
            exchange = _made(self.server.tape, self.command, self.path, body, dict(self.headers.items()))
        except (Refused, OSError, http.client.HTTPException) as problem:
            why = str(problem) if isinstance(problem, Refused) else f"it failed: {type(problem).__name__}"
            self._note(f"{self.command} {self.path[:200]}: {why}")
            self._answer(403, [("cupel-refused", why)], b"")
            return
        with self.server.tape.lock:
            self.server.tape.exchanges.append(exchange)
        told = exchange["response"]
        headers = [(each["name"], each["value"]) for each in told.get("headers", ())]
        self._answer(told["status"], headers, told.get("body", "").encode())

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = record

    def _note(self, text: str) -> None:
        with self.server.tape.lock:
            self.server.tape.notes.append(text)

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in (*headers, ("Content-Length", str(len(content))), ("Connection", "close")):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """What is asked goes into the recording, not to the terminal."""


def _made(tape: Tape, method: str, url: str, body: str, headers: dict[str, str]) -> JsonObject:
    """The exchange, as a trial holds it. Raises Refused, OSError, HTTPException."""
    target = target_of(url)
    if not url.startswith(("http://", "https://")) or target not in tape.allowed:
        raise Refused(f"{target} is not in spec.permissions.egress")
    if len(body) > MOST_TEXT or len(url) > 2048:
        raise Refused("a recording holds URLs of 2048 and bodies of 16384 characters")
    mine = [each for each in tape.credentials if each.target == target]
    response = _response(*_asked(tape.tls, method, url, body, _sent(headers, mine)), mine)
    request: JsonObject = {"method": method, "url": url} | ({"body": body} if body else {})
    return {"request": request, "response": response}


def _sent(headers: dict[str, str], credentials: list[Credential]) -> dict[str, str]:
    added = {each.header: each.value for each in credentials}
    ours = {name.lower() for name in added} | {
        "host", "connection", "proxy-connection", "content-length", "accept-encoding"
    }  # fmt: skip
    kept = {name: value for name, value in headers.items() if name.lower() not in ours}
    return kept | added | {"Accept-Encoding": "identity"}


def _asked(
    tls: ssl.SSLContext, method: str, url: str, body: str, headers: dict[str, str]
) -> tuple[int, list[tuple[str, str]], bytes]:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    connection = (
        http.client.HTTPSConnection(host, port, timeout=SECONDS, context=tls)
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=SECONDS)
    )
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body=body.encode() or None, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read(MOST_ANSWER)
    finally:
        connection.close()


def _response(
    status: int, headers: list[tuple[str, str]], content: bytes, credentials: list[Credential]
) -> JsonObject:
    """What is kept of an answer; the tool is given the same, so that it cannot depend on what is not kept."""
    text = content.decode("utf-8", "replace")[:MOST_TEXT]
    kept = [
        (n.lower(), v[:1024])
        for n, v in headers
        if n.lower() not in OF_ONE_ANSWER and not n.lower().startswith(PREFIXES)
    ]
    for each in credentials:
        text, kept = each.removed(text), [(n, each.removed(v)) for n, v in kept]
    found: JsonObject = {"status": status}
    if kept:
        found["headers"] = [{"name": name, "value": value} for name, value in kept[:MOST_HEADERS]]
    return found | ({"body": text} if text else {})
