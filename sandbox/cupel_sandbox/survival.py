"""Which mutants live: the tool's own trials are called of each, in the tool's container, and judged here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .call import USED_UP
from .mutate import Mutant, sample
from .report import clean
from .stand import CHUNK_CALLS, MOST_SECONDS, TOGETHER, NotJudged, Stand
from .trials import Bench

LEAST_SECONDS = 0.2
SLOWER = 10
"""A mutant may take so many times as long as the tool does; then it counts as noticed."""
MAX_SURVIVORS = 5
MAX_CHANGE = 100
WAYS = ((CHUNK_CALLS, TOGETHER), (1, TOGETHER), (1, 1))
"""Calls of a code in one process, and codes: the quickest way first. The last is as a tool is served."""
OWN_SHARE = 1 / 3
"""Of the time there is: what the code itself may take of the processor. It goes twice before any mutant."""
QUICKER = "Let it be quicker, or its examples and tests smaller or fewer"
TIMES = ("Timeout",)
"""What a slow machine can bring about: it says nothing about the code."""
ADVICE = {
    "OutOfMemory": "Let it need less memory, also while it is imported",
    "TooLarge": "Make the code smaller, or the arguments and results of its trials",
}
Json = dict[str, Any]


@dataclass(frozen=True)
class Code:
    """What mutants are made of."""

    text: str
    digest: str
    egress: bool


@dataclass
class Survival:
    """What came of the mutants."""

    total: int = 0
    tried: int = 0
    killed: int = 0
    because: str = ""
    """Why not all that were chosen were tried."""
    obstacle: str = ""
    """What in the tool keeps its mutants from being judged, and what would let them be."""
    survivors: list[Mutant] = field(default_factory=list)

    def told(self) -> Json:
        first = sorted(self.survivors, key=lambda each: each.line)[:MAX_SURVIVORS]
        shown = [{"line": each.line, "change": clean(each.change, MAX_CHANGE)} for each in first]
        counts = {"total": self.total, "tried": self.tried, "killed": self.killed}
        return counts | {
            "because": clean(self.because),
            "obstacle": clean(self.obstacle),
            "survivors": shown,
        }

    def count(self, mutant: Mutant, *, dead: bool) -> None:
        self.tried += 1
        self.killed += dead
        self.survivors += [] if dead else [mutant]


class Unfit(Exception):
    """What in the tool keeps its mutants from being judged."""


def survival(code: Code, most: int, trials: list[Json], bench: Bench, end: float) -> Survival:
    """Try mutants until `end` (monotonic). The tool itself goes first: if it fails so, nothing is judged."""
    try:
        total, chosen = sample(code.text, code.digest, most, egress=code.egress)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Survival(
            obstacle=f"the code cannot be read to change it: {type(error).__name__}. Make it simpler"
        )
    came = Survival(total)
    if not chosen:
        return came
    try:
        made = _written(chosen)
        stands = (Stand(trials, bench, *way) for way in WAYS if trials)
        _try_all(made, *_fitting(code.text, stands, end), end, came)
    except NotJudged as error:
        came.because = f"time for {came.tried} of {len(chosen)} chosen: {error}"
    except Unfit as error:
        came.obstacle = str(error)
    return came


def _written(chosen: list[Mutant]) -> list[tuple[Mutant, str]]:
    """Mutants with their code; those that cannot be written down are left out. Raises Unfit where all are."""
    made, why = [], ""
    for mutant in chosen:
        try:
            made.append((mutant, mutant.code()))
        except (ValueError, RecursionError) as error:
            why = f"line {mutant.line}: {type(error).__name__}"
    if not made:
        raise Unfit(f"no change of the code can be written down ({why}). Use shorter expressions")
    return made


def _fitting(code: str, stands: Iterator[Stand], end: float) -> tuple[Stand, float]:
    """The first way in which the code itself passes, and seconds for a mutant. Raises NotJudged, Unfit."""
    stand, most = None, min(MOST_SECONDS, max(end - time.monotonic(), 0.0) * OWN_SHARE)
    for stand in stands:
        began = time.monotonic()
        if not any(stand.noticed([code] * min(2, stand.size), most, end)):
            return stand, min(max((time.monotonic() - began) * SLOWER, LEAST_SECONDS), MOST_SECONDS)
        if stand.last.message == USED_UP:
            raise Unfit(f"its trials take more than {most:.1f} s of the processor. {QUICKER}")
    if stand is None:
        raise Unfit("it has no example or test of its own to judge changes by. Add examples or tests")
    if stand.last.reason in TIMES:
        raise NotJudged(f"a call took too long: {stand.last.message}")
    raise Unfit(
        "unchanged and called once more it fails a trial it has passed "
        f"({stand.last.reason}: {stand.last.message[:90]}). "
        + ADVICE.get(stand.last.reason, "Let the same call always give the same result")
    )


def _try_all(
    made: list[tuple[Mutant, str]], stand: Stand, seconds: float, end: float, came: Survival
) -> None:
    for start in range(0, len(made), stand.size):
        some = made[start : start + stand.size]
        dead = stand.noticed([code for _, code in some], seconds, end)
        for (mutant, _), noticed in zip(some, dead, strict=True):
            came.count(mutant, dead=noticed)
