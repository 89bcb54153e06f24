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
from urllib.parse import urlsplit

from cupel.api.common import JsonObject
from cupel.decide.addresses import Forbidden, Walls
from cupel.decide.asked import target_of
from cupel.decide.redaction import Secret, redacted, secret

from .pinned import SECONDS, Pinned, PinnedTls, resolved
from .recorder_key import Key

MOST_TEXT = 16_384
"""Characters of a body that a trial can hold."""
MOST_ANSWER = 1_048_576
MOST_HEADERS = 16
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
OURS = frozenset({
    "accept-encoding", "connection", "content-length", "host", "if-range", "keep-alive",
    "proxy-authorization", "proxy-connection", "range", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
"""Headers of a request that are ours to say; of a part of an answer, a credential could not be removed."""


@dataclass(frozen=True)
class Credential:
    """A header for one target; its value comes from the environment and is never recorded."""

    target: str
    header: str
    value: str = field(repr=False)


@dataclass
class Tape:
    """What was recorded since it was last taken, and what was refused."""

    allowed: frozenset[str]
    credentials: tuple[Credential, ...]
    tls: ssl.SSLContext
    private: frozenset[str] = frozenset()
    """Targets that may be in a private network."""
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
    """The proxy's URL while it records, with what opens it."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.tape, server.key = tape, Key()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.key.url(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    tape: Tape
    key: Key

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A tool that breaks its own connection is seen in its result."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = SECONDS
    server: _Server

    def record(self) -> None:
        self.close_connection = True
        if not self.server.key.opens(self.headers.get_all("proxy-authorization", [])):
            self._answer(407, [("proxy-authenticate", 'Basic realm="cupel record"')], b"")
            return
        try:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(max(0, min(length, MOST_TEXT * 4))).decode("utf-8", "replace")
            exchange = self._made(body)
        except (Refused, OSError, ValueError, http.client.HTTPException) as problem:
            why = str(problem) if isinstance(problem, Refused) else f"it failed: {type(problem).__name__}"
            self._note(f"{self.command} {self.path[:200]}: {why}")
            self._answer(403, [("cupel-refused", why)], b"")
            return
        with self.server.tape.lock:
            self.server.tape.exchanges.append(exchange)
        told = exchange["response"]
        headers = [(each["name"], each["value"]) for each in told.get("headers", ())]
        self._answer(told["status"], headers, told.get("body", "").encode())

    def _made(self, body: str) -> JsonObject:
        """The exchange, as a trial holds it. Raises Refused, OSError, ValueError, HTTPException."""
        tape, method, url = self.server.tape, self.command, self.path
        _allowed(tape, url, body)
        mine = [each for each in tape.credentials if each.target == target_of(url)]
        if mine and not url.startswith("https://"):
            self._note(f"{method} {url[:200]}: a credential is sent over https only, so it was left out")
            mine = []
        answer = _asked(tape, method, url, body, _sent(dict(self.headers.items()), mine))
        request: JsonObject = {"method": method, "url": url} | ({"body": body} if body else {})
        return {"request": request, "response": _response(*answer, mine)}

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


def _allowed(tape: Tape, url: str, body: str) -> None:
    target, parts = target_of(url), urlsplit(url)
    if not url.startswith(("http://", "https://")) or target not in tape.allowed:
        raise Refused(f"{target} is not in spec.permissions.egress")
    if f"{parts.hostname}:{_port(url)}" != target:
        raise Refused("the URL can be read in two ways")
    if len(body) > MOST_TEXT or len(url) > 2048:
        raise Refused("a recording holds URLs of 2048 and bodies of 16384 characters")


def _port(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)


def _sent(headers: dict[str, str], credentials: list[Credential]) -> dict[str, str]:
    added = {each.header: each.value for each in credentials}
    ours = {_plain(name) for name in added} | OURS
    kept = {name: value for name, value in headers.items() if _plain(name) not in ours}
    return kept | added | {"Accept-Encoding": "identity"}


def _plain(name: str) -> str:
    """A server may read `_` as `-`."""
    return name.lower().replace("_", "-")


def _connection(tape: Tape, url: str) -> http.client.HTTPConnection:
    """To an address that was judged. Raises Refused, OSError."""
    host, port, target = urlsplit(url).hostname or "", _port(url), target_of(url)
    walls = Walls(allowed_names=frozenset({host} if target in tape.private else ()))
    try:
        addresses = walls.permitted(host, resolved(host, port))
    except Forbidden as problem:
        raise Refused(f"{problem}; a server of a private network takes --private {target}") from None
    if url.startswith("https://"):
        return PinnedTls(host, port, addresses, tape.tls)
    return Pinned(host, port, addresses)


def _asked(
    tape: Tape, method: str, url: str, body: str, headers: dict[str, str]
) -> tuple[int, list[tuple[str, str]], bytes]:
    parts = urlsplit(url)
    connection = _connection(tape, url)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body=body.encode() or None, headers=headers)
        answer = connection.getresponse()
        content = answer.read(MOST_ANSWER + 1)
    finally:
        connection.close()
    if len(content) > MOST_ANSWER:
        raise Refused(f"the answer is larger than {MOST_ANSWER} bytes")
    return answer.status, answer.getheaders(), content


def _response(
    status: int, headers: list[tuple[str, str]], content: bytes, credentials: list[Credential]
) -> JsonObject:
    """What is kept of an answer; the tool is given the same, so that it cannot depend on what is not kept.

    Credentials are removed first: of one that is cut, the rest would stay.
    """
    secrets = [secret(each.value) for each in credentials]
    text = redacted(content, secrets).decode("utf-8", "replace")[:MOST_TEXT]
    kept = [
        (name.lower(), _clean(value, secrets)[:1024])
        for name, value in headers
        if name.lower() not in OF_ONE_ANSWER
        and not name.lower().startswith(PREFIXES)
        and _clean(name, secrets) == name
    ]
    found: JsonObject = {"status": status}
    if kept:
        found["headers"] = [{"name": name, "value": value} for name, value in kept[:MOST_HEADERS]]
    return found | ({"body": text} if text else {})


def _clean(text: str, secrets: list[Secret]) -> str:
    return redacted(text.encode("latin-1", "replace"), secrets).decode("latin-1")
