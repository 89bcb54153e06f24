"""The harness: prove the walls, have the tool imported, try it, leave one report. The tool is hostile."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .client import NoAnswer, ask
from .probe import probe
from .proof import Assistant, Order, proved, read_order
from .replay import Player
from .report import MAX_FAILURES, clean, encode, isolation, unproved
from .trials import Bench, Verdict, attempt

FORMAT = "cupel.dev/report/v1"
MAX_TESTS_BYTES = 1_048_576
EXIT_UNUSABLE = 65
PATIENCE_SECONDS = 30.0
PROBE_SECONDS = 10.0
IMPORT_SECONDS = 15.0
DEFAULT_DEADLINE_SECONDS = 120
MAX_MILLISECONDS = 3_600_000
UNTOLD = "the trial went wrong; what is held out is not told"
Json = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """`tests.json`, and when all must be over (monotonic seconds)."""

    nonce: str
    digest: str
    targets: list[str]
    trials: list[Json]
    planted: Json
    call_seconds: float
    memory_mebibytes: int
    end: float
    proof: Order | None = None
    """What is to be proved beyond the trials."""

    def left(self) -> float:
        return self.end - time.monotonic()


def validate(tests: str, report: str, tool_port: int, proxy_port: int) -> int:
    """The exit code: 0 when a report was written, whatever it says; 65 when there is nothing to go by."""
    began = time.monotonic()
    try:
        plan = read_plan(tests, began)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        print(f"cupel_sandbox: {tests} cannot be used: {type(error).__name__}: {error}", file=sys.stderr)
        return EXIT_UNUSABLE
    bench = Bench(tool_port, proxy_port, Player(proxy_port), plan.call_seconds, plan.memory_mebibytes)
    content = encode(_run(plan, bench))
    with open(report, "wb", buffering=0) as file:
        file.write(content)
    _stop(tool_port)
    return 0


def read_plan(path: str, began: float) -> Plan:
    """The plan in the file. Raises OSError, ValueError, KeyError or TypeError."""
    with open(path, "rb") as file:
        content = file.read(MAX_TESTS_BYTES + 1)
    if len(content) > MAX_TESTS_BYTES:
        raise ValueError(f"larger than {MAX_TESTS_BYTES} bytes")
    told = json.loads(content)
    deadline = float(told.get("deadlineSeconds", DEFAULT_DEADLINE_SECONDS))
    return Plan(
        nonce=str(told["nonce"]),
        digest=str(told["digest"]),
        targets=[str(target) for target in told["targets"]],
        trials=list(told["trials"]),
        planted=dict(told["planted"]),
        call_seconds=float(told.get("callSeconds", 5)),
        memory_mebibytes=int(told.get("memoryMebibytes", 128)),
        end=began + max(deadline / 2, deadline - 10),  # the Pod's clock began earlier than ours
        proof=read_order(told),
    )


def _run(plan: Plan, bench: Bench) -> Json:
    """The report."""
    assistant = Assistant() if plan.proof else None
    try:
        report = _told(plan, bench)
        if plan.proof and assistant and report["passed"] and not report["failed"]:
            report |= proved(plan.proof, plan.digest, plan.trials, bench, assistant, plan.end)
    finally:
        if assistant:
            assistant.end()
    return report


def _told(plan: Plan, bench: Bench) -> Json:
    """Walls, import and trials."""
    with ThreadPoolExecutor(1) as beside:
        ours: Future[dict[str, str]] = beside.submit(probe, plan.targets)
        theirs = _probe_tool(plan, bench.tool_port)
        report = _blank(plan) | {"harness": ours.result(), "tool": theirs}
    began = time.monotonic()
    problem = _start(plan, bench.tool_port)
    report["importMilliseconds"] = min(int((time.monotonic() - began) * 1000), MAX_MILLISECONDS)
    report["importError"] = clean(problem)
    return report if problem else report | _try_all(plan, bench)


def _blank(plan: Plan) -> Json:
    return {
        "format": FORMAT,
        "nonce": plan.nonce,
        "digest": plan.digest,
        "importError": "",
        "importMilliseconds": 0,
        "planted": "NotRun",
        "passed": 0,
        "failed": 0,
        "failures": [],
        "slowestMilliseconds": 0,
        "memoryKibibytes": 0,
    }


def _probe_tool(plan: Plan, port: int) -> dict[str, str]:
    """What the tool container found. It is asked until it is there."""
    try:
        _await_tool(port, min(PATIENCE_SECONDS, plan.left()))
        query = urlencode([("target", target) for target in plan.targets])
        status, told = ask(port, "GET", f"/probe?{query}", None, PROBE_SECONDS)
    except NoAnswer as error:
        return unproved(str(error))
    return isolation(told) if status == 200 else unproved(f"the launcher answered status {status}")


def _await_tool(port: int, seconds: float) -> None:
    """Return when the launcher answers at all. Raises NoAnswer after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        try:
            ask(port, "GET", "/healthz", None, 1.0)
        except NoAnswer:
            if time.monotonic() >= end:
                raise
            time.sleep(0.02)
        else:
            return


def _start(plan: Plan, port: int) -> str:
    """Have the tool imported. Empty, or why it could not be."""
    try:
        status, told = ask(port, "POST", "/start", {"memoryMebibytes": plan.memory_mebibytes}, IMPORT_SECONDS)
    except NoAnswer as error:
        return f"the tool container was lost during the import: {error}"
    problem = told.get("error")
    if status != 200 or not isinstance(problem, str):
        return f"the tool container answered /start with status {status}"
    return problem


def _try_all(plan: Plan, bench: Bench) -> Json:
    """The planted trial first, then all others, one after the other."""
    planted = attempt(plan.planted, bench, plan.left())
    verdicts = [(trial, attempt(trial, bench, plan.left())) for trial in plan.trials]
    failures = list(_failures(verdicts))
    # A tool could carry held-out trials out in what it measures of them: only the others are told.
    shown = [verdict for trial, verdict in verdicts if trial.get("kind") != "HeldOut"]
    return {
        "planted": "Failed" if planted.reason else "Passed",
        "passed": len(verdicts) - len(failures),
        "failed": len(failures),
        "failures": failures[:MAX_FAILURES],
        "slowestMilliseconds": min(max((v.milliseconds for v in shown), default=0), MAX_MILLISECONDS),
        "memoryKibibytes": max((v.memory_kibibytes for v in shown), default=0),
    }


def _failures(verdicts: list[tuple[Json, Verdict]]) -> Iterator[Json]:
    """What the report says of each failure: of a held-out trial, its author must learn no value."""
    for trial, verdict in verdicts:
        if verdict.reason:
            message = UNTOLD if trial["kind"] == "HeldOut" else verdict.message
            yield {
                "kind": trial["kind"],
                "name": trial["name"],
                "reason": verdict.reason,
                "message": message,
            }


def _stop(port: int) -> None:
    try:
        ask(port, "POST", "/stop", {}, 2.0)
    except NoAnswer:
        print(
            "cupel_sandbox: the tool container did not stop; the Pod's deadline will end it", file=sys.stderr
        )
