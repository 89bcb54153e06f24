"""Proof beyond the trials: mutants, then the process that tries properties, within one allowance of time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .replay import AnyTape
from .report import clean
from .survival import Code, survival
from .trials import Bench

MAX_BROKEN = 3
MAX_CALLS = 10_000
MAX_ARGUMENTS = 256
MUTANTS = 80
SHARE = 0.5
"""Of the time, for mutants; properties have what is left."""
LAST_WORDS_SECONDS = 2.0
UNSEEN = "check-"
"""Names of trials that somebody else than the tool's author wrote, and the author never sees."""
MAX_TOLD_BYTES = 1_048_576
Json = dict[str, Any]
Asked = Callable[[Json, float], Json]


@dataclass(frozen=True)
class Order:
    """What `tests.json` asks for beyond the trials."""

    code: str
    input_schema: Json
    output_schema: Json
    egress: bool
    seconds: float


def read_order(told: Json) -> Order | None:
    """None where nothing more is asked for. Raises KeyError, TypeError or ValueError."""
    if not (asked := told.get("proof")):
        return None
    schemas = dict(asked["inputSchema"]), dict(asked["outputSchema"])
    return Order(str(asked["code"]), *schemas, bool(asked["egress"]), float(asked["seconds"]))


class Assistant:
    """The process that tries properties. It loads Hypothesis from now on, beside whatever goes on here."""

    def __init__(self) -> None:
        isolated = ["-I"] if sys.flags.isolated else []
        command = [sys.executable, *isolated, "-m", "cupel_sandbox.properties"]
        pipe = subprocess.PIPE
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=quiet)  # noqa: S603 - ourselves

    def asked(self, order: Json, seconds: float) -> Json:
        """What it found; a reason where it found nothing out."""
        try:
            content, _ = self._process.communicate(json.dumps(order).encode(), timeout=seconds)
            told = json.loads(content[:MAX_TOLD_BYTES])
        except subprocess.TimeoutExpired:
            return {"because": f"the properties were not tried within {seconds:.0f} s"}
        except (OSError, ValueError):
            return {"because": "the process that tries properties ended without a word"}
        finally:
            self.end()
        return dict(told)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def proved(
    order: Order, digest: str, trials: list[Json], bench: Bench, assistant: Assistant, end: float
) -> Json:
    """The report's `properties` and `mutants`; both end before `end`, the harness's own deadline.

    By public trials alone: its author is told what lives, so code written for that would ask the hidden ones.
    """
    shown = [trial for trial in trials if public(trial)]
    began = time.monotonic()
    seconds = min(order.seconds, max(0.0, end - began))
    code = Code(order.code, digest, order.egress)
    came = survival(code, MUTANTS, shown, bench, began + seconds * SHARE)  # Hypothesis still loads
    left = max(0.0, began + seconds - time.monotonic())
    patience = min(left + 2 * bench.call_seconds, max(0.0, end - time.monotonic())) + LAST_WORDS_SECONDS
    properties = _properties(order, shown, bench, assistant.asked, left, patience)
    return {"properties": properties, "mutants": came.told()}


def public(trial: Json) -> bool:
    """Whether the tool's author may know what comes of this trial."""
    return trial.get("kind") != "HeldOut" and not str(trial.get("name", "")).startswith(UNSEEN)


def _properties(
    order: Order, trials: list[Json], bench: Bench, asked: Asked, seconds: float, patience: float
) -> Json:
    bench.player.tape = AnyTape([each for trial in trials for each in trial.get("exchanges") or []])
    # Examples alone: what is told of a case must not give a hidden test's arguments away.
    shown = [trial for trial in trials if trial.get("kind") == "Example" and trial.get("result") is not None]
    known = [trial.get("arguments") or {} for trial in shown]
    told = asked(
        {
            "inputSchema": order.input_schema,
            "outputSchema": order.output_schema,
            "egress": order.egress,
            "known": known[:1],
            "port": bench.tool_port,
            "proxy": f"http://127.0.0.1:{bench.proxy_port}",
            "callSeconds": bench.call_seconds,
            "memoryMebibytes": bench.memory_mebibytes,
            "seconds": seconds,
            "patience": max(0.0, patience - LAST_WORDS_SECONDS),
        },
        patience,
    )
    return {
        "calls": min(told.get("calls", 0), MAX_CALLS),
        "unjudged": min(told.get("unjudged", 0), MAX_CALLS),
        "because": clean(told.get("because", "")),
        "broken": [_case(case) for case in told.get("broken", [])[:MAX_BROKEN]],
    }


def _case(case: Json) -> Json:
    return {
        "property": case["property"],
        "arguments": clean(case["arguments"], MAX_ARGUMENTS),
        "message": clean(case["message"]),
    }
