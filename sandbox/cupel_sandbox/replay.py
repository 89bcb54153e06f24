"""Recorded exchanges, played back as a trial's proxy. What was not recorded is answered 599, and noted."""

from __future__ import annotations

import base64
import threading
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from typing import Any

from .bounded import BoundedServer
from .context import REFUSED_HEADER

MAX_BODY_BYTES = 262_144
MAX_CONNECTIONS = 16
"""A hostile tool may open them without end; it gets a thread for a few."""
PATIENCE_SECONDS = 10
SET_BY_US = frozenset(
    {"connection", "content-length", "content-encoding", "transfer-encoding", REFUSED_HEADER}
)
Json = dict[str, Any]


class Tape:
    """The exchanges of one trial. Equal requests are answered in recorded order; the last answer repeats."""

    def __init__(self, exchanges: list[Json]) -> None:
        self._left = list(exchanges)
        self._lock = threading.Lock()
        self.unrecorded = ""
        """The first request that was not recorded, for people."""

    def play(self, method: str, url: str, body: str) -> Json | None:
        """The response recorded for this request."""
        with self._lock:
            fitting = [e for e in self._left if _fits(e["request"], method, url, body)]
            if not fitting:
                self.unrecorded = self.unrecorded or f"{method} {url}"[:200]
                return None
            if len(fitting) > 1:
                self._left.remove(fitting[0])
            response: Json = fitting[0]["response"]
            return response


class AnyTape(Tape):
    """Recorded answers to any request, in turn: whatever a server says, a tool must keep its own promises."""

    def play(self, method: str, url: str, body: str) -> Json | None:
        with self._lock:
            if not self._left:
                return None
            exchange = next((e for e in self._left if _fits(e["request"], method, url, body)), self._left[0])
            self._left.remove(exchange)
            self._left.append(exchange)
            response: Json = exchange["response"]
            return response


def _fits(request: Json, method: str, url: str, body: str) -> bool:
    return (request.get("method", "GET"), request["url"], request.get("body") or "") == (method, url, body)


class Player(BoundedServer):
    """A proxy on loopback that knows nothing but the tape of the trial under way."""

    max_connections = MAX_CONNECTIONS

    def __init__(self, port: int) -> None:
        self.tape = Tape([])
        self.tapes: dict[str, Tape] = {}
        """Further ones, for several calls in one process: by the user that the proxy's URL names."""
        super().__init__(("127.0.0.1", port), PlayerHandler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def server_bind(self) -> None:
        """Bind without asking DNS for this host's name."""
        TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A tool that breaks its own connection harms its own trial only."""


class PlayerHandler(BaseHTTPRequestHandler):
    """One connection of the tool."""

    protocol_version = "HTTP/1.1"
    timeout = PATIENCE_SECONDS
    wbufsize = -1
    server: Player

    def play(self) -> None:
        self.close_connection = True
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()) or len(length) > 8 or int(length) > MAX_BODY_BYTES:
            self._refuse("the request's length is missing or too large")
            return
        body = self.rfile.read(int(length)).decode("utf-8", "replace")
        tape = self.server.tapes.get(self._user(), self.server.tape)
        response = tape.play(self.command, self.path, body)
        if response is None:
            self._refuse(f"{self.command} {self.path} was not recorded"[:200])
        else:
            self._answer(response)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = play

    def _user(self) -> str:
        """Who the proxy's URL says is asking; empty when it does not."""
        _, _, told = self.headers.get("Proxy-Authorization", "").partition(" ")
        try:
            return base64.b64decode(told).decode().partition(":")[0]
        except ValueError:
            return ""

    def _answer(self, response: Json) -> None:
        content = response.get("body", "").encode()
        self.send_response(response["status"])
        for header in response.get("headers", ()):
            if header["name"].lower() not in SET_BY_US:
                self.send_header(header["name"], header["value"])
        self._finish(content)

    def _refuse(self, why: str) -> None:
        self.send_response(599, "Unrecorded")
        self.send_header(REFUSED_HEADER, "".join(c if c.isprintable() and c.isascii() else "?" for c in why))
        self._finish(b"")

    def _finish(self, content: bytes) -> None:
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """What a tool requests is in its report, not in a log."""
