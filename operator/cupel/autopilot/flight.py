"""The policies of one period, which are looked at together: their rows, what is remembered of them, when they
are due.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.control.fleet import Memory, Outcome, Settings, tick
from cupel.control.waking import woken
from cupel.signals.reading import Moment, Reading

from .engine import gap, memory_of, settings_of, sighting
from .held import Held
from .roster import Judged, Place, Roster

Floats = NDArray[np.float64]
LATE = 0.5
"""Part of a period after which a tick counts as late."""


class Flight:
    """All rows of one period. `crew` says who flies; `tick` is one look at all of them."""

    def __init__(self, period: float, moment: Moment) -> None:
        self.period = period
        self.due = moment.steady
        self.memory = Memory.blank(0)
        self.judged = Judged(Roster.of(()))
        self.held = Held()
        self._settings: Settings = settings_of(())
        self._looked: Floats = np.zeros(0)
        self._who: tuple[object, ...] = ()
        self._outcome: Outcome | None = None
        """Of the last look at this crew."""

    @property
    def policies(self) -> tuple[AutonomyPolicy, ...]:
        return self.judged.roster.policies

    def crew(self, policies: Sequence[AutonomyPolicy], moment: Moment) -> None:
        """Fly these from now on.

        Who flew already goes on from what is remembered, others from their status.
        """
        who = tuple((one.namespace, one.name, one.metadata.uid, one.metadata.generation) for one in policies)
        if who == self._who:
            return
        rows, standing = self._kept(policies)
        new = np.array([row for row in range(len(policies)) if row not in rows], np.intp)
        memory = Memory.blank(len(policies))
        looked = np.full(len(policies), moment.steady - self.period)
        if len(rows):
            here, there = np.array(list(rows), np.intp), np.array(list(rows.values()), np.intp)
            memory = memory.put(here, self.memory.take(there))
            looked[here] = self._looked[there]
        if len(new):
            joining = [policies[row] for row in new]
            memory = memory.put(new, memory_of(joining))
            looked[new] = [moment.steady - gap(one, moment.now) for one in joining]
        self.memory, self._looked, self._who, self._outcome = memory, looked, who, None
        self.held.crew(policies, rows)
        self._settings = settings_of(policies)
        self.judged = standing

    def _kept(self, policies: Sequence[AutonomyPolicy]) -> tuple[dict[int, int], Judged]:
        """Rows that flew before by their new place, and the new roster with what is known of its signals."""
        before = self.judged
        known = {one.metadata.uid: row for row, one in enumerate(before.roster.policies)}
        rows = {row: known[one.metadata.uid] for row, one in enumerate(policies) if one.metadata.uid in known}
        return rows, before.moved(Roster.of(policies))

    def late(self, moment: Moment) -> bool:
        return moment.steady - self.due > LATE * self.period

    def next(self, moment: Moment) -> None:
        """Due again a period after it was, or after now where that has gone by: what was missed is not made
        up for.
        """
        self.due += self.period
        if self.due <= moment.steady:
            self.due = moment.steady + self.period

    def tick(
        self, readings: Sequence[Reading], moment: Moment, ready: Floats, wanted: Floats, called: Floats
    ) -> Outcome:
        """One look: figures judged, beliefs moved, choices made.

        `readings` in the order of the roster's signals; `called`: when each was called last, (policies,).
        """
        seconds = moment.steady - self._looked
        self.judged.take(readings, moment, seconds[self.judged.roster.owner])
        seen = sighting(self.judged, seconds, ready, wanted, called > self._looked)
        self.memory, self._outcome = tick(self.memory, self._settings, seen)
        self._looked = np.full(len(seconds), moment.steady)
        return self._outcome

    @property
    def looked_at(self) -> bool:
        """Whether there was a look at those who fly now."""
        return self._outcome is not None

    def woken(self, rows: NDArray[np.intp]) -> Outcome:
        """What the last look came to, but that these rows, which run no Pod, are called."""
        if self._outcome is None:
            raise ValueError("nobody looked at those who fly now")
        self.memory, self._outcome = woken(self.memory, self._outcome, rows)
        return self._outcome

    def row(self, place: Place) -> int:
        return self.judged.roster.rows[place]
