"""Whether this process still works: what /livez asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Heartbeat:
    """Notices that the event loop, or every worker, is stuck."""

    def __init__(self, steady: Callable[[], float], idle: Callable[[], bool], longest: float = 60.0) -> None:
        self._steady = steady
        self._idle = idle
        self._longest = longest
        self._beat = steady()
        self._worked = steady()

    async def run(self) -> None:
        while True:
            self._beat = self._steady()
            if self._idle():
                self._worked = self._beat
            await asyncio.sleep(1)

    def worked(self) -> None:
        """A pass has ended."""
        self._worked = self._steady()

    def problem(self) -> str:
        """Empty while all is well."""
        if self._steady() - self._beat > self._longest:
            return "the event loop is stuck"
        if self._steady() - self._worked > self._longest:
            return "there is work, but no pass has ended for a minute"
        return ""
