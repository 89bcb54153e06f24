"""Running one trial and judging it. Whatever the tool container says is hostile until compared."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from .client import Late, NoAnswer, ask
from .compare import difference
from .replay import Player, Tape
from .report import clean

SLACK_SECONDS = 4.0
"""Beyond the call's own time: what the launcher needs to end a late call and to say so."""
REASONS = frozenset(
    {"ToolError", "Timeout", "OutOfMemory", "Crashed", "UnrecordedCall", "TooLarge", "BadResult"}
)
MAX_MEMORY_KIBIBYTES = 10_000_000
Json = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """What every trial of a run shares."""

    tool_port: int
    proxy_port: int
    player: Player
    call_seconds: float
    memory_mebibytes: int


@dataclass(frozen=True)
class Verdict:
    """What came of one trial: an empty reason is a pass."""

    reason: str
    message: str
    milliseconds: int
    memory_kibibytes: int


def attempt(trial: Json, bench: Bench, seconds_left: float) -> Verdict:
    """Call the tool once. Raises nothing that the tool could cause."""
    if seconds_left <= 0:
        return Verdict("Timeout", "no time was left for this trial", 0, 0)
    tape = bench.player.tape = Tape(trial.get("exchanges") or [])
    began = time.monotonic()
    reason, message, told = _called(trial, bench, min(seconds_left, bench.call_seconds + SLACK_SECONDS))
    milliseconds = int((time.monotonic() - began) * 1000)
    if tape.unrecorded:
        reason, message = (
            "UnrecordedCall",
            f"requested {tape.unrecorded}, which no exchange of the trial records",
        )
    return Verdict(reason, clean(message), milliseconds, _memory(told))


def _called(trial: Json, bench: Bench, seconds: float) -> tuple[str, str, Json]:
    """Reason, message and the raw answer."""
    request = {
        "arguments": trial.get("arguments") or {},
        "state": (trial.get("state") or {}).get("before") or {},
        "timeoutSeconds": bench.call_seconds,
        "memoryMebibytes": bench.memory_mebibytes,
        "proxy": f"http://127.0.0.1:{bench.proxy_port}",
    }
    try:
        status, told = ask(bench.tool_port, "POST", "/call", request, seconds)
    except Late as error:
        return "Timeout", str(error), {}
    except NoAnswer as error:
        return "Crashed", str(error), {}
    if status != 200:
        return "Crashed", f"the launcher answered status {status}", {}
    return *judge(trial, told), told


def judge(trial: Json, told: Json) -> tuple[str, str]:
    """Reason and message for an answer; an empty reason when it is as the trial wants it."""
    if "error" in told:
        return _judge_error(trial.get("error"), told["error"])
    if trial.get("error") is not None:
        return "NoError", f"expected an error naming {trial['error']!r}"
    result = told.get("result")
    if not isinstance(result, dict):
        return "BadResult", "the answer holds no result"
    if trial.get("result") is not None and (parted := difference(trial["result"], result)):
        return "WrongResult", parted
    after = (trial.get("state") or {}).get("after")
    if after is not None and (parted := difference(after, told.get("state"))):
        return "WrongState", parted
    return "", ""


def _judge_error(expected: str | None, error: Any) -> tuple[str, str]:
    match error:
        case {"type": str(kind), "message": str(message)}:
            pass
        case _:
            return "Crashed", "the answer's error is malformed"
    if kind == "ToolError" and expected is not None:
        return ("", "") if expected in message else ("WrongError", f"expected {expected!r} in {message!r}")
    if kind == "EgressRefused":
        return "UnrecordedCall", message
    return (kind, message) if kind in REASONS else ("Crashed", f"unknown error type: {message}")


def _memory(told: Json) -> int:
    """Peak memory as the tool's side claims it: advice, kept inside the report's bounds."""
    claimed = told.get("memoryKibibytes", 0)
    return min(max(claimed, 0), MAX_MEMORY_KIBIBYTES) if type(claimed) is int else 0
