"""The tool's protocol: HTTP/1.1 and JSON in front of the zygote. Bounded in size, in time and in number."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler

from .bounded import BoundedServer
from .conversation import CallRequest, error_of

TYPE_CHECKING = False  # as typing's, which costs every process a megabyte
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .bundle import Bundle
    from .conversation import Json
    from .tool import ImportLimits
    from .toolprocess import ToolProcess

PORT = 8080
MAX_BODY_BYTES = 1_048_576
CALLS_AT_ONCE = 8
WAIT_FOR_TURN_SECONDS = 1.0
MAX_CONNECTIONS = 64
IDLE_SECONDS = 75
MAX_CALL_SECONDS = 300
DEFAULT_SECONDS = 5
DEFAULT_MEBIBYTES = 128
FIELDS = frozenset({"arguments", "state", "timeoutSeconds", "proxy", "memoryMebibytes"})


class BadRequest(Exception):
    """The request cannot be understood; `status` is what it is answered."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Launcher(BoundedServer):
    """One tool, ready to be called."""

    max_connections = MAX_CONNECTIONS

    def __init__(
        self, listening: socket.socket, handler: type[Handler], bundle: Bundle, tool: ToolProcess
    ) -> None:
        self.bundle = bundle
        self.tool = tool
        self.started = False
        self.imported = False
        self.leaving = False
        self.stop: Callable[[], None] = lambda: None
        self.turns = threading.Semaphore(CALLS_AT_ONCE)
        super().__init__(listening.getsockname(), handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening

    def import_tool(self, limits: ImportLimits) -> str:
        """Have the tool imported. Empty, or one line why it could not be."""
        problem = self.tool.import_tool(limits)
        self.imported = not problem
        return problem

    def health(self) -> tuple[int, Json]:
        """Status and body for the kubelet, which starts a stalled launcher anew."""
        if not self.imported:
            return 503, {"status": "waiting"}
        return (503, {"status": "stalled"}) if self.tool.is_stalled() else (200, {"status": "ok"})

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is ours to mend."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            print(f"cupel_sandbox: {type(error).__name__}: {error}", file=sys.stderr, flush=True)

    def wait_for_calls(self) -> None:
        """Return when no call is under way."""
        for _ in range(CALLS_AT_ONCE):
            self.turns.acquire()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "cupel"
    sys_version = ""
    timeout = IDLE_SECONDS
    wbufsize = -1  # headers and body leave in one packet
    disable_nagle_algorithm = True
    server: Launcher

    def do_GET(self) -> None:
        match self.path:
            case "/healthz":
                self.answer(*self.server.health())
            case "/definition":
                self.answer(200, self.server.bundle.definition())
            case _:
                self.answer_bad("no such path", 404)

    def do_POST(self) -> None:
        try:
            body = self.body()
            if self.path == "/call":
                self.call(body, call_request)
            else:
                self.answer_bad("no such path", 404)
        except BadRequest as error:
            self.answer_bad(str(error), error.status)

    def call(self, body: Json, parse: Callable[[Json], CallRequest]) -> None:
        """Wait for a turn, call, answer; the turn is free again when the call's process is dead."""
        if not self.server.imported:
            raise BadRequest("the tool has not been imported", 409)
        request = parse(body)
        if not self.server.turns.acquire(timeout=WAIT_FOR_TURN_SECONDS):
            self.answer_busy()
            return
        try:
            self._call_in_turn(request)
        finally:
            self.server.turns.release()

    def _call_in_turn(self, request: CallRequest) -> None:
        started = time.monotonic()
        call = self.server.tool.call(request)
        if call is None:
            self.answer_busy()
            return
        try:
            told = call.answer()
            told["milliseconds"] = int((time.monotonic() - started) * 1000)
            self.answer(200, told)
            self.wfile.flush()
        finally:
            call.gone()

    def body(self) -> Json:
        """The request's JSON object. Raises BadRequest; the connection is then of no further use."""
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self.close_connection = True
            raise BadRequest("Content-Length is needed")
        if len(length) > 8 or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            raise BadRequest(f"the body may have at most {MAX_BODY_BYTES} bytes", 413)
        content = self.rfile.read(int(length))
        try:
            told = json.loads(content) if content else {}
        except (ValueError, RecursionError) as error:
            raise BadRequest(f"the body is no JSON: {type(error).__name__}") from None
        if not isinstance(told, dict):
            raise BadRequest("the body must be a JSON object")
        return told

    def answer(self, status: int, told: Json, *headers: tuple[str, str]) -> None:
        content = json.dumps(told, separators=(",", ":")).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if self.server.leaving or self.close_connection:
            self.send_header("Connection", "close")
            self.close_connection = True
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def answer_bad(self, message: str, status: int) -> None:
        self.answer(status, error_of("BadRequest", message))

    def answer_busy(self) -> None:
        told = error_of("Busy", "no process is free for this call")
        self.answer(503, told, ("Retry-After", "1"))

    def log_message(self, format: str, *args: Any) -> None:
        """Calls are the gateway's to log."""


def call_request(body: Json) -> CallRequest:
    """A call, its fields checked one by one. Raises BadRequest naming the field."""
    unknown = sorted(set(body) - FIELDS)
    if unknown:
        raise BadRequest(f"unknown field {unknown[0]!r:.80}")
    if "arguments" not in body:
        raise BadRequest("arguments is needed")
    seconds = body.get("timeoutSeconds", DEFAULT_SECONDS)
    mebibytes = body.get("memoryMebibytes", DEFAULT_MEBIBYTES)
    proxy = body.get("proxy", "")
    if type(seconds) not in (int, float) or not 0 < seconds <= MAX_CALL_SECONDS:
        raise BadRequest(f"timeoutSeconds must be a number above 0, at most {MAX_CALL_SECONDS}")
    if type(mebibytes) is not int or not 1 <= mebibytes <= 4096:
        raise BadRequest("memoryMebibytes must be a whole number from 1 to 4096")
    if not isinstance(proxy, str) or not (proxy == "" or proxy.startswith("http://")):
        raise BadRequest("proxy must be an http:// URL")
    return CallRequest(_object(body, "arguments"), _object(body, "state"), float(seconds), proxy, mebibytes)


def _object(body: Json, field: str) -> Json:
    value = body.get(field, {})
    if not isinstance(value, dict):
        raise BadRequest(f"{field} must be a JSON object")
    return value
