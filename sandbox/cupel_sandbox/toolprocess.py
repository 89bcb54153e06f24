"""The HTTP process's side of the zygote: start it, have the tool imported, take its spares.

This process never imports tool code, and the zygote is forked before any thread or server socket exists here.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import threading
import time
from queue import Empty, SimpleQueue

from . import kernel
from .bundle import Bundle
from .conversation import LATE_SECONDS, Call, CallRequest, Spare
from .tool import ImportLimits
from .zygote import DESCRIPTORS, ORDER, SPARE, be_zygote

WAIT_FOR_SPARE_SECONDS = 2.0


class ToolProcess:
    """The zygote, as seen from the HTTP process."""

    def __init__(self, bundle: Bundle) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._spares: SimpleQueue[Spare | None] = SimpleQueue()
        self.pid = os.fork()
        if self.pid == 0:
            _become_zygote(theirs, bundle)
        theirs.close()

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

    def call(self, request: CallRequest) -> Call | None:
        """Give the request to a spare. None when none comes in time."""
        spare = self._spare()
        if spare is None:
            return None
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
                spare = self._spares.get(timeout=remaining)
            except Empty:
                return None
            if spare is None:
                self._spares.put(None)
                return None
            if spare.is_alive():
                return spare
            spare.let_go()
        return None

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
        _, status = os.waitpid(self.pid, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
            return f"the import took longer than {limits.seconds:g} s"
        return f"the import ended the process (wait status {status})"


def _become_zygote(control: socket.socket, bundle: Bundle) -> None:
    """In the child: silence the tool's output, keep one descriptor, and never come back."""
    try:
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        kept = os.dup2(control.fileno(), 3) if control.fileno() != 3 else 3
        most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        os.closerange(4, min(most, 65_536))
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
        kernel.hide_from_neighbours()
        be_zygote(socket.socket(fileno=kept), bundle)
    finally:
        os._exit(70)
