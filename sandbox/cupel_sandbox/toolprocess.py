"""The HTTP process's side of the zygote: start it, order calls, read answers that are trusted in nothing.

This process never imports tool code, and the zygote is forked before any thread or server socket exists here.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import socket
import time
from dataclasses import dataclass
from typing import Any

from . import kernel
from .bundle import Bundle
from .call import LENGTH, MAX_RESULT_BYTES, MAX_STATE_BYTES
from .tool import ImportLimits
from .zygote import DESCRIPTORS, EPITAPH, ORDER, be_zygote

MAX_ANSWER_BYTES = MAX_RESULT_BYTES + MAX_STATE_BYTES + 4_096
ERROR_TYPES = frozenset(
    {"ToolError", "OutOfMemory", "TooLarge", "BadResult", "UnrecordedCall", "EgressRefused"}
)
"""What a call may say of itself; Timeout and Crashed are said here."""
LATE_SECONDS = 2.0
"""Beyond the call's own time: what the zygote needs to end a late call and to say so."""
Json = dict[str, Any]


@dataclass(frozen=True)
class CallRequest:
    """One call, parsed and bounded."""

    arguments: Json
    state: Json
    seconds: float
    proxy: str
    mebibytes: int

    def content(self) -> bytes:
        """What the call's process reads."""
        told = {
            "arguments": self.arguments,
            "state": self.state,
            "timeoutSeconds": self.seconds,
            "proxy": self.proxy,
        }
        return json.dumps(told, separators=(",", ":")).encode()


class Call:
    """A call under way: two descriptors and a deadline. Ask for `answer`, then wait until it is `gone`."""

    def __init__(self, zygote: socket.socket, request: CallRequest) -> None:
        self._deadline = time.monotonic() + request.seconds + LATE_SECONDS
        self._seconds = request.seconds
        self._talk, theirs = socket.socketpair()
        self._epitaph, written_by_zygote = os.pipe()
        self._end: tuple[bool, int] | None = None
        self._lost = False
        try:
            order = ORDER.pack(request.seconds, request.mebibytes)
            socket.send_fds(zygote, [order], [theirs.fileno(), written_by_zygote])
        except OSError:
            self._lost = True
        finally:
            theirs.close()
            os.close(written_by_zygote)
        self._content = request.content()

    def answer(self) -> Json:
        """`result` and `state`, or `error`. Never raises for anything the tool's process does."""
        try:
            self._talk.settimeout(self._remaining())
            self._talk.sendall(self._content)
            self._talk.shutdown(socket.SHUT_WR)
            content = self._read()
        except OSError:
            content = None
        told = _understood(content) if content is not None else None
        return told or self._obituary()

    def gone(self) -> None:
        """Wait until the process is dead (the zygote kills it in time), then let go."""
        self._await_end()
        self._talk.close()
        os.close(self._epitaph)

    def _remaining(self) -> float:
        return max(0.001, self._deadline - time.monotonic())

    def _read(self) -> bytes | None:
        """The answer behind its length; None when the conversation ends, or the process does, before."""
        data, needed, talk = b"", LENGTH.size, self._talk.fileno()
        while len(data) < needed:
            ready, _, _ = select.select([talk, self._epitaph], [], [], self._remaining())
            part = self._talk.recv(needed - len(data)) if talk in ready else b""
            if not part:
                return None
            data += part
            if len(data) == LENGTH.size and needed == LENGTH.size:
                needed += min(LENGTH.unpack(data)[0], MAX_ANSWER_BYTES + 1)
        return data[LENGTH.size :] if needed <= LENGTH.size + MAX_ANSWER_BYTES else None

    def _await_end(self) -> None:
        if self._end is None and not self._lost:
            ready, _, _ = select.select([self._epitaph], [], [], self._remaining())
            told = os.read(self._epitaph, EPITAPH.size) if ready else b""
            self._lost = len(told) != EPITAPH.size
            self._end = None if self._lost else EPITAPH.unpack(told)

    def _obituary(self) -> Json:
        """The error of a call that left no answer, from how its process ended."""
        self._await_end()
        if self._end is None:
            return error_of("Crashed", "the tool's process was lost")
        late, status = self._end
        ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if late or ended_by in (signal.SIGALRM, signal.SIGXCPU):
            return error_of("Timeout", f"the call took longer than {self._seconds:g} s")
        if ended_by == signal.SIGKILL:
            return error_of("OutOfMemory", "the kernel killed the call, as it does when memory runs out")
        how = f"signal {ended_by}" if ended_by else f"exit code {os.waitstatus_to_exitcode(status)}"
        return error_of("Crashed", f"the call ended without an answer ({how})")


class ToolProcess:
    """The zygote, as seen from the HTTP process."""

    def __init__(self, bundle: Bundle) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
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
        return told[1:].decode("utf-8", "replace") if told else self._why_import_ended(limits)

    def call(self, request: CallRequest) -> Call:
        return Call(self._control, request)

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


def error_of(kind: str, message: str) -> Json:
    return {"error": {"type": kind, "message": message}}


def _understood(content: bytes) -> Json | None:
    """The answer, if it is one in every part; None for anything else a process may have written."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return None
    match told:
        case {"result": dict(), "state": dict(), "memoryKibibytes": int()} if len(told) == 3:
            return dict(told)
        case {"error": {"type": str(kind), "message": str(message)}} if len(told) == 1:
            return error_of(kind, message[:1_000]) if kind in ERROR_TYPES else None
        case _:
            return None
