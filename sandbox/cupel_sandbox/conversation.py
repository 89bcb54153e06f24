"""One call as the HTTP process sees it: a request, an answer that is trusted in nothing, an obituary."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import time

from .call import LENGTH, MAX_RESULT_BYTES, MAX_STATE_BYTES, REQUEST, USED_UP
from .zygote import EPITAPH

TYPE_CHECKING = False  # as typing's, which costs every process a megabyte
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

MAX_ANSWER_BYTES = MAX_RESULT_BYTES + MAX_STATE_BYTES + 4_096
ERROR_TYPES = frozenset(
    {"ToolError", "OutOfMemory", "TooLarge", "BadResult", "UnrecordedCall", "EgressRefused"}
)
"""What a call may say of itself; Timeout and Crashed are said here, and Timeout by a batch of a code."""
LATE_SECONDS = 2.0
"""Beyond the call's own time: what the zygote needs to end a late call and to say so."""


class CallRequest:
    """One call, parsed and bounded."""

    def __init__(self, arguments: Json, state: Json, seconds: float, proxy: str, mebibytes: int) -> None:
        self.arguments = arguments
        self.state = state
        self.seconds = seconds
        self.proxy = proxy
        self.mebibytes = mebibytes

    def content(self) -> bytes:
        """What the call's process reads."""
        return self.encoded({"arguments": self.arguments, "state": self.state})

    def encoded(self, told: Json) -> bytes:
        """What is asked, and under which limits."""
        whole = told | {"timeoutSeconds": self.seconds, "proxy": self.proxy}
        return json.dumps(whole, separators=(",", ":")).encode()

    def understood(self, told: Any) -> Json | None:
        """The answer, if it is one in every part; None for anything else a process may have written."""
        return understood(told)


class BatchRequest(CallRequest):
    """Several calls in one process, in a trial: of the tool, and of its code with a change."""

    def __init__(self, limits: CallRequest, codes: list[str], calls: list[Json], code_seconds: float) -> None:
        super().__init__({}, {}, limits.seconds, limits.proxy, limits.mebibytes)
        self.codes = codes
        self.calls = calls
        self.code_seconds = code_seconds

    def content(self) -> bytes:
        return self.encoded({"codes": self.codes, "calls": self.calls, "codeSeconds": self.code_seconds})

    def understood(self, told: Any) -> Json | None:
        match told:
            case {"answers": list(answers)} if len(told) == 1 and len(answers) == len(self.codes):
                each = [self._of_code(answer) for answer in answers]
                return {"answers": each} if all(each) else None
        return understood(told) if isinstance(told, dict) and "error" in told else None

    def _of_code(self, told: Any) -> Any:
        """The answers of one code, or its error; None for anything else."""
        if isinstance(told, list):
            each = [understood(answer) for answer in told]
            return each if len(each) == len(self.calls) and all(each) else None
        late = {"error": {"type": "Timeout", "message": USED_UP}}
        if told == late:
            return late
        return understood(told) if isinstance(told, dict) and "error" in told else None


class Spare:
    """A process that waits for its one call, and how it is reached."""

    def __init__(self, pid: int, talk: socket.socket, epitaph: int) -> None:
        self.pid = pid
        self.talk = talk
        self.epitaph = epitaph

    def is_alive(self) -> bool:
        """Whether neither its end was told nor its conversation ended: a spare says nothing by itself."""
        return not select.select([self.epitaph, self.talk.fileno()], [], [], 0)[0]

    def let_go(self) -> None:
        self.talk.close()
        os.close(self.epitaph)


class Call:
    """A call under way. Ask for its `answer`, then wait until its process is `gone`."""

    def __init__(self, spare: Spare, request: CallRequest) -> None:
        self._deadline = time.monotonic() + request.seconds + LATE_SECONDS
        self._seconds = request.seconds
        self._request = request
        self._spare = spare
        self._talk, self._epitaph = spare.talk, spare.epitaph
        self._end: tuple[bool, int] | None = None
        self._lost = False
        content = request.content()
        self._content = REQUEST.pack(request.seconds, request.mebibytes, len(content)) + content

    def answer(self) -> Json:
        """`result` and `state`, or `error`. Never raises for anything the tool's process does."""
        try:
            self._talk.settimeout(self._remaining())
            self._talk.sendall(self._content)
            content = self._read()
        except OSError:
            content = None
        told = self._request.understood(_parsed(content)) if content is not None else None
        return told or self._obituary()

    def gone(self) -> None:
        """Wait until the process is dead (the zygote kills it in time, or else we do), then let go."""
        self._await_end()
        if self._lost and self._spare.pid > 1:
            _kill(self._spare.pid)
        self._spare.let_go()

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


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # it is gone, and the number perhaps another's
        pass


def error_of(kind: str, message: str) -> Json:
    return {"error": {"type": kind, "message": message}}


def _parsed(content: bytes) -> Any:
    """The JSON a process wrote; None when it is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def understood(told: Any) -> Json | None:
    """The answer of one call, if it is one in every part."""
    match told:
        case {"result": dict(), "state": dict(), "memoryKibibytes": int()} if len(told) == 3:
            return dict(told)
        case {"error": {"type": str(kind), "message": str(message)}} if len(told) == 1:
            return error_of(kind, message[:1_000]) if kind in ERROR_TYPES else None
        case _:
            return None
