"""Whether a notice is due, and by which channels: from what was told before, the routes, and the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cupel.api.routing import Route, Routing

from .notices import Notice


@dataclass(frozen=True)
class Mark:
    """What is remembered of a notice."""

    since: datetime
    """`Notice.since` when it was told last."""
    covered_to: datetime
    """Reminders due up to here were sent, or were not wanted."""
    tellings: int
    """0: known and never told. 1: told. More: reminders."""


@dataclass(frozen=True)
class Owed:
    """What must be remembered now and, in the same step, put down for these channels to send."""

    notice: Notice
    before: Mark | None
    after: Mark
    channels: tuple[str, ...] = ()


def owed(
    notice: Notice, known: Mark | None, earlier: Mark | None, routing: Routing, now: datetime
) -> Owed | None:
    """What is due now for a notice. None: nothing. `earlier`: what is remembered of the same reason at the
    tool's generation before, by which a change that touched nothing is no news.
    """
    routes = [r for r in routing.routes if r.takes(notice.namespace, notice.news, notice.key.reason)]
    start = max(now, notice.since)
    if known is None:
        if notice.told_otherwise:
            return quietly(notice, now)
        if earlier is not None and _goes_on(notice, earlier):
            return Owed(notice, None, earlier)
        return Owed(notice, None, Mark(notice.since, start, 1), _channels(routes))
    if notice.news != "Waiting":
        return None
    anew = notice.deadline is not None and notice.since > known.since
    due = routes if anew else [r for r in routes if _due(r, notice, known.covered_to, now)]
    if not due:
        return None
    return Owed(notice, known, Mark(notice.since, start, known.tellings + 1), _channels(due))


def quietly(notice: Notice, now: datetime) -> Owed:
    """For what was so before anybody could be told: remembered, not told."""
    return Owed(notice, None, Mark(notice.since, max(now, notice.since), 0))


def _goes_on(notice: Notice, earlier: Mark) -> bool:
    """The spec changed, but it has served, or waited, without a break since it was told."""
    return notice.news in ("Served", "Waiting") and earlier.since == notice.since


def _due(route: Route, notice: Notice, covered_to: datetime, now: datetime) -> bool:
    moments = [notice.since + timedelta(seconds=s) for s in route.remind_after_seconds]
    if notice.deadline is not None:
        moments += [notice.deadline - timedelta(seconds=s) for s in route.remind_before_deadline_seconds]
    return any(covered_to < moment <= now for moment in moments)


def _channels(routes: list[Route]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for route in routes for name in route.channels))
