"""What is held against the revisions that serve: the gateway's counters weighed at every look.

The numbers are `control.watch` and `control.evidence`; whether to roll back is `control.rollback`. Here the
rows are kept, carried from one revision to the next, and saved in a status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import exp

import numpy as np
from numpy.typing import NDArray

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import Evidence as Saved
from cupel.api.bundle import short
from cupel.api.generated_tool import GeneratedTool
from cupel.control import watch, watch_saved
from cupel.control.counting import Growth, Look, growth
from cupel.control.counts import BUCKETS, Tick
from cupel.control.evidence import Evidence, Settings, weighed
from cupel.control.incident import shared
from cupel.control.rollback import Known, Past, Verdict, case_of, judged
from cupel.decide.autonomy import Worse
from cupel.signals.reading import Moment
from cupel.signals.revision_runs import FAILED, INVALID, TIMED, Counted

Tools = Sequence[GeneratedTool | None]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Zone:
    """What else there is: revisions of a tool, newest first, and the digests its ledger condemned."""

    revisions: Callable[[GeneratedTool], Sequence[Known]]
    condemned: Callable[[str], frozenset[str]]


class Held:
    """The rows of one flight. `crew` says whose they are; `look` is one look at all of them."""

    def __init__(self) -> None:
        self._watch = watch.blank(0)
        self._digests: list[str] = []
        self._looks: list[Look | None] = []
        self._settings = _settings(())
        self._verdicts: list[Verdict | None] = []
        self._worse = np.zeros(0, np.bool_)
        """Rows with an alarm at the last look."""

    def crew(self, policies: Sequence[AutonomyPolicy], kept: Mapping[int, int]) -> None:
        """`kept`: by new row, the row a policy had before. Others go on from their status."""
        before, digests, looks = self._watch, self._digests, self._looks
        self._watch = watch.blank(len(policies))
        self._digests, self._looks = [""] * len(policies), [None] * len(policies)
        self._verdicts = [None] * len(policies)
        self._worse = np.zeros(len(policies), np.bool_)
        self._settings = _settings(policies)
        for row, old in kept.items():
            self._digests[row], self._looks[row] = digests[old], looks[old]
        if kept:
            here, there = np.array(list(kept), np.int64), np.array(list(kept.values()), np.int64)
            self._watch = self._watch.put(here, before.take(there))
        for row in set(range(len(policies))) - set(kept):
            self._restore(row, policies[row].status.evidence)

    def _restore(self, row: int, saved: Saved | None) -> None:
        found = watch_saved.unpacked(saved.saved) if saved else None
        if saved is not None and found is not None:
            self._watch = self._watch.put(np.array([row]), found)
            self._digests[row] = saved.digest

    def look(
        self, policies: Sequence[AutonomyPolicy], tools: Tools, counted: Counted, zone: Zone, moment: Moment
    ) -> list[Worse | None]:
        """Weigh what was counted since the last look. For each row what to go back to, if anything."""
        serving = [_serving(policy, tool) for policy, tool in zip(policies, tools, strict=True)]
        self._turn(policies, serving, zone)
        grown = [self._growth(row, policies[row], counted) for row in range(len(policies))]
        self._watch = watch.looked(self._watch, _tick(grown))
        found = weighed(self._watch, self._settings)
        self._worse = found.alarm
        rows = np.arange(len(policies))
        incident = shared(self._watch, found, np.zeros_like(rows), rows)
        self._verdicts = [
            self._verdict(row, policy, tool, (found, incident), zone, moment)
            for row, (policy, tool) in enumerate(zip(policies, tools, strict=True))
        ]
        return [
            _worse(one, digest, float(found.log_value[row]))
            for row, (one, digest) in enumerate(zip(self._verdicts, self._digests, strict=True))
        ]

    def _turn(self, policies: Sequence[AutonomyPolicy], serving: Sequence[str], zone: Zone) -> None:
        """Where another revision serves now: the one before becomes its baseline, unless it was condemned, or
        was found worse.
        """
        turned = [bool(old and new and old != new) for old, new in zip(self._digests, serving, strict=True)]
        if any(turned):
            back = np.array(
                [
                    gone
                    and (self._worse[row] or self._digests[row] in zone.condemned(policies[row].namespace))
                    for row, gone in enumerate(turned)
                ]
            )
            self._watch = watch.succeeded(self._watch, np.array(turned) & ~back)
            self._watch = watch.restored(self._watch, back)
        for row, (old, new) in enumerate(zip(self._digests, serving, strict=True)):
            if new and new != old:
                self._digests[row], self._looks[row] = new, None

    def _growth(self, row: int, policy: AutonomyPolicy, counted: Counted) -> Growth | None:
        """What was counted of the revision since this row's last look; None where that is not known."""
        if not _rolls(policy) or not self._digests[row] or counted.problem:
            return None
        before = self._looks[row]
        now = counted.of((policy.namespace, policy.spec.target_ref.name, short(self._digests[row])))
        self._looks[row] = now
        found = growth(before, now, counted.fresh(before)) if before else None
        return None if found is None or found.problem else found

    def _verdict(
        self,
        row: int,
        policy: AutonomyPolicy,
        tool: GeneratedTool | None,
        weighed: tuple[Evidence, NDArray[np.bool_]],
        zone: Zone,
        moment: Moment,
    ) -> Verdict | None:
        if not _rolls(policy) or tool is None:
            return None
        found, incident = weighed
        alarm = bool(found.alarm[row])
        return judged(
            case_of(found, incident.tolist(), row),
            enabled=True,
            serving=_serving(policy, tool) or None,
            revisions=zone.revisions(tool) if alarm else (),
            past=_past(policy, self._digests[row], zone) if alarm else Past(),
            now=datetime.fromtimestamp(moment.now, UTC),
        )

    def saved(self, row: int) -> Saved | None:
        """For a status: what is held against the revision that serves, in words and as it is read back."""
        verdict, digest = self._verdicts[row], self._digests[row]
        if verdict is None or not digest:
            return None
        return Saved(
            digest=digest,
            reason=verdict.reason,
            message=verdict.message[:512],
            saved=watch_saved.packed(self._watch, row),
        )


def _rolls(policy: AutonomyPolicy) -> bool:
    return policy.spec.rollback.enabled and policy.spec.flies_a_tool


def _serving(policy: AutonomyPolicy, tool: GeneratedTool | None) -> str:
    return tool.status.serving.digest if _rolls(policy) and tool and tool.status.serving else ""


def _settings(policies: Sequence[AutonomyPolicy]) -> Settings:
    rules = [policy.spec.rollback for policy in policies]
    return Settings(
        per_year=np.array([one.false_alarms_per_thousand_years / 1000 for one in rules], float),
        period=np.array([policy.spec.period_seconds for policy in policies], float),
        margin=np.array([one.degradation_percent / 100 for one in rules], float),
    )


def _tick(grown: Sequence[Growth | None]) -> Tick:
    """Columns of counts; NaN where nothing is known."""
    nothing = (np.nan,) * (TIMED + BUCKETS)
    amounts = [_whole(one.amounts) if one else nothing for one in grown]
    columns = np.array(amounts, float).reshape(len(grown), TIMED + BUCKETS).T
    return Tick(
        seconds=np.array([one.seconds if one else np.nan for one in grown], float),
        calls=columns[:TIMED].sum(axis=0),
        failed=columns[FAILED],
        invalid=columns[INVALID],
        timed=columns[TIMED:],
    )


def _whole(amounts: Sequence[float]) -> tuple[float, ...]:
    """A Pod that never heard of the revision has no counts at all: they are zeros."""
    return (*amounts, *(0.0,) * (TIMED + BUCKETS - len(amounts)))


def _past(policy: AutonomyPolicy, serving: str, zone: Zone) -> Past:
    """Rollbacks of this policy that left another revision; about this one `decide` remembers itself."""
    done = [one for one in policy.status.history if one.action == "Rollback" and one.authority == "Act"]
    last = max((one.at for one in done if one.left != serving), default=None)
    return Past(zone.condemned(policy.namespace), last)


def _worse(verdict: Verdict | None, digest: str, log_value: float) -> Worse | None:
    if verdict is None or verdict.target is None:
        return None
    sure = 1.0 - exp(-max(log_value, 0.0))
    return Worse(digest, verdict.target.name, verdict.reason, verdict.message, sure)
