"""How long a canary is one: for so many minutes in which it was called, where somebody counts its calls.

What is counted is time in which an autopilot saw it, on a clock that never jumps; the clock of the day
decides only where nobody counts, and in the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cupel.api.autonomy_status import CanaryCalls
from cupel.api.serving import Canary, CanaryStatus

LEAST_CALLS = 20
"""Fewer calls tell nothing of a revision: `control.evidence` finds nothing worse by fewer."""
MOST = 4
"""Times the minutes wanted, of which one that is hardly called gets no more than it needs."""
LONGEST = timedelta(days=1)
"""One that is called hardly ever takes over in the end, or people would have to come for it."""


@dataclass(frozen=True)
class Trial:
    """Where a canary stands."""

    left: timedelta
    """When to look again by the clock of the day; what is counted is news by itself."""
    says: str
    """What it waits for, as the end of a sentence."""
    over: str = ""
    """Why it takes over, as the end of a sentence; empty while it goes on."""
    tried: bool = True
    """Whether it was called enough to tell anything."""


def trial(found: CanaryStatus, wanted: Canary, calls: CanaryCalls | None, now: datetime) -> Trial:
    """By what was counted of this canary; None: nobody counts, so that time alone decides."""
    whole = timedelta(minutes=wanted.minutes)
    if calls is None:
        ends = found.since + whole
        says = f"and takes over at {ends:%Y-%m-%d %H:%M:%S} UTC unless it is condemned"
        return Trial(ends - now, says, f"had {wanted.minutes} min as a canary" if now >= ends else "")
    last = found.since + max(LONGEST, MOST * whole)
    over = _over(wanted, calls, late=now >= last)
    return Trial(last - now, _waits(wanted, calls, last), over, tried=calls.calls >= LEAST_CALLS)


def _over(wanted: Canary, calls: CanaryCalls, *, late: bool) -> str:
    counted, enough = _counted(wanted, calls), calls.calls >= LEAST_CALLS
    if enough and calls.called_seconds >= 60 * wanted.minutes:
        return f"was {counted}"
    waited = calls.watched_seconds >= MOST * 60 * wanted.minutes
    if waited and calls.calls + calls.calls_beside == 0:
        return f"takes over untried: nobody called the tool for {MOST * wanted.minutes} min"
    if (waited and enough) or late:
        return f"takes over after all the time there is for it: it was {counted}"
    return ""


def _counted(wanted: Canary, calls: CanaryCalls) -> str:
    minutes = min(calls.called_seconds // 60, wanted.minutes)
    return f"called {_times(calls.calls)}, {minutes} of {wanted.minutes} min count"


def _times(calls: int) -> str:
    return "once" if calls == 1 else f"{calls} times"


def _waits(wanted: Canary, calls: CanaryCalls, last: datetime) -> str:
    says = f"{_counted(wanted, calls)}: time in which it is called"
    if calls.calls < LEAST_CALLS and calls.watched_seconds >= MOST * 60 * wanted.minutes:
        return (
            f"{says}. It waits for {LEAST_CALLS} calls, until {last:%Y-%m-%d %H:%M} UTC at most: raise "
            "`spec.serving.canary.percent`, or take `canary` away to let it take over"
        )
    return f"{says}. It takes over when all do, or after {MOST * wanted.minutes} min, unless it is condemned"
