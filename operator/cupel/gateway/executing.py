"""A call of one tool by one caller, by MCP or REST: inside the allowance, counted, and looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from cupel.clock import second
from cupel.decide.limits import Allowance

from .callers import Caller
from .calling import Calls
from .entry import Entry
from .metrics import Metrics
from .noticing import Noticing
from .outcome import Outcome


class Executing:
    """Calls tools for callers."""

    def __init__(self, calls: Calls, allowance: Allowance, noticing: Noticing, metrics: Metrics) -> None:
        self._calls = calls
        self._allowance = allowance
        self._noticing = noticing
        self._metrics = metrics

    def wait(self, caller: Caller) -> float:
        """0 when the caller may go on, and it is counted; otherwise seconds until they may."""
        return self._allowance.wait(caller.name, asyncio.get_running_loop().time())

    def unknown(self, caller: Caller, name: str) -> None:
        """They called what is not there."""
        self._noticing.unknown(caller, name)

    def gone(self, entry: Entry) -> str | None:
        """What a call of a tool that is retired is told; None: it is in use."""
        return self._calls.farewell(entry) if entry.retired else None

    async def call(self, caller: Caller, entry: Entry, arguments: Mapping[str, Any]) -> Outcome:
        """One call; never raises for what a tool, a Pod, the store or the caller did."""
        clock = asyncio.get_running_loop().time
        started = clock()
        wait = self.wait(caller)
        if not wait:
            self._metrics.last_call.labels(entry.namespace, entry.tool_name).set(second().timestamp())
        with self._metrics.in_flight.labels(entry.namespace, entry.tool_name).track_inprogress():
            outcome = (
                Outcome("rate_limited", slower(wait))
                if wait
                else await self._calls.call(entry, arguments, caller.tenant)
            )
        self._metrics.called(entry.namespace, entry.tool_name, outcome.label, clock() - started)
        self._noticing.called(caller, entry, outcome)
        return outcome


def slower(seconds: float) -> str:
    return f"too many requests; try again in {max(seconds, 0.1):.1f} s"
