"""When a tool is archived: a person said so, or nobody called it for as long as its ToolPolicy says.

What is not known counts as a call. A call, or annotation cupel.dev/used, brings it back in either case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cupel.api import names
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_policy import CallsKnown, ToolPolicy

FRESH = timedelta(minutes=10)
"""What gateways said longer ago archives nothing."""
MISSED = timedelta(hours=6)
"""Nobody looked for longer than this: calls of that time may never be known, so the days begin again."""
NOTED = timedelta(hours=1)
"""How often a look is written down."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Use:
    """What the gateways that stand say of one tool."""

    looked_at: datetime | None = None
    """When every one of them answered last; None: never yet, or there is none."""
    last_call: datetime | None = None
    """The newest call that any of them took since it started."""
    waits: bool = False
    """A call waits for the tool to wake."""


UNKNOWN = Use()


def archived(tool: GeneratedTool, policy: ToolPolicy | None, use: Use, now: datetime) -> str:
    """Why it is, as a clause; empty when it is not."""
    serving = tool.status.serving
    if serving is None or use.waits:
        return ""
    used = [serving.since, *_signs(tool, use, now)]
    if why := _by_hand(tool, max(used), now):
        return why
    if policy is None or not policy.spec.lifecycle.archive_after_days:
        return ""
    days = policy.spec.lifecycle.archive_after_days
    is_already = serving.sleep == "Archived"
    if not is_already and not _known(policy, use, now):
        return ""
    if not is_already and policy.status.calls:
        used.append(policy.status.calls.since)
    since = max(used)
    if now - since < days * DAY:
        return ""
    return (
        f"nobody called since {since:%Y-%m-%d}, and ToolPolicy {policy.name} archives after {days} days "
        "(`spec.lifecycle.archiveAfterDays`)"
    )


def _by_hand(tool: GeneratedTool, used: datetime, now: datetime) -> str:
    """A person's word holds until the tool is used or another revision serves. One ahead of time waits."""
    asked = archived_at(tool)
    if asked is None or asked > now or asked <= used:
        return ""
    return f"archived by hand at {asked:%Y-%m-%d %H:%M:%S} UTC, and nobody called since"


def _known(policy: ToolPolicy, use: Use, now: datetime) -> bool:
    """Whether somebody would have seen a call."""
    return use.looked_at is not None and now - use.looked_at < FRESH and policy.status.calls is not None


def _signs(tool: GeneratedTool, use: Use, now: datetime) -> list[datetime]:
    """Moments at which somebody wanted it; a clock that is ahead does not keep it for ever."""
    found = (tool.status.last_used, use.last_call, wanted_at(tool))
    return [min(each, now) for each in found if each is not None]


def wanted_at(tool: GeneratedTool) -> datetime | None:
    """What annotation cupel.dev/used says; None when that is no time."""
    return _time(tool, names.USED)


def archived_at(tool: GeneratedTool) -> datetime | None:
    """What annotation cupel.dev/archive says; None when that is no time."""
    return _time(tool, names.ARCHIVE)


def _time(tool: GeneratedTool, annotation: str) -> datetime | None:
    try:
        said = datetime.fromisoformat(tool.metadata.annotations.get(annotation, ""))
    except ValueError:
        return None
    return said.astimezone(UTC) if said.tzinfo else said.replace(tzinfo=UTC)


def last_used(tool: GeneratedTool, use: Use, now: datetime) -> datetime | None:
    """The call to remember: a newer one once it is a day newer, so that a busy tool is written once a day.

    One that ends a person's archive is written at once: forgotten by a gateway, it would be archived again.
    """
    stored = tool.status.last_used
    seen = now if use.waits else min(use.last_call, now) if use.last_call else None
    if seen is None:
        return stored
    asked = archived_at(tool)
    wakes = asked is not None and stored is not None and stored < asked <= seen
    if stored is not None and seen - stored < DAY and not wakes:
        return stored
    return seen.replace(microsecond=0)


def calls_known(stored: CallsKnown | None, looked_at: datetime | None) -> CallsKnown | None:
    """Since when calls are known, after the last look at all gateways."""
    if looked_at is None:
        return stored
    if stored is None or looked_at - stored.looked_at > MISSED:
        return CallsKnown(since=looked_at, looked_at=looked_at)
    if looked_at - stored.looked_at < NOTED:
        return stored
    return CallsKnown(since=stored.since, looked_at=looked_at)
