"""The recent past of each row as blocks of doubling length, so that a change at any time can be looked for.

An exponential histogram (Datar, Gionis, Indyk and Motwani 2002), as ADWIN keeps it: the last look alone, then
blocks of 1, 2, 4, ... looks, one or two of each. Merging forgets where a change could have begun, nothing
else. Level l holds (newer, older), each (COLUMNS, N). Immutable: only levels that a look touches are made
anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .counts import COLUMNS

Array = NDArray[np.float64]
Rows = NDArray[np.bool_]

LEVELS = 12
"""With 5 s a look: 5.7 to 11.4 hours."""


@dataclass(frozen=True)
class Ladder:
    """Blocks of counts. `looks` (N,) says how many there were since the row began."""

    looks: NDArray[np.int64]
    levels: tuple[tuple[Array, Array], ...]

    def whole(self) -> Rows:
        """Rows of which no block was given up yet: all since their beginning is here. (N,)"""
        first_overflow = 2 ** (LEVELS + 1) - 1
        whole: Rows = self.looks < first_overflow
        return whole

    def reached(self) -> tuple[tuple[Array, Array], ...]:
        """The levels that any row has come to: one more each time that its looks double."""
        most = int(self.looks.max(initial=0))
        return self.levels[: min(LEVELS, (most + 1).bit_length() - 1)]

    def total(self) -> Array:
        """All counts that are here. (COLUMNS, N)"""
        first, *others = (block for level in self.reached() or self.levels[:1] for block in level)
        total: Array = first.copy()
        for block in others:
            total += block
        return total


def blank(rows: int) -> Ladder:
    """No past."""
    empty = np.zeros((COLUMNS, rows))
    return Ladder(np.zeros(rows, dtype=np.int64), ((empty, empty),) * LEVELS)


@dataclass(frozen=True)
class Merged:
    """Two neighbouring blocks of one level that became one: rows, older and newer (COLUMNS, number of
    rows)."""

    level: int
    rows: Rows
    older: Array
    newer: Array


def pushed(ladder: Ladder, count: Array, rows: Rows) -> tuple[Ladder, tuple[Merged, ...]]:
    """Add one look's counts (COLUMNS, N) to these rows (N,); also what was merged, the oldest of it leaving.

    A level takes a third block by merging its two into one for the next level; what the last one merges is
    gone from the ladder and is for the caller to keep.
    """
    levels, merges = list(ladder.levels), []
    arrivals = np.where(rows, ladder.looks + 1, 0)
    arriving = count
    for number, (newer, older) in enumerate(ladder.levels):
        coming = arrivals >= 1
        if not coming.any():
            break
        full = coming & (arrivals % 2 == 1) & (arrivals >= 3)
        half = coming & (arrivals % 2 == 0)
        levels[number] = (
            np.where(coming, arriving, newer),
            np.where(half, newer, np.where(full, 0.0, older)),
        )
        arriving = older + newer
        if full.any():
            merges.append(Merged(number, full, older[:, full], newer[:, full]))
        arrivals = np.where(full, (arrivals - 1) // 2, 0)
    return Ladder(ladder.looks + rows, tuple(levels)), tuple(merges)
