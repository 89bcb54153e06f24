"""Starts the child, feeds it, and turns whatever comes of it into evidence. A bad child is a refusal."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import signal
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from cupel.analysis import ANALYSER
from cupel.analysis.rules import RULES
from cupel.api.tool_revision import AnalysisEvidence, Finding

ROOT = Path(__file__).resolve().parents[2]
CHILD = Path(__file__).with_name("child.py")
_REAP_SECONDS = 2.0


@dataclass(frozen=True)
class Limits:
    """What one analysis may cost."""

    wall_seconds: float = 10.0
    cpu_seconds: int = 5
    answer_bytes: int = 262_144
    child: Path = CHILD
    """The program started; it is given the directory of the package `cupel` and the CPU limit."""


async def assay(
    code: bytes,
    *,
    egress: tuple[str, ...],
    state: Literal["None", "PerTenant"],
    parameters: Collection[str] | None = None,
    limits: Limits = Limits(),
) -> AnalysisEvidence:
    """Judge untrusted bytes in a limited child process; see `cupel.analysis.analyse` for the arguments."""
    request = {
        "code": base64.b64encode(code).decode("ascii"),
        "egress": list(egress),
        "state": state,
        "parameters": None if parameters is None else sorted(parameters),
    }
    try:
        answer = await _ask(json.dumps(request).encode("ascii"), limits)
    except TimeoutError:
        return _refusal("analyser-timeout", f"No verdict within {limits.wall_seconds:g} seconds.")
    except OSError as e:
        return _refusal(
            "analyser-crashed", f"The analyser could not be run: {e.strerror or type(e).__name__}."
        )
    if isinstance(answer, str):
        return _refusal("analyser-crashed", answer)
    return _evidence(answer)


def assay_now(
    code: bytes,
    *,
    egress: tuple[str, ...],
    state: Literal["None", "PerTenant"],
    parameters: Collection[str] | None = None,
) -> AnalysisEvidence:
    """`assay` for callers without an event loop."""
    return asyncio.run(assay(code, egress=egress, state=state, parameters=parameters))


async def _ask(request: bytes, limits: Limits) -> bytes | str:
    """The child's answer, or what went wrong in words. Raises TimeoutError and OSError."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-S", "-B", str(limits.child), str(ROOT), str(limits.cpu_seconds),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env={}, cwd="/", start_new_session=True, close_fds=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(limits.wall_seconds):
            answer = await _exchange(process, request, limits.answer_bytes)
            if len(answer) > limits.answer_bytes:
                return f"The analyser answered more than {limits.answer_bytes} bytes."
            status = await process.wait()
    finally:
        await _end(process)
    return answer if status == 0 else f"The analyser ended with status {status}."


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the child and whatever it started, and let go of its pipes."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # its session is its process group
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_REAP_SECONDS):
            while process.stdout is not None and await process.stdout.read(65_536):
                pass  # wait() never returns while output is left unread
            await process.wait()


async def _exchange(process: asyncio.subprocess.Process, request: bytes, most: int) -> bytes:
    """Send the request while reading at most one byte more than allowed."""
    if process.stdin is None or process.stdout is None:
        raise OSError("no pipes")
    stdin, stdout = process.stdin, process.stdout

    async def send() -> None:
        with contextlib.suppress(ConnectionError):  # the child died; its status says how
            stdin.write(request)
            await stdin.drain()
        stdin.close()

    sending = asyncio.create_task(send())
    try:
        answer = b""
        while len(answer) <= most and (chunk := await stdout.read(65_536)):
            answer += chunk
        return answer
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


def _evidence(answer: bytes) -> AnalysisEvidence:
    try:
        evidence = AnalysisEvidence.model_validate_json(answer)
    except ValidationError:
        return _refusal("analyser-crashed", "The analyser's answer is no evidence.")
    consistent = (evidence.verdict == "Accepted") == (not evidence.findings and not evidence.more_findings)
    if evidence.analyser != ANALYSER or not consistent:
        return _refusal("analyser-crashed", "The analyser's answer contradicts itself.")
    return evidence


def _refusal(rule: str, message: str) -> AnalysisEvidence:
    finding = Finding(rule=rule, line=0, message=message, suggestion=RULES[rule].remedy)
    return AnalysisEvidence(analyser=ANALYSER, verdict="Refused", findings=(finding,))
