"""Importing the tool's code: bounded in time and memory, and told in one line when it fails."""

from __future__ import annotations

import resource
import signal
import struct
import sys
import types

from . import kernel

TYPE_CHECKING = False  # as typing's, which costs every process a megabyte
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Run = Callable[..., Any]

FILE_NAME = "<tool>"
MAX_PROBLEM_CHARACTERS = 256
_LIMITS = struct.Struct("!dI")


class ImportLimits:
    """What an import may take."""

    def __init__(self, seconds: float, mebibytes: int) -> None:
        self.seconds = seconds
        self.mebibytes = mebibytes

    def pack(self) -> bytes:
        return _LIMITS.pack(self.seconds, self.mebibytes)

    @classmethod
    def unpack(cls, data: bytes) -> ImportLimits:
        return cls(*_LIMITS.unpack(data))


def import_tool(code: str, limits: ImportLimits) -> tuple[Run | None, str]:
    """The tool's `run`, or None and one line why not. The alarm kills an import that takes too long."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (kernel.address_space() + (limits.mebibytes << 20), hard))
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    try:
        run = execute(code).get("run")
    except BaseException as error:  # noqa: BLE001 - whatever the module raises is why it cannot be imported
        return None, _line_about(error)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    return (run, "") if callable(run) else (None, "the module defines no function run()")


def execute(code: str) -> dict[str, Any]:
    """The names a module defines. Raises whatever it raises."""
    module = types.ModuleType("tool")
    sys.modules["tool"] = module  # dataclasses look their module up there
    compiled = compile(code.encode(), FILE_NAME, "exec", dont_inherit=True)
    exec(compiled, module.__dict__)  # noqa: S102 - running the approved code is what this program is for
    return vars(module)


def _line_about(error: BaseException) -> str:
    """`line 3: NameError: name 'x' is not defined`."""
    line = error.lineno if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == FILE_NAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    where = f"line {line}: " if line else ""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    told = f"{where}{type(error).__name__}: {text}"[:MAX_PROBLEM_CHARACTERS]
    return told.encode("utf-8", "replace").decode()
