"""How much a canary was called: what the operator lets it take over by. Its clock never jumps.

A call vouches for the minute before it, so that a canary called once a minute is tried all the time, and one
that nobody calls never.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from cupel.api.autonomy_status import MOST_COUNTED, CanaryCalls
from cupel.control.counting import Look, gained
from cupel.signals.revision_runs import TIMED

VOUCHES_SECONDS = 60.0


@dataclass(frozen=True)
class Tried:
    """Of one canary, while it is one."""

    identity: str
    since: datetime
    """By which a canary is told from an earlier one of the same digest."""
    calls: float = 0.0
    beside: float = 0.0
    """Calls of what serves beside it."""
    called: float = 0.0
    """Seconds that calls vouch for."""
    watched: float = 0.0
    """Seconds in which it was looked at."""
    until: float = 0.0
    """Up to when its time was vouched for; of the first look, where it begins."""
    looks: tuple[Look, Look] | None = None
    """Its counters, and those of what serves beside it, at the last look."""


def begun(known: Tried | None, identity: str, since: datetime) -> Tried:
    """What is known of this canary; nothing, where it is another than before."""
    same = known is not None and (known.identity, known.since) == (identity, since)
    return known if known is not None and same else Tried(identity, since)


def looked(known: Tried, canary: Look, beside: Look) -> Tried:
    """What was counted since the last look."""
    if known.looks is None:
        return replace(known, until=canary.at, looks=(canary, beside))
    seconds = canary.at - known.looks[0].at
    if seconds <= 0:
        return known
    calls, others = _calls(known.looks[0], canary), _calls(known.looks[1], beside)
    new = replace(
        known,
        calls=known.calls + calls,
        beside=known.beside + others,
        watched=known.watched + min(seconds, VOUCHES_SECONDS),
        looks=(canary, beside),
    )
    if not calls:
        return new
    vouched = min(canary.at - known.until, VOUCHES_SECONDS)
    return replace(new, called=min(known.called + vouched, new.watched), until=canary.at)


def _calls(before: Look, now: Look) -> float:
    return sum(gained(before, now).amounts[:TIMED])


def saved(known: Tried | None) -> CanaryCalls | None:
    """For a status."""
    if known is None:
        return None
    whole = [min(int(one), MOST_COUNTED) for one in (known.calls, known.beside, known.called, known.watched)]
    calls, beside, called, watched = whole
    return CanaryCalls(
        since=known.since, calls=calls, calls_beside=beside, called_seconds=called, watched_seconds=watched
    )


def restored(identity: str, found: CanaryCalls | None) -> Tried | None:
    """From a status."""
    if found is None:
        return None
    return Tried(
        identity,
        found.since,
        calls=float(found.calls),
        beside=float(found.calls_beside),
        called=float(found.called_seconds),
        watched=float(found.watched_seconds),
    )
