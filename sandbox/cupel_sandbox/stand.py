"""Where codes are tried by trials: several in one process of the tool's container; a fork is what costs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from .client import NoAnswer, ask
from .replay import Tape
from .trials import SLACK_SECONDS, Bench, judge

MOST_SECONDS = 5.0
TOGETHER = 8
TOGETHER_BYTES = 131_072
CHUNK_BYTES = 65_536
CHUNK_CALLS = 32
TOO_LARGE = 413
WALL_TO_PROCESSOR = 4
"""By the clock a process may take so many times as long as of the processor, and a second more."""
Json = dict[str, Any]


class NotJudged(Exception):
    """No process was free, or the launcher did not answer: that says nothing about a code."""


@dataclass(frozen=True)
class Fault:
    """Why a code did not pass, as a trial's reason and message."""

    reason: str
    message: str


class Stand:
    """The trials of one tool, in groups that are called in one process: so many calls, of so many codes."""

    def __init__(
        self, trials: list[Json], bench: Bench, calls: int = CHUNK_CALLS, codes: int = TOGETHER
    ) -> None:
        self._groups = grouped(trials, calls)
        self._bench = bench
        largest = max(sum(map(weight, group)) for group in self._groups)
        self.size = max(1, min(codes, TOGETHER_BYTES // (largest + 1)))
        """Codes in one process."""
        self.last = Fault("", "")
        """What went wrong last with a code that was noticed."""

    def noticed(self, codes: list[str], seconds: float, end: float) -> list[bool]:
        """For each code whether any trial goes otherwise than it must.

        `seconds`: time of the processor for one code's calls of one group. Raises NotJudged, also past `end`.
        """
        dead = [False] * len(codes)
        for group in self._groups:
            if time.monotonic() >= end:
                raise NotJudged("there was no more time")
            alive = [place for place, each in enumerate(dead) if not each]
            fails = self._fail([codes[place] for place in alive], group, seconds)
            for place, each in zip(alive, fails, strict=True):
                dead[place] = each
        return dead

    def _fail(self, codes: list[str], group: list[Json], seconds: float) -> list[bool]:
        """Together first; one by one, when together they came to no end."""
        if not codes:
            return []
        tapes = [[Tape(trial.get("exchanges") or []) for trial in group] for _ in codes]
        named = {f"{n}-{m}": tape for n, row in enumerate(tapes) for m, tape in enumerate(row)}
        self._bench.player.tapes = named
        answers = self._answers(codes, group, seconds)
        if answers is None and len(codes) > 1:
            return [fails for code in codes for fails in self._fail([code], group, seconds)]
        if answers is None:
            return [True]
        return [self._fails(group, *pair) for pair in zip(answers, tapes, strict=True)]

    def _fails(self, group: list[Json], answers: Any, tapes: list[Tape]) -> bool:
        found = next(filter(None, (_fault(group, answers), *map(_unrecorded, tapes))), None)
        self.last = found or self.last
        return found is not None

    def _answers(self, codes: list[str], group: list[Json], seconds: float) -> list[Any] | None:
        """Each code's answers; None when the process came to no end of its own. Raises NotJudged."""
        patience = len(codes) * seconds * WALL_TO_PROCESSOR + 1.0
        body = {
            "codes": codes,
            "calls": [_call(number, trial, self._bench.proxy_port) for number, trial in enumerate(group)],
            "codeSeconds": seconds,
            "timeoutSeconds": patience,
            "memoryMebibytes": self._bench.memory_mebibytes,
        }
        try:
            status, told = ask(self._bench.tool_port, "POST", "/batch", body, patience + SLACK_SECONDS)
        except NoAnswer as error:
            raise NotJudged(f"the launcher did not answer: {error}") from error
        if status == TOO_LARGE:
            self.last = Fault("TooLarge", "code and arguments are too large to be asked for together")
            return None
        if status != 200:
            raise NotJudged(f"the launcher answered status {status}")
        answers = told.get("answers")
        if isinstance(answers, list) and len(answers) == len(codes):
            return answers
        self.last = Fault(*judge({}, told)) if "error" in told else Fault("Crashed", "it gave no answers")
        return None


def grouped(trials: list[Json], calls: int = CHUNK_CALLS) -> list[list[Json]]:
    """Trials that are called in one process: as many as may be answered together."""
    groups: list[list[Json]] = []
    size = CHUNK_BYTES
    for trial in trials:
        if size + weight(trial) > CHUNK_BYTES or len(groups[-1]) >= calls:
            groups.append([])
            size = 0
        groups[-1].append(trial)
        size += weight(trial)
    return groups


def weight(trial: Json) -> int:
    """Bytes of its answer, about."""
    return len(str(trial.get("result"))) + len(str(trial.get("state")))


def _fault(group: list[Json], answers: Any) -> Fault | None:
    """What is not as a trial wants it; a code that did not begin is answered by one error."""
    if isinstance(answers, dict):
        return Fault(*judge({}, answers))
    if not isinstance(answers, list) or len(answers) != len(group):
        return Fault("Crashed", "not every call was answered")
    judged = zip(group, map(judge, group, answers), strict=True)
    return next(
        (Fault(why, f"{trial.get('name', '')}: {text}") for trial, (why, text) in judged if why), None
    )


def _unrecorded(tape: Tape) -> Fault | None:
    return Fault("UnrecordedCall", f"requested {tape.unrecorded}") if tape.unrecorded else None


def _call(number: int, trial: Json, port: int) -> Json:
    """Over there `CODE` becomes the number of the code that is called, so that each has tapes of its own."""
    return {
        "proxy": f"http://CODE-{number}:-@127.0.0.1:{port}",
        "arguments": trial.get("arguments") or {},
        "state": (trial.get("state") or {}).get("before") or {},
    }
