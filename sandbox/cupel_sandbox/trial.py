"""A trial's further requests: /probe before tool code is here, /start imports, /batch calls, /stop ends."""

from __future__ import annotations

import threading
import time
from urllib.parse import parse_qs, urlsplit

from .conversation import BatchRequest, CallRequest
from .probe import probe
from .server import BadRequest, Handler, call_request
from .tool import ImportLimits

TYPE_CHECKING = False  # as typing's, which costs every process a megabyte
if TYPE_CHECKING:
    from .conversation import Json

MAX_TARGETS = 16
MAX_CALLS = 128
MAX_CODES = 16
IMPORT_SECONDS = 10.0
_starting = threading.Lock()


class TrialHandler(Handler):
    """One connection of the harness."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path != "/probe":
            super().do_GET()
        elif self.server.started:
            self.answer_bad("a probe counts only before /start", 409)
        else:
            targets = parse_qs(parts.query).get("target", [])
            self.answer(200, probe(targets[:MAX_TARGETS]))

    def do_POST(self) -> None:
        match self.path:
            case "/start":
                self._start()
            case "/batch":
                self._batch()
            case "/stop":
                self.answer(200, {"status": "stopping"})
                self.wfile.flush()
                self.server.stop()
            case _:
                super().do_POST()

    def _batch(self) -> None:
        try:
            self.call(self.body(), batch_request)
        except BadRequest as error:
            self.answer_bad(str(error), error.status)

    def _start(self) -> None:
        try:
            mebibytes = self._mebibytes(self.body())
        except BadRequest as error:
            self.answer_bad(str(error), error.status)
            return
        with _starting:
            if self.server.started:
                self.answer_bad("already started", 409)
                return
            self.server.started = True
        began = time.monotonic()
        problem = self.server.import_tool(ImportLimits(IMPORT_SECONDS, mebibytes))
        self.answer(200, {"error": problem, "milliseconds": int((time.monotonic() - began) * 1000)})

    def _mebibytes(self, body: Json) -> int:
        mebibytes = body.get("memoryMebibytes", 128)
        if type(mebibytes) is not int or not 1 <= mebibytes <= 4096:
            raise BadRequest("memoryMebibytes must be a whole number from 1 to 4096")
        return mebibytes


def batch_request(body: Json) -> BatchRequest:
    """Several calls of several codes, checked one by one. Raises BadRequest naming the field."""
    codes, calls = body.pop("codes", [""]), body.pop("calls", None)
    if not isinstance(codes, list) or not 1 <= len(codes) <= MAX_CODES or not _texts(codes):
        raise BadRequest(f"codes must be a list of 1 to {MAX_CODES} texts")
    if not isinstance(calls, list) or not 1 <= len(calls) <= MAX_CALLS:
        raise BadRequest(f"calls must be a list of 1 to {MAX_CALLS}")
    seconds = call_request({"arguments": {}, "timeoutSeconds": body.pop("codeSeconds", 5)}).seconds
    limits = call_request({"arguments": {}, **body})
    asked = [call_request(call) for call in calls if isinstance(call, dict)]
    if len(asked) < len(calls):
        raise BadRequest("each of calls must be a JSON object")
    return BatchRequest(limits, codes, [_told(one) for one in asked], seconds)


def _texts(values: list[object]) -> bool:
    return all(isinstance(each, str) for each in values)


def _told(call: CallRequest) -> Json:
    return {"arguments": call.arguments, "state": call.state, "proxy": call.proxy}
