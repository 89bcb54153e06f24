"""The HTTP process's side of the zygote: have the tool imported, take its spares. No tool code comes here."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from queue import Empty, SimpleQueue

from .conversation import LATE_SECONDS, Call, CallRequest, Spare
from .tool import ImportLimits
from .zygote import ORDER, SPARE, Link

WAIT_FOR_SPARE_SECONDS = 2.0
STOPPED_SECONDS = 0.5
"""Without a spare for so long, the zygote is told to go on: a call may have stopped it."""
STALLED_SECONDS = 15.0
"""Without a spare for so long, this launcher is no use any more."""


class ToolProcess:
    """The zygote, as seen from the HTTP process."""

    def __init__(self, link: Link) -> None:
        self._control = link.control
        self._pid = link.pid
        self._spares: SimpleQueue[Spare | None] = SimpleQueue()
        self._missing_since: float | None = None
        """When a call first found no spare; None when the last one did."""

    def import_tool(self, limits: ImportLimits) -> str:
        """Have the code imported. Empty, or one line why it could not be."""
        try:
            self._control.settimeout(limits.seconds + LATE_SECONDS)
            self._control.send(limits.pack())
            told = self._control.recv(4_096)
        except OSError as error:
            return f"the import was given up: {error}"
        finally:
            self._control.settimeout(None)
        if not told:
            return self._why_import_ended(limits)
        if told == b"!":
            threading.Thread(target=self._take_spares, daemon=True).start()
        return told[1:].decode("utf-8", "replace")

    def is_stalled(self) -> bool:
        """Whether the zygote has given no spare for long, though a call asked for one."""
        since = self._missing_since
        return since is not None and self._spares.empty() and time.monotonic() - since > STALLED_SECONDS

    def call(self, request: CallRequest) -> Call | None:
        """Give the request to a spare. None when none comes in time."""
        spare = self._spare()
        if spare is None:
            self._missing_since = self._missing_since or time.monotonic()
            return None
        self._missing_since = None
        try:
            self._control.send(ORDER.pack(spare.pid, request.seconds))
        except OSError:  # the zygote is gone, and its children with it: the call will tell
            pass
        return Call(spare, request)

    def _spare(self) -> Spare | None:
        """A living spare. None when the zygote is gone or has had none for too long."""
        end = time.monotonic() + WAIT_FOR_SPARE_SECONDS
        while (remaining := end - time.monotonic()) > 0:
            try:
                spare = self._spares.get(timeout=min(remaining, STOPPED_SECONDS))
            except Empty:
                self._go_on()
                continue
            if spare is None:
                self._spares.put(None)
                return None
            if spare.is_alive():
                return spare
            spare.let_go()
        return None

    def _go_on(self) -> None:
        """Wake the zygote, if a call stopped it: nothing else would."""
        try:
            os.kill(self._pid, signal.SIGCONT)
        except ProcessLookupError:  # it is gone, and this process is about to notice
            pass

    def _take_spares(self) -> None:
        """Receive spares until the zygote is gone."""
        while True:
            try:
                told, descriptors, _, _ = socket.recv_fds(self._control, SPARE.size, 2)
            except OSError:
                told = b""
            if len(told) != SPARE.size or len(descriptors) != 2:
                break
            (pid,), (talk, epitaph) = SPARE.unpack(told), descriptors
            self._spares.put(Spare(pid, socket.socket(fileno=talk), epitaph))
        self._spares.put(None)

    def _why_import_ended(self, limits: ImportLimits) -> str:
        _, status = os.waitpid(self._pid, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
            return f"the import took longer than {limits.seconds:g} s"
        return f"the import ended the process (wait status {status})"
