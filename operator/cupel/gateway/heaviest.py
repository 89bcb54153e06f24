"""Who spoils the runs of one revision: the callers with most bad ones of late, and the rest in one, bounded.

Runs are kept in blocks of time that double as they age, so that any recent while can be summed: 5 s long when
new, an hour and a half together. Whoever is not among the heaviest of a block is counted with the rest of it.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from cupel.control.counts import BUCKETS

HEAVIEST = 8
"""Callers named in one block."""
BLOCK_SECONDS = 5.0
LEVELS = 10
"""Lengths of blocks, each twice the one before; two or three blocks of each."""
WITHIN = 0.25
"""A block counts for a while of which it lies no more than this part outside."""
OK, FAILED, INVALID, TIMED = range(4)
WIDTH = TIMED + BUCKETS
Runs = array
"""Runs that went well, that failed, that answered what they may not; then the good ones by latency bucket."""


def nothing() -> Runs[int]:
    return array("I", bytes(4 * WIDTH))


def bad(runs: Runs[int]) -> int:
    return runs[FAILED] + runs[INVALID]


@dataclass
class Table:
    """Runs by caller; `rest` has those of all who are not named."""

    callers: dict[str, Runs[int]] = field(default_factory=dict)
    rest: Runs[int] = field(default_factory=nothing)

    def runs_of(self, caller: str, *, went_well: bool) -> Runs[int]:
        """Where to count a run of the caller. A bad one brings it in, for whoever had fewest of those."""
        known = self.callers.get(caller)
        if known is not None:
            return known
        if len(self.callers) >= HEAVIEST:
            if went_well:
                return self.rest
            self._leave(min(self.callers, key=self._weight))
        return self.callers.setdefault(caller, nothing())

    def add(self, other: Table) -> None:
        """Take in another's runs; the heaviest of both stay named."""
        for caller, runs in other.callers.items():
            _added(self.callers.setdefault(caller, nothing()), runs)
        _added(self.rest, other.rest)
        for caller in sorted(self.callers, key=self._weight)[:-HEAVIEST]:
            self._leave(caller)

    def _leave(self, caller: str) -> None:
        _added(self.rest, self.callers.pop(caller))

    def _weight(self, caller: str) -> tuple[int, int]:
        runs = self.callers[caller]
        return bad(runs), runs[OK]


def _added(into: Runs[int], runs: Runs[int]) -> None:
    for place, value in enumerate(runs):
        into[place] += value


class Heaviest:
    """The recent past of one revision. Times are in seconds, on a clock that never jumps."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[int, int], Table] = {}
        """By level and place: a block of level l covers 2^l places, from place * 2^l on."""
        self._slot = -1

    def ran(self, caller: str, verdict: int, bucket: int, now: float) -> None:
        """Count a run; `bucket` of a good one says how long it took."""
        slot = int(now // BLOCK_SECONDS)
        if slot != self._slot:
            self._age(slot)
        table = self._blocks.setdefault((0, slot), Table())
        runs = table.runs_of(caller, went_well=verdict == OK)
        runs[verdict] += 1
        if verdict == OK:
            runs[TIMED + bucket] += 1

    def of_the_last(self, seconds: float, now: float) -> Table:
        """About so much of the past: blocks that lie in it, or nearly."""
        self._age(int(now // BLOCK_SECONDS))
        found = Table()
        for (level, place), table in self._blocks.items():
            length = BLOCK_SECONDS * 2**level
            if now - place * length <= seconds + WITHIN * length:
                found.add(table)
        return found

    def _age(self, slot: int) -> None:
        """Of each length the present block and the one before stay; older ones become longer ones."""
        self._slot = slot
        for level in range(LEVELS):
            newest = slot >> level
            for place in sorted(p for of, p in self._blocks if of == level and p < newest - 1):
                table = self._blocks.pop((level, place))
                if level + 1 < LEVELS:
                    self._blocks.setdefault((level + 1, place >> 1), Table()).add(table)
