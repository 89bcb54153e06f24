"""Who a revision's alarm rests on: which rows the gateway is asked about, and how long its answer holds.

What one look does not hear, the answer before it says, for a minute: a gateway that starts anew, or one
answer that is lost, must not condemn what one caller spoils.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from cupel.control.evidence import Evidence
from cupel.control.one_caller import Alone, Found, Heard, alone
from cupel.control.rollback import Verdict
from cupel.control.watch import Watch
from cupel.decide.harmless import one_line
from cupel.signals.revision_runs import Served

from .subjects import Subject

HOLDS_SECONDS = 60.0
"""How long what excused a revision does so without being seen again, an answer or a shared incident."""
MOST_ASKED = 64
"""Revisions of one look; whoever fails beside them is asked about, and judged, at the next ones."""
MOST_NAME = 120
UNHEARD = "one caller's calls alone spoke against it before the autopilot began anew: waiting to hear who"
LATER = "one caller's calls alone, perhaps: more revisions fail than one look asks about, so it is asked next"


@dataclass(frozen=True)
class Question:
    """A revision that is held worse, and for how long."""

    served: Served
    seconds: float


Answers = Mapping[int, Heard | None]
"""By row."""
NOT_ASKED: Answers = {}
ASKED = frozenset({"RevisionWorse", "RolledBackRecently", "NoGoodRevision"})
"""Verdicts that one caller alone may have brought about."""


@dataclass(frozen=True)
class Excuse:
    """What excuses a revision, in words, and when that was heard, on the steady clock."""

    identity: str
    words: str
    at: float


class Excuses:
    """By row."""

    def __init__(self, rows: int) -> None:
        self._known: list[Excuse | None] = [None] * rows
        self._asked: list[tuple[str, float]] = [("", -inf)] * rows
        """Which revision was asked about last, and when."""

    def kept(self, rows: int, same: Mapping[int, int]) -> Excuses:
        """`same`: by new row, the row it was before."""
        found = Excuses(rows)
        for row, was in same.items():
            found._known[row], found._asked[row] = self._known[was], self._asked[was]
        return found

    def remembered(self, row: int, identity: str) -> None:
        """What a status said before this process began: it holds from the first look on."""
        self._known[row] = Excuse(identity, UNHEARD, inf)

    def words(self, row: int, identity: str, said: Found, steady: float) -> str:
        """Why this row's revision is not to blame; empty: nothing excuses it, or others say the same."""
        if said == "Others":
            self._known[row] = None
        elif said != "Unknown":
            self._known[row] = Excuse(identity, told(said), steady)
        return self._standing(row, identity, steady)

    def due(self, rows: Sequence[int], identities: Sequence[str], steady: float) -> list[int]:
        """Which of these are asked about now: who waited longest, as many as one look asks about."""
        chosen = sorted(rows, key=lambda row: self._asked_at(row, identities[row]))[:MOST_ASKED]
        for row in chosen:
            self._asked[row] = (identities[row], steady)
        return chosen

    def waits(self, row: int, identity: str, steady: float) -> str:
        """As `words`, of a row that this look did not ask about: what was not asked of late is not judged."""
        recent = steady - self._asked_at(row, identity) < HOLDS_SECONDS
        return self._standing(row, identity, steady) or ("" if recent else LATER)

    def _asked_at(self, row: int, identity: str) -> float:
        asked, at = self._asked[row]
        return at if asked == identity else -inf

    def _standing(self, row: int, identity: str, steady: float) -> str:
        known = self._known[row]
        if known is None or known.identity != identity:
            return ""
        self._known[row] = known = replace(known, at=min(known.at, steady))
        return known.words if steady - known.at < HOLDS_SECONDS else ""


def spoken(watch: Watch, found: Evidence, answers: Answers) -> dict[int, Found]:
    """By row, whom it rests on, as far as that was heard."""
    return {row: alone(watch, found, row, heard) if heard else "Unknown" for row, heard in answers.items()}


def told(one: Alone) -> str:
    """The excuse as part of a sentence."""
    name = one_line(one.name)
    name = name if len(name) <= MOST_NAME else f"{name[: MOST_NAME - 3]}..."
    return (
        f"one caller's calls alone, `{name}` ({one.bad:.0f} bad of {one.calls:.0f}; of all others "
        f"{one.others_bad:.0f} of {one.others_calls:.0f}): "
        "look at what it sends, and roll back by hand or leave it"
    )


def questions(
    verdicts: Sequence[Verdict | None],
    subjects: Sequence[Subject | None],
    identities: Sequence[str],
    found: Evidence,
) -> dict[int, Question]:
    """What the gateway could be asked: about revisions that are rolled back, or would be."""
    asked: dict[int, Question] = {}
    for row in map(int, np.flatnonzero(found.alarm)):
        verdict, subject = verdicts[row], subjects[row]
        if subject is None or verdict is None or verdict.reason not in ASKED:
            continue
        served = subject.served(identities[row])
        if served is not None:
            asked[row] = Question(served, float(found.since[row]))
    return asked
