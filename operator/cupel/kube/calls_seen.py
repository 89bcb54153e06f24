"""What the gateways said of calls: in memory, and asked for again after a restart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cupel.decide.archive import Use

Tool = tuple[str, str]
"""(namespace, MCP name)"""


@dataclass
class CallsSeen:
    """Written by whoever looks, read by every pass over a tool."""

    looked_at: datetime | None = None
    """When every gateway that stands answered last."""
    last: Mapping[Tool, datetime] = field(default_factory=dict)
    """Newest call, by what the gateways know of since they started."""
    waiting: frozenset[Tool] = frozenset()
    """Tools that calls wait for."""

    def of(self, namespace: str, tool_name: str) -> Use:
        key = (namespace, tool_name)
        return Use(self.looked_at, self.last.get(key), key in self.waiting)

    def heard(
        self, last: Mapping[Tool, datetime], waiting: frozenset[Tool], whole: datetime | None
    ) -> frozenset[Tool]:
        """Take in a look. `whole`: when it was, if everybody answered. Nothing known before is lost.

        Answers the tools of which there is news.
        """
        newer = {
            tool: at for tool, at in last.items() if at > self.last.get(tool, at) or tool not in self.last
        }
        self.last = {**self.last, **newer}
        self.waiting = waiting
        self.looked_at = whole or self.looked_at
        return frozenset(newer)
