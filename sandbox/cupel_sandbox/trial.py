"""A trial's further requests: /probe before any tool code is here, /start imports it, /stop ends it all."""

from __future__ import annotations

import threading
import time
from urllib.parse import parse_qs, urlsplit

from .probe import probe
from .server import BadRequest, Handler
from .tool import ImportLimits

TYPE_CHECKING = False  # as typing's, which costs every process a megabyte
if TYPE_CHECKING:
    from .conversation import Json

MAX_TARGETS = 16
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
            case "/stop":
                self.answer(200, {"status": "stopping"})
                self.wfile.flush()
                self.server.stop()
            case _:
                super().do_POST()

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
