"""Mutants in the tool's container: which of them the tool's own trials notice. Judged here, run there."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from .client import NoAnswer, ask
from .mutate import Mutant, sample
from .replay import Tape
from .report import clean
from .trials import SLACK_SECONDS, Bench, judge

LEAST_SECONDS = 0.5
MOST_SECONDS = 5.0
SLOWER = 10
"""A mutant may take so many times as long as the tool does; then it counts as noticed."""
CHUNK_BYTES = 65_536
CHUNK_CALLS = 32
MAX_SURVIVORS = 5
MAX_CHANGE = 100
Json = dict[str, Any]


class NotJudged(Exception):
    """The launcher had no process for it, or did not answer: that says nothing about the mutant."""


@dataclass
class Survival:
    """What came of the mutants."""

    total: int = 0
    tried: int = 0
    killed: int = 0
    because: str = ""
    """Why not all that were chosen were tried."""
    survivors: list[Mutant] = field(default_factory=list)

    def told(self) -> Json:
        first = sorted(self.survivors, key=lambda each: each.line)[:MAX_SURVIVORS]
        shown = [{"line": each.line, "change": clean(each.change, MAX_CHANGE)} for each in first]
        counts = {"total": self.total, "tried": self.tried, "killed": self.killed}
        return counts | {"because": clean(self.because), "survivors": shown}


def survival(code: str, digest: str, most: int, trials: list[Json], bench: Bench, end: float) -> Survival:
    """Try mutants until `end` (monotonic). The tool itself goes first: if it fails so, nothing is judged."""
    try:
        total, chosen = sample(code, digest, most)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Survival(because=f"the code could not be read: {type(error).__name__}")
    came = Survival(total)
    groups = grouped(trials)
    began = time.monotonic()
    if _stumbles(groups, bench):
        came.because = (
            "several calls in one process do not end as calls alone do, so mutants cannot be judged"
        )
        return came
    seconds = min(max((time.monotonic() - began) * SLOWER / len(groups), LEAST_SECONDS), MOST_SECONDS)
    for mutant in chosen:
        if time.monotonic() >= end:
            came.because = f"time for {came.tried} of {len(chosen)} chosen"
            break
        _try(mutant, groups, bench, seconds, came)
    return came


def _try(mutant: Mutant, groups: list[list[Json]], bench: Bench, seconds: float, came: Survival) -> None:
    try:
        code = mutant.code()
    except (ValueError, RecursionError):
        return
    try:
        dead = noticed(code, groups, bench, seconds)
    except NotJudged as error:
        came.because = str(error)
        return
    came.tried += 1
    if dead:
        came.killed += 1
    else:
        came.survivors.append(mutant)


def _stumbles(groups: list[list[Json]], bench: Bench) -> bool:
    """Whether the tool as it is does not pass its trials this way."""
    try:
        return noticed("", groups, bench, MOST_SECONDS)
    except NotJudged:
        return True


def grouped(trials: list[Json]) -> list[list[Json]]:
    """Trials that are called in one process: as many as may be answered together."""
    groups: list[list[Json]] = []
    size = CHUNK_BYTES
    for trial in trials:
        weight = len(str(trial.get("result"))) + len(str(trial.get("state")))
        if size + weight > CHUNK_BYTES or len(groups[-1]) >= CHUNK_CALLS:
            groups.append([])
            size = 0
        groups[-1].append(trial)
        size += weight
    return groups


def noticed(code: str, groups: list[list[Json]], bench: Bench, seconds: float) -> bool:
    """Whether any trial goes otherwise than it must with this code; empty: with the tool as it is."""
    return any(_group_fails(code, group, bench, seconds) for group in groups)


def _group_fails(code: str, group: list[Json], bench: Bench, seconds: float) -> bool:
    tapes = {f"trial-{number}": Tape(trial.get("exchanges") or []) for number, trial in enumerate(group)}
    bench.player.tapes = tapes
    body = {
        "code": code,
        "calls": [_call(*each, bench.proxy_port) for each in zip(tapes, group, strict=True)],
        "timeoutSeconds": seconds,
        "memoryMebibytes": bench.memory_mebibytes,
    }
    try:
        status, told = ask(bench.tool_port, "POST", "/batch", body, seconds + SLACK_SECONDS)
    except NoAnswer as error:
        raise NotJudged(f"the launcher did not answer: {error}") from error
    if status != 200:
        raise NotJudged(f"the launcher answered status {status}")
    answers = told.get("answers")
    if not isinstance(answers, list) or len(answers) != len(group):
        return True
    if any(tape.unrecorded for tape in tapes.values()):
        return True
    return any(judge(*pair)[0] for pair in zip(group, answers, strict=True))


def _call(name: str, trial: Json, port: int) -> Json:
    return {
        "proxy": f"http://{name}:-@127.0.0.1:{port}",
        "arguments": trial.get("arguments") or {},
        "state": (trial.get("state") or {}).get("before") or {},
    }
