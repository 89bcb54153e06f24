"""All that the fleet must remember of a policy from one tick to the next, and over a restart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import saved as table
from .belief import Belief
from .capacity import Capacity
from .forecast import Peaks
from .growth import Growth
from .indices import Resilience
from .lately import Lately
from .retune import Trial
from .rows import Floats, Rows
from .tuning import Tuning


@dataclass(frozen=True)
class Memory:
    """All of a policy that must survive a restart; every leaf is an array of N rows."""

    belief: Belief
    tuning: Tuning
    trial: Trial
    peaks: Peaks
    capacity: Capacity
    resilience: Resilience
    growth: Growth
    lately: Lately
    omega: Floats
    """Share of the objectives met, averaged; NaN: none was measured."""
    usual: Floats
    """Load averaged over `forecast.STEADY`; NaN: none was seen."""
    in_flight: Floats
    """Calls in flight at the last tick; NaN: not known."""
    residence: Floats
    """Seconds a call stays when none waits; NaN: not known."""
    since_up: Floats
    since_down: Floats
    changes: Floats
    """Times the Pods were changed of late; `settling.BEYOND` says how they are forgotten."""
    quiet: Floats
    """Seconds without a call."""
    missing: Floats
    """Seconds without a usable load."""
    decided: Floats
    """Pods wanted by the last decision; NaN: none was taken."""

    @classmethod
    def blank(cls, n: int) -> Memory:
        """Nothing seen yet."""
        nothing, long_ago, zero = np.full(n, np.nan), np.full(n, 1e6), np.zeros(n)
        return cls(
            Belief.blank(n),
            Tuning.default(n),
            Trial.blank(n),
            Peaks.blank(n),
            Capacity.blank(n),
            Resilience.blank(n),
            Growth.blank(n),
            Lately.blank(n),
            nothing,
            nothing.copy(),
            nothing.copy(),
            nothing.copy(),
            long_ago,
            long_ago.copy(),
            zero,
            zero.copy(),
            zero.copy(),
            nothing.copy(),
        )

    def __len__(self) -> int:
        return len(self.decided)

    def take(self, rows: Rows) -> Memory:
        """Those rows, copied."""
        return table.take(self, rows)

    def put(self, rows: Rows, other: Memory) -> Memory:
        """This memory with `other` in those rows."""
        return table.put(self, rows, other)

    def pack_row(self, row: int) -> str:
        """One row for a status: Base64, at most 2048 characters."""
        return table.pack(self, row)

    @classmethod
    def unpack(cls, text: str) -> Memory:
        """The row that `pack_row` wrote; a blank one where the text is damaged or of another version."""
        return table.unpack(text, cls.blank(1))
