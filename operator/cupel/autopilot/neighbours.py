"""What serves beside the revisions that are judged: baseline of a canary, and an excuse where both fail.

By row, one a policy. Whose counters they are is `subjects`; what they mean is `control.neighbour` and
`control.incident`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import TypeVar

import numpy as np

from cupel.control import ladder, neighbour
from cupel.control.counting import Growth, Look
from cupel.control.evidence import Evidence
from cupel.control.incident import excused
from cupel.control.ladder import Ladder
from cupel.control.rows import Floats
from cupel.control.watch import Watch

from .asking import HOLDS_SECONDS
from .columns import tick
from .subjects import Beside, Subject

Kept = TypeVar("Kept")
ONE = np.ones(1, np.bool_)
NO_PAST = ladder.blank(1)


@dataclass(frozen=True)
class Seen:
    """What serves beside a canary: its counters at the last look, and its recent past."""

    name: str
    """Empty where it is no baseline."""
    look: Look | None = None
    past: Ladder = NO_PAST

    def counted(self, count: Floats) -> Seen:
        """With one look's counts (COLUMNS, 1) more."""
        return replace(self, past=ladder.pushed(self.past, count, ONE)[0])


class Neighbours:
    """Of the rows that have any."""

    def __init__(self) -> None:
        self._beside: dict[int, Beside] = {}
        """What a Deployment's predecessor did since, where it still serves."""
        self._theirs: dict[int, Seen] = {}
        """What serves beside a canary."""
        self._waits: dict[int, float] = {}
        """Until when, on the steady clock, what a status said before this process began holds."""
        self._left: dict[int, str] = {}
        """Revisions that were found worse before others were judged: they are no baseline."""

    def kept(self, same: Mapping[int, int]) -> Neighbours:
        """`same`: by new row, the row it was before."""
        found = Neighbours()
        found._beside, found._left = _moved(self._beside, same), _moved(self._left, same)
        found._theirs, found._waits = _moved(self._theirs, same), _moved(self._waits, same)
        return found

    def remembered(self, row: int) -> None:
        """What became worse with this row's was known before this process began, and is to be seen anew."""
        self._waits[row] = inf

    def succeeded(self, row: int, old: str) -> None:
        """Another revision is judged from now on; `old` may serve on beside it. Empty: there was none."""
        for known in (self._left, self._beside, self._waits):
            known.pop(row, None)
        if old:
            self._beside[row] = Beside(old)

    def left(self, row: int, old: str) -> None:
        """As `succeeded`, of an `old` one that was worse."""
        self._beside.pop(row, None)
        self._waits.pop(row, None)
        self._left[row] = old

    def counted_in(self, watch: Watch, subjects: Sequence[Subject | None]) -> Watch:
        """What they did since the last look."""
        went_on = {row: _after(subjects[row], one) for row, one in self._beside.items()}
        self._beside = {row: one for row, one in went_on.items() if one}
        names = {row: self._named(row, one) for row, one in enumerate(subjects) if one and one.neighbour}
        before, self._theirs = self._theirs, {}
        if not names:
            return watch
        others = np.zeros(len(subjects), np.bool_)
        others[[row for row, name in names.items() if row in before and before[row].name != name]] = True
        self._theirs = {
            row: before[row] if row in before and not others[row] else Seen(name)
            for row, name in names.items()
        }
        grown = [self._growth(row, subject) for row, subject in enumerate(subjects)]
        watch, count = neighbour.beside(neighbour.forgotten(watch, others), tick(grown))
        for row in names:
            self._theirs[row] = self._theirs[row].counted(count[:, [row]])
        return watch

    def _named(self, row: int, subject: Subject) -> str:
        """What serves beside a canary; empty where it is no baseline."""
        name = subject.neighbour
        bad = name == self._left.get(row) or name in subject.past(subject.serving).condemned
        return "" if bad else name

    def _growth(self, row: int, subject: Subject | None) -> Growth | None:
        theirs = self._theirs.get(row)
        if subject is None or theirs is None or not theirs.name:
            return None
        now, found, _ = subject.counted(theirs.name, theirs.look)
        self._theirs[row] = replace(theirs, look=now)
        return None if found is None or found.problem else found

    def share(
        self, watch: Watch, found: Evidence, subjects: Sequence[Subject | None], steady: float
    ) -> set[int]:
        """The rows with an alarm where what serves beside it became worse as well."""
        alarms = [(row, subjects[row]) for row in map(int, np.flatnonzero(found.alarm))]
        return {row for row, one in alarms if one and self._shares(watch, found, row, one, steady)}

    def _shares(self, watch: Watch, found: Evidence, row: int, subject: Subject, steady: float) -> bool:
        if row in self._waits:
            self._waits[row] = min(self._waits[row], steady + HOLDS_SECONDS)
            if steady < self._waits[row]:
                return True
        if subject.neighbour:
            return row in self._theirs and neighbour.shares_it(watch, found, row, self._theirs[row].past)
        beside = self._beside.get(row)
        if beside is None or beside.look is None or steady - beside.look.at > found.since[row]:
            return False
        return excused(watch, row, beside.calls, beside.failed)


def _after(subject: Subject | None, one: Beside) -> Beside | None:
    return subject.beside(one) if subject else None


def _moved(known: Mapping[int, Kept], same: Mapping[int, int]) -> dict[int, Kept]:
    return {row: known[was] for row, was in same.items() if was in known}
