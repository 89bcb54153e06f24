"""From a case to a verdict, and to what is rolled back for it: one row at a time, and nothing remembered."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from math import exp

from cupel.control.counts import CALLS, SECONDS
from cupel.control.rollback import Case, Past, Verdict, judged
from cupel.control.rows import Floats, Mask
from cupel.decide.autonomy import Worse
from cupel.signals.reading import Moment

from .subjects import Subject

GOOD_CALLS, GOOD_SECONDS = 100.0, 30.0
"""A Deployment's revision is known to be good once so much was counted of it, and nothing speaks against
it."""
BOUNDS_DIGITS = 12


def counted_enough(total: Floats) -> Mask:
    """Of counts (COLUMNS, N), whether there are enough of them, (N,)."""
    enough: Mask = (total[CALLS] >= GOOD_CALLS) & (total[SECONDS] >= GOOD_SECONDS)
    return enough


def verdict_of(case: Case | None, subject: Subject | None, moment: Moment) -> Verdict | None:
    if case is None or subject is None:
        return None
    identity = subject.serving
    return judged(
        case,
        enabled=True,
        serving=identity or None,
        revisions=subject.revisions() if case.alarm else (),
        past=subject.past(identity) if case.alarm else Past(),
        now=datetime.fromtimestamp(moment.now, UTC),
    )


def digits(bounds: tuple[float, ...]) -> str:
    return hashlib.sha256(repr(bounds).encode()).hexdigest()[:BOUNDS_DIGITS] if bounds else ""


def worse_of(verdict: Verdict | None, identity: str, log_value: float) -> Worse | None:
    if verdict is None or verdict.target is None:
        return None
    target = verdict.target
    sure = 1.0 - exp(-max(log_value, 0.0))
    return Worse(identity, target.name, target.identity, verdict.reason, verdict.message, sure)
