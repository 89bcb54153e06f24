"""Where codes are tried by trials: several in one process of the tool's container; a fork is what costs."""

from __future__ import annotations

from typing import Any

from .client import NoAnswer, ask
from .replay import Tape
from .trials import SLACK_SECONDS, Bench, judge

MOST_SECONDS = 5.0
TOGETHER = 8
TOGETHER_BYTES = 131_072
CHUNK_BYTES = 65_536
CHUNK_CALLS = 32
WALL_TO_PROCESSOR = 4
"""By the clock a process may take so many times as long as of the processor, and a second more."""
Json = dict[str, Any]


class NotJudged(Exception):
    """No process was free, or the launcher did not answer: that says nothing about a code."""


class Stand:
    """The trials of one tool, in groups that are called in one process."""

    def __init__(self, trials: list[Json], bench: Bench) -> None:
        self._groups = grouped(trials)
        self._bench = bench
        largest = max(sum(map(weight, group)) for group in self._groups)
        self.size = max(1, min(TOGETHER, TOGETHER_BYTES // (largest + 1)))
        """Codes in one process."""

    def noticed(self, codes: list[str], seconds: float) -> list[bool]:
        """For each code whether any trial goes otherwise than it must; empty: the tool as it is.

        `seconds`: time of the processor for one code's calls of one group. Raises NotJudged.
        """
        dead = [False] * len(codes)
        for group in self._groups:
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
        return [
            _fails(group, each) or any(tape.unrecorded for tape in row)
            for each, row in zip(answers, tapes, strict=True)
        ]

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
        if status != 200:
            raise NotJudged(f"the launcher answered status {status}")
        answers = told.get("answers")
        return answers if isinstance(answers, list) and len(answers) == len(codes) else None


def grouped(trials: list[Json]) -> list[list[Json]]:
    """Trials that are called in one process: as many as may be answered together."""
    groups: list[list[Json]] = []
    size = CHUNK_BYTES
    for trial in trials:
        if size + weight(trial) > CHUNK_BYTES or len(groups[-1]) >= CHUNK_CALLS:
            groups.append([])
            size = 0
        groups[-1].append(trial)
        size += weight(trial)
    return groups


def weight(trial: Json) -> int:
    """Bytes of its answer, about."""
    return len(str(trial.get("result"))) + len(str(trial.get("state")))


def _fails(group: list[Json], answers: Any) -> bool:
    if not isinstance(answers, list) or len(answers) != len(group):
        return True
    return any(judge(*pair)[0] for pair in zip(group, answers, strict=True))


def _call(number: int, trial: Json, port: int) -> Json:
    """Over there `CODE` becomes the number of the code that is called, so that each has tapes of its own."""
    return {
        "proxy": f"http://CODE-{number}:-@127.0.0.1:{port}",
        "arguments": trial.get("arguments") or {},
        "state": (trial.get("state") or {}).get("before") or {},
    }
