"""Which mutants live: the tool's own trials are called of each, in the tool's container, and judged here."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from .mutate import Mutant, sample
from .report import clean
from .stand import MOST_SECONDS, NotJudged, Stand
from .trials import Bench

LEAST_SECONDS = 0.2
SLOWER = 10
"""A mutant may take so many times as long as the tool does; then it counts as noticed."""
MAX_SURVIVORS = 5
MAX_CHANGE = 100
Json = dict[str, Any]


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

    def count(self, mutant: Mutant, *, dead: bool) -> None:
        self.tried += 1
        self.killed += dead
        self.survivors += [] if dead else [mutant]


def survival(code: str, digest: str, most: int, trials: list[Json], bench: Bench, end: float) -> Survival:
    """Try mutants until `end` (monotonic). The tool itself goes first: if it fails so, nothing is judged."""
    try:
        total, chosen = sample(code, digest, most)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Survival(because=f"the code could not be read: {type(error).__name__}")
    came = Survival(total)
    try:
        _try_all(_written(chosen), Stand(trials, bench), end, came)
    except NotJudged as error:
        came.because = str(error)
    return came


def _written(chosen: list[Mutant]) -> list[tuple[Mutant, str]]:
    """Mutants with their code; those that cannot be written down are left out."""
    made = []
    for mutant in chosen:
        with suppress(ValueError, RecursionError):
            made.append((mutant, mutant.code()))
    return made


def _try_all(made: list[tuple[Mutant, str]], stand: Stand, end: float, came: Survival) -> None:
    began = time.monotonic()
    if any(stand.noticed([""] * min(2, stand.size), MOST_SECONDS)):
        raise NotJudged(
            "several calls in one process do not end as calls alone do, so no mutant can be judged"
        )
    seconds = min(max((time.monotonic() - began) * SLOWER, LEAST_SECONDS), MOST_SECONDS)
    for start in range(0, len(made), stand.size):
        if time.monotonic() >= end:
            raise NotJudged(f"time for {came.tried} of {len(made)} chosen")
        some = made[start : start + stand.size]
        dead = stand.noticed([code for _, code in some], seconds)
        for (mutant, _), noticed in zip(some, dead, strict=True):
            came.count(mutant, dead=noticed)
