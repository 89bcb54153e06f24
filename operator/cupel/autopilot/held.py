"""What is held against the revisions that serve: their counters weighed at every look.

The numbers are `control.watch` and `control.evidence`; whether to roll back is `control.rollback`; whose
counters they are is `subjects`. Here the rows are kept, carried from one revision to the next, and saved in a
status.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from math import log

import numpy as np

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import Evidence as Saved
from cupel.control import watch, watch_saved
from cupel.control.counting import Growth, Look
from cupel.control.counts import CALLS
from cupel.control.evidence import Evidence, weighed
from cupel.control.incident import shared
from cupel.control.rollback import Case, Verdict, case_of
from cupel.control.untimed import untimed
from cupel.decide.autonomy import Worse
from cupel.decide.autonomy_evidence import ONE_CALLER
from cupel.signals.reading import Moment

from . import tried
from .asking import Answers, Excuses, Question, questions, spoken
from .columns import tick, weights
from .judging import counted_enough, digits, verdict_of, worse_of
from .neighbours import Neighbours
from .subjects import Subject
from .tried import Tried


class Held:
    """The rows of one flight. `crew` says whose they are; `weigh`, then `judged`: one look at all of them."""

    def __init__(self) -> None:
        self._watch = watch.blank(0)
        self._identities: list[str] = []
        self._looks: list[Look | None] = []
        self._settings = weights(())
        self._weighs = False
        """Whether any of these policies may roll back: else nothing is ever counted of any."""
        self._counters: list[str] = []
        """By row: fingerprint of what counts; empty for a tool."""
        self._bounds: list[str] = []
        """By row: fingerprint of the latency buckets; empty while there are none."""
        self._neighbours = Neighbours()
        self._verdicts: list[Verdict | None] = []
        self._problems: list[str] = []
        self._cases: list[Case | None] = []
        self._worse = np.zeros(0, np.bool_)
        """Rows with an alarm at the last look."""
        self._found: Evidence | None = None
        self._excuses = Excuses(0)
        self._later: Set[int] = frozenset()
        """Rows that the last look could not ask about."""
        self._tried: list[Tried | None] = []
        """By row: how much the revision was called as a canary."""
        self._enough = np.zeros(0, np.bool_)
        """Rows of which so much was counted by the last look that they can be known to be good."""

    def crew(self, policies: Sequence[AutonomyPolicy], kept: Mapping[int, int]) -> None:
        """`kept`: by new row, the row a policy had before. Others go on from their status."""
        many = len(policies)
        old = (self._watch, self._identities, self._looks, self._counters, self._bounds)
        self._watch = watch.blank(many)
        self._identities, self._looks = [""] * many, [None] * many
        self._counters, self._bounds = [one.spec.rollback.counted_by for one in policies], [""] * many
        self._verdicts, self._problems, self._cases = [None] * many, [""] * many, [None] * many
        self._worse, self._enough = np.zeros(many, np.bool_), np.zeros(many, np.bool_)
        self._found = None
        before_tried, self._tried = self._tried, [None] * many
        self._settings = weights(policies)
        self._weighs = any(one.spec.rollback.enabled for one in policies)
        before, identities, looks, counters, bounds = old
        same = {row: was for row, was in kept.items() if counters[was] == self._counters[row]}
        for row, was in same.items():
            self._identities[row], self._looks[row] = identities[was], looks[was]
            self._bounds[row], self._tried[row] = bounds[was], before_tried[was]
        self._neighbours = self._neighbours.kept(same)
        self._excuses = self._excuses.kept(many, same)
        if same:
            here, there = np.array(list(same), np.int64), np.array(list(same.values()), np.int64)
            self._watch = self._watch.put(here, before.take(there))
        for row in set(range(many)) - set(kept):
            self._restore(row, policies[row].status.evidence)

    def _restore(self, row: int, saved: Saved | None) -> None:
        found = watch_saved.unpacked(saved.saved) if saved else None
        if saved is None or found is None:
            return
        counters, _, bounds = saved.counted_by.partition(".")
        if counters == self._counters[row]:
            self._watch = self._watch.put(np.array([row]), found)
            self._identities[row], self._bounds[row] = saved.identity, bounds
            self._tried[row] = tried.restored(saved.identity, saved.canary)
            if saved.reason == ONE_CALLER:
                self._excuses.remembered(row, saved.identity)
            if saved.reason == "SharedIncident":
                self._neighbours.remembered(row)

    def identity(self, row: int) -> str:
        """What serves, as far as was seen; empty before that."""
        return self._identities[row]

    def weigh(self, subjects: Sequence[Subject | None], moment: Moment) -> Mapping[int, Question]:
        """Weigh what was counted since the last look. By row, what the gateway is asked about it."""
        if not self._weighs:
            return {}
        self._turn(subjects)
        grown = [self._growth(row, subject) for row, subject in enumerate(subjects)]
        self._measured(subjects)
        self._tried = [
            subject.tried(one) if subject else None
            for subject, one in zip(subjects, self._tried, strict=True)
        ]
        self._watch = self._neighbours.counted_in(watch.looked(self._watch, tick(grown)), subjects)
        self._found = found = weighed(self._watch, self._settings)
        self._worse, self._enough = found.alarm, counted_enough(self._watch.ladder.total())
        incident = self._incident(subjects, found, moment.steady)
        base, beside = self._watch.base[CALLS], self._watch.beside[CALLS]
        self._cases = [
            None if subject is None else case_of(found, incident, row, base[row], beside[row])
            for row, subject in enumerate(subjects)
        ]
        self._verdicts = [
            verdict_of(case, subject, moment) for subject, case in zip(subjects, self._cases, strict=True)
        ]
        wanted = questions(self._verdicts, subjects, self._identities, found)
        due = self._excuses.due(list(wanted), self._identities, moment.steady)
        self._later = wanted.keys() - set(due)
        return {row: wanted[row] for row in due}

    def judged(
        self, subjects: Sequence[Subject | None], answers: Answers, moment: Moment
    ) -> list[Worse | None]:
        """For each row what to go back to, if anything. None: a policy that may not roll back."""
        if not self._weighs or self._found is None:
            return [None] * len(subjects)
        excuses, identities, steady = self._excuses, self._identities, moment.steady
        heard = spoken(self._watch, self._found, answers).items()
        found = {row: excuses.words(row, identities[row], said, steady) for row, said in heard}
        found |= {row: excuses.waits(row, identities[row], steady) for row in self._later}
        for row, words in found.items():
            case = self._cases[row]
            if words and case is not None:
                self._cases[row] = case = replace(case, alone=words)
                self._verdicts[row] = verdict_of(case, subjects[row], moment)
        return [
            worse_of(one, identity, float(self._found.log_value[row]))
            for row, (one, identity) in enumerate(zip(self._verdicts, self._identities, strict=True))
        ]

    def _turn(self, subjects: Sequence[Subject | None]) -> None:
        """Where another revision serves now: the one before becomes its baseline, unless it was condemned, or
        was found worse.
        """
        serving = [subject.serving if subject else "" for subject in subjects]
        pairs = list(zip(self._identities, serving, strict=True))
        turned = [bool(old and new and old != new) for old, new in pairs]
        back = np.array([gone and self._bad(row, subjects[row]) for row, gone in enumerate(turned)], np.bool_)
        if any(turned):
            self._watch = watch.succeeded(self._watch, np.array(turned) & ~back)
            self._watch = watch.restored(self._watch, back)
        for row, (old, new) in enumerate(pairs):
            if new and new != old:
                self._identities[row], self._looks[row] = new, None
                (self._neighbours.left if back[row] else self._neighbours.succeeded)(row, old)

    def _bad(self, row: int, subject: Subject | None) -> bool:
        """Whether what served at the last look is no baseline."""
        identity = self._identities[row]
        condemned = subject is not None and identity in subject.past(subject.serving).condemned
        return bool(self._worse[row]) or condemned

    def _growth(self, row: int, subject: Subject | None) -> Growth | None:
        """What was counted of the revision since this row's last look; None where that is not known."""
        if subject is None or not self._identities[row]:
            return None
        now, found, problem = subject.counted(self._identities[row], self._looks[row])
        self._looks[row], self._problems[row] = now, problem
        return None if found is None or found.problem else found

    def _measured(self, subjects: Sequence[Subject | None]) -> None:
        """Where a revision times its calls in other buckets than the one before: its latency begins anew."""
        bounds = [
            digits(subject.bounds(identity)) if subject else ""
            for subject, identity in zip(subjects, self._identities, strict=True)
        ]
        pairs = list(zip(self._bounds, bounds, strict=True))
        self._watch = untimed(self._watch, np.array([bool(o and n and o != n) for o, n in pairs], bool))
        self._bounds = [new or old for old, new in pairs]

    def _incident(self, subjects: Sequence[Subject | None], found: Evidence, steady: float) -> list[bool]:
        names = {subject.group if subject else "" for subject in subjects}
        number = {name: place for place, name in enumerate(sorted(names))}
        group = np.array([number[subject.group if subject else ""] for subject in subjects], np.int64)
        others = shared(self._watch, found, group, np.arange(len(subjects)))
        share = self._neighbours.share(self._watch, found, subjects, steady)
        return [bool(one) or row in share for row, one in enumerate(others)]

    def good(self, row: int) -> bool | None:
        """Whether what serves is known to be good by now, or known not to be; None: neither."""
        case = self._cases[row]
        if case is None or case.alarm:
            return None if case is None else False
        return True if self._enough[row] and case.log_value <= 0 else None

    def figures(self, row: int) -> dict[str, float]:
        """For the metrics: the e-value of the strongest case and what it must be worth, as powers of ten."""
        case = self._cases[row]
        if case is None:
            return {}
        found = {"rollback_evidence": case.log_value, "rollback_evidence_needed": case.log_needed}
        powers = {name: value / log(10.0) for name, value in found.items() if np.isfinite(value)}
        return powers | {"rollback_one_caller": float(self.reason(row) == ONE_CALLER)}

    def reason(self, row: int) -> str | None:
        """The reason that `saved` would tell, for nothing."""
        verdict = self._verdicts[row]
        return verdict.reason if verdict and self._identities[row] else None

    def saved(self, row: int) -> Saved | None:
        """For a status: what is held against the revision that serves, in words and as it is read back."""
        verdict, identity = self._verdicts[row], self._identities[row]
        if verdict is None or not identity:
            return None
        message = f"{verdict.message}; nothing is counted now: {self._problems[row]}"
        bounds = f".{self._bounds[row]}" if self._bounds[row] else ""
        return Saved(
            digest=None if self._counters[row] else identity,
            template_hash=identity if self._counters[row] else None,
            reason=verdict.reason,
            message=(message if self._problems[row] else verdict.message)[:512],
            saved=watch_saved.packed(self._watch, row),
            counted_by=self._counters[row] + bounds,
            canary=tried.saved(self._tried[row]),
        )
