"""Whether a revision is rolled back, to which, and why or why not, in words. One policy at a time; pure.

What the numbers say is in `evidence` and `incident`; here is what must hold besides: a revision known to be
good to go back to, none that was condemned, no two rollbacks within ten minutes, no way back to what was
left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from .counts import METRICS
from .evidence import Evidence

PAUSE = timedelta(minutes=10)
"""Between two rollbacks of one target."""
Reason = Literal[
    "RevisionWorse", "NoRegression", "RollbackOff", "SharedIncident", "OneCaller", "RolledBackRecently",
    "NoGoodRevision", "AlreadyCondemned", "NothingServes", "RolloutHeld",
]  # fmt: skip
WHAT = {
    "errors": "of calls failed",
    "validity": "of calls timed out or answered what the outputSchema forbids",
    "latency": "of good calls were slow",
    "tail latency": "of good calls were very slow",
}


@dataclass(frozen=True)
class Known:
    """A revision there is: of a tool by its digest, of a Deployment by its ReplicaSet's template hash."""

    name: str
    identity: str
    good: bool
    """It served before without being rolled back, and whatever approvals it needs it has now."""


@dataclass(frozen=True)
class Past:
    """What was done before, from the policy's status and the ledger."""

    condemned: frozenset[str] = frozenset()
    """Identities that are condemned, or were left by a rollback of this policy."""
    last: datetime | None = None
    """When this policy last rolled back."""
    pause: timedelta = PAUSE
    """How long after that there is no other."""
    held: str = ""
    """Why the target cannot be rolled back now, in words: its rollouts are paused, another is on its way."""


@dataclass(frozen=True)
class Case:
    """One row of the evidence, as plain figures."""

    alarm: bool
    shared: bool
    metric: str
    observed: float
    expected: float
    log_value: float
    log_needed: float
    calls: float
    since_seconds: float
    alone: str = ""
    """The one caller whose calls alone speak against it, in words; empty: not one alone, or not known."""
    first: bool = False
    """Nothing was counted of what served before it, nor of what serves beside it."""
    beside: bool = False
    """It was compared with what serves beside it, too."""


@dataclass(frozen=True)
class Verdict:
    """What to do: roll back when there is a `target`."""

    reason: Reason
    message: str
    target: Known | None = None


def case_of(
    found: Evidence, shared: Sequence[bool], row: int, before: float = 1.0, beside: float = 0.0
) -> Case:
    """One row of a batch. `before`: calls that are older than all that is looked at; `beside`: those of what
    serves beside it.
    """
    return Case(
        alarm=bool(found.alarm[row]),
        shared=bool(shared[row]),
        metric=METRICS[int(found.metric[row])],
        observed=float(found.observed[row]),
        expected=float(found.expected[row]),
        log_value=float(found.log_value[row]),
        log_needed=float(found.log_needed[row]),
        calls=float(found.calls[row]),
        since_seconds=float(found.since[row]),
        first=before + beside < 1.0,
        beside=beside >= 1.0,
    )


def judged(
    case: Case, *, enabled: bool, serving: str | None, revisions: Sequence[Known], past: Past, now: datetime
) -> Verdict:
    """Decide. `serving` is the identity that serves, `revisions` all there are, newest first."""
    if not enabled:
        return Verdict("RollbackOff", "the policy's `rollback.enabled` is false")
    if serving is None:
        return Verdict("NothingServes", "no revision serves")
    if not case.alarm:
        return Verdict("NoRegression", _calm(case))
    said = told(case)
    if serving in past.condemned:
        again = "it is condemned already, and not taken away a second time if somebody brought it back"
        return Verdict("AlreadyCondemned", f"{said}; {again}")
    if (waits := _waits(case, past, now)) is not None:
        reason, why = waits
        return Verdict(reason, f"{said}; but {why}")
    target = heir(serving, revisions, past.condemned)
    if target is None:
        return Verdict("NoGoodRevision", f"{said}; but no earlier one is good and not condemned")
    return Verdict("RevisionWorse", f"{said}; back to {target.name}", target)


def _waits(case: Case, past: Past, now: datetime) -> tuple[Reason, str] | None:
    """Why it is not rolled back now, though it is worse."""
    if case.shared:
        return "SharedIncident", "others became worse with it: not this one's fault"
    if case.alone:
        return "OneCaller", case.alone
    if past.held:
        return "RolloutHeld", past.held
    if past.last is not None and now - past.last < past.pause:
        left = int((past.pause - (now - past.last)).total_seconds())
        return "RolledBackRecently", f"the last rollback was just made: wait {left} s"
    return None


def heir(serving: str, revisions: Sequence[Known], condemned: frozenset[str]) -> Known | None:
    """The newest revision before the one that serves that is known to be good and was never condemned.

    Never a newer one: what was left for this one is not gone back to. One that is not in the list is taken
    for the newest.
    """
    identities = [one.identity for one in revisions]
    older = revisions[identities.index(serving) + 1 :] if serving in identities else revisions
    return next((one for one in older if one.good and one.identity not in condemned), None)


def told(case: Case) -> str:
    """The evidence as a sentence: observed and baseline, e-value, since when, how many calls."""
    than = "before and beside it" if case.beside else "before"
    return (
        f"{_percent(case.observed)} {WHAT[case.metric]} in the last {_duration(case.since_seconds)} "
        f"({case.calls:.0f} calls), {_percent(case.expected)} {than}; "
        f"e-value {_power(case.log_value)}, needed {_power(case.log_needed)}"
    )


def _calm(case: Case) -> str:
    if case.log_value <= 0:
        first = (
            "; nothing was counted of a revision before it or beside it, so its own past is all there is to "
            "compare with"
        )
        return f"nothing speaks for a regression{first if case.first else ''}"
    return f"not enough yet for a regression: {told(case)}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _power(log_value: float) -> str:
    return f"10^{log_value / 2.302585092994046:.1f}"


def _duration(seconds: float) -> str:
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 36_000 else f"{seconds / 3600:.0f} h"
