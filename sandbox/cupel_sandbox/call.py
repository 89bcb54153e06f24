"""One call, in a process of its own: arguments in, run(), an answer out, and then the process is gone."""

from __future__ import annotations

import json
import signal
import socket
import struct
import time
from resource import RUSAGE_SELF, getrusage
from types import CodeType

from . import kernel
from .context import Context, Http, Refused
from .tool import execute

TYPE_CHECKING = False  # as typing's, which costs every process a megabyte
if TYPE_CHECKING:
    from typing import Any

    from .bundle import Bundle
    from .tool import Run

MAX_RESULT_BYTES = 262_144
MAX_STATE_BYTES = 65_536
MAX_ERROR_CHARACTERS = 1_000
USED_UP = "the calls used up their time"
"""Of the processor, which no other process takes from it: what a code of a batch is told to have done."""
REQUEST = struct.Struct("!dII")
"""Seconds the call may take, MiB it may add to what is mapped before it, bytes of JSON that follow."""
LENGTH = struct.Struct("!I")
"""Bytes of the answer's JSON that follow."""


class _Unusable(Exception):
    """What run() left behind cannot be answered; `kind` is the error type the caller is told."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def takes_context(run: Run) -> bool:
    """Whether run's first parameter is a positional-only `ctx`. Decorated functions are looked through."""
    while hasattr(run, "__wrapped__"):
        run = run.__wrapped__
    code = getattr(run, "__code__", None)
    return isinstance(code, CodeType) and code.co_posonlyargcount > 0 and code.co_varnames[0] == "ctx"


def answer_one(talk: socket.socket, run: Run, bundle: Bundle, base: int) -> None:
    """Wait for one request, call under its limits, write one answer. `base`: bytes mapped before the call."""
    seconds, mebibytes, length = REQUEST.unpack(_read(talk, REQUEST.size))
    content = _read(talk, length)
    kernel.limit_call(base + (mebibytes << 20), seconds)
    request = json.loads(content)
    content = _batch(request, run, bundle) if "calls" in request else _answer(request, run, bundle)
    talk.sendall(LENGTH.pack(len(content)) + content)


def warm_up(bundle: Bundle) -> None:
    """Touch the pages a call will touch: each first write after a fork is a fault, here paid in advance."""
    request = {"arguments": {"number": 1, "text": "a"}, "state": {}, "proxy": "", "timeoutSeconds": 1.0}
    _perform(json.loads(json.dumps(request)), lambda number, text: {"number": number, "text": text}, bundle)


class _Late(BaseException):
    """A code of a batch used up its time of the processor. A tool may catch it; then the batch ends."""


def _batch(request: dict[str, Any], run: Run, bundle: Bundle) -> bytes:
    """Calls of several codes in one process, one after the other; an empty code: the tool. For trials."""
    signal.signal(signal.SIGPROF, _say_late)
    told, left = [], MAX_RESULT_BYTES
    for number, code in enumerate(request["codes"]):
        signal.setitimer(signal.ITIMER_PROF, request["codeSeconds"])
        try:
            content = _calls(number, code, request, run, bundle)
        except _Late:
            content = _error("Timeout", USED_UP)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        told.append(content)
        left -= len(content)
        if left < 0:
            return _error("TooLarge", "the answers together are too large")
    return b'{"answers":[%b]}' % b",".join(told)


def _say_late(*_: object) -> None:
    raise _Late


def _calls(number: int, code: str, request: dict[str, Any], run: Run, bundle: Bundle) -> bytes:
    """The answers to all calls, of this code; or its error, when it cannot be imported."""
    try:
        chosen = execute(code).get("run") if code else run
    except _Late:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever the module raises is why it cannot be tried
        return _error("ToolError", _text_of(error))
    if not callable(chosen):
        return _error("ToolError", "the module defines no function run()")
    answers = []
    for call in json.loads(json.dumps(request["calls"])):  # of its own: a call may change what it is given
        more = {
            "timeoutSeconds": request["timeoutSeconds"],
            "proxy": call["proxy"].replace("CODE", str(number)),
        }
        answers.append(_answer(call | more, chosen, bundle))
    return b"[%b]" % b",".join(answers)


def _answer(request: dict[str, Any], run: Run, bundle: Bundle) -> bytes:
    """What came of one call, whatever it was."""
    try:
        return _perform(request, run, bundle)
    except _Unusable as error:
        return _error(error.kind, str(error))
    except MemoryError:
        return _error("OutOfMemory", "the call needed more memory than it may have")


def _perform(request: dict[str, Any], run: Run, bundle: Bundle) -> bytes:
    http = Http(request["proxy"], bundle.egress, time.monotonic() + request["timeoutSeconds"])
    context = Context(request["state"] if bundle.keeps_state else {}, http)
    try:
        given = (context,) if takes_context(run) else ()
        result = run(*given, **request["arguments"])
    except (MemoryError, _Late):
        raise
    except Refused as error:
        return _error(error.kind, str(error))
    except BaseException as error:  # noqa: BLE001 - whatever a tool raises is its answer, SystemExit too
        return _error("ToolError", _text_of(error))
    if not isinstance(result, dict):
        raise _Unusable("BadResult", f"run() returned {type(result).__name__}; it must return a dict")
    state = context.state if bundle.keeps_state else {}
    if not isinstance(state, dict):
        raise _Unusable("BadResult", f"ctx.state became {type(state).__name__}; it must stay a dict")
    return b'{"result":%b,"state":%b,"memoryKibibytes":%d}' % (
        _encode(result, MAX_RESULT_BYTES, "result"),
        _encode(state, MAX_STATE_BYTES, "state"),
        getrusage(RUSAGE_SELF).ru_maxrss,
    )


def _encode(value: Any, most: int, what: str) -> bytes:
    """Compact UTF-8 JSON of at most `most` bytes. Raises _Unusable."""
    try:
        content = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        raise _Unusable("BadResult", f"the {what} is nested too deeply") from None
    except (TypeError, ValueError) as error:
        raise _Unusable("BadResult", f"the {what} is not JSON: {_cut(str(error))}") from None
    if len(content) > most:
        raise _Unusable(
            "TooLarge", f"the {what} has {len(content)} bytes of JSON; at most {most} are allowed"
        )
    return content


def _text_of(error: BaseException) -> str:
    """What the exception says; named by its type where its text alone would be a riddle (KeyError: 'x')."""
    try:
        text = _cut(str(error))
    except Exception:  # noqa: BLE001 - a tool's own __str__ may raise anything
        text = ""
    name = type(error).__name__
    if not text:
        return name
    plain = isinstance(error, ValueError) or type(error).__module__ == "tool" or type(error) is Exception
    return text if plain else _cut(f"{name}: {text}")


def _cut(text: str) -> str:
    return text[:MAX_ERROR_CHARACTERS].encode("utf-8", "replace").decode()


def _error(kind: str, message: str) -> bytes:
    return json.dumps({"error": {"type": kind, "message": message}}).encode()


def _read(talk: socket.socket, length: int) -> bytes:
    """Exactly so many bytes; the process ends when nobody is there to send them."""
    data = bytearray()
    while len(data) < length:
        part = talk.recv(length - len(data))
        if not part:
            raise EOFError
        data += part
    return bytes(data)
