"""A tool's Pods as a watch tells of them: when the first started, when the last ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.watched import Watched

Body = dict[str, Any]


def of(pods: Watched, tool: str) -> list[str]:
    """Names of every Pod of the tool that was ever seen."""
    return [
        name
        for name, sights in pods.seen.items()
        if any(
            sight.body.get("metadata", {}).get("labels", {}).get("cupel.dev/tool") == tool for sight in sights
        )
    ]


def runs(body: Body) -> bool:
    """Its container was started and did not end."""
    statuses = body.get("status", {}).get("containerStatuses", [])
    return any("running" in status.get("state", {}) for status in statuses)


def first(pods: Watched, tool: str, seen: Callable[[Body], Any]) -> float:
    """When a Pod of the tool first looked like this, on the monotonic clock; 0.0: not yet."""
    moments = [sight.at for name in of(pods, tool) for sight in pods.seen[name] if seen(sight.body)]
    return min(moments, default=0.0)


def last_ended(pods: Watched, tool: str) -> float:
    """When the last Pod of the tool that ran was seen not to run any longer; 0.0: one still runs."""
    ended = []
    for name in of(pods, tool):
        sights = pods.seen[name]
        if runs(sights[-1].body):
            return 0.0
        ran = [place for place, sight in enumerate(sights) if runs(sight.body)]
        ended += [sights[ran[-1] + 1].at] if ran else []
    return max(ended, default=0.0)
